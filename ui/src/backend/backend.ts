// What the window may ask of the shell, whoever answers: the real shell or the fake one.
import type { AccountRow } from "./generated/AccountRow";
import type { ActivityPage } from "./generated/ActivityPage";
import type { ActivityQuery } from "./generated/ActivityQuery";
import type { ArchiveAccount } from "./generated/ArchiveAccount";
import type { FleetPage } from "./generated/FleetPage";
import type { FleetQuery } from "./generated/FleetQuery";
import type { Problem } from "./generated/Problem";
import type { ProfileOverview } from "./generated/ProfileOverview";
import type { SettingRow } from "./generated/SettingRow";
import type { StoreNews } from "./generated/StoreNews";
import type { SyncState } from "./generated/SyncState";
import type { UsageChart } from "./generated/UsageChart";
import type { UsageQuery } from "./generated/UsageQuery";

/** The program itself. */
export interface About {
  version: string;
  data_folder: string;
  /** What happened at the start that a person should know, such as a store that was restored. */
  notice: string | null;
}

/** What a person typed to connect an account. The token goes through once and is kept nowhere here. */
export interface Connect {
  label: string;
  /** `us-e1`, `eu-w1`, or the base URL of a private deployment. */
  region: string;
  token: string;
}

/** What the shell tells by itself, and with what. */
export interface Events {
  /** How the sync goes. */
  "sync-changed": SyncState;
  /** Something was written, and what: who shows it reads it again. */
  "store-changed": StoreNews;
  /** Whether a call has been waiting for the keychain for some seconds. */
  "vault-waiting": boolean;
}

/** Ends a subscription. */
export type Unsubscribe = () => void;

/** Every promise that fails rejects with a `Problem`. */
export interface Backend {
  accounts(): Promise<AccountRow[]>;
  connect(account: Connect): Promise<AccountRow>;
  forget(key: number, keepHistory: boolean): Promise<void>;
  fleet(query: FleetQuery): Promise<FleetPage>;
  profile(key: number): Promise<ProfileOverview>;
  usage(query: UsageQuery): Promise<UsageChart>;
  activity(query: ActivityQuery): Promise<ActivityPage>;
  archiveAccounts(): Promise<ArchiveAccount[]>;
  chooseArchive(account: number, archive: boolean): Promise<void>;
  settings(): Promise<SettingRow[]>;
  /** `null` goes back to the default. A value that cannot be used is refused with `invalid_input`. */
  putSetting(key: string, value: string | null): Promise<void>;
  /** Which profile a person looks at, so that it is fetched before the others. */
  lookAt(profile: number | null): Promise<void>;
  /**
   * Returns at once; `sync-changed` tells the rest. Without arguments everything is synced; a profile alone is
   * fetched anew even while a sync goes on.
   */
  startSync(account: number | null, profile: number | null): Promise<void>;
  cancelSync(): Promise<void>;
  sync(): Promise<SyncState>;
  about(): Promise<About>;
  on<Name extends keyof Events>(event: Name, listener: (payload: Events[Name]) => void): Promise<Unsubscribe>;
}

/**
 * Whatever a call was rejected with, as a `Problem`: the shell's framework rejects with plain text when a
 * call does not reach the command.
 */
export function asProblem(reason: unknown): Problem {
  if (typeof reason === "object" && reason !== null && "code" in reason && "message" in reason) {
    return reason as Problem;
  }
  const message = reason instanceof Error ? reason.message : String(reason);
  return { code: "internal", message };
}
