//! Desks in folders of their own, beside a simulator.

use std::time::Duration;

use anyhow::{Context, bail};
use desk::read::SyncReport;
use desk::{Clock, Desk, Keychain, NewAccount, Options, Problem};
use model::Timestamp;
use sim::Running;
use tempfile::TempDir;
use vault::Vault;

/// When syncs in virtual time begin: a Sunday afternoon, at the start of a minute.
const NOW: &str = "2026-11-22T13:20:00Z";

/// A desk whose folder goes with it.
pub(crate) struct OwnDesk {
    pub(crate) desk: Desk,
    _folder: TempDir,
}

impl OwnDesk {
    /// Opens a desk and connects an account for each token.
    pub(crate) async fn connected<'a>(
        clock: Clock,
        url: &str,
        tokens: impl IntoIterator<Item = &'a str>,
    ) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let options = Options {
            keychain: Keychain::Given(Vault::in_memory("bench")),
            clock,
            request_timeout: Duration::from_secs(20),
            ..Options::new(folder.path())
        };
        let desk = said(Desk::open(options).await)?;
        for (place, token) in tokens.into_iter().enumerate() {
            let account = NewAccount {
                label: format!("Account {place}"),
                region: url.to_owned(),
                token: token.into(),
                keychain: true,
            };
            said(desk.connect(account).await)?;
        }
        Ok(Self {
            desk,
            _folder: folder,
        })
    }

    /// Beside a simulator in this process, whose clock it lives by.
    pub(crate) async fn beside(sim: &Running) -> anyhow::Result<Self> {
        let tokens = sim.tokens();
        let tokens = tokens.iter().map(|account| account.token.as_str());
        Self::connected(clock_of(sim), &sim.base_url(), tokens).await
    }
}

/// A simulator in this process, whose clock stands until somebody moves it.
pub(crate) async fn simulator(options: sim::Options) -> anyhow::Result<Running> {
    let clock = sim::Clock::at(NOW.parse()?);
    let options = sim::Options { clock, ..options };
    Ok(sim::Simulator::start(options).await?)
}

/// The simulator's clock, as the desk takes it.
fn clock_of(sim: &Running) -> Clock {
    let (now, sleep) = (sim.clock(), sim.clock());
    Clock::given(
        move || now.now(),
        move |at: Timestamp| Box::pin(sleep.sleep_until(at)),
    )
}

/// A sync that is measured must have done all of its work.
pub(crate) fn whole(report: Result<SyncReport, Problem>) -> anyhow::Result<SyncReport> {
    let report = said(report)?;
    for account in &report.accounts {
        if let Some(error) = account.errors.first() {
            bail!("{} was not synced: {}", account.label, error.message);
        }
    }
    Ok(report)
}

/// A problem as an error, with its hint.
pub(crate) fn said<T>(done: Result<T, Problem>) -> anyhow::Result<T> {
    done.map_err(|problem| anyhow::anyhow!("{problem}"))
        .context("the desk could not do it")
}

/// How many there are, as a number to divide by.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts of a benchmark are far below 2^52"
)]
pub(crate) fn count(number: usize) -> f64 {
    number as f64
}
