// A part of a usage history that was dragged over: what of the drag is taken, and how long it is shown.
import { expect, test } from "vitest";

import { dragged } from "../src/screens/profile/periods";

const periods = { starts: [0, 100, 200], end: 300 };
const span = { from: 0, to: 300 };
/** A pixel of the chart is ten seconds. */
const second = (pixel: number): number => pixel * 10;

test.each<[string, { left: number; width: number }, ReturnType<typeof dragged>]>([
  ["a drag is the time between its ends", { left: 5, width: 10 }, { from: 50, to: 150 }],
  ["moments are whole seconds", { left: 5.04, width: 10 }, { from: 50, to: 150 }],
  ["the whole chart may be dragged over", { left: 0, width: 30 }, { from: 0, to: 300 }],
  ["a click with an unsteady hand is no drag", { left: 5, width: 3 }, null],
  ["what is drawn beyond the right edge ends there", { left: 25, width: 20 }, { from: 250, to: 300 }],
  ["what begins before the left edge begins there", { left: -10, width: 20 }, { from: 0, to: 100 }],
  ["a drag wholly beside the chart is none", { left: 40, width: 10 }, null],
])("%s", (_, select, part) => {
  expect(dragged(select, second, periods, span)).toEqual(part);
});

test("a stretch of a cycle of which there is no period yet is not zoomed into", () => {
  const cycle = { from: 0, to: 1000 };
  expect(dragged({ left: 50, width: 10 }, second, periods, cycle)).toBeNull();
  expect(dragged({ left: 25, width: 40 }, second, periods, cycle)).toEqual({ from: 250, to: 650 });
});

test("in a chart that is zoomed the drag is of what is shown", () => {
  const zoomed = { from: 100, to: 200 };
  expect(dragged({ left: 2, width: 4 }, (pixel) => 100 + pixel * 10, periods, zoomed)).toEqual({
    from: 120,
    to: 160,
  });
});
