//! One window for each data folder: a second start brings the first one forward,
//! with the link that it was started with.

use std::path::Path;

use sha2::{Digest, Sha256};
use tauri::plugin::TauriPlugin;
use tauri::{Context, Runtime};

use crate::{Folders, link, window};

/// Finds a program that runs already, shows it, hands it a link and ends this one.
pub fn one_a_folder<R: Runtime>() -> TauriPlugin<R> {
    tauri_plugin_single_instance::init(|app, arguments, _folder| {
        window::bring_forward(app);
        // The first is the program's own name.
        link::arrive(app, arguments.into_iter().skip(1));
    })
}

/// Names the program after its data folder, unless that is the platform's own: by this name the
/// system tells one running program from another, so that a demo opens beside the real one.
pub fn named_after<R: Runtime>(folders: Option<&Folders>, mut context: Context<R>) -> Context<R> {
    if let Some(folders) = folders.filter(|folders| folders.named) {
        let identifier = &mut context.config_mut().identifier;
        *identifier = name(identifier, &folders.data);
    }
    context
}

/// A D-Bus name, which may not have a digit after a dot.
fn name(identifier: &str, folder: &Path) -> String {
    // The same folder by another path is the same folder.
    let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let folder = folder.canonicalize().unwrap_or(folder);
    let hash = Sha256::digest(folder.as_os_str().as_encoded_bytes());
    let digits = hash[..8]
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(digit.into(), 16));
    format!("{identifier}.folder{}", digits.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_folders_have_two_names_and_one_folder_has_one() {
        let home = tempfile::tempdir().unwrap();
        let (a, b) = (home.path().join("a"), home.path().join("b"));
        std::fs::create_dir_all(&a).unwrap();
        std::fs::create_dir_all(&b).unwrap();
        let of = |folder: &Path| name("dev.profiledesk.desktop", folder);
        assert_ne!(of(&a), of(&b));
        assert_eq!(of(&a), of(&b.join("../a")));
        assert_eq!(of(&home.path().join("none")), of(&home.path().join("none")));
    }

    #[test]
    fn a_name_is_one_that_d_bus_takes() {
        let name = name("dev.profiledesk.desktop", Path::new("/tmp/ä b"));
        assert!(name.len() < 200);
        for part in name.split('.') {
            assert!(
                part.starts_with(|c: char| c.is_ascii_alphabetic()),
                "{name}"
            );
            assert!(part.chars().all(|c| c.is_ascii_alphanumeric()), "{name}");
        }
    }
}
