//! How WebKitGTK draws the page: by the graphics processor if there is one.

use std::path::Path;

use tauri::{Runtime, WebviewWindow};
use webkit2gtk::{HardwareAccelerationPolicy, SettingsExt, WebViewExt};

use crate::window::logged;

/// Where Linux shows the graphics processors that a program may draw with.
const RENDERERS: &str = "/dev/dri";

/// Without a graphics processor, as in a virtual machine or on a remote desktop, WebKitGTK has a library play one:
/// each frame then draws the whole window anew. Drawing only what changed is several times cheaper there.
pub(crate) fn suit_the_machine<R: Runtime>(window: &WebviewWindow<R>) {
    if has_renderer(Path::new(RENDERERS)) {
        return;
    }
    let told = window.with_webview(|view| {
        if let Some(settings) = view.inner().settings() {
            settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
        }
    });
    logged("draw without a graphics processor", told);
}

fn has_renderer(folder: &Path) -> bool {
    let Ok(entries) = folder.read_dir() else {
        return false;
    };
    entries
        .flatten()
        .any(|entry| entry.file_name().to_string_lossy().starts_with("renderD"))
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
        std::fs::write(folder.path().join("renderD128"), "").unwrap();
        assert!(has_renderer(folder.path()));
    }
}
