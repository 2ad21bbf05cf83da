//! The store on real files, in folders of its own.

// Clippy takes functions beside a test's own for production code, and proposes paths for closures over
// a `Reader` that do not compile, for their lifetime.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::redundant_closure_for_method_calls,
    clippy::unwrap_used
)]

mod access_count;
mod actions;
mod allocation;
mod archive;
mod attention;
mod backups;
mod changes;
#[cfg(unix)]
mod children;
mod damage;
mod errands;
mod filter;
mod fleet;
mod fleet_sort;
mod groups;
mod learned;
mod names;
mod opening;
mod past;
mod planning;
mod reach;
mod tokens;
mod usage;
mod world;
