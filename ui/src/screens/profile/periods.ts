// The periods of a usage history as text and as columns for the chart.
import type { UsageBy, UsageChart } from "../../backend";
import { clockIn, day, dayOfMonth, month, moment, shortMonth } from "../../format";

/** When a period ends: where the next one begins. */
export function endOf(chart: UsageChart, index: number): number {
  return chart.starts[index + 1] ?? chart.end ?? chart.starts[index] ?? 0;
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

type Value = number | null;

export interface Columns {
  starts: number[];
  /** Periods that are over and known to their end. */
  whole: Value[];
  /** Periods that are still open, or known in part. */
  open: Value[];
}

/** The history in the chart's columns, with one more at the end, so that the last period has its width. */
export function columnsOf(chart: UsageChart, level: boolean): Columns {
  const starts = [...chart.starts];
  const whole: Value[] = chart.amounts.map((amount, index) =>
    level || chart.complete[index] ? amount : null,
  );
  const open: Value[] = chart.amounts.map((amount, index) =>
    level || chart.complete[index] ? null : amount,
  );
  const last = starts.at(-1);
  if (chart.end !== null && last !== undefined && chart.end > last) {
    starts.push(chart.end);
    whole.push(level ? (chart.amounts.at(-1) ?? null) : null);
    open.push(null);
  }
  return { starts, whole, open };
}

/** Below this share of the chart's height the history could not be read for the limit's sake. */
const LEAST_PART = 0.08;

/**
 * What is to be said of the limit: for a level it is a line; for a counter it holds for a whole cycle, so that
 * only months can be compared with it. A line far above everything would flatten the rest: it is told instead.
 */
export function limitIn(chart: UsageChart, by: UsageBy, level: boolean): "line" | "above" | "none" {
  if (chart.limit === null || chart.limit === 0 || !(level || by === "month")) return "none";
  const highest = Math.max(0, ...chart.amounts.map((amount) => amount ?? 0));
  return highest >= chart.limit * LEAST_PART ? "line" : "above";
}
