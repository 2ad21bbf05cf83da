// Limits of the fake shell that are changed: what stands, what would, and what an account has too little of.
import type { AccountRow } from "../generated/AccountRow";
import type { AllocationFigures } from "../generated/AllocationFigures";
import type { Change } from "../generated/Change";
import type { PlannedChange } from "../generated/PlannedChange";
import type { ProfileOverview } from "../generated/ProfileOverview";
import { SERVICES } from "../generated/services";

import { allocation } from "./costs";
import { cell } from "./fleet";

type Allocate = Extract<Change, { kind: "allocate" }>;

const at = (service: string): number => SERVICES.findIndex(({ key }) => key === service);

export function limitSides(
  { services }: Allocate,
  profile: ProfileOverview | undefined,
): [PlannedChange["before"], PlannedChange["after"]] {
  const stands = (service: string): number | null => profile?.row.usage[at(service)]?.limit ?? null;
  return [
    Object.fromEntries(Object.keys(services).map((service) => [service, stands(service)])),
    { ...services },
  ];
}

/** The sums of what is allocated anew; rows that take too much are refused. */
export function limitFigures(
  rows: PlannedChange[],
  accounts: AccountRow[],
  profiles: ProfileOverview[],
  now: Date,
): AllocationFigures[] {
  const more = new Map<string, number>();
  const touched = rows.filter(({ change, refusal }) => change.kind === "allocate" && refusal === null);
  for (const { account, before, after } of touched)
    for (const [service, limit] of Object.entries(after)) {
      const key = `${account} ${service}`;
      more.set(key, (more.get(key) ?? 0) + Number(limit) - Number(before[service] ?? 0));
    }
  const standing = allocation(accounts, profiles, "", now).accounts;
  return standing.flatMap(({ key, label, services }) =>
    SERVICES.flatMap(({ key: service }, index): AllocationFigures[] => {
      const [taken, cell] = [more.get(`${label} ${service}`), services[index]];
      if (taken === undefined || !cell) return [];
      const figures = {
        account: key,
        label,
        service,
        total: cell.bought,
        allocated: cell.allocated,
        allocated_after: cell.allocated + taken,
        free: cell.free,
        free_after: cell.free === null ? null : cell.free - taken,
        used: cell.used,
      };
      if (cell.bought !== null && figures.allocated_after > cell.bought && taken > 0)
        for (const row of touched.filter(({ account, after }) => account === label && service in after))
          row.refusal = {
            reason: "over_limit",
            message: `“${label}” has ${cell.bought} of ${service} in all.`,
          };
      return [figures];
    }),
  );
}

/** A profile with the limits that a change gave it. */
export function limited(profile: ProfileOverview, { services }: Allocate): ProfileOverview {
  const usage = profile.row.usage.map((one, index) => {
    const limit = services[SERVICES[index]?.key ?? "input"];
    return limit === undefined ? one : { ...one, ...cell(one.used, limit) };
  });
  return { ...profile, row: { ...profile.row, usage } };
}
