//! The desktop shell: the only Rust that knows Tauri. It opens one window, lets it call a few
//! commands over [`desk::Desk`], and tells it what the desk tells.

mod commands;
mod desktop;
pub mod events;
mod folders;
pub mod instance;
pub mod link;
pub mod log;
mod opening;
mod place;
mod sign_in;
#[cfg(target_os = "linux")]
pub mod webkit;
pub mod window;

use std::path::PathBuf;

use desk::SigningIn;
use tauri::ipc::Invoke;
use tauri::{Builder, Context, Runtime};

pub use desktop::{Desktop, FileDialog};
pub use folders::Folders;
pub use opening::Opening;
pub use sign_in::OneSignIn;

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
        .manage(OneSignIn::new(SigningIn::PATIENCE))
        .invoke_handler(handler())
        .setup(move |app| {
            events::forward(app.handle().clone(), desk.clone());
            // Tauri panics on an error here, and a panic keeps its message to itself.
            window::open(app.handle(), page).inspect_err(|error| {
                log::fatal(&format_args!("The window could not be opened: {error}."));
            })?;
            Ok(())
        })
}

/// What answers the window: each command that there is.
#[expect(clippy::too_many_lines, reason = "it is a list, a line a command")]
fn handler<R: Runtime>() -> impl Fn(Invoke<R>) -> bool + Send + Sync + 'static {
    tauri::generate_handler![
        commands::accounts::accounts_list,
        commands::accounts::accounts_connect,
        commands::accounts::accounts_forget,
        commands::accounts::accounts_token_ends,
        commands::activity::activity_page,
        commands::activity::activity_sync,
        commands::activity::activity_syncs,
        commands::allocation::allocation_overview,
        commands::allocation::allocation_profiles,
        commands::archive::archive_accounts,
        commands::archive::archive_choose,
        commands::backups::backups_list,
        commands::backups::backups_fetch,
        commands::backups::backups_place,
        commands::backups::backups_download,
        commands::backups::backups_cancel,
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
        commands::change::changes_invitations,
        commands::change::changes_profiles_of_file,
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
        commands::onboard::onboard_preview,
        commands::onboard::onboard_begin,
        commands::onboard::onboard_list,
        commands::onboard::onboard_go_on,
        commands::onboard::onboard_go_on_with,
        commands::onboard::onboard_skip,
        commands::onboard::onboard_handed_out,
        commands::onboard::onboard_forget,
        commands::onboard::onboard_page,
        commands::onboard::onboard_page_copy,
        commands::onboard::onboard_page_save,
        commands::palette::palette_find,
        commands::people::people_access,
        commands::people::people_leaver,
        commands::people::people_mail_copy,
        commands::people::people_mail_open,
        commands::people::people_offboarded,
        commands::people::people_page,
        commands::profile::profile_audit,
        commands::profile::profile_audit_archive,
        commands::profile::profile_ask_audit,
        commands::profile::profile_live_audit,
        commands::profile::profile_cancel_audit,
        commands::link::link_take,
        commands::profile::profile_admin_site,
        commands::profile::profile_overview,
        commands::profile::profile_team,
        commands::profile::profile_usage,
        commands::sync::sync_access,
        commands::sign_in::sign_in_begin,
        commands::sign_in::sign_in_send_pin,
        commands::sign_in::sign_in_pin,
        commands::sign_in::sign_in_choose,
        commands::sign_in::sign_in_end,
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
        commands::tokens::tokens_save_all_made,
        commands::tokens::tokens_save_made,
        commands::tokens::tokens_forget_made,
        commands::tokens::tokens_page,
        commands::tokens::tokens_rotations,
        commands::tokens::tokens_begin_rotation,
        commands::tokens::tokens_end_rotation,
        commands::transfer::transfer_look,
        commands::transfer::transfer_copy,
        commands::transfer::transfer_begin,
        commands::transfer::transfer_of,
        commands::transfer::transfer_note,
        commands::transfer::transfer_give_up,
        commands::today::today_page,
        commands::today::today_answer,
        commands::today::today_unanswer,
        commands::app::app_about,
        commands::app::app_enlarge,
    ]
}

/// What was compiled in: tauri.conf.json, the access list, the window's page, the icons.
pub fn context<R: Runtime>() -> Context<R> {
    tauri::generate_context!()
}
