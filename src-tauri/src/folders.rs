//! Where the program keeps its files.

use std::path::PathBuf;

use desk::{Problem, ProblemCode};

/// Names the data folder, for a demo or a second set of accounts.
const DATA_DIR: &str = "PROFILE_DESK_DATA_DIR";

/// The folders of this run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folders {
    /// The store and what belongs to it.
    pub data: PathBuf,
    /// The log files.
    pub logs: PathBuf,
    /// What the system's web view keeps of the page: caches, nothing of ours.
    pub page: PathBuf,
    /// Whether the data folder was named by `PROFILE_DESK_DATA_DIR` and is not the platform's own.
    pub named: bool,
}

impl Folders {
    /// The folder that `PROFILE_DESK_DATA_DIR` names, with its logs inside, or the platform's own.
    /// Creates nothing. Fails where the platform names no home.
    pub fn find() -> Result<Self, Problem> {
        let named = std::env::var_os(DATA_DIR).is_some_and(|value| !value.is_empty());
        let data = desk::default_folder();
        let logs = desk::log_folder(data.as_deref().filter(|_| named));
        match (data, logs) {
            (Some(data), Some(logs)) => Ok(Self {
                page: data.join("window"),
                data,
                logs,
                named,
            }),
            _ => Err(Problem::new(
                ProblemCode::StoreFailed,
                "There is no folder to keep anything in: this user has no home folder.",
            )
            .with_hint(format!("Set {DATA_DIR} to a folder that can be written."))),
        }
    }
}
