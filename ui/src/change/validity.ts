// How long a new token is valid, and what it may do, as a person chooses it.
import type { TokenPermission, TokenRow } from "../backend";
import { count } from "../format";

const DAY = 86_400_000;

export const SPANS: readonly (readonly [days: string, label: string])[] = [
  ["30", "30 days"],
  ["90", "90 days"],
  ["365", "a year"],
  ["", "for good"],
];

export const MAY: readonly (readonly [TokenPermission, string])[] = [
  ["read", "read"],
  ["write", "write"],
  ["full", "everything"],
];

/** When a token made now ends; `null` is never. */
export function end(days: string, now: Date): string | null {
  return days === "" ? null : new Date(now.getTime() + Number(days) * DAY).toISOString();
}

/** So many days as a token was made for, and the choices with these among them. Where it is not known, 90. */
export function spansOf({ created_at, expires_at, never_expires }: TokenRow): {
  days: string;
  spans: readonly (readonly [days: string, label: string])[];
} {
  if (never_expires) return { days: "", spans: SPANS };
  if (created_at === null || expires_at === null) return { days: "90", spans: SPANS };
  const life = new Date(expires_at).getTime() - new Date(created_at).getTime();
  const days = String(Math.max(1, Math.round(life / DAY)));
  if (SPANS.some(([known]) => known === days)) return { days, spans: SPANS };
  return { days, spans: [[days, `${count(Number(days), "day")}, as the old one`], ...SPANS] };
}

/** What a token that takes another one's place may do: the same, where that is a choice. */
export function mayOf({ permission }: TokenRow): TokenPermission {
  return MAY.find(([key]) => key === permission)?.[0] ?? "read";
}
