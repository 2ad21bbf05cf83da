//! Profiles by a few letters, from names that stay in memory and still follow what is synced.

use desk::export::{Cell, ExportQuery, FleetExport};
use desk::read::{ActivityQuery, PaletteHit, PaletteQuery};

use crate::Bench;

async fn find(bench: &Bench, words: &str) -> Vec<PaletteHit> {
    let query = PaletteQuery {
        words: words.to_owned(),
        recent: Vec::new(),
    };
    bench.desk.palette(query).await.unwrap()
}

#[tokio::test]
async fn a_profile_is_found_by_name_and_by_id_and_a_new_name_is_known_after_the_sync() {
    let bench = Bench::connected(12).await;
    assert_eq!(find(&bench, "a").await, [], "nothing is synced yet");
    bench.sync().await;
    let rows = bench.fleet().await.rows;
    for row in &rows {
        let hits = find(&bench, &row.name).await;
        assert!(hits.iter().any(|hit| hit.key == row.key), "{}", row.name);
        assert_eq!(find(&bench, row.id.as_str()).await[0].key, row.key);
    }
    let renamed = &rows[0];
    let name = "Zollhafen <b>Nord</b>";
    assert!(bench.sim.rename_profile(renamed.id.as_str(), name));
    bench.sync_again().await;
    let hits = find(&bench, "zoll nord").await;
    assert_eq!(hits.len(), 1);
    assert_eq!((hits[0].key, hits[0].name.as_str()), (renamed.key, name));
}

#[tokio::test]
async fn every_change_and_every_profile_is_a_row_of_what_is_exported() {
    let bench = Bench::connected(12).await;
    bench.sync().await;
    let query = ExportQuery::Fleet(FleetExport::default());
    let fleet = bench.desk.sheet(query).await.unwrap();
    assert_eq!(fleet.row_count(), bench.fleet().await.total);
    assert_eq!(fleet.row_count(), 12);
    let query = ActivityQuery {
        limit: 1,
        ..ActivityQuery::default()
    };
    let total = bench.desk.activity(query.clone()).await.unwrap().total;
    let changes = bench
        .desk
        .sheet(ExportQuery::Activity(query))
        .await
        .unwrap();
    assert_eq!(changes.title, "Activity");
    assert_eq!(changes.row_count(), total);
    for row in &changes.rows {
        assert_eq!(row.len(), changes.columns.len());
        assert!(matches!(row[0], Cell::Moment(_)), "{row:?}");
    }
}
