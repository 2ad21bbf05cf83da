//! How far an onboarding is. What it wants and what a person chose is its errand; the rest follows from the action log
//! and from what stands in the store, so that a program that was killed leaves nothing to put right.

use std::collections::BTreeSet;

use model::ActionResult;
use serde::{Deserialize, Serialize};
use store::{AccountKey, Action, ActionQuery, Errand, ProfileKey, Reader, StoreError};

use super::wanted::{Step, Task};
use super::{Onboard, OnboardState, OnboardStep, OnboardStepKind, Onboarding};
use crate::change::{
    Change, Looked, NEW_PROFILE, RefusalReason, RevokeToken, look_offline, result, understood,
};
use crate::open::Inner;

/// What an errand keeps of an onboarding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct State {
    pub(super) wanted: Onboard,
    /// The steps that a person chose to do without.
    #[serde(default)]
    pub(super) skipped: BTreeSet<String>,
    /// Whether the new token's value went where it belongs.
    #[serde(default)]
    pub(super) handed: bool,
}

/// More actions than any onboarding makes.
const MOST: u32 = 10_000;

/// What was tried of an onboarding, the newest first.
struct Tried(Vec<(Change, Action)>);

impl Tried {
    fn read(store: &Reader<'_>, errand: &Errand, account: AccountKey) -> Result<Self, StoreError> {
        let actions = store.actions(&ActionQuery {
            account: Some(account),
            since: Some(errand.began_at),
            limit: MOST,
            ..ActionQuery::default()
        })?;
        // Guard rails are in the log, too, and are no changes.
        let changes = actions.into_iter().filter_map(|action| {
            let change = serde_json::from_value(action.what.clone()).ok()?;
            Some((change, action))
        });
        Ok(Self(changes.collect()))
    }

    /// The newest try that came to something. One that was refused did nothing, and says nothing of those before.
    fn last(&self, change: &Change) -> Option<&Action> {
        let tries = || {
            let same = self.0.iter().filter(|(tried, _)| tried == change);
            same.map(|(_, action)| action)
        };
        let mut sent = tries().filter(|action| result(action) != ActionResult::Refused);
        sent.next().or_else(|| tries().next())
    }

    /// The word for what stood in a step's way.
    fn code(&self, step: &Step, state: OnboardState) -> Option<String> {
        if !matches!(state, OnboardState::Failed | OnboardState::Unknown) {
            return None;
        }
        let action = self.last(step.change()?)?;
        action.end.as_ref()?.code.clone()
    }
}

/// The token that was made for an onboarding, as TagoIO answered.
pub(super) struct MadeToken {
    pub(super) fingerprint: Option<String>,
    pub(super) last4: Option<String>,
    pub(super) permission: Option<String>,
    /// A time, or `never`.
    pub(super) expires: Option<String>,
}

impl MadeToken {
    fn of(action: &Action) -> Self {
        let confirmed = action.end.as_ref().and_then(|end| end.confirmed.as_ref());
        let field = |key: &str| Some(confirmed?.get(key)?.as_str()?.to_owned());
        Self {
            fingerprint: field("fingerprint"),
            last4: field("ends_with"),
            permission: field("permission"),
            expires: field("expires"),
        }
    }
}

/// The token that was made for it, whether or not anybody has its value.
pub(super) fn made_token(
    store: &Reader<'_>,
    errand: &Errand,
    profile: ProfileKey,
) -> Result<Option<MadeToken>, StoreError> {
    let wanted = state(errand)?.wanted;
    let tried = Tried::read(store, errand, AccountKey(wanted.account))?;
    let steps = wanted.steps(profile.0).into_iter();
    let mut token = steps.filter(|step| step.kind == OnboardStepKind::Token);
    let step = token.next();
    let made = step
        .as_ref()
        .and_then(Step::change)
        .and_then(|change| tried.last(change));
    let done = made.filter(|action| result(action) == ActionResult::Done);
    Ok(done.map(MadeToken::of))
}

/// An errand's own state.
pub(super) fn state(errand: &Errand) -> Result<State, StoreError> {
    understood(&errand.state, super::WHAT)
}

/// How an onboarding stands.
pub(super) fn look(
    inner: &Inner,
    store: &Reader<'_>,
    errand: &Errand,
) -> Result<Onboarding, StoreError> {
    let State {
        wanted,
        skipped,
        handed,
    } = state(errand)?;
    let key = AccountKey(wanted.account);
    let account = store.account(key)?;
    let tried = Tried::read(store, errand, key)?;
    let profile = match (&account, wanted.steps(NEW_PROFILE).first()) {
        (Some(account), Some(first)) => made_profile(store, &account.api, &tried, first)?,
        _ => None,
    };
    let profile_key = profile.as_ref().map(|profile| profile.key);
    let mut look = Look {
        inner,
        store,
        tried: &tried,
        profile: profile_key,
        handed,
        made: None,
    };
    let mut steps = Vec::new();
    for step in wanted.steps(profile_key.map_or(NEW_PROFILE, |key| key.0)) {
        let (mut state, mut message) = look.at(&step)?;
        if skipped.contains(&step.id) && state != OnboardState::Done {
            (state, message) = (OnboardState::Skipped, None);
        } else if errand.ended_at.is_some() && !state.is_over() {
            // It was done when it ended; what a person changed since is no matter of it.
            (state, message) = (OnboardState::Done, None);
        }
        steps.push(OnboardStep {
            code: tried.code(&step, state),
            id: step.id,
            kind: step.kind,
            what: step.what,
            state,
            message,
        });
    }
    let token = |step: &OnboardStep| step.kind == OnboardStepKind::Token;
    let made = look.made.filter(|_| {
        let hands = |step: &OnboardStep| token(step) && step.state == OnboardState::HandOut;
        steps.iter().any(hands)
    });
    Ok(Onboarding {
        key: errand.key,
        began_at: errand.began_at,
        ended_at: errand.ended_at,
        account: account.map(|account| account.label),
        profile_key: profile_key.map(|key| key.0),
        profile: profile.map(|profile| profile.id),
        over: steps.iter().all(|step| step.state.is_over()),
        needs_proof: steps.iter().any(|step| token(step) && step.state.is_open()),
        steps,
        wanted,
        made_batch: made.map(|(batch, _)| batch),
        made_row: made.map(|(_, row)| row),
    })
}

/// The profile that was made for it, by what TagoIO answered, or by its name where the answer was lost.
fn made_profile(
    store: &Reader<'_>,
    api: &str,
    tried: &Tried,
    first: &Step,
) -> Result<Option<store::Profile>, StoreError> {
    let done = first
        .change()
        .and_then(|change| tried.last(change))
        .filter(|action| result(action) == ActionResult::Done);
    let confirmed = done.and_then(|action| action.end.as_ref()?.confirmed.as_ref());
    let id = confirmed.and_then(|fields| fields.get("id")?.as_str()?.parse().ok());
    match id {
        Some(id) => store.profile_by_id(api, &id),
        None => Ok(None),
    }
}

/// What is looked at.
struct Look<'a> {
    inner: &'a Inner,
    store: &'a Reader<'a>,
    tried: &'a Tried,
    profile: Option<ProfileKey>,
    handed: bool,
    /// The batch and the row by which a new token's value is handed out.
    made: Option<(i64, u32)>,
}

type Standing = (OnboardState, Option<String>);

impl Look<'_> {
    fn at(&mut self, step: &Step) -> Result<Standing, StoreError> {
        let change = match &step.task {
            Task::Change(change) => change,
            task => return self.at_home(task),
        };
        let waits = self.profile.is_none() && step.kind != OnboardStepKind::Profile;
        let Some(action) = self.tried.last(change).filter(|_| !waits) else {
            return if waits {
                Ok((OnboardState::Waits, None))
            } else {
                self.untried(change, OnboardState::Waits, None)
            };
        };
        let message = action.end.as_ref().and_then(|end| end.message.clone());
        match result(action) {
            ActionResult::Done if step.kind == OnboardStepKind::Token => {
                Ok(self.at_token(action, message))
            }
            ActionResult::Done => Ok((OnboardState::Done, message)),
            ActionResult::Failed | ActionResult::Refused => {
                self.untried(change, OnboardState::Failed, message)
            }
            ActionResult::Begun => {
                let cut = "The program ended before the answer was there.".to_owned();
                Ok((OnboardState::Unknown, Some(cut)))
            }
            ActionResult::Unknown => Ok((OnboardState::Unknown, message)),
        }
    }

    /// One that is not done by itself may be so already, such as limits that TagoIO gave for free.
    fn untried(
        &self,
        change: &Change,
        state: OnboardState,
        message: Option<String>,
    ) -> Result<Standing, StoreError> {
        let changes = vec![change.clone()];
        let Looked { rows, .. } = look_offline(self.inner, self.store, changes, None)?;
        let refusal = rows.into_iter().next().and_then(|row| row.refusal);
        Ok(match refusal {
            Some(why) if why.reason == RefusalReason::NothingToDo => (OnboardState::Done, None),
            refusal => (state, message.or(refusal.map(|why| why.message))),
        })
    }

    fn at_token(&mut self, action: &Action, message: Option<String>) -> Standing {
        let made = MadeToken::of(action);
        let ends = made
            .last4
            .map_or_else(String::new, |ends| format!(" ····{ends}"));
        if self.handed {
            return (
                OnboardState::Done,
                Some(format!("Its value ends in{ends}.")),
            );
        }
        if let (Some(profile), Some(fingerprint)) = (self.profile, made.fingerprint) {
            let revoke = Change::RevokeToken(RevokeToken {
                profile: profile.0,
                fingerprint,
            });
            let revoked = self.tried.last(&revoke);
            if revoked.is_some_and(|action| result(action) == ActionResult::Done) {
                // Another one can be made.
                return (OnboardState::Waits, None);
            }
        }
        let batch = action.batch.unwrap_or_default();
        if let Some(row) = self.inner.changing.made.row_of(batch) {
            self.made = Some((batch, row));
            return (OnboardState::HandOut, message);
        }
        let lost = format!(
            "The token{ends} stands, and nobody has its value. Going on revokes it and makes another."
        );
        (OnboardState::Lost, Some(lost))
    }

    /// What stays on this computer.
    fn at_home(&self, task: &Task) -> Result<Standing, StoreError> {
        let Some(profile) = self.profile else {
            return Ok((OnboardState::Waits, None));
        };
        let done = match task {
            Task::Group(wanted) => {
                let kind = wanted.kind.into();
                let name = store::folded(wanted.name.trim());
                let mut groups = self.store.groups_of(profile)?.into_iter();
                groups.any(|group| group.kind == kind && store::folded(&group.name) == name)
            }
            // One that a person wrote meanwhile stays.
            Task::Note(_) => self.store.note(profile)?.is_some(),
            Task::Protect => self.store.protected()?.contains(&profile),
            Task::Change(_) => false,
        };
        let state = if done {
            OnboardState::Done
        } else {
            OnboardState::Waits
        };
        Ok((state, None))
    }
}
