// What every call of the fake shell has: it is noted, it can be made to fail, and what happens is told.
import type { Backend, Events, Unsubscribe } from "../backend";
import type { Problem } from "../generated/Problem";
import type { StoreNews } from "../generated/StoreNews";

type Listeners = { [Name in keyof Events]: Set<(payload: Events[Name]) => void> };
type Call = keyof Omit<Backend, "on">;

/** What changed, where it is not everything. */
export function news(of: Partial<StoreNews>): StoreNews {
  return {
    everything: false,
    accounts: false,
    list: false,
    profiles: [],
    activity: false,
    settings: false,
    groups: false,
    actions: false,
    ...of,
  };
}

export class Shell {
  /** What was asked, in order. Tokens are in it: a test wants to see that one went through. */
  readonly calls: { name: Call; args: unknown[] }[] = [];
  /** Calls that are to fail, and with what. */
  readonly failures = new Map<Call, Problem>();

  readonly #listeners: Listeners = {
    "sync-changed": new Set(),
    "store-changed": new Set(),
    changing: new Set(),
    downloading: new Set(),
    "asking-audit": new Set(),
    "link-arrived": new Set(),
    "vault-waiting": new Set(),
  };

  protected async asked(name: Call, ...args: unknown[]): Promise<void> {
    this.calls.push({ name, args });
    await Promise.resolve();
    const failure = this.failures.get(name);
    if (failure) throw failure;
  }

  /** Tells everyone who listens, as the shell would. */
  emit<Name extends keyof Events>(event: Name, payload: Events[Name]): void {
    for (const listener of this.#listeners[event]) listener(payload);
  }

  on<Name extends keyof Events>(
    event: Name,
    listener: (payload: Events[Name]) => void,
  ): Promise<Unsubscribe> {
    const listeners = this.#listeners[event];
    listeners.add(listener);
    return Promise.resolve(() => listeners.delete(listener));
  }
}
