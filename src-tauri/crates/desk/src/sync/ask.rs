//! How a sync asks: through the gate, waiting when the API says so, and never after a cancel.

use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use tagoio::{ApiError, Session};
use tokio_util::sync::CancellationToken;

use crate::open::Inner;

/// How often a 429 is waited out before the dataset counts as failed.
const WAITS: u32 = 3;

/// The longest wait that a run sits out; beyond it the dataset fails with the time to try again.
const LONGEST_WAIT: Duration = Duration::from_secs(90);

/// How long a request that is in flight may still take after a cancel. Nothing is lost with its answer: it
/// is asked for again by the next run.
const GRACE: Duration = Duration::from_secs(5);

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum Unanswered {
    /// The run was cancelled, or its account's part of it was stopped, before there was an answer.
    Stopped,
    /// The API, or the way to it, failed.
    Failed(ApiError),
}

/// What a request needs beside itself.
#[derive(Clone, Copy)]
pub(crate) struct Asker<'a> {
    pub(crate) inner: &'a Inner,
    pub(crate) session: &'a Session,
    pub(crate) stop: &'a CancellationToken,
}

impl Asker<'_> {
    /// Sends a GET. A 429 is waited out as told; a denial is settled into "signed out" or "not permitted".
    pub(crate) async fn ask<T, F>(&self, call: impl Fn(Session) -> F) -> Result<T, Unanswered>
    where
        F: Future<Output = Result<T, ApiError>>,
    {
        let mut waits = 0;
        loop {
            let answer = {
                let _passage = tokio::select! {
                    biased;
                    () = self.stop.cancelled() => return Err(Unanswered::Stopped),
                    passage = self.inner.gate.enter(self.session.region().base_url()) => passage,
                };
                // Boxed, since several of these wait side by side in one future.
                let answer = Box::pin(async {
                    match call(self.session.clone()).await {
                        Err(denied @ ApiError::Denied { .. }) => {
                            Err(self.session.settle(denied).await)
                        }
                        answer => answer,
                    }
                });
                tokio::select! {
                    answer = answer => answer,
                    () = self.out_of_patience() => return Err(Unanswered::Stopped),
                }
            };
            let error = match answer {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            match error.wait() {
                Some(wait) if waits < WAITS && wait <= LONGEST_WAIT => {
                    waits += 1;
                    self.inner.sent.retries.fetch_add(1, Relaxed);
                    tokio::select! {
                        () = self.stop.cancelled() => return Err(Unanswered::Stopped),
                        () = tokio::time::sleep(wait) => {}
                    }
                }
                _ => return Err(Unanswered::Failed(error)),
            }
        }
    }

    /// Ends when the run was cancelled and what is in flight had its time.
    async fn out_of_patience(&self) {
        self.stop.cancelled().await;
        tokio::time::sleep(GRACE).await;
    }
}
