//! Why a simulator could not start.

use std::net::SocketAddr;

/// Why a simulator could not start or a text could not be read.
#[derive(Debug, thiserror::Error)]
pub enum SimError {
    /// The address is not a loopback address. A simulated service with known passwords belongs on no network.
    #[error(
        "the simulator listens on loopback addresses only, and {0} is none: use 127.0.0.1 with a port of your choice"
    )]
    NotLoopback(SocketAddr),
    /// The address could not be bound, mostly because another program holds the port.
    #[error("cannot listen on {address}: {source}; choose another port, or 0 for any free one")]
    Bind {
        /// What was asked for.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// The numbers asked for do not make a world.
    #[error(
        "{profiles} profiles cannot be spread over {accounts} accounts: there must be at least one account, and a profile for each"
    )]
    TooFewProfiles {
        /// How many profiles were asked for.
        profiles: usize,
        /// How many accounts were asked for.
        accounts: usize,
    },
    /// A fault was described in words that are not known.
    #[error("\"{text}\" is not a fault: {reason}; write KIND[:SHARE][@ROUTE], where KIND is one of {kinds}", kinds = crate::faults::kinds())]
    BadFault {
        /// What was given.
        text: String,
        /// What is wrong with it.
        reason: &'static str,
    },
}
