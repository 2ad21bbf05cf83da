import { describe, expect, test } from "vitest";

import { asOf, compact, count, dayName, instant, number, percent, usedOfLimit } from "./format";

/** As a person sees it: no-break spaces are spaces. */
const plain = (text: string): string => text.replaceAll("\u00a0", " ");

describe("a number", () => {
  test.each([
    [0, "0"],
    [8, "8"],
    [50.7, "50.7"],
    [1614, "1,614"],
    [99_999, "99,999"],
    [902_880, "903 k"],
    [999_499, "999 k"],
    [999_500, "1.00 M"],
    [1_158_425, "1.16 M"],
    [38_000_000, "38.0 M"],
    [380_000_000, "380 M"],
    [1_200_000_000, "1.20 G"],
  ])("%d stands in little room as %s", (value, text) => {
    expect(plain(compact(value))).toBe(text);
  });

  test("that is unknown is a dash and not zero", () => {
    expect(number(null)).toBe("—");
    expect(compact(null)).toBe("—");
  });
});

test.each([
  [1_204_762, 1_158_425, "", "1.20 / 1.16 M"],
  [2_318_000, 3_800_000, "", "2.32 / 3.80 M"],
  [535_242, 3_800_000, "", "535 k / 3.80 M"],
  [1_614, 4_364, "", "1,614 / 4,364"],
  [350, 5_000_000, "", "350 / 5.00 M"],
  [0, 5_000_000, "", "0 / 5.00 M"],
  [50.7, 200, "MB", "50.7 / 200 MB"],
  [8, 10, "", "8 / 10"],
  [null, 10, "", "— / 10"],
  [8, null, "", "8 / —"],
])("%j of %j %s reads %s", (used, limit, unit, text) => {
  expect(plain(usedOfLimit(used, limit, unit))).toBe(text);
});

test.each([
  [0, "0 %"],
  [0.001, "<1 %"],
  [0.29, "29 %"],
  [0.9999, "99 %"],
  [1, "100 %"],
  [1.32, "132 %"],
])("the share %d is cut to %s, so that what is below the limit never reads as the limit", (share, text) => {
  expect(plain(percent(share))).toBe(text);
});

test("one is not many", () => {
  expect(count(1, "profile")).toBe("1 profile");
  expect(count(240, "profile")).toBe("240 profiles");
});

test("a time of today is a time, an older one says how old it is", () => {
  const now = new Date(2026, 10, 22, 14, 10);
  const before = (minutes: number): string => plain(asOf(new Date(now.getTime() - minutes * 60_000), now));
  expect(before(8)).toBe("14:02");
  expect(before(14 * 60 + 9)).toBe("00:01");
  expect(before(20 * 60)).toBe("20 h");
  expect(before(50 * 60)).toBe("2 d");
  expect(before(75 * 24 * 60)).toBe("75 d");
});

test("a day has its name while it is near, and its year once that is over", () => {
  const now = new Date(2026, 2, 1, 0, 10);
  expect(dayName(new Date(2026, 2, 1, 0, 1), now)).toBe("Today");
  expect(dayName(new Date(2026, 1, 28, 23, 59), now)).toBe("Yesterday");
  expect(dayName(new Date(2026, 1, 27, 12), now)).toBe("Fri, Feb 27");
  expect(dayName(new Date(2025, 11, 31, 12), now)).toBe("Dec 31, 2025");
});

test("an instant is told the same in every zone", () => {
  expect(instant(new Date(Date.UTC(2026, 10, 22, 13, 2, 10, 400)))).toBe("2026-11-22 13:02:10 UTC");
});
