//! The local SQLite cache: schema, migrations, queries.
//!
//! Everything here blocks; an async caller runs it on a thread for blocking work. [`Store::write`] is
//! one transaction of the one writer, [`Store::read`] one snapshot that never waits for it. No secret
//! is ever stored: of a token there are its metadata, a fingerprint and the last four characters.

mod backup;
mod condition;
mod error;
mod fold;
mod lock;
mod migration;
mod open;
mod private;
mod sql;
mod store;
mod table;

pub use error::StoreError;
pub use lock::{AccountLock, HeldBy};
pub use sql::{AccountKey, ProfileKey, Reader, Subject, Writer, folded};
pub use store::{Opened, Store};
pub use table::access::{AccessProfile, ActsAround, OwnerVersion, ProfileGroup};
pub use table::access_count::AccountSeen;
pub use table::account::{
    Account, AccountInfo, AccountPut, AccountToken, NewAccount, SignedOut, SyncProblem, TokenPlace,
};
pub use table::action::{Action, ActionEnd, ActionQuery, Batch, BatchKind, NewAction};
pub use table::allocation::Holder;
pub use table::attention::{Beyond, Coverage, Crossing, NamedProfile, ResourceCounts};
pub use table::attention_answer::AttentionAnswer;
pub use table::audit::{AuditEvent, AuditQuery};
pub use table::backup::Backup;
pub use table::change::{Change, ChangeQuery, NewChange};
pub use table::errand::Errand;
pub use table::filter::{Compare, ProfileFilter, ProfileTerm, ProfileTest};
pub use table::fleet::{AccountLabel, FleetFigures, FleetPage, FleetQuery, FleetRow};
pub use table::fleet_sort::FleetSort;
pub use table::fleet_sum::{FleetSelection, FleetSum, ServiceSum};
pub use table::group::{Group, GroupKey, GroupKind, View};
pub use table::list::{ListedProfile, ProfilesListed};
pub use table::names::ProfileName;
pub use table::person::Person;
pub use table::profile::{PlannedProfile, Profile, ProfileInfo, Reach};
pub use table::pulse::{QuietProfile, StoredPulse};
pub use table::rate_limit::{RateLimit, RateScope};
pub use table::rotation::{NewRotation, Rotation};
pub use table::status::{FetchKind, Fetched};
pub use table::summary::Summary;
pub use table::sync_run::SyncRun;
pub use table::team::{Member, MemberVersion};
pub use table::token::{Expiry, FoundToken, TokenMeta, TokenVersion};
pub use table::token_filter::TokenTest;
pub use table::token_now::{StandingToken, TokenFigures, TokenPage, TokenQuery, TokenSort};
pub use table::trend::{TREND_DAYS, Trend};
pub use table::usage::By;
pub use table::version::{Aspect, Version};
