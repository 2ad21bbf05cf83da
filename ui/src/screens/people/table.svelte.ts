// What the table of persons shows: which of them, as of when, in which order, and the figures over everybody.
import type { Backend, PeopleFigures, PeoplePage, PersonRow } from "../../backend";
import { Pages } from "../../components/pages.svelte";
import { endOf, USUAL, viewAddress, type PeopleView } from "./view";

export class PeopleTable extends Pages<PersonRow, PeoplePage> {
  view = $state.raw<PeopleView>(USUAL);
  figures = $state.raw<PeopleFigures | null>(null);

  constructor(readonly backend: Backend) {
    super();
  }

  /** The moment that is shown; `null` is now. */
  get at(): string | null {
    return this.view.day === null ? null : endOf(this.view.day);
  }

  /** Shows what a view says; if it is the one that is shown, reads it again where it is. */
  find(view: PeopleView): void {
    if (viewAddress(view) === viewAddress(this.view)) return this.refresh();
    // On another day the same person is looked at still.
    if (view.filter !== this.view.filter) this.selected = null;
    this.view = view;
    this.fromTheTop();
  }

  protected override read(offset: number, limit: number): Promise<PeoplePage> {
    const { filter, sort, descending } = this.view;
    return this.backend.people({ filter, at: this.at, sort, descending, offset, limit });
  }

  protected override took({ figures }: PeoplePage): void {
    this.figures = figures;
  }
}
