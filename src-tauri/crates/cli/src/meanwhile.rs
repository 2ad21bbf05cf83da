//! What goes on while the desk works: a progress bar, the keychain's waiting, a wish to stop.

use std::time::Duration;

use desk::read::{SyncProgress, SyncState};
use desk::{Desk, DeskEvent};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tokio::sync::broadcast::error::RecvError;

use crate::defuse::for_terminal;
use crate::failure::Failure;
use crate::output;

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
    let mut events = desk.events();
    let mut stop = Stop::new()?;
    let mut stopping = false;
    let bar = bar();
    tokio::pin!(work);
    let done = loop {
        tokio::select! {
            done = &mut work => break done,
            () = stop.asked() => {
                if stopping {
                    std::process::exit(INTERRUPTED);
                }
                stopping = true;
                desk.cancel_sync();
                bar.suspend(|| output::notice("Stopping after what is in flight; once more to stop at once."));
            }
            event = events.recv() => match event {
                Ok(DeskEvent::SyncChanged(SyncState::Running { progress })) => show(&bar, &progress),
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

fn tell_of_keychain() {
    output::notice("Waiting for the keychain; the desktop may be asking for its password.");
}

/// Invisible where standard error is no terminal.
fn bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    let template = "{spinner} {bar:30} {pos}/{len} profiles  {msg}  {elapsed}";
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
    let failed = match progress.failed {
        0 => String::new(),
        failed => format!("{failed} failed"),
    };
    bar.set_message(if progress.cancelling {
        "stopping".to_owned()
    } else {
        failed
    });
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
