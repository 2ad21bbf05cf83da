//! Onboarding a customer: a profile is made, and given its logo, limits, team, token, groups and note. What was begun
//! is in the store, so that it goes on where it was whenever the program ends; what is done of it goes the path of
//! changes.

mod page;
mod stand;
mod view;
mod wanted;

pub use page::PageFormat;
pub use view::{
    OnboardPreview, OnboardState, OnboardStep, OnboardStepKind, OnboardWent, Onboarding,
};
pub use wanted::{Onboard, OnboardGroup, OnboardToken};

use std::sync::Arc;

use insight::allocation::PlanSlots;
use store::{AccountKey, Errand, ProfileKey};

use crate::change::{
    Change, Confirmation, Looked, NEW_PROFILE, NewProfile, Proof, Refusal, RefusalReason,
    RevokeToken, look_offline, written,
};
use crate::event::StoreNews;
use crate::open::{Desk, Inner};
use crate::organize::{group_name, longest_note};
use crate::problem::{Problem, ProblemCode};
use crate::read::{FleetSelection, GroupKind, owned_profiles};
use crate::sync::SyncRequest;
use stand::{State, look, made_token, state};
use wanted::{Step, Task};

/// What the store calls an onboarding.
const KIND: &str = "onboarding";

/// What it is called where it cannot be read.
const WHAT: &str = "An onboarding";

impl Desk {
    /// What an onboarding would do, from the store alone; nothing is sent.
    pub async fn preview_onboarding(&self, wanted: Onboard) -> Result<OnboardPreview, Problem> {
        let inner = Arc::clone(&self.inner);
        self.inner
            .read(move |store| {
                let new = NewProfile {
                    account: AccountKey(wanted.account),
                    name: wanted.name.trim().to_owned(),
                };
                let steps = wanted.steps(NEW_PROFILE);
                let changes = steps.iter().filter_map(Step::change).cloned().collect();
                let Looked { rows, allocation } = look_offline(&inner, store, changes, Some(new))?;
                let account = store.account(AccountKey(wanted.account))?;
                let slots = match &account {
                    Some(account) => Slots::read(store, account)?,
                    None => Slots::default(),
                };
                let mut rows = rows.into_iter();
                let mut invited = 0;
                let mut previewed = Vec::with_capacity(steps.len());
                for step in steps {
                    let (mut refusal, warnings) = match &step.task {
                        Task::Change(_) => rows
                            .next()
                            .map_or((None, Vec::new()), |row| (row.refusal, row.warnings)),
                        task => (refused_here(task), Vec::new()),
                    };
                    let mut warnings = warnings;
                    match step.kind {
                        OnboardStepKind::Profile => warnings.extend(slots.warning()),
                        OnboardStepKind::Invitation => {
                            invited += 1;
                            refusal = refusal.or_else(|| slots.refuse(invited));
                        }
                        _ => {}
                    }
                    // What is so already needs nothing, and stands in nobody's way.
                    let refusal = refusal.filter(|why| why.reason != RefusalReason::NothingToDo);
                    previewed.push(OnboardStep {
                        id: step.id,
                        kind: step.kind,
                        what: step.what,
                        state: match &refusal {
                            Some(_) => OnboardState::Refused,
                            None => OnboardState::Waits,
                        },
                        code: refusal.as_ref().map(|why| why.reason.key().to_owned()),
                        message: match refusal {
                            Some(why) => Some(why.message),
                            None => Some(warnings.join(" ")).filter(|text| !text.is_empty()),
                        },
                    });
                }
                let refused = previewed
                    .iter()
                    .filter(|step| step.state == OnboardState::Refused);
                Ok(OnboardPreview {
                    account: account.map(|account| account.label),
                    refused: u32::try_from(refused.count()).unwrap_or(u32::MAX),
                    needs_proof: wanted.token.is_some(),
                    steps: previewed,
                    allocation,
                })
            })
            .await
    }

    /// Notes that a customer is to be onboarded, and returns its number; nothing is sent. One of which a step would be
    /// refused is not begun.
    pub async fn begin_onboarding(&self, wanted: Onboard) -> Result<i64, Problem> {
        let preview = self.preview_onboarding(wanted.clone()).await?;
        let refused = |step: &&OnboardStep| step.state == OnboardState::Refused;
        if let Some(step) = preview.steps.iter().find(refused) {
            let why = step.message.as_deref().unwrap_or_default();
            let code = match step.code.as_deref() {
                None | Some("invalid") => ProblemCode::InvalidInput,
                Some(code) => match ProblemCode::from_key(code) {
                    ProblemCode::Internal => ProblemCode::Rejected,
                    code => code,
                },
            };
            return Err(Problem::new(code, format!("{}: {why}", step.what)));
        }
        // Both would take the other's profile for theirs.
        let same = |one: &&Onboarding| {
            !one.over
                && one.wanted.account == wanted.account
                && one.wanted.name.trim() == wanted.name.trim()
        };
        if let Some(one) = self.onboardings().await?.iter().find(same) {
            let message = format!("“{}” is being onboarded already.", one.wanted.name);
            return Err(Problem::new(ProblemCode::Busy, message).with_hint(format!(
                "Go on with it or forget it, in the window above the form or with: pdesk onboard resume {0}, or forget \
                 {0}",
                one.key
            )));
        }
        let state = State {
            wanted,
            skipped: std::collections::BTreeSet::new(),
            handed: false,
        };
        let state = serde_json::to_value(state).map_err(Problem::internal)?;
        let now = self.inner.clock.now();
        let key = self
            .inner
            .write(move |store| store.begin_errand(KIND, &state, now))
            .await?;
        self.inner.tell_changed(StoreNews::actions());
        Ok(key)
    }

    /// The onboardings that were begun, the oldest first, also those that are over.
    pub async fn onboardings(&self) -> Result<Vec<Onboarding>, Problem> {
        let inner = Arc::clone(&self.inner);
        self.inner
            .read(move |store| {
                let errands = store.errands(KIND)?;
                errands
                    .iter()
                    .map(|errand| look(&inner, store, errand))
                    .collect()
            })
            .await
    }

    /// One of them.
    pub async fn onboarding(&self, key: i64) -> Result<Onboarding, Problem> {
        let inner = Arc::clone(&self.inner);
        let found = self
            .inner
            .read(move |store| {
                let errand = store.errand(key)?.filter(|errand| errand.kind == KIND);
                errand
                    .map(|errand| look(&inner, store, &errand))
                    .transpose()
            })
            .await?;
        found.ok_or_else(|| no_such_onboarding(key))
    }

    /// Does what is left of an onboarding: first the profile, then what does not depend on each other, whether the
    /// rest of it can be done or not, and last the token, which takes a proof. What was begun before and not seen to
    /// end is looked up first, so that nothing is made twice.
    pub async fn go_on_onboarding(
        &self,
        key: i64,
        proof: Option<Proof>,
    ) -> Result<OnboardWent, Problem> {
        let begun = self.onboarding(key).await?;
        let since = begun.began_at;
        // Whoever wants the mark from the beginning means the steps as well.
        let confirmation = Confirmation {
            protected_too: begun.wanted.protect,
        };
        if begun.profile_key.is_none() {
            let create = open_changes(&begun, NEW_PROFILE, |kind| kind == OnboardStepKind::Profile);
            self.carry_out_again(create, since, confirmation, None)
                .await?;
        }
        let made = self.onboarding(key).await?;
        let Some(profile) = made.profile_key else {
            return self.went(key, None).await;
        };
        for step in made.wanted.steps(profile) {
            if is_open(&made, &step.id) {
                self.keep_here(profile, &step.task).await?;
            }
        }
        if let Some(lost) = self.lost_token(&made).await? {
            // A token is revoked by the list of tokens, which of a new profile was never fetched.
            let fetch = SyncRequest {
                profile: Some(profile),
                ..SyncRequest::default()
            };
            if let Err(problem) = self.sync(fetch).await {
                tracing::warn!(%problem, "the tokens of a new profile were not fetched");
            }
            let revoke = vec![Change::RevokeToken(lost)];
            self.carry_out_again(revoke, since, confirmation, None)
                .await?;
        }
        let made = self.onboarding(key).await?;
        let rest = open_changes(&made, profile, |kind| kind != OnboardStepKind::Profile);
        if rest.is_empty() {
            return self.went(key, None).await;
        }
        let mut outcome = self
            .carry_out_again(rest, since, confirmation, proof)
            .await?;
        let waits = outcome.needs_proof.take();
        self.went(key, waits.map(|needs| (outcome.batch, needs)))
            .await
    }

    /// Goes on with an onboarding of which a batch waits for a proof.
    pub async fn go_on_onboarding_with(
        &self,
        key: i64,
        batch: i64,
        proof: Proof,
    ) -> Result<OnboardWent, Problem> {
        let mut outcome = self.carry_out_rest(batch, proof).await?;
        let waits = outcome.needs_proof.take();
        self.went(key, waits.map(|needs| (outcome.batch, needs)))
            .await
    }

    /// Does without a step, or with it again. The profile itself cannot be done without.
    pub async fn skip_onboarding_step(
        &self,
        key: i64,
        step: &str,
        skipped: bool,
    ) -> Result<Onboarding, Problem> {
        let onboarding = self.onboarding(key).await?;
        let Some(found) = onboarding.steps.iter().find(|one| one.id == step) else {
            let message = format!("The onboarding has no step “{step}”.");
            return Err(Problem::new(ProblemCode::NotFound, message)
                .with_hint("Its steps are listed in the window, or with: pdesk onboard list"));
        };
        if found.kind == OnboardStepKind::Profile {
            return Err(Problem::invalid(
                "Without its profile nothing of an onboarding can be done.",
            )
            .with_hint("Forget the whole onboarding instead."));
        }
        let step = found.id.clone();
        self.note_in(key, move |state| {
            if skipped {
                state.skipped.insert(step.clone());
            } else {
                state.skipped.remove(&step);
            }
        })
        .await?;
        Ok(self.went(key, None).await?.onboarding)
    }

    /// Notes that the new token's value went where it belongs.
    pub async fn onboarding_handed_out(&self, key: i64) -> Result<Onboarding, Problem> {
        let onboarding = self.onboarding(key).await?;
        let hands = |step: &OnboardStep| step.state == OnboardState::HandOut;
        if !onboarding.steps.iter().any(hands) {
            return Err(Problem::invalid(
                "The onboarding has no token whose value is to be handed out.",
            ));
        }
        self.note_in(key, |state| state.handed = true).await?;
        Ok(self.went(key, None).await?.onboarding)
    }

    /// Forgets an onboarding. What was done of it stays.
    pub async fn forget_onboarding(&self, key: i64) -> Result<(), Problem> {
        self.onboarding(key).await?;
        self.inner
            .write(move |store| store.forget_errand(key))
            .await?;
        self.inner.tell_changed(StoreNews::actions());
        Ok(())
    }

    /// How it stands now; one that is over ends with that.
    async fn went(
        &self,
        key: i64,
        waits: Option<(i64, crate::change::NeedsProof)>,
    ) -> Result<OnboardWent, Problem> {
        let mut onboarding = self.onboarding(key).await?;
        if onboarding.over && onboarding.ended_at.is_none() {
            let now = self.inner.clock.now();
            self.inner
                .write(move |store| store.end_errand(key, now))
                .await?;
            onboarding = self.onboarding(key).await?;
        }
        self.inner.tell_changed(StoreNews::actions());
        let (batch, needs_proof) = waits.unzip();
        Ok(OnboardWent {
            onboarding,
            batch,
            needs_proof,
        })
    }

    /// Changes what an errand keeps of an onboarding.
    async fn note_in(
        &self,
        key: i64,
        change: impl Fn(&mut State) + Send + 'static,
    ) -> Result<(), Problem> {
        self.inner
            .write(move |store| {
                let Some(errand) = store.errand(key)? else {
                    return Ok(false);
                };
                let mut kept = state(&errand)?;
                change(&mut kept);
                let kept = written(&kept, WHAT)?;
                store.put_errand(key, &kept)
            })
            .await?
            .then_some(())
            .ok_or_else(|| no_such_onboarding(key))
    }

    /// Does what stays on this computer.
    async fn keep_here(&self, profile: i64, task: &Task) -> Result<(), Problem> {
        match task {
            Task::Change(_) => {}
            Task::Note(text) => self.put_note(profile, text).await?,
            Task::Protect => {
                self.put_protected(FleetSelection::of(vec![profile]), true)
                    .await?;
            }
            Task::Group(wanted) => {
                let name = store::folded(wanted.name.trim());
                let groups = self.groups().await?.into_iter();
                let mut same = groups.filter(|group| {
                    group.kind == wanted.kind && store::folded(&group.name) == name
                });
                let group = match same.next() {
                    Some(group) => group,
                    None => self.put_group(None, &wanted.name, wanted.kind).await?,
                };
                let selection = FleetSelection {
                    keys: vec![profile],
                    ..FleetSelection::default()
                };
                self.assign_group(group.key, selection, true).await?;
            }
        }
        Ok(())
    }

    /// The token that was made for it and of which nobody has the value.
    async fn lost_token(&self, onboarding: &Onboarding) -> Result<Option<RevokeToken>, Problem> {
        let lost = |step: &OnboardStep| step.state == OnboardState::Lost;
        let (Some(profile), true) = (onboarding.profile_key, onboarding.steps.iter().any(lost))
        else {
            return Ok(None);
        };
        let errand = self.inner.onboarding_errand(onboarding.key).await?;
        let made = self
            .inner
            .read(move |store| made_token(store, &errand, ProfileKey(profile)))
            .await?;
        let fingerprint = made.and_then(|made| made.fingerprint);
        Ok(fingerprint.map(|fingerprint| RevokeToken {
            profile,
            fingerprint,
        }))
    }
}

impl Inner {
    /// An onboarding's errand.
    pub(super) async fn onboarding_errand(&self, key: i64) -> Result<Errand, Problem> {
        let found = self.read(move |store| store.errand(key)).await?;
        found
            .filter(|errand| errand.kind == KIND)
            .ok_or_else(|| no_such_onboarding(key))
    }
}

/// What an account's plan has left of profiles, and of members in a new one.
#[derive(Default)]
struct Slots {
    plan: Option<(String, PlanSlots)>,
    profiles: u32,
}

impl Slots {
    fn read(
        store: &store::Reader<'_>,
        account: &store::Account,
    ) -> Result<Self, store::StoreError> {
        let plan = crate::change::plan_of(store, account)?;
        let plan = plan.and_then(|plan| Some((plan.clone(), PlanSlots::of(&plan)?)));
        let owned = owned_profiles(store, account.key)?.len();
        Ok(Self {
            plan,
            profiles: u32::try_from(owned).unwrap_or(u32::MAX),
        })
    }

    /// Special terms may let an account have more than its plan.
    fn warning(&self) -> Option<String> {
        let (plan, slots) = self.plan.as_ref()?;
        let full = self.profiles >= slots.profiles;
        full.then(|| {
            format!(
                "The plan “{plan}” has {} profiles, and the account owns {} already: TagoIO may refuse another.",
                slots.profiles, self.profiles
            )
        })
    }

    fn refuse(&self, invited: u32) -> Option<Refusal> {
        let (plan, slots) = self.plan.as_ref()?;
        let beyond = invited > slots.members;
        beyond.then(|| {
            let message = format!(
                "The plan “{plan}” lets a profile have {} members.",
                slots.members
            );
            Refusal::new(RefusalReason::OverLimit, message)
        })
    }
}

/// Why what stays on this computer cannot be done.
fn refused_here(task: &Task) -> Option<Refusal> {
    let problem = match task {
        Task::Group(group) if group.kind == GroupKind::Favourites => None,
        Task::Group(group) => group_name(&group.name).err(),
        Task::Note(text) => longest_note(text).err(),
        Task::Change(_) | Task::Protect => None,
    };
    problem.map(|problem| Refusal::invalid(problem.message))
}

fn is_open(onboarding: &Onboarding, id: &str) -> bool {
    let step = onboarding.steps.iter().find(|step| step.id == id);
    step.is_some_and(|step| step.state.is_open())
}

/// The changes of steps that are not done. A token of which the value is lost stands in the way of another one.
fn open_changes(
    onboarding: &Onboarding,
    profile: i64,
    wanted: impl Fn(OnboardStepKind) -> bool,
) -> Vec<Change> {
    let steps = onboarding.wanted.steps(profile).into_iter();
    let lost = |id: &str| {
        let mut steps = onboarding.steps.iter();
        steps.any(|step| step.id == id && step.state == OnboardState::Lost)
    };
    let open =
        steps.filter(|step| wanted(step.kind) && is_open(onboarding, &step.id) && !lost(&step.id));
    open.filter_map(|step| step.change().cloned()).collect()
}

fn no_such_onboarding(key: i64) -> Problem {
    let message = format!("No onboarding has the number {key}.");
    Problem::new(ProblemCode::NotFound, message).with_hint(
        "Those that go on are above the form in the window, or listed with: pdesk onboard list",
    )
}
