// What the fleet's table remembers of its look from one day to the next. An address that says otherwise wins.
import type { FleetOrder, Service } from "../../backend";
import { remembered } from "../../remembered";
import { narrowest, understoodColumns, WIDEST, isColumn, type ColumnKey } from "./columns";
import { isService, sortText, understoodSort } from "./view";

const KEPT = remembered("fleet", 1, (kept) =>
  typeof kept === "object" && kept !== null ? (kept as Record<string, unknown>) : null,
);

export type Widths = Readonly<Partial<Record<ColumnKey, number>>>;

function understoodWidths(value: unknown): Widths {
  if (typeof value !== "object" || value === null) return {};
  const widths: Partial<Record<ColumnKey, number>> = {};
  for (const [key, width] of Object.entries(value))
    if (isColumn(key) && typeof width === "number") widths[key] = bounded(key, width);
  return widths;
}

function bounded(key: ColumnKey, width: number): number {
  return Math.min(WIDEST, Math.max(narrowest(key), Math.round(width * 16) / 16));
}

export class Kept {
  sort = $state.raw<readonly FleetOrder[] | null>(null);
  trend = $state.raw<Service | null>(null);
  columns = $state.raw<readonly ColumnKey[] | null>(null);
  widths = $state.raw<Widths>({});

  constructor() {
    const before = KEPT.get();
    if (!before) return;
    this.sort = understoodSort(before.sort);
    this.trend = isService(before.trend) ? before.trend : null;
    this.columns = Array.isArray(before.columns) ? understoodColumns(before.columns) : null;
    this.widths = understoodWidths(before.widths);
  }

  /** Keeps some of it; `null` goes back to what is usual. */
  keep(change: Partial<Pick<Kept, "sort" | "trend" | "columns">>): void {
    Object.assign(this, change);
    this.#save();
  }

  /** Keeps a column's width, in rem; `null` is its usual one. */
  widen(key: ColumnKey, width: number | null): void {
    const widths = { ...this.widths };
    if (width === null) delete widths[key];
    else widths[key] = bounded(key, width);
    this.widths = widths;
    this.#save();
  }

  /** Forgets which columns there are and how wide they are. */
  resetColumns(): void {
    this.widths = {};
    this.keep({ columns: null });
  }

  #save(): void {
    const { sort, trend, columns, widths } = this;
    KEPT.set({ sort: sort && sortText(sort), trend, columns, widths });
  }
}
