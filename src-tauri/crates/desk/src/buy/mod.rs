//! Buying more for an account: the price, its confirmation, the purchase, the wait until TagoIO has carried it out, and
//! then giving it to a profile. That takes minutes and may be cut off between any two steps, so a purchase is a row of
//! the store, written before anything is sent; what is sent goes the path of changes. Nothing is bought twice: where it
//! is not known whether something was bought, the subscription is read, and what was not bought is asked for anew.

mod offer;
mod purchase;
mod turn;
mod view;

pub(crate) use turn::Buying;
pub use view::*;

use std::collections::BTreeMap;
use std::time::Duration;

use model::{ActionResult, Amounts, Service, Timestamp};
use store::{AccountKey, Aspect, ProfileKey, StoreError, Subject, Writer};
use tagoio::{ApiError, Session};
use tokio_util::sync::CancellationToken;

use purchase::{KIND, Purchase, kept, rows, state};

use crate::change::{
    Allocate, Buy, Change, ChangeEnd, ChangeOutcome, ChangeRequest, Confirmation, not_sent,
};
use crate::event::StoreNews;
use crate::open::Desk;
use crate::pace::Priority;
use crate::problem::{Problem, ProblemCode};
use crate::read::no_such_profile;
use crate::sync::{Ready, Subscription, Unanswered, ask};

/// How often it is looked whether TagoIO has carried a purchase out, and for how long at a time.
const GLANCE: Duration = Duration::from_secs(3);
const PATIENCE: Duration = Duration::from_mins(2);

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
        let (mut purchase, ended) = self.purchase(key).await?;
        if ended {
            return self.purchase_row(key).await;
        }
        if purchase.step == PurchaseStep::Asked {
            let turn = Buying::begin(&self.inner, key)?;
            let message = "The program ended before anything was sent. Buy it anew.";
            purchase.step = PurchaseStep::NotBought;
            purchase.message = Some(message.to_owned());
            self.keep(key, &purchase).await?;
            drop(turn);
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
            .with_hint(
                "See those that go on on the screen Allocation, or with: pdesk account buy list",
            )
        })?;
        let ended = errand.ended_at.is_some();
        Ok((kept(&errand).map_err(Problem::from)?, ended))
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
                "Go on with it or let it be, above the account's limits or with: pdesk account buy resume {0}, or \
                 cancel {0}",
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
        let turn = Buying::begin(&self.inner, key)?;
        let work = async move {
            desk.go(key, purchase).await?;
            drop(turn);
            desk.purchase_row(key).await
        };
        tokio::spawn(work)
            .await
            .unwrap_or_else(|_| Err(Problem::internal("a purchase ended early")))
    }

    /// Step after step, each written down before it is begun. One that was let be meanwhile goes no further.
    async fn go(&self, key: i64, mut purchase: Purchase) -> Result<(), Problem> {
        loop {
            let step = purchase.step;
            match step {
                PurchaseStep::Asked => {
                    purchase.step = PurchaseStep::Sending;
                    if !self.keep(key, &purchase).await? {
                        return Ok(());
                    }
                    self.send(&mut purchase).await?;
                }
                PurchaseStep::Sending | PurchaseStep::Processing => {
                    self.wait(&mut purchase).await?;
                }
                PurchaseStep::Allocating => self.allocate(key, &mut purchase).await?,
                PurchaseStep::Done | PurchaseStep::NotBought => return Ok(()),
            }
            if !self.keep(key, &purchase).await? || purchase.step == step {
                return Ok(());
            }
        }
    }

    /// Writes down how far it is; `false` if it was let be meanwhile.
    async fn keep(&self, key: i64, purchase: &Purchase) -> Result<bool, Problem> {
        let (state, now) = (state(purchase)?, self.inner.clock.now());
        let over = matches!(purchase.step, PurchaseStep::Done | PurchaseStep::NotBought);
        let goes_on = self
            .inner
            .write(move |store| {
                if !is_open(store, key)? {
                    return Ok(false);
                }
                store.put_errand(key, &state)?;
                if over {
                    store.end_errand(key, now)?;
                }
                Ok(true)
            })
            .await?;
        self.inner.tell_changed(StoreNews::accounts());
        Ok(goes_on)
    }

    /// Buys, once. What is not known to be bought stays as sent.
    async fn send(&self, purchase: &mut Purchase) -> Result<(), Problem> {
        let request = ChangeRequest::Changes {
            changes: vec![Change::Buy(purchase.buy.clone())],
        };
        let agreed = Confirmation::default();
        let end = first(self.carry_out(request, agreed, None).await?)?;
        purchase.message.clone_from(&end.message);
        purchase.step = match end.result {
            ActionResult::Done => PurchaseStep::Processing,
            ActionResult::Refused | ActionResult::Failed => PurchaseStep::NotBought,
            ActionResult::Begun | ActionResult::Unknown => PurchaseStep::Sending,
        };
        Ok(())
    }

    /// Looks until what is bought is there, for a while.
    async fn wait(&self, purchase: &mut Purchase) -> Result<(), Problem> {
        let account = purchase.buy.account;
        let until = self.inner.clock.now() + PATIENCE;
        loop {
            let asked = self.asked(
                account,
                |session| async move { session.subscription().await },
            );
            let bought = match asked.await {
                Ok(bought) => Subscription::from(bought),
                Err(problem) => {
                    let why = problem.message;
                    purchase.message = Some(format!(
                        "How far TagoIO is could not be read: {why} Go on with it later."
                    ));
                    return Ok(());
                }
            };
            self.took(account, &bought).await?;
            if bought.processing != Some(true) && purchase.is_judged(&bought) {
                return Ok(());
            }
            let next = self.inner.clock.now() + GLANCE;
            if next > until {
                purchase.give_up_waiting(bought.processing);
                return Ok(());
            }
            self.inner.clock.sleep_until(next).await;
        }
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
            let held = match self.held(purchase.buy.account, ProfileKey(profile)).await {
                Ok(held) => held,
                Err(problem) => {
                    let why = problem.message;
                    purchase.message = Some(format!(
                        "What the profile is allocated could not be read: {why} Go on with it later."
                    ));
                    return Ok(());
                }
            };
            let Some(services) = new_limits(&held, &purchase.buy) else {
                let message =
                    "TagoIO does not say what the profile is allocated. Change its limits by hand.";
                purchase.message = Some(message.to_owned());
                return Ok(());
            };
            purchase.allocate = self.decided(key, Allocate { profile, services }).await?;
        }
        let Some(allocate) = purchase.allocate.clone() else {
            return Ok(());
        };
        let since = self.began_at(key).await?;
        let changes = vec![Change::Allocate(allocate)];
        let agreed = Confirmation::default();
        let end = first(self.carry_out_again(changes, since, agreed, None).await?)?;
        let is_so = end.code.as_deref() == Some("nothing_to_do");
        if end.result == ActionResult::Done || is_so {
            purchase.step = PurchaseStep::Done;
            purchase.message = None;
        } else {
            purchase.message = end.message;
        }
        Ok(())
    }

    /// Notes a profile's new limits, unless another run noted some before: two runs give nothing twice. `None` if the
    /// purchase was let be.
    async fn decided(&self, key: i64, new: Allocate) -> Result<Option<Allocate>, Problem> {
        let decided = self
            .inner
            .write(move |store| {
                let Some(errand) = store.errand(key)?.filter(|one| one.ended_at.is_none()) else {
                    return Ok(None);
                };
                let mut purchase = kept(&errand)?;
                let allocate = purchase.allocate.get_or_insert(new).clone();
                let state = state(&purchase)?;
                store.put_errand(key, &state)?;
                Ok(Some(allocate))
            })
            .await?;
        Ok(decided)
    }

    async fn began_at(&self, key: i64) -> Result<Timestamp, Problem> {
        let errand = self.inner.read(move |store| store.errand(key)).await?;
        let errand = errand.ok_or_else(|| Problem::internal("a purchase is gone"))?;
        Ok(errand.began_at)
    }

    /// What a profile is allocated now, as TagoIO says it.
    async fn held(&self, account: i64, profile: ProfileKey) -> Result<Amounts, Problem> {
        let found = self
            .inner
            .read(move |store| store.profile(profile))
            .await?
            .ok_or_else(no_such_profile)?;
        let info = self.asked(account, |session| async move {
            session.profile_info(&found.id).await
        });
        Ok(info.await?.allocation.unwrap_or_default())
    }

    /// Asks TagoIO something of an account for a person who waits.
    pub(crate) async fn asked<T, F>(
        &self,
        account: i64,
        call: impl FnOnce(Session) -> F,
    ) -> Result<T, Problem>
    where
        F: Future<Output = Result<T, ApiError>>,
    {
        let inner = &self.inner;
        let account = inner.account(account).await?;
        inner.pace.try_again();
        let never = CancellationToken::new();
        let ready = Ready::open(inner, &account, None, true, &never).await?;
        let answer = ask(inner, &ready, Priority::Click, call).await;
        answer.map_err(|why| match why {
            Unanswered::Stopped => not_sent(inner, &ready),
            Unanswered::Failed(error) => Problem::from_api(&error, inner.clock.now()),
        })
    }
}

fn first(outcome: ChangeOutcome) -> Result<ChangeEnd, Problem> {
    let mut rows = outcome.rows.into_iter();
    rows.next()
        .ok_or_else(|| Problem::internal("a change has no end"))
}

fn is_open(store: &Writer<'_>, key: i64) -> Result<bool, StoreError> {
    let errand = store.errand(key)?;
    Ok(errand.is_some_and(|errand| errand.ended_at.is_none()))
}

/// What a profile is allocated with what is bought for it; `None` if what it has is not known.
fn new_limits(held: &Amounts, buy: &Buy) -> Option<BTreeMap<Service, f64>> {
    let limits = buy.services.iter().map(|(service, to)| {
        let more = to - buy.from.get(service).copied()?;
        Some((*service, held[*service]? + more))
    });
    limits.collect()
}
