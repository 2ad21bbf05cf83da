// A usage history for any profile and services: a working week's rhythm, with gaps, resets and an open period.
import type { ProfileOverview } from "../generated/ProfileOverview";
import type { Service } from "../generated/Service";
import { SERVICES } from "../generated/services";
import type { UsageBy } from "../generated/UsageBy";
import type { UsageChart } from "../generated/UsageChart";
import type { UsageQuery } from "../generated/UsageQuery";
import type { UsageSeries } from "../generated/UsageSeries";

import { random } from "./fleet";

const DAY = 86_400;
const MONTH = 30.4 * DAY;
const LENGTH = { hour: 3600, day: DAY, month: MONTH };

interface Span {
  from: number;
  to: number;
}

/** The cycle begins on the 3rd, at 09:00. */
function cycleStart(at: number, back: number): number {
  const date = new Date(at * 1000);
  const start = (months: number): number =>
    Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - months, 3, 9) / 1000;
  return start(back + (start(0) > at ? 1 : 0));
}

function spanOf(query: UsageQuery, now: number): Span {
  if (query.cycle !== null) {
    return { from: cycleStart(now, query.cycle), to: cycleStart(now, query.cycle - 1) };
  }
  const to = query.to === null ? now : Date.parse(query.to) / 1000;
  const usual = query.by === "hour" ? 31 * DAY : 13 * MONTH;
  return { from: query.from === null ? to - usual : Date.parse(query.from) / 1000, to };
}

function periodsOf({ from, to }: Span, by: UsageBy, whole: boolean, now: number): [number[], number] {
  const last = Math.min(to, now);
  const starts: number[] = [];
  let start = Math.floor(from / LENGTH[by]) * LENGTH[by];
  if (by === "month") {
    const date = new Date(from * 1000);
    start = Date.UTC(date.getUTCFullYear(), date.getUTCMonth()) / 1000;
  }
  while (start < last) {
    starts.push(whole ? Math.max(start, from) : start);
    const date = new Date(start * 1000);
    start =
      by === "month" ? Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1) / 1000 : start + LENGTH[by];
  }
  return [starts, whole ? Math.min(start, to) : start];
}

/** What is used or stored in each period, or the running total at its end. */
function amountsOf(
  query: UsageQuery,
  service: Service,
  limit: number,
  starts: number[],
  by: UsageBy,
): (number | null)[] {
  const level = SERVICES.find(({ key }) => key === service)?.kind === "level";
  const place = SERVICES.findIndex(({ key }) => key === service);
  const next = random(query.profile * 31 + place * 7 + 5);
  let total = 0;
  let cycle = 0;
  return starts.map((start, index) => {
    const date = new Date(start * 1000);
    const unknown = by !== "month" && Math.floor(start / DAY) % 97 > 94;
    const weekend = date.getUTCDay() % 6 === 0 ? 0.55 : 1;
    const day =
      by === "hour" ? 0.4 + Math.max(0, Math.sin(((date.getUTCHours() - 5) / 24) * Math.PI * 2)) : 1;
    const used = Math.round(((limit * 0.9 * LENGTH[by]) / MONTH) * weekend * day * (0.8 + next() * 0.4));
    if (level) return unknown ? null : Math.round(limit * (0.4 + (0.3 * index) / starts.length));
    // A day in which a cycle begins ends with what the new one used.
    const of = cycleStart(start + LENGTH[by] - 1, 0);
    total = of === cycle ? total + used : used;
    cycle = of;
    if (unknown) return null;
    return query.running ? total : used;
  });
}

export function history(query: UsageQuery, profile: ProfileOverview | null, date: Date): UsageChart {
  const now = date.getTime() / 1000;
  const span = spanOf(query, now);
  const whole = query.cycle !== null;
  const hours = (span.to - span.from) / 3600;
  const by = query.by === "hour" && hours >= 2000 ? "day" : query.by;
  const [starts, end] = periodsOf(span, by, whole, now);
  const services = query.services.length > 0 ? query.services : [profile?.row.worst ?? "input"];
  const cycles: number[] = [];
  for (let back = 15; back >= 0; back -= 1) {
    const start = cycleStart(now, back + (query.cycle ?? 0));
    if (start >= span.from && start < span.to) cycles.push(start);
  }
  const series = services.map((service): UsageSeries => {
    const index = SERVICES.findIndex(({ key }) => key === service);
    const limit = profile?.row.usage[index]?.limit ?? null;
    const level = SERVICES[index]?.kind === "level";
    const amounts = amountsOf(query, service, limit ?? 1000, starts, by);
    const used = amountsOf({ ...query, running: false }, service, limit ?? 1000, starts, by);
    const sum = used.reduce<number>((sum, amount) => sum + (amount ?? 0), 0);
    const seen = Math.max(span.from, cycleStart(now, 0) - 40 * DAY);
    const previous = { from: cycleStart(span.from - 1, 0), to: span.from };
    const [before, beforeEnd] = periodsOf(previous, by, true, now);
    const moved = span.from - previous.from;
    return {
      service,
      amounts,
      lower_bound:
        level || query.running
          ? []
          : starts.flatMap((start, place) =>
              amounts[place] !== null && new Date(start * 1000).getUTCDate() === 2 && by === "day"
                ? [place]
                : [],
            ),
      open: end > now && amounts.at(-1) !== null ? [starts.length - 1] : [],
      unknown: amounts.filter((amount) => amount === null).length,
      sum: level ? null : sum,
      sum_lower_bound: false,
      limit,
      limits: limit === null ? [] : [{ at: seen, limit }],
      before:
        query.compare && whole
          ? {
              starts: before.map((start) => start + moved),
              end: beforeEnd + moved,
              amounts: amountsOf(query, service, (limit ?? 1000) * 0.9, before, by),
              sum: level ? null : Math.round(sum * 0.9),
              sum_lower_bound: false,
            }
          : null,
    };
  });
  return {
    by,
    starts,
    end: starts.length > 0 ? end : null,
    ...span,
    cycles,
    utc: [],
    series,
    timezone: query.timezone === "" ? "UTC" : query.timezone,
    freshness: { state: "fresh", fetched_at: new Date(date.getTime() - 5 * 60_000).toISOString() },
  };
}
