//! What hangs over an account's subscription: a downgrade that is scheduled, and a payment that failed.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{AccountKey, Aspect, Reader, StoreError, Subject, Writer};
use tagoio::{ApiError, Session};
use ts_rs::TS;

use super::{Fields, Refusal, RefusalReason, Sent, Sides, Target};
use crate::sync::{Health, Log, Schedule, health_changed, schedule_changed};

const DOWNGRADE: &str = "downgrade";
const PAYMENT: &str = "failed_payment";
const OVERDUE: &str = "An invoice is overdue.";

/// Cancels an account's scheduled downgrade.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CancelDowngrade {
    /// The account, by its number in the store.
    #[ts(type = "number")]
    pub account: i64,
}

/// Does away with a payment of an account that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SettlePayment {
    /// The account, by its number in the store.
    #[ts(type = "number")]
    pub account: i64,
    /// How.
    pub how: Settlement,
}

/// What is done about a payment that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Settlement {
    /// It is tried again: it spends money.
    Retry,
    /// What it was for is given up.
    Cancel,
}

impl CancelDowngrade {
    pub(super) fn check(
        store: &Reader<'_>,
        target: &Target,
    ) -> Result<Result<Sides, Refusal>, StoreError> {
        let subject = Subject::Account(target.account.key);
        let schedule = store.version::<Schedule>(subject, Aspect::Schedule)?;
        let Some(schedule) = schedule.map(|schedule| schedule.value) else {
            let message = "No downgrade is scheduled.";
            return Ok(Err(Refusal::new(RefusalReason::NothingToDo, message)));
        };
        Ok(Ok(Sides {
            before: scheduled(Some(&schedule)),
            after: scheduled(None),
            warnings: Vec::new(),
        }))
    }

    pub(super) async fn send(session: &Session) -> Result<(), ApiError> {
        session.cancel_schedule().await?;
        Ok(())
    }

    pub(super) async fn read(session: &Session) -> Result<Fields, ApiError> {
        let schedule = session.schedule().await?.map(Schedule::from);
        Ok(scheduled(schedule.as_ref()))
    }

    pub(super) fn record(&self, store: &Writer<'_>, log: &mut Log) -> Result<(), StoreError> {
        let subject = Subject::Account(AccountKey(self.account));
        let before = store.version::<Schedule>(subject, Aspect::Schedule)?;
        let before = before.map(|before| before.value);
        schedule_changed(before.as_ref(), None, log);
        store.end_version(subject, Aspect::Schedule, log.at())?;
        Ok(())
    }
}

impl SettlePayment {
    pub(super) fn check(
        &self,
        store: &Reader<'_>,
        target: &Target,
    ) -> Result<Result<Sides, Refusal>, StoreError> {
        let subject = Subject::Account(target.account.key);
        let health = store.version::<Health>(subject, Aspect::Health)?;
        let before = failed(health.map(|health| health.value).as_ref());
        if before == failed(None) {
            let message = "No payment is known to have failed.";
            return Ok(Err(Refusal::new(RefusalReason::NothingToDo, message)));
        }
        let warning = match self.how {
            Settlement::Retry => {
                "It spends money: what is due is taken from the account's payment method."
            }
            Settlement::Cancel => "What the payment was for is not bought.",
        };
        Ok(Ok(Sides {
            before,
            after: failed(None),
            warnings: vec![warning.to_owned()],
        }))
    }

    /// What is no failed payment any more is not paid for: the store may be old.
    pub(super) async fn send(&self, session: &Session) -> Result<Sent, ApiError> {
        if Self::read(session).await? == failed(None) {
            return Err(ApiError::Unsendable {
                call: "settle a payment",
                why: "TagoIO knows of no failed payment any more. Sync the account.".to_owned(),
            });
        }
        match self.how {
            Settlement::Retry => session.retry_payment().await?,
            Settlement::Cancel => session.cancel_pending().await?,
        };
        // TagoIO took the wish; whether the payment went through then, it says here alone, and maybe later.
        Ok(Sent {
            fields: Self::read(session).await.unwrap_or_default(),
            token: None,
        })
    }

    pub(super) async fn read(session: &Session) -> Result<Fields, ApiError> {
        let health = session.health().await?.map(Health::from);
        Ok(failed(health.as_ref()))
    }

    /// TagoIO takes the wish at once, and charges later.
    pub(super) fn still_open(&self, now: &Fields) -> Option<String> {
        let is_open = self.how == Settlement::Retry && *now != failed(None);
        is_open.then(|| {
            "TagoIO tries it again. That it went through is not seen yet: sync the account in a minute. If it stands as \
             failed then, look after the payment method on TagoIO's site."
                .to_owned()
        })
    }

    /// What TagoIO says to stand no more. What it does not say is left to the next sync.
    pub(super) fn record(
        &self,
        store: &Writer<'_>,
        confirmed: &Fields,
        log: &mut Log,
    ) -> Result<(), StoreError> {
        if *confirmed != failed(None) {
            return Ok(());
        }
        let subject = Subject::Account(AccountKey(self.account));
        let before = store.version::<Health>(subject, Aspect::Health)?;
        let Some(before) = before.map(|before| before.value) else {
            return Ok(());
        };
        let now = Health {
            payment_error: None,
            overdue: Some(false),
            ..before.clone()
        };
        health_changed(Some(&before), &now, log);
        store.put_version(subject, Aspect::Health, &now, log.at())?;
        Ok(())
    }
}

fn scheduled(schedule: Option<&Schedule>) -> Fields {
    let at = schedule.map(|schedule| match schedule.release_at {
        Some(at) => Value::from(at.to_string()),
        None => Value::from("on a day that TagoIO does not name"),
    });
    Fields::from([(DOWNGRADE.to_owned(), at.unwrap_or_default())])
}

fn failed(health: Option<&Health>) -> Fields {
    let why = health.and_then(|health| {
        let overdue = health.overdue == Some(true);
        let error = health.payment_error.clone();
        error.or_else(|| overdue.then(|| OVERDUE.to_owned()))
    });
    Fields::from([(PAYMENT.to_owned(), why.map_or(Value::Null, Value::from))])
}
