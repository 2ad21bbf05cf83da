//! Changing something at TagoIO: check → confirm → do → read back → record.
//!
//! [`Change`] is what one row does to one thing; each kind has a file of its own. Rows are checked
//! against the store (`plan`) for the dry run and again before they are sent (`run`). A request is
//! sent once. Where its answer is lost, what stands at TagoIO is read before anything else (`send`).
//! Only what TagoIO confirmed is written to the store, with the end of the action in the action log
//! (`log`), in one transaction.
//!
//! A change takes the account's right to change, not its right to sync: nobody waits for a sync. What a
//! sync asked for before a change ended, it throws away, since it may show what stood before.
//!
//! To add a change: a file with a struct and the functions that [`Change`] asks of it, and an arm each in
//! the matches below.

mod allocate;
mod allocation;
mod backup;
mod buy;
mod create;
mod delete;
mod guard;
mod invitation;
mod log;
mod made;
mod move_token;
mod picture_file;
mod pictures;
mod plan;
mod profile_file;
mod rename;
mod rows;
mod run;
mod secret_file;
mod send;
mod subscription;
mod team;
mod token;
mod view;

pub use allocate::Allocate;
pub(crate) use backup::hindered as backup_hindered;
pub use backup::{CreateBackup, DeleteBackup};
pub use buy::Buy;
pub use create::CreateProfile;
pub(crate) use delete::DELETE;
pub use delete::Delete;
pub use invitation::{AnswerInvitation, InvitationRow};
pub(crate) use log::{result, understood, written};
pub use move_token::MoveToken;
pub(crate) use picture_file::Pictured;
pub use picture_file::{ChosenPicture, PictureKind};
pub use pictures::Pictures;
pub(crate) use plan::{NEW_PROFILE, NewProfile};
pub use rename::Rename;
pub(crate) use run::{Changing, Looked, look_offline};
pub use secret_file::SecretFile;
pub(crate) use send::{Wants, is_lost, not_sent, password as sent_password, wants};
pub use subscription::{CancelDowngrade, SettlePayment, Settlement};
pub use team::{Invite, RemoveMember};
pub(crate) use team::{is_address, plan_of};
pub use token::{CreateToken, RevokeToken, TokenPermission};
pub use view::*;

use std::collections::BTreeMap;
use std::time::Duration;

use model::{Fingerprint, ProfileId, Salt, Timestamp, Token};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{AccountKey, ProfileKey, Reader, StoreError, Subject, Writer};
use tagoio::{ApiError, Password, Session};
use ts_rs::TS;

use crate::sync::Log;

/// What one row does to one thing. It is kept in the action log, so it holds no secret.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Change {
    /// Gives a profile another name.
    Rename(Rename),
    /// Gives a profile another logo or banner.
    Pictures(Pictures),
    /// Gives a profile other limits.
    Allocate(Allocate),
    /// Deletes a profile with everything in it, for good.
    Delete(Delete),
    /// Invites somebody to a profile's team.
    Invite(Invite),
    /// Takes somebody out of a profile's team, or an invitation back.
    RemoveMember(RemoveMember),
    /// Makes a token of a profile.
    CreateToken(CreateToken),
    /// Revokes a token of a profile.
    RevokeToken(RevokeToken),
    /// Makes a profile in an account.
    CreateProfile(CreateProfile),
    /// Moves the token that an account is reached with to another of its profiles.
    MoveToken(MoveToken),
    /// Starts a backup of a profile.
    CreateBackup(CreateBackup),
    /// Deletes a backup of a profile, for good.
    DeleteBackup(DeleteBackup),
    /// Buys higher limits for an account.
    Buy(Buy),
    /// Cancels an account's scheduled downgrade.
    CancelDowngrade(CancelDowngrade),
    /// Does away with a payment of an account that failed.
    SettlePayment(SettlePayment),
    /// Answers an invitation of an account to somebody else's profile.
    AnswerInvitation(AnswerInvitation),
}

/// What stands before and after a change, field by field; null is nothing, or unknown.
pub(crate) type Fields = BTreeMap<String, Value>;

/// The two sides of a change that makes sense.
pub(crate) struct Sides {
    pub(crate) before: Fields,
    pub(crate) after: Fields,
    /// What a person should know before it is done.
    pub(crate) warnings: Vec<String>,
}

/// What a change is about, as the store has it.
pub(crate) struct Target {
    /// The account that it goes by: of a profile its owner's.
    pub(crate) account: store::Account,
    /// The profile, if it is about one.
    pub(crate) profile: Option<store::Profile>,
    /// What the store's fingerprints of tokens are made with.
    pub(crate) salt: Salt,
    /// The fingerprint of the token that the environment gave this program, if it did.
    pub(crate) environment: Option<Fingerprint>,
    /// When it was looked at.
    pub(crate) now: Timestamp,
    /// The picture files that were chosen.
    pub(crate) pictured: Pictured,
}

/// What TagoIO confirmed to stand now.
pub(crate) struct Sent {
    /// In the shape of `after`; it may say more.
    pub(crate) fields: Fields,
    /// The value of a token that was made. It is in memory alone.
    pub(crate) token: Option<Token>,
}

impl Target {
    /// The profile, of a change that is about one.
    pub(crate) fn profile(&self) -> Result<&store::Profile, Refusal> {
        self.profile.as_ref().ok_or_else(|| {
            let message = "There is no such profile in the store any more.";
            Refusal::new(RefusalReason::Gone, message)
        })
    }

    /// Whether it is about a profile that is not made yet.
    pub(crate) fn is_new(&self) -> bool {
        let profile = self.profile.as_ref();
        profile.is_some_and(|profile| profile.key == ProfileKey(NEW_PROFILE))
    }

    /// TagoIO's id of the profile.
    pub(crate) fn id(&self) -> Result<&ProfileId, ApiError> {
        let id = self.profile.as_ref().map(|profile| &profile.id);
        id.ok_or_else(|| ApiError::Unsendable {
            call: "change",
            why: "no profile is named.".to_owned(),
        })
    }
}

impl Change {
    /// Its word in the action log; as serde writes it.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Rename(_) => "rename",
            Self::Pictures(_) => "pictures",
            Self::Allocate(_) => "allocate",
            Self::Delete(_) => DELETE,
            Self::Invite(_) => "invite",
            Self::RemoveMember(_) => "remove_member",
            Self::CreateToken(_) => "create_token",
            Self::RevokeToken(_) => "revoke_token",
            Self::CreateProfile(_) => "create_profile",
            Self::MoveToken(_) => "move_token",
            Self::CreateBackup(_) => "create_backup",
            Self::DeleteBackup(_) => "delete_backup",
            Self::Buy(_) => "buy",
            Self::CancelDowngrade(_) => "cancel_downgrade",
            Self::SettlePayment(_) => "settle_payment",
            Self::AnswerInvitation(_) => "answer_invitation",
        }
    }

    /// The account or profile that it is about.
    pub(crate) fn subject(&self) -> Subject {
        match self {
            Self::Rename(Rename { profile, .. })
            | Self::Pictures(Pictures { profile, .. })
            | Self::Allocate(Allocate { profile, .. })
            | Self::Delete(Delete { profile })
            | Self::Invite(Invite { profile, .. })
            | Self::RemoveMember(RemoveMember { profile, .. })
            | Self::CreateToken(CreateToken { profile, .. })
            | Self::RevokeToken(RevokeToken { profile, .. })
            | Self::CreateBackup(CreateBackup { profile })
            | Self::DeleteBackup(DeleteBackup { profile, .. }) => {
                Subject::Profile(ProfileKey(*profile))
            }
            Self::CreateProfile(CreateProfile { account, .. })
            | Self::MoveToken(MoveToken { account, .. }) => Subject::Account(AccountKey(*account)),
            Self::Buy(Buy { account, .. })
            | Self::CancelDowngrade(CancelDowngrade { account })
            | Self::SettlePayment(SettlePayment { account, .. })
            | Self::AnswerInvitation(AnswerInvitation { account, .. }) => {
                Subject::Account(AccountKey(*account))
            }
        }
    }

    /// What it changes, so that no batch changes the same thing twice.
    pub(crate) fn thing(&self) -> (&'static str, Subject, Option<String>) {
        // One person may not be invited and removed at once.
        let (kind, which) = match self {
            Self::Invite(invite) => ("team", Some(invite.who().thing())),
            Self::RemoveMember(remove) => ("team", Some(remove.who().thing())),
            Self::CreateToken(create) => (self.kind(), Some(create.thing())),
            Self::RevokeToken(revoke) => (self.kind(), Some(revoke.thing())),
            Self::CreateProfile(create) => (self.kind(), Some(create.thing())),
            Self::DeleteBackup(delete) => (self.kind(), Some(delete.backup.clone())),
            Self::AnswerInvitation(answer) => (self.kind(), Some(answer.thing())),
            _ => (self.kind(), None),
        };
        (kind, self.subject(), which)
    }

    /// Whether it takes the account's password, and a PIN where there is a second factor.
    pub(crate) fn needs_proof(&self) -> bool {
        matches!(
            self,
            Self::Delete(_) | Self::CreateToken(_) | Self::DeleteBackup(_)
        )
    }

    /// Whether several of one account go out as one request.
    pub(crate) fn goes_together(&self) -> bool {
        matches!(self, Self::Allocate(_))
    }

    /// What must stand at TagoIO for it to be sent, which is asked right before. Something new bears a name that
    /// nothing had, so that it is found by it if its answer is lost.
    pub(crate) fn expects(&self) -> Option<Fields> {
        match self {
            Self::CreateToken(_) => Some(CreateToken::expects()),
            Self::CreateProfile(_) => Some(CreateProfile::expects()),
            Self::CreateBackup(_) => Some(CreateBackup::expects()),
            Self::Buy(buy) => Some(buy.expects()),
            Self::AnswerInvitation(answer) => Some(answer.expects()),
            _ => None,
        }
    }

    /// Why it is not sent if what it is to make is there, though not by this; `None` if it makes nothing new.
    pub(crate) fn taken(&self) -> Option<Refusal> {
        match self {
            Self::CreateToken(create) => Some(create.taken()),
            Self::CreateProfile(create) => Some(create.taken()),
            Self::CreateBackup(_) => Some(CreateBackup::taken()),
            Self::AnswerInvitation(_) => Some(AnswerInvitation::taken()),
            _ => None,
        }
    }

    /// Whether what stands now is what was to stand after it.
    pub(crate) fn is_done(&self, after: &Fields, now: &Fields) -> bool {
        match self {
            Self::CreateToken(create) => create.is_made(now),
            Self::CreateProfile(create) => create.is_made(now),
            Self::MoveToken(moving) => moving.is_done(now),
            Self::CreateBackup(_) => CreateBackup::is_made(after, now),
            Self::Pictures(pictures) => pictures.is_done(after, now),
            Self::Buy(buy) => buy.is_done(now),
            Self::AnswerInvitation(_) => AnswerInvitation::is_done(now),
            _ => now == after,
        }
    }

    /// Whether what stands now is what stood before it, as far as that was known.
    pub(crate) fn is_undone(&self, before: &Fields, now: &Fields) -> bool {
        match self {
            Self::MoveToken(moving) => moving.is_undone(before, now),
            Self::Allocate(_) => Allocate::is_undone(before, now),
            _ => now == before,
        }
    }

    /// How long it may take TagoIO until what stands shows that it was done, after an answer that was lost.
    pub(crate) fn settles_in(&self) -> Duration {
        match self {
            // It is charged meanwhile.
            Self::Buy(_) | Self::SettlePayment(_) => Duration::from_secs(30),
            _ => Duration::ZERO,
        }
    }

    /// What TagoIO took and has not come to an end with, by what stands; `None` if nothing is open.
    pub(crate) fn still_open(&self, now: &Fields) -> Option<String> {
        match self {
            Self::SettlePayment(settle) => settle.still_open(now),
            _ => None,
        }
    }

    /// What is lost where its answer was, and what to do; `None` if nothing is.
    pub(crate) fn lost(&self, now: &Fields) -> Option<String> {
        match self {
            Self::CreateToken(_) => Some(CreateToken::lost(now)),
            _ => None,
        }
    }

    /// Looks at what is to be changed, in the store; the refusal says why it makes no sense.
    pub(crate) fn check(
        &self,
        store: &Reader<'_>,
        target: &Target,
    ) -> Result<Result<Sides, Refusal>, StoreError> {
        match self {
            Self::Rename(rename) => Ok(rename.check(target)),
            Self::Pictures(pictures) => Ok(pictures.check(target)),
            Self::Allocate(allocate) => allocate.check(store, target),
            Self::Delete(_) => Ok(Delete::check(target)),
            Self::Invite(invite) => invite.check(store, target),
            Self::RemoveMember(remove) => remove.check(store, target),
            Self::CreateToken(create) => create.check(store, target),
            Self::RevokeToken(revoke) => revoke.check(store, target),
            Self::CreateProfile(create) => create.check(store, target),
            Self::MoveToken(moving) => moving.check(store, target),
            Self::CreateBackup(_) => CreateBackup::check(store, target),
            Self::DeleteBackup(delete) => delete.check(store, target),
            Self::Buy(buy) => buy.check(store, target),
            Self::CancelDowngrade(_) => CancelDowngrade::check(store, target),
            Self::SettlePayment(settle) => settle.check(store, target),
            Self::AnswerInvitation(answer) => Ok(Ok(answer.check())),
        }
    }

    /// Sends the request, once.
    pub(crate) async fn send(
        &self,
        session: &Session,
        target: &Target,
        after: &Fields,
        proof: Option<&Password>,
    ) -> Result<Sent, ApiError> {
        match self {
            Self::Rename(rename) => rename.send(session, target).await?,
            Self::Pictures(pictures) => return pictures.send(session, target).await,
            Self::Allocate(allocate) => allocate.send(session, target).await?,
            Self::Delete(_) => Delete::send(session, target, proof).await?,
            Self::Invite(invite) => invite.send(session, target).await?,
            Self::RemoveMember(remove) => remove.send(session, target).await?,
            Self::CreateToken(create) => return create.send(session, target, proof).await,
            Self::CreateProfile(create) => return create.send(session).await,
            Self::CreateBackup(_) => return CreateBackup::send(session, target, after).await,
            Self::DeleteBackup(delete) => delete.send(session, target, proof).await?,
            Self::RevokeToken(revoke) => revoke.send(session, target).await?,
            Self::MoveToken(moving) => moving.send(session).await?,
            Self::Buy(buy) => buy.send(session).await?,
            Self::CancelDowngrade(_) => CancelDowngrade::send(session).await?,
            Self::SettlePayment(settle) => return settle.send(session).await,
            Self::AnswerInvitation(answer) => answer.send(session).await?,
        }
        Ok(Sent {
            fields: after.clone(),
            token: None,
        })
    }

    /// Asks what stands at TagoIO now, in the shape of `after`, which says what was to stand.
    pub(crate) async fn read(
        &self,
        session: &Session,
        target: &Target,
        after: &Fields,
    ) -> Result<Fields, ApiError> {
        match self {
            Self::Rename(_) => Rename::read(session, target).await,
            Self::Pictures(pictures) => pictures.read(session, target).await,
            Self::Allocate(allocate) => allocate.read(session, target).await,
            Self::Delete(_) => Delete::read(session, target).await,
            Self::Invite(invite) => invite.who().read(session, target).await,
            Self::RemoveMember(remove) => remove.who().read(session, target).await,
            Self::CreateToken(create) => create.read(session, target).await,
            Self::RevokeToken(revoke) => revoke.read(session, target).await,
            Self::CreateProfile(create) => create.read(session).await,
            Self::MoveToken(_) => MoveToken::read(session).await,
            Self::CreateBackup(_) => CreateBackup::read(session, target, after).await,
            Self::DeleteBackup(delete) => delete.read(session, target).await,
            Self::Buy(buy) => buy.read(session).await,
            Self::CancelDowngrade(_) => CancelDowngrade::read(session).await,
            Self::SettlePayment(_) => SettlePayment::read(session).await,
            Self::AnswerInvitation(answer) => answer.read(session).await,
        }
    }

    /// Writes what TagoIO confirmed, as a sync would that saw it.
    pub(crate) fn record(
        &self,
        store: &Writer<'_>,
        confirmed: &Fields,
        log: &mut Log,
    ) -> Result<(), StoreError> {
        let Subject::Profile(profile) = self.subject() else {
            return match self {
                Self::CreateProfile(create) => create.record(store, confirmed, log),
                Self::MoveToken(moving) => moving.record(store, log),
                Self::Buy(buy) => buy.record(store, confirmed, log),
                Self::CancelDowngrade(cancel) => cancel.record(store, log),
                Self::SettlePayment(settle) => settle.record(store, confirmed, log),
                _ => Ok(()),
            };
        };
        match self {
            Self::Rename(_) => Rename::record(store, profile, confirmed, log),
            Self::Pictures(_) => Pictures::record(store, profile, confirmed, log),
            Self::Allocate(_) => Allocate::record(store, profile, confirmed, log),
            Self::Delete(_) => Delete::record(store, profile, log),
            Self::Invite(invite) => {
                let invited = invite.invited(log.at());
                invite.who().record(store, profile, Some(invited), log)
            }
            Self::RemoveMember(remove) => remove.who().record(store, profile, None, log),
            Self::CreateToken(create) => create.record(store, profile, confirmed, log),
            Self::RevokeToken(revoke) => revoke.record(store, profile, log),
            Self::CreateBackup(_) => CreateBackup::record(store, profile, confirmed, log),
            Self::DeleteBackup(delete) => delete.record(store, profile, log),
            // They are about an account.
            Self::CreateProfile(_)
            | Self::MoveToken(_)
            | Self::Buy(_)
            | Self::CancelDowngrade(_)
            | Self::SettlePayment(_)
            | Self::AnswerInvitation(_) => Ok(()),
        }
    }

    /// The change that takes this one back; `None` if there is none.
    pub(crate) fn undo(&self, before: &Fields, after: &Fields) -> Option<Self> {
        match self {
            Self::Rename(rename) => rename.undo(before).map(Self::Rename),
            Self::Pictures(pictures) => pictures.undo(before).map(Self::Pictures),
            Self::Allocate(allocate) => allocate.undo(before).map(Self::Allocate),
            Self::Delete(_)
            | Self::RevokeToken(_)
            | Self::CreateProfile(_)
            | Self::CreateBackup(_)
            | Self::DeleteBackup(_)
            | Self::Buy(_)
            | Self::CancelDowngrade(_)
            | Self::SettlePayment(_)
            | Self::AnswerInvitation(_) => None,
            Self::Invite(invite) => Some(Self::RemoveMember(invite.undo())),
            Self::RemoveMember(remove) => remove.undo().map(Self::Invite),
            Self::CreateToken(create) => create.undo(after).map(Self::RevokeToken),
            Self::MoveToken(moving) => moving.undo(before).map(Self::MoveToken),
        }
    }

    /// Whether it can be taken back once it is done.
    pub(crate) fn is_undoable(&self, before: &Fields, after: &Fields) -> bool {
        // What names a new token is known with its answer.
        matches!(self, Self::CreateToken(_)) || self.undo(before, after).is_some()
    }
}

/// The password of a change that takes one.
fn proven<'a>(call: &'static str, proof: Option<&'a Password>) -> Result<&'a Password, ApiError> {
    proof.ok_or_else(|| ApiError::Unsendable {
        call,
        why: "it takes the account's password.".to_owned(),
    })
}

/// A text of a field.
fn text(fields: &Fields, key: &str) -> Option<String> {
    fields.get(key)?.as_str().map(str::to_owned)
}
