//! What a fetch shows to have changed since the one before. The first fetch of a dataset is what later
//! ones are compared with; it changes nothing.

pub(crate) mod backups;
pub(crate) mod billing;
pub(crate) mod limits;
pub(crate) mod people;
pub(crate) mod profiles;
pub(crate) mod tokens;

use model::{ChangeKind, Timestamp};
use serde_json::Value;
use store::{AccountKey, NewChange, ProfileKey, StoreError, Subject, Writer};

/// The changes that one answer shows.
pub(crate) struct Log {
    account: AccountKey,
    profile: Option<ProfileKey>,
    at: Timestamp,
    /// When the dataset arrived the time before; `None` if it is here for the first time.
    before: Option<Timestamp>,
    changes: Vec<NewChange>,
}

impl Log {
    pub(crate) fn new(account: AccountKey, subject: Subject, at: Timestamp) -> Self {
        Self {
            account,
            profile: match subject {
                Subject::Profile(profile) => Some(profile),
                Subject::Account(_) => None,
            },
            at,
            before: None,
            changes: Vec::new(),
        }
    }

    /// One of something else that the same answer tells of.
    pub(crate) fn of(&self, subject: Subject) -> Self {
        let mut other = Self::new(self.account, subject, self.at);
        other.begin(self.before);
        other
    }

    /// Says when the dataset arrived the time before.
    pub(crate) fn begin(&mut self, before: Option<Timestamp>) {
        self.before = before;
    }

    /// When the answer came.
    pub(crate) fn at(&self) -> Timestamp {
        self.at
    }

    /// When the answer before it came; `None` if there was none, and so there is nothing to compare with.
    pub(crate) fn before(&self) -> Option<Timestamp> {
        self.before
    }

    /// Notes a change, unless the dataset is here for the first time.
    pub(crate) fn note(
        &mut self,
        kind: ChangeKind,
        subject: Option<String>,
        old: impl Into<Value>,
        new: impl Into<Value>,
    ) {
        let profile = self.profile;
        self.note_of(profile, kind, subject, old, new);
    }

    /// The same of another profile than the one that was asked about.
    pub(crate) fn note_of(
        &mut self,
        profile: Option<ProfileKey>,
        kind: ChangeKind,
        subject: Option<String>,
        old: impl Into<Value>,
        new: impl Into<Value>,
    ) {
        if self.before.is_none() {
            return;
        }
        self.changes.push(NewChange {
            at: self.at,
            account: Some(self.account),
            profile,
            kind,
            subject,
            old: old.into(),
            new: new.into(),
        });
    }

    /// Writes what was noted. Returns whether there was anything.
    pub(crate) fn write(&self, store: &Writer<'_>) -> Result<bool, StoreError> {
        if self.changes.is_empty() {
            return Ok(false);
        }
        store.put_changes(&self.changes)?;
        Ok(true)
    }

    #[cfg(test)]
    pub(crate) fn told(&self) -> Vec<(ChangeKind, Option<&str>, Value, Value)> {
        self.changes
            .iter()
            .map(|change| {
                let (old, new) = (change.old.clone(), change.new.clone());
                (change.kind, change.subject.as_deref(), old, new)
            })
            .collect()
    }
}

/// A moment as it stands in the log.
fn moment(at: Option<Timestamp>) -> Value {
    at.map_or(Value::Null, |at| format!("{at:.0}").into())
}

#[cfg(test)]
fn log(before: Option<&str>, at: &str) -> Log {
    let subject = Subject::Profile(ProfileKey(1));
    let mut log = Log::new(AccountKey(1), subject, at.parse().unwrap());
    log.begin(before.map(|before| before.parse().unwrap()));
    log
}
