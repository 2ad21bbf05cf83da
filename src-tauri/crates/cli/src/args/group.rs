//! Groups of profiles and notes on them.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use desk::read::GroupKind;

#[derive(Debug, Subcommand)]
pub(crate) enum GroupCommand {
    /// List the groups
    List,
    /// Make a group
    Create {
        /// Its name
        name: String,
        /// What it divides profiles by
        #[arg(long, value_enum, default_value_t = Kind::Group)]
        kind: Kind,
    },
    /// Give a group another name
    Rename {
        /// Its name now
        group: String,
        /// Its name from now on
        name: String,
        /// Of which kind it is, where several kinds have a group of that name
        #[arg(long, value_enum)]
        kind: Option<Kind>,
    },
    /// Delete a group; its profiles stay
    Delete {
        /// Its name
        group: String,
        /// Of which kind it is, where several kinds have a group of that name
        #[arg(long, value_enum)]
        kind: Option<Kind>,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// Put profiles into a group
    Add(Member),
    /// Take profiles out of a group
    Remove(Member),
    /// Write groups and notes to a CSV file; - for standard output
    Export {
        /// The file
        file: PathBuf,
    },
    /// Take groups and notes over from a CSV file as export writes it; - for standard input
    ///
    /// Profiles are found by the columns id and api. A column that is left out changes nothing.
    Import {
        /// The file
        file: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Member {
    /// The group's name
    pub(crate) group: String,
    /// Profiles, by id or name
    #[arg(required_unless_present = "filter")]
    pub(crate) profiles: Vec<String>,
    /// All profiles that a filter leaves, as of profile list
    #[arg(
        long,
        value_name = "FILTER",
        allow_hyphen_values = true,
        conflicts_with = "profiles"
    )]
    pub(crate) filter: Option<String>,
    /// Of which kind the group is, where several kinds have one of that name
    #[arg(long, value_enum)]
    pub(crate) kind: Option<Kind>,
}

#[derive(Debug, Args)]
pub(crate) struct NoteArgs {
    /// The profile's id or name
    pub(crate) profile: String,
    /// The note, in place of the one before; an empty text for none [default: show the note]
    pub(crate) text: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// Anything
    Group,
    /// Whose the profiles are
    Customer,
    /// What they are for: production, test
    Environment,
    /// What is wanted at hand; there is one, and it is always there
    Favourites,
}

impl From<Kind> for GroupKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Group => Self::Group,
            Kind::Customer => Self::Customer,
            Kind::Environment => Self::Environment,
            Kind::Favourites => Self::Favourites,
        }
    }
}
