//! Moving the token that an account is reached with to another of its profiles. Its value stays the same, and so
//! stays where it is kept.

use model::ProfileId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{AccountKey, Reader, StoreError, Subject, Writer};
use tagoio::{ApiError, Session};
use ts_rs::TS;

use super::{Fields, Refusal, RefusalReason, Sides, Target, text, token};
use crate::read::own_token;
use crate::sync::Log;

const PROFILE: &str = "profile";
const ID: &str = "profile_id";

/// The move of an account's own token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MoveToken {
    /// The account, by its number in the store.
    #[ts(type = "number")]
    pub account: i64,
    /// The profile that the token is to belong to, by TagoIO's id.
    pub profile: ProfileId,
}

impl MoveToken {
    pub(super) fn check(
        &self,
        store: &Reader<'_>,
        target: &Target,
    ) -> Result<Result<Sides, Refusal>, StoreError> {
        let account = &target.account;
        let Some(profile) = store.profile_by_id(&account.api, &self.profile)? else {
            let message = "There is no such profile in the store.";
            return Ok(Err(Refusal::new(RefusalReason::Gone, message)));
        };
        let mut reach = store.reach_of(profile.key)?.into_iter();
        if profile.removed_at.is_some() || !reach.any(|one| one.account == account.key && one.owner)
        {
            let message = format!(
                "“{}” does not own {}: in a profile of somebody else its token would act for another account.",
                account.label, profile.name
            );
            return Ok(Err(Refusal::new(RefusalReason::NotOwned, message)));
        }
        let kept = account.token.as_ref().map(|token| &token.fingerprint);
        if let Some(given) = &target.environment
            && kept != Some(given)
        {
            let message = "The environment gave another token than the one that is kept of this account. Run it \
                           without PROFILE_DESK_TOKEN.";
            return Ok(Err(Refusal::invalid(message)));
        }
        let before = own_token(store, account)?.map(|own| own.profile);
        if before
            .as_ref()
            .is_some_and(|before| before.id == self.profile)
        {
            let message = format!("The token belongs to {} already.", profile.name);
            return Ok(Err(Refusal::new(RefusalReason::NothingToDo, message)));
        }
        let warning = format!(
            "The token by which this program reaches “{}” belongs to {} from then on: what that profile allows it \
             holds, so that it may reach more or less. The data of both profiles stays where it is.",
            account.label, profile.name
        );
        Ok(Ok(Sides {
            before: before.map_or_else(nothing, |before| fields(&before.name, &before.id)),
            after: fields(&profile.name, &profile.id),
            warnings: vec![warning],
        }))
    }

    pub(super) async fn send(&self, session: &Session) -> Result<(), ApiError> {
        session.move_token(&self.profile).await?;
        Ok(())
    }

    /// The profile that the token belongs to, as TagoIO says it to the token itself.
    pub(super) async fn read(session: &Session) -> Result<Fields, ApiError> {
        let now = session.current_profile().await?;
        let name = now.name.unwrap_or_else(|| now.id.to_string());
        Ok(fields(&name, &now.id))
    }

    /// By the id: a profile may have another name by now.
    pub(super) fn is_done(&self, now: &Fields) -> bool {
        text(now, ID).as_deref() == Some(self.profile.as_str())
    }

    /// Whether the token is still where it was, as far as that was known.
    pub(super) fn is_undone(&self, before: &Fields, now: &Fields) -> bool {
        let (was, is) = (text(before, ID), text(now, ID));
        !self.is_done(now) && (was.is_none() || was == is)
    }

    /// As a sync would that read the lists of tokens of both profiles.
    pub(super) fn record(&self, store: &Writer<'_>, log: &Log) -> Result<(), StoreError> {
        let key = AccountKey(self.account);
        let Some(account) = store.account(key)? else {
            return Ok(());
        };
        let (Some(own), Some(target)) = (
            &account.token,
            store.profile_by_id(&account.api, &self.profile)?,
        ) else {
            return Ok(());
        };
        let mut moved = None;
        for found in store.find_token(&own.fingerprint)? {
            if found.version.seen_until.is_none() && found.profile != target.key {
                let mut of_it = log.of(Subject::Profile(found.profile));
                token::record(store, found.profile, &own.fingerprint, None, &mut of_it)?;
                of_it.write(store)?;
                moved = Some(found.version.token);
            }
        }
        // One that was never seen in a list is left to the next sync.
        if let Some(mut moved) = moved {
            moved.ref_id = Some(self.profile.to_string());
            let mut of_it = log.of(Subject::Profile(target.key));
            token::record(store, target.key, &own.fingerprint, Some(moved), &mut of_it)?;
            of_it.write(store)?;
        }
        Ok(())
    }

    /// Back to where it was, if that was known.
    pub(super) fn undo(&self, before: &Fields) -> Option<Self> {
        Some(Self {
            account: self.account,
            profile: text(before, ID)?.parse().ok()?,
        })
    }
}

fn nothing() -> Fields {
    Fields::from([
        (PROFILE.to_owned(), Value::Null),
        (ID.to_owned(), Value::Null),
    ])
}

fn fields(name: &str, id: &ProfileId) -> Fields {
    Fields::from([
        (PROFILE.to_owned(), Value::from(name)),
        (ID.to_owned(), Value::from(id.as_str())),
    ])
}
