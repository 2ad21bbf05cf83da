//! How many requests may be in flight: 16 per API host, 32 in all.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

const PER_HOST: usize = 16;
const IN_ALL: usize = 32;

/// Lets requests through, a bounded number at once.
#[derive(Debug)]
pub(crate) struct Gate {
    all: Arc<Semaphore>,
    hosts: Mutex<HashMap<String, Arc<Semaphore>>>,
}

/// The right to have one request in flight, given back when dropped.
#[derive(Debug)]
pub(crate) struct Passage {
    _host: Option<OwnedSemaphorePermit>,
    _all: Option<OwnedSemaphorePermit>,
}

impl Gate {
    pub(crate) fn new() -> Self {
        Self {
            all: Arc::new(Semaphore::new(IN_ALL)),
            hosts: Mutex::default(),
        }
    }

    /// Waits until a request to this host may be sent. The host's place is taken first, so that a
    /// slow host's queue never holds places that another host could use.
    pub(crate) async fn enter(&self, host: &str) -> Passage {
        let of_host = {
            let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(
                hosts
                    .entry(host.to_owned())
                    .or_insert_with(|| Arc::new(Semaphore::new(PER_HOST))),
            )
        };
        // Neither semaphore is ever closed, so neither acquisition can fail.
        let host = of_host.acquire_owned().await.ok();
        let all = Arc::clone(&self.all).acquire_owned().await.ok();
        Passage {
            _host: host,
            _all: all,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn no_host_gets_more_than_sixteen_places_and_all_no_more_than_thirty_two() {
        let gate = Arc::new(Gate::new());
        let mut counts = HashMap::new();
        let (total, peak_total) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let mut requests = tokio::task::JoinSet::new();
        for number in 0..300 {
            let host = format!("host-{}", number % 3);
            let (now, peak) = counts
                .entry(host.clone())
                .or_insert_with(|| (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0))))
                .clone();
            let (gate, total, peak_total) = (
                Arc::clone(&gate),
                Arc::clone(&total),
                Arc::clone(&peak_total),
            );
            requests.spawn(async move {
                let _passage = gate.enter(&host).await;
                peak.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                peak_total.fetch_max(total.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(2)).await;
                now.fetch_sub(1, Ordering::SeqCst);
                total.fetch_sub(1, Ordering::SeqCst);
            });
        }
        requests.join_all().await;
        for (_, peak) in counts.values() {
            assert!(peak.load(Ordering::SeqCst) <= PER_HOST);
        }
        assert_eq!(peak_total.load(Ordering::SeqCst), IN_ALL);
    }
}
