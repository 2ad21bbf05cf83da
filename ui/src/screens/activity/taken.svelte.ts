// The action log as the screen shows it: what this program did at TagoIO, narrowed by words.
import type { ActionPage, ActionQuery, ActionRow, Backend } from "../../backend";
import { Pages } from "../../components/pages.svelte";

export class ActionLog extends Pages<ActionRow, ActionPage> {
  search = $state("");

  constructor(readonly backend: Backend) {
    super();
  }

  find(search: string): void {
    if (search === this.search) return this.refresh();
    this.search = search;
    this.selected = null;
    this.fromTheTop();
  }

  /** What is shown, as the desk is asked for it; without places, all of it. */
  query(offset = 0, limit = 0): ActionQuery {
    return {
      search: this.search.trim(),
      account: null,
      profile: null,
      kinds: [],
      results: [],
      batch: null,
      since: null,
      until: null,
      offset,
      limit,
    };
  }

  protected override read(offset: number, limit: number): Promise<ActionPage> {
    return this.backend.actionLog(this.query(offset, limit));
  }
}
