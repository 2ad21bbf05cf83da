// The keys of a screen that is a search and a table: `/`, J and K, X, Enter, Esc. The sheet of keys shows them from
// the same tables that are acted on here.
import { singleKeys, typing, type Key } from "../keyboard.svelte";

export interface Parts {
  search:
    | {
        has(target: EventTarget | null): boolean;
        focus(): void;
        clear(): void;
        now(): void;
      }
    | undefined;
  grid: { focus(): void; move(by: number, ticking?: boolean): void } | undefined;
  /** Whether something is typed into the search. */
  searching: boolean;
  /** Opens the selected row; returns whether there was one. */
  open: () => boolean;
  /** Lets go of what is selected or narrowed; returns whether there was something. */
  leave: () => boolean;
  /** Takes the row into those that are selected, or out of them; where there is no such thing X is nobody's. */
  select?: () => void;
  /** Takes all rows that the filter leaves. */
  selectAll?: () => void;
}

type Act = (parts: Parts, event: KeyboardEvent) => boolean | void;

/** What a key does anywhere on the screen but in a field. `nowhere` is one that the focused part may want itself. */
interface ScreenKey extends Key {
  act: Act;
  nowhere?: boolean;
}

const SEARCH_KEY: ScreenKey = { press: "/", does: "Search", act: ({ search }) => search?.focus() };
const SELECT_KEY: ScreenKey = {
  press: "x",
  does: "Select the row, or no longer",
  act: ({ select }) => (select ? select() : false),
};
const ALL_KEY: Key = { press: "Mod+a", does: "Select all that the filter leaves" };
const ROW_KEYS: readonly ScreenKey[] = [
  {
    press: "j",
    also: ["ArrowDown"],
    does: "Next row",
    act: ({ grid }, { shiftKey }) => grid?.move(1, shiftKey),
  },
  {
    press: "k",
    also: ["ArrowUp"],
    does: "Row before",
    act: ({ grid }, { shiftKey }) => grid?.move(-1, shiftKey),
  },
  { press: "Enter", does: "Open the row", act: ({ open }) => open(), nowhere: true },
];
const LEAVE_KEY: ScreenKey = {
  press: "Escape",
  does: "Close, or clear what narrows",
  act: ({ leave }) => leave(),
};
const ALL: readonly ScreenKey[] = [SEARCH_KEY, ...ROW_KEYS, SELECT_KEY, LEAVE_KEY];

/** For the sheet: what the field of a search, a table, and a table whose rows can be selected answer to. */
export const SEARCH_KEYS: readonly Key[] = [SEARCH_KEY];
export const TABLE_KEYS: readonly Key[] = [
  ...ROW_KEYS,
  { press: "Home", does: "First row" },
  { press: "End", does: "Last row" },
  { press: "PageDown", does: "A page on" },
  { press: "PageUp", does: "A page back" },
  LEAVE_KEY,
];
export const SELECTION_KEYS: readonly Key[] = [
  SELECT_KEY,
  ALL_KEY,
  { press: "Shift+j", also: ["Shift+ArrowDown"], does: "Select on to the next row" },
  { press: "Shift+k", also: ["Shift+ArrowUp"], does: "Select on to the row before" },
  { press: "Shift+End", also: ["Shift+Home"], does: "Select on to the last row, or the first" },
  { press: "Shift+Click", does: "Select on to this row" },
];
/** What a head answers to that sorts by several columns at once. */
export const SORT_KEYS: readonly Key[] = [
  { press: "Enter", also: ["Click"], does: "Sort by it, or the other way round" },
  { press: "Shift+Enter", also: ["Shift+Click"], does: "Sort by it as well" },
];
/** And one whose column can be made wider. */
export const WIDTH_KEYS: readonly Key[] = [
  { press: "Alt+ArrowRight", does: "Wider" },
  { press: "Alt+ArrowLeft", does: "Narrower" },
  { press: "Alt+Home", does: "As wide as usual" },
];

/** Acts on a key that is for the screen, whatever has the focus; keys of the grid itself are the grid's. */
export function pressed(event: KeyboardEvent, parts: Parts): void {
  if (event.altKey || event.defaultPrevented) return;
  const { key, target } = event;
  const { search, grid, searching, selectAll } = parts;
  if (event.ctrlKey || event.metaKey) {
    if (key.toLowerCase() !== "a" || !selectAll || typing(target)) return;
    // Elsewhere the whole page would be marked, which helps nobody.
    event.preventDefault();
    selectAll();
    return;
  }
  if (typing(target)) {
    if (!search?.has(target)) return;
    if (key === "Escape" && searching) search.clear();
    else if (key === "Escape" || key === "Enter" || key === "ArrowDown") grid?.focus();
    else return;
    if (key === "Enter") search.now();
    event.preventDefault();
    return;
  }
  if (key.length === 1 && !singleKeys.on) return;
  const nowhere = target === document.body;
  const hit = ALL.find(
    ({ press, also, nowhere: shy }) =>
      (press === key || press === key.toLowerCase() ? !shy || nowhere : false) ||
      (nowhere && (also?.includes(key) ?? false)),
  );
  if (!hit || hit.act(parts, event) === false) return;
  event.preventDefault();
}
