//! What the screens show, read from the store alone.

mod access;
mod account;
mod activity;
mod age;
mod allocation;
mod audit;
mod backup;
mod cost;
mod coverage;
mod filter;
mod fleet;
mod navigation;
mod palette;
mod profile;
mod sync_runs;
mod today;
mod token_find;
mod tokens;
mod usage;
mod usage_chart;
mod view;

pub(crate) use audit::audit_rows;
pub(crate) use filter::Filter;
pub(crate) use fleet::no_such_profile;
pub(crate) use palette::Names;
pub(crate) use today::Lines;
pub(crate) use usage::cycle_of;
pub use usage::zone;
pub use view::*;
