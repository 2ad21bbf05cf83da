//! Waiting by the clock.

use std::task::Poll;
use std::time::{Duration, Instant};

use futures::FutureExt;
use futures::future::poll_immediate;
use jiff::Timestamp;
use sim::Clock;

use crate::http::may;

fn seconds(clock: &Clock, seconds: u64) -> Timestamp {
    clock.now() + Duration::from_secs(seconds)
}

#[tokio::test]
async fn a_wait_ends_when_the_clock_has_come_to_its_time_and_not_before() {
    let clock = may();
    let mut by_set = Box::pin(clock.sleep_until(seconds(&clock, 60)));
    let mut by_advance = Box::pin(clock.sleep_until(seconds(&clock, 90)));
    assert_eq!(poll_immediate(&mut by_set).await, None);
    assert_eq!(poll_immediate(&mut by_advance).await, None);
    clock.set(seconds(&clock, 59));
    assert_eq!(poll_immediate(&mut by_set).await, None);
    clock.set(seconds(&clock, 1));
    assert_eq!(poll_immediate(&mut by_set).await, Some(()));
    assert_eq!(poll_immediate(&mut by_advance).await, None);
    clock.advance(Duration::from_mins(5));
    assert_eq!(poll_immediate(&mut by_advance).await, Some(()));
    assert_eq!(
        poll_immediate(clock.sleep_until(clock.now())).await,
        Some(())
    );
}

#[tokio::test]
async fn a_task_is_woken_by_a_clone_of_the_clock() {
    let clock = may();
    let waits = tokio::spawn(clock.sleep_until(seconds(&clock, 3_600)));
    while clock.next_wake().is_none() {
        tokio::task::yield_now().await;
    }
    clock.clone().advance(Duration::from_hours(1));
    tokio::time::timeout(Duration::from_secs(2), waits)
        .await
        .expect("ends in time")
        .expect("does not panic");
}

#[tokio::test]
async fn the_next_wake_is_the_earliest_of_those_that_still_wait() {
    let clock = may();
    assert_eq!(clock.next_wake(), None);
    let (soon, late) = (seconds(&clock, 10), seconds(&clock, 20));
    let mut later = Box::pin(clock.sleep_until(late));
    let mut sooner = Box::pin(clock.sleep_until(soon));
    let mut as_soon = Box::pin(clock.sleep_until(soon));
    assert_eq!(clock.next_wake(), None, "nobody has begun to wait");
    for wait in [&mut later, &mut sooner] {
        assert_eq!(poll_immediate(wait).await, None);
    }
    assert_eq!(poll_immediate(&mut as_soon).await, None);
    assert_eq!(clock.next_wake(), Some(soon));
    drop(sooner);
    assert_eq!(clock.next_wake(), Some(soon));
    drop(as_soon);
    assert_eq!(clock.next_wake(), Some(late));
    clock.set(late);
    assert_eq!(clock.next_wake(), None);
}

#[tokio::test]
async fn setting_the_clock_back_loses_no_waiter() {
    let clock = may();
    let begun = clock.now();
    let mut waits = Box::pin(clock.sleep_until(seconds(&clock, 60)));
    assert_eq!(poll_immediate(&mut waits).await, None);
    clock.set(begun - Duration::from_hours(2));
    assert_eq!(poll_immediate(&mut waits).await, None);
    assert_eq!(clock.next_wake(), Some(begun + Duration::from_mins(1)));
    // It was there for a moment, and that is enough.
    clock.set(begun + Duration::from_mins(1));
    clock.set(begun);
    assert_eq!(poll_immediate(&mut waits).await, Some(()));
}

#[tokio::test]
async fn by_the_systems_clock_a_wait_takes_real_time() {
    let clock = Clock::system();
    let begun = Instant::now();
    let until = clock.now() + Duration::from_millis(40);
    clock.sleep_until(until).await;
    assert!(clock.now() >= until && begun.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn a_wait_by_the_systems_clock_goes_on_when_that_is_made_to_stand() {
    let clock = Clock::system();
    let now = clock.now();
    let mut waits = Box::pin(clock.sleep_until(now + Duration::from_millis(40)));
    assert!(waits.as_mut().now_or_never().is_none());
    clock.set(now);
    tokio::time::sleep(Duration::from_millis(80)).await;
    assert_eq!(futures::poll!(&mut waits), Poll::Pending);
    clock.advance(Duration::from_millis(40));
    assert_eq!(futures::poll!(&mut waits), Poll::Ready(()));
}
