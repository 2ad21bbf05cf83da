// The rows of the screen of costs: all that is shown as the first, then the profiles; or the accounts.
import type { Backend, CostAccount, CostFigures, CostPage, CostRow, CostSort, CostSum } from "../../backend";
import { sameOrder, type Order } from "../../components/order.svelte";
import { Pages, type Part } from "../../components/pages.svelte";
import { USUAL } from "./address";

/** All that is shown together, or one profile. */
export type Line = { key: 0; sum: CostSum; total: number } | (CostRow & { sum?: undefined });

interface Answer extends Part<Line> {
  page: CostPage;
}

export class CostTable extends Pages<Line, Answer> {
  filter = $state("");
  at = $state<string | null>(null);
  sort = $state<CostSort>(USUAL.sort);
  descending = $state(USUAL.descending);
  figures = $state.raw<CostFigures | null>(null);
  sum = $state.raw<CostSum | null>(null);
  /** Profiles that are shown. */
  profiles = $state<number | null>(null);

  readonly accounts: AccountTable;

  constructor(readonly backend: Backend) {
    super();
    this.accounts = new AccountTable(backend);
  }

  /** Shows what is asked for; if it is what is shown, reads it again where it is. */
  find(filter: string, at: string | null, order: Order<CostSort>): void {
    const same = filter === this.filter && at === this.at && sameOrder(order, this);
    this.filter = filter;
    this.at = at;
    this.sort = order.sort;
    this.descending = order.descending;
    if (same) this.refresh();
    else this.fromTheTop();
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

interface Accounts extends Part<CostAccount> {
  all: readonly CostAccount[];
}

export class AccountTable extends Pages<CostAccount, Accounts> {
  /** Read at once and cut into pages here: there are some dozens of them. */
  all = $state.raw<readonly CostAccount[]>([]);
  #filter = "";
  #at: string | null = null;

  constructor(readonly backend: Backend) {
    super();
  }

  find(filter: string, at: string | null): void {
    const same = filter === this.#filter && at === this.#at;
    this.#filter = filter;
    this.#at = at;
    if (same) this.refresh();
    else this.fromTheTop();
  }

  protected override async read(offset: number, limit: number): Promise<Accounts> {
    const all = await this.backend.costAccounts(this.#filter.trim(), this.#at);
    return { total: all.length, rows: all.slice(offset, offset + limit), all };
  }

  protected override took({ all }: Accounts): void {
    this.all = all;
    // An account may have been forgotten meanwhile.
    if (!all.some(({ key }) => key === this.selected?.key)) this.selected = null;
  }
}
