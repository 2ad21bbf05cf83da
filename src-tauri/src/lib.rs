//! The desktop shell: the only Rust that knows Tauri. It opens one window, lets it call a few
//! commands over [`desk::Desk`], and tells it what the desk tells.

mod commands;
pub mod events;
mod folders;
pub mod instance;
pub mod log;
mod opening;
pub mod window;

use std::path::PathBuf;

use tauri::{Builder, Context, Runtime};

pub use folders::Folders;
pub use opening::Opening;

/// Gives a builder our commands, the desk behind them, and what happens when the program starts.
/// `page` is where the web view keeps its files, the platform's place if there is none. Generic
/// over the runtime, so that tests without a display ask the same program.
pub fn configure<R: Runtime>(
    builder: Builder<R>,
    desk: Opening,
    page: Option<PathBuf>,
) -> Builder<R> {
    builder
        .manage(desk.clone())
        .invoke_handler(tauri::generate_handler![
            commands::accounts::accounts_list,
            commands::accounts::accounts_connect,
            commands::accounts::accounts_forget,
            commands::activity::activity_page,
            commands::archive::archive_accounts,
            commands::archive::archive_choose,
            commands::fleet::fleet_page,
            commands::profile::profile_overview,
            commands::profile::profile_usage,
            commands::sync::sync_start,
            commands::sync::sync_cancel,
            commands::sync::sync_state,
            commands::sync::sync_look,
            commands::settings::settings_list,
            commands::settings::settings_put,
            commands::app::app_about,
        ])
        .setup(move |app| {
            events::forward(app.handle().clone(), desk.clone());
            // Tauri panics on an error here, and a panic keeps its message to itself.
            window::open(app.handle(), page).inspect_err(|error| {
                log::fatal(&format_args!("The window could not be opened: {error}."));
            })?;
            Ok(())
        })
}

/// What was compiled in: tauri.conf.json, the access list, the window's page, the icons.
pub fn context<R: Runtime>() -> Context<R> {
    tauri::generate_context!()
}
