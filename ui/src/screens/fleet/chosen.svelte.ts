// Which profiles a selection names, read when something is to be done with them.
import { asProblem, type Backend, type FleetRow, type FleetSelection, type Problem } from "../../backend";

/** The question which they are. */
export class Chosen {
  reading = $state(false);
  problem = $state.raw<Problem | null>(null);

  constructor(private readonly backend: Backend) {}

  /** `null` if they cannot be read. */
  async read(selection: FleetSelection): Promise<FleetRow[] | null> {
    this.reading = true;
    this.problem = null;
    try {
      return await chosenProfiles(this.backend, selection);
    } catch (reason) {
      this.problem = asProblem(reason);
      return null;
    } finally {
      this.reading = false;
    }
  }
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
