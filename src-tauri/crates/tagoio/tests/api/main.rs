//! The client against real HTTP on loopback, a file an area; one program, so that it links once.

// Clippy's leave for tests does not reach what tests share.
#![allow(clippy::panic, clippy::unwrap_used)]

mod account;
mod audit;
mod backups;
mod billing;
mod common;
mod pace;
mod profiles;
mod proxy;
mod refusals;
mod regions;
mod scrubbing;
mod statistics;
mod tokens;
mod wire;
