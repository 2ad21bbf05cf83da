// Which tokens the screen shows, and how its address says so.
import type { TokenOrder } from "../../backend";
import { orderText, sameOrder, understoodOrder, type Order } from "../../components/order.svelte";

export interface TokensView extends Order<TokenOrder> {
  /** Words and tests, as typed. */
  filter: string;
}

export const ORDERS: readonly TokenOrder[] = [
  "name",
  "profile",
  "permission",
  "created",
  "expires",
  "used",
  "creator",
];

/** What expires first comes first. */
export const USUAL: TokensView = { filter: "", sort: "expires", descending: false };

/** Reads the part of an address after `?`; an order that it does not say is the one that is kept. */
export function parseView(query: string, kept: Order<TokenOrder> = USUAL): TokensView {
  const parts = new URLSearchParams(query);
  const { sort, descending } = understoodOrder(parts.get("sort"), ORDERS) ?? kept;
  return { filter: parts.get("filter") ?? "", sort, descending };
}

/** That part; empty for what is usual and kept. */
export function viewAddress(view: TokensView, kept: Order<TokenOrder> = USUAL): string {
  const parts = new URLSearchParams();
  if (view.filter !== "") parts.set("filter", view.filter);
  if (!sameOrder(view, USUAL) || !sameOrder(kept, USUAL)) parts.set("sort", orderText(view));
  return parts.toString();
}

/** A filter in which a test stands, or does not stand any more; other tests of its key go. */
export function turned(filter: string, test: string): string {
  const key = test.slice(0, test.indexOf(":") + 1);
  const others = filter.split(/\s+/).filter((term) => term !== "" && !term.startsWith(key));
  return (filter.split(/\s+/).includes(test) ? others : [...others, test]).join(" ");
}
