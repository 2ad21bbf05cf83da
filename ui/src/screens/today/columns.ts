// The columns of Today. Where there is little room the account goes: the profile's cell names it then.
import type { GridColumn } from "../../components/columns";

export const WIDE: readonly GridColumn[] = [
  { label: "Severity", width: 5.75 },
  { label: "Profile", width: 11, grows: 3 },
  { label: "Account", width: 7 },
  { label: "What", width: 14, grows: 5 },
  { label: "At stake", width: 12, grows: 4 },
  { label: "Since", width: 6.75 },
  { label: "Next step", width: 10 },
];

export const NARROW: readonly GridColumn[] = [
  { label: "Severity", width: 5.75 },
  { label: "Profile", width: 9, grows: 3 },
  { label: "What", width: 12, grows: 5 },
  { label: "Since", width: 6.5 },
  { label: "Next step", width: 9.5 },
];

/** Below this width of the window, in rem, the narrow ones. */
export const NARROW_BELOW = 78;
