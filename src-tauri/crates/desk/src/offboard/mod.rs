//! Off-boarding somebody: what the store knows of their ways in becomes a batch of changes, which takes the path of
//! all changes; drafts of mails to owners of other profiles; and a report of what became of it, and of what is not
//! known.

mod facts;
mod mail;
mod report;
mod view;

use model::ActionResult;
use serde_json::json;
use store::{ActionEnd, NewAction};

pub use view::*;

use crate::event::StoreNews;
use crate::open::Desk;
use crate::problem::{Problem, ProblemCode};

impl Desk {
    /// What is known of somebody who is to lose all access, from the store alone: by an address, an id, a name that one
    /// person alone bears, or what a list of persons says.
    pub async fn leaver(&self, person: &str) -> Result<Leaver, Problem> {
        facts::leaver(&self.inner, person.to_owned(), true).await
    }

    /// The draft of a mail to one owner, as [`OwnerMail::owner`] names it.
    pub async fn owner_mail(&self, person: &str, owner: &str) -> Result<OwnerMail, Problem> {
        let mut mails = self.leaver(person).await?.mails.into_iter();
        let found = mails.find(|mail| mail.owner == owner);
        found.ok_or_else(|| {
            let message = "There is nothing to write to this owner any more.";
            Problem::new(ProblemCode::NotFound, message)
        })
    }

    /// What became of an off-boarding: of the batch and its retries, and what is still there.
    pub async fn offboard_report(
        &self,
        person: &str,
        batch: Option<i64>,
    ) -> Result<OffboardReport, Problem> {
        // Nobody is known who has no way in any more, and that is what was wanted.
        let leaver = facts::leaver(&self.inner, person.to_owned(), batch.is_none()).await?;
        report::of(&self.inner, leaver, batch).await
    }

    /// The same, noted in the action log: what was not done is in no other line of it.
    pub async fn end_offboarding(
        &self,
        person: &str,
        batch: Option<i64>,
    ) -> Result<OffboardReport, Problem> {
        let report = self.offboard_report(person, batch).await?;
        let (at, counts) = (report.at, report.counts);
        let after = json!({
            "person": &report.called,
            "batch": batch,
            "removed": counts.removed,
            "not_removed": counts.not_removed,
            "not_known_to_be_removed": counts.unclear,
            "left": counts.left,
            "for_other_owners": counts.of_others,
            "not_known": counts.not_known,
        });
        let what = json!({ "person": &report.who, "batch": batch });
        self.inner
            .write(move |store| {
                let action = store.begin_action(&NewAction {
                    at,
                    batch: None,
                    account: None,
                    profile: None,
                    kind: "offboard".to_owned(),
                    what,
                    before: json!({}),
                    after,
                })?;
                let end = ActionEnd {
                    at,
                    result: ActionResult::Done,
                    code: None,
                    message: None,
                    confirmed: None,
                };
                store.end_action(action, &end)
            })
            .await?;
        self.inner.tell_changed(StoreNews::actions());
        Ok(report)
    }
}
