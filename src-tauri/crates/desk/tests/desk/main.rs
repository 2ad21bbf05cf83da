//! The desk on a real store, against the simulator on a loopback port.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "in a test, a panic is the report"
)]

mod connect;
mod faults;
mod fleet;
mod sync;

use desk::read::{AccountRow, FleetPage, FleetQuery, FleetSort, SyncReport};
use desk::{Clock, Desk, Keychain, NewAccount, Options, SyncRequest};
use model::Timestamp;
use sim::{Running, Simulator};
use tempfile::TempDir;
use vault::Vault;

/// When the tests begin: a Sunday afternoon, twenty minutes past the hour.
const NOW: &str = "2026-11-22T13:20:00Z";

/// A desk in a folder of its own, beside a simulator whose clock it shares.
struct Bench {
    sim: Running,
    folder: TempDir,
    vault: Vault,
    desk: Desk,
}

impl Bench {
    async fn new(profiles: usize) -> Self {
        let clock = sim::Clock::at(NOW.parse().unwrap());
        let options = sim::Options {
            profiles,
            accounts: 2,
            seed: 7,
            clock,
            ..sim::Options::default()
        };
        let sim = Simulator::start(options).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::in_memory("test");
        let desk = Desk::open(Self::options(&sim, &folder, &vault))
            .await
            .unwrap();
        Self {
            sim,
            folder,
            vault,
            desk,
        }
    }

    /// Both accounts connected.
    async fn connected(profiles: usize) -> Self {
        let bench = Self::new(profiles).await;
        for (place, account) in bench.sim.tokens().iter().enumerate() {
            bench
                .connect(["Acme", "Nordwind"][place], &account.token)
                .await;
        }
        bench
    }

    fn options(sim: &Running, folder: &TempDir, vault: &Vault) -> Options {
        let clock = sim.clock();
        let now = move || Timestamp::from_nanosecond(clock.now().as_nanosecond()).unwrap();
        Options {
            keychain: Keychain::Given(vault.clone()),
            clock: Clock::from_fn(now),
            request_timeout: std::time::Duration::from_secs(4),
            ..Options::new(folder.path())
        }
    }

    /// The desk as it is after the program was started again.
    async fn reopen(&mut self) {
        let options = Self::options(&self.sim, &self.folder, &self.vault);
        self.desk = Desk::open(options).await.unwrap();
    }

    fn new_account(&self, label: &str, token: &str) -> NewAccount {
        NewAccount {
            label: label.to_owned(),
            region: self.sim.base_url(),
            token: token.into(),
            keychain: true,
        }
    }

    async fn connect(&self, label: &str, token: &str) -> AccountRow {
        self.desk
            .connect(self.new_account(label, token))
            .await
            .unwrap()
    }

    async fn sync(&self) -> SyncReport {
        self.desk.sync(SyncRequest::default()).await.unwrap()
    }

    async fn fleet(&self) -> FleetPage {
        let query = FleetQuery {
            search: String::new(),
            sort: FleetSort::Name,
            descending: false,
            offset: 0,
            limit: 500,
        };
        self.desk.fleet(query).await.unwrap()
    }
}
