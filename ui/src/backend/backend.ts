// What the window may ask of the shell, whoever answers: the real shell or the fake one.
import type { AccessList } from "./generated/AccessList";
import type { AccessQuery } from "./generated/AccessQuery";
import type { AccountRow } from "./generated/AccountRow";
import type { ActionPage } from "./generated/ActionPage";
import type { ActionQuery } from "./generated/ActionQuery";
import type { ActionRow } from "./generated/ActionRow";
import type { ActivityPage } from "./generated/ActivityPage";
import type { ActivityQuery } from "./generated/ActivityQuery";
import type { AllocationOverview } from "./generated/AllocationOverview";
import type { AllocationProfiles } from "./generated/AllocationProfiles";
import type { AllocationProfilesQuery } from "./generated/AllocationProfilesQuery";
import type { AllocationQuery } from "./generated/AllocationQuery";
import type { ArchiveAccount } from "./generated/ArchiveAccount";
import type { BuyOffer } from "./generated/BuyOffer";
import type { BuyQuote } from "./generated/BuyQuote";
import type { ChangeOutcome } from "./generated/ChangeOutcome";
import type { ChangePreview } from "./generated/ChangePreview";
import type { ChangeProgress } from "./generated/ChangeProgress";
import type { ChangeRequest } from "./generated/ChangeRequest";
import type { ChosenPicture } from "./generated/ChosenPicture";
import type { Confirmation } from "./generated/Confirmation";
import type { FilterCompletion } from "./generated/FilterCompletion";
import type { CostAccount } from "./generated/CostAccount";
import type { CostPage } from "./generated/CostPage";
import type { CostQuery } from "./generated/CostQuery";
import type { CreateProfile } from "./generated/CreateProfile";
import type { FleetPage } from "./generated/FleetPage";
import type { FleetQuery } from "./generated/FleetQuery";
import type { FleetSelection } from "./generated/FleetSelection";
import type { FleetSum } from "./generated/FleetSum";
import type { GroupImport } from "./generated/GroupImport";
import type { GroupKind } from "./generated/GroupKind";
import type { GroupRow } from "./generated/GroupRow";
import type { InvitationRow } from "./generated/InvitationRow";
import type { ExportFormat } from "./generated/ExportFormat";
import type { ExportQuery } from "./generated/ExportQuery";
import type { ExportSaved } from "./generated/ExportSaved";
import type { Leaver } from "./generated/Leaver";
import type { NavigationCounts } from "./generated/NavigationCounts";
import type { OffboardReport } from "./generated/OffboardReport";
import type { Onboard } from "./generated/Onboard";
import type { OnboardPreview } from "./generated/OnboardPreview";
import type { OnboardWent } from "./generated/OnboardWent";
import type { Onboarding } from "./generated/Onboarding";
import type { PageFormat } from "./generated/PageFormat";
import type { PaletteHit } from "./generated/PaletteHit";
import type { PaletteQuery } from "./generated/PaletteQuery";
import type { AuditArchive } from "./generated/AuditArchive";
import type { AuditPage } from "./generated/AuditPage";
import type { AuditQuery } from "./generated/AuditQuery";
import type { BackupsView } from "./generated/BackupsView";
import type { DownloadEnd } from "./generated/DownloadEnd";
import type { DownloadProgress } from "./generated/DownloadProgress";
import type { LiveAuditEnd } from "./generated/LiveAuditEnd";
import type { LiveAuditPage } from "./generated/LiveAuditPage";
import type { LiveAuditProgress } from "./generated/LiveAuditProgress";
import type { LiveAuditQuery } from "./generated/LiveAuditQuery";
import type { PeoplePage } from "./generated/PeoplePage";
import type { PeopleQuery } from "./generated/PeopleQuery";
import type { Problem } from "./generated/Problem";
import type { ProfileOverview } from "./generated/ProfileOverview";
import type { Rotate } from "./generated/Rotate";
import type { RotationRow } from "./generated/RotationRow";
import type { SignInStep } from "./generated/SignInStep";
import type { PurchaseRequest } from "./generated/PurchaseRequest";
import type { PurchaseRow } from "./generated/PurchaseRow";
import type { Service } from "./generated/Service";
import type { SettingRow } from "./generated/SettingRow";
import type { StoreNews } from "./generated/StoreNews";
import type { SyncReport } from "./generated/SyncReport";
import type { SyncRunsPage } from "./generated/SyncRunsPage";
import type { SyncRunsQuery } from "./generated/SyncRunsQuery";
import type { SyncState } from "./generated/SyncState";
import type { TeamView } from "./generated/TeamView";
import type { TokenChoice } from "./generated/TokenChoice";
import type { TokenDetail } from "./generated/TokenDetail";
import type { TokenEndRow } from "./generated/TokenEndRow";
import type { TokenFigures } from "./generated/TokenFigures";
import type { TokenFound } from "./generated/TokenFound";
import type { TokensPage } from "./generated/TokensPage";
import type { TokensQuery } from "./generated/TokensQuery";
import type { TodayPage } from "./generated/TodayPage";
import type { TodayQuery } from "./generated/TodayQuery";
import type { TransferLook } from "./generated/TransferLook";
import type { TransferRow } from "./generated/TransferRow";
import type { UsageChart } from "./generated/UsageChart";
import type { UsageQuery } from "./generated/UsageQuery";
import type { ViewRow } from "./generated/ViewRow";

/** The program itself. */
export interface About {
  version: string;
  data_folder: string;
  /** Where the log files are; `null` if there is no place for them. */
  log_folder: string | null;
  /** What happened at the start that a person should know, such as a store that was restored. */
  notice: string | null;
}

/** What a person typed to connect an account. The token goes through once and is kept nowhere here. */
export interface Connect {
  label: string;
  /** `us-e1`, `eu-w1`, or the base URL of a private deployment. */
  region: string;
  token: string;
}

/** Who signs in, and where. The password goes through once and is kept nowhere here. */
export interface SignInStart {
  /** As in `Connect`; not used where an account is renewed. */
  region: string;
  email: string;
  password: string;
  /** The connected account that gets the new token; `null` connects whoever signs in. */
  renews: number | null;
}

/** How a PIN reaches its owner. */
export type PinWay = Extract<SignInStep, { step: "pin" }>["method"];

/** That an account's owner is at hand. It goes through once and is kept nowhere here. */
export interface Proof {
  password: string;
  /** Where the account has a second factor. */
  pin: string | null;
}

/** A screen with a filter box. Each has tests of its own, beside those of profiles. */
export type FilterScreen = "today" | "fleet" | "allocation" | "costs" | "tokens" | "people" | "activity";
/** Where a link leads that the program was opened with: to a profile or to a screen. */
export type LinkTarget =
  | { key: number; tab: "overview" | "usage" | "tokens" | "team" | "audit" | "backups" | "changes" }
  | { screen: FilterScreen | "costs" | "accounts" };

/** What the shell tells by itself, and with what. */
export interface Events {
  /** How the sync goes. */
  "sync-changed": SyncState;
  /** Something was written, and what: who shows it reads it again. */
  "store-changed": StoreNews;
  /** How far changes are that are carried out. */
  changing: ChangeProgress;
  /** How far a backup is that is downloaded. */
  downloading: DownloadProgress;
  /** How far a live query of an audit log is. */
  "asking-audit": LiveAuditProgress;
  /** The program was opened with a link: ask for it. */
  "link-arrived": null;
  /** Whether a call has been waiting for the keychain for some seconds. */
  "vault-waiting": boolean;
}

/** Ends a subscription. */
export type Unsubscribe = () => void;

/** Every promise that fails rejects with a `Problem`. */
export interface Backend {
  accounts(): Promise<AccountRow[]>;
  connect(account: Connect): Promise<AccountRow>;
  forget(key: number, keepHistory: boolean): Promise<void>;
  /** Begins a sign-in, in place of one that goes on; the number names it in the steps that follow. */
  signIn(start: SignInStart): Promise<[number, SignInStep]>;
  /** Has a PIN sent, or turns to the authenticator app. */
  sendPin(number: number, way: PinWay): Promise<SignInStep>;
  givePin(number: number, pin: string): Promise<SignInStep>;
  /** Makes the token and stores the account with it. */
  chooseToken(number: number, choice: TokenChoice): Promise<SignInStep>;
  /** Lets go of the sign-in that goes on, and of its password. */
  endSignIn(): Promise<void>;
  /** When each account's token ends, the soonest first. */
  tokenEnds(): Promise<TokenEndRow[]>;
  /** What may stand at the cursor of a filter box, which is counted in UTF-16 units. */
  completeFilter(screen: FilterScreen, text: string, cursor: number): Promise<FilterCompletion>;
  fleet(query: FleetQuery): Promise<FleetPage>;
  fleetSum(selection: FleetSelection): Promise<FleetSum>;
  groups(): Promise<GroupRow[]>;
  /** Makes a group, or gives the one with this key another name and kind. */
  putGroup(key: number | null, name: string, kind: GroupKind): Promise<GroupRow>;
  deleteGroup(key: number): Promise<void>;
  /** Puts profiles into a group or takes them out; returns for how many that changed something. */
  assignGroup(key: number, selection: FleetSelection, member: boolean): Promise<number>;
  /** Asks a person for a file and writes groups and notes to it; the file, or `null` if none was chosen. */
  exportGroups(): Promise<string | null>;
  /** Asks a person for a file and reads groups and notes from it. */
  importGroups(): Promise<GroupImport>;
  /** An empty text takes the note away. */
  putNote(profile: number, text: string): Promise<void>;
  views(): Promise<ViewRow[]>;
  /** Keeps an address of the window under a name; replaces the view of the same name. */
  putView(name: string, address: string): Promise<ViewRow>;
  deleteView(key: number): Promise<void>;
  /** Copies all that a query finds as text for a spreadsheet; says how many rows there are. */
  exportCopy(query: ExportQuery): Promise<number>;
  /** Asks where, and saves all that a query finds; `null` if the person changed their mind. */
  exportSave(query: ExportQuery, format: ExportFormat): Promise<ExportSaved | null>;
  /** What changes, a retry or an undo would do, from the store alone; nothing is sent. */
  previewChanges(request: ChangeRequest): Promise<ChangePreview>;
  /** Answers once all is done or cancelled, or a proof is needed; `changing` tells how far it is. */
  carryOut(request: ChangeRequest, confirmation: Confirmation, proof: Proof | null): Promise<ChangeOutcome>;
  /** Goes on with a batch that waits for a proof. */
  carryOutRest(batch: number, proof: Proof): Promise<ChangeOutcome>;
  /** What is on its way is awaited, and nothing more is sent. */
  cancelChanges(batch: number): Promise<void>;
  /** What an earlier run did not live to see the end of, with what is known now. Asks TagoIO. */
  unfinishedChanges(): Promise<ActionRow[]>;
  actionLog(query: ActionQuery): Promise<ActionPage>;
  /** Whether each change of some profiles asks first; returns how many were not so before. */
  protect(selection: FleetSelection, on: boolean): Promise<number>;
  /** The invitations of an account that are not answered. Asks TagoIO. */
  invitations(account: number): Promise<InvitationRow[]>;
  /**
   * The profiles that a CSV file names, which a person chooses; `null` if they change their mind. The account is the
   * one of rows that name none. Nothing is sent.
   */
  profilesOfFile(account: number, freeResources: boolean): Promise<CreateProfile[] | null>;
  /** Whether an account is only read; returns whether it was not so before. */
  readOnly(account: number, on: boolean): Promise<boolean>;
  navigationCounts(): Promise<NavigationCounts>;
  /** What an onboarding would do, from the store alone; nothing is sent. */
  previewOnboarding(wanted: Onboard): Promise<OnboardPreview>;
  /** Notes what is wanted, so that it goes on whatever happens; nothing is sent. */
  beginOnboarding(wanted: Onboard): Promise<Onboarding>;
  onboardings(): Promise<Onboarding[]>;
  /** Does what is left; answers once all is tried, or a proof is needed. */
  goOnOnboarding(key: number, proof: Proof | null): Promise<OnboardWent>;
  goOnOnboardingWith(key: number, batch: number, proof: Proof): Promise<OnboardWent>;
  /** Does without a step, or with it again. */
  skipOnboardingStep(key: number, step: string, skipped: boolean): Promise<Onboarding>;
  /** Notes that the token's value was copied or saved. */
  onboardingHandedOut(key: number): Promise<Onboarding>;
  forgetOnboarding(key: number): Promise<void>;
  /** The page to hand over, as text. */
  handOverPage(key: number): Promise<string>;
  copyHandOver(key: number): Promise<void>;
  /** Asks where, and saves the page; the file, or `null` if the person changed their mind. */
  saveHandOver(key: number, format: PageFormat): Promise<string | null>;
  palette(query: PaletteQuery): Promise<PaletteHit[]>;
  people(query: PeopleQuery): Promise<PeoplePage>;
  /** One person's ways in, or a profile's. */
  access(query: AccessQuery): Promise<AccessList>;
  /** What is known of somebody who is to lose all access; by what `PersonRow.who` says. */
  leaver(who: string): Promise<Leaver>;
  /** What became of an off-boarding, by the batch if anything was sent. It is noted in the action log. */
  offboarded(who: string, batch: number | null): Promise<OffboardReport>;
  /** Copies the draft of a mail to an owner. */
  copyOwnerMail(who: string, owner: string): Promise<void>;
  /** Opens it in the system's mail program; returns whether the text is in it, which can be too long for that. */
  openOwnerMail(who: string, owner: string): Promise<boolean>;
  profile(key: number): Promise<ProfileOverview>;
  team(profile: number): Promise<TeamView>;
  audit(query: AuditQuery): Promise<AuditPage>;
  auditArchive(profile: number): Promise<AuditArchive>;
  /** Asks TagoIO; `asking-audit` tells how far it is, and `liveAudit` gives the rows. */
  askAudit(query: LiveAuditQuery): Promise<LiveAuditEnd>;
  /** A page of what TagoIO answered last. */
  liveAudit(query: LiveAuditPage): Promise<AuditPage>;
  /** What came is kept. */
  cancelAudit(profile: number): Promise<void>;
  /** A profile's backups at TagoIO, as they were listed last. */
  backups(profile: number): Promise<BackupsView>;
  /** Asks TagoIO for that list. */
  fetchBackups(profile: number): Promise<void>;
  /** Asks a person which file a backup is to be; the file, or `null` if they changed their mind. The shell keeps it. */
  placeBackup(profile: number, backup: string): Promise<string | null>;
  /** Downloads a backup to that file; `downloading` tells how far it is. */
  downloadBackup(profile: number, backup: string, proof: Proof): Promise<DownloadEnd>;
  /** What came is kept beside the file. */
  cancelDownload(backup: string): Promise<void>;
  tokens(query: TokensQuery): Promise<TokensPage>;
  tokenFigures(): Promise<TokenFigures>;
  token(key: number): Promise<TokenDetail>;
  /** Whose a token is. Its value goes through once; what comes back is metadata. */
  findToken(token: string): Promise<TokenFound>;
  /** Copies the value of a token that a row of a batch made; it is taken off the clipboard after half a minute. */
  copyMadeToken(batch: number, row: number): Promise<void>;
  /** Asks where, and writes such a value to a new file; the file, or `null` if the person changed their mind. */
  saveMadeToken(batch: number, row: number): Promise<string | null>;
  /** Writes the values of all tokens that a batch made to a new file, which a person chooses; its path, or `null`. */
  saveAllMadeTokens(batch: number): Promise<string | null>;
  /** Forgets the values of the tokens that a batch made. */
  forgetMadeTokens(batch: number): Promise<void>;
  /** The tokens that are being replaced, the longest first. */
  rotations(): Promise<RotationRow[]>;
  /** Notes that a token is to be replaced, before the new one is made; returns its number. */
  beginRotation(wanted: Rotate): Promise<number>;
  /** Forgets a replacement: it is over, or given up. Nothing is sent. */
  endRotation(key: number): Promise<boolean>;
  /** The link that came last, once; a link that cannot be followed is refused with the reason. */
  takeLink(): Promise<LinkTarget | null>;
  /** Opens TagoIO's admin site in the system's browser. */
  openAdminSite(profile: number): Promise<void>;
  /** What a transfer to another account depends on, as far as it is known here. */
  lookAtTransfer(profile: number, destination: string): Promise<TransferLook>;
  /** Copies the profile's limits and resources as text for the ticket. */
  copyTransfer(profile: number, destination: string): Promise<void>;
  /** Notes that TagoIO was asked; nothing is sent. */
  beginTransfer(profile: number, destination: string, ticket: string): Promise<TransferRow>;
  /** The newest one of a profile. */
  transferOf(profile: number): Promise<TransferRow | null>;
  noteTransfer(key: number, ticket: string): Promise<TransferRow>;
  giveUpTransfer(key: number): Promise<TransferRow>;
  usage(query: UsageQuery): Promise<UsageChart>;
  activity(query: ActivityQuery): Promise<ActivityPage>;
  /** The syncs that there were, newest first. */
  syncRuns(query: SyncRunsQuery): Promise<SyncRunsPage>;
  /** How one of them ended, with all that failed in it; `null` if it did not end. */
  syncRun(key: number): Promise<SyncReport | null>;
  /** The shell asks for a picture file and looks at it; `null` if the person changed their mind. */
  choosePicture(): Promise<ChosenPicture | null>;
  /** What TagoIO sells to an account, as it is stored. */
  buyingOffer(account: number): Promise<BuyOffer>;
  /** What higher limits cost now; TagoIO is asked. */
  buyingQuote(account: number, services: Partial<Record<Service, number>>): Promise<BuyQuote>;
  /** Answers once it is through, or cannot go on by itself. */
  buy(request: PurchaseRequest): Promise<PurchaseRow>;
  /** Those that are not over. */
  purchases(): Promise<PurchaseRow[]>;
  /** Goes on with a purchase; buys nothing. */
  resumePurchase(key: number): Promise<PurchaseRow>;
  endPurchase(key: number): Promise<void>;
  allocation(query: AllocationQuery): Promise<AllocationOverview>;
  allocationProfiles(query: AllocationProfilesQuery): Promise<AllocationProfiles>;
  costs(query: CostQuery): Promise<CostPage>;
  /** Accounts that own a profile that the filter leaves, as of a moment; `null` is now. */
  costAccounts(filter: string, at: string | null): Promise<CostAccount[]>;
  archiveAccounts(): Promise<ArchiveAccount[]>;
  chooseArchive(account: number, archive: boolean): Promise<void>;
  settings(): Promise<SettingRow[]>;
  /** `null` goes back to the default. A value that cannot be used is refused with `invalid_input`. */
  putSetting(key: string, value: string | null): Promise<void>;
  /** What needs attention, worst first. */
  today(query: TodayQuery): Promise<TodayPage>;
  /** Takes a line off the list until a moment, or until it is worse if there is none. */
  answerAttention(id: string, until: string | null, note: string | null): Promise<void>;
  /** Puts a line back on the list. */
  unanswerAttention(id: string): Promise<void>;
  /** Which profile a person looks at, so that it is fetched before the others. */
  lookAt(profile: number | null): Promise<void>;
  /**
   * Returns at once; `sync-changed` tells the rest. Without arguments everything is synced; a profile alone is
   * fetched anew even while a sync goes on.
   */
  startSync(account: number | null, profile: number | null): Promise<void>;
  /** Fetches the teams and tokens of all profiles, however fresh they are. Returns at once. */
  syncAccess(): Promise<void>;
  cancelSync(): Promise<void>;
  sync(): Promise<SyncState>;
  about(): Promise<About>;
  /** Shows everything in the window so large, in percent. */
  enlarge(percent: number): Promise<void>;
  on<Name extends keyof Events>(event: Name, listener: (payload: Events[Name]) => void): Promise<Unsubscribe>;
}

/**
 * Whatever a call was rejected with, as a `Problem`: the shell's framework rejects with plain text when a
 * call does not reach the command.
 */
export function asProblem(reason: unknown): Problem {
  if (typeof reason === "object" && reason !== null && "code" in reason && "message" in reason) {
    return reason as Problem;
  }
  const message = reason instanceof Error ? reason.message : String(reason);
  return { code: "internal", message };
}
