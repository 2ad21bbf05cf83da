//! The shapes that cross to the window and to `pdesk --json`. TypeScript's side is generated from them.

mod account;
mod activity;
mod allocation;
mod archive;
mod audit;
mod backup;
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

use serde::{Deserialize, Deserializer};

pub use account::{AccountRow, SignIn, TokenEnd, TokenEndRow};
pub use activity::{ActivityPage, ActivityQuery, ChangeRow, ChangeTopic};
pub use allocation::{
    AllocationAccount, AllocationCell, AllocationHeld, AllocationOverview, AllocationProfiles,
    AllocationProfilesQuery, AllocationQuery, AllocationRow, AllocationSlots, AllocationSort,
};
pub use archive::{ArchiveAccount, ArchiveChoice, ArchiveError, ArchiveReport};
pub use audit::{
    AuditArchive, AuditChoice, AuditPage, AuditQuery, AuditRow, LiveAuditEnd, LiveAuditPage,
    LiveAuditProgress, LiveAuditQuery,
};
pub use backup::{BackupRow, BackupsView};
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
    SyncRunEnd, SyncRunRow, SyncRunsPage, SyncRunsQuery, SyncState, SyncStatus,
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

/// As a query's `limit`: all that it finds. They are read in one go, from one snapshot of the store, so that a sync that
/// writes meanwhile neither moves nor drops a row.
pub const EVERY_ROW: u32 = u32::MAX;

/// Rows that the window gets at once, at most: it draws what is near the eye.
const LONGEST_PAGE: u32 = 500;

/// The `limit` of a query that comes from the window.
fn at_most_a_page<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    Ok(u32::deserialize(deserializer)?.min(LONGEST_PAGE))
}

#[cfg(test)]
mod tests {
    use serde::de::DeserializeOwned;
    use serde_json::json;

    use super::*;

    fn limit<Q: DeserializeOwned>(limit: u32, of: fn(&Q) -> u32) -> u32 {
        let query = json!({"account": 1, "profile": 1, "service": "input", "limit": limit});
        of(&serde_json::from_value(query).unwrap())
    }

    #[test]
    fn the_window_gets_no_more_than_a_page_whatever_it_asks_for() {
        for (wanted, given) in [(0, 0), (100, 100), (500, 500), (501, 500), (EVERY_ROW, 500)] {
            let limits = [
                limit(wanted, |query: &AccessQuery| query.limit),
                limit(wanted, |query: &ActivityQuery| query.limit),
                limit(wanted, |query: &AllocationProfilesQuery| query.limit),
                limit(wanted, |query: &AuditQuery| query.limit),
                limit(wanted, |query: &CostQuery| query.limit),
                limit(wanted, |query: &FleetQuery| query.limit),
                limit(wanted, |query: &PeopleQuery| query.limit),
                limit(wanted, |query: &SyncRunsQuery| query.limit),
                limit(wanted, |query: &TodayQuery| query.limit),
                limit(wanted, |query: &TokensQuery| query.limit),
            ];
            assert_eq!(limits, [given; 10]);
        }
    }
}
