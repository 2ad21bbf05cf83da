// What every screen shares: the accounts, how the sync goes, what went wrong, and when to read the store again.
import { createContext } from "svelte";

import {
  asProblem,
  type About,
  type AccountRow,
  type Backend,
  type Problem,
  type SyncState,
} from "./backend";

/** A sync writes many times a second; a screen need not follow each write. */
const READ_AGAIN_AFTER = 400;

export class Live {
  accounts = $state.raw<AccountRow[] | null>(null);
  about = $state.raw<About | null>(null);
  sync = $state.raw<SyncState>({ state: "idle", last: null });
  /** Whether the keychain has been waiting, perhaps for a person. */
  vaultWaiting = $state(false);
  /** What went wrong outside any one screen. */
  problem = $state.raw<Problem | null>(null);
  /** Grows with each change of the store: a screen that reads it reads the store again. */
  revision = $state(0);
  /** The time that ages are counted from; moves once a minute. */
  now = $state.raw(new Date());
  /** When the newest of what is stored was fetched, while no account can be reached. */
  storedAt = $state.raw<Date | null>(null);

  /** The labels of the accounts that could not be reached when they were last asked. */
  unreachable = $derived.by((): string[] => {
    const accounts = this.accounts ?? [];
    const last = this.sync.state === "idle" ? this.sync.last : null;
    const inLast = new Map(last?.accounts.map(({ label, status }) => [label, status]));
    return accounts
      .filter(
        ({ label, problem }) =>
          (inLast.get(label) ?? (problem?.code === "offline" ? "offline" : "ok")) === "offline",
      )
      .map(({ label }) => label);
  });

  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly backend: Backend) {}

  /** Reads what is there and listens for what comes, until the returned function is called. */
  start(): () => void {
    const subscriptions = [
      this.backend.on("sync-changed", (state) => {
        const ended = this.sync.state === "running" && state.state === "idle";
        this.sync = state;
        if (ended) void this.readAccounts();
      }),
      this.backend.on("store-changed", () => this.#storeChanged()),
      this.backend.on("vault-waiting", (waiting) => {
        this.vaultWaiting = waiting;
      }),
    ];
    for (const subscription of subscriptions) subscription.catch(this.#tell);
    const minute = setInterval(() => {
      this.now = new Date();
    }, 60_000);
    void this.readAccounts();
    this.backend.sync().then((state) => {
      this.sync = state;
    }, this.#tell);
    this.backend.about().then((about) => {
      this.about = about;
    }, this.#tell);
    return () => {
      clearInterval(minute);
      clearTimeout(this.#timer);
      for (const subscription of subscriptions)
        void subscription.then(
          (end) => end(),
          () => undefined,
        );
    };
  }

  async readAccounts(): Promise<void> {
    try {
      this.accounts = await this.backend.accounts();
      this.storedAt = this.unreachable.length > 0 ? await this.#newest() : null;
    } catch (reason) {
      this.#tell(reason);
    }
  }

  async startSync(account: number | null = null, profile: number | null = null): Promise<void> {
    this.problem = null;
    try {
      await this.backend.startSync(account, profile);
    } catch (reason) {
      this.#tell(reason);
    }
  }

  async cancelSync(): Promise<void> {
    try {
      await this.backend.cancelSync();
    } catch (reason) {
      this.#tell(reason);
    }
  }

  async #newest(): Promise<Date | null> {
    const page = await this.backend.fleet({
      search: "",
      sort: "as_of",
      descending: true,
      offset: 0,
      limit: 1,
    });
    const freshness = page.rows[0]?.freshness;
    return freshness && "fetched_at" in freshness && freshness.fetched_at !== null
      ? new Date(freshness.fetched_at)
      : null;
  }

  #storeChanged(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.now = new Date();
      this.revision += 1;
      void this.readAccounts();
    }, READ_AGAIN_AFTER);
  }

  readonly #tell = (reason: unknown): void => {
    this.problem = asProblem(reason);
  };
}

export const [getLive, setLive] = createContext<Live>();
