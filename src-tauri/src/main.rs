//! The desktop window's program: its folders, its log, its desk, its one window.

// A program with a window opens no console beside it.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

use profile_desk::{Folders, Opening, instance, log, window};

fn main() -> ExitCode {
    let folders = Folders::find();
    log::start(folders.as_ref().ok());
    log::keep_panics_silent();

    let page = folders.as_ref().ok().map(|folders| folders.page.clone());
    let context = instance::named_after(folders.as_ref().ok(), profile_desk::context());
    let builder = tauri::Builder::default().plugin(instance::one_a_folder());
    let builder = profile_desk::configure(builder, Opening::of(folders), page);
    match window::run(builder, context) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            log::fatal(&error);
            ExitCode::FAILURE
        }
    }
}
