//! What can be seen to have changed from one fetch to the next.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::word::words;

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

words!(ChangeKind {
    ProfileAppeared = "profile_appeared",
    ProfileReturned = "profile_returned",
    ProfileRemoved = "profile_removed",
    ProfileRenamed = "profile_renamed",
    LimitChanged = "limit_changed",
    ThresholdReached = "threshold_reached",
    ThresholdLeft = "threshold_left",
    TokenCreated = "token_created",
    TokenGone = "token_gone",
    TokenExpiring = "token_expiring",
    SignInStarted = "sign_in_started",
    SignInEnded = "sign_in_ended",
    MemberInvited = "member_invited",
    MemberJoined = "member_joined",
    MemberLeft = "member_left",
    PlanChanged = "plan_changed",
    PaymentFailed = "payment_failed",
    PaymentOverdue = "payment_overdue",
    PaymentRecovered = "payment_recovered",
    DowngradeScheduled = "downgrade_scheduled",
    DowngradeGone = "downgrade_gone",
    BackupOld = "backup_old",
});

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
