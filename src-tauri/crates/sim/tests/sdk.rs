//! TagoIO's official SDKs against the simulator, call by call. What they cannot read is a defect of
//! the simulator.
#![expect(
    clippy::float_cmp,
    reason = "amounts must arrive exactly as the world holds them"
)]

#[cfg(test)]
#[path = "sdk/account.rs"]
mod account;
#[cfg(test)]
#[path = "sdk/changes.rs"]
mod changes;
#[cfg(test)]
#[path = "sdk/process.rs"]
mod process;
#[cfg(test)]
#[path = "sdk/reading.rs"]
mod reading;
