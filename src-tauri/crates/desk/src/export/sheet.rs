//! A table to be exported: named columns, and cells that know what they are.

use jiff::civil::Date;
use model::{Cents, Freshness, Timestamp};

/// A table, whatever it is written as.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheet {
    /// What it is of, in a few words; the name of a file and of a spreadsheet's tab: `Fleet`.
    pub title: String,
    /// Its columns, in order.
    pub columns: Vec<Column>,
    /// Its rows; each has a cell a column.
    pub rows: Vec<Vec<Cell>>,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its heading, with the unit where there is one: `Data input used (variables)`.
    pub name: String,
    /// What its numbers are.
    pub unit: Unit,
}

/// What the numbers of a column are; a spreadsheet shows them accordingly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// No numbers, or of several kinds.
    Text,
    /// Amounts, with decimals where they have some.
    Number,
    /// Shares; 1.0 is the whole.
    Share,
    /// US dollars.
    Money,
    /// Moments, UTC.
    Moment,
    /// Days.
    Day,
}

/// A cell of a table.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Unknown, or nothing to say.
    Empty,
    /// Text, as it came; whoever writes it keeps it from being taken for a formula.
    Text(String),
    /// A number.
    Number(f64),
    /// Money.
    Money(Cents),
    /// A moment.
    Moment(Timestamp),
    /// A day.
    Day(Date),
    /// Yes or no.
    Bool(bool),
}

impl Sheet {
    /// A table without rows.
    pub fn new(title: impl Into<String>, columns: Vec<Column>) -> Self {
        Self {
            title: title.into(),
            columns,
            rows: Vec::new(),
        }
    }
}

impl Column {
    /// A column.
    pub fn new(name: impl Into<String>, unit: Unit) -> Self {
        Self {
            name: name.into(),
            unit,
        }
    }
}

impl Cell {
    /// Text, or nothing.
    pub fn text(text: Option<impl Into<String>>) -> Self {
        text.map_or(Self::Empty, |text| Self::Text(text.into()))
    }

    /// A number, or nothing.
    pub fn number(number: Option<f64>) -> Self {
        number.map_or(Self::Empty, Self::Number)
    }

    /// Money, or nothing.
    pub fn money(cents: Option<Cents>) -> Self {
        cents.map_or(Self::Empty, Self::Money)
    }

    /// When what is exported was fetched, or nothing if it never was.
    pub fn as_of(freshness: &Freshness) -> Self {
        Self::moment(match freshness {
            Freshness::Fresh { fetched_at }
            | Freshness::Stale { fetched_at }
            | Freshness::NotThere { fetched_at } => Some(*fetched_at),
            Freshness::Failed { fetched_at, .. } => *fetched_at,
            Freshness::NeverFetched | Freshness::NotPermitted { .. } => None,
        })
    }

    /// A moment, or nothing.
    pub fn moment(at: Option<Timestamp>) -> Self {
        at.map_or(Self::Empty, Self::Moment)
    }
}
