// What is said of the end of an account's token.
import type { TokenEnd, TokenEndRow } from "../../backend";
import { count } from "../../format";
import type { Tone } from "../../wording";

/** The title over those of a kind; those that will end stand under their month. */
export const TOKEN_END: Record<TokenEnd, { title: string; glyph: string; tone: Tone; word: string }> = {
  ended: { title: "Ended", glyph: "✕", tone: "over", word: "ended" },
  ends: { title: "To come", glyph: "●", tone: "plain", word: "ends" },
  never: { title: "Never end", glyph: "∞", tone: "quiet", word: "never ends" },
  unknown: { title: "Not known", glyph: "?", tone: "quiet", word: "not known" },
  no_token: { title: "No token on this computer", glyph: "○", tone: "quiet", word: "no token" },
};

export function ended({ end, days, soon }: TokenEndRow): { text: string; glyph: string; tone: Tone } {
  const { glyph, tone, word } = TOKEN_END[end];
  if (end !== "ends" || days === null) return { text: word, glyph, tone };
  const text = days === 0 ? "ends within a day" : `ends in ${count(days, "day")}`;
  return soon ? { text, glyph: "△", tone: "warn" } : { text, glyph, tone };
}
