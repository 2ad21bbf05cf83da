//! The application: connects accounts, syncs them, reads them back.

pub mod problem;
pub mod read;
