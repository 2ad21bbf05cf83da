//! The simulator, asked over its socket.
#![expect(
    clippy::float_cmp,
    reason = "amounts must arrive exactly as the world holds them"
)]

#[cfg(test)]
mod accounts;
#[cfg(test)]
mod billing;
#[cfg(test)]
mod changes;
#[cfg(test)]
mod clock;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod http;
#[cfg(test)]
mod members;
#[cfg(test)]
mod program;
#[cfg(test)]
mod rates;
#[cfg(test)]
mod statistics;
#[cfg(test)]
mod tokens;
#[cfg(test)]
mod virtual_time;
#[cfg(test)]
mod world;
