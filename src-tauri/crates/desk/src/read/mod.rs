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
mod token_end;
mod token_find;
mod tokens;
mod usage;
mod usage_chart;
mod view;

pub(crate) use access::{Moment, Way, Ways, identity, is_sign_in, meant};
pub(crate) use account::{audit_by_time_only, own_token, owned_profiles};
pub(crate) use audit::audit_rows;
pub(crate) use filter::Filter;
pub(crate) use filter::region_name;
pub(crate) use fleet::no_such_profile;
pub(crate) use palette::Names;
pub(crate) use today::Lines;
pub(crate) use tokens::expiry;
pub(crate) use usage::cycle_of;
pub use usage::zone;
pub use view::*;
