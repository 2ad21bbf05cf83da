// The columns of the tables of allocation: what each is called, sorts by, and how wide it is.
import { SERVICES, type AllocationSort, type Service } from "../../backend";
import type { GridColumn } from "../../components/columns";
import { SHORT_NAME } from "../../wording";

export interface AccountColumn extends GridColumn {
  service: Service | null;
}

export interface HolderColumn extends GridColumn {
  sort: AllocationSort;
  amount: boolean;
}

export const ACCOUNTS: readonly AccountColumn[] = [
  { label: "Account", width: 11, grows: 1, service: null },
  { label: "Profiles", width: 5.25, service: null },
  { label: "Members", width: 5.25, service: null },
  ...SERVICES.map(({ key }) => ({
    label: SHORT_NAME[key],
    width: key === "data_records" ? 6 : 5.25,
    service: key,
  })),
  { label: "As of", width: 5.25, service: null },
];

export const HOLDERS: readonly HolderColumn[] = [
  { sort: "name", label: "Profile", width: 8, grows: 1, amount: false },
  { sort: "allocated", label: "Share", width: 7.5, amount: false },
  { sort: "used", label: "Used", width: 4.5, amount: false },
  { sort: "headroom", label: "Headroom", width: 6, amount: true },
];
