//! Changes that take a password.

use desk::change::{Change, ChangeRequest, Confirmation, Delete, Proof};
use desk::read::FleetRow;
use model::ActionResult;

use super::rename;
use crate::Bench;

fn delete(row: &FleetRow) -> Change {
    Change::Delete(Delete { profile: row.key })
}

fn proof(bench: &Bench, password: Option<&str>) -> Proof {
    let world = bench.sim.world();
    let account = world.account(&bench.sim.tokens()[0].account).unwrap();
    Proof {
        password: password.unwrap_or(&account.password).into(),
        pin: Some(account.pin.as_str().into()),
    }
}

#[tokio::test]
async fn a_batch_that_needs_a_proof_waits_for_one_and_then_goes_on() {
    let bench = Bench::connected(20).await;
    bench.sync().await;
    let rows = bench.owned().await;
    let changes = vec![delete(&rows[0]), rename(&rows[2], "New"), delete(&rows[1])];
    let preview = bench.preview(changes.clone()).await;
    assert!(preview.needs_proof);
    assert_eq!(preview.undoable, 1);

    let waiting = bench.carry_out(changes).await;
    assert_eq!(
        waiting.counts.done, 1,
        "what needs none is done: {waiting:?}"
    );
    let needs = waiting.needs_proof.unwrap();
    assert_eq!(
        (needs.account.as_str(), needs.rows, needs.problem),
        ("Acme", 2, None)
    );
    assert!(bench.sim.world().profile(rows[0].id.as_str()).is_some());

    let wrong = proof(&bench, Some("wrong"));
    let work = bench.desk.carry_out_rest(waiting.batch, wrong);
    let still = bench.sim.run_through(work).await.unwrap();
    let needs = still.needs_proof.unwrap();
    assert_eq!(needs.rows, 2);
    assert!(needs.problem.unwrap().message.contains("password"));

    let right = proof(&bench, None);
    let work = bench.desk.carry_out_rest(waiting.batch, right);
    let ended = bench.sim.run_through(work).await.unwrap();
    assert_eq!(ended.needs_proof, None);
    assert_eq!((ended.counts.done, ended.rows.len()), (3, 3), "{ended:?}");
    assert!(
        ended
            .rows
            .iter()
            .all(|row| row.result == ActionResult::Done)
    );
    for row in &rows[..2] {
        assert!(bench.sim.world().profile(row.id.as_str()).is_none());
        assert!(
            bench
                .fleet()
                .await
                .rows
                .iter()
                .all(|one| one.key != row.key)
        );
    }
    let undo = ChangeRequest::Undo {
        batch: waiting.batch,
    };
    let preview = bench.desk.preview(undo).await.unwrap();
    assert_eq!(
        (preview.ready, preview.refused),
        (1, 2),
        "what is deleted stays so"
    );
}

#[tokio::test]
async fn no_word_of_a_proof_is_kept() {
    let bench = Bench::connected(20).await;
    bench.sync().await;
    let row = bench.owned().await.remove(0);
    let secret = Proof {
        password: "hunter2-of-acme".into(),
        pin: Some("493028".into()),
    };
    assert!(!format!("{secret:?}").contains("hunter2"));
    let changes = vec![delete(&row)];
    let request = ChangeRequest::Changes { changes };
    let work = bench
        .desk
        .carry_out(request, Confirmation::default(), Some(secret));
    let outcome = bench.sim.run_through(work).await.unwrap();
    assert!(outcome.needs_proof.is_some());
    for file in std::fs::read_dir(bench.folder.path()).unwrap() {
        let path = file.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(path).unwrap();
            for secret in [&b"hunter2-of-acme"[..], b"493028"] {
                assert!(!bytes.windows(secret.len()).any(|part| part == secret));
            }
        }
    }
}
