// The order of a table by one of its columns: how an address says it, and which one was chosen last.
import { remembered, type Remembered } from "../remembered";

export interface Order<By extends string> {
  sort: By;
  descending: boolean;
}

/** `-used`: a minus is what descends. */
export function orderText({ sort, descending }: Order<string>): string {
  return descending ? `-${sort}` : sort;
}

/** Reads that; `null` if it names none of the columns. */
export function understoodOrder<By extends string>(
  text: string | null,
  columns: readonly By[],
): Order<By> | null {
  const descending = text?.startsWith("-") ?? false;
  const sort = columns.find((column) => column === (descending ? text?.slice(1) : text));
  return sort === undefined ? null : { sort, descending };
}

export function sameOrder(one: Order<string>, other: Order<string>): boolean {
  return orderText(one) === orderText(other);
}

/** The order that was chosen last, from one day to the next. An address that says otherwise wins. */
export class KeptOrder<By extends string> {
  readonly #kept: Remembered<string>;
  #now: Order<By>;

  constructor(table: string, columns: readonly By[], usual: Order<By>) {
    this.#kept = remembered(`order-${table}`, 1, (kept) => (typeof kept === "string" ? kept : null));
    this.#now = $state.raw(understoodOrder(this.#kept.get(), columns) ?? usual);
  }

  get now(): Order<By> {
    return this.#now;
  }

  keep({ sort, descending }: Order<By>): void {
    this.#now = { sort, descending };
    this.#kept.set(orderText(this.#now));
  }
}
