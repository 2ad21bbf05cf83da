//! A store of many profiles with two years behind them, which `bench store` and `bench ui` read. It is made
//! once into the target folder, from a seed, and used again for as long as it fits.

mod chance;
mod history;
mod people;
mod shapes;
mod words;
mod world;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context;
use model::Timestamp;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use store::Store;

use self::shapes::Shapes;
use self::world::World;

/// Grows whenever what is made here changes.
const VERSION: u32 = 1;

const SEED: u64 = 1;

/// Hours after which it is made anew: its history ends when it was made, and a day later all of it would be
/// shown as stale.
const FRESH: i64 = 12;

/// The database in a data folder.
pub(crate) const DATABASE: &str = "profile-desk.db";

/// What says of a folder which store it holds. Written last.
const MADE: &str = "made.json";

/// A store that is there.
pub(crate) struct FleetStore {
    /// Its data folder. It is shared: who lets a program write works on a copy.
    pub(crate) folder: PathBuf,
    pub(crate) made: Made,
    /// Of the database, in bytes.
    pub(crate) size: u64,
}

/// What a store was made of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Made {
    version: u32,
    seed: u64,
    pub(crate) profiles: u32,
    pub(crate) accounts: u32,
    /// What an empty store of this program has for tables.
    schema: String,
    pub(crate) at: Timestamp,
    /// How long it took.
    pub(crate) seconds: f64,
}

/// Profiles and accounts of a store.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    pub(crate) profiles: u32,
    pub(crate) accounts: u32,
}

/// What the figures are asked of.
pub(crate) const FULL: Size = Size {
    profiles: 10_000,
    accounts: 60,
};

/// For a quick look.
pub(crate) const QUICK: Size = Size {
    profiles: 1_000,
    accounts: 12,
};

impl FleetStore {
    /// The store of a size in a folder for such stores; made if it is not there or does not fit any more.
    pub(crate) async fn ready(stores: &Path, size: Size) -> anyhow::Result<Self> {
        let folder = stores.join(format!("fleet-{}", size.profiles));
        let schema = schema()?;
        let now = Timestamp::now();
        if let Some(made) = made(&folder)
            && made.schema == schema
            && (made.version, made.seed, made.accounts) == (VERSION, SEED, size.accounts)
            && now.duration_since(made.at).abs().as_hours() < FRESH
        {
            return Self::of(folder, made);
        }
        crate::progress(&format!(
            "making a store of {} profiles in {} …",
            size.profiles,
            folder.display()
        ));
        let began = Instant::now();
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        let shapes = Shapes::synced().await?;
        let (place, at) = (folder.clone(), whole_hour(now)?);
        tokio::task::spawn_blocking(move || fill(&place, size, &shapes, at)).await??;
        let made = Made {
            version: VERSION,
            seed: SEED,
            profiles: size.profiles,
            accounts: size.accounts,
            schema,
            at: now,
            // Whole ones: of some fractions JSON gives back another last digit.
            seconds: began.elapsed().as_secs_f64().round(),
        };
        fs::write(folder.join(MADE), serde_json::to_string_pretty(&made)?)?;
        Self::of(folder, made)
    }

    fn of(folder: PathBuf, made: Made) -> anyhow::Result<Self> {
        let size = fs::metadata(folder.join(DATABASE))?.len();
        let backups = folder.join("backups");
        if backups.exists() {
            fs::remove_dir_all(backups)?;
        }
        back_up_in_name(&folder)?;
        let store = Self { folder, made, size };
        crate::progress(&store.told());
        Ok(store)
    }

    /// For a person: `10000 profiles of 60 accounts, 712 MB, made in 71 s at …`.
    pub(crate) fn told(&self) -> String {
        let Made {
            profiles,
            accounts,
            at,
            seconds,
            ..
        } = &self.made;
        format!(
            "{profiles} profiles of {accounts} accounts, {} MB, made in {seconds:.0} s at {at:.0}",
            self.size / 1_000_000
        )
    }

    /// A copy for a program that writes, in a folder that is not there yet.
    pub(crate) fn copied(&self, folder: &Path) -> anyhow::Result<()> {
        fs::create_dir_all(folder)?;
        let copy = folder.join(DATABASE);
        fs::copy(self.folder.join(DATABASE), &copy)
            .with_context(|| format!("cannot copy the store to {}", copy.display()))?;
        back_up_in_name(folder)
    }
}

/// Leaves what says that today's backup is made, as it is on most starts: a backup is of the whole store, and
/// comes once a day.
fn back_up_in_name(folder: &Path) -> anyhow::Result<()> {
    let backups = folder.join("backups");
    fs::create_dir_all(&backups)?;
    let stamp = Timestamp::now().strftime("%Y%m%dT%H%M%SZ");
    fs::write(backups.join(format!("profile-desk-{stamp}.db")), "")?;
    Ok(())
}

fn made(folder: &Path) -> Option<Made> {
    let text = fs::read_to_string(folder.join(MADE)).ok()?;
    serde_json::from_str(&text).ok()
}

/// The tables of an empty store, so that one with other tables is made anew.
fn schema() -> anyhow::Result<String> {
    let folder = tempfile::tempdir()?;
    drop(Store::open(folder.path())?);
    let db = Connection::open(folder.path().join(DATABASE))?;
    let sql = "SELECT ifnull(group_concat(sql, ';' ORDER BY type, name), '') FROM sqlite_schema";
    Ok(db.query_row(sql, [], |row| row.get(0))?)
}

fn whole_hour(at: Timestamp) -> anyhow::Result<Timestamp> {
    Ok(Timestamp::from_second(at.as_second() / 3_600 * 3_600)?)
}

fn fill(folder: &Path, size: Size, shapes: &Shapes, now: Timestamp) -> anyhow::Result<()> {
    let store = Store::open(folder)?;
    World::new(SEED, size, now, shapes)?.put_into(&store)?;
    drop(store);
    // What programs that opened the store for long have: statistics for the planner, and no log beside it.
    let db = Connection::open(folder.join(DATABASE))?;
    db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use desk::read::{FleetQuery, UsageBy, UsageQuery};
    use desk::{Desk, Keychain, Options};
    use model::Service;
    use vault::Vault;

    use super::*;
    use crate::sync::desks::said;

    const SMALL: Size = Size {
        profiles: 60,
        accounts: 4,
    };

    async fn opened(folder: &Path) -> Desk {
        let options = Options {
            keychain: Keychain::Given(Vault::in_memory("bench")),
            ..Options::new(folder)
        };
        said(Desk::open(options).await).unwrap()
    }

    #[tokio::test]
    async fn the_desk_reads_what_was_made_and_makes_nothing_anew_that_fits() {
        let stores = tempfile::tempdir().unwrap();
        let store = FleetStore::ready(stores.path(), SMALL).await.unwrap();
        let desk = opened(&store.folder).await;
        let query = FleetQuery {
            limit: 100,
            ..FleetQuery::default()
        };
        let page = said(desk.fleet(query).await).unwrap();
        assert_eq!((page.total, page.figures.accounts), (60, 4));
        let row = &page.rows[0];
        let chart = said(
            desk.usage_chart(UsageQuery {
                profile: row.key,
                services: vec![row.worst.unwrap_or(Service::Input)],
                by: UsageBy::Day,
                cycle: None,
                from: None,
                to: None,
                running: false,
                compare: false,
                timezone: String::new(),
            })
            .await,
        )
        .unwrap();
        assert!(chart.starts.len() > 390, "{} days", chart.starts.len());
        assert_eq!(chart.series[0].unknown, 0);
        // The cycles are known, so that their resets make nothing uncertain that is not.
        let uncertain = chart.series[0].lower_bound.len();
        assert!(uncertain <= 14, "{uncertain} days are lower bounds");
        drop(desk);

        let again = FleetStore::ready(stores.path(), SMALL).await.unwrap();
        assert_eq!(again.made, store.made);
    }
}
