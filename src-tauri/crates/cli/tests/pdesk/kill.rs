//! A sync that is killed at any moment: the store is whole, nothing that was stored is lost, and the next
//! run completes. 20 moments by default; `PROFILE_DESK_KILLS` names another number.
#![allow(clippy::unwrap_used)] // helpers of tests

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::json;
use session::Keyring;
use sim::Options;
use sim::world::Service;

use crate::bench::Bench;
use crate::fleet::assert_as_in_the_simulator;
use crate::kept::{arrived, assert_kept, assert_same_history, count, open, rows_by_profile};

const PROFILES: usize = 60;
const LATENCY: Duration = Duration::from_millis(5);
const KILLS: usize = 20;
const SEED: u64 = 1;
const TRIES: usize = 3;

/// Where the rows of a profile's datasets are, those whose number does not grow by itself.
const ROWS: [(&str, &str); 5] = [
    ("summary", "summary"),
    ("usage_by_hour", "usage_hour"),
    ("usage_by_day", "usage_day"),
    ("tokens", "token"),
    ("team", "team_member"),
];

/// What is killed: a first sync into an empty store, or one that fetches everything again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    First,
    Again,
}

#[test]
fn a_sync_that_is_killed_at_any_moment_loses_nothing_and_the_next_run_completes() {
    let kills = std::env::var("PROFILE_DESK_KILLS")
        .map_or(KILLS, |count| count.parse().expect("a number of kills"));
    let mut trial = Trial::new();
    let mut told = Told::default();
    let order = shuffled(kills);
    for (number, place) in order.into_iter().enumerate() {
        let kind = if number % 2 == 0 {
            Kind::First
        } else {
            Kind::Again
        };
        #[expect(clippy::cast_precision_loss, reason = "a number of kills is small")]
        let share = (place as f64 + random(number as u64)) / kills as f64;
        trial.kill(kind, share, &mut told);
    }
    println!("{kills} kills: {told:?}");
    assert!(told.alive * 2 >= kills, "most came after the end: {told:?}");
}

/// In which states the kills found the store.
#[derive(Debug, Default)]
struct Told {
    /// The process was alive; else it had just ended.
    alive: usize,
    first: usize,
    again: usize,
    /// Of first syncs: nothing of any profile was there yet.
    empty: usize,
    /// Of first syncs: some of it was there.
    halfway: usize,
    /// Datasets that had arrived at all kills, and that the next runs did not ask for again.
    resumed: usize,
    /// Rows of tables that were compared with those before.
    compared: i64,
    /// First syncs whose history was the very one of a sync that nobody disturbed.
    same: usize,
}

struct Trial {
    bench: Bench,
    /// The data folder with its accounts connected and nothing fetched.
    connected: PathBuf,
    /// The data folder of one whose syncs are killed again and again.
    lived_in: PathBuf,
    /// How long each kind takes from the start of the process to its end.
    lasting: [Duration; 2],
    /// What an undisturbed first sync stores, and the stretch of history that it asked for.
    reference: (Option<i64>, PathBuf),
    changes: u32,
}

impl Trial {
    fn new() -> Self {
        let options = Options {
            profiles: PROFILES,
            latency: LATENCY,
            ..Options::default()
        };
        let bench = Bench::of(options, Keyring::Unlocked);
        for (place, label) in ["Acme", "Norte"].iter().enumerate() {
            assert_eq!(bench.add(label, &bench.token(place)).code, 0);
        }
        let beside = |name: &str| bench.session.folder().join(name);
        let (connected, lived_in) = (beside("connected"), beside("lived-in"));
        copy(&bench.folder(), &connected);
        let mut trial = Self {
            reference: (None, beside("reference")),
            lasting: [Duration::ZERO; 2],
            changes: 0,
            bench,
            connected,
            lived_in,
        };
        trial.refer();
        // A first run may take longer than those that follow.
        trial.refer();
        copy(&trial.bench.folder(), &trial.lived_in);
        for _ in 0..2 {
            trial.change_the_world();
            trial.lasting[1] = trial.run_whole(Kind::Again);
        }
        copy(&trial.bench.folder(), &trial.lived_in);
        trial
    }

    /// Lets a first sync run undisturbed.
    fn refer(&mut self) {
        let began_in = stretch();
        copy(&self.connected, &self.bench.folder());
        self.lasting[0] = self.run_whole(Kind::First);
        copy(&self.bench.folder(), &self.reference.1);
        self.reference.0 = began_in.filter(|began_in| Some(*began_in) == stretch());
    }

    fn run_whole(&self, kind: Kind) -> Duration {
        let began = Instant::now();
        assert_eq!(self.bench.run(options(kind)).code, 0);
        began.elapsed()
    }

    /// Something is new each time: a name, use and a limit of a profile. Use only comes nearer to limits.
    fn change_the_world(&mut self) {
        self.changes += 1;
        let sim = &self.bench.sim;
        let (world, tokens) = (sim.world(), sim.tokens());
        let own = world.owned_by(&tokens[0].account);
        let ids: Vec<&String> = own.map(|profile| &profile.id).collect();
        let id = ids[self.changes as usize % ids.len()];
        assert!(sim.rename_profile(id, &format!("Renamed {}", self.changes)));
        assert!(sim.use_service(id, Service::Input, 1_000.0));
        let limit = world.profile(id).unwrap().limits[Service::Output as usize];
        assert!(sim.set_limit(id, Service::Output, limit - 1.0));
    }

    /// Kills a sync at a share of its time, and looks at what is left.
    fn kill(&mut self, kind: Kind, share: f64, told: &mut Told) {
        let began_in = stretch();
        if kind == Kind::First && began_in.is_some() && began_in != self.reference.0 {
            self.refer();
        }
        if kind == Kind::Again {
            self.change_the_world();
        }
        let before = match kind {
            Kind::First => self.connected.clone(),
            Kind::Again => self.lived_in.clone(),
        };
        let moment = self.killed_at(kind, share, &before, told);
        let context = format!("{kind:?} after {moment:?}");

        // Looked at in a copy: the next run is to meet the very files that the kill left.
        let left = self.bench.session.folder().join("left");
        copy(&self.bench.folder(), &left);
        told.compared += assert_kept(&before, &left, &context);
        let arrived = self.assert_whole_datasets(&left, kind, began_in, &context);
        match (kind, arrived.len()) {
            (Kind::Again, _) => told.again += 1,
            (Kind::First, there) => {
                told.first += 1;
                told.empty += usize::from(there == 0);
                told.halfway += usize::from(there > 0);
            }
        }

        self.bench.sim.clear_requests();
        let next = match kind {
            Kind::First => &["sync"][..],
            Kind::Again => &["sync", "--fresh"],
        };
        let (report, code) = self.bench.json(next);
        assert_eq!(code, 0, "{context}: {report}");
        for account in report["accounts"].as_array().unwrap() {
            assert_eq!(
                (&account["status"], &account["errors"]),
                (&json!("ok"), &json!([])),
                "{context}"
            );
        }
        if kind == Kind::First {
            told.resumed += self.assert_resumed(&arrived, &context);
        }
        self.assert_complete(&context);
        told.compared += assert_kept(&left, &self.bench.folder(), &context);
        if kind == Kind::First && self.is_comparable(began_in) {
            assert_same_history(&self.reference.1, &self.bench.folder(), &context);
            told.same += 1;
        }
        if kind == Kind::Again {
            copy(&self.bench.folder(), &self.lived_in);
        }
    }

    /// Kills a sync that begins with the store in `before`. One that had ended by then, since the machine has
    /// less to do than before, is begun again and killed earlier.
    fn killed_at(&mut self, kind: Kind, share: f64, before: &Path, told: &mut Told) -> Duration {
        let lasting = usize::from(kind == Kind::Again);
        for _ in 0..TRIES {
            copy(before, &self.bench.folder());
            let moment = self.lasting[lasting].mul_f64(share);
            let mut child = self
                .bench
                .command(options(kind))
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            let began = Instant::now();
            while began.elapsed() < moment && child.try_wait().unwrap().is_none() {
                let left = moment.saturating_sub(began.elapsed());
                std::thread::sleep(left.min(Duration::from_millis(5)));
            }
            let lasted = began.elapsed();
            child.kill().unwrap();
            if child.wait().unwrap().signal() == Some(9) {
                told.alive += 1;
                return moment;
            }
            self.lasting[lasting] = lasted;
        }
        self.lasting[lasting]
    }

    /// Whatever is said to have arrived is there to its last row. Returns the profiles' ids and datasets.
    fn assert_whole_datasets(
        &self,
        left: &Path,
        kind: Kind,
        began_in: Option<i64>,
        context: &str,
    ) -> BTreeSet<(String, String)> {
        let left = open(left);
        let arrived = arrived(&left);
        // In a folder that is lived in, all of it was there before, and that is compared row by row.
        if kind == Kind::First && self.is_comparable(began_in) {
            let whole = open(&self.reference.1);
            for (dataset, table) in ROWS {
                let (there, all) = (
                    rows_by_profile(&left, table),
                    rows_by_profile(&whole, table),
                );
                for (id, _) in arrived.iter().filter(|(_, one)| one == dataset) {
                    assert_eq!(there.get(id), all.get(id), "{context}: {table} of {id}");
                }
            }
        }
        arrived
    }

    /// Whether a first sync that began then, and goes on until now, asks for what the reference has.
    fn is_comparable(&self, began_in: Option<i64>) -> bool {
        began_in.is_some() && began_in == self.reference.0 && began_in == stretch()
    }

    /// What had arrived was not asked for again. Returns how much that was.
    fn assert_resumed(&self, arrived: &BTreeSet<(String, String)>, context: &str) -> usize {
        let requests = self.bench.sim.requests();
        for (dataset, end) in [
            ("summary", "/summary"),
            ("tokens", "/token"),
            ("team", "/team"),
        ] {
            for request in &requests {
                let id = request.path.split('/').nth(2).unwrap_or_default();
                let again = request.route.ends_with(end)
                    && arrived.contains(&(id.to_owned(), dataset.to_owned()));
                assert!(!again, "{context}: {} again", request.path);
            }
        }
        arrived.len()
    }

    /// Every profile is there with the simulator's figures, every dataset is fresh, the file is sound.
    fn assert_complete(&self, context: &str) {
        let bench = &self.bench;
        let (world, now) = (bench.sim.world(), bench.sim.clock().now());
        let (list, code) = bench.json(&["profile", "list"]);
        assert_eq!(code, 0, "{context}");
        let list = list.as_array().unwrap();
        let tokens = bench.sim.tokens();
        let reached: BTreeSet<&str> = tokens
            .iter()
            .flat_map(|token| world.visible_to(&token.account))
            .map(|profile| profile.id.as_str())
            .collect();
        assert_eq!(list.len(), reached.len(), "{context}");
        for profile in list {
            assert_eq!(
                profile["freshness"]["state"], "fresh",
                "{context}: {profile}"
            );
            assert_as_in_the_simulator(&world, now, profile);
        }
        bench.assert_sound();
        let db = bench.db();
        let failed = "SELECT count(*) FROM fetch_status WHERE outcome = 'failed'";
        assert_eq!(count(&db, failed), 0, "{context}");
        let open = "SELECT count(*) FROM fetch_status WHERE profile IS NOT NULL";
        let datasets = i64::try_from(reached.len() * 6).unwrap();
        assert_eq!(count(&db, open), datasets, "{context}");
    }
}

const fn options(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::First => &["sync"],
        Kind::Again => &["sync", "--full"],
    }
}

/// Copies a data folder as it is, in place of what was there. Nothing has it open.
pub(crate) fn copy(from: &Path, to: &Path) {
    if to.exists() {
        fs::remove_dir_all(to).unwrap();
    }
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (from, to) = {
            let entry = entry.unwrap();
            (entry.path(), to.join(entry.file_name()))
        };
        if from.is_dir() {
            copy(&from, &to);
        } else {
            fs::copy(from, to).unwrap();
        }
    }
}

/// The hour of the clock that pdesk lives by, in which every first sync asks for the same samples; `None`
/// in its first minutes, when these are just being taken.
fn stretch() -> Option<i64> {
    let now = jiff::Timestamp::now().as_second();
    (now.rem_euclid(3_600) > 200).then(|| now.div_euclid(3_600))
}

/// In 0 ..< 1, the same for the same seed.
#[expect(clippy::cast_precision_loss, reason = "53 bits fit a double exactly")]
fn random(number: u64) -> f64 {
    // The finaliser of SplitMix64.
    let mut z = SEED.wrapping_add((number + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

/// The numbers below `count`, in a random order.
fn shuffled(count: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|one, other| {
        let place = |number: usize| random(0x5EED + number as u64);
        place(*one).total_cmp(&place(*other))
    });
    order
}
