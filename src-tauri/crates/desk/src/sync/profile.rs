//! A profile's part of a run: its six datasets, each kept or failed on its own.

use std::sync::atomic::Ordering::Relaxed;

use futures::TryStreamExt;
use model::{Dataset, FetchOutcome, ProfileId, Timestamp};
use store::{By, ProfileKey, StoreError, Subject, Writer};
use tagoio::{ApiError, Periodicity, StatisticsQuery, TokenFilter};
use tokio_util::sync::CancellationToken;

use super::account::{Ready, note_sign_in};
use super::ask::{Asker, Unanswered};
use super::record;
use super::span::ask_from;
use super::tally::{ProfileEnd, Tally};
use crate::open::Inner;
use crate::problem::{Problem, ProblemCode, outcome_of};

/// So many requests in a row that did not reach the API mean that it is away, and that asking on would
/// only make the user wait. More than are in flight at once, so that one dropped burst is not it.
const UNREACHED_IN_A_ROW: u32 = 24;

/// Fetches one profile. What fails is noted with its reason and stops nothing else, but for a
/// token that is not valid any more and a host that is not there: they stop the account's part.
pub(crate) async fn sync_profile(
    inner: &Inner,
    ready: &Ready,
    profile: ProfileKey,
    full: bool,
    tally: &Tally,
    cancel: &CancellationToken,
) {
    let fetch = Fetch {
        inner,
        ready,
        profile,
        full,
        tally,
    };
    let end = match fetch.all().await {
        Ok(end) => end,
        Err(problem) => {
            tally.stopped(ready.key(), problem);
            ready.stop.cancel();
            ProfileEnd::Failed
        }
    };
    tally.profile_ended(ready.key(), end);
    if !cancel.is_cancelled() {
        inner.tell_changed();
    }
}

/// How one dataset ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// It is stored, or there was nothing new, or it is not for this token.
    Ok,
    Failed,
    Stopped,
}

struct Fetch<'a> {
    inner: &'a Inner,
    ready: &'a Ready,
    profile: ProfileKey,
    full: bool,
    tally: &'a Tally,
}

impl Fetch<'_> {
    async fn all(&self) -> Result<ProfileEnd, Problem> {
        let key = self.profile;
        let Some(profile) = self.inner.read(move |store| store.profile(key)).await? else {
            return Ok(ProfileEnd::Skipped);
        };
        let id = &profile.id;
        let ends = [
            self.info(id).await?,
            self.summary(id).await?,
            self.usage(id, By::Day).await?,
            self.usage(id, By::Hour).await?,
            self.tokens(id).await?,
            self.team(id).await?,
        ];
        Ok(if ends.contains(&End::Failed) {
            ProfileEnd::Failed
        } else if ends.contains(&End::Stopped) {
            ProfileEnd::Skipped
        } else {
            ProfileEnd::Ok
        })
    }

    fn asker(&self) -> Asker<'_> {
        Asker {
            inner: self.inner,
            session: &self.ready.session,
            stop: &self.ready.stop,
        }
    }

    async fn info(&self, id: &ProfileId) -> Result<End, Problem> {
        let key = self.profile;
        let answer = self
            .asker()
            .ask(|session| async move { session.profile_info(id).await })
            .await;
        self.keep(id, Dataset::Info, answer, move |store, info, now| {
            store.put_info(key, &record::info(info), now)
        })
        .await
    }

    async fn summary(&self, id: &ProfileId) -> Result<End, Problem> {
        let key = self.profile;
        let answer = self
            .asker()
            .ask(|session| async move { session.profile_summary(id).await })
            .await;
        self.keep(id, Dataset::Summary, answer, move |store, summary, now| {
            store.put_summary(key, &record::summary(summary), now)
        })
        .await
    }

    async fn usage(&self, id: &ProfileId, by: By) -> Result<End, Problem> {
        let (key, full, now) = (self.profile, self.full, self.inner.clock.now());
        let last = if full {
            None
        } else {
            self.inner.read(move |store| store.last_at(key, by)).await?
        };
        let (dataset, periodicity) = match by {
            By::Day => (Dataset::UsageByDay, Periodicity::Day),
            By::Hour => (Dataset::UsageByHour, Periodicity::Hour),
        };
        let Some(from) = ask_from(by, last, now) else {
            // Nothing ended since: what is stored is what an answer would say.
            self.note(dataset, FetchOutcome::Ok).await?;
            return Ok(End::Ok);
        };
        let query = StatisticsQuery::range(from, now, periodicity);
        let query = &query;
        let answer = self
            .asker()
            .ask(|session| async move { session.usage_history(id, query).await })
            .await;
        self.keep(id, dataset, answer, move |store, samples, _| {
            store.put_usage(key, by, &samples).map(|_| ())
        })
        .await
    }

    async fn tokens(&self, id: &ProfileId) -> Result<End, Problem> {
        let key = self.profile;
        let salt = self.inner.store().salt().clone();
        let answer = self
            .asker()
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
        self.keep(id, Dataset::Tokens, answer, move |store, tokens, now| {
            store.put_tokens(key, &tokens, now)
        })
        .await
    }

    async fn team(&self, id: &ProfileId) -> Result<End, Problem> {
        let key = self.profile;
        let answer = self
            .asker()
            .ask(|session| async move { session.team(id).await })
            .await;
        self.keep(id, Dataset::Team, answer, move |store, team, now| {
            let team: Vec<_> = team.into_iter().map(record::member).collect();
            store.put_team(key, &team, now)
        })
        .await
    }

    /// Writes an answer and the status of its fetch in one transaction, or the status alone.
    async fn keep<T: Send + 'static>(
        &self,
        id: &ProfileId,
        dataset: Dataset,
        answer: Result<T, Unanswered>,
        write: impl FnOnce(&Writer<'_>, T, Timestamp) -> Result<(), StoreError> + Send + 'static,
    ) -> Result<End, Problem> {
        let now = self.inner.clock.now();
        let subject = Subject::Profile(self.profile);
        let error = match answer {
            Ok(answer) => {
                self.ready.unreached.store(0, Relaxed);
                self.inner
                    .write(move |store| {
                        write(store, answer, now)?;
                        store.put_status(subject, dataset, &FetchOutcome::Ok, now)
                    })
                    .await?;
                return Ok(End::Ok);
            }
            Err(Unanswered::Stopped) => return Ok(End::Stopped),
            Err(Unanswered::Failed(error)) => error,
        };
        let outcome = outcome_of(&error, now);
        let failed = matches!(outcome, FetchOutcome::Failed { .. });
        self.note(dataset, outcome).await?;
        if !failed {
            return Ok(End::Ok);
        }
        let problem = Problem::from_api(&error, now);
        if problem.code == ProblemCode::SignedOut {
            note_sign_in(self.inner, self.ready.key(), &problem).await?;
            return Err(problem);
        }
        if problem.code == ProblemCode::Offline
            && self.ready.unreached.fetch_add(1, Relaxed) + 1 >= UNREACHED_IN_A_ROW
        {
            return Err(problem);
        }
        self.tally
            .failed(self.ready.key(), Some(id), dataset, &problem);
        Ok(End::Failed)
    }

    async fn note(&self, dataset: Dataset, outcome: FetchOutcome) -> Result<(), Problem> {
        let (subject, now) = (Subject::Profile(self.profile), self.inner.clock.now());
        self.inner
            .write(move |store| store.put_status(subject, dataset, &outcome, now))
            .await
    }
}
