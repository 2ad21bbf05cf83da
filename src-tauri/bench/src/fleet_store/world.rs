//! The accounts and their profiles, and how a sync left them.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan};
use model::{AccountId, Amounts, ChangeKind, Dataset, FetchOutcome, Service, Timestamp};
use serde_json::json;
use store::{
    AccountInfo, AccountKey, AccountToken, Aspect, By, ListedProfile, NewAccount, NewChange,
    ProfileInfo, ProfileKey, Store, StoreError, Subject, SyncProblem, TokenPlace, Writer,
};

use super::Size;
use super::chance::Chance;
use super::history::Habit;
use super::people::{self, Somebody};
use super::shapes::{Shape, Shapes, set};
use super::words;

/// Base URLs of the two regions.
const REGIONS: [&str; 2] = ["https://api.tago.io", "https://api.eu-w1.tago.io"];

/// Profiles that are written in one transaction.
const AT_ONCE: usize = 8;

/// Months for which an account's subscription is known.
const CYCLES: i32 = 13;

/// Everything that is put into the store.
pub(super) struct World<'a> {
    seed: u64,
    size: Size,
    now: Timestamp,
    people: Vec<Somebody>,
    shapes: &'a Shapes,
}

/// An account, and the profiles that it owns, by their numbers.
struct Owner<'a> {
    number: u32,
    id: AccountId,
    api: &'static str,
    profiles: std::ops::Range<u32>,
    /// On which day of the month its cycle begins.
    cycle_day: i8,
    shape: &'a Shape,
}

impl<'a> World<'a> {
    pub(super) fn new(
        seed: u64,
        size: Size,
        now: Timestamp,
        shapes: &'a Shapes,
    ) -> anyhow::Result<Self> {
        Ok(Self {
            seed,
            size,
            now,
            people: people::everybody(seed, size.profiles / 12 + 10)?,
            shapes,
        })
    }

    pub(super) fn put_into(&self, store: &Store) -> anyhow::Result<()> {
        // Nothing goes on by itself: what is measured is what a person does.
        store.write(|tx| tx.put_setting("sync.interval", Some("0")))?;
        let owners = self.owners()?;
        let mut before = None;
        for owner in &owners {
            self.put_owner(store, owner, before)?;
            before = Some(owner);
        }
        if let Some(report) = &self.shapes.run {
            store.write(|tx| {
                let run = tx.begin_sync_run(self.minutes_ago(9))?;
                tx.end_sync_run(run, report, self.minutes_ago(3))
            })?;
        }
        Ok(())
    }

    /// Some accounts have hundreds of profiles, and some a few.
    fn owners(&self) -> anyhow::Result<Vec<Owner<'a>>> {
        let Size { profiles, accounts } = self.size;
        let weights: Vec<u32> = (0..accounts).map(|number| 4 + number % 7 * 3).collect();
        let whole: u32 = weights.iter().sum();
        let mut given = 0;
        let mut weighed = 0;
        (0..accounts)
            .zip(weights)
            .map(|(number, weight)| {
                weighed += weight;
                let end = u64::from(profiles) * u64::from(weighed) / u64::from(whole);
                let end = u32::try_from(end)?;
                let owner = Owner {
                    number,
                    id: format!("{:024x}", 0xa000_0000_u64 + u64::from(number)).parse()?,
                    api: REGIONS[usize::from(number % 3 == 2)],
                    profiles: given..end,
                    cycle_day: i8::try_from(1 + number * 5 % 28)?,
                    shape: &self.shapes.accounts[number as usize % self.shapes.accounts.len()],
                };
                given = end;
                Ok(owner)
            })
            .collect()
    }

    fn put_owner(
        &self,
        store: &Store,
        owner: &Owner<'_>,
        before: Option<&Owner<'_>>,
    ) -> anyhow::Result<()> {
        let mut chance = Chance::new(self.seed, &[u64::from(owner.number), 20]);
        let account = self.new_account(owner, &mut chance);
        let own = self.listed(owner)?;
        let shared = match before.filter(|before| before.api == owner.api) {
            Some(before) => self.shared(before)?,
            None => Vec::new(),
        };
        // A few were there until yesterday.
        let there = own.len() - own.len() / 200;
        let list = [&own[..there], &shared].concat();
        let kept = [&own[..], &shared].concat();
        let yesterday = self.minutes_ago(60 * 26);
        let (account, keys) = store.write(|tx| {
            let key = tx
                .put_account(&account, self.minutes_ago(60 * 24 * 400))?
                .key;
            let keys = tx.put_profiles(key, &kept, yesterday)?.keys;
            tx.put_profiles(key, &list, self.minutes_ago(8))?;
            Ok((key, keys))
        })?;
        let numbers: Vec<(u32, ProfileKey)> = owner.profiles.clone().zip(keys).collect();
        let mut allocated = [0.0; 9];
        for some in numbers.chunks(AT_ONCE) {
            self.put_profiles(store, account, owner, some, &mut allocated)?;
        }
        self.put_billing(store, account, owner, allocated)?;
        Ok(())
    }

    fn new_account(&self, owner: &Owner<'_>, chance: &mut Chance) -> NewAccount {
        let label = words::account(owner.number, chance);
        NewAccount {
            api: owner.api.to_owned(),
            id: owner.id.clone(),
            info: AccountInfo {
                name: Some(label.clone()),
                email: Some(format!("admin{}@fleet.example", owner.number)),
                plan: owner.shape.plan.clone(),
                timezone: Some("Europe/Berlin".to_owned()),
            },
            label,
            token: AccountToken {
                fingerprint: chance.hex(64).into(),
                last4: chance.hex(4),
                name: Some("Profile Desk".to_owned()),
                expires_at: Some(
                    self.now + SignedDuration::from_hours(24 * i64::from(10 + owner.number)),
                ),
            },
            token_place: TokenPlace::Keychain,
        }
    }

    fn listed(&self, owner: &Owner<'_>) -> anyhow::Result<Vec<ListedProfile>> {
        owner
            .profiles
            .clone()
            .map(|number| {
                let mut chance = Chance::new(self.seed, &[u64::from(number), 21]);
                Ok(ListedProfile {
                    id: format!("{:016x}{:08x}", 0x6000_0000_0000_u64, number).parse()?,
                    name: words::profile(number, &mut chance),
                    logo_url: None,
                    shared: Some(false),
                    owner: Some(owner.id.clone()),
                })
            })
            .collect()
    }

    /// A few of an account's profiles, as they stand in the list of another that is let into them.
    fn shared(&self, owner: &Owner<'_>) -> anyhow::Result<Vec<ListedProfile>> {
        let mut list = self.listed(owner)?;
        for profile in &mut list {
            profile.shared = Some(true);
        }
        Ok(list.into_iter().step_by(25).collect())
    }

    fn put_profiles(
        &self,
        store: &Store,
        account: AccountKey,
        owner: &Owner<'_>,
        some: &[(u32, ProfileKey)],
        allocated: &mut [f64; 9],
    ) -> anyhow::Result<()> {
        let mut made = Vec::new();
        for (number, key) in some {
            let habit = Habit::new(self.seed, *number);
            let history = habit.until(self.now, owner.cycle_day)?;
            let mut chance = Chance::new(self.seed, &[u64::from(*number), 22]);
            let tokens = people::tokens(&self.people, store.salt(), self.now, &mut chance)?;
            made.push((*key, habit, history, tokens, chance));
        }
        store.write(|tx| {
            for (key, habit, history, tokens, mut chance) in made {
                for (sum, limit) in allocated.iter_mut().zip(habit.limits) {
                    *sum += limit;
                }
                tx.put_info(
                    key,
                    &self.info(owner, &habit, &mut chance),
                    self.minutes_ago(300),
                )?;
                tx.put_usage(key, By::Day, &history.days)?;
                tx.put_usage(key, By::Hour, &history.hours)?;
                tx.put_tokens(key, &tokens, self.minutes_ago(200))?;
                let team = people::team(&self.people, self.now, &mut chance);
                tx.put_team(key, &team, self.minutes_ago(200))?;
                let events = people::audit(&self.people, self.now, &mut chance);
                tx.put_audit_span(key, self.minutes_ago(31 * 24 * 60), self.now, &events)?;
                self.put_changes(tx, account, key, &mut chance)?;
                // One in three hundred was never asked for.
                if !chance.happens(3) {
                    let age = if chance.happens(15) { 60 * 24 * 4 } else { 5 };
                    let at = self.minutes_ago(age);
                    tx.put_summary(key, &habit.summary(&history.used), at)?;
                    put_statuses(tx, key, at, &mut chance)?;
                }
            }
            Ok(())
        })?;
        Ok(())
    }

    fn info(&self, owner: &Owner<'_>, habit: &Habit, chance: &mut Chance) -> ProfileInfo {
        let region = if owner.api == REGIONS[0] {
            "us-e1"
        } else {
            "eu-w1"
        };
        ProfileInfo {
            owner: Some(owner.id.clone()),
            plan: owner.shape.plan.clone(),
            region: Some(region.to_owned()),
            created_at: Some(people::before(self.now, 1_200, chance)),
            allocation: Some(amounts(habit.limits)),
            addons: Some(if chance.happens(30) {
                vec!["custom_dns".to_owned()]
            } else {
                Vec::new()
            }),
            rpm: Some(
                [
                    ("data_input".to_owned(), 300.0),
                    ("data_output".to_owned(), 600.0),
                ]
                .into(),
            ),
            ..ProfileInfo::default()
        }
    }

    fn put_changes(
        &self,
        tx: &Writer<'_>,
        account: AccountKey,
        profile: ProfileKey,
        chance: &mut Chance,
    ) -> Result<(), StoreError> {
        let kinds = [
            ChangeKind::LimitChanged,
            ChangeKind::ThresholdReached,
            ChangeKind::ThresholdLeft,
        ];
        let mut changes: Vec<NewChange> = (0..chance.below(4))
            .filter_map(|_| {
                Some(NewChange {
                    at: people::before(self.now, 180, chance),
                    account: Some(account),
                    profile: Some(profile),
                    kind: *chance.one_of(&kinds)?,
                    subject: Some(chance.one_of(&Service::ALL)?.key().to_owned()),
                    old: json!(80),
                    new: json!(90),
                })
            })
            .collect();
        changes.sort_by_key(|change| change.at);
        tx.put_changes(&changes)
    }

    /// What the account has bought, for each cycle that is known, and what else is known of it.
    fn put_billing(
        &self,
        store: &Store,
        account: AccountKey,
        owner: &Owner<'_>,
        allocated: [f64; 9],
    ) -> anyhow::Result<()> {
        let bought = bought(owner, allocated);
        let mut versions = Vec::new();
        for back in (0..CYCLES).rev() {
            let (start, end) = self.cycle(owner.cycle_day, back)?;
            let mut subscription = owner.shape.subscription.clone();
            set(&mut subscription, "limits", serde_json::to_value(&bought)?)?;
            set(&mut subscription, "cycle_start", json!(start))?;
            set(&mut subscription, "cycle_end", json!(end))?;
            versions.push((start, subscription));
        }
        let subject = Subject::Account(account);
        let at = self.minutes_ago(120);
        let mut shape = owner.shape.clone();
        if let Some(schedule) = &mut shape.schedule {
            set(
                schedule,
                "release_at",
                json!(self.now + SignedDuration::from_hours(24 * 9)),
            )?;
        }
        let signed_out = owner.number % 30 == 11;
        let failed = owner.number % 30 == 17;
        store.write(|tx| {
            for (seen, subscription) in &versions {
                tx.put_version(subject, Aspect::Subscription, subscription, *seen)?;
            }
            let others = [
                (Aspect::Account, &shape.account),
                (Aspect::Schedule, &shape.schedule),
                (Aspect::Health, &shape.health),
                (Aspect::Prices, &Some(shape.prices.clone())),
            ];
            for (aspect, value) in others {
                if let Some(value) = value {
                    tx.put_version(subject, aspect, value, at)?;
                }
            }
            for dataset in Dataset::OF_ACCOUNT {
                tx.put_status(subject, dataset, &FetchOutcome::Ok, at)?;
            }
            let problem = failed.then(|| SyncProblem {
                code: "unreachable".to_owned(),
                message: "The API did not answer within 20 seconds.".to_owned(),
            });
            tx.put_synced(account, problem.as_ref(), self.minutes_ago(3))?;
            if signed_out {
                tx.put_signed_out(account, "Authorization denied", self.minutes_ago(600))?;
            }
            Ok(())
        })?;
        Ok(())
    }

    /// The cycle so many months before the current one.
    fn cycle(&self, day: i8, back: i32) -> anyhow::Result<(Timestamp, Timestamp)> {
        let today = self.now.to_zoned(TimeZone::UTC).date();
        let mut start = Date::new(today.year(), today.month(), day)?;
        if start > today {
            start = start.checked_sub(1.month())?;
        }
        let start = start.checked_sub(back.months())?;
        let end = start.checked_add(1.month())?;
        let at = |date: Date| Ok::<_, jiff::Error>(date.to_zoned(TimeZone::UTC)?.timestamp());
        Ok((at(start)?, at(end)?))
    }

    fn minutes_ago(&self, minutes: i64) -> Timestamp {
        self.now - SignedDuration::from_mins(minutes)
    }
}

fn put_statuses(
    tx: &Writer<'_>,
    profile: ProfileKey,
    at: Timestamp,
    chance: &mut Chance,
) -> Result<(), StoreError> {
    let subject = Subject::Profile(profile);
    for dataset in [
        Dataset::Info,
        Dataset::Summary,
        Dataset::UsageByDay,
        Dataset::UsageByHour,
        Dataset::Tokens,
        Dataset::Team,
    ] {
        tx.put_status(subject, dataset, &FetchOutcome::Ok, at)?;
    }
    let failed = match chance.below(1_000) {
        0..=7 => FetchOutcome::Failed {
            code: "unreachable".to_owned(),
            message: "The API did not answer within 20 seconds.".to_owned(),
        },
        8..=10 => FetchOutcome::NotPermitted {
            message: "Authorization denied".to_owned(),
        },
        _ => return Ok(()),
    };
    let later = at + SignedDuration::from_mins(1);
    let dataset = if chance.happens(500) {
        Dataset::Summary
    } else {
        Dataset::Team
    };
    tx.put_status(subject, dataset, &failed, later)
}

fn amounts(nine: [f64; 9]) -> Amounts {
    Service::ALL.into_iter().zip(nine).collect()
}

/// Of each service the smallest tier that holds what is allocated; where none does, what is allocated.
fn bought(owner: &Owner<'_>, allocated: [f64; 9]) -> Amounts {
    let mut bought = Amounts::new();
    for (service, sum) in Service::ALL.into_iter().zip(allocated) {
        let tiers = owner.shape.prices["services"][service.key()].as_array();
        let amounts = tiers
            .into_iter()
            .flatten()
            .filter_map(|tier| tier[0].as_f64());
        let least = amounts.filter(|amount| *amount >= sum).reduce(f64::min);
        bought[service] = Some(least.unwrap_or(sum));
    }
    bought
}
