//! What can be bought for an account, and what it costs.

use std::collections::BTreeMap;

use insight::cost::PriceList;
use model::{Cents, Service};
use store::{AccountKey, Aspect, Reader, StoreError, Subject};

use super::{BuyOffer, BuyQuote, BuyService, BuyTier};
use crate::change::{Buy, Change, ChangeRequest};
use crate::open::Desk;
use crate::problem::{Problem, ProblemCode};
use crate::settings::Settings;
use crate::sync::{Prices, Subscription};

impl Desk {
    /// What TagoIO sells to an account, from the store.
    pub async fn buying_offer(&self, account: i64) -> Result<BuyOffer, Problem> {
        let found = self
            .inner
            .read(move |store| offer(store, AccountKey(account)))
            .await?;
        found.ok_or_else(|| {
            Problem::new(ProblemCode::NotFound, "There is no such account any more.")
        })
    }

    /// What higher limits of an account cost, as TagoIO says it now.
    pub async fn buying_quote(
        &self,
        account: i64,
        services: BTreeMap<Service, f64>,
    ) -> Result<BuyQuote, Problem> {
        let (bought, month, rest) = self
            .asked(account, |session| async move {
                let bought = session.subscription().await?;
                let month = session.prices().await?;
                Ok((bought, month, session.prorated_prices().await?))
            })
            .await?;
        let (bought, month) = (Subscription::from(bought), Prices::from(month));
        let now = self.inner.clock.now();
        let (subscription, prices) = (bought.clone(), month.clone());
        let subject = Subject::Account(AccountKey(account));
        self.inner
            .write(move |store| {
                store.put_version(subject, Aspect::Subscription, &subscription, now)?;
                store.put_version(subject, Aspect::Prices, &prices, now)
            })
            .await?;
        let from = services.keys();
        let from = from.filter_map(|service| Some((*service, bought.limits[*service]?)));
        let mut buy = Buy {
            account,
            from: from.collect(),
            services,
            most: Cents(0),
        };
        let cost = buy.cost(&Prices::from(rest).into());
        let monthly = buy.cost(&month.into());
        buy.most = cost.unwrap_or_default();
        let changes = vec![Change::Buy(buy.clone())];
        let preview = self.preview(ChangeRequest::Changes { changes }).await?;
        Ok(BuyQuote {
            buy: cost.map(|_| buy),
            now: cost,
            monthly,
            until: bought.cycle_end,
            asked_at: now,
            refusal: preview.rows.into_iter().find_map(|row| row.refusal),
        })
    }
}

fn offer(store: &Reader<'_>, key: AccountKey) -> Result<Option<BuyOffer>, StoreError> {
    let Some(account) = store.account(key)? else {
        return Ok(None);
    };
    let subject = Subject::Account(key);
    let bought = store.version::<Subscription>(subject, Aspect::Subscription)?;
    let limits = bought.map(|bought| bought.value.limits).unwrap_or_default();
    let prices = store.version::<Prices>(subject, Aspect::Prices)?;
    let prices: PriceList = prices.map(|prices| prices.value.into()).unwrap_or_default();
    let services = Service::ALL.into_iter().filter_map(|service| {
        let limit = limits[service]?;
        let listed = prices.services.get(service.key())?.iter();
        let mut tiers: Vec<BuyTier> = listed
            .filter(|(amount, _)| *amount > limit)
            .map(|(amount, price)| BuyTier {
                amount: *amount,
                price: *price,
            })
            .collect();
        tiers.sort_by(|one, other| one.amount.total_cmp(&other.amount));
        let price = prices.limit(service.key(), Some(limit)).ok();
        (!tiers.is_empty()).then_some(BuyService {
            service,
            limit,
            price,
            tiers,
        })
    });
    Ok(Some(BuyOffer {
        account: key.0,
        label: account.label,
        buying: Settings::read(store)?.buying(),
        services: services.collect(),
    }))
}
