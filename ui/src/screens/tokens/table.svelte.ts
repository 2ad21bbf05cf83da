// What the table of tokens shows: which of them, in which order, what is ticked, and how many of signing in are folded
// away.
import type { Backend, TokenFigures, TokenRow, TokensPage } from "../../backend";
import { Pages } from "../../components/pages.svelte";
import { NamedTicks } from "../../components/ticks.svelte";
import { USUAL, type TokensView } from "./view";

export class TokensTable extends Pages<TokenRow, TokensPage> {
  view = $state.raw<TokensView>(USUAL);
  folded = $state(0);
  figures = $state.raw<TokenFigures | null>(null);
  readonly ticked = new NamedTicks<TokenRow>(this);

  constructor(
    readonly backend: Backend,
    /** One profile's tokens alone. */
    readonly profile: number | null = null,
  ) {
    super();
  }

  get filter(): string {
    return this.view.filter;
  }

  /** Shows what a view says; if it is the one that is shown, reads it again where it is. */
  find(view: TokensView): void {
    const { filter, sort, descending } = this.view;
    if (view.filter === filter && view.sort === sort && view.descending === descending) return this.refresh();
    this.view = view;
    this.selected = null;
    this.fromTheTop();
  }

  async count(): Promise<void> {
    this.figures = await this.backend.tokenFigures();
  }

  protected override read(offset: number, limit: number): Promise<TokensPage> {
    return this.backend.tokens({ ...this.view, profile: this.profile, offset, limit });
  }

  protected override took({ folded }: TokensPage): void {
    this.folded = folded;
  }
}
