// The columns of the tables of costs: what each is called, sorts by, and how wide it is.
import { SERVICES, type CostSort } from "../../backend";
import type { GridColumn } from "../../components/columns";
import { SHORT_NAME } from "../../wording";

export interface Column extends GridColumn {
  sort: CostSort | null;
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

export const ACCOUNTS: readonly Column[] = [
  { sort: null, label: "Account", width: 11, grows: 1, money: false },
  { sort: null, label: "Cycle", width: 9.5, money: false },
  { sort: null, label: "Profiles", width: 4.75, money: true },
  { sort: null, label: "Plan", width: 6, money: true },
  { sort: null, label: "For profiles", width: 6.5, money: true },
  { sort: null, label: "Not allocated", width: 6.75, money: true },
  { sort: null, label: "Coupon", width: 6, money: true },
  { sort: null, label: "Difference", width: 6.25, money: true },
  { sort: null, label: "Invoice", width: 6.75, money: true },
  { sort: null, label: "As of", width: 5.25, money: false },
];
