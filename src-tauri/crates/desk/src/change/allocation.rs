//! What an account has to allocate, beside what a batch would allocate of it.

use std::collections::{BTreeMap, HashMap};

use insight::allocation::{Held, Pool};
use model::Service;
use serde_json::Value;
use store::{AccountKey, Aspect, Holder, Reader, StoreError, Subject};

use super::plan::Planned;
use super::{AllocationFigures, Change, Refusal, RefusalReason};
use crate::sync::Subscription;

/// The figures of every service that is allocated anew. Rows that would take more than their account has are
/// refused: all of them that take more of that service, since nobody can say which was meant to be the last.
pub(super) fn figures(
    store: &Reader<'_>,
    rows: &mut [Planned],
) -> Result<Vec<AllocationFigures>, StoreError> {
    let mut more: BTreeMap<(AccountKey, Service), f64> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.is_ready()) {
        let Some(account) = row.account() else {
            continue;
        };
        for (service, taken) in taken(row) {
            *more.entry((account, service)).or_default() += taken;
        }
    }
    if more.is_empty() {
        return Ok(Vec::new());
    }
    let mut own: HashMap<AccountKey, Vec<Holder>> = HashMap::new();
    for holder in store.holders_with_use()? {
        if let Some(owner) = holder.owner {
            own.entry(owner).or_default().push(holder);
        }
    }
    let mut all = Vec::new();
    for ((key, service), more) in more {
        let Some(account) = store.account(key)? else {
            continue;
        };
        let bought = store.version::<Subscription>(Subject::Account(key), Aspect::Subscription)?;
        let total = bought.and_then(|bought| bought.value.limits[service]);
        let held = own.get(&key).into_iter().flatten().map(|holder| Held {
            allocated: holder.allocation.as_ref().and_then(|held| held[service]),
            used: holder.used.as_ref().and_then(|used| used[service]),
        });
        let pool = Pool::of(total, held);
        let figures = AllocationFigures {
            account: key.0,
            label: account.label,
            service,
            total,
            allocated: pool.allocated,
            allocated_after: tidy(pool.allocated + more),
            free: pool.free,
            free_after: pool.free.map(|free| tidy(free - more)),
            used: pool.used,
        };
        // What is not known to be allocated can only be more.
        if total.is_some_and(|total| figures.allocated_after > total) && more > 0.0 {
            refuse(rows, key, &figures);
        }
        all.push(figures);
    }
    Ok(all)
}

/// Sums of decimals are cut to the millionth.
fn tidy(amount: f64) -> f64 {
    (amount * 1e6).round() / 1e6
}

/// How much more of each service a row takes; what was not known to be allocated counts as nothing.
fn taken(row: &Planned) -> Vec<(Service, f64)> {
    let Change::Allocate(allocate) = &row.wanted.change else {
        return Vec::new();
    };
    let before = |service: Service| row.before.get(service.key()).and_then(Value::as_f64);
    let services = allocate.services.iter();
    services
        .map(|(service, limit)| (*service, limit - before(*service).unwrap_or_default()))
        .collect()
}

fn refuse(rows: &mut [Planned], account: AccountKey, figures: &AllocationFigures) {
    let service = figures.service;
    let message = format!(
        "“{}” has {} of {} in all, {} of it allocated, {} free; with this batch {} would be allocated.",
        figures.label,
        figures.total.unwrap_or_default(),
        service.label(),
        figures.allocated,
        figures
            .free
            .map_or_else(|| "an unknown part".to_owned(), |free| free.to_string()),
        figures.allocated_after,
    );
    for row in rows {
        let takes_more = || {
            taken(row)
                .iter()
                .any(|(of, more)| *of == service && *more > 0.0)
        };
        if row.is_ready() && row.account() == Some(account) && takes_more() {
            row.refusal = Some(Refusal::new(RefusalReason::OverLimit, message.clone()));
        }
    }
}
