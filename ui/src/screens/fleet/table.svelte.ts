// What the fleet's table shows: the query, the figures over it, and what `Pages` knows of the rows.
import type { Backend, FleetFigures, FleetPage, FleetRow, FleetSort } from "../../backend";
import { Pages } from "../../components/pages.svelte";

/** Columns whose first click shows the largest first: of names one wants the beginning of the alphabet. */
function descendsFirst(sort: FleetSort): boolean {
  return sort !== "name" && sort !== "account";
}

export class FleetTable extends Pages<FleetRow, FleetPage> {
  search = $state("");
  sort = $state<FleetSort>("risk");
  descending = $state(true);
  figures = $state.raw<FleetFigures | null>(null);

  constructor(readonly backend: Backend) {
    super();
  }

  searchFor(words: string): void {
    this.search = words;
    this.fromTheTop();
  }

  /** Sorts by a column, or turns its order around. */
  sortBy(sort: FleetSort): void {
    this.descending = this.sort === sort ? !this.descending : descendsFirst(sort);
    this.sort = sort;
    this.fromTheTop();
  }

  protected override read(offset: number, limit: number): Promise<FleetPage> {
    return this.backend.fleet({
      search: this.search.trim(),
      sort: this.sort,
      descending: this.descending,
      offset,
      limit,
    });
  }

  protected override took({ figures }: FleetPage): void {
    this.figures = figures;
  }
}
