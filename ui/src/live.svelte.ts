// What every screen shares: the accounts, how the sync goes, what went wrong, and when to read the store again.
import { createContext } from "svelte";

import {
  asProblem,
  type About,
  type AccountRow,
  type ActionRow,
  type Backend,
  type Problem,
  type SyncState,
} from "./backend";
import { Clock } from "./clock.svelte";
import { News, type Topic } from "./news.svelte";

/** Who leafs through profiles looks at the one where they stop. */
const LOOK_AFTER = 150;

export class Live {
  accounts = $state.raw<AccountRow[] | null>(null);
  about = $state.raw<About | null>(null);
  sync = $state.raw<SyncState>({ state: "idle", last: null, next_at: null, paused: null, archive: null });
  /** Whether the keychain has been waiting, perhaps for a person. */
  vaultWaiting = $state(false);
  /** What an earlier run did not live to see the end of. */
  unfinished = $state.raw<ActionRow[]>([]);
  /** What went wrong outside any one screen. */
  problem = $state.raw<Problem | null>(null);
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

  readonly #clock = new Clock();
  readonly #news = new News((news) => {
    // What was just written must not look as if it came from the future.
    this.#clock.set();
    if (news.accounts || news.everything) void this.readAccounts();
  });
  /** The profile that is looked at, and the one that the shell was told of. */
  #looked: { profile: number } | null = null;
  #told: number | null = null;
  #lookTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly backend: Backend) {}

  /** The time that ages are counted from. */
  get now(): Date {
    return this.#clock.now;
  }

  /** An effect that calls this runs again when something of the topic was written. */
  follow(topic: Topic): void {
    this.#news.follow(topic);
  }

  /** Says that a profile is looked at, until the returned function is called. */
  look(profile: number): () => void {
    const looked = { profile };
    this.#looked = looked;
    this.#tellLook();
    return () => {
      if (this.#looked !== looked) return;
      this.#looked = null;
      this.#tellLook();
    };
  }

  /** Reads what is there and listens for what comes, until the returned function is called. */
  start(): () => void {
    const subscriptions = [
      this.backend.on("sync-changed", (state) => {
        this.sync = state;
      }),
      this.backend.on("store-changed", (news) => this.#news.add(news)),
      this.backend.on("vault-waiting", (waiting) => {
        this.vaultWaiting = waiting;
      }),
    ];
    for (const subscription of subscriptions) subscription.catch(this.#tell);
    void this.readAccounts();
    this.backend.sync().then((state) => {
      this.sync = state;
    }, this.#tell);
    this.backend.about().then((about) => {
      this.about = about;
    }, this.#tell);
    this.backend.unfinishedChanges().then((rows) => {
      this.unfinished = rows;
    }, this.#tell);
    return () => {
      this.#news.stop();
      clearTimeout(this.#lookTimer);
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

  /** Returns whether it could start. */
  async startSync(account: number | null = null, profile: number | null = null): Promise<boolean> {
    this.problem = null;
    try {
      await this.backend.startSync(account, profile);
      return true;
    } catch (reason) {
      this.#tell(reason);
      return false;
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
      filter: "",
      sort: [{ by: "as_of", descending: true }],
      trend: null,
      offset: 0,
      limit: 1,
    });
    const freshness = page.rows[0]?.freshness;
    return freshness && "fetched_at" in freshness && freshness.fetched_at !== null
      ? new Date(freshness.fetched_at)
      : null;
  }

  #tellLook(): void {
    clearTimeout(this.#lookTimer);
    this.#lookTimer = setTimeout(() => {
      const profile = this.#looked?.profile ?? null;
      if (profile === this.#told) return;
      this.#told = profile;
      // It only asks for an order; where that fails, the profile is fetched in its turn.
      this.backend.lookAt(profile).catch(() => undefined);
    }, LOOK_AFTER);
  }

  readonly #tell = (reason: unknown): void => {
    this.problem = asProblem(reason);
  };
}

export const [getLive, setLive] = createContext<Live>();
