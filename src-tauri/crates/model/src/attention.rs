//! What can need a person's attention, how severe it is, and what is known of it.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Service;

/// A kind of thing that needs attention. Among things of one severity an earlier kind comes first: what
/// concerns a whole account before what concerns one profile, what stops a customer before what may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum AttentionKind {
    /// An account's payment failed or will.
    Payment,
    /// An account must sign in again.
    SignedOut,
    /// A service at or near its limit.
    Service,
    /// Dashboards' output at or near the plan's limit.
    Dashboards,
    /// A scheduled downgrade cuts below what is used today.
    Downgrade,
    /// A profile that sent data regularly and sends none.
    Silent,
    /// A resource at or near the plan's limit.
    Resource,
    /// Tokens that expire within 14 days.
    TokenExpiring,
    /// A profile's newest backup is older than was chosen.
    Backup,
    /// Open invitations to a profile's team.
    Invitation,
    /// Tokens with full permission that were never used.
    TokenUnused,
    /// A transfer to another account that was asked for and has not happened.
    Transfer,
}

/// How bad it is; a later one is worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum AttentionSeverity {
    /// To be put in order some time; nothing stops.
    Notice,
    /// It will stop something if nobody acts in the next weeks.
    Warning,
    /// It is about to stop something, or hides whether something stopped.
    Urgent,
    /// It stops a customer now.
    Critical,
}

/// What is known of a thing that needs attention, by its kind. Amounts are in the service's unit.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AttentionFacts {
    /// See [`AttentionKind::Payment`].
    Payment {
        /// The API's words, if a payment failed.
        reason: Option<String>,
        /// Whether a bill is past due.
        overdue: bool,
        /// Profiles that the account owns.
        profiles: u32,
    },
    /// See [`AttentionKind::SignedOut`].
    SignedOut {
        /// The API's words.
        message: String,
        /// Profiles that the account reaches.
        profiles: u32,
    },
    /// See [`AttentionKind::Service`].
    Service {
        /// The service.
        service: Service,
        /// What is used.
        used: f64,
        /// The limit, above zero.
        limit: f64,
    },
    /// See [`AttentionKind::Dashboards`].
    Dashboards {
        /// Registers that dashboards read in this cycle.
        used: f64,
        /// The plan's limit.
        limit: f64,
    },
    /// See [`AttentionKind::Downgrade`].
    Downgrade {
        /// When it takes effect.
        #[ts(type = "string")]
        at: Timestamp,
        /// The plan from then on, if it changes.
        plan: Option<String>,
        /// Profiles that would be at or over a limit then.
        profiles: u32,
        /// The services whose limits would be too small, by the API's keys.
        services: Vec<String>,
    },
    /// See [`AttentionKind::Silent`].
    Silent {
        /// The sample until which the last input came: TagoIO takes one an hour.
        #[ts(type = "string")]
        last_input_at: Timestamp,
        /// Until when it is known that none came.
        #[ts(type = "string")]
        known_until: Timestamp,
    },
    /// See [`AttentionKind::Resource`].
    Resource {
        /// The resource by the API's key: `device`.
        resource: String,
        /// How many there are.
        amount: f64,
        /// How many the plan allows.
        limit: f64,
    },
    /// See [`AttentionKind::TokenExpiring`].
    TokenExpiring {
        /// How many tokens.
        tokens: u32,
        /// The one that expires first: its name and the end of its value.
        first: String,
        /// When that is.
        #[ts(type = "string")]
        at: Timestamp,
        /// Whether one of them is known to have been used.
        used: bool,
    },
    /// See [`AttentionKind::Backup`].
    Backup {
        /// When the newest was made; `None` if there is none.
        #[ts(type = "string | null")]
        newest: Option<Timestamp>,
        /// How many days old it may be.
        allowed_days: u32,
    },
    /// See [`AttentionKind::Invitation`].
    Invitation {
        /// How many invitations.
        invitations: u32,
        /// The oldest one: a name, or an address.
        who: String,
        /// When that was made, if it is known.
        #[ts(type = "string | null")]
        at: Option<Timestamp>,
        /// Whether all of them ended: an invitation lives seven days, and stays listed.
        ended: bool,
    },
    /// See [`AttentionKind::TokenUnused`].
    TokenUnused {
        /// How many tokens.
        tokens: u32,
        /// The oldest one: its name and the end of its value.
        first: String,
    },
    /// See [`AttentionKind::Transfer`].
    Transfer {
        /// The e-mail address of the account that is to have the profile.
        destination: String,
        /// When it was asked for.
        #[ts(type = "string")]
        at: Timestamp,
        /// What was noted of the ticket; may be empty.
        ticket: String,
    },
}

impl AttentionKind {
    /// Every kind, in their order.
    pub const ALL: [Self; 12] = [
        Self::Payment,
        Self::SignedOut,
        Self::Service,
        Self::Dashboards,
        Self::Downgrade,
        Self::Silent,
        Self::Resource,
        Self::TokenExpiring,
        Self::Backup,
        Self::Invitation,
        Self::TokenUnused,
        Self::Transfer,
    ];

    /// Its word in ids, filters and JSON.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Payment => "payment",
            Self::SignedOut => "signed_out",
            Self::Service => "service",
            Self::Dashboards => "dashboards",
            Self::Downgrade => "downgrade",
            Self::Silent => "silent",
            Self::Resource => "resource",
            Self::TokenExpiring => "token_expiring",
            Self::Backup => "backup",
            Self::Invitation => "invitation",
            Self::TokenUnused => "token_unused",
            Self::Transfer => "transfer",
        }
    }

    /// The kind with this word.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.key() == key)
    }
}

impl AttentionSeverity {
    /// Every severity, the worst first.
    pub const ALL: [Self; 4] = [Self::Critical, Self::Urgent, Self::Warning, Self::Notice];

    /// Its word in filters and JSON.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Warning => "warning",
            Self::Urgent => "urgent",
            Self::Critical => "critical",
        }
    }

    /// The severity with this word.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.key() == key)
    }
}

impl AttentionFacts {
    /// Of which kind they are.
    pub const fn kind(&self) -> AttentionKind {
        match self {
            Self::Payment { .. } => AttentionKind::Payment,
            Self::SignedOut { .. } => AttentionKind::SignedOut,
            Self::Service { .. } => AttentionKind::Service,
            Self::Dashboards { .. } => AttentionKind::Dashboards,
            Self::Downgrade { .. } => AttentionKind::Downgrade,
            Self::Silent { .. } => AttentionKind::Silent,
            Self::Resource { .. } => AttentionKind::Resource,
            Self::TokenExpiring { .. } => AttentionKind::TokenExpiring,
            Self::Backup { .. } => AttentionKind::Backup,
            Self::Invitation { .. } => AttentionKind::Invitation,
            Self::TokenUnused { .. } => AttentionKind::TokenUnused,
            Self::Transfer { .. } => AttentionKind::Transfer,
        }
    }
}

impl fmt::Display for AttentionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_leads_back_and_is_what_serde_writes() {
        for kind in AttentionKind::ALL {
            assert_eq!(AttentionKind::from_key(kind.key()), Some(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.key());
        }
        for severity in AttentionSeverity::ALL {
            assert_eq!(AttentionSeverity::from_key(severity.key()), Some(severity));
            assert_eq!(serde_json::to_value(severity).unwrap(), severity.key());
        }
        assert!(AttentionKind::ALL.is_sorted());
        assert!(AttentionSeverity::ALL.iter().rev().is_sorted());
    }
}
