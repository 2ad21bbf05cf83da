// What the fleet's table shows: the query, the pages of rows that are near the eye, and the selected profile.
import {
  asProblem,
  type Backend,
  type FleetFigures,
  type FleetRow,
  type FleetSort,
  type Problem,
} from "../../backend";

/** Rows that are asked for at once. */
export const PAGE = 100;

/** Columns whose first click shows the largest first: of names one wants the beginning of the alphabet. */
function descendsFirst(sort: FleetSort): boolean {
  return sort !== "name" && sort !== "account";
}

export class FleetTable {
  search = $state("");
  sort = $state<FleetSort>("risk");
  descending = $state(true);
  /** Profiles that the search leaves; `null` until the first answer. */
  total = $state.raw<number | null>(null);
  figures = $state.raw<FleetFigures | null>(null);
  problem = $state.raw<Problem | null>(null);
  /** The selected profile's key, and the place where it was seen last. */
  selected = $state.raw<{ key: number; place: number } | null>(null);
  /** How far the table is scrolled, in pixels, to come back to. */
  scrolled = $state(0);

  #pages = $state.raw<ReadonlyMap<number, FleetRow[]>>(new Map());
  #shown: [first: number, last: number] = [0, 0];
  /** Grows with each change of the query: answers to older questions are dropped. */
  #question = 0;
  #asked = new Set<number>();
  /** A place that is to be selected as soon as its row arrives. */
  #wanted: number | null = null;

  constructor(readonly backend: Backend) {}

  /** The row at a place of the table, if it is near the eye and arrived. */
  row(place: number): FleetRow | undefined {
    return this.#pages.get(Math.floor(place / PAGE))?.[place % PAGE];
  }

  /** Keeps the pages that these places need, asks for those that are missing, and lets go of the others. */
  show(first: number, last: number): void {
    this.#shown = [first, Math.max(first, last)];
    const needed = this.#needed();
    if ([...this.#pages.keys()].some((page) => !needed.includes(page))) {
      this.#pages = new Map([...this.#pages].filter(([page]) => needed.includes(page)));
    }
    for (const page of needed) {
      if (!this.#pages.has(page) && !this.#asked.has(page)) void this.#read(page);
    }
  }

  /** Reads what is on screen again; the old rows stay until the new ones arrive. */
  refresh(): void {
    this.#question += 1;
    this.#asked.clear();
    for (const page of this.#needed()) void this.#read(page);
  }

  searchFor(words: string): void {
    this.search = words;
    this.#fromTheTop();
  }

  /** Sorts by a column, or turns its order around. */
  sortBy(sort: FleetSort): void {
    this.descending = this.sort === sort ? !this.descending : descendsFirst(sort);
    this.sort = sort;
    this.#fromTheTop();
  }

  select(place: number): void {
    const row = this.row(place);
    this.#wanted = row ? null : place;
    if (row) this.selected = { key: row.key, place };
  }

  #fromTheTop(): void {
    this.scrolled = 0;
    this.#shown = [0, Math.min(this.#shown[1] - this.#shown[0], PAGE - 1)];
    this.refresh();
  }

  #needed(): number[] {
    const first = Math.floor(this.#shown[0] / PAGE);
    const last = Math.floor(this.#shown[1] / PAGE);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  }

  async #read(page: number): Promise<void> {
    const question = this.#question;
    this.#asked.add(page);
    try {
      const answer = await this.backend.fleet({
        search: this.search.trim(),
        sort: this.sort,
        descending: this.descending,
        offset: page * PAGE,
        limit: PAGE,
      });
      if (question !== this.#question) return;
      this.total = answer.total;
      this.figures = answer.figures;
      this.problem = null;
      if (this.#needed().includes(page)) {
        const kept = [...this.#pages].filter(([other]) => other !== page && this.#needed().includes(other));
        this.#pages = new Map([...kept, [page, answer.rows]]);
        this.#follow(page, answer.rows);
      }
    } catch (reason) {
      if (question === this.#question) this.problem = asProblem(reason);
    } finally {
      if (question === this.#question) this.#asked.delete(page);
    }
  }

  /** The selected profile may have moved: it is known by its key, not by its place. */
  #follow(page: number, rows: FleetRow[]): void {
    if (this.#wanted !== null && Math.floor(this.#wanted / PAGE) === page) {
      this.select(this.#wanted);
      this.#wanted = null;
      return;
    }
    const selected = this.selected;
    if (!selected) return;
    const place = rows.findIndex(({ key }) => key === selected.key);
    if (place >= 0) this.selected = { key: selected.key, place: page * PAGE + place };
  }
}
