// The rows of the screen of allocation: the accounts, and one account's profiles.
import {
  SERVICES,
  type AllocationAccount,
  type AllocationOverview,
  type AllocationProfiles,
  type AllocationRow,
  type AllocationSort,
  type Backend,
  type Service,
} from "../../backend";
import { KeptOrder, type Order } from "../../components/order.svelte";
import { Pages, type Part } from "../../components/pages.svelte";
import { ACCOUNTS, HOLDERS, type AccountSort } from "./columns";
import { allocatedShare } from "./wording";

interface Answer extends Part<AllocationAccount> {
  overview: AllocationOverview;
}

/** What an account is sorted by in a column; `null` is not known. */
function measure({ slots, services, bought }: AllocationAccount, sort: AccountSort): number | null {
  if (sort === "profiles") return slots.profiles;
  if (sort === "members") return slots.members_known === 0 && slots.profiles > 0 ? null : slots.members;
  if (sort === "as_of") {
    const at = "fetched_at" in bought ? bought.fetched_at : null;
    return at === null ? null : Date.parse(at);
  }
  const cell = services[SERVICES.findIndex(({ key }) => key === sort)];
  return cell ? allocatedShare(cell) : null;
}

/** The accounts by a column, those of which it is not known at the end, and equal ones by their labels. */
export function inOrder(
  accounts: readonly AllocationAccount[],
  { sort, descending }: Order<AccountSort>,
): AllocationAccount[] {
  const sign = descending ? -1 : 1;
  const byLabel = (one: AllocationAccount, other: AllocationAccount): number =>
    one.label.localeCompare(other.label);
  if (sort === "name") return [...accounts].sort((one, other) => sign * byLabel(one, other));
  const measured = accounts.map((account) => ({ account, of: measure(account, sort) }));
  measured.sort((one, other) => {
    if (one.of === other.of) return byLabel(one.account, other.account);
    if (one.of === null) return 1;
    return other.of === null ? -1 : sign * (one.of - other.of);
  });
  return measured.map(({ account }) => account);
}

export class AccountTable extends Pages<AllocationAccount, Answer> {
  filter = "";
  readonly #order = new KeptOrder<AccountSort>(
    "allocation-accounts",
    ACCOUNTS.map(({ key }) => key),
    { sort: "name", descending: false },
  );
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
    // All of them are here: there are some dozens.
    const accounts = inOrder(overview.accounts, this.#order.now);
    return { total: accounts.length, rows: accounts.slice(offset, offset + limit), overview };
  }

  /** Sorts by a column, or turns its order around. */
  sortBy(sort: AccountSort): void {
    // What is most pressing comes first: the most, or what was fetched longest ago.
    const most = sort !== "name" && sort !== "as_of";
    this.#order.keep({ sort, descending: this.sort === sort ? !this.descending : most });
    this.fromTheTop();
  }

  get sort(): AccountSort {
    return this.#order.now.sort;
  }

  get descending(): boolean {
    return this.#order.now.descending;
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
