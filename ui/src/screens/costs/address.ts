// What the screen of costs shows, and how an address says so.
export interface CostsView {
  filter: string;
  /** Whether the accounts are shown, line by line, in place of the profiles. */
  accounts: boolean;
  /** The past day whose end is shown; `null` is now. `2026-10-31`. */
  day: string | null;
}

export const NOW: CostsView = { filter: "", accounts: false, day: null };

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** The part of an address after `?`; empty if nothing is chosen. */
export function viewAddress({ filter, accounts, day }: CostsView): string {
  const parts = new URLSearchParams();
  if (filter !== "") parts.set("filter", filter);
  if (accounts) parts.set("show", "accounts");
  if (day !== null) parts.set("at", day);
  return parts.toString();
}

/** Reads that part; what it does not understand is as if it were not there. */
export function parseView(text: string): CostsView {
  const parts = new URLSearchParams(text);
  const day = parts.get("at") ?? "";
  return {
    filter: parts.get("filter") ?? "",
    accounts: parts.get("show") === "accounts",
    day: isDay(day) ? day : null,
  };
}

/** Whether a text is a day that there is. */
export function isDay(text: string): boolean {
  const at = new Date(`${text}T00:00:00Z`);
  return DAY.test(text) && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

/** The last moment of a day of UTC; `null` is now, as for the day that is not over. */
export function endOf(day: string | null, now: Date): string | null {
  if (day === null || day === now.toISOString().slice(0, 10)) return null;
  return new Date(`${day}T23:59:59Z`).toISOString();
}
