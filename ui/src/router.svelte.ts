// Which screen the address names. The address is the only memory of it, so that back and forward work.
import { filterAddress, parseFilter, UNFILTERED, type ActivityFilter } from "./screens/activity/filter";

export type ProfileTab = "overview" | "usage";
export type Route =
  | { screen: "fleet" }
  | { screen: "activity"; filter: ActivityFilter }
  | { screen: "accounts" }
  | { screen: "profile"; key: number; tab: ProfileTab };

/** Reads the part of an address after `#`; what is not an address of ours is the fleet. */
export function parseRoute(hash: string): Route {
  const question = hash.indexOf("?");
  const [path, rest] = question < 0 ? [hash, ""] : [hash.slice(0, question), hash.slice(question + 1)];
  const [, screen, key, tab] = path.split("/");
  if (screen === "accounts") return { screen };
  if (screen === "activity") return { screen, filter: parseFilter(rest) };
  if (screen === "profile" && key !== undefined && /^\d{1,15}$/.test(key)) {
    return { screen, key: Number(key), tab: tab === "usage" ? "usage" : "overview" };
  }
  return { screen: "fleet" };
}

/** The address of a screen. */
export function address(route: Route): string {
  if (route.screen === "activity") {
    const filter = filterAddress(route.filter);
    return filter === "" ? "#/activity" : `#/activity?${filter}`;
  }
  if (route.screen !== "profile") return `#/${route.screen}`;
  return `#/profile/${route.key}${route.tab === "usage" ? "/usage" : ""}`;
}

/** The address of the changes of one profile. */
export function changesOf(profile: number): string {
  return address({ screen: "activity", filter: { ...UNFILTERED, profile } });
}

class Router {
  route = $state.raw<Route>(parseRoute(location.hash));
  /** The list that a person came through last: from a profile the way back leads to it. */
  list = $state.raw<Extract<Route, { screen: "fleet" | "activity" }>>({ screen: "fleet" });

  /** Follows the address until the returned function is called. */
  follow(): () => void {
    const read = (): void => this.#arrive(parseRoute(location.hash));
    read();
    window.addEventListener("hashchange", read);
    return () => window.removeEventListener("hashchange", read);
  }

  go(route: Route): void {
    location.hash = address(route);
  }

  /** Goes there without a step of its own: the way back does not lead through every letter that was typed. */
  replace(route: Route): void {
    history.replaceState(history.state, "", address(route));
    this.#arrive(route);
  }

  #arrive(route: Route): void {
    this.route = route;
    if (route.screen === "fleet" || route.screen === "activity") this.list = route;
  }
}

export const router = new Router();
