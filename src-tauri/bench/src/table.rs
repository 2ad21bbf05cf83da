//! The report: a line for each figure, with what it is to be.

use std::fmt;
use std::fs;
use std::path::Path;

use anyhow::Context;
use serde::Serialize;

use crate::runs::Runs;

/// All figures of a run.
#[derive(Debug, Serialize)]
pub(crate) struct Table {
    /// Whether it was only a quick look, for which the targets are not meant.
    quick: bool,
    /// Processors that this machine gives.
    processors: usize,
    lines: Vec<Line>,
}

/// A figure.
#[derive(Debug, Serialize)]
pub(crate) struct Line {
    /// Of which part of the report it is.
    part: u8,
    name: String,
    /// `None`: it cannot be had on this platform.
    figure: Option<f64>,
    unit: &'static str,
    target: Option<Target>,
    /// Whether it is what it is to be; `None` without a target or a figure.
    reached: Option<bool>,
    /// What the figure is made of.
    note: String,
    /// What was measured, run by run, where the figure stands for many.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    runs: Vec<f64>,
}

/// What a figure is to be.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Target {
    AtMost(f64),
    AtLeast(f64),
}

impl Target {
    fn is_reached(self, figure: f64) -> bool {
        match self {
            Self::AtMost(most) => figure <= most,
            Self::AtLeast(least) => figure >= least,
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtMost(most) => write!(f, "≤ {most}"),
            Self::AtLeast(least) => write!(f, "≥ {least}"),
        }
    }
}

/// The lines of one part, as they are added.
pub(crate) struct Part<'a> {
    table: &'a mut Table,
    part: u8,
}

impl Table {
    pub(crate) fn new(quick: bool) -> Self {
        Self {
            quick,
            processors: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            lines: Vec::new(),
        }
    }

    /// Processors that this machine gives.
    pub(crate) fn processors(&self) -> usize {
        self.processors
    }

    pub(crate) fn part(&mut self, part: u8) -> Part<'_> {
        Part { table: self, part }
    }

    /// Writes it as JSON, and makes the folder if it is missing.
    pub(crate) fn write(&self, file: &Path) -> anyhow::Result<()> {
        let json = serde_json::to_string_pretty(self)?;
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(file, json + "\n").with_context(|| format!("cannot write {}", file.display()))
    }
}

impl Part<'_> {
    /// A figure that is to be something.
    pub(crate) fn target(
        &mut self,
        name: &str,
        figure: impl Into<Option<f64>>,
        unit: &'static str,
        target: Target,
        note: impl Into<String>,
    ) {
        self.add(name, figure.into(), unit, Some(target), note.into());
    }

    /// Adds to the JSON what the last figure was made of.
    pub(crate) fn of(&mut self, runs: &Runs) {
        if let Some(line) = self.table.lines.last_mut() {
            line.runs = runs.all().to_vec();
        }
    }

    /// A figure that is told, and nothing more.
    pub(crate) fn figure(
        &mut self,
        name: &str,
        figure: impl Into<Option<f64>>,
        unit: &'static str,
        note: impl Into<String>,
    ) {
        self.add(name, figure.into(), unit, None, note.into());
    }

    fn add(
        &mut self,
        name: &str,
        figure: Option<f64>,
        unit: &'static str,
        target: Option<Target>,
        note: String,
    ) {
        self.table.lines.push(Line {
            part: self.part,
            name: name.to_owned(),
            figure,
            unit,
            target,
            reached: figure.and_then(|figure| Some(target?.is_reached(figure))),
            note,
            runs: Vec::new(),
        });
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.quick {
            writeln!(f, "A quick look; the targets are for the full run.")?;
        }
        let head = ["", "what", "figure", "target", "reached", "of what"].map(str::to_owned);
        let rows: Vec<[String; 6]> = std::iter::once(head)
            .chain(self.lines.iter().map(Line::cells))
            .collect();
        let wide = |column: usize| {
            let cells = rows.iter().map(|row| row[column].chars().count());
            cells.max().unwrap_or(0)
        };
        let [part, name, figure, target, reached] = [0, 1, 2, 3, 4].map(wide);
        for row in &rows {
            let line = format!(
                "{:>part$}  {:name$}  {:>figure$}  {:target$}  {:reached$}  {}",
                row[0], row[1], row[2], row[3], row[4], row[5]
            );
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

impl Line {
    fn cells(&self) -> [String; 6] {
        let figure = match self.figure {
            None => "unknown".to_owned(),
            Some(figure) => format!("{} {}", shown(figure), self.unit),
        };
        let reached = match self.reached {
            None => "",
            Some(true) => "yes",
            Some(false) => "NO",
        };
        [
            self.part.to_string(),
            self.name.clone(),
            figure.trim_end().to_owned(),
            self.target
                .map(|target| target.to_string())
                .unwrap_or_default(),
            reached.to_owned(),
            self.note.clone(),
        ]
    }
}

/// With as many digits as say something.
fn shown(figure: f64) -> String {
    if figure.fract() == 0.0 || figure.abs() >= 1_000.0 {
        format!("{figure:.0}")
    } else {
        format!("{figure:.2}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_set_beside_what_it_is_to_be() {
        let mut table = Table::new(false);
        let mut part = table.part(1);
        part.target("time", 1.1, "s", Target::AtMost(1.15), "of it");
        part.target("rows", 0.5, "", Target::AtLeast(0.6), "");
        part.target("memory", None, "MB", Target::AtMost(9.0), "");
        part.figure("requests", 7_000.0, "", "");
        let shown = table.to_string();
        let lines: Vec<Vec<&str>> = shown
            .lines()
            .map(|line| line.split_whitespace().collect())
            .collect();
        assert_eq!(
            lines[1],
            ["1", "time", "1.10", "s", "≤", "1.15", "yes", "of", "it"]
        );
        assert_eq!(lines[2], ["1", "rows", "0.50", "≥", "0.6", "NO"]);
        assert_eq!(lines[3], ["1", "memory", "unknown", "≤", "9"]);
        assert_eq!(lines[4], ["1", "requests", "7000"]);
    }
}
