// Groups, notes and views of the made-up shell: what is kept here and never sent.
import type { GroupImport } from "../generated/GroupImport";
import type { GroupKind } from "../generated/GroupKind";
import type { GroupRow } from "../generated/GroupRow";
import type { Problem } from "../generated/Problem";
import type { ProfileOverview } from "../generated/ProfileOverview";
import type { ViewRow } from "../generated/ViewRow";

function refuse(message: string): never {
  throw { code: "invalid_input", message } satisfies Problem;
}

const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

export class Kept {
  groups: Omit<GroupRow, "profiles">[] = [];
  views: ViewRow[] = [];
  /** Notes by the profile's number. */
  readonly notes = new Map<number, string>();
  /** What the dialogs answer. */
  exported: string | null = "/home/ada/groups.csv";
  imported: GroupImport = {
    file: "/home/ada/groups.csv",
    changed: 12,
    created: 1,
    unchanged: 4,
    unknown: [],
    unknown_count: 0,
  };
  #next = 1;

  rows(profiles: ProfileOverview[]): GroupRow[] {
    return this.groups.map((group) => ({
      ...group,
      profiles: profiles.filter(({ row }) => row.groups.includes(group.key)).length,
    }));
  }

  putGroup(key: number | null, typed: string, kind: GroupKind): number {
    const name = typed.trim();
    if (name === "") refuse("A group needs a name.");
    if (this.groups.some((other) => other.key !== key && other.kind === kind && same(other.name, name)))
      refuse(`There is a group “${name}” already.`);
    const group = { key: key ?? this.#next++, name, kind };
    this.groups = [...this.groups.filter((other) => other.key !== group.key), group].sort((one, other) =>
      one.name.localeCompare(other.name),
    );
    return group.key;
  }

  putView(typed: string, address: string): ViewRow {
    const name = typed.trim();
    if (name === "") refuse("A view needs a name.");
    const old = this.views.find((view) => same(view.name, name));
    const view = { key: old?.key ?? this.#next++, name, address };
    this.views = [...this.views.filter(({ key }) => key !== view.key), view].sort((one, other) =>
      one.name.localeCompare(other.name),
    );
    return view;
  }
}

/** The profiles with the note of one of them changed; an empty text takes it away. */
export function noted(profiles: ProfileOverview[], key: number, text: string): ProfileOverview[] {
  return profiles.map((one) =>
    one.row.key === key
      ? { ...one, note: text === "" ? null : text, row: { ...one.row, noted: text !== "" } }
      : one,
  );
}
