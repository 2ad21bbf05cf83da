// New names made of old ones, and which profiles a selection names.
import type { Backend, FleetRow, FleetSelection } from "../../backend";

export interface Renaming {
  /** Each place of it is replaced; none if it is empty. */
  find: string;
  replace: string;
  prefix: string;
  suffix: string;
}

export const UNCHANGED: Renaming = { find: "", replace: "", prefix: "", suffix: "" };

/** Upper and lower case are told apart. */
export function renamed(name: string, { find, replace, prefix, suffix }: Renaming): string {
  return prefix + (find === "" ? name : name.split(find).join(replace)) + suffix;
}

/** The most that the shell answers at once. */
const AT_ONCE = 500;

/** All profiles of a selection, by name. */
export async function chosenProfiles(
  backend: Backend,
  { keys, all_of }: FleetSelection,
): Promise<FleetRow[]> {
  const named = new Set(keys);
  const chosen = new Map<number, FleetRow>();
  let total = 1;
  for (let offset = 0; offset < total; offset += AT_ONCE) {
    const page = await backend.fleet({
      filter: all_of ?? "",
      sort: [{ by: "name", descending: false }],
      trend: null,
      offset,
      limit: AT_ONCE,
    });
    total = page.total;
    // Those that are named are meant, or all others of the filter.
    for (const row of page.rows) if (named.has(row.key) === (all_of === null)) chosen.set(row.key, row);
  }
  return [...chosen.values()];
}
