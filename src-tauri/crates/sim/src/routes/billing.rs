//! What an account subscribes to, pays and owes.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::Ask;
use crate::reply::{Failure, Reply, number, result, said, time};
use crate::world::{Account, PLANS, PastDue, Plan, Pricing, Schedule, Service, prices};

/// For how many readings a change is being processed.
const PROCESSING: u8 = 2;

const ADDONS: [&str; 2] = ["mobile", "custom_dns"];

fn past_due(account: &Account) -> Value {
    account.past_due.map_or(Value::Null, |due| {
        json!({
            "amount_due": due.amount_due,
            "attempt_count": due.attempts,
            "invoice_url": format!("https://invoices.example.invalid/{}", account.id),
        })
    })
}

fn payment_error(account: &Account) -> Value {
    account.past_due.map_or(
        Value::Null,
        |_| json!({"message": "Your card was declined.", "details": "insufficient_funds"}),
    )
}

pub(super) async fn subscription(ask: Ask) -> Reply {
    let id = &ask.caller()?.account;
    let mut world = ask.shared.world();
    let account = world.account_mut(id).ok_or_else(Failure::denied)?;
    let processing = account.processing > 0;
    account.processing = account.processing.saturating_sub(1);
    let services: Map<String, Value> = Service::NINE
        .into_iter()
        .map(|service| {
            (
                service.key().to_owned(),
                json!({"limit": number(account.limits[service as usize])}),
            )
        })
        .collect();
    // The free plan has no cycle: its counters reset with the calendar month.
    let cycle = if account.plan == Plan::Free {
        Value::Null
    } else {
        let (start, end) = account.cycle.around(ask.now);
        json!({"start": time(start), "end": time(end)})
    };
    let mut all = json!({
        "account": account.id,
        "plan": account.plan.key(),
        "services": services,
        "addons": {"mobile": account.mobile, "custom_dns": account.custom_dns},
        "current_cycle": cycle,
        "processing": processing,
        "upcoming_invoice_total": account.monthly_total(),
        "trial_end": null,
    });
    if account.past_due.is_some() {
        all["payment_error"] = payment_error(account);
        all["past_due"] = past_due(account);
    }
    result(&all)
}

pub(super) async fn change(ask: Ask) -> Reply {
    let id = ask.caller()?.account.clone();
    let given: Vec<&str> = ["plan", "services", "addons"]
        .into_iter()
        .filter(|key| ask.body.get(key).is_some())
        .collect();
    let [what] = given[..] else {
        return Err(Failure::bad(
            "Exactly one of plan, services and addons must be given",
        ));
    };
    let mut world = ask.shared.world();
    let now = ask.now;
    let account = world.account_mut(&id).ok_or_else(Failure::denied)?;
    if account.processing > 0 {
        return Err(Failure::bad("Another change is still being processed"));
    }
    let mut paid = account.clone();
    apply(&mut paid, what, &ask.body[what], now)?;
    if account.declines {
        account.past_due = Some(PastDue {
            amount_due: 4_900,
            attempts: 1,
        });
        account.unpaid = Some((what.to_owned(), ask.body[what].clone()));
    } else {
        *account = paid;
    }
    account.processing = PROCESSING;
    said("Subscription Successfully Updated")
}

/// What a change of a subscription comes to, once it is paid.
fn apply(
    account: &mut Account,
    what: &str,
    value: &Value,
    now: jiff::Timestamp,
) -> Result<(), Failure> {
    match what {
        "plan" => {
            let plan = value
                .as_str()
                .and_then(Plan::from_key)
                .ok_or_else(|| Failure::bad("Unknown plan"))?;
            if rank(plan) < rank(account.plan) {
                let limits = Vec::new();
                account.schedule = Some(Schedule {
                    release_at: account.cycle.around(now).1,
                    plan: Some(plan),
                    limits,
                });
            } else {
                account.plan = plan;
            }
        }
        "services" => change_services(account, value, now)?,
        _ => {
            for key in ADDONS {
                let Some(wanted) = value.get(key) else {
                    continue;
                };
                let ids: Option<Vec<String>> = wanted.as_array().and_then(|list| {
                    list.iter()
                        .map(|id| id.as_str().map(str::to_owned))
                        .collect()
                });
                let ids = ids.ok_or_else(|| {
                    Failure::bad(format!("Invalid {key}: it must be a list of profiles"))
                })?;
                *(if key == "mobile" {
                    &mut account.mobile
                } else {
                    &mut account.custom_dns
                }) = ids;
            }
        }
    }
    Ok(())
}

fn rank(plan: Plan) -> usize {
    PLANS
        .iter()
        .position(|(known, _)| *known == plan)
        .unwrap_or(0)
}

/// More is had at once; less at the end of the cycle.
fn change_services(
    account: &mut Account,
    services: &Value,
    now: jiff::Timestamp,
) -> Result<(), Failure> {
    let services = services
        .as_object()
        .ok_or_else(|| Failure::bad("Invalid services"))?;
    let mut less = Vec::new();
    let mut limits = account.limits;
    for (key, wanted) in services {
        let service = Service::NINE
            .into_iter()
            .find(|service| service.key() == key);
        let service = service.ok_or_else(|| Failure::bad(format!("Unknown service {key}")))?;
        let limit = wanted
            .get("limit")
            .and_then(Value::as_f64)
            .filter(|limit| *limit >= 0.0);
        let limit = limit.ok_or_else(|| Failure::bad(format!("Invalid limit of {key}")))?;
        if limit < limits[service as usize] {
            less.push((service, limit));
        } else {
            limits[service as usize] = limit;
        }
    }
    account.limits = limits;
    if !less.is_empty() {
        account.schedule = Some(Schedule {
            release_at: account.cycle.around(now).1,
            plan: None,
            limits: less,
        });
    }
    Ok(())
}

pub(super) async fn schedule(ask: Ask) -> Reply {
    let id = &ask.caller()?.account;
    let world = ask.shared.world();
    let account = world.account(id).ok_or_else(Failure::denied)?;
    let Some(schedule) = &account.schedule else {
        return result(&json!({"account": account.id, "release_at": null}));
    };
    let left = world.unallocated(id);
    let services: Map<String, Value> = schedule
        .limits
        .iter()
        .map(|(service, limit)| {
            let (held, left) = (account.limits[*service as usize], left[*service as usize]);
            // What is allocated now, less what will be there.
            let change = (held - left - limit).max(0.0);
            (
                service.key().to_owned(),
                json!({"limit": number(*limit), "proportional_change": number(change.floor())}),
            )
        })
        .collect();
    let mut subscription = Map::new();
    if let Some(plan) = schedule.plan {
        subscription.insert("plan".to_owned(), plan.key().into());
    }
    if !services.is_empty() {
        subscription.insert("services".to_owned(), Value::Object(services));
    }
    result(
        &json!({"account": account.id, "release_at": time(schedule.release_at), "subscription": subscription}),
    )
}

pub(super) async fn cancel_schedule(ask: Ask) -> Reply {
    let id = ask.caller()?.account.clone();
    let mut world = ask.shared.world();
    let account = world.account_mut(&id).ok_or_else(Failure::denied)?;
    account
        .schedule
        .take()
        .ok_or_else(|| Failure::bad("There is no scheduled downgrade"))?;
    said("Scheduled Downgrade Successfully Canceled")
}

pub(super) async fn health(ask: Ask) -> Reply {
    let id = &ask.caller()?.account;
    let world = ask.shared.world();
    let account = world.account(id).ok_or_else(Failure::denied)?;
    result(&json!({
        "processing": account.processing > 0,
        "payment_error": payment_error(account),
        "past_due": account.past_due.is_some(),
        "not_enough_balance": false,
        "schedule": account.schedule.is_some(),
    }))
}

pub(super) async fn retry(ask: Ask) -> Reply {
    let id = ask.caller()?.account.clone();
    let mut world = ask.shared.world();
    let account = world.account_mut(&id).ok_or_else(Failure::denied)?;
    let declines = account.declines;
    let due = account
        .past_due
        .as_mut()
        .ok_or_else(|| Failure::bad("There is no pending payment"))?;
    // The wish is taken in either case; whether it went through is read.
    if declines {
        due.attempts += 1;
    } else {
        account.past_due = None;
        if let Some((what, value)) = account.unpaid.take() {
            apply(account, &what, &value, ask.now)?;
        }
    }
    account.processing = PROCESSING;
    said("Payment Successfully Retried")
}

pub(super) async fn cancel_pending(ask: Ask) -> Reply {
    let id = ask.caller()?.account.clone();
    let mut world = ask.shared.world();
    let account = world.account_mut(&id).ok_or_else(Failure::denied)?;
    if account.past_due.is_none() && account.processing == 0 {
        return Err(Failure::bad("There is no pending operation"));
    }
    account.past_due = None;
    account.unpaid = None;
    account.processing = 0;
    said("Pending Operation Successfully Canceled")
}

pub(super) async fn invoices(ask: Ask) -> Reply {
    let id = &ask.caller()?.account;
    let amount = ask.params.count("amount", 10, 100)?;
    let world = ask.shared.world();
    let account = world.account(id).ok_or_else(Failure::denied)?;
    let all = account.invoices(world.seed, ask.now);
    let skip = match ask.params.one("last_id") {
        None => 0,
        Some(last) => {
            all.iter()
                .position(|invoice| invoice.stripe_id == last)
                .ok_or_else(|| Failure::bad("Unknown last_id"))?
                + 1
        }
    };
    let rows: Vec<Value> = all
        .iter()
        .skip(skip)
        .take(amount)
        .map(|invoice| {
            json!({
                "stripe_id": invoice.stripe_id,
                "invoice_number": invoice.number,
                "total": invoice.total,
                "currency": "usd",
                "paid": invoice.paid,
                "status": if invoice.paid { "paid" } else { "open" },
                "card": {"brand": "visa", "last4": "4242"},
                "created_at": time(invoice.created_at),
                "receipt_url": invoice.number.as_ref().map(|_| format!("https://invoices.example.invalid/{}", invoice.stripe_id)),
            })
        })
        .collect();
    result(&rows)
}

pub(super) async fn payment_method(ask: Ask) -> Reply {
    let id = &ask.caller()?.account;
    let world = ask.shared.world();
    let account = world.account(id).ok_or_else(Failure::denied)?;
    let card = if account.plan == Plan::Free {
        Value::Null
    } else {
        json!({"name": account.company, "brand": "visa", "last4": "4242", "funding": "credit", "exp_month": 11, "exp_year": 2031})
    };
    let mut all = json!({ "card": card });
    if account.balance != 0 {
        all["balance"] = json!({"amount": account.balance, "currency": "usd"});
    }
    if let Some(percentage) = account.discount {
        all["coupon"] = json!({
            "code": "PARTNER",
            "amount_off": null,
            "percentage_off": percentage,
            "applies_to": null,
            "duration_cycles": "forever",
        });
    }
    result(&all)
}

/// The price list, each price passed through `of`.
fn price_list(of: impl Fn(i64) -> i64) -> Value {
    let mut all = Map::new();
    all.insert(
        "plans".to_owned(),
        PLANS
            .iter()
            .map(|(plan, price)| json!({"name": plan.key(), "price": of(*price)}))
            .collect(),
    );
    all.insert(
        "addons".to_owned(),
        ADDONS
            .iter()
            .map(|name| json!({"name": name, "price": of(crate::world::ADDON)}))
            .collect(),
    );
    for service in Service::NINE {
        let tiers = prices(service)
            .iter()
            .map(|(amount, price)| json!({"amount": number(*amount), "price": of(*price)}))
            .collect();
        all.insert(service.key().to_owned(), tiers);
    }
    Value::Object(all)
}

pub(super) async fn pricing(ask: Ask) -> Reply {
    let pricing = ask.shared.world().pricing;
    match pricing {
        Pricing::Tiers => result(&price_list(|price| price)),
        Pricing::Empty => result(&Map::new()),
        Pricing::Missing => Err(Failure::missing("Pricing")),
    }
}

pub(super) async fn prorated(ask: Ask) -> Reply {
    let id = &ask.caller()?.account;
    let world = ask.shared.world();
    let account = world.account(id).ok_or_else(Failure::denied)?;
    if account.plan == Plan::Free {
        return Err(Failure::new(
            StatusCode::FORBIDDEN,
            "Prorated prices are not available on the free plan",
        ));
    }
    let (start, end) = account.cycle.around(ask.now);
    let (left, whole) = (
        end.as_second() - ask.now.as_second(),
        end.as_second() - start.as_second(),
    );
    result(&price_list(|price| price * left / whole))
}
