//! What WebKitGTK is told before its first web view is made: how to draw, and to leave a page at rest alone.

use std::fs::File;
use std::path::Path;

use gtk::glib;

/// Where Linux shows the graphics processors that a program may draw with.
const RENDERERS: &str = "/dev/dri";

/// Without a graphics processor, as in a virtual machine or on a remote desktop, WebKitGTK has a library play one:
/// each frame then draws the whole window anew. Drawing only what changed is several times cheaper there.
const DRAWS_PLAINLY: &str = "WEBKIT_DISABLE_COMPOSITING_MODE";

/// WebKitGTK looks every few seconds how much memory the machine has left, by some hundred reads of a byte each, and
/// every half minute how much the page takes, so as to drop what it keeps of many large pages. Ours is one, and small;
/// an idle window spent a tenth of a second a minute on that, where waking up is dear.
const LEAVES_MEMORY_ALONE: &str = "WEBKIT_DISABLE_MEMORY_PRESSURE_MONITOR";

/// Tells WebKitGTK so. What the user's environment says already stays as it is.
///
/// To be called before anything else, while this is the only thread: it changes the environment.
pub fn suit_the_machine() {
    if !has_renderer(Path::new(RENDERERS)) {
        say(DRAWS_PLAINLY);
    }
    say(LEAVES_MEMORY_ALONE);
}

fn say(word: &str) {
    // Where that cannot be, the window is only slower.
    drop(glib::setenv(word, "1", false));
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
