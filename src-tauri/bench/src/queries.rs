//! What the store's queries cost without a window: what a screen waits for, less the way to its page. They are
//! asked through the desk, as the window and `pdesk` ask.
//!
//! *Cold* is the first question after a start, with nothing of the file in the system's memory; *warm* is a
//! question like many before it. The targets are for the warm ones.

use std::fs::File;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::Args;
use desk::read::{
    CostQuery, FleetOrder, FleetQuery, FleetSort, PaletteQuery, TodayQuery, UsageBy, UsageQuery,
};
use desk::{Clock, Desk, Keychain, Options};
use model::Service;
use vault::Vault;

use crate::fleet_store::{self, DATABASE, FleetStore};
use crate::process;
use crate::report::{Part, Report};
use crate::runs::Runs;
use crate::sync::desks::said;
use crate::table::{Table, Target};

const PARTS: std::ops::RangeInclusive<u8> = 1..=5;

/// Runs of each question.
const RUNS: u32 = 200;
const QUICK_RUNS: u32 = 40;

/// The page that the target is for.
const BY_RISK: &str = "a fleet page by risk";

/// What is ranked between two frames of the window is there with the next one.
const FRAME: f64 = 16.0;

/// Rows of a page of the fleet.
const PAGE: u32 = 100;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    report: Report,
    /// Where the stores are kept that are measured
    #[arg(long, value_name = "FOLDER")]
    stores: PathBuf,
}

pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let quick = arguments.report.quick;
    let size = if quick {
        fleet_store::QUICK
    } else {
        fleet_store::FULL
    };
    let store = FleetStore::ready(&arguments.stores, size).await?;
    let runs = if quick { QUICK_RUNS } else { RUNS };
    let mut table = Table::new(quick);
    for Part(part) in arguments.report.parts(PARTS)? {
        let bench = Bench {
            store: &store,
            runs,
        };
        match part {
            1 => bench.pages(&mut table).await?,
            2 => bench.series(&mut table).await?,
            3 => bench.costs(&mut table).await?,
            4 => bench.palette(&mut table).await?,
            _ => memory(&store, &mut table),
        }
    }
    arguments.report.tell(&table)
}

/// One store, asked so many times.
struct Bench<'a> {
    store: &'a FleetStore,
    runs: u32,
}

impl Bench<'_> {
    /// A page of the fleet, in the orders and with the filters that a person uses.
    async fn pages(&self, table: &mut Table) -> anyhow::Result<()> {
        let profiles = self.store.made.profiles;
        let by = |by, descending| vec![FleetOrder { by, descending }];
        let page = |filter: &str, sort, offset| FleetQuery {
            filter: filter.to_owned(),
            sort,
            offset,
            limit: PAGE,
            ..FleetQuery::default()
        };
        let mut part = table.part(1);
        let risk = || by(FleetSort::Risk, true);
        let cold = self.cold(|desk| async move { desk.fleet(page("", risk(), 0)).await.map(drop) });
        part.figure(
            "a fleet page by risk, cold",
            cold.await?,
            "ms",
            "the first question after opening, nothing of the file in memory",
        );
        let filtered = [
            ("… filtered by one letter", "a"),
            ("… filtered by two words", "water prod"),
            ("… filtered by a share", "input:>80%"),
            ("… filtered to nothing", "no such name"),
        ];
        let service = by(FleetSort::Service(Service::Input), true);
        let mut questions = vec![
            (BY_RISK, "", risk(), 0, false),
            ("… as the window asks first", "", Vec::new(), 0, true),
            ("… by name", "", by(FleetSort::Name, false), 0, false),
            ("… by a service", "", service, 0, false),
            ("… by groups", "", by(FleetSort::Groups, false), 0, false),
            ("… by notes", "", by(FleetSort::Noted, true), 0, false),
            ("… by a trend", "", by(FleetSort::Trend, true), 0, true),
            ("… by id", "", by(FleetSort::Id, false), 0, false),
            (
                "… by other accounts",
                "",
                by(FleetSort::Others, false),
                0,
                false,
            ),
            ("… by risk, far down", "", risk(), profiles * 9 / 10, false),
        ];
        questions.extend(filtered.map(|(name, filter)| (name, filter, risk(), 0, false)));
        let desk = self.opened().await?;
        for (name, filter, sort, offset, trend) in questions {
            let is_target = name == BY_RISK;
            let mut timed = Timed::default();
            let (mut rows, mut found) = (0, 0);
            for _ in 0..self.runs {
                let query = FleetQuery {
                    trend: trend.then_some(Service::Input),
                    ..page(filter, sort.clone(), offset)
                };
                let page = timed.run(async { said(desk.fleet(query).await) }).await?;
                (rows, found) = (page.rows.len(), page.total);
            }
            let Timed { runs, cpu } = timed;
            let note = format!("{rows} rows of {found}; {}{}", runs.spread(), of_cpu(&cpu));
            if is_target {
                part.target(name, runs.p95(), "ms", Target::AtMost(8.0), note);
            } else {
                part.figure(name, runs.p95(), "ms", note);
            }
            part.of(&runs);
        }
        Ok(())
    }

    /// Thirteen months of a service of a profile, each time of another profile.
    async fn series(&self, table: &mut Table) -> anyhow::Result<()> {
        let keys = self.keys().await?;
        let mut part = table.part(2);
        let first = *keys.first().context("the store has no profile")?;
        let cold = self.cold(|desk| async move {
            desk.usage_chart(thirteen_months(first, UsageBy::Day))
                .await
                .map(drop)
        });
        part.figure(
            "a 13-month series, cold",
            cold.await?,
            "ms",
            "the first question after opening, nothing of the file in memory",
        );
        let desk = self.opened().await?;
        for (name, by) in [
            ("a 13-month series by day", UsageBy::Day),
            ("a 13-month series by month", UsageBy::Month),
            ("31 days by hour", UsageBy::Hour),
        ] {
            // Once over all of them, so that the system has read them.
            for key in &keys {
                said(desk.usage_chart(thirteen_months(*key, by)).await)?;
            }
            let mut timed = Timed::default();
            let mut points = 0;
            for key in &keys {
                let query = thirteen_months(*key, by);
                let chart = timed
                    .run(async { said(desk.usage_chart(query).await) })
                    .await?;
                points = chart.starts.len();
            }
            let Timed { runs, cpu } = timed;
            let note = format!(
                "{points} periods, of another profile each time; {}{}",
                runs.spread(),
                of_cpu(&cpu)
            );
            if by == UsageBy::Hour {
                part.figure(name, runs.p95(), "ms", note);
            } else {
                part.target(name, runs.p95(), "ms", Target::AtMost(3.0), note);
            }
            part.of(&runs);
        }
        Ok(())
    }

    /// What is computed over the whole fleet for its first page: the cost table, and what needs attention.
    async fn costs(&self, table: &mut Table) -> anyhow::Result<()> {
        let desk = self.opened().await?;
        let mut timed = Timed::default();
        let (mut found, mut known) = (0, 0);
        for _ in 0..self.runs {
            let query = CostQuery {
                limit: PAGE,
                ..CostQuery::default()
            };
            let page = timed.run(async { said(desk.costs(query).await) }).await?;
            found = page.total;
            known = page.rows.iter().filter(|row| row.unknown == 0).count();
        }
        let mut today = Timed::default();
        let mut lines = 0;
        for _ in 0..self.runs {
            // Another desk each time: one finds its lines once while nothing changes.
            let desk = self.opened().await?;
            let query = TodayQuery {
                limit: PAGE,
                ..TodayQuery::default()
            };
            let page = today.run(async { said(desk.today(query).await) }).await?;
            lines = page.total;
        }
        let Timed { runs, cpu } = timed;
        let note = format!(
            "{found} profiles, {known} of the first {PAGE} with a cost; {}{}",
            runs.spread(),
            of_cpu(&cpu)
        );
        let mut part = table.part(3);
        part.target(
            "the cost table",
            runs.p95(),
            "ms",
            Target::AtMost(60.0),
            note,
        );
        part.of(&runs);
        let Timed { runs, cpu } = today;
        let note = format!("{lines} lines; {}{}", runs.spread(), of_cpu(&cpu));
        part.figure("what needs attention", runs.p95(), "ms", note);
        part.of(&runs);
        Ok(())
    }

    /// The profiles that fit what is typed into the palette, ranked anew with each letter.
    async fn palette(&self, table: &mut Table) -> anyhow::Result<()> {
        let mut part = table.part(4);
        let typed = |words: &str| PaletteQuery {
            words: words.to_owned(),
            ..PaletteQuery::default()
        };
        let mut first = Timed::default();
        for _ in 0..self.runs.min(QUICK_RUNS) {
            // Another desk each time: one reads the names once while nobody changes them.
            let desk = self.opened().await?;
            let found = async { said(desk.palette(typed("w")).await) };
            first.run(found).await?;
        }
        let Timed { runs, cpu } = first;
        let note = format!("all names are read; {}{}", runs.spread(), of_cpu(&cpu));
        part.figure("the palette's first letter", runs.p95(), "ms", note);
        part.of(&runs);
        let desk = self.opened().await?;
        said(desk.palette(typed("w")).await)?;
        for (name, words) in [
            ("the palette by one letter", "w"),
            ("… by three letters", "wpr"),
            ("… by two words", "water prod"),
            ("… by a part of an id", "7f3"),
            ("… by letters that nothing has", "qxzqxz"),
        ] {
            let mut timed = Timed::default();
            let mut hits = 0;
            for _ in 0..self.runs {
                let found = timed.run(async { said(desk.palette(typed(words)).await) });
                hits = found.await?.len();
            }
            let Timed { runs, cpu } = timed;
            let profiles = self.store.made.profiles;
            let spread = runs.spread();
            let note = format!("{hits} of {profiles} profiles; {spread}{}", of_cpu(&cpu));
            part.target(name, runs.p95(), "ms", Target::AtMost(FRAME), note);
            part.of(&runs);
        }
        Ok(())
    }

    /// Profiles from all over the fleet, as many as there are runs.
    async fn keys(&self) -> anyhow::Result<Vec<i64>> {
        let desk = self.opened().await?;
        let step = self.store.made.profiles / self.runs;
        let mut keys = Vec::new();
        for place in 0..self.runs {
            let query = FleetQuery {
                sort: vec![FleetOrder {
                    by: FleetSort::Name,
                    descending: false,
                }],
                offset: place * step,
                limit: 1,
                ..FleetQuery::default()
            };
            keys.extend(
                said(desk.fleet(query).await)?
                    .rows
                    .first()
                    .map(|row| row.key),
            );
        }
        Ok(keys)
    }

    /// How long the first question takes after the desk was opened, with the file out of the system's memory.
    /// In milliseconds; `None` where it cannot be told to forget it.
    async fn cold<F>(&self, question: impl Fn(Desk) -> F) -> anyhow::Result<Option<f64>>
    where
        F: Future<Output = Result<(), desk::Problem>>,
    {
        const TIMES: usize = 5;
        let mut runs = Runs::default();
        for _ in 0..TIMES {
            if !forget(&File::open(self.store.folder.join(DATABASE))?) {
                return Ok(None);
            }
            let desk = self.opened().await?;
            let began = Instant::now();
            said(question(desk).await)?;
            runs.push_time(began.elapsed());
        }
        Ok(runs.median())
    }

    async fn opened(&self) -> anyhow::Result<Desk> {
        let options = Options {
            keychain: Keychain::Given(Vault::in_memory("bench")),
            clock: Clock::default(),
            request_timeout: Duration::from_secs(20),
            ..Options::new(&self.store.folder)
        };
        said(Desk::open(options).await)
    }
}

/// Runs of a question: how long they took, and the processor's part of it, which other programs do not make
/// longer. In milliseconds.
#[derive(Default)]
struct Timed {
    runs: Runs,
    cpu: Runs,
}

impl Timed {
    async fn run<T>(
        &mut self,
        question: impl Future<Output = anyhow::Result<T>>,
    ) -> anyhow::Result<T> {
        let (began, cpu) = (Instant::now(), process::own_cpu());
        let answer = question.await?;
        self.runs.push_time(began.elapsed());
        if let (Some(before), Some(after)) = (cpu, process::own_cpu()) {
            self.cpu.push_time(after.saturating_sub(before));
        }
        Ok(answer)
    }
}

fn of_cpu(cpu: &Runs) -> String {
    let median = cpu.median();
    median.map_or_else(String::new, |median| format!("; processor {median:.2}"))
}

fn thirteen_months(profile: i64, by: UsageBy) -> UsageQuery {
    UsageQuery {
        profile,
        services: vec![Service::Input],
        by,
        cycle: None,
        from: None,
        to: None,
        running: false,
        compare: false,
        timezone: String::new(),
    }
}

fn memory(store: &FleetStore, table: &mut Table) {
    let mut part = table.part(5);
    part.figure("the store", megabytes(store.size), "MB", store.told());
    part.figure(
        "peak memory",
        process::peak_memory().map(|bytes| bytes / 1e6),
        "MB",
        "resident, of the process that asked all of this",
    );
}

/// Has the system forget what it holds of a file; whether that can be had here.
#[cfg(target_os = "linux")]
fn forget(file: &File) -> bool {
    rustix::fs::fadvise(file, 0, None, rustix::fs::Advice::DontNeed).is_ok()
}

#[cfg(not(target_os = "linux"))]
fn forget(_: &File) -> bool {
    false
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a store is far smaller than 2^52 bytes"
)]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
