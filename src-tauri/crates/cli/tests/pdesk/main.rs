//! pdesk as a whole: the real program against the simulator, with a keychain of its own.
#![cfg(target_os = "linux")] // the throw-away keychain is

mod accounts;
mod bad_input;
mod bench;
mod faults;
mod fleet;
mod live;
mod many;
mod usage;
