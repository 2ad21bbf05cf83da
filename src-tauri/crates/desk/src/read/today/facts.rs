//! From what the store holds to the lines of the list, each rule being `insight`'s.

use std::collections::{BTreeMap, HashMap};

use insight::attention::{
    self, ACTIVE_DAYS, Concerns, Crossings, Cut, Finding, Invited, Item, KeptToken, Owned, Pulse,
    QUIET, Since,
};
use jiff::SignedDuration;
use model::{ChangeKind, Service, Timestamp, UsageState};
use store::{Account, Aspect, ChangeQuery, ProfileKey, Reader, StoreError, Subject, Version};

use crate::settings::Settings;
use crate::sync::{Health, Schedule, is_sign_in, token_called};
use crate::transfer::waiting;

/// Changes of an account's payments and downgrades that are looked back through, at most.
const LOOK_BACK: u32 = 200;

/// Every line there is, in the list's order.
pub(super) fn items(
    store: &Reader<'_>,
    accounts: &[Account],
    settings: &Settings,
    now: Timestamp,
) -> Result<Vec<Item>, StoreError> {
    let mut list = List::default();
    for account in accounts {
        of_account(store, account, now, &mut list)?;
    }
    services(store, &mut list)?;
    beyond(store, &mut list)?;
    silent(store, &mut list)?;
    tokens(store, now, &mut list)?;
    invitations(store, now, &mut list)?;
    for row in waiting(store)? {
        let finding = attention::transfer(&row.destination, &row.ticket, row.asked_at, now);
        list.add(ProfileKey(row.profile_key), finding);
    }
    if let Some(age) = settings.backup_age() {
        let age = SignedDuration::try_from(age).unwrap_or(SignedDuration::MAX);
        for (profile, newest, seen_from) in store.newest_backups()? {
            list.add(profile, attention::backup(newest, age, seen_from, now));
        }
    }
    list.0.sort_by(attention::order);
    Ok(list.0)
}

#[derive(Default)]
struct List(Vec<Item>);

impl List {
    fn add(&mut self, ProfileKey(key): ProfileKey, finding: Option<Finding>) {
        self.0.extend(finding.map(|finding| Item {
            concerns: Concerns::Profile(key),
            finding,
        }));
    }

    fn add_of(&mut self, account: &Account, finding: Option<Finding>) {
        self.0.extend(finding.map(|finding| Item {
            concerns: Concerns::Account(account.key.0),
            finding,
        }));
    }
}

fn of_account(
    store: &Reader<'_>,
    account: &Account,
    now: Timestamp,
    list: &mut List,
) -> Result<(), StoreError> {
    if let Some(out) = &account.signed_out {
        let finding = attention::signed_out(&out.message, account.profiles, out.since);
        list.add_of(account, Some(finding));
    }
    let subject = Subject::Account(account.key);
    if let Some(health) = store.version::<Health>(subject, Aspect::Health)? {
        let since = payments_since(store, account, &health)?;
        let finding = attention::payment(
            health.value.payment_error.as_deref(),
            health.value.overdue == Some(true),
            health.value.not_enough_balance == Some(true),
            store.count_owned_by(account.key)?,
            Some(since),
        );
        list.add_of(account, finding);
    }
    if let Some(schedule) = store.version::<Schedule>(subject, Aspect::Schedule)?
        && let Some(at) = schedule.value.release_at
    {
        let told = newest(store, account, &[ChangeKind::DowngradeScheduled])?;
        let cut = Cut {
            at,
            plan: schedule.value.plan,
            limits: schedule.value.limits,
            since: Some(since(told, schedule.seen_from)),
        };
        let owned: Vec<Owned> = store
            .summaries_owned_by(account.key)?
            .into_iter()
            .map(|(ProfileKey(profile), summary)| Owned {
                profile,
                limit: summary.limit,
                used: summary.used,
                resources: summary.resources,
            })
            .collect();
        list.add_of(account, attention::downgrade(&cut, &owned, now));
    }
    Ok(())
}

/// When a moment is known, then; else it was so by the other one.
fn since(known: Option<Timestamp>, looked_at: Timestamp) -> Since {
    Since {
        at: known.unwrap_or(looked_at),
        or_earlier: known.is_none(),
    }
}

/// When the newest change of an account of these kinds was seen.
fn newest(
    store: &Reader<'_>,
    account: &Account,
    kinds: &[ChangeKind],
) -> Result<Option<Timestamp>, StoreError> {
    let query = ChangeQuery {
        account: Some(account.key),
        kinds: kinds.to_vec(),
        limit: 1,
        ..ChangeQuery::default()
    };
    Ok(store.changes(&query)?.first().map(|change| change.at))
}

/// Since when payments have not been in order: the first change for the worse since the last for the better.
fn payments_since(
    store: &Reader<'_>,
    account: &Account,
    health: &Version<Health>,
) -> Result<Since, StoreError> {
    let query = ChangeQuery {
        account: Some(account.key),
        kinds: vec![
            ChangeKind::PaymentFailed,
            ChangeKind::PaymentOverdue,
            ChangeKind::PaymentRecovered,
        ],
        limit: LOOK_BACK,
        ..ChangeQuery::default()
    };
    let began = store
        .changes(&query)?
        .into_iter()
        .take_while(|change| change.kind != ChangeKind::PaymentRecovered)
        .last()
        .map(|change| change.at);
    Ok(since(began, health.seen_from))
}

fn services(store: &Reader<'_>, list: &mut List) -> Result<(), StoreError> {
    let mut crossings: HashMap<(ProfileKey, Service), Crossings> = HashMap::new();
    for (profile, service, old, new, at) in store.crossings()? {
        let crossed = crossings.entry((profile, service)).or_default();
        // The newest rise through a threshold is when it was last reached.
        for (percent, place) in [
            (80, &mut crossed.warn),
            (90, &mut crossed.high),
            (100, &mut crossed.over),
        ] {
            if new >= percent && old.is_none_or(|old| old < percent) {
                *place = Some(at);
            }
        }
    }
    for (profile, summary, first_seen) in store.services_near_limits()? {
        for service in Service::ALL {
            if let (Some(used), Some(limit)) = (summary.used[service], summary.limit[service]) {
                let crossed = crossings.get(&(profile, service)).copied();
                let crossed = crossed.unwrap_or_default();
                let finding = attention::service(service, used, limit, crossed, first_seen);
                list.add(profile, finding);
            }
        }
    }
    Ok(())
}

/// Dashboards' output and resources, which plans limit.
fn beyond(store: &Reader<'_>, list: &mut List) -> Result<(), StoreError> {
    let mut near: Vec<(ProfileKey, String, f64, f64)> = Vec::new();
    for one in store.beyond_services()? {
        let plan = one.plan.as_deref().unwrap_or_default();
        let limit = one
            .dashboards_limit
            .or_else(|| attention::dashboards_limit(plan));
        if let (Some(used), Some(limit)) = (one.dashboards_used, limit)
            && let Some(mut finding) = attention::dashboards(used, limit, None)
        {
            let threshold = [0.8, 0.9, 1.0][usize::from(finding.step.clamp(1, 3)) - 1];
            let began = store.dashboards_since(one.profile, limit * threshold)?;
            finding.since = began.map(|(at, seen)| Since {
                at,
                or_earlier: !seen,
            });
            list.add(one.profile, Some(finding));
        }
        for (name, amount) in one.resources {
            if let Some(limit) = attention::resource_limit(plan, &name)
                && attention::resource(&name, amount, limit, None).is_some()
            {
                near.push((one.profile, name, amount, limit));
            }
        }
    }
    let mut profiles: Vec<ProfileKey> = near.iter().map(|(profile, ..)| *profile).collect();
    profiles.dedup();
    let counts = store.resource_counts(&profiles)?;
    for (profile, name, amount, limit) in near {
        let began = counts
            .get(&profile)
            .and_then(|counts| counted_since(counts, &name, amount, limit));
        list.add(profile, attention::resource(&name, amount, limit, began));
    }
    Ok(())
}

/// Since when a resource has been as near to its limit as it is now, from all its counts, the newest first.
fn counted_since(
    counts: &[(Timestamp, BTreeMap<String, f64>)],
    name: &str,
    amount: f64,
    limit: f64,
) -> Option<Since> {
    let state = UsageState::of(Some(amount), Some(limit));
    let as_near = |counts: &BTreeMap<String, f64>| {
        UsageState::of(counts.get(name).copied(), Some(limit)) >= state
    };
    let run = counts.iter().take_while(|(_, counts)| as_near(counts));
    let (place, (at, _)) = run.enumerate().last()?;
    Some(Since {
        at: *at,
        or_earlier: place + 1 == counts.len(),
    })
}

fn silent(store: &Reader<'_>, list: &mut List) -> Result<(), StoreError> {
    for quiet in store.quiet_profiles(QUIET, ACTIVE_DAYS)? {
        let pulse = Pulse {
            last_input_at: quiet.pulse.last_input_at,
            active_days: quiet.pulse.active_days,
            quiet_from: quiet.pulse.quiet_from,
            sampled_at: quiet.pulse.sampled_at,
        };
        let input = UsageState::of(quiet.used, quiet.limit);
        list.add(quiet.profile, attention::silent(&pulse, input));
    }
    Ok(())
}

fn tokens(store: &Reader<'_>, now: Timestamp, list: &mut List) -> Result<(), StoreError> {
    let until = now
        .checked_add(insight::EXPIRES_SOON)
        .unwrap_or(Timestamp::MAX);
    let mut of: BTreeMap<ProfileKey, Vec<KeptToken>> = BTreeMap::new();
    for (profile, version) in store.tokens_to_watch(now, until)? {
        let token = &version.token;
        if is_sign_in(token) {
            continue;
        }
        of.entry(profile).or_default().push(KeptToken {
            fingerprint: token.fingerprint.as_str().to_owned(),
            called: token_called(token),
            full: token.permission.as_deref() == Some("full"),
            expires_at: match token.expires {
                store::Expiry::At(at) => Some(at),
                store::Expiry::Never | store::Expiry::Unknown => None,
            },
            created_at: token.created_at,
            used_at: token.last_authorization_at,
            never_used: token.never_used,
        });
    }
    for (profile, tokens) in of {
        list.add(profile, attention::expiring(&tokens, now));
        list.add(profile, attention::unused(&tokens, now));
    }
    Ok(())
}

fn invitations(store: &Reader<'_>, now: Timestamp, list: &mut List) -> Result<(), StoreError> {
    let mut of: BTreeMap<ProfileKey, Vec<Invited>> = BTreeMap::new();
    for (profile, member, seen_at) in store.open_invitations()? {
        let id = member.id.as_ref().map(ToString::to_string);
        let said = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let called = said(&member.name)
            .or_else(|| said(&member.email))
            .or_else(|| id.clone())
            .unwrap_or_default();
        of.entry(profile).or_default().push(Invited {
            who: id.unwrap_or_else(|| called.clone()),
            called,
            at: member.created_at,
            seen_at,
        });
    }
    for (profile, invited) in of {
        list.add(profile, attention::invitations(&invited, now));
    }
    Ok(())
}
