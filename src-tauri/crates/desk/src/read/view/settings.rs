//! The settings, as `pdesk config` prints them.

use serde::Serialize;
use ts_rs::TS;

/// A setting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct SettingRow {
    /// Its name.
    pub key: String,
    /// Its value.
    pub value: String,
    /// What it is where nobody set it.
    pub default: String,
    /// What it does, in a sentence, with its unit.
    pub about: String,
}
