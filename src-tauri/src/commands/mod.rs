//! What the window may call: one file a screen, each command a few lines over the desk.
//!
//! An argument that has the wrong type is refused by Tauri before a command runs, with a text
//! instead of a `Problem`; only a page of another version can send one.

pub(crate) mod accounts;
pub(crate) mod activity;
pub(crate) mod allocation;
pub(crate) mod app;
pub(crate) mod archive;
pub(crate) mod backups;
pub(crate) mod buying;
pub(crate) mod change;
pub(crate) mod costs;
pub(crate) mod export;
pub(crate) mod fleet;
pub(crate) mod groups;
pub(crate) mod link;
pub(crate) mod navigation;
pub(crate) mod onboard;
pub(crate) mod palette;
pub(crate) mod people;
pub(crate) mod profile;
pub(crate) mod settings;
pub(crate) mod sign_in;
pub(crate) mod sync;
pub(crate) mod today;
pub(crate) mod tokens;
pub(crate) mod transfer;

use desk::Problem;

/// A command's answer.
type Answer<T> = Result<T, Problem>;
