// What the changes of the log are called, the glyph beside each, and their old and new values as text.
import { SERVICES, type ChangeKind, type ChangeRow, type ChangeTopic } from "./backend";
import { day, number, percent, UNKNOWN } from "./format";
import { named, USAGE, type Tone } from "./wording";

/** In the order of the filter. */
export const TOPIC: Record<ChangeTopic, string> = {
  profiles: "Profiles",
  limits: "Limits",
  tokens: "Tokens",
  sign_ins: "Sign-ins",
  people: "People",
  billing: "Billing",
  backups: "Backups",
};

interface Words {
  glyph: string;
  word: string;
  tone: Tone;
}

const CHANGE: Record<ChangeKind, Words> = {
  profile_appeared: { glyph: "+", word: "Profile appeared", tone: "plain" },
  profile_returned: { glyph: "↺", word: "Profile is back", tone: "plain" },
  profile_removed: { glyph: "−", word: "Profile gone", tone: "warn" },
  profile_renamed: { glyph: "≠", word: "Profile renamed", tone: "plain" },
  limit_changed: { glyph: "↕", word: "Limit changed", tone: "plain" },
  threshold_reached: { glyph: "△", word: "Threshold reached", tone: "warn" },
  threshold_left: { glyph: "▽", word: "Below a threshold again", tone: "plain" },
  token_created: { glyph: "+", word: "Token created", tone: "plain" },
  token_gone: { glyph: "−", word: "Token gone", tone: "plain" },
  token_expiring: { glyph: "◔", word: "Token expires soon", tone: "warn" },
  sign_in_started: { glyph: "→", word: "Signed in", tone: "quiet" },
  sign_in_ended: { glyph: "←", word: "Sign-in ended", tone: "quiet" },
  member_invited: { glyph: "○", word: "Invited to the team", tone: "plain" },
  member_joined: { glyph: "●", word: "Joined the team", tone: "plain" },
  member_left: { glyph: "−", word: "Left the team", tone: "plain" },
  plan_changed: { glyph: "≠", word: "Plan changed", tone: "plain" },
  payment_failed: { glyph: "✕", word: "Payment failed", tone: "over" },
  payment_overdue: { glyph: "!", word: "Payment overdue", tone: "high" },
  payment_recovered: { glyph: "✓", word: "Payments in order", tone: "plain" },
  downgrade_scheduled: { glyph: "◔", word: "Downgrade scheduled", tone: "warn" },
  downgrade_gone: { glyph: "✓", word: "No downgrade pending", tone: "plain" },
  backup_old: { glyph: "◔", word: "Backup is old", tone: "warn" },
};

/** A change as a row of the log shows it. All of it is text: names in it are other people's. */
export interface ChangeText extends Words {
  /** To what it happened. */
  subject: string | null;
  /** The last characters of a token, which its name alone does not tell apart. */
  last4: string | null;
  old: string | null;
  new: string | null;
  /** What the values are counted in. */
  unit: string | null;
}

type Value = ChangeRow["old"];

/** The thresholds in percent, with the state of a usage that reached each. */
const THRESHOLDS = [
  { percent: 100, reached: "Reached the limit", left: "Below the limit again", state: USAGE.over },
  { percent: 90, reached: "Reached 90 %", left: "Below 90 % again", state: USAGE.high },
  { percent: 80, reached: "Reached 80 %", left: "Below 80 % again", state: USAGE.warn },
];

function words(row: ChangeRow): Words {
  const plain = CHANGE[row.kind];
  const { old, new: now } = row;
  if (row.kind === "limit_changed" && typeof old === "number" && typeof now === "number" && old !== now) {
    return now > old
      ? { ...plain, glyph: "↑", word: "Limit raised" }
      : { ...plain, glyph: "↓", word: "Limit lowered" };
  }
  if (row.kind === "threshold_reached") {
    const reached = THRESHOLDS.find(({ percent }) => now === percent);
    if (reached) return { glyph: reached.state.glyph, word: reached.reached, tone: reached.state.tone };
  }
  if (row.kind === "threshold_left") {
    const left = THRESHOLDS.find(({ percent }) => old === percent);
    if (left) return { ...plain, word: left.left };
  }
  return plain;
}

function plainText(value: Value): string | null {
  return typeof value === "number" ? number(value) : value;
}

function limit(value: Value): string {
  return value === 0 ? "not allocated" : (plainText(value) ?? UNKNOWN);
}

/** The highest threshold that a use is at. */
function threshold(value: Value): string | null {
  if (value === null) return "below 80 %";
  return typeof value === "number" ? `at ${percent(value / 100)}` : value;
}

/** A day if it is a time, else what it is. */
function date(value: Value): string | null {
  if (typeof value !== "string" || !/^\d{4}-\d\d-\d\d/.test(value)) return plainText(value);
  const at = new Date(value);
  return Number.isNaN(at.getTime()) ? value : day(at);
}

const after = (word: string, text: string | null): string | null =>
  text === null ? null : `${word} ${text}`;

/** `Gateway ····7f3a` in its two parts. */
function token(subject: string | null): Pick<ChangeText, "subject" | "last4"> {
  const parts = /^(.*?)\s*(?:·{2,4}|…)\s*(\S{1,4})$/su.exec(subject ?? "");
  return parts ? { subject: parts[1] ?? "", last4: parts[2] ?? "" } : { subject, last4: null };
}

export function changeText(row: ChangeRow): ChangeText {
  const { subject, old, new: now } = row;
  const text: ChangeText = {
    ...words(row),
    subject,
    last4: null,
    old: plainText(old),
    new: plainText(now),
    unit: null,
  };
  const service = SERVICES.find(({ key }) => key === subject);
  switch (row.kind) {
    case "limit_changed":
      return {
        ...text,
        subject: service?.label ?? (subject === null ? null : named(subject)),
        old: limit(old),
        new: limit(now),
        unit: service?.unit ?? null,
      };
    case "threshold_reached":
    case "threshold_left":
      return {
        ...text,
        subject: service?.label ?? (subject === null ? null : named(subject)),
        old: threshold(old),
        new: threshold(now),
      };
    case "token_created":
    case "token_gone":
    case "sign_in_started":
    case "sign_in_ended":
      return { ...text, ...token(subject) };
    case "token_expiring":
      return { ...text, ...token(subject), old: after("was", date(old)), new: after("expires", date(now)) };
    case "downgrade_scheduled":
      return { ...text, old: date(old), new: after("on", date(now)) };
    case "downgrade_gone":
      return { ...text, old: after("was due", date(old)), new: date(now) };
    case "payment_overdue":
      return { ...text, old: date(old), new: date(now) };
    case "backup_old":
      return { ...text, old: null, new: after("made", date(now)) ?? "no backup" };
    case "profile_appeared":
    case "profile_returned":
    case "profile_removed": {
      // The profile's own column says its name.
      const told = (value: string | null): string | null => (value === row.profile_name ? null : value);
      return { ...text, subject: told(subject), old: told(text.old), new: told(text.new) };
    }
    case "member_invited":
    case "member_joined":
    case "member_left": {
      const told = (value: string | null): string | null => (value === subject ? null : value);
      return { ...text, old: told(text.old), new: told(text.new) };
    }
    default:
      return text;
  }
}
