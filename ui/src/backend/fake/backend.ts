// A shell that lives in memory: it answers as the real one does, and a test can break any of its calls.
import type { About, Backend, Connect, Events, FilterScreen, LinkTarget } from "../backend";
import type { AccessList } from "../generated/AccessList";
import type { AccessQuery } from "../generated/AccessQuery";
import type { AccountRow } from "../generated/AccountRow";
import type { ActivityPage } from "../generated/ActivityPage";
import type { ActivityQuery } from "../generated/ActivityQuery";
import type { AllocationOverview } from "../generated/AllocationOverview";
import type { AllocationProfiles } from "../generated/AllocationProfiles";
import type { AllocationProfilesQuery } from "../generated/AllocationProfilesQuery";
import type { AllocationQuery } from "../generated/AllocationQuery";
import type { ArchiveAccount } from "../generated/ArchiveAccount";
import type { AuditArchive } from "../generated/AuditArchive";
import type { AuditPage } from "../generated/AuditPage";
import type { AuditQuery } from "../generated/AuditQuery";
import type { ChangeRow } from "../generated/ChangeRow";
import type { ExportFormat } from "../generated/ExportFormat";
import type { ExportQuery } from "../generated/ExportQuery";
import type { ExportSaved } from "../generated/ExportSaved";
import type { FilterCompletion } from "../generated/FilterCompletion";
import type { CostAccount } from "../generated/CostAccount";
import type { CostPage } from "../generated/CostPage";
import type { CostQuery } from "../generated/CostQuery";
import type { FleetPage } from "../generated/FleetPage";
import type { FleetQuery } from "../generated/FleetQuery";
import type { FleetRow } from "../generated/FleetRow";
import type { FleetSelection } from "../generated/FleetSelection";
import type { FleetSum } from "../generated/FleetSum";
import type { GroupImport } from "../generated/GroupImport";
import type { GroupKind } from "../generated/GroupKind";
import type { GroupRow } from "../generated/GroupRow";
import type { NavigationCounts } from "../generated/NavigationCounts";
import type { PaletteHit } from "../generated/PaletteHit";
import type { PaletteQuery } from "../generated/PaletteQuery";
import type { PeoplePage } from "../generated/PeoplePage";
import type { PeopleQuery } from "../generated/PeopleQuery";
import type { Problem } from "../generated/Problem";
import type { ProfileOverview } from "../generated/ProfileOverview";
import type { SettingRow } from "../generated/SettingRow";
import type { SyncReport } from "../generated/SyncReport";
import type { SyncRunsPage } from "../generated/SyncRunsPage";
import type { SyncRunsQuery } from "../generated/SyncRunsQuery";
import type { SyncState } from "../generated/SyncState";
import type { TeamView } from "../generated/TeamView";
import type { TokenDetail } from "../generated/TokenDetail";
import type { TokenFigures } from "../generated/TokenFigures";
import type { TokenFound } from "../generated/TokenFound";
import type { TokensPage } from "../generated/TokensPage";
import type { TokensQuery } from "../generated/TokensQuery";
import type { TodayPage } from "../generated/TodayPage";
import type { TodayQuery } from "../generated/TodayQuery";
import type { TodayRow } from "../generated/TodayRow";
import type { UsageChart } from "../generated/UsageChart";
import type { UsageQuery } from "../generated/UsageQuery";
import type { ViewRow } from "../generated/ViewRow";

import { Access } from "./access";
import { Records } from "./backups";
import { activityPage } from "./changes";
import { allocation, allocationProfiles, book, costAccounts, costPage, type Book } from "./costs";
import { completion, filtered, type World } from "./filter";
import { connected } from "./fleet";
import { Kept, noted } from "./groups";
import { history } from "./history";
import { figured, ordered, summed, trend } from "./order";
import { paletteHits } from "./palette";
import { archiveAccounts, changedSetting, settings } from "./settings";
import { news } from "./shell";
import { syncRunsPage, type Run } from "./syncs";
import { Tokens } from "./tokens";
import { answered, todayPage, todayRows } from "./today";

export { news };

/** A sync that does not run. */
export function idle(
  last: SyncReport | null,
  more: Partial<Extract<SyncState, { state: "idle" }>> = {},
): SyncState {
  return { state: "idle", last, next_at: null, paused: null, archive: null, ...more };
}

export class FakeBackend extends Records implements Backend {
  aboutProgram: About = {
    version: "0.1.0",
    data_folder: "/home/ada/.local/share/profile-desk",
    log_folder: "/home/ada/.local/state/profile-desk/logs",
    notice: null,
  };
  syncState: SyncState = idle(null);
  /** Newest first. */
  changes: ChangeRow[] = [];
  /** Newest first. */
  runs: Run[] = [];
  settingRows: SettingRow[] = settings();
  /** Where a person saves what is exported; `null` if they change their mind. */
  saveAt: string | null = "/home/ada/Profile Desk Fleet 2026-11-24.csv";
  /** Profiles that a person wants at hand, by their numbers. */
  favourites = new Set<number>();
  archives: ArchiveAccount[] = archiveAccounts();
  /** Groups, notes and views. */
  readonly kept = new Kept();
  /** What everything costs, where it is not what the fleet says. */
  costBook: Book | null = null;

  /** People, teams and audit events. */
  readonly teams = new Access(
    () => this.profiles,
    () => this.now(),
  );
  /** Tokens' metadata. */
  readonly keys = new Tokens(
    () => this.profiles,
    () => this.now(),
  );

  /** Worst first; made of the fleet unless a test sets them. */
  attention: TodayRow[] | null = null;

  /** The link that the program was opened with, or why it cannot be followed. */
  link: LinkTarget | Problem | null = null;

  constructor(
    public accountRows: AccountRow[],
    public profiles: ProfileOverview[],
    readonly now: () => Date = () => new Date(),
  ) {
    super();
  }

  override emit<Name extends keyof Events>(event: Name, payload: Events[Name]): void {
    if (event === "sync-changed") this.syncState = payload as SyncState;
    super.emit(event, payload);
  }

  async accounts(): Promise<AccountRow[]> {
    await this.asked("accounts");
    return this.accountRows;
  }

  async connect(typed: Connect): Promise<AccountRow> {
    await this.asked("connect", typed);
    const old = this.accountRows.find(({ label }) => label === typed.label);
    const key = old?.key ?? Math.max(0, ...this.accountRows.map((row) => row.key)) + 1;
    const row = connected(key, typed, old?.profiles ?? 0);
    this.accountRows = [...this.accountRows.filter((other) => other.key !== key), row];
    this.emit("store-changed", news({ accounts: true, list: true }));
    return row;
  }

  async forget(key: number, keepHistory: boolean): Promise<void> {
    await this.asked("forget", key, keepHistory);
    this.accountRows = this.accountRows.filter((row) => row.key !== key);
    this.emit("store-changed", news({ accounts: true, list: true }));
  }

  async completeFilter(screen: FilterScreen, text: string, cursor: number): Promise<FilterCompletion> {
    await this.asked("completeFilter", screen, text, cursor);
    return completion(text, cursor, this.#rows(), this.#world());
  }

  async exportCopy(query: ExportQuery): Promise<number> {
    await this.asked("exportCopy", query);
    return query.screen === "fleet" ? this.profiles.length : this.changes.length;
  }

  async exportSave(query: ExportQuery, format: ExportFormat): Promise<ExportSaved | null> {
    await this.asked("exportSave", query, format);
    const rows = query.screen === "fleet" ? this.profiles.length : this.changes.length;
    return this.saveAt === null ? null : { path: this.saveAt, rows };
  }

  async navigationCounts(): Promise<NavigationCounts> {
    await this.asked("navigationCounts");
    return { people: this.teams.count(), tokens: this.keys.figures().tokens };
  }

  async palette(query: PaletteQuery): Promise<PaletteHit[]> {
    await this.asked("palette", query);
    return paletteHits(this.profiles, this.favourites, query);
  }

  async fleet(query: FleetQuery): Promise<FleetPage> {
    await this.asked("fleet", query);
    const left = filtered(this.#all(), query.filter, this.#world());
    const rows = ordered(left, query, this.kept.groups);
    const { trend: service } = query;
    return {
      total: rows.length,
      rows: rows
        .slice(query.offset, query.offset + Math.min(query.limit, 500))
        .map((row) => (service === null ? row : { ...row, trend: trend(row, service) })),
      figures: figured(this.#rows(), this.accountRows),
    };
  }

  async fleetSum(selection: FleetSelection): Promise<FleetSum> {
    await this.asked("fleetSum", selection);
    return summed(this.#chosen(selection));
  }

  async groups(): Promise<GroupRow[]> {
    await this.asked("groups");
    return this.kept.rows(this.profiles);
  }

  async putGroup(key: number | null, name: string, kind: GroupKind): Promise<GroupRow> {
    await this.asked("putGroup", key, name, kind);
    const put = this.kept.putGroup(key, name, kind);
    this.emit("store-changed", news({ groups: true }));
    return this.kept.rows(this.profiles).find((group) => group.key === put) as GroupRow;
  }

  async deleteGroup(key: number): Promise<void> {
    await this.asked("deleteGroup", key);
    this.kept.groups = this.kept.groups.filter((group) => group.key !== key);
    this.#put((row) => ({ ...row, groups: row.groups.filter((group) => group !== key) }));
    this.emit("store-changed", news({ groups: true }));
  }

  async assignGroup(key: number, selection: FleetSelection, member: boolean): Promise<number> {
    await this.asked("assignGroup", key, selection, member);
    const chosen = new Set(
      this.#chosen(selection)
        .filter(({ groups }) => groups.includes(key) !== member)
        .map((row) => row.key),
    );
    this.#put((row) => {
      if (!chosen.has(row.key)) return row;
      const others = row.groups.filter((group) => group !== key);
      return { ...row, groups: member ? [...others, key] : others };
    });
    this.emit("store-changed", news({ groups: true }));
    return chosen.size;
  }

  async exportGroups(): Promise<string | null> {
    await this.asked("exportGroups");
    return this.kept.exported;
  }

  async importGroups(): Promise<GroupImport> {
    await this.asked("importGroups");
    return this.kept.imported;
  }

  async putNote(profile: number, text: string): Promise<void> {
    await this.asked("putNote", profile, text);
    this.kept.notes.set(profile, text);
    this.profiles = noted(this.profiles, profile, text);
    this.emit("store-changed", news({ groups: true, profiles: [profile] }));
  }

  async views(): Promise<ViewRow[]> {
    await this.asked("views");
    return this.kept.views;
  }

  async putView(name: string, address: string): Promise<ViewRow> {
    await this.asked("putView", name, address);
    return this.kept.putView(name, address);
  }

  async deleteView(key: number): Promise<void> {
    await this.asked("deleteView", key);
    this.kept.views = this.kept.views.filter((view) => view.key !== key);
  }

  #all(): FleetRow[] {
    return this.profiles.map(({ row }) => row);
  }

  /** Profiles that are not removed. */
  #rows(): FleetRow[] {
    return this.#all().filter(({ removed_at }) => removed_at === null);
  }

  #put(change: (row: FleetRow) => FleetRow): void {
    this.profiles = this.profiles.map((profile) => ({ ...profile, row: change(profile.row) }));
  }

  #world(): World {
    const signedOut = this.accountRows.filter(({ sign_in }) => sign_in === "signed_out");
    return {
      groups: this.kept.rows([]),
      signedOut: new Set(signedOut.map(({ label }) => label)),
      now: this.now(),
    };
  }

  #chosen({ keys, all_of }: FleetSelection): FleetRow[] {
    const named = new Set(keys);
    return all_of === null
      ? this.#all().filter(({ key }) => named.has(key))
      : filtered(this.#all(), all_of, this.#world()).filter(({ key }) => !named.has(key));
  }

  async profile(key: number): Promise<ProfileOverview> {
    await this.asked("profile", key);
    const found = this.profiles.find(({ row }) => row.key === key);
    if (!found)
      throw { code: "not_found", message: `There is no profile ${key} in the store.` } satisfies Problem;
    const names = this.kept.groups
      .filter(({ key }) => found.row.groups.includes(key))
      .map(({ name }) => name);
    return found.row.groups.length > 0 ? { ...found, groups: names } : found;
  }

  async people(query: PeopleQuery): Promise<PeoplePage> {
    await this.asked("people", query);
    return this.teams.people(query);
  }

  async access(query: AccessQuery): Promise<AccessList> {
    await this.asked("access", query);
    return this.teams.access(query);
  }

  async team(profile: number): Promise<TeamView> {
    await this.asked("team", profile);
    return this.teams.team(profile);
  }

  async audit(query: AuditQuery): Promise<AuditPage> {
    await this.asked("audit", query);
    return this.teams.audit(query);
  }

  async auditArchive(profile: number): Promise<AuditArchive> {
    await this.asked("auditArchive", profile);
    return this.teams.archive(profile);
  }

  async tokens(query: TokensQuery): Promise<TokensPage> {
    await this.asked("tokens", query);
    return this.keys.page(query);
  }

  async tokenFigures(): Promise<TokenFigures> {
    await this.asked("tokenFigures");
    return this.keys.figures();
  }

  async token(key: number): Promise<TokenDetail> {
    await this.asked("token", key);
    return this.keys.detail(key);
  }

  async findToken(token: string): Promise<TokenFound> {
    await this.asked("findToken", token);
    return this.keys.find(token);
  }

  async takeLink(): Promise<LinkTarget | null> {
    await this.asked("takeLink");
    const { link } = this;
    this.link = null;
    if (link && "code" in link) throw link;
    return link;
  }

  async openAdminSite(profile: number): Promise<void> {
    await this.asked("openAdminSite", profile);
  }

  async usage(query: UsageQuery): Promise<UsageChart> {
    await this.asked("usage", query);
    const found = this.profiles.find(({ row }) => row.key === query.profile);
    return history(query, found ?? null, this.now());
  }

  async activity(query: ActivityQuery): Promise<ActivityPage> {
    await this.asked("activity", query);
    return activityPage(this.changes, query);
  }

  async syncRuns(query: SyncRunsQuery): Promise<SyncRunsPage> {
    await this.asked("syncRuns", query);
    return syncRunsPage(this.runs, query);
  }

  async syncRun(key: number): Promise<SyncReport | null> {
    await this.asked("syncRun", key);
    return this.runs.find((run) => run.key === key)?.report ?? null;
  }

  async allocation(query: AllocationQuery): Promise<AllocationOverview> {
    await this.asked("allocation", query);
    return allocation(this.accountRows, this.profiles, query.filter, this.now());
  }

  async allocationProfiles(query: AllocationProfilesQuery): Promise<AllocationProfiles> {
    await this.asked("allocationProfiles", query);
    return allocationProfiles(this.accountRows, this.profiles, query);
  }

  async costs(query: CostQuery): Promise<CostPage> {
    await this.asked("costs", query);
    return costPage(this.#book(), query);
  }

  async costAccounts(filter: string, at: string | null): Promise<CostAccount[]> {
    await this.asked("costAccounts", filter, at);
    return costAccounts(this.#book(), filter);
  }

  #book(): Book {
    return this.costBook ?? book(this.accountRows, this.profiles, this.now());
  }

  async archiveAccounts(): Promise<ArchiveAccount[]> {
    await this.asked("archiveAccounts");
    return this.archives.filter(({ account }) => this.accountRows.some(({ key }) => key === account));
  }

  async chooseArchive(account: number, archive: boolean): Promise<void> {
    await this.asked("chooseArchive", account, archive);
    this.archives = this.archives.map((row) =>
      row.account === account ? { ...row, choice: archive ? "on" : "off" } : row,
    );
    this.emit("store-changed", news({ settings: true }));
  }

  async settings(): Promise<SettingRow[]> {
    await this.asked("settings");
    return this.settingRows;
  }

  async putSetting(key: string, value: string | null): Promise<void> {
    await this.asked("putSetting", key, value);
    this.settingRows = changedSetting(this.settingRows, key, value);
    this.emit("store-changed", news({ settings: true }));
  }

  async today(query: TodayQuery): Promise<TodayPage> {
    await this.asked("today", query);
    return todayPage(this.#attention(), query, this.profiles, this.accountRows);
  }

  async answerAttention(id: string, until: string | null, note: string | null): Promise<void> {
    await this.asked("answerAttention", id, until, note);
    const before = this.#attention().find((row) => row.id === id);
    const kept = (before?.answer ?? before?.earlier)?.note ?? "";
    this.#answer(id, { at: this.now().toISOString(), until, note: note ?? kept });
  }

  async unanswerAttention(id: string): Promise<void> {
    await this.asked("unanswerAttention", id);
    this.#answer(id, null);
  }

  #attention(): TodayRow[] {
    return (this.attention ??= todayRows(this.profiles, this.accountRows, this.now()));
  }

  #answer(id: string, answer: TodayRow["answer"]): void {
    this.attention = answered(this.#attention(), id, answer);
  }

  async lookAt(profile: number | null): Promise<void> {
    await this.asked("lookAt", profile);
  }

  async startSync(account: number | null, profile: number | null): Promise<void> {
    await this.asked("startSync", account, profile);
  }

  async cancelSync(): Promise<void> {
    await this.asked("cancelSync");
  }

  async sync(): Promise<SyncState> {
    await this.asked("sync");
    return this.syncState;
  }

  async enlarge(percent: number): Promise<void> {
    await this.asked("enlarge", percent);
  }

  async about(): Promise<About> {
    await this.asked("about");
    return this.aboutProgram;
  }
}
