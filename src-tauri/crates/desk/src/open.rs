//! The desk itself: opened on a data folder, shared by everything that asks it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use model::{Fingerprint, Token};
use store::{
    AccountKey, Opened, ProfileKey, RateLimit, RateScope, Reader, Store, StoreError, Writer,
};
use tagoio::{Client, ClientOptions, Region, Session};
use tokio::sync::{Notify, broadcast, mpsc};
use tokio_util::sync::CancellationToken;
use vault::Vault;

use crate::archive::Asking;
use crate::buy::Buying;
use crate::change::{Changing, Pictured};
use crate::clock::Clock;
use crate::connect::entry_name;
use crate::download::Downloads;
use crate::event::{DeskEvent, StoreNews};
use crate::pace::{Learned, Pace, Priority, Way};
use crate::problem::{Problem, ProblemCode};
use crate::read::{Lines, Names};
use crate::sync::Run;

/// Events that a slow receiver may lag behind before it skips some.
const EVENTS_KEPT: usize = 256;

/// How to open a desk.
#[derive(Clone, Debug)]
pub struct Options {
    /// The data folder; made if it is missing.
    pub folder: PathBuf,
    /// Where tokens are kept.
    pub keychain: Keychain,
    /// A token from the environment, used in place of the keychain's for the account that a sync
    /// names, or for the only account; its identity is checked before anything is written.
    pub environment_token: Option<Token>,
    /// The time.
    pub clock: Clock,
    /// How long a request may take in all.
    pub request_timeout: Duration,
    /// What this process calls itself to another one that wants the same account.
    pub program: String,
}

/// Where tokens are kept.
#[derive(Clone, Debug)]
pub enum Keychain {
    /// In the operating system's keychain, under the store's own id.
    System,
    /// In a vault of the caller's.
    Given(Vault),
}

impl Options {
    /// The system's keychain and clock, and no token from the environment.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            keychain: Keychain::System,
            environment_token: None,
            clock: Clock::default(),
            request_timeout: ClientOptions::default().timeout,
            program: "Profile Desk".to_owned(),
        }
    }
}

/// The data folder to use where none is named: `PROFILE_DESK_DATA_DIR`, else the platform's own.
/// `None` if the platform knows no home folder for this user.
pub fn default_folder() -> Option<PathBuf> {
    std::env::var_os("PROFILE_DESK_DATA_DIR")
        .filter(|folder| !folder.is_empty())
        .map(PathBuf::from)
        .or_else(|| {
            directories::ProjectDirs::from("dev", "profiledesk", "profile-desk")
                .map(|folders| folders.data_local_dir().to_owned())
        })
}

/// The open desk. Clones share it.
#[derive(Clone)]
pub struct Desk {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    store: Arc<Store>,
    pub(crate) vault: Vault,
    clients: Mutex<HashMap<Region, Client>>,
    pub(crate) pace: Pace,
    pub(crate) sent: Arc<Sent>,
    pub(crate) clock: Clock,
    pub(crate) events: broadcast::Sender<DeskEvent>,
    /// The sync that runs, and how the last one ended.
    pub(crate) run: Mutex<Run>,
    /// A run ended; another may begin.
    pub(crate) run_ended: Notify,
    /// What stops the archive, while it goes on.
    pub(crate) archiving: Mutex<Option<CancellationToken>>,
    /// What is asked of audit logs, and what was answered last.
    pub(crate) asking: Asking,
    /// The batches of changes that go on or wait for a proof.
    pub(crate) changing: Changing,
    /// The backups that are downloaded.
    pub(crate) downloads: Downloads,
    /// The picture files that were chosen.
    pub(crate) pictured: Pictured,
    /// The purchases that are gone on with.
    pub(crate) buying: Buying,
    /// What is done by itself may have another time now.
    pub(crate) plans_changed: Notify,
    /// It is time to look whether another process wrote.
    pub(crate) look: Notify,
    /// The names of all profiles.
    pub(crate) names: Names,
    /// What needs attention.
    pub(crate) lines: Lines,
    /// The profile that a person looks at.
    looked_at: Mutex<Option<ProfileKey>>,
    pub(crate) environment_token: Option<Token>,
    request_timeout: Duration,
    pub(crate) program: String,
}

/// Requests since the desk was opened.
#[derive(Debug, Default)]
pub(crate) struct Sent {
    pub(crate) requests: AtomicU64,
    pub(crate) retries: AtomicU64,
    pub(crate) rate_limited: AtomicU64,
}

impl Desk {
    /// Opens the data folder's store, and makes both where they are missing. Sends nothing and does not
    /// touch the keychain. Must be called on a tokio runtime.
    pub async fn open(options: Options) -> Result<Self, Problem> {
        let folder = options.folder;
        let store = blocking(move || Store::open(&folder)).await??;
        let vault = match options.keychain {
            Keychain::System => Vault::system(store.id()),
            Keychain::Given(vault) => vault,
        };
        let sent = Arc::<Sent>::default();
        let (pace, learned) = Pace::new(options.clock.clone(), Arc::clone(&sent));
        let desk = Self {
            inner: Arc::new(Inner {
                store: Arc::new(store),
                vault,
                clients: Mutex::default(),
                pace,
                sent,
                clock: options.clock,
                events: broadcast::channel(EVENTS_KEPT).0,
                run: Mutex::default(),
                run_ended: Notify::new(),
                archiving: Mutex::default(),
                asking: Asking::default(),
                changing: Changing::default(),
                downloads: Downloads::default(),
                pictured: Pictured::default(),
                buying: Buying::default(),
                plans_changed: Notify::new(),
                look: Notify::new(),
                names: Names::default(),
                lines: Lines::default(),
                looked_at: Mutex::default(),
                environment_token: options.environment_token,
                request_timeout: options.request_timeout,
                program: options.program,
            }),
        };
        desk.tell_of_waiting();
        desk.keep_what_is_learned(learned);
        desk.back_up_in_background();
        Ok(desk)
    }

    /// The data folder.
    pub fn folder(&self) -> &Path {
        self.inner.store.folder()
    }

    /// What the user must be told of how the store was opened, if anything.
    pub fn notice(&self) -> Option<String> {
        match self.inner.store.opened() {
            Opened::Fresh | Opened::Existing => None,
            Opened::Restored { from, moved_to } => Some(format!(
                "The store was damaged. The backup {} was restored; what came after it is fetched again by \
                 the next sync. The damaged file is kept as {}.",
                from.display(),
                moved_to.display()
            )),
            Opened::StartedAnew { moved_to } => Some(format!(
                "The store was damaged and there was no good backup, so an empty one was made. Connect your \
                 accounts again. The damaged file is kept as {}.",
                moved_to.display()
            )),
        }
    }

    /// What happens from now on. A receiver that lags skips events; see [`DeskEvent`].
    pub fn events(&self) -> broadcast::Receiver<DeskEvent> {
        self.inner.events.subscribe()
    }

    /// Passes the vault's waiting on as events, for as long as the desk lives.
    fn tell_of_waiting(&self) {
        let mut waiting = self.inner.vault.waiting();
        let events = self.inner.events.clone();
        tokio::spawn(async move {
            while waiting.changed().await.is_ok() {
                let waits = waiting.borrow_and_update().is_some();
                // Nobody listens: nobody needs to know.
                drop(events.send(DeskEvent::VaultWaiting(waits)));
            }
        });
    }

    /// Stores what is learned of the API's limits, so that the next start need not learn it again.
    fn keep_what_is_learned(&self, mut learned: mpsc::UnboundedReceiver<Learned>) {
        let inner = Arc::downgrade(&self.inner);
        tokio::spawn(async move {
            while let Some(lesson) = learned.recv().await {
                let Some(inner) = inner.upgrade() else { return };
                tokio::spawn(async move { inner.keep(lesson).await });
            }
        });
    }

    /// The daily backup. Its failure stops nothing; it is in the log, and the next start tries again.
    fn back_up_in_background(&self) {
        let store = Arc::clone(&self.inner.store);
        let now = self.inner.clock.now();
        tokio::task::spawn_blocking(move || match store.backup_if_due(now) {
            Ok(Some(file)) => tracing::info!(file = %file.display(), "the store was backed up"),
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "the store was not backed up"),
        });
    }
}

impl Inner {
    /// The fingerprint of the token that the environment gave this program.
    pub(crate) fn environment_fingerprint(&self) -> Option<Fingerprint> {
        let token = self.environment_token.as_ref()?;
        Some(token.fingerprint(self.store().salt()))
    }

    /// Stores a lesson. Where that fails it is learned again, and the log says so.
    async fn keep(&self, lesson: Learned) {
        let now = self.clock.now();
        let kept = match lesson {
            Learned::Scope { host, per_profile } => {
                let scope = if per_profile {
                    RateScope::Asked
                } else {
                    RateScope::Token
                };
                self.write(move |store| store.put_rate_scope(&host, scope, now))
                    .await
            }
            Learned::Limit {
                host,
                account,
                route,
                settled_at,
            } => {
                self.clock.sleep_until(settled_at).await;
                let Some((per_minute, learned_at)) = self.pace.limit(&host, account, &route) else {
                    return;
                };
                let limit = RateLimit {
                    account: AccountKey(account),
                    route,
                    per_minute,
                    learned_at,
                };
                self.write(move |store| store.put_rate_limit(&limit)).await
            }
        };
        if let Err(problem) = kept {
            tracing::warn!(%problem, "what was learned of a limit was not kept");
        }
    }

    /// A session whose requests somebody waits for.
    pub(crate) fn clicking(&self, session: &Session) -> Session {
        session.paced(Arc::new(Way {
            pace: self.pace.clone(),
            host: session.region().base_url().into(),
            account: 0,
            priority: Priority::Click,
            stop: CancellationToken::new(),
        }))
    }

    /// The profile that a person looks at.
    pub(crate) fn looked_at(&self) -> Option<ProfileKey> {
        *self
            .looked_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn put_looked_at(&self, profile: Option<ProfileKey>) {
        *self
            .looked_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = profile;
    }

    pub(crate) fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// Has the store do something that blocks, off the async threads.
    pub(crate) async fn with_store<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Store) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let (store, hold) = (Arc::clone(&self.store), self.clock.hold());
        let done = blocking(move || work(&store)).await;
        drop(hold);
        done
    }

    /// Reads from one snapshot, off the async threads.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Reader<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Problem> {
        Ok(self.with_store(move |store| store.read(work)).await??)
    }

    /// Writes in one transaction, off the async threads.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Writer<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Problem> {
        Ok(self.with_store(move |store| store.write(work)).await??)
    }

    /// Says that something was written; whoever shows it reads it again.
    pub(crate) fn tell_changed(&self, news: StoreNews) {
        self.names.hear(&news);
        // Nobody listens: nobody needs to know.
        drop(self.events.send(DeskEvent::StoreChanged(news)));
    }

    /// The client of a region; one connection pool each, for as long as the desk is open.
    pub(crate) fn client(&self, region: &Region) -> Result<Client, Problem> {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(region) {
            return Ok(client.clone());
        }
        let sent = Arc::clone(&self.sent);
        let options = ClientOptions {
            timeout: self.request_timeout,
            observer: Some(Arc::new(move |seen| sent.count(seen.status))),
            ..ClientOptions::default()
        };
        let client = Client::new(region.clone(), options)
            .map_err(|error| Problem::new(ProblemCode::Offline, error.to_string()))?;
        clients.insert(region.clone(), client.clone());
        Ok(client)
    }

    /// A session for a connected account, with its token from the keychain.
    pub(crate) async fn session(&self, account: &store::Account) -> Result<Session, Problem> {
        let name = entry_name(&account.api, &account.id)?;
        let hold = self.clock.hold();
        let token = self.vault.token(&name).await;
        drop(hold);
        self.session_with(&account.api, token?)
    }

    /// A session for an API host with a token.
    pub(crate) fn session_with(&self, api: &str, token: Token) -> Result<Session, Problem> {
        let region = Region::parse(api)
            .map_err(|error| Problem::internal(format!("a stored API address is bad ({error})")))?;
        Ok(self.client(&region)?.session(token))
    }

    /// All connected accounts, by label.
    #[expect(
        clippy::redundant_closure_for_method_calls,
        reason = "the method itself is bound to one lifetime"
    )]
    pub(crate) async fn accounts(&self) -> Result<Vec<store::Account>, Problem> {
        self.read(|store| store.accounts()).await
    }

    /// A connected account, or the problem that there is none.
    pub(crate) async fn account(&self, key: i64) -> Result<store::Account, Problem> {
        self.read(move |store| store.account(AccountKey(key)))
            .await?
            .ok_or_else(|| {
                Problem::new(ProblemCode::NotFound, "There is no such account any more.")
            })
    }
}

impl Sent {
    fn count(&self, status: Option<u16>) {
        use std::sync::atomic::Ordering::Relaxed;
        self.requests.fetch_add(1, Relaxed);
        if status == Some(429) {
            self.rate_limited.fetch_add(1, Relaxed);
        }
    }
}

/// Runs what blocks on a thread for it. A panic there becomes a problem here.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work).await.map_err(|error| {
        tracing::error!(%error, "work on the store ended early");
        Problem::internal("work on the store ended early")
    })
}
