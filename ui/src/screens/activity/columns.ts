// The columns of the change log. Where there is little room the account goes: the profile's cell names it then.
import type { GridColumn } from "../../components/columns";

export const WIDE: readonly GridColumn[] = [
  { label: "Day", width: 6 },
  { label: "Seen", width: 3.5 },
  { label: "Change", width: 12 },
  { label: "Profile", width: 11, grows: 4 },
  { label: "Account", width: 7 },
  { label: "Of what", width: 11, grows: 4 },
  { label: "Old → new", width: 13, grows: 5 },
];

export const NARROW: readonly GridColumn[] = [
  { label: "Day", width: 5.75 },
  { label: "Seen", width: 3.5 },
  { label: "Change", width: 10.5 },
  { label: "Profile", width: 9, grows: 4 },
  { label: "Of what", width: 8.5, grows: 4 },
  { label: "Old → new", width: 10.5, grows: 5 },
];

/** Below this width of the window, in pixels, the narrow ones. */
export const NARROW_BELOW = 1250;
