//! What the window costs: the built app as it ships, in its real window on a display in memory, with the large
//! store. Beside it stands an empty Tauri window, started in turns with it, so that what any such window takes
//! on this machine is known.
//!
//! **Starts** are watched from outside (`screen`): nobody drives either program, and the same eye looks at both.
//! A start ends when the picture first stands that stays: for the empty window its line of text, for the app the
//! rows of its first screen, or of the fleet where a link opens it there. The page's own `first-contentful-paint` of an empty window comes
//! 0.2 to 0.3 s before its text is on a busy machine's display: what counts here is what a person sees. The data folder is one that was opened before, and today's backup is made; the
//! system holds the files in memory, as after the first start of a day.
//!
//! **What a person does** is done through WebKitGTK's driver and watched from within the page (`driven`, `page`).
//! Beside it stands a letter in a field that nothing follows, so that what any letter takes is known.
//!
//! **Memory** is taken a second after each such start, of all the program's processes; one that both share is
//! divided among them. **Idling** is watched in a window that was just started and that nobody touches.

mod driven;
mod page;
mod program;
mod screen;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use clap::Args;
use desk::{Desk, Keychain, Options};
use session::Session;
use tokio::time::sleep;
use vault::Vault;

use self::driven::Driven;
use self::program::Program;
use self::screen::{Area, Screen};
use crate::fleet_store::{self, FleetStore};
use crate::process;
use crate::report::{Part, Report};
use crate::runs::Runs;
use crate::sync::desks::said;
use crate::table::{Table, Target};

const PARTS: std::ops::RangeInclusive<u8> = 1..=5;

/// Opens the app at the fleet.
const FLEET: &str = "profile-desk://fleet";

/// How long a window may stay after its program was ended.
const GONE: Duration = Duration::from_secs(20);

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    report: Report,
    /// Where the stores are kept that are measured
    #[arg(long, value_name = "FOLDER")]
    stores: PathBuf,
    /// The app's program, as it ships
    #[arg(long, value_name = "FILE")]
    app: PathBuf,
    /// The program with an empty window
    #[arg(long, value_name = "FILE")]
    empty: PathBuf,
}

/// How much of everything is measured.
#[derive(Clone, Copy)]
struct Size {
    store: fleet_store::Size,
    starts: usize,
    keys: usize,
    sorts: usize,
    charts: u32,
    /// Stretches of idling, and how long each is.
    idle: (usize, Duration),
}

const FULL: Size = Size {
    store: fleet_store::FULL,
    starts: 20,
    keys: 20,
    sorts: 20,
    charts: 20,
    idle: (20, Duration::from_mins(1)),
};

const QUICK: Size = Size {
    store: fleet_store::QUICK,
    starts: 3,
    keys: 6,
    sorts: 4,
    charts: 4,
    idle: (1, Duration::from_secs(20)),
};

pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let size = if arguments.report.quick { QUICK } else { FULL };
    let store = FleetStore::ready(&arguments.stores, size.store).await?;
    let copy = tempfile::Builder::new()
        .prefix("window-")
        .tempdir_in(&arguments.stores)?;
    let data = copy.path().join("data");
    store.copied(&data)?;
    let session = Session::builder().display(Some(page::WINDOW)).start()?;
    let bench = Bench {
        arguments,
        size,
        store: &store,
        data: &data,
        session: &session,
    };
    let mut table = Table::new(arguments.report.quick);
    let where_it_ran = format!("{} processors; {}", table.processors(), store.told());
    table.part(0).figure(
        "load of this machine before",
        process::load(),
        "",
        where_it_ran,
    );
    let why = "until a page of memory can be written that nobody used lately";
    table
        .part(0)
        .figure("memory of this machine", process::fresh_page(), "µs", why);
    let mut starts = None;
    let mut driven = None;
    for Part(part) in arguments.report.parts(PARTS)? {
        match part {
            1 => {
                let measured = bench.starts().await?;
                measured.told_times(&mut table);
                starts = Some(measured);
            }
            2 | 3 => {
                let desk = bench.desk().await?;
                let window = bench.window(&desk).await?;
                if part == 2 {
                    bench.told_rows(&window, &mut table).await?;
                } else {
                    bench.told_charts(&window, &mut table).await?;
                }
                driven = Some(window.memory()?);
                window.close().await?;
            }
            4 => {
                let desk = bench.desk().await?;
                let window = bench.window(&desk).await?;
                let elements = window.elements().await?;
                window.close().await?;
                let measured = match starts.take() {
                    Some(measured) => measured,
                    None => bench.starts().await?,
                };
                measured.told_memory(elements, driven, &mut table);
            }
            _ => bench.idling(&mut table).await?,
        }
    }
    arguments.report.tell(&table)
}

struct Bench<'a> {
    arguments: &'a Arguments,
    size: Size,
    store: &'a FleetStore,
    /// The copy of the store that the app opens.
    data: &'a Path,
    session: &'a Session,
}

/// Times in milliseconds and memory in megabytes, of both programs.
#[derive(Default)]
struct Starts {
    app: Runs,
    empty: Runs,
    fleet: Runs,
    app_memory: Runs,
    empty_memory: Runs,
    fleet_memory: Runs,
}

impl Bench<'_> {
    /// Starts both programs in turns, the app at its first screen and at the fleet. The first start of each is not
    /// counted: it makes what later ones find.
    async fn starts(&self) -> anyhow::Result<Starts> {
        let mut starts = Starts::default();
        for time in 0..=self.size.starts {
            let (took, memory) = self.start(self.empty(), page::WHOLE).await?;
            if time > 0 {
                starts.empty.push_time(took);
                starts.empty_memory.push(memory);
            }
            let (took, memory) = self.start(self.app(), page::ROWS).await?;
            if time > 0 {
                starts.app.push_time(took);
                starts.app_memory.push(memory);
            }
            let mut at_fleet = self.app();
            at_fleet.arg(FLEET);
            let (took, memory) = self.start(at_fleet, page::ROWS).await?;
            if time > 0 {
                starts.fleet.push_time(took);
                starts.fleet_memory.push(memory);
            }
        }
        Ok(starts)
    }

    /// One start: until the picture in an area is there, and the memory a second later.
    async fn start(&self, command: Command, area: Area) -> anyhow::Result<(Duration, f64)> {
        let screen = self.screen()?;
        let waited = Instant::now();
        while !screen.is_bare(page::WHOLE)? {
            anyhow::ensure!(
                waited.elapsed() < GONE,
                "the window of the program before does not go away"
            );
            sleep(Duration::from_millis(50)).await;
        }
        let program = Program::start(command)?;
        let (took, program) = tokio::task::spawn_blocking(move || {
            let took = screen.first_whole(area, program.began)?;
            anyhow::Ok((took, program))
        })
        .await??;
        sleep(Duration::from_secs(1)).await;
        Ok((took, program.memory()? / 1e6))
    }

    fn screen(&self) -> anyhow::Result<Screen> {
        let frames = self
            .session
            .frames()
            .ok_or_else(|| anyhow::anyhow!("the session has no display"))?;
        Screen::open(frames)
    }

    fn app(&self) -> Command {
        let mut command = self.session.command(&self.arguments.app);
        command
            .env("PROFILE_DESK_DATA_DIR", self.data)
            .env("GTK_THEME", "Adwaita");
        command
    }

    fn empty(&self) -> Command {
        let mut command = self.session.command(&self.arguments.empty);
        command.env("GTK_THEME", "Adwaita");
        command
    }

    /// The desk of the shared store, which says what the window must show.
    async fn desk(&self) -> anyhow::Result<Desk> {
        let options = Options {
            keychain: Keychain::Given(Vault::in_memory("bench")),
            ..Options::new(&self.store.folder)
        };
        said(Desk::open(options).await)
    }

    /// A window that remembers nothing of the one before: neither its order nor its place.
    async fn window<'d>(&self, desk: &'d Desk) -> anyhow::Result<Driven<'d>> {
        match std::fs::remove_dir_all(self.data.join(page::REMEMBERED)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
        Driven::open(self.session, &self.arguments.app, self.data, desk).await
    }

    async fn told_rows(&self, window: &Driven<'_>, table: &mut Table) -> anyhow::Result<()> {
        let letters = window.letters(self.size.keys).await?;
        let typed = window.typing(self.size.keys).await?;
        let sorted = window.sorting(self.size.sorts).await?;
        let mut part = table.part(2);
        let bare = "a letter in a field that nothing follows";
        part.figure(bare, letters.p95(), "ms", letters.spread());
        part.of(&letters);
        for (name, runs) in [
            ("a keystroke in the filter → its rows", typed),
            ("a click on a column's head → its rows", sorted),
        ] {
            part.target(name, runs.p95(), "ms", Target::AtMost(50.0), runs.spread());
            part.of(&runs);
        }
        Ok(())
    }

    async fn told_charts(&self, window: &Driven<'_>, table: &mut Table) -> anyhow::Result<()> {
        let runs = window
            .charts(self.size.charts, self.store.made.profiles)
            .await?;
        let mut part = table.part(3);
        part.target(
            "open a profile → its chart of 13 months",
            runs.p95(),
            "ms",
            Target::AtMost(80.0),
            runs.spread(),
        );
        part.of(&runs);
        Ok(())
    }

    /// The processor time of a window that nobody touches.
    async fn idling(&self, table: &mut Table) -> anyhow::Result<()> {
        let screen = self.screen()?;
        let program = Program::start(self.app())?;
        let program = tokio::task::spawn_blocking(move || {
            screen.first_whole(page::ROWS, program.began)?;
            anyhow::Ok(program)
        })
        .await??;
        sleep(Duration::from_secs(10)).await;
        let (times, long) = self.size.idle;
        let mut runs = Runs::default();
        for _ in 0..times {
            let before = program.cpu()?;
            sleep(long).await;
            runs.push(program.cpu()?.saturating_sub(before).as_secs_f64());
        }
        let mut part = table.part(5);
        part.target(
            "processor time of an idle window",
            runs.median(),
            "s",
            Target::AtMost(0.2),
            format!(
                "in {} s each, of all its processes; {}",
                long.as_secs(),
                runs.spread()
            ),
        );
        part.of(&runs);
        Ok(())
    }
}

impl Starts {
    fn told_times(&self, table: &mut Table) {
        let mut part = table.part(1);
        for (name, runs) in [
            ("an empty window's start → first paint", &self.empty),
            ("start → first screen with data", &self.app),
            ("start → fleet with data", &self.fleet),
        ] {
            part.figure(name, runs.median(), "ms", runs.spread());
            part.of(runs);
        }
        for (name, runs) in [
            ("the first screen over the empty window", &self.app),
            ("the fleet over the empty window", &self.fleet),
        ] {
            part.target(
                name,
                over(runs, &self.empty),
                "",
                Target::AtMost(1.5),
                "of the medians; started in turns",
            );
        }
    }

    fn told_memory(&self, elements: u32, driven: Option<f64>, table: &mut Table) {
        let mut part = table.part(4);
        part.target(
            "elements on the fleet screen",
            f64::from(elements),
            "",
            Target::AtMost(1_500.0),
            "",
        );
        for (name, runs) in [
            ("an empty window's memory", &self.empty_memory),
            ("the app's memory at its first screen", &self.app_memory),
            ("the app's memory at the fleet", &self.fleet_memory),
        ] {
            part.figure(name, runs.median(), "MB", runs.spread());
            part.of(runs);
        }
        for (name, runs) in [
            ("the first screen over the empty window", &self.app_memory),
            ("the fleet over the empty window", &self.fleet_memory),
        ] {
            part.target(
                name,
                over(runs, &self.empty_memory),
                "",
                Target::AtMost(1.5),
                "proportional set size of all processes, of the medians",
            );
        }
        if let Some(bytes) = driven {
            part.figure(
                "the app's memory after it was worked with",
                bytes / 1e6,
                "MB",
                "through the driver, which has a part in it",
            );
        }
    }
}

fn over(one: &Runs, other: &Runs) -> Option<f64> {
    Some(one.median()? / other.median()?)
}
