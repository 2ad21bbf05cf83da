//! What every benchmark is told, and how each tells its table.

use std::ops::RangeInclusive;
use std::path::PathBuf;

use anyhow::bail;
use clap::Args;

use crate::table::Table;

/// The options that all benchmarks have.
#[derive(Debug, Args)]
pub(crate) struct Report {
    /// With less of everything, for a quick look; the targets are for the full run
    #[arg(long)]
    pub(crate) quick: bool,
    /// Write the table here too, as JSON
    #[arg(long, value_name = "FILE")]
    json: PathBuf,
    /// These parts alone
    #[arg(long, value_name = "N", value_delimiter = ',')]
    only: Vec<u8>,
}

/// The number of a part of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Part(pub(crate) u8);

impl Report {
    /// The parts to measure, in their order; each is named on standard error when its turn comes.
    pub(crate) fn parts(
        &self,
        all: RangeInclusive<u8>,
    ) -> anyhow::Result<impl Iterator<Item = Part>> {
        if let Some(part) = self.only.iter().find(|part| !all.contains(part)) {
            bail!(
                "there is no part {part}: the report has parts {} to {}",
                all.start(),
                all.end()
            );
        }
        let last = *all.end();
        let only = self.only.clone();
        Ok(all
            .filter(move |part| only.is_empty() || only.contains(part))
            .inspect(move |part| crate::progress(&format!("part {part} of {last} …")))
            .map(Part))
    }

    /// Prints the table and writes it.
    pub(crate) fn tell(&self, table: &Table) -> anyhow::Result<()> {
        table.write(&self.json)?;
        crate::told(&format!(
            "{table}\nThe same as JSON: {}",
            self.json.display()
        ));
        Ok(())
    }
}
