//! What a process has used, as Linux tells it; elsewhere it is unknown.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// The processor time of a process until now: its own and the system's on its behalf. `None` as the
/// process: this one.
pub(crate) fn cpu(process: Option<u32>) -> Option<Duration> {
    let stat = read(process, "stat")?;
    // The name before it stands in brackets and may hold anything, brackets too.
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<u32>().ok();
    let ticks = ticks()?.checked_add(ticks()?)?;
    Some(Duration::from_secs(1) * ticks / ticks_a_second()?)
}

/// The processor time of this process until now, to the microsecond.
#[cfg(unix)]
pub(crate) fn own_cpu() -> Option<Duration> {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::try_from(now).ok()
}

#[cfg(not(unix))]
pub(crate) fn own_cpu() -> Option<Duration> {
    None
}

/// The most memory that this process has held at once, in bytes.
pub(crate) fn peak_memory() -> Option<f64> {
    let status = read(None, "status")?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u32 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(f64::from(kibibytes) * 1024.0)
}

/// The memory of a process in bytes, where what it shares with others is divided among them.
#[cfg(target_os = "linux")]
pub(crate) fn proportional_memory(process: u32) -> Option<f64> {
    let rollup = read(Some(process), "smaps_rollup")?;
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    let kibibytes: u32 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(f64::from(kibibytes) * 1024.0)
}

/// The group of a running process; one that only waits to be buried has none.
#[cfg(target_os = "linux")]
pub(crate) fn group(process: u32) -> Option<u32> {
    let stat = read(Some(process), "stat")?;
    // The name before it stands in brackets and may hold anything, brackets too.
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace();
    let state = fields.next()?;
    let group = fields.nth(1)?.parse().ok()?;
    (state != "Z").then_some(group)
}

/// How many processes wait for a processor of this machine, over the last minute.
pub(crate) fn load() -> Option<f64> {
    let load = std::fs::read_to_string("/proc/loadavg").ok()?;
    load.split_whitespace().next()?.parse().ok()
}

/// Microseconds until a page of memory that nobody used lately can be written. A virtual machine whose host takes idle
/// memory back needs many: whatever draws or allocates is slower there, and the figures of two machines differ by it.
pub(crate) fn fresh_page() -> f64 {
    const PAGES: u32 = 16_384;
    const PAGE: usize = 4_096;
    let mut memory = vec![0_u8; PAGES as usize * PAGE];
    let begun = Instant::now();
    for page in memory.chunks_mut(PAGE) {
        page[0] = 1;
    }
    black_box(&memory);
    (begun.elapsed() / PAGES).as_secs_f64() * 1e6
}

fn read(process: Option<u32>, file: &str) -> Option<String> {
    let process = process.map_or_else(|| "self".to_owned(), |id| id.to_string());
    std::fs::read_to_string(format!("/proc/{process}/{file}")).ok()
}

#[cfg(unix)]
fn ticks_a_second() -> Option<u32> {
    u32::try_from(rustix::param::clock_ticks_per_second()).ok()
}

#[cfg(not(unix))]
fn ticks_a_second() -> Option<u32> {
    None
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn this_process_has_used_something_and_what_is_not_there_is_unknown() {
        assert!(cpu(None).is_some());
        assert!(cpu(Some(std::process::id())).is_some());
        assert!(peak_memory().unwrap() > 100_000.0);
        assert_eq!(cpu(Some(u32::MAX)), None);
        let here = std::process::id();
        assert!(proportional_memory(here).unwrap() > 100_000.0);
        assert_eq!(group(here), group(here));
        assert_eq!(group(u32::MAX), None);
        assert!(load().is_some());
    }
}
