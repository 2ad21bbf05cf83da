// The columns of the tables of allocation: what each is called, sorts by, and how wide it is.
import { SERVICES, type AllocationSort, type Service } from "../../backend";
import { fitting, type GridColumn } from "../../components/columns";
import { SHORT_NAME } from "../../wording";

/** What the accounts are sorted by: any of their columns. */
export type AccountSort = "name" | "profiles" | "members" | "as_of" | Service;

export interface AccountColumn extends GridColumn {
  key: AccountSort;
  /** Its place among the nine, if it is a service. */
  service?: number;
}

export interface HolderColumn extends GridColumn {
  sort: AllocationSort;
  amount: boolean;
}

export const ACCOUNTS: readonly AccountColumn[] = [
  { key: "name", label: "Account", width: 11, grows: 1 },
  { key: "profiles", label: "Profiles", width: 5.25 },
  { key: "members", label: "Members", width: 7.5 },
  ...SERVICES.map(({ key }, service) => ({
    key,
    service,
    label: SHORT_NAME[key],
    width: key === "data_records" ? 6 : 5.25,
  })),
  { key: "as_of", label: "As of", width: 5.25 },
];

export const HOLDERS: readonly HolderColumn[] = [
  { sort: "name", label: "Profile", width: 8, grows: 1, amount: false },
  { sort: "allocated", label: "Share", width: 7.5, amount: false },
  { sort: "used", label: "Used", width: 4.5, amount: false },
  { sort: "headroom", label: "Headroom", width: 6, amount: true },
];

/** Beside a panel: the service that stands in it stays, and how old all is. */
export function accountsBeside(room: number, service: Service): readonly AccountColumn[] {
  return fitting(ACCOUNTS, room, ({ key }) => key === "name" || key === "as_of" || key === service);
}
