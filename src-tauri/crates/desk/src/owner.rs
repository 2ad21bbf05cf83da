//! The account that owns a profile: some of what TagoIO has of it is for that one alone.

use model::Timestamp;
use store::{Account, Profile, ProfileKey, Reader, StoreError};

use crate::figures::minute;
use crate::open::Inner;
use crate::problem::{Problem, ProblemCode};
use crate::read::no_such_profile;

impl Inner {
    /// A profile, and the connected account that owns it; `what` is what is wanted of it, for a person.
    pub(crate) async fn owned(
        &self,
        profile: i64,
        what: &'static str,
    ) -> Result<(Profile, Account), Problem> {
        let key = ProfileKey(profile);
        let found = self
            .read(move |store| {
                let Some(profile) = store.profile(key)? else {
                    return Ok(None);
                };
                Ok(Some((profile, owner_of(store, key)?)))
            })
            .await?;
        let (profile, account) = found.ok_or_else(no_such_profile)?;
        if let Some(gone) = profile.removed_at {
            return Err(is_gone(&profile.name, gone));
        }
        let account = account.ok_or_else(|| {
            let message = format!(
                "{what} of {} is for its owner's account alone, and none that is connected owns it.",
                profile.name
            );
            Problem::new(ProblemCode::NotPermitted, message)
                .with_hint("Connect the account that owns it.")
        })?;
        Ok((profile, account))
    }
}

/// The connected account that owns a profile.
pub(crate) fn owner_of(
    store: &Reader<'_>,
    profile: ProfileKey,
) -> Result<Option<Account>, StoreError> {
    let owner = store
        .reach_of(profile)?
        .into_iter()
        .find(|reach| reach.owner);
    match owner {
        Some(owner) => store.account(owner.account),
        None => Ok(None),
    }
}

fn is_gone(name: &str, at: Timestamp) -> Problem {
    let message = format!(
        "{name} is gone at TagoIO: it was seen to be so at {}.",
        minute(at)
    );
    Problem::new(ProblemCode::NotFound, message)
}
