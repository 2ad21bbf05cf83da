// How the fleet is looked at: filter, order, face, trend and columns, and how an address says so.
import { SERVICES, type FleetOrder, type FleetSort, type Service } from "../../backend";
import { COLUMNS, understoodColumns, USUAL, type ColumnKey } from "./columns";

export type Face = "table" | "heat";

/** What an address says; what it leaves out is `null`, and then as it is remembered or usual. */
export interface Asked {
  filter: string;
  face: Face;
  sort: readonly FleetOrder[] | null;
  trend: Service | null;
  columns: readonly ColumnKey[] | null;
}

/** All of it decided. */
export interface Look extends Asked {
  sort: readonly FleetOrder[];
  trend: Service;
  columns: readonly ColumnKey[];
}

export const BY_RISK: readonly FleetOrder[] = [
  { by: "risk", descending: true },
  { by: "growth", descending: true },
];

/** More columns than this to sort by decide nothing any more. */
const MOST_ORDERS = 4;

const SORTS = new Map<string, FleetSort>(COLUMNS.map(({ sort }) => [sort, sort]));

export function isService(key: unknown): key is Service {
  return SERVICES.some((service) => service.key === key);
}

/** `-risk,name`: a minus is what descends. */
export function sortText(sort: readonly FleetOrder[]): string {
  return sort.map(({ by, descending }) => (descending ? `-${by}` : by)).join(",");
}

/** Reads that; `null` if nothing of it can be sorted by. */
export function understoodSort(text: unknown): FleetOrder[] | null {
  if (typeof text !== "string") return null;
  const orders: FleetOrder[] = [];
  for (const part of text.split(",")) {
    const descending = part.startsWith("-");
    const by = SORTS.get(descending ? part.slice(1) : part);
    if (by && orders.length < MOST_ORDERS && orders.every((order) => order.by !== by))
      orders.push({ by, descending });
  }
  return orders.length === 0 ? null : orders;
}

/** The part of an address after `?`. What is left out stays out. */
export function lookAddress({ filter, face, sort, trend, columns }: Asked): string {
  const parts: string[] = [];
  if (filter !== "") parts.push(`filter=${encodeURIComponent(filter)}`);
  if (sort) parts.push(`sort=${sortText(sort)}`);
  if (face !== "table") parts.push(`face=${face}`);
  if (trend) parts.push(`trend=${trend}`);
  if (columns) parts.push(`cols=${columns.join(",")}`);
  return parts.join("&");
}

/** Reads that part; what it does not understand is as if it were not there. */
export function parseLook(text: string): Asked {
  const parts = new URLSearchParams(text);
  const trend = parts.get("trend");
  return {
    filter: parts.get("filter") ?? "",
    face: parts.get("face") === "heat" ? "heat" : "table",
    sort: understoodSort(parts.get("sort")),
    trend: isService(trend) ? trend : null,
    columns: understoodColumns(parts.get("cols")?.split(",") ?? []),
  };
}

/** Decides what the address leaves open by what is remembered, and what that leaves open by what is usual. */
export function decided(asked: Asked, kept: Pick<Asked, "sort" | "trend" | "columns">): Look {
  return {
    ...asked,
    sort: asked.sort ?? kept.sort ?? BY_RISK,
    trend: asked.trend ?? kept.trend ?? "input",
    columns: asked.columns ?? kept.columns ?? USUAL,
  };
}

/** Columns whose first click shows the largest first: of names one wants the beginning of the alphabet. */
function descendsFirst(by: FleetSort): boolean {
  return !["name", "account", "plan", "region", "groups", "id", "others"].includes(by);
}

/**
 * The order after a click on a head: by it alone, or by it as well. A second click turns it around, and a third lets go
 * of it.
 */
export function sortedBy(sort: readonly FleetOrder[], by: FleetSort, add: boolean): readonly FleetOrder[] {
  const place = sort.findIndex((order) => order.by === by);
  const old = sort[place];
  const first = descendsFirst(by);
  const turned = old !== undefined && old.descending !== first;
  if (add) {
    const others = sort.filter((order) => order !== old);
    if (turned) return others.length === 0 ? BY_RISK : others;
    if (old) return sort.map((order) => (order === old ? { by, descending: !first } : order));
    return [...sort.slice(0, MOST_ORDERS - 1), { by, descending: first }];
  }
  if (place !== 0) return by === "risk" ? BY_RISK : [{ by, descending: first }];
  return turned ? BY_RISK : [{ by, descending: !first }];
}

export function sameSort(one: readonly FleetOrder[], other: readonly FleetOrder[]): boolean {
  return sortText(one) === sortText(other);
}

/** Whether what is sorted by is of the service of the trend. */
export function sortsByTrend(sort: readonly FleetOrder[]): boolean {
  return sort.some(({ by }) => by === "trend");
}

/** A test of a filter box with any text as its value. */
export function test(key: string, value: string): string {
  // The language has no way to write a quote within quotes; a part of the name finds it as well.
  const plain = value.replaceAll('"', "");
  return /^[^\s,:<>=-][^\s,:]*$/u.test(plain) ? `${key}:${plain}` : `${key}:"${plain}"`;
}
