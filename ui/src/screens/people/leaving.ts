// What is said of somebody who is to lose all access.
import type { LeaverGap, LeaverToken, LeaverWay, OffboardEnd } from "../../backend";
import { asOf, count } from "../../format";
import type { Tone } from "../../wording";
import { ACCESS } from "./wording";

interface Word {
  glyph: string;
  word: string;
  tone: Tone;
}

/** What there is to know of a token before it is revoked; `null` if nothing hinders. */
export function standing(token: LeaverToken, now: Date): Word {
  const used =
    token.last_authorization_at === null ? "" : `, used ${asOf(new Date(token.last_authorization_at), now)}`;
  switch (token.standing) {
    case "used_here":
      return { glyph: "–", word: "this program works with it", tone: "quiet" };
    case "name_alone":
      return { glyph: "◐", word: `made by a person of this name${used}`, tone: "warn" };
    case "sign_in":
      return { glyph: "", word: `of signing in${used}`, tone: "plain" };
    case "in_use":
      return { glyph: "▲", word: `in use${used}`, tone: "high" };
    case "use_not_known":
      return { glyph: "○", word: "use not known", tone: "quiet" };
    case "quiet":
      return token.last_authorization_at === null
        ? { glyph: "", word: "never used", tone: "plain" }
        : { glyph: "", word: `quiet${used}`, tone: "plain" };
  }
}

/** What a way into a profile is. */
export function what({ kind, token }: LeaverWay): string {
  if (token === null) return ACCESS[kind];
  return `token ${token.name ?? ""} ····${token.last4}`;
}

/** Lists that are not known, and why, in a sentence. */
export function gap({ dataset, cause, shared, profiles }: LeaverGap): string {
  const lists = dataset === "team" ? "The team" : "The tokens";
  const of = `${lists} of ${count(profiles, shared ? "shared profile" : "profile")}`;
  if (cause === "not_permitted")
    return shared ? `${of}: only the owner may see it.` : `${of}: the account's token may not see it.`;
  return cause === "never_fetched" ? `${of}: never fetched.` : `${of}: it never arrived.`;
}

export const END: Record<OffboardEnd, Word> = {
  removed: { glyph: "✓", word: "removed", tone: "plain" },
  not_removed: { glyph: "▲", word: "not removed", tone: "over" },
  unclear: { glyph: "△", word: "not known to be removed", tone: "warn" },
  left: { glyph: "–", word: "left as it is", tone: "quiet" },
  of_others: { glyph: "△", word: "for the owner to do", tone: "warn" },
  not_known: { glyph: "○", word: "not known", tone: "quiet" },
};
