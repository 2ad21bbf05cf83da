// Believable teams, persons and audit events over a fleet, the same for the same fleet.
import type { AccessLine } from "../generated/AccessLine";
import type { AccessList } from "../generated/AccessList";
import type { AccessQuery } from "../generated/AccessQuery";
import type { AuditArchive } from "../generated/AuditArchive";
import type { AuditPage } from "../generated/AuditPage";
import type { AuditQuery } from "../generated/AuditQuery";
import type { AuditRow } from "../generated/AuditRow";
import type { Freshness } from "../generated/Freshness";
import type { PeopleOrder } from "../generated/PeopleOrder";
import type { PeoplePage } from "../generated/PeoplePage";
import type { PeopleQuery } from "../generated/PeopleQuery";
import type { PersonRow } from "../generated/PersonRow";
import type { Problem } from "../generated/Problem";
import type { ProfileOverview } from "../generated/ProfileOverview";
import type { TeamView } from "../generated/TeamView";

import { coverage } from "./tokens";

const DAY = 86_400_000;

const PERSONS = [
  ["Acme Operations", "ops@acme.example"],
  ["Nordwind Operations", "ops@nordwind.example"],
  ["Mira Okafor", "mira@north.example"],
  ["Jonas Brandt", "jonas.brandt@hafen.example"],
  ["<i>Ulla</i> Svensson", "ulla@silo.example"],
  ["松本 さくら", "sakura@tsukuba.example"],
  ["Ada Lindqvist", "ada@lindqvist.example"],
  [null, "new.hire@acme.example"],
  ["<img src=x onerror=alert(1)>", "x@example.com"],
  [null, null],
] as const;

const MESSAGES = [
  ["device", "Device created"],
  ["dashboard", "Dashboard edited"],
  ["profile", "Token generated"],
  ["action", "Action edited"],
  ["analysis", "Analysis uploaded"],
  ["device", "<b>Pump 7</b> edited"],
] as const;

/** The made-up persons and events; a test may put others in their place. */
export class Access {
  persons: PersonRow[] | null = null;
  lines: AccessLine[] | null = null;
  teamOf: Partial<TeamView> = {};
  archiveOf: Partial<AuditArchive> = {};
  events: AuditRow[] | null = null;
  /** Who was taken out of which profile's team, by id or by address, in small letters. */
  readonly taken = new Map<number, Set<string>>();

  constructor(
    readonly profiles: () => ProfileOverview[],
    readonly now: () => Date,
  ) {}

  #ago(days: number): string {
    return new Date(this.now().getTime() - days * DAY).toISOString();
  }

  #everybody(inferred: boolean): PersonRow[] {
    const profiles = this.profiles().length;
    if (profiles === 0) return [];
    return Array.from({ length: 58 }, (_, place): PersonRow => {
      const [name, email] = PERSONS[place % PERSONS.length] ?? [null, null];
      const round = Math.floor(place / PERSONS.length);
      const numbered = (text: string | null): string | null =>
        text === null || round === 0 ? text : text.replace(/(@|$)/, `${round + 1}$1`);
      const id = (0x5bd1e0 + place).toString(16).padStart(24, "0");
      const owner = place < 2;
      const invitations = place % 9 === 7 ? 1 : 0;
      return {
        key: place + 1,
        who: email === null ? `https://api.tago.io ${id}` : (numbered(email) ?? id),
        ids: place === 2 ? [id, `${id.slice(0, 23)}f`] : [id],
        name: name === null || round === 0 ? name : `${name} ${round + 1}`,
        email: numbered(email),
        connected: owner ? (["Acme", "Nordwind"][place] ?? null) : null,
        profiles: invitations > 0 ? 0 : owner ? Math.ceil(profiles / 3) : 1 + ((place * 7) % 12),
        owned: owner ? Math.ceil(profiles / 3) : 0,
        accounts: place % 6 === 2 ? ["Acme", "Nordwind", "Tsukuba"] : [place % 2 === 0 ? "Acme" : "Nordwind"],
        account_count: place % 6 === 2 ? 4 : 1,
        invitations,
        ended: place % 17 === 8 ? 1 : 0,
        invited_at: invitations > 0 ? this.#ago(4) : place % 17 === 8 ? this.#ago(19) : null,
        tokens: (place * 5) % 23,
        shares: place % 8 === 3 ? ["Hafen Kühlhaus", "<b>Bold</b> Ltd"] : [],
        known: inferred && place % 3 !== 0 ? "inferred" : "seen",
      };
    });
  }

  #past(at: string | null): boolean {
    return at !== null && new Date(at) < new Date(this.#ago(90));
  }

  /** How many persons there are. */
  count(): number {
    return (this.persons ?? this.#everybody(false)).length;
  }

  people({ filter, at, sort, descending, offset, limit }: PeopleQuery): PeoplePage {
    const everybody = this.persons ?? this.#everybody(this.#past(at));
    const terms = filter.toLowerCase().split(/\s+/).filter(Boolean);
    if (terms.includes("flag:nonsense")) {
      throw {
        code: "invalid_input",
        message: "“flag:nonsense” is not understood.",
        hint: "Try flag:shared.",
      } satisfies Problem;
    }
    const found = everybody.filter((row) => terms.every((term) => holds(row, term)));
    found.sort((one, other) => {
      const [left, right] = [sortKey(sort, one), sortKey(sort, other)];
      if (left === right) return one.key - other.key;
      if (left === null || right === null) return Number(left === null) - Number(right === null);
      return left < right === descending ? 1 : -1;
    });
    const sum = (of: (row: PersonRow) => number): number =>
      everybody.reduce((total, row) => total + of(row), 0);
    const teams = coverage(this.profiles(), "team");
    return {
      total: found.length,
      rows: found.slice(offset, offset + limit),
      figures: {
        persons: everybody.length,
        profiles: this.profiles().length,
        invitations: sum((row) => row.invitations),
        ended: sum((row) => row.ended),
        shared: everybody.filter((row) => row.shares.length > 0).length,
        known: this.#past(at) ? 0 : teams.known,
        known_of: teams.profiles,
        coverage: teams,
      },
    };
  }

  access({ at, offset, limit }: AccessQuery): AccessList {
    const past = this.#past(at);
    const lines =
      this.lines ??
      this.profiles()
        .slice(0, 7)
        .map(({ row }, place): AccessLine => ({
          profile_key: row.key,
          profile: row.id,
          profile_name: row.name,
          account: row.account,
          kind: place === 0 ? "owner" : place === 5 ? "token" : past ? "person" : "member",
          person: "5bd1e0000000000000000000",
          name: "Mira Okafor",
          email: "mira@north.example",
          token: place === 5 ? "Gateway import" : null,
          last4: place === 5 ? "7f3a" : null,
          permission: place === 5 ? "full" : null,
          known: past ? "inferred" : "seen",
          how: past ? "inferred from the audit log" : "seen",
          since: this.#ago(past ? 120 : 60),
          until: past ? this.#ago(100) : null,
          made_at: this.#ago(200),
          expires_at: null,
          source: past ? "The audit log has acts before and after." : "In the list of the profile's team.",
        }));
    return {
      at: at ?? this.now().toISOString(),
      total: lines.length,
      lines: lines.slice(offset, offset + limit),
      folded: 2,
    };
  }

  #freshness(key: number, dataset: "team" | "tokens"): Freshness {
    const profile = this.profiles().find(({ row }) => row.key === key);
    return profile?.datasets.find((one) => one.dataset === dataset)?.freshness ?? { state: "never_fetched" };
  }

  team(key: number): TeamView {
    const freshness = this.#freshness(key, "team");
    const known = freshness.state === "fresh" || freshness.state === "stale";
    const member = (place: number): { id: string; name: string | null; email: string | null } => ({
      id: (0x5bd1e0 + place).toString(16).padStart(24, "0"),
      name: PERSONS[place]?.[0] ?? null,
      email: PERSONS[place]?.[1] ?? null,
    });
    const since = { seen_from: this.#ago(88), gone_at: null };
    const taken = this.taken.get(key);
    const view: TeamView = {
      members: [
        { ...member(0), role: "owner", invited_at: null, tokens: 3, ...since },
        ...(known
          ? ([
              { ...member(2), role: "member", invited_at: this.#ago(300), tokens: 1, ...since },
              { ...member(8), role: "member", invited_at: this.#ago(40), tokens: 0, ...since },
              { ...member(7), role: "invited", invited_at: this.#ago(3), tokens: 0, ...since },
              { ...member(3), role: "invitation_ended", invited_at: this.#ago(12), tokens: 0, ...since },
            ] as const)
          : []),
      ],
      former: known
        ? [
            {
              ...member(4),
              role: "member",
              invited_at: this.#ago(400),
              tokens: 0,
              seen_from: this.#ago(88),
              gone_at: this.#ago(20),
            },
          ]
        : [],
      known_since: known ? this.#ago(88) : null,
      freshness,
      ...this.teamOf,
    };
    const gone = (who: string | null): boolean => who !== null && (taken?.has(who.toLowerCase()) ?? false);
    return { ...view, members: view.members.filter(({ id, email }) => !gone(id) && !gone(email)) };
  }

  #log(): AuditRow[] {
    return (this.events ??= Array.from({ length: 420 }, (_, place): AuditRow => {
      const [resource, message] = MESSAGES[place % MESSAGES.length] ?? ["device", "Device edited"];
      const person = PERSONS[2 + (place % 4)];
      return {
        key: place + 1,
        at: this.#ago(place * 0.37 + 0.05),
        resource,
        resource_id: (0x5be000 + place).toString(16).padStart(24, "0"),
        who: (0x5bd1e2 + (place % 4)).toString(16).padStart(24, "0"),
        who_name: place % 11 === 5 ? null : (person?.[0] ?? null),
        message,
      };
    }));
  }

  audit({ search, resource, who, from, to, offset, limit }: AuditQuery): AuditPage {
    const words = search.toLowerCase().split(/\s+/).filter(Boolean);
    const found = this.#log().filter(
      (row) =>
        (resource === null || row.resource === resource) &&
        (who === null || row.who === who) &&
        (from === null || row.at >= from) &&
        (to === null || row.at < to) &&
        words.every((word) =>
          `${row.message} ${row.resource} ${row.who} ${row.who_name}`.toLowerCase().includes(word),
        ),
    );
    return { total: found.length, rows: found.slice(offset, offset + limit) };
  }

  archive(key: number): AuditArchive {
    const profile = this.profiles().find(({ row }) => row.key === key);
    const owned = !(profile?.row.shared ?? false);
    const rows = owned ? this.#log() : [];
    const counted = (of: (row: AuditRow) => string | null): [string, number][] => {
      const counts = new Map<string, number>();
      for (const row of rows) {
        const value = of(row);
        if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
      }
      return [...counts].sort(([, one], [, other]) => other - one);
    };
    return {
      spans: owned ? [[this.#ago(160), this.#ago(0.02)]] : [],
      missing: [
        [this.#ago(182), this.#ago(160)],
        [this.#ago(0.02), this.#ago(0)],
      ],
      events: rows.length,
      resources: counted((row) => row.resource).map(([value, events]) => ({ value, name: null, events })),
      people: counted((row) => row.who).map(([value, events]) => ({
        value,
        name: rows.find((row) => row.who === value && row.who_name !== null)?.who_name ?? null,
        events,
      })),
      owned,
      archiving: owned,
      freshness: owned ? { state: "fresh", fetched_at: this.#ago(0.02) } : { state: "never_fetched" },
      ...this.archiveOf,
    };
  }
}

function holds(row: PersonRow, term: string): boolean {
  if (term === "invited:yes") return row.invitations > 0;
  if (term === "flag:ended") return row.ended > 0;
  if (term === "flag:shared") return row.shares.length > 0;
  if (term === "flag:inferred") return row.known === "inferred";
  return `${row.name} ${row.email} ${row.ids.join(" ")}`.toLowerCase().includes(term);
}

function sortKey(sort: PeopleOrder, row: PersonRow): string | number | null {
  switch (sort) {
    case "name":
      return row.name?.toLowerCase() ?? null;
    case "email":
      return row.email;
    case "profiles":
      return row.profiles;
    case "accounts":
      return row.account_count;
    case "invitations":
      return row.invitations + row.ended;
    case "tokens":
      return row.tokens;
    case "shared":
      return row.shares.length;
  }
}
