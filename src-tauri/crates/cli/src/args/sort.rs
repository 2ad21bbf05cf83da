//! What `pdesk profile list` can be sorted by.

use clap::ValueEnum;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Sort {
    /// The highest share of a limit first
    Risk,
    /// What grows fastest towards a limit first
    Growth,
    /// What used most data input in the last 30 days first
    Trend,
    /// By name
    Name,
    /// By account
    Account,
    /// By the other accounts that reach it
    Others,
    /// By region
    Region,
    /// By plan
    Plan,
    /// By the names of its groups
    Groups,
    /// The newest note first
    Note,
    /// By id
    Id,
    /// The longest not fetched first
    Age,
}
