// What the fake shell sees of a change before it is sent: what stands and what would, and why it is refused.
import type { Change } from "../generated/Change";
import type { PlannedChange } from "../generated/PlannedChange";
import type { Refusal } from "../generated/Refusal";
import type { TeamRow } from "../generated/TeamRow";
import type { TeamView } from "../generated/TeamView";
import type { TokenRow } from "../generated/TokenRow";

type Of<Kind extends Change["kind"]> = Extract<Change, { kind: Kind }>;
type Sides = [PlannedChange["before"], PlannedChange["after"]];

function person(
  { members }: TeamView,
  { member, email }: Pick<Of<"remove_member">, "member" | "email">,
): TeamRow | undefined {
  // The owner is no member of the team.
  const others = members.filter(({ role }) => role !== "owner");
  return others.find((one) =>
    member !== null && one.id !== null
      ? one.id === member
      : email !== null && one.email?.toLowerCase() === email.toLowerCase(),
  );
}

export function memberSides(team: TeamView, change: Of<"remove_member">): Sides {
  const found = person(team, change);
  const member = change.email ?? change.member;
  const invited = found?.role === "invited" || found?.role === "invitation_ended";
  return [
    { member, standing: found === undefined ? "none" : invited ? "invited" : "member" },
    { member, standing: "none" },
  ];
}

export function memberRefusal(team: TeamView, change: Of<"remove_member">): Refusal | null {
  if (team.known_since === null)
    return { reason: "invalid", message: "The team was not fetched yet. Sync the profile first." };
  if (person(team, change)) return null;
  const called = change.email ?? change.member;
  return { reason: "nothing_to_do", message: `${called} is neither a member nor invited.` };
}

export function tokenRefusal(rows: TokenRow[], { fingerprint }: Of<"revoke_token">): Refusal | null {
  const row = rows.find((one) => one.fingerprint === fingerprint);
  if (!row) return { reason: "nothing_to_do", message: "The profile has no such token any more." };
  if (row.used_here === null) return null;
  const message = `This program reaches “${row.used_here}” with it: connect the account with another token first.`;
  return { reason: "invalid", message };
}

/** Nothing is kept of pictures: none ever stands. */
export function pictureSides({ logo_url, logo_file, banner_url, banner_file }: Of<"pictures">): Sides {
  const named = [
    ["logo_url", logo_file?.name ?? logo_url],
    ["banner_url", banner_file?.name ?? banner_url],
  ].filter((field): field is [string, string] => field[1] !== null);
  return [Object.fromEntries(named.map(([field]) => [field, null])), Object.fromEntries(named)];
}

export function pictureRefusal({ logo_url, banner_url }: Of<"pictures">): Refusal | null {
  const bad = [logo_url, banner_url].some((url) => url !== null && !/^https?:\/\/\S*$/.test(url));
  const message = "A picture's address must begin with https:// or http:// and be in one piece.";
  return bad ? { reason: "invalid", message } : null;
}

export function pictureWarnings({ logo_file, banner_file }: Of<"pictures">): string[] {
  return logo_file || banner_file
    ? ["The file is uploaded to where everybody who has its address can read it."]
    : [];
}
