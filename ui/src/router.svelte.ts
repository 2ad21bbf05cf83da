// Which screen the address names. The address is the only memory of it, so that back and forward work.
import { SERVICES, type Service } from "./backend";
import { filterAddress, parseFilter, UNFILTERED, type ActivityFilter } from "./screens/activity/filter";

/** Screens that read the part of the address after `?` themselves. */
const LISTS = ["today", "fleet", "allocation", "costs", "tokens", "people"] as const;
const TABS = ["overview", "usage", "tokens", "team", "audit", "backups", "changes"] as const;

export type ListScreen = (typeof LISTS)[number];
export type ProfileTab = (typeof TABS)[number];
export type Route =
  | { screen: ListScreen; query: string }
  | { screen: "activity"; filter: ActivityFilter }
  | { screen: "accounts"; show?: "ends"; account?: number }
  /** With `limits` a person comes to give the profile another limit of this service. */
  | { screen: "profile"; key: number; tab: ProfileTab; limits?: Service };

const FIRST: Route = { screen: "today", query: "" };

/** Reads the part of an address after `#`; what is not an address of ours is the first screen. */
export function parseRoute(hash: string): Route {
  const question = hash.indexOf("?");
  const [path, rest] = question < 0 ? [hash, ""] : [hash.slice(0, question), hash.slice(question + 1)];
  const [, screen, key, tab] = path.split("/");
  if (screen === "accounts") return parseAccounts(new URLSearchParams(rest));
  if (screen === "activity") return { screen, filter: parseFilter(rest) };
  if (screen === "profile" && key !== undefined && /^\d{1,15}$/.test(key)) {
    const limits = SERVICES.find((known) => known.key === new URLSearchParams(rest).get("limits"));
    return {
      screen,
      key: Number(key),
      tab: TABS.find((known) => known === tab) ?? "overview",
      ...(limits && { limits: limits.key }),
    };
  }
  const list = LISTS.find((known) => known === screen);
  return list === undefined ? FIRST : { screen: list, query: rest };
}

function parseAccounts(parts: URLSearchParams): Route {
  const account = parts.get("account") ?? "";
  if (parts.get("show") === "ends") return { screen: "accounts", show: "ends" };
  return { screen: "accounts", ...(/^\d{1,15}$/.test(account) && { account: Number(account) }) };
}

/** The address of a screen. */
export function address(route: Route): string {
  if (route.screen === "activity") {
    const filter = filterAddress(route.filter);
    return filter === "" ? "#/activity" : `#/activity?${filter}`;
  }
  if (route.screen === "accounts") {
    if (route.show) return `#/accounts?show=${route.show}`;
    return route.account === undefined ? "#/accounts" : `#/accounts?account=${route.account}`;
  }
  if (route.screen === "profile") {
    const limits = route.limits === undefined ? "" : `?limits=${route.limits}`;
    return `#/profile/${route.key}${route.tab === "overview" ? "" : `/${route.tab}`}${limits}`;
  }
  return route.query === "" ? `#/${route.screen}` : `#/${route.screen}?${route.query}`;
}

/** The address of the changes of one profile. */
export function changesOf(profile: number): string {
  return address({ screen: "activity", filter: { ...UNFILTERED, profile } });
}

/** How long the hands must rest before the address says what it was replaced by, in milliseconds. */
const REST = 150;

class Router {
  route = $state.raw<Route>(parseRoute(location.hash));
  /** The list that a person came through last: from a profile the way back leads to it. */
  list = $state.raw<Exclude<Route, { screen: "profile" | "accounts" }>>({ screen: "fleet", query: "" });

  /** The address that is to be written once the hands rest, and the one that it is written over. */
  #unwritten: { now: string; over: string } | null = null;
  #writing: ReturnType<typeof setTimeout> | undefined;

  /** Follows the address until the returned function is called. */
  follow(): () => void {
    const read = (): void => {
      // The event of a step before: what is shown now came after it.
      if (this.#unwritten?.over === location.hash) return;
      this.#forget();
      this.#arrive(parseRoute(location.hash));
    };
    read();
    window.addEventListener("hashchange", read);
    return () => {
      window.removeEventListener("hashchange", read);
      this.#forget();
    };
  }

  go(route: Route): void {
    this.#write();
    location.hash = address(route);
  }

  /**
   * Goes there without a step of its own: the way back does not lead through every letter that was typed. The address
   * follows when the hands rest: it delays the rows, and WebKit refuses it after 100 times in ten seconds, which is a
   * key that is held down.
   */
  replace(route: Route): void {
    this.#unwritten = { now: address(route), over: location.hash };
    clearTimeout(this.#writing);
    this.#writing = setTimeout(() => this.#write(), REST);
    this.#arrive(route);
  }

  /** The address of what is shown. */
  here(): string {
    this.#write();
    return location.hash;
  }

  /** Makes one step of all that was replaced since an address: the way back leads to it. */
  stepFrom(before: string): void {
    const now = this.here();
    if (before === now) return;
    history.replaceState(history.state, "", before === "" ? "#/" : before);
    history.pushState(null, "", now);
  }

  #write(): void {
    const unwritten = this.#unwritten;
    this.#forget();
    // A link may have led elsewhere, and its event be on the way.
    if (unwritten?.over === location.hash) history.replaceState(history.state, "", unwritten.now);
  }

  #forget(): void {
    clearTimeout(this.#writing);
    this.#unwritten = null;
  }

  #arrive(route: Route): void {
    this.route = route;
    if (route.screen !== "profile" && route.screen !== "accounts") this.list = route;
  }
}

export const router = new Router();
