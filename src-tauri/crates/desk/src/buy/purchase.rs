//! A purchase as the store keeps it, and as it is shown.

use serde::{Deserialize, Serialize};
use store::{AccountKey, Errand, ProfileKey, Reader, StoreError};

use super::{PurchaseRow, PurchaseStep, PurchasedService};
use crate::change::{Allocate, Buy, understood, written};
use crate::sync::Subscription;

/// Their kind among the errands.
pub(super) const KIND: &str = "purchase";

/// What it is called where it cannot be read.
const PURCHASE: &str = "A purchase";

/// A purchase as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Purchase {
    pub(super) buy: Buy,
    /// Which profile is given what is new, by its number in the store.
    pub(super) to: Option<i64>,
    /// The profile's new limits, once they are known: a second try gives them no more.
    pub(super) allocate: Option<Allocate>,
    pub(super) step: PurchaseStep,
    pub(super) message: Option<String>,
}

impl Purchase {
    /// Whether a subscription that TagoIO is not at work on says what became of it.
    pub(super) fn is_judged(&mut self, bought: &Subscription) -> bool {
        if self.buy.is_reached(&bought.limits) {
            self.message = None;
            self.step = match self.to {
                Some(_) => PurchaseStep::Allocating,
                None => PurchaseStep::Done,
            };
            return true;
        }
        if let Some(error) = &bought.payment_error {
            self.step = PurchaseStep::Processing;
            self.message = Some(format!(
                "The payment failed: {error} Pay on TagoIO's site or try the payment again, then go on; or let it be."
            ));
            return true;
        }
        false
    }

    /// What stands once nothing came of it for a while. What TagoIO took is never taken for not bought.
    pub(super) fn give_up_waiting(&mut self, processing: Option<bool>) {
        let message = match (self.step, processing) {
            (PurchaseStep::Sending, Some(false)) => {
                self.step = PurchaseStep::NotBought;
                "What stands at TagoIO shows that nothing was bought."
            }
            (_, Some(true)) => "TagoIO is still at work on it. Go on with it later.",
            (PurchaseStep::Sending, _) => {
                "Whether it was bought is not known yet. Go on with it later, or look on TagoIO's own site."
            }
            _ => {
                "TagoIO took the purchase, and the limits have not risen yet. Go on with it later, or look on TagoIO's \
                 own site."
            }
        };
        self.message = Some(message.to_owned());
    }
}

pub(super) fn state(purchase: &Purchase) -> Result<serde_json::Value, StoreError> {
    written(purchase, PURCHASE)
}

pub(super) fn kept(errand: &Errand) -> Result<Purchase, StoreError> {
    understood(&errand.state, PURCHASE)
}

pub(super) fn rows(store: &Reader<'_>) -> Result<Vec<PurchaseRow>, StoreError> {
    let mut rows = Vec::new();
    for errand in store.errands(KIND)? {
        let purchase = kept(&errand)?;
        let account = store.account(AccountKey(purchase.buy.account))?;
        let to = match purchase.to {
            Some(key) => store.profile(ProfileKey(key))?.map(|profile| profile.name),
            None => None,
        };
        rows.push(PurchaseRow {
            key: errand.key,
            began_at: errand.began_at,
            ended_at: errand.ended_at,
            account: purchase.buy.account,
            label: account.map_or_else(
                || "an account that is not connected any more".to_owned(),
                |account| account.label,
            ),
            services: purchase
                .buy
                .services
                .iter()
                .map(|(service, to)| PurchasedService {
                    service: *service,
                    from: purchase.buy.from.get(service).copied(),
                    to: *to,
                })
                .collect(),
            agreed: purchase.buy.most,
            allocate_to: purchase.to,
            allocate_to_name: to,
            step: purchase.step,
            message: purchase.message,
        });
    }
    Ok(rows)
}
