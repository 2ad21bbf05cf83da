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
import { Pages, type Part } from "../../components/pages.svelte";

interface Answer extends Part<AllocationAccount> {
  overview: AllocationOverview;
}

export class AccountTable extends Pages<AllocationAccount, Answer> {
  filter = "";
  overview = $state.raw<AllocationOverview | null>(null);

  constructor(readonly backend: Backend) {
    super();
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
  }
}

export class HolderTable extends Pages<AllocationRow, AllocationProfiles> {
  sort = $state<AllocationSort>("allocated");
  descending = $state(true);
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
    this.descending = this.sort === sort ? !this.descending : sort !== "name" && sort !== "headroom";
    this.sort = sort;
    this.fromTheTop();
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
