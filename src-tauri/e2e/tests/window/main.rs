//! The built app in its real window. One program holds all of these tests, so that one waits for its window while
//! another uses the processors.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]

mod activity;
mod begin;
mod changes;
mod deep_link;
mod export;
mod journey;
mod languages;
mod limits;
mod offboard;
mod onboard;
mod refusals;
mod screens;
mod several;
mod sign_in;
mod size;
mod together;
