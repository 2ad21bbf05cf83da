// The time that ages are counted from.
import { createSubscriber } from "svelte/reactivity";

/**
 * Ages are shown to the hour, and what was fetched today by its time: a minute is as exact as anybody sees.
 */
const TICK = 60_000;

/**
 * Moves once a minute, and only while it is of use: there is a timer while something on screen shows an age and the
 * window can be seen. A hidden or minimised window has none; when it is seen again, the time is right at once.
 */
export class Clock {
  #now = new Date();
  #moved: (() => void) | undefined;

  readonly #subscribe = createSubscriber((moved) => {
    let timer: ReturnType<typeof setInterval> | undefined;
    const seenOrHidden = (): void => {
      clearInterval(timer);
      if (document.visibilityState === "hidden") return;
      this.set();
      timer = setInterval(() => this.set(), TICK);
    };
    // Who reads it first gets the right time without being told.
    seenOrHidden();
    this.#moved = moved;
    document.addEventListener("visibilitychange", seenOrHidden);
    return () => {
      clearInterval(timer);
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
