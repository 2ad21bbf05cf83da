//! What an hour of a profile takes on disk.

use std::path::Path;

use desk::SyncRequest;
use rusqlite::Connection;

use super::Size;
use super::desks::{self, OwnDesk, whole};
use super::ingest::{Filled, HOURS, rows};
use crate::table::{Table, Target};

/// Profiles of a sync whose rows are looked at.
const SYNCED: usize = 100;

/// The pages of the table and of its indices, which SQLite itself counts.
const BYTES: &str = "
    SELECT sum(pgsize) FROM temp.pages
    WHERE name IN (SELECT name FROM sqlite_schema WHERE tbl_name = 'usage_hour')";

pub(crate) async fn measure(size: Size, table: &mut Table) -> anyhow::Result<()> {
    let filled = Filled::new(size.ingested)?;
    let stored = Stored::of(filled.folder.path())?;
    anyhow::ensure!(stored.rows == rows(size.ingested), "rows are missing");
    let mut part = table.part(5);
    part.target(
        "disk a stored hour",
        stored.bytes_a_row(),
        "bytes",
        Target::AtMost(60.0),
        format!(
            "nine services, indices included: {HOURS} rows of each of {} profiles",
            size.ingested
        ),
    );

    let sim = desks::simulator(sim::Options {
        profiles: SYNCED,
        ..sim::Options::default()
    })
    .await?;
    let own = OwnDesk::beside(&sim).await?;
    whole(own.desk.sync(SyncRequest::default()).await)?;
    let stored = Stored::of(own.desk.folder())?;
    part.figure(
        "disk a stored hour, as a sync leaves it",
        stored.bytes_a_row(),
        "bytes",
        format!(
            "{} rows in the order in which they came, with a number beyond the nine",
            stored.rows
        ),
    );
    Ok(())
}

/// The hours in a store.
struct Stored {
    bytes: u32,
    rows: u32,
}

impl Stored {
    fn of(folder: &Path) -> anyhow::Result<Self> {
        let db = Connection::open(folder.join("profile-desk.db"))?;
        db.execute_batch("CREATE VIRTUAL TABLE temp.pages USING dbstat(main)")?;
        let bytes = db.query_row(BYTES, [], |row| row.get(0))?;
        let rows = db.query_row("SELECT count(*) FROM usage_hour", [], |row| row.get(0))?;
        Ok(Self { bytes, rows })
    }

    fn bytes_a_row(&self) -> f64 {
        f64::from(self.bytes) / f64::from(self.rows)
    }
}
