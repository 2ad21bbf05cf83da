//! What needs a person's attention: pure rules from facts to lines, and the one order of the lines.
//!
//! # The order
//!
//! The worst first, across all kinds: by severity, then by kind (what concerns a whole account before what
//! concerns one profile, what stops a customer before what may), then by measure, the largest first, then by
//! when it began, the oldest first, then by identity, so that the order is total. No part of this looks at
//! another line, so a line that comes or goes never moves two others past each other.
//!
//! Severity means what a customer meets: *critical*, it stops a customer now; *urgent*, it is about to, or
//! hides whether it did; *warning*, it will within weeks if nobody acts; *notice*, something is to be put in order
//! and nothing stops.
//!
//! # Getting worse
//!
//! Each line has a step, which grows only where it becomes worse in a way that a person would want to hear of
//! again: a service's 80, 90 and 100 %, a payment that failed and then is overdue, a day, a week and a month of
//! silence. A line that stands for several things, such as a profile's tokens, also names them: one more is
//! worse. An answer to a line holds until then: see [`Answered::holds`]. It is held against the least that the line
//! was since: what became better and then worse again is worse, see [`Answered::since_seen`].

mod account;
mod limit;
mod pulse;
mod token;
mod transfer;

use std::cmp::Ordering;

use model::{AttentionFacts, AttentionKind, AttentionSeverity, Timestamp};

pub use account::{Cut, Owned, downgrade, payment, signed_out};
pub use limit::{Crossings, dashboards, dashboards_limit, resource, resource_limit, service};
pub use pulse::{ACTIVE_DAYS, Pulse, QUIET, Reading, WINDOW, silent};
pub use token::{Invited, KeptToken, backup, expiring, invitations, unused};
pub use transfer::transfer;

/// What a line is about, by its number in the caller's store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Concerns {
    /// An account as a whole.
    Account(i64),
    /// A profile.
    Profile(i64),
}

/// When something began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Since {
    /// When it was first seen or known to be so.
    pub at: Timestamp,
    /// It was already so when it was first looked at, and may have begun earlier.
    pub or_earlier: bool,
}

/// What a rule found.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// How bad it is.
    pub severity: AttentionSeverity,
    /// Grows where it becomes worse in a way that a person wants to hear of again; from 1.
    pub step: u8,
    /// How much of it, larger is worse; comparable within a kind alone. `None` is beyond measure, and worse
    /// than any. Shares of a limit for services, dashboards and resources; profiles for accounts' own kinds; hours of
    /// silence; days of the last 14 that are gone of an expiring token's time; days of a backup's age, of an
    /// invitation's and of a transfer's; the number of unused tokens.
    pub measure: Option<f64>,
    /// When it began; `None` is not known.
    pub since: Option<Since>,
    /// Of several of its kind in one account or profile, which: a service's or a resource's key.
    pub detail: Option<String>,
    /// The things that it stands for, if it stands for several.
    pub members: Vec<String>,
    /// What is known of it.
    pub facts: AttentionFacts,
}

/// A line: what was found, and of what.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// Of what.
    pub concerns: Concerns,
    /// What was found.
    pub finding: Finding,
}

/// What a person answered to a line, as far as it decides whether the line stays away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The day on which it is to come back in any case; `None` if it is to come back only once it is worse.
    pub until: Option<Timestamp>,
    /// The line's step then, or the lowest since.
    pub step: u8,
    /// What it stood for then, and at all times since.
    pub members: Vec<String>,
}

impl Item {
    /// What kind of line it is.
    pub fn kind(&self) -> AttentionKind {
        self.finding.facts.kind()
    }

    /// Names it, the same whenever it is found: `service:p12:input`, `payment:a3`.
    pub fn id(&self) -> String {
        let of = match self.concerns {
            Concerns::Account(key) => format!("a{key}"),
            Concerns::Profile(key) => format!("p{key}"),
        };
        match &self.finding.detail {
            Some(detail) => format!("{}:{of}:{detail}", self.kind()),
            None => format!("{}:{of}", self.kind()),
        }
    }
}

impl Answered {
    /// Whether the line stays away: its day has not come, and it is no worse than it was.
    pub fn holds(&self, finding: &Finding, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until)
            && finding.step <= self.step
            && finding
                .members
                .iter()
                .all(|member| self.members.contains(member))
    }

    /// The answer once the line was seen to be so: a step that it has left and a member that is gone are no longer
    /// answered.
    #[must_use]
    pub fn since_seen(self, finding: &Finding) -> Self {
        let Self {
            until,
            step,
            mut members,
        } = self;
        members.retain(|member| finding.members.contains(member));
        Self {
            until,
            step: step.min(finding.step),
            members,
        }
    }
}

/// The order of the lines: see the module. Equal only for a line of the same identity.
pub fn order(one: &Item, other: &Item) -> Ordering {
    let (left, right) = (&one.finding, &other.finding);
    // Unknown is beyond measure.
    let measure = |finding: &Finding| finding.measure.unwrap_or(f64::INFINITY);
    let began = |finding: &Finding| finding.since.map_or(Timestamp::MAX, |since| since.at);
    right
        .severity
        .cmp(&left.severity)
        .then_with(|| one.kind().cmp(&other.kind()))
        .then_with(|| measure(right).total_cmp(&measure(left)))
        .then_with(|| began(left).cmp(&began(right)))
        .then_with(|| one.concerns.cmp(&other.concerns))
        .then_with(|| left.detail.cmp(&right.detail))
}

/// Whole hours between two moments, as a number.
#[expect(
    clippy::cast_precision_loss,
    reason = "no two moments are 2^53 hours apart"
)]
fn hours(from: Timestamp, to: Timestamp) -> f64 {
    to.duration_since(from).as_hours() as f64
}

/// A count as it stands in facts.
fn counted(many: usize) -> u32 {
    u32::try_from(many).unwrap_or(u32::MAX)
}
