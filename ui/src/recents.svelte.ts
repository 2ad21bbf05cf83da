// What was opened lately, over restarts: the palette offers it first.
import { remembered } from "./remembered";

/** A profile by its number in the store, or a screen or an action by its name. */
export type Recent = { what: "profile"; key: number } | { what: "action"; id: string };

/** More are not looked through. */
const MOST = 50;

function isRecent(kept: unknown): kept is Recent {
  if (typeof kept !== "object" || kept === null || !("what" in kept)) return false;
  if (kept.what === "profile") return "key" in kept && Number.isSafeInteger(kept.key);
  return kept.what === "action" && "id" in kept && typeof kept.id === "string";
}

const same = (one: Recent, other: Recent): boolean => JSON.stringify(one) === JSON.stringify(other);

export class Recents {
  readonly #kept = remembered("recent", 1, (kept) => (Array.isArray(kept) ? kept.filter(isRecent) : null));
  /** The last one first. */
  all = $state.raw<readonly Recent[]>(this.#kept.get() ?? []);

  note(recent: Recent): void {
    const first = this.all[0];
    if (first && same(first, recent)) return;
    this.all = [recent, ...this.all.filter((other) => !same(other, recent))].slice(0, MOST);
    this.#kept.set([...this.all]);
  }
}
