//! `cargo xtask screenshots`: the pictures of `docs/screenshots`, each screen in both themes.

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Duration;

use anyhow::{Context, bail};

use crate::process;
use crate::setup::{self, CLOCK_LIBRARY, Purpose};
use crate::test::ui;
use crate::workspace::Workspace;

const BUILD: Duration = Duration::from_mins(25);
const PICTURES: Duration = Duration::from_mins(10);
const QUICK: Duration = Duration::from_mins(1);

/// The test of the package `e2e` that makes them, and what it is told by.
const TEST: [&str; 2] = [
    "window",
    "screens::pictures::each_screen_is_pictured_in_both_themes",
];
const FOLDER: &str = "PROFILE_DESK_PICTURES";
const CLOCK: &str = "PROFILE_DESK_PICTURES_CLOCK";

/// More than a screen has by itself: fewer colours than the smooth edges of its letters make, half the size.
const COLOURS: &str = "256";

pub(crate) fn run(workspace: &Workspace) -> anyhow::Result<ExitCode> {
    if !cfg!(target_os = "linux") {
        bail!("the window is driven, and pictured, on Linux alone");
    }
    process::stop_on_interrupt()?;
    setup::ensure(&[
        Purpose::Build,
        Purpose::Display,
        Purpose::Keychain,
        Purpose::Checks,
        Purpose::Pictures,
    ])?;
    let clock = CLOCK_LIBRARY.iter().find(|path| Path::new(path).exists());
    let clock = clock.context("libfaketime is not where it is looked for")?;
    ui::install(workspace)?;
    ui::build(workspace)?;
    // As the tests are built, so that they share what is built.
    let build = ["build", "--workspace", "--all-targets", "--locked"];
    process::run(&mut workspace.cargo(build), BUILD)?;

    let made = tempfile::Builder::new()
        .prefix("profile-desk-pictures-")
        .tempdir()?;
    let [target, test] = TEST;
    let arguments = [
        "test",
        "--workspace",
        "--locked",
        "--test",
        target,
        "--",
        "--ignored",
        "--exact",
        test,
    ];
    let mut pictures = workspace.cargo(arguments);
    pictures.env(FOLDER, made.path()).env(CLOCK, clock);
    process::run(&mut pictures, PICTURES)?;
    replace(&workspace.path("docs/screenshots"), made.path())?;
    Ok(ExitCode::SUCCESS)
}

/// Puts the new pictures in the place of all that were there, in a form that is small.
fn replace(folder: &Path, made: &Path) -> anyhow::Result<()> {
    let new = pictures(made)?;
    if new.is_empty() {
        bail!("no picture was made");
    }
    for name in &new {
        let mut reduce = Command::new("mogrify");
        reduce
            .args(["-strip", "-define", "png:exclude-chunks=date,time"])
            .args(["+dither", "-colors", COLOURS])
            .args(["-define", "png:compression-level=9"])
            .arg(made.join(name));
        process::run(&mut reduce, QUICK)?;
    }
    for old in pictures(folder)? {
        let old = folder.join(old);
        fs::remove_file(&old).with_context(|| format!("{} cannot be removed", old.display()))?;
    }
    for name in new {
        let place = folder.join(&name);
        // The temporary folder may be on another disk, where a file cannot be moved from.
        fs::copy(made.join(&name), &place)
            .with_context(|| format!("{} cannot be written", place.display()))?;
        println!("{}", place.display());
    }
    Ok(())
}

/// The names of the pictures in a folder, in their order.
fn pictures(folder: &Path) -> anyhow::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in
        fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))?
    {
        let name = entry?.file_name();
        let picture = Path::new(&name).extension().is_some_and(|end| end == "png");
        names.extend(name.to_str().filter(|_| picture).map(str::to_owned));
    }
    names.sort_unstable();
    Ok(names)
}
