//! Requests in flight, and hours that pass in milliseconds.

use std::time::{Duration, Instant};

use futures::future::join_all;
use sim::{Fault, FaultKind, Options, Running};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::http::{Client, start, with};

/// Until so many requests are in flight.
async fn in_flight(running: &Running, count: usize) {
    let come = async {
        while running.in_flight() != count {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(2), come)
        .await
        .unwrap_or_else(|_| panic!("{} in flight, not {count}", running.in_flight()));
}

/// Asks without waiting for the answer.
async fn ask(running: &Running) -> TcpStream {
    let mut stream = TcpStream::connect(running.address())
        .await
        .expect("connects");
    let token = &running.tokens()[0].token;
    let head = format!("GET /profile HTTP/1.1\r\nhost: sim\r\ntoken: {token}\r\n\r\n");
    stream.write_all(head.as_bytes()).await.expect("sends");
    stream
}

#[tokio::test]
async fn a_request_is_in_flight_until_it_is_answered_or_its_client_is_gone() {
    let running = with(Options {
        latency: Duration::from_mins(1),
        ..Options::default()
    })
    .await;
    assert_eq!(running.in_flight(), 0);
    let (one, two) = (ask(&running).await, ask(&running).await);
    in_flight(&running, 2).await;
    drop(one);
    in_flight(&running, 1).await;
    drop(two);
    in_flight(&running, 0).await;

    let running = start(20, 2).await;
    Client::of(&running, 0).get("/profile").await.result();
    in_flight(&running, 0).await;
    running.set_fault(Fault::new(FaultKind::Drop));
    Client::of(&running, 0).get("/profile").await;
    in_flight(&running, 0).await;
}

#[tokio::test]
async fn a_stalled_answer_is_in_flight_as_long_as_its_client_waits() {
    let running = start(20, 2).await;
    running.set_fault(Fault::new(FaultKind::Stall));
    let stream = ask(&running).await;
    in_flight(&running, 1).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(running.in_flight(), 1);
    drop(stream);
    in_flight(&running, 0).await;
}

#[tokio::test]
async fn a_day_of_hourly_requests_passes_in_a_moment() {
    let running = start(20, 2).await;
    let (clock, begun) = (running.clock(), Instant::now());
    let started = clock.now();
    let client = Client::of(&running, 0);
    let day = async {
        for hour in 1..=24 {
            client.get("/account").await.result();
            clock
                .sleep_until(started + Duration::from_hours(hour))
                .await;
        }
        "done"
    };
    assert_eq!(running.run_through(day).await, "done");
    assert!(begun.elapsed() < Duration::from_secs(10));
    assert_eq!(clock.now(), started + Duration::from_hours(24));
    let times: Vec<_> = running.requests().iter().map(|asked| asked.at).collect();
    let hours: Vec<_> = (0..24)
        .map(|hour| started + Duration::from_hours(hour))
        .collect();
    assert_eq!(times, hours);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn waiters_of_other_tasks_are_woken_in_the_order_of_their_times() {
    let running = start(20, 2).await;
    let clock = running.clock();
    let begun = clock.now();
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    for minutes in [30, 10, 20] {
        let (clock, tell) = (clock.clone(), tell.clone());
        tokio::spawn(async move {
            clock
                .sleep_until(begun + Duration::from_mins(minutes))
                .await;
            tell.send((minutes, clock.now())).expect("somebody listens");
        });
    }
    let all = async {
        let mut all = Vec::new();
        while all.len() < 3 {
            all.extend(told.recv().await);
        }
        all
    };
    let expected: Vec<_> = [10, 20, 30]
        .map(|minutes| (minutes, begun + Duration::from_mins(minutes)))
        .to_vec();
    assert_eq!(running.run_through(all).await, expected);
}

#[tokio::test]
async fn the_clock_stands_while_an_answer_is_being_made() {
    let running = start(20, 2).await;
    let (clock, client) = (running.clock(), Client::of(&running, 0));
    let begun = clock.now();
    // It breaks after a moment of real time.
    running.set_fault(Fault::new(FaultKind::Truncated));
    let mut hour = Box::pin(clock.sleep_until(begun + Duration::from_hours(1)));
    let work = async {
        tokio::select! {
            answer = client.get("/profile") => answer.status,
            () = &mut hour => 0,
        }
    };
    assert_eq!(running.run_through(work).await, 200);
    assert_eq!(clock.now(), begun);
}

#[tokio::test]
async fn latency_is_waited_by_the_clock_that_is_driven() {
    let running = with(Options {
        latency: Duration::from_secs(40),
        ..Options::default()
    })
    .await;
    running.set_fault(Fault::new(FaultKind::Latency(Duration::ZERO)));
    let (clock, begun) = (running.clock(), Instant::now());
    let started = clock.now();
    let client = Client::of(&running, 0);
    let all = join_all((0..16).map(|_| client.get("/account")));
    let look = async {
        clock.sleep_until(started + Duration::from_secs(20)).await;
        running.in_flight()
    };
    let (answers, seen) = running.run_through(async { tokio::join!(all, look) }).await;
    for answer in answers {
        answer.result();
    }
    assert_eq!(seen, 16);
    assert_eq!(clock.now(), started + Duration::from_secs(40));
    assert!(begun.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn a_client_runs_out_of_patience_with_a_stalled_answer_in_virtual_time() {
    let running = start(20, 2).await;
    running.set_fault(Fault::new(FaultKind::Stall));
    let (clock, client) = (running.clock(), Client::of(&running, 0));
    let until = clock.now() + Duration::from_mins(1);
    let patience = clock.sleep_until(until);
    let work = async {
        tokio::select! {
            _ = client.get("/profile") => false,
            () = patience => true,
        }
    };
    assert!(running.run_through(work).await);
    assert_eq!(clock.now(), until);
}

#[tokio::test]
async fn a_run_to_a_time_does_all_before_it_and_goes_on_later() {
    let running = start(20, 2).await;
    let (clock, client) = (running.clock(), Client::of(&running, 0));
    let started = clock.now();
    let minutes = |count| started + Duration::from_mins(count);
    let mut work = Box::pin(async {
        for count in 1..=5 {
            clock.sleep_until(minutes(10 * count)).await;
            client.get("/account").await.result();
        }
        "done"
    });
    let asked = || running.requests().len();
    assert_eq!(running.run_to(minutes(5), &mut work).await, None);
    assert_eq!((clock.now(), asked()), (minutes(5), 0));
    assert_eq!(running.run_to(minutes(30), &mut work).await, None);
    assert_eq!((clock.now(), asked()), (minutes(30), 3));
    // A time that is past moves nothing.
    assert_eq!(running.run_to(minutes(20), &mut work).await, None);
    assert_eq!((clock.now(), asked()), (minutes(30), 3));
    assert_eq!(running.run_to(minutes(99), &mut work).await, Some("done"));
    assert_eq!((clock.now(), asked()), (minutes(50), 5));
}

#[tokio::test]
async fn a_clock_of_the_systems_stands_once_it_is_driven() {
    let running = sim::Simulator::start(Options::default())
        .await
        .expect("starts");
    let clock = running.clock();
    running
        .run_through(clock.sleep_until(clock.now() + Duration::from_hours(3)))
        .await;
    let now = clock.now();
    tokio::time::sleep(Duration::from_millis(5)).await;
    assert_eq!(clock.now(), now);
}

#[tokio::test]
async fn a_clock_that_is_held_is_not_moved_until_it_is_let_go() {
    let running = start(2, 1).await;
    let clock = running.clock();
    let began = clock.now();
    let work = async {
        let hold = clock.hold();
        let sleeper = tokio::spawn(clock.sleep_until(began + Duration::from_hours(1)));
        tokio::time::sleep(Duration::from_millis(60)).await;
        assert_eq!(clock.now(), began);
        drop(hold);
        sleeper.await.expect("it ends");
    };
    running.run_through(work).await;
    assert_eq!(clock.now(), began + Duration::from_hours(1));
}
