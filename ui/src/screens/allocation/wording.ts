// What the shares of a limit and the slots of a plan are called.
import type { AllocationCell, AllocationSlots } from "../../backend";
import { count, number, percent, UNKNOWN } from "../../format";
import type { Tone } from "../../wording";

export interface CellText {
  glyph: string;
  text: string;
  /** The same as a sentence, for who hears it and who hovers. */
  spoken: string;
  tone: Tone;
}

/** A sum over some of the profiles says over how many. */
export function sum(amount: number, known: number, of: number): string {
  if (known === of) return number(amount);
  return known === 0 ? UNKNOWN : `${number(amount)} (${number(known)} of ${number(of)})`;
}

/** How much of a limit is allocated. More than was bought is the one bad state; a full one is only full. */
export function cellText(cell: AllocationCell, profiles: number): CellText {
  const { bought, allocated, allocated_known, free, used, used_known } = cell;
  const quiet = { glyph: "", tone: "quiet" } as const;
  if (bought === null) return { ...quiet, text: UNKNOWN, spoken: "what was bought is not known" };
  if (bought === 0 && allocated === 0) return { ...quiet, text: "none", spoken: "nothing was bought" };
  const spoken = `bought ${number(bought)}, allocated ${sum(allocated, allocated_known, profiles)}, free ${number(free)}, used ${sum(used, used_known, profiles)}`;
  if (allocated > bought) {
    const text = bought === 0 ? "over" : percent(allocated / bought);
    return { glyph: "✕", text, spoken: `more allocated than bought: ${spoken}`, tone: "over" };
  }
  if (free === null && allocated_known === 0) return { ...quiet, text: UNKNOWN, spoken };
  const least = free === null ? "≥ " : "";
  return { glyph: "", text: least + percent(allocated / bought), spoken, tone: "plain" };
}

/** The share of a limit that is allocated; `null` where it is not known, or where there is nothing to share. */
export function allocatedShare({ bought, allocated, allocated_known, free }: AllocationCell): number | null {
  if (bought === null || (bought === 0 && allocated === 0)) return null;
  if (allocated <= bought && free === null && allocated_known === 0) return null;
  return allocated / bought;
}

/** Members and invitations, and how many more the plan takes, in little room: `12 · 8 free`. */
export function memberBrief({ members, members_known, members_free, profiles }: AllocationSlots): string {
  if (members_known === 0 && profiles > 0) return UNKNOWN;
  // A team that is not known adds to both.
  const least = members_known === profiles ? "" : "≥ ";
  const free = members_free === null ? "" : ` · ${least}${number(members_free)} free`;
  return `${least}${number(members)}${free}`;
}

/** Taken and had, in little room: `5 / 5`. */
export function brief(taken: number, had: number | null): string {
  return had === null ? number(taken) : `${number(taken)} / ${number(had)}`;
}

export function profileSlots({ profiles, profiles_in_plan, profiles_free }: AllocationSlots): string {
  if (profiles_in_plan === null) return `${count(profiles, "profile")}; what the plan has is not published`;
  if (profiles > profiles_in_plan)
    return `${count(profiles, "profile")}, more than the plan's ${number(profiles_in_plan)}: special terms`;
  return `${number(profiles)} of ${count(profiles_in_plan, "profile")}, ${number(profiles_free)} free`;
}

export function memberSlots(slots: AllocationSlots): string {
  const { members, members_known, members_in_plan, members_free, members_beyond, profiles } = slots;
  const known =
    members_known === profiles
      ? ""
      : `, of ${number(members_known)} of ${number(profiles)} teams that are known`;
  if (members_known === 0 && profiles > 0) return "no team is known";
  if (members_in_plan === null) return `${count(members, "member")}${known}`;
  const beyond =
    members_beyond === 0
      ? ""
      : `; ${count(members_beyond, "profile has", "profiles have")} more than the plan: special terms`;
  return `${count(members, "member")} and invitations${known}, ${number(members_free)} free (${number(members_in_plan)} a profile)${beyond}`;
}
