// Numbers and times as text. Every formatter of the page is made here, with the language of `locale`.
import { locale } from "./locale";

/** What stands where nothing is known. */
export const UNKNOWN = "—";

const NO_BREAK = "\u00a0";

const numbers = new Map<number, Intl.NumberFormat>();

function withDigits(value: number, least: number, most = least): string {
  const key = least * 10 + most;
  let format = numbers.get(key);
  if (!format) {
    format = new Intl.NumberFormat(locale, { minimumFractionDigits: least, maximumFractionDigits: most });
    numbers.set(key, format);
  }
  return format.format(value);
}

/** A whole number or one with at most two decimals, grouped: `1,158,425`. */
export function number(value: number | null): string {
  return value === null ? UNKNOWN : withDigits(value, 0, 2);
}

const PARTS = new Intl.NumberFormat(locale).formatToParts(1_234_567.8);
const part = (type: "group" | "decimal", usual: string): string =>
  PARTS.find((one) => one.type === type)?.value ?? usual;
const [GROUP, DECIMAL] = [part("group", ","), part("decimal", ".")];

/** A number from 0 as a person types it or copies it from here; `null` if it is none. */
export function typedNumber(text: string): number | null {
  const plain = text.trim().replaceAll(/[\s_]/g, " ");
  const [whole = "", decimals, ...more] = plain.split(DECIMAL);
  const group = /\s/.test(GROUP) ? " " : GROUP;
  const groups = whole.split(group);
  // A separator that parts no thousands may be meant as the other one.
  const apart = groups.every((one, place) => (place === 0 ? /^\d{1,3}$/ : /^\d{2,3}$/).test(one));
  if (groups.length > 1 && !(apart && groups.at(-1)?.length === 3)) return null;
  const digits = groups.join("").replaceAll(" ", "") + (decimals === undefined ? "" : `.${decimals}`);
  return more.length === 0 && /^\d+(\.\d+)?$/.test(digits) ? Number(digits) : null;
}

/** `1 profile`, `240 profiles`. */
export function count(value: number, one: string, many = `${one}s`): string {
  return `${number(value)} ${value === 1 ? one : many}`;
}

/** A screen has hundreds of them, most of them the same few. */
const percents = new Map<number, string>();
const MOST_PERCENTS = 1_000;

/**
 * A share of a limit in whole percent, cut and not rounded: 99.9 % must not read as the limit itself.
 * Something used, but less than one percent, is not zero.
 */
export function percent(share: number): string {
  const whole = Math.floor(share * 100 + 1e-9);
  if (whole === 0 && share > 0) return `<1${NO_BREAK}%`;
  let text = percents.get(whole);
  if (text === undefined) {
    text = `${withDigits(whole, 0)}${NO_BREAK}%`;
    if (percents.size < MOST_PERCENTS) percents.set(whole, text);
  }
  return text;
}

/** A share of a limit that is used up each day: `+1.2 %`, `−0.3 %`, `<0.1 %`. */
export function daily(share: number): string {
  const size = Math.abs(share * 100);
  const sign = share < 0 ? "−" : "+";
  if (size === 0) return `0${NO_BREAK}%`;
  if (size < 0.05) return `${share < 0 ? "−" : ""}<0.1${NO_BREAK}%`;
  return `${sign}${withDigits(size, 0, size < 9.95 ? 1 : 0)}${NO_BREAK}%`;
}

interface Scaled {
  text: string;
  suffix: string;
}

/** At most four figures and the power of ten that they are of. */
function scaled(value: number): Scaled {
  const size = Math.abs(value);
  if (size < 100_000) return { text: withDigits(value, 0, size < 1000 ? 1 : 0), suffix: "" };
  if (size < 999_500) return { text: withDigits(value / 1e3, 0), suffix: "k" };
  const [power, suffix] = size < 999_500_000 ? [1e6, "M"] : [1e9, "G"];
  const top = size / power;
  return { text: withDigits(value / power, top < 9.995 ? 2 : top < 99.95 ? 1 : 0), suffix };
}

/** A number in little room: `902 k`, `1.16 M`. */
export function compact(value: number | null): string {
  if (value === null) return UNKNOWN;
  const { text, suffix } = scaled(value);
  return suffix === "" ? text : text + NO_BREAK + suffix;
}

/** Used over limit in little room: `1.20 / 1.16 M`, `8 / 10`, `50.7 / 200 MB`. */
export function usedOfLimit(used: number | null, limit: number | null, unit = ""): string {
  const left = used === null ? { text: UNKNOWN, suffix: "" } : scaled(used);
  const right = limit === null ? { text: UNKNOWN, suffix: "" } : scaled(limit);
  const shared = left.suffix === right.suffix || used === null || used === 0;
  const first = shared || left.suffix === "" ? left.text : left.text + NO_BREAK + left.suffix;
  const end = [right.suffix, unit].filter(Boolean).join(NO_BREAK);
  return `${first} / ${right.text}${end === "" ? "" : NO_BREAK + end}`;
}

/** A length in bytes: `3.48 MB`. */
export function bytes(value: number): string {
  if (value < 1_000) return count(value, "byte");
  const [unit, name] = value < 999_500 ? [1e3, "kB"] : value < 999_500_000 ? [1e6, "MB"] : [1e9, "GB"];
  return `${withDigits(value / unit, 0, value / unit < 100 ? 2 : 0)}${NO_BREAK}${name}`;
}

const dates = new Map<string, Intl.DateTimeFormat>();

function dateFormat(
  name: string,
  options: Intl.DateTimeFormatOptions,
  timeZone?: string,
): Intl.DateTimeFormat {
  const key = `${name} ${timeZone ?? ""}`;
  let format = dates.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(locale, timeZone === undefined ? options : { ...options, timeZone });
    dates.set(key, format);
  }
  return format;
}

const CLOCK: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
const DAY: Intl.DateTimeFormatOptions = { day: "numeric", month: "short", year: "numeric" };

/** `14:02`, where this computer is. */
export function clock(moment: Date): string {
  return dateFormat("clock", CLOCK).format(moment);
}

/** `22 Nov 2026, 14:02` in the order that the language has. */
export function moment(at: Date, timeZone?: string): string {
  return dateFormat("moment", { ...DAY, ...CLOCK }, timeZone).format(at);
}

/** `22 Nov 2026`. */
export function day(at: Date, timeZone?: string): string {
  return dateFormat("day", DAY, timeZone).format(at);
}

/** `22 Nov`, for an axis or a short span. */
export function dayOfMonth(at: Date, timeZone?: string): string {
  return dateFormat("dayOfMonth", { day: "numeric", month: "short" }, timeZone).format(at);
}

/** `Today`, `Yesterday`, else `Fri 20 Nov`, with the year if it is another one. */
export function dayName(at: Date, now: Date): string {
  if (at.toDateString() === now.toDateString()) return "Today";
  const before = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  if (at.toDateString() === before.toDateString()) return "Yesterday";
  const date: Intl.DateTimeFormatOptions = { day: "numeric", month: "short" };
  return at.getFullYear() === now.getFullYear()
    ? dateFormat("weekday", { weekday: "short", ...date }).format(at)
    : dateFormat("day", DAY).format(at);
}

/** The instant itself, the same everywhere: `2026-11-22 13:02:10 UTC`. */
export function instant(at: Date): string {
  return `${at.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** `November 2026`. */
export function month(at: Date, timeZone?: string): string {
  return dateFormat("month", { month: "long", year: "numeric" }, timeZone).format(at);
}

/** `Nov 26`, for an axis. */
export function shortMonth(at: Date, timeZone?: string): string {
  return dateFormat("shortMonth", { month: "short", year: "2-digit" }, timeZone).format(at);
}

/** `14:00`, in any zone. */
export function clockIn(at: Date, timeZone?: string): string {
  return dateFormat("clockIn", CLOCK, timeZone).format(at);
}

/** The zone that this computer is in. */
export function localZone(): string {
  return new Intl.DateTimeFormat(locale).resolvedOptions().timeZone || "UTC";
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** When, in little room: the time if it was today, else how long ago: `14:02`, `20 h`, `2 d`. */
export function asOf(at: Date, now: Date): string {
  if (at.toDateString() === now.toDateString()) return clock(at);
  const age = now.getTime() - at.getTime();
  if (age < 0) return day(at);
  if (age < 48 * HOUR) return `${withDigits(Math.floor(age / HOUR), 0)}${NO_BREAK}h`;
  return `${withDigits(Math.floor(age / (24 * HOUR)), 0)}${NO_BREAK}d`;
}

/** When, in a sentence: `14:02` today, else `20 Nov 2026, 14:02`. */
export function at(moment_: Date, now: Date): string {
  return moment_.toDateString() === now.toDateString() ? clock(moment_) : moment(moment_);
}

/** How long something took, from seconds: `0.4 s`, `48 s`, `3 min 20 s`, `2 h 5 min`. */
export function took(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
