import { expect, test } from "vitest";

import { address, parseRoute, type Route } from "./router.svelte";

test.each<Route>([
  { screen: "fleet" },
  { screen: "accounts" },
  { screen: "profile", key: 12, tab: "overview" },
  { screen: "profile", key: 12, tab: "usage" },
])("the address of %j leads back to it", (route) => {
  expect(parseRoute(address(route))).toEqual(route);
});

test.each(["", "#", "#/", "#/nowhere", "#/profile", "#/profile/x", "#/profile/-1", "#/profile/1e9"])(
  "%j is the fleet",
  (hash) => {
    expect(parseRoute(hash)).toEqual({ screen: "fleet" });
  },
);
