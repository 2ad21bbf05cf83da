// A part of a usage history that was dragged over: what of the drag is taken, and how long it is shown.
import { screen, waitFor } from "@testing-library/svelte";
import type uPlot from "uplot";
import { beforeEach, expect, test, vi } from "vitest";

import type { UsageChart, UsageQuery } from "../src/backend";
import { news } from "../src/backend/fake/backend";
import { profile } from "../src/backend/fake/fleet";
import { history } from "../src/backend/fake/history";
import { dragged } from "../src/screens/profile/periods";
import { usageView } from "../src/screens/profile/view.svelte";
import { NOW, open } from "./window";

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

/** The charts that were drawn, newest last: the tests' document draws nothing itself. */
const drawn: { options: uPlot.Options }[] = [];

vi.mock("uplot", () => ({
  default: class {
    constructor(public options: uPlot.Options) {
      drawn.push(this);
    }
    destroy(): void {}
  },
}));

beforeEach(() => {
  drawn.length = 0;
  Object.assign(usageView, { services: null, range: "cycle", back: 0, by: "day", running: true });
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(800);
});

/** The time that the newest chart shows. */
function shown(): [number, number] {
  const range = drawn.at(-1)?.options.scales?.x?.range as () => [number, number];
  return range();
}

/** Drags over the newest chart from one moment to another. */
function drag(from: number, to: number): void {
  const plot = {
    select: { left: 0, top: 0, width: to - from, height: 0 },
    posToVal: (pixel: number) => from + pixel,
    setSelect: () => undefined,
  };
  drawn.at(-1)?.options.hooks?.setSelect?.[0]?.(plot as unknown as uPlot);
}

const DAY = 86_400;

/** A profile's usage; each question is answered as a minute after the one before. */
function openUsage() {
  const of = profile(0, NOW);
  let questions = 0;
  return open({
    profiles: [of],
    at: "#/profile/1/usage",
    prepare: (backend) =>
      (backend.usage = (query: UsageQuery): Promise<UsageChart> => {
        questions += 1;
        const now = new Date(NOW.getTime() + questions * 60_000);
        const from = query.from === null ? null : new Date(Date.parse(query.from) + questions * 60_000);
        return Promise.resolve(history({ ...query, from: from?.toISOString() ?? null }, of, now));
      }),
  });
}

/** Opens the last 31 days and zooms into three of them; returns which these are. */
async function zoomed(): Promise<ReturnType<typeof open> & { part: [number, number] }> {
  const opened = openUsage();
  await opened.user.click(await screen.findByLabelText("31 days"));
  await waitFor(() => expect(shown()[0]).toBeLessThan(NOW.getTime() / 1000 - 30 * DAY));
  const part: [number, number] = [shown()[0] + 5 * DAY, shown()[0] + 8 * DAY];
  drag(...part);
  await screen.findByRole("button", { name: "Reset zoom" });
  await waitFor(() => expect(shown()).toEqual(part));
  return { ...opened, part };
}

/** Waits for the chart to be drawn from a newer answer. */
async function readAnew({ backend }: ReturnType<typeof open>): Promise<void> {
  const before = drawn.length;
  backend.emit("store-changed", news({ profiles: [1] }));
  await waitFor(() => expect(drawn.length).toBeGreaterThan(before), { timeout: 3000 });
}

test("a zoom into the last 31 days stays when a sync brought newer ones", async () => {
  const opened = await zoomed();
  await readAnew(opened);
  await readAnew(opened);
  expect(shown()).toEqual(opened.part);
  expect(screen.getByRole("button", { name: "Reset zoom" })).toBeTruthy();
});

test("a zoom stays with other services, periods and amounts of the same time", async () => {
  const { user, part } = await zoomed();
  for (const control of [
    screen.getByRole("button", { name: "Output" }),
    screen.getByLabelText("By hour"),
    screen.getByLabelText("Amounts"),
  ]) {
    const before = drawn.length;
    await user.click(control);
    await waitFor(() => expect(drawn.length).toBeGreaterThan(before));
    expect(shown()).toEqual(part);
  }
});

test("who chooses another time, or asks for all of it, sees all of it", async () => {
  const { user, part } = await zoomed();
  await user.click(screen.getByRole("button", { name: "Reset zoom" }));
  await waitFor(() => expect(shown()).not.toEqual(part));
  drag(...part);
  await waitFor(() => expect(shown()).toEqual(part));
  await user.click(screen.getByLabelText("Cycle"));
  await waitFor(() => expect(screen.queryByRole("button", { name: "Reset zoom" })).toBeNull());
  expect(shown()).not.toEqual(part);
});
