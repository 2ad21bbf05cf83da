//! What the accounts' limits are divided into, and what is left.

use std::collections::BTreeMap;

use model::{Freshness, ProfileId, Service, UsageState};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::SignIn;

/// Which accounts to show.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct AllocationQuery {
    /// A filter in the language of the filter box: accounts that own a profile that it leaves, and those whose label
    /// has the words; empty for every account.
    pub filter: String,
}

/// The accounts, and what is beside them.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct AllocationOverview {
    /// By label.
    pub accounts: Vec<AllocationAccount>,
    /// Accounts connected, whatever the filter.
    pub all: u32,
    /// Services of accounts of which more is known to be allocated than was bought.
    pub over: u32,
    /// Profiles whose owner is not connected: what they hold is of limits that nobody here sees.
    pub shared: u32,
}

/// One account.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct AllocationAccount {
    /// Its number in this store.
    #[ts(type = "number")]
    pub key: i64,
    /// What the user calls it.
    pub label: String,
    /// `us-e1`, `eu-w1`, or the host of a private deployment.
    pub region: String,
    /// Its plan.
    pub plan: Option<String>,
    /// Whether it can be asked.
    pub sign_in: SignIn,
    /// The nine services, in the order of `Service`.
    pub services: Vec<AllocationCell>,
    /// Its profiles and their members against what the plan has.
    pub slots: AllocationSlots,
    /// The state of what it has bought.
    pub bought: Freshness,
    /// The state of what it has allocated; not there in an account with one profile, of which the profile itself
    /// says it.
    pub allocated: Freshness,
}

/// One service of one account. Sums are over what is known, with the number of profiles of which it is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, TS)]
pub struct AllocationCell {
    /// The account's limit, in the service's unit.
    pub bought: Option<f64>,
    /// What its profiles are allocated.
    pub allocated: f64,
    /// Of how many profiles that is known.
    pub allocated_known: u32,
    /// What its profiles use.
    pub used: f64,
    /// Of how many profiles that is known.
    pub used_known: u32,
    /// What its profiles could still use of what they are allocated.
    pub headroom: f64,
    /// Of how many profiles that is known.
    pub headroom_known: u32,
    /// What is allocated to no profile; below zero if more is allocated than was bought.
    pub free: Option<f64>,
    /// What is free in the other accounts, those with nothing or less left out. It cannot be moved here.
    pub elsewhere: f64,
    /// In how many other accounts something is.
    pub elsewhere_accounts: u32,
}

/// An account's profiles and their members against what its plan has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
pub struct AllocationSlots {
    /// Profiles that it owns.
    pub profiles: u32,
    /// Profiles that the plan has; `null` of a plan that TagoIO does not publish.
    pub profiles_in_plan: Option<u32>,
    /// Profiles that can still be made; zero if there are more than the plan has, by special terms.
    pub profiles_free: Option<u32>,
    /// Members and open invitations of its profiles.
    pub members: u32,
    /// Of how many profiles the team is known.
    pub members_known: u32,
    /// Members that the plan has for each profile.
    pub members_in_plan: Option<u32>,
    /// Members that can still be invited to the profiles whose team is known.
    pub members_free: Option<u32>,
    /// Profiles with more members than the plan has, by special terms.
    pub members_beyond: u32,
}

/// Which of an account's profiles to show.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct AllocationProfilesQuery {
    /// The account's number.
    #[ts(type = "number")]
    pub account: i64,
    /// Which service.
    pub service: Service,
    /// A filter in the language of the filter box.
    #[serde(default)]
    pub filter: String,
    /// What to sort by.
    #[serde(default)]
    pub sort: AllocationSort,
    /// Largest or last name first. What is unknown comes last either way.
    #[serde(default)]
    pub descending: bool,
    /// Rows to pass over.
    #[serde(default)]
    pub offset: u32,
    /// Rows to return; the window gets at most 500.
    #[serde(deserialize_with = "super::at_most_a_page")]
    pub limit: u32,
}

/// A column of an account's profiles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum AllocationSort {
    /// By what it is allocated.
    #[default]
    Allocated,
    /// By name.
    Name,
    /// By what it uses of what it is allocated.
    Used,
    /// By what it could still use.
    Headroom,
}

/// A page of an account's profiles.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct AllocationProfiles {
    /// Profiles that the filter leaves.
    pub total: u32,
    /// The rows asked for.
    pub rows: Vec<AllocationRow>,
}

/// What the profiles of each account, by its number, hold of some services; of each the most first.
pub type AllocationHeld = BTreeMap<i64, BTreeMap<Service, Vec<AllocationRow>>>;

/// What one profile holds of one service.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct AllocationRow {
    /// Its number in this store.
    #[ts(type = "number")]
    pub key: i64,
    /// TagoIO's id of it.
    pub id: ProfileId,
    /// Its name, as its owner wrote it; never markup.
    pub name: String,
    /// Whether another profile bears the same name, so that the id's end must tell them apart.
    pub name_is_shared: bool,
    /// What it is allocated.
    pub allocated: Option<f64>,
    /// Its part of the account's limit; 1.0 is all of it.
    pub share: Option<f64>,
    /// What it uses.
    pub used: Option<f64>,
    /// `used` over `allocated`.
    pub used_share: Option<f64>,
    /// How bad that is.
    pub state: UsageState,
    /// What it could still use; below zero is over its limit.
    pub headroom: Option<f64>,
}
