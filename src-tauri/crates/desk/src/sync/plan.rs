//! The plan of a sync: what the store has and when each datum was fetched, made into a list of
//! operations. Pure, so that it can be printed, and tested without a network.
//!
//! It is made in two steps, since an account's list of profiles may be an operation itself: first the
//! accounts' own datasets, then, with whatever list there is by then, those of the profiles.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use model::{Dataset, Timestamp};
use store::{AccountKey, FetchKind, Fetched, ProfileKey, Subject};

use super::span::due_at;
use crate::read::PlanReason;
use crate::settings::Settings;

/// A moment by which a clock may be set back without everything being taken for fetched in the future.
const TOLERANCE: Duration = Duration::from_mins(1);

/// Of what is equally urgent, the datasets of a profile in the order in which a person misses them.
const IN_ORDER: [Dataset; 7] = [
    Dataset::Summary,
    Dataset::Info,
    Dataset::UsageByHour,
    Dataset::UsageByDay,
    Dataset::Tokens,
    Dataset::Team,
    Dataset::Backups,
];

/// A dataset to ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Operation {
    /// The account that asks.
    pub(crate) account: AccountKey,
    pub(crate) subject: Subject,
    pub(crate) dataset: Dataset,
    pub(crate) reason: PlanReason,
    /// When it last arrived.
    pub(crate) fetched_at: Option<Timestamp>,
    /// Whether a person waits for this one profile: it goes ahead of all, at the cost of the reserve.
    pub(crate) urgent: bool,
}

/// What to ask for, in the order in which it is begun.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) operations: Vec<Operation>,
    /// Datasets that are fresh.
    pub(crate) fresh: u32,
}

/// What somebody asked for by name, beside what is due.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wish {
    /// Everything, however fresh.
    pub(crate) all: bool,
    /// This profile alone, however fresh, and the list that says whether it is still there.
    pub(crate) profile: Option<ProfileKey>,
    /// These datasets, however fresh, of whatever is planned.
    pub(crate) datasets: Vec<Dataset>,
}

/// When each dataset was fetched, and how that ended.
#[derive(Clone, Debug, Default)]
pub(crate) struct Known(HashMap<(Subject, Dataset), Fetched>);

impl Known {
    pub(crate) fn new(fetched: Vec<Fetched>) -> Self {
        Self(
            fetched
                .into_iter()
                .map(|fetched| ((fetched.subject, fetched.dataset), fetched))
                .collect(),
        )
    }

    pub(crate) fn get(&self, subject: Subject, dataset: Dataset) -> Option<&Fetched> {
        self.0.get(&(subject, dataset))
    }
}

/// The accounts' own datasets that are due.
pub(crate) fn of_accounts(
    accounts: &[AccountKey],
    known: &Known,
    wish: &Wish,
    settings: &Settings,
    now: Timestamp,
) -> Plan {
    let mut plan = Plan::default();
    for account in accounts {
        for dataset in Dataset::OF_ACCOUNT {
            // The list alone says whether a profile is still there.
            if wish.profile.is_some() && dataset != Dataset::Profiles {
                continue;
            }
            plan.add(
                *account,
                Subject::Account(*account),
                dataset,
                known,
                wish,
                settings,
                now,
            );
        }
    }
    // The list first, since the profiles wait for it.
    plan.operations
        .sort_by_key(|operation| (operation.dataset != Dataset::Profiles, operation.dataset));
    plan
}

/// The datasets of profiles that are due: each of the assigned profiles, with the account that asks.
/// What is looked at comes first, then what was never fetched, then the oldest.
pub(crate) fn of_profiles(
    assigned: &[(ProfileKey, AccountKey)],
    looked_at: Option<ProfileKey>,
    known: &Known,
    wish: &Wish,
    settings: &Settings,
    now: Timestamp,
) -> Plan {
    let mut plan = Plan::default();
    for (profile, account) in assigned {
        if wish.profile.is_some_and(|only| only != *profile) {
            continue;
        }
        for dataset in IN_ORDER {
            if dataset == Dataset::Backups && settings.backup_age().is_none() {
                continue;
            }
            let subject = Subject::Profile(*profile);
            plan.add(*account, subject, dataset, known, wish, settings, now);
        }
    }
    plan.operations.sort_by_key(|operation| {
        let looked_at = looked_at.map(Subject::Profile) == Some(operation.subject);
        let place = IN_ORDER.iter().position(|one| *one == operation.dataset);
        (
            operation.reason != PlanReason::Asked,
            Reverse(looked_at),
            place,
            operation.fetched_at,
        )
    });
    plan
}

impl Plan {
    #[expect(
        clippy::too_many_arguments,
        reason = "one place, which takes all that decides"
    )]
    fn add(
        &mut self,
        account: AccountKey,
        subject: Subject,
        dataset: Dataset,
        known: &Known,
        wish: &Wish,
        settings: &Settings,
        now: Timestamp,
    ) {
        let fetched = known.get(subject, dataset);
        let asked = wish.all || wish.profile.is_some() || wish.datasets.contains(&dataset);
        let reason = if asked {
            Some(PlanReason::Asked)
        } else {
            due(fetched, dataset, settings.age_of(dataset), now)
        };
        let Some(reason) = reason else {
            self.fresh += 1;
            return;
        };
        self.operations.push(Operation {
            account,
            subject,
            dataset,
            reason,
            fetched_at: fetched.and_then(|fetched| fetched.succeeded_at),
            urgent: wish.profile.is_some(),
        });
    }

    /// How many operations there are of each account.
    pub(crate) fn by_account(&self) -> BTreeMap<AccountKey, u32> {
        let mut counts = BTreeMap::new();
        for operation in &self.operations {
            *counts.entry(operation.account).or_default() += 1;
        }
        counts
    }
}

/// Why a dataset is to be asked for at this time, if it is.
fn due(
    fetched: Option<&Fetched>,
    dataset: Dataset,
    age: Duration,
    now: Timestamp,
) -> Option<PlanReason> {
    let Some(fetched) = fetched else {
        return Some(PlanReason::Never);
    };
    // That it is not permitted or not there is an answer, and grows old as any other.
    let answered_at = match fetched.outcome {
        FetchKind::Failed => return Some(PlanReason::Failed),
        FetchKind::Ok => fetched.succeeded_at.unwrap_or(fetched.attempted_at),
        FetchKind::NotPermitted | FetchKind::NotThere => fetched.attempted_at,
    };
    // The clock was set back since.
    let from_the_future = answered_at > now.saturating_add(TOLERANCE).unwrap_or(Timestamp::MAX);
    let next = due_at(dataset, answered_at, age);
    (from_the_future || next <= now).then_some(PlanReason::Stale)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCOUNT: AccountKey = AccountKey(1);
    const PROFILE: ProfileKey = ProfileKey(7);

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn fetched(dataset: Dataset, time: &str, outcome: FetchKind) -> Fetched {
        let at = at(time);
        let subject = if Dataset::OF_ACCOUNT.contains(&dataset) {
            Subject::Account(ACCOUNT)
        } else {
            Subject::Profile(PROFILE)
        };
        Fetched {
            subject,
            dataset,
            attempted_at: at,
            succeeded_at: (outcome == FetchKind::Ok).then_some(at),
            outcome,
        }
    }

    fn all_fetched(time: &str) -> Known {
        Known::new(
            Dataset::OF_ACCOUNT
                .into_iter()
                .chain(Dataset::OF_PROFILE)
                .map(|dataset| fetched(dataset, time, FetchKind::Ok))
                .collect(),
        )
    }

    fn planned(known: &Known, wish: &Wish, now: &str) -> Vec<(Dataset, PlanReason)> {
        let (settings, now) = (Settings::default(), at(now));
        let mut operations = of_accounts(&[ACCOUNT], known, wish, &settings, now).operations;
        let assigned = [(PROFILE, ACCOUNT)];
        operations.extend(of_profiles(&assigned, None, known, wish, &settings, now).operations);
        operations
            .iter()
            .map(|operation| (operation.dataset, operation.reason))
            .collect()
    }

    fn datasets(known: &Known, now: &str) -> Vec<Dataset> {
        planned(known, &Wish::default(), now)
            .into_iter()
            .map(|(dataset, _)| dataset)
            .collect()
    }

    #[test]
    fn what_was_never_fetched_is_all_planned_the_list_first() {
        let planned = planned(&Known::default(), &Wish::default(), "2026-11-24T12:20:00Z");
        assert_eq!(planned.len(), 8 + 6);
        assert_eq!(planned[0].0, Dataset::Profiles);
        assert_eq!(planned[8].0, Dataset::Summary);
        assert!(
            planned
                .iter()
                .all(|(_, reason)| *reason == PlanReason::Never)
        );
    }

    #[test]
    fn each_dataset_is_due_at_its_own_age() {
        let known = all_fetched("2026-11-24T12:20:00Z");
        assert_eq!(datasets(&known, "2026-11-24T12:34:59Z"), []);
        let quarter = [Dataset::Profiles, Dataset::Summary];
        assert_eq!(datasets(&known, "2026-11-24T12:35:00Z"), quarter);
        let hour = [Dataset::Profiles, Dataset::Summary, Dataset::UsageByHour];
        assert_eq!(datasets(&known, "2026-11-24T13:03:00Z"), hour);
        assert_eq!(datasets(&known, "2026-11-24T23:59:59Z"), hour);
        let midnight = [
            Dataset::Profiles,
            Dataset::Summary,
            Dataset::UsageByHour,
            Dataset::UsageByDay,
        ];
        assert_eq!(datasets(&known, "2026-11-25T00:03:00Z"), midnight);
        assert_eq!(datasets(&known, "2026-11-25T12:20:00Z").len(), 14);
    }

    #[test]
    fn a_failure_is_due_at_once_and_a_refusal_is_an_answer() {
        let time = "2026-11-24T12:20:00Z";
        let mut known = all_fetched(time);
        let mut put = |dataset, outcome| {
            let fetched = fetched(dataset, time, outcome);
            known.0.insert((fetched.subject, dataset), fetched);
        };
        put(Dataset::Team, FetchKind::NotPermitted);
        put(Dataset::Schedule, FetchKind::NotThere);
        put(Dataset::Tokens, FetchKind::Failed);
        let planned = planned(&known, &Wish::default(), "2026-11-24T12:20:01Z");
        assert_eq!(planned, [(Dataset::Tokens, PlanReason::Failed)]);
    }

    #[test]
    fn a_profile_that_is_asked_for_is_all_fetched_and_nothing_else_is() {
        let known = all_fetched("2026-11-24T12:20:00Z");
        let wish = Wish {
            profile: Some(PROFILE),
            ..Wish::default()
        };
        let planned = planned(&known, &wish, "2026-11-24T18:20:00Z");
        assert_eq!(planned.len(), 1 + 6);
        assert_eq!(planned[0].0, Dataset::Profiles);
        assert!(
            planned
                .iter()
                .all(|(_, reason)| *reason == PlanReason::Asked)
        );
        let other = Wish {
            profile: Some(ProfileKey(8)),
            ..Wish::default()
        };
        let list = [(Dataset::Profiles, PlanReason::Asked)];
        assert_eq!(
            super::tests::planned(&known, &other, "2026-11-25T18:20:00Z"),
            list
        );
    }

    #[test]
    fn a_dataset_that_is_asked_for_goes_ahead_of_what_is_due() {
        let known = all_fetched("2026-11-24T12:20:00Z");
        let wish = Wish {
            datasets: vec![Dataset::Team],
            ..Wish::default()
        };
        let planned = planned(&known, &wish, "2026-11-24T13:10:00Z");
        assert_eq!(
            planned,
            [
                (Dataset::Profiles, PlanReason::Stale),
                (Dataset::Team, PlanReason::Asked),
                (Dataset::Summary, PlanReason::Stale),
                (Dataset::UsageByHour, PlanReason::Stale),
            ]
        );
    }

    #[test]
    fn what_is_looked_at_comes_first_then_the_new_then_the_oldest() {
        let now = at("2026-11-24T13:10:00Z");
        let of = |profile: i64, time: &str| Fetched {
            subject: Subject::Profile(ProfileKey(profile)),
            ..fetched(Dataset::Summary, time, FetchKind::Ok)
        };
        let known = Known::new(vec![
            of(1, "2026-11-24T12:30:00Z"),
            of(2, "2026-11-24T12:10:00Z"),
            of(4, "2026-11-24T12:40:00Z"),
        ]);
        let assigned = [1, 2, 3, 4].map(|profile| (ProfileKey(profile), ACCOUNT));
        let plan = of_profiles(
            &assigned,
            Some(ProfileKey(4)),
            &known,
            &Wish::default(),
            &Settings::default(),
            now,
        );
        let summaries: Vec<_> = plan
            .operations
            .iter()
            .filter(|operation| operation.dataset == Dataset::Summary)
            .map(|operation| operation.subject)
            .collect();
        let order = [4, 3, 2, 1].map(|profile| Subject::Profile(ProfileKey(profile)));
        assert_eq!(summaries, order);
        assert_eq!(plan.by_account(), BTreeMap::from([(ACCOUNT, 24)]));
    }

    #[test]
    fn backups_are_planned_only_where_an_age_was_chosen() {
        let known = all_fetched("2026-11-24T12:20:00Z");
        assert!(!datasets(&known, "2026-11-25T12:20:00Z").contains(&Dataset::Backups));
    }

    #[test]
    fn after_the_clock_was_set_back_what_is_from_the_future_is_asked_for_once() {
        let known = all_fetched("2026-11-24T13:20:00Z");
        assert_eq!(datasets(&known, "2026-11-24T13:19:30Z"), []);
        assert_eq!(datasets(&known, "2026-11-24T12:20:00Z").len(), 14);
        let known = all_fetched("2026-11-24T12:20:00Z");
        assert_eq!(datasets(&known, "2026-11-24T12:20:01Z"), []);
    }
}
