//! A first sync that TagoIO's limits decide, not the network: an account with many profiles and a hundred
//! requests a minute and route, in virtual time.

use std::collections::BTreeMap;

use desk::SyncRequest;
use jiff::Timestamp;
use sim::Request;

use super::Size;
use super::desks::{self, OwnDesk, count, whole};
use super::first::IN_FLIGHT;
use crate::table::{Table, Target};

/// Requests a minute and route.
const PER_MINUTE: usize = 100;

const TOO_MANY: Option<u16> = Some(429);

pub(crate) async fn measure(size: Size, table: &mut Table) -> anyhow::Result<()> {
    let options = sim::Options {
        profiles: size.limited,
        accounts: 1,
        rpm: u32::try_from(PER_MINUTE).ok(),
        ..sim::Options::default()
    };
    let sim = desks::simulator(options).await?;
    let own = OwnDesk::beside(&sim).await?;
    sim.clear_requests();
    let began = sim.clock().now();
    whole(sim.run_through(own.desk.sync(SyncRequest::default())).await)?;
    let took = minutes(began, sim.clock().now());

    let requests = sim.requests();
    let routes = Routes::of(&requests);
    let busiest = routes
        .0
        .values()
        .map(|route| route.answered)
        .max()
        .unwrap_or(0);
    let bound = bound(busiest, began);
    let mut part = table.part(3);
    part.figure(
        "time by the clock",
        took,
        "min",
        format!(
            "a first sync of {} profiles of an account, {PER_MINUTE} requests a minute and route",
            size.limited
        ),
    );
    part.target(
        "time over its lower bound",
        took / bound,
        "",
        Target::AtMost(1.05),
        format!("{bound:.2} min: {busiest} requests of the busiest route, {PER_MINUTE} in each minute of the clock"),
    );
    let refused: usize = routes.0.values().map(|route| route.refused).sum();
    let met = routes.0.values().filter(|route| route.refused > 0).count();
    part.target(
        "answered 429, at most on one route",
        count(
            routes
                .0
                .values()
                .map(|route| route.refused)
                .max()
                .unwrap_or(0),
        ),
        "",
        Target::AtMost(IN_FLIGHT),
        format!("{refused} on {met} routes: what was in flight when a route's limit was first met"),
    );
    part.target(
        "answered 429 after that minute",
        count(routes.0.values().map(|route| route.refused_later).sum()),
        "",
        Target::AtMost(0.0),
        "in a later minute than a route's first one",
    );
    Ok(())
}

/// The least that these requests can take, in minutes. Of one route no more than [`PER_MINUTE`] go through in
/// a minute of the clock, so that they need so many of its minutes, and the last of these begins that much
/// after the run did. What is asked in that last minute takes next to no time more.
fn bound(requests: usize, began: Timestamp) -> f64 {
    let into = began.as_second().rem_euclid(60);
    let needed = requests.div_ceil(PER_MINUTE).max(1);
    count(needed - 1) - f64::from(u8::try_from(into).unwrap_or(0)) / 60.0
}

fn minutes(from: Timestamp, to: Timestamp) -> f64 {
    to.duration_since(from).as_secs_f64() / 60.0
}

/// What became of the requests, by route.
#[derive(Default)]
struct Routes<'a>(BTreeMap<(&'a str, &'a str), Route>);

#[derive(Default)]
struct Route {
    /// Requests that were not one too many.
    answered: usize,
    /// Those that were.
    refused: usize,
    /// Those of them that came in a later minute than the first.
    refused_later: usize,
    met: Option<i64>,
}

impl<'a> Routes<'a> {
    fn of(requests: &'a [Request]) -> Self {
        let mut routes = Self::default();
        for request in requests {
            let key = (request.method.as_str(), request.route.as_str());
            let route = routes.0.entry(key).or_default();
            if request.status != TOO_MANY {
                route.answered += 1;
                continue;
            }
            let minute = request.at.as_second().div_euclid(60);
            route.refused += 1;
            if *route.met.get_or_insert(minute) != minute {
                route.refused_later += 1;
            }
        }
        routes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        format!("2026-11-22T{text}Z").parse().unwrap()
    }

    #[test]
    fn the_last_hundred_of_a_route_wait_for_their_minute() {
        let near = |found: f64, expected: f64| (found - expected).abs() < 1e-9;
        assert!(near(bound(100, at("13:20:00")), 0.0));
        assert!(near(bound(101, at("13:20:00")), 1.0));
        assert!(near(bound(4_000, at("13:20:00")), 39.0));
        assert!(near(bound(4_000, at("13:20:30")), 38.5));
    }

    #[test]
    fn a_refusal_in_a_later_minute_is_told_apart() {
        let request = |at: Timestamp, status| Request {
            method: "GET".to_owned(),
            route: "/profile/{id}".to_owned(),
            path: String::new(),
            at,
            account: None,
            status: Some(status),
        };
        let requests = [
            request(at("13:20:01"), 200),
            request(at("13:20:01"), 429),
            request(at("13:20:59"), 429),
            request(at("13:21:00"), 429),
        ];
        let routes = Routes::of(&requests);
        let route = &routes.0[&("GET", "/profile/{id}")];
        assert_eq!(
            (route.answered, route.refused, route.refused_later),
            (1, 3, 1)
        );
    }
}
