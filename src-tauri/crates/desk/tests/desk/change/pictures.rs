//! Pictures by file: looked at when they are chosen, uploaded when the change is carried out.

use desk::change::{Change, ChangeRequest, ChosenPicture, Pictures};
use desk::read::FleetRow;
use model::ActionResult;
use sim::{Fault, FaultKind};

use crate::Bench;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and what makes a logo";
const UPLOAD: &str = "POST /files";
const EDIT: &str = "PUT /profile/{id}";

impl Bench {
    async fn choose(&self, name: &str, content: &[u8]) -> ChosenPicture {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        self.desk.choose_picture(path).await.unwrap()
    }

    /// Where the logo of a profile is, at TagoIO.
    fn logo_upstream(&self, row: &FleetRow) -> Option<String> {
        let world = self.sim.world();
        let profile = world.profile(row.id.as_str()).unwrap();
        profile.logo_url.clone()
    }
}

fn logo(row: &FleetRow, file: ChosenPicture) -> Change {
    Change::Pictures(Pictures {
        profile: row.key,
        logo_file: Some(file),
        ..Pictures::default()
    })
}

#[tokio::test]
async fn a_logo_file_is_uploaded_when_the_change_is_made_and_the_profile_bears_its_address() {
    let bench = Bench::connected(10).await;
    bench.sync().await;
    let row = bench.owned().await.remove(0);
    let file = bench.choose("harbour.png", PNG).await;
    bench.sim.clear_requests();
    let preview = bench.preview(vec![logo(&row, file.clone())]).await;
    assert_eq!(preview.rows[0].after["logo_url"], "harbour.png (PNG, 1 KB)");
    assert!(preview.rows[0].warnings[0].contains("everybody who has its address"));
    assert_eq!(bench.sim.requests().len(), 0, "a dry run uploads nothing");
    // What was looked at is what is uploaded.
    std::fs::remove_file(bench.folder.path().join("harbour.png")).unwrap();
    let outcome = bench.carry_out(vec![logo(&row, file.clone())]).await;
    assert_eq!(outcome.rows[0].result, ActionResult::Done, "{outcome:?}");
    let url = bench.logo_upstream(&row).unwrap();
    assert_eq!(url.rsplit('.').next(), Some("png"), "{url}");
    {
        let world = bench.sim.world();
        let stored = world
            .files
            .iter()
            .find(|file| url.ends_with(&file.filename));
        let stored = stored.unwrap();
        assert_eq!((stored.bytes.as_slice(), stored.public), (PNG, true));
    }
    assert_eq!(bench.log().await.rows[0].after["logo_url"], url);
    let again = bench.carry_out(vec![logo(&row, file)]).await;
    assert_eq!(again.rows[0].code.as_deref(), Some("nothing_to_do"));
}

#[tokio::test]
async fn a_logo_whose_answer_was_lost_is_known_by_its_content_and_one_that_was_not_set_is_tried_again()
 {
    let bench = Bench::connected(10).await;
    bench.sync().await;
    let rows = bench.owned().await;
    let file = bench.choose("harbour.png", PNG).await;
    bench.sim.set_fault(Fault::new(FaultKind::Lost).on(EDIT));
    let outcome = bench.carry_out(vec![logo(&rows[0], file.clone())]).await;
    assert_eq!(outcome.rows[0].result, ActionResult::Done, "{outcome:?}");
    assert!(
        bench
            .logo_upstream(&rows[0])
            .unwrap()
            .contains(&file.sha256[..16])
    );
    bench.sim.clear_faults();
    bench.sim.set_fault(Fault::new(FaultKind::Lost).on(UPLOAD));
    let before = bench.logo_upstream(&rows[1]);
    let outcome = bench.carry_out(vec![logo(&rows[1], file)]).await;
    assert_eq!(outcome.rows[0].result, ActionResult::Failed, "{outcome:?}");
    assert_eq!(bench.logo_upstream(&rows[1]), before);
    bench.sim.clear_faults();
    let retry = ChangeRequest::Retry {
        batch: outcome.batch,
    };
    assert_eq!(bench.ask_for(retry).await.counts.done, 1);
    assert_eq!(bench.sim.world().files.len(), 1, "twice is the same file");
}

#[tokio::test]
async fn a_file_that_is_not_at_hand_any_more_fails_before_anything_is_sent() {
    let mut bench = Bench::connected(10).await;
    bench.sync().await;
    let row = bench.owned().await.remove(0);
    let file = bench.choose("harbour.png", PNG).await;
    bench.reopen().await;
    bench.sim.clear_requests();
    let outcome = bench.carry_out(vec![logo(&row, file)]).await;
    assert_eq!(outcome.rows[0].result, ActionResult::Failed);
    let message = outcome.rows[0].message.as_deref().unwrap();
    assert!(message.contains("Choose it again"), "{message}");
    assert_eq!(bench.sim.requests().len(), 0);
    assert!(!bench.folder.path().join("none.png").exists());
    let none = bench
        .desk
        .choose_picture(bench.folder.path().join("none.png"));
    assert!(none.await.is_err());
}
