//! What changes would do, from the store alone: who may, what stands, what will be refused and why.

use std::collections::HashSet;
use std::collections::hash_map::{Entry, HashMap};

use model::{Fingerprint, Salt, Timestamp};
use serde_json::Value;
use store::{Account, AccountKey, ProfileKey, Reader, StoreError, Subject, TokenPlace};

use super::{
    AllocationFigures, Change, Confirmation, Fields, Pictured, PlannedChange, Refusal,
    RefusalReason, Target, allocation,
};

/// A change that is asked for.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    pub(super) change: Change,
    /// What must stand at TagoIO for it to be sent; that is asked right before.
    pub(super) expects: Option<Fields>,
    /// The action of which this finds out how it ended, if that is not known.
    pub(super) settles: Option<Settles>,
    /// Why it is refused whatever stands.
    pub(super) refusal: Option<Refusal>,
}

/// An action of which it is not known how it ended.
#[derive(Clone, Debug)]
pub(super) struct Settles {
    pub(super) action: i64,
    /// What was to stand after it.
    pub(super) after: Fields,
}

/// What a batch of changes would do.
pub(super) struct Plan {
    pub(super) rows: Vec<Planned>,
    pub(super) allocation: Vec<AllocationFigures>,
}

/// A change that was looked at.
pub(super) struct Planned {
    pub(super) wanted: Wanted,
    pub(super) target: Option<Target>,
    pub(super) before: Fields,
    pub(super) after: Fields,
    pub(super) refusal: Option<Refusal>,
    /// Why it is not sent, where it is only found out how it ended.
    pub(super) only_read: Option<Refusal>,
    pub(super) protected: bool,
    pub(super) warnings: Vec<String>,
}

/// What the store does not know.
pub(super) struct Circumstances {
    /// What a person agreed to; `None` for a dry run, which leaves that open.
    pub(super) confirmation: Option<Confirmation>,
    /// What the store's fingerprints of tokens are made with.
    pub(super) salt: Salt,
    /// The fingerprint of the token that the environment gave, if it did.
    pub(super) environment: Option<Fingerprint>,
    /// The picture files that were chosen.
    pub(super) pictured: Pictured,
    /// The API hosts that were found to be away.
    pub(super) away: HashSet<String>,
    /// Now.
    pub(super) now: Timestamp,
    /// The accounts of which another change goes on, and who is at it.
    pub(super) busy: HashMap<AccountKey, String>,
    /// The profile that [`NEW_PROFILE`] means.
    pub(super) new: Option<NewProfile>,
}

/// In a dry run: the number of a profile that an earlier row makes. No row of the store has it.
pub(crate) const NEW_PROFILE: i64 = 0;

/// A profile that is not made yet.
#[derive(Clone, Debug)]
pub(crate) struct NewProfile {
    /// The account that is to own it.
    pub(crate) account: AccountKey,
    /// Its name.
    pub(crate) name: String,
}

impl Wanted {
    pub(super) fn new(change: Change) -> Self {
        Self {
            expects: change.expects(),
            change,
            settles: None,
            refusal: None,
        }
    }
}

impl Planned {
    pub(super) fn is_ready(&self) -> bool {
        self.refusal.is_none() && self.target.is_some()
    }

    /// Does not let it be sent. What became of an earlier try is found out all the same, where a person alone does
    /// not want it sent again.
    fn refuse_to_send(&mut self, why: Refusal) {
        let by_a_person = matches!(
            why.reason,
            RefusalReason::ReadOnly | RefusalReason::Protected
        );
        if self.wanted.settles.is_some() && by_a_person {
            self.only_read.get_or_insert(why);
        } else {
            self.refusal = Some(why);
        }
    }

    pub(super) fn account(&self) -> Option<AccountKey> {
        Some(self.target.as_ref()?.account.key)
    }

    pub(super) fn row(&self) -> PlannedChange {
        let profile = self
            .target
            .as_ref()
            .and_then(|target| target.profile.as_ref());
        let account = self.target.as_ref().map(|target| &target.account);
        PlannedChange {
            change: self.wanted.change.clone(),
            account: account.map(|account| account.label.clone()),
            profile: profile.map(|profile| profile.id.clone()),
            profile_key: match self.wanted.change.subject() {
                Subject::Profile(key) => Some(key.0),
                Subject::Account(_) => None,
            },
            profile_name: profile.map(|profile| profile.name.clone()),
            before: self.before.clone(),
            after: self.after.clone(),
            refusal: self.refusal.clone(),
            protected: self.protected,
            undoable: self.wanted.change.is_undoable(&self.before, &self.after),
            warnings: self.warnings.clone(),
        }
    }
}

/// Looks at each change, and at all of them together.
pub(super) fn plan(
    store: &Reader<'_>,
    wanted: Vec<Wanted>,
    circumstances: &Circumstances,
) -> Result<Plan, StoreError> {
    let accounts = store.accounts()?.into_iter();
    let accounts: HashMap<AccountKey, Account> =
        accounts.map(|account| (account.key, account)).collect();
    let protected = store.protected()?;
    let mut permissions = HashMap::new();
    let mut things = HashSet::new();
    let mut rows = Vec::with_capacity(wanted.len());
    for wanted in wanted {
        let mut row = look(store, wanted, &accounts, &protected, circumstances)?;
        if let (None, Some(target)) = (&row.refusal, &row.target) {
            let refusal = match refused_by_account(&target.account, circumstances) {
                None => refused_by_token(store, &target.account, &mut permissions)?,
                refusal => refusal,
            };
            if let Some(refusal) = refusal {
                row.refuse_to_send(refusal);
            }
        }
        if row.refusal.is_none() && !things.insert(row.wanted.change.thing()) {
            let message = "An earlier row of the same batch changes the same.";
            row.refusal = Some(Refusal::new(RefusalReason::Twice, message));
        }
        let agreed = circumstances
            .confirmation
            .is_none_or(|confirmation| confirmation.protected_too);
        if row.refusal.is_none() && row.protected && !agreed {
            let message = "The profile is protected, and changing it was not agreed to.";
            row.refuse_to_send(Refusal::new(RefusalReason::Protected, message));
        }
        rows.push(row);
    }
    let allocation = allocation::figures(store, &mut rows)?;
    Ok(Plan { rows, allocation })
}

/// That what stands now is not what was expected to.
pub(super) fn changed(expected: &Fields, now: &Fields) -> Refusal {
    let message = format!(
        "It was changed since, so that nothing was done: {} now.",
        differing(expected, now)
    );
    Refusal::new(RefusalReason::Changed, message)
}

/// In what something differs from what was expected, for a person.
pub(super) fn differing(expected: &Fields, now: &Fields) -> String {
    let differs = now
        .iter()
        .filter(|(key, value)| expected.get(*key) != Some(*value));
    let words: Vec<String> = differs
        .map(|(key, value)| match value {
            Value::Null => format!("{key} is not known"),
            Value::String(text) => format!("{key} is “{text}”"),
            other => format!("{key} is {other}"),
        })
        .collect();
    words.join(", ")
}

/// One change: what it is about, and what stands before and after.
fn look(
    store: &Reader<'_>,
    wanted: Wanted,
    accounts: &HashMap<AccountKey, Account>,
    protected: &HashSet<ProfileKey>,
    circumstances: &Circumstances,
) -> Result<Planned, StoreError> {
    let subject = wanted.change.subject();
    let ((account, profile), mut refusal) = match subject {
        Subject::Account(key) => of_account(key, accounts),
        Subject::Profile(ProfileKey(NEW_PROFILE)) => of_new(circumstances.new.as_ref(), accounts),
        Subject::Profile(key) => of_profile(store, key, accounts)?,
    };
    let target = account.map(|account| Target {
        account,
        profile,
        salt: circumstances.salt.clone(),
        environment: circumstances.environment.clone(),
        now: circumstances.now,
        pictured: circumstances.pictured.clone(),
    });
    let refused = wanted.refusal.clone();
    let mut row = Planned {
        protected: matches!(subject, Subject::Profile(key) if protected.contains(&key)),
        wanted,
        target,
        before: Fields::new(),
        after: Fields::new(),
        refusal: None,
        only_read: None,
        warnings: Vec::new(),
    };
    if let Some(target) = &row.target {
        match row.wanted.change.check(store, target)? {
            Ok(sides) => {
                row.before = sides.before;
                row.after = match &row.wanted.settles {
                    Some(settles) => settles.after.clone(),
                    None => sides.after,
                };
                row.warnings = sides.warnings;
            }
            // An action that is to be settled is asked about at TagoIO, whatever the store has.
            Err(why) => match &row.wanted.settles {
                Some(settles)
                    if matches!(
                        why.reason,
                        RefusalReason::NothingToDo
                            | RefusalReason::Taken
                            | RefusalReason::SwitchedOff
                    ) =>
                {
                    row.before = row.wanted.expects.clone().unwrap_or_default();
                    row.after = settles.after.clone();
                    row.only_read =
                        Some(why).filter(|why| why.reason == RefusalReason::SwitchedOff);
                }
                _ => refusal = refusal.or(Some(why)),
            },
        }
        if let (Some(expects), None) = (&row.wanted.expects, &row.wanted.settles)
            && row.before != *expects
        {
            refusal = refusal.or(Some(changed(expects, &row.before)));
        }
    }
    row.refusal = refused.or(refusal);
    Ok(row)
}

/// The account that a change goes by and the profile that it is about, as far as they are known.
type Found = (Option<Account>, Option<store::Profile>);

fn of_account(
    key: AccountKey,
    accounts: &HashMap<AccountKey, Account>,
) -> (Found, Option<Refusal>) {
    if let Some(account) = accounts.get(&key) {
        return ((Some(account.clone()), None), None);
    }
    let message = "There is no such account any more.";
    let refusal = Refusal::new(RefusalReason::Gone, message);
    ((None, None), Some(refusal))
}

/// A profile that is not made yet, of which nothing is known but whose it will be.
fn of_new(
    new: Option<&NewProfile>,
    accounts: &HashMap<AccountKey, Account>,
) -> (Found, Option<Refusal>) {
    let Some(new) = new else {
        let refusal = Refusal::new(RefusalReason::Gone, "The profile is not made yet.");
        return ((None, None), Some(refusal));
    };
    let ((account, _), refusal) = of_account(new.account, accounts);
    let id = "0".repeat(24).parse().ok();
    let profile = account
        .as_ref()
        .zip(id)
        .map(|(account, id)| store::Profile {
            key: ProfileKey(NEW_PROFILE),
            api: account.api.clone(),
            id,
            name: new.name.clone(),
            logo_url: None,
            banner_url: None,
            owner: Some(account.id.clone()),
            plan: None,
            region: None,
            created_at: None,
            first_seen_at: Timestamp::UNIX_EPOCH,
            last_seen_at: Timestamp::UNIX_EPOCH,
            removed_at: None,
            preferred: Some(account.key),
        });
    ((account, profile), refusal)
}

/// A profile is changed by the account that owns it. One that cannot be changed is named all the same, if it
/// can be.
fn of_profile(
    store: &Reader<'_>,
    key: ProfileKey,
    accounts: &HashMap<AccountKey, Account>,
) -> Result<(Found, Option<Refusal>), StoreError> {
    let Some(profile) = store.profile(key)? else {
        let message = "There is no such profile in the store any more.";
        let refusal = Refusal::new(RefusalReason::Gone, message);
        return Ok(((None, None), Some(refusal)));
    };
    let reach = store.reach_of(key)?;
    let owner = reach.iter().find(|reach| reach.owner);
    let refusal = if profile.removed_at.is_some() {
        let message = "The profile is gone: no account reaches it any more.";
        Some(Refusal::new(RefusalReason::Gone, message))
    } else if owner.is_none() {
        let message = "No connected account owns the profile; it is shared by its owner, who alone can \
                       change it.";
        Some(Refusal::new(RefusalReason::NotOwned, message))
    } else {
        None
    };
    let by = owner.map(|reach| reach.account).or(profile.preferred);
    let account = by.and_then(|by| accounts.get(&by)).cloned();
    let refusal = refusal.or_else(|| {
        let message = "The account that owns the profile is not connected any more.";
        let refusal = Refusal::new(RefusalReason::NotOwned, message);
        account.is_none().then_some(refusal)
    });
    Ok(((account, Some(profile)), refusal))
}

fn refused_by_account(account: &Account, circumstances: &Circumstances) -> Option<Refusal> {
    let label = &account.label;
    if account.read_only {
        let message = format!("“{label}” is switched to be only read.");
        return Some(Refusal::new(RefusalReason::ReadOnly, message));
    }
    let environment = circumstances.environment.is_some();
    if let Some(signed_out) = account.signed_out.as_ref().filter(|_| !environment) {
        let message = format!("“{label}” must sign in again. {}", signed_out.message);
        return Some(Refusal::new(RefusalReason::SignedOut, message));
    }
    if account.token_place != TokenPlace::Keychain && !environment {
        let message = format!("“{label}” keeps no token on this computer.");
        return Some(Refusal::new(RefusalReason::SignedOut, message));
    }
    if circumstances.away.contains(&account.api) {
        let message = format!("{} cannot be reached.", account.api);
        return Some(Refusal::new(RefusalReason::Offline, message));
    }
    let who = circumstances.busy.get(&account.key)?;
    Some(Refusal::new(RefusalReason::Busy, who))
}

/// What is known of the account's own token, from the list of its profile's tokens. One that may only write
/// cannot see what became of a change.
fn refused_by_token(
    store: &Reader<'_>,
    account: &Account,
    permissions: &mut HashMap<AccountKey, Option<String>>,
) -> Result<Option<Refusal>, StoreError> {
    let Some(token) = &account.token else {
        return Ok(None);
    };
    let permission = match permissions.entry(account.key) {
        Entry::Occupied(known) => known.into_mut(),
        Entry::Vacant(unknown) => {
            let mut found = store.find_token(&token.fingerprint)?.into_iter();
            unknown.insert(found.find_map(|found| found.version.token.permission))
        }
    };
    Ok(permission
        .as_deref()
        .filter(|permission| matches!(*permission, "read" | "write" | "deny"))
        .map(|permission| {
            let message = format!(
                "The token of “{}” has the permission “{permission}”; a change needs “full”.",
                account.label
            );
            Refusal::new(RefusalReason::NotPermitted, message)
        }))
}
