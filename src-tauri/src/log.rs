//! What the shell says where there may be no window: in the desk's log, and on standard error.

use std::fmt::Display;
use std::panic::PanicHookInfo;

use crate::Folders;

/// Begins to log. The program goes on without a log and says so: one that cannot be written is no
/// reason to show nothing.
pub fn start(folders: Option<&Folders>) {
    let Some(folders) = folders else { return };
    if let Err(error) = desk::write_log(&folders.logs, "profile-desk") {
        say(format_args!(
            "Profile Desk goes on without a log, since none can be written to {}: {error}",
            folders.logs.display()
        ));
    }
}

/// A panic is told by its place alone, here and on standard error: its message can quote any value.
pub fn keep_panics_silent() {
    std::panic::set_hook(Box::new(|panic| {
        let place = place(panic);
        tracing::error!(place, "panicked");
        say(format_args!(
            "Profile Desk met a defect of its own at {place}."
        ));
    }));
}

fn place(panic: &PanicHookInfo<'_>) -> String {
    panic
        .location()
        .map_or_else(|| "an unknown place".into(), ToString::to_string)
}

/// What keeps the program from working at all.
pub fn fatal(error: &dyn Display) {
    tracing::error!("{error}");
    say(format_args!("{error}"));
}

#[expect(
    clippy::print_stderr,
    reason = "the last place to say something where there is no window"
)]
fn say(text: std::fmt::Arguments<'_>) {
    eprintln!("{text}");
}
