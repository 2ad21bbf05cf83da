import { expect, test } from "vitest";

import { usableLocale } from "./locale";

test.each([
  ["C", "en-US"],
  ["c", "en-US"],
  ["", "en-US"],
  ["C.UTF-8", "en-US"],
  ["en_US.UTF-8", "en-US"],
  [undefined, "en-US"],
  ["de-DE", "de-DE"],
  ["en-GB", "en-GB"],
])("a desktop that says %j is formatted as %j", (tag, locale) => {
  expect(usableLocale(tag)).toBe(locale);
});

test("under the language C the chart library and the formatters can be imported", async () => {
  Object.defineProperty(navigator, "language", { value: "C", configurable: true });
  const { vi } = await import("vitest");
  vi.resetModules();
  const { locale } = await import("./locale");
  expect(locale).toBe("en-US");
  expect(navigator.language).toBe("en-US");
  await expect(import("uplot")).resolves.toBeTruthy();
  const { number } = await import("./format");
  expect(number(1158425)).toBe("1,158,425");
});
