//! Making profiles.

use desk::change::{Change, ChangeRequest, CreateProfile, RefusalReason};
use model::ActionResult;
use sim::{Fault, FaultKind};

use crate::Bench;

const LIST: &str = "/profile/";

impl Bench {
    async fn create(&self, name: &str) -> Change {
        let accounts = self.desk.accounts().await.unwrap();
        Change::CreateProfile(CreateProfile {
            account: accounts[0].key,
            name: name.to_owned(),
            free_resources: true,
        })
    }

    /// How many profiles the first account has of a name, at TagoIO.
    fn named_upstream(&self, name: &str) -> usize {
        let account = self.sim.tokens()[0].account.clone();
        let world = self.sim.world();
        let own = world.owned_by(&account);
        own.filter(|profile| profile.name == name).count()
    }
}

#[tokio::test]
async fn a_new_profile_is_in_the_fleet_at_once_and_a_sync_finds_the_same() {
    let bench = Bench::connected(10).await;
    bench.sync().await;
    let before = bench.owned().await.len();
    let create = bench.create(" Pier 4 ").await;
    let preview = bench.preview(vec![create.clone()]).await;
    assert_eq!((preview.ready, preview.undoable), (1, 0), "{preview:?}");
    assert_eq!(preview.rows[0].account.as_deref(), Some("Acme"));
    let outcome = bench.carry_out(vec![create]).await;
    assert_eq!(outcome.counts.done, 1, "{outcome:?}");
    let now = bench.owned().await;
    assert_eq!(now.len(), before + 1);
    let made = now.iter().find(|row| row.name == "Pier 4").unwrap();
    assert_eq!(made.account, "Acme");
    bench.sync_again().await;
    let later = bench.owned().await;
    assert!(later.iter().any(|row| row.key == made.key));
    assert_eq!(later.len(), before + 1);
    let log = bench.log().await;
    assert_eq!(log.rows[0].kind, "create_profile");
    assert_eq!(log.rows[0].after["id"], made.id.to_string());
}

#[tokio::test]
async fn a_profile_whose_answer_was_lost_is_found_by_its_name_and_never_made_twice() {
    let bench = Bench::connected(10).await;
    bench.sync().await;
    let lost = Fault::new(FaultKind::Lost).on(&format!("POST {LIST}"));
    bench.sim.set_fault(lost);
    bench.sim.clear_requests();
    let changes = vec![bench.create("Pier 4").await, bench.create("Pier 5").await];
    let outcome = bench.carry_out(changes.clone()).await;
    assert_eq!(bench.sent("POST", LIST), 2, "{outcome:?}");
    for end in &outcome.rows {
        assert_eq!(end.result, ActionResult::Done, "{outcome:?}");
        assert!(end.message.as_ref().unwrap().contains("was lost"));
    }
    bench.sim.clear_faults();
    let retry = ChangeRequest::Retry {
        batch: outcome.batch,
    };
    assert_eq!(bench.ask_for(retry).await.rows, []);
    let again = bench.carry_out(changes).await;
    assert_eq!(again.counts.refused, 2, "{again:?}");
    for name in ["Pier 4", "Pier 5"] {
        assert_eq!(bench.named_upstream(name), 1);
        let here = bench.owned().await;
        assert_eq!(here.iter().filter(|row| row.name == name).count(), 1);
    }
}

#[tokio::test]
async fn a_name_that_the_account_has_is_refused_here_and_at_tagoio() {
    let bench = Bench::connected(10).await;
    bench.sync().await;
    let row = bench.owned().await.remove(0);
    let preview = bench
        .preview(vec![
            bench.create(&row.name).await,
            bench.create("").await,
            bench.create("Pier 4").await,
            bench.create("Pier 4").await,
        ])
        .await;
    let reasons: Vec<_> = preview
        .rows
        .iter()
        .map(|row| row.refusal.as_ref().map(|why| why.reason))
        .collect();
    let (taken, invalid) = (RefusalReason::Taken, RefusalReason::Invalid);
    let twice = Some(RefusalReason::Twice);
    assert_eq!(reasons, [Some(taken), Some(invalid), None, twice]);
    // As somebody does on TagoIO's site, unseen here.
    assert!(bench.sim.rename_profile(row.id.as_str(), "By hand"));
    bench.sim.clear_requests();
    let outcome = bench.carry_out(vec![bench.create("By hand").await]).await;
    assert_eq!(
        outcome.rows[0].code.as_deref(),
        Some("taken"),
        "{outcome:?}"
    );
    assert_eq!(bench.sent("POST", LIST), 0);
}

#[tokio::test]
async fn a_file_names_profiles_of_one_account_or_of_each_rows_own_and_one_bad_line_makes_none() {
    let bench = Bench::connected(10).await;
    let accounts = bench.desk.accounts().await.unwrap();
    let (chosen, other) = (&accounts[0], &accounts[1]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new.csv");
    let read = async |text: String, account: Option<i64>| {
        std::fs::write(&path, text).unwrap();
        bench
            .desk
            .profiles_of_file(path.clone(), account, true)
            .await
    };
    let by_id = other.id.as_str();
    let text = format!(
        "name,account\nPier 4,\n\"Pier 5, east\",{}\n<b>Pier</b>,{by_id}\n",
        other.label
    );
    let profiles = read(text.clone(), Some(chosen.key)).await.unwrap();
    let made: Vec<_> = profiles
        .iter()
        .map(|one| (one.account, one.name.as_str()))
        .collect();
    assert_eq!(
        made,
        [
            (chosen.key, "Pier 4"),
            (other.key, "Pier 5, east"),
            (other.key, "<b>Pier</b>")
        ]
    );
    assert!(profiles.iter().all(|one| one.free_resources));
    for (text, account, said) in [
        (text, None, "new.csv, line 2: it names no account"),
        (
            "name,account\nPier 4,\nPier 5,Nobody\n".to_owned(),
            Some(chosen.key),
            "new.csv, line 3: No account is called “Nobody”",
        ),
        (
            "title\nPier 4\n".to_owned(),
            Some(chosen.key),
            "new.csv, line 1: the column “name” is missing",
        ),
    ] {
        let problem = read(text, account).await.unwrap_err();
        assert!(problem.message.contains(said), "{}", problem.message);
    }
    let nowhere = bench
        .desk
        .profiles_of_file(folder.path().join("none.csv"), None, true);
    let problem = nowhere.await.unwrap_err();
    assert!(problem.message.contains("could not be read"), "{problem}");
}
