//! Exports are whole: longer than what the window gets at once, and each row once, whoever writes meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use desk::export::{Cell, ExportQuery, Sheet};
use desk::read::{EVERY_ROW, TokenOrder, TokensQuery};
use model::Fingerprint;
use store::{Expiry, ProfileKey, Store, TokenMeta};

use crate::{Bench, NOW};

/// More than two pages of the window.
const MANY: usize = 1_250;

/// So many of these come first, or come last.
const MOVING: usize = 60;

/// How often they change places.
const TURNS: u32 = 40;

fn token(number: usize, name: String) -> TokenMeta {
    TokenMeta {
        fingerprint: Fingerprint::from(format!("fingerprint {number}")),
        last4: format!("{number:04}"),
        name: Some(name),
        permission: Some("full".to_owned()),
        kind: None,
        ref_id: None,
        expires: Expiry::Never,
        created_at: None,
        created_by: None,
        last_authorization_at: None,
        never_used: true,
    }
}

/// A store with these tokens in one profile, as another process sees it, and the key of another profile.
async fn with_many(bench: &Bench) -> (Store, ProfileKey) {
    bench.sync().await;
    let fleet = bench.fleet().await;
    let [one, other] = [0, 1].map(|place| ProfileKey(fleet.rows[place].key));
    let elsewhere = Store::open(bench.folder.path()).unwrap();
    let tokens: Vec<TokenMeta> = (MOVING..MANY)
        .map(|number| token(number, format!("many m {number:04}")))
        .collect();
    elsewhere
        .write(|store| store.put_tokens(one, &tokens, NOW.parse().unwrap()))
        .unwrap();
    (elsewhere, other)
}

fn moved(store: &Store, profile: ProfileKey, to_the_end: bool) {
    let place = if to_the_end { "z" } else { "a" };
    let tokens: Vec<TokenMeta> = (0..MOVING)
        .map(|number| token(number, format!("many {place} {number:04}")))
        .collect();
    store
        .write(|store| store.put_tokens(profile, &tokens, NOW.parse().unwrap()))
        .unwrap();
}

fn many() -> TokensQuery {
    TokensQuery {
        filter: "many".to_owned(),
        sort: TokenOrder::Name,
        ..TokensQuery::default()
    }
}

fn texts(sheet: &Sheet, column: usize) -> Vec<&str> {
    let mut texts = Vec::new();
    for row in &sheet.rows {
        match &row[column] {
            Cell::Text(text) => texts.push(text.as_str()),
            other => panic!("{other:?}"),
        }
    }
    texts
}

#[tokio::test]
async fn a_list_longer_than_a_page_is_exported_whole_and_in_order() {
    let bench = Bench::connected(4).await;
    let (elsewhere, other) = with_many(&bench).await;
    moved(&elsewhere, other, true);
    let names = (MOVING..MANY).map(|number| format!("many m {number:04}"));
    let last = (0..MOVING).map(|number| format!("many z {number:04}"));
    let expected: Vec<String> = names.chain(last).collect();
    // Where the window stands in its list does not matter.
    let shown = TokensQuery {
        offset: 400,
        limit: 100,
        ..many()
    };
    let sheet = bench.desk.sheet(ExportQuery::Tokens(shown)).await.unwrap();
    assert_eq!(texts(&sheet, 0), expected);
    let whole = TokensQuery {
        limit: EVERY_ROW,
        ..many()
    };
    let page = bench.desk.tokens(whole).await.unwrap();
    assert_eq!((page.total as usize, page.rows.len()), (MANY, MANY));
}

#[tokio::test]
async fn an_export_has_each_row_once_while_another_process_moves_rows_about() {
    let bench = Bench::connected(4).await;
    let (elsewhere, other) = with_many(&bench).await;
    moved(&elsewhere, other, false);
    let mut expected: Vec<String> = (0..MANY).map(|number| format!("{number:04}")).collect();
    expected.sort_unstable();
    let turns = Arc::new(AtomicU32::new(0));
    let taken = Arc::clone(&turns);
    let writer = std::thread::spawn(move || {
        for turn in 1..=TURNS {
            moved(&elsewhere, other, turn % 2 == 1);
            taken.store(turn, Ordering::Relaxed);
        }
    });
    // One export after the other, so that most of what is written is written during one.
    while turns.load(Ordering::Relaxed) < TURNS && !writer.is_finished() {
        let sheet = bench.desk.sheet(ExportQuery::Tokens(many())).await.unwrap();
        let names = texts(&sheet, 0);
        assert!(names.is_sorted(), "{names:?}");
        let mut found = texts(&sheet, 1);
        found.sort_unstable();
        assert_eq!(found, expected);
    }
    writer.join().unwrap();
    assert_eq!(turns.load(Ordering::Relaxed), TURNS);
}
