// What the palette lists for what is typed: profiles from the desk, screens and actions from the window.
import type { Action, Actions } from "../actions.svelte";
import { isHere } from "../actions.svelte";
import { asProblem, type Backend, type PaletteHit, type Problem } from "../backend";
import { compareRanks, find, FITS } from "../find";
import type { Recents } from "../recents.svelte";
import { router } from "../router.svelte";

export interface Entry {
  /** For its element's id; unique in the list. */
  id: string;
  name: string;
  marks: readonly (readonly [number, number])[];
  /** What stands beside the name: an account, a reason. */
  detail: string;
  press?: string | undefined;
  blocked: string | null;
  run: () => void;
}

export interface Section {
  title: string;
  entries: Entry[];
}

/** Without words: as much as is seen at once. */
const MOST_RECENT = 8;
/** With words: what fits worse than these is not looked for among so few. */
const MOST_ACTIONS = 6;

export class Entries {
  words = $state("");
  problem = $state.raw<Problem | null>(null);
  /** The answer of the desk, and what it was asked. */
  #hits = $state.raw<{ words: string; hits: readonly PaletteHit[] }>({ words: "", hits: [] });
  #asked = 0;
  /** Resolves once the desk answered what is typed. */
  settled: Promise<void> = Promise.resolve();

  constructor(
    private readonly backend: Backend,
    private readonly actions: Actions,
    private readonly recents: Recents,
  ) {
    this.ask();
  }

  /** Asks the desk for what is typed now; what it found for less stays until the answer is there. */
  ask(): void {
    const question = (this.#asked += 1);
    const { words } = this;
    const recent = this.recents.all.flatMap((one) => (one.what === "profile" ? [one.key] : []));
    this.settled = this.backend.palette({ words, recent }).then(
      (hits) => {
        if (question !== this.#asked) return;
        this.#hits = { words, hits };
        this.problem = null;
      },
      (reason: unknown) => {
        if (question === this.#asked) this.problem = asProblem(reason);
      },
    );
  }

  get sections(): Section[] {
    const all = this.words.trim() === "" ? this.#unasked() : this.#found();
    return all.filter(({ entries }) => entries.length > 0);
  }

  #unasked(): Section[] {
    const actions = this.actions.all;
    const hits = this.#hits.words.trim() === "" ? this.#hits.hits : [];
    const here = router.route;
    const recent = this.recents.all.flatMap((one): Entry[] => {
      if (one.what === "profile") {
        if (here.screen === "profile" && here.key === one.key) return [];
        return hits.filter(({ key }) => key === one.key).map((hit) => this.#profile(hit));
      }
      return actions
        .filter((action) => action.id === one.id && !isHere(action))
        .map((action) => this.#action(action));
    });
    const listed = recent.slice(0, MOST_RECENT);
    const favourites = hits
      .filter(({ key, favourite }) => favourite && !(here.screen === "profile" && here.key === key))
      .map((hit) => this.#profile(hit))
      .filter(({ id }) => listed.every((other) => other.id !== id))
      .slice(0, MOST_RECENT);
    const rest = (kind: Action["kind"]): Entry[] =>
      actions
        .filter(
          (action) =>
            action.kind === kind &&
            action.amongMany !== true &&
            !isHere(action) &&
            listed.every(({ id }) => id !== action.id),
        )
        .map((action) => this.#action(action));
    return [
      { title: "Recent", entries: listed },
      { title: "Favourites", entries: favourites },
      { title: "Screens", entries: rest("screen") },
      { title: "Actions", entries: rest("action") },
    ];
  }

  #found(): Section[] {
    const { hits } = this.#hits;
    const all = this.actions.all
      .flatMap((action) => {
        const hit = find(this.words, action.name, [action.words]);
        return hit ? [{ action, hit }] : [];
      })
      .sort((one, other) => compareRanks(one.hit.rank, other.hit.rank));
    // Scattered letters fit almost any action; they count where nothing fits better.
    const better = [...all.map(({ hit }) => hit.fit), ...hits.map(({ fit }) => fit)].some(
      (fit) => fit !== "letters",
    );
    const found = all.filter(({ hit }) => !better || hit.fit !== "letters");
    const of = (kind: Action["kind"]): { fit: number; entries: Entry[] } => {
      const some = found.filter(({ action }) => action.kind === kind).slice(0, MOST_ACTIONS);
      return {
        fit: some[0] ? FITS.indexOf(some[0].hit.fit) : FITS.length,
        entries: some.map(({ action, hit }) => this.#action(action, hit.marks)),
      };
    };
    const profiles = {
      fit: hits[0] ? FITS.indexOf(hits[0].fit) : FITS.length,
      entries: hits.map((hit) => this.#profile(hit)),
    };
    // What fits best is on top, where Enter takes it; among equals the few before the many.
    return [
      { title: "Screens", ...of("screen") },
      { title: "Actions", ...of("action") },
      { title: "Profiles", ...profiles },
    ].sort((one, other) => one.fit - other.fit);
  }

  #profile(hit: PaletteHit): Entry {
    return {
      id: `profile-${hit.key}`,
      name: hit.name,
      marks: hit.marks,
      detail: hit.name_is_shared ? `${hit.account} · …${hit.id.slice(-4)}` : hit.account,
      blocked: null,
      run: () => router.go({ screen: "profile", key: hit.key, tab: "overview" }),
    };
  }

  #action(action: Action, marks: Entry["marks"] = []): Entry {
    return {
      id: action.id,
      name: action.name,
      marks,
      detail: action.blocked ?? "",
      press: action.press,
      blocked: action.blocked,
      run: () => {
        if (action.kind === "action") this.recents.note({ what: "action", id: action.id });
        action.run();
      },
    };
  }
}
