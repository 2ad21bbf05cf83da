// Links that the program was opened with lead to their profile or screen.
import { asProblem } from "./backend";
import type { Live } from "./live.svelte";
import { parseRoute, router } from "./router.svelte";

/** Follows the link that came before the page was there, and those that come, until the returned function is called. */
export function followLinks(live: Live): () => void {
  let ended = false;
  const tell = (reason: unknown): void => {
    live.problem = asProblem(reason);
  };
  const take = (): void => {
    live.backend.takeLink().then((target) => {
      if (!target || ended) return;
      router.go("screen" in target ? parseRoute(`#/${target.screen}`) : { screen: "profile", ...target });
    }, tell);
  };
  // Asked for once it is listened for, so that no link falls in between.
  const listening = live.backend.on("link-arrived", take);
  listening.then(take, tell);
  return () => {
    ended = true;
    void listening.then(
      (end) => end(),
      () => undefined,
    );
  };
}
