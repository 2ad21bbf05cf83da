//! What can be seen to have changed from one fetch to the next.

use std::fmt;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A kind of change in the change log. The log says when a change was *seen*; it happened at some time
/// since the fetch before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// A profile that no list had held before.
    ProfileAppeared,
    /// A profile that was removed and is listed again.
    ProfileReturned,
    /// A profile that no account reaches any more.
    ProfileRemoved,
    /// A profile has another name.
    ProfileRenamed,
    /// A profile's limit of one service. Old and new in the service's unit.
    LimitChanged,
    /// A profile's use of a limit rose above 80 or 90 %, or to 100 %. Old and new are the highest of these
    /// three that it is at, in percent; unknown is none.
    ThresholdReached,
    /// A profile's use of a limit fell clearly below such a threshold again. Old and new as above.
    ThresholdLeft,
    /// A token that somebody made.
    TokenCreated,
    /// A token that is gone: deleted or expired.
    TokenGone,
    /// A token that expires within 14 days. New is when.
    TokenExpiring,
    /// A token that somebody's signing in on TagoIO's site made; they come and go.
    SignInStarted,
    /// Such a token that is gone.
    SignInEnded,
    /// Somebody was invited to a profile's team.
    MemberInvited,
    /// Somebody is a member of a profile's team now.
    MemberJoined,
    /// Somebody is neither a member nor invited any more.
    MemberLeft,
    /// An account or a profile has another plan.
    PlanChanged,
    /// A payment of an account failed. New is the API's reason.
    PaymentFailed,
    /// An account's bill is past due.
    PaymentOverdue,
    /// What was wrong with an account's payments is right again.
    PaymentRecovered,
    /// A downgrade of an account was scheduled. New is when.
    DowngradeScheduled,
    /// A scheduled downgrade was called off, or took place.
    DowngradeGone,
    /// A profile's newest backup is older than was chosen. New is when it was made.
    BackupOld,
}

impl ChangeKind {
    /// Every kind.
    pub const ALL: [Self; 22] = [
        Self::ProfileAppeared,
        Self::ProfileReturned,
        Self::ProfileRemoved,
        Self::ProfileRenamed,
        Self::LimitChanged,
        Self::ThresholdReached,
        Self::ThresholdLeft,
        Self::TokenCreated,
        Self::TokenGone,
        Self::TokenExpiring,
        Self::SignInStarted,
        Self::SignInEnded,
        Self::MemberInvited,
        Self::MemberJoined,
        Self::MemberLeft,
        Self::PlanChanged,
        Self::PaymentFailed,
        Self::PaymentOverdue,
        Self::PaymentRecovered,
        Self::DowngradeScheduled,
        Self::DowngradeGone,
        Self::BackupOld,
    ];

    /// Its word in the store and in JSON.
    pub const fn key(self) -> &'static str {
        match self {
            Self::ProfileAppeared => "profile_appeared",
            Self::ProfileReturned => "profile_returned",
            Self::ProfileRemoved => "profile_removed",
            Self::ProfileRenamed => "profile_renamed",
            Self::LimitChanged => "limit_changed",
            Self::ThresholdReached => "threshold_reached",
            Self::ThresholdLeft => "threshold_left",
            Self::TokenCreated => "token_created",
            Self::TokenGone => "token_gone",
            Self::TokenExpiring => "token_expiring",
            Self::SignInStarted => "sign_in_started",
            Self::SignInEnded => "sign_in_ended",
            Self::MemberInvited => "member_invited",
            Self::MemberJoined => "member_joined",
            Self::MemberLeft => "member_left",
            Self::PlanChanged => "plan_changed",
            Self::PaymentFailed => "payment_failed",
            Self::PaymentOverdue => "payment_overdue",
            Self::PaymentRecovered => "payment_recovered",
            Self::DowngradeScheduled => "downgrade_scheduled",
            Self::DowngradeGone => "downgrade_gone",
            Self::BackupOld => "backup_old",
        }
    }

    /// The kind with this word.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.key() == key)
    }
}

impl fmt::Display for ChangeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_leads_back_and_is_what_serde_writes() {
        for kind in ChangeKind::ALL {
            assert_eq!(ChangeKind::from_key(kind.key()), Some(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.key());
        }
    }
}
