// The rows of a long table: the pages of them that are near the eye, and which row is selected.
import { asProblem, type Problem } from "../backend";

/** Rows that are asked for at once: what a screen of a laptop shows, since what is not seen delays what is. */
export const PAGE = 32;

/** Rows that the shell gives at once, at most. */
const LONGEST_PAGE = 500;

/** A part of what a query finds. */
export interface Part<Row> {
  /** Rows that the query finds in all. */
  total: number;
  rows: Row[];
}

/** `read` answers for the table's query as it is then; `took` sees the answers that are still of use. */
export abstract class Pages<Row extends { key: number }, Answer extends Part<Row> = Part<Row>> {
  /** Rows that the query finds; `null` until the first answer. */
  total = $state.raw<number | null>(null);
  problem = $state.raw<Problem | null>(null);
  /** The selected row as it was seen last, and its place then. */
  selected = $state.raw<{ key: number; place: number; row: Row } | null>(null);
  /** How far the table is scrolled, in pixels, to come back to. */
  scrolled = $state(0);

  #pages = $state.raw<ReadonlyMap<number, Row[]>>(new Map());
  #shown: [first: number, last: number] = [0, 0];
  /** Grows with each change of the query: answers to older questions are dropped. */
  #question = 0;
  #asked = new Set<number>();
  /** A place that is to be selected as soon as its row arrives. */
  #wanted: number | null = null;

  protected abstract read(offset: number, limit: number): Promise<Answer>;

  /** Reads what is not shown. */
  protected readUnseen(offset: number, limit: number): Promise<Answer> {
    return this.read(offset, limit);
  }

  protected took(_answer: Answer): void {}

  /** The row at a place of the table, if it is near the eye and arrived. */
  row(place: number): Row | undefined {
    return this.#pages.get(Math.floor(place / PAGE))?.[place % PAGE];
  }

  /** The rows at these places, both included, wherever they are. */
  async rowsAt(first: number, last: number): Promise<Row[]> {
    const near = Array.from({ length: last - first + 1 }, (_, index) => this.row(first + index));
    if (near.every((row) => row !== undefined)) return near;
    const rows: Row[] = [];
    for (let offset = first; offset <= last; offset += LONGEST_PAGE) {
      const page = await this.readUnseen(offset, Math.min(LONGEST_PAGE, last - offset + 1));
      rows.push(...page.rows);
    }
    return rows;
  }

  /** Keeps the pages that these places need, asks for those that are missing, and lets go of the others. */
  show(first: number, last: number): void {
    this.#shown = [first, Math.max(first, last)];
    const needed = this.#needed();
    if ([...this.#pages.keys()].some((page) => !needed.includes(page))) {
      this.#pages = new Map([...this.#pages].filter(([page]) => needed.includes(page)));
    }
    for (const page of needed) {
      if (!this.#pages.has(page) && !this.#asked.has(page)) void this.#read(page);
    }
  }

  /** Reads what is on screen again; the old rows stay until the new ones arrive. */
  refresh(): void {
    this.#question += 1;
    this.#asked.clear();
    for (const page of this.#needed()) void this.#read(page);
  }

  select(place: number): void {
    const row = this.row(place);
    this.#wanted = row ? null : place;
    if (row) this.selected = { key: row.key, place, row };
  }

  /** Selects whatever row is at a place once the rows are read again. */
  protected selectOnceRead(place: number): void {
    this.#wanted = place;
  }

  /** After a change of the query. */
  protected fromTheTop(): void {
    this.scrolled = 0;
    this.#shown = [0, Math.min(this.#shown[1] - this.#shown[0], PAGE - 1)];
    this.refresh();
  }

  #needed(): number[] {
    const first = Math.floor(this.#shown[0] / PAGE);
    const last = Math.floor(this.#shown[1] / PAGE);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  }

  async #read(page: number): Promise<void> {
    const question = this.#question;
    this.#asked.add(page);
    try {
      const answer = await this.read(page * PAGE, PAGE);
      if (question !== this.#question) return;
      this.total = answer.total;
      this.problem = null;
      this.took(answer);
      if (this.#needed().includes(page)) {
        const kept = [...this.#pages].filter(([other]) => other !== page && this.#needed().includes(other));
        this.#pages = new Map([...kept, [page, answer.rows]]);
        this.#follow(page, answer.rows);
      }
    } catch (reason) {
      if (question === this.#question) this.problem = asProblem(reason);
    } finally {
      if (question === this.#question) this.#asked.delete(page);
    }
  }

  /** The selected row may have moved: it is known by its key, not by its place. */
  #follow(page: number, rows: Row[]): void {
    if (this.#wanted !== null && Math.floor(this.#wanted / PAGE) === page) {
      this.select(this.#wanted);
      this.#wanted = null;
      return;
    }
    const selected = this.selected;
    if (!selected) return;
    const index = rows.findIndex(({ key }) => key === selected.key);
    const row = rows[index];
    if (row) this.selected = { key: selected.key, place: page * PAGE + index, row };
  }
}
