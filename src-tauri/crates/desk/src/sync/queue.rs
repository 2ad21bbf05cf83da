//! The operations that are still to be begun, in lanes: one for each account and dataset, so that a
//! route that waits for its limit keeps no other waiting.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use model::Dataset;
use store::{AccountKey, ProfileKey, Subject};
use tokio::sync::Notify;

use super::plan::Operation;

/// Operations of one lane that are at work at once: as many as a host lets through. More would only wait
/// there, and could not be overtaken any more.
const AT_ONCE: usize = 16;

/// What shares a lane.
pub(crate) type LaneKey = (AccountKey, Dataset);

#[derive(Default)]
pub(crate) struct Queue {
    lanes: Mutex<Lanes>,
    /// Something was added.
    pub(crate) changed: Notify,
}

#[derive(Default)]
struct Lanes {
    /// What a person waits for, ahead of all lanes and however full they are: else what is kept of a
    /// limit for a person could not be used while the rest waits for the minute to end.
    first: VecDeque<Operation>,
    waiting: BTreeMap<LaneKey, VecDeque<Operation>>,
    closed: bool,
}

pub(crate) fn lane(operation: &Operation) -> LaneKey {
    (operation.account, operation.dataset)
}

impl Queue {
    fn lanes(&self) -> MutexGuard<'_, Lanes> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds operations in their order.
    pub(crate) fn add(&self, operations: impl IntoIterator<Item = Operation>) {
        let mut lanes = self.lanes();
        for operation in operations {
            let lane = lanes.waiting.entry(lane(&operation)).or_default();
            lane.push_back(operation);
        }
    }

    /// Puts operations ahead of the rest, each in place of the one that may wait there already for the
    /// same. Returns those that are additional, or nothing at all if the run is over.
    pub(crate) fn put_first(&self, operations: &[Operation]) -> Option<Vec<Operation>> {
        let mut lanes = self.lanes();
        if lanes.closed {
            return None;
        }
        let mut additional = Vec::new();
        for operation in operations.iter().rev() {
            if !lanes.take_out(lane(operation), operation.subject) {
                additional.push(*operation);
            }
            lanes.first.push_front(*operation);
        }
        drop(lanes);
        self.changed.notify_one();
        Some(additional)
    }

    /// Moves what is to be asked of a profile ahead of the rest.
    pub(crate) fn look_at(&self, profile: ProfileKey) {
        let mut guard = self.lanes();
        let lanes = &mut *guard;
        for waiting in lanes.waiting.values_mut() {
            let place = waiting
                .iter()
                .position(|operation| operation.subject == Subject::Profile(profile));
            lanes
                .first
                .extend(place.and_then(|place| waiting.remove(place)));
        }
        drop(guard);
        self.changed.notify_one();
    }

    /// The next operation: what a person waits for, else one whose lane is not full, given how many of each
    /// are at work.
    pub(crate) fn next(&self, at_work: &HashMap<LaneKey, usize>) -> Option<Operation> {
        let mut lanes = self.lanes();
        lanes.first.pop_front().or_else(|| {
            lanes
                .waiting
                .iter_mut()
                .filter(|(lane, _)| at_work.get(lane).copied().unwrap_or(0) < AT_ONCE)
                .find_map(|(_, waiting)| waiting.pop_front())
        })
    }

    /// Takes nothing any more if nothing waits. Whether it does.
    pub(crate) fn close_if_empty(&self) -> bool {
        let mut lanes = self.lanes();
        lanes.closed = lanes.first.is_empty() && lanes.waiting.values().all(VecDeque::is_empty);
        lanes.closed
    }
}

impl Lanes {
    /// Takes out what waits to be asked about a subject. Whether there was anything.
    fn take_out(&mut self, lane: LaneKey, subject: Subject) -> bool {
        let before = self.first.len();
        let (_, dataset) = lane;
        self.first
            .retain(|other| (other.subject, other.dataset) != (subject, dataset));
        let mut found = self.first.len() != before;
        if let Some(waiting) = self.waiting.get_mut(&lane) {
            let before = waiting.len();
            waiting.retain(|other| other.subject != subject);
            found |= waiting.len() != before;
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::PlanReason;

    fn operation(profile: i64, dataset: Dataset) -> Operation {
        Operation {
            account: AccountKey(1),
            subject: Subject::Profile(ProfileKey(profile)),
            dataset,
            reason: PlanReason::Stale,
            fetched_at: None,
            urgent: false,
        }
    }

    fn drained(queue: &Queue) -> Vec<i64> {
        let at_work = HashMap::new();
        std::iter::from_fn(|| queue.next(&at_work))
            .map(|operation| match operation.subject {
                Subject::Profile(profile) => profile.0,
                Subject::Account(_) => 0,
            })
            .collect()
    }

    #[test]
    fn what_is_looked_at_and_what_is_asked_for_overtake_the_rest() {
        let queue = Queue::default();
        queue.add((1..=5).map(|profile| operation(profile, Dataset::Team)));
        queue.look_at(ProfileKey(3));
        let asked = Operation {
            reason: PlanReason::Asked,
            ..operation(4, Dataset::Team)
        };
        let fresh = operation(9, Dataset::Team);
        let additional = queue.put_first(&[asked, fresh]).unwrap();
        assert_eq!(additional, [fresh], "the other one waited already");
        assert_eq!(drained(&queue), [4, 9, 3, 1, 2, 5]);
    }

    #[test]
    fn a_lane_that_is_full_keeps_no_other_waiting_and_no_person() {
        let queue = Queue::default();
        queue.add((1..=3).map(|profile| operation(profile, Dataset::Team)));
        queue.add([operation(4, Dataset::Tokens)]);
        let full = HashMap::from([((AccountKey(1), Dataset::Team), AT_ONCE)]);
        let next = queue.next(&full).unwrap();
        assert_eq!(next, operation(4, Dataset::Tokens));
        assert_eq!(queue.next(&full), None);
        queue.look_at(ProfileKey(2));
        assert_eq!(queue.next(&full), Some(operation(2, Dataset::Team)));
        assert_eq!(
            queue.put_first(&[operation(3, Dataset::Team)]),
            Some(vec![])
        );
        assert_eq!(queue.next(&full), Some(operation(3, Dataset::Team)));
        assert_eq!(queue.next(&full), None);
    }

    #[test]
    fn a_run_that_is_over_takes_nothing_any_more() {
        let queue = Queue::default();
        queue.add([operation(1, Dataset::Team)]);
        assert!(!queue.close_if_empty());
        assert_eq!(drained(&queue), [1]);
        assert!(queue.close_if_empty());
        assert_eq!(queue.put_first(&[operation(1, Dataset::Team)]), None);
    }
}
