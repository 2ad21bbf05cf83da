// The columns of the fleet's table: what each is called, sorts by, and how wide it is.
import { SERVICES, type FleetSort } from "../../backend";
import type { GridColumn } from "../../components/columns";
import { SHORT_NAME } from "../../wording";

export interface Column extends GridColumn {
  sort: FleetSort;
}

export const COLUMNS: readonly Column[] = [
  { sort: "name", label: "Profile", width: 13.25, grows: 1 },
  { sort: "account", label: "Account", width: 5.75 },
  { sort: "risk", label: "Worst", width: 7.25 },
  ...SERVICES.map(({ key }) => ({
    sort: key,
    label: SHORT_NAME[key],
    width: key === "data_records" ? 5.875 : 5.0625,
  })),
  { sort: "as_of", label: "As of", width: 5.25 },
];
