// What ways into a profile are called, and how each is known.
import type { AccessKind, AccessKnown, PersonRow, TeamRole } from "../../backend";
import type { Tone } from "../../wording";

export const KNOWN: Record<AccessKnown, { glyph: string; word: string; tone: Tone }> = {
  seen: { glyph: "●", word: "seen", tone: "plain" },
  inferred: { glyph: "◐", word: "inferred", tone: "warn" },
  not_known: { glyph: "○", word: "not known", tone: "quiet" },
};

export const ACCESS: Record<AccessKind, string> = {
  owner: "owner",
  member: "member",
  invitation: "invited",
  invitation_ended: "invitation ended",
  person: "acted in it",
  token: "token",
  unknown_owner: "owner not known",
  unknown_team: "team not known",
  unknown_tokens: "tokens not known",
};

export const ROLE: Record<TeamRole, { glyph: string; word: string; tone: Tone }> = {
  owner: { glyph: "", word: "owner", tone: "plain" },
  member: { glyph: "", word: "member", tone: "plain" },
  listed: { glyph: "○", word: "listed, not said whether they joined", tone: "quiet" },
  invited: { glyph: "△", word: "invited", tone: "warn" },
  invitation_ended: { glyph: "∅", word: "invitation ended", tone: "quiet" },
};

/** What a person is called: the name, else the address, else the id. */
export function called({ name, email, ids }: Pick<PersonRow, "name" | "email" | "ids">): string {
  return name ?? email ?? ids[0] ?? "not known";
}
