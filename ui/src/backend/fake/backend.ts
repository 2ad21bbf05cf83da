// A shell that lives in memory: it answers as the real one does, and a test can break any of its calls.
import type { About, Backend, Connect, Events, Unsubscribe } from "../backend";
import type { AccountRow } from "../generated/AccountRow";
import type { ActivityPage } from "../generated/ActivityPage";
import type { ActivityQuery } from "../generated/ActivityQuery";
import type { ArchiveAccount } from "../generated/ArchiveAccount";
import type { ChangeRow } from "../generated/ChangeRow";
import type { FleetFigures } from "../generated/FleetFigures";
import type { FleetPage } from "../generated/FleetPage";
import type { FleetQuery } from "../generated/FleetQuery";
import type { FleetRow } from "../generated/FleetRow";
import type { Problem } from "../generated/Problem";
import type { ProfileOverview } from "../generated/ProfileOverview";
import { SERVICES } from "../generated/services";
import type { SettingRow } from "../generated/SettingRow";
import type { StoreNews } from "../generated/StoreNews";
import type { SyncReport } from "../generated/SyncReport";
import type { SyncState } from "../generated/SyncState";
import type { UsageChart } from "../generated/UsageChart";
import type { UsageQuery } from "../generated/UsageQuery";

import { activityPage } from "./changes";
import { history } from "./history";
import { archiveAccounts, checkSetting, settings } from "./settings";

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
    ...of,
  };
}

/** A sync that does not run. */
export function idle(
  last: SyncReport | null,
  more: Partial<Extract<SyncState, { state: "idle" }>> = {},
): SyncState {
  return { state: "idle", last, next_at: null, paused: null, archive: null, ...more };
}

export class FakeBackend implements Backend {
  /** What was asked, in order. Tokens are in it: a test wants to see that one went through. */
  readonly calls: { name: Call; args: unknown[] }[] = [];
  /** Calls that are to fail, and with what. */
  readonly failures = new Map<Call, Problem>();
  aboutProgram: About = {
    version: "0.1.0",
    data_folder: "/home/ada/.local/share/profile-desk",
    notice: null,
  };
  syncState: SyncState = idle(null);
  /** Newest first. */
  changes: ChangeRow[] = [];
  settingRows: SettingRow[] = settings();
  archives: ArchiveAccount[] = archiveAccounts();

  readonly #listeners: Listeners = {
    "sync-changed": new Set(),
    "store-changed": new Set(),
    "vault-waiting": new Set(),
  };

  constructor(
    public accountRows: AccountRow[],
    public profiles: ProfileOverview[],
    readonly now: () => Date = () => new Date(),
  ) {}

  async #asked(name: Call, ...args: unknown[]): Promise<void> {
    this.calls.push({ name, args });
    await Promise.resolve();
    const failure = this.failures.get(name);
    if (failure) throw failure;
  }

  /** Tells everyone who listens, as the shell would. */
  emit<Name extends keyof Events>(event: Name, payload: Events[Name]): void {
    if (event === "sync-changed") this.syncState = payload as SyncState;
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

  async accounts(): Promise<AccountRow[]> {
    await this.#asked("accounts");
    return this.accountRows;
  }

  async connect(typed: Connect): Promise<AccountRow> {
    await this.#asked("connect", typed);
    const old = this.accountRows.find(({ label }) => label === typed.label);
    const key = old?.key ?? Math.max(0, ...this.accountRows.map((row) => row.key)) + 1;
    const known = typed.region === "us-e1" || typed.region === "eu-w1";
    const row: AccountRow = {
      key,
      id: `5f1e0c9a7b3d2e4f6071829${key % 10}`,
      label: typed.label,
      api: known ? `https://api.${typed.region}.tago.io` : typed.region,
      region: known ? typed.region : new URL(typed.region).host,
      name: "Ada Lindqvist",
      email: "ada@lindqvist.example",
      plan: "starter",
      profiles: old?.profiles ?? 0,
      sign_in: "signed_in",
      last_sync_at: null,
      problem: null,
    };
    this.accountRows = [...this.accountRows.filter((other) => other.key !== key), row];
    this.emit("store-changed", news({ accounts: true, list: true }));
    return row;
  }

  async forget(key: number, keepHistory: boolean): Promise<void> {
    await this.#asked("forget", key, keepHistory);
    this.accountRows = this.accountRows.filter((row) => row.key !== key);
    this.emit("store-changed", news({ accounts: true, list: true }));
  }

  async fleet(query: FleetQuery): Promise<FleetPage> {
    await this.#asked("fleet", query);
    const words = query.search.toLowerCase().split(/\s+/).filter(Boolean);
    const rows = this.profiles
      .map(({ row }) => row)
      .filter((row) => {
        const text = `${row.name} ${row.id} ${row.accounts.join(" ")}`.toLowerCase();
        return words.every((word) => text.includes(word));
      })
      .sort((one, other) => compare(query, one, other));
    return {
      total: rows.length,
      rows: rows.slice(query.offset, query.offset + query.limit),
      figures: this.#figures(),
    };
  }

  #figures(): FleetFigures {
    const rows = this.profiles.map(({ row }) => row).filter((row) => row.removed_at === null);
    const worst = (row: FleetRow): string | undefined =>
      ["over", "high", "warn"].find((state) => row.usage.some((cell) => cell.state === state));
    return {
      profiles: rows.length,
      accounts: this.accountRows.length,
      over: rows.filter((row) => worst(row) === "over").length,
      high: rows.filter((row) => worst(row) === "high").length,
      warn: rows.filter((row) => worst(row) === "warn").length,
      stale: rows.filter((row) => row.freshness.state === "stale").length,
      failed: rows.filter((row) => row.freshness.state === "failed").length,
      signed_out: this.accountRows.filter((row) => row.sign_in === "signed_out").length,
    };
  }

  async profile(key: number): Promise<ProfileOverview> {
    await this.#asked("profile", key);
    const found = this.profiles.find(({ row }) => row.key === key);
    if (!found)
      throw { code: "not_found", message: `There is no profile ${key} in the store.` } satisfies Problem;
    return found;
  }

  async usage(query: UsageQuery): Promise<UsageChart> {
    await this.#asked("usage", query);
    const service = SERVICES.findIndex(({ key }) => key === query.service);
    const cell = this.profiles.find(({ row }) => row.key === query.profile)?.row.usage[service];
    return history(query, cell?.limit ?? null, this.now());
  }

  async activity(query: ActivityQuery): Promise<ActivityPage> {
    await this.#asked("activity", query);
    return activityPage(this.changes, query);
  }

  async archiveAccounts(): Promise<ArchiveAccount[]> {
    await this.#asked("archiveAccounts");
    return this.archives.filter(({ account }) => this.accountRows.some(({ key }) => key === account));
  }

  async chooseArchive(account: number, archive: boolean): Promise<void> {
    await this.#asked("chooseArchive", account, archive);
    this.archives = this.archives.map((row) =>
      row.account === account ? { ...row, choice: archive ? "on" : "off" } : row,
    );
    this.emit("store-changed", news({ settings: true }));
  }

  async settings(): Promise<SettingRow[]> {
    await this.#asked("settings");
    return this.settingRows;
  }

  async putSetting(key: string, value: string | null): Promise<void> {
    await this.#asked("putSetting", key, value);
    this.settingRows = this.settingRows.map((row) => {
      if (row.key !== key) return row;
      if (value !== null) checkSetting(row, value);
      return { ...row, value: value ?? row.default };
    });
    this.emit("store-changed", news({ settings: true }));
  }

  async lookAt(profile: number | null): Promise<void> {
    await this.#asked("lookAt", profile);
  }

  async startSync(account: number | null, profile: number | null): Promise<void> {
    await this.#asked("startSync", account, profile);
  }

  async cancelSync(): Promise<void> {
    await this.#asked("cancelSync");
  }

  async sync(): Promise<SyncState> {
    await this.#asked("sync");
    return this.syncState;
  }

  async about(): Promise<About> {
    await this.#asked("about");
    return this.aboutProgram;
  }
}

/** What a row is sorted by: `null` comes last either way. */
function sortKey(query: FleetQuery, row: FleetRow): number | string | null {
  switch (query.sort) {
    case "name":
      return row.name;
    case "account":
      return row.account;
    case "as_of":
      return "fetched_at" in row.freshness ? row.freshness.fetched_at : null;
    case "risk":
      return row.usage.reduce<number | null>(
        (highest, { share }) => (share === null ? highest : Math.max(highest ?? 0, share)),
        null,
      );
    default:
      return row.usage[SERVICES.findIndex(({ key }) => key === query.sort)]?.share ?? null;
  }
}

function compare(query: FleetQuery, one: FleetRow, other: FleetRow): number {
  const [left, right] = [sortKey(query, one), sortKey(query, other)];
  if (left === null || right === null) return Number(left === null) - Number(right === null);
  const order = left < right ? -1 : left > right ? 1 : 0;
  return query.descending ? -order : order;
}
