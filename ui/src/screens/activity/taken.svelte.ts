// The action log as the screen shows it: what this program did at TagoIO, narrowed by words and more.
import type { ActionPage, ActionQuery, ActionRow, Backend } from "../../backend";
import { Pages } from "../../components/pages.svelte";
import { midnight } from "../profile/view.svelte";
import { sameFilter, UNFILTERED, type ActivityFilter } from "./filter";

const DAY = 24 * 3_600_000;

export class ActionLog extends Pages<ActionRow, ActionPage> {
  filter = $state.raw<ActivityFilter>({ ...UNFILTERED, face: "taken" });

  constructor(readonly backend: Backend) {
    super();
  }

  find(filter: ActivityFilter): void {
    if (sameFilter(filter, this.filter)) return this.refresh();
    this.filter = filter;
    this.selected = null;
    this.fromTheTop();
  }

  /** What is shown, as the desk is asked for it; without places, all of it. */
  query(offset = 0, limit = 0): ActionQuery {
    const { search, profile, actions } = this.filter;
    const { account, kind, result, batch, days, from, to } = actions;
    const since = days === null ? midnight(from, false) : new Date(Date.now() - days * DAY);
    return {
      search: search.trim(),
      account,
      profile,
      kinds: kind === null ? [] : [kind],
      results: result === null ? [] : [result],
      batch,
      since: since?.toISOString() ?? null,
      until: days === null ? (midnight(to, false, 1)?.toISOString() ?? null) : null,
      offset,
      limit,
    };
  }

  protected override read(offset: number, limit: number): Promise<ActionPage> {
    return this.backend.actionLog(this.query(offset, limit));
  }
}
