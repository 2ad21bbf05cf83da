// Which changes the log shows, and how an address says so.
import type { ActionResult, ChangeTopic } from "../../backend";
import { ACTION, RESULT } from "../../change/words";
import { TOPIC } from "../../change-wording";

export interface ActivityFilter {
  /** Which log: what was seen to change, what this program did, or the syncs. */
  face: "seen" | "taken" | "syncs";
  search: string;
  topics: readonly ChangeTopic[];
  /** One profile alone, by its number in the store. */
  profile: number | null;
  /** Only what was seen in the last 24 hours. */
  lastDay: boolean;
  /** Which actions of this program. */
  actions: ActionsFilter;
}

export interface ActionsFilter {
  /** By one account alone, by its number in the store. */
  account: number | null;
  /** Of one kind alone. */
  kind: string | null;
  /** That ended so alone. */
  result: ActionResult | null;
  /** Of one batch alone. */
  batch: number | null;
  /** Of the last so many days; `null` is all, or from a day to a day. */
  days: number | null;
  /** From this day on, and to the end of that one: `2026-11-22`, or nothing. */
  from: string;
  to: string;
}

export const ALL_ACTIONS: ActionsFilter = {
  account: null,
  kind: null,
  result: null,
  batch: null,
  days: null,
  from: "",
  to: "",
};

/** What an address calls the logs that it names. */
const LOG = { taken: "actions", syncs: "syncs" } as const;

export const TOPICS = Object.keys(TOPIC) as ChangeTopic[];

/** Signing in on TagoIO's site makes a token and ends one: there are so many that nothing else would be seen. */
export const USUAL: readonly ChangeTopic[] = TOPICS.filter((topic) => topic !== "sign_ins");

export const UNFILTERED: ActivityFilter = {
  face: "seen",
  search: "",
  topics: USUAL,
  profile: null,
  lastDay: false,
  actions: ALL_ACTIONS,
};

export function sameTopics(one: readonly ChangeTopic[], other: readonly ChangeTopic[]): boolean {
  return one.length === other.length && one.every((topic) => other.includes(topic));
}

export function sameFilter(one: ActivityFilter, other: ActivityFilter): boolean {
  return filterAddress(one) === filterAddress(other);
}

/** The part of an address after `?`; empty if nothing is filtered. */
export function filterAddress({ face, search, topics, profile, lastDay, actions }: ActivityFilter): string {
  const parts = new URLSearchParams();
  if (face !== "seen") parts.set("log", LOG[face]);
  if (profile !== null) parts.set("profile", String(profile));
  if (!sameTopics(topics, USUAL)) {
    parts.set("topics", TOPICS.filter((topic) => topics.includes(topic)).join(".") || "none");
  }
  if (lastDay) parts.set("since", "24h");
  if (face === "taken") {
    const { account, kind, result, batch, days, from, to } = actions;
    const said = { account, kind, result, batch, days, from, to };
    for (const [name, value] of Object.entries(said)) {
      if (value !== null && value !== "") parts.set(name, String(value));
    }
  }
  if (search !== "") parts.set("search", search);
  return parts.toString();
}

/** Reads that part; what it does not understand is as if it were not there. */
export function parseFilter(text: string): ActivityFilter {
  const parts = new URLSearchParams(text);
  const log = parts.get("log");
  const profile = parts.get("profile") ?? "";
  const chosen = parts.get("topics")?.split(".");
  const topics = chosen && TOPICS.filter((topic) => chosen.includes(topic));
  return {
    face: log === LOG.taken ? "taken" : log === LOG.syncs ? "syncs" : "seen",
    search: parts.get("search") ?? "",
    topics: topics && (topics.length > 0 || chosen.includes("none")) ? topics : USUAL,
    profile: /^\d{1,15}$/.test(profile) ? Number(profile) : null,
    lastDay: parts.get("since") === "24h",
    actions: log === LOG.taken ? parseActions(parts) : ALL_ACTIONS,
  };
}

function parseActions(parts: URLSearchParams): ActionsFilter {
  const whole = (name: string): number | null => {
    const text = parts.get(name) ?? "";
    return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : null;
  };
  const kind = parts.get("kind");
  const result = parts.get("result");
  return {
    account: whole("account"),
    kind: kind !== null && kind in ACTION ? kind : null,
    result: result !== null && result in RESULT ? (result as ActionResult) : null,
    batch: whole("batch"),
    days: whole("days"),
    from: parts.get("from") ?? "",
    to: parts.get("to") ?? "",
  };
}
