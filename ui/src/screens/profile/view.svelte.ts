// What a person chose to see of usage histories. It outlives the page: the next profile is seen in the same way.
import type { Service, UsageBy, UsageQuery } from "../../backend";

export type Range = "cycle" | "days" | "months" | "dates";

const DAY = 86_400_000;

/** A date as it is typed: `2026-11-22`. */
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;

/** The first moment of a day, in UTC or where this computer is; `null` if it is no date. */
export function midnight(text: string, utc: boolean, after = 0): Date | null {
  const [, year, month, date] = (DATE.exec(text.trim()) ?? []).map(Number);
  if (year === undefined || month === undefined || date === undefined) return null;
  const at = utc
    ? new Date(Date.UTC(year, month - 1, date + after))
    : new Date(year, month - 1, date + after);
  // The 31st of a shorter month is no date.
  const check = utc ? new Date(Date.UTC(year, month - 1, date)) : new Date(year, month - 1, date);
  return (utc ? check.getUTCDate() : check.getDate()) === date ? at : null;
}

export class UsageView {
  /** `null` until somebody chooses: the service that is nearest to its limit. */
  services = $state.raw<readonly Service[] | null>(null);
  range = $state<Range>("cycle");
  /** How many cycles before the one that runs. */
  back = $state(0);
  from = $state("");
  to = $state("");
  by = $state<UsageBy>("day");
  running = $state(true);
  compare = $state(true);
  timezone = $state("UTC");
  asTable = $state(false);

  /** Why the dates that were typed cannot be used; empty if they can. */
  get wrong(): string {
    if (this.range !== "dates") return "";
    const from = midnight(this.from, true);
    const to = midnight(this.to, true);
    if (!from || !to) return "Type both days as 2026-11-22.";
    return from <= to ? "" : "The first day is after the last.";
  }

  /** The time that somebody chose, in words that stand still while its ends move on with the clock. */
  get period(): string {
    const { range } = this;
    if (range === "cycle") return `${range} ${this.back}`;
    return range === "dates" ? `${range} ${this.from} ${this.to}` : range;
  }

  query(profile: number, now: Date): UsageQuery {
    const utc = this.timezone === "UTC";
    const span = { from: null as string | null, to: null as string | null };
    if (this.range === "days") span.from = new Date(now.getTime() - 31 * DAY).toISOString();
    if (this.range === "months") {
      span.from = new Date(
        Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 12, 1) + (utc ? 0 : DAY / 2),
      ).toISOString();
    }
    if (this.range === "dates") {
      span.from = midnight(this.from, utc)?.toISOString() ?? null;
      span.to = midnight(this.to, utc, 1)?.toISOString() ?? null;
    }
    return {
      profile,
      services: [...(this.services ?? [])],
      by: this.by,
      cycle: this.range === "cycle" ? this.back : null,
      ...span,
      running: this.running,
      compare: this.compare && this.range === "cycle",
      timezone: this.timezone,
    };
  }
}

export const usageView = new UsageView();
