import { expect, test } from "vitest";

import { address, parseRoute, type Route } from "./router.svelte";
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
