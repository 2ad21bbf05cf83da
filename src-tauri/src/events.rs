//! What the window hears without asking.

use std::collections::BTreeMap;
use std::time::Duration;

use desk::change::ChangeProgress;
use desk::download::DownloadProgress;
use desk::read::{LiveAuditProgress, SyncState};
use desk::{DeskEvent, StoreNews};
use serde::Serialize;
use tauri::async_runtime::spawn;
use tauri::{AppHandle, Emitter, Runtime};
use tokio::sync::broadcast::error::{RecvError, TryRecvError};

use crate::{Opening, window};

/// The sync's new [`SyncState`].
pub const SYNC_CHANGED: &str = "sync-changed";
/// What changed in the store, a [`StoreNews`]: who shows it reads it again.
pub const STORE_CHANGED: &str = "store-changed";
/// How far changes are that are carried out, a [`ChangeProgress`].
pub const CHANGING: &str = "changing";
/// How far downloads of backups are, a [`DownloadProgress`].
pub const DOWNLOADING: &str = "downloading";
/// How far asking of an audit log is, a [`LiveAuditProgress`].
pub const ASKING_AUDIT: &str = "asking-audit";
/// Whether the keychain keeps the program waiting.
pub const VAULT_WAITING: &str = "vault-waiting";

/// A sync of many profiles says hundreds of things a second; a screen needs the last of them.
const GATHER: Duration = Duration::from_millis(100);

/// Tells the window what the desk tells, until the program ends. A desk that could not be opened
/// tells nothing; each command says why.
pub fn forward<R: Runtime>(app: AppHandle<R>, opening: Opening) {
    spawn(async move {
        let Ok(desk) = opening.desk().await else {
            return;
        };
        let mut events = desk.events();
        loop {
            let mut news = News::default();
            match events.recv().await {
                Ok(event) => news.add(event),
                Err(RecvError::Lagged(_)) => news.assume_all(desk.sync_state()),
                Err(RecvError::Closed) => return,
            }
            tokio::time::sleep(GATHER).await;
            loop {
                match events.try_recv() {
                    Ok(event) => news.add(event),
                    Err(TryRecvError::Lagged(_)) => news.assume_all(desk.sync_state()),
                    Err(TryRecvError::Empty | TryRecvError::Closed) => break,
                }
            }
            news.tell(&app);
        }
    });
}

/// The last word on each subject.
#[derive(Default)]
struct News {
    sync: Option<SyncState>,
    store: StoreNews,
    vault: Option<bool>,
    /// By batch.
    changing: BTreeMap<i64, ChangeProgress>,
    /// By backup.
    downloading: BTreeMap<String, DownloadProgress>,
    /// By profile.
    asking: BTreeMap<i64, LiveAuditProgress>,
}

impl News {
    fn add(&mut self, event: DeskEvent) {
        match event {
            DeskEvent::SyncChanged(state) => self.sync = Some(state),
            DeskEvent::StoreChanged(news) => self.store.add(news),
            DeskEvent::VaultWaiting(waiting) => self.vault = Some(waiting),
            // The window never asks a sync to wait for another process.
            DeskEvent::SyncWaiting(_) => {}
            DeskEvent::Changing(progress) => {
                self.changing.insert(progress.batch, progress);
            }
            DeskEvent::Downloading(progress) => {
                self.downloading.insert(progress.backup.clone(), progress);
            }
            DeskEvent::AskingAudit(progress) => {
                self.asking.insert(progress.profile, progress);
            }
        }
    }

    /// Some of it was missed.
    fn assume_all(&mut self, now: SyncState) {
        self.sync = Some(now);
        self.store = StoreNews::everything();
    }

    /// The store first: who hears that a sync ended reads what it brought.
    fn tell<R: Runtime>(self, app: &AppHandle<R>) {
        if !self.store.is_empty() {
            emit(app, STORE_CHANGED, self.store);
        }
        for progress in self.changing.into_values() {
            emit(app, CHANGING, progress);
        }
        for progress in self.downloading.into_values() {
            emit(app, DOWNLOADING, progress);
        }
        for progress in self.asking.into_values() {
            emit(app, ASKING_AUDIT, progress);
        }
        if let Some(state) = self.sync {
            emit(app, SYNC_CHANGED, state);
        }
        if let Some(waiting) = self.vault {
            emit(app, VAULT_WAITING, waiting);
        }
    }
}

fn emit<R: Runtime>(app: &AppHandle<R>, name: &str, what: impl Serialize + Clone) {
    if let Err(error) = app.emit_to(window::MAIN, name, what) {
        tracing::warn!(name, %error, "the window was not told");
    }
}
