//! The way between the screens.

use serde::Serialize;
use ts_rs::TS;

/// How many there are of what some screens list, without a filter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, TS)]
pub struct NavigationCounts {
    /// Persons who own a profile, are in a team or invited to one, as far as teams were fetched.
    pub people: u32,
    /// Tokens that stand, those of signing in left out.
    pub tokens: u32,
}
