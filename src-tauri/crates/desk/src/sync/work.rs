//! The work of a run: the operations on profiles, many at once, until none is left.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, PoisonError};

use futures::FutureExt;
use store::{PlannedProfile, ProfileKey, Subject};
use tokio::task::JoinSet;

use super::job::{End, RunContext};
use super::plan::{self, Known, Operation, Plan, Wish};
use super::queue::{LaneKey, Queue, lane};
use crate::problem::Problem;

/// What a run has still to do, and with what.
pub(crate) struct Work {
    context: Arc<RunContext>,
    pub(crate) queue: Queue,
}

impl Work {
    /// The operations of a plan on these profiles.
    pub(crate) fn new(
        context: Arc<RunContext>,
        plan: &Plan,
        assigned: Vec<PlannedProfile>,
    ) -> Arc<Self> {
        let operations = plan
            .operations
            .iter()
            .filter(|operation| matches!(operation.subject, Subject::Profile(_)));
        let mut counts: HashMap<Subject, u32> = HashMap::new();
        for operation in operations.clone() {
            *counts.entry(operation.subject).or_default() += 1;
        }
        context
            .tally
            .expect_profiles(assigned.iter().map(|profile| {
                let count = counts.get(&Subject::Profile(profile.key));
                (profile.account, profile.key, count.copied().unwrap_or(0))
            }));
        context
            .assigned
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(assigned.into_iter().map(|profile| (profile.key, profile)));
        let queue = Queue::default();
        queue.add(operations.copied());
        Arc::new(Self { context, queue })
    }

    /// Has everything of a profile asked for before all else. `false` if this run does not reach it, or is
    /// over.
    pub(crate) fn ask_first(&self, profile: ProfileKey) -> bool {
        let Some(assigned) = self.context.assigned(profile) else {
            return false;
        };
        let wish = Wish {
            profile: Some(profile),
            ..Wish::default()
        };
        let (settings, now) = (&self.context.settings, self.context.inner.clock.now());
        let pair = [(profile, assigned.account)];
        let plan = plan::of_profiles(&pair, None, &Known::default(), &wish, settings, now);
        let Some(additional) = self.queue.put_first(&plan.operations) else {
            return false;
        };
        let count = u32::try_from(additional.len()).unwrap_or(u32::MAX);
        let more = [(assigned.account, profile, count)];
        self.context.tally.expect_profiles(more.into_iter());
        true
    }

    /// Does all of it, and what is added meanwhile.
    pub(crate) async fn run(&self) {
        let mut tasks: JoinSet<LaneKey> = JoinSet::new();
        let mut at_work: HashMap<LaneKey, usize> = HashMap::new();
        let mut waiting = self.context.inner.pace.waiting();
        loop {
            while let Some(operation) = self.queue.next(&at_work) {
                *at_work.entry(lane(&operation)).or_default() += 1;
                let context = Arc::clone(&self.context);
                tasks.spawn(async move {
                    carry_out(&context, operation).await;
                    lane(&operation)
                });
            }
            if tasks.is_empty() && self.queue.close_if_empty() {
                break;
            }
            tokio::select! {
                Some(done) = tasks.join_next() => {
                    if let Ok(lane) = done {
                        at_work.entry(lane).and_modify(|count| *count -= 1);
                    }
                }
                () = self.queue.changed.notified() => {}
                Ok(()) = waiting.changed() => {
                    let until = *waiting.borrow_and_update();
                    self.context.tally.waiting(until);
                }
            }
        }
        self.context.tally.waiting(None);
    }
}

/// A panic in an operation ends that operation, and is told as the defect that it is.
async fn carry_out(context: &RunContext, operation: Operation) {
    let done = AssertUnwindSafe(context.carry_out(operation)).catch_unwind();
    if done.await.is_err() {
        let problem = Problem::internal("an operation of the sync ended early");
        let dataset = operation.dataset;
        context
            .tally
            .failed(operation.account, None, dataset, &problem);
        context.tally.operation_ended(&operation, End::Failed);
    }
}
