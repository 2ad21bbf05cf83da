//! The one window: in the page's own colour from the first moment, and never at a page that is not ours.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use tauri::utils::config::Color;
use tauri::webview::NewWindowResponse;
use tauri::{
    AppHandle, Builder, Context, Manager, RunEvent, Runtime, Theme, Url, WebviewUrl,
    WebviewWindowBuilder, WindowEvent,
};

use crate::link::Arrived;
use crate::{Desktop, Opening, place};

/// The window's label, as in tauri.conf.json and in the access list.
pub const MAIN: &str = "main";

/// The page's own background, so that nothing flashes before it is drawn: `--bg` of the styles.
const LIGHT: Color = Color(0xf6, 0xf7, 0xf8, 0xff);
const DARK: Color = Color(0x11, 0x13, 0x16, 0xff);

/// Why there is no window.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Tauri says why.
    #[error("The window could not be opened: {0}")]
    Tauri(#[from] tauri::Error),
    /// The windowing library gave up, which it does where there is no display.
    #[error(
        "The window could not be opened. If this computer has a display, WAYLAND_DISPLAY or DISPLAY must name it; without one, `pdesk` does the same in a terminal."
    )]
    NoDisplay,
}

/// Opens the program's window and stays until it is closed.
pub fn run<R: Runtime>(builder: Builder<R>, context: Context<R>) -> Result<(), StartError> {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if cfg!(target_os = "linux") && !set("WAYLAND_DISPLAY") && !set("DISPLAY") {
        return Err(StartError::NoDisplay);
    }
    // A display that does not answer makes the library panic; nothing that was being built is
    // used after that.
    let app = catch_unwind(AssertUnwindSafe(|| builder.build(context)))
        .map_err(|_| StartError::NoDisplay)??;
    app.run(|app, event| {
        match &event {
            RunEvent::Exit => app.state::<Desktop<R>>().clear_secret(),
            RunEvent::WindowEvent {
                event: WindowEvent::Focused(true),
                ..
            } => look_again(app),
            _ => {}
        }
        // There a link comes as an event of the system and not as an argument.
        #[cfg(target_os = "macos")]
        if let RunEvent::Opened { urls } = event {
            crate::link::arrive(app, urls.into_iter().map(String::from));
        }
    });
    Ok(())
}

/// Who comes back to the window sees what `pdesk` wrote meanwhile.
fn look_again<R: Runtime>(app: &AppHandle<R>) {
    let opening = app.state::<Opening>().inner().clone();
    tauri::async_runtime::spawn(async move {
        // Without a desk every screen says why.
        if let Ok(desk) = opening.desk().await {
            desk.look_again();
        }
    });
}

/// Makes the window that tauri.conf.json describes; the web view keeps its files in `page`, or in
/// its own place if `page` cannot be made: a window must come that says so.
pub fn open<R: Runtime>(app: &AppHandle<R>, page: Option<PathBuf>) -> tauri::Result<()> {
    let config = app
        .config()
        .app
        .windows
        .iter()
        .find(|window| window.label == MAIN);
    let mut config = config.ok_or(tauri::Error::WindowNotFound)?.clone();
    let arrived = app.try_state::<Arrived>();
    if let Some(screen) = arrived.and_then(|arrived| arrived.take_screen()) {
        config.url = WebviewUrl::App(format!("index.html#/{screen}").into());
    }
    let mut window = WebviewWindowBuilder::from_config(app, &config)?
        .on_navigation(is_our_page)
        .on_new_window(|_, _| NewWindowResponse::Deny);
    let page = page.filter(|page| std::fs::create_dir_all(page).is_ok());
    if let Some(page) = &page {
        window = window.data_directory(page.clone());
    }
    let window = window.build()?;
    if let Some(page) = page {
        place::remember(&window, &page);
    }
    let dark = window.theme().is_ok_and(|theme| theme == Theme::Dark);
    window.set_background_color(Some(if dark { DARK } else { LIGHT }))?;
    // Not once the page is there: until a window is seen the web view prepares no picture of it.
    logged("show", window.show());
    Ok(())
}

/// Shows the window above the others.
pub fn bring_forward<R: Runtime>(app: &AppHandle<R>) {
    let Some(window) = app.get_webview_window(MAIN) else {
        return;
    };
    logged("unminimize", window.unminimize());
    logged("show", window.show());
    logged("focus", window.set_focus());
}

/// The embedded page, which Windows serves by http, or that of Vite while the page is developed.
fn is_our_page(url: &Url) -> bool {
    match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        "http" if tauri::is_dev() => url.host_str() == Some("127.0.0.1"),
        "http" | "https" => url.host_str() == Some("tauri.localhost"),
        _ => false,
    }
}

/// A window manager may refuse any of this; the program goes on.
pub(crate) fn logged(what: &str, result: tauri::Result<()>) {
    if let Err(error) = result {
        tracing::warn!(what, %error, "the window did not do as told");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_goes_to_its_own_page_and_to_no_other() {
        for ours in [
            "tauri://localhost",
            "tauri://localhost/index.html",
            "http://tauri.localhost/",
        ] {
            assert!(is_our_page(&ours.parse().unwrap()), "{ours}");
        }
        for other in [
            "https://example.com/",
            "http://tauri.localhost.example.com/",
            "http://localhost/",
            "https://127.0.0.1/",
            "tauri://example.com/",
            "file:///etc/passwd",
            "data:text/html,x",
            "about:blank",
        ] {
            assert!(!is_our_page(&other.parse().unwrap()), "{other}");
        }
    }
}
