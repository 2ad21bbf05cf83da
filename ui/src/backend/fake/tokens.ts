// Believable tokens over a fleet, the same for the same fleet: every flag and what is not known are in them.
import type { Coverage } from "../generated/Coverage";
import type { Problem } from "../generated/Problem";
import type { ProfileOverview } from "../generated/ProfileOverview";
import type { TokenDetail } from "../generated/TokenDetail";
import type { TokenFigures } from "../generated/TokenFigures";
import type { TokenFlag } from "../generated/TokenFlag";
import type { TokenFound } from "../generated/TokenFound";
import type { TokenKind } from "../generated/TokenKind";
import type { TokenOrder } from "../generated/TokenOrder";
import type { TokenRow } from "../generated/TokenRow";
import type { TokensPage } from "../generated/TokensPage";
import type { TokensQuery } from "../generated/TokensQuery";

import { random } from "./fleet";

const DAY = 86_400_000;

const NAMES = [
  "Gateway import",
  "Exporter, nightly",
  "Grafana",
  "<img src=x onerror=alert(1)>",
  "Billing sync",
  "مفتاح البوابة",
  "Migration 2024",
  "CI",
];
const CREATORS = [
  "Mira Okafor",
  "Jonas Brandt",
  "Ada Lindqvist",
  "<i>Ulla</i> Svensson",
  "5bd1e0c9a7b3d2e4f6071aa0",
];
const PERMISSIONS = ["full", "read", "write", "read", "deny"];

/** Of how many profiles a dataset is known, by the state of each. */
export function coverage(profiles: ProfileOverview[], dataset: "tokens" | "team"): Coverage {
  const sum: Coverage = {
    profiles: 0,
    known: 0,
    outdated: 0,
    never_fetched: 0,
    failed: 0,
    not_permitted: 0,
    not_there: 0,
  };
  for (const { row, datasets } of profiles) {
    if (row.removed_at !== null) continue;
    sum.profiles += 1;
    const freshness = datasets.find((one) => one.dataset === dataset)?.freshness;
    const state = freshness?.state ?? "never_fetched";
    if (state === "fresh") sum.known += 1;
    else if (state === "stale" || (freshness?.state === "failed" && freshness.fetched_at !== null)) {
      sum.known += 1;
      sum.outdated += 1;
    } else if (state !== "failed") sum[state] += 1;
    else sum.failed += 1;
  }
  return sum;
}

/** The made-up tokens; a test may put others in their place. */
export class Tokens {
  #rows: TokenRow[] | null = null;
  /** What a value is found to be; a value that is not here is found nowhere. */
  readonly values = new Map<string, TokenRow>();

  constructor(
    readonly profiles: () => ProfileOverview[],
    readonly now: () => Date,
  ) {}

  get rows(): TokenRow[] {
    return (this.#rows ??= this.profiles()
      .filter(({ row }) => row.removed_at === null)
      .flatMap((profile) => this.#of(profile)));
  }

  set rows(rows: TokenRow[]) {
    this.#rows = rows;
  }

  #of({ row, datasets }: ProfileOverview): TokenRow[] {
    const known = datasets.find(({ dataset }) => dataset === "tokens")?.freshness.state;
    if (known === "never_fetched" || known === "not_permitted") return [];
    const next = random(row.key * 31 + 7);
    const now = this.now().getTime();
    const ago = (days: number): string => new Date(now - days * DAY).toISOString();
    return Array.from({ length: 3 + (row.key % 3) }, (_, place): TokenRow => {
      const signIn = place === 2;
      const which = row.key * 5 + place;
      const age = signIn ? 3 : 20 + Math.floor(next() * 900);
      const ends = signIn ? -27 : which % 4 === 0 ? null : Math.floor(next() * 500) - 460;
      const used = which % 5 === 1 ? null : Math.floor(next() * Math.min(age, 200));
      const permission = signIn ? "full" : which % 13 === 5 ? null : (PERMISSIONS[which % 5] ?? "read");
      const flags: TokenFlag[] = [];
      if (!signIn && which % 11 === 3) flags.push("creator_gone");
      if (ends !== null && ends < 0 && ends >= -14) flags.push("expires_soon");
      if (ends !== null && ends >= 0) flags.push("expired");
      if (used === null && which % 10 !== 6) flags.push("never_used");
      if (permission === "full") flags.push("full_permission");
      if (ends === null && which % 8 !== 0) flags.push("never_expires");
      return {
        key: row.key * 10 + place,
        profile_key: row.key,
        profile: row.id,
        profile_name: row.name,
        account: row.account,
        fingerprint: which.toString(16).padStart(64, "0"),
        name: signIn ? "Sign-in, Chrome on Windows" : (NAMES[which % NAMES.length] ?? "Token"),
        last4: (which * 7919).toString(16).slice(-4).padStart(4, "0"),
        permission,
        created_at: ago(age),
        creator: CREATORS[which % CREATORS.length] ?? null,
        created_by: "5f1e0c9a7b3d2e4f60718293",
        last_authorization_at: used === null ? null : ago(used),
        never_used: flags.includes("never_used"),
        expires_at: ends === null ? null : ago(ends),
        never_expires: flags.includes("never_expires"),
        sign_in: signIn,
        flags,
        used_here: row.key === 1 && place === 0 ? "Acme" : null,
      };
    });
  }

  page({ filter, profile, sort, descending, offset, limit }: TokensQuery): TokensPage {
    const terms = filter.toLowerCase().split(/\s+/).filter(Boolean);
    const signIn = terms.find((term) => term.startsWith("sign-in:"))?.slice(8) ?? "no";
    const bad = terms.find((term) => term === "flag:nonsense");
    if (bad !== undefined) {
      throw {
        code: "invalid_input",
        message: `“${bad}” is not understood.`,
        hint: "Try flag:orphan.",
      } satisfies Problem;
    }
    const found = this.rows.filter(
      (row) => (profile === null || row.profile_key === profile) && terms.every((term) => holds(row, term)),
    );
    const shown = found.filter((row) => signIn === "all" || row.sign_in === (signIn === "yes"));
    shown.sort((one, other) => {
      const [left, right] = [sortKey(sort, one), sortKey(sort, other)];
      if (left === right) return one.key - other.key;
      if (left === null || right === null) return Number(left === null) - Number(right === null);
      return left < right === descending ? 1 : -1;
    });
    return {
      total: shown.length,
      rows: shown.slice(offset, offset + limit),
      folded: signIn === "no" ? found.length - shown.length : 0,
    };
  }

  figures(): TokenFigures {
    const made = this.rows.filter((row) => !row.sign_in);
    const flagged = (flag: TokenFlag): number => made.filter(({ flags }) => flags.includes(flag)).length;
    return {
      tokens: made.length,
      sign_ins: this.rows.length - made.length,
      never_used: flagged("never_used"),
      never_expires: flagged("never_expires"),
      full: flagged("full_permission"),
      full_never_used: made.filter(
        ({ flags }) => flags.includes("full_permission") && flags.includes("never_used"),
      ).length,
      expiring: flagged("expires_soon"),
      expired: flagged("expired"),
      creator_gone: flagged("creator_gone"),
      coverage: coverage(this.profiles(), "tokens"),
    };
  }

  detail(key: number): TokenDetail {
    const row = this.rows.find((one) => one.key === key);
    if (!row)
      throw {
        code: "not_found",
        message: "There is no such token in the store any more.",
      } satisfies Problem;
    const at = this.now().toISOString();
    const seen = new Date(this.now().getTime() - 20 * DAY).toISOString();
    const { name, permission, expires_at, never_expires } = row;
    return {
      row,
      kind: "profile",
      ref_id: row.profile,
      creator_email: "mira@north.example",
      creator_gone: row.flags.includes("creator_gone"),
      gone_at: null,
      versions: [
        { name, permission, expires_at, never_expires, seen_from: seen, seen_until: null },
        {
          name: "Old name",
          permission: "read",
          expires_at,
          never_expires,
          seen_from: row.created_at ?? seen,
          seen_until: seen,
        },
      ],
      freshness: this.profiles()
        .find((profile) => profile.row.key === row.profile_key)
        ?.datasets.find(({ dataset }) => dataset === "tokens")?.freshness ?? {
        state: "fresh",
        fetched_at: at,
      },
    };
  }

  find(value: string): TokenFound {
    const text = value.trim();
    if (text === "" || /[^A-Za-z0-9._-]/.test(text)) {
      throw {
        code: "invalid_input",
        message: "This cannot be a token: it has a space or another character in it that no token has.",
      } satisfies Problem;
    }
    const prefixes: Record<string, TokenKind> = {
      p: "profile",
      a: "analysis",
      u: "user",
      n: "network",
      at: "authorization",
    };
    const row = this.values.get(text.replace(/^p-/, ""));
    return {
      last4: text.slice(-4),
      kind: prefixes[/^([a-z]{1,2})-/.exec(text)?.[1] ?? ""] ?? "unmarked",
      tokens: row ? [{ row, gone_at: null }] : [],
      used_here: row?.used_here ?? null,
      coverage: coverage(this.profiles(), "tokens"),
    };
  }
}

const FLAGS: Record<string, TokenFlag> = {
  "flag:orphan": "creator_gone",
  "flag:expiring": "expires_soon",
  "flag:expired": "expired",
  "flag:unused": "never_used",
  "flag:full": "full_permission",
  "flag:unending": "never_expires",
};

function holds(row: TokenRow, term: string): boolean {
  if (term.startsWith("sign-in:")) return true;
  if (term.startsWith("permission:")) return row.permission === term.slice(11);
  const flag = FLAGS[term];
  if (flag !== undefined) return row.flags.includes(flag);
  const text = `${row.name} ${row.last4} ${row.profile_name} ${row.creator}`.toLowerCase();
  return text.includes(term);
}

function sortKey(sort: TokenOrder, row: TokenRow): string | null {
  switch (sort) {
    case "name":
      return row.name;
    case "profile":
      return row.profile_name;
    case "permission":
      return row.permission;
    case "created":
      return row.created_at;
    case "expires":
      return row.never_expires ? "9999" : row.expires_at;
    case "used":
      return row.never_used ? "0" : row.last_authorization_at;
    case "creator":
      return row.creator;
  }
}
