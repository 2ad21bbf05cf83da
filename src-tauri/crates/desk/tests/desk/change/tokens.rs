//! Making tokens and revoking them.

use std::path::Path;

use desk::ProblemCode;
use desk::change::{
    Change, ChangeOutcome, ChangeRequest, Confirmation, CreateToken, Proof, RefusalReason,
    RevokeToken, TokenPermission,
};
use desk::read::{FleetRow, TokenRow, TokensQuery};
use model::{ActionResult, Timestamp};
use sim::{Fault, FaultKind};

use crate::Bench;

const LIST: &str = "/profile/{id}/token";
const ONE: &str = "/profile/{id}/token/{token}";

fn create(row: &FleetRow, name: &str) -> Change {
    Change::CreateToken(CreateToken {
        profile: row.key,
        name: name.to_owned(),
        permission: TokenPermission::Read,
        expires_at: Some("2027-03-01T00:00:00Z".parse().unwrap()),
    })
}

fn revoke(row: &FleetRow, token: &TokenRow) -> Change {
    Change::RevokeToken(RevokeToken {
        profile: row.key,
        fingerprint: token.fingerprint.clone(),
    })
}

impl Bench {
    /// The password of an account, by its place.
    fn password(&self, account: usize, pin: bool) -> Proof {
        let world = self.sim.world();
        let account = world.account(&self.sim.tokens()[account].account).unwrap();
        Proof {
            password: account.password.as_str().into(),
            pin: pin.then(|| account.pin.as_str().into()),
        }
    }

    async fn make(&self, changes: Vec<Change>) -> ChangeOutcome {
        let request = ChangeRequest::Changes { changes };
        let proof = Some(self.password(0, false));
        let work = self.desk.carry_out(request, Confirmation::default(), proof);
        self.sim.run_through(work).await.unwrap()
    }

    /// A profile's tokens as the store has them.
    async fn tokens_here(&self, row: &FleetRow) -> Vec<TokenRow> {
        let query = TokensQuery {
            filter: "sign-in:all".to_owned(),
            profile: Some(row.key),
            limit: 500,
            ..TokensQuery::default()
        };
        self.desk.tokens(query).await.unwrap().rows
    }

    /// The values of a profile's tokens with a name at TagoIO.
    fn values_upstream(&self, row: &FleetRow, name: &str) -> Vec<String> {
        let world = self.sim.world();
        let profile = world.profile(row.id.as_str()).unwrap();
        let named = profile.tokens.iter().filter(|token| token.name == name);
        named.map(|token| token.token.clone()).collect()
    }

    async fn token_named(&self, row: &FleetRow, name: &str) -> TokenRow {
        let mut rows = self.tokens_here(row).await;
        rows.retain(|token| token.name.as_deref() == Some(name));
        assert_eq!(rows.len(), 1, "{rows:?}");
        rows.remove(0)
    }
}

/// Whether a file of a folder holds the bytes.
fn holds(folder: &Path, bytes: &[u8]) -> bool {
    let files = std::fs::read_dir(folder).unwrap();
    let mut paths = files.map(|file| file.unwrap().path());
    paths.any(|path| {
        path.is_file()
            && std::fs::read(path)
                .unwrap()
                .windows(bytes.len())
                .any(|part| part == bytes)
    })
}

#[tokio::test]
async fn a_new_token_is_known_at_once_and_its_value_is_in_memory_alone_until_it_is_forgotten() {
    let bench = Bench::connected(10).await;
    bench.sync().await;
    let row = bench.owned().await.remove(0);
    let before = bench.tokens_here(&row).await.len();
    let preview = bench.preview(vec![create(&row, " CI ")]).await;
    assert_eq!((preview.ready, preview.undoable), (1, 1), "{preview:?}");
    assert!(preview.needs_proof);
    assert_eq!(preview.rows[0].after["token"], "CI");

    bench.sim.clear_requests();
    let outcome = bench.make(vec![create(&row, " CI ")]).await;
    assert_eq!(outcome.rows[0].result, ActionResult::Done, "{outcome:?}");
    assert_eq!(outcome.rows[0].made, Some(0));
    assert_eq!(bench.sent("POST", LIST), 1);
    let value = bench.values_upstream(&row, "CI").remove(0);
    let made = bench.desk.made_token(outcome.batch, 0).unwrap();
    assert_eq!(made.expose(), value);
    bench.desk.forget_made_tokens(outcome.batch);
    let gone = bench.desk.made_token(outcome.batch, 0).unwrap_err();
    assert!(!gone.message.contains(&value));

    let token = bench.token_named(&row, "CI").await;
    assert!(value.ends_with(&token.last4));
    assert_eq!(token.permission.as_deref(), Some("read"));
    let end: Timestamp = "2027-03-01T00:00:00Z".parse().unwrap();
    assert_eq!(token.expires_at, Some(end));
    // The next list finds the same token.
    bench.sync_again().await;
    assert_eq!(bench.tokens_here(&row).await.len(), before + 1);
    assert_eq!(
        bench.token_named(&row, "CI").await.fingerprint,
        token.fingerprint
    );
    let said = format!("{outcome:?} {:?}", bench.log().await);
    assert!(!said.contains(&value));
    assert!(!said.contains(bench.sim.world().accounts[0].password.as_str()));
    assert!(!holds(bench.folder.path(), value.as_bytes()));
}

#[tokio::test]
async fn a_token_made_before_the_connection_was_cut_is_found_shown_and_offered_to_be_revoked() {
    let bench = Bench::connected(10).await;
    bench.sync().await;
    let row = bench.owned().await.remove(0);
    let cut = Fault::new(FaultKind::Lost).on(&format!("POST {LIST}"));
    bench.sim.set_fault(cut);
    bench.sim.clear_requests();
    let outcome = bench.make(vec![create(&row, "CI")]).await;
    assert_eq!(bench.sent("POST", LIST), 1, "it is not sent again");
    assert_eq!(bench.values_upstream(&row, "CI").len(), 1);
    let end = &outcome.rows[0];
    assert_eq!(end.result, ActionResult::Done, "{outcome:?}");
    let token = bench.token_named(&row, "CI").await;
    let said = end.message.as_deref().unwrap();
    assert!(
        said.contains("value was lost") && said.contains(&token.last4),
        "{said}"
    );
    assert!(end.row.undoable && end.made.is_none());
    assert!(bench.desk.made_token(outcome.batch, 0).is_err());

    bench.sim.clear_faults();
    let undo = ChangeRequest::Undo {
        batch: outcome.batch,
    };
    let undone = bench.ask_for(undo).await;
    assert_eq!(undone.counts.done, 1, "{undone:?}");
    assert_eq!(bench.values_upstream(&row, "CI"), [""; 0]);
    let left = bench.tokens_here(&row).await;
    assert!(left.iter().all(|one| one.fingerprint != token.fingerprint));
}

#[tokio::test]
async fn a_token_of_a_program_that_was_killed_is_found_by_the_next_one_and_not_made_twice() {
    let mut bench = Bench::connected(10).await;
    bench.sync().await;
    let row = bench.owned().await.remove(0);
    let lost = [format!("POST {LIST}"), format!("GET {LIST}")];
    bench
        .sim
        .set_fault(Fault::new(FaultKind::Lost).on(&lost[0]));
    // The list is asked for before it is sent, and is away after it.
    let before = bench.sim.requests().len() as u64;
    bench.sim.set_fault(
        Fault::new(FaultKind::Html)
            .on(&lost[1])
            .every(u64::MAX, before + 3),
    );
    let outcome = bench.make(vec![create(&row, "CI")]).await;
    assert_eq!(outcome.rows[0].result, ActionResult::Unknown, "{outcome:?}");
    bench.sim.clear_faults();
    bench.sim.clear_requests();
    bench.reopen().await;
    // A sync that saw it first changes nothing about that.
    bench.sync_again().await;
    let found = bench
        .sim
        .run_through(bench.desk.unfinished())
        .await
        .unwrap();
    assert_eq!(found[0].result, ActionResult::Done, "{found:?}");
    assert!(found[0].message.as_ref().unwrap().contains("was lost"));
    let again = bench.make(vec![create(&row, "CI")]).await;
    assert_eq!(again.rows[0].code.as_deref(), Some("taken"), "{again:?}");
    assert_eq!(bench.sent("POST", LIST), 0);
    assert_eq!(bench.values_upstream(&row, "CI").len(), 1);
}

#[tokio::test]
async fn a_name_that_is_taken_at_tagoio_is_refused_although_it_was_not_seen_here() {
    let bench = Bench::connected(10).await;
    bench.sync().await;
    let row = bench.owned().await.remove(0);
    assert_eq!(bench.make(vec![create(&row, "CI")]).await.counts.done, 1);
    let preview = bench
        .preview(vec![create(&row, "CI"), create(&row, "")])
        .await;
    let reasons: Vec<_> = preview
        .rows
        .iter()
        .map(|row| row.refusal.as_ref().unwrap().reason)
        .collect();
    assert_eq!(reasons, [RefusalReason::Taken, RefusalReason::Invalid]);
    // As somebody names one on TagoIO's site.
    bench.sim.change(|world| {
        let profile = world.profile_mut(row.id.as_str()).unwrap();
        let token = profile.tokens.iter_mut().find(|token| token.name == "CI");
        "Hand-made".clone_into(&mut token.unwrap().name);
    });
    bench.sim.clear_requests();
    let outcome = bench.make(vec![create(&row, "Hand-made")]).await;
    assert_eq!(
        outcome.rows[0].code.as_deref(),
        Some("taken"),
        "{outcome:?}"
    );
    assert_eq!(bench.sent("POST", LIST), 0);
}

#[tokio::test]
async fn a_second_factor_is_asked_for_with_its_kind_and_the_batch_goes_on() {
    let bench = Bench::connected(10).await;
    bench.sync().await;
    let account = bench.sim.tokens()[1].account.clone();
    let own: Vec<String> = bench
        .sim
        .world()
        .owned_by(&account)
        .map(|profile| profile.id.clone())
        .collect();
    let rows = bench.fleet().await.rows;
    let row = rows.iter().find(|row| own.contains(&row.id.to_string()));
    let row = row.unwrap();
    bench.sim.change(|world| {
        let mut all = world.accounts.iter_mut();
        let account = all.find(|one| one.id == account).unwrap();
        account.otp = sim::world::Otp {
            sms: true,
            ..sim::world::Otp::default()
        };
    });
    let changes = vec![create(row, "CI")];
    let request = ChangeRequest::Changes { changes };
    let proof = bench.password(1, false);
    let work = bench
        .desk
        .carry_out(request, Confirmation::default(), Some(proof));
    let waiting = bench.sim.run_through(work).await.unwrap();
    let needs = waiting.needs_proof.unwrap();
    assert!(needs.pin, "{needs:?}");
    assert!(needs.problem.unwrap().message.contains("second factor"));
    let work = bench
        .desk
        .carry_out_rest(waiting.batch, bench.password(1, true));
    let ended = bench.sim.run_through(work).await.unwrap();
    assert_eq!(ended.counts.done, 1, "{ended:?}");
    let value = bench.values_upstream(row, "CI").remove(0);
    let made = bench.desk.made_token(ended.batch, 0).unwrap();
    assert_eq!(made.expose(), value);
}

#[tokio::test]
async fn a_token_is_revoked_by_a_value_that_is_fetched_for_it_and_a_lost_answer_is_read_back() {
    let bench = Bench::connected(10).await;
    bench.sync().await;
    let row = bench.owned().await.remove(0);
    let names = ["First", "Second"];
    let changes = names.map(|name| create(&row, name)).to_vec();
    assert_eq!(bench.make(changes).await.counts.done, 2);
    let first = bench.token_named(&row, "First").await;
    let second = bench.token_named(&row, "Second").await;
    let preview = bench.preview(vec![revoke(&row, &first)]).await;
    assert_eq!((preview.ready, preview.undoable), (1, 0), "{preview:?}");
    let warning = &preview.rows[0].warnings[0];
    assert!(
        warning.contains("never used") || warning.contains("not known"),
        "{warning}"
    );

    let outcome = bench.carry_out(vec![revoke(&row, &first)]).await;
    assert_eq!(outcome.counts.done, 1, "{outcome:?}");
    assert_eq!(bench.values_upstream(&row, "First"), [""; 0]);
    bench
        .sim
        .set_fault(Fault::new(FaultKind::Lost).on(&format!("DELETE {ONE}")));
    bench.sim.clear_requests();
    let outcome = bench.carry_out(vec![revoke(&row, &second)]).await;
    assert_eq!(outcome.counts.done, 1, "{outcome:?}");
    assert_eq!(bench.sent("DELETE", ONE), 1);
    assert_eq!(bench.values_upstream(&row, "Second"), [""; 0]);
    assert!(
        bench
            .tokens_here(&row)
            .await
            .iter()
            .all(|token| !names.contains(&token.name.as_deref().unwrap_or_default()))
    );
    bench.sim.clear_faults();
    let again = bench.preview(vec![revoke(&row, &second)]).await;
    let refusal = again.rows[0].refusal.as_ref().unwrap();
    assert_eq!(refusal.reason, RefusalReason::NothingToDo);
}

#[tokio::test]
async fn the_token_that_this_program_reaches_an_account_with_is_not_revoked() {
    let bench = Bench::connected(10).await;
    bench.sync().await;
    for row in bench.owned().await {
        let tokens = bench.tokens_here(&row).await;
        let Some(ours) = tokens.iter().find(|token| token.used_here.is_some()) else {
            continue;
        };
        let outcome = bench.carry_out(vec![revoke(&row, ours)]).await;
        assert_eq!(outcome.counts.refused, 1, "{outcome:?}");
        let said = outcome.rows[0].message.as_deref().unwrap();
        assert!(said.contains("another token first"), "{said}");
        return;
    }
    panic!("no own profile holds the token");
}

#[tokio::test]
async fn the_values_of_several_tokens_go_to_one_new_file_until_they_are_forgotten() {
    let bench = Bench::connected(10).await;
    bench.sync().await;
    let owned: Vec<FleetRow> = bench.owned().await.into_iter().take(3).collect();
    let changes = owned.iter().map(|row| create(row, "Collector")).collect();
    let outcome = bench.make(changes).await;
    assert_eq!(outcome.counts.done, 3, "{outcome:?}");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tokens.csv");
    let saved = bench.desk.save_made_tokens(outcome.batch, file.clone());
    assert_eq!(saved.await.unwrap(), file);
    let mut wanted: Vec<String> = Vec::new();
    for row in &owned {
        let value = bench.values_upstream(row, "Collector").remove(0);
        let name = desk::export::csv_record([&row.name]);
        wanted.push(format!("{},{name},Collector,{value}", row.id));
    }
    let text = std::fs::read_to_string(&file).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "profile,profile_name,token_name,token");
    assert_eq!(lines[1..], wanted);
    let again = bench.desk.save_made_tokens(outcome.batch, file).await;
    assert_eq!(again.unwrap_err().code, ProblemCode::InvalidInput);
    bench.desk.forget_made_tokens(outcome.batch);
    let other = folder.path().join("other.csv");
    let late = bench
        .desk
        .save_made_tokens(outcome.batch, other.clone())
        .await;
    assert_eq!(late.unwrap_err().code, ProblemCode::NotFound);
    assert!(!other.exists());
}
