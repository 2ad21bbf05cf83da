// Which tokens the screen shows, and how its address says so.
import type { TokenOrder } from "../../backend";

export interface TokensView {
  /** Words and tests, as typed. */
  filter: string;
  sort: TokenOrder;
  descending: boolean;
}

const ORDERS: readonly TokenOrder[] = [
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

export function parseView(query: string): TokensView {
  const parts = new URLSearchParams(query);
  const order = parts.get("sort") ?? "";
  const name = order.replace(/^-/, "");
  return {
    filter: parts.get("filter") ?? "",
    sort: ORDERS.find((known) => known === name) ?? USUAL.sort,
    descending: order.startsWith("-"),
  };
}

/** The part of an address after `?`; empty for what is usual. */
export function viewAddress({ filter, sort, descending }: TokensView): string {
  const parts = new URLSearchParams();
  if (filter !== "") parts.set("filter", filter);
  if (sort !== USUAL.sort || descending) parts.set("sort", (descending ? "-" : "") + sort);
  return parts.toString();
}

/** A filter in which a test stands, or does not stand any more; other tests of its key go. */
export function turned(filter: string, test: string): string {
  const key = test.slice(0, test.indexOf(":") + 1);
  const others = filter.split(/\s+/).filter((term) => term !== "" && !term.startsWith(key));
  return (filter.split(/\s+/).includes(test) ? others : [...others, test]).join(" ");
}
