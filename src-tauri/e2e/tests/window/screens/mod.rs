//! Every screen in the real window: with what is in the store, offline, signed out and with an empty
//! store; in both languages, in light, dark and high contrast, in the smallest window and with text of
//! twice the size. On each of them no text is cut, axe-core finds nothing, and nothing goes wrong.

mod checks;
mod crossing;
mod desk;
mod opened;
mod pictures;
mod table;
mod walk;

use e2e::{App, Start, Theme};
use session::Session;
use sim::{Fault, FaultKind};

use crate::screens::desk::{Desk, Filling, LABELS, Shown};
use crate::screens::opened::OPENED;
use crate::screens::walk::{By, Finds, Walk};

/// How the desktop is set up.
#[derive(Clone, Copy, Debug)]
struct Case {
    name: &'static str,
    language: &'static str,
    theme: Theme,
    /// In pixels of the screen; the window's own if there is none.
    size: Option<(u32, u32)>,
    /// Of text, in percent.
    text: u16,
    by: By,
}

const USUAL: Case = Case {
    name: "light",
    language: "C.UTF-8",
    theme: Theme::Light,
    size: None,
    text: 100,
    by: By::Mouse,
};
const DARK: Case = Case {
    name: "dark",
    language: "en_US.UTF-8",
    theme: Theme::Dark,
    by: By::Keyboard,
    ..USUAL
};
const SMALL: Case = Case {
    name: "small",
    size: Some((1000, 700)),
    ..USUAL
};
/// The page is enlarged as a whole, so that its letters are no larger to axe, which asks less contrast of large ones.
const LARGE_CONTRAST: Case = Case {
    name: "large-contrast",
    language: "en_US.UTF-8",
    theme: Theme::HighContrast,
    text: 200,
    // The driver clicks beside what it means to while the page is enlarged.
    by: By::Keyboard,
    ..USUAL
};

impl Case {
    async fn open(&self, start: Start<'_>) -> App {
        let mut start = start
            .theme(self.theme)
            .variable("LANG", self.language)
            .variable("LC_ALL", self.language);
        if self.text != 100 {
            // What a desktop's setting for large text does: GTK enlarges text, WebKitGTK the page with it.
            let scale = f64::from(self.text) / 100.0;
            start = start.variable("GDK_DPI_SCALE", &scale.to_string());
        }
        let app = start.open().await.unwrap();
        if let Some((width, height)) = self.size {
            app.resize(width, height).await.unwrap();
        }
        app.watch().await.unwrap();
        app
    }

    /// Walks through all screens; what is wrong joins what was found in other cases.
    async fn walk(&self, app: &App, shown: Option<&Shown>, finds: Finds, wrong: &mut Vec<String>) {
        let walk = Walk {
            case: self.name,
            shown,
            finds,
            by: self.by,
        };
        wrong.extend(walk.all_screens(app).await);
    }
}

fn assert_nothing(wrong: &[String]) {
    assert!(
        wrong.is_empty(),
        "{} findings:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_screen_can_be_read_in_every_setting_of_the_desktop() {
    let desk = Desk::fill(Filling::default()).await.unwrap();
    let mut wrong = Vec::new();
    for case in [USUAL, DARK, SMALL, LARGE_CONTRAST] {
        let app = case.open(desk.start()).await;
        case.walk(&app, Some(&desk.shown), Finds::Filled, &mut wrong)
            .await;
        app.close().await.unwrap();
    }
    assert_nothing(&wrong);
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_opens_on_a_screen_can_be_read_in_every_setting_of_the_desktop() {
    let desk = Desk::fill(Filling::default()).await.unwrap();
    let mut wrong = Vec::new();
    // What is cut depends on the size alone, what is pale on the theme: each size and each theme once.
    for case in [SMALL, DARK, LARGE_CONTRAST] {
        let app = case.open(desk.start()).await;
        for opened in &OPENED {
            let found = match opened.wrong(&app).await {
                Ok(found) => found,
                Err(error) => error.to_string().lines().take(1).map(Into::into).collect(),
            };
            if found.is_empty() {
                continue;
            }
            let place = format!("{}, {}", case.name, opened.name);
            eprintln!("{place}: {found:?}");
            wrong.extend(found.iter().map(|found| format!("{place}: {found}")));
            let picture = format!("{}-{}", opened.name, case.name);
            if let Err(error) = app.picture(&picture).await {
                wrong.push(format!("{place}: {error}"));
            }
        }
        app.close().await.unwrap();
    }
    assert_nothing(&wrong);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_screen_is_read_as_before_while_an_account_is_signed_out() {
    let desk = Desk::fill(Filling::default()).await.unwrap();
    assert!(desk.tagoio.revoke(&desk.tagoio.tokens()[1].token));
    let mut wrong = Vec::new();
    for case in [USUAL, DARK] {
        let app = case.open(desk.start()).await;
        app.sync_with_the_keyboard().await.unwrap();
        case.walk(&app, Some(&desk.shown), Finds::SignedOut, &mut wrong)
            .await;
        app.go_to("Accounts").await.unwrap();
        let asked = app
            .wait_for_text("li:has([data-sign-in=signed_out])", "sign in again")
            .await
            .unwrap();
        assert!(asked.contains(LABELS[1]), "{asked}");
        app.close().await.unwrap();
    }
    assert_nothing(&wrong);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_screen_is_read_as_before_without_a_network() {
    let desk = Desk::fill(Filling::default()).await.unwrap();
    desk.tagoio.set_fault(Fault::new(FaultKind::Drop));
    let mut wrong = Vec::new();
    for case in [USUAL, DARK] {
        let app = case.open(desk.start()).await;
        app.sync_with_the_keyboard().await.unwrap();
        case.walk(&app, Some(&desk.shown), Finds::Offline, &mut wrong)
            .await;
        app.close().await.unwrap();
    }
    assert_nothing(&wrong);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_screen_says_what_to_do_while_the_store_is_empty() {
    let session = Session::builder()
        .display(Some((1440, 900)))
        .start()
        .unwrap();
    let mut wrong = Vec::new();
    for case in [USUAL, DARK, SMALL, LARGE_CONTRAST] {
        let app = case
            .open(Start::new(&session, session.folder().join("desk")))
            .await;
        case.walk(&app, None, Finds::Empty, &mut wrong).await;
        app.close().await.unwrap();
    }
    assert_nothing(&wrong);
}
