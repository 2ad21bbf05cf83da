// The columns of the fleet's table: what each is called, sorts by, and how wide it is.
import { SERVICES, type FleetSort } from "../../backend";
import { SHORT_NAME } from "../../wording";

export interface Column {
  sort: FleetSort;
  label: string;
  /** In rem; the name takes what is left over. */
  width: number;
}

export const COLUMNS: readonly Column[] = [
  { sort: "name", label: "Profile", width: 13.25 },
  { sort: "account", label: "Account", width: 5.75 },
  { sort: "risk", label: "Worst", width: 7.25 },
  ...SERVICES.map(({ key }) => ({
    sort: key,
    label: SHORT_NAME[key],
    width: key === "data_records" ? 5.875 : 5.0625,
  })),
  { sort: "as_of", label: "As of", width: 5.25 },
];

/** Value of `grid-template-columns`. */
export const TEMPLATE = COLUMNS.map(({ width }, index) =>
  index === 0 ? `minmax(${width}rem, 1fr)` : `${width}rem`,
).join(" ");

/** The least width of a row, in rem. */
export const LEAST_WIDTH = COLUMNS.reduce((sum, { width }) => sum + width, 0);
