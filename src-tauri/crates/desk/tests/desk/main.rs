//! The desk on a real store, against the simulator on a loopback port.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "in a test, a panic is the report"
)]

mod allocation;
mod archive;
mod background;
mod backups;
mod change;
mod changes;
mod clock;
mod connect;
mod costs;
mod export;
mod faults;
mod filter;
mod fleet;
mod limits;
mod live_audit;
mod navigation;
mod offboard;
mod onboard;
mod organize;
mod palette;
mod people;
mod plan;
mod sign_in;
mod sync;
mod sync_runs;
mod today;
mod today_answers;
mod token_ends;
mod tokens;
mod transfer;
mod usage;

use desk::read::{
    AccountRow, ArchiveReport, FleetOrder, FleetPage, FleetQuery, FleetSort, SyncReport,
};
use desk::{Clock, Desk, Keychain, NewAccount, Options, SyncRequest};
use model::Timestamp;
use sim::{Running, Simulator};
use tempfile::TempDir;
use vault::Vault;

/// When the tests begin: a Sunday afternoon, twenty minutes past the hour.
const NOW: &str = "2026-11-22T13:20:00Z";

/// So many profiles of two accounts.
fn world_of(profiles: usize) -> sim::Options {
    sim::Options {
        profiles,
        accounts: 2,
        seed: 7,
        clock: sim::Clock::at(NOW.parse().unwrap()),
        ..sim::Options::default()
    }
}

/// The desk lives by the simulator's clock.
fn clock_of(sim: &Running) -> Clock {
    let (now, sleep, hold) = (sim.clock(), sim.clock(), sim.clock());
    let read =
        |clock: &sim::Clock| Timestamp::from_nanosecond(clock.now().as_nanosecond()).unwrap();
    Clock::driven(
        move || read(&now),
        move |at| {
            let at = jiff::Timestamp::from_nanosecond(at.as_nanosecond()).unwrap();
            Box::pin(sleep.sleep_until(at))
        },
        move || Box::new(hold.hold()),
    )
}

/// A desk in a folder of its own, beside a simulator whose clock it shares.
struct Bench {
    sim: Running,
    folder: TempDir,
    vault: Vault,
    desk: Desk,
}

impl Bench {
    async fn new(profiles: usize) -> Self {
        Self::of(world_of(profiles)).await
    }

    /// Beside a simulator that is told more than how many profiles there are.
    async fn of(options: sim::Options) -> Self {
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
        Self::connected_to(world_of(profiles)).await
    }

    /// All accounts of such a simulator connected, two at most.
    async fn connected_to(options: sim::Options) -> Self {
        let bench = Self::of(options).await;
        for (place, account) in bench.sim.tokens().iter().enumerate() {
            bench
                .connect(["Acme", "Nordwind"][place], &account.token)
                .await;
        }
        bench
    }

    fn options(sim: &Running, folder: &TempDir, vault: &Vault) -> Options {
        Options {
            keychain: Keychain::Given(vault.clone()),
            clock: clock_of(sim),
            request_timeout: std::time::Duration::from_secs(2),
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

    /// Syncs what is due; waits pass in virtual time.
    async fn sync(&self) -> SyncReport {
        self.run(SyncRequest::default()).await
    }

    /// Syncs every dataset, however fresh it is.
    async fn sync_again(&self) -> SyncReport {
        self.run(SyncRequest {
            all: true,
            ..SyncRequest::default()
        })
        .await
    }

    async fn run(&self, request: SyncRequest) -> SyncReport {
        self.sim.run_through(self.desk.sync(request)).await.unwrap()
    }

    async fn archive(&self) -> ArchiveReport {
        let archive = self.desk.archive(Vec::new());
        self.sim.run_through(archive).await.unwrap()
    }

    async fn fleet(&self) -> FleetPage {
        let query = FleetQuery {
            sort: vec![FleetOrder {
                by: FleetSort::Name,
                descending: false,
            }],
            limit: 500,
            ..FleetQuery::default()
        };
        self.desk.fleet(query).await.unwrap()
    }
}
