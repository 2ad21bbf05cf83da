//! A first sync of many profiles, against a simulator of its own that answers after 20 ms: how near it
//! comes to what the requests alone must take, and what it costs this computer.

use std::path::Path;
use std::time::{Duration, Instant};

use desk::{Clock, SyncRequest};

use super::Size;
use super::desks::{OwnDesk, count, whole};
use super::simulator::{LATENCY, Simulator};
use crate::process;
use crate::table::{Table, Target};

/// Requests that may be in flight to one API host.
pub(crate) const IN_FLIGHT: f64 = 16.0;

/// What a first sync took.
pub(crate) struct First {
    profiles: usize,
    pub(crate) wall: Duration,
    cpu: Option<Duration>,
    simulators_cpu: Option<Duration>,
    peak_memory: Option<f64>,
    requests: u32,
    repeated: u32,
}

pub(crate) async fn measure(simulator: &Path, size: Size) -> anyhow::Result<First> {
    let simulator = Simulator::start(simulator, size.profiles).await?;
    let tokens = simulator.tokens.iter().map(String::as_str);
    let own = OwnDesk::connected(Clock::default(), &simulator.url, tokens).await?;
    let (cpu, simulators_cpu) = (process::cpu(None), simulator.cpu());
    let began = Instant::now();
    let report = whole(own.desk.sync(SyncRequest::default()).await)?;
    let wall = began.elapsed();
    Ok(First {
        profiles: size.profiles,
        wall,
        cpu: since(cpu, process::cpu(None)),
        simulators_cpu: since(simulators_cpu, simulator.cpu()),
        peak_memory: process::peak_memory(),
        requests: u32::try_from(report.requests)?,
        repeated: u32::try_from(report.retries)?,
    })
}

fn since(before: Option<Duration>, after: Option<Duration>) -> Option<Duration> {
    Some(after?.saturating_sub(before?))
}

impl First {
    /// Puts the figures into the table.
    pub(crate) fn told(self, table: &mut Table) -> Self {
        let mut part = table.part(1);
        let (wall, requests) = (self.wall.as_secs_f64(), f64::from(self.requests));
        // Each request takes the latency at least, and so many of them take it at the same time.
        let bound = requests * LATENCY.as_secs_f64() / IN_FLIGHT;
        let profiles = format!("a first sync of {} profiles", self.profiles);
        part.figure("time", wall, "s", profiles);
        part.target(
            "time over its lower bound",
            wall / bound,
            "",
            Target::AtMost(1.15),
            format!(
                "{bound:.2} s: {requests} requests × {} ms ÷ {IN_FLIGHT} in flight",
                LATENCY.as_millis()
            ),
        );
        let each = |cpu: Option<Duration>| Some(cpu?.as_secs_f64() * 1e3 / count(self.profiles));
        part.target(
            "CPU a profile",
            each(self.cpu),
            "ms",
            Target::AtMost(4.0),
            "of the client's process, the system's on its behalf included",
        );
        part.figure(
            "CPU a profile, the simulator's",
            each(self.simulators_cpu),
            "ms",
            "of the other process on the same processors",
        );
        part.figure(
            "peak memory",
            self.peak_memory.map(|bytes| bytes / 1e6),
            "MB",
            "resident, of the client's process",
        );
        part.figure("requests", requests, "", "repeated ones included");
        part.figure("repeated requests", f64::from(self.repeated), "", "");
        self
    }
}
