//! The log: a file a day and program, of what our own crates say. The window and `pdesk` write alike.

use std::path::{Path, PathBuf};

use tracing::Level;
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};
use tracing_subscriber::{Layer, fmt};

/// The crates that are logged. What a library says of a request or of the keychain is not ours to
/// vouch for, so no library is, and no environment variable changes that.
const OURS: &[&str] = &[
    "cli",
    "desk",
    "insight",
    "model",
    "pdesk",
    "profile_desk",
    "store",
    "tagoio",
    "vault",
];

/// Days that are kept.
const FILES: usize = 7;

/// Why nothing is logged.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The folder cannot be made.
    #[error("{0}")]
    Folder(#[from] std::io::Error),
    /// The file cannot be opened.
    #[error("{0}")]
    File(#[from] tracing_appender::rolling::InitError),
    /// This process logs already.
    #[error("{0}")]
    Twice(#[from] TryInitError),
}

/// Where the log files go: `logs` in a data folder that was named, else the platform's own place.
/// `None` if the platform knows no home folder for this user.
pub fn log_folder(named: Option<&Path>) -> Option<PathBuf> {
    if let Some(data) = named {
        return Some(data.join("logs"));
    }
    let folders = directories::ProjectDirs::from("dev", "profiledesk", "profile-desk")?;
    if cfg!(target_os = "macos") {
        let home = directories::UserDirs::new()?.home_dir().to_owned();
        return Some(home.join("Library/Logs").join(folders.project_path()));
    }
    // Windows has no such place beside the data.
    let place = folders.state_dir().unwrap_or(folders.data_local_dir());
    Some(place.join("logs"))
}

/// Logs from now on into files of this folder, which begin with the program's name; seven are kept.
pub fn write_log(folder: &Path, program: &str) -> Result<(), LogError> {
    create_private(folder)?;
    let file = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix(program)
        .filename_suffix("log")
        .max_log_files(FILES)
        .build(folder)?;
    let layer = fmt::layer()
        .with_ansi(false)
        .with_writer(file)
        .with_filter(filter_fn(|metadata| {
            let of = metadata.target().split("::").next().unwrap_or_default();
            *metadata.level() <= Level::INFO && OURS.contains(&of)
        }));
    tracing_subscriber::registry().with(layer).try_init()?;
    tracing::info!(version = env!("CARGO_PKG_VERSION"), program, "started");
    Ok(())
}

/// Readable by this user alone: names of customers stand in it.
fn create_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
