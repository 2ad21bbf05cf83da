// Which screen the address names. The address is the only memory of it, so that back and forward work.

export type ProfileTab = "overview" | "usage";
export type Route =
  { screen: "fleet" } | { screen: "accounts" } | { screen: "profile"; key: number; tab: ProfileTab };

/** Reads the part of an address after `#`; what is not an address of ours is the fleet. */
export function parseRoute(hash: string): Route {
  const [, screen, key, tab] = hash.split("/");
  if (screen === "accounts") return { screen };
  if (screen === "profile" && key !== undefined && /^\d{1,15}$/.test(key)) {
    return { screen, key: Number(key), tab: tab === "usage" ? "usage" : "overview" };
  }
  return { screen: "fleet" };
}

/** The address of a screen. */
export function address(route: Route): string {
  if (route.screen !== "profile") return `#/${route.screen}`;
  return `#/profile/${route.key}${route.tab === "usage" ? "/usage" : ""}`;
}

class Router {
  route = $state.raw<Route>(parseRoute(location.hash));

  /** Follows the address until the returned function is called. */
  follow(): () => void {
    const read = (): void => {
      this.route = parseRoute(location.hash);
    };
    read();
    window.addEventListener("hashchange", read);
    return () => window.removeEventListener("hashchange", read);
  }

  go(route: Route): void {
    location.hash = address(route);
  }
}

export const router = new Router();
