// What is remembered, and what is not believed.
import { beforeEach, expect, test } from "vitest";

import { remembered } from "./remembered";

const words = (kept: unknown): string[] | null =>
  Array.isArray(kept) && kept.every((word) => typeof word === "string") ? kept : null;

beforeEach(() => localStorage.clear());

test("a value comes back, and under its own name alone", () => {
  remembered("one", 1, words).set(["a", "b"]);
  expect(remembered("one", 1, words).get()).toEqual(["a", "b"]);
  expect(remembered("other", 1, words).get()).toBeNull();
});

test.each([
  "",
  "{",
  "null",
  "[]",
  '{"version":1}',
  '{"version":1,"value":[1]}',
  '{"version":2,"value":["a"]}',
])("what makes no sense is as if it were not there: %s", (garbage) => {
  localStorage.setItem("profile-desk.one", garbage);
  expect(remembered("one", 1, words).get()).toBeNull();
});
