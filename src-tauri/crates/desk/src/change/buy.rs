//! Buying more of a service for an account. It spends money, so it is off until it is switched on, and costs no more
//! than was agreed to: what it costs is asked right before.

use std::collections::BTreeMap;

use insight::cost::PriceList;
use model::{Amounts, Cents, Service};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{AccountKey, Aspect, Reader, StoreError, Subject, Writer};
use tagoio::{ApiError, Session, SubscriptionChange};
use ts_rs::TS;

use super::allocate::number;
use super::{Fields, Refusal, RefusalReason, Sides, Target};
use crate::settings::Settings;
use crate::sync::{Log, Prices, Subscription};

const PROCESSING: &str = "processing";
const AGREED: &str = "agreed";

/// Higher limits of an account, bought for the rest of the billing cycle and from then on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Buy {
    /// The account, by its number in the store.
    #[ts(type = "number")]
    pub account: i64,
    /// The limit of each service from now on; each is an amount that TagoIO sells.
    pub services: BTreeMap<Service, f64>,
    /// The limits that stood when the price was asked.
    pub from: BTreeMap<Service, f64>,
    /// What it may cost for the rest of the cycle, at most, in US cents.
    #[ts(type = "number")]
    pub most: Cents,
}

impl Buy {
    /// What must stand at TagoIO for it to be sent.
    pub(super) fn expects(&self) -> Fields {
        let mut fields = self.fields(|service| self.from.get(&service).copied());
        fields.insert(PROCESSING.to_owned(), Value::Bool(false));
        fields
    }

    pub(super) fn check(
        &self,
        store: &Reader<'_>,
        target: &Target,
    ) -> Result<Result<Sides, Refusal>, StoreError> {
        if !Settings::read(store)?.buying() {
            let message = "Buying is switched off. Switch it on in the settings, or with: pdesk config set buying true";
            return Ok(Err(Refusal::new(RefusalReason::SwitchedOff, message)));
        }
        let subject = Subject::Account(target.account.key);
        let bought = store.version::<Subscription>(subject, Aspect::Subscription)?;
        let Some(bought) = bought.map(|bought| bought.value) else {
            let message = "What the account has bought is not known yet. Sync it first.";
            return Ok(Err(Refusal::invalid(message)));
        };
        if let Err(refusal) = self.makes_sense(&bought.limits) {
            return Ok(Err(refusal));
        }
        let before = self.standing(&bought.limits, bought.processing);
        let mut after = self.fields(|service| self.services.get(&service).copied());
        after.insert(AGREED.to_owned(), Value::from(self.most.to_string()));
        let warning = format!(
            "It costs up to {} now, for the rest of the billing cycle, and the price of the new limit from then on.",
            self.most
        );
        Ok(Ok(Sides {
            before,
            after,
            warnings: vec![warning],
        }))
    }

    fn makes_sense(&self, limits: &Amounts) -> Result<(), Refusal> {
        if self.services.is_empty() {
            return Err(Refusal::invalid("No service is named."));
        }
        if self.is_reached(limits) {
            let message = "The account has these limits already.";
            return Err(Refusal::new(RefusalReason::NothingToDo, message));
        }
        for (service, limit) in &self.services {
            let stands = limits[*service];
            if !limit.is_finite() || stands.is_none_or(|stands| *limit < stands) {
                let message = format!(
                    "The account's limit of {} is {}; more of it can be bought here, not less.",
                    service.label(),
                    stands.map_or_else(|| "not known".to_owned(), |stands| stands.to_string()),
                );
                return Err(Refusal::invalid(message));
            }
        }
        Ok(())
    }

    /// Whether the account has what was to be bought, or more.
    pub(crate) fn is_reached(&self, limits: &Amounts) -> bool {
        let mut services = self.services.iter();
        services.all(|(service, limit)| limits[*service].is_some_and(|stands| stands >= *limit))
    }

    /// What it costs by a list of prices: the new limits, less those that stood.
    pub(crate) fn cost(&self, prices: &PriceList) -> Option<Cents> {
        let raised = self.services.iter().map(|(service, to)| {
            let from = self.from.get(service).copied();
            (service.key(), from, *to)
        });
        prices.raise(raised).ok()
    }

    pub(super) async fn send(&self, session: &Session) -> Result<(), ApiError> {
        let call = "purchase";
        let prices = Prices::from(session.prorated_prices().await?);
        let cost = self.cost(&prices.into());
        let why = match cost {
            Some(cost) if cost <= self.most => None,
            Some(cost) => Some(format!(
                "it costs {cost} now, and {} was agreed to. Look at the price anew.",
                self.most
            )),
            None => Some(
                "TagoIO names no price for it any more. Buy it on TagoIO's own site.".to_owned(),
            ),
        };
        if let Some(why) = why {
            return Err(ApiError::Unsendable { call, why });
        }
        let mut limits = Amounts::new();
        for (service, limit) in &self.services {
            limits[*service] = Some(*limit);
        }
        session
            .change_subscription(&SubscriptionChange::Services(limits))
            .await?;
        Ok(())
    }

    pub(super) async fn read(&self, session: &Session) -> Result<Fields, ApiError> {
        let bought = session.subscription().await?;
        Ok(self.standing(&bought.limits, bought.processing))
    }

    /// Whether what stands is what was to be bought. The limits say it: nobody can tell whose a change is that
    /// is still being carried out.
    pub(super) fn is_done(&self, now: &Fields) -> bool {
        let mut services = self.services.iter();
        services.all(|(service, limit)| {
            let stands = now.get(service.key()).and_then(Value::as_f64);
            stands.is_some_and(|stands| stands >= *limit)
        })
    }

    /// The account has it from then on, whether or not TagoIO is still at work on it.
    pub(super) fn record(
        &self,
        store: &Writer<'_>,
        confirmed: &Fields,
        log: &Log,
    ) -> Result<(), StoreError> {
        let subject = Subject::Account(AccountKey(self.account));
        let bought = store.version::<Subscription>(subject, Aspect::Subscription)?;
        let Some(mut bought) = bought.map(|bought| bought.value) else {
            return Ok(());
        };
        for (service, limit) in &self.services {
            bought.limits[*service] = Some(*limit);
        }
        let processing = confirmed.get(PROCESSING).and_then(Value::as_bool);
        bought.processing = Some(processing.unwrap_or(true));
        store.put_version(subject, Aspect::Subscription, &bought, log.at())?;
        Ok(())
    }

    fn standing(&self, limits: &Amounts, processing: Option<bool>) -> Fields {
        let mut fields = self.fields(|service| limits[service]);
        fields.insert(PROCESSING.to_owned(), Value::Bool(processing == Some(true)));
        fields
    }

    /// The services that this is about.
    fn fields(&self, amount: impl Fn(Service) -> Option<f64>) -> Fields {
        let services = self.services.keys();
        services
            .map(|service| (service.key().to_owned(), number(amount(*service))))
            .collect()
    }
}
