//! Who has access, now and on past days, and how that is known.

use std::collections::BTreeSet;
use std::time::Duration;

use desk::export::{Cell, ExportQuery, ProfileExport, Sheet};
use desk::read::{
    AccessKind, AccessKnown, AccessLine, AccessQuery, PeopleQuery, PersonRow, TeamRole,
};
use jiff::SignedDuration;
use model::Timestamp;
use sim::world::{Event, Member};

use crate::{Bench, NOW};

const DAY: Duration = Duration::from_hours(24);
const HOSTILE: &str = "<img src=x onerror=alert(1)>";
const ADA: u32 = 0xada;
const GONE: u32 = 0x90e;

fn id(number: u32) -> String {
    format!("{number:024x}")
}

fn member(number: u32, name: &str, active: bool, at: Timestamp) -> Member {
    Member {
        id: id(number),
        name: name.to_owned(),
        email: format!("{number:x}@example.com"),
        active,
        created_at: at,
    }
}

fn act(profile: &str, who: u32, date: Timestamp) -> Event {
    Event {
        resource: "device",
        resource_id: profile.to_owned(),
        message: "Device edited".to_owned(),
        who: id(who),
        date,
    }
}

/// So many days before the tests begin.
fn days_ago(days: i64) -> Timestamp {
    NOW.parse::<Timestamp>().unwrap() - SignedDuration::from_hours(24 * days)
}

/// One account, with a profile of its own in which only these things happened: Ada acted 20 and 15 days ago
/// and is in the team, somebody who is not acted 30 and 10 days ago, one invitation is open and one ended.
async fn with_a_past() -> (Bench, String) {
    let bench = Bench::new(4).await;
    let owner = bench.sim.tokens()[0].account.clone();
    let days = days_ago;
    let profile = bench.sim.change(|world| {
        let profile = world
            .profiles
            .values_mut()
            .find(|profile| profile.owner == owner)
            .unwrap();
        profile.created_at = days(300);
        // Nobody does anything in it by chance.
        profile.meter.idle_from = Some(0);
        profile.team = vec![
            member(ADA, "Ada", true, days(60)),
            member(0xbea, HOSTILE, false, days(2)),
            member(0xce3, "Cem", false, days(10)),
        ];
        for (who, ago) in [(ADA, 20), (ADA, 15), (GONE, 30), (GONE, 10)] {
            profile.events.push(act(&profile.id, who, days(ago)));
        }
        profile.id.clone()
    });
    bench.connect("Acme", &bench.sim.tokens()[0].token).await;
    bench.sync().await;
    bench.archive().await;
    (bench, profile)
}

async fn lines(bench: &Bench, profile: &str, at: Option<Timestamp>) -> Vec<AccessLine> {
    let key = bench.desk.find_profile(profile).await.unwrap().key;
    let list = bench
        .desk
        .access(AccessQuery {
            at,
            profile: Some(key),
            limit: 500,
            ..AccessQuery::default()
        })
        .await
        .unwrap();
    assert_eq!(list.total as usize, list.lines.len());
    list.lines
}

fn of(lines: &[AccessLine], who: u32) -> Option<&AccessLine> {
    let id = id(who);
    lines.iter().find(|line| {
        line.person
            .as_ref()
            .is_some_and(|person| person.as_str() == id)
    })
}

fn kinds(lines: &[AccessLine]) -> Vec<(AccessKind, AccessKnown)> {
    lines
        .iter()
        .filter(|line| line.kind != AccessKind::Token)
        .map(|line| (line.kind, line.known))
        .collect()
}

#[tokio::test]
async fn what_the_lists_say_now_is_seen_and_an_invitation_ends_after_seven_days() {
    let (bench, profile) = with_a_past().await;
    let lines = lines(&bench, &profile, None).await;
    assert_eq!(
        kinds(&lines),
        [
            (AccessKind::Owner, AccessKnown::Seen),
            (AccessKind::Invitation, AccessKnown::Seen),
            (AccessKind::Member, AccessKnown::Seen),
            (AccessKind::InvitationEnded, AccessKnown::Seen),
        ]
    );
    assert_eq!(of(&lines, 0xbea).unwrap().name.as_deref(), Some(HOSTILE));
    assert!(lines.iter().any(|line| line.kind == AccessKind::Token));
    assert!(lines.iter().all(|line| line.how == "seen"));
}

#[tokio::test]
async fn before_the_first_sync_who_acted_around_a_day_is_inferred_and_the_rest_is_not_known() {
    let (bench, profile) = with_a_past().await;
    let on = |days| lines(&bench, &profile, Some(days_ago(days)));

    let between = on(17).await;
    let ada = of(&between, ADA).unwrap();
    assert_eq!(
        (ada.kind, ada.known),
        (AccessKind::Person, AccessKnown::Inferred)
    );
    assert_eq!(ada.how, "inferred from the audit log");
    assert_eq!(ada.since, Some(days_ago(20)));
    assert_eq!(ada.until, Some(days_ago(15)));
    assert_eq!(of(&between, GONE).unwrap().known, AccessKnown::Inferred);
    let unknown = between
        .iter()
        .find(|line| line.kind == AccessKind::UnknownTeam)
        .unwrap();
    assert_eq!(unknown.how, "not known before the first sync");
    assert!(unknown.source.contains("2026-11-22"), "{}", unknown.source);

    // Ada did not act before, the other is not in the list that came after.
    let earlier = on(25).await;
    assert!(of(&earlier, ADA).is_none());
    assert!(of(&earlier, GONE).is_some());
    // Ada acted before and is in the first list; the other acted before alone.
    let later = on(5).await;
    assert_eq!(of(&later, ADA).unwrap().known, AccessKnown::Inferred);
    assert!(of(&later, GONE).is_none());

    let nothing = on(100).await;
    assert!(
        nothing
            .iter()
            .all(|line| line.known == AccessKnown::NotKnown || line.kind == AccessKind::Token),
        "{nothing:?}"
    );
    assert_eq!(on(400).await, [], "the profile was not made yet");
}

#[tokio::test]
async fn a_token_that_a_later_list_dates_before_is_inferred_and_one_that_ended_lets_nobody_in() {
    let (bench, profile) = with_a_past().await;
    let held: Vec<_> = {
        let world = bench.sim.world();
        let tokens = &world.profiles[&profile].tokens;
        tokens
            .iter()
            .map(|token| (token.name.clone(), token.created_at, token.expires_at))
            .collect()
    };
    let at = days_ago(17);
    let past = at;
    let expected = held
        .iter()
        .filter(|(_, made, end)| *made <= past && end.is_none_or(|end| end > past))
        .count();
    let lines = lines(&bench, &profile, Some(at)).await;
    let tokens: Vec<_> = lines
        .iter()
        .filter(|line| line.kind == AccessKind::Token)
        .collect();
    assert_eq!(tokens.len(), expected);
    assert!(tokens.iter().all(
        |line| line.known == AccessKnown::Inferred && line.how == "inferred from a later list"
    ));
    assert!(
        lines
            .iter()
            .any(|line| line.kind == AccessKind::UnknownTokens)
    );
}

#[tokio::test]
async fn who_was_seen_and_left_is_there_on_the_days_between_and_not_now() {
    let (bench, profile) = with_a_past().await;
    bench.sim.clock().advance(DAY * 3);
    bench.sim.change(|world| {
        let profile = world.profile_mut(&profile).unwrap();
        profile.team.retain(|member| member.id != id(ADA));
    });
    bench.sync_again().await;
    assert!(of(&lines(&bench, &profile, None).await, ADA).is_none());
    let then = lines(&bench, &profile, Some(days_ago(-2))).await;
    let ada = of(&then, ADA).unwrap();
    assert_eq!(
        (ada.kind, ada.known),
        (AccessKind::Member, AccessKnown::Seen)
    );
    assert!(ada.until.is_some());

    let key = bench.desk.find_profile(&profile).await.unwrap().key;
    let team = bench.desk.team(key).await.unwrap();
    assert_eq!(team.members[0].role, TeamRole::Owner);
    assert_eq!(team.former.len(), 1);
    assert_eq!(team.former[0].name.as_deref(), Some("Ada"));
}

async fn people(bench: &Bench, filter: &str, at: Option<Timestamp>) -> Vec<PersonRow> {
    let page = bench
        .desk
        .people(PeopleQuery {
            filter: filter.to_owned(),
            at,
            limit: 500,
            ..PeopleQuery::default()
        })
        .await
        .unwrap();
    page.rows
}

#[tokio::test]
async fn everybody_is_one_row_and_tests_narrow_them() {
    let (bench, _) = with_a_past().await;
    let all = people(&bench, "", None).await;
    assert_eq!(
        u32::try_from(all.len()).unwrap(),
        bench.desk.navigation_counts().await.unwrap().people
    );
    let names = |people: Vec<PersonRow>| -> Vec<String> {
        people.into_iter().filter_map(|one| one.name).collect()
    };
    assert_eq!(
        names(people(&bench, "ADA@EXAMPLE.COM", None).await),
        ["Ada"]
    );
    assert_eq!(
        names(people(&bench, "person:onerror", None).await),
        [HOSTILE]
    );
    let invited = people(&bench, "invited:yes person:example.com", None).await;
    assert_eq!(invited[0].invitations, 1);
    assert_eq!(
        names(people(&bench, "invited:>3d person:ce3", None).await),
        ["Cem"]
    );
    assert_eq!(
        names(people(&bench, "flag:ended person:ce3", None).await),
        ["Cem"]
    );
    let owner = people(&bench, "role:connected", None).await;
    assert_eq!(owner.len(), 1);
    assert_eq!(owner[0].connected.as_deref(), Some("Acme"));
    assert!(owner[0].owned > 0);
    let refused = bench
        .desk
        .people(PeopleQuery {
            filter: "flag:nonsense".to_owned(),
            ..PeopleQuery::default()
        })
        .await
        .unwrap_err();
    assert!(refused.message.contains("flag:nonsense"), "{refused:?}");

    let then = people(&bench, "flag:inferred", Some(days_ago(17))).await;
    assert!(then.iter().any(|one| one.name.as_deref() == Some("Ada")));
}

#[tokio::test]
async fn a_name_that_the_api_forgot_is_kept() {
    let (bench, profile) = with_a_past().await;
    bench.sim.clock().advance(DAY * 2);
    bench.sim.change(|world| {
        let profile = world.profile_mut(&profile).unwrap();
        "Unknown user".clone_into(&mut profile.team[0].name);
    });
    bench.sync_again().await;
    let found = people(&bench, "person:ada@example.com", None).await;
    assert_eq!(found[0].name.as_deref(), Some("Ada"));
}

#[tokio::test]
async fn a_person_is_meant_by_address_id_or_a_name_of_one_alone() {
    let (bench, _) = with_a_past().await;
    let access = async |person: &str| {
        bench
            .desk
            .access(AccessQuery {
                person: Some(person.to_owned()),
                limit: 500,
                ..AccessQuery::default()
            })
            .await
    };
    for person in ["Ada", "ADA@example.com", &id(ADA)] {
        let list = access(person).await.unwrap();
        assert_eq!(list.total, 1, "{person}");
    }
    let nobody = access("nobody@example.com").await.unwrap_err();
    assert!(nobody.message.contains("nobody@example.com"));
    assert!(nobody.hint.unwrap().contains("proves nothing"));
}

#[tokio::test]
async fn the_evidence_says_of_each_line_how_it_is_known_and_when_it_was_made() {
    let (bench, _) = with_a_past().await;
    let at = days_ago(17);
    let query = AccessQuery {
        at: Some(at),
        ..AccessQuery::default()
    };
    let sheet = bench.desk.sheet(ExportQuery::Access(query)).await.unwrap();
    assert!(!sheet.rows.is_empty());
    let column = |name: &str| {
        sheet
            .columns
            .iter()
            .position(|one| one.name == name)
            .unwrap()
    };
    for row in &sheet.rows {
        assert_eq!(row.len(), sheet.columns.len());
        assert_eq!(row[column("As of (UTC)")], Cell::Moment(at));
        assert!(matches!(row[column("Exported (UTC)")], Cell::Moment(_)));
        assert!(matches!(&row[column("Source")], Cell::Text(text) if !text.is_empty()));
        let Cell::Text(how) = &row[column("Known")] else {
            panic!("{row:?}");
        };
        assert!(
            how.starts_with("inferred from") || how.starts_with("not known"),
            "{how}"
        );
    }
    let people = ExportQuery::People(PeopleQuery::default());
    let sheet = bench.desk.sheet(people).await.unwrap();
    assert!(
        sheet
            .rows
            .iter()
            .all(|row| row.len() == sheet.columns.len())
    );
}

#[tokio::test]
async fn a_team_that_may_not_be_seen_is_said_and_counted() {
    let bench = Bench::connected(12).await;
    bench.sync().await;
    let page = bench
        .desk
        .people(PeopleQuery {
            limit: 500,
            ..PeopleQuery::default()
        })
        .await
        .unwrap();
    let coverage = page.figures.coverage;
    assert_eq!(
        coverage.known
            + coverage.never_fetched
            + coverage.not_permitted
            + coverage.failed
            + coverage.not_there,
        coverage.profiles
    );
    assert!(
        coverage.not_permitted > 0,
        "some are shared in: {coverage:?}"
    );
    let list = bench
        .desk
        .access(AccessQuery {
            limit: 500,
            ..AccessQuery::default()
        })
        .await
        .unwrap();
    let unknown = list
        .lines
        .iter()
        .filter(|line| line.kind == AccessKind::UnknownTeam)
        .count();
    assert_eq!(unknown, (coverage.profiles - coverage.known) as usize);
}

#[tokio::test]
async fn the_evidence_is_of_whom_the_filter_finds_and_names_the_filter() {
    let (bench, profile) = with_a_past().await;
    let evidence = async |filter: &str| {
        let query = AccessQuery {
            filter: filter.to_owned(),
            sign_ins: true,
            ..AccessQuery::default()
        };
        bench.desk.sheet(ExportQuery::Access(query)).await.unwrap()
    };
    let column = |sheet: &Sheet, name: &str| -> Vec<String> {
        let place = sheet.columns.iter().position(|column| column.name == name);
        let cells = sheet.rows.iter().map(|row| row[place.unwrap()].clone());
        cells
            .map(|cell| match cell {
                Cell::Text(text) => text,
                Cell::Empty => String::new(),
                other => panic!("{other:?}"),
            })
            .collect()
    };

    let all = evidence(" ").await;
    assert_eq!(all.title, "Access");
    assert!(all.columns.iter().all(|column| column.name != "Filter"));
    let persons =
        |sheet: &Sheet| -> BTreeSet<String> { column(sheet, "Account ID").into_iter().collect() };
    assert!(persons(&all).len() > 3);

    // Who is on screen, on all profiles, with tokens.
    let cem = evidence("cem flag:ended").await;
    assert_eq!(persons(&cem), BTreeSet::from([id(0xce3)]));
    assert_eq!(cem.title, "Access, filtered");
    let named = column(&cem, "Filter");
    assert!(!named.is_empty());
    assert!(named.iter().all(|filter| filter == "cem flag:ended"));
    assert_eq!(evidence("role:invited nobody").await.rows.len(), 0);

    // Of profiles alone: all that is said of them, what is not known of them too.
    let here = evidence(&format!("id:{profile}")).await;
    let lines = lines(&bench, &profile, None).await;
    let of_all = column(&all, "Profile ID");
    let expected = of_all.iter().filter(|id| **id == profile).count();
    assert!(expected >= lines.len());
    assert_eq!(column(&here, "Profile ID"), vec![profile; expected]);
}

#[tokio::test]
async fn a_team_is_exported_with_who_was_in_it_and_of_which_profile_it_is() {
    let (bench, profile) = with_a_past().await;
    let row = bench.desk.find_profile(&profile).await.unwrap();
    let query = ProfileExport { profile: row.key };
    let sheet = bench.desk.sheet(ExportQuery::Team(query)).await.unwrap();
    assert_eq!(sheet.title, format!("Team of {}", row.name));
    let text = |cell: &Cell| match cell {
        Cell::Text(text) => text.clone(),
        other => format!("{other:?}"),
    };
    let team = bench.desk.team(row.key).await.unwrap();
    assert_eq!(sheet.rows.len(), team.members.len() + team.former.len());
    let told: Vec<_> = sheet
        .rows
        .iter()
        .map(|row| (text(&row[1]), text(&row[4]), text(&row[5])))
        .collect();
    for (who, standing) in [
        (ADA, "member"),
        (0xbea, "invited"),
        (0xce3, "invitation ended"),
    ] {
        let expected = (profile.clone(), id(who), standing.to_owned());
        assert!(told.contains(&expected), "{told:?}");
    }
    assert_eq!(told[0].2, "owner");
    let as_of = Cell::Moment(NOW.parse().unwrap());
    assert!(sheet.rows.iter().all(|row| row.last() == Some(&as_of)));
}
