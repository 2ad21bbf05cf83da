// What the screen of costs shows, and how an address says so.
import { SERVICES, type CostSort } from "../../backend";
import { orderText, sameOrder, understoodOrder, type Order } from "../../components/order.svelte";

export interface CostsView extends Order<CostSort> {
  filter: string;
  /** Whether the accounts are shown, line by line, in place of the profiles. */
  accounts: boolean;
  /** The past day whose end is shown; `null` is now. `2026-10-31`. */
  day: string | null;
}

export const ORDERS: readonly CostSort[] = [
  "total",
  "name",
  "account",
  "addons",
  ...SERVICES.map(({ key }) => key),
];

/** What costs most comes first. */
export const USUAL: Order<CostSort> = { sort: "total", descending: true };

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** The part of an address after `?`; empty for what is usual and kept. */
export function viewAddress(view: CostsView, kept: Order<CostSort> = USUAL): string {
  const parts = new URLSearchParams();
  if (view.filter !== "") parts.set("filter", view.filter);
  if (view.accounts) parts.set("show", "accounts");
  if (view.day !== null) parts.set("at", view.day);
  if (!sameOrder(view, USUAL) || !sameOrder(kept, USUAL)) parts.set("sort", orderText(view));
  return parts.toString();
}

/** Reads that part; an order that it does not say is the one that is kept. */
export function parseView(text: string, kept: Order<CostSort> = USUAL): CostsView {
  const parts = new URLSearchParams(text);
  const { sort, descending } = understoodOrder(parts.get("sort"), ORDERS) ?? kept;
  const day = parts.get("at") ?? "";
  return {
    filter: parts.get("filter") ?? "",
    accounts: parts.get("show") === "accounts",
    day: isDay(day) ? day : null,
    sort,
    descending,
  };
}

/** Whether a text is a day that there is. */
export function isDay(text: string): boolean {
  const at = new Date(`${text}T00:00:00Z`);
  return DAY.test(text) && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

/** The last moment of a day of UTC; `null` is now, as for the day that is not over. */
export function endOf(day: string | null, now: Date): string | null {
  if (day === null || day === now.toISOString().slice(0, 10)) return null;
  return new Date(`${day}T23:59:59.999Z`).toISOString();
}
