//! A picture of a display, taken when the window on it is drawn and rests.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use super::desktop::Desktop;
use crate::process::{self, Running};

/// A debug build on a busy machine takes some seconds.
const LIMIT: Duration = Duration::from_mins(1);
const BETWEEN: Duration = Duration::from_millis(700);

/// Fewer colours than this are an empty window: text alone has more, by its smooth edges.
const DRAWN: u32 = 48;

/// Takes pictures until two that follow one another are equal and show something.
pub(super) fn take(desktop: &Desktop, window: &mut Running, file: &Path) -> anyhow::Result<()> {
    let began = Instant::now();
    let mut before = None;
    loop {
        process::pause(BETWEEN);
        if process::interrupted() {
            bail!("interrupted");
        }
        if let Some(status) = window.ended()? {
            bail!("profile-desk ended with {status} before it was drawn");
        }
        let mut import = desktop.command("import");
        process::output(import.args(["-window", "root"]).arg(file))
            .context("no picture could be taken by `import`")?;
        // The count of colours and a digest of the pixels; the file itself holds the time as well.
        let mut identify = desktop.command("identify");
        let seen = process::output(identify.args(["-format", "%k %#"]).arg(file))
            .context("`identify` cannot read a picture that `import` took")?;
        let colours = seen
            .split(' ')
            .next()
            .and_then(|count| count.parse::<u32>().ok());
        if colours >= Some(DRAWN) && before.as_ref() == Some(&seen) {
            return Ok(());
        }
        if began.elapsed() > LIMIT {
            bail!(
                "the window was not drawn and at rest within {} s; {} shows it as it was",
                LIMIT.as_secs(),
                file.display()
            );
        }
        before = Some(seen);
    }
}
