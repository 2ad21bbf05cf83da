// The time that ages are counted from.
import { createSubscriber } from "svelte/reactivity";

/**
 * Ages are shown to the hour, and what was fetched today by its time. Each move has every age on the screen looked at
 * again, which is most of what a window costs that nobody touches.
 */
const TICK = 5 * 60_000;

/**
 * Moves when the clock on the wall shows full five minutes, so that no day ends late, and only while it is of use:
 * there is a timer while something on screen shows an age and the window can be seen. A hidden or minimised window has
 * none; when it is seen again, the time is right at once.
 */
export class Clock {
  #now = new Date();
  #moved: (() => void) | undefined;

  readonly #subscribe = createSubscriber((moved) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const move = (): void => {
      this.set();
      timer = setTimeout(move, TICK - (this.#now.getTime() % TICK));
    };
    const seenOrHidden = (): void => {
      clearTimeout(timer);
      if (document.visibilityState !== "hidden") move();
    };
    // Who reads it first gets the right time without being told.
    seenOrHidden();
    this.#moved = moved;
    document.addEventListener("visibilitychange", seenOrHidden);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", seenOrHidden);
      this.#moved = undefined;
    };
  });

  /** An effect that reads it runs again when it moves. */
  get now(): Date {
    this.#subscribe();
    return this.#now;
  }

  /** Moves to what the computer's clock says. */
  set(): void {
    this.#now = new Date();
    this.#moved?.();
  }
}
