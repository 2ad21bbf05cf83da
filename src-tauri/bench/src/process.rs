//! What a process has used, as Linux tells it; elsewhere it is unknown.

use std::time::Duration;

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

/// The most memory that this process has held at once, in bytes.
pub(crate) fn peak_memory() -> Option<f64> {
    let status = read(None, "status")?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u32 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(f64::from(kibibytes) * 1024.0)
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
    }
}
