// The groups of profiles: what there is, and what is done with them.
import {
  asProblem,
  type Backend,
  type FleetRow,
  type FleetSelection,
  type GroupImport,
  type GroupKind,
  type GroupRow,
  type Problem,
} from "../../backend";

export const KIND: Record<GroupKind, { one: string; many: string }> = {
  group: { one: "Group", many: "Groups" },
  customer: { one: "Customer", many: "Customers" },
  environment: { one: "Environment", many: "Environments" },
  favourites: { one: "Favourites", many: "Favourites" },
};
export const KINDS = Object.keys(KIND) as GroupKind[];

/** What the group is called that a star makes, if there is none of that kind. */
const FAVOURITES = "Favourites";

export class Groups {
  rows = $state.raw<readonly GroupRow[]>([]);
  /** Why they could not be read. */
  problem = $state.raw<Problem | null>(null);
  /** By kind, in the order of the kinds; a kind without any is left out. */
  readonly kinds = $derived(
    KINDS.map((kind) => ({ kind, rows: this.rows.filter((group) => group.kind === kind) })).filter(
      ({ rows }) => rows.length > 0,
    ),
  );
  readonly #byKey = $derived(new Map(this.rows.map((group) => [group.key, group])));
  /** Grows with each reading: an older answer is dropped. */
  #reading = 0;

  /** `changed` is told when profiles are in other groups than before. */
  constructor(
    private readonly backend: Backend,
    private readonly changed: () => void,
  ) {}

  async read(): Promise<void> {
    const reading = ++this.#reading;
    try {
      const rows = await this.backend.groups();
      if (reading !== this.#reading) return;
      this.rows = rows;
      this.problem = null;
    } catch (reason) {
      if (reading === this.#reading) this.problem = asProblem(reason);
    }
  }

  of(row: FleetRow): GroupRow[] {
    return row.groups.flatMap((key) => this.#byKey.get(key) ?? []);
  }

  isFavourite(row: FleetRow): boolean {
    return row.groups.some((key) => this.#byKey.get(key)?.kind === "favourites");
  }

  async put(key: number | null, name: string, kind: GroupKind): Promise<GroupRow> {
    const group = await this.backend.putGroup(key, name, kind);
    await this.#changed();
    return group;
  }

  async delete(key: number): Promise<void> {
    await this.backend.deleteGroup(key);
    await this.#changed();
  }

  async assign(group: number, selection: FleetSelection, member: boolean): Promise<number> {
    const changed = await this.backend.assignGroup(group, selection, member);
    await this.#changed();
    return changed;
  }

  /** The file that they were written to; `null` if a person chose none. */
  export(): Promise<string | null> {
    return this.backend.exportGroups();
  }

  async import(): Promise<GroupImport> {
    const done = await this.backend.importGroups();
    if (done.file !== null) await this.#changed();
    return done;
  }

  /** Puts a profile among the favourites, or takes it out of all of them; returns whether it is one now. */
  async star(row: FleetRow): Promise<boolean> {
    const selection = { keys: [row.key], all_of: null };
    const favourites = this.rows.filter(({ kind }) => kind === "favourites");
    if (this.isFavourite(row)) {
      for (const { key } of favourites)
        if (row.groups.includes(key)) await this.assign(key, selection, false);
      return false;
    }
    const group = favourites[0] ?? (await this.put(null, FAVOURITES, "favourites"));
    await this.assign(group.key, selection, true);
    return true;
  }

  async #changed(): Promise<void> {
    this.changed();
    await this.read();
  }
}
