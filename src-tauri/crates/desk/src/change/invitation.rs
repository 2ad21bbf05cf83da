//! Answering an invitation to somebody else's profile. TagoIO tells of one by a notification with two buttons; once one
//! of them is pressed, neither can be.

use model::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tagoio::{ApiError, Notification, NotificationButton, Session};
use ts_rs::TS;

use super::{Fields, Refusal, RefusalReason, Sides};
use crate::open::Desk;
use crate::problem::Problem;

const INVITATION: &str = "invitation";
const ANSWER: &str = "answer";

const ACCEPT: &str = "accept";
const REFUSE: &str = "refuse";

/// An invitation that is to be answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AnswerInvitation {
    /// The account that is invited, by its number in the store.
    #[ts(type = "number")]
    pub account: i64,
    /// TagoIO's id of the notification that tells of it.
    pub notification: String,
    /// What that says.
    pub invitation: String,
    /// Whether it is accepted; else it is refused.
    pub accept: bool,
}

/// An invitation to somebody else's profile that is not answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct InvitationRow {
    /// TagoIO's id of the notification that tells of it.
    pub notification: String,
    /// What that says: TagoIO names the profile nowhere else.
    pub invitation: String,
    /// When it came.
    #[ts(type = "string | null")]
    pub created_at: Option<Timestamp>,
}

impl Desk {
    /// The invitations of an account that are not answered, the newest first. Asks TagoIO: they are not kept.
    pub async fn invitations(&self, account: i64) -> Result<Vec<InvitationRow>, Problem> {
        let ask = |session: Session| async move { session.notifications().await };
        let all = self.asked(account, ask).await?;
        let mut open: Vec<InvitationRow> = all.iter().filter_map(InvitationRow::of).collect();
        open.sort_by_key(|row| std::cmp::Reverse(row.created_at));
        Ok(open)
    }
}

impl InvitationRow {
    fn of(notification: &Notification) -> Option<Self> {
        button(notification, ACCEPT)?;
        let said = [&notification.message, &notification.title];
        let said = said.into_iter().flatten().find(|text| !text.is_empty());
        Some(Self {
            notification: notification.id.as_str().to_owned(),
            invitation: said.cloned().unwrap_or_default(),
            created_at: notification.created_at,
        })
    }
}

impl AnswerInvitation {
    /// What it changes, beside the account.
    pub(super) fn thing(&self) -> String {
        self.notification.clone()
    }

    /// What must stand at TagoIO for it to be sent: no answer.
    pub(super) fn expects(&self) -> Fields {
        self.fields(None)
    }

    /// The store knows nothing of it: TagoIO is asked right before it is sent.
    pub(super) fn check(&self) -> Sides {
        let warning = if self.accept {
            "The profile stands in the fleet after the next sync, as one that its owner shares."
        } else {
            "Only its owner can invite the account again."
        };
        Sides {
            before: self.fields(None),
            after: self.fields(Some(self.button())),
            warnings: vec![warning.to_owned()],
        }
    }

    /// That it was answered otherwise, or taken back.
    pub(super) fn taken() -> Refusal {
        let message = "It was answered already, or taken back by who sent it.";
        Refusal::new(RefusalReason::Changed, message)
    }

    /// Whether what stands is an answer. What was asked right before it was sent showed none.
    pub(super) fn is_done(now: &Fields) -> bool {
        now.get(ANSWER).is_some_and(|answer| !answer.is_null())
    }

    pub(super) async fn send(&self, session: &Session) -> Result<(), ApiError> {
        let all = session.notifications().await?;
        let pressed = self
            .among(&all)
            .and_then(|found| Some((found, button(found, self.button())?)));
        let Some((notification, button)) = pressed else {
            return Err(ApiError::Unsendable {
                call: "answer to an invitation",
                why: "it was answered already, or taken back.".to_owned(),
            });
        };
        session.press_button(&notification.id, &button.id).await?;
        Ok(())
    }

    /// Which answer was given TagoIO does not say.
    pub(super) async fn read(&self, session: &Session) -> Result<Fields, ApiError> {
        let all = session.notifications().await?;
        let open = self
            .among(&all)
            .is_some_and(|found| button(found, ACCEPT).is_some());
        Ok(self.fields(Some("given").filter(|_| !open)))
    }

    fn button(&self) -> &'static str {
        if self.accept { ACCEPT } else { REFUSE }
    }

    fn among<'a>(&self, all: &'a [Notification]) -> Option<&'a Notification> {
        all.iter().find(|one| one.id.as_str() == self.notification)
    }

    fn fields(&self, answer: Option<&str>) -> Fields {
        Fields::from([
            (INVITATION.to_owned(), Value::from(self.invitation.as_str())),
            (ANSWER.to_owned(), Value::from(answer)),
        ])
    }
}

/// The button that answers an invitation so, while it can be pressed.
fn button<'a>(notification: &'a Notification, answer: &str) -> Option<&'a NotificationButton> {
    let enabled = notification.buttons_enabled != Some(false);
    let mut buttons = notification.buttons.iter().filter(|_| enabled);
    buttons.find(|button| button.share_profile.as_deref() == Some(answer))
}
