//! The shapes that cross to the window and to `pdesk --json`. TypeScript's side is generated from them.

mod account;
mod activity;
mod allocation;
mod archive;
mod audit;
mod cost;
mod filter;
mod fleet;
mod group;
mod navigation;
mod palette;
mod people;
mod plan;
mod profile;
mod settings;
mod sync;
mod today;
mod tokens;
mod usage;

pub use account::{AccountRow, SignIn};
pub use activity::{ActivityPage, ActivityQuery, ChangeRow, ChangeTopic};
pub use allocation::{
    AllocationAccount, AllocationCell, AllocationOverview, AllocationProfiles,
    AllocationProfilesQuery, AllocationQuery, AllocationRow, AllocationSlots, AllocationSort,
};
pub use archive::{ArchiveAccount, ArchiveChoice, ArchiveReport};
pub use audit::{AuditArchive, AuditChoice, AuditPage, AuditQuery, AuditRow};
pub use cost::{
    CostAccount, CostFigures, CostLine, CostLineKind, CostPage, CostQuery, CostRow, CostSort,
    CostSum, CostUnknown,
};
pub use filter::{FilterChoice, FilterCompletion};
pub use fleet::{
    FleetFigures, FleetOrder, FleetPage, FleetQuery, FleetRow, FleetSelection, FleetSort, FleetSum,
    ServiceSum, UsageCell,
};
pub use group::{GroupImport, GroupKind, GroupRow, ViewRow};
pub use navigation::NavigationCounts;
pub use palette::{PaletteFit, PaletteHit, PaletteQuery};
pub use people::{
    AccessKind, AccessKnown, AccessLine, AccessList, AccessQuery, PeopleFigures, PeopleOrder,
    PeoplePage, PeopleQuery, PersonRow,
};
pub use plan::{PlanReason, PlannedOperation, SyncPlan};
pub use profile::{DatasetFreshness, NamedAmount, ProfileOverview};
pub use settings::SettingRow;
pub use sync::{
    ArchiveProgress, SyncAccountReport, SyncCounts, SyncError, SyncPause, SyncProgress, SyncReport,
    SyncState, SyncStatus,
};
pub use today::{TodayAnswer, TodayCount, TodayFigures, TodayPage, TodayQuery, TodayRow};
pub use tokens::{
    Coverage, FoundToken, TeamMember, TeamRole, TeamRow, TeamView, Teams, TokenDetail,
    TokenFigures, TokenFlag, TokenFound, TokenOrder, TokenRow, TokenVersionRow, TokensPage,
    TokensQuery,
};
pub use usage::{
    UsageBefore, UsageBy, UsageChart, UsageLimit, UsageQuery, UsageSeries, UsageTable,
    UsageTableRow,
};
