//! The subscription of an account, its invoices, its payment method, and what is allocated to profiles.

use std::collections::BTreeMap;

use model::{AccountId, Amounts, Cents, ProfileId, Timestamp};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value, json};

use crate::profile::known;
use crate::request::Request;
use crate::{ApiError, Reply, Session, lenient};

/// What an account has bought.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Subscription {
    /// The account.
    #[serde(default, deserialize_with = "lenient::id")]
    pub account: Option<AccountId>,
    /// The plan's key.
    #[serde(default, deserialize_with = "lenient::text")]
    pub plan: Option<String>,
    /// The limit of each service, over all profiles.
    #[serde(default, rename = "services", deserialize_with = "limits")]
    pub limits: Amounts,
    /// Add-ons by the API's key, each with the profiles that have it; `None` if nothing is said of them.
    #[serde(default, deserialize_with = "lenient::profiles_by_key")]
    pub addons: Option<BTreeMap<String, Vec<ProfileId>>>,
    /// The current billing cycle; counters start from zero at its start.
    #[serde(default)]
    pub current_cycle: Option<BillingCycle>,
    /// Whether a change is still being carried out.
    #[serde(default, deserialize_with = "lenient::flag")]
    pub processing: Option<bool>,
    /// What went wrong with the last payment.
    #[serde(default)]
    pub payment_error: Option<PaymentError>,
    /// What is overdue.
    #[serde(default)]
    pub past_due: Option<PastDue>,
    /// What the next invoice will come to.
    #[serde(default, deserialize_with = "lenient::cents")]
    pub upcoming_invoice_total: Option<Cents>,
    /// Until when it is on trial.
    #[serde(default, deserialize_with = "lenient::date")]
    pub trial_end: Option<Timestamp>,
}

/// A billing cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct BillingCycle {
    /// Its first moment.
    #[serde(default, deserialize_with = "lenient::date")]
    pub start: Option<Timestamp>,
    /// Its end.
    #[serde(default, deserialize_with = "lenient::date")]
    pub end: Option<Timestamp>,
}

/// Why a payment failed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PaymentError {
    /// The reason.
    pub message: Option<String>,
    /// More on it.
    pub details: Option<String>,
}

/// An invoice that is overdue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PastDue {
    /// Whether anything is overdue.
    pub overdue: bool,
    /// What is to be paid.
    pub amount_due: Option<Cents>,
    /// How often it was tried.
    pub attempt_count: Option<u32>,
    /// Where it can be paid.
    pub invoice_url: Option<String>,
}

/// A downgrade that is scheduled: from `release_at` on, limits shrink.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule {
    /// When it takes effect.
    pub release_at: Option<Timestamp>,
    /// The plan from then on, if it changes.
    pub plan: Option<String>,
    /// The limits from then on, of the services that change.
    pub limits: Amounts,
    /// What the API calls each service's proportional change.
    pub proportional_change: Amounts,
    /// The add-ons from then on, if they change.
    pub addons: Option<BTreeMap<String, Vec<ProfileId>>>,
}

/// Whether payments go through; a failed one endangers every profile of the account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Health {
    /// Whether a change is still being carried out.
    #[serde(default, deserialize_with = "lenient::flag")]
    pub processing: Option<bool>,
    /// What went wrong with the last payment.
    #[serde(default)]
    pub payment_error: Option<PaymentError>,
    /// What is overdue.
    #[serde(default)]
    pub past_due: Option<PastDue>,
    /// Whether the balance will not cover the next payment.
    #[serde(default, deserialize_with = "lenient::flag")]
    pub not_enough_balance: Option<bool>,
    /// Whether a downgrade is scheduled.
    #[serde(default, deserialize_with = "lenient::flag")]
    pub schedule: Option<bool>,
}

/// What one profile is allocated of the account's limits.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct AllocationRow {
    /// The profile.
    pub profile: ProfileId,
    /// When it was last changed.
    #[serde(default, deserialize_with = "lenient::date")]
    pub updated_at: Option<Timestamp>,
    /// What it is allocated.
    #[serde(flatten)]
    pub amounts: Amounts,
}

/// An invoice.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Invoice {
    /// Its id at the payment provider; the next page starts after it.
    pub stripe_id: String,
    /// Its number, which may come later.
    #[serde(default, deserialize_with = "lenient::text")]
    pub invoice_number: Option<String>,
    /// What it comes to.
    #[serde(default, deserialize_with = "lenient::cents")]
    pub total: Option<Cents>,
    /// The currency's code.
    #[serde(default, deserialize_with = "lenient::text")]
    pub currency: Option<String>,
    /// Whether it is paid.
    #[serde(default, deserialize_with = "lenient::flag")]
    pub paid: Option<bool>,
    /// The provider's word for its state.
    #[serde(default, deserialize_with = "lenient::text")]
    pub status: Option<String>,
    /// When it was made.
    #[serde(default, deserialize_with = "lenient::date")]
    pub created_at: Option<Timestamp>,
    /// Where its receipt is.
    #[serde(default, deserialize_with = "lenient::text")]
    pub receipt_url: Option<String>,
}

/// How an account pays.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct PaymentMethod {
    /// The card.
    #[serde(default)]
    pub card: Option<Card>,
    /// The balance; below zero is in the account's favour or against it as the provider has it.
    #[serde(default, deserialize_with = "balance")]
    pub balance: Option<Cents>,
    /// The coupon; without it a sum of costs does not agree with the invoices.
    #[serde(default)]
    pub coupon: Option<Coupon>,
}

/// A payment card.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Card {
    /// Its brand.
    #[serde(default, deserialize_with = "lenient::text")]
    pub brand: Option<String>,
    /// Its last four digits.
    #[serde(default, deserialize_with = "lenient::text")]
    pub last4: Option<String>,
    /// The month of its expiry, 1 to 12.
    #[serde(default, deserialize_with = "lenient::whole")]
    pub exp_month: Option<u32>,
    /// The year of its expiry.
    #[serde(default, deserialize_with = "lenient::whole")]
    pub exp_year: Option<u32>,
}

/// A discount.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Coupon {
    /// Its code.
    #[serde(default, deserialize_with = "lenient::text")]
    pub code: Option<String>,
    /// What it takes off; this or the percentage.
    #[serde(default, deserialize_with = "lenient::cents")]
    pub amount_off: Option<Cents>,
    /// The percentage that it takes off.
    #[serde(default, deserialize_with = "lenient::number")]
    pub percentage_off: Option<f64>,
    /// The plans, services and add-ons that it is for; `None` is all.
    #[serde(default)]
    pub applies_to: Option<Vec<String>>,
    /// For how many cycles: a number, `forever` or `once`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub duration_cycles: Option<String>,
}

/// A change of the subscription. The API takes one of these at a time. It buys: it spends money.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SubscriptionChange {
    /// Another plan, by its key.
    Plan(String),
    /// Other limits of the services that are known here.
    #[serde(serialize_with = "as_limits")]
    Services(Amounts),
    /// Other add-ons, each with the profiles that are to have it.
    Addons(BTreeMap<String, Vec<ProfileId>>),
}

#[derive(Deserialize)]
struct ScheduleReply {
    #[serde(default, deserialize_with = "lenient::date")]
    release_at: Option<Timestamp>,
    #[serde(default)]
    subscription: Option<ScheduledSubscription>,
}

#[derive(Default, Deserialize)]
struct ScheduledSubscription {
    #[serde(default, deserialize_with = "lenient::text")]
    plan: Option<String>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    services: BTreeMap<String, Option<ServiceLimit>>,
    #[serde(default, deserialize_with = "lenient::profiles_by_key")]
    addons: Option<BTreeMap<String, Vec<ProfileId>>>,
}

/// `{"limit": 5}`, or the number by itself.
#[derive(Deserialize)]
#[serde(untagged)]
enum ServiceLimit {
    Full {
        #[serde(default, deserialize_with = "lenient::number")]
        limit: Option<f64>,
        #[serde(default, deserialize_with = "lenient::number")]
        proportional_change: Option<f64>,
    },
    Bare(#[serde(deserialize_with = "lenient::number")] Option<f64>),
}

impl ServiceLimit {
    fn limit(&self) -> Option<f64> {
        match self {
            Self::Full { limit, .. } | Self::Bare(limit) => *limit,
        }
    }

    fn proportional_change(&self) -> Option<f64> {
        match self {
            Self::Full {
                proportional_change,
                ..
            } => *proportional_change,
            Self::Bare(_) => None,
        }
    }
}

impl ScheduleReply {
    /// `None` if nothing is said to change.
    fn scheduled(self) -> Option<Schedule> {
        if self.release_at.is_none() && self.subscription.is_none() {
            return None;
        }
        let changes = self.subscription.unwrap_or_default();
        Some(Schedule {
            release_at: self.release_at,
            plan: changes.plan,
            limits: each(&changes.services, ServiceLimit::limit),
            proportional_change: each(&changes.services, ServiceLimit::proportional_change),
            addons: changes.addons,
        })
    }
}

fn each(
    services: &BTreeMap<String, Option<ServiceLimit>>,
    number: fn(&ServiceLimit) -> Option<f64>,
) -> Amounts {
    services
        .iter()
        .filter_map(|(key, service)| Some((key.as_str(), number(service.as_ref()?)?)))
        .collect()
}

fn limits<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Amounts, D::Error> {
    let services: BTreeMap<String, Option<ServiceLimit>> = lenient::or_default(deserializer)?;
    Ok(each(&services, ServiceLimit::limit))
}

fn as_limits<S: Serializer>(amounts: &Amounts, serializer: S) -> Result<S::Ok, S::Error> {
    let services = known(amounts)
        .into_iter()
        .map(|(key, limit)| (key, json!({ "limit": limit })));
    serializer.collect_map(services)
}

/// `{"amount": -500, "currency": "usd"}`, or the number by itself.
fn balance<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Cents>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(lenient::as_cents(value.get("amount").unwrap_or(&value)))
}

impl<'de> Deserialize<'de> for PaymentError {
    /// An object, or the message by itself.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Ok(Self {
            message: lenient::as_text(value.get("message").unwrap_or(&value)),
            details: value.get("details").and_then(lenient::as_text),
        })
    }
}

impl<'de> Deserialize<'de> for PastDue {
    /// An object, as in the subscription, or yes or no, as in its health.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Ok(Self {
            overdue: value.is_object() || lenient::as_flag(&value).unwrap_or(false),
            amount_due: value.get("amount_due").and_then(lenient::as_cents),
            attempt_count: value.get("attempt_count").and_then(lenient::as_whole),
            invoice_url: value.get("invoice_url").and_then(lenient::as_text),
        })
    }
}

impl Session {
    /// What the account has bought.
    pub async fn subscription(&self) -> Result<Subscription, ApiError> {
        self.fetch(Request::get("subscription", "/account/subscription"))
            .await
    }

    /// A downgrade that is scheduled; `None` if there is none.
    pub async fn schedule(&self) -> Result<Option<Schedule>, ApiError> {
        let request = Request::get("scheduled downgrade", "/account/subscription/schedule");
        let reply: Option<ScheduleReply> = self.fetch(request).await?;
        Ok(reply.and_then(ScheduleReply::scheduled))
    }

    /// Cancels a downgrade that is scheduled.
    pub async fn cancel_schedule(&self) -> Result<Reply, ApiError> {
        let request = Request::delete(
            "cancellation of the scheduled downgrade",
            "/account/subscription/schedule",
        );
        self.tell(request).await
    }

    /// Whether payments go through. `None` if the account has nothing to pay.
    pub async fn health(&self) -> Result<Option<Health>, ApiError> {
        let request = Request::get(
            "health of the subscription",
            "/account/subscription/summary",
        );
        self.fetch(request).await
    }

    /// Tries the last payment again. It spends money.
    pub async fn retry_payment(&self) -> Result<Reply, ApiError> {
        let request = Request::post(
            "repeat of the payment",
            "/account/subscription/pending/retry",
        );
        self.tell(request).await
    }

    /// Cancels the change whose payment failed.
    pub async fn cancel_pending(&self) -> Result<Reply, ApiError> {
        let request = Request::post(
            "cancellation of the pending change",
            "/account/subscription/pending/cancel",
        );
        self.tell(request).await
    }

    /// Changes the subscription: it spends money. Then wait until [`Subscription::processing`] is
    /// false before allocating.
    pub async fn change_subscription(
        &self,
        change: &SubscriptionChange,
    ) -> Result<Reply, ApiError> {
        let request =
            Request::post("change of the subscription", "/account/subscription").json(change);
        self.tell(request).await
    }

    /// How the account pays.
    pub async fn payment_method(&self) -> Result<Option<PaymentMethod>, ApiError> {
        self.fetch(Request::get("payment method", "/account/payment_method"))
            .await
    }

    /// Invoices, newest first, `amount` at most, those after `last` if one is given.
    pub async fn invoices(
        &self,
        amount: u32,
        last: Option<&str>,
    ) -> Result<Vec<Invoice>, ApiError> {
        let mut request = Request::get("invoices", "/account/payment_history")
            .query("amount", amount.to_string());
        if let Some(last) = last {
            request = request.query("last_id", last);
        }
        self.fetch(request).await
    }

    /// What each of the account's own profiles is allocated.
    pub async fn allocation(&self) -> Result<Vec<AllocationRow>, ApiError> {
        self.fetch(Request::get(
            "allocation of the account",
            "/account/allocation",
        ))
        .await
    }

    /// Allocates to many profiles at once; services that are not known of a profile are left alone.
    /// The sum over all profiles may not exceed the account's limits, and an account with one profile
    /// cannot allocate.
    pub async fn set_allocation(
        &self,
        allocation: &[(ProfileId, Amounts)],
    ) -> Result<Reply, ApiError> {
        let rows: Vec<Map<String, Value>> = allocation
            .iter()
            .map(|(profile, amounts)| {
                let mut row = Map::new();
                row.insert("profile".to_owned(), json!(profile));
                row.extend(known(amounts));
                row
            })
            .collect();
        let request = Request::post("change of the allocation", "/account/allocation").json(&rows);
        self.tell(request).await
    }
}
