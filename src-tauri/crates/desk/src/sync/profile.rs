//! A profile's datasets.

use futures::TryStreamExt;
use model::{Dataset, FetchOutcome, ProfileId};
use store::{Aspect, By, ProfileKey, Subject};
use tagoio::{ApiError, Periodicity, StatisticsQuery, TokenFilter};

use super::backups;
use super::changelog::{billing, limits, people, profiles, tokens};
use super::job::{End, Job, Unanswered};
use super::pulse;
use super::record;
use super::span::ask_from;
use super::trend;
use crate::problem::Problem;

impl Job<'_> {
    /// Does an operation that is about a profile.
    pub(super) async fn of_profile(&self, key: ProfileKey) -> End {
        let Some(id) = &self.profile else {
            return End::Stopped;
        };
        let done = match self.operation.dataset {
            Dataset::Info => Ok(self.info(key, id).await),
            Dataset::Summary => Ok(self.summary(key, id).await),
            Dataset::UsageByDay => self.usage(key, id, By::Day).await,
            Dataset::UsageByHour => self.usage(key, id, By::Hour).await,
            Dataset::Tokens => Ok(self.tokens(key, id).await),
            Dataset::Team => Ok(self.team(key, id).await),
            Dataset::Backups => Ok(self.backups(key, id).await),
            Dataset::Account
            | Dataset::Profiles
            | Dataset::Subscription
            | Dataset::Schedule
            | Dataset::Health
            | Dataset::Payment
            | Dataset::Prices
            | Dataset::Allocation
            | Dataset::Audit => Ok(End::Stopped),
        };
        done.unwrap_or_else(|problem| self.broken(problem))
    }

    async fn info(&self, key: ProfileKey, id: &ProfileId) -> End {
        let owner = self.ready.account.id.clone();
        let answer = self
            .ask(|session| async move { session.profile_info(id).await })
            .await;
        self.keep(answer, move |store, info, log| {
            let info = record::info(info);
            let before = store.profile(key)?;
            if let Some(before) = &before {
                if let Some(name) = &info.name {
                    profiles::renamed(&before.name, name, key, log);
                }
                // The plan is its owner's; where that account is connected, it is told there.
                if before.owner.as_ref() != Some(&owner) {
                    billing::plan(before.plan.as_deref(), info.plan.as_deref(), log);
                }
            }
            store.put_info(key, &info, log.at())?;
            Ok(FetchOutcome::Ok)
        })
        .await
    }

    async fn summary(&self, key: ProfileKey, id: &ProfileId) -> End {
        let answer = self
            .ask(|session| async move { session.profile_summary(id).await })
            .await;
        self.keep(answer, move |store, summary, log| {
            let summary = record::summary(summary);
            let before = store.version(Subject::Profile(key), Aspect::Limits)?;
            limits::changed(
                before.map(|before| before.value).as_ref(),
                &summary.limit,
                log,
            );
            limits::crossed(store, key, &summary, log)?;
            store.put_summary(key, &summary, log.at())?;
            Ok(FetchOutcome::Ok)
        })
        .await
    }

    async fn usage(&self, key: ProfileKey, id: &ProfileId, by: By) -> Result<End, Problem> {
        let inner = &self.run.inner;
        let now = inner.clock.now();
        let last = if self.run.full {
            None
        } else {
            inner.read(move |store| store.last_at(key, by)).await?
        };
        let Some(from) = ask_from(by, last, now) else {
            return Ok(self.nothing_new().await);
        };
        let periodicity = match by {
            By::Day => Periodicity::Day,
            By::Hour => Periodicity::Hour,
        };
        let query = &StatisticsQuery::range(from, now, periodicity);
        let answer = self
            .ask(|session| async move { session.usage_history(id, query).await })
            .await;
        Ok(self
            .keep(answer, move |store, samples, log| {
                store.put_usage(key, by, &samples)?;
                match by {
                    By::Day => trend::make(store, key, log.at())?,
                    By::Hour => pulse::note(store, key, log.at())?,
                }
                Ok(FetchOutcome::Ok)
            })
            .await)
    }

    async fn tokens(&self, key: ProfileKey, id: &ProfileId) -> End {
        let salt = self.run.inner.store().salt().clone();
        let answer = self
            .ask(|session| async move {
                session
                    .tokens(id, TokenFilter::default())
                    .try_collect::<Vec<_>>()
                    .await
            })
            .await;
        let answer = answer.and_then(|rows| {
            let listed = rows.len();
            let tokens: Vec<_> = rows
                .into_iter()
                .filter_map(|row| record::token(row, &salt))
                .collect();
            if tokens.len() == listed {
                return Ok(tokens);
            }
            // A list with holes would say that the tokens in them are gone.
            Err(Unanswered::Failed(ApiError::UnexpectedShape {
                call: "tokens of a profile",
                path: "$.result[].token".to_owned(),
                what: format!("{} of {listed} have no value", listed - tokens.len()),
            }))
        });
        self.keep(answer, move |store, tokens, log| {
            let before = store.tokens(key)?;
            tokens::listed(&before, &tokens, log);
            store.put_tokens(key, &tokens, log.at())?;
            Ok(FetchOutcome::Ok)
        })
        .await
    }

    async fn team(&self, key: ProfileKey, id: &ProfileId) -> End {
        let answer = self
            .ask(|session| async move { session.team(id).await })
            .await;
        self.keep(answer, move |store, team, log| {
            let team: Vec<_> = team.into_iter().map(record::member).collect();
            let before = store.team(key)?;
            people::listed(&before, &team, log);
            store.put_team(key, &team, log.at())?;
            Ok(FetchOutcome::Ok)
        })
        .await
    }

    async fn backups(&self, key: ProfileKey, id: &ProfileId) -> End {
        let age = self.run.settings.backup_age();
        let answer = self
            .ask(|session| async move { session.backups(id).try_collect::<Vec<_>>().await })
            .await;
        self.keep(answer, move |store, rows, log| {
            backups::listed(store, key, rows, age, log)?;
            Ok(FetchOutcome::Ok)
        })
        .await
    }
}
