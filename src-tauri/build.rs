//! Gives each command a permission of its own, and says so when the page to embed is not built.

#![allow(
    clippy::print_stdout,
    reason = "a build script talks to cargo on standard output"
)]

use std::path::Path;
use std::process::ExitCode;

use tauri_build::{AppManifest, Attributes};

/// What the window can be allowed to call; `capabilities/` says what it is allowed.
const COMMANDS: &[&str] = &[
    "accounts_list",
    "accounts_connect",
    "accounts_forget",
    "accounts_token_ends",
    "activity_page",
    "activity_sync",
    "activity_syncs",
    "allocation_overview",
    "allocation_profiles",
    "archive_accounts",
    "archive_choose",
    "backups_list",
    "backups_fetch",
    "backups_place",
    "backups_download",
    "backups_cancel",
    "buying_offer",
    "buying_quote",
    "buying_buy",
    "buying_purchases",
    "buying_resume",
    "buying_end",
    "changes_preview",
    "changes_carry_out",
    "changes_carry_out_rest",
    "changes_cancel",
    "changes_unfinished",
    "changes_log",
    "changes_invitations",
    "changes_profiles_of_file",
    "changes_protect",
    "changes_read_only",
    "changes_choose_picture",
    "filter_complete",
    "costs_accounts",
    "costs_page",
    "fleet_page",
    "fleet_sum",
    "groups_list",
    "groups_put",
    "groups_delete",
    "groups_assign",
    "groups_export",
    "groups_import",
    "notes_put",
    "views_list",
    "views_put",
    "views_delete",
    "export_copy",
    "export_save",
    "navigation_counts",
    "onboard_preview",
    "onboard_begin",
    "onboard_list",
    "onboard_go_on",
    "onboard_go_on_with",
    "onboard_skip",
    "onboard_handed_out",
    "onboard_forget",
    "onboard_page",
    "onboard_page_copy",
    "onboard_page_save",
    "palette_find",
    "people_access",
    "people_leaver",
    "people_mail_copy",
    "people_mail_open",
    "people_offboarded",
    "people_page",
    "profile_audit",
    "profile_audit_archive",
    "profile_ask_audit",
    "profile_live_audit",
    "profile_cancel_audit",
    "link_take",
    "profile_admin_site",
    "profile_overview",
    "profile_team",
    "profile_usage",
    "sync_access",
    "sign_in_begin",
    "sign_in_send_pin",
    "sign_in_pin",
    "sign_in_choose",
    "sign_in_end",
    "sync_start",
    "sync_cancel",
    "sync_state",
    "sync_look",
    "settings_list",
    "settings_put",
    "tokens_detail",
    "tokens_figures",
    "tokens_find",
    "tokens_copy_made",
    "tokens_save_all_made",
    "tokens_save_made",
    "tokens_forget_made",
    "tokens_page",
    "tokens_rotations",
    "tokens_begin_rotation",
    "tokens_end_rotation",
    "transfer_look",
    "transfer_copy",
    "transfer_begin",
    "transfer_of",
    "transfer_note",
    "transfer_give_up",
    "today_page",
    "today_answer",
    "today_unanswer",
    "app_about",
    "app_enlarge",
];

fn main() -> ExitCode {
    // With a path of our own Tauri leaves this to us; without it, edits there change nothing.
    println!("cargo::rerun-if-changed=src-tauri/capabilities");
    println!("cargo::rerun-if-changed=ui/dist");

    let embedded = std::env::var_os("CARGO_FEATURE_CUSTOM_PROTOCOL").is_some();
    if embedded && !Path::new("ui/dist/index.html").is_file() {
        println!(
            "cargo::error=The window's page is not built, and it is embedded into the program. Build it first: npm --prefix ui ci && npm --prefix ui run build"
        );
        return ExitCode::FAILURE;
    }

    let attributes = Attributes::new()
        .capabilities_path_pattern("./src-tauri/capabilities/**/*")
        .app_manifest(AppManifest::new().commands(COMMANDS));
    match tauri_build::try_build(attributes) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let text = format!("{error:#}").replace('\n', " ");
            println!("cargo::error={text}");
            ExitCode::FAILURE
        }
    }
}
