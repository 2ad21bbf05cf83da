// What the change log shows: which changes, how many there were in the last day, and whether there are any at all.
import type { ActivityPage, ActivityQuery, Backend, ChangeRow, ChangeTopic } from "../../backend";
import { Pages } from "../../components/pages.svelte";
import { sameFilter, TOPICS, UNFILTERED, USUAL, type ActivityFilter } from "./filter";

const DAY = 24 * 3_600_000;

export class ActivityLog extends Pages<ChangeRow, ActivityPage> {
  filter = $state.raw<ActivityFilter>(UNFILTERED);
  /** How many changes of each topic were seen in the last 24 hours; of the profile alone, if one is shown. */
  lastDay = $state.raw<ReadonlyMap<ChangeTopic, number> | null>(null);
  /** Where nothing is found: whether there is nothing whatever is looked for. */
  blank = $state.raw<boolean | null>(null);

  constructor(readonly backend: Backend) {
    super();
  }

  /** Shows what a filter leaves; if it is the one that is shown, reads it again where it is. */
  find(filter: ActivityFilter): void {
    if (sameFilter(filter, this.filter)) return this.refresh();
    this.filter = filter;
    this.blank = null;
    this.selected = null;
    this.fromTheTop();
  }

  /** Counts the last day, by topic: an answer without rows is all that it takes. */
  async count(profile: number | null): Promise<void> {
    const counted = await Promise.all(
      USUAL.map(async (topic): Promise<[ChangeTopic, number]> => {
        const { total } = await this.#ask({ ...UNFILTERED, topics: [topic], profile, lastDay: true }, 0, 0);
        return [topic, total];
      }),
    );
    if (profile === this.filter.profile) this.lastDay = new Map(counted);
  }

  protected override async read(offset: number, limit: number): Promise<ActivityPage> {
    // The shell takes no topic for all of them.
    if (this.filter.topics.length === 0) return { total: 0, rows: [] };
    return this.#ask(this.filter, offset, limit);
  }

  protected override took({ total }: ActivityPage): void {
    if (total > 0) return;
    const { filter } = this;
    const say = (blank: boolean): void => {
      if (filter === this.filter) this.blank = blank;
    };
    this.#ask({ ...UNFILTERED, topics: TOPICS, profile: filter.profile }, 0, 0).then(
      (all) => say(all.total === 0),
      // The rows' own answer came a moment ago; without this one it reads as "nothing matches".
      () => say(false),
    );
  }

  /** What is shown, as the desk is asked for it; without places, all of it. */
  query(filter = this.filter, offset = 0, limit = 0): ActivityQuery {
    return {
      search: filter.search.trim(),
      topics: [...filter.topics],
      account: null,
      profile: filter.profile,
      since: filter.lastDay ? new Date(Date.now() - DAY).toISOString() : null,
      offset,
      limit,
    };
  }

  #ask(filter: ActivityFilter, offset: number, limit: number): Promise<ActivityPage> {
    return this.backend.activity(this.query(filter, offset, limit));
  }
}
