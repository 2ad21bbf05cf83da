// Which persons the screen shows, as of when, and how its address says so.
import type { PeopleOrder } from "../../backend";

export interface PeopleView {
  /** Words and tests, as typed. */
  filter: string;
  /** A day of the past, `2026-05-03`; its last moment is meant. `null` is now. */
  day: string | null;
  sort: PeopleOrder;
  descending: boolean;
}

const ORDERS: readonly PeopleOrder[] = [
  "name",
  "email",
  "profiles",
  "accounts",
  "invitations",
  "tokens",
  "shared",
];

export const USUAL: PeopleView = { filter: "", day: null, sort: "name", descending: false };

export function parseView(query: string): PeopleView {
  const parts = new URLSearchParams(query);
  const order = parts.get("sort") ?? "";
  const name = order.replace(/^-/, "");
  const day = parts.get("at");
  return {
    filter: parts.get("filter") ?? "",
    day: day !== null && endOf(day) !== null ? day : null,
    sort: ORDERS.find((known) => known === name) ?? USUAL.sort,
    descending: order.startsWith("-"),
  };
}

/** The part of an address after `?`; empty for what is usual. */
export function viewAddress({ filter, day, sort, descending }: PeopleView): string {
  const parts = new URLSearchParams();
  if (filter !== "") parts.set("filter", filter);
  if (day !== null) parts.set("at", day);
  if (sort !== USUAL.sort || descending) parts.set("sort", (descending ? "-" : "") + sort);
  return parts.toString();
}

/** The last moment of a day where this computer is; `null` if it is no day. */
export function endOf(day: string): string | null {
  const [, year, month, date] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day)?.map(Number) ?? [];
  if (year === undefined || month === undefined || date === undefined) return null;
  const midnight = new Date(year, month - 1, date + 1);
  const begin = new Date(year, month - 1, date);
  if (begin.getMonth() !== month - 1 || begin.getDate() !== date) return null;
  return new Date(midnight.getTime() - 1).toISOString();
}

/** A day as a field of dates takes it, where this computer is. */
export function dayOf(at: Date): string {
  const two = (number: number): string => String(number).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}
