//! The shapes that cross to the window and to `pdesk --json`. TypeScript's side is generated from them.

mod account;
mod fleet;
mod profile;
mod sync;
mod usage;

pub use account::{AccountRow, SignIn};
pub use fleet::{FleetFigures, FleetPage, FleetQuery, FleetRow, FleetSort, UsageCell};
pub use profile::{DatasetFreshness, NamedAmount, ProfileOverview};
pub use sync::{
    SyncAccountReport, SyncCounts, SyncError, SyncProgress, SyncReport, SyncState, SyncStatus,
};
pub use usage::{UsageBy, UsageChart, UsageQuery, UsageTable, UsageTableRow};
