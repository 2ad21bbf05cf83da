//! The past is kept: versions, tokens, teams, audit events, statuses.

use model::{Amounts, Dataset, FetchOutcome, Service};
use serde_json::{Value, json};
use store::{
    Aspect, AuditEvent, Expiry, Member, ProfileInfo, StoreError, Subject, Summary, SyncProblem,
    TokenMeta, TokenPlace,
};

use crate::world::{API, World, account_id, listed, minute, new_account};

fn token(name: &str, used: i64) -> TokenMeta {
    TokenMeta {
        fingerprint: format!("{name:0>64}").into(),
        last4: "ab12".to_owned(),
        name: Some(name.to_owned()),
        permission: Some("full".to_owned()),
        kind: None,
        ref_id: None,
        expires: Expiry::Never,
        created_at: Some(minute(-100)),
        created_by: None,
        last_authorization_at: Some(minute(used)),
        never_used: false,
    }
}

fn member(n: u32, active: bool) -> Member {
    Member {
        id: Some(account_id(n)),
        name: Some(format!("Person {n}")),
        email: Some(format!("{n}@example.com")),
        active: Some(active),
        created_at: Some(minute(-5)),
    }
}

#[test]
fn a_version_begins_only_when_something_changed_and_every_date_has_its_own() {
    let world = World::new();
    let subject = Subject::Profile(world.profile());
    let put = |value: Value, at| {
        world
            .write(|tx| tx.put_version(subject, Aspect::Subscription, &value, minute(at)))
            .unwrap()
    };
    let at = |at| {
        world
            .read(|rows| rows.version_at::<Value>(subject, Aspect::Subscription, minute(at)))
            .unwrap()
            .map(|version| version.value)
    };
    assert!(put(json!({"limit": 1, "plan": "x"}), 10));
    assert!(!put(
        serde_json::from_str(r#"{"plan": "x", "limit": 1}"#).unwrap(),
        20
    ));
    assert!(put(json!({"limit": 2}), 30));
    assert!(
        world
            .write(|tx| tx.end_version(subject, Aspect::Subscription, minute(40)))
            .unwrap()
    );
    assert!(put(json!({"limit": 2}), 50));

    assert_eq!(at(9), None);
    assert_eq!(at(10), Some(json!({"limit": 1, "plan": "x"})));
    assert_eq!(at(29), Some(json!({"limit": 1, "plan": "x"})));
    assert_eq!(at(30), Some(json!({"limit": 2})));
    assert_eq!(at(40), None);
    assert_eq!(at(1000), Some(json!({"limit": 2})));
    let all = world
        .read(|rows| rows.versions::<Value>(subject, Aspect::Subscription))
        .unwrap();
    let spans: Vec<_> = all
        .iter()
        .map(|version| (version.seen_from, version.last_seen, version.seen_until))
        .collect();
    assert_eq!(
        spans,
        [
            (minute(10), minute(20), Some(minute(30))),
            (minute(30), minute(30), Some(minute(40))),
            (minute(50), minute(50), None),
        ]
    );
}

#[test]
fn a_clock_that_was_set_back_makes_no_version_that_ends_before_it_begins() {
    let world = World::new();
    let subject = Subject::Profile(world.profile());
    for (value, at) in [("a", 10), ("b", 5)] {
        world
            .write(|tx| tx.put_version(subject, Aspect::Plan, &value, minute(at)))
            .unwrap();
    }
    let now = world
        .read(|rows| rows.version::<String>(subject, Aspect::Plan))
        .unwrap()
        .unwrap();
    assert_eq!((now.value.as_str(), now.seen_from), ("b", minute(10)));
}

#[test]
fn info_becomes_versions_and_what_is_unknown_erases_nothing() {
    let world = World::new();
    let profile = world.profile();
    let info = ProfileInfo {
        name: Some("Ünï".to_owned()),
        plan: Some("scale".to_owned()),
        region: Some("eu-w1".to_owned()),
        allocation: Some([(Service::Input, 5.0)].into_iter().collect()),
        addons: Some(vec!["custom_dns".to_owned()]),
        ..ProfileInfo::default()
    };
    world
        .write(|tx| tx.put_info(profile, &info, minute(10)))
        .unwrap();
    world
        .write(|tx| tx.put_info(profile, &ProfileInfo::default(), minute(20)))
        .unwrap();
    let row = world.read(|rows| rows.profile(profile)).unwrap().unwrap();
    assert_eq!(row.name, "Ünï");
    assert_eq!(row.plan.as_deref(), Some("scale"));
    assert_eq!(row.region.as_deref(), Some("eu-w1"));
    let subject = Subject::Profile(profile);
    world
        .read(|rows| {
            let names = rows.versions::<String>(subject, Aspect::Name)?;
            let names: Vec<_> = names.into_iter().map(|version| version.value).collect();
            assert_eq!(names, ["First", "Ünï"]);
            let allocation = rows.version::<Amounts>(subject, Aspect::Allocation)?;
            assert_eq!(allocation.unwrap().value[Service::Input], Some(5.0));
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_limit_is_known_for_each_date_and_one_that_an_answer_leaves_out_still_stands() {
    let world = World::new();
    let profile = world.profile();
    let put = |limits: &[(&str, f64)], at| {
        let summary = Summary {
            limit: limits.iter().copied().collect(),
            ..Summary::default()
        };
        world
            .write(|tx| tx.put_summary(profile, &summary, minute(at)))
            .unwrap();
    };
    put(&[("input", 100.0), ("sms", 5.0)], 10);
    put(&[("input", 200.0)], 20);
    put(&[("input", 200.0), ("sms", 5.0)], 30);
    let versions = world
        .read(|rows| rows.versions::<Amounts>(Subject::Profile(profile), Aspect::Limits))
        .unwrap();
    let limits: Vec<_> = versions
        .iter()
        .map(|version| (version.value[Service::Input], version.value[Service::Sms]))
        .collect();
    assert_eq!(limits, [(Some(100.0), Some(5.0)), (Some(200.0), Some(5.0))]);
    let (summary, fetched_at) = world.read(|rows| rows.summary(profile)).unwrap().unwrap();
    assert_eq!(summary.limit[Service::Input], Some(200.0));
    assert_eq!(fetched_at, minute(30));
}

#[test]
fn tokens_are_known_for_each_date_and_being_used_makes_no_version() {
    let world = World::new();
    let profile = world.profile();
    let put = |tokens: &[TokenMeta], at| {
        world
            .write(|tx| tx.put_tokens(profile, tokens, minute(at)))
            .unwrap();
    };
    let names_at = |at| {
        let tokens = world
            .read(|rows| rows.tokens_at(profile, minute(at)))
            .unwrap();
        tokens
            .into_iter()
            .map(|version| {
                (
                    version.token.name.unwrap(),
                    version.token.permission.unwrap(),
                )
            })
            .collect::<Vec<_>>()
    };
    let full = |name: &str| (name.to_owned(), "full".to_owned());
    put(&[token("a", 1), token("b", 1)], 10);
    put(&[token("a", 11), token("b", 1)], 20);
    let mut read_only = token("a", 21);
    read_only.permission = Some("read".to_owned());
    put(std::slice::from_ref(&read_only), 30);
    // What is unknown now does not make it another token.
    let mut bare = token("a", 31);
    (bare.name, bare.permission, bare.expires) = (None, None, Expiry::Unknown);
    bare.last_authorization_at = None;
    put(&[bare], 40);
    put(&[read_only, token("b", 1)], 50);

    assert!(names_at(9).is_empty());
    assert_eq!(names_at(10), [full("a"), full("b")]);
    assert_eq!(names_at(29), [full("a"), full("b")]);
    let reads = ("a".to_owned(), "read".to_owned());
    assert_eq!(names_at(30), std::slice::from_ref(&reads));
    assert_eq!(names_at(60), [reads, full("b")]);
    let now = world.read(|rows| rows.tokens(profile)).unwrap();
    assert_eq!(now[0].seen_from, minute(30));
    assert_eq!(now[0].token.expires, Expiry::Never);
    assert_eq!(now[0].token.last_authorization_at, Some(minute(21)));
    assert_eq!(now[1].seen_from, minute(50));
}

#[test]
fn a_token_is_found_by_its_fingerprint_where_it_is_and_where_it_was() {
    let world = World::new();
    let account = world.account(1, "One");
    let keys = world
        .list(account, &[listed(1, "Old"), listed(2, "New")], 0)
        .keys;
    world
        .write(|tx| {
            tx.put_tokens(keys[0], &[token("moved", 1)], minute(1))?;
            tx.put_tokens(keys[0], &[], minute(2))?;
            tx.put_tokens(keys[1], &[token("moved", 1)], minute(2))
        })
        .unwrap();
    let found = world
        .read(|rows| rows.find_token(&token("moved", 1).fingerprint))
        .unwrap();
    let found: Vec<_> = found
        .iter()
        .map(|found| (found.profile, found.version.seen_until))
        .collect();
    assert_eq!(found, [(keys[1], None), (keys[0], Some(minute(2)))]);
    let stranger = token("stranger", 1).fingerprint;
    assert!(
        world
            .read(|rows| rows.find_token(&stranger))
            .unwrap()
            .is_empty()
    );
}

#[test]
fn a_team_is_known_for_each_date_and_a_name_outlives_its_removal_upstream() {
    let world = World::new();
    let profile = world.profile();
    let put = |team: &[Member], at| {
        world
            .write(|tx| tx.put_team(profile, team, minute(at)))
            .unwrap();
    };
    let at = |at| {
        let team = world
            .read(|rows| rows.team_at(profile, minute(at)))
            .unwrap();
        team.into_iter()
            .map(|version| (version.member.id.unwrap(), version.member.active))
            .collect::<Vec<_>>()
    };
    put(&[member(7, false), member(8, true)], 10);
    put(&[member(7, true), member(8, true)], 20);
    let mut forgotten = member(8, true);
    (forgotten.name, forgotten.email) = (Some("Unknown user".to_owned()), None);
    put(&[forgotten], 30);
    assert!(at(9).is_empty());
    assert_eq!(
        at(10),
        [(account_id(7), Some(false)), (account_id(8), Some(true))]
    );
    assert_eq!(
        at(20),
        [(account_id(7), Some(true)), (account_id(8), Some(true))]
    );
    assert_eq!(at(30), [(account_id(8), Some(true))]);
    let person = world
        .read(|rows| rows.person(API, &account_id(8)))
        .unwrap()
        .unwrap();
    assert_eq!(person.name.as_deref(), Some("Person 8"));
    assert_eq!(person.email.as_deref(), Some("8@example.com"));
    assert_eq!(
        (person.first_seen_at, person.last_seen_at),
        (minute(10), minute(30))
    );
}

#[test]
fn audit_events_are_kept_once() {
    let world = World::new();
    let profile = world.profile();
    let event = |at, message: &str| AuditEvent {
        at: minute(at),
        resource: Some("device".to_owned()),
        resource_id: None,
        who: None,
        message: Some(message.to_owned()),
    };
    let put = |events: &[AuditEvent]| world.write(|tx| tx.put_audit(profile, events)).unwrap();
    assert_eq!(put(&[event(1, "made"), event(2, "changed")]), 2);
    assert_eq!(put(&[event(2, "changed"), event(3, "gone")]), 1);
    let events = world
        .read(|rows| rows.audit(profile, minute(2), minute(4)))
        .unwrap();
    assert_eq!(events, [event(3, "gone"), event(2, "changed")]);
}

#[test]
fn a_failed_attempt_keeps_the_time_of_the_last_success() {
    let world = World::new();
    let profile = world.profile();
    let subject = Subject::Profile(profile);
    let put = |dataset, outcome: &FetchOutcome, at| {
        world
            .write(|tx| tx.put_status(subject, dataset, outcome, minute(at)))
            .unwrap();
    };
    let failed = FetchOutcome::Failed {
        code: "offline".to_owned(),
        message: "No route".to_owned(),
    };
    let denied = FetchOutcome::NotPermitted {
        message: "Authorization Denied".to_owned(),
    };
    put(Dataset::Summary, &FetchOutcome::Ok, 1);
    put(Dataset::Summary, &failed, 2);
    put(Dataset::Team, &denied, 3);
    put(Dataset::Tokens, &FetchOutcome::NotThere, 3);
    world
        .read(|rows| {
            assert_eq!(rows.status(subject, Dataset::Info)?, None);
            let summary = rows.status(subject, Dataset::Summary)?.unwrap();
            assert_eq!(summary.attempted_at, minute(2));
            assert_eq!(summary.succeeded_at, Some(minute(1)));
            assert_eq!(summary.outcome, failed);
            let all = rows.statuses_of_profile(profile)?;
            let all: Vec<_> = all
                .into_iter()
                .map(|(dataset, status)| (dataset, status.outcome))
                .collect();
            assert_eq!(
                all,
                [
                    (Dataset::Summary, failed.clone()),
                    (Dataset::Team, denied),
                    (Dataset::Tokens, FetchOutcome::NotThere),
                ]
            );
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_label_is_unique_whatever_its_case_and_an_account_that_is_there_keeps_everything_else() {
    let world = World::new();
    let key = world.account(1, "Straße");
    let taken = world
        .write(|tx| tx.put_account(&new_account(2, "STRASSE "), minute(1)))
        .unwrap_err();
    assert!(matches!(taken, StoreError::LabelTaken { .. }), "{taken}");
    let problem = SyncProblem {
        code: "signed_out".to_owned(),
        message: "Sign in again".to_owned(),
    };
    world
        .write(|tx| {
            tx.put_signed_out(key, "Invalid token", minute(1))?;
            tx.put_signed_out(key, "Invalid token", minute(2))?;
            tx.put_synced(key, Some(&problem), minute(2))
        })
        .unwrap();
    let account = world
        .read(|rows| rows.account_by_label("strasse"))
        .unwrap()
        .unwrap();
    assert_eq!(account.signed_out.unwrap().since, minute(1));
    assert_eq!(account.problem, Some(problem));

    let mut again = new_account(1, "Another label");
    again.token.last4 = "zz99".to_owned();
    again.token_place = TokenPlace::Environment;
    let put = world.write(|tx| tx.put_account(&again, minute(3))).unwrap();
    assert!(put.was_there);
    assert_eq!(put.key, key);
    let account = world.read(|rows| rows.account(key)).unwrap().unwrap();
    assert_eq!(account.label, "Straße");
    assert_eq!(account.api, API);
    assert_eq!(account.token.unwrap().last4, "zz99");
    assert_eq!(account.token_place, TokenPlace::Environment);
    assert_eq!((account.signed_out, account.problem), (None, None));
    assert_eq!(account.last_sync_at, Some(minute(2)));
    assert_eq!(account.created_at, minute(0));
    world
        .write(|tx| tx.rename_account(key, "Another label"))
        .unwrap();
    world
        .write(|tx| tx.put_account(&new_account(2, "Straße"), minute(4)))
        .unwrap();
}

#[test]
fn what_belongs_to_nothing_is_refused_with_words() {
    let world = World::new();
    let nobody = store::ProfileKey(99);
    let error = world
        .write(|tx| tx.put_tokens(nobody, &[token("a", 1)], minute(1)))
        .unwrap_err();
    assert!(matches!(error, StoreError::NotFound { .. }), "{error}");
}

#[test]
fn sync_runs_come_in_pages_the_newest_first_and_one_without_an_end_is_among_them() {
    let world = World::new();
    let report = json!({"requests": 12, "accounts": []});
    world
        .write(|tx| {
            let first = tx.begin_sync_run(minute(1))?;
            tx.end_sync_run(first, &report, minute(2))?;
            tx.begin_sync_run(minute(3))?;
            let third = tx.begin_sync_run(minute(4))?;
            tx.end_sync_run(third, &report, minute(5))
        })
        .unwrap();
    let (all, page) = world
        .read(|rows| Ok((rows.sync_runs(0, 100)?, rows.sync_runs(1, 1)?)))
        .unwrap();
    let times: Vec<_> = all
        .iter()
        .map(|run| (run.started_at, run.ended_at))
        .collect();
    assert_eq!(
        times,
        [
            (minute(4), Some(minute(5))),
            (minute(3), None),
            (minute(1), Some(minute(2))),
        ]
    );
    assert_eq!(page, all[1..2]);
    assert_eq!(world.read(|rows| rows.count_sync_runs()).unwrap(), 3);
    let first = world.read(|rows| rows.sync_run(all[2].key)).unwrap();
    assert_eq!(first.unwrap().report, Some(report));
    assert_eq!(world.read(|rows| rows.sync_run(99)).unwrap(), None);
}
