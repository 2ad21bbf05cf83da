//! Buying more for an account: the price, its confirmation, the purchase, the wait until TagoIO has carried it out, and
//! then giving it to a profile. That takes minutes and may be cut off between any two steps, so a purchase is a row of
//! the store, written before anything is sent; what is sent goes the path of changes. Nothing is bought twice: where it
//! is not known whether something was bought, the subscription is read, and what was not bought is asked for anew.

mod offer;
mod view;

pub use view::*;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use model::{ActionResult, Service};
use serde::{Deserialize, Serialize};
use store::{AccountKey, Aspect, Errand, ProfileKey, Reader, StoreError, Subject};
use tagoio::{ApiError, Session};
use tokio_util::sync::CancellationToken;

use crate::change::{Allocate, Buy, Change, ChangeEnd, ChangeRequest, Confirmation, lock_changes};
use crate::event::StoreNews;
use crate::open::Desk;
use crate::pace::Priority;
use crate::problem::{Problem, ProblemCode};
use crate::sync::{Ready, Subscription, Unanswered, ask};

/// Their kind among the errands.
const KIND: &str = "purchase";

/// How often it is looked whether TagoIO has carried a purchase out, and for how long at a time.
const GLANCE: Duration = Duration::from_secs(3);
const PATIENCE: Duration = Duration::from_mins(2);

/// A purchase as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Purchase {
    buy: Buy,
    /// Which profile is given what is new, by its number in the store.
    to: Option<i64>,
    /// The profile's new limits, once they are known: a second try gives them no more.
    allocate: Option<Allocate>,
    step: PurchaseStep,
    message: Option<String>,
}

impl Desk {
    /// Buys what was agreed to, waits until TagoIO has carried it out, and gives it to a profile, if one is named. It
    /// goes on if nobody waits for it any more, and says how far it came.
    pub async fn buy(&self, wanted: PurchaseRequest) -> Result<PurchaseRow, Problem> {
        let buy = wanted.buy;
        let preview = ChangeRequest::Changes {
            changes: vec![Change::Buy(buy.clone())],
        };
        let preview = self.preview(preview).await?;
        if let Some(why) = preview.rows.into_iter().find_map(|row| row.refusal) {
            return Err(Problem::new(ProblemCode::Rejected, why.message));
        }
        self.must_be_idle(buy.account).await?;
        if let Some(profile) = wanted.allocate_to {
            self.must_take(buy.account, profile).await?;
        }
        let purchase = Purchase {
            buy,
            to: wanted.allocate_to,
            allocate: None,
            step: PurchaseStep::Asked,
            message: None,
        };
        let (state, now) = (state(&purchase)?, self.inner.clock.now());
        let key = self
            .inner
            .write(move |store| store.begin_errand(KIND, &state, now))
            .await?;
        self.go_apart(key, purchase).await
    }

    /// Goes on with a purchase that was cut off or is still being carried out. Nothing is bought by this.
    pub async fn resume_purchase(&self, key: i64) -> Result<PurchaseRow, Problem> {
        let (purchase, ended) = self.purchase(key).await?;
        if ended {
            return self.purchase_row(key).await;
        }
        self.go_apart(key, purchase).await
    }

    /// The purchases that are not over, the oldest first.
    pub async fn purchases(&self) -> Result<Vec<PurchaseRow>, Problem> {
        let rows = self.inner.read(rows).await?.into_iter();
        Ok(rows.filter(|row| row.ended_at.is_none()).collect())
    }

    /// Lets a purchase be. What was bought stays bought.
    pub async fn end_purchase(&self, key: i64) -> Result<(), Problem> {
        self.purchase(key).await?;
        let now = self.inner.clock.now();
        self.inner
            .write(move |store| store.end_errand(key, now))
            .await?;
        self.inner.tell_changed(StoreNews::accounts());
        Ok(())
    }

    async fn purchase(&self, key: i64) -> Result<(Purchase, bool), Problem> {
        let errand = self.inner.read(move |store| store.errand(key)).await?;
        let errand = errand.filter(|errand| errand.kind == KIND);
        let errand = errand.ok_or_else(|| {
            Problem::new(
                ProblemCode::NotFound,
                format!("No purchase has the number {key}."),
            )
            .with_hint("See their numbers with: pdesk account buy list")
        })?;
        let ended = errand.ended_at.is_some();
        Ok((understood(&errand).map_err(Problem::from)?, ended))
    }

    async fn purchase_row(&self, key: i64) -> Result<PurchaseRow, Problem> {
        let rows = self.inner.read(rows).await?.into_iter();
        let mut found = rows.filter(|row| row.key == key);
        found
            .next()
            .ok_or_else(|| Problem::internal("a purchase is gone"))
    }

    /// One purchase of an account at a time: two would both wait for the other's limits.
    async fn must_be_idle(&self, account: i64) -> Result<(), Problem> {
        let open = self.purchases().await?;
        match open.iter().find(|row| row.account == account) {
            None => Ok(()),
            Some(row) => Err(Problem::new(
                ProblemCode::Busy,
                format!("A purchase of “{}” is not over yet.", row.label),
            )
            .with_hint(format!(
                "Go on with it, or let it be: pdesk account buy resume {0}, or cancel {0}",
                row.key
            ))),
        }
    }

    /// What is bought can be given to a profile of the account alone.
    async fn must_take(&self, account: i64, profile: i64) -> Result<(), Problem> {
        let key = ProfileKey(profile);
        let (owned, protected) = self
            .inner
            .read(move |store| {
                let reach = store.reach_of(key)?;
                let owned = reach
                    .iter()
                    .any(|reach| reach.owner && reach.account == AccountKey(account));
                Ok((owned, store.protected()?.contains(&key)))
            })
            .await?;
        if !owned {
            return Err(Problem::invalid(
                "What is bought can be given to a profile of the same account alone.",
            ));
        }
        if protected {
            return Err(Problem::invalid(
                "The profile is protected. Buy without it, and change its limits then.",
            ));
        }
        Ok(())
    }

    /// Goes on although nobody waits for it any more.
    async fn go_apart(&self, key: i64, purchase: Purchase) -> Result<PurchaseRow, Problem> {
        let desk = self.clone();
        let work = async move {
            desk.go(key, purchase).await?;
            desk.purchase_row(key).await
        };
        tokio::spawn(work)
            .await
            .unwrap_or_else(|_| Err(Problem::internal("a purchase ended early")))
    }

    /// Step after step, each written down before it is begun.
    async fn go(&self, key: i64, mut purchase: Purchase) -> Result<(), Problem> {
        loop {
            let step = purchase.step;
            match step {
                PurchaseStep::Asked => {
                    purchase.step = PurchaseStep::Sending;
                    self.keep(key, &purchase).await?;
                    self.send(&mut purchase).await?;
                }
                PurchaseStep::Sending | PurchaseStep::Processing => {
                    self.wait(&mut purchase).await?;
                }
                PurchaseStep::Allocating => self.allocate(key, &mut purchase).await?,
                PurchaseStep::Done | PurchaseStep::NotBought => return Ok(()),
            }
            self.keep(key, &purchase).await?;
            if purchase.step == step || purchase.step == PurchaseStep::Sending {
                return Ok(());
            }
        }
    }

    async fn keep(&self, key: i64, purchase: &Purchase) -> Result<(), Problem> {
        let (state, now) = (state(purchase)?, self.inner.clock.now());
        let over = matches!(purchase.step, PurchaseStep::Done | PurchaseStep::NotBought);
        self.inner
            .write(move |store| {
                store.put_errand(key, &state)?;
                if over {
                    store.end_errand(key, now)?;
                }
                Ok(())
            })
            .await?;
        self.inner.tell_changed(StoreNews::accounts());
        Ok(())
    }

    /// Buys, once. What is not known to be bought stays as sent.
    async fn send(&self, purchase: &mut Purchase) -> Result<(), Problem> {
        let end = self.change(Change::Buy(purchase.buy.clone())).await?;
        purchase.message.clone_from(&end.message);
        purchase.step = match end.result {
            ActionResult::Done => PurchaseStep::Processing,
            ActionResult::Refused | ActionResult::Failed => PurchaseStep::NotBought,
            ActionResult::Begun | ActionResult::Unknown => PurchaseStep::Sending,
        };
        Ok(())
    }

    async fn change(&self, change: Change) -> Result<ChangeEnd, Problem> {
        let request = ChangeRequest::Changes {
            changes: vec![change],
        };
        let outcome = self
            .carry_out(request, Confirmation::default(), None)
            .await?;
        let mut rows = outcome.rows.into_iter();
        rows.next()
            .ok_or_else(|| Problem::internal("a change has no end"))
    }

    /// Looks until TagoIO is no longer at work on the subscription, for a while.
    async fn wait(&self, purchase: &mut Purchase) -> Result<(), Problem> {
        let account = purchase.buy.account;
        let until = self.inner.clock.now() + PATIENCE;
        loop {
            let bought = self
                .asked(
                    account,
                    |session| async move { session.subscription().await },
                )
                .await?;
            let bought = Subscription::from(bought);
            self.took(account, &bought).await?;
            if bought.processing != Some(true) {
                self.judge(purchase, &bought).await?;
                return Ok(());
            }
            let next = self.inner.clock.now() + GLANCE;
            if next > until {
                let message = "TagoIO is still at work on it. Go on with it later.";
                purchase.message = Some(message.to_owned());
                return Ok(());
            }
            self.inner.clock.sleep_until(next).await;
        }
    }

    /// What became of a purchase, by a subscription that nothing changes any more.
    async fn judge(&self, purchase: &mut Purchase, bought: &Subscription) -> Result<(), Problem> {
        // An action without an end is found out about by the same reading.
        self.unfinished().await?;
        if purchase.buy.is_reached(&bought.limits) {
            purchase.message = None;
            purchase.step = match purchase.to {
                Some(_) => PurchaseStep::Allocating,
                None => PurchaseStep::Done,
            };
            return Ok(());
        }
        if let Some(error) = &bought.payment_error {
            let message = format!(
                "The payment failed: {error} Pay on TagoIO's site or try the payment again, then go on; or let it be."
            );
            purchase.step = PurchaseStep::Processing;
            purchase.message = Some(message);
            return Ok(());
        }
        purchase.step = PurchaseStep::NotBought;
        purchase.message = Some("What stands at TagoIO shows that nothing was bought.".to_owned());
        Ok(())
    }

    /// Writes what the subscription is, as a sync would.
    async fn took(&self, account: i64, bought: &Subscription) -> Result<(), Problem> {
        let (bought, now) = (bought.clone(), self.inner.clock.now());
        let subject = Subject::Account(AccountKey(account));
        self.inner
            .write(move |store| store.put_version(subject, Aspect::Subscription, &bought, now))
            .await?;
        self.inner.tell_changed(StoreNews::accounts());
        Ok(())
    }

    /// Gives a profile what is new.
    async fn allocate(&self, key: i64, purchase: &mut Purchase) -> Result<(), Problem> {
        let Some(profile) = purchase.to else {
            purchase.step = PurchaseStep::Done;
            return Ok(());
        };
        if purchase.allocate.is_none() {
            let buy = purchase.buy.clone();
            let limits = self
                .inner
                .read(move |store| new_limits(store, ProfileKey(profile), &buy))
                .await?;
            let Some(services) = limits else {
                let message =
                    "What the profile is allocated is not known. Sync the account, then go on.";
                purchase.message = Some(message.to_owned());
                return Ok(());
            };
            purchase.allocate = Some(Allocate { profile, services });
            self.keep(key, purchase).await?;
        }
        let Some(allocate) = purchase.allocate.clone() else {
            return Ok(());
        };
        let end = self.change(Change::Allocate(allocate)).await?;
        let is_so = end.code.as_deref() == Some("nothing_to_do");
        if end.result == ActionResult::Done || is_so {
            purchase.step = PurchaseStep::Done;
            purchase.message = None;
        } else {
            purchase.message = end.message;
        }
        Ok(())
    }

    /// Asks TagoIO something of an account for a person who waits.
    async fn asked<T, F>(&self, account: i64, call: impl FnOnce(Session) -> F) -> Result<T, Problem>
    where
        F: Future<Output = Result<T, ApiError>>,
    {
        let inner = &self.inner;
        let account = inner.account(account).await?;
        let key = account.key;
        let (mut locks, mut busy) = lock_changes(inner, BTreeSet::from([key])).await?;
        if let Some(message) = busy.remove(&key) {
            return Err(Problem::new(ProblemCode::Busy, message));
        }
        let lock = locks
            .remove(&key)
            .ok_or_else(|| Problem::internal("a right to change is gone"))?;
        let never = CancellationToken::new();
        let ready = Ready::open(inner, &account, lock, true, &never).await?;
        let answer = ask(inner, &ready, Priority::Click, call).await;
        answer.map_err(|why| match why {
            Unanswered::Stopped => Problem::new(
                ProblemCode::Offline,
                format!("{} cannot be reached.", account.api),
            ),
            Unanswered::Failed(error) => Problem::from_api(&error, inner.clock.now()),
        })
    }
}

/// What a profile is allocated with what is bought for it; `None` if what it has is not known.
fn new_limits(
    store: &Reader<'_>,
    profile: ProfileKey,
    buy: &Buy,
) -> Result<Option<BTreeMap<Service, f64>>, StoreError> {
    let held = store.version::<model::Amounts>(Subject::Profile(profile), Aspect::Allocation)?;
    let held = held.map(|held| held.value).unwrap_or_default();
    let limits = buy.services.iter().map(|(service, to)| {
        let more = to - buy.from.get(service).copied()?;
        Some((*service, held[*service]? + more))
    });
    Ok(limits.collect())
}

fn state(purchase: &Purchase) -> Result<serde_json::Value, Problem> {
    serde_json::to_value(purchase).map_err(Problem::internal)
}

fn understood(errand: &Errand) -> Result<Purchase, StoreError> {
    serde_json::from_value(errand.state.clone()).map_err(|error| StoreError::Unreadable {
        what: "A purchase".to_owned(),
        reason: error.to_string(),
    })
}

fn rows(store: &Reader<'_>) -> Result<Vec<PurchaseRow>, StoreError> {
    let mut rows = Vec::new();
    for errand in store.errands(KIND)? {
        let purchase = understood(&errand)?;
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
