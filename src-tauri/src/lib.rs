//! The desktop shell: the only Rust that knows Tauri. It opens one window, lets it call a few
//! commands over [`desk::Desk`], and tells it what the desk tells.

mod commands;
mod desktop;
#[cfg(target_os = "linux")]
pub mod drawing;
pub mod events;
mod folders;
pub mod instance;
pub mod link;
pub mod log;
mod opening;
mod place;
pub mod window;

use std::path::PathBuf;

use tauri::{Builder, Context, Runtime};

pub use desktop::{Desktop, FileDialog};
pub use folders::Folders;
pub use opening::Opening;

/// Gives a builder our commands, the desk behind them, and what happens when the program starts.
/// `page` is where the web view keeps its files, the platform's place if there is none; `desktop` is
/// what it asks of the system. Generic over the runtime, so that tests without a display ask the same
/// program.
pub fn configure<R: Runtime>(
    builder: Builder<R>,
    desk: Opening,
    page: Option<PathBuf>,
    desktop: Desktop<R>,
) -> Builder<R> {
    builder
        .manage(desk.clone())
        .manage(desktop)
        .invoke_handler(tauri::generate_handler![
            commands::accounts::accounts_list,
            commands::accounts::accounts_connect,
            commands::accounts::accounts_forget,
            commands::activity::activity_page,
            commands::activity::activity_sync,
            commands::activity::activity_syncs,
            commands::allocation::allocation_overview,
            commands::allocation::allocation_profiles,
            commands::archive::archive_accounts,
            commands::archive::archive_choose,
            commands::buying::buying_offer,
            commands::buying::buying_quote,
            commands::buying::buying_buy,
            commands::buying::buying_purchases,
            commands::buying::buying_resume,
            commands::buying::buying_end,
            commands::fleet::filter_complete,
            commands::costs::costs_accounts,
            commands::costs::costs_page,
            commands::fleet::fleet_page,
            commands::fleet::fleet_sum,
            commands::change::changes_preview,
            commands::change::changes_carry_out,
            commands::change::changes_carry_out_rest,
            commands::change::changes_cancel,
            commands::change::changes_unfinished,
            commands::change::changes_log,
            commands::change::changes_protect,
            commands::change::changes_read_only,
            commands::change::changes_choose_picture,
            commands::groups::groups_list,
            commands::groups::groups_put,
            commands::groups::groups_delete,
            commands::groups::groups_assign,
            commands::groups::groups_export,
            commands::groups::groups_import,
            commands::groups::notes_put,
            commands::groups::views_list,
            commands::groups::views_put,
            commands::groups::views_delete,
            commands::export::export_copy,
            commands::export::export_save,
            commands::navigation::navigation_counts,
            commands::palette::palette_find,
            commands::people::people_access,
            commands::people::people_page,
            commands::profile::profile_audit,
            commands::profile::profile_audit_archive,
            commands::link::link_take,
            commands::profile::profile_admin_site,
            commands::profile::profile_overview,
            commands::profile::profile_team,
            commands::profile::profile_usage,
            commands::sync::sync_start,
            commands::sync::sync_cancel,
            commands::sync::sync_state,
            commands::sync::sync_look,
            commands::settings::settings_list,
            commands::settings::settings_put,
            commands::tokens::tokens_detail,
            commands::tokens::tokens_figures,
            commands::tokens::tokens_find,
            commands::tokens::tokens_copy_made,
            commands::tokens::tokens_save_made,
            commands::tokens::tokens_forget_made,
            commands::tokens::tokens_page,
            commands::today::today_page,
            commands::today::today_answer,
            commands::today::today_unanswer,
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
