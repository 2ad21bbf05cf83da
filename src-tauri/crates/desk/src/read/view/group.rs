//! What a person keeps about profiles on this computer: groups, notes and views. None of it is ever sent.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A group of profiles. A profile can be in several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct GroupRow {
    /// Its number in this store.
    #[ts(type = "number")]
    pub key: i64,
    /// Its name; unique within its kind, whatever the case of letters.
    pub name: String,
    /// What it divides profiles by.
    pub kind: GroupKind,
    /// How many profiles are in it, removed ones left out.
    pub profiles: u32,
}

/// What a group divides profiles by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum GroupKind {
    /// Anything.
    Group,
    /// Whose the profiles are.
    Customer,
    /// What they are for: production, test.
    Environment,
    /// What a person wants at hand. There is one such group, and it is always there.
    Favourites,
}

/// A filter, an order and columns of a screen, under a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct ViewRow {
    /// Its number in this store.
    #[ts(type = "number")]
    pub key: i64,
    /// Its name; unique, whatever the case of letters.
    pub name: String,
    /// The address in the window that shows it: `#/fleet?…`.
    pub address: String,
}

/// What reading a file of groups and notes did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, TS)]
pub struct GroupImport {
    /// The file that was read; `null` if a person chose none, and nothing was done.
    pub file: Option<String>,
    /// Profiles whose groups or note are other than before.
    pub changed: u32,
    /// Groups that were made.
    pub created: u32,
    /// Rows that say what is so already.
    pub unchanged: u32,
    /// Profiles that this store does not know, as `api id`; at most 20 of them.
    pub unknown: Vec<String>,
    /// How many these are in all.
    pub unknown_count: u32,
}
