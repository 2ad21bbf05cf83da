// How large the window shows everything. Each step is remembered, and taken up at the next start.
import { asProblem, type Backend, type Problem } from "./backend";
import { remembered } from "./remembered";

/** In percent, as browsers have them, between what can be read and what still fits. */
const STEPS: readonly number[] = [50, 67, 80, 90, 100, 110, 125, 150, 175, 200];
const USUAL = 100;

export class Size {
  readonly #kept = remembered("size", 1, (kept) =>
    typeof kept === "number" && STEPS.includes(kept) ? kept : null,
  );
  #percent = $state(this.#kept.get() ?? USUAL);

  constructor(
    private readonly backend: Backend,
    private readonly fail: (problem: Problem) => void,
  ) {
    if (this.#percent !== USUAL) void this.#show(this.#percent);
  }

  get percent(): number {
    return this.#percent;
  }

  larger(): void {
    void this.#show(STEPS.find((step) => step > this.#percent) ?? this.#percent);
  }

  smaller(): void {
    void this.#show(STEPS.findLast((step) => step < this.#percent) ?? this.#percent);
  }

  usual(): void {
    void this.#show(USUAL);
  }

  async #show(percent: number): Promise<void> {
    this.#percent = percent;
    this.#kept.set(percent);
    try {
      await this.backend.enlarge(percent);
    } catch (reason) {
      this.fail(asProblem(reason));
    }
  }
}
