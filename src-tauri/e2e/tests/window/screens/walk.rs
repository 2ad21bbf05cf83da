//! A walk through all screens, as a person takes it, with a look at each.

use std::time::Duration;

use e2e::{App, DriveError};
use serde_json::json;
use tokio::time::timeout;

use crate::screens::desk::{HOSTILE, Shown};
use crate::screens::table::{Place, SCREENS, Screen};

/// What the walk is to find on each screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Finds {
    /// What is in the store.
    Filled,
    /// The same, and the calm notice that TagoIO cannot be reached.
    Offline,
    /// The same; an account asks to be signed in again, and nobody says that TagoIO cannot be reached.
    SignedOut,
    /// That nothing is in the store.
    Empty,
}

impl Finds {
    const fn name(self) -> &'static str {
        match self {
            Self::Filled => "filled",
            Self::Offline => "offline",
            Self::SignedOut => "signed-out",
            Self::Empty => "empty",
        }
    }
}

/// How the walk goes from one screen to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    Mouse,
    Keyboard,
}

/// As long as a screen may take here: the walk is to tell of the other screens too.
const PATIENCE: Duration = Duration::from_secs(15);

const ENTER: &str = "\u{e007}";

/// A walk through the screens.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Walk<'a> {
    /// What the desktop is like, for those who read what was found.
    pub(crate) case: &'a str,
    /// The profile that is opened, if there is one.
    pub(crate) shown: Option<&'a Shown>,
    pub(crate) finds: Finds,
    pub(crate) by: By,
}

impl Walk<'_> {
    /// Goes to each screen and looks. Gives what is not as it should be, each in a line with its
    /// screen; the walk goes on after it, so that one run tells of everything.
    pub(crate) async fn all_screens(self, app: &App) -> Vec<String> {
        let mut wrong = Vec::new();
        // The window begins with the first, so that one is not gone to until the others were.
        for screen in SCREENS.iter().cycle().skip(1).take(SCREENS.len()) {
            if self.shown.is_none() && !screen.is_in_navigation() {
                continue;
            }
            let found = match self.look(app, screen).await {
                Ok(found) => found,
                // What the window reads follows in the lines after the first.
                Err(error) => error.to_string().lines().take(1).map(Into::into).collect(),
            };
            let Self { case, finds, .. } = self;
            let place = format!("{case}, {}, {}", finds.name(), screen.name);
            wrong.extend(found.iter().map(|found| format!("{place}: {found}")));
            let picture = format!("{}-{}-{case}", screen.name, finds.name());
            if let Err(error) = app.picture(&picture).await {
                wrong.push(format!("{place}: {error}"));
            }
        }
        wrong
    }

    async fn look(self, app: &App, screen: &Screen) -> Result<Vec<String>, DriveError> {
        let come = async {
            go(app, screen, self.shown, self.by).await?;
            match self.shown {
                Some(shown) => arrived(app, screen, shown).await,
                None => app.wait_for_text("main", screen.empty).await.map(drop),
            }
        };
        timeout(PATIENCE, come).await.map_err(|_| {
            let wanted = self.shown.map_or(screen.empty, |_| screen.filled);
            DriveError::Screen(format!("it did not come, or {wanted:?} is not on it"))
        })??;

        let mut wrong = self.frame(app).await?;
        let keyboard = vec![json!(self.by == By::Keyboard)];
        wrong.extend(app.run::<Vec<String>>(FOCUS, keyboard).await?);
        if self.shown.is_some() && screen.names_profile {
            let name = vec![json!(HOSTILE)];
            if !app.run::<bool>(READ_AS_WRITTEN, name).await? {
                wrong.push(format!("{HOSTILE} does not stand there as it is written"));
            }
        }
        wrong.extend(app.run::<Vec<String>>(MARKUP, vec![]).await?);
        wrong.extend(app.cut().await?);
        wrong.extend(app.axe().await?);
        wrong.extend(app.went_wrong().await?);
        Ok(wrong)
    }

    /// What the frame around each screen says wrongly.
    async fn frame(self, app: &App) -> Result<Vec<String>, DriveError> {
        let mut wrong = Vec::new();
        let offline = app.text("[data-notice=offline]").await?;
        match (self.finds, offline) {
            (Finds::Offline, None) => {
                wrong.push("nothing says that TagoIO cannot be reached".into());
            }
            (Finds::Offline, Some(text)) if !text.contains("stored") => {
                wrong.push(format!("it does not say that this was stored: {text}"));
            }
            (Finds::Filled | Finds::SignedOut | Finds::Empty, Some(text)) => {
                wrong.push(format!("it says that TagoIO cannot be reached: {text}"));
            }
            _ => {}
        }
        let asks: bool = app.run(ASKS_TO_SIGN_IN, vec![]).await?;
        if asks != (self.finds == Finds::SignedOut) {
            wrong.push(format!("an account must sign in again, it says: {asks}"));
        }
        let problem = app.text(".notices .problem").await?;
        wrong.extend(problem.map(|problem| format!("a problem is shown: {problem}")));
        Ok(wrong)
    }
}

/// Goes to a screen, and returns when it is there with what is in the store.
pub(crate) async fn visit(app: &App, screen: &Screen, shown: &Shown) -> Result<(), DriveError> {
    go(app, screen, Some(shown), By::Mouse).await?;
    arrived(app, screen, shown).await
}

/// Waits until a screen is there with what is in the store.
pub(crate) async fn arrived(app: &App, screen: &Screen, shown: &Shown) -> Result<(), DriveError> {
    let heading = match screen.place {
        Place::Navigation(name) | Place::Face(_, name) => name,
        Place::Profile(_) => &shown.name,
    };
    app.until(&format!("the heading {heading:?}"), async || {
        let script = "const read = document.querySelector('main h1')?.textContent.trim();
            return read?.startsWith(arguments[0]) ? true : null";
        app.run::<Option<bool>>(script, vec![json!(heading)]).await
    })
    .await?;
    app.wait_for(screen.filled).await?;
    Ok(())
}

async fn go(app: &App, screen: &Screen, shown: Option<&Shown>, by: By) -> Result<(), DriveError> {
    match (screen.place, shown) {
        (Place::Navigation(name), _) => {
            let link = format!("nav[aria-label=\"Screens\"] a[title=\"{name}\"]");
            match by {
                By::Mouse => app.click(&link).await,
                By::Keyboard => app.keys(&link, ENTER).await,
            }
        }
        (Place::Profile(part), Some(shown)) => {
            go_to(app, &format!("#/profile/{}{part}", shown.key)).await
        }
        (Place::Face(address, _), _) => go_to(app, address).await,
        (Place::Profile(_), None) => Err(DriveError::Screen("there is no profile".into())),
    }
}

/// Goes to an address of the window.
pub(crate) async fn go_to(app: &App, address: &str) -> Result<(), DriveError> {
    app.run("location.hash = arguments[0]", vec![json!(address)])
        .await
}

/// The focus is on the screen that was gone to, and is seen there if the keyboard brought it.
const FOCUS: &str = "
    const focused = document.activeElement;
    const told = `the focus is on ${focused.outerHTML.slice(0, 120)}`;
    if (!document.querySelector('main').contains(focused)) return [told];
    if (!arguments[0]) return [];
    const { outlineStyle, outlineWidth } = getComputedStyle(focused);
    return outlineStyle !== 'none' && outlineWidth !== '0px' ? [] : [`${told} and is not seen`]";

/// Whether a name stands on the screen letter by letter.
const READ_AS_WRITTEN: &str = "
    return [...document.querySelectorAll('main bdi')]
        .some((element) => element.textContent.includes(arguments[0]) && element.checkVisibility())";

/// Elements that can only come from a name: the program has no picture, and no script but its own file's.
const MARKUP: &str = "
    return [...document.querySelectorAll('img, script:not([src]), bdi :is(a, b, i, img, script)')]
        .map((element) => `a name became markup: ${element.outerHTML.slice(0, 120)}`)";

const ASKS_TO_SIGN_IN: &str = "
    return document.querySelector('nav[aria-label=Screens] a[title=Accounts]').textContent
        .includes('must sign in again')";
