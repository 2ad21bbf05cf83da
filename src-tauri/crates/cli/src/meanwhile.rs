//! What goes on while the desk works: a progress bar, the keychain's waiting, a wish to stop.

use std::time::Duration;

use desk::read::{ArchiveProgress, SyncProgress, SyncState};
use desk::{Desk, DeskEvent};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use jiff::tz::TimeZone;
use tokio::sync::broadcast::error::RecvError;

use crate::defuse::for_terminal;
use crate::failure::Failure;
use crate::{ask, output};

/// The exit code of a program that was interrupted, as shells give it.
const INTERRUPTED: i32 = 130;

/// Works, telling on standard error when the keychain makes it wait.
pub(crate) async fn waiting<T>(desk: &Desk, work: impl Future<Output = T>) -> T {
    let mut events = desk.events();
    tokio::pin!(work);
    loop {
        tokio::select! {
            done = &mut work => return done,
            event = events.recv() => match event {
                Ok(DeskEvent::VaultWaiting(true)) => tell_of_keychain(),
                Ok(_) | Err(RecvError::Lagged(_)) => {}
                // Nothing more will be told; the work goes on.
                Err(RecvError::Closed) => return work.await,
            },
        }
    }
}

/// Syncs with a progress bar, if standard error is a terminal. The first Ctrl-C (or SIGTERM) stops it
/// after what is in flight, the second ends the program at once.
pub(crate) async fn syncing<T>(desk: &Desk, work: impl Future<Output = T>) -> Result<T, Failure> {
    with_bar(desk, bar("profiles"), Desk::cancel_sync, work).await
}

/// Archives the audit log in the same way.
pub(crate) async fn archiving<T>(desk: &Desk, work: impl Future<Output = T>) -> Result<T, Failure> {
    with_bar(desk, bar("audit logs"), Desk::cancel_archive, work).await
}

/// Carries changes out in the same way; what was not sent when it is stopped is not sent.
pub(crate) async fn changing<T>(desk: &Desk, work: impl Future<Output = T>) -> Result<T, Failure> {
    with_bar(desk, bar("changes"), Desk::cancel_all_changes, work).await
}

/// Downloads backups in the same way; what came when it is stopped is kept.
pub(crate) async fn downloading<T>(
    desk: &Desk,
    work: impl Future<Output = T>,
) -> Result<T, Failure> {
    with_bar(desk, bytes(), Desk::cancel_all_downloads, work).await
}

/// Asks for an audit log in the same way.
pub(crate) async fn asking_audit<T>(
    desk: &Desk,
    work: impl Future<Output = T>,
) -> Result<T, Failure> {
    with_bar(desk, bar("queries"), Desk::cancel_all_live_audits, work).await
}

async fn with_bar<T>(
    desk: &Desk,
    bar: ProgressBar,
    cancel: fn(&Desk),
    work: impl Future<Output = T>,
) -> Result<T, Failure> {
    let mut events = desk.events();
    let mut stop = Stop::new()?;
    let mut stopping = false;
    tokio::pin!(work);
    let done = loop {
        tokio::select! {
            done = &mut work => break done,
            () = stop.asked() => {
                if stopping {
                    std::process::exit(INTERRUPTED);
                }
                stopping = true;
                cancel(desk);
                bar.set_message("stopping");
                bar.suspend(|| output::notice("Stopping after what is in flight; once more to stop at once."));
            }
            event = events.recv() => match event {
                Ok(DeskEvent::SyncChanged(SyncState::Running { progress })) => show(&bar, &progress),
                Ok(DeskEvent::SyncChanged(SyncState::Idle { archive: Some(archive), .. })) => {
                    show_archive(&bar, &archive);
                }
                Ok(DeskEvent::Changing(progress)) => {
                    bar.set_length(progress.counts.rows.into());
                    bar.set_position(progress.counts.ended().into());
                }
                Ok(DeskEvent::Downloading(progress)) => {
                    bar.set_length(progress.of.unwrap_or_default());
                    bar.set_position(progress.bytes);
                }
                Ok(DeskEvent::AskingAudit(progress)) => {
                    bar.set_length(progress.queries.into());
                    bar.set_position(progress.done.into());
                    let (scanned, matched) = (progress.scanned, progress.matched);
                    bar.set_message(format!("{scanned} events read, {matched} found"));
                }
                Ok(DeskEvent::VaultWaiting(true)) => bar.suspend(tell_of_keychain),
                Ok(DeskEvent::SyncWaiting(text)) => bar.suspend(|| output::notice(&for_terminal(&text))),
                Ok(_) | Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => break work.await,
            },
        }
    };
    bar.finish_and_clear();
    Ok(done)
}

/// Asks a yes-or-no question after a sync, whose taking of signals outlives it: Ctrl-C still ends the program.
pub(crate) async fn asking(question: String, option: &'static str) -> Result<bool, Failure> {
    answered(move || ask::confirm(&question, option)).await
}

/// Asks something else in the same way.
pub(crate) async fn answered<T: Send + 'static>(
    ask: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    let mut stop = Stop::new()?;
    let answer = tokio::task::spawn_blocking(ask);
    tokio::select! {
        answer = answer => answer.map_err(|error| Failure::failed("internal", error.to_string()))?,
        () = stop.asked() => std::process::exit(INTERRUPTED),
    }
}

fn tell_of_keychain() {
    output::notice("Waiting for the keychain; the desktop may be asking for its password.");
}

/// Invisible where standard error is no terminal.
fn bar(of: &str) -> ProgressBar {
    of_template(&format!(
        "{{spinner}} {{bar:30}} {{pos}}/{{len}} {of}  {{msg}}  {{elapsed}}"
    ))
}

/// The same for what is counted in bytes.
fn bytes() -> ProgressBar {
    of_template("{spinner} {bar:30} {bytes} of {total_bytes}, {bytes_per_sec}  {msg}  {elapsed}")
}

fn of_template(template: &str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    if !bar.is_hidden() {
        bar.enable_steady_tick(Duration::from_millis(120));
    }
    bar
}

fn show(bar: &ProgressBar, progress: &SyncProgress) {
    bar.set_length(progress.profiles.into());
    bar.set_position(progress.done.into());
    bar.set_message(standing(progress, &TimeZone::system()));
}

fn show_archive(bar: &ProgressBar, progress: &ArchiveProgress) {
    bar.set_length(progress.profiles.into());
    bar.set_position(progress.done.into());
}

/// What is to be said of a sync beside how far it is.
fn standing(progress: &SyncProgress, zone: &TimeZone) -> String {
    if progress.cancelling {
        return "stopping".to_owned();
    }
    let failed = (progress.failed > 0).then(|| format!("{} failed", progress.failed));
    let waiting = progress.waiting_until.map(|until| {
        let until = until.to_zoned(zone.clone()).strftime("%H:%M").to_string();
        format!("waiting for TagoIO's limit until {until}")
    });
    let said: Vec<String> = failed.into_iter().chain(waiting).collect();
    said.join(", ")
}

/// Somebody asks the program to stop.
struct Stop {
    #[cfg(unix)]
    signals: [tokio::signal::unix::Signal; 2],
    #[cfg(windows)]
    signal: tokio::signal::windows::CtrlC,
}

impl Stop {
    #[cfg(unix)]
    fn new() -> Result<Self, Failure> {
        use tokio::signal::unix::{SignalKind, signal};
        let signals = [
            signal(SignalKind::interrupt())?,
            signal(SignalKind::terminate())?,
        ];
        Ok(Self { signals })
    }

    #[cfg(windows)]
    fn new() -> Result<Self, Failure> {
        let signal = tokio::signal::windows::ctrl_c()?;
        Ok(Self { signal })
    }

    #[cfg(unix)]
    async fn asked(&mut self) {
        let [interrupt, terminate] = &mut self.signals;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    }

    #[cfg(windows)]
    async fn asked(&mut self) {
        self.signal.recv().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_says_what_failed_and_until_when_the_limit_makes_it_wait() {
        let zone = TimeZone::get("Europe/Lisbon").unwrap();
        let mut progress = SyncProgress {
            profiles: 9,
            done: 3,
            failed: 0,
            accounts: vec!["Acme".to_owned()],
            started_at: "2026-06-24T13:00:00Z".parse().unwrap(),
            cancelling: false,
            waiting_until: None,
        };
        assert_eq!(standing(&progress, &zone), "");
        progress.waiting_until = Some("2026-06-24T13:03:00Z".parse().unwrap());
        let waiting = "waiting for TagoIO's limit until 14:03";
        assert_eq!(standing(&progress, &zone), waiting);
        progress.failed = 2;
        assert_eq!(standing(&progress, &zone), format!("2 failed, {waiting}"));
        progress.cancelling = true;
        assert_eq!(standing(&progress, &zone), "stopping");
    }
}
