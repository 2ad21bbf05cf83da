//! The words of the house: what every other crate means by a profile, a service, an amount,
//! money, a token and how fresh something is. No I/O, and nothing that knows another crate of ours.

mod action_result;
mod amounts;
mod attention;
mod change_kind;
mod dataset;
mod freshness;
mod id;
mod money;
mod service;
mod token;
mod usage_state;
mod word;

pub use action_result::ActionResult;
pub use amounts::{Amounts, Sample};
pub use attention::{AttentionFacts, AttentionKind, AttentionSeverity};
pub use change_kind::ChangeKind;
pub use dataset::Dataset;
pub use freshness::{FetchOutcome, FetchStatus, Freshness};
pub use id::{AccountId, IdError, ProfileId};
pub use jiff::Timestamp;
pub use money::Cents;
pub use service::{Service, ServiceKind};
pub use token::{Fingerprint, Salt, Token, TokenError, TokenKind};
pub use usage_state::{UsageState, usage_share};
