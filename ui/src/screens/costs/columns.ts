// The columns of the tables of costs: what each is called, sorts by, and how wide it is.
import { SERVICES, type CostSort } from "../../backend";
import { fitting, type GridColumn } from "../../components/columns";
import { SHORT_NAME } from "../../wording";

export interface Column extends GridColumn {
  sort: CostSort;
  /** Whether it holds money, which stands at the right. */
  money: boolean;
}

export const PROFILES: readonly Column[] = [
  { sort: "name", label: "Profile", width: 13.25, grows: 1, money: false },
  { sort: "account", label: "Account", width: 5.75, money: false },
  ...SERVICES.map(({ key }) => ({
    sort: key,
    label: SHORT_NAME[key],
    width: key === "data_records" ? 6 : 5.25,
    money: true,
  })),
  { sort: "addons", label: "Add-ons", width: 5, money: true },
  { sort: "total", label: "A month", width: 6.5, money: true },
];

export type AccountKey =
  | "name"
  | "cycle"
  | "profiles"
  | "plan"
  | "allocated"
  | "unallocated"
  | "coupon"
  | "difference"
  | "invoice"
  | "as_of";

export interface AccountColumn extends GridColumn {
  key: AccountKey;
  money: boolean;
}

export const ACCOUNTS: readonly AccountColumn[] = [
  { key: "name", label: "Account", width: 11, grows: 1, money: false },
  { key: "cycle", label: "Cycle", width: 9.5, money: false },
  { key: "profiles", label: "Profiles", width: 4.75, money: true },
  { key: "plan", label: "Plan", width: 6, money: true },
  { key: "allocated", label: "For profiles", width: 6.5, money: true },
  { key: "unallocated", label: "Not allocated", width: 6.75, money: true },
  { key: "coupon", label: "Coupon", width: 6, money: true },
  { key: "difference", label: "Difference", width: 6.25, money: true },
  { key: "invoice", label: "Invoice", width: 6.75, money: true },
  { key: "as_of", label: "As of", width: 5.25, money: false },
];

/** Beside a panel: what a profile costs in all stays, and what the table is sorted by. */
export function profilesBeside(room: number, sorted: CostSort): readonly Column[] {
  return fitting(PROFILES, room, ({ sort }) => sort === "name" || sort === "total" || sort === sorted);
}

/** Beside a panel: the invoice and its age stay. */
export function accountsBeside(room: number): readonly AccountColumn[] {
  return fitting(ACCOUNTS, room, ({ key }) => key === "name" || key === "invoice" || key === "as_of");
}
