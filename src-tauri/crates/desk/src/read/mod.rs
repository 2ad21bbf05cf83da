//! What the screens show, read from the store alone. These types are the contract with the window:
//! TypeScript's side is generated from them.

mod account;
mod fleet;
mod profile;
mod sync;

pub use account::{AccountRow, SignIn};
pub use fleet::{FleetFigures, FleetPage, FleetQuery, FleetRow, FleetSort, UsageCell, UsageState};
pub use profile::{
    DatasetFreshness, NamedAmount, ProfileOverview, UsageBy, UsageChart, UsageQuery,
};
pub use sync::{
    SyncAccountReport, SyncCounts, SyncError, SyncProgress, SyncReport, SyncState, SyncStatus,
};
