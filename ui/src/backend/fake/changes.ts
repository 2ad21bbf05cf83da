// A believable change log over a fleet, the same for the same fleet: every kind of change is in it.
import type { ActivityPage } from "../generated/ActivityPage";
import type { ActivityQuery } from "../generated/ActivityQuery";
import type { ChangeKind } from "../generated/ChangeKind";
import type { ChangeRow } from "../generated/ChangeRow";
import type { ChangeTopic } from "../generated/ChangeTopic";
import type { ProfileOverview } from "../generated/ProfileOverview";

import { random } from "./fleet";

const KINDS: Record<ChangeTopic, ChangeKind[]> = {
  profiles: ["profile_appeared", "profile_returned", "profile_removed", "profile_renamed"],
  limits: ["limit_changed", "threshold_reached", "threshold_left"],
  tokens: ["token_created", "token_gone", "token_expiring"],
  sign_ins: ["sign_in_started", "sign_in_ended"],
  people: ["member_invited", "member_joined", "member_left"],
  billing: [
    "plan_changed",
    "payment_failed",
    "payment_overdue",
    "payment_recovered",
    "downgrade_scheduled",
    "downgrade_gone",
  ],
  backups: ["backup_old"],
};

type Values = Pick<ChangeRow, "kind" | "subject" | "old" | "new">;

/** What can happen, as often as it does: sign-ins come and go all day, payments fail once a year. */
const HAPPENINGS: ((days: (ahead: number) => string) => Values)[] = [
  () => ({ kind: "threshold_reached", subject: "input", old: 80, new: 90 }),
  () => ({ kind: "sign_in_started", subject: "Sign-in ····9c1e", old: null, new: null }),
  () => ({ kind: "limit_changed", subject: "input", old: 350_000, new: 500_000 }),
  () => ({ kind: "token_created", subject: "Gateway import ····7f3a", old: null, new: "full" }),
  () => ({ kind: "sign_in_ended", subject: "Sign-in ····9c1e", old: null, new: null }),
  () => ({ kind: "threshold_reached", subject: "data_records", old: null, new: 80 }),
  () => ({ kind: "member_joined", subject: "Mira Okafor", old: null, new: "mira@north.example" }),
  () => ({ kind: "sign_in_started", subject: "Sign-in ····04bd", old: null, new: null }),
  () => ({ kind: "threshold_left", subject: "output", old: 90, new: null }),
  (days) => ({ kind: "token_expiring", subject: "Exporter, read only ····e402", old: null, new: days(9) }),
  () => ({ kind: "profile_appeared", subject: null, old: null, new: null }),
  () => ({ kind: "sign_in_ended", subject: "Sign-in ····04bd", old: null, new: null }),
  () => ({ kind: "limit_changed", subject: "file_storage", old: 500, new: 200 }),
  () => ({ kind: "member_invited", subject: "Jonas Brandt", old: null, new: null }),
  () => ({ kind: "token_gone", subject: "Old gateway ····11d0", old: null, new: null }),
  () => ({ kind: "threshold_reached", subject: "analysis", old: 90, new: 100 }),
  (days) => ({ kind: "backup_old", subject: null, old: null, new: days(-41) }),
  () => ({ kind: "sign_in_started", subject: "Sign-in ····77aa", old: null, new: null }),
  () => ({ kind: "profile_renamed", subject: null, old: "Harbour cold store", new: "Hafen Kühlhaus" }),
  () => ({ kind: "limit_changed", subject: "sms", old: 0, new: 1_000 }),
  () => ({ kind: "member_left", subject: "<i>Ulla</i> Svensson", old: null, new: null }),
  () => ({ kind: "plan_changed", subject: null, old: "starter", new: "scale" }),
  () => ({
    kind: "payment_failed",
    subject: null,
    old: null,
    new: "Your card was declined: insufficient funds.",
  }),
  () => ({ kind: "payment_overdue", subject: null, old: null, new: null }),
  () => ({ kind: "payment_recovered", subject: null, old: null, new: null }),
  (days) => ({ kind: "downgrade_scheduled", subject: null, old: null, new: days(12) }),
  (days) => ({ kind: "downgrade_gone", subject: null, old: days(12), new: null }),
  () => ({ kind: "profile_removed", subject: null, old: null, new: null }),
  () => ({ kind: "profile_returned", subject: null, old: null, new: null }),
];

/** Kinds that an account has, and no profile of it. */
const OF_ACCOUNTS = new Set<ChangeKind>(KINDS.billing.filter((kind) => kind !== "plan_changed"));

/** Newest first; each has its own minute, the oldest some weeks ago. */
export function changes(profiles: ProfileOverview[], now: Date, many = 320): ChangeRow[] {
  const next = random(41);
  let at = now.getTime() - 3 * 60_000;
  return Array.from({ length: many }, (_, place): ChangeRow => {
    const values = HAPPENINGS[place % HAPPENINGS.length]?.((ahead) =>
      new Date(now.getTime() + ahead * 86_400_000).toISOString(),
    ) ?? { kind: "profile_appeared", subject: null, old: null, new: null };
    const profile = profiles[Math.floor(next() * Math.min(profiles.length, 60))];
    const whole = OF_ACCOUNTS.has(values.kind);
    const row: ChangeRow = {
      key: many - place,
      at: new Date(at).toISOString(),
      account: place % 61 === 60 ? null : (profile?.row.account ?? "Acme"),
      profile: whole ? null : (profile?.row.id ?? null),
      profile_key: whole ? null : (profile?.row.key ?? null),
      profile_name: whole ? null : (profile?.row.name ?? null),
      ...values,
    };
    at -= Math.floor(next() * 200) * 60_000;
    return row;
  });
}

/** Answers a query as the store does. */
export function activityPage(all: ChangeRow[], query: ActivityQuery): ActivityPage {
  const words = query.search.toLowerCase().split(/\s+/).filter(Boolean);
  const kinds = query.topics.flatMap((topic) => KINDS[topic]);
  const found = all.filter((row) => {
    const text = [row.account, row.profile, row.profile_name, row.subject, row.old, row.new]
      .join(" ")
      .toLowerCase();
    return (
      (kinds.length === 0 || kinds.includes(row.kind)) &&
      (query.profile === null || row.profile_key === query.profile) &&
      (query.since === null || row.at >= query.since) &&
      words.every((word) => text.includes(word))
    );
  });
  return { total: found.length, rows: found.slice(query.offset, query.offset + query.limit) };
}
