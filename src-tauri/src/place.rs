//! Where the window was and how large, kept in its data folder, so that it comes back there: a demo or a
//! second folder has a place of its own. Under Wayland a window may not know or choose where it is; then its
//! size alone comes back.

use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tauri::{PhysicalPosition, PhysicalSize, Runtime, WebviewWindow, WindowEvent};

use crate::window::logged;

const FILE: &str = "place.json";
/// Who drags a window moves it a hundred times; where it comes to rest is what counts.
const REST: Duration = Duration::from_millis(500);
/// So much of a window must be on a screen, in pixels, to take hold of it with the mouse.
const REACHABLE: i64 = 96;

/// Where a window is, in the screens' own pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Place {
    /// Its upper left corner; not known under Wayland.
    corner: Option<(i32, i32)>,
    size: (u32, u32),
    /// Then corner and size are those that it has when it is not.
    maximised: bool,
}

/// A screen: its upper left corner and its size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Screen {
    corner: (i32, i32),
    size: (u32, u32),
}

/// Brings the window to where it was, and keeps where it is from then on.
pub(crate) fn remember<R: Runtime>(window: &WebviewWindow<R>, folder: &Path) {
    let file = folder.join(FILE);
    let kept = read(&file);
    if let Some(place) = kept {
        restore(window, place);
    }
    let now = Arc::new(Mutex::new(kept));
    let waiting = Arc::new(AtomicBool::new(false));
    let watched = window.clone();
    window.on_window_event(move |event| match event {
        WindowEvent::Moved(_) | WindowEvent::Resized(_) => {
            note(&watched, &now);
            if !waiting.swap(true, Ordering::Relaxed) {
                let (file, now, waiting) = (file.clone(), now.clone(), waiting.clone());
                tauri::async_runtime::spawn(async move {
                    tokio::time::sleep(REST).await;
                    waiting.store(false, Ordering::Relaxed);
                    keep(&file, &now);
                });
            }
        }
        WindowEvent::CloseRequested { .. } => {
            note(&watched, &now);
            keep(&file, &now);
        }
        _ => {}
    });
}

fn restore<R: Runtime>(window: &WebviewWindow<R>, place: Place) {
    let screens: Vec<Screen> = window
        .available_monitors()
        .unwrap_or_default()
        .iter()
        .map(|monitor| Screen {
            corner: (monitor.position().x, monitor.position().y),
            size: (monitor.size().width, monitor.size().height),
        })
        .collect();
    let place = fitted(place, &screens);
    let (width, height) = place.size;
    logged("resize", window.set_size(PhysicalSize::new(width, height)));
    if let Some((x, y)) = place.corner {
        logged("move", window.set_position(PhysicalPosition::new(x, y)));
    }
    if place.maximised {
        logged("maximise", window.maximize());
    }
}

/// Notes where the window is. While it fills the screen or is out of sight, where it was before stands.
fn note<R: Runtime>(window: &WebviewWindow<R>, now: &Mutex<Option<Place>>) {
    if window.is_minimized().unwrap_or(false) || window.is_fullscreen().unwrap_or(false) {
        return;
    }
    let maximised = window.is_maximized().unwrap_or(false);
    let Ok(size) = window.inner_size() else {
        return;
    };
    let mut now = now.lock().unwrap_or_else(PoisonError::into_inner);
    if let (true, Some(place)) = (maximised, now.as_mut()) {
        place.maximised = true;
        return;
    }
    *now = Some(Place {
        corner: window
            .outer_position()
            .ok()
            .map(|corner| (corner.x, corner.y))
            .filter(|_| !under_wayland()),
        size: (size.width, size.height),
        maximised,
    });
}

/// There every window says that it is at the origin.
fn under_wayland() -> bool {
    cfg!(target_os = "linux")
        && std::env::var_os("WAYLAND_DISPLAY").is_some_and(|name| !name.is_empty())
        && std::env::var_os("GDK_BACKEND").is_none_or(|backend| backend != "x11")
}

/// No larger than the screen that it is on; and if too little of it is on any, without a corner, so that the
/// desktop finds a place.
fn fitted(place: Place, screens: &[Screen]) -> Place {
    let on = |screen: &&Screen| {
        place.corner.is_some_and(|corner| {
            let across = overlap(corner.0, place.size.0, screen.corner.0, screen.size.0);
            // A title bar above the upper edge cannot be taken hold of.
            let top = i64::from(corner.1) - i64::from(screen.corner.1);
            let below = i64::from(screen.size.1) - top;
            across >= REACHABLE && top >= 0 && below >= REACHABLE
        })
    };
    let screen = screens.iter().find(on);
    let bounds = screen
        .or(screens.first())
        .map_or(place.size, |screen| screen.size);
    Place {
        corner: place.corner.filter(|_| screen.is_some()),
        size: (place.size.0.min(bounds.0), place.size.1.min(bounds.1)),
        maximised: place.maximised,
    }
}

fn overlap(begin: i32, length: u32, other: i32, other_length: u32) -> i64 {
    let (begin, other) = (i64::from(begin), i64::from(other));
    let end = (begin + i64::from(length)).min(other + i64::from(other_length));
    end - begin.max(other)
}

/// What was kept; nothing if it is not there or makes no sense.
fn read(file: &Path) -> Option<Place> {
    let text = std::fs::read_to_string(file).ok()?;
    let place: Place = serde_json::from_str(&text).ok()?;
    (place.size.0 > 0 && place.size.1 > 0).then_some(place)
}

fn keep(file: &Path, now: &Mutex<Option<Place>>) {
    let place = *now.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(place) = place
        && read(file) != Some(place)
        && let Err(error) = write(file, place)
    {
        tracing::warn!(%error, "where the window is was not kept");
    }
}

/// A process that ends in the middle leaves what was there before.
fn write(file: &Path, place: Place) -> io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    let mut part = tempfile::NamedTempFile::new_in(folder)?;
    part.write_all(&serde_json::to_vec(&place)?)?;
    part.persist(file)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCREENS: [Screen; 2] = [
        Screen {
            corner: (0, 0),
            size: (1920, 1080),
        },
        Screen {
            corner: (1920, 0),
            size: (2560, 1440),
        },
    ];

    fn at(corner: (i32, i32), size: (u32, u32)) -> Place {
        Place {
            corner: Some(corner),
            size,
            maximised: false,
        }
    }

    #[test]
    fn a_window_comes_back_to_where_it_was_on_either_screen() {
        for place in [
            at((100, 60), (1440, 900)),
            at((2400, 300), (1600, 1000)),
            at((-200, 0), (1000, 700)),
        ] {
            assert_eq!(fitted(place, &SCREENS), place);
        }
    }

    #[test]
    fn a_window_that_no_screen_shows_any_more_is_placed_by_the_desktop() {
        for corner in [(5_000, 100), (100, -400), (100, 1_070), (-1_400, 10)] {
            let place = fitted(at(corner, (1440, 900)), &SCREENS[..1]);
            assert_eq!(place.corner, None, "{corner:?}");
            assert_eq!(place.size, (1440, 900));
        }
        let large = fitted(at((0, 0), (4000, 3000)), &SCREENS[..1]);
        assert_eq!(large.size, (1920, 1080));
    }

    #[test]
    fn what_is_kept_is_read_again_and_garbage_is_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(FILE);
        assert_eq!(read(&file), None);
        let place = Place {
            corner: None,
            size: (1200, 800),
            maximised: true,
        };
        keep(&file, &Mutex::new(Some(place)));
        assert_eq!(read(&file), Some(place));
        for garbage in [
            "",
            "{}",
            "[1]",
            r#"{"corner":null,"size":[0,0],"maximised":false}"#,
        ] {
            std::fs::write(&file, garbage).unwrap();
            assert_eq!(read(&file), None, "{garbage}");
        }
    }
}
