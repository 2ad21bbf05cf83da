//! Tokens' metadata, their flags, whose one is, and the audit events of a profile.

use std::collections::BTreeSet;
use std::time::Duration;

use desk::ProblemCode;
use desk::export::ExportQuery;
use desk::read::{AuditQuery, TokenFlag, TokenRow, TokensPage, TokensQuery};
use model::TokenKind;

use crate::Bench;

const DAY: Duration = Duration::from_hours(24);

async fn page(bench: &Bench, filter: &str) -> TokensPage {
    bench
        .desk
        .tokens(TokensQuery {
            filter: filter.to_owned(),
            limit: 500,
            ..TokensQuery::default()
        })
        .await
        .unwrap()
}

fn keys<'a>(rows: impl IntoIterator<Item = &'a TokenRow>) -> BTreeSet<i64> {
    rows.into_iter().map(|row| row.key).collect()
}

async fn synced(profiles: usize) -> Bench {
    let bench = Bench::connected(profiles).await;
    bench.sync().await;
    bench
}

#[tokio::test]
async fn what_the_store_filters_by_a_flag_is_what_the_rule_flags() {
    let bench = synced(40).await;
    let all = page(&bench, "sign-in:all").await;
    assert_eq!(all.total as usize, all.rows.len());
    assert!(all.rows.len() > 60, "{}", all.total);
    for (word, flag) in [
        ("orphan", TokenFlag::CreatorGone),
        ("expiring", TokenFlag::ExpiresSoon),
        ("expired", TokenFlag::Expired),
        ("unused", TokenFlag::NeverUsed),
        ("full", TokenFlag::FullPermission),
        ("unending", TokenFlag::NeverExpires),
    ] {
        let found = page(&bench, &format!("sign-in:all flag:{word}")).await;
        let flagged = all.rows.iter().filter(|row| row.flags.contains(&flag));
        assert_eq!(keys(&found.rows), keys(flagged), "{word}");
    }
    let usual = page(&bench, "").await;
    let sign_ins = page(&bench, "sign-in:yes").await;
    assert!(usual.rows.iter().all(|row| !row.sign_in));
    assert!(sign_ins.rows.iter().all(|row| row.sign_in));
    assert!(sign_ins.total > 0);
    assert_eq!(usual.folded, sign_ins.total);
    assert_eq!(usual.total + sign_ins.total, all.total);

    let figures = bench.desk.token_figures().await.unwrap();
    let count = |flag| {
        let flagged = usual.rows.iter().filter(|row| row.flags.contains(&flag));
        u32::try_from(flagged.count()).unwrap()
    };
    assert_eq!(figures.tokens, usual.total);
    assert_eq!(figures.sign_ins, sign_ins.total);
    assert_eq!(figures.creator_gone, count(TokenFlag::CreatorGone));
    assert_eq!(figures.expiring, count(TokenFlag::ExpiresSoon));
    assert_eq!(figures.expired, count(TokenFlag::Expired));
    assert_eq!(figures.never_used, count(TokenFlag::NeverUsed));
    assert_eq!(figures.full, count(TokenFlag::FullPermission));
    assert_eq!(figures.never_expires, count(TokenFlag::NeverExpires));
}

#[tokio::test]
async fn tests_of_time_and_of_who_narrow_and_bad_ones_are_refused_with_an_example() {
    let bench = synced(20).await;
    let all = page(&bench, "").await;
    let now = bench
        .desk
        .sheet(ExportQuery::Tokens(TokensQuery::default()))
        .await
        .unwrap();
    assert_eq!(now.rows.len(), all.rows.len());
    assert!(now.rows.iter().all(|row| row.len() == now.columns.len()));
    let used = page(&bench, "used:>30d").await;
    let unused = page(&bench, "unused:yes").await;
    assert!(used.total > 0 && unused.total > 0);
    assert!(
        used.rows
            .iter()
            .all(|row| row.last_authorization_at.is_some())
    );
    assert!(unused.rows.iter().all(|row| row.never_used));
    let ours = all.rows.iter().filter(|row| row.used_here.is_some());
    assert_eq!(ours.count(), 2, "one an account");
    let creator = all.rows.iter().find_map(|row| row.creator.clone()).unwrap();
    let theirs = page(&bench, &format!("creator:\"{creator}\"")).await;
    assert!(
        theirs
            .rows
            .iter()
            .all(|row| row.creator.as_deref() == Some(&creator))
    );
    // While it is typed it tests nothing yet.
    for half in [
        "permission:",
        "flag:exp",
        "expires:nev",
        "unused:y",
        "sign-in:a",
    ] {
        assert!(page(&bench, half).await.total > 0, "{half}");
    }
    for bad in [
        "expires:<14x",
        "flag:bad",
        "unused:maybe",
        "used:soon",
        "permission:>full",
    ] {
        let query = TokensQuery {
            filter: bad.to_owned(),
            ..TokensQuery::default()
        };
        let problem = bench.desk.tokens(query).await.unwrap_err();
        assert_eq!(problem.code, ProblemCode::InvalidInput, "{bad}");
        assert!(problem.message.contains(bad), "{}", problem.message);
        assert!(problem.hint.is_some(), "{bad}");
    }
}

#[tokio::test]
async fn a_token_is_found_with_and_without_its_prefix_and_nothing_is_sent() {
    let bench = synced(12).await;
    let owner = bench.sim.tokens()[0].account.clone();
    let (profile, value) = {
        let world = bench.sim.world();
        let profile = world
            .profiles
            .values()
            .find(|profile| profile.owner == owner && !profile.tokens.is_empty())
            .unwrap();
        (profile.id.clone(), profile.tokens[0].token.clone())
    };
    let bare = value.strip_prefix("p-").unwrap_or(&value).to_owned();
    bench.sim.clear_requests();
    for pasted in [format!(" {bare}\n"), format!("p-{bare}")] {
        let found = bench.desk.find_token(pasted.into()).await.unwrap();
        assert_eq!(found.tokens.len(), 1);
        assert_eq!(found.tokens[0].row.profile.as_str(), profile);
        assert_eq!(found.tokens[0].gone_at, None);
        assert!(!format!("{found:?}").contains(&bare));
    }
    let ours = bench.sim.tokens()[0].token.clone();
    let found = bench.desk.find_token(ours.into()).await.unwrap();
    assert_eq!(found.used_here.as_deref(), Some("Acme"));
    assert!(bench.sim.requests().is_empty());
}

#[tokio::test]
async fn a_token_that_is_gone_is_still_found_and_an_unknown_one_says_of_how_many_profiles() {
    let bench = synced(12).await;
    let owner = bench.sim.tokens()[0].account.clone();
    let value = bench.sim.change(|world| {
        let profile = world
            .profiles
            .values_mut()
            .find(|profile| profile.owner == owner && profile.tokens.len() > 1)
            .unwrap();
        let last = profile.tokens.len() - 1;
        profile.tokens.remove(last).token
    });
    bench.sim.clock().advance(DAY * 2);
    // It was seen before it went.
    let before = bench.desk.find_token(value.clone().into()).await.unwrap();
    assert_eq!(before.tokens.len(), 1);
    bench.sync_again().await;
    let found = bench.desk.find_token(value.into()).await.unwrap();
    assert!(found.tokens[0].gone_at.is_some());
    let detail = bench.desk.token(found.tokens[0].row.key).await.unwrap();
    assert_eq!(detail.gone_at, found.tokens[0].gone_at);
    assert!(!detail.versions.is_empty());

    let unknown = bench
        .desk
        .find_token("a-00000000-1111-4222-8333-444444444444".to_owned().into())
        .await
        .unwrap();
    assert_eq!(unknown.tokens, []);
    assert_eq!(unknown.kind, TokenKind::Analysis);
    assert!(unknown.coverage.known > 0);
    let refused = bench.desk.find_token("two words".to_owned().into()).await;
    let problem = refused.unwrap_err();
    assert_eq!(problem.code, ProblemCode::InvalidInput);
    assert!(!problem.message.contains("two words"));
}

#[tokio::test]
async fn events_are_found_by_words_person_and_resource_and_the_archive_says_what_is_missing() {
    let bench = Bench::new(6).await;
    bench.connect("Acme", &bench.sim.tokens()[0].token).await;
    bench.sync().await;
    let fleet = bench.fleet().await;
    let owned = fleet.rows.iter().find(|row| !row.shared).unwrap().key;
    let before = bench.desk.audit_archive(owned).await.unwrap();
    assert_eq!((before.spans.len(), before.events), (0, 0));
    assert!(!before.missing.is_empty() && before.owned && before.archiving);

    bench.archive().await;
    let mut told = None;
    for row in fleet.rows.iter().filter(|row| !row.shared) {
        let archive = bench.desk.audit_archive(row.key).await.unwrap();
        if archive.events > 20 {
            told = Some((row.key, archive));
            break;
        }
    }
    let (key, archive) = told.unwrap();
    let missing = archive
        .missing
        .iter()
        .map(|(from, to)| to.duration_since(*from).as_mins());
    assert!(
        missing.sum::<i64>() < 60,
        "but for the last minutes: {:?}",
        archive.missing
    );
    let query = AuditQuery {
        profile: key,
        limit: 500,
        ..AuditQuery::default()
    };
    let all = bench.desk.audit(query.clone()).await.unwrap();
    assert_eq!(all.total, archive.events);
    assert!(all.rows.is_sorted_by(|one, other| one.at >= other.at));
    for resource in &archive.resources {
        let found = bench
            .desk
            .audit(AuditQuery {
                resource: Some(resource.value.clone()),
                ..query.clone()
            })
            .await
            .unwrap();
        assert_eq!(found.total, resource.events, "{}", resource.value);
    }
    for who in archive.people.iter().take(3) {
        let found = bench
            .desk
            .audit(AuditQuery {
                who: Some(who.value.clone()),
                ..query.clone()
            })
            .await
            .unwrap();
        assert_eq!(found.total, who.events);
    }
    let searched = bench
        .desk
        .audit(AuditQuery {
            search: "DEVICE edit".to_owned(),
            ..query.clone()
        })
        .await
        .unwrap();
    let expected = all
        .rows
        .iter()
        .filter(|row| row.message.as_deref() == Some("Device edited"))
        .count();
    assert_eq!(searched.total as usize, expected);
    let sheet = bench.desk.sheet(ExportQuery::Audit(query)).await.unwrap();
    assert_eq!(sheet.rows.len(), all.total as usize);

    if let Some(shared) = fleet.rows.iter().find(|row| row.shared) {
        let archive = bench.desk.audit_archive(shared.key).await.unwrap();
        assert!(!archive.owned && !archive.archiving);
    }
}
