//! The program with its window open, and what a person does with it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::elements::Element;
use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use session::Session;
use tokio::time::timeout;

use crate::driver::Driver;
use crate::{DriveError, binary, target};

/// How long a screen may take before it counts as not coming, on a busy machine too.
const PATIENCE: Duration = Duration::from_mins(1);
/// How often it is looked at meanwhile.
const PACE: Duration = Duration::from_millis(50);

/// How the desktop wants programs to look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// Dark text on a light ground.
    #[default]
    Light,
    /// Light text on a dark ground.
    Dark,
    /// GTK's theme for people who need stronger contrasts, in its light form.
    HighContrast,
}

impl Theme {
    /// As a part of a file's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
            Self::HighContrast => "contrast",
        }
    }
}

/// How the program is to be started.
#[derive(Clone, Debug)]
pub struct Start<'a> {
    session: &'a Session,
    data: PathBuf,
    theme: Theme,
    variables: Vec<(String, String)>,
    arguments: Vec<String>,
    program: Option<PathBuf>,
}

/// The program with its window open. Dropping it ends it; [`App::close`] ends it as a person does.
#[derive(Debug)]
pub struct App {
    client: Client,
    driver: Driver,
}

impl<'a> Start<'a> {
    /// In this session, which needs a display, with this data folder.
    pub fn new(session: &'a Session, data: impl Into<PathBuf>) -> Self {
        Self {
            session,
            data: data.into(),
            theme: Theme::Light,
            variables: Vec::new(),
            arguments: Vec::new(),
            program: None,
        }
    }

    /// With a theme other than the light one.
    #[must_use]
    pub fn theme(mut self, theme: Theme) -> Self {
        self.theme = theme;
        self
    }

    /// This program, in place of the one that a debug build left.
    #[must_use]
    pub fn program(mut self, program: impl Into<PathBuf>) -> Self {
        self.program = Some(program.into());
        self
    }

    /// With one more environment variable, such as `LANG`.
    #[must_use]
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.into(), value.into()));
        self
    }

    /// With an argument, such as a link.
    #[must_use]
    pub fn argument(mut self, argument: &str) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// The program as a command of the session, for a start that nobody drives.
    pub fn command(&self) -> io::Result<Command> {
        let mut command = self.session.command(self.binary()?);
        self.set_environment(&mut command);
        command.args(&self.arguments);
        Ok(command)
    }

    fn binary(&self) -> io::Result<PathBuf> {
        self.program.clone().map_or_else(binary, Ok)
    }

    fn set_environment(&self, command: &mut Command) {
        let theme = match self.theme {
            Theme::Light => "Adwaita",
            Theme::Dark => "Adwaita:dark",
            Theme::HighContrast => "HighContrast",
        };
        command
            .env("PROFILE_DESK_DATA_DIR", &self.data)
            .env("GTK_THEME", theme);
        for (name, value) in &self.variables {
            command.env(name, value);
        }
    }

    /// Starts it and returns when its page is there. What it prints goes to `app.log` in the
    /// session's folder.
    pub async fn open(self) -> Result<App, DriveError> {
        let mut command = self.session.command(Driver::program());
        command.env("TAURI_WEBVIEW_AUTOMATION", "true");
        self.set_environment(&mut command);
        let log = self.session.folder().join("app.log");
        let driver = Driver::start(command, &log)?;
        let wanted = json!({
            "browserName": "wry",
            "webkitgtk:browserOptions": {"binary": self.binary()?, "args": self.arguments},
        });
        let capabilities: Capabilities = serde_json::from_value(wanted).map_err(io::Error::from)?;
        let mut client = ClientBuilder::new(HttpConnector::new());
        let url = driver.url();
        let client = client.capabilities(capabilities).connect(&url);
        // A program that ends at once leaves the driver waiting for its window.
        let client = timeout(PATIENCE, client).await.map_err(|_| {
            let said = fs::read_to_string(&log).unwrap_or_default();
            DriveError::Screen(format!(
                "the window did not open; the program said:\n{said}"
            ))
        })??;
        let app = App { client, driver };
        app.wait_for("nav[aria-label=\"Screens\"]").await?;
        Ok(app)
    }
}

impl App {
    /// Closes the window and returns when the program is gone.
    pub async fn close(self) -> Result<(), DriveError> {
        self.client.close().await?;
        Ok(self.driver.wait_for_the_end()?)
    }

    /// The ids of the program's processes, those of the web view included.
    pub fn processes(&self) -> io::Result<Vec<u32>> {
        self.driver.descendants()
    }

    /// Waits for an element that a CSS selector finds.
    pub async fn wait_for(&self, css: &str) -> Result<Element, DriveError> {
        self.until(&format!("{css} to appear"), async || {
            Ok(self.client.find(Locator::Css(css)).await.ok())
        })
        .await
    }

    /// Waits until the text of an element holds some words; gives the whole text.
    pub async fn wait_for_text(&self, css: &str, words: &str) -> Result<String, DriveError> {
        self.until(&format!("{css} to read {words:?}"), async || {
            Ok(self.text(css).await?.filter(|text| text.contains(words)))
        })
        .await
    }

    /// The text that a person reads in an element, if it is there.
    pub async fn text(&self, css: &str) -> Result<Option<String>, DriveError> {
        // In one step: an element that is found and then redrawn is an error in two.
        let script = "return document.querySelector(arguments[0])?.innerText ?? null";
        self.run(script, vec![json!(css)]).await
    }

    /// Clicks what a CSS selector finds.
    pub async fn click(&self, css: &str) -> Result<(), DriveError> {
        self.until(&format!("{css} to be clicked"), async || {
            let Ok(element) = self.client.find(Locator::Css(css)).await else {
                return Ok(None);
            };
            Ok(element.click().await.ok())
        })
        .await
    }

    /// Clicks what an `XPath` finds.
    pub async fn click_path(&self, path: &str) -> Result<(), DriveError> {
        self.until(&format!("{path} to be clicked"), async || {
            let Ok(element) = self.client.find(Locator::XPath(path)).await else {
                return Ok(None);
            };
            Ok(element.click().await.ok())
        })
        .await
    }

    /// Clicks the button or link with this name.
    pub async fn press(&self, name: &str) -> Result<(), DriveError> {
        self.press_within("body", name).await
    }

    /// Clicks the button or link with this name inside the first element of this kind.
    pub async fn press_within(&self, element: &str, name: &str) -> Result<(), DriveError> {
        let path = format!(
            "//{element}//*[self::button or self::a][not(@disabled)][normalize-space()='{name}' or @aria-label='{name}']"
        );
        self.click_path(&path).await
    }

    /// Types into the field with this `name`, in place of what stands there.
    pub async fn type_into(&self, field: &str, text: &str) -> Result<(), DriveError> {
        let element = self.wait_for(&format!("[name=\"{field}\"]")).await?;
        element.clear().await?;
        Ok(element.send_keys(text).await?)
    }

    /// Sends keys to what a CSS selector finds.
    pub async fn keys(&self, css: &str, keys: &str) -> Result<(), DriveError> {
        Ok(self.wait_for(css).await?.send_keys(keys).await?)
    }

    /// Goes to what a CSS selector finds by the Tab key alone, back through the page, and presses Enter.
    pub async fn enter(&self, css: &str) -> Result<(), DriveError> {
        const TAB: char = '\u{e004}';
        const ENTER: char = '\u{e007}';
        const SHIFT: char = '\u{e008}';
        /// More than a screen has between its heading and the navigation.
        const AWAY: usize = 40;
        let down = |value| KeyAction::Down { value };
        let up = |value| KeyAction::Up { value };
        let there = "return document.activeElement?.matches(arguments[0]) ?? false";
        let mut way = Vec::new();
        for _ in 0..AWAY {
            let at = "return document.activeElement?.outerHTML.slice(0, 80) ?? 'nothing'";
            way.push(self.run::<String>(at, vec![]).await?);
            if self.run(there, vec![json!(css)]).await? {
                return self.strike(&[down(ENTER), up(ENTER)]).await;
            }
            self.strike(&[down(SHIFT), down(TAB), up(TAB), up(SHIFT)])
                .await?;
        }
        let message = format!(
            "{css} cannot be reached with the Tab key: {}",
            way.join(", then ")
        );
        Err(DriveError::Screen(message))
    }

    async fn strike(&self, keys: &[KeyAction]) -> Result<(), DriveError> {
        let mut struck = KeyActions::new("keyboard".into());
        for key in keys {
            struck = struck.then(key.clone());
        }
        Ok(self.client.perform_actions(struck).await?)
    }

    /// Chooses an option of the list with this `name`, by its value.
    pub async fn choose(&self, field: &str, value: &str) -> Result<(), DriveError> {
        let list = self.wait_for(&format!("select[name=\"{field}\"]")).await?;
        Ok(list.select_by_value(value).await?)
    }

    /// What stands in the field with this `name`.
    pub async fn value_of(&self, field: &str) -> Result<String, DriveError> {
        let element = self.wait_for(&format!("[name=\"{field}\"]")).await?;
        Ok(element.prop("value").await?.unwrap_or_default())
    }

    /// Runs a script in the page, to read what a person sees; gives what it returns.
    pub async fn run<T: DeserializeOwned>(
        &self,
        script: &str,
        arguments: Vec<Value>,
    ) -> Result<T, DriveError> {
        let answer = self.client.execute(script, arguments);
        let answer = timeout(PATIENCE, answer)
            .await
            .map_err(|_| DriveError::Screen(format!("no answer to: {script}")))??;
        Ok(serde_json::from_value(answer).map_err(io::Error::from)?)
    }

    /// Runs a script that gets a function as its last argument, and calls it with its answer.
    pub async fn run_async<T: DeserializeOwned>(
        &self,
        script: &str,
        arguments: Vec<Value>,
    ) -> Result<T, DriveError> {
        let answer = self.client.execute_async(script, arguments);
        let answer = timeout(PATIENCE, answer)
            .await
            .map_err(|_| DriveError::Screen(format!("no answer to: {script}")))??;
        Ok(serde_json::from_value(answer).map_err(io::Error::from)?)
    }

    /// Makes the window so wide and high, in pixels of the screen.
    pub async fn resize(&self, width: u32, height: u32) -> Result<(), DriveError> {
        self.client.set_window_size(width, height).await?;
        let wanted = vec![json!(width), json!(height)];
        self.until("the window's new size", async || {
            let script =
                "return innerWidth === arguments[0] && innerHeight === arguments[1] ? true : null";
            self.run::<Option<bool>>(script, wanted.clone()).await
        })
        .await?;
        Ok(())
    }

    /// Goes back to the screen before, as the mouse's back button does.
    pub async fn back(&self) -> Result<(), DriveError> {
        Ok(self.client.back().await?)
    }

    /// Goes forward again.
    pub async fn forward(&self) -> Result<(), DriveError> {
        Ok(self.client.forward().await?)
    }

    /// Loads the page anew, and returns when it is there.
    pub async fn reload(&self) -> Result<(), DriveError> {
        self.client.refresh().await?;
        self.wait_for("nav[aria-label=\"Screens\"]").await?;
        Ok(())
    }

    /// Leaves a picture of the window in `target/e2e/NAME.png`.
    pub async fn picture(&self, name: &str) -> Result<PathBuf, DriveError> {
        let folder = target()?.join("e2e");
        fs::create_dir_all(&folder)?;
        let file = folder.join(format!("{name}.png"));
        fs::write(&file, self.drawn().await?)?;
        Ok(file)
    }

    /// Returns when two looks a quarter of a second apart find the same on the screen.
    pub async fn wait_until_still(&self) -> Result<(), DriveError> {
        let mut before = self.drawn().await?;
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            tokio::time::sleep(Duration::from_millis(250)).await;
            let now = self.drawn().await?;
            if now == before {
                return Ok(());
            }
            before = now;
        }
        Err(self.gave_up("the screen to come to rest").await)
    }

    /// A picture of the window as a PNG.
    pub async fn drawn(&self) -> Result<Vec<u8>, DriveError> {
        // A picture is of what was painted last, which lags behind what a script reads. The driver takes it with
        // the next drawing, and a page at rest has none: something that nobody sees changes meanwhile.
        let painted = "const done = arguments[arguments.length - 1];
            const { style } = document.documentElement;
            let left = 40;
            const draw = () => {
                style.outline = left % 2 === 0 ? '1px solid transparent' : '';
                left -= 1;
                if (left > 0) setTimeout(draw, 50);
            };
            requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => { draw(); done(); }, 200)))";
        let picture = async {
            self.client.execute_async(painted, vec![]).await?;
            self.client.screenshot().await
        };
        Ok(timeout(PATIENCE, picture)
            .await
            .map_err(|_| DriveError::Screen("no picture of the window came".into()))??)
    }

    /// Looks until there is something, or until patience ends; then a picture is left behind.
    pub async fn until<T>(
        &self,
        what: &str,
        look: impl AsyncFn() -> Result<Option<T>, DriveError>,
    ) -> Result<T, DriveError> {
        let start = Instant::now();
        loop {
            // The driver itself may not answer.
            match timeout(PATIENCE, look()).await {
                Ok(found) => {
                    if let Some(found) = found? {
                        return Ok(found);
                    }
                }
                Err(_) => return Err(DriveError::Screen(format!("no answer to: {what}"))),
            }
            if start.elapsed() > PATIENCE {
                return Err(self.gave_up(what).await);
            }
            tokio::time::sleep(PACE).await;
        }
    }

    async fn gave_up(&self, what: &str) -> DriveError {
        let text = self.text("body").await;
        let text = text.ok().flatten().unwrap_or_default();
        let picture = self.picture(&format!("failure-{}", self.driver.id())).await;
        let picture = picture.as_deref().unwrap_or(Path::new("no picture"));
        DriveError::Screen(format!(
            "waited {} s for {what}; see {}. The window reads:\n{text}",
            PATIENCE.as_secs(),
            picture.display()
        ))
    }
}
