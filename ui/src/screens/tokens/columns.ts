// The columns of tokens. On a profile's own page its name would stand in each row: there the column goes.
import type { TokenOrder } from "../../backend";
import type { GridColumn } from "../../components/columns";

export interface TokenColumn extends GridColumn {
  key: TokenOrder | "flags";
  /** Whether it is shown where there is little room. */
  narrow: boolean;
}

export const COLUMNS: readonly TokenColumn[] = [
  { key: "name", label: "Token", width: 12.5, grows: 4, narrow: true },
  { key: "profile", label: "Profile", width: 10, grows: 3, narrow: true },
  { key: "permission", label: "May", width: 4.5, narrow: true },
  { key: "flags", label: "Wants attention", width: 13, grows: 3, narrow: true },
  { key: "expires", label: "Expires", width: 6.5, narrow: true },
  { key: "used", label: "Last used", width: 5.5, narrow: true },
  { key: "created", label: "Made", width: 5, narrow: false },
  { key: "creator", label: "By", width: 8, grows: 2, narrow: false },
];

/** Below this width of the window, in pixels, the narrow ones. */
export const NARROW_BELOW = 1250;

export function columnsFor(room: { wide: boolean; ofProfile: boolean }): readonly TokenColumn[] {
  return COLUMNS.filter(({ key, narrow }) => (room.wide || narrow) && !(room.ofProfile && key === "profile"));
}
