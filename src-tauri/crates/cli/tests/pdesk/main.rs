//! pdesk as a whole: the real program against the simulator, with a keychain of its own.
#![cfg(target_os = "linux")] // the throw-away keychain is

mod access;
mod accounts;
mod archive;
mod backups;
mod bad_input;
mod bench;
mod buying;
mod changes;
mod check;
mod config;
mod costs;
mod edits;
mod faults;
mod fleet;
mod groups;
mod kept;
mod kill;
mod live;
mod live_audit;
mod many;
mod offboard;
mod onboard;
mod plan;
#[path = "../../../sim/tests/sdk/process.rs"]
#[allow(
    dead_code,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper of other tests, too"
)]
mod process;
mod profiles;
mod recorder;
mod rotate;
mod same_as_sdk;
mod tokens;
mod transfer;
mod usage;
