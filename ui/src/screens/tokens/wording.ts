// What the flags of tokens, their ends and their last uses are called.
import type { TokenFlag, TokenKind, TokenRow } from "../../backend";
import { asOf, day, UNKNOWN } from "../../format";
import type { Tone } from "../../wording";

export const FLAG: Record<TokenFlag, { glyph: string; word: string; full: string; tone: Tone }> = {
  creator_gone: {
    glyph: "✕",
    word: "creator gone",
    full: "Who made it is neither the profile's owner nor in its team any more.",
    tone: "over",
  },
  expires_soon: {
    glyph: "▲",
    word: "expires soon",
    full: "It expires within 14 days.",
    tone: "high",
  },
  expired: {
    glyph: "∅",
    word: "expired",
    full: "It expired, and TagoIO still lists it.",
    tone: "plain",
  },
  never_used: {
    glyph: "△",
    word: "never used",
    full: "TagoIO says that it was never used.",
    tone: "warn",
  },
  full_permission: {
    glyph: "△",
    word: "full",
    full: "It may do everything.",
    tone: "warn",
  },
  never_expires: {
    glyph: "∞",
    word: "never expires",
    full: "It never expires.",
    tone: "plain",
  },
};

export const KIND: Record<TokenKind, string> = {
  profile: "a profile's token",
  analysis: "an analysis's token",
  user: "an end user's token",
  network: "a network's token",
  authorization: "an authorization token",
  unmarked: "a token without a prefix",
};

/** When it expires: a day, `never`, or that it is not known. */
export function expiry(row: Pick<TokenRow, "expires_at" | "never_expires">): string {
  if (row.expires_at !== null) return day(new Date(row.expires_at));
  return row.never_expires ? "never" : UNKNOWN;
}

/** When it was last used: a time today, an age, `never`, or that it is not known. */
export function lastUse(row: TokenRow, now: Date): string {
  if (row.last_authorization_at !== null) return asOf(new Date(row.last_authorization_at), now);
  return row.never_used ? "never" : UNKNOWN;
}

/** What a person knows a token by. */
export function called(row: Pick<TokenRow, "name" | "last4">): string {
  return row.name === null || row.name === "" ? `····${row.last4}` : row.name;
}
