//! What the screens show, read from the store alone.

mod account;
mod activity;
mod age;
mod fleet;
mod profile;
mod usage;
mod view;

pub use usage::zone;
pub use view::*;
