//! What a sync fetches, piece by piece; each piece has its own age and its own failure.

use std::fmt;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A piece of what the API knows, fetched and dated on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Dataset {
    /// Account: its name, plan and time zone.
    Account,
    /// Account: the list of profiles that its token reaches.
    Profiles,
    /// Account: limits bought, the billing cycle, add-ons.
    Subscription,
    /// Account: a downgrade that is scheduled.
    Schedule,
    /// Account: whether payments go through.
    Health,
    /// Account: coupon and balance.
    Payment,
    /// Account: price tiers.
    Prices,
    /// Account: what each of its profiles is allocated.
    Allocation,
    /// Profile: name, owner, allocation, add-ons, plan.
    Info,
    /// Profile: limits, what is used of them, resource counts.
    Summary,
    /// Profile: running totals by day.
    UsageByDay,
    /// Profile: running totals by hour.
    UsageByHour,
    /// Profile: its tokens' metadata.
    Tokens,
    /// Profile: its team.
    Team,
    /// Profile: its backups at TagoIO. Asked for only where an age was chosen that they may have.
    Backups,
    /// Profile: audit events.
    Audit,
}

impl Dataset {
    /// What a sync fetches once per account.
    pub const OF_ACCOUNT: [Self; 8] = [
        Self::Account,
        Self::Profiles,
        Self::Subscription,
        Self::Schedule,
        Self::Health,
        Self::Payment,
        Self::Prices,
        Self::Allocation,
    ];

    /// What a sync fetches for each profile. Backups are asked for on demand, and the audit log is
    /// archived apart.
    pub const OF_PROFILE: [Self; 6] = [
        Self::Info,
        Self::Summary,
        Self::UsageByDay,
        Self::UsageByHour,
        Self::Tokens,
        Self::Team,
    ];

    /// Its name in the store and in JSON.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Profiles => "profiles",
            Self::Subscription => "subscription",
            Self::Schedule => "schedule",
            Self::Health => "health",
            Self::Payment => "payment",
            Self::Prices => "prices",
            Self::Allocation => "allocation",
            Self::Info => "info",
            Self::Summary => "summary",
            Self::UsageByDay => "usage_by_day",
            Self::UsageByHour => "usage_by_hour",
            Self::Tokens => "tokens",
            Self::Team => "team",
            Self::Backups => "backups",
            Self::Audit => "audit",
        }
    }

    /// The dataset with this key.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::OF_ACCOUNT
            .into_iter()
            .chain(Self::OF_PROFILE)
            .chain([Self::Backups, Self::Audit])
            .find(|dataset| dataset.key() == key)
    }
}

impl fmt::Display for Dataset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_leads_back_and_is_what_serde_writes() {
        let all = Dataset::OF_ACCOUNT
            .into_iter()
            .chain(Dataset::OF_PROFILE)
            .chain([Dataset::Backups, Dataset::Audit]);
        for dataset in all {
            assert_eq!(Dataset::from_key(dataset.key()), Some(dataset));
            assert_eq!(serde_json::to_value(dataset).unwrap(), dataset.key());
        }
    }
}
