// What a profile's audit log shows: which events, narrowed by words, resource and person.
import type { AuditPage, AuditQuery, AuditRow, Backend } from "../../backend";
import { Pages } from "../../components/pages.svelte";

/** What the log is narrowed to. */
interface Narrowed {
  search: string;
  resource: string | null;
  who: string | null;
}

export class Events extends Pages<AuditRow, AuditPage> {
  narrowed = $state.raw<Narrowed>({ search: "", resource: null, who: null });

  constructor(
    readonly backend: Backend,
    readonly profile: number,
  ) {
    super();
  }

  narrow(by: Partial<Narrowed>): void {
    this.narrowed = { ...this.narrowed, ...by };
    this.selected = null;
    this.fromTheTop();
  }

  query(offset = 0, limit = 0): AuditQuery {
    return { profile: this.profile, ...this.narrowed, from: null, to: null, offset, limit };
  }

  protected override read(offset: number, limit: number): Promise<AuditPage> {
    return this.backend.audit(this.query(offset, limit));
  }
}
