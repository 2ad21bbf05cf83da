// What needs attention in the made-up fleet: every kind of line is in it, ranked as the shell ranks.
import type { AccountRow } from "../generated/AccountRow";
import type { AttentionFacts } from "../generated/AttentionFacts";
import type { AttentionKind } from "../generated/AttentionKind";
import type { AttentionSeverity } from "../generated/AttentionSeverity";
import type { Problem } from "../generated/Problem";
import type { ProfileOverview } from "../generated/ProfileOverview";
import { SERVICES } from "../generated/services";
import type { TodayFigures } from "../generated/TodayFigures";
import type { TodayPage } from "../generated/TodayPage";
import type { TodayQuery } from "../generated/TodayQuery";
import type { TodayRow } from "../generated/TodayRow";

const SEVERITIES: AttentionSeverity[] = ["critical", "urgent", "warning", "notice"];
const KINDS: AttentionKind[] = [
  "payment",
  "signed_out",
  "service",
  "dashboards",
  "downgrade",
  "silent",
  "resource",
  "token_expiring",
  "backup",
  "invitation",
  "token_unused",
  "transfer",
];

/** One line; a test says what it needs of it. */
export function line(
  place: number,
  facts: AttentionFacts,
  severity: AttentionSeverity,
  of: Partial<TodayRow> = {},
): TodayRow {
  return {
    key: place + 1,
    id: `${facts.kind}:${of.profile_key === null ? "a1" : `p${of.profile_key ?? 1}`}:${place}`,
    kind: facts.kind,
    severity,
    account: "Acme",
    account_key: 1,
    profile: "5bb0a0c9f1d25bb0a0c9d9c1",
    profile_key: 1,
    profile_name: "Hafen Kühlhaus",
    name_is_shared: false,
    facts,
    since: null,
    or_earlier: false,
    measure: 1,
    answer: null,
    earlier: null,
    ...of,
  };
}

const OF_ACCOUNT = { profile: null, profile_key: null, profile_name: null };

/** The lines of a fleet, the worst first. */
export function todayRows(profiles: ProfileOverview[], accounts: AccountRow[], now: Date): TodayRow[] {
  const ago = (hours: number): string => new Date(now.getTime() - hours * 3_600_000).toISOString();
  const rows: TodayRow[] = [];
  const add = (facts: AttentionFacts, severity: AttentionSeverity, of: Partial<TodayRow>): void => {
    rows.push(line(rows.length, facts, severity, of));
  };
  for (const account of accounts) {
    const of = { ...OF_ACCOUNT, account: account.label, account_key: account.key };
    if (account.sign_in === "signed_out") {
      const message = account.problem?.message ?? "Authorization denied";
      add({ kind: "signed_out", message, profiles: account.profiles }, "urgent", { ...of, since: ago(31) });
    }
    if (account.label === "Tsukuba") {
      add(
        {
          kind: "payment",
          reason: "Your card was declined: insufficient funds.",
          overdue: false,
          profiles: account.profiles,
        },
        "urgent",
        { ...of, since: ago(52) },
      );
      add(
        { kind: "downgrade", at: ago(-12 * 24), plan: "starter", profiles: 3, services: ["input", "device"] },
        "warning",
        { ...of, since: ago(76) },
      );
    }
  }
  profiles.forEach(({ row }, place) => {
    if (row.removed_at !== null) return;
    const of = {
      account: row.account,
      account_key: accounts.find(({ label }) => label === row.account)?.key ?? null,
      profile: row.id,
      profile_key: row.key,
      profile_name: row.name,
      name_is_shared: row.name_is_shared,
    };
    row.usage.forEach(({ used, limit, share, state }, index) => {
      const service = SERVICES[index]?.key;
      if (service === undefined || used === null || limit === null || share === null) return;
      const severity = { over: "critical", high: "urgent", warn: "warning" }[state as "over"] as
        AttentionSeverity | undefined;
      if (severity === undefined) return;
      const more = { ...of, measure: share, since: ago(5 + place * 7), or_earlier: place % 5 === 2 };
      add({ kind: "service", service, used, limit }, severity, more);
    });
    switch (place % 24) {
      case 9:
        add({ kind: "silent", last_input_at: ago(40), known_until: ago(1) }, "urgent", {
          ...of,
          since: ago(40),
        });
        break;
      case 10:
        add({ kind: "dashboards", used: 47_200_000, limit: 50_000_000 }, "urgent", of);
        break;
      case 12:
        add({ kind: "resource", resource: "device", amount: 100, limit: 100 }, "warning", {
          ...of,
          since: ago(300),
        });
        break;
      case 13:
        add(
          { kind: "token_expiring", tokens: 1, first: "Gateway import ····7f3a", at: ago(-60), used: true },
          "urgent",
          { ...of, since: ago(11 * 24) },
        );
        break;
      case 15:
        add({ kind: "backup", newest: ago(41 * 24), allowed_days: 30 }, "warning", {
          ...of,
          since: ago(11 * 24),
        });
        break;
      case 16:
        add(
          { kind: "invitation", invitations: 1, who: "Jonas Brandt", at: ago(55), ended: false },
          "notice",
          {
            ...of,
            since: ago(55),
          },
        );
        break;
      case 18:
        add({ kind: "token_unused", tokens: 3, first: "<i>Exporter</i> ····e402" }, "notice", {
          ...of,
          since: ago(90 * 24),
        });
        break;
    }
  });
  const rank = (row: TodayRow): number =>
    SEVERITIES.indexOf(row.severity) * KINDS.length + KINDS.indexOf(row.kind);
  return rows.sort(
    (one, other) => rank(one) - rank(other) || (other.measure ?? Infinity) - (one.measure ?? Infinity),
  );
}

/** The lines with one of them answered, or no longer answered. */
export function answered(all: TodayRow[], id: string, answer: TodayRow["answer"]): TodayRow[] {
  if (!all.some((row) => row.id === id))
    throw {
      code: "not_found",
      message: `“${id}” is not on the list of what needs attention.`,
    } satisfies Problem;
  return all.map((row) => {
    if (row.id !== id) return row;
    const noted = row.answer !== null && row.answer.note !== "" ? row.answer : null;
    return { ...row, answer, earlier: answer === null ? noted : null };
  });
}

/** Answers a query as the shell does, as far as the window's own tests go. */
export function todayPage(
  all: TodayRow[],
  { filter, offset, limit }: TodayQuery,
  profiles: ProfileOverview[],
  accounts: AccountRow[],
): TodayPage {
  const terms = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const snoozed = terms.find((term) => term.startsWith("snoozed:"))?.slice(8) ?? "no";
  const found = all.filter(
    (row) =>
      snoozed.split(",").includes(row.answer === null ? "no" : "yes") &&
      terms.every((term) => {
        const [key, value = ""] = term.split(":");
        if (key === "snoozed") return true;
        if (key === "kind") return value.split(",").includes(row.kind);
        if (key === "severity") return value.split(",").includes(row.severity);
        const text =
          `${row.profile_name} ${row.profile} ${row.account} ${(row.answer ?? row.earlier)?.note ?? ""}`.toLowerCase();
        return text.includes(term);
      }),
  );
  return {
    total: found.length,
    rows: found.slice(offset, offset + limit),
    figures: figures(all, profiles, accounts),
  };
}

function figures(all: TodayRow[], profiles: ProfileOverview[], accounts: AccountRow[]): TodayFigures {
  const open = all.filter(({ answer }) => answer === null);
  const present = profiles.filter(({ row }) => row.removed_at === null).map(({ row }) => row.freshness);
  const fresh = present.flatMap((freshness) => (freshness.state === "fresh" ? [freshness.fetched_at] : []));
  return {
    open: open.length,
    answered: all.length - open.length,
    kinds: KINDS.flatMap((kind) => {
      const of = open.filter((row) => row.kind === kind);
      const severity = SEVERITIES.find((one) => of.some((row) => row.severity === one));
      return severity === undefined ? [] : [{ kind, severity, open: of.length }];
    }),
    accounts: accounts.length,
    profiles: present.length,
    never_fetched: present.filter(({ state }) => state === "never_fetched").length,
    stale: present.filter(({ state }) => state === "stale").length,
    signed_out: accounts.filter(({ sign_in }) => sign_in === "signed_out").length,
    as_of: fresh.sort()[0] ?? null,
  };
}
