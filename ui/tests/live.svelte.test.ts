// What is read again when something was written, who is told what is looked at, and what runs while nothing happens.
import { screen, waitFor } from "@testing-library/svelte";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { Clock } from "../src/clock.svelte";
import { FakeBackend, news } from "../src/backend/fake/backend";
import { profile } from "../src/backend/fake/fleet";
import type { StoreNews } from "../src/backend";
import { concerns, type Topic } from "../src/news.svelte";
import { asked, NOW, open } from "./window";

// The tests' document draws nothing.
vi.mock("uplot", () => ({ default: class {} }));

const nothing = news({});

test.each<[Topic, Partial<StoreNews>, boolean]>([
  ["accounts", { accounts: true }, true],
  ["accounts", { list: true, profiles: [1], activity: true, settings: true }, false],
  ["list", { list: true }, true],
  ["list", { profiles: [1] }, false],
  ["fleet", { list: true }, true],
  ["fleet", { profiles: [1] }, true],
  ["fleet", { groups: true }, true],
  ["groups", { groups: true }, true],
  ["groups", { accounts: true, list: true, profiles: [1], activity: true, settings: true }, false],
  ["fleet", { accounts: true, activity: true, settings: true }, false],
  ["activity", { activity: true }, true],
  ["activity", { accounts: true, list: true, profiles: [1], settings: true }, false],
  ["settings", { settings: true }, true],
  ["settings", { accounts: true, list: true, profiles: [1], activity: true }, false],
  [7, { profiles: [6, 7] }, true],
  [7, { accounts: true, list: true, profiles: [6, 8], activity: true, settings: true }, false],
])("who follows %j is concerned by %j: %j", (topic, of, expected) => {
  expect(concerns(topic, { ...nothing, ...of })).toBe(expected);
  expect(concerns(topic, news({ everything: true }))).toBe(true);
});

/** How often each call was asked since the last time; but what the navigation counts in its own time. */
function counter(backend: FakeBackend): () => Record<string, number> {
  let from = backend.calls.length;
  return () => {
    const counts: Record<string, number> = {};
    for (const { name } of backend.calls.slice(from))
      if (name !== "today" && name !== "navigationCounts") counts[name] = (counts[name] ?? 0) + 1;
    from = backend.calls.length;
    return counts;
  };
}

/** Longer than news are gathered, and than it takes to leaf. */
const moment = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 600));

describe("after news", () => {
  test("the fleet reads its rows, and the accounts only when it is about them", async () => {
    const { backend } = open();
    await screen.findByText("Hafen Kühlhaus");
    const since = counter(backend);
    backend.emit("store-changed", news({ profiles: [3] }));
    await moment();
    expect(since()).toEqual({ fleet: 1 });
    backend.emit("store-changed", news({ accounts: true }));
    await moment();
    expect(since()).toEqual({ accounts: 1 });
    backend.emit("store-changed", news({ activity: true, settings: true }));
    await moment();
    expect(since()).toEqual({});
    backend.emit("store-changed", news({ everything: true }));
    await moment();
    expect(since()).toEqual({ fleet: 1, accounts: 1, groups: 1 });
  });

  test("a profile's page reads only what is about it", async () => {
    const { backend } = open({ at: "#/profile/2/usage" });
    await screen.findByRole("button", { name: "Refresh" });
    await moment();
    const since = counter(backend);
    backend.emit("store-changed", news({ profiles: [1, 3] }));
    await moment();
    expect(since()).toEqual({});
    backend.emit("store-changed", news({ profiles: [2] }));
    await moment();
    expect(since()).toEqual({ profile: 1, usage: 1, transferOf: 1 });
    // How many profiles there are stands beside the word Fleet.
    backend.emit("store-changed", news({ list: true }));
    await moment();
    expect(since()).toEqual({ fleet: 1 });
  });

  test("many at once are one", async () => {
    const { backend } = open();
    await screen.findByText("Hafen Kühlhaus");
    const since = counter(backend);
    for (let write = 0; write < 100; write += 1) backend.emit("store-changed", news({ profiles: [write] }));
    backend.emit("store-changed", news({ accounts: true }));
    await moment();
    expect(since()).toEqual({ fleet: 1, accounts: 1 });
  });

  test("the fleet that was not on screen is read when it is again", async () => {
    const { backend } = open({ at: "#/accounts" });
    await waitFor(() => expect(asked(backend, "fleet").length).toBeGreaterThan(0));
    backend.profiles = [profile(4, NOW)];
    backend.emit("store-changed", news({ profiles: [5] }));
    await moment();
    location.hash = "#/fleet";
    await screen.findByText("Riverside Water");
    await waitFor(() => expect(screen.queryByText("Hafen Kühlhaus")).toBeNull());
  });
});

test("the shell is told which profile is looked at, and when none is any more", async () => {
  const { backend, user } = open();
  await screen.findByText("Hafen Kühlhaus");
  await user.keyboard("jjj");
  await moment();
  expect(asked(backend, "lookAt")).toEqual([[7]]);
  await user.keyboard("{Enter}");
  await screen.findByRole("button", { name: "Refresh" });
  await moment();
  expect(asked(backend, "lookAt")).toEqual([[7]]);
  location.hash = "#/accounts";
  await moment();
  expect(asked(backend, "lookAt")).toEqual([[7], [null]]);
});

test("a shell that cannot put a profile first is no problem to a person", async () => {
  const { backend } = open({
    at: "#/profile/1",
    prepare: (backend) => backend.failures.set("lookAt", { code: "internal", message: "No such command." }),
  });
  await moment();
  expect(asked(backend, "lookAt")).toEqual([[1]]);
  expect(screen.queryByRole("alert")).toBeNull();
});

describe("the time", () => {
  let visibility: DocumentVisibilityState = "visible";
  const turn = (to: DocumentVisibilityState): void => {
    visibility = to;
    document.dispatchEvent(new Event("visibilitychange"));
  };
  beforeEach(() => {
    visibility = "visible";
    Object.defineProperty(document, "visibilityState", { get: () => visibility, configurable: true });
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
    Reflect.deleteProperty(document, "visibilityState");
  });

  /** Follows a clock as a screen does. */
  function watch(clock: Clock): { seen: Date[]; end: () => void } {
    const seen: Date[] = [];
    const end = $effect.root(() => {
      $effect(() => {
        seen.push(clock.now);
      });
    });
    return { seen, end };
  }

  test("has no timer until something shows it, and none after", async () => {
    const clock = new Clock();
    void clock.now;
    expect(vi.getTimerCount()).toBe(0);
    const { seen, end } = watch(clock);
    await vi.advanceTimersByTimeAsync(0);
    expect(vi.getTimerCount()).toBe(1);
    await vi.advanceTimersByTimeAsync(300_000);
    expect(seen).toHaveLength(2);
    end();
    await vi.advanceTimersByTimeAsync(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("moves when the day ends, and seldom before", async () => {
    vi.setSystemTime(new Date(2026, 10, 21, 23, 51));
    const { seen, end } = watch(new Clock());
    await vi.advanceTimersByTimeAsync(9 * 60_000 - 1);
    expect(seen.map((moment) => moment.getMinutes())).toEqual([51, 55]);
    await vi.advanceTimersByTimeAsync(1);
    expect(seen[2]).toEqual(new Date(2026, 10, 22));
    end();
  });

  test("stands still while the window is hidden, and is right when it is seen again", async () => {
    const { seen, end } = watch(new Clock());
    await vi.advanceTimersByTimeAsync(0);
    turn("hidden");
    expect(vi.getTimerCount()).toBe(0);
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(seen).toHaveLength(1);
    turn("visible");
    await vi.advanceTimersByTimeAsync(0);
    expect(seen).toHaveLength(2);
    expect((seen[1]?.getTime() ?? 0) - (seen[0]?.getTime() ?? 0)).toBe(3_600_000);
    expect(vi.getTimerCount()).toBe(1);
    end();
  });

  test("a window in which nothing happens has one timer, and hidden none", async () => {
    const { backend } = open();
    await vi.advanceTimersByTimeAsync(1000);
    expect(vi.getTimerCount()).toBe(1);
    const since = counter(backend);
    await vi.advanceTimersByTimeAsync(600_000);
    turn("hidden");
    expect(vi.getTimerCount()).toBe(0);
    expect(since()).toEqual({});
  });
});
