//! Making a token of a profile, and revoking one.
//!
//! A new token's value comes with its answer alone. It is handed out from memory (`made`) and is in no
//! field: of a token the log has what it is called, what it may do, and its fingerprint.

use futures::TryStreamExt;
use model::{Dataset, Fingerprint, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{Expiry, ProfileKey, Reader, StoreError, Subject, TokenMeta, Writer};
use tagoio::{
    ApiError, Credentials, Expire, NewToken, Password, Permission, Session, TokenFilter, TokenRow,
};
use ts_rs::TS;

use super::{Fields, Refusal, RefusalReason, Sent, Sides, Target, proven, text};
use crate::figures::minute;
use crate::sync::{Log, token_called, token_expiry, token_meta, tokens_listed};

/// Letters of a token's name, at most. TagoIO publishes no limit; more is a slip.
const LONGEST_NAME: usize = 100;

const TOKEN: &str = "token";
const PERMISSION: &str = "permission";
const EXPIRES: &str = "expires";
const ENDS: &str = "ends_with";
const FINGERPRINT: &str = "fingerprint";

const NEVER: &str = "never";

/// What a new token may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TokenPermission {
    /// Everything.
    Full,
    /// Write.
    Write,
    /// Read.
    Read,
}

/// A token that is to be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CreateToken {
    /// The profile, by its number in the store.
    #[ts(type = "number")]
    pub profile: i64,
    /// Its name, which no other token of the profile has: by it the token is found if its answer is lost. White
    /// space around it is not a part of it.
    pub name: String,
    /// What it may do.
    pub permission: TokenPermission,
    /// Until when it is valid; null is for good.
    #[ts(type = "string | null")]
    pub expires_at: Option<Timestamp>,
}

/// A token that is to be revoked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RevokeToken {
    /// The profile, by its number in the store.
    #[ts(type = "number")]
    pub profile: i64,
    /// The token's fingerprint, as lists of tokens show it.
    pub fingerprint: String,
}

impl TokenPermission {
    const fn key(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Write => "write",
            Self::Read => "read",
        }
    }
}

impl CreateToken {
    fn name(&self) -> &str {
        self.name.trim()
    }

    /// What it changes, beside the profile.
    pub(super) fn thing(&self) -> String {
        self.name().to_owned()
    }

    /// What must stand at TagoIO for it to be sent: no token of its name.
    pub(super) fn expects() -> Fields {
        nothing()
    }

    pub(super) fn check(
        &self,
        store: &Reader<'_>,
        target: &Target,
    ) -> Result<Result<Sides, Refusal>, StoreError> {
        let name = self.name();
        let profile = match target.profile() {
            Ok(profile) => profile.key,
            Err(refusal) => return Ok(Err(refusal)),
        };
        if name.is_empty() {
            return Ok(Err(Refusal::invalid("A token needs a name.")));
        }
        if name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
            let message = format!(
                "A token's name is one line of at most {LONGEST_NAME} letters: choose another."
            );
            return Ok(Err(Refusal::invalid(message)));
        }
        if target.account.email.is_none() {
            let message = format!(
                "A new token takes the e-mail address of “{}”, which is not known yet: sync the account first.",
                target.account.label
            );
            return Ok(Err(Refusal::invalid(message)));
        }
        let mut standing = store.tokens(profile)?.into_iter();
        if standing.any(|version| version.token.name.as_deref() == Some(name)) {
            return Ok(Err(self.taken()));
        }
        let mut warnings = vec!["Its value is handed out once, when it is made.".to_owned()];
        if self.permission == TokenPermission::Full && self.expires_at.is_none() {
            let message =
                "It may do everything, for good: give it an end, or let it do less, if you can.";
            warnings.push(message.to_owned());
        }
        let expires = self.expires_at.map_or(Expiry::Never, Expiry::At);
        Ok(Ok(Sides {
            before: nothing(),
            after: named(Some(name), Some(self.permission.key()), expires),
            warnings,
        }))
    }

    /// That there is a token of this name.
    pub(super) fn taken(&self) -> Refusal {
        let message = format!(
            "The profile has a token “{}” already: choose another name, so that the two can be told apart.",
            self.name()
        );
        Refusal::new(RefusalReason::Taken, message)
    }

    pub(super) async fn send(
        &self,
        session: &Session,
        target: &Target,
        proof: Option<&Password>,
    ) -> Result<Sent, ApiError> {
        let call = "new token of a profile";
        let unsendable = |why: &str| ApiError::Unsendable {
            call,
            why: why.to_owned(),
        };
        let email = target.account.email.clone();
        let credentials = Credentials {
            email: email.ok_or_else(|| unsendable("the account's e-mail address is not known."))?,
            password: proven(call, proof)?.clone(),
        };
        let wanted = NewToken {
            name: self.name().to_owned(),
            permission: Permission::from(self.permission.key().to_owned()),
            expire: self.expires_at.map_or(Expire::Never, Expire::At),
        };
        let made = session
            .create_token(target.id()?, &wanted, &credentials)
            .await?;
        let may = made.permission.unwrap_or(wanted.permission);
        let fields = of(&TokenMeta {
            fingerprint: made.token.fingerprint(&target.salt),
            last4: made.token.last4(),
            expires: token_expiry(made.expiry),
            ..self.bare(Some(may.key().to_owned()))
        });
        Ok(Sent {
            fields,
            token: Some(made.token),
        })
    }

    /// The token of this name, the newest if there are several.
    pub(super) async fn read(
        &self,
        session: &Session,
        target: &Target,
    ) -> Result<Fields, ApiError> {
        let listed = list(session, target).await?.into_iter();
        let named_so = listed.filter(|row| row.name.as_deref() == Some(self.name()));
        let Some(row) = named_so.max_by_key(|row| row.created_at) else {
            return Ok(nothing());
        };
        let may = row.permission.as_ref().map(|may| may.key().to_owned());
        let without_value = named(Some(self.name()), may.as_deref(), token_expiry(row.expiry));
        Ok(token_meta(row, &target.salt).map_or(without_value, |token| of(&token)))
    }

    /// Whether what stands is the token that was to be made: it has the name that none had.
    pub(super) fn is_made(&self, now: &Fields) -> bool {
        text(now, TOKEN).as_deref() == Some(self.name())
    }

    /// That its value is not to be had any more.
    pub(super) fn lost(now: &Fields) -> String {
        let ends = text(now, ENDS).map_or_else(String::new, |ends| format!(" ····{ends}"));
        format!(
            "The token{ends} stands, and its value was lost with the answer: revoke it with an undo of this, and \
             make another."
        )
    }

    pub(super) fn record(
        &self,
        store: &Writer<'_>,
        profile: ProfileKey,
        confirmed: &Fields,
        log: &mut Log,
    ) -> Result<(), StoreError> {
        let (Some(fingerprint), Some(last4)) =
            (text(confirmed, FINGERPRINT), text(confirmed, ENDS))
        else {
            // Without a value it is known by nothing: the next sync says what it can.
            return Ok(());
        };
        let expires = match text(confirmed, EXPIRES).as_deref() {
            Some(NEVER) => Expiry::Never,
            Some(at) => at.parse().map_or(Expiry::Unknown, Expiry::At),
            None => Expiry::Unknown,
        };
        let made = TokenMeta {
            fingerprint: fingerprint.into(),
            last4,
            expires,
            created_at: Some(log.at()),
            ..self.bare(text(confirmed, PERMISSION))
        };
        record(store, profile, &made.fingerprint.clone(), Some(made), log)
    }

    pub(super) fn undo(&self, confirmed: &Fields) -> Option<RevokeToken> {
        Some(RevokeToken {
            profile: self.profile,
            fingerprint: text(confirmed, FINGERPRINT)?,
        })
    }

    /// What is known of it without its answer.
    fn bare(&self, permission: Option<String>) -> TokenMeta {
        TokenMeta {
            fingerprint: String::new().into(),
            last4: String::new(),
            name: Some(self.name().to_owned()),
            permission,
            kind: None,
            ref_id: None,
            expires: Expiry::Unknown,
            created_at: None,
            created_by: None,
            last_authorization_at: None,
            never_used: false,
        }
    }
}

impl RevokeToken {
    /// What it changes, beside the profile.
    pub(super) fn thing(&self) -> String {
        self.fingerprint.clone()
    }

    fn fingerprint(&self) -> Fingerprint {
        self.fingerprint.clone().into()
    }

    pub(super) fn check(
        &self,
        store: &Reader<'_>,
        target: &Target,
    ) -> Result<Result<Sides, Refusal>, StoreError> {
        let profile = match target.profile() {
            Ok(profile) => profile.key,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let Some(standing) = known(store, profile)? else {
            let message = "The tokens were not fetched yet. Sync the profile first.";
            return Ok(Err(Refusal::invalid(message)));
        };
        let fingerprint = self.fingerprint();
        let Some(token) = standing
            .into_iter()
            .find(|token| token.fingerprint == fingerprint)
        else {
            let message = "The profile has no such token any more.";
            return Ok(Err(Refusal::new(RefusalReason::NothingToDo, message)));
        };
        let is_ours = |account: &store::Account| {
            let used = account.token.as_ref();
            used.is_some_and(|used| used.fingerprint == fingerprint)
        };
        if let Some(account) = store.accounts()?.into_iter().find(is_ours) {
            let message = format!(
                "This program reaches “{}” with {}: connect the account with another token first.",
                account.label,
                token_called(&token)
            );
            return Ok(Err(Refusal::invalid(message)));
        }
        if target.environment.as_ref() == Some(&fingerprint) {
            let message = format!(
                "This program works with {}, which PROFILE_DESK_TOKEN gave it: work with another one to revoke it.",
                token_called(&token)
            );
            return Ok(Err(Refusal::invalid(message)));
        }
        let used = match token.last_authorization_at {
            Some(at) => format!("it was last used at {}", minute(at)),
            None if token.never_used => "it was never used".to_owned(),
            None => "whether it is in use is not known".to_owned(),
        };
        let warning = format!(
            "What uses {} is refused from then on; {used}.",
            token_called(&token)
        );
        Ok(Ok(Sides {
            before: of(&token),
            after: nothing(),
            warnings: vec![warning],
        }))
    }

    /// The call names a token by its value, which is fetched for it and dropped.
    pub(super) async fn send(&self, session: &Session, target: &Target) -> Result<(), ApiError> {
        let fingerprint = self.fingerprint();
        let listed = list(session, target).await?;
        let whole = listed.iter().all(|row| row.value.is_some());
        let mut values = listed.into_iter().filter_map(|row| row.value);
        match values.find(|value| value.fingerprint(&target.salt) == fingerprint) {
            Some(value) => session.delete_token(target.id()?, &value).await.map(drop),
            // One that is not in it any more is where it was to lead.
            None if whole => Ok(()),
            None => Err(ApiError::Unsendable {
                call: "deletion of a token",
                why: "TagoIO does not show the values of the profile's tokens, by which one is named. \
                      Delete it on TagoIO's site."
                    .to_owned(),
            }),
        }
    }

    pub(super) async fn read(
        &self,
        session: &Session,
        target: &Target,
    ) -> Result<Fields, ApiError> {
        let fingerprint = self.fingerprint();
        let listed = list(session, target).await?.into_iter();
        let mut known = listed.filter_map(|row| token_meta(row, &target.salt));
        let found = known.find(|token| token.fingerprint == fingerprint);
        Ok(found.map_or_else(nothing, |token| of(&token)))
    }

    pub(super) fn record(
        &self,
        store: &Writer<'_>,
        profile: ProfileKey,
        log: &mut Log,
    ) -> Result<(), StoreError> {
        record(store, profile, &self.fingerprint(), None, log)
    }
}

async fn list(session: &Session, target: &Target) -> Result<Vec<TokenRow>, ApiError> {
    let listed = session.tokens(target.id()?, TokenFilter::default());
    listed.try_collect().await
}

fn nothing() -> Fields {
    Fields::from([(TOKEN.to_owned(), Value::Null)])
}

fn named(name: Option<&str>, permission: Option<&str>, expires: Expiry) -> Fields {
    let expires = match expires {
        Expiry::Never => Some(NEVER.to_owned()),
        Expiry::At(at) => Some(at.to_string()),
        Expiry::Unknown => None,
    };
    Fields::from([
        (TOKEN.to_owned(), Value::from(name)),
        (PERMISSION.to_owned(), Value::from(permission)),
        (EXPIRES.to_owned(), Value::from(expires)),
    ])
}

fn of(token: &TokenMeta) -> Fields {
    // One without a name stands all the same.
    let name = token.name.as_deref().unwrap_or_default();
    let mut fields = named(Some(name), token.permission.as_deref(), token.expires);
    fields.insert(ENDS.to_owned(), Value::from(token.last4.as_str()));
    let fingerprint = token.fingerprint.as_str();
    fields.insert(FINGERPRINT.to_owned(), Value::from(fingerprint));
    fields
}

/// A profile's tokens as they were last seen; `None` if they never were.
fn known(store: &Reader<'_>, profile: ProfileKey) -> Result<Option<Vec<TokenMeta>>, StoreError> {
    let status = store.status(Subject::Profile(profile), Dataset::Tokens)?;
    if status.is_none_or(|status| status.succeeded_at.is_none()) {
        return Ok(None);
    }
    let standing = store.tokens(profile)?.into_iter();
    Ok(Some(standing.map(|version| version.token).collect()))
}

/// Writes the list with a token in this one's place, or none. A list of which nothing else is known is left to
/// the next sync.
pub(super) fn record(
    store: &Writer<'_>,
    profile: ProfileKey,
    fingerprint: &Fingerprint,
    instead: Option<TokenMeta>,
    log: &mut Log,
) -> Result<(), StoreError> {
    let Some(mut standing) = known(store, profile)? else {
        return Ok(());
    };
    standing.retain(|token| token.fingerprint != *fingerprint);
    standing.extend(instead);
    tokens_listed(&store.tokens(profile)?, &standing, log);
    store.put_tokens(profile, &standing, log.at())
}
