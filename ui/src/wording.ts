// What the states of usage, of data and of problems are called, and the glyph that stands beside each.
import type {
  Dataset,
  Freshness,
  ProblemCode,
  Service,
  SignIn,
  SyncPause,
  SyncStatus,
  UsageState,
} from "./backend";
import { asOf, at, UNKNOWN } from "./format";

/** The colour of a state; never the only sign of it. */
export type Tone = "quiet" | "plain" | "warn" | "high" | "over";

export const USAGE: Record<UsageState, { glyph: string; word: string; tone: Tone }> = {
  unknown: { glyph: UNKNOWN, word: "not known", tone: "quiet" },
  not_allocated: { glyph: "", word: "not allocated", tone: "quiet" },
  ok: { glyph: "", word: "up to 80 %", tone: "plain" },
  warn: { glyph: "△", word: "above 80 %", tone: "warn" },
  high: { glyph: "▲", word: "above 90 %", tone: "high" },
  over: { glyph: "✕", word: "at or over the limit", tone: "over" },
};

export const SCREEN = {
  today: "Today",
  fleet: "Fleet",
  allocation: "Allocation",
  costs: "Costs",
  tokens: "Tokens",
  people: "People",
  activity: "Activity",
} as const;

/** Names that fit a column's head. */
export const SHORT_NAME: Record<Service, string> = {
  input: "Input",
  output: "Output",
  analysis: "Analysis",
  sms: "SMS",
  email: "E-mail",
  push_notification: "Push",
  data_records: "Data records",
  file_storage: "File storage",
  run_users: "End users",
};

/** Where a percentage stands beside it, as in the column of the worst service. */
export const BRIEF_NAME: Record<Service, string> = {
  ...SHORT_NAME,
  data_records: "Records",
  file_storage: "Files",
  run_users: "Users",
};

/** What a customer meets when a service is at its limit. */
export const WHEN_OVER: Record<Service, string> = {
  input: "Devices' requests are denied",
  output: "Reads are denied",
  analysis: "Scripts do not run",
  sms: "Messages are not sent",
  email: "Messages are not sent",
  push_notification: "Messages are not sent",
  data_records: "Data is not saved",
  file_storage: "No new files are taken",
  run_users: "No new users are taken",
};

export const SIGN_IN: Record<SignIn, { glyph: string; word: string; tone: Tone }> = {
  signed_in: { glyph: "●", word: "signed in", tone: "quiet" },
  signed_out: { glyph: "◔", word: "sign in again", tone: "warn" },
  no_token: { glyph: "○", word: "no token", tone: "warn" },
};

/** Why no sync begins by itself. */
export const PAUSE: Record<SyncPause, { glyph: string; word: string }> = {
  off: { glyph: "○", word: "automatic sync is off" },
  metered: { glyph: "‖", word: "paused: metered connection" },
};

/** How a sync ended, or did not. */
export const SYNC: Record<
  SyncStatus | "cancelled" | "running" | "not_ended",
  { glyph: string; word: string; full: string; tone: Tone }
> = {
  ok: { glyph: "✓", word: "all arrived", full: "Everything that was due arrived.", tone: "plain" },
  partial: { glyph: "!", word: "partly", full: "Some of it failed.", tone: "high" },
  signed_out: { glyph: "◔", word: "signed out", full: "The token is not valid any more.", tone: "warn" },
  offline: { glyph: "○", word: "offline", full: "TagoIO could not be reached.", tone: "quiet" },
  failed: { glyph: "✕", word: "failed", full: "Nothing could be fetched.", tone: "over" },
  cancelled: { glyph: "–", word: "cancelled", full: "It was cancelled before its end.", tone: "quiet" },
  running: { glyph: "…", word: "goes on", full: "It goes on.", tone: "quiet" },
  not_ended: {
    glyph: "…",
    word: "did not end",
    full: "No end of it is known: another program is at it, or it was ended before it was done.",
    tone: "quiet",
  },
};

export const DATASET: Record<Dataset, string> = {
  account: "Account",
  profiles: "List of profiles",
  subscription: "Subscription",
  schedule: "Scheduled downgrade",
  health: "Payments",
  payment: "Coupon and balance",
  prices: "Prices",
  allocation: "Allocation",
  info: "Name, plan, add-ons",
  summary: "Limits and use",
  usage_by_day: "Usage by day",
  usage_by_hour: "Usage by hour",
  tokens: "Tokens",
  team: "Team",
  backups: "Backups",
  audit: "Audit log",
};

/** Each problem in a few words; what happened exactly stands in its message. */
export const PROBLEM: Record<ProblemCode, string> = {
  invalid_input: "This cannot be used",
  label_taken: "Label taken",
  not_found: "Not in the store",
  signed_out: "Sign in again",
  not_permitted: "Not permitted",
  rate_limited: "Too many requests",
  offline: "Offline",
  not_the_api: "Not TagoIO's API",
  rejected: "Refused by TagoIO",
  vault_missing: "No keychain service",
  vault_locked: "Keychain locked",
  vault_failed: "Keychain failed",
  store_failed: "Store not usable",
  store_newer: "Store of a newer version",
  disk_full: "Disk full",
  busy: "Already running",
  cancelled: "Cancelled",
  internal: "Defect in Profile Desk",
};

/** How loud a problem is: what ends by itself stays calm. */
export function problemTone(code: ProblemCode): Tone {
  if (code === "offline" || code === "busy" || code === "cancelled" || code === "rate_limited")
    return "plain";
  return code === "signed_out" ? "warn" : "over";
}

/** What to do, where the shell sent no hint of its own. */
export const WHAT_TO_DO: Partial<Record<ProblemCode, string>> = {
  label_taken: "Choose another label.",
  offline: "What is stored can be read meanwhile.",
  vault_missing: "Start the desktop's keychain, such as GNOME Keyring or KWallet, and try again.",
  vault_locked: "Unlock the keychain and try again.",
  vault_failed: "Try again; if it stays so, restart the keychain service.",
  store_newer: "Install the newer version of Profile Desk.",
  disk_full: "Free some space and try again.",
  busy: "Wait until it ends, or cancel it.",
  internal: "Please report it, with the log file.",
};

/** Whether a datum's state is worth a word beside another's that stands there, which is of the same sync. */
export function saysMore(freshness: Freshness, said: Freshness | undefined): boolean {
  const { state } = freshness;
  if (state === "failed" || state === "not_permitted") return true;
  return state !== "fresh" && state !== "not_there" && state !== said?.state;
}

/** A datum's state as a screen shows it. */
export interface FreshnessText {
  glyph: string;
  /** Fits a narrow column. */
  short: string;
  /** The whole, as a sentence. */
  full: string;
  tone: Tone;
}

export function freshnessText(freshness: Freshness, now: Date): FreshnessText {
  const when = (time: string): string => at(new Date(time), now);
  switch (freshness.state) {
    case "never_fetched":
      return {
        glyph: "○",
        short: "never",
        full: "Never fetched: no sync has asked for it yet.",
        tone: "quiet",
      };
    case "fresh":
      return {
        glyph: "",
        short: asOf(new Date(freshness.fetched_at), now),
        full: `As of ${when(freshness.fetched_at)}.`,
        tone: "quiet",
      };
    case "stale":
      return {
        glyph: "◔",
        short: asOf(new Date(freshness.fetched_at), now),
        full: `Out of date: as of ${when(freshness.fetched_at)}.`,
        tone: "warn",
      };
    case "failed": {
      const good =
        freshness.fetched_at === null
          ? "Nothing was stored before."
          : `What was stored at ${when(freshness.fetched_at)} still stands.`;
      return {
        glyph: "!",
        short: freshness.fetched_at === null ? "failed" : asOf(new Date(freshness.fetched_at), now),
        full: `Failed at ${when(freshness.attempted_at)}: ${freshness.reason} ${good}`,
        tone: "high",
      };
    }
    case "not_permitted":
      return {
        glyph: "⊘",
        short: "denied",
        full: `Not permitted at ${when(freshness.attempted_at)}: ${freshness.reason}`,
        tone: "quiet",
      };
    case "not_there":
      return {
        glyph: "∅",
        short: "absent",
        full: `Not there: TagoIO had no such thing at ${when(freshness.fetched_at)}.`,
        tone: "quiet",
      };
  }
}

const RESOURCE: Record<string, string> = {
  am: "Access policies",
  action: "Actions",
  analysis: "Analyses",
  bucket: "Buckets",
  dashboard: "Dashboards",
  dashboard_shared: "Shared dashboards",
  device: "Devices",
  dictionary: "Dictionaries",
  run_users: "End users",
  tcore: "TCore",
  tcore_cluster: "TCore clusters",
  dashboard_output: "Dashboards' output",
  data_input: "Data input",
  data_output: "Data output",
  custom_dns: "Own domain",
  mobile: "Mobile app",
  control_tower: "Control tower",
};

/** What a person calls a thing that the API names; its own word where we know none. */
export function named(key: string): string {
  return RESOURCE[key] ?? key.replaceAll("_", " ");
}
