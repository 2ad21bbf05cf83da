// The log of syncs as the screen shows it.
import type { Backend, SyncRunRow, SyncRunsPage } from "../../backend";
import { Pages } from "../../components/pages.svelte";

export class SyncRuns extends Pages<SyncRunRow, SyncRunsPage> {
  constructor(readonly backend: Backend) {
    super();
  }

  protected override read(offset: number, limit: number): Promise<SyncRunsPage> {
    return this.backend.syncRuns({ offset, limit });
  }
}
