//! Folders and files that nobody but their owner may read, and the room that is left for them.

use std::fs::{self, File, OpenOptions};
use std::path::Path;

use crate::StoreError;

/// Makes a folder, with its parents, for its owner alone. A folder that is there already is tightened
/// only if it is empty: a folder that somebody else uses too, such as `/tmp`, is left as it is.
pub(crate) fn folder(path: &Path) -> Result<(), StoreError> {
    if path.is_dir() {
        let empty = fs::read_dir(path)
            .map_err(|error| StoreError::file("Reading", path, error))?
            .next()
            .is_none();
        if empty {
            // Not ours to change if another user owns it; the files in it are private anyway.
            let _ = restrict(path, 0o700);
        }
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(path)
        .map_err(|error| StoreError::file("Making the folder", path, error))
}

/// Opens a file for reading and writing, for its owner alone; makes it, empty, if it is missing.
pub(crate) fn file(path: &Path) -> Result<File, StoreError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options
        .open(path)
        .map_err(|error| StoreError::file("Opening", path, error))?;
    restrict(path, 0o600)
        .map_err(|error| StoreError::file("Restricting access to", path, error))?;
    Ok(file)
}

/// Bytes that are free for this user on the disk of a folder.
pub(crate) fn available(folder: &Path) -> Result<u64, StoreError> {
    fs4::available_space(folder)
        .map_err(|error| StoreError::file("Measuring the free space of", folder, error))
}

#[cfg(unix)]
fn restrict(path: &Path, mode: u32) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let now = fs::metadata(path)?.permissions().mode();
    if now & 0o777 == mode {
        return Ok(());
    }
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

/// On Windows a user's data folder is private by its inherited access list.
#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps)]
fn restrict(_path: &Path, _mode: u32) -> std::io::Result<()> {
    Ok(())
}
