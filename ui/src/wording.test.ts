import { expect, test } from "vitest";

import type { Freshness } from "./backend";
import { freshnessText } from "./wording";

const now = new Date(2026, 10, 22, 14, 10);
const ago = (minutes: number): string => new Date(now.getTime() - minutes * 60_000).toISOString();

const STATES: Freshness[] = [
  { state: "never_fetched" },
  { state: "fresh", fetched_at: ago(8) },
  { state: "stale", fetched_at: ago(8) },
  { state: "failed", attempted_at: ago(1), fetched_at: ago(8), reason: "No route." },
  { state: "failed", attempted_at: ago(1), fetched_at: null, reason: "No route." },
  { state: "not_permitted", attempted_at: ago(8), reason: "Authorization Denied" },
  { state: "not_there", fetched_at: ago(8) },
];

test("no two states of a datum look the same, even with the same time and without colour", () => {
  const texts = STATES.map((state) => freshnessText(state, now));
  expect(new Set(texts.map(({ glyph, short }) => `${glyph} ${short}`)).size).toBe(STATES.length);
  expect(new Set(texts.map(({ full }) => full)).size).toBe(STATES.length);
});

test("a failure says why, and what still stands", () => {
  const [, , , failed, never] = STATES.map((state) => freshnessText(state, now).full);
  expect(failed).toBe("Failed at 14:09: No route. What was stored at 14:02 still stands.");
  expect(never).toBe("Failed at 14:09: No route. Nothing was stored before.");
});
