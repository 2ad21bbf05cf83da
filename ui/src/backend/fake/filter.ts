// The language of the filter box as the made-up shell understands it: the same words, not all the finesse.
import type { FilterChoice } from "../generated/FilterChoice";
import type { FilterCompletion } from "../generated/FilterCompletion";
import type { FleetRow } from "../generated/FleetRow";
import type { GroupKind } from "../generated/GroupKind";
import type { GroupRow } from "../generated/GroupRow";
import type { Problem } from "../generated/Problem";
import { SERVICES } from "../generated/services";

/** What a filter is held against, beside the row itself. */
export interface World {
  groups: readonly GroupRow[];
  /** The labels of accounts that must sign in again. */
  signedOut: ReadonlySet<string>;
  now: Date;
}

interface Term {
  negated: boolean;
  key: string | null;
  sign: string;
  values: string[];
}

const KEYS: Record<string, string> = {
  account: "an account that reaches it",
  region: "us-e1, eu-w1 or a host",
  plan: "free, starter, scale …",
  group: "a group, a customer or an environment",
  customer: "a customer",
  environment: "an environment",
  favourite: "yes or no",
  name: "a part of its name",
  id: "a part of its id",
  state: "the worst: over, high, warn, ok",
  stale: "age of its summary, as >1d",
  failed: "yes: a fetch failed",
  shared: "yes: no connected account owns it",
  note: "yes: there is a note on it",
  "signed-out": "yes: its account must sign in again",
  removed: "yes, no or all: profiles that are gone",
  ...Object.fromEntries(SERVICES.map(({ key, label }) => [key, `share of ${label}, as >80%`])),
};

function terms(text: string): Term[] {
  return [...text.matchAll(/(?:[^\s"]|"[^"]*(?:"|$))+/g)].map(([whole]) => {
    const negated = whole.length > 1 && whole.startsWith("-");
    const match = /^([a-z][\w-]*):(<=|>=|<|>|=)?(.*)$/is.exec(negated ? whole.slice(1) : whole);
    const value = match ? (match[3] ?? "") : negated ? whole.slice(1) : whole;
    return {
      negated,
      key: match?.[1]?.toLowerCase() ?? null,
      sign: match?.[2] ?? "=",
      values: (value.match(/(?:[^,"]|"[^"]*(?:"|$))+/g) ?? [""]).map((part) =>
        part.replaceAll('"', "").toLowerCase(),
      ),
    };
  });
}

function refused(message: string, hint: string): never {
  throw { code: "invalid_input", message, hint } satisfies Problem;
}

function measured(sign: string, value: number, limit: number): boolean {
  if (sign === "<") return value < limit;
  if (sign === "<=") return value <= limit;
  if (sign === ">") return value > limit;
  return sign === ">=" ? value >= limit : Math.floor(value) === limit;
}

function amount(key: string, text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(%|h|d)?$/.exec(text);
  if (!match) refused(`“${key}” is compared to a number, and “${text}” is none.`, `Write ${key}:>80%.`);
  return Number(match?.[1]) * (match?.[2] === "d" ? 24 : 1);
}

export function worst(row: FleetRow): string {
  return ["over", "high", "warn"].find((state) => row.usage.some((cell) => cell.state === state)) ?? "ok";
}

/** The groups of a row that a key means: `group` means all but favourites. */
function groupsOf(row: FleetRow, key: GroupKind, world: World): readonly GroupRow[] {
  return world.groups.filter(
    (group) =>
      row.groups.includes(group.key) && (key === "group" ? group.kind !== "favourites" : group.kind === key),
  );
}

function yes(row: FleetRow, key: string, world: World): boolean {
  if (key === "shared") return row.shared;
  if (key === "failed") return row.freshness.state === "failed";
  if (key === "note") return row.noted;
  if (key === "favourite") return groupsOf(row, "favourites", world).length > 0;
  return world.signedOut.has(row.account);
}

function holds(row: FleetRow, { key, sign, values }: Term, world: World): boolean {
  const any = (found: (value: string) => boolean): boolean => values.some(found);
  const has = (text: string): boolean => any((value) => text.toLowerCase().includes(value));
  const is = (text: string): boolean => any((value) => text.toLowerCase() === value);
  const service = SERVICES.findIndex((known) => known.key === key);
  if (key !== null && values.every((value) => value === "")) return true;
  if (service >= 0) {
    const share = row.usage[service]?.share ?? null;
    return any((value) => measured(sign, (share ?? -1) * 100, amount(key ?? "", value)) && share !== null);
  }
  switch (key) {
    case null:
      return has(`${row.name} ${row.id} ${row.accounts.join(" ")}`);
    case "account":
      return row.accounts.some((label) => is(label));
    case "region":
      return is(row.region);
    case "plan":
      return is(row.plan ?? "");
    case "name":
      return has(row.name);
    case "id":
      return has(row.id);
    case "state":
      return is(worst(row));
    case "group":
    case "customer":
    case "environment":
      return groupsOf(row, key, world).some(({ name }) => is(name));
    case "removed":
      return any((value) => value === "all" || (value === "yes") === (row.removed_at !== null));
    case "stale": {
      const at = "fetched_at" in row.freshness ? row.freshness.fetched_at : null;
      const hours = at === null ? null : (world.now.getTime() - Date.parse(at)) / 3_600_000;
      return hours !== null && any((value) => measured(sign, hours, amount("stale", value)));
    }
    case "shared":
    case "failed":
    case "note":
    case "favourite":
    case "signed-out":
      return any((value) => (value === "no") !== yes(row, key, world));
    default:
      return refused(`There is no test “${key}”.`, "Press the arrow down to see which there are.");
  }
}

/** The rows that a filter leaves, removed ones only if it names them; a filter that cannot be understood is refused. */
export function filtered(rows: FleetRow[], text: string, world: World): FleetRow[] {
  const all = terms(text);
  for (const { key } of all) {
    if (key !== null && !(key in KEYS))
      refused(`There is no test “${key}”.`, "Press the arrow down to see which there are.");
  }
  const removed = all.some(({ key, values }) => key === "removed" && values.some((value) => value !== ""));
  return rows.filter(
    (row) =>
      (removed || row.removed_at === null) && all.every((term) => holds(row, term, world) !== term.negated),
  );
}

function values(key: string, rows: FleetRow[], world: World): Map<string, number> {
  const counts = new Map<string, number>();
  const add = (value: string): void => void counts.set(value, (counts.get(value) ?? 0) + 1);
  for (const row of rows) {
    if (key === "account") row.accounts.forEach(add);
    else if (key === "region") add(row.region);
    else if (key === "plan") add(row.plan ?? "");
    else if (key === "state") add(worst(row));
    else if (key === "group" || key === "customer" || key === "environment")
      groupsOf(row, key, world).forEach(({ name }) => add(name));
    else if (["shared", "failed", "note", "favourite", "signed-out"].includes(key))
      add(yes(row, key, world) ? "yes" : "no");
  }
  return counts;
}

/** What may stand at the cursor: keys, or the values of the key before it. */
export function completion(text: string, cursor: number, rows: FleetRow[], world: World): FilterCompletion {
  const spans = [...text.matchAll(/(?:[^\s"]|"[^"]*(?:"|$))+/g)].map((match) => ({
    from: match.index,
    to: match.index + match[0].length,
  }));
  const { from, to } = spans.find((span) => span.from < cursor && cursor <= span.to) ?? {
    from: cursor,
    to: cursor,
  };
  const part = text.slice(from, cursor);
  const minus = part.startsWith("-") ? "-" : "";
  const [key, value] = part.slice(minus.length).toLowerCase().split(":");
  let choices: FilterChoice[];
  if (value === undefined) {
    choices = Object.entries(KEYS)
      .filter(([name]) => name.startsWith(key ?? ""))
      .map(([name, detail]) => ({ insert: `${minus}${name}:`, detail }));
  } else {
    const typed = value.replaceAll('"', "");
    choices = [...values(key ?? "", rows, world)]
      .filter(([name]) => name.toLowerCase().startsWith(typed))
      .sort(([, one], [, other]) => other - one)
      .map(([name, count]) => ({
        insert: `${minus}${key}:${/[\s,:]/.test(name) ? `"${name}"` : name} `,
        detail: `${count} profile${count === 1 ? "" : "s"}`,
      }));
    const service = SERVICES.some((known) => known.key === key);
    if (service || key === "stale") {
      choices = (service ? [">80%", ">90%", ">=100%"] : [">1d", ">7d"]).flatMap((sample) =>
        sample.startsWith(typed) ? [{ insert: `${minus}${key}:${sample} `, detail: "" }] : [],
      );
    }
  }
  const most = value === undefined ? choices.length : 50;
  return {
    from,
    to,
    choices: choices.slice(0, most),
    left_out: Math.max(0, choices.length - most),
  };
}
