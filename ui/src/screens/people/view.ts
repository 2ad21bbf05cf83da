// Which persons the screen shows, as of when, and how its address says so.
import type { AccessQuery, PeopleOrder } from "../../backend";
import { orderText, sameOrder, understoodOrder, type Order } from "../../components/order.svelte";

export interface PeopleView extends Order<PeopleOrder> {
  /** Words and tests, as typed. */
  filter: string;
  /** A day of the past, `2026-05-03`; its last moment is meant. `null` is now. */
  day: string | null;
}

export const ORDERS: readonly PeopleOrder[] = [
  "name",
  "email",
  "profiles",
  "accounts",
  "invitations",
  "tokens",
  "shared",
];

export const USUAL: PeopleView = { filter: "", day: null, sort: "name", descending: false };

/** Reads the part of an address after `?`; an order that it does not say is the one that is kept. */
export function parseView(query: string, kept: Order<PeopleOrder> = USUAL): PeopleView {
  const parts = new URLSearchParams(query);
  const { sort, descending } = understoodOrder(parts.get("sort"), ORDERS) ?? kept;
  const day = parts.get("at");
  return {
    filter: parts.get("filter") ?? "",
    day: day !== null && endOf(day) !== null ? day : null,
    sort,
    descending,
  };
}

/** That part; empty for what is usual and kept. */
export function viewAddress(view: PeopleView, kept: Order<PeopleOrder> = USUAL): string {
  const parts = new URLSearchParams();
  if (view.filter !== "") parts.set("filter", view.filter);
  if (view.day !== null) parts.set("at", view.day);
  if (!sameOrder(view, USUAL) || !sameOrder(kept, USUAL)) parts.set("sort", orderText(view));
  return parts.toString();
}

/** All access of a person, or of those that a filter finds, as evidence: also by what is folded away on the screen. */
export function everyWay(person: string | null, at: string | null, filter = ""): AccessQuery {
  return { filter, person, at, profile: null, sign_ins: true, offset: 0, limit: 0 };
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
