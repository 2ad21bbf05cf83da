// What each line of Today says: what happened, what is at stake, and what the next step is.
import type { AttentionFacts, AttentionKind, AttentionSeverity, Service, TodayRow } from "./backend";
import { SERVICES } from "./backend";
import { at, compact, count, day, dayOfMonth, number, percent } from "./format";
import { address, type ProfileTab } from "./router.svelte";
import { named, WHEN_OVER, type Tone } from "./wording";

export const SEVERITY: Record<AttentionSeverity, { glyph: string; word: string; tone: Tone }> = {
  critical: { glyph: "✕", word: "Critical", tone: "over" },
  urgent: { glyph: "▲", word: "Urgent", tone: "high" },
  warning: { glyph: "△", word: "Warning", tone: "warn" },
  notice: { glyph: "○", word: "Notice", tone: "plain" },
};

/** Each kind as the strip of figures counts it. */
export const ATTENTION: Record<AttentionKind, string> = {
  payment: "payments",
  signed_out: "signed out",
  service: "near a limit",
  dashboards: "dashboards",
  downgrade: "downgrades",
  silent: "fell silent",
  resource: "resources",
  token_expiring: "expiring tokens",
  backup: "old backups",
  invitation: "invitations",
  token_unused: "unused tokens",
  transfer: "transfers",
};

const label = (service: Service): string => SERVICES.find(({ key }) => key === service)?.label ?? service;

/** A resource by its key, in the middle of a sentence. */
const resource = (key: string): string => named(key).toLowerCase();

/** What happened. A name in it stands in `name`, apart from the words around it, as it may run the other way. */
export interface What {
  before: string;
  name: string;
  after: string;
}

function plain(text: string): What {
  return { before: text, name: "", after: "" };
}

export function what(facts: AttentionFacts, now: Date): What {
  switch (facts.kind) {
    case "payment":
      return plain(
        facts.overdue
          ? "Bill past due"
          : facts.reason !== null
            ? "Payment failed"
            : "Balance too low for the next payment",
      );
    case "signed_out":
      return plain("Account signed out");
    case "service":
      return plain(`${label(facts.service)} at ${percent(facts.used / facts.limit)} of its limit`);
    case "dashboards":
      return plain(`Dashboards' output at ${percent(facts.used / facts.limit)} of the plan's limit`);
    case "downgrade":
      return plain(
        `Downgrade on ${dayOfMonth(new Date(facts.at))} cuts below today's use of ${count(facts.profiles, "profile")}`,
      );
    case "silent":
      return plain(`No input since ${at(new Date(facts.last_input_at), now)}`);
    case "resource":
      return plain(`${number(facts.amount)} of ${number(facts.limit)} ${resource(facts.resource)}`);
    case "token_expiring": {
      const when = dayOfMonth(new Date(facts.at));
      return facts.tokens === 1
        ? { before: "Token ", name: facts.first, after: ` expires on ${when}` }
        : {
            before: `${number(facts.tokens)} tokens expire, the first on ${when}: `,
            name: facts.first,
            after: "",
          };
    }
    case "backup":
      return plain(
        facts.newest === null ? "No backup" : `Newest backup is of ${day(new Date(facts.newest))}`,
      );
    case "invitation": {
      const state = facts.ended ? "ended" : "open";
      return facts.invitations === 1
        ? { before: "Invitation of ", name: facts.who, after: ` is ${state}` }
        : {
            before: `${number(facts.invitations)} invitations are ${state}, the oldest of `,
            name: facts.who,
            after: "",
          };
    }
    case "token_unused":
      return facts.tokens === 1
        ? { before: "Token ", name: facts.first, after: " with full permission was never used" }
        : {
            before: `${number(facts.tokens)} tokens with full permission were never used, the oldest `,
            name: facts.first,
            after: "",
          };
    case "transfer":
      return {
        before: "Transfer to ",
        name: facts.destination,
        after: ` waits since ${dayOfMonth(new Date(facts.at))}`,
      };
  }
}

function atLimit(says: string, { used, limit }: { used: number; limit: number }): string {
  return used >= limit ? `${says} now` : `At 100 %: ${says.charAt(0).toLowerCase()}${says.slice(1)}`;
}

/** What happens to the customer, or will. */
export function stake(facts: AttentionFacts): string {
  switch (facts.kind) {
    case "payment":
      return `The account may be stopped, with ${count(facts.profiles, "profile")}`;
    case "signed_out":
      return `What happens to its ${count(facts.profiles, "profile")} is not seen`;
    case "service":
      return atLimit(WHEN_OVER[facts.service], facts);
    case "dashboards":
      return atLimit("Dashboards fail", facts);
    case "downgrade":
      return `Too small then: ${facts.services.map((key) => SERVICES.find((one) => one.key === key)?.label ?? named(key)).join(", ")}`;
    case "silent":
      return "Devices may be offline, or nobody uses it any more";
    case "resource":
      return atLimit(`No more ${resource(facts.resource)} can be made`, {
        used: facts.amount,
        limit: facts.limit,
      });
    case "token_expiring":
      return facts.used ? "What uses it is cut off then" : "It was never used";
    case "backup":
      return "What changed since cannot be restored";
    case "invitation":
      return facts.ended
        ? "Nobody can accept it any more, and it is still listed"
        : "Who has it can still join the team";
    case "token_unused":
      return "Who finds it can do everything in the profile";
    case "transfer":
      return "It is still this account's, and paid by it";
  }
}

/** What is known beyond that, for the panel: names and values. */
export function details(facts: AttentionFacts, now: Date): [string, string][] {
  switch (facts.kind) {
    case "service":
      return [["Used of the limit", `${compact(facts.used)} / ${compact(facts.limit)}`]];
    case "dashboards":
      return [["Read of the limit", `${compact(facts.used)} / ${compact(facts.limit)}`]];
    case "payment":
      return facts.reason === null ? [] : [["TagoIO says", facts.reason]];
    case "signed_out":
      return [["TagoIO says", facts.message]];
    case "silent":
      return [["Known until", at(new Date(facts.known_until), now)]];
    case "downgrade":
      return facts.plan === null ? [] : [["Plan from then on", facts.plan]];
    case "backup":
      return [["May be old", count(facts.allowed_days, "day")]];
    case "invitation":
      return facts.at === null ? [] : [["Invited", at(new Date(facts.at), now)]];
    default:
      return [];
  }
}

/** The next step, and where it leads. */
export interface Step {
  /** On the key: `Open its usage`. */
  word: string;
  href: string;
  /** What a person does there, or at TagoIO. */
  advice: string;
}

function tab(row: TodayRow, name: ProfileTab): string {
  return row.profile_key === null
    ? "#/accounts"
    : address({ screen: "profile", key: row.profile_key, tab: name });
}

/** Where what hangs over an account's subscription is settled. */
function account({ account_key }: TodayRow): string {
  return address({ screen: "accounts", ...(account_key !== null && { account: account_key }) });
}

/** Whether TagoIO knows of a payment that failed or is past due: one can be tried again, or its purchase given up. */
export function canSettle(facts: AttentionFacts): boolean {
  return facts.kind === "payment" && (facts.reason !== null || facts.overdue);
}

export function step(row: TodayRow): Step {
  const { facts } = row;
  switch (facts.kind) {
    case "payment":
      return {
        word: "See the account",
        href: account(row),
        advice: canSettle(facts)
          ? "Try the payment again, or cancel the purchase. The payment method itself is changed on TagoIO's site."
          : "Add to the balance on TagoIO's site before the next payment.",
      };
    case "signed_out":
      return {
        word: "Sign in again",
        href: "#/accounts",
        advice: "Sign in by password, which makes a new token, or paste one.",
      };
    case "service":
      return {
        word: "Change its limits",
        href:
          row.profile_key === null
            ? "#/accounts"
            : address({
                screen: "profile",
                key: row.profile_key,
                tab: "overview",
                limits: facts.service,
              }),
        advice: "Give it a higher limit, or use less.",
      };
    case "dashboards":
    case "resource":
      return {
        word: "Open the profile",
        href: tab(row, "overview"),
        advice: "Use less, or take a larger plan on TagoIO's site.",
      };
    case "downgrade":
      return {
        word: "See the account",
        href: account(row),
        advice: "Cancel the downgrade, or use less until then.",
      };
    case "silent":
      return {
        word: "Open its usage",
        href: tab(row, "usage"),
        advice: "Ask the customer whether devices are down.",
      };
    case "token_expiring":
      return {
        word: "Open its tokens",
        href: tab(row, "tokens"),
        advice:
          facts.tokens === 1
            ? "Replace it: a new one is made, and the old one revoked once nothing uses it."
            : "Replace each: a new one is made, and the old one revoked once nothing uses it.",
      };
    case "token_unused":
      return {
        word: "Open its tokens",
        href: tab(row, "tokens"),
        advice:
          facts.tokens === 1
            ? "Revoke it, or replace it by one that may do less."
            : "Revoke them, or replace them by ones that may do less.",
      };
    case "transfer":
      return {
        word: "Open the profile",
        href: tab(row, "overview"),
        advice: "Ask TagoIO's support after it, or give it up under “Transfer”.",
      };
    case "backup":
      return {
        word: "Open its backups",
        href: tab(row, "backups"),
        advice: "Back it up now.",
      };
    case "invitation":
      return {
        word: "Open its team",
        href: tab(row, "team"),
        advice: facts.ended
          ? "Invite again, or take the invitation back."
          : "Remind them, or take the invitation back.",
      };
  }
}
