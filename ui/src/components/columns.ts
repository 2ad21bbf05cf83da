// What a long table knows of each of its columns.
export interface GridColumn {
  label: string;
  /** In rem; the least, if the column grows. */
  width: number;
  /** Its part of what room is left over. */
  grows?: number;
}
