//! The window as a person works with it: keys and clicks come through WebKitGTK's driver, as the system's own
//! would, and the page is watched from within (`page`). What must be on the screen then is asked of the desk,
//! of the same store.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use desk::Desk;
use desk::read::{FleetOrder, FleetQuery, FleetSort};
use e2e::{App, Start};
use model::Service;
use serde_json::{Value, json};
use session::Session;

use super::page::{self, Answer};
use super::program;
use crate::runs::Runs;
use crate::sync::desks::said;

/// How long a screen may take before it counts as not coming.
const PATIENCE: Duration = Duration::from_secs(20);

/// What is typed, letter by letter.
const WORDS: [&str; 9] = [
    "water", "lake", "prod", "solar 7", "umeå", "pump", "hotels", "rail", "mining",
];

/// Between two things that a person does, so that each begins when nothing goes on.
const REST: Duration = Duration::from_millis(250);

/// The open window, and the desk that knows what it must show.
pub(super) struct Driven<'a> {
    app: App,
    desk: &'a Desk,
}

impl<'a> Driven<'a> {
    pub(super) async fn open(
        session: &Session,
        program: &Path,
        data: &Path,
        desk: &'a Desk,
    ) -> anyhow::Result<Self> {
        let app = Start::new(session, data).program(program).open().await?;
        let driven = Self { app, desk };
        driven.go(page::FLEET).await?;
        driven.app.wait_for(page::GRID).await?;
        driven.shows(&driven.answer("", Vec::new()).await?).await?;
        Ok(driven)
    }

    /// A keystroke in the filter until its rows are there, for each letter of the words until there are enough.
    pub(super) async fn typing(&self, enough: usize) -> anyhow::Result<Runs> {
        let mut runs = Runs::default();
        let mut before = self.answer("", Vec::new()).await?;
        'words: for word in WORDS {
            let mut typed = String::new();
            for letter in word.chars() {
                typed.push(letter);
                let answer = self.answer(&typed, Vec::new()).await?;
                if answer.same(&before) {
                    // Nothing would move.
                    self.app.keys(page::FILTER, &letter.to_string()).await?;
                    tokio::time::sleep(REST).await;
                    continue;
                }
                let (script, arguments) =
                    page::watch_rows("keydown", std::slice::from_ref(&answer));
                self.run(&script, arguments).await?;
                self.app.keys(page::FILTER, &letter.to_string()).await?;
                let what = format!("the rows of {typed:?}");
                runs.push(self.measured(&what).await?);
                before = answer;
                if runs.count() == enough {
                    break 'words;
                }
                tokio::time::sleep(REST).await;
            }
            self.empty_the_filter(&typed).await?;
            before = self.answer("", Vec::new()).await?;
            self.shows(&before).await?;
            tokio::time::sleep(REST).await;
        }
        if runs.count() < enough {
            bail!(
                "only {} of {enough} keystrokes changed the rows",
                runs.count()
            );
        }
        self.empty_the_filter("").await?;
        Ok(runs)
    }

    /// A letter in a field that nothing follows until it is drawn: what any letter takes on this machine.
    pub(super) async fn letters(&self, times: usize) -> anyhow::Result<Runs> {
        const BACKSPACE: &str = "\u{e003}";
        let mut runs = Runs::default();
        self.run(page::ADD_BARE_FIELD, vec![]).await?;
        for letter in ["w", "l", "p"].into_iter().cycle().take(times) {
            self.run(&page::watch_bare_field(), vec![]).await?;
            self.app.keys(page::BARE_FIELD, letter).await?;
            runs.push(self.measured("a letter in a bare field").await?);
            self.app.keys(page::BARE_FIELD, BACKSPACE).await?;
            tokio::time::sleep(REST).await;
        }
        self.run(page::REMOVE_BARE_FIELD, vec![]).await?;
        Ok(runs)
    }

    async fn empty_the_filter(&self, typed: &str) -> anyhow::Result<()> {
        const BACKSPACE: &str = "\u{e003}";
        const END: &str = "\u{e010}";
        let letters = typed.chars().count().max(12);
        let keys = END.to_owned() + &BACKSPACE.repeat(letters);
        self.app.keys(page::FILTER, &keys).await?;
        tokio::time::sleep(REST).await;
        Ok(())
    }

    /// A click on a column's head until the rows of that order are there.
    pub(super) async fn sorting(&self, times: usize) -> anyhow::Result<Runs> {
        let mut runs = Runs::default();
        for column in page::COLUMNS.into_iter().cycle().take(times) {
            let by = match column {
                "Profile" => FleetSort::Name,
                "Account" => FleetSort::Account,
                "Input" => FleetSort::Service(Service::Input),
                _ => FleetSort::Service(Service::Output),
            };
            let now = self.now().await?;
            let mut answers = Vec::new();
            // Which of the two comes first is the screen's own choice.
            for descending in [true, false] {
                let answer = self.answer("", vec![FleetOrder { by, descending }]).await?;
                if answer.same(&now) {
                    bail!("the rows stand in the order of {column} already");
                }
                answers.push(answer);
            }
            let (script, arguments) = page::watch_rows("click", &answers);
            self.run(&script, arguments).await?;
            self.app.click_path(&page::head(column)).await?;
            runs.push(self.measured(&format!("the order of {column}")).await?);
            tokio::time::sleep(REST).await;
        }
        Ok(runs)
    }

    /// From a list to the chart of a profile, each time of another one.
    pub(super) async fn charts(&self, times: u32, profiles: u32) -> anyhow::Result<Runs> {
        self.choose_thirteen_months().await?;
        let mut runs = Runs::default();
        for place in 0..times {
            let query = FleetQuery {
                sort: vec![FleetOrder {
                    by: FleetSort::Service(Service::Input),
                    descending: true,
                }],
                offset: place * (profiles / times),
                limit: 1,
                ..FleetQuery::default()
            };
            let found = said(self.desk.fleet(query).await)?.rows;
            let row = found.first().context("there is no such profile")?;
            let (script, arguments) = page::open_chart(&page::history(row.key), &row.name);
            self.run(&script, arguments).await?;
            runs.push(self.measured(&format!("the chart of {}", row.name)).await?);
            let ink: u32 = self.app.run(page::CHART_INK, vec![]).await?;
            if ink < 500 {
                bail!(
                    "the chart of {} was empty when it counted as drawn",
                    row.name
                );
            }
            self.go(page::FLEET).await?;
            self.app.wait_for(page::GRID).await?;
            tokio::time::sleep(REST).await;
        }
        Ok(runs)
    }

    /// On the history of the profile that stands last by input, which is not among those that are measured.
    async fn choose_thirteen_months(&self) -> anyhow::Result<()> {
        let query = FleetQuery {
            sort: vec![FleetOrder {
                by: FleetSort::Service(Service::Input),
                descending: false,
            }],
            limit: 1,
            ..FleetQuery::default()
        };
        let found = said(self.desk.fleet(query).await)?.rows;
        let row = found.first().context("there is no profile")?;
        self.go(&page::history(row.key)).await?;
        self.app.wait_for("main fieldset").await?;
        for choice in page::THIRTEEN_MONTHS {
            self.app.click_path(choice).await?;
        }
        tokio::time::sleep(REST).await;
        if !self.app.run(page::IS_THIRTEEN_MONTHS, vec![]).await? {
            bail!("thirteen months by day could not be chosen");
        }
        self.go(page::FLEET).await?;
        self.app.wait_for(page::GRID).await?;
        tokio::time::sleep(REST).await;
        Ok(())
    }

    /// Elements of the page, the fleet being on the screen.
    pub(super) async fn elements(&self) -> anyhow::Result<u32> {
        self.go(page::FLEET).await?;
        self.app.wait_for(page::GRID).await?;
        tokio::time::sleep(REST).await;
        Ok(self.app.run(page::ELEMENTS, vec![]).await?)
    }

    /// The memory of the app's processes, the driver's own part apart.
    pub(super) fn memory(&self) -> anyhow::Result<f64> {
        program::memory(&self.app.processes()?)
    }

    pub(super) async fn close(self) -> anyhow::Result<()> {
        Ok(self.app.close().await?)
    }

    async fn go(&self, address: &str) -> anyhow::Result<()> {
        let script = "location.hash = arguments[0];";
        self.run(script, vec![json!(address)]).await
    }

    async fn run(&self, script: &str, arguments: Vec<Value>) -> anyhow::Result<()> {
        let _: Value = self.app.run(script, arguments).await?;
        Ok(())
    }

    /// What the desk says that the table must show.
    async fn answer(&self, filter: &str, sort: Vec<FleetOrder>) -> anyhow::Result<Answer> {
        let query = FleetQuery {
            filter: filter.trim().to_owned(),
            sort,
            limit: u32::try_from(page::TOP)?,
            ..FleetQuery::default()
        };
        let found = said(self.desk.fleet(query).await)?;
        Ok(Answer {
            total: found.total,
            top: found.rows.into_iter().map(|row| row.key).collect(),
        })
    }

    async fn now(&self) -> anyhow::Result<Answer> {
        let (total, top) = self.app.run(&page::rows_now(), vec![]).await?;
        Ok(Answer { total, top })
    }

    /// Waits until the table shows an answer.
    async fn shows(&self, answer: &Answer) -> anyhow::Result<()> {
        let began = Instant::now();
        while !self.now().await?.same(answer) {
            if began.elapsed() > PATIENCE {
                bail!(
                    "the table does not show what the desk says: {} rows, {:?} first",
                    answer.total,
                    answer.top
                );
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// Waits for what the page measures, in milliseconds. Seldom asked, so that asking does not disturb it.
    async fn measured(&self, what: &str) -> anyhow::Result<f64> {
        let began = Instant::now();
        loop {
            tokio::time::sleep(Duration::from_millis(150)).await;
            if let Some(took) = self.app.run::<Option<f64>>(page::MEASURED, vec![]).await? {
                return Ok(took);
            }
            if began.elapsed() > PATIENCE {
                let picture = self.app.picture("bench-failure").await?;
                bail!("{what} did not come; see {}", picture.display());
            }
        }
    }
}

impl Answer {
    fn same(&self, other: &Self) -> bool {
        self.total == other.total && self.top == other.top
    }
}
