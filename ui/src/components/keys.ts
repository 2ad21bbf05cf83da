// The keys of a screen that is a search and a table: `/`, J and K, Enter, Esc.

export interface Parts {
  search:
    | {
        has(target: EventTarget | null): boolean;
        focus(): void;
        clear(): void;
        now(): void;
      }
    | undefined;
  grid: { focus(): void; move(by: number): void } | undefined;
  /** Whether something is typed into the search. */
  searching: boolean;
  /** Opens the selected row; returns whether there was one. */
  open: () => boolean;
  /** Lets go of what is selected or narrowed; returns whether there was something. */
  leave: () => boolean;
}

function typing(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest("input, select, textarea, [contenteditable], dialog") !== null
  );
}

/** Acts on a key that is for the screen, whatever has the focus; keys of the grid itself are the grid's. */
export function pressed(event: KeyboardEvent, { search, grid, searching, open, leave }: Parts): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  const { key, target } = event;
  if (typing(target)) {
    if (!search?.has(target)) return;
    if (key === "Escape" && searching) search.clear();
    else if (key === "Escape" || key === "Enter" || key === "ArrowDown") grid?.focus();
    else return;
    if (key === "Enter") search.now();
    event.preventDefault();
    return;
  }
  const nowhere = target === document.body;
  if (key === "/") search?.focus();
  else if (key === "j" || key === "J" || (nowhere && key === "ArrowDown")) grid?.move(1);
  else if (key === "k" || key === "K" || (nowhere && key === "ArrowUp")) grid?.move(-1);
  else if (!(nowhere && key === "Enter" && open()) && !(key === "Escape" && leave())) return;
  event.preventDefault();
}
