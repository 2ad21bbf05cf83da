// What needs attention: the lines, how many there are of each kind, and the answers that a person gives.
import { asProblem, type Backend, type TodayFigures, type TodayPage, type TodayRow } from "../../backend";
import { Pages } from "../../components/pages.svelte";

/** A sync writes all the time; the list is counted over everything, so not after each write. */
const RECOUNT_AFTER = 3_000;

export interface Answered {
  row: TodayRow;
  /** `null` until it is worse. */
  until: string | null;
}

export class TodayList extends Pages<TodayRow, TodayPage> {
  filter = $state("");
  figures = $state.raw<TodayFigures | null>(null);
  /** The last answer, to be taken back. */
  answered = $state.raw<Answered | null>(null);

  #counted = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly backend: Backend) {
    super();
  }

  /** Shows what a filter leaves; if it is the one that is shown, reads it again where it is. */
  find(filter: string): void {
    if (filter.trim() === this.filter.trim()) {
      // Before the first answer the grid asks.
      if (this.total !== null) this.refresh();
      return;
    }
    this.filter = filter;
    this.selected = null;
    this.fromTheTop();
  }

  /** Reads the figures, or the rows as well where they are shown: at once, then after a pause. */
  newsCame(shown: boolean): void {
    clearTimeout(this.#timer);
    const wait = Math.max(0, this.#counted + RECOUNT_AFTER - Date.now());
    const read = (): void => {
      this.#counted = Date.now();
      if (shown) this.refresh();
      else void this.count();
    };
    if (wait === 0) read();
    else this.#timer = setTimeout(read, wait);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** The figures alone. Where they cannot be read, the list itself says why. */
  async count(): Promise<void> {
    try {
      const { figures } = await this.backend.today({ filter: "", offset: 0, limit: 0 });
      this.figures = figures;
    } catch {
      // The navigation then shows no count; nothing else depends on it.
      this.figures = null;
    }
  }

  /** Takes the line off the list, until a day or until it is worse; `null` keeps the note it has. Returns whether that was possible. */
  async answer(row: TodayRow, until: string | null, note: string | null): Promise<boolean> {
    const place = Math.min(this.selected?.place ?? 0, (this.total ?? 0) - 2);
    return this.#change(async () => {
      await this.backend.answerAttention(row.id, until, note);
      this.answered = { row, until };
      // The next line takes its place.
      this.selected = null;
      if (place >= 0) this.selectOnceRead(place);
    });
  }

  /** Puts a line back. */
  async unanswer(row: TodayRow): Promise<boolean> {
    return this.#change(async () => {
      await this.backend.unanswerAttention(row.id);
      if (this.answered?.row.id === row.id) this.answered = null;
      this.selected = null;
    });
  }

  async #change(change: () => Promise<void>): Promise<boolean> {
    try {
      await change();
      this.refresh();
      return true;
    } catch (reason) {
      this.problem = asProblem(reason);
      return false;
    }
  }

  protected override read(offset: number, limit: number): Promise<TodayPage> {
    return this.backend.today({ filter: this.filter.trim(), offset, limit });
  }

  protected override took({ figures, total }: TodayPage): void {
    this.figures = figures;
    this.#counted = Date.now();
    if (this.selected && this.selected.place >= total) this.selected = null;
  }
}
