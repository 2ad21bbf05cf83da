//! Profiles that came, went or were renamed.

use std::collections::HashMap;

use model::ChangeKind;
use serde_json::Value;
use store::{AccountKey, ProfileKey, ProfilesListed, Reader, StoreError};

use super::Log;

/// The names of the profiles that an account reaches.
pub(in crate::sync) fn names(
    store: &Reader<'_>,
    account: AccountKey,
) -> Result<HashMap<ProfileKey, String>, StoreError> {
    let profiles = store.profiles_of(account)?;
    Ok(profiles
        .into_iter()
        .map(|profile| (profile.key, profile.name))
        .collect())
}

/// What an account's new list shows, beside the names before it.
pub(in crate::sync) fn listed(
    store: &Reader<'_>,
    before: &HashMap<ProfileKey, String>,
    listed: &ProfilesListed,
    log: &mut Log,
) -> Result<(), StoreError> {
    for (kind, profiles) in [
        (ChangeKind::ProfileAppeared, &listed.added),
        (ChangeKind::ProfileReturned, &listed.returned),
        (ChangeKind::ProfileRemoved, &listed.removed),
    ] {
        for profile in profiles {
            let name = store.profile(*profile)?.map(|profile| profile.name);
            let gone = kind == ChangeKind::ProfileRemoved;
            let (old, new) = if gone { (name, None) } else { (None, name) };
            log.note_of(Some(*profile), kind, None, old, new);
        }
    }
    for profile in &listed.keys {
        if let Some(old) = before.get(profile)
            && let Some(now) = store.profile(*profile)?
        {
            renamed(old, &now.name, *profile, log);
        }
    }
    Ok(())
}

/// A profile that was made.
pub(crate) fn appeared(
    store: &Reader<'_>,
    profile: ProfileKey,
    log: &mut Log,
) -> Result<(), StoreError> {
    let made = ProfilesListed {
        added: vec![profile],
        ..ProfilesListed::default()
    };
    listed(store, &HashMap::new(), &made, log)
}

/// A profile's name before and now.
pub(crate) fn renamed(old: &str, new: &str, profile: ProfileKey, log: &mut Log) {
    if old != new {
        let kind = ChangeKind::ProfileRenamed;
        log.note_of(Some(profile), kind, None, old, Value::from(new));
    }
}
