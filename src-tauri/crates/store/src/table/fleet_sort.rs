//! What the fleet is sorted by, in SQL. What everybody sorts by is a column of `rank`, most of them with an index;
//! the rest is looked up for each row, by those alone who sort by it.

use model::{Service, ServiceKind};

use crate::table::trend;

/// The order of the fleet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FleetSort {
    /// By the highest share of a limit among the services.
    Risk,
    /// By the share of a limit that a day adds to its fastest service.
    Growth,
    /// By name, whatever the case of its letters.
    Name,
    /// By the label of the preferred account.
    Account,
    /// By plan.
    Plan,
    /// By the region that it says it is in, else the API's address.
    Region,
    /// By when the summary was fetched.
    AsOf,
    /// By one service's share of its limit.
    Service(Service),
    /// By what a service added in the days of its [`Trend`](crate::Trend): what a counter used on those that are
    /// known, how far a level rose or, below zero, fell.
    Trend(Service),
    /// By the names of its groups, in the order in which a row bears them.
    Groups,
    /// By when its note was written.
    Noted,
    /// By TagoIO's id.
    Id,
    /// By the labels of the accounts that reach it beside the preferred one, in the order of a row.
    Others,
}

/// Columns to sort by, at most: a person clicks a few.
const MOST_COLUMNS: usize = 8;

impl FleetSort {
    /// The column to sort by: one of `rank`, or the name of what [`Self::elsewhere`] finds.
    fn column(self) -> String {
        match self {
            Self::Name => "name".to_owned(),
            Self::Risk => "risk".to_owned(),
            Self::Growth => "growth".to_owned(),
            Self::Account => "account".to_owned(),
            Self::Plan => "plan".to_owned(),
            Self::Region => "region".to_owned(),
            Self::AsOf => "fetched_at".to_owned(),
            Self::Service(service) => format!("share_{service}"),
            Self::Trend(service) => format!("added_{service}"),
            Self::Groups => "group_names".to_owned(),
            Self::Noted => "noted_at".to_owned(),
            Self::Id => "id".to_owned(),
            Self::Others => "others".to_owned(),
        }
    }

    /// The index of `rank` that is in its order, if one helps: a sync gives thousands one moment of `fetched_at`,
    /// which would all be read to put them by name.
    fn index(self) -> Option<String> {
        use FleetSort::{Account, Name, Risk, Service};
        let indexed = matches!(self, Risk | Name | Account | Service(_));
        indexed.then(|| format!("rank_{}", self.column()))
    }

    /// What is not kept in `rank`, looked up for each of its rows, and so only where it is sorted by.
    fn elsewhere(self) -> Option<String> {
        Some(match self {
            Self::Trend(service) => {
                let (place, bytes) = trend::place(service);
                let is_level = service.kind() == ServiceKind::Level;
                format!(
                    "(SELECT {}(substr(days, {place}, {bytes}), {is_level}) FROM trend
                      WHERE trend.profile = rank.profile)",
                    trend::ADDED
                )
            }
            Self::Groups => "(
                SELECT group_concat(name_folded, char(10) ORDER BY kind, name_folded)
                FROM profile_group_member AS member JOIN profile_group ON profile_group.key = grp
                WHERE member.profile = rank.profile)"
                .to_owned(),
            Self::Noted => {
                "(SELECT written_at FROM note WHERE note.profile = rank.profile)".to_owned()
            }
            Self::Id => "(SELECT id FROM profile WHERE profile.key = rank.profile)".to_owned(),
            Self::Others => "(
                SELECT group_concat(label_folded, char(10) ORDER BY reach.owner DESC, reach.account)
                FROM reach JOIN account ON account.key = reach.account
                JOIN profile ON profile.key = reach.profile
                WHERE reach.profile = rank.profile AND gone_at IS NULL
                    AND reach.account IS NOT preferred)"
                .to_owned(),
            _ => return None,
        })
    }
}

/// An order, as SQL says it.
pub(crate) struct Order {
    /// Its terms, each followed by a comma.
    pub(crate) terms: String,
    /// What they need from elsewhere under the name that they use, each after a comma.
    pub(crate) elsewhere: String,
    /// The index of `rank` that begins with `removed` and its first term, if there is one.
    pub(crate) index: Option<String>,
}

impl Order {
    /// By these columns, what matters most first, and whether the largest comes first; by risk and then by
    /// growth if there is none.
    pub(crate) fn by(sort: &[(FleetSort, bool)]) -> Self {
        let default = [(FleetSort::Risk, true), (FleetSort::Growth, true)];
        let sort = if sort.is_empty() { &default } else { sort };
        let (mut terms, mut elsewhere) = (Vec::new(), Vec::new());
        for (by, descending) in sort.iter().take(MOST_COLUMNS) {
            let column = by.column();
            let direction = if *descending { "DESC" } else { "ASC" };
            terms.push(format!("{column} {direction} NULLS LAST, "));
            if let Some(found) = by.elsewhere() {
                let also = format!(", {found} AS {column}");
                if !elsewhere.contains(&also) {
                    elsewhere.push(also);
                }
            }
        }
        Self {
            terms: terms.concat(),
            elsewhere: elsewhere.concat(),
            index: sort[0].0.index(),
        }
    }
}
