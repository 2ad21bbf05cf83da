//! What an hour of a profile takes on disk.

use rusqlite::Connection;

use crate::Size;
use crate::ingest::{Filled, HOURS, rows};
use crate::table::{Table, Target};

/// The pages of the table and of its indices, which SQLite itself counts.
const BYTES: &str = "
    SELECT sum(pgsize) FROM temp.pages
    WHERE name IN (SELECT name FROM sqlite_schema WHERE tbl_name = 'usage_hour')";

pub(crate) fn measure(size: Size, table: &mut Table) -> anyhow::Result<()> {
    let filled = Filled::new(size.ingested)?;
    let db = Connection::open(filled.folder.path().join("profile-desk.db"))?;
    db.execute_batch("CREATE VIRTUAL TABLE temp.pages USING dbstat(main)")?;
    let bytes: u32 = db.query_row(BYTES, [], |row| row.get(0))?;
    let rows = rows(size.ingested);
    table.part(5).target(
        "disk a stored hour",
        f64::from(bytes) / rows,
        "bytes",
        Target::AtMost(60.0),
        format!(
            "nine services, indices included: {rows} rows, {HOURS} of each of {} profiles",
            size.ingested
        ),
    );
    Ok(())
}
