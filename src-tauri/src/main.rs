//! The desktop window's program: its folders, its log, its desk, its one window.

// A program with a window opens no console beside it.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

use profile_desk::link::Arrived;
use profile_desk::{Desktop, Folders, Opening, instance, log, window};

fn main() -> ExitCode {
    #[cfg(target_os = "linux")]
    profile_desk::webkit::suit_the_machine();
    let folders = Folders::find();
    log::start(folders.as_ref().ok());
    log::keep_panics_silent();

    let page = folders.as_ref().ok().map(|folders| folders.page.clone());
    let context = instance::named_after(folders.as_ref().ok(), profile_desk::context());
    let arguments = std::env::args_os().skip(1);
    let link = Arrived::with(arguments.map(|argument| argument.to_string_lossy().into_owned()));
    let builder = tauri::Builder::default()
        .plugin(instance::one_a_folder())
        .manage(link);
    let builder = profile_desk::configure(builder, Opening::of(folders), page, Desktop::new());
    match window::run(builder, context) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            log::fatal(&error);
            ExitCode::FAILURE
        }
    }
}
