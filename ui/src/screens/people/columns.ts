// The columns of persons.
import type { PeopleOrder } from "../../backend";
import type { GridColumn } from "../../components/columns";

export interface PeopleColumn extends GridColumn {
  key: PeopleOrder;
  /** Whether it holds a number, which stands at the right. */
  numeric: boolean;
}

const NAME: PeopleColumn = { key: "name", label: "Person", width: 12, grows: 4, numeric: false };
const EMAIL: PeopleColumn = { key: "email", label: "E-mail", width: 11, grows: 4, numeric: false };
const REST: readonly PeopleColumn[] = [
  { key: "profiles", label: "Profiles", width: 5, numeric: true },
  { key: "accounts", label: "Through", width: 8, grows: 2, numeric: false },
  { key: "invitations", label: "Invited", width: 7, numeric: false },
  { key: "tokens", label: "Tokens made", width: 6.5, numeric: true },
  { key: "shared", label: "Wants attention", width: 11, grows: 3, numeric: false },
];

export const WIDE: readonly PeopleColumn[] = [NAME, EMAIL, ...REST];

/** Where there is little room the address stands on hover and in the panel. */
export const NARROW: readonly PeopleColumn[] = [NAME, ...REST.filter(({ key }) => key !== "accounts")];

/** Below this width of the window, in pixels, the narrow ones. */
export const NARROW_BELOW = 1150;
