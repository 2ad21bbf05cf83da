//! Inviting to a team and removing from it.

use desk::change::{Change, ChangeRequest, Invite, RefusalReason, RemoveMember};
use desk::read::{ActivityQuery, ChangeTopic, FleetRow, FleetSelection, TeamRole, TeamRow};
use model::ActionResult;
use sim::{Fault, FaultKind};

use crate::Bench;

const ADDRESS: &str = "Ada.New@example.com";
const TEAM: &str = "/profile/{id}/team";
const MEMBER: &str = "/profile/{id}/team/{account}";

fn invite(row: &FleetRow, email: &str) -> Change {
    Change::Invite(Invite {
        profile: row.key,
        email: email.to_owned(),
    })
}

fn remove(row: &FleetRow, member: &TeamRow) -> Change {
    Change::RemoveMember(RemoveMember {
        profile: row.key,
        member: member.id.clone(),
        email: member.email.clone(),
    })
}

impl Bench {
    /// Who is in a profile's team or invited to it, as the store has it; without the owner.
    async fn team_here(&self, row: &FleetRow) -> Vec<TeamRow> {
        let mut members = self.desk.team(row.key).await.unwrap().members;
        members.retain(|member| member.role != TeamRole::Owner);
        members
    }

    /// Whether somebody is in a profile's team at TagoIO: `Some(false)` is invited.
    fn active_upstream(&self, row: &FleetRow, email: &str) -> Option<bool> {
        let world = self.sim.world();
        let team = &world.profile(row.id.as_str()).unwrap().team;
        let found = team
            .iter()
            .find(|one| one.email.eq_ignore_ascii_case(email));
        found.map(|one| one.active)
    }

    /// An own profile with a member, and that member.
    async fn with_member(&self) -> (FleetRow, TeamRow) {
        for row in self.owned().await {
            let team = self.team_here(&row).await;
            if let Some(member) = team.into_iter().find(|one| one.role == TeamRole::Member) {
                return (row, member);
            }
        }
        panic!("no own profile has a member");
    }

    /// An own profile with place for another member.
    async fn with_place(&self) -> FleetRow {
        for row in self.owned().await {
            if self.team_here(&row).await.is_empty() {
                return row;
            }
        }
        panic!("every own profile has a team");
    }

    async fn people_changes(&self, row: &FleetRow) -> u32 {
        let query = ActivityQuery {
            profile: Some(row.key),
            topics: vec![ChangeTopic::People],
            limit: 10,
            ..ActivityQuery::default()
        };
        self.desk.activity(query).await.unwrap().total
    }
}

#[tokio::test]
async fn an_invitation_is_sent_once_is_known_at_once_and_is_taken_back_by_an_undo() {
    let bench = Bench::connected(20).await;
    bench.sync().await;
    let row = bench.with_place().await;
    let changes = vec![invite(&row, &format!(" {ADDRESS} "))];
    let preview = bench.preview(changes.clone()).await;
    assert_eq!((preview.ready, preview.undoable), (1, 1), "{preview:?}");
    assert_eq!(bench.active_upstream(&row, ADDRESS), None);

    bench.sim.clear_requests();
    let outcome = bench.carry_out(changes).await;
    assert_eq!(outcome.counts.done, 1, "{outcome:?}");
    assert_eq!(bench.sent("POST", TEAM), 1);
    assert_eq!(bench.sim.requests().len(), 1);
    assert_eq!(bench.active_upstream(&row, ADDRESS), Some(false));
    let team = bench.team_here(&row).await;
    assert_eq!((team.len(), team[0].role), (1, TeamRole::Invited));
    assert_eq!(team[0].email.as_deref(), Some(ADDRESS));
    assert_eq!(bench.people_changes(&row).await, 1);

    // The next list says the account's id: it is the same person, who neither left nor came.
    bench.sync_again().await;
    let team = bench.team_here(&row).await;
    assert_eq!(team.len(), 1, "{team:?}");
    assert!(team[0].id.is_some());
    assert_eq!(bench.people_changes(&row).await, 1);

    let undo = ChangeRequest::Undo {
        batch: outcome.batch,
    };
    let undone = bench.ask_for(undo).await;
    assert_eq!(undone.counts.done, 1, "{undone:?}");
    assert_eq!(bench.active_upstream(&row, ADDRESS), None);
    assert!(bench.team_here(&row).await.is_empty());
}

#[tokio::test]
async fn who_is_removed_is_gone_here_too_and_an_undo_invites_anew() {
    let bench = Bench::connected(20).await;
    bench.sync().await;
    let (row, member) = bench.with_member().await;
    let email = member.email.clone().unwrap();
    let changes = vec![remove(&row, &member)];
    let preview = bench.preview(changes.clone()).await;
    assert!(preview.rows[0].warnings[0].contains("accept anew"));
    bench.sim.clear_requests();
    let outcome = bench.carry_out(changes).await;
    assert_eq!(outcome.counts.done, 1, "{outcome:?}");
    assert_eq!(bench.sim.requests().len(), 1);
    assert_eq!(bench.active_upstream(&row, &email), None);
    let here = bench.team_here(&row).await;
    assert!(here.iter().all(|one| one.email.as_deref() != Some(&email)));

    let undo = ChangeRequest::Undo {
        batch: outcome.batch,
    };
    let preview = bench.desk.preview(undo.clone()).await.unwrap();
    assert!(preview.rows[0].warnings[0].contains("must accept"));
    let undone = bench.ask_for(undo).await;
    assert_eq!(undone.counts.done, 1, "{undone:?}");
    assert_eq!(bench.active_upstream(&row, &email), Some(false));
}

#[tokio::test]
async fn a_lost_answer_about_a_team_is_read_back_and_nothing_is_sent_twice() {
    let bench = Bench::connected(20).await;
    bench.sync().await;
    let (row, member) = bench.with_member().await;
    let place = bench.with_place().await;
    for route in [format!("POST {TEAM}"), format!("DELETE {MEMBER}")] {
        bench.sim.set_fault(Fault::new(FaultKind::Lost).on(&route));
    }
    bench.sim.clear_requests();
    let changes = vec![remove(&row, &member), invite(&place, ADDRESS)];
    let outcome = bench.carry_out(changes).await;
    for end in &outcome.rows {
        assert_eq!(end.result, ActionResult::Done, "{outcome:?}");
        assert!(end.message.as_ref().unwrap().contains("was lost"));
    }
    assert_eq!(
        (bench.sent("DELETE", MEMBER), bench.sent("POST", TEAM)),
        (1, 1)
    );
    assert_eq!(bench.sent("GET", TEAM), 2, "each team is read back");
    assert_eq!(bench.team_here(&place).await.len(), 1);
}

#[tokio::test]
async fn no_address_a_member_and_more_than_the_plan_allows_are_refused_before_anything_is_sent() {
    let bench = Bench::connected(20).await;
    bench.sync().await;
    let (row, member) = bench.with_member().await;
    bench.sim.clear_requests();
    let known = member.email.clone().unwrap().to_uppercase();
    let changes = ["nobody", &known].map(|email| invite(&row, email));
    let preview = bench.preview(changes.to_vec()).await;
    let reasons: Vec<_> = preview
        .rows
        .iter()
        .map(|row| row.refusal.as_ref().map(|why| why.reason))
        .collect();
    assert_eq!(
        reasons,
        [
            Some(RefusalReason::Invalid),
            Some(RefusalReason::NothingToDo)
        ]
    );
    let place = bench.with_place().await;
    let addresses = (1..=6).map(|number| format!("person{number}@example.com"));
    let mut results = Vec::new();
    for address in addresses {
        let outcome = bench.carry_out(vec![invite(&place, &address)]).await;
        results.push(outcome.rows[0].code.clone());
    }
    let (within, beyond) = results.split_at(5);
    assert!(within.iter().all(Option::is_none), "{results:?}");
    assert_eq!(beyond, [Some("over_limit".to_owned())]);
    assert_eq!(bench.sent("POST", TEAM), 5);
    let this = FleetSelection::of(vec![place.key]);
    bench.desk.put_protected(this, true).await.unwrap();
    let somebody = bench.team_here(&place).await.remove(0);
    let outcome = bench.carry_out(vec![remove(&place, &somebody)]).await;
    assert_eq!(outcome.rows[0].code.as_deref(), Some("protected"));
}
