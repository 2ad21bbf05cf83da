// What a long table knows of each of its columns.
export interface GridColumn {
  label: string;
  /** In rem; the least, if the column grows. */
  width: number;
  /** Its part of what room is left over. */
  grows?: number;
}

/** Which rows of a table are ticked, if it lets several be ticked. */
export interface RowTicks<Row> {
  readonly any: boolean;
  /** Whether every row that there is is ticked; `null` for some of them. */
  readonly all: boolean | null;
  /** `null` if it is not known of this row. */
  has(row: Row): boolean | null;
  toggle(row: Row): void;
  /** Ticks all rows between two places, both included. */
  through(from: number, to: number): Promise<void>;
  everything(): void;
  clear(): void;
}
