//! What may be typed next into a filter box.

use serde::Serialize;
use ts_rs::TS;

/// What may stand at the cursor.
#[derive(Clone, Debug, Default, PartialEq, Serialize, TS)]
pub struct FilterCompletion {
    /// Where the part of the text begins that a choice replaces, in UTF-16 units, as JavaScript counts.
    pub from: u32,
    /// Where it ends.
    pub to: u32,
    /// The choices, the likeliest first: every word that fits, and at most 50 values.
    pub choices: Vec<FilterChoice>,
    /// How many more values fit; who types on narrows them.
    pub left_out: u32,
}

/// Something to put there.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct FilterChoice {
    /// The text to insert: `account:` or `account:"North Sea" `. One that ends with a colon is to be gone
    /// on with.
    pub insert: String,
    /// What it means, in a few words; for a value, how many profiles bear it.
    pub detail: String,
}
