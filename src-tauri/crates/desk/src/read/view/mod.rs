//! The shapes that cross to the window and to `pdesk --json`. TypeScript's side is generated from them.

mod account;
mod activity;
mod archive;
mod fleet;
mod plan;
mod profile;
mod settings;
mod sync;
mod usage;

pub use account::{AccountRow, SignIn};
pub use activity::{ActivityPage, ActivityQuery, ChangeRow, ChangeTopic};
pub use archive::{ArchiveAccount, ArchiveChoice, ArchiveReport};
pub use fleet::{FleetFigures, FleetPage, FleetQuery, FleetRow, FleetSort, UsageCell};
pub use plan::{PlanReason, PlannedOperation, SyncPlan};
pub use profile::{DatasetFreshness, NamedAmount, ProfileOverview};
pub use settings::SettingRow;
pub use sync::{
    ArchiveProgress, SyncAccountReport, SyncCounts, SyncError, SyncPause, SyncProgress, SyncReport,
    SyncState, SyncStatus,
};
pub use usage::{UsageBy, UsageChart, UsageQuery, UsageTable, UsageTableRow};
