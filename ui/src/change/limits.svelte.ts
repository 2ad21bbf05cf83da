// Limits that are typed: what each field says, and what the desk says of all of them together.
import { SvelteMap } from "svelte/reactivity";

import {
  asProblem,
  type AllocationFigures,
  type Backend,
  type Change,
  type ChangePreview,
  type Problem,
  type Service,
} from "../backend";
import { typedNumber } from "../format";

/** Who types is answered when they pause. */
const PAUSE = 150;
/** What is said of many profiles is read up to here. */
const SAID = 3;

/** A field's place: a row of the form, and the service. */
type Place = `${number} ${Service}`;

/** Whether a text is neither a limit nor nothing. */
const isBad = (text: string): boolean => text.trim() !== "" && typedNumber(text) === null;

export class Limits {
  preview = $state.raw<ChangePreview | null>(null);
  problem = $state.raw<Problem | null>(null);
  /** Whether what was typed last is not answered yet. */
  checking = $state(false);

  readonly #typed = new SvelteMap<Place, string>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Grows with each question: an older answer is dropped. */
  #asked = 0;

  constructor(
    private readonly backend: Backend,
    /** The profiles that a row of the form stands for, by their numbers. */
    private readonly of: (row: number) => readonly number[],
  ) {}

  /** What a field says; `null` if nobody typed into it. */
  typed(row: number, service: Service): string | null {
    return this.#typed.get(`${row} ${service}`) ?? null;
  }

  /** Whether a field says something that is no number. */
  isBad(row: number, service: Service): boolean {
    const text = this.typed(row, service);
    return text !== null && isBad(text);
  }

  /** Lets a field that was left empty say what stands again. */
  leave(row: number, service: Service): void {
    if (this.typed(row, service)?.trim() === "") this.#typed.delete(`${row} ${service}`);
  }

  /** Takes over what a field says. An empty one, or one that says what stands, changes nothing. */
  type(row: number, service: Service, text: string, stands: number | null): void {
    const same = stands !== null && typedNumber(text) === stands;
    if (same) this.#typed.delete(`${row} ${service}`);
    else this.#typed.set(`${row} ${service}`, text);
    this.checking = true;
    // An answer that is on its way has not seen this.
    this.#asked += 1;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.check(), PAUSE);
  }

  readonly bad = $derived.by(() => [...this.#typed.values()].some(isBad));

  readonly changes = $derived.by((): Change[] => {
    const rows = new Map<number, Partial<Record<Service, number>>>();
    for (const [place, text] of this.#typed) {
      const [row, service] = place.split(" ") as [string, Service];
      const limit = typedNumber(text);
      if (limit !== null) rows.set(Number(row), { ...rows.get(Number(row)), [service]: limit });
    }
    return [...rows].flatMap(([row, services]) =>
      this.of(row).map((profile) => ({ kind: "allocate" as const, profile, services })),
    );
  });

  /** Asks the desk what all of this would do. */
  async check(): Promise<void> {
    clearTimeout(this.#timer);
    const asked = ++this.#asked;
    const { changes } = this;
    try {
      const preview =
        changes.length === 0 ? null : await this.backend.previewChanges({ ask: "changes", changes });
      if (asked !== this.#asked) return;
      this.preview = preview;
      this.problem = null;
    } catch (reason) {
      if (asked === this.#asked) this.problem = asProblem(reason);
    }
    if (asked === this.#asked) this.checking = false;
  }

  /** A service of an account with what was typed; `null` if that is not touched. */
  figures(account: number, service: Service): AllocationFigures | null {
    return this.preview?.allocation.find((one) => one.account === account && one.service === service) ?? null;
  }

  /** Why none of this can go on to the review; `null` if it can. */
  readonly blocked = $derived.by((): string | null => {
    if (this.bad) return "Each limit is a number from 0.";
    if (this.changes.length === 0) return "No limit is changed yet.";
    if (this.checking || !this.preview) return "It is being checked.";
    const over = this.preview.rows.find(({ refusal }) => refusal?.reason === "over_limit")?.refusal;
    if (over) return over.message;
    if (this.preview.ready > 0) return null;
    return (
      this.preview.rows.find(({ refusal }) => refusal !== null)?.refusal?.message ?? "Nothing would change."
    );
  });

  /** What is to be known before it is done. */
  readonly warnings = $derived.by((): string[] => {
    const all = this.preview?.rows.flatMap((row) => row.warnings) ?? [];
    return all.length <= SAID ? all : [...all.slice(0, SAID), `And so it is of ${all.length - SAID} more.`];
  });
}
