//! What becomes of a line of what needs attention that a person answered.

use desk::ProblemCode;
use jiff::Timestamp;
use model::AttentionKind as Kind;
use sim::world::{Profile, Service};

use crate::Bench;
use crate::changes::{DAY, QUARTER};
use crate::today::token;

/// A profile with so much of its 100 messages used.
async fn using(bench: &Bench, profile: &str, used: f64) {
    bench.use_exactly(profile, Service::Sms, used);
    bench.sync_after(QUARTER).await;
}

async fn is_open(bench: &Bench, id: &str) -> bool {
    bench.today("").await.rows.iter().any(|row| row.id == id)
}

#[tokio::test]
async fn an_acknowledged_line_is_gone_until_it_is_worse() {
    let bench = Bench::connected(12).await;
    let profile = bench.calm();
    bench.sim.set_limit(&profile, Service::Sms, 100.0);
    bench.sync().await;
    using(&bench, &profile, 85.0).await;
    let line = bench.line(Some(&profile), Kind::Service).await.unwrap();
    let id = line.id.as_str();
    let before = bench.today("").await.figures.open;
    bench
        .desk
        .answer_attention(id, None, Some(" They know. "))
        .await
        .unwrap();
    assert!(!is_open(&bench, id).await);
    let figures = bench.today("").await.figures;
    assert_eq!((figures.open, figures.answered), (before - 1, 1));
    // It can be found by its note, and is what it was.
    let found = bench.today("snoozed:yes they").await.rows;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].answer.as_ref().unwrap().note, "They know.");
    // More, but of no other step.
    using(&bench, &profile, 89.0).await;
    assert!(!is_open(&bench, id).await);
    using(&bench, &profile, 91.0).await;
    assert!(is_open(&bench, id).await);
    assert_eq!(bench.today("snoozed:yes").await.rows, []);

    // Acknowledged again, and taken back.
    bench
        .desk
        .answer_attention(id, None, Some(""))
        .await
        .unwrap();
    assert!(!is_open(&bench, id).await);
    bench.desk.unanswer_attention(id).await.unwrap();
    assert!(is_open(&bench, id).await);
    let again = bench.desk.unanswer_attention(id).await.unwrap_err();
    assert_eq!(again.code, ProblemCode::NotFound);
}

#[tokio::test]
async fn an_acknowledged_line_that_became_better_comes_back_when_it_is_as_bad_as_it_was() {
    let bench = Bench::connected(12).await;
    let profile = bench.calm();
    bench.sim.set_limit(&profile, Service::Sms, 100.0);
    bench.sync().await;
    using(&bench, &profile, 100.0).await;
    let id = bench.line(Some(&profile), Kind::Service).await.unwrap().id;
    bench
        .desk
        .answer_attention(&id, None, Some(""))
        .await
        .unwrap();
    using(&bench, &profile, 100.0).await;
    assert!(!is_open(&bench, &id).await);
    using(&bench, &profile, 85.0).await;
    assert!(!is_open(&bench, &id).await, "it is better, and still there");
    assert!(bench.line(Some(&profile), Kind::Service).await.is_some());
    using(&bench, &profile, 100.0).await;
    assert!(is_open(&bench, &id).await);
}

#[tokio::test]
async fn a_line_that_went_and_comes_anew_is_new() {
    let bench = Bench::connected(12).await;
    let profile = bench.calm();
    bench.sim.set_limit(&profile, Service::Sms, 100.0);
    bench.sync().await;
    using(&bench, &profile, 85.0).await;
    let id = bench.line(Some(&profile), Kind::Service).await.unwrap().id;
    bench
        .desk
        .answer_attention(&id, None, Some(""))
        .await
        .unwrap();
    using(&bench, &profile, 20.0).await;
    assert_eq!(bench.line(Some(&profile), Kind::Service).await, None);
    using(&bench, &profile, 85.0).await;
    assert!(is_open(&bench, &id).await);
}

#[tokio::test]
async fn a_snoozed_line_comes_back_on_its_day() {
    let bench = Bench::connected(12).await;
    let profile = bench.calm();
    bench.sim.set_limit(&profile, Service::Sms, 100.0);
    bench.use_exactly(&profile, Service::Sms, 85.0);
    bench.sync().await;
    let id = bench.line(Some(&profile), Kind::Service).await.unwrap().id;
    let day = |days: i64| Timestamp::from_second(bench.ago(-days).as_second()).unwrap();
    let until = day(2);
    bench
        .desk
        .answer_attention(&id, Some(until), Some(""))
        .await
        .unwrap();
    bench.sim.clock().advance(DAY);
    assert!(!is_open(&bench, &id).await);
    bench.sim.clock().advance(DAY);
    assert!(is_open(&bench, &id).await);
    let past = bench
        .desk
        .answer_attention(&id, Some(until), Some(""))
        .await
        .unwrap_err();
    assert_eq!(past.code, ProblemCode::InvalidInput);
    let gone = bench
        .desk
        .answer_attention("service:p999:sms", None, Some(""))
        .await
        .unwrap_err();
    assert_eq!(gone.code, ProblemCode::NotFound);
}

#[tokio::test]
async fn a_line_that_came_back_keeps_its_note_until_another_is_written() {
    let bench = Bench::connected(12).await;
    let profile = bench.calm();
    bench.sim.set_limit(&profile, Service::Sms, 100.0);
    bench.use_exactly(&profile, Service::Sms, 85.0);
    bench.sync().await;
    let line = async || bench.line(Some(&profile), Kind::Service).await.unwrap();
    let earlier = async || line().await.earlier.map(|answer| answer.note);
    let id = line().await.id;
    let answer = async |until, note| bench.desk.answer_attention(&id, until, note).await.unwrap();
    assert_eq!(earlier().await, None);

    // Its day came.
    let until = Timestamp::from_second(bench.ago(-2).as_second()).unwrap();
    answer(Some(until), Some("Ada pays on Friday")).await;
    assert_eq!(earlier().await, None, "the answer holds");
    bench.sim.clock().advance(2 * DAY);
    assert_eq!(line().await.answer, None);
    assert_eq!(earlier().await.unwrap(), "Ada pays on Friday");
    assert_eq!(bench.today("friday").await.rows.len(), 1);

    // Acknowledged without a note, and it got worse.
    answer(None, None).await;
    assert_eq!(line().await.answer.unwrap().note, "Ada pays on Friday");
    using(&bench, &profile, 100.0).await;
    assert_eq!(earlier().await.unwrap(), "Ada pays on Friday");

    // Put back by the person.
    answer(None, Some("Ada pays on Monday")).await;
    bench.desk.unanswer_attention(&id).await.unwrap();
    assert!(is_open(&bench, &id).await);
    assert_eq!(earlier().await.unwrap(), "Ada pays on Monday");
    let again = bench.desk.unanswer_attention(&id).await.unwrap_err();
    assert_eq!(again.code, ProblemCode::NotFound);
    answer(None, Some("")).await;
    bench.desk.unanswer_attention(&id).await.unwrap();
    assert_eq!(line().await.earlier, None);
}

#[tokio::test]
async fn one_more_token_in_an_acknowledged_line_brings_it_back() {
    let bench = Bench::connected(12).await;
    let profile = bench.calm();
    let made = bench.ago(200);
    bench.alter(&profile, |profile: &mut Profile| {
        profile.tokens = vec![token(1, "One", made)];
    });
    bench.sync().await;
    let id = bench
        .line(Some(&profile), Kind::TokenUnused)
        .await
        .unwrap()
        .id;
    bench
        .desk
        .answer_attention(&id, None, Some(""))
        .await
        .unwrap();
    bench.sync_after(DAY).await;
    assert!(!is_open(&bench, &id).await);
    bench.alter(&profile, |profile| {
        profile.tokens = vec![token(2, "Another", made)];
    });
    bench.sync_after(DAY).await;
    assert!(is_open(&bench, &id).await, "it stands for another one now");
}
