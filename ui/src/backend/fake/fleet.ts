// A believable fleet, the same for the same seed: every state that a screen must tell apart is in it.
import type { Connect } from "../backend";
import type { AccountRow } from "../generated/AccountRow";
import type { Dataset } from "../generated/Dataset";
import type { Freshness } from "../generated/Freshness";
import type { ProfileOverview } from "../generated/ProfileOverview";
import { SERVICES } from "../generated/services";
import type { UsageCell } from "../generated/UsageCell";

/** Numbers between 0 and 1, repeatable. */
export function random(seed: number): () => number {
  let state = seed % 2147483647 || 1;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

const NAMES = [
  "Hafen Kühlhaus",
  "Ørsted Pilot",
  "Vale Irrigation",
  "東京 Cold Chain",
  "Riverside Water",
  "Same Name GmbH",
  "Same Name GmbH",
  "Lindqvist Farms",
  "Agro Sur",
  "Metro Parking",
  "Blue Silo",
  "Northern Mills",
  "<b>Bold</b> Ltd",
  "Casa Verde",
  "Pier 9 Cranes",
  "مياه النيل",
  "Glacier Ice",
  "Textil Mora",
  "Alto Vineyards",
  "Depot 14",
  "Hive Sensors",
  "Kestrel Air",
  "Wasserwerk Nord, Pumpstation und Rückhaltebecken am alten Hafen ".repeat(5).slice(0, 300),
  "Silo & Söhne",
];

/** The limits of a middling profile, in the order of the services. */
export const LIMITS = [1_158_425, 3_800_000, 4_364, 0, 100, 100, 1_026_000, 200, 10];

/** Shares of the limits with which the first profiles begin, so that each state is near the top. */
const WORST = [1.32, 1.04, 0.97, 0.93, 0.88, 0.84, 1.0, 0.805, 0.905];

const LABELS = ["Acme", "Nordwind", "Tsukuba"];

export function cell(used: number | null, limit: number | null): UsageCell {
  if (limit === 0) return { used, limit, share: null, state: "not_allocated" };
  if (used === null || limit === null) return { used, limit, share: null, state: "unknown" };
  const share = used / limit;
  const state = share >= 1 ? "over" : share > 0.9 ? "high" : share > 0.8 ? "warn" : "ok";
  return { used, limit, share, state };
}

function before(now: Date, minutes: number): string {
  return new Date(now.getTime() - minutes * 60_000).toISOString();
}

/** The six states, and the fresh one most of the time. */
function freshness(place: number, now: Date): Freshness {
  switch (place % 24) {
    case 8:
      return { state: "stale", fetched_at: before(now, 2 * 1440 + 30) };
    case 11:
      return {
        state: "failed",
        attempted_at: before(now, 4),
        fetched_at: before(now, 300),
        reason: "The API did not answer within 60 s.",
      };
    case 14:
      return { state: "not_permitted", attempted_at: before(now, 4), reason: "Authorization Denied" };
    case 17:
      return { state: "never_fetched" };
    case 19:
      return { state: "not_there", fetched_at: before(now, 4) };
    case 21:
      return {
        state: "failed",
        attempted_at: before(now, 4),
        fetched_at: null,
        reason: "The answer was cut off after 512 bytes.",
      };
    default:
      return { state: "fresh", fetched_at: before(now, 4 + (place % 3)) };
  }
}

function usage(place: number, known: boolean, next: () => number): UsageCell[] {
  return SERVICES.map((service, index) => {
    const limit = LIMITS[index] ?? 100;
    if (!known) return cell(null, null);
    if (index === 2 && place % 9 === 4) return cell(null, limit);
    const share = index === 0 ? (WORST[place] ?? next() * 0.78) : next() * (index === 6 ? 0.96 : 0.79);
    const used = limit * share;
    return cell(service.key === "file_storage" ? Math.round(used * 10) / 10 : Math.round(used), limit);
  });
}

export function profile(place: number, now: Date): ProfileOverview {
  const next = random(place * 7919 + 13);
  const fresh = freshness(place, now);
  const known =
    fresh.state !== "never_fetched" && fresh.state !== "not_permitted" && fresh.state !== "not_there";
  const cells = usage(place, known && !(fresh.state === "failed" && fresh.fetched_at === null), next);
  let worst: ProfileOverview["row"]["worst"] = null;
  let highest = -1;
  cells.forEach(({ share }, index) => {
    if (share !== null && share > highest) {
      highest = share;
      worst = SERVICES[index]?.key ?? null;
    }
  });
  const round = Math.floor(place / NAMES.length);
  const base = NAMES[place % NAMES.length] ?? "Profile";
  const account = LABELS[place % LABELS.length] ?? "Acme";
  const shared = place % 7 === 3;
  const datasets: Dataset[] = [
    "info",
    "summary",
    "usage_by_day",
    "usage_by_hour",
    "tokens",
    "team",
    "backups",
  ];
  return {
    row: {
      key: place + 1,
      id:
        (0x5bb0a0c9f1d2 + place * 65_537).toString(16).padStart(20, "0") +
        (0xd9c1 + place).toString(16).slice(-4),
      api: account === "Nordwind" ? "https://api.eu-w1.tago.io" : "https://api.tago.io",
      name: round === 0 ? base : `${base} ${round + 1}`,
      name_is_shared: base === "Same Name GmbH",
      account,
      accounts:
        place % 10 === 1
          ? [account, "Acme"].filter((label, at, all) => all.indexOf(label) === at)
          : [account],
      shared,
      plan: "scale",
      region: account === "Nordwind" ? "eu-w1" : "us-e1",
      groups: [],
      noted: false,
      removed_at: place === 20 ? before(now, 3000) : null,
      usage: cells,
      worst,
      growth: known ? Math.round(next() * 40) / 1000 : null,
      trend: [],
      freshness: fresh,
    },
    region: account === "Nordwind" ? "eu-w1" : "us-e1",
    owner: "5f1e0c9a7b3d2e4f60718293",
    owner_name: shared ? null : `${account} Operations`,
    created_at: before(now, 1440 * (400 + place)),
    first_seen_at: before(now, 1440 * 90),
    allocation: LIMITS.map((limit) => (known ? limit : null)),
    resources: known
      ? [
          { name: "device", amount: 140 + place, limit: 10_000 },
          { name: "bucket", amount: 138 + place, limit: null },
          { name: "dashboard", amount: 24, limit: 1_000 },
          { name: "action", amount: 61, limit: 200 },
          { name: "analysis", amount: 12, limit: 200 },
          { name: "run_users", amount: 8, limit: null },
        ]
      : [],
    other_services: known ? [{ name: "dashboard_output", amount: 1_240_118, limit: 50_000_000 }] : [],
    addons: place % 4 === 0 ? ["custom_dns", "mobile"] : [],
    requests_per_minute: known
      ? [
          { name: "data_input", amount: 300, limit: null },
          { name: "data_output", amount: 300, limit: null },
        ]
      : [],
    protected: false,
    note: place === 1 ? "Contract until March. Ask Mira before anything is moved." : null,
    groups: place % 5 === 1 ? ["north"] : [],
    has_admin_site: true,
    cycle: [before(now, 1440 * 21), before(now, -1440 * 9)],
    datasets: datasets.map((dataset, index) => ({
      dataset,
      freshness:
        dataset === "summary"
          ? fresh
          : dataset === "team" && shared
            ? { state: "not_permitted", attempted_at: before(now, 4), reason: "Authorization Denied" }
            : { state: "fresh", fetched_at: before(now, 4 + index) },
    })),
  };
}

/** As the desk has it: over, or within 14 days. */
export function endsSoon(end: string | null | undefined, now: Date): boolean {
  return typeof end === "string" && Date.parse(end) - now.getTime() <= 14 * 86_400_000;
}

export function account(key: number, now: Date, change: Partial<AccountRow> = {}): AccountRow {
  const label = LABELS[(key - 1) % LABELS.length] ?? "Acme";
  const eu = label === "Nordwind";
  return {
    key,
    id: `5f1e0c9a7b3d2e4f6071829${key % 10}`,
    label,
    api: eu ? "https://api.eu-w1.tago.io" : "https://api.tago.io",
    region: eu ? "eu-w1" : "us-e1",
    name: `${label} Operations`,
    email: `ops@${label.toLowerCase()}.example`,
    plan: "scale",
    profiles: 80,
    sign_in: "signed_in",
    last_sync_at: before(now, 4),
    read_only: false,
    token_expires_at: null,
    token_ends_soon: endsSoon(change.token_expires_at, now),
    audit_by_time_only: change.plan === "free",
    token_profile: null,
    token_profile_name: null,
    problem: null,
    ...change,
  };
}

/** An account as it is when somebody has just connected it. */
export function connected(key: number, { label, region }: Connect, profiles: number): AccountRow {
  const known = region === "us-e1" || region === "eu-w1";
  return {
    key,
    id: `5f1e0c9a7b3d2e4f6071829${key % 10}`,
    label,
    api: known ? `https://api.${region}.tago.io` : region,
    region: known ? region : new URL(region).host,
    name: "Ada Lindqvist",
    email: "ada@lindqvist.example",
    plan: "starter",
    profiles,
    sign_in: "signed_in",
    last_sync_at: null,
    read_only: false,
    token_expires_at: null,
    token_ends_soon: false,
    audit_by_time_only: false,
    token_profile: null,
    token_profile_name: null,
    problem: null,
  };
}
