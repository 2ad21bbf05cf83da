// Which profiles are ticked: some by their keys, or all that a filter leaves but some. It outlasts other filters,
// other orders and what the sync brings.
import { asProblem, type Backend, type FleetRow, type FleetSelection, type FleetSum } from "../../backend";
import { Ticks, type Tickable } from "../../components/ticks.svelte";

const NONE: FleetSelection = { keys: [], all_of: null };

/** A test of whether profiles are gone; one that stands in quotes is a word. */
const REMOVAL = /(?:^|\s)-?removed:\S/i;

/** Whether a filter says which of the profiles that are gone it means. Without that it means none of them. */
function ofRemoved(filter: string): boolean {
  return REMOVAL.test(filter.replaceAll(/"[^"]*(?:"|$)/g, '""'));
}

/** What two filters both leave. All parts of a filter must hold: so they are written in a row. */
function both(one: string, other: string): string {
  // What is gone is left by neither unless both mean it; in a row one would speak for the other.
  const present = ofRemoved(one) === ofRemoved(other) ? "" : "removed:no";
  return [one, other, present].filter(Boolean).join(" ");
}

export class Ticked extends Ticks<FleetRow> {
  selection = $state.raw<FleetSelection>(NONE);
  sum = $state.raw<FleetSum | null>(null);
  /** How many of them the filter hides. */
  hidden = $state(0);

  readonly #keys = $derived(new Set(this.selection.keys));
  readonly any = $derived(this.selection.all_of !== null || this.selection.keys.length > 0);
  readonly #filter = $derived.by(() => this.shown.filter);
  /** Whether removed rows that the table shows can be among what a filter chose. */
  readonly #chosenRemoved = $derived.by(() => {
    const of = this.selection.all_of;
    return of !== null && (of === this.#filter || ofRemoved(of));
  });
  /** Whether all rows of the table are of the filter that the selection was made by. */
  readonly #within = $derived.by(() => {
    const of = this.selection.all_of;
    return of === null || of === "" || this.#filter === of || this.#filter.startsWith(`${of} `);
  });
  /** Grows with each counting: an older answer is dropped. */
  #counting = 0;

  constructor(
    private readonly backend: Backend,
    shown: Tickable<FleetRow>,
  ) {
    super(shown);
  }

  /** Whether the row is ticked; `null` if that is not known here, since another filter chose. */
  has(row: FleetRow): boolean | null {
    const named = this.#keys.has(row.key);
    if (this.selection.all_of === null) return named;
    if (row.removed_at !== null && !this.#chosenRemoved) return false;
    return named ? false : this.#within ? true : null;
  }

  get all(): boolean | null {
    if (!this.any) return false;
    const { all_of, keys } = this.selection;
    return all_of !== null && all_of === this.#filter && keys.length === 0 ? true : null;
  }

  /** Ticks all that the filter leaves, and nothing else. */
  everything(): void {
    if ((this.shown.total ?? 0) > 0) this.selection = { keys: [], all_of: this.#filter };
  }

  override clear(): void {
    super.clear();
    this.selection = NONE;
    this.sum = null;
    this.hidden = 0;
  }

  /** Sums what is ticked, and counts how much of it the filter hides. */
  async count(): Promise<void> {
    const counting = ++this.#counting;
    const { selection, any } = this;
    const filter = this.#filter;
    if (!any) {
      this.sum = null;
      this.hidden = 0;
      return;
    }
    try {
      const [sum, seen] = await Promise.all([
        this.backend.fleetSum(selection),
        this.#seen(selection, filter).catch((reason: unknown) => {
          // A filter that is refused hides nothing, and says why where it is typed.
          if (asProblem(reason).code === "invalid_input") return null;
          throw reason;
        }),
      ]);
      if (counting !== this.#counting) return;
      this.sum = sum;
      this.hidden = seen === null ? 0 : Math.max(0, sum.profiles - seen);
      this.problem = null;
    } catch (reason) {
      if (counting === this.#counting) this.problem = asProblem(reason);
    }
  }

  /** How many of a selection a filter leaves, also one of no words: that hides what is gone. `null` for all of them. */
  async #seen({ keys, all_of }: FleetSelection, filter: string): Promise<number | null> {
    if (filter === all_of || (filter === "" && all_of !== null && !ofRemoved(all_of))) return null;
    const left = async (keys: number[], all_of: string): Promise<number> =>
      (await this.backend.fleetSum({ keys, all_of })).profiles;
    if (all_of !== null) return left(keys, both(all_of, filter));
    const [all, others] = await Promise.all([left([], filter), left(keys, filter)]);
    return all - others;
  }

  protected override turn(rows: readonly FleetRow[], on: boolean): void {
    const { all_of } = this.selection;
    const keys = new Set(this.selection.keys);
    // With a filter the keys are those that are left out of it.
    for (const { key } of rows)
      if (on === (all_of === null)) keys.add(key);
      else keys.delete(key);
    this.selection = { keys: [...keys], all_of };
  }
}
