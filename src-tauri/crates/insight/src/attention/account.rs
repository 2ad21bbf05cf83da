//! What concerns a whole account: its payments, its sign-in, a downgrade that is scheduled.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use model::{Amounts, AttentionFacts, AttentionSeverity, Service, Timestamp, usage_share};

use super::{Finding, Since, counted, dashboards_limit, resource_limit};

/// A downgrade within this time is urgent.
const SHORTLY: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A payment that failed, or a bill past due, endangers every profile of the account. A balance that will not
/// cover the next payment is a warning of one.
pub fn payment(
    reason: Option<&str>,
    overdue: bool,
    not_enough_balance: bool,
    profiles: u32,
    since: Option<Since>,
) -> Option<Finding> {
    let (severity, step) = match (overdue, reason.is_some(), not_enough_balance) {
        (true, ..) => (AttentionSeverity::Urgent, 3),
        (_, true, _) => (AttentionSeverity::Urgent, 2),
        (.., true) => (AttentionSeverity::Warning, 1),
        _ => return None,
    };
    Some(Finding {
        severity,
        step,
        measure: Some(profiles.into()),
        since,
        detail: None,
        members: Vec::new(),
        facts: AttentionFacts::Payment {
            reason: reason.map(str::to_owned),
            overdue,
            profiles,
        },
    })
}

/// Nothing newer comes of an account that is signed out, so whatever happens to its customers is not seen.
pub fn signed_out(message: &str, profiles: u32, since: Timestamp) -> Finding {
    Finding {
        severity: AttentionSeverity::Urgent,
        step: 1,
        measure: Some(profiles.into()),
        since: Some(Since {
            at: since,
            or_earlier: false,
        }),
        detail: None,
        members: Vec::new(),
        facts: AttentionFacts::SignedOut {
            message: message.to_owned(),
            profiles,
        },
    }
}

/// A downgrade that is scheduled.
#[derive(Clone, Debug, PartialEq)]
pub struct Cut {
    /// When it takes effect.
    pub at: Timestamp,
    /// The account's plan from then on, if it changes.
    pub plan: Option<String>,
    /// The account's limits from then on, of the services that change.
    pub limits: Amounts,
    /// When it was scheduled.
    pub since: Option<Since>,
}

/// What a profile of the account has and uses.
#[derive(Clone, Debug, PartialEq)]
pub struct Owned {
    /// Names it.
    pub profile: i64,
    /// Its limits.
    pub limit: Amounts,
    /// What it uses today.
    pub used: Amounts,
    /// How many of each resource it has.
    pub resources: BTreeMap<String, f64>,
}

/// Which profiles a downgrade would bring to a limit or over it by what they use today.
///
/// TagoIO does not publish how it takes back what is allocated beyond the new limit; that every profile's share
/// shrinks in proportion is assumed. Where less is allocated than the new limit, nothing shrinks. A smaller plan
/// also allows fewer resources a profile and less output of dashboards.
pub fn downgrade(cut: &Cut, owned: &[Owned], now: Timestamp) -> Option<Finding> {
    if cut.at <= now {
        return None;
    }
    let mut profiles = BTreeSet::new();
    let mut services: Vec<&str> = Vec::new();
    for service in Service::ALL {
        let Some(limit) = cut.limits[service] else {
            continue;
        };
        let allocated: f64 = owned.iter().filter_map(|one| one.limit[service]).sum();
        if allocated <= limit {
            continue;
        }
        let factor = (limit / allocated).max(0.0);
        let reached: Vec<i64> = owned
            .iter()
            .filter(|one| {
                let (used, limit) = (one.used[service], one.limit[service]);
                usage_share(used, limit.map(|limit| limit * factor)).is_some_and(|share| share >= 1.0)
                    // A limit of nothing is reached by whatever is used.
                    || (factor <= 0.0 && used > Some(0.0) && limit > Some(0.0))
            })
            .map(|one| one.profile)
            .collect();
        if !reached.is_empty() {
            services.push(service.key());
            profiles.extend(reached);
        }
    }
    if let Some(plan) = &cut.plan {
        for one in owned {
            let mut beyond = |key: &'static str, amount: Option<f64>, limit: Option<f64>| {
                if matches!((amount, limit), (Some(amount), Some(limit)) if amount > limit) {
                    profiles.insert(one.profile);
                    if !services.contains(&key) {
                        services.push(key);
                    }
                }
            };
            let output = one.used.other.get("dashboard_output").copied();
            beyond("dashboard_output", output, dashboards_limit(plan));
            for key in ["device", "dashboard", "action", "analysis", "am"] {
                let amount = one.resources.get(key).copied();
                beyond(key, amount, resource_limit(plan, key));
            }
        }
    }
    if profiles.is_empty() {
        return None;
    }
    let soon = cut.at.duration_since(now) <= SHORTLY;
    Some(Finding {
        severity: if soon {
            AttentionSeverity::Urgent
        } else {
            AttentionSeverity::Warning
        },
        step: if soon { 2 } else { 1 },
        measure: Some(counted(profiles.len()).into()),
        since: cut.since,
        detail: None,
        members: profiles.iter().map(ToString::to_string).collect(),
        facts: AttentionFacts::Downgrade {
            at: cut.at,
            plan: cut.plan.clone(),
            profiles: counted(profiles.len()),
            services: services.into_iter().map(str::to_owned).collect(),
        },
    })
}
