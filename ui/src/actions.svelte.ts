// Everything that can be done from anywhere: what the palette lists and the keys of the frame run.
import { createContext, untrack } from "svelte";

import type { GlobalKey } from "./keyboard.svelte";
import type { Live } from "./live.svelte";
import { router, type Route } from "./router.svelte";
import { UNFILTERED } from "./screens/activity/filter";
import type { Size } from "./size.svelte";

export interface Action {
  id: string;
  kind: "screen" | "action";
  name: string;
  /** Other words that a person may look for it by. */
  words: string;
  /** Its key, as in `keyboard.svelte.ts`, and others that do the same. */
  press?: string;
  also?: readonly string[];
  /** Why it cannot be done just now; `null` if it can. */
  blocked: string | null;
  /** Whether there is one like it for each of many: it is found by words, and not listed without any. */
  amongMany?: boolean;
  run: () => void;
}

/** How a control that does something is called where all that can be done is listed. */
export interface Offer {
  id: string;
  name: string;
  words?: string;
  amongMany?: boolean;
}

/**
 * Lists in the palette what a component can do, for as long as it is there that calls this; `actions` is asked
 * whenever they are listed.
 */
export function offer(
  actions: () => readonly (Offer & Pick<Action, "run"> & Partial<Pick<Action, "blocked">>)[],
): void {
  const all = getActions();
  $effect(() =>
    all.add(() => actions().map((one) => ({ kind: "action", words: "", blocked: null, ...one }))),
  );
}

/** The screens in the order of the navigation: the first key is G, the second one stands here. */
const SCREENS: readonly { name: string; letter: string; words: string; route: Route }[] = [
  {
    name: "Today",
    letter: "t",
    words: "attention check alerts start",
    route: { screen: "today", query: "" },
  },
  { name: "Fleet", letter: "f", words: "profiles usage limits all", route: { screen: "fleet", query: "" } },
  {
    name: "Allocation",
    letter: "l",
    words: "limits bought free headroom",
    route: { screen: "allocation", query: "" },
  },
  {
    name: "Costs",
    letter: "c",
    words: "money prices invoice billing",
    route: { screen: "costs", query: "" },
  },
  { name: "Tokens", letter: "k", words: "keys credentials expiry", route: { screen: "tokens", query: "" } },
  {
    name: "People",
    letter: "p",
    words: "team access members invitations",
    route: { screen: "people", query: "" },
  },
  {
    name: "Activity",
    letter: "a",
    words: "changes log history",
    route: { screen: "activity", filter: UNFILTERED },
  },
  {
    name: "Accounts and settings",
    letter: "s",
    words: "connect sign in preferences about",
    route: { screen: "accounts" },
  },
];

/** What the frame itself can do, beside going somewhere. */
export interface Frame {
  palette: () => void;
  sheet: () => void;
  onboarding: () => void;
  singleKeys: { on: boolean };
  size: Pick<Size, "larger" | "smaller" | "usual">;
}

export class Actions {
  #added = $state.raw<readonly (() => readonly Action[])[]>([]);

  constructor(
    private readonly live: Live,
    private readonly frame: Frame,
  ) {}

  /** All of them, those of the screen that is open first. */
  get all(): Action[] {
    return [...this.#added.flatMap((actions) => actions()), ...this.#screens(), ...this.#everywhere()];
  }

  /** Opens what onboards a customer. */
  onboard(): void {
    this.frame.onboarding();
  }

  /** Those with a key, as the keyboard wants them. One that cannot be done does nothing. */
  get keys(): GlobalKey[] {
    const withKey = this.all.filter((action) => action.press !== undefined);
    return [
      { press: "Mod+k", does: "Find a profile, a screen or an action", run: this.frame.palette },
      ...withKey.map(({ press, also, kind, name, blocked, run }) => ({
        press: press ?? "",
        ...(also && { also }),
        does: kind === "screen" ? `Go to ${name}` : name,
        run: () => {
          if (blocked === null) run();
        },
      })),
    ];
  }

  /** Adds what a screen can do until the returned function is called; `actions` is asked whenever they are listed. */
  add(actions: () => readonly Action[]): () => void {
    // Whose effect adds it does not depend on what others add.
    this.#added = [...untrack(() => this.#added), actions];
    return () => {
      this.#added = untrack(() => this.#added).filter((other) => other !== actions);
    };
  }

  #screens(): Action[] {
    return SCREENS.map(({ name, letter, words, route }) => ({
      id: route.screen,
      kind: "screen",
      name,
      words,
      press: `g ${letter}`,
      blocked: null,
      run: () => go(route),
    }));
  }

  #everywhere(): Action[] {
    const { live, frame } = this;
    const accounts = live.accounts?.length ?? 0;
    const running = live.sync.state === "running";
    const action = (
      id: string,
      name: string,
      words: string,
      blocked: string | null,
      run: () => void,
    ): Action => ({
      id,
      kind: "action",
      name,
      words,
      blocked,
      run,
    });
    const sync = accounts === 0 ? "No account is connected." : running ? "A sync goes on." : null;
    return [
      {
        ...action("sync", "Sync all accounts", "refresh update fetch", sync, () => void live.startSync()),
        press: "r",
      },
      action(
        "cancel",
        "Cancel the sync",
        "stop",
        running ? null : "No sync goes on.",
        () => void live.cancelSync(),
      ),
      action("connect", "Connect an account", "add sign in token", null, () => go({ screen: "accounts" })),
      action(
        "onboard",
        "Onboard a customer…",
        "new profile create recipe",
        accounts === 0 ? "No account is connected." : null,
        frame.onboarding,
      ),
      { ...action("keys", "Show the keys", "keyboard shortcuts help", null, frame.sheet), press: "?" },
      action(
        "single-keys",
        frame.singleKeys.on ? "Turn single-key shortcuts off" : "Turn single-key shortcuts on",
        "keyboard letters dictation accessibility",
        null,
        () => (frame.singleKeys.on = !frame.singleKeys.on),
      ),
      {
        ...action("larger", "Show everything larger", "zoom in text size", null, () => frame.size.larger()),
        press: "Mod++",
        // Where the plus stands above the equals sign.
        also: ["Mod+="],
      },
      {
        ...action("smaller", "Show everything smaller", "zoom out text size", null, () =>
          frame.size.smaller(),
        ),
        press: "Mod+-",
      },
      {
        ...action("usual-size", "Show everything in its usual size", "zoom reset text", null, () =>
          frame.size.usual(),
        ),
        press: "Mod+0",
      },
    ];
  }
}

/** Going to a list leads to how it was left, if that is the one that a person came through last. */
function go(route: Route): void {
  const kept = router.list;
  router.go(kept.screen === route.screen ? kept : route);
}

/** Whether an action leads to where a person is. */
export function isHere(action: Action): boolean {
  return action.kind === "screen" && action.id === router.route.screen;
}

export const [getActions, setActions] = createContext<Actions>();
