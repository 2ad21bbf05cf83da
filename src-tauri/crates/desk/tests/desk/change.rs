//! Changing things at TagoIO: what is refused before, what is sent, what is written down of it.

mod bulk;
mod buying;
mod guard;
mod invitation;
mod lost;
mod pictures;
mod profiles;
mod proof;
mod subscription;
mod team;
mod token_move;
mod tokens;

use std::collections::BTreeMap;

use desk::ProblemCode;
use desk::change::{
    ActionPage, ActionQuery, Allocate, Change, ChangeOutcome, ChangePreview, ChangeRequest,
    Confirmation, Rename,
};
use desk::export::{Cell, ExportQuery};
use desk::read::{ActivityQuery, FleetRow, FleetSelection, GroupKind};
use model::{ActionResult, Service};

use crate::Bench;

impl Bench {
    /// The profiles that the first account owns, by name.
    async fn owned(&self) -> Vec<FleetRow> {
        let account = self.sim.tokens()[0].account.clone();
        let world = self.sim.world();
        let own: Vec<String> = world
            .owned_by(&account)
            .map(|profile| profile.id.clone())
            .collect();
        let mut rows = self.fleet().await.rows;
        rows.retain(|row| own.contains(&row.id.to_string()));
        rows
    }

    async fn preview(&self, changes: Vec<Change>) -> ChangePreview {
        self.desk
            .preview(ChangeRequest::Changes { changes })
            .await
            .unwrap()
    }

    async fn carry_out(&self, changes: Vec<Change>) -> ChangeOutcome {
        self.ask_for(ChangeRequest::Changes { changes }).await
    }

    async fn ask_for(&self, request: ChangeRequest) -> ChangeOutcome {
        let work = self.desk.carry_out(request, Confirmation::default(), None);
        self.sim.run_through(work).await.unwrap()
    }

    /// The whole action log, newest first.
    async fn log(&self) -> ActionPage {
        let query = ActionQuery {
            limit: 10_000,
            ..ActionQuery::default()
        };
        self.desk.action_log(query).await.unwrap()
    }

    /// What a profile is called at TagoIO.
    fn name_upstream(&self, row: &FleetRow) -> String {
        let world = self.sim.world();
        world.profile(row.id.as_str()).unwrap().name.clone()
    }

    fn limit_upstream(&self, row: &FleetRow, service: sim::world::Service) -> f64 {
        let world = self.sim.world();
        world.profile(row.id.as_str()).unwrap().limits[service as usize]
    }

    /// Requests of a method on a route since they were last forgotten.
    fn sent(&self, method: &str, route: &str) -> usize {
        let requests = self.sim.requests();
        requests
            .iter()
            .filter(|request| request.method == method && request.route == route)
            .count()
    }
}

fn rename(row: &FleetRow, name: &str) -> Change {
    Change::Rename(Rename {
        profile: row.key,
        name: name.to_owned(),
    })
}

fn allocate(row: &FleetRow, service: Service, limit: f64) -> Change {
    Change::Allocate(Allocate {
        profile: row.key,
        services: BTreeMap::from([(service, limit)]),
    })
}

#[tokio::test]
async fn a_rename_is_sent_once_and_written_where_a_sync_would_write_it() {
    let bench = Bench::connected(10).await;
    bench.sync().await;
    let row = bench.owned().await.remove(0);
    let preview = bench.preview(vec![rename(&row, "  Renamed ")]).await;
    assert_eq!(
        (preview.ready, preview.refused, preview.undoable),
        (1, 0, 1)
    );
    assert_eq!(preview.rows[0].before["name"], row.name.as_str());
    assert_eq!(preview.rows[0].after["name"], "Renamed");
    assert_eq!(
        bench.name_upstream(&row),
        row.name,
        "a dry run sends nothing"
    );

    bench.sim.clear_requests();
    let outcome = bench.carry_out(vec![rename(&row, "  Renamed ")]).await;
    assert_eq!(outcome.rows[0].result, ActionResult::Done, "{outcome:?}");
    assert_eq!(
        bench.sim.requests().len(),
        1,
        "nothing but the change is sent"
    );
    assert_eq!(bench.name_upstream(&row), "Renamed");
    let now = bench.owned().await;
    assert!(
        now.iter()
            .any(|one| one.key == row.key && one.name == "Renamed")
    );
    let seen = bench
        .desk
        .activity(ActivityQuery {
            profile: Some(row.key),
            limit: 1,
            ..ActivityQuery::default()
        })
        .await
        .unwrap();
    assert_eq!(
        (&seen.rows[0].old, &seen.rows[0].new),
        (&row.name.clone().into(), &"Renamed".into())
    );
    let log = bench.log().await;
    assert_eq!(log.total, 1);
    assert_eq!(log.rows[0].result, ActionResult::Done);
    assert_eq!(log.rows[0].before["name"], row.name.as_str());
    assert_eq!(log.rows[0].after["name"], "Renamed");
    assert_eq!(log.rows[0].batch, Some(outcome.batch));
}

#[tokio::test]
async fn many_allocations_go_out_as_one_request_and_one_as_its_own() {
    let bench = Bench::connected(20).await;
    bench.sync().await;
    let rows = bench.owned().await;
    let less = |row: &FleetRow| {
        let held = bench.limit_upstream(row, sim::world::Service::Input);
        allocate(row, Service::Input, (held / 2.0).floor())
    };
    bench.sim.clear_requests();
    let outcome = bench.carry_out(vec![less(&rows[0]), less(&rows[1])]).await;
    assert_eq!(outcome.counts.done, 2, "{outcome:?}");
    assert_eq!(bench.sent("POST", "/account/allocation"), 1);
    assert_eq!(bench.sim.requests().len(), 1);
    let outcome = bench.carry_out(vec![less(&rows[0])]).await;
    assert_eq!(outcome.counts.done, 1, "{outcome:?}");
    assert_eq!(bench.sent("POST", "/profile/{id}/services"), 1);
    let limit = bench.limit_upstream(&rows[0], sim::world::Service::Input);
    let now = bench.owned().await;
    let row = now.iter().find(|row| row.key == rows[0].key).unwrap();
    assert_eq!(
        row.usage[0].limit,
        Some(limit),
        "the fleet shows the new limit"
    );

    let undo = ChangeRequest::Undo {
        batch: outcome.batch,
    };
    let undone = bench.ask_for(undo).await;
    assert_eq!(undone.counts.done, 1, "{undone:?}");
    assert!(bench.limit_upstream(&rows[0], sim::world::Service::Input) >= limit);
}

#[tokio::test]
async fn an_allocation_over_the_accounts_limit_is_refused_before_it_is_sent_with_the_figures() {
    let bench = Bench::connected(20).await;
    bench.sync().await;
    let rows = bench.owned().await;
    bench.sim.clear_requests();
    let changes = vec![
        allocate(&rows[0], Service::Input, 1e12),
        rename(&rows[1], "Still done"),
    ];
    let preview = bench.preview(changes.clone()).await;
    assert_eq!((preview.ready, preview.refused), (1, 1));
    let figures = &preview.allocation[0];
    let (total, free) = (figures.total.unwrap(), figures.free.unwrap());
    assert!(figures.allocated_after > total);
    let short = total - figures.allocated_after;
    assert!((figures.free_after.unwrap() - short).abs() < 1e-3);
    let message = &preview.rows[0].refusal.as_ref().unwrap().message;
    for number in [total, figures.allocated, free] {
        assert!(message.contains(&number.to_string()), "{message}");
    }
    let outcome = bench.carry_out(changes).await;
    assert_eq!(outcome.rows[0].code.as_deref(), Some("over_limit"));
    assert_eq!(outcome.rows[1].result, ActionResult::Done);
    assert_eq!(bench.sim.requests().len(), 1);
}

#[tokio::test]
async fn an_undo_leaves_alone_what_somebody_changed_since() {
    let bench = Bench::connected(10).await;
    bench.sync().await;
    let rows = bench.owned().await;
    let changes = vec![rename(&rows[0], "First"), rename(&rows[1], "Second")];
    let outcome = bench.carry_out(changes).await;
    // Not yet seen here.
    assert!(bench.sim.rename_profile(rows[0].id.as_str(), "By somebody"));
    let request = ChangeRequest::Undo {
        batch: outcome.batch,
    };
    let preview = bench.desk.preview(request.clone()).await.unwrap();
    assert_eq!(preview.ready, 2);
    let undone = bench.ask_for(request.clone()).await;
    assert_eq!(
        (undone.counts.done, undone.counts.refused),
        (1, 1),
        "{undone:?}"
    );
    assert_eq!(bench.name_upstream(&rows[0]), "By somebody");
    assert_eq!(bench.name_upstream(&rows[1]), rows[1].name);
    // Seen, it is refused in the dry run too.
    bench.sync_again().await;
    let preview = bench.desk.preview(request).await.unwrap();
    let refused = preview.rows.iter().filter_map(|row| row.refusal.as_ref());
    assert!(
        refused
            .clone()
            .any(|why| why.message.contains("By somebody")),
        "{preview:?}"
    );
}

#[tokio::test]
async fn the_action_log_is_exported_whole_wherever_the_window_stands_in_it() {
    let bench = Bench::connected(10).await;
    bench.sync().await;
    let row = bench.owned().await.remove(0);
    for name in ["One", "=2+3", "Three"] {
        bench.carry_out(vec![rename(&row, name)]).await;
    }
    let shown = ActionQuery {
        offset: 2,
        limit: 1,
        ..ActionQuery::default()
    };
    let sheet = bench.desk.sheet(ExportQuery::Actions(shown)).await.unwrap();
    assert_eq!((sheet.title.as_str(), sheet.rows.len()), ("Actions", 3));
    let text = |text: &str| Cell::Text(text.to_owned());
    let told: Vec<_> = sheet.rows.iter().map(|row| &row[5..9]).collect();
    assert_eq!(
        told[1],
        [text("rename"), text("One"), text("=2+3"), text("done")]
    );
    assert_eq!(told[2][1], text(&row.name));
    let csv = String::from_utf8(sheet.to_csv()).unwrap();
    assert!(!csv.contains(",=2+3"), "{csv}");

    let found = ActionQuery {
        search: "three".to_owned(),
        ..ActionQuery::default()
    };
    let sheet = bench.desk.sheet(ExportQuery::Actions(found)).await.unwrap();
    assert_eq!(sheet.rows.len(), 1);
}

#[tokio::test]
async fn the_action_log_takes_the_filter_of_the_other_screens() {
    let bench = Bench::connected(10).await;
    bench.sync().await;
    let mut rows = bench.owned().await;
    let (north, south) = (rows.remove(0), rows.remove(0));
    let group = bench
        .desk
        .put_group(None, "North", GroupKind::Group)
        .await
        .unwrap();
    let selection = FleetSelection {
        keys: vec![north.key],
        all_of: None,
    };
    bench
        .desk
        .assign_group(group.key, selection, true)
        .await
        .unwrap();
    bench.desk.put_note(south.key, "Call first.").await.unwrap();
    bench.carry_out(vec![rename(&north, "Pier")]).await;
    bench.carry_out(vec![rename(&south, "Quay")]).await;
    let names = async |search: &str| -> Vec<String> {
        let query = ActionQuery {
            search: search.to_owned(),
            kinds: vec!["rename".to_owned()],
            limit: 100,
            ..ActionQuery::default()
        };
        let page = bench.desk.action_log(query).await.unwrap();
        assert_eq!(page.total as usize, page.rows.len(), "{search}");
        let after = page.rows.into_iter().map(|row| row.after["name"].clone());
        after
            .map(|name| name.as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names("").await, ["Quay", "Pier"]);
    assert_eq!(names("group:north").await, ["Pier"]);
    assert_eq!(names("-group:north").await, ["Quay"]);
    assert_eq!(names("note:call").await, ["Quay"]);
    assert_eq!(names("note:yes pier").await, [""; 0]);
    assert_eq!(names("-pier").await, ["Quay"]);
    assert_eq!(names(&format!("id:{}", north.id)).await, ["Pier"]);
    assert_eq!(
        names(&format!("account:\"{}\"", north.account)).await.len(),
        2
    );
    let query = ActionQuery {
        search: "colour:red".to_owned(),
        ..ActionQuery::default()
    };
    let problem = bench.desk.action_log(query).await.unwrap_err();
    assert_eq!(problem.code, ProblemCode::InvalidInput);
}
