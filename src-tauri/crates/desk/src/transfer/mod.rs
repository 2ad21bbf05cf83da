//! Handing a profile over to another account. No call of TagoIO's does that: a person asks its support. What is known to
//! stand in the way is said before, and what was asked for is kept until a sync sees the profile gone.

mod look;

pub use look::{TransferCheck, TransferCheckKind, TransferLook, TransferVerdict};

use model::{ActionResult, ProfileId, Timestamp};
use serde::{Deserialize, Serialize};
use store::{AccountKey, ActionQuery, Errand, Profile, ProfileKey, Reader, StoreError, Writer};
use ts_rs::TS;

use crate::change::{DELETE, is_address, understood};
use crate::event::StoreNews;
use crate::open::Desk;
use crate::owner::owner_of;
use crate::problem::{Problem, ProblemCode};
use crate::read::no_such_profile;

/// What the store calls a transfer.
const KIND: &str = "transfer";

/// Letters of a ticket's number or a note on it, at most.
const LONGEST_TICKET: usize = 200;

/// What an errand keeps of a transfer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct State {
    profile: i64,
    /// The account that it is to leave.
    account: i64,
    destination: String,
    ticket: String,
    #[serde(default)]
    given_up: bool,
}

/// How a transfer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TransferState {
    /// It was asked for, and the profile is still there.
    Waits,
    /// It was asked for, and the account is not connected any more: nobody here sees the profile go.
    Unwatched,
    /// A sync saw the profile gone from the account.
    Gone,
    /// The profile was deleted from here.
    Deleted,
    /// A person gave it up.
    GivenUp,
}

/// A transfer that was asked for.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct TransferRow {
    /// Its number in the store.
    #[ts(type = "number")]
    pub key: i64,
    /// When it was noted that TagoIO was asked.
    #[ts(type = "string")]
    pub asked_at: Timestamp,
    /// When it was over.
    #[ts(type = "string | null")]
    pub ended_at: Option<Timestamp>,
    /// How it stands.
    pub state: TransferState,
    /// The profile's number in the store.
    #[ts(type = "number")]
    pub profile_key: i64,
    /// TagoIO's id of the profile.
    pub profile: ProfileId,
    /// Its name.
    pub profile_name: String,
    /// The label of the account that it leaves; null if that is not connected any more.
    pub account: Option<String>,
    /// The e-mail address of the account that is to have it.
    pub destination: String,
    /// The ticket's number, or what else a person noted of it; may be empty.
    pub ticket: String,
}

impl Desk {
    /// Notes that TagoIO was asked to transfer a profile. Nothing is sent.
    pub async fn begin_transfer(
        &self,
        profile: i64,
        destination: &str,
        ticket: &str,
    ) -> Result<TransferRow, Problem> {
        let destination = destination.trim().to_owned();
        if !is_address(&destination) {
            return Err(
                Problem::invalid(format!("“{destination}” is no e-mail address."))
                    .with_hint("Give the address of the account that is to have the profile."),
            );
        }
        let ticket = checked(ticket)?;
        let now = self.inner.clock.now();
        let key = ProfileKey(profile);
        let begun = self
            .inner
            .write(move |store| {
                if store.profile(key)?.is_none() {
                    return Ok(Begun::NoProfile);
                }
                let Some(owner) = owner_of(store, key)? else {
                    return Ok(Begun::NotOwned);
                };
                if rows(store)?
                    .iter()
                    .any(|row| row.profile_key == profile && row.state == TransferState::Waits)
                {
                    return Ok(Begun::Already);
                }
                let state = State {
                    profile,
                    account: owner.key.0,
                    destination,
                    ticket,
                    given_up: false,
                };
                let key = store.begin_errand(KIND, &kept(&state)?, now)?;
                Ok(Begun::Done(key))
            })
            .await?;
        match begun {
            Begun::Done(key) => {
                self.inner.tell_changed(StoreNews::profile(profile));
                self.transfer(key).await
            }
            Begun::NoProfile => Err(no_such_profile()),
            Begun::NotOwned => Err(Problem::invalid(
                "No connected account owns the profile, so that its owner alone can have it transferred.",
            )),
            Begun::Already => Err(Problem::invalid(
                "A transfer of this profile was asked for already.",
            )
            .with_hint("Give that up first, if it is to go elsewhere.")),
        }
    }

    /// The transfers that were asked for, the oldest first, also those that are over.
    pub async fn transfers(&self) -> Result<Vec<TransferRow>, Problem> {
        self.inner.read(rows).await
    }

    /// The newest transfer of a profile.
    pub async fn transfer_of(&self, profile: i64) -> Result<Option<TransferRow>, Problem> {
        let rows = self.transfers().await?.into_iter();
        Ok(rows.rev().find(|row| row.profile_key == profile))
    }

    /// Notes another ticket of one that waits.
    pub async fn note_transfer(&self, key: i64, ticket: &str) -> Result<TransferRow, Problem> {
        let ticket = checked(ticket)?;
        self.change_transfer(key, move |store, errand| {
            let mut state = state(errand)?;
            state.ticket.clone_from(&ticket);
            store.put_errand(errand.key, &kept(&state)?)
        })
        .await
    }

    /// Gives one up that waits. TagoIO is not told.
    pub async fn give_up_transfer(&self, key: i64) -> Result<TransferRow, Problem> {
        let now = self.inner.clock.now();
        self.change_transfer(key, move |store, errand| {
            let mut state = state(errand)?;
            state.given_up = true;
            store.put_errand(errand.key, &kept(&state)?)?;
            store.end_errand(errand.key, now)
        })
        .await
    }

    async fn transfer(&self, key: i64) -> Result<TransferRow, Problem> {
        let mut rows = self.transfers().await?.into_iter();
        rows.find(|row| row.key == key)
            .ok_or_else(|| no_such_transfer(key))
    }

    /// Changes one that waits.
    async fn change_transfer(
        &self,
        key: i64,
        change: impl FnOnce(&Writer<'_>, &Errand) -> Result<bool, StoreError> + Send + 'static,
    ) -> Result<TransferRow, Problem> {
        let row = self.transfer(key).await?;
        if !matches!(row.state, TransferState::Waits | TransferState::Unwatched) {
            return Err(Problem::invalid("This transfer is over."));
        }
        self.inner
            .write(move |store| match store.errand(key)? {
                Some(errand) => change(store, &errand),
                None => Ok(false),
            })
            .await?;
        self.inner.tell_changed(StoreNews::profile(row.profile_key));
        self.transfer(key).await
    }
}

/// How noting a transfer ended.
enum Begun {
    Done(i64),
    NoProfile,
    NotOwned,
    Already,
}

/// Ends the transfers of profiles that an account has no more, as its newest list shows.
pub(crate) fn note_gone(
    store: &Writer<'_>,
    account: AccountKey,
    at: Timestamp,
) -> Result<(), StoreError> {
    for errand in store.errands(KIND)? {
        let state = state(&errand)?;
        if errand.ended_at.is_some() || state.account != account.0 {
            continue;
        }
        let reach = store.reach_of(ProfileKey(state.profile))?;
        let has = |reach: &store::Reach| reach.account == account && reach.owner;
        if !reach.iter().any(has) {
            store.end_errand(errand.key, at)?;
        }
    }
    Ok(())
}

/// Those that wait: the profile, and since when.
pub(crate) fn waiting(store: &Reader<'_>) -> Result<Vec<TransferRow>, StoreError> {
    let mut rows = rows(store)?;
    rows.retain(|row| row.state == TransferState::Waits);
    Ok(rows)
}

fn rows(store: &Reader<'_>) -> Result<Vec<TransferRow>, StoreError> {
    let mut rows = Vec::new();
    for errand in store.errands(KIND)? {
        let state = state(&errand)?;
        // One that was forgotten with its account is of no use any more.
        let Some(profile) = store.profile(ProfileKey(state.profile))? else {
            continue;
        };
        let account = store.account(AccountKey(state.account))?;
        rows.push(TransferRow {
            key: errand.key,
            asked_at: errand.began_at,
            ended_at: errand.ended_at,
            state: if state.given_up {
                TransferState::GivenUp
            } else if is_deleted(store, &errand, &profile)? {
                TransferState::Deleted
            } else if errand.ended_at.is_some() {
                TransferState::Gone
            } else if account.is_none() {
                TransferState::Unwatched
            } else {
                TransferState::Waits
            },
            profile_key: state.profile,
            profile: profile.id,
            profile_name: profile.name,
            account: account.map(|account| account.label),
            destination: state.destination,
            ticket: state.ticket,
        });
    }
    Ok(rows)
}

/// Whether a profile that is gone was deleted from here since a transfer of it was asked for.
fn is_deleted(store: &Reader<'_>, errand: &Errand, profile: &Profile) -> Result<bool, StoreError> {
    if profile.removed_at.is_none() {
        return Ok(false);
    }
    let deleted = store.count_actions(&ActionQuery {
        profile: Some(profile.key),
        kinds: vec![DELETE.to_owned()],
        results: vec![ActionResult::Done],
        since: Some(errand.began_at),
        limit: 1,
        ..ActionQuery::default()
    })?;
    Ok(deleted > 0)
}

fn state(errand: &Errand) -> Result<State, StoreError> {
    understood(&errand.state, "A transfer")
}

fn kept(state: &State) -> Result<serde_json::Value, StoreError> {
    serde_json::to_value(state).map_err(|error| StoreError::Unreadable {
        what: "A transfer".to_owned(),
        reason: error.to_string(),
    })
}

fn checked(ticket: &str) -> Result<String, Problem> {
    let ticket = ticket.trim();
    if ticket.chars().count() > LONGEST_TICKET || ticket.contains(char::is_control) {
        return Err(Problem::invalid(format!(
            "What is noted of the ticket is one line of at most {LONGEST_TICKET} letters."
        )));
    }
    Ok(ticket.to_owned())
}

fn no_such_transfer(key: i64) -> Problem {
    let message = format!("No transfer has the number {key}.");
    Problem::new(ProblemCode::NotFound, message)
        .with_hint("See their numbers with: pdesk profile transfer list")
}
