//! The TagoIO API, every call typed.
//!
//! A [`Client`] speaks to one API host; [`Client::session`] adds a token. Every request goes through
//! one place, which sends it once: when, and whether again, is the caller's to say, by a [`Pace`]. The
//! caller sees each request through [`ClientOptions::observer`].
//!
//! Replies are read generously: unknown fields are ignored, and what is missing, `null` or unreadable
//! is unknown (`None`), never zero. Only what names a thing (its id, a sample's time, a new token's
//! value) must be there: without it the reply is [`ApiError::UnexpectedShape`] with the JSON path. A
//! list of which one row cannot be read fails as a whole, so that no row is lost without a word.

mod account;
mod audit;
mod backup;
mod billing;
mod client;
mod envelope;
mod error;
mod files;
mod lenient;
mod login;
mod notification;
mod outcome;
mod pace;
mod paging;
mod percent;
mod pricing;
mod profile;
mod region;
mod reply;
mod request;
mod scalar;
mod scrub;
mod statistics;
mod storage;
mod team;
mod token;

pub use account::{Account, SecondFactors};
pub use audit::{
    AuditError, AuditEvent, AuditEvents, AuditPace, AuditPage, AuditQuery, AuditResource,
    AuditStatistics, AuditStatus, QueryId,
};
pub use backup::{Backup, BackupDownload, BackupId, BackupStatus};
pub use billing::{
    AllocationRow, BillingCycle, Card, Coupon, Health, Invoice, PastDue, PaymentError,
    PaymentMethod, Schedule, Subscription, SubscriptionChange,
};
pub use client::{Client, ClientOptions, Observer, Seen, Session, SetupError};
pub use error::{ApiError, NotTheApi, Unreachable};
pub use files::{FileUpload, Uploaded};
pub use login::{Credentials, FirstToken, Password, Pin, SecondFactorKind, SignedIn};
pub use notification::{ButtonId, Notification, NotificationButton, NotificationId};
pub use pace::{Asked, Before, Next, Pace, Turn};
pub use pricing::{NamedPrice, PriceTier, Prices};
pub use profile::{
    Addons, ProfileCreated, ProfileEdit, ProfileInfo, ProfileListed, ProfileSummary,
    RequestsPerMinute,
};
pub use region::{Region, RegionError};
pub use request::PathPartError;
pub use statistics::{Periodicity, StatisticsQuery, StatisticsSpan};
pub use storage::{FileAddress, FileError, FilePart};
pub use team::TeamMember;
pub use token::{
    Expire, Expiry, LastUse, NewToken, Permission, TokenCreated, TokenFilter, TokenInfo, TokenRow,
};

/// What the API says after a change, in its own words; `None` if it says nothing. Scrubbed of every
/// secret that the request carried.
pub type Reply = Option<String>;
