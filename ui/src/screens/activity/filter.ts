// Which changes the log shows, and how an address says so.
import type { ChangeTopic } from "../../backend";
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
}

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
};

export function sameTopics(one: readonly ChangeTopic[], other: readonly ChangeTopic[]): boolean {
  return one.length === other.length && one.every((topic) => other.includes(topic));
}

export function sameFilter(one: ActivityFilter, other: ActivityFilter): boolean {
  return filterAddress(one) === filterAddress(other);
}

/** The part of an address after `?`; empty if nothing is filtered. */
export function filterAddress({ face, search, topics, profile, lastDay }: ActivityFilter): string {
  const parts = new URLSearchParams();
  if (face !== "seen") parts.set("log", LOG[face]);
  if (profile !== null) parts.set("profile", String(profile));
  if (!sameTopics(topics, USUAL)) {
    parts.set("topics", TOPICS.filter((topic) => topics.includes(topic)).join(".") || "none");
  }
  if (lastDay) parts.set("since", "24h");
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
  };
}
