//! Exports are whole: longer than what the window gets at once, and each row once, whoever writes meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use desk::export::{Cell, ExportQuery, FleetColumn, FleetExport, ProfileExport, Sheet, Unit};
use desk::read::{
    EVERY_ROW, FleetOrder, FleetQuery, FleetSelection, FleetSort, GroupKind, SyncRunsQuery,
    TokenOrder, TokensQuery,
};
use model::{Fingerprint, Freshness, Service};
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

/// The fleet by name, with the last 30 days of what was received.
fn fleet(columns: Vec<FleetColumn>) -> ExportQuery {
    let query = FleetQuery {
        sort: vec![FleetOrder {
            by: FleetSort::Name,
            descending: false,
        }],
        trend: Some(Service::Input),
        limit: EVERY_ROW,
        ..FleetQuery::default()
    };
    ExportQuery::Fleet(FleetExport { query, columns })
}

fn heads(sheet: &Sheet) -> Vec<(&str, Unit)> {
    let columns = sheet.columns.iter();
    columns
        .map(|column| (column.name.as_str(), column.unit))
        .collect()
}

#[tokio::test]
async fn the_fleet_is_exported_with_the_columns_that_are_chosen_in_their_order_and_typed() {
    let bench = Bench::connected(12).await;
    bench.sync().await;
    let rows = bench.fleet().await.rows;
    let group = bench.desk.put_group(None, "North", GroupKind::Group).await;
    let selection = FleetSelection {
        keys: vec![rows[0].key],
        all_of: None,
    };
    bench
        .desk
        .assign_group(group.unwrap().key, selection, true)
        .await
        .unwrap();
    bench
        .desk
        .put_note(rows[0].key, "Call first.")
        .await
        .unwrap();
    let chosen = vec![
        FleetColumn::Name,
        FleetColumn::AsOf,
        FleetColumn::Noted,
        FleetColumn::Service(Service::Output),
        FleetColumn::Worst,
        FleetColumn::Trend,
        FleetColumn::Growth,
        FleetColumn::Groups,
    ];
    let sheet = bench.desk.sheet(fleet(chosen)).await.unwrap();
    assert_eq!(
        heads(&sheet),
        [
            ("Profile", Unit::Text),
            ("ID", Unit::Text),
            ("Account", Unit::Text),
            ("As of (UTC)", Unit::Moment),
            ("State", Unit::Text),
            ("Note", Unit::Text),
            ("Data output used (registers read)", Unit::Number),
            ("Data output limit (registers read)", Unit::Number),
            ("Data output share", Unit::Share),
            ("Worst", Unit::Text),
            ("Worst share", Unit::Share),
            ("Data input used in 30 days (variables)", Unit::Number),
            ("Days known of these 30", Unit::Number),
            ("Growth of the share a day", Unit::Share),
            ("Groups", Unit::Text),
        ]
    );
    let output = Service::ALL
        .iter()
        .position(|one| *one == Service::Output)
        .unwrap();
    assert_eq!(sheet.rows.len(), rows.len());
    for (cells, row) in sheet.rows.iter().zip(&rows) {
        let usage = &row.usage[output];
        let text = |text: &str| Cell::Text(text.to_owned());
        assert_eq!(
            cells[..3],
            [text(&row.name), text(row.id.as_str()), text(&row.account)]
        );
        let Freshness::Fresh { fetched_at } = row.freshness else {
            panic!("{:?}", row.freshness);
        };
        assert_eq!(cells[3..5], [Cell::Moment(fetched_at), text("fresh")]);
        assert_eq!(
            cells[6..9],
            [usage.used, usage.limit, usage.share].map(Cell::number)
        );
        assert_eq!(cells[9], Cell::text(row.worst.map(Service::label)));
        assert_eq!(cells[13], Cell::number(row.growth));
        assert_eq!(cells.len(), sheet.columns.len());
    }
    let (noted, other) = (&sheet.rows[0], &sheet.rows[1]);
    assert_eq!(noted[5], Cell::Text("Call first.".to_owned()));
    assert_eq!(noted[14], Cell::Text("North".to_owned()));
    assert_eq!((&other[5], &other[14]), (&Cell::Empty, &Cell::Empty));
    // A month of a counter comes to something.
    let added = |cells: &Vec<Cell>| matches!((&cells[11], &cells[12]), (Cell::Number(used), Cell::Number(days)) if *used > 0.0 && *days > 0.0 && *days <= 30.0);
    assert!(sheet.rows.iter().any(added), "{:?}", sheet.rows);
}

#[tokio::test]
async fn a_stale_row_of_the_fleet_leaves_with_its_age_and_says_that_it_is_stale() {
    let bench = Bench::connected(4).await;
    bench.sync().await;
    bench
        .sim
        .clock()
        .advance(std::time::Duration::from_hours(30));
    let rows = bench.fleet().await.rows;
    // Nobody chose any columns.
    let sheet = bench.desk.sheet(fleet(Vec::new())).await.unwrap();
    let last = sheet.columns.len() - 2;
    assert_eq!(
        heads(&sheet)[last..],
        [("As of (UTC)", Unit::Moment), ("State", Unit::Text)]
    );
    assert_eq!(sheet.columns.len(), 3 + 4 + 9 * 3 + 2);
    for (cells, row) in sheet.rows.iter().zip(&rows) {
        let Freshness::Stale { fetched_at } = row.freshness else {
            panic!("{:?}", row.freshness);
        };
        let state = Cell::Text("stale".to_owned());
        assert_eq!(cells[last..], [Cell::Moment(fetched_at), state]);
    }
    let text = sheet.to_tsv().unwrap();
    let stale = text.lines().filter(|line| line.ends_with("\tstale"));
    assert_eq!(stale.count(), rows.len(), "{text}");
}

fn cell<'s>(sheet: &'s Sheet, row: usize, column: &str) -> &'s Cell {
    let place = sheet.columns.iter().position(|one| one.name == column);
    &sheet.rows[row][place.unwrap()]
}

/// Every cell is of the kind that its column says, or empty.
fn is_typed(sheet: &Sheet) {
    for row in &sheet.rows {
        assert_eq!(row.len(), sheet.columns.len(), "{}", sheet.title);
        for (cell, column) in row.iter().zip(&sheet.columns) {
            let fits = match cell {
                Cell::Empty => true,
                Cell::Text(_) | Cell::Bool(_) => column.unit == Unit::Text,
                Cell::Number(_) => matches!(column.unit, Unit::Number | Unit::Share),
                Cell::Money(_) => column.unit == Unit::Money,
                Cell::Moment(_) => column.unit == Unit::Moment,
                Cell::Day(_) => column.unit == Unit::Day,
            };
            assert!(fits, "{}: {column:?} {cell:?}", sheet.title);
        }
    }
}

#[tokio::test]
async fn accounts_ends_of_tokens_syncs_and_backups_are_exported_as_their_screens_show_them() {
    let bench = Bench::connected(12).await;
    bench.sync().await;
    for row in bench.fleet().await.rows {
        if bench.desk.backups(row.key).await.unwrap().owned {
            let fetch = bench.desk.fetch_backups(row.key);
            bench.sim.run_through(fetch).await.unwrap();
        }
    }
    bench.sim.revoke(&bench.sim.tokens()[1].token);
    bench.sync_again().await;
    let text = |text: &str| Cell::Text(text.to_owned());

    let accounts = bench.desk.sheet(ExportQuery::Accounts).await.unwrap();
    is_typed(&accounts);
    let known = bench.desk.accounts().await.unwrap();
    assert_eq!(accounts.rows.len(), known.len());
    for (place, account) in known.iter().enumerate() {
        let profiles = Cell::Number(f64::from(account.profiles));
        assert_eq!(cell(&accounts, place, "Account"), &text(&account.label));
        assert_eq!(cell(&accounts, place, "Profiles"), &profiles);
        let last = Cell::moment(account.last_sync_at);
        assert_eq!(cell(&accounts, place, "Last sync (UTC)"), &last);
    }
    assert_eq!(cell(&accounts, 1, "Signed in"), &text("sign in again"));

    let ends = bench.desk.sheet(ExportQuery::TokenEnds).await.unwrap();
    is_typed(&ends);
    assert_eq!(ends.rows.len(), known.len());
    assert_eq!(cell(&ends, 0, "Account"), &text("Nordwind"));
    assert_eq!(cell(&ends, 0, "Token"), &text("ended"));
    assert_eq!(cell(&ends, 0, "Soon"), &Cell::Bool(true));

    // The page of the window is passed over.
    let page = SyncRunsQuery {
        offset: 1,
        limit: 1,
    };
    let syncs = bench.desk.sheet(ExportQuery::Syncs(page)).await.unwrap();
    is_typed(&syncs);
    assert_eq!(syncs.rows.len(), 2);
    assert_eq!(cell(&syncs, 0, "How it ended"), &text("partly"));
    assert_eq!(cell(&syncs, 1, "How it ended"), &text("ok"));
    assert_eq!(cell(&syncs, 1, "Accounts"), &text("Acme, Nordwind"));

    let mut backups = 0;
    for row in bench.fleet().await.rows {
        let wanted = ProfileExport { profile: row.key };
        let sheet = bench
            .desk
            .sheet(ExportQuery::Backups(wanted))
            .await
            .unwrap();
        is_typed(&sheet);
        let shown = bench.desk.backups(row.key).await.unwrap().rows;
        assert_eq!(sheet.rows.len(), shown.len());
        for (place, backup) in shown.iter().enumerate() {
            backups += 1;
            assert_eq!(cell(&sheet, place, "Profile"), &text(&row.name));
            assert_eq!(cell(&sheet, place, "Backup ID"), &text(&backup.id));
            let made = Cell::moment(backup.created_at);
            assert_eq!(cell(&sheet, place, "Made (UTC)"), &made);
            assert_ne!(cell(&sheet, place, "As of (UTC)"), &Cell::Empty);
        }
    }
    assert!(backups > 0);
}
