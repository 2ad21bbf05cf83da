// How many people and tokens there are, for the way between the screens.
import type { Backend, NavigationCounts } from "./backend";

/** A sync writes all the time; both are counted over everything, so not after each write. */
const RECOUNT_AFTER = 3_000;
/** What was just told is drawn first. */
const A_MOMENT = 20;

export class Counts {
  known = $state.raw<NavigationCounts | null>(null);
  #counted = 0;
  #failed = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly backend: Backend) {}

  /** Counts in a moment, or after a pause since it was last done. */
  newsCame(): void {
    const wait = Math.max(A_MOMENT, this.#counted + RECOUNT_AFTER - Date.now());
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#counted = Date.now();
      void this.#count();
    }, wait);
  }

  /** Counts anew if that failed. */
  again(): void {
    if (this.#failed) this.newsCame();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  async #count(): Promise<void> {
    try {
      this.known = await this.backend.navigationCounts();
      this.#failed = false;
    } catch {
      // The navigation then shows no count; the screens themselves say what is wrong.
      this.known = null;
      this.#failed = true;
    }
  }
}
