//! The second sync of a store, an hour after the first.
//!
//! The simulator is in this process and shares its standing clock with the desk. So the hour is exactly one
//! on both sides, and the simulator's own book says what was asked; what the clock of another process would
//! have to be told, and how long it takes, is not what is measured here.

use std::time::Duration;

use desk::SyncRequest;

use super::Size;
use super::desks::{self, OwnDesk, count, whole};
use super::simulator::ACCOUNTS;
use crate::table::{Table, Target};

const LATER: Duration = Duration::from_hours(1);

pub(crate) async fn measure(size: Size, table: &mut Table) -> anyhow::Result<()> {
    let options = sim::Options {
        profiles: size.profiles,
        accounts: ACCOUNTS,
        ..sim::Options::default()
    };
    let sim = desks::simulator(options).await?;
    let own = OwnDesk::beside(&sim).await?;
    whole(own.desk.sync(SyncRequest::default()).await)?;
    sim.clear_requests();
    sim.clock().advance(LATER);
    whole(own.desk.sync(SyncRequest::default()).await)?;

    let requests = sim.requests();
    let of_profiles = requests
        .iter()
        .filter(|request| request.route.starts_with("/profile/{id}"))
        .count();
    let mut part = table.part(2);
    part.target(
        "requests a profile, an hour later",
        count(of_profiles) / count(size.profiles),
        "",
        Target::AtMost(2.0),
        format!("{of_profiles} about profiles"),
    );
    part.figure(
        "requests about accounts",
        count(requests.len() - of_profiles),
        "",
        format!("of {ACCOUNTS} accounts"),
    );
    Ok(())
}
