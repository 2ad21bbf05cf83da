// What a long table knows of each of its columns.
export interface GridColumn {
  label: string;
  /** In rem; the least, if the column grows. */
  width: number;
  /** Its part of what room is left over. */
  grows?: number;
}

/** What a scrollbar takes, in rem, where it does not lie over the rows. */
const SCROLLBAR = 1.125;

/**
 * The columns that fit beside a panel, which says the rest of the selected row: those that must be there, and of the
 * others as many as there is room for, in rem, from the left. Where the room is not known all of them.
 */
export function fitting<Column extends GridColumn>(
  columns: readonly Column[],
  room: number,
  must: (column: Column) => boolean,
): readonly Column[] {
  if (room === 0) return columns;
  let left = columns.filter(must).reduce((rest, { width }) => rest - width, room - SCROLLBAR);
  let full = false;
  return columns.filter((column) => {
    if (must(column)) return true;
    full ||= column.width > left;
    left -= column.width;
    return !full;
  });
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
