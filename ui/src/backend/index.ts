// Picks who answers: the shell if the page runs in it, the fake one while the page is developed in a browser.
import { isTauri } from "@tauri-apps/api/core";

import type { Backend } from "./backend";
import { tauriBackend } from "./tauri";

/** `null` if this is a built page outside the shell: there is nobody to ask. */
export async function openBackend(): Promise<Backend | null> {
  if (isTauri()) return tauriBackend;
  if (!import.meta.env.DEV) return null;
  const { demoBackend } = await import("./fake/demo");
  return demoBackend(new URLSearchParams(location.search));
}

export { asProblem } from "./backend";
export type {
  About,
  Backend,
  Connect,
  Events,
  FilterScreen,
  LinkTarget,
  Proof,
  Unsubscribe,
} from "./backend";
export { SERVICES } from "./generated/services";
export type { AccessKind } from "./generated/AccessKind";
export type { AccessKnown } from "./generated/AccessKnown";
export type { AccessLine } from "./generated/AccessLine";
export type { AccessList } from "./generated/AccessList";
export type { AccessQuery } from "./generated/AccessQuery";
export type { AccountRow } from "./generated/AccountRow";
export type { ActionPage } from "./generated/ActionPage";
export type { ActionQuery } from "./generated/ActionQuery";
export type { ActionResult } from "./generated/ActionResult";
export type { ActionRow } from "./generated/ActionRow";
export type { ActivityPage } from "./generated/ActivityPage";
export type { ActivityQuery } from "./generated/ActivityQuery";
export type { AllocationAccount } from "./generated/AllocationAccount";
export type { AllocationCell } from "./generated/AllocationCell";
export type { AllocationFigures } from "./generated/AllocationFigures";
export type { AllocationOverview } from "./generated/AllocationOverview";
export type { AllocationProfiles } from "./generated/AllocationProfiles";
export type { AllocationProfilesQuery } from "./generated/AllocationProfilesQuery";
export type { AllocationQuery } from "./generated/AllocationQuery";
export type { AllocationRow } from "./generated/AllocationRow";
export type { AllocationSlots } from "./generated/AllocationSlots";
export type { AllocationSort } from "./generated/AllocationSort";
export type { ArchiveAccount } from "./generated/ArchiveAccount";
export type { AuditArchive } from "./generated/AuditArchive";
export type { AuditChoice } from "./generated/AuditChoice";
export type { AuditPage } from "./generated/AuditPage";
export type { AuditQuery } from "./generated/AuditQuery";
export type { AuditRow } from "./generated/AuditRow";
export type { AttentionFacts } from "./generated/AttentionFacts";
export type { AttentionKind } from "./generated/AttentionKind";
export type { AttentionSeverity } from "./generated/AttentionSeverity";
export type { BuyOffer } from "./generated/BuyOffer";
export type { BuyQuote } from "./generated/BuyQuote";
export type { Change } from "./generated/Change";
export type { ChangeCounts } from "./generated/ChangeCounts";
export type { ChangeEnd } from "./generated/ChangeEnd";
export type { ChangeKind } from "./generated/ChangeKind";
export type { ChangeOutcome } from "./generated/ChangeOutcome";
export type { ChangePreview } from "./generated/ChangePreview";
export type { ChangeProgress } from "./generated/ChangeProgress";
export type { ChangeRequest } from "./generated/ChangeRequest";
export type { ChangeRow } from "./generated/ChangeRow";
export type { ChangeTopic } from "./generated/ChangeTopic";
export type { ChosenPicture } from "./generated/ChosenPicture";
export type { CostAccount } from "./generated/CostAccount";
export type { CostFigures } from "./generated/CostFigures";
export type { CostLine } from "./generated/CostLine";
export type { CostLineKind } from "./generated/CostLineKind";
export type { CostPage } from "./generated/CostPage";
export type { CostQuery } from "./generated/CostQuery";
export type { CostRow } from "./generated/CostRow";
export type { CostSort } from "./generated/CostSort";
export type { CostSum } from "./generated/CostSum";
export type { CostUnknown } from "./generated/CostUnknown";
export type { Coverage } from "./generated/Coverage";
export type { Dataset } from "./generated/Dataset";
export type { ExportFormat } from "./generated/ExportFormat";
export type { ExportQuery } from "./generated/ExportQuery";
export type { ExportSaved } from "./generated/ExportSaved";
export type { FilterChoice } from "./generated/FilterChoice";
export type { FilterCompletion } from "./generated/FilterCompletion";
export type { FleetColumn } from "./generated/FleetColumn";
export type { FleetFigures } from "./generated/FleetFigures";
export type { FleetOrder } from "./generated/FleetOrder";
export type { FleetPage } from "./generated/FleetPage";
export type { FleetQuery } from "./generated/FleetQuery";
export type { FleetRow } from "./generated/FleetRow";
export type { FleetSelection } from "./generated/FleetSelection";
export type { FleetSort } from "./generated/FleetSort";
export type { FleetSum } from "./generated/FleetSum";
export type { FoundToken } from "./generated/FoundToken";
export type { Freshness } from "./generated/Freshness";
export type { GroupImport } from "./generated/GroupImport";
export type { GroupKind } from "./generated/GroupKind";
export type { GroupRow } from "./generated/GroupRow";
export type { NamedAmount } from "./generated/NamedAmount";
export type { NeedsProof } from "./generated/NeedsProof";
export type { PaletteFit } from "./generated/PaletteFit";
export type { NavigationCounts } from "./generated/NavigationCounts";
export type { PaletteHit } from "./generated/PaletteHit";
export type { PaletteQuery } from "./generated/PaletteQuery";
export type { PlannedChange } from "./generated/PlannedChange";
export type { PeopleFigures } from "./generated/PeopleFigures";
export type { PeopleOrder } from "./generated/PeopleOrder";
export type { PeoplePage } from "./generated/PeoplePage";
export type { PeopleQuery } from "./generated/PeopleQuery";
export type { PersonRow } from "./generated/PersonRow";
export type { Problem } from "./generated/Problem";
export type { ProblemCode } from "./generated/ProblemCode";
export type { ProfileOverview } from "./generated/ProfileOverview";
export type { PurchaseRow } from "./generated/PurchaseRow";
export type { PurchaseStep } from "./generated/PurchaseStep";
export type { Service } from "./generated/Service";
export type { ServiceSum } from "./generated/ServiceSum";
export type { SettingRow } from "./generated/SettingRow";
export type { SignIn } from "./generated/SignIn";
export type { StoreNews } from "./generated/StoreNews";
export type { SyncPause } from "./generated/SyncPause";
export type { SyncReport } from "./generated/SyncReport";
export type { SyncRunRow } from "./generated/SyncRunRow";
export type { SyncRunsPage } from "./generated/SyncRunsPage";
export type { SyncState } from "./generated/SyncState";
export type { SyncStatus } from "./generated/SyncStatus";
export type { TeamRole } from "./generated/TeamRole";
export type { TeamRow } from "./generated/TeamRow";
export type { TeamView } from "./generated/TeamView";
export type { TokenDetail } from "./generated/TokenDetail";
export type { TokenFigures } from "./generated/TokenFigures";
export type { TokenFlag } from "./generated/TokenFlag";
export type { TokenFound } from "./generated/TokenFound";
export type { TokenKind } from "./generated/TokenKind";
export type { TokenOrder } from "./generated/TokenOrder";
export type { TokenPermission } from "./generated/TokenPermission";
export type { TokenRow } from "./generated/TokenRow";
export type { TokensPage } from "./generated/TokensPage";
export type { TokensQuery } from "./generated/TokensQuery";
export type { TodayAnswer } from "./generated/TodayAnswer";
export type { TodayFigures } from "./generated/TodayFigures";
export type { TodayPage } from "./generated/TodayPage";
export type { TodayQuery } from "./generated/TodayQuery";
export type { TodayRow } from "./generated/TodayRow";
export type { UsageBefore } from "./generated/UsageBefore";
export type { UsageBy } from "./generated/UsageBy";
export type { UsageCell } from "./generated/UsageCell";
export type { UsageChart } from "./generated/UsageChart";
export type { UsageLimit } from "./generated/UsageLimit";
export type { UsageQuery } from "./generated/UsageQuery";
export type { UsageSeries } from "./generated/UsageSeries";
export type { UsageState } from "./generated/UsageState";
export type { ViewRow } from "./generated/ViewRow";
