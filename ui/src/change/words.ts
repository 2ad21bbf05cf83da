// What is said of changes at TagoIO: what was asked for, what stands before and after, and how it ended.
import type {
  AccountRow,
  ActionResult,
  ActionRow,
  Change,
  ChangeRequest,
  PlannedChange,
  ProfileOverview,
  PurchaseStep,
} from "../backend";
import { count, moment, number } from "../format";

type Value = string | number | boolean | null;

/** What is done to profiles. */
const DOING: Record<string, string> = {
  rename: "Rename",
  pictures: "Change the pictures of",
  allocate: "Change the limits of",
  invite: "Invite to the team of",
  remove_member: "Remove from the team of",
};

/** What is made, or is gone for good. */
const MAKING: Record<string, readonly [verb: string, thing: string]> = {
  delete: ["Delete", "profile"],
  create_token: ["Make", "token"],
  create_profile: ["Make", "profile"],
  revoke_token: ["Revoke", "token"],
  move_token: ["Move", "token"],
  create_backup: ["Start", "backup"],
  delete_backup: ["Delete", "backup"],
  cancel_downgrade: ["Cancel", "downgrade"],
};

/** How far a purchase is. */
export const PURCHASE: Record<PurchaseStep, string> = {
  asked: "Nothing was sent, and going on sends nothing: it ends as not bought.",
  sending: "It is not known whether it was bought; nothing is bought twice.",
  processing: "TagoIO is at work on it.",
  allocating: "It is bought, and not given to the profile yet.",
  done: "It is bought.",
  not_bought: "Nothing was bought.",
};

/** What a kind of action is called in the log. */
export const ACTION: Record<string, string> = {
  rename: "Rename",
  pictures: "Pictures",
  allocate: "Limits",
  delete: "Delete",
  invite: "Invitation",
  remove_member: "Removal",
  create_token: "New token",
  create_profile: "New profile",
  offboard: "Off-boarding",
  revoke_token: "Token revoked",
  move_token: "Token moved",
  create_backup: "New backup",
  delete_backup: "Backup deleted",
  download_backup: "Backup downloaded",
  buy: "Purchase",
  cancel_downgrade: "Downgrade",
  settle_payment: "Payment",
  answer_invitation: "Invitation answered",
  protect: "Protection",
  read_only: "Only read",
};

interface Word {
  word: string;
  glyph: string;
  tone: "plain" | "quiet" | "warn" | "over";
}

export const RESULT: Record<ActionResult, Word> = {
  begun: { word: "begun", glyph: "…", tone: "quiet" },
  done: { word: "done", glyph: "✓", tone: "plain" },
  refused: { word: "refused", glyph: "–", tone: "quiet" },
  failed: { word: "failed", glyph: "▲", tone: "over" },
  unknown: { word: "not known", glyph: "△", tone: "warn" },
};

/** What the button says that carries it out; `rows` are what it was looked at as. */
export function doing(request: ChangeRequest, rows: readonly PlannedChange[], ready: number): string {
  const profiles = count(ready, "profile");
  if (request.ask === "undo") return `Undo the change of ${profiles}`;
  const changes = request.ask === "retry" ? rows.map(({ change }) => change) : request.changes;
  const kinds = new Set(changes.map(({ kind }) => kind));
  const [kind = ""] = kinds;
  if (request.ask === "retry") {
    const thing = kinds.size > 1 ? "change" : (MAKING[kind]?.[1] ?? "profile");
    return `Try ${count(ready, thing)} again`;
  }
  // Rows of several kinds may be of one profile.
  if (kinds.size > 1) return `Make ${count(ready, "change")}`;
  const [first] = changes;
  if (first?.kind === "answer_invitation") return first.accept ? "Accept the invitation" : "Refuse it";
  if (first?.kind === "settle_payment")
    return first.how === "retry" ? "Try the payment again" : "Cancel the purchase";
  const making = MAKING[kind];
  if (making) {
    const [verb, thing] = making;
    return ready === 1 ? `${verb} the ${thing}` : `${verb} ${count(ready, thing)}`;
  }
  return `${DOING[kind] ?? "Change"} ${profiles}`;
}

/** What the review of what is done about an account's subscription is called. */
export function subscriptionTitle({ kind }: Change): string {
  return kind === "cancel_downgrade" ? "Cancel a downgrade" : "A failed payment";
}

/** A time as the desk writes it. */
const INSTANT = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/;

function said(value: Value | undefined): string {
  if (value === null || value === undefined) return "—";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number") return number(value);
  return INSTANT.test(value) ? moment(new Date(value)) : value;
}

/** All fields as text; a name alone speaks for itself, and so does that there is nothing. */
export function values(fields: Record<string, Value>): string {
  const all = Object.entries(fields);
  if (all.every(([, value]) => value === null)) return "—";
  return all
    .map(([field, value]) => {
      if (field === "name" && all.length === 1) return said(value);
      return `${field.replaceAll("_", " ")}: ${said(value)}`;
    })
    .join(", ");
}

/** Why a profile cannot be changed just now, as far as it is seen without a check; `null` if it can. */
export function hindrance(
  { row }: ProfileOverview,
  accounts: AccountRow[] | null,
  unreachable: string[],
): string | null {
  if (row.removed_at !== null) return "It is gone at TagoIO.";
  if (row.shared) return "None of the connected accounts owns it.";
  return hindranceOf(row.account, accounts, unreachable);
}

/** Why nothing can be changed by an account just now; `null` if it can. */
export function hindranceOf(
  label: string,
  accounts: AccountRow[] | null,
  unreachable: string[],
): string | null {
  const account = accounts?.find((one) => one.label === label);
  if (account && account.sign_in !== "signed_in") return `${label} is signed out: sign in again first.`;
  if (account?.read_only) return `${label} is only read: this is set on the screen Accounts.`;
  return unreachable.includes(label) ? `${label} cannot be reached now.` : null;
}

/** Why nothing can be asked of a profile, or of the account that it is reached with; `null` if it can. */
export function hindranceToRead(
  of: ProfileOverview | string | null,
  accounts: AccountRow[] | null,
  unreachable: string[],
): string | null {
  // Reading changes nothing: an account that is only read may be asked.
  const asked = accounts?.map((account) => ({ ...account, read_only: false })) ?? null;
  return typeof of === "object" && of !== null
    ? hindrance(of, asked, unreachable)
    : hindranceOfToken(of, asked, unreachable);
}

/** Why a token cannot be changed just now, by the account that its profile is reached with; `null` if it can. */
export function hindranceOfToken(
  account: string | null,
  accounts: AccountRow[] | null,
  unreachable: string[],
): string | null {
  if (account === null) return "None of the connected accounts owns the profile.";
  return hindranceOf(account, accounts, unreachable);
}

/** What became of actions that an earlier run did not see the end of, as it is known now. */
export function cutOff(rows: ActionRow[]): string {
  const results = [...new Set(rows.map(({ result }) => result))].map(
    (result) =>
      `${number(rows.filter((row) => row.result === result).length)} ${result === "begun" ? "not known yet" : RESULT[result].word}`,
  );
  return `${count(rows.length, "action")} of an earlier run ${rows.length === 1 ? "was" : "were"} cut off: ${results.join(", ")}.`;
}
