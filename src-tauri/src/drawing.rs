//! How WebKitGTK draws the page: by the graphics processor if there is one.

use std::fs::File;
use std::path::Path;

use gtk::glib;

/// Where Linux shows the graphics processors that a program may draw with.
const RENDERERS: &str = "/dev/dri";

/// What WebKitGTK reads when its first web view is made.
const PLAINLY: &str = "WEBKIT_DISABLE_COMPOSITING_MODE";

/// Without a graphics processor, as in a virtual machine or on a remote desktop, WebKitGTK has a library play one:
/// each frame then draws the whole window anew. Drawing only what changed is several times cheaper there. What the
/// user's environment says of it already stays as it is.
///
/// To be called before anything else, while this is the only thread: it changes the environment.
pub fn suit_the_machine() {
    if std::env::var_os(PLAINLY).is_some() || has_renderer(Path::new(RENDERERS)) {
        return;
    }
    // Where that cannot be, the window is only slower.
    drop(glib::setenv(PLAINLY, "1", false));
}

/// Whether there is one that this user may draw with: on a remote desktop there can be one for others.
fn has_renderer(folder: &Path) -> bool {
    let Ok(entries) = folder.read_dir() else {
        return false;
    };
    entries.flatten().any(|entry| {
        entry.file_name().to_string_lossy().starts_with("renderD")
            && File::options()
                .read(true)
                .write(true)
                .open(entry.path())
                .is_ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_graphics_processor_is_one_that_can_draw_and_not_one_that_only_shows() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!has_renderer(&folder.path().join("none")));
        std::fs::write(folder.path().join("card0"), "").unwrap();
        assert!(!has_renderer(folder.path()));
        std::fs::create_dir(folder.path().join("renderD127")).unwrap();
        assert!(!has_renderer(folder.path()), "it cannot be opened");
        std::fs::write(folder.path().join("renderD128"), "").unwrap();
        assert!(has_renderer(folder.path()));
    }
}
