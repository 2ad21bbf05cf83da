//! What is asked of a page on any screen: that nothing went wrong in it, that no text is cut, that
//! axe-core finds nothing.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::{App, DriveError};

/// Listens from here on for whatever goes wrong.
const WATCH: &str = include_str!("watch.js");
/// What has gone wrong since, and is forgotten with the question.
const WENT_WRONG: &str = "return window.wentWrong.splice(0)";
/// Which texts and controls cannot be read or reached as a whole.
const CUT: &str = include_str!("cut.js");
/// Runs axe-core, which must be there.
const AXE: &str = include_str!("axe.js");

/// What axe-core checks: all rules of WCAG 2.2 A and AA, and its own best practice.
const RULES: [&str; 6] = [
    "wcag2a",
    "wcag2aa",
    "wcag21a",
    "wcag21aa",
    "wcag22aa",
    "best-practice",
];

impl App {
    /// Begins to note errors, rejections, resources that do not load, breaches of the page's policy,
    /// what is written to the console as a warning or an error, and dialogs of scripts. A page that
    /// is loaded anew forgets it.
    pub async fn watch(&self) -> Result<(), DriveError> {
        self.run(WATCH, vec![]).await
    }

    /// What has gone wrong in the page since [`App::watch`] or the last question, each in a line.
    pub async fn went_wrong(&self) -> Result<Vec<String>, DriveError> {
        self.run(WENT_WRONG, vec![]).await
    }

    /// Texts and controls of the screen that are cut off where nobody can scroll to them, and that do not
    /// say the whole as their title, each in a line. An empty list: everything can be read.
    pub async fn cut(&self) -> Result<Vec<String>, DriveError> {
        self.run(CUT, vec![]).await
    }

    /// What axe-core finds on the screen: its rule, the element and the summary of each, in a line. Needs
    /// the packages of `ui/`, as `npm --prefix ui ci` installs them.
    pub async fn axe(&self) -> Result<Vec<String>, DriveError> {
        if !self.run::<bool>("return 'axe' in window", vec![]).await? {
            let file = axe_file();
            let program = fs::read_to_string(&file).map_err(|error| {
                let message = format!(
                    "{} cannot be read ({error}); install it: npm --prefix ui ci",
                    file.display()
                );
                io::Error::new(error.kind(), message)
            })?;
            self.run::<()>(&program, vec![]).await?;
        }
        self.run_async(AXE, vec![json!(RULES)]).await
    }
}

fn axe_file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/node_modules/axe-core/axe.min.js")
}
