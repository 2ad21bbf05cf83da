//! What the palette finds among the profiles.

use model::ProfileId;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What is typed into the palette, and what was opened lately.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, TS)]
#[serde(default)]
pub struct PaletteQuery {
    /// Words, in any order: each a part of a name or its letters, a part of an id, or of an account's label.
    pub words: String,
    /// Profiles that were opened lately, the last one first, by their numbers in the store. Without words
    /// these are found, and then the favourites; with words they come first among those that fit as well.
    #[ts(type = "number[]")]
    pub recent: Vec<i64>,
}

/// A profile that the palette finds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct PaletteHit {
    /// Its number in the store.
    #[ts(type = "number")]
    pub key: i64,
    /// TagoIO's id of it.
    pub id: ProfileId,
    /// Its name.
    pub name: String,
    /// Whether another profile bears the same name.
    pub name_is_shared: bool,
    /// Whether it is among the favourites.
    pub favourite: bool,
    /// The label of the account that it is reached with; empty if there is none any more.
    pub account: String,
    /// How well it fits.
    pub fit: PaletteFit,
    /// Parts of the name to mark, each from its first UTF-16 unit to the one after its last.
    pub marks: Vec<(u32, u32)>,
}

/// How well something fits what is typed, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PaletteFit {
    /// It is the whole name, or the whole id.
    Whole,
    /// The name begins with it.
    Start,
    /// A word of the name begins with it, or the id begins or ends with it.
    Word,
    /// It is a part of the name, or of the id.
    Inside,
    /// It is a part of the account's label.
    Beside,
    /// Its letters are in the name, in this order.
    Letters,
}
