//! An account's own datasets: which profiles it reaches, what it has bought, whether payments go through.

use insight::cost::PriceList;
use model::{Dataset, FetchOutcome};
use store::{Aspect, ListedProfile, Subject};
use tagoio::{ApiError, Region};

use super::changelog::{billing, profiles};
use super::job::{End, Job, Unanswered};
use super::record;
use crate::transfer::note_gone;

impl Job<'_> {
    /// Does an operation that is about the account itself.
    pub(super) async fn of_account(&self) -> End {
        match self.operation.dataset {
            Dataset::Profiles => self.list().await,
            Dataset::Account => self.own_info().await,
            Dataset::Subscription => self.subscription().await,
            Dataset::Schedule => self.schedule().await,
            Dataset::Health => self.health().await,
            Dataset::Payment => self.payment().await,
            Dataset::Prices => self.prices().await,
            Dataset::Allocation => self.allocation().await,
            Dataset::Info
            | Dataset::Summary
            | Dataset::UsageByDay
            | Dataset::UsageByHour
            | Dataset::Tokens
            | Dataset::Team
            | Dataset::Backups
            | Dataset::Audit => End::Stopped,
        }
    }

    async fn list(&self) -> End {
        let key = self.ready.account.key;
        let answer = self
            .ask(|session| async move { session.profiles().await })
            .await;
        self.keep(answer, move |store, list, log| {
            let list: Vec<ListedProfile> = list.into_iter().map(record::listed).collect();
            store.put_signed_in(key)?;
            let before = profiles::names(store, key)?;
            let listed = store.put_profiles(key, &list, log.at())?;
            profiles::listed(store, &before, &listed, log)?;
            note_gone(store, key, log.at())?;
            Ok(FetchOutcome::Ok)
        })
        .await
    }

    async fn own_info(&self) -> End {
        let key = self.ready.account.key;
        let before = self.ready.account.plan.clone();
        let answer = self
            .ask(|session| async move { session.account().await })
            .await;
        self.keep(answer, move |store, account, log| {
            let info = store::AccountInfo {
                name: account.name,
                email: account.email,
                plan: account.plan,
                timezone: account.timezone,
            };
            store.put_account_info(key, &info, log.at())?;
            billing::plan(before.as_deref(), info.plan.as_deref(), log);
            Ok(FetchOutcome::Ok)
        })
        .await
    }

    async fn subscription(&self) -> End {
        let subject = self.operation.subject;
        let answer = self
            .ask(|session| async move { session.subscription().await })
            .await;
        self.keep(answer, move |store, subscription, log| {
            let subscription = record::Subscription::from(subscription);
            store.put_version(subject, Aspect::Subscription, &subscription, log.at())?;
            Ok(FetchOutcome::Ok)
        })
        .await
    }

    async fn schedule(&self) -> End {
        let subject = self.operation.subject;
        let answer = self
            .ask(|session| async move { session.schedule().await })
            .await;
        self.keep(answer, move |store, schedule, log| {
            let before = store.version::<record::Schedule>(subject, Aspect::Schedule)?;
            let now = schedule.map(record::Schedule::from);
            billing::schedule(
                before.map(|before| before.value).as_ref(),
                now.as_ref(),
                log,
            );
            // No schedule is good news that arrived, not a datum that is missing.
            match &now {
                Some(schedule) => {
                    store.put_version(subject, Aspect::Schedule, schedule, log.at())?
                }
                None => store.end_version(subject, Aspect::Schedule, log.at())?,
            };
            Ok(FetchOutcome::Ok)
        })
        .await
    }

    async fn health(&self) -> End {
        let subject = self.operation.subject;
        let answer = self
            .ask(|session| async move { session.health().await })
            .await;
        self.keep(answer, move |store, health, log| {
            let before = store.version::<record::Health>(subject, Aspect::Health)?;
            let Some(health) = health.map(record::Health::from) else {
                store.end_version(subject, Aspect::Health, log.at())?;
                return Ok(FetchOutcome::NotThere);
            };
            billing::health(before.map(|before| before.value).as_ref(), &health, log);
            store.put_version(subject, Aspect::Health, &health, log.at())?;
            Ok(FetchOutcome::Ok)
        })
        .await
    }

    async fn payment(&self) -> End {
        let subject = self.operation.subject;
        let answer = self
            .ask(|session| async move { session.payment_method().await })
            .await;
        self.keep(answer, move |store, method, log| {
            // An account that has no way to pay has neither coupon nor balance.
            let payment = method.map(record::Payment::from).unwrap_or_default();
            store.put_version(subject, Aspect::Payment, &payment, log.at())?;
            Ok(FetchOutcome::Ok)
        })
        .await
    }

    async fn prices(&self) -> End {
        let subject = self.operation.subject;
        let custom = Region::parse(&self.ready.account.api).is_ok_and(|region| region.is_custom());
        let answer = self
            .ask(|session| async move { session.prices().await })
            .await;
        let answer = match answer {
            Ok(prices) => Ok(Some(record::Prices::from(prices))),
            // A private deployment may have no prices, and this is how it says so.
            Err(Unanswered::Failed(ApiError::NotFound { .. })) if custom => Ok(None),
            Err(unanswered) => Err(unanswered),
        };
        self.keep(answer, move |store, prices, log| {
            let Some(prices) = prices else {
                // One that had prices still has them: what is kept is not given up for a route that is gone.
                let before = store.version::<record::Prices>(subject, Aspect::Prices)?;
                if before.is_none_or(|before| !PriceList::from(before.value).has_tiers()) {
                    let none = record::Prices::default();
                    store.put_version(subject, Aspect::Prices, &none, log.at())?;
                }
                return Ok(FetchOutcome::NotThere);
            };
            store.put_version(subject, Aspect::Prices, &prices, log.at())?;
            Ok(FetchOutcome::Ok)
        })
        .await
    }

    async fn allocation(&self) -> End {
        let api = self.ready.account.api.clone();
        let mut answer = self
            .ask(|session| async move { session.allocation().await })
            .await;
        if let Err(Unanswered::Failed(ApiError::Rejected { message, .. })) = &answer
            && self.has_one_profile().await
        {
            // Documented: the call fails for an account with one profile; there is nothing to divide.
            let (call, message) = ("allocation", message.clone());
            answer = Err(Unanswered::Failed(ApiError::NotFound { call, message }));
        }
        self.keep(answer, move |store, rows, log| {
            for row in rows {
                if let Some(profile) = store.profile_by_id(&api, &row.profile)? {
                    let subject = Subject::Profile(profile.key);
                    store.put_version(subject, Aspect::Allocation, &row.amounts, log.at())?;
                }
            }
            Ok(FetchOutcome::Ok)
        })
        .await
    }

    async fn has_one_profile(&self) -> bool {
        let (key, id) = (self.ready.account.key, self.ready.account.id.clone());
        let profiles = self
            .run
            .inner
            .read(move |store| store.profiles_of(key))
            .await;
        profiles.is_ok_and(|profiles| {
            profiles
                .iter()
                .filter(|profile| profile.owner.as_ref() == Some(&id))
                .count()
                <= 1
        })
    }
}
