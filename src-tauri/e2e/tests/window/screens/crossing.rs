//! What must stay while a person goes from screen to screen, and while another program syncs.

use std::collections::BTreeSet;
use std::process::Stdio;
use std::time::Duration;

use e2e::{App, DriveError, built};
use serde_json::{Value, json};

use crate::screens::desk::{Desk, Filling, Shown};
use crate::screens::table::{Place, SCREENS, Screen};
use crate::screens::walk::{arrived, visit};

const GRID: &str = "[role=grid]";
/// The box that filters a screen.
const FILTER: &str = "main input[role=combobox]";
const PAGE_DOWN: &str = "\u{e00f}";

/// A screen, its address, and what stands in the box of its filter.
type Stop = (&'static Screen, String, &'static str);

#[tokio::test(flavor = "multi_thread")]
async fn back_and_forward_and_a_new_start_of_the_page_keep_the_screen_and_its_filter() {
    let desk = Desk::fill(Filling::default()).await.unwrap();
    let app = desk.start().open().await.unwrap();
    let mut stops: Vec<Stop> = Vec::new();
    for screen in SCREENS.iter().filter(|screen| screen.is_in_navigation()) {
        visit(&app, screen, &desk.shown).await.unwrap();
        app.reload().await.unwrap();
        arrived(&app, screen, &desk.shown).await.unwrap();
        stops.push((screen, address(&app).await, ""));
        // What was typed into the filter is one step of its own.
        if let Some(words) = screen.filter {
            app.keys(FILTER, words).await.unwrap();
            address_holds(&app, words).await;
            stops.push((screen, address(&app).await, words));
        }
    }

    for stop in stops.iter().rev().skip(1) {
        app.back().await.unwrap();
        is_at(&app, stop, &desk.shown).await;
    }
    for stop in &stops[1..] {
        app.forward().await.unwrap();
        is_at(&app, stop, &desk.shown).await;
    }
    app.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_of_another_program_changes_the_rows_and_neither_focus_nor_place() {
    let desk = Desk::fill(Filling {
        profiles: 80,
        ..Filling::default()
    })
    .await
    .unwrap();
    let app = desk.start().open().await.unwrap();
    let fleet = SCREENS
        .iter()
        .find(|screen| screen.place == Place::Navigation("Fleet"));
    visit(&app, fleet.unwrap(), &desk.shown).await.unwrap();
    for _ in 0..3 {
        app.keys(GRID, PAGE_DOWN).await.unwrap();
    }
    let before = app
        .until("the table to be scrolled and at rest", async || {
            let then = place(&app).await?;
            tokio::time::sleep(Duration::from_millis(250)).await;
            let place = place(&app).await?;
            let scrolled = place["scrolled"].as_f64() > Some(0.0);
            Ok(Some(place).filter(|place| scrolled && *place == then))
        })
        .await
        .unwrap();
    assert!(before["row"].is_string(), "{before}");
    assert_eq!(before["focus"], "grid", "{before}");
    let listen = "window.lost = 0; document.querySelector('[role=grid]').addEventListener('blur', () => window.lost++)";
    app.run::<()>(listen, vec![]).await.unwrap();

    desk.tagoio.change(|world| {
        for profile in world.profiles.values_mut() {
            profile.name.push_str(" (new)");
        }
    });
    let mut pdesk = desk.session.command(built("pdesk").unwrap());
    pdesk
        .args(["sync", "--full", "--data-dir"])
        .arg(desk.data());
    let status = pdesk.stdout(Stdio::null()).status().unwrap();
    assert!(status.success(), "{status}");

    app.until("the new names in the table", async || {
        let script = "const names = [...document.querySelectorAll('[role=grid] [role=row][id] [role=rowheader] bdi')];
            return names.length > 0 && names.every(({ textContent }) => textContent.endsWith('(new)')) ? true : null";
        app.run::<Option<bool>>(script, vec![]).await
    })
    .await
    .unwrap();
    assert_eq!(place(&app).await.unwrap(), before);
    assert_eq!(
        app.run::<usize>("return window.lost", vec![])
            .await
            .unwrap(),
        0
    );
    app.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tab_key_alone_leads_from_every_screen_to_every_other() {
    let desk = Desk::fill(Filling::default()).await.unwrap();
    let app = desk.start().open().await.unwrap();
    for screen in SCREENS
        .iter()
        .filter(|screen| screen.is_in_navigation())
        .rev()
    {
        let Place::Navigation(name) = screen.place else {
            continue;
        };
        let link = format!("nav[aria-label=\"Screens\"] a[title=\"{name}\"]");
        app.enter(&link).await.unwrap();
        arrived(&app, screen, &desk.shown).await.unwrap();
    }
    app.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_held_down_in_a_filter_is_followed_to_its_end() {
    // WebKit writes an address no more than a hundred times in ten seconds.
    let held = "a".repeat(150);
    let desk = Desk::fill(Filling::default()).await.unwrap();
    let app = desk.start().open().await.unwrap();
    app.go_to("Fleet").await.unwrap();
    let filter = "main input[role=combobox]";
    app.wait_for(filter).await.unwrap();
    app.keys(filter, &held).await.unwrap();
    let whole = format!("#/fleet?filter={held}");
    app.until("the address to follow", async || {
        let address: String = app.run("return location.hash", vec![]).await?;
        Ok((address == whole).then_some(()))
    })
    .await
    .unwrap();
    app.wait_for_text("main", &held).await.unwrap();
    app.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_strips_button_keeps_the_focus_and_its_place_and_lets_the_tab_key_leave() {
    const BUTTON: &str = "footer .sync > .button";
    let desk = Desk::fill(Filling::default()).await.unwrap();
    assert!(desk.tagoio.revoke(&desk.tagoio.tokens()[1].token));
    // Long enough to be told of.
    desk.tagoio.set_fault("latency@/profile".parse().unwrap());
    let app = desk.start().open().await.unwrap();
    app.wait_for(BUTTON).await.unwrap();
    let follow = "const button = document.querySelector(arguments[0]);
        window.places = new Set();
        new MutationObserver(() => {
            const { left, right } = button.getBoundingClientRect();
            window.places.add(`${button.innerText} from ${left} to ${right}`);
        }).observe(button.closest('footer'), { subtree: true, childList: true, characterData: true })";
    app.run::<()>(follow, vec![json!(BUTTON)]).await.unwrap();
    for (by_mouse, next) in [(true, "Fleet"), (false, "Today"), (true, "People")] {
        if by_mouse {
            app.click(BUTTON).await.unwrap();
        } else {
            app.enter(BUTTON).await.unwrap();
        }
        app.sync_ends().await.unwrap();
        let focused = "const focused = document.activeElement;
            return [focused.matches(arguments[0]), focused.outerHTML.slice(0, 120)]";
        let (kept, told): (bool, String) = app.run(focused, vec![json!(BUTTON)]).await.unwrap();
        assert!(kept, "by mouse: {by_mouse}: {told}");
        let link = format!("nav[aria-label=\"Screens\"] a[title=\"{next}\"]");
        app.enter(&link).await.unwrap();
        app.wait_for_text("main h1", next).await.unwrap();
    }
    let places: Vec<String> = app.run("return [...window.places]", vec![]).await.unwrap();
    let places: BTreeSet<_> = places
        .iter()
        .map(|place| place.split_once(" from ").unwrap())
        .collect();
    let [("Cancel", one), ("Sync", other)] = places.iter().copied().collect::<Vec<_>>()[..] else {
        panic!("{places:?}");
    };
    assert_eq!(one, other);
    app.close().await.unwrap();
}

/// Where a person reads in a table: what has the focus, which row is selected, how far it is scrolled.
async fn place(app: &App) -> Result<Value, DriveError> {
    let script = "const grid = document.querySelector('[role=grid]');
        return {
            focus: document.activeElement.getAttribute('role'),
            row: grid.getAttribute('aria-activedescendant'),
            scrolled: grid.scrollTop,
        }";
    app.run(script, vec![]).await
}

async fn address(app: &App) -> String {
    app.run("return location.hash", vec![]).await.unwrap()
}

async fn address_holds(app: &App, words: &str) {
    app.until(&format!("{words:?} in the address"), async || {
        let script =
            "return decodeURIComponent(location.hash).includes(arguments[0]) ? true : null";
        app.run::<Option<bool>>(script, vec![json!(words)]).await
    })
    .await
    .unwrap();
}

/// The screen, its address and the words of its filter are those of a stop on the way.
async fn is_at(app: &App, (screen, there, words): &Stop, shown: &Shown) {
    app.until(&format!("the address {there}"), async || {
        let script = "return location.hash === arguments[0] ? true : null";
        app.run::<Option<bool>>(script, vec![json!(there)]).await
    })
    .await
    .unwrap();
    arrived(app, screen, shown).await.unwrap();
    if screen.filter.is_none() {
        return;
    }
    app.until(&format!("{words:?} in the filter box"), async || {
        let script =
            "return document.querySelector(arguments[0])?.value === arguments[1] ? true : null";
        app.run::<Option<bool>>(script, vec![json!(FILTER), json!(words)])
            .await
    })
    .await
    .unwrap();
}
