// The periods of a usage history as text, and what of it is drawn.
import type { Service, UsageBy, UsageChart, UsageSeries } from "../../backend";
import { SERVICES } from "../../backend";
import { clockIn, day, dayOfMonth, month, moment, shortMonth } from "../../format";

export type Value = number | null;

/** A stretch of the time axis, in seconds since 1970. */
export interface Span {
  from: number;
  to: number;
}

/** Periods that follow each other: one ends where the next begins. */
interface Periods {
  starts: number[];
  end: number | null;
}

/** When a period ends: where the next one begins. */
export function endOf({ starts, end }: Periods, index: number): number {
  return starts[index + 1] ?? end ?? starts[index] ?? 0;
}

/** `22 Nov 2026, 14:00`, `22 Nov 2026`, `November 2026`. */
export function periodLabel(start: number, by: UsageBy, timeZone: string): string {
  const date = new Date(start * 1000);
  switch (by) {
    case "hour":
      return moment(date, timeZone);
    case "day":
      return day(date, timeZone);
    case "month":
      return month(date, timeZone);
  }
}

/** A label of the time axis; a tick at midnight names its day. */
export function tickLabel(tick: number, apart: number, timeZone: string): string {
  const date = new Date(tick * 1000);
  if (apart >= 25 * 86_400) return shortMonth(date, timeZone);
  if (apart >= 20 * 3600) return dayOfMonth(date, timeZone);
  const time = clockIn(date, timeZone);
  return time === "00:00" ? dayOfMonth(date, timeZone) : time;
}

export function isLevel(service: Service): boolean {
  return SERVICES.find(({ key }) => key === service)?.kind === "level";
}

/** How a history is drawn: bars for amounts, steps for what is stored, a line for a running total. */
export type Shape = "bars" | "steps" | "line";

export function shapeOf(service: Service, running: boolean): Shape {
  if (isLevel(service)) return "steps";
  return running ? "line" : "bars";
}

/** The whole range, or the periods' own where it is no cycle. */
export function spanOf({ starts, end, from, to }: UsageChart, cycle: boolean): Span {
  if (cycle || starts.length === 0) return { from, to };
  return { from: starts[0] ?? from, to: end ?? to };
}

/** A corner of a line; without a value the line is broken there. */
export interface Corner {
  at: number;
  value: Value;
}

/**
 * A running total as a line through the periods' ends, from zero where a cycle begins. `now` in seconds: what is
 * not over yet is known until then at most.
 */
export function lineOf(periods: Periods, amounts: Value[], cycles: number[], now = Infinity): Corner[] {
  const corners: Corner[] = [];
  const zeros = [...cycles];
  amounts.forEach((value, index) => {
    const start = periods.starts[index] ?? 0;
    const end = endOf(periods, index);
    while (zeros[0] !== undefined && zeros[0] < end) {
      const at = zeros.shift() ?? start;
      if (corners.length > 0) corners.push({ at, value: null });
      corners.push({ at, value: value === null ? null : 0 });
    }
    corners.push({ at: Math.max(start, Math.min(end, now)), value });
  });
  return corners;
}

/** What is stored as steps: each value from its period's beginning to its end. */
export function stepsOf(periods: Periods, amounts: Value[], now = Infinity): Corner[] {
  return amounts.flatMap((value, index) => [
    { at: periods.starts[index] ?? 0, value },
    { at: Math.min(endOf(periods, index), Math.max(now, periods.starts[index] ?? 0)), value },
  ]);
}

/** Below this share of the chart's height the history could not be read for the limit's sake. */
const LEAST_PART = 0.08;

/**
 * What is to be said of the limit. For what is stored and for a running total it is a line. An amount can be compared
 * with it by month alone, since it holds for a whole cycle: by hour and day it is told. A line far above everything
 * would flatten the rest: it is told as well.
 */
export function limitIn(
  series: UsageSeries,
  by: UsageBy,
  running: boolean,
): "line" | "above" | "cycle" | "none" {
  const limits = [series.limit, ...series.limits.map(({ limit }) => limit)].filter(
    (limit) => limit !== null && limit > 0,
  );
  if (limits.length === 0) return "none";
  if (shapeOf(series.service, running) === "bars" && by !== "month") return "cycle";
  const highest = Math.max(0, ...series.amounts.map((amount) => amount ?? 0));
  return highest >= Math.min(...limits.map((limit) => limit ?? 0)) * LEAST_PART ? "line" : "above";
}

/** The limit as it was, from step to step; `seen` is false before the first time that it was seen. */
export function limitLines(series: UsageSeries, span: Span): (Span & { limit: number; seen: boolean })[] {
  const lines: (Span & { limit: number; seen: boolean })[] = [];
  const first = series.limits[0];
  const unseen = first ? first.limit : series.limit;
  const since = first?.at ?? span.to;
  if (unseen !== null && unseen > 0 && since > span.from) {
    lines.push({ from: span.from, to: since, limit: unseen, seen: false });
  }
  series.limits.forEach(({ at, limit }, index) => {
    const to = series.limits[index + 1]?.at ?? span.to;
    if (limit !== null && limit > 0) lines.push({ from: at, to, limit, seen: true });
  });
  return lines;
}

/** The places of the periods that a span shows some of. */
export function placesIn(periods: Periods, span: Span): number[] {
  return periods.starts.flatMap((start, index) =>
    start < span.to && endOf(periods, index) > span.from ? [index] : [],
  );
}

/** In pixels: what is drawn over a shorter stretch was a click with an unsteady hand. */
const LEAST_DRAG = 4;

/**
 * The part of a chart that was dragged over, in pixels from its left edge; `second` says which moment stands at a
 * pixel. `null` where that is no part to look at: hardly a drag, or a stretch without any period.
 */
export function dragged(
  { left, width }: { left: number; width: number },
  second: (pixel: number) => number,
  periods: Periods,
  span: Span,
): Span | null {
  if (width < LEAST_DRAG) return null;
  // What is drawn beyond the edges is nothing that is shown.
  const from = Math.max(span.from, Math.round(second(left)));
  const to = Math.min(span.to, Math.round(second(left + width)));
  return to > from && placesIn(periods, { from, to }).length > 0 ? { from, to } : null;
}
