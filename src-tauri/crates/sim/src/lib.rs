//! A simulated TagoIO for the demo and the tests.
//!
//! It answers every call that Profile Desk makes of TagoIO with the documented shapes, from a world
//! that a seed makes: accounts, profiles, tokens, teams and two years of usage. It knows none of our
//! other crates, so that the client and its test server cannot be wrong in the same way: its tests
//! hold it against TagoIO's official SDKs instead.
//!
//! ```
//! # async fn example() -> Result<(), sim::SimError> {
//! let tagoio = sim::Simulator::start(sim::Options { profiles: 20, ..sim::Options::default() }).await?;
//! let token = &tagoio.tokens()[0].token; // send it as the header `token`
//! println!("GET {}/profile with {token}", tagoio.base_url());
//! # Ok(())
//! # }
//! ```

mod clock;
mod drive;
mod error;
mod faults;
mod flight;
mod gate;
mod limits;
mod options;
mod query;
mod random;
mod reply;
mod routes;
mod running;
mod server;
mod state;
mod storage;
pub mod world;

pub use clock::{Clock, Hold};
pub use error::SimError;
pub use faults::{Fault, FaultKind};
pub use options::{Options, RateScope};
pub use running::{AccountToken, Running, Simulator};
pub use state::Request;
