//! How fast a month of hours gets into the store, beside the least that SQLite itself takes.

use std::time::{Duration, Instant};

use model::{Amounts, Dataset, FetchOutcome, Sample, Service, Timestamp};
use rusqlite::Connection;
use store::{
    AccountInfo, AccountToken, By, ListedProfile, NewAccount, ProfileKey, Store, StoreError,
    Subject, TokenPlace,
};
use tempfile::TempDir;

use super::Size;
use crate::table::{Table, Target};

/// 31 days.
pub(crate) const HOURS: u16 = 744;

/// A Sunday in October, 00:01 UTC: samples are taken a minute after the hour.
const FIRST: i64 = 1_760_832_060;

/// The machine does other things too: of so many runs of each, the one in the middle counts.
const RUNS: usize = 3;

pub(crate) fn measure(size: Size, table: &mut Table) -> anyhow::Result<()> {
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        bare.push(bare_inserts(size.ingested)?);
        ours.push(Filled::new(size.ingested)?.took);
    }
    let rows = f64::from(rows(size.ingested));
    let [ours, bare] = [ours, bare].map(|mut took| {
        took.sort();
        rows / took[RUNS / 2].as_secs_f64()
    });
    let mut part = table.part(4);
    part.figure(
        "usage rows into the store",
        ours,
        "rows/s",
        format!(
            "{} profiles, a transaction each of {HOURS} rows and a status",
            size.ingested
        ),
    );
    part.target(
        "over a bare loop of inserts",
        ours / bare,
        "",
        Target::AtLeast(0.6),
        format!("{bare:.0} rows/s: one prepared statement, one transaction, the same table"),
    );
    Ok(())
}

/// A store with profiles, and their hours.
pub(crate) struct Filled {
    pub(crate) folder: TempDir,
    /// How long the hours took.
    took: Duration,
}

impl Filled {
    pub(crate) fn new(profiles: u32) -> anyhow::Result<Self> {
        let (folder, store, keys) = empty(profiles)?;
        let histories: Vec<Vec<Sample>> = (0..profiles).map(samples).collect();
        let began = Instant::now();
        for (profile, samples) in keys.iter().zip(&histories) {
            store.write(|tx| {
                tx.put_usage(*profile, By::Hour, samples)?;
                let subject = Subject::Profile(*profile);
                let at = Timestamp::from_second(FIRST).unwrap_or_default();
                tx.put_status(subject, Dataset::UsageByHour, &FetchOutcome::Ok, at)
            })?;
        }
        let took = began.elapsed();
        Ok(Self { folder, took })
    }
}

/// The same rows by the least that there is: no conflict is looked for, nothing is converted, and one
/// transaction holds all.
fn bare_inserts(profiles: u32) -> anyhow::Result<Duration> {
    let (folder, store, keys) = empty(profiles)?;
    drop(store);
    let mut db = Connection::open(folder.path().join("profile-desk.db"))?;
    // As the store sets it.
    db.pragma_update(None, "synchronous", "NORMAL")?;
    db.pragma_update(None, "cache_size", -16_000)?;
    let columns = Service::ALL.map(Service::key).join(", ");
    let sql = format!(
        "INSERT INTO usage_hour (profile, at, {columns})
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
    );
    let began = Instant::now();
    let transaction = db.transaction()?;
    let mut insert = transaction.prepare(&sql)?;
    for (number, profile) in (0..profiles).zip(&keys) {
        for hour in 0..HOURS {
            insert.raw_bind_parameter(1, profile)?;
            insert.raw_bind_parameter(2, second(hour))?;
            for (place, total) in (3..).zip(totals(number, hour)) {
                insert.raw_bind_parameter(place, total)?;
            }
            insert.raw_execute()?;
        }
    }
    drop(insert);
    transaction.commit()?;
    Ok(began.elapsed())
}

/// A new store with an account and its profiles.
fn empty(profiles: u32) -> anyhow::Result<(TempDir, Store, Vec<ProfileKey>)> {
    let folder = tempfile::tempdir()?;
    let store = Store::open(folder.path())?;
    let account = NewAccount {
        api: "https://api.tago.io".to_owned(),
        id: format!("a{:023x}", 0).parse()?,
        label: "Account".to_owned(),
        info: AccountInfo::default(),
        token: AccountToken {
            fingerprint: format!("{:064x}", 0).into(),
            last4: "0000".to_owned(),
            name: None,
            expires_at: None,
        },
        token_place: TokenPlace::Keychain,
    };
    let list = (0..profiles)
        .map(|number| {
            Ok(ListedProfile {
                id: format!("b{number:023x}").parse()?,
                name: format!("Profile {number}"),
                logo_url: None,
                shared: None,
                owner: None,
            })
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    let at = Timestamp::from_second(FIRST)?;
    let keys = store.write(|tx| -> Result<_, StoreError> {
        let account = tx.put_account(&account, at)?.key;
        Ok(tx.put_profiles(account, &list, at)?.keys)
    })?;
    Ok((folder, store, keys))
}

fn samples(profile: u32) -> Vec<Sample> {
    (0..HOURS)
        .map(|hour| {
            let mut all = Amounts::new();
            for (service, total) in Service::ALL.into_iter().zip(totals(profile, hour)) {
                all[service] = Some(f64::from(total));
            }
            Sample {
                at: Timestamp::from_second(second(hour)).unwrap_or_default(),
                totals: all,
            }
        })
        .collect()
}

fn second(hour: u16) -> i64 {
    FIRST + 3_600 * i64::from(hour)
}

/// What the nine services stand at in an hour of a month: busy counters, quiet ones, and levels.
fn totals(profile: u32, hour: u16) -> [u32; 9] {
    let (hour, busy) = (u32::from(hour), 1 + profile % 40);
    let moved = busy * hour;
    [
        moved * 131,
        moved * 97,
        moved * 3,
        hour / 24,
        hour / 8,
        hour / 5,
        500_000 + moved * 60,
        1_200 + busy * hour / 24,
        20 + busy,
    ]
}

/// As many rows as were put in.
pub(crate) fn rows(profiles: u32) -> u32 {
    profiles * u32::from(HOURS)
}
