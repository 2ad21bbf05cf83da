//! pdesk as a whole: the real program against the simulator, with a keychain of its own.
#![cfg(target_os = "linux")] // the throw-away keychain is

mod accounts;
mod archive;
mod bad_input;
mod bench;
mod changes;
mod config;
mod faults;
mod fleet;
mod kept;
mod kill;
mod live;
mod many;
mod plan;
mod usage;
