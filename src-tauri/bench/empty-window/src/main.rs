//! The least that a program with a Tauri window is: `cargo xtask bench ui` sets the app beside it. It does
//! not ship.

// A program with a window opens no console beside it.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    match tauri::Builder::default().run(tauri::generate_context!()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
