//! Replacing a token by another one, over as much time as that takes: the new one is made, put where the old one is,
//! both are watched until the new one is used and the old one quiet, and the old one is revoked. What was begun is in
//! the store, so that it outlives the program; what is done of it goes the path of changes.

use insight::{RotationStep, Seen, rotation_step};
use model::{Dataset, ProfileId, Timestamp};
use serde::{Deserialize, Serialize};
use store::{NewRotation, ProfileKey, Reader, StoreError, Subject, TokenMeta};
use ts_rs::TS;

use crate::event::StoreNews;
use crate::open::Desk;
use crate::problem::{Problem, ProblemCode};

/// A token that is to be replaced.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, TS)]
pub struct Rotate {
    /// The profile, by its number in the store.
    #[ts(type = "number")]
    pub profile: i64,
    /// The fingerprint of the token that is to go.
    pub old: String,
    /// The name of the one that is to take its place.
    pub new_name: String,
    /// Where a person is to put it; may be empty.
    pub place: String,
}

/// A token that is being replaced, in `pdesk --json`, too.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct RotationRow {
    /// Its number in the store.
    #[ts(type = "number")]
    pub key: i64,
    /// Since when.
    #[ts(type = "string")]
    pub began_at: Timestamp,
    /// The profile, by its number in the store.
    #[ts(type = "number")]
    pub profile_key: i64,
    /// TagoIO's id of the profile.
    pub profile: ProfileId,
    /// Its name.
    pub profile_name: String,
    /// The label of the account that it is reached with.
    pub account: Option<String>,
    /// The token that is to go.
    pub old: RotatedToken,
    /// The one that is to take its place.
    pub new: RotatedToken,
    /// Where that is to be put.
    pub place: String,
    /// When the list came that this was seen in; `None` if there was none yet.
    #[ts(type = "string | null")]
    pub fetched_at: Option<Timestamp>,
    /// What is to be done next.
    pub step: RotationStep,
}

/// One of the two tokens, as it was last seen.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct RotatedToken {
    /// Its fingerprint, where one is known.
    pub fingerprint: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// The end of its value.
    pub last4: Option<String>,
    /// When it was last used; `None` is never or not known.
    #[ts(type = "string | null")]
    pub last_authorization_at: Option<Timestamp>,
    /// Whether it is there.
    pub stands: bool,
}

impl Desk {
    /// Notes that a token is to be replaced; to be called before the new one is made. Returns its number.
    pub async fn begin_rotation(&self, wanted: Rotate) -> Result<i64, Problem> {
        let now = self.inner.clock.now();
        let added = self
            .inner
            .write(move |store| {
                store.add_rotation(&NewRotation {
                    profile: ProfileKey(wanted.profile),
                    old: wanted.old,
                    new_name: wanted.new_name,
                    place: wanted.place,
                    began_at: now,
                })
            })
            .await?;
        let key = added.ok_or_else(|| {
            Problem::invalid("This token is being replaced already.").with_hint(
                "See how far it is above the list of tokens, or with: pdesk token rotate list. Give it up there, or \
                 with: pdesk token rotate cancel",
            )
        })?;
        self.inner.tell_changed(replaced());
        Ok(key)
    }

    /// The tokens that are being replaced, the longest first.
    pub async fn rotations(&self) -> Result<Vec<RotationRow>, Problem> {
        self.inner.read(rows).await
    }

    /// One of them.
    pub async fn rotation(&self, key: i64) -> Result<RotationRow, Problem> {
        let rows = self.rotations().await?.into_iter();
        let found = rows.into_iter().find(|row| row.key == key);
        found.ok_or_else(|| {
            let message = format!("No replacement of a token has the number {key}.");
            Problem::new(ProblemCode::NotFound, message)
                .with_hint("See their numbers with: pdesk token rotate list")
        })
    }

    /// Forgets one: it is over, or given up.
    pub async fn end_rotation(&self, key: i64) -> Result<bool, Problem> {
        let ended = self
            .inner
            .write(move |store| store.end_rotation(key))
            .await?;
        self.inner.tell_changed(replaced());
        Ok(ended)
    }
}

/// What tells who shows them.
fn replaced() -> StoreNews {
    StoreNews {
        list: true,
        ..StoreNews::default()
    }
}

fn rows(store: &Reader<'_>) -> Result<Vec<RotationRow>, StoreError> {
    let mut rows = Vec::new();
    for store::Rotation { key, rotation } in store.rotations()? {
        let Some(profile) = store.profile(rotation.profile)? else {
            continue;
        };
        let standing = store.tokens(rotation.profile)?;
        let standing = || standing.iter().map(|version| &version.token);
        let old = standing().find(|token| token.fingerprint.as_str() == rotation.old);
        let new = standing().find(|token| token.name.as_deref() == Some(&rotation.new_name));
        let gone = store.find_token(&rotation.old.clone().into())?;
        let known = gone.iter().find(|found| found.profile == rotation.profile);
        let old = described(old, known.map(|found| &found.version.token), None);
        let new = described(new, None, Some(&rotation.new_name));
        let status = store.status(Subject::Profile(rotation.profile), Dataset::Tokens)?;
        let fetched_at = status.and_then(|status| status.succeeded_at);
        let seen = |token: &RotatedToken| Seen {
            stands: token.stands,
            used_at: token.last_authorization_at,
        };
        let as_of = fetched_at.unwrap_or(rotation.began_at);
        rows.push(RotationRow {
            key,
            began_at: rotation.began_at,
            profile_key: rotation.profile.0,
            profile: profile.id,
            profile_name: profile.name,
            account: match profile.preferred {
                Some(account) => store.account(account)?.map(|account| account.label),
                None => None,
            },
            step: rotation_step(seen(&old), seen(&new), as_of),
            old,
            new,
            place: rotation.place,
            fetched_at,
        });
    }
    Ok(rows)
}

fn described(
    standing: Option<&TokenMeta>,
    gone: Option<&TokenMeta>,
    name: Option<&str>,
) -> RotatedToken {
    let known = standing.or(gone);
    RotatedToken {
        fingerprint: known.map(|token| token.fingerprint.as_str().to_owned()),
        name: known
            .and_then(|token| token.name.clone())
            .or_else(|| name.map(str::to_owned)),
        last4: known.map(|token| token.last4.clone()),
        last_authorization_at: known.and_then(|token| token.last_authorization_at),
        stands: standing.is_some(),
    }
}
