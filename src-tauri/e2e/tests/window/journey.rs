//! The whole way, once: a token is typed, the fleet arrives, the network goes away, the program is
//! started again, and everything can still be read.

use std::collections::BTreeMap;
use std::path::Path;

use e2e::{App, Figure, Row, Start, Theme, all_processes, find_traces, stored_secrets};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use session::Session;
use sim::world::{Period, Profile, Service, World};
use sim::{AccountToken, Clock, Options, Running, Simulator};

use crate::begin;

/// More than fit on the screen, so that the table has to be paged through.
const PROFILES: usize = 40;
const LABELS: [&str; 2] = ["Harbour", "Tsukuba"];

#[tokio::test(flavor = "multi_thread")]
async fn a_token_becomes_a_fleet_that_can_be_read_without_a_network() {
    let session = begin::desktop();
    let data = session.folder().join("desk");
    // Its clock stands, so that what it says is used does not change while it is compared.
    let now = Timestamp::now();
    let tagoio = Simulator::start(Options {
        profiles: PROFILES,
        accounts: LABELS.len(),
        clock: Clock::at(now),
        ..Options::default()
    })
    .await
    .unwrap();
    let tokens = tagoio.tokens();

    let app = Start::new(&session, &data).open().await.unwrap();
    connect_both(&app, &tagoio, &tokens).await;
    // What was just connected is synced by itself; the button stops that meanwhile.
    app.sync_ends().await.unwrap();
    let said = app.sync().await.unwrap();
    assert!(
        said.contains("synced") && !said.contains("failed"),
        "{said}"
    );

    let world = tagoio.world();
    let rows = app.fleet().await.unwrap();
    assert_eq!(told(&rows), expected(&world, &tokens, now));
    let markup = rows.iter().filter(|row| row.name.contains('<')).count();
    assert!(markup > 0, "the simulator makes names with markup in them");
    let elements = "return document.querySelectorAll('main bdi *').length";
    assert_eq!(app.run::<usize>(elements, vec![]).await.unwrap(), 0);

    let profile = busiest(&world, &tokens[0].account, now);
    open(&app, profile).await;
    let usage = app.usage_table("input", "day").await.unwrap();
    compare_usage(&usage, profile, &world, now);

    no_trace_of_the_tokens(&session, &data, &app, &tokens);
    app.close().await.unwrap();
    no_trace_in_files(&session, &data, &tokens);

    tagoio.stop().await;
    // Dark and light, and in the languages that WebKitGTK reports differently.
    for (language, theme) in [
        ("C", Theme::Light),
        ("C.UTF-8", Theme::Dark),
        ("en_US.UTF-8", Theme::Light),
    ] {
        let app = Start::new(&session, &data)
            .theme(theme)
            .variable("LANG", language)
            .open()
            .await
            .unwrap();
        assert_eq!(told(&app.fleet().await.unwrap()), told(&rows), "{language}");
        picture(&app, "fleet", theme).await;
        open(&app, profile).await;
        picture(&app, "profile", theme).await;
        let kept = app.usage_table("input", "day").await.unwrap();
        assert_eq!(kept, usage, "{language}");
        picture(&app, "usage", theme).await;
        app.go_to("Accounts").await.unwrap();
        app.wait_for("[data-sign-in=signed_in]").await.unwrap();
        picture(&app, "accounts", theme).await;
        app.close().await.unwrap();
    }

    let app = Start::new(&session, &data).open().await.unwrap();
    app.go_to("Fleet").await.unwrap();
    app.sync().await.unwrap();
    let notice = app
        .wait_for_text("[data-notice=offline]", "cannot be reached")
        .await
        .unwrap();
    assert!(notice.contains("stored"), "{notice}");
    let rows_now = app.fleet().await.unwrap();
    assert_eq!(
        figures(&rows_now),
        figures(&rows),
        "offline changes nothing"
    );
    assert!(
        rows_now.iter().all(|row| row.as_of.contains(':')),
        "{rows_now:?}"
    );
    app.picture("fleet-offline").await.unwrap();
    app.go_to("Accounts").await.unwrap();
    app.wait_for("[data-sign-in=signed_in]").await.unwrap();
    app.close().await.unwrap();
}

async fn picture(app: &App, screen: &str, theme: Theme) {
    let name = format!("{screen}-{}", theme.name());
    app.picture(&name).await.unwrap();
}

async fn connect_both(app: &App, tagoio: &Running, tokens: &[AccountToken]) {
    app.is_empty().await.unwrap();
    for (label, account) in LABELS.iter().zip(tokens) {
        app.connect(label, &tagoio.base_url(), &account.token)
            .await
            .unwrap();
        app.is_connected(label).await.unwrap();
        assert_eq!(app.value_of("token").await.unwrap(), "");
        let page = "return document.documentElement.outerHTML.includes(arguments[0])";
        let token = vec![account.token.clone().into()];
        assert!(!app.run::<bool>(page, token).await.unwrap());
    }
}

/// Finds a profile by its id and opens it.
async fn open(app: &App, profile: &Profile) {
    app.search(&profile.id, 1).await.unwrap();
    app.open_first().await.unwrap();
    app.wait_for_text("main h1", profile.name.trim())
        .await
        .unwrap();
}

/// A row without its time: name, end of the id, account, and each service's share of its limit.
type Told = (String, Option<String>, String, Vec<String>);

fn told(rows: &[Row]) -> Vec<Told> {
    let mut told: Vec<Told> = rows
        .iter()
        .map(|row| {
            (
                row.name.clone(),
                row.id_end.clone(),
                row.account.clone(),
                row.figures.iter().map(figure).collect(),
            )
        })
        .collect();
    told.sort();
    told
}

fn figures(rows: &[Row]) -> Vec<Vec<String>> {
    told(rows)
        .into_iter()
        .map(|(.., figures)| figures)
        .collect()
}

/// Two decimals, as the table rounds.
fn figure(figure: &Figure) -> String {
    let number = |value: Option<f64>| value.map_or("—".into(), |value| format!("{value:.2}"));
    format!(
        "{} of {}: {}",
        number(figure.used),
        number(figure.limit),
        figure.state
    )
}

/// What the table is to say, from what the simulator holds.
fn expected(world: &World, tokens: &[AccountToken], now: Timestamp) -> Vec<Told> {
    let labels: BTreeMap<&str, &str> = tokens
        .iter()
        .map(|token| token.account.as_str())
        .zip(LABELS)
        .collect();
    let mut reached: BTreeMap<&str, (&Profile, &str)> = BTreeMap::new();
    for (account, label) in &labels {
        for profile in world.visible_to(account) {
            let owner = labels.get(profile.owner.as_str()).unwrap_or(label);
            reached.entry(&profile.id).or_insert((profile, owner));
        }
    }
    let names: Vec<&str> = reached
        .values()
        .map(|(profile, _)| profile.name.as_str())
        .collect();
    let mut rows: Vec<Told> = reached
        .values()
        .map(|(profile, label)| {
            let shared = names.iter().filter(|name| **name == profile.name).count() > 1;
            let end = shared.then(|| profile.id[20..].to_owned());
            let figures = Service::NINE.map(|service| expected_figure(profile, service, now));
            (
                profile.name.clone(),
                end,
                (*label).to_owned(),
                figures.to_vec(),
            )
        })
        .collect();
    rows.sort();
    rows
}

fn expected_figure(profile: &Profile, service: Service, now: Timestamp) -> String {
    let used = profile.limit_used(now)[service as usize];
    let limit = profile.limits[service as usize];
    let state = match used / limit {
        _ if limit == 0.0 => "not allocated",
        share if share >= 1.0 => "at or over the limit",
        share if share > 0.9 => "above 90 %",
        share if share > 0.8 => "above 80 %",
        _ => "up to 80 %",
    };
    figure(&Figure {
        used: Some(used),
        limit: Some(limit),
        state: state.into(),
    })
}

/// The account's own profile that takes in the most.
fn busiest<'a>(world: &'a World, account: &'a str, now: Timestamp) -> &'a Profile {
    let input = |profile: &&Profile| profile.limit_used(now)[Service::Input as usize];
    world
        .owned_by(account)
        .max_by(|a, b| input(a).total_cmp(&input(b)))
        .unwrap()
}

/// Compares the table's days with the differences of the simulator's totals, on the days on which
/// nothing but subtraction is needed: both totals are there, and no cycle begins between them.
fn compare_usage(
    usage: &[(String, String, String)],
    profile: &Profile,
    world: &World,
    now: Timestamp,
) {
    let shown: BTreeMap<&str, (&str, &str)> = usage
        .iter()
        .map(|(day, amount, remark)| (day.as_str(), (amount.as_str(), remark.as_str())))
        .collect();
    let from = now - (24 * 60).hours();
    let samples = profile.samples(from, now, Period::Day, &TimeZone::UTC, now);
    let cycle = world.account(&profile.owner).unwrap().cycle;
    let mut compared = 0;
    for pair in samples.windows(2) {
        let input = Service::Input as usize;
        let (Some(before), Some(after)) = (pair[0].totals[input], pair[1].totals[input]) else {
            continue;
        };
        if cycle.around(pair[0].time) != cycle.around(pair[1].time) {
            continue;
        }
        let day = pair[0].time.to_zoned(TimeZone::UTC);
        let (amount, remark) = shown[day.strftime("%b %-d, %Y").to_string().as_str()];
        let amount: f64 = amount.replace(',', "").parse().unwrap();
        assert!((amount - (after - before)).abs() < 0.01, "{day}: {amount}");
        assert_eq!(remark, "", "{day}");
        compared += 1;
    }
    assert!(
        compared >= 40,
        "only {compared} of 60 days could be compared"
    );
}

/// While the program runs: in the keychain, and nowhere else.
fn no_trace_of_the_tokens(session: &Session, data: &Path, app: &App, tokens: &[AccountToken]) {
    let stored = tokio::task::block_in_place(|| stored_secrets(session)).unwrap();
    for account in tokens {
        let kept = stored
            .iter()
            .filter(|value| *value == account.token.as_bytes());
        assert_eq!(kept.count(), 1, "the keychain holds each token once");
    }
    assert_eq!(stored.len(), tokens.len());
    let ours = app.processes().unwrap();
    assert!(
        ours.len() >= 3,
        "the program and its web processes: {ours:?}"
    );
    let all = all_processes().unwrap();
    assert!(ours.iter().all(|id| all.contains(id)));
    for account in tokens {
        let (found, searched) = find_traces(&account.token, &[], &all).unwrap();
        assert_eq!(found, []);
        assert!(searched >= 2 * ours.len());
    }
    no_trace_in_files(session, data, tokens);
}

/// In no file of the data folder, the log in it, or the session: its home, what the program printed,
/// the keyring's own file.
fn no_trace_in_files(session: &Session, data: &Path, tokens: &[AccountToken]) {
    assert!(data.starts_with(session.folder()));
    let (label, _) = find_traces(LABELS[0], &[data], &[]).unwrap();
    assert!(!label.is_empty(), "the search finds what is there");
    for account in tokens {
        let (found, searched) = find_traces(&account.token, &[session.folder()], &[]).unwrap();
        assert_eq!(found, []);
        assert!(searched > 20, "{searched} places");
        // The value without the prefix that names its kind.
        let bare = sim::world::bare(&account.token);
        let (found, _) = find_traces(bare, &[session.folder()], &[]).unwrap();
        assert_eq!(found, []);
    }
}
