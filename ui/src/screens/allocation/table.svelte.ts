// The rows of the screen of allocation: the accounts, and one account's profiles.
import type {
  AllocationAccount,
  AllocationOverview,
  AllocationProfiles,
  AllocationRow,
  AllocationSort,
  Backend,
  Service,
} from "../../backend";
import { KeptOrder } from "../../components/order.svelte";
import { Pages, type Part } from "../../components/pages.svelte";
import { HOLDERS } from "./columns";

interface Answer extends Part<AllocationAccount> {
  overview: AllocationOverview;
}

export class AccountTable extends Pages<AllocationAccount, Answer> {
  filter = "";
  overview = $state.raw<AllocationOverview | null>(null);
  /** The profiles of the account that is selected. */
  readonly holders: HolderTable;

  constructor(readonly backend: Backend) {
    super();
    this.holders = new HolderTable(backend);
  }

  find(filter: string): void {
    const same = filter === this.filter;
    this.filter = filter;
    if (same) this.refresh();
    else this.fromTheTop();
  }

  protected override async read(offset: number, limit: number): Promise<Answer> {
    const overview = await this.backend.allocation({ filter: this.filter.trim() });
    const { accounts } = overview;
    return { total: accounts.length, rows: accounts.slice(offset, offset + limit), overview };
  }

  protected override took({ overview }: Answer): void {
    this.overview = overview;
    // An account may have been forgotten meanwhile.
    if (!overview.accounts.some(({ key }) => key === this.selected?.key)) this.selected = null;
  }
}

export class HolderTable extends Pages<AllocationRow, AllocationProfiles> {
  readonly #order = new KeptOrder<AllocationSort>(
    "allocation-profiles",
    HOLDERS.map(({ sort }) => sort),
    { sort: "allocated", descending: true },
  );
  #account: number | null = null;
  #service: Service = "input";
  #filter = "";

  constructor(readonly backend: Backend) {
    super();
  }

  find(account: number, service: Service, filter: string): void {
    const same = account === this.#account && service === this.#service && filter === this.#filter;
    [this.#account, this.#service, this.#filter] = [account, service, filter];
    if (same) {
      this.refresh();
      return;
    }
    this.selected = null;
    this.fromTheTop();
  }

  /** Sorts by a column, or turns its order around. */
  sortBy(sort: AllocationSort): void {
    const most = sort !== "name" && sort !== "headroom";
    this.#order.keep({ sort, descending: this.sort === sort ? !this.descending : most });
    this.fromTheTop();
  }

  get sort(): AllocationSort {
    return this.#order.now.sort;
  }

  get descending(): boolean {
    return this.#order.now.descending;
  }

  protected override read(offset: number, limit: number): Promise<AllocationProfiles> {
    if (this.#account === null) return Promise.resolve({ total: 0, rows: [] });
    return this.backend.allocationProfiles({
      account: this.#account,
      service: this.#service,
      filter: this.#filter.trim(),
      sort: this.sort,
      descending: this.descending,
      offset,
      limit,
    });
  }
}
