// A usage history for any profile and service: a working week's rhythm, with gaps, a reset and an open period.
import type { ServiceKind } from "../generated/ServiceKind";
import { SERVICES } from "../generated/services";
import type { UsageChart } from "../generated/UsageChart";
import type { UsageQuery } from "../generated/UsageQuery";

import { random } from "./fleet";

const LENGTH = { hour: 3600, day: 86_400, month: 30.4 * 86_400 };
const PERIODS = { hour: 744, day: 396, month: 13 };

function startsOf(query: UsageQuery, now: Date): { starts: number[]; end: number } {
  if (query.by === "month") {
    const starts = Array.from(
      { length: PERIODS.month },
      (_, back) => Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - (PERIODS.month - 1 - back)) / 1000,
    );
    return { starts, end: Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1) / 1000 };
  }
  const length = LENGTH[query.by];
  const last = Math.floor(now.getTime() / 1000 / length) * length;
  const from = query.from === null ? last - (PERIODS[query.by] - 1) * length : Date.parse(query.from) / 1000;
  const starts: number[] = [];
  for (let start = Math.floor(from / length) * length; start <= last; start += length) starts.push(start);
  return { starts, end: last + length };
}

export function history(query: UsageQuery, limit: number | null, now: Date): UsageChart {
  const service = SERVICES.findIndex(({ key }) => key === query.service);
  const kind: ServiceKind = SERVICES[service]?.kind ?? "counter";
  const next = random(query.profile * 31 + service * 7 + 5);
  const { starts, end } = startsOf(query, now);
  const perPeriod = ((limit ?? 1000) * 0.8 * LENGTH[query.by]) / LENGTH.month;
  const amounts = starts.map((start, index): number | null => {
    if (index % 97 > 92 && query.by !== "month") return null;
    const date = new Date(start * 1000);
    const weekend = date.getUTCDay() % 6 === 0 ? 0.55 : 1;
    const day =
      query.by === "hour" ? 0.4 + Math.max(0, Math.sin(((date.getUTCHours() - 5) / 24) * Math.PI * 2)) : 1;
    if (kind === "level")
      return Math.round((limit ?? 100) * (0.4 + (0.3 * index) / starts.length + next() * 0.02));
    return Math.round(
      perPeriod * weekend * day * (0.8 + next() * 0.4) * (index === starts.length - 1 ? 0.4 : 1),
    );
  });
  const known = amounts.filter((amount) => amount !== null);
  return {
    starts,
    end,
    amounts,
    lower_bound: starts.map(
      (start, index) =>
        kind === "counter" &&
        amounts[index] !== null &&
        new Date(start * 1000).getUTCDate() === 1 &&
        (query.by !== "hour" || new Date(start * 1000).getUTCHours() === 0),
    ),
    complete: amounts.map((amount, index) => amount !== null && index < amounts.length - 1),
    limit,
    sum: kind === "counter" ? known.reduce((sum, amount) => sum + amount, 0) : null,
    unknown: amounts.length - known.length,
    timezone: query.timezone === "" ? "UTC" : query.timezone,
    freshness: { state: "fresh", fetched_at: new Date(now.getTime() - 5 * 60_000).toISOString() },
  };
}
