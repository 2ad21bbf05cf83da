//! Off-boarding somebody: what is known of their ways in, what is taken by default, mails, and the report.

use std::collections::BTreeMap;

use desk::change::{ActionQuery, ChangeOutcome, ChangeRequest, Confirmation};
use desk::export::{Cell, ExportQuery};
use desk::offboard::{
    GapCause, Leaver, LeaverWay, OffboardEnd, OffboardExport, OffboardReport, TokenStanding,
};
use desk::read::AccessKind;
use jiff::SignedDuration;
use model::{Dataset, Timestamp};
use sim::world::{Member, Permission, Token};
use sim::{Fault, FaultKind};

use crate::{Bench, NOW};

const ADA: &str = "000000000000000000000ada";
const ADDRESS: &str = "ada@example.com";
/// Ada's tokens, and which of them are revoked unless somebody says otherwise.
const TOKENS: [(&str, TokenStanding, bool); 5] = [
    ("Quiet", TokenStanding::Quiet, true),
    ("Unused", TokenStanding::Quiet, true),
    ("Gateway", TokenStanding::InUse, false),
    ("Browser", TokenStanding::SignIn, true),
    ("Namesake", TokenStanding::NameAlone, false),
];

fn days_ago(days: i64) -> Timestamp {
    NOW.parse::<Timestamp>().unwrap() - SignedDuration::from_hours(24 * days)
}

fn ada(active: bool, days: i64) -> Member {
    Member {
        id: ADA.to_owned(),
        name: "Ada Kern".to_owned(),
        email: "Ada@Example.com".to_owned(),
        active,
        created_at: days_ago(days),
    }
}

fn token(name: &str, used: Option<i64>, ends: Option<i64>, by: &str) -> Token {
    Token {
        token: format!("p-0000000-{name}"),
        name: name.to_owned(),
        permission: Permission::Full,
        expires_at: ends.map(|days| days_ago(-days)),
        last_authorization: used.map(days_ago),
        created_at: days_ago(40),
        created_by: by.to_owned(),
        ref_id: String::new(),
        serie_number: None,
    }
}

/// The first account's desk. Ada is in the team of its first profile and made tokens of it, an invitation of hers to the
/// second ended, and she is in the team of a third one that somebody else owns and shares.
struct Office {
    bench: Bench,
    first: String,
    second: String,
    shared: String,
}

impl Office {
    async fn new() -> Self {
        let bench = Bench::new(20).await;
        let us = bench.sim.tokens()[0].clone();
        let them = bench.sim.tokens()[1].account.clone();
        let (first, second, shared) = bench.sim.change(|world| {
            for profile in world.profiles.values_mut() {
                // Nobody signs in by chance.
                profile.created_at = days_ago(0);
                profile.team.clear();
            }
            let ours = world.token(&us.token).unwrap().0.id.clone();
            let mut own = world.owned_by(&us.account).map(|one| one.id.clone());
            let second = own.find(|id| *id != ours).unwrap();
            drop(own);
            let shared = world.owned_by(&them).next().unwrap().id.clone();
            let owner = world.account(&us.account).unwrap().clone();
            let us_in_team = Member {
                id: owner.id,
                name: owner.name,
                email: owner.email,
                active: true,
                created_at: days_ago(90),
            };
            let profile = world.profile_mut(&shared).unwrap();
            profile.team = vec![us_in_team, ada(true, 30)];
            profile.tokens.clear();
            world.add_token(&shared, token("Theirs", Some(60), None, ADA));
            let profile = world.profile_mut(&second).unwrap();
            profile.team = vec![ada(false, 12)];
            let profile = world.profile_mut(&ours).unwrap();
            profile.team = vec![ada(true, 300)];
            for token in &mut profile.tokens {
                if sim::world::bare(&token.token) == sim::world::bare(&us.token) {
                    "Ours".clone_into(&mut token.name);
                }
            }
            profile.tokens.retain(|token| token.name == "Ours");
            for token in [
                token("Quiet", Some(32), None, ADA),
                token("Unused", None, None, ADA),
                token("Gateway", Some(0), None, ADA),
                token("Browser", Some(1), Some(20), ADA),
                token("Namesake", Some(60), None, "ada kern"),
                token("Other", Some(60), None, &us.account),
            ] {
                world.add_token(&ours, token);
            }
            (ours, second, shared)
        });
        bench.connect("Acme", &us.token).await;
        bench.sync().await;
        Self {
            bench,
            first,
            second,
            shared,
        }
    }

    async fn ada(&self) -> Leaver {
        self.bench.desk.leaver(ADDRESS).await.unwrap()
    }

    /// Takes what is ticked.
    async fn take(&self) -> ChangeOutcome {
        let ways = self.ada().await.ways.into_iter();
        let changes = ways.filter(|way| way.ticked).map(|way| way.change);
        let request = ChangeRequest::Changes {
            changes: changes.collect(),
        };
        let work = self
            .bench
            .desk
            .carry_out(request, Confirmation::default(), None);
        self.bench.sim.run_through(work).await.unwrap()
    }

    async fn report(&self, batch: i64) -> OffboardReport {
        let desk = &self.bench.desk;
        desk.end_offboarding(ADDRESS, Some(batch)).await.unwrap()
    }

    fn is_in_team(&self, profile: &str) -> bool {
        let world = self.bench.sim.world();
        let team = &world.profile(profile).unwrap().team;
        team.iter().any(|member| member.id == ADA)
    }

    fn tokens_upstream(&self) -> Vec<String> {
        let world = self.bench.sim.world();
        let tokens = &world.profile(&self.first).unwrap().tokens;
        tokens.iter().map(|token| token.name.clone()).collect()
    }
}

fn tokens(leaver: &Leaver) -> BTreeMap<String, (TokenStanding, bool, bool)> {
    let told = |way: &LeaverWay| {
        let token = way.token.as_ref()?;
        let name = token.name.clone().unwrap_or_default();
        Some((name, (token.standing, way.ticked, way.possible)))
    };
    leaver.ways.iter().filter_map(told).collect()
}

#[tokio::test]
async fn every_way_in_is_known_and_what_a_careful_person_takes_is_ticked() {
    let office = Office::new().await;
    let leaver = office.ada().await;
    assert_eq!(leaver.name.as_deref(), Some("Ada Kern"));
    assert_eq!(leaver.email.as_deref(), Some("Ada@Example.com"));
    let expected =
        TOKENS.map(|(name, standing, ticked)| (name.to_owned(), (standing, ticked, true)));
    assert_eq!(tokens(&leaver), BTreeMap::from(expected));
    let team = leaver.ways.iter().filter(|way| way.token.is_none());
    let mut team: Vec<_> = team
        .map(|way| (way.profile.id.to_string(), way.kind, way.ticked))
        .collect();
    team.sort();
    let mut expected = vec![
        (office.first.clone(), AccessKind::Member, true),
        (office.second.clone(), AccessKind::InvitationEnded, true),
    ];
    expected.sort();
    assert_eq!(team, expected);
    assert!(leaver.teams_as_of.is_some() && leaver.tokens_as_of.is_some());

    for name in [ADA, " ADA@example.com ", "Ada Kern", &leaver.who] {
        let same = office.bench.desk.leaver(name).await.unwrap();
        assert_eq!(same, leaver, "{name}");
    }
    let nobody = office.bench.desk.leaver("bea@example.com").await;
    assert_eq!(nobody.unwrap_err().code.key(), "not_found");
}

#[tokio::test]
async fn the_token_that_this_program_works_with_is_never_revoked_whoever_made_it() {
    let office = Office::new().await;
    let owner = office.bench.sim.tokens()[0].account.clone();
    let us = office.bench.desk.leaver(&owner).await.unwrap();
    assert_eq!(us.connected.as_deref(), Some("Acme"));
    assert!(us.owned.len() > 1);
    let expected = [
        ("Other", (TokenStanding::Quiet, true, true)),
        ("Ours", (TokenStanding::UsedHere, false, false)),
    ];
    let mut found = tokens(&us);
    found.retain(|name, _| expected.iter().any(|(known, _)| known == name));
    assert_eq!(
        found,
        expected.map(|(name, told)| (name.to_owned(), told)).into()
    );
    let ours = us.ways.into_iter().filter(|way| !way.possible);
    let changes: Vec<_> = ours.map(|way| way.change).collect();
    assert_eq!(changes.len(), 1);
    let request = ChangeRequest::Changes { changes };
    let preview = office.bench.desk.preview(request).await.unwrap();
    assert_eq!((preview.ready, preview.refused), (0, 1), "{preview:?}");
}

#[tokio::test]
async fn what_is_ticked_is_taken_once_and_the_report_says_what_is_left_and_why() {
    let office = Office::new().await;
    office.bench.sim.clear_requests();
    let outcome = office.take().await;
    assert_eq!(outcome.counts.done, 5, "{outcome:?}");
    assert_eq!(outcome.counts.rows, 5, "{outcome:?}");
    let deletions = office.bench.sim.requests().into_iter();
    let deletions = deletions.filter(|request| request.method == "DELETE");
    assert_eq!(deletions.count(), 5);
    assert!(!office.is_in_team(&office.first) && !office.is_in_team(&office.second));
    assert!(office.is_in_team(&office.shared), "it is not ours");
    let mut left = office.tokens_upstream();
    left.sort();
    assert_eq!(left, ["Gateway", "Namesake", "Other", "Ours"]);

    let report = office.report(outcome.batch).await;
    let count = report.counts;
    assert_eq!((count.removed, count.not_removed), (5, 0), "{report:?}");
    assert_eq!((count.left, count.of_others), (2, 1), "{report:?}");
    let gateway = report
        .lines
        .iter()
        .find(|line| line.what.contains("Gateway"))
        .unwrap();
    assert_eq!(gateway.end, OffboardEnd::Left);
    assert!(gateway.why.as_ref().unwrap().contains("in use"));
    let other = report
        .lines
        .iter()
        .find(|line| line.end == OffboardEnd::OfOthers)
        .unwrap();
    assert_eq!(other.profile.id.as_str(), office.shared);
    let unseen = report
        .lines
        .iter()
        .find(|line| line.end == OffboardEnd::NotKnown && line.what == "team")
        .unwrap();
    assert_eq!(unseen.profile.id.as_str(), office.shared);

    let query = ActionQuery {
        kinds: vec!["offboard".to_owned()],
        limit: 10,
        ..ActionQuery::default()
    };
    let noted = office.bench.desk.action_log(query).await.unwrap();
    assert_eq!(noted.total, 1);
    assert_eq!(noted.rows[0].after["removed"], 5);
    assert_eq!(noted.rows[0].after["left"], 2);

    let export = ExportQuery::Offboard(OffboardExport {
        who: report.who.clone(),
        batch: Some(outcome.batch),
    });
    let sheet = office.bench.desk.sheet(export).await.unwrap();
    assert_eq!(sheet.rows.len(), report.lines.len());
    let removed = sheet
        .rows
        .iter()
        .filter(|row| row[1] == Cell::Text("removed".to_owned()));
    assert_eq!(removed.count(), 5);
}

#[tokio::test]
async fn what_failed_and_what_an_undo_brought_back_are_not_called_removed() {
    let office = Office::new().await;
    let sim = &office.bench.sim;
    sim.set_fault(Fault::new(FaultKind::Drop).on("DELETE /profile/{id}/token/{token}"));
    let outcome = office.take().await;
    sim.clear_faults();
    let report = office.report(outcome.batch).await;
    assert_eq!(report.counts.not_removed, 3, "{report:?}");
    let failed = report
        .lines
        .iter()
        .find(|line| line.end == OffboardEnd::NotRemoved)
        .unwrap();
    assert!(failed.why.is_some() && failed.result.is_some());

    let retry = ChangeRequest::Retry {
        batch: outcome.batch,
    };
    let desk = &office.bench.desk;
    let work = desk.carry_out(retry, Confirmation::default(), None);
    assert_eq!(sim.run_through(work).await.unwrap().counts.done, 3);
    let report = office.report(outcome.batch).await;
    assert_eq!(
        (report.counts.removed, report.counts.not_removed),
        (5, 0),
        "a retry is a part of what it retries: {report:?}"
    );

    let undo = ChangeRequest::Undo {
        batch: outcome.batch,
    };
    let work = desk.carry_out(undo, Confirmation::default(), None);
    sim.run_through(work).await.unwrap();
    let report = office.report(outcome.batch).await;
    assert_eq!(report.counts.removed, 3, "{report:?}");
    let back = report
        .lines
        .iter()
        .filter(|line| line.why.as_deref() == Some("It was removed, and is there again."));
    assert_eq!(back.count(), 2);
}

#[tokio::test]
async fn who_owns_a_shared_profile_is_written_to_and_what_cannot_be_seen_is_asked() {
    let office = Office::new().await;
    let leaver = office.ada().await;
    let [mail] = leaver.mails.as_slice() else {
        panic!("{:?}", leaver.mails);
    };
    assert_eq!((mail.known, mail.unseen), (1, 0));
    let name = {
        let world = office.bench.sim.world();
        world.profile(&office.shared).unwrap().name.clone()
    };
    assert!(
        mail.body.contains("Theirs") && mail.body.contains(&name),
        "{}",
        mail.body
    );
    assert!(
        mail.body.contains("Ada Kern (Ada@Example.com)"),
        "{}",
        mail.body
    );
    let again = office.bench.desk.owner_mail(ADDRESS, &mail.owner).await;
    assert_eq!(again.unwrap(), *mail);

    let gap = leaver.gaps.iter().find(|gap| gap.dataset == Dataset::Team);
    let gap = gap.unwrap();
    assert_eq!((gap.cause, gap.shared), (GapCause::NotPermitted, true));
    assert_eq!((gap.profiles, gap.names.len()), (1, 1));

    // Without that token nothing is known of the profile.
    office.bench.sim.change(|world| {
        let profile = world.profile_mut(&office.shared).unwrap();
        profile.tokens.clear();
    });
    office.bench.sync_again().await;
    let mails = office.ada().await.mails;
    assert_eq!((mails[0].known, mails[0].unseen), (0, 1));
    assert!(
        mails[0].body.contains("cannot be seen"),
        "{}",
        mails[0].body
    );
}

#[tokio::test]
async fn lists_that_were_never_fetched_are_told_and_not_taken_for_empty() {
    let bench = Bench::connected(10).await;
    let owner = bench.sim.tokens()[0].account.clone();
    let email = bench.sim.world().account(&owner).unwrap().email.clone();
    for list in ["team", "token"] {
        let route = format!("GET /profile/{{id}}/{list}");
        bench
            .sim
            .set_fault(Fault::new(FaultKind::ServerError).on(&route));
    }
    bench.sync().await;
    let leaver = bench.desk.leaver(&email).await.unwrap();
    assert!(leaver.ways.is_empty());
    assert_eq!(leaver.connected.as_deref(), Some("Acme"));
    let own = leaver.owned.len();
    assert!(own > 0);
    let told: u32 = leaver.gaps.iter().map(|gap| gap.profiles).sum();
    assert_eq!(told as usize, 2 * bench.fleet().await.rows.len());
    let report = bench.desk.offboard_report(&email, None).await.unwrap();
    assert_eq!(report.counts.not_known, told);
    assert_eq!(report.counts.of_others as usize, own);
}
