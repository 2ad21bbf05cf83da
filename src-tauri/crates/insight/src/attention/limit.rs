//! Services, dashboards and resources that are at a limit or near one.

use model::{AttentionFacts, AttentionSeverity, Service, Timestamp, UsageState, usage_share};

use super::{Finding, Since};

/// When use last rose above 80 %, above 90 % and to 100 % of a limit, as far as it was seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Crossings {
    /// Above 80 %.
    pub warn: Option<Timestamp>,
    /// Above 90 %.
    pub high: Option<Timestamp>,
    /// To 100 %.
    pub over: Option<Timestamp>,
}

/// How far a limit is used, in the steps at which TagoIO warns too: above 80, above 90, at 100 %.
fn step(used: f64, limit: f64) -> Option<(u8, f64)> {
    let step = match UsageState::of(Some(used), Some(limit)) {
        UsageState::Over => 3,
        UsageState::High => 2,
        UsageState::Warn => 1,
        UsageState::Ok | UsageState::NotAllocated | UsageState::Unknown => return None,
    };
    Some((step, usage_share(Some(used), Some(limit))?))
}

/// A service at its limit stops a customer; above 90 % it is about to. `looked_at` is when it was first looked
/// at: what nobody saw rise was so by then.
pub fn service(
    service: Service,
    used: f64,
    limit: f64,
    crossings: Crossings,
    looked_at: Timestamp,
) -> Option<Finding> {
    let (step, share) = step(used, limit)?;
    let (severity, crossed) = match step {
        3 => (AttentionSeverity::Critical, crossings.over),
        2 => (AttentionSeverity::Urgent, crossings.high),
        _ => (AttentionSeverity::Warning, crossings.warn),
    };
    Some(Finding {
        severity,
        step,
        measure: Some(share),
        since: Some(Since {
            at: crossed.unwrap_or(looked_at),
            or_earlier: crossed.is_none(),
        }),
        detail: Some(service.key().to_owned()),
        members: Vec::new(),
        facts: AttentionFacts::Service {
            service,
            used,
            limit,
        },
    })
}

/// Registers that dashboards may read in a month, by the plan.
/// Source: TagoIO's plans, 3, 15 and 50 million.
pub fn dashboards_limit(plan: &str) -> Option<f64> {
    by_plan(plan, [3e6, 15e6, 50e6])
}

/// Dashboards' output is limited by the plan, and nobody can allocate more: at the limit dashboards fail.
pub fn dashboards(used: f64, limit: f64, since: Option<Since>) -> Option<Finding> {
    let (step, share) = step(used, limit)?;
    Some(Finding {
        severity: match step {
            3 => AttentionSeverity::Critical,
            2 => AttentionSeverity::Urgent,
            _ => AttentionSeverity::Warning,
        },
        step,
        measure: Some(share),
        since,
        detail: None,
        members: Vec::new(),
        facts: AttentionFacts::Dashboards { used, limit },
    })
}

/// How many of a resource a profile may have, by its owner's plan; `None` where TagoIO publishes no limit.
/// Source: TagoIO's plans, per profile.
pub fn resource_limit(plan: &str, resource: &str) -> Option<f64> {
    let limits = match resource {
        "device" => [5.0, 100.0, 10_000.0],
        "dashboard" => [5.0, 100.0, 1_000.0],
        "action" | "analysis" => [5.0, 100.0, 200.0],
        "am" => [5.0, 30.0, 100.0],
        _ => return None,
    };
    by_plan(plan, limits)
}

fn by_plan(plan: &str, [free, starter, scale]: [f64; 3]) -> Option<f64> {
    match plan.to_ascii_lowercase().as_str() {
        "free" => Some(free),
        "starter" => Some(starter),
        "scale" => Some(scale),
        _ => None,
    }
}

/// A resource at the plan's limit stops nothing that runs, but no more of it can be made.
pub fn resource(resource: &str, amount: f64, limit: f64, since: Option<Since>) -> Option<Finding> {
    let (step, share) = step(amount, limit)?;
    Some(Finding {
        severity: if step == 3 {
            AttentionSeverity::Warning
        } else {
            AttentionSeverity::Notice
        },
        step,
        measure: Some(share),
        since,
        detail: Some(resource.to_owned()),
        members: Vec::new(),
        facts: AttentionFacts::Resource {
            resource: resource.to_owned(),
            amount,
            limit,
        },
    })
}
