// What the fleet's table shows: the query, the figures over it, what is ticked, and what `Pages` knows of the rows.
import type {
  Backend,
  FleetFigures,
  FleetOrder,
  FleetPage,
  FleetQuery,
  FleetRow,
  Service,
} from "../../backend";
import { Pages } from "../../components/pages.svelte";
import { Groups } from "./groups.svelte";
import { Ticked } from "./ticked.svelte";
import { BY_RISK, sameSort, sortsByTrend } from "./view";

/** What the table is to show. */
export interface Shown {
  filter: string;
  sort: readonly FleetOrder[];
  /** The service whose last 30 days are shown or sorted by, if any are. */
  trend: Service | null;
}

export class FleetTable extends Pages<FleetRow, FleetPage> {
  filter = $state("");
  sort = $state.raw<readonly FleetOrder[]>(BY_RISK);
  /** The order that the rows on screen stand in: that of the last answer. */
  ordered = $state.raw<readonly FleetOrder[]>(BY_RISK);
  trend = $state<Service | null>(null);
  figures = $state.raw<FleetFigures | null>(null);
  /** Whether the figures alone were asked for and could not be read. */
  #uncounted = $state(false);
  readonly groups: Groups;
  readonly ticked: Ticked;

  constructor(readonly backend: Backend) {
    super();
    this.groups = new Groups(backend, () => this.refresh());
    this.ticked = new Ticked(backend, this);
  }

  /** Asks for something else, once, and only if it is something else or what is there may be `old`. */
  ask({ filter: typed, sort, trend }: Shown, old: boolean): void {
    const filter = typed.trim();
    const another = trend !== null && trend !== this.trend;
    const moved = filter !== this.filter || !sameSort(sort, this.sort) || (another && sortsByTrend(sort));
    this.filter = filter;
    this.sort = sort;
    this.trend = trend;
    if (moved) this.fromTheTop();
    // Before the first answer the grid asks.
    else if (another || (old && this.total !== null)) this.refresh();
  }

  /** Whether there are no figures because they could not be read. */
  get failed(): boolean {
    return this.#uncounted || (this.figures === null && this.problem !== null);
  }

  /** The figures alone. Where they cannot be read, the fleet itself says why. */
  async count(): Promise<void> {
    this.#uncounted = false;
    try {
      const query = { filter: "", sort: [], trend: null, offset: 0, limit: 0 };
      this.figures = (await this.backend.fleet(query)).figures;
    } catch {
      // The navigation then shows no count, until the frame asks again.
      this.figures = null;
      this.#uncounted = true;
    }
  }

  /** What is shown, as the desk is asked for it; without places, all of it. */
  query(offset = 0, limit = 0): FleetQuery {
    return { filter: this.filter, sort: [...this.sort], trend: this.trend, offset, limit };
  }

  protected override read(offset: number, limit: number): Promise<FleetPage> {
    return this.backend.fleet(this.query(offset, limit));
  }

  /** Of rows that nobody looks at, what happened in the last 30 days is for their order alone. */
  protected override readUnseen(offset: number, limit: number): Promise<FleetPage> {
    const trend = sortsByTrend(this.sort) ? this.trend : null;
    return this.backend.fleet({ ...this.query(offset, limit), trend });
  }

  protected override took({ figures }: FleetPage): void {
    this.figures = figures;
    this.#uncounted = false;
    if (!sameSort(this.sort, this.ordered)) this.ordered = this.sort;
  }
}
