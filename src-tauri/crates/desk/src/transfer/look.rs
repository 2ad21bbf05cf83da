//! What is known to stand in a transfer's way, and what TagoIO's support and the destination are to be told.

use std::fmt::Write as _;

use insight::allocation::{Held, PlanSlots, Pool};
use model::{Amounts, Service, Timestamp};
use serde::Serialize;
use store::{Account, Aspect, Profile, ProfileKey, Reader, StoreError, Subject};
use ts_rs::TS;

use crate::change::{is_address, plan_of};
use crate::figures::number;
use crate::open::Desk;
use crate::owner::owner_of;
use crate::problem::Problem;
use crate::read::{no_such_profile, owned_profiles, region_name};
use crate::sync::Subscription;

/// What a transfer depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TransferCheckKind {
    /// A connected account owns the profile.
    Owner,
    /// That account's plan is a paid one.
    Plan,
    /// That account has another profile beside it.
    Profiles,
    /// The destination is an e-mail address of another account.
    Destination,
    /// The destination's plan has a profile left.
    Slot,
    /// The destination has what the profile is allocated.
    Resources,
}

/// Whether something is so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TransferVerdict {
    /// It is.
    Yes,
    /// It is not, and stands in the way.
    No,
    /// It is not known here.
    Unknown,
}

/// One thing that a transfer depends on.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct TransferCheck {
    /// Which one.
    pub kind: TransferCheckKind,
    /// Whether it is so.
    pub verdict: TransferVerdict,
    /// Why, for a person.
    pub why: String,
}

/// What is known of a transfer before it is asked for.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct TransferLook {
    /// What it depends on.
    pub checks: Vec<TransferCheck>,
    /// The profile's limits and resources as text, for the ticket.
    pub text: String,
}

impl Desk {
    /// What is known of a transfer of a profile to the account with an e-mail address, from the store alone.
    pub async fn look_at_transfer(
        &self,
        profile: i64,
        destination: &str,
    ) -> Result<TransferLook, Problem> {
        let destination = destination.trim().to_owned();
        let now = self.inner.clock.now();
        self.inner
            .read(move |store| {
                let Some(profile) = store.profile(ProfileKey(profile))? else {
                    return Ok(None);
                };
                let owner = owner_of(store, profile.key)?;
                Ok(Some(TransferLook {
                    checks: checks(store, &profile, owner.as_ref(), &destination)?,
                    text: text(store, &profile, owner.as_ref(), &destination, now)?,
                }))
            })
            .await?
            .ok_or_else(no_such_profile)
    }
}

use TransferVerdict::{No, Unknown, Yes};

fn check(kind: TransferCheckKind, verdict: TransferVerdict, why: String) -> TransferCheck {
    TransferCheck { kind, verdict, why }
}

fn checks(
    store: &Reader<'_>,
    profile: &Profile,
    owner: Option<&Account>,
    destination: &str,
) -> Result<Vec<TransferCheck>, StoreError> {
    let Some(owner) = owner else {
        let why = "No connected account owns it: its owner alone can have it transferred.";
        return Ok(vec![check(TransferCheckKind::Owner, No, why.to_owned())]);
    };
    let label = &owner.label;
    let mut checks = vec![check(
        TransferCheckKind::Owner,
        Yes,
        format!("“{label}” owns it."),
    )];
    let (verdict, why) = match plan_of(store, owner)? {
        None => (
            Unknown,
            format!("The plan of “{label}” was not fetched yet."),
        ),
        Some(plan) if plan == "free" => (
            No,
            format!("“{label}” is on the plan free; TagoIO transfers from Starter and Scale."),
        ),
        Some(plan) if PlanSlots::of(&plan).is_some() => {
            (Yes, format!("“{label}” is on the plan {plan}."))
        }
        Some(plan) => (
            Unknown,
            format!("“{label}” is on the plan {plan}, of which TagoIO does not say it."),
        ),
    };
    checks.push(check(TransferCheckKind::Plan, verdict, why));
    let (verdict, why) = match owned_profiles(store, owner.key)?.len() {
        many @ 2.. => (Yes, format!("“{label}” owns {many} profiles.")),
        _ => (
            No,
            format!("It is the only profile of “{label}”: an account keeps one."),
        ),
    };
    checks.push(check(TransferCheckKind::Profiles, verdict, why));
    let same = |address: &Option<String>| {
        let address = address.as_deref();
        address.is_some_and(|address| store::folded(address) == store::folded(destination))
    };
    let (verdict, why) = if destination.is_empty() {
        (Unknown, "Nobody is named yet.".to_owned())
    } else if !is_address(destination) {
        (No, format!("“{destination}” is no e-mail address."))
    } else if same(&owner.email) {
        (No, format!("{destination} owns it already."))
    } else {
        let why =
            format!("{destination} looks like an address; whether TagoIO knows it is not known.");
        (Yes, why)
    };
    checks.push(check(TransferCheckKind::Destination, verdict, why));
    let there = store.accounts()?.into_iter();
    let mut there = there.filter(|account| account.api == owner.api && same(&account.email));
    match there.next().filter(|_| verdict == Yes) {
        Some(there) => {
            checks.push(slot(store, &there)?);
            checks.push(resources(store, profile, &there)?);
        }
        None => {
            for (kind, what) in [
                (TransferCheckKind::Slot, "a profile left in its plan"),
                (
                    TransferCheckKind::Resources,
                    "what the profile is allocated",
                ),
            ] {
                let why = format!(
                    "The destination is not connected here: ask there whether it has {what}."
                );
                checks.push(check(kind, Unknown, why));
            }
        }
    }
    Ok(checks)
}

fn slot(store: &Reader<'_>, there: &Account) -> Result<TransferCheck, StoreError> {
    let label = &there.label;
    let owned = owned_profiles(store, there.key)?.len();
    let plan = plan_of(store, there)?;
    let slots = plan.as_deref().and_then(PlanSlots::of);
    let (verdict, why) = match (plan, slots) {
        (Some(plan), Some(slots)) => {
            let verdict = if owned < slots.profiles as usize {
                Yes
            } else {
                No
            };
            let most = slots.profiles;
            let why =
                format!("“{label}” owns {owned} profiles of the {most} that the plan {plan} has.");
            (verdict, why)
        }
        _ => (
            Unknown,
            format!("How many profiles “{label}” may have is not known."),
        ),
    };
    Ok(check(TransferCheckKind::Slot, verdict, why))
}

/// Whether what is allocated to nobody there is enough.
fn resources(
    store: &Reader<'_>,
    profile: &Profile,
    there: &Account,
) -> Result<TransferCheck, StoreError> {
    let limits = limits(store, profile.key)?;
    let holders = store.holders(None)?;
    let bought =
        store.version::<Subscription>(Subject::Account(there.key), Aspect::Subscription)?;
    let bought = bought.map(|bought| bought.value.limits).unwrap_or_default();
    let (mut missing, mut unknown) = (Vec::new(), Vec::new());
    for service in Service::ALL {
        let Some(needed) = limits[service].filter(|needed| *needed > 0.0) else {
            continue;
        };
        let own = holders
            .iter()
            .filter(|holder| holder.owner == Some(there.key));
        let held = own.map(|holder| Held {
            allocated: holder.allocation.as_ref().and_then(|held| held[service]),
            used: None,
        });
        match Pool::of(bought[service], held).free {
            None => unknown.push(service.label()),
            Some(free) if free < needed => missing.push(format!(
                "{} ({} needed, {} free)",
                service.label(),
                number(needed),
                number(free.max(0.0))
            )),
            Some(_) => {}
        }
    }
    let label = &there.label;
    let (verdict, why) = if !missing.is_empty() {
        (
            No,
            format!("“{label}” has too little of {}.", missing.join(", ")),
        )
    } else if unknown.is_empty() {
        (Yes, format!("“{label}” has all of it free."))
    } else {
        let why = format!(
            "How much “{label}” has free is not known of {}.",
            unknown.join(", ")
        );
        (Unknown, why)
    };
    Ok(check(TransferCheckKind::Resources, verdict, why))
}

fn limits(store: &Reader<'_>, profile: ProfileKey) -> Result<Amounts, StoreError> {
    let version = store.version::<Amounts>(Subject::Profile(profile), Aspect::Limits)?;
    Ok(version.map(|version| version.value).unwrap_or_default())
}

/// As TagoIO's support and the destination are told it.
fn text(
    store: &Reader<'_>,
    profile: &Profile,
    owner: Option<&Account>,
    destination: &str,
    now: Timestamp,
) -> Result<String, StoreError> {
    let limits = limits(store, profile.key)?;
    let summary = store.summary(profile.key)?.map(|(summary, _)| summary);
    let summary = summary.unwrap_or_default();
    let addons = store.version::<Vec<String>>(Subject::Profile(profile.key), Aspect::Addons)?;
    let mut text = "Transfer of a profile to another account\n\n".to_owned();
    let mut line = |label: &str, value: &str| {
        let _ = writeln!(text, "{label}: {value}"); // a string takes everything
    };
    line("Profile", &profile.name);
    line("ID", profile.id.as_str());
    let region = profile.region.clone();
    line(
        "Region",
        &region.unwrap_or_else(|| region_name(&profile.api)),
    );
    if let Some(owner) = owner {
        let email = owner.email.as_deref().unwrap_or("not known");
        line("From", email);
        if let Some(plan) = plan_of(store, owner)? {
            line("Plan", &plan);
        }
    }
    if !destination.is_empty() {
        line("To", destination);
    }
    text.push_str("\nLimits\n");
    for service in Service::ALL {
        let known = |amounts: &Amounts| amounts[service].map_or("not known".to_owned(), number);
        let _ = writeln!(
            text,
            "- {}: {} {}, used {}",
            service.label(),
            known(&limits),
            service.unit(),
            known(&summary.used),
        );
    }
    if !summary.resources.is_empty() {
        text.push_str("\nResources\n");
        for (name, many) in &summary.resources {
            let _ = writeln!(text, "- {name}: {}", number(*many));
        }
    }
    if let Some(addons) = addons.filter(|addons| !addons.value.is_empty()) {
        let _ = writeln!(text, "\nAdd-ons: {}", addons.value.join(", "));
    }
    let _ = writeln!(text, "\nAs of {}.", now.strftime("%Y-%m-%d"));
    Ok(text)
}
