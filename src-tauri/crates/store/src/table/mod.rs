//! A file for each group of tables: its part of the schema, its rows and its queries.

pub(crate) mod account;
pub(crate) mod audit;
pub(crate) mod change;
pub(crate) mod fleet;
pub(crate) mod list;
pub(crate) mod person;
pub(crate) mod profile;
pub(crate) mod rank;
pub(crate) mod rate_limit;
pub(crate) mod setting;
pub(crate) mod status;
pub(crate) mod summary;
pub(crate) mod sync_run;
pub(crate) mod team;
pub(crate) mod threshold;
pub(crate) mod token;
pub(crate) mod usage;
pub(crate) mod version;
