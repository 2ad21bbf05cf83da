// What the window remembers by itself over a restart, in the web view's storage, which is the data folder's own.
// Nothing that matters is kept here: what cannot be read, or is of another version, is as if it were not there.

export interface Remembered<T> {
  /** What was kept last; `null` if that is nothing, or no longer makes sense. */
  get(): T | null;
  set(value: T): void;
}

/**
 * A value under a name. `read` makes it of what was kept, whatever that is, and returns `null` if it cannot;
 * `version` grows when older values are not to be read any more.
 */
export function remembered<T>(
  name: string,
  version: number,
  read: (kept: unknown) => T | null,
): Remembered<T> {
  const key = `profile-desk.${name}`;
  return {
    get() {
      try {
        const kept: unknown = JSON.parse(localStorage.getItem(key) ?? "null");
        if (typeof kept !== "object" || kept === null || !("version" in kept) || !("value" in kept))
          return null;
        return kept.version === version ? read(kept.value) : null;
      } catch {
        return null;
      }
    },
    set(value) {
      try {
        localStorage.setItem(key, JSON.stringify({ version, value }));
      } catch {
        // Storage that is full or off costs a person what is remembered, and nothing else.
      }
    },
  };
}
