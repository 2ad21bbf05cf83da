import { afterEach, expect, test, vi } from "vitest";

import { address, parseRoute, router, type Route } from "./router.svelte";
import { TOPICS, UNFILTERED } from "./screens/activity/filter";

test.each<Route>([
  { screen: "today", query: "" },
  { screen: "fleet", query: "" },
  { screen: "fleet", query: "filter=input%3A%3E80%25+a%2Fb&sort=name" },
  { screen: "people", query: "at=2026-05-01" },
  { screen: "accounts" },
  { screen: "accounts", show: "ends" },
  { screen: "accounts", account: 3 },
  { screen: "profile", key: 12, tab: "audit" },
  { screen: "profile", key: 12, tab: "overview" },
  { screen: "profile", key: 12, tab: "usage" },
  { screen: "profile", key: 12, tab: "overview", limits: "data_records" },
  { screen: "activity", filter: UNFILTERED },
  { screen: "activity", filter: { ...UNFILTERED, profile: 12 } },
  { screen: "activity", filter: { ...UNFILTERED, face: "taken", search: "pier" } },
  { screen: "activity", filter: { ...UNFILTERED, topics: [] } },
  { screen: "activity", filter: { ...UNFILTERED, topics: TOPICS, lastDay: true } },
  { screen: "activity", filter: { ...UNFILTERED, topics: ["limits", "sign_ins"], search: "a/b?c#d & é " } },
])("the address of %j leads back to it", (route) => {
  expect(parseRoute(address(route))).toEqual(route);
});

test.each(["?topics=nonsense", "?profile=x", "?since=ever", "?", "?a=b&&="])(
  "the change log with %j is not filtered",
  (rest) => {
    expect(parseRoute(`#/activity${rest}`)).toEqual({ screen: "activity", filter: UNFILTERED });
  },
);

test("what an address asks for that there is not is as if it were not asked for", () => {
  expect(parseRoute("#/profile/12?limits=nonsense")).toEqual({ screen: "profile", key: 12, tab: "overview" });
  expect(parseRoute("#/accounts?account=-1")).toEqual({ screen: "accounts" });
});

test.each(["", "#", "#/", "#/nowhere", "#/profile", "#/profile/x", "#/profile/-1", "#/profile/1e9"])(
  "%j is the first screen",
  (hash) => {
    expect(parseRoute(hash)).toEqual({ screen: "today", query: "" });
  },
);

const filtered = (filter: string): Route => ({ screen: "fleet", query: `filter=${filter}` });

let leave = (): void => {};
afterEach(() => {
  leave();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** At an address, with the event of going there behind. */
async function follow(at: string): Promise<void> {
  leave = router.follow();
  location.hash = at;
  await vi.waitFor(() => expect(address(router.route)).toBe(at));
  vi.useFakeTimers();
}

test("a key that is held down writes the address once: WebKit refuses to write it a hundred times", async () => {
  await follow("#/fleet");
  const written = vi.spyOn(history, "replaceState");
  const steps = history.length;
  for (let letters = 1; letters <= 300; letters += 1) {
    router.replace(filtered("a".repeat(letters)));
    expect(router.route).toEqual(filtered("a".repeat(letters)));
    vi.advanceTimersByTime(33);
  }
  expect(written).not.toHaveBeenCalled();
  vi.advanceTimersByTime(200);
  expect(written).toHaveBeenCalledOnce();
  expect(location.hash).toBe(address(filtered("a".repeat(300))));
  expect(history.length).toBe(steps);
});

test("whoever asks for the address, or makes a step, is not ahead of what is shown", async () => {
  await follow("#/fleet");
  router.replace(filtered("silo"));
  expect(router.here()).toBe("#/fleet?filter=silo");
  router.replace(filtered("pier"));
  router.stepFrom("#/fleet");
  expect(location.hash).toBe("#/fleet?filter=pier");
  router.replace(filtered("mill"));
  const steps = history.length;
  router.go({ screen: "accounts" });
  expect(history.length).toBe(steps + 1);
  vi.useRealTimers();
  history.back();
  await vi.waitFor(() => expect(address(router.route)).toBe("#/fleet?filter=mill"));
});

test("a link that is followed before the address is written stays followed", async () => {
  await follow("#/fleet");
  router.replace(filtered("silo"));
  location.hash = "#/people";
  vi.advanceTimersByTime(200);
  expect(location.hash).toBe("#/people");
  vi.useRealTimers();
  await vi.waitFor(() => expect(router.route.screen).toBe("people"));
});

test("the event of an earlier step takes nothing back that came after it", async () => {
  await follow("#/fleet");
  router.replace(filtered("silo"));
  window.dispatchEvent(new HashChangeEvent("hashchange"));
  expect(router.route).toEqual(filtered("silo"));
  vi.advanceTimersByTime(200);
  expect(location.hash).toBe("#/fleet?filter=silo");
});
