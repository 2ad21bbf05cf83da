// The rows of the screen of costs: all that is shown as the first, then the profiles; or the accounts.
import type { Backend, CostAccount, CostFigures, CostPage, CostRow, CostSort, CostSum } from "../../backend";
import { Pages, type Part } from "../../components/pages.svelte";

/** All that is shown together, or one profile. */
export type Line = { key: 0; sum: CostSum; total: number } | (CostRow & { sum?: undefined });

interface Answer extends Part<Line> {
  page: CostPage;
}

export class CostTable extends Pages<Line, Answer> {
  filter = $state("");
  at = $state<string | null>(null);
  sort = $state<CostSort>("total");
  descending = $state(true);
  figures = $state.raw<CostFigures | null>(null);
  sum = $state.raw<CostSum | null>(null);
  /** Profiles that are shown. */
  profiles = $state<number | null>(null);

  constructor(readonly backend: Backend) {
    super();
  }

  find(filter: string, at: string | null): void {
    const same = filter === this.filter && at === this.at;
    this.filter = filter;
    this.at = at;
    if (same) this.refresh();
    else this.fromTheTop();
  }

  /** Sorts by a column, or turns its order around. */
  sortBy(sort: CostSort): void {
    this.descending = this.sort === sort ? !this.descending : sort !== "name" && sort !== "account";
    this.sort = sort;
    this.fromTheTop();
  }

  protected override async read(offset: number, limit: number): Promise<Answer> {
    const page = await this.backend.costs({
      filter: this.filter.trim(),
      at: this.at,
      sort: this.sort,
      descending: this.descending,
      offset: Math.max(0, offset - 1),
      limit: offset === 0 ? limit - 1 : limit,
    });
    if (page.total === 0) return { total: 0, rows: [], page };
    const all: Line = { key: 0, sum: page.sum, total: page.total };
    return { total: page.total + 1, rows: offset === 0 ? [all, ...page.rows] : page.rows, page };
  }

  protected override took({ page }: Answer): void {
    this.figures = page.figures;
    this.sum = page.sum;
    this.profiles = page.total;
  }
}

export class AccountTable extends Pages<CostAccount> {
  /** Read once and cut into pages here: there are some dozens of them. */
  #accounts: readonly CostAccount[] = [];

  give(accounts: readonly CostAccount[]): void {
    this.#accounts = accounts;
    this.refresh();
  }

  protected override read(offset: number, limit: number): Promise<Part<CostAccount>> {
    return Promise.resolve({
      total: this.#accounts.length,
      rows: this.#accounts.slice(offset, offset + limit),
    });
  }
}
