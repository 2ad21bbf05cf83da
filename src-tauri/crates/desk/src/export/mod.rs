//! What is on screen, as a table for another program. Each screen has a file here, which makes a [`Sheet`] of
//! what its query finds: all of it, not only the page that is seen.

mod accounts;
mod actions;
mod activity;
mod allocation;
mod backups;
mod costs;
mod defuse;
mod fleet;
mod offboard;
mod people;
mod record;
mod save;
mod sheet;
mod spreadsheet;
mod syncs;
mod team;
mod text;
mod today;
mod tokens;
mod usage;

use serde::Deserialize;
use ts_rs::TS;

pub use defuse::for_spreadsheet;
pub(crate) use defuse::original;
pub use fleet::{FleetColumn, FleetExport};
pub use record::csv_record;
pub use save::{ExportFormat, ExportSaved};
pub(crate) use save::{file_name, for_file_name, not_written, write_whole};
pub use sheet::{Cell, Column, Sheet, Unit};

use crate::change::ActionQuery;
use crate::offboard::OffboardExport;
use crate::open::Desk;
use crate::problem::Problem;
use crate::read::{
    AccessQuery, ActivityQuery, AllocationQuery, AuditQuery, CostQuery, EVERY_ROW, FleetQuery,
    LiveAuditPage, PeopleQuery, SyncRunsQuery, TodayQuery, TokensQuery, UsageQuery,
};

/// Which profile's part is to be exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, TS)]
pub struct ProfileExport {
    /// The profile, by its number in the store.
    #[ts(type = "number")]
    pub profile: i64,
}

/// What is to be exported: a screen, with the query that it shows. Pages are passed over: everything
/// that the query finds is exported.
#[derive(Clone, Debug, PartialEq, Deserialize, TS)]
#[serde(tag = "screen", content = "query", rename_all = "snake_case")]
pub enum ExportQuery {
    /// The accounts that are connected.
    Accounts,
    /// When the accounts' own tokens end.
    TokenEnds,
    /// The action log.
    Actions(ActionQuery),
    /// The change log.
    Activity(ActivityQuery),
    /// The accounts' limits and what they are divided into.
    Allocation(AllocationQuery),
    /// What each profile costs.
    Costs(CostQuery),
    /// What each account pays for, line by line; they are by label, whatever the order of the query.
    CostAccounts(CostQuery),
    /// Who had access to what, as evidence.
    Access(AccessQuery),
    /// A profile's audit events.
    Audit(AuditQuery),
    /// What TagoIO answered last of a profile's audit events.
    LiveAudit(LiveAuditPage),
    /// A profile's backups.
    Backups(ProfileExport),
    /// The fleet's table.
    Fleet(FleetExport),
    /// What became of an off-boarding.
    Offboard(OffboardExport),
    /// Everybody with access to anything.
    People(PeopleQuery),
    /// The log of syncs.
    Syncs(SyncRunsQuery),
    /// A profile's team.
    Team(ProfileExport),
    /// Tokens' metadata.
    Tokens(TokensQuery),
    /// What needs attention.
    Today(TodayQuery),
    /// A profile's usage history.
    Usage(UsageQuery),
}

impl ExportQuery {
    /// Of everything that it finds.
    fn whole(mut self) -> Self {
        match &mut self {
            Self::Activity(ActivityQuery { offset, limit, .. })
            | Self::Costs(CostQuery { offset, limit, .. })
            | Self::Access(AccessQuery { offset, limit, .. })
            | Self::Audit(AuditQuery { offset, limit, .. })
            | Self::LiveAudit(LiveAuditPage { offset, limit, .. })
            | Self::Fleet(FleetExport {
                query: FleetQuery { offset, limit, .. },
                ..
            })
            | Self::People(PeopleQuery { offset, limit, .. })
            | Self::Syncs(SyncRunsQuery { offset, limit })
            | Self::Tokens(TokensQuery { offset, limit, .. })
            | Self::Today(TodayQuery { offset, limit, .. }) => {
                (*offset, *limit) = (0, EVERY_ROW);
            }
            // It is read in pages of its own size.
            Self::Actions(ActionQuery { offset, .. }) => *offset = 0,
            // These have no pages.
            Self::Accounts
            | Self::TokenEnds
            | Self::Allocation(_)
            | Self::Backups(_)
            | Self::CostAccounts(_)
            | Self::Offboard(_)
            | Self::Team(_)
            | Self::Usage(_) => {}
        }
        self
    }
}

impl Desk {
    /// What a screen shows, whole: its rows are read in one go, each of them once.
    pub async fn sheet(&self, query: ExportQuery) -> Result<Sheet, Problem> {
        match query.whole() {
            ExportQuery::Accounts => accounts::sheet(self).await,
            ExportQuery::TokenEnds => accounts::token_ends(self).await,
            ExportQuery::Actions(query) => actions::sheet(self, query).await,
            ExportQuery::Activity(query) => activity::sheet(self, query).await,
            ExportQuery::Allocation(query) => allocation::sheet(self, query).await,
            ExportQuery::Backups(query) => backups::sheet(self, query).await,
            ExportQuery::Costs(query) => costs::sheet(self, query).await,
            ExportQuery::CostAccounts(query) => costs::accounts(self, query).await,
            ExportQuery::Access(query) => people::access(self, query).await,
            ExportQuery::Audit(query) => people::audit(self, query).await,
            ExportQuery::LiveAudit(query) => Ok(people::live_audit(self, &query)),
            ExportQuery::Fleet(export) => fleet::sheet(self, export).await,
            ExportQuery::Offboard(wanted) => offboard::sheet(self, wanted).await,
            ExportQuery::People(query) => people::people(self, query).await,
            ExportQuery::Syncs(query) => syncs::sheet(self, query).await,
            ExportQuery::Team(query) => team::sheet(self, query).await,
            ExportQuery::Tokens(query) => tokens::sheet(self, query).await,
            ExportQuery::Today(query) => today::sheet(self, query).await,
            ExportQuery::Usage(query) => usage::sheet(self, query).await,
        }
    }
}
