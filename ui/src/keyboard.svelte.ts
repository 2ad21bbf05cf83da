// The keys that hold on every screen, and the list of all that hold just now: one table that is acted on and shown.
import { createContext, untrack } from "svelte";

import { remembered } from "./remembered";

export interface Key {
  /**
   * One key as the browser names it, or `Click`; `Mod+` before it for Ctrl or ⌘, `Shift+` and `Alt+` for theirs; or two
   * in a row: `g f`.
   */
  press: string;
  /** Other keys that do the same. */
  also?: readonly string[];
  /** What it does, in a few words. */
  does: string;
}

/** Keys under a heading, as the sheet shows them. */
export interface KeyGroup {
  title: string;
  keys: readonly Key[];
}

/** A key that does the same everywhere. */
export interface GlobalKey extends Key {
  run: () => void;
}

/** How long after the first of two keys the second one counts. */
const PATIENCE = 1500;

export const MAC = /Mac|iPhone|iPad/.test(navigator.platform);

const WORDS: Record<string, string> = {
  Mod: MAC ? "⌘" : "Ctrl",
  Alt: MAC ? "⌥" : "Alt",
  Escape: "Esc",
  ArrowDown: "↓",
  ArrowUp: "↑",
  ArrowLeft: "←",
  ArrowRight: "→",
  PageDown: "Page Down",
  PageUp: "Page Up",
};

/** A press as keycaps, those of one stroke together: `g f` is `[["G"], ["F"]]`. */
export function keycaps(press: string): string[][] {
  return press.split(" ").map((stroke) =>
    // A plus that ends a stroke is the key itself.
    (stroke.length > 1 ? stroke.split(/\+(?=.)/) : [stroke]).map(
      (key) => WORDS[key] ?? (key.length === 1 ? key.toUpperCase() : key),
    ),
  );
}

/** A press in words, for a title: `Ctrl K`. */
export function spelled(press: string): string {
  return keycaps(press)
    .map((stroke) => stroke.join(" "))
    .join(" then ");
}

/**
 * Whether keys of a single character act. Who dictates, or whose hands shake, turns them off: then a word that is
 * heard does nothing.
 */
class SingleKeys {
  readonly #kept = remembered("single-keys", 1, (kept) => (typeof kept === "boolean" ? kept : null));
  #on = $state(this.#kept.get() ?? true);

  get on(): boolean {
    return this.#on;
  }

  set on(on: boolean) {
    this.#on = on;
    this.#kept.set(on);
  }
}

export const singleKeys = new SingleKeys();

/** Whether keys are for something else than the screen: a field, or a small window over it. */
export function typing(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest("input, select, textarea, [contenteditable], dialog, [role=dialog], [role=menu]") !== null
  );
}

export class Keyboard {
  #groups = $state.raw<readonly KeyGroup[]>([]);
  /** The first of two keys, and until when the second one counts. */
  #first: { key: string; until: number } | null = null;

  constructor(private readonly everywhere: () => readonly GlobalKey[]) {}

  /** All keys that hold just now, the screen's before those that hold everywhere. */
  get groups(): KeyGroup[] {
    const merged = new Map<string, Key[]>();
    for (const { title, keys } of [...this.#groups, { title: "Everywhere", keys: this.everywhere() }]) {
      const known = merged.get(title) ?? [];
      const fresh = keys.filter(({ press }) => known.every((key) => key.press !== press));
      merged.set(title, [...known, ...fresh]);
    }
    return [...merged].map(([title, keys]) => ({ title, keys }));
  }

  /** Shows keys in the sheet until the returned function is called. Whoever adds them acts on them. */
  add(title: string, keys: readonly Key[]): () => void {
    const group = { title, keys };
    // Whose effect adds it does not depend on what others add.
    this.#groups = [...untrack(() => this.#groups), group];
    return () => {
      this.#groups = untrack(() => this.#groups).filter((other) => other !== group);
    };
  }

  /** Acts on a key that holds everywhere. It comes before the screens, so that the second of two is no screen's. */
  readonly press = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.altKey || event.isComposing) return;
    const { key } = event;
    const first = this.#first && this.#first.until > event.timeStamp ? this.#first.key : null;
    if (key === "Shift" || key === "Control" || key === "Meta") return;
    this.#first = null;
    const name = key.length === 1 ? key.toLowerCase() : key;
    if (MAC ? event.metaKey : event.ctrlKey) {
      this.#run(event, `Mod+${name}`);
      return;
    }
    if (event.ctrlKey || event.metaKey || typing(event.target) || !singleKeys.on) return;
    if (first !== null && this.#run(event, `${first} ${name}`)) return;
    if (this.#run(event, name)) return;
    if (this.everywhere().some(({ press }) => press.startsWith(`${name} `))) {
      this.#first = { key: name, until: event.timeStamp + PATIENCE };
      event.preventDefault();
    }
  };

  /** Does what a key does that holds everywhere, for a button that stands for it. */
  do(press: string): void {
    this.everywhere()
      .find((key) => key.press === press)
      ?.run();
  }

  #run(event: KeyboardEvent, press: string): boolean {
    const key = this.everywhere().find((one) => one.press === press || one.also?.includes(press));
    if (!key) return false;
    event.preventDefault();
    key.run();
    return true;
  }
}

export const [getKeyboard, setKeyboard] = createContext<Keyboard>();

/** Shows keys in the sheet for as long as the component is there that calls this; `keys` are those that act now. */
export function showKeys(title: string, keys: readonly Key[] | (() => readonly Key[])): void {
  const keyboard = getKeyboard();
  $effect(() => keyboard.add(title, typeof keys === "function" ? keys() : keys));
}
