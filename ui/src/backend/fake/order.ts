// The order, the figures, the sums and the 30 days of the made-up fleet.
import type { AccountRow } from "../generated/AccountRow";
import type { FleetFigures } from "../generated/FleetFigures";
import type { FleetQuery } from "../generated/FleetQuery";
import type { FleetRow } from "../generated/FleetRow";
import type { FleetSort } from "../generated/FleetSort";
import type { FleetSum } from "../generated/FleetSum";
import type { GroupRow } from "../generated/GroupRow";
import type { Service } from "../generated/Service";
import { SERVICES } from "../generated/services";

import { worst } from "./filter";
import { random } from "./fleet";

type Group = Pick<GroupRow, "key" | "name">;

/** What a row is sorted by: `null` comes last either way. */
function sortKey(
  by: FleetSort,
  row: FleetRow,
  service: Service | null,
  groups: readonly Group[],
): number | string | null {
  switch (by) {
    case "name":
      return row.name;
    case "account":
      return row.account;
    case "plan":
      return row.plan;
    case "region":
      return row.region;
    case "growth":
      return row.growth;
    case "id":
      return row.id;
    case "groups":
      return row.groups.map((key) => groups.find((group) => group.key === key)?.name).join("\n") || null;
    case "others":
      return row.accounts.filter((label) => label !== row.account).join("\n") || null;
    // When the notes were made up does not matter.
    case "noted":
      return row.noted ? row.key : null;
    case "trend":
      return service === null ? null : added(trend(row, service), service);
    case "as_of":
      return "fetched_at" in row.freshness ? row.freshness.fetched_at : null;
    case "risk":
      return row.usage.reduce<number | null>(
        (highest, { share }) => (share === null ? highest : Math.max(highest ?? 0, share)),
        null,
      );
    default:
      return row.usage[SERVICES.findIndex(({ key }) => key === by)]?.share ?? null;
  }
}

const BY_RISK: FleetQuery["sort"] = [
  { by: "risk", descending: true },
  { by: "growth", descending: true },
];

/** What thirty days added: what a counter used, how far a level rose. */
function added(days: FleetRow["trend"], service: Service): number | null {
  const known = days.filter((day) => day !== null);
  const [first, ...later] = known;
  const last = later.at(-1);
  if (SERVICES.find(({ key }) => key === service)?.kind === "level")
    return first === undefined || last === undefined ? null : last - first;
  return first === undefined ? null : known.reduce((one, other) => one + other, 0);
}

export function ordered(
  rows: FleetRow[],
  { sort, trend }: Pick<FleetQuery, "sort" | "trend">,
  groups: readonly Group[],
): FleetRow[] {
  return [...rows].sort((one, other) => {
    for (const { by, descending } of sort.length === 0 ? BY_RISK : sort) {
      const [left, right] = [sortKey(by, one, trend, groups), sortKey(by, other, trend, groups)];
      if (left === right) continue;
      if (left === null || right === null) return Number(left === null) - Number(right === null);
      return left < right === descending ? 1 : -1;
    }
    return 0;
  });
}

/** How many there are, and how they are. */
export function figured(rows: FleetRow[], accounts: AccountRow[]): FleetFigures {
  return {
    profiles: rows.length,
    accounts: accounts.length,
    over: rows.filter((row) => worst(row) === "over").length,
    high: rows.filter((row) => worst(row) === "high").length,
    warn: rows.filter((row) => worst(row) === "warn").length,
    stale: rows.filter((row) => row.freshness.state === "stale").length,
    failed: rows.filter((row) => row.freshness.state === "failed").length,
    signed_out: accounts.filter((row) => row.sign_in === "signed_out").length,
  };
}

export function summed(rows: FleetRow[]): FleetSum {
  return {
    profiles: rows.length,
    services: SERVICES.map((_, index) => {
      const used = rows.flatMap((row) => row.usage[index]?.used ?? []);
      const limits = rows.flatMap((row) => row.usage[index]?.limit ?? []);
      const sum = (values: number[]): number => values.reduce((one, other) => one + other, 0);
      return {
        used: sum(used),
        used_known: used.length,
        limit: sum(limits),
        limit_known: limits.length,
      };
    }),
  };
}

/** Thirty days of a service: a walk that is the same each time, with a hole in some. */
export function trend(row: FleetRow, service: Service): FleetRow["trend"] {
  const index = SERVICES.findIndex(({ key }) => key === service);
  const used = row.usage[index]?.used ?? null;
  if (used === null) return [];
  const next = random(row.key * 31 + index + 1);
  let value = used / 30;
  return Array.from({ length: 30 }, (_, day) => {
    value = Math.max(0, value * (0.82 + next() * 0.38));
    return row.key % 11 === 4 && day > 8 && day < 13 ? null : Math.round(value);
  });
}
