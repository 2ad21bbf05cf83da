// Which rows of a table are ticked: what is the same of all, and ticks that name each row.
import { asProblem, type Problem } from "../backend";
import type { RowTicks } from "./columns";

/** What ticks need to know of their table. */
export interface Tickable<Row> {
  readonly filter: string;
  readonly total: number | null;
  rowsAt(first: number, last: number): Promise<Row[]>;
}

export abstract class Ticks<Row> implements RowTicks<Row> {
  problem = $state.raw<Problem | null>(null);

  constructor(protected readonly shown: Tickable<Row>) {}

  abstract readonly any: boolean;
  abstract readonly all: boolean | null;
  abstract has(row: Row): boolean | null;
  abstract everything(): void;
  /** Ticks rows of which it is known whether they are ticked, or lets go of them. */
  protected abstract turn(rows: readonly Row[], on: boolean): void;

  /** What went wrong while nothing is ticked, so that no bar is there to say it. */
  get unsaid(): Problem | null {
    return this.any ? null : this.problem;
  }

  toggle(row: Row): void {
    const ticked = this.has(row);
    if (ticked !== null) this.turn([row], !ticked);
  }

  /** Ticks every row between two places. */
  async through(from: number, to: number): Promise<void> {
    const rows = await this.between(Math.min(from, to), Math.max(from, to));
    this.turn(
      rows.filter((row) => this.has(row) === false),
      true,
    );
  }

  /** The rows between two places; none where they cannot be read, which is a problem then. */
  protected async between(first: number, last: number): Promise<Row[]> {
    try {
      const rows = await this.shown.rowsAt(first, last);
      this.problem = null;
      return rows;
    } catch (reason) {
      this.problem = asProblem(reason);
      return [];
    }
  }

  clear(): void {
    this.problem = null;
  }
}

/** Ticks that keep each row as it was seen last. They outlast other filters, other orders and what the sync brings. */
export class NamedTicks<Row extends { key: number }> extends Ticks<Row> {
  #rows = $state.raw<ReadonlyMap<number, Row>>(new Map());
  /** The filter of which every row was ticked, as long as none of them is let go of. */
  #every = $state<string | null>(null);

  get rows(): Row[] {
    return [...this.#rows.values()];
  }

  get any(): boolean {
    return this.#rows.size > 0;
  }

  get all(): boolean | null {
    if (!this.any) return false;
    return this.#every === this.shown.filter && this.#rows.size === this.shown.total ? true : null;
  }

  has({ key }: Row): boolean {
    return this.#rows.has(key);
  }

  everything(): void {
    void this.#readAll();
  }

  /** Ticks all that the filter leaves, and nothing else. */
  async #readAll(): Promise<void> {
    const { total, filter } = this.shown;
    const rows = await this.between(0, (total ?? 0) - 1);
    if (rows.length === 0) return;
    this.#rows = new Map(rows.map((row) => [row.key, row]));
    this.#every = filter;
  }

  /** Lets go of rows that are there no more. */
  drop(gone: (row: Row) => boolean): void {
    this.#rows = new Map([...this.#rows].filter(([, row]) => !gone(row)));
  }

  override clear(): void {
    super.clear();
    this.#rows = new Map();
    this.#every = null;
  }

  protected override turn(rows: readonly Row[], on: boolean): void {
    const next = new Map(this.#rows);
    for (const row of rows)
      if (on) next.set(row.key, row);
      else next.delete(row.key);
    if (!on) this.#every = null;
    this.#rows = next;
  }
}
