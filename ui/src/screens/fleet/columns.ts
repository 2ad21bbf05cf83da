// The columns that the fleet's table can have: what each is called, sorts by, and how wide it is.
import { SERVICES, type FleetColumn, type FleetSort } from "../../backend";
import type { GridColumn } from "../../components/columns";
import { BRIEF_NAME, SHORT_NAME } from "../../wording";

export type ColumnKey = FleetColumn;

export interface Column extends GridColumn {
  key: ColumnKey;
  /** What its head sorts by. */
  sort: FleetSort;
  /** Its place among the nine, if it is a service. */
  service?: number;
  /** What it shows, where the label is too short to say it. */
  title?: string;
}

const services = SERVICES.map(({ key, label }, service): Column => ({
  key,
  sort: key,
  service,
  label: SHORT_NAME[key],
  width: key === "data_records" ? 5.875 : 4.875,
  title: `${label}: share of the limit`,
}));

/** All there are, in the order in which they are offered. The name is always the first. */
export const COLUMNS: readonly Column[] = [
  { key: "name", sort: "name", label: "Profile", width: 12.5, grows: 1 },
  { key: "account", sort: "account", label: "Account", width: 6, grows: 0.25 },
  { key: "region", sort: "region", label: "Region", width: 5 },
  { key: "plan", sort: "plan", label: "Plan", width: 4.5 },
  { key: "groups", sort: "groups", label: "Groups", width: 11 },
  {
    key: "noted",
    sort: "noted",
    label: "Note",
    width: 3.25,
    title: "Whether there is a note; sorts by when it was written",
  },
  ...services,
  {
    key: "trend",
    sort: "trend",
    label: "Trend",
    width: 5.25,
    title:
      "The last 30 days; sorts by what they added: what was used, or how far what is stored rose or fell",
  },
  {
    key: "worst",
    sort: "risk",
    label: "Worst",
    width: 7,
    title: "The service with the highest share of its limit",
  },
  {
    key: "growth",
    sort: "growth",
    label: "Growth",
    width: 5.25,
    title: "Share of the limit that the fastest service uses up each day, over the last seven days",
  },
  { key: "as_of", sort: "as_of", label: "As of", width: 4.25 },
  { key: "id", sort: "id", label: "ID", width: 13.5 },
  {
    key: "others",
    sort: "others",
    label: "Also reached by",
    width: 8,
    title: "Other connected accounts that reach it",
  },
];

/** What is shown until somebody chooses. */
export const USUAL: readonly ColumnKey[] = [
  "name",
  "account",
  "input",
  "output",
  "analysis",
  "data_records",
  "trend",
  "worst",
  "as_of",
];

/** The columns of the heat map: its tiles share what room there is. */
export const TILES: readonly Column[] = [
  { key: "name", sort: "name", label: "Profile", width: 13.5, grows: 2 },
  { key: "worst", sort: "risk", label: "Worst", width: 5.25, title: "The service with the highest share" },
  ...SERVICES.map(({ key }, index) => ({
    ...(services[index] as Column),
    label: BRIEF_NAME[key],
    width: 4,
    grows: 1,
  })),
];

/** In rem: narrower, nothing can be read; wider, nothing is gained. */
const NARROWEST = 3;
export const WIDEST = 40;

/** What stands in these is cut off nowhere, so they are never narrower than it. */
const WHOLE: ReadonlySet<ColumnKey> = new Set([
  "worst",
  "growth",
  "as_of",
  ...SERVICES.map(({ key }) => key),
]);

const BY_KEY: ReadonlyMap<string, Column> = new Map(COLUMNS.map((column) => [column.key, column]));

/** The least width of a column, in rem. */
export function narrowest(key: ColumnKey): number {
  return WHOLE.has(key) ? (BY_KEY.get(key)?.width ?? NARROWEST) : NARROWEST;
}

export function isColumn(key: unknown): key is ColumnKey {
  return typeof key === "string" && BY_KEY.has(key);
}

/** Known columns, each once, the name first; `null` if there is no other. */
export function understoodColumns(keys: readonly unknown[]): ColumnKey[] | null {
  const known = [...new Set(keys.filter(isColumn))].filter((key) => key !== "name");
  return known.length === 0 ? null : ["name", ...known];
}

/** The columns by their keys, as wide as somebody made them. */
export function columnsOf(
  keys: readonly ColumnKey[],
  widths: Readonly<Partial<Record<ColumnKey, number>>>,
): Column[] {
  return keys.flatMap((key) => {
    const column = BY_KEY.get(key);
    return column ? [{ ...column, width: widths[key] ?? column.width }] : [];
  });
}
