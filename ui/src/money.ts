// Money as text. It comes in cents of a US dollar and is never divided but to be shown.
import { UNKNOWN } from "./format";
import { locale } from "./locale";

const exact = new Intl.NumberFormat(locale, { style: "currency", currency: "USD" });
const whole = new Intl.NumberFormat(locale, {
  style: "currency",
  currency: "USD",
  maximumFractionDigits: 0,
});

/** To the cent: `$1,158.42`. */
export function money(cents: number | null): string {
  return cents === null ? UNKNOWN : exact.format(cents / 100);
}

/** In whole dollars, where the cents stand elsewhere: `$1,158`. Less than a dollar is shown to the cent. */
export function dollars(cents: number): string {
  return Math.abs(cents) < 100 && cents !== 0 ? exact.format(cents / 100) : whole.format(cents / 100);
}
