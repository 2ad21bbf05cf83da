//! `profile-desk://profile/ID` opens the window at a profile, `profile-desk://fleet` at a screen. A link is text from
//! anywhere, so nothing is taken from it but an id and the name of a tab or a screen, and what is anything else is
//! refused.

use std::sync::{Mutex, PoisonError};

use desk::{Problem, ProblemCode};
use model::ProfileId;
use serde::Serialize;
use tauri::{AppHandle, Emitter, Manager, Runtime};

use crate::window;

/// A link came: the window asks for it.
pub const LINK_ARRIVED: &str = "link-arrived";

/// What links begin with; the installers register it, by tauri.conf.json.
pub const SCHEME: &str = "profile-desk";

const TABS: [&str; 7] = [
    "overview", "usage", "tokens", "team", "audit", "backups", "changes",
];

const SCREENS: [&str; 8] = [
    "today",
    "fleet",
    "allocation",
    "costs",
    "tokens",
    "people",
    "activity",
    "accounts",
];

/// Where a link leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// To a profile.
    Profile {
        /// TagoIO's id of it.
        id: ProfileId,
        /// The tab to show.
        tab: &'static str,
    },
    /// To a screen.
    Screen(&'static str),
}

/// Where a link leads in this store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(crate) enum Target {
    /// To a profile.
    Profile {
        /// Its number in this store.
        key: i64,
        /// The tab to show.
        tab: &'static str,
    },
    /// To a screen.
    Screen {
        /// Its name in the window's address.
        screen: &'static str,
    },
}

/// The link that came last and was not asked for yet. The page may not be there when one comes.
#[derive(Debug)]
pub struct Arrived(Mutex<Option<Result<Link, Problem>>>);

impl Arrived {
    /// With the link among the arguments of the program, its own name not among them, if there is one.
    pub fn with(arguments: impl IntoIterator<Item = String>) -> Self {
        Self(Mutex::new(among(arguments)))
    }

    /// The link, once.
    pub(crate) fn take(&self) -> Option<Result<Link, Problem>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// The screen that the link leads to, if it leads to one. A window that is not there yet opens at it, and draws no
    /// other before.
    pub(crate) fn take_screen(&self) -> Option<&'static str> {
        let mut link = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match *link {
            Some(Ok(Link::Screen(screen))) => {
                *link = None;
                Some(screen)
            }
            _ => None,
        }
    }

    fn put(&self, link: Result<Link, Problem>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(link);
    }
}

/// Keeps the link among some arguments, if there is one, and tells the window.
pub fn arrive<R: Runtime>(app: &AppHandle<R>, arguments: impl IntoIterator<Item = String>) {
    let (Some(link), Some(arrived)) = (among(arguments), app.try_state::<Arrived>()) else {
        return;
    };
    arrived.put(link);
    if let Err(error) = app.emit_to(window::MAIN, LINK_ARRIVED, ()) {
        tracing::warn!(%error, "the window was not told of a link");
    }
}

/// The first argument that is no option: the program takes nothing but a link.
fn among(arguments: impl IntoIterator<Item = String>) -> Option<Result<Link, Problem>> {
    arguments
        .into_iter()
        .find(|argument| !argument.is_empty() && !argument.starts_with('-'))
        .map(|argument| parse(&argument))
}

/// Reads `profile-desk://profile/ID`, perhaps with `?tab=TAB`, or `profile-desk://SCREEN`.
fn parse(text: &str) -> Result<Link, Problem> {
    let refused = || {
        Problem::new(
            ProblemCode::InvalidInput,
            "The program was opened with something that is no link to a profile or a screen; it was not followed.",
        )
        .with_hint(
            "A link reads profile-desk://profile/ and the profile's id of 24 characters, or profile-desk:// and the \
             name of a screen, such as fleet.",
        )
    };
    let rest = text
        .get(..SCHEME.len())
        .filter(|scheme| scheme.eq_ignore_ascii_case(SCHEME))
        .and_then(|_| text.get(SCHEME.len()..)?.strip_prefix("://"))
        .ok_or_else(refused)?;
    // A system may add the stroke that ends the name of a host.
    let named = rest.strip_suffix('/').unwrap_or(rest);
    if let Some(screen) = SCREENS.into_iter().find(|screen| *screen == named) {
        return Ok(Link::Screen(screen));
    }
    let rest = rest.strip_prefix("profile/").ok_or_else(refused)?;
    let (id, query) = rest.split_once('?').unwrap_or((rest, ""));
    let id = id.strip_suffix('/').unwrap_or(id).to_ascii_lowercase();
    let tab = match query {
        "" => TABS[0],
        query => query
            .strip_prefix("tab=")
            .and_then(|wanted| TABS.into_iter().find(|tab| *tab == wanted))
            .ok_or_else(refused)?,
    };
    let id = id.parse().map_err(|_| refused())?;
    Ok(Link::Profile { id, tab })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "5bb0a0c9f1d25bb0a0c9d9c1";

    fn of(arguments: &[&str]) -> Option<Result<Link, Problem>> {
        Arrived::with(arguments.iter().map(ToString::to_string)).take()
    }

    #[test]
    fn a_link_names_a_profile_and_perhaps_a_tab() {
        let link = |text: &str| of(&[text]).unwrap().unwrap();
        for text in [
            format!("profile-desk://profile/{ID}"),
            format!("profile-desk://profile/{ID}/"),
            format!("PROFILE-DESK://profile/{}", ID.to_uppercase()),
        ] {
            let (id, tab) = (ID.parse().unwrap(), "overview");
            assert_eq!(link(&text), Link::Profile { id, tab }, "{text}");
        }
        let (id, tab) = (ID.parse().unwrap(), "usage");
        assert_eq!(
            link(&format!("profile-desk://profile/{ID}?tab=usage")),
            Link::Profile { id, tab }
        );
    }

    #[test]
    fn a_link_names_a_screen() {
        for screen in SCREENS {
            for text in [
                format!("profile-desk://{screen}"),
                format!("profile-desk://{screen}/"),
            ] {
                assert_eq!(of(&[&text]).unwrap().unwrap(), Link::Screen(screen));
            }
        }
    }

    #[test]
    fn a_screen_is_taken_before_the_window_is_there_and_a_profile_is_not() {
        let arrived = Arrived::with(["profile-desk://costs".to_owned()]);
        assert_eq!(arrived.take_screen(), Some("costs"));
        assert_eq!(arrived.take(), None);
        let arrived = Arrived::with([format!("profile-desk://profile/{ID}")]);
        assert_eq!(arrived.take_screen(), None);
        assert!(arrived.take().is_some());
    }

    #[test]
    fn what_is_no_such_link_is_refused_and_not_repeated() {
        for text in [
            "profile-desk://profile/",
            "profile-desk://profile/5bb0",
            "profile-desk://profile/5bb0a0c9f1d25bb0a0c9d9cz",
            "profile-desk://profile/5bb0a0c9f1d25bb0a0c9d9c1/../../etc",
            "profile-desk://profile/5bb0a0c9f1d25bb0a0c9d9c1?tab=javascript:alert(1)",
            "profile-desk://profile/5bb0a0c9f1d25bb0a0c9d9c1?url=https://example.com",
            "profile-desk://accounts/5bb0a0c9f1d25bb0a0c9d9c1",
            "profile-desk://fleet?filter=a",
            "profile-desk://Fleet",
            "profile-desk://profile",
            "profile-desk://",
            "profile-desk:profile/5bb0a0c9f1d25bb0a0c9d9c1",
            "https://example.com/profile/5bb0a0c9f1d25bb0a0c9d9c1",
            "file:///etc/passwd",
            "ünïcode-desk://profile/5bb0a0c9f1d25bb0a0c9d9c1",
            "profile-desk",
            " ",
        ] {
            let problem = of(&[text]).unwrap().unwrap_err();
            assert_eq!(problem.code, ProblemCode::InvalidInput, "{text}");
            assert!(!problem.to_string().contains(text) || text == " " || text == SCHEME);
        }
    }

    #[test]
    fn options_and_nothing_are_no_link_and_a_link_is_taken_once() {
        assert_eq!(of(&[]), None);
        assert_eq!(of(&["--automation", ""]), None);
        let arrived = Arrived::with([format!("profile-desk://profile/{ID}")]);
        assert!(arrived.take().is_some());
        assert!(arrived.take().is_none());
    }

    #[test]
    fn the_installers_register_the_scheme_and_hand_the_link_over() {
        let config: serde_json::Value =
            serde_json::from_str(include_str!("../../tauri.conf.json")).unwrap();
        let schemes = &config["plugins"]["deep-link"]["desktop"]["schemes"];
        assert_eq!(schemes, &serde_json::json!([SCHEME]));
        let entry = include_str!("../profile-desk.desktop");
        for kind in ["deb", "rpm"] {
            let template = &config["bundle"]["linux"][kind]["desktopTemplate"];
            assert_eq!(template, "src-tauri/profile-desk.desktop", "{kind}");
        }
        assert!(entry.contains(&format!("\nMimeType=x-scheme-handler/{SCHEME};\n")));
        assert!(entry.contains("\nExec={{exec}} %u\n"));
    }
}
