//! How many requests of one route an account may send in a minute: what is known, what a refusal
//! teaches, and when the next one may go. Pure: it is told the time.
//!
//! TagoIO counts by the wall-clock minute, per profile and route, and does not say whether the profile is
//! the token's or the one that is asked about ([`Scope`]). So both readings are kept in mind until a
//! refusal decides.

use std::collections::HashMap;
use std::time::Duration;

use model::{ProfileId, Timestamp};

const MINUTE: i64 = 60;

/// Not in the very first moment of a minute: the API's clock may be a little behind ours.
const MARGIN: Duration = Duration::from_millis(500);

/// A limit that was learned holds for so long; plans change rarely.
const REMEMBERED: Duration = Duration::from_hours(24);

/// A refusal below a known limit means that somebody else asks too, or that it was lowered. It is kept as
/// if it were so old already: for ten minutes, then it is learned anew.
const OLD_IF_LOWERED: Duration = Duration::from_mins(24 * 60 - 10);

/// What the API counts together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Not known yet.
    #[default]
    Unknown,
    /// All requests of a token.
    Token,
    /// The requests about one profile.
    Asked,
}

/// Who wants to send a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// A person, who waits for it.
    Click,
    /// Work that goes on by itself.
    Work,
}

/// A known limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limit {
    pub(crate) per_minute: u32,
    /// When it was learned; `None` if it is documented, and so does not grow old.
    pub(crate) learned_at: Option<Timestamp>,
}

/// What a refusal taught.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lesson {
    /// What the API counts together, if that is known now and was not before.
    pub(crate) scope: Option<Scope>,
}

/// That a request was let through; given back with its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pass {
    minute: i64,
    /// Whether another profile's request had been refused in this minute when this one was sent.
    after_refusal: bool,
}

/// The requests of one route, of one account.
#[derive(Clone, Debug, Default)]
pub(crate) struct Limiter {
    limit: Option<Limit>,
    minute: i64,
    /// The minute in which a refusal last taught the limit; what passes later in it only corrects that.
    learned_in: Option<i64>,
    /// The second of our minute at which the API's begins.
    offset: i64,
    all: Count,
    of_profile: HashMap<ProfileId, Count>,
}

/// What is counted together, in the minute that goes on.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    sent: u32,
    passed: u32,
    /// From when to when the API said not to ask.
    closed: Option<(Timestamp, Timestamp)>,
}

impl Count {
    /// Until when it is closed. A clock that was set back ends it: nobody knows then how much of it is left.
    fn closed_until(&self, now: Timestamp) -> Option<Timestamp> {
        let (from, until) = self.closed?;
        (from <= now && now < until).then_some(until)
    }
}

impl Limiter {
    pub(crate) fn new(limit: Option<Limit>) -> Self {
        Self {
            limit,
            ..Self::default()
        }
    }

    /// The limit as it is known at this time.
    pub(crate) fn limit(&self, now: Timestamp) -> Option<Limit> {
        self.limit.filter(|limit| {
            limit.learned_at.is_none_or(|at| {
                // A limit from the future was learned before the clock was set back.
                let age = now.duration_since(at);
                age.is_negative() || age.unsigned_abs() < REMEMBERED
            })
        })
    }

    /// Whether a request may be sent now; if not, when to ask again.
    pub(crate) fn admits(
        &mut self,
        scope: Scope,
        profile: Option<&ProfileId>,
        class: Class,
        now: Timestamp,
    ) -> Result<(), Timestamp> {
        self.turn_over(now);
        let count = match (scope, profile) {
            (Scope::Asked, Some(profile)) => {
                self.of_profile.get(profile).copied().unwrap_or_default()
            }
            (Scope::Unknown, Some(profile)) => {
                // Closed for one profile alone, as long as it may be counted apart.
                if let Some(own) = self.of_profile.get(profile)
                    && let Some(until) = own.closed_until(now)
                {
                    return Err(until);
                }
                self.all
            }
            _ => self.all,
        };
        if let Some(until) = count.closed_until(now) {
            return Err(until);
        }
        let Some(limit) = self.limit(now) else {
            return Ok(());
        };
        let reserve = match class {
            Class::Click => 0,
            Class::Work => reserve(limit.per_minute),
        };
        if count.sent < limit.per_minute - reserve {
            return Ok(());
        }
        Err(self.next_minute(now))
    }

    /// Notes that a request is sent.
    pub(crate) fn sent(&mut self, profile: Option<&ProfileId>, now: Timestamp) -> Pass {
        self.turn_over(now);
        // Only while that minute lasts for the API too: in the next one it may well let this one through.
        let refused_now = |count: &Count| {
            let this_minute = |(from, _)| self.minute_of(from) == self.minute;
            count.closed_until(now).is_some() && count.closed.is_some_and(this_minute)
        };
        let after_refusal = self
            .of_profile
            .iter()
            .any(|(other, count)| Some(other) != profile && refused_now(count));
        self.all.sent += 1;
        if let Some(profile) = profile {
            self.of_profile.entry(profile.clone()).or_default().sent += 1;
        }
        Pass {
            minute: self.minute,
            after_refusal,
        }
    }

    /// Notes that a request was not one too many. It teaches the scope if another profile's was refused
    /// before this one was sent.
    pub(crate) fn passed(
        &mut self,
        pass: Pass,
        scope: Scope,
        profile: Option<&ProfileId>,
    ) -> Lesson {
        if pass.minute != self.minute {
            return Lesson::default();
        }
        self.all.passed += 1;
        let mut count = self.all;
        if let Some(profile) = profile {
            let own = self.of_profile.entry(profile.clone()).or_default();
            own.passed += 1;
            if scope == Scope::Asked {
                count = *own;
            }
        }
        // Answers come in another order than they were counted in: what still passes raises what the
        // refusal taught.
        if let Some((refused_at, _)) = count.closed {
            if self.learned_in != Some(self.minute) {
                self.learn(count.passed, refused_at);
            }
            if let Some(limit) = &mut self.limit
                && limit.learned_at.is_some()
            {
                limit.per_minute = limit.per_minute.max(count.passed);
            }
        }
        let apart = scope == Scope::Unknown && profile.is_some() && pass.after_refusal;
        Lesson {
            scope: apart.then_some(Scope::Asked),
        }
    }

    /// Notes that a request was one too many, and the API said to wait.
    pub(crate) fn refused(
        &mut self,
        pass: Pass,
        scope: Scope,
        profile: Option<&ProfileId>,
        wait: Duration,
        now: Timestamp,
    ) -> Lesson {
        self.turn_over(now);
        let until = now.saturating_add(wait + MARGIN).unwrap_or(Timestamp::MAX);
        let closed = Some((now, until));
        let lesson = self.lesson_of(pass, scope, profile, closed, now);
        self.align(until, wait, now);
        lesson
    }

    fn lesson_of(
        &mut self,
        pass: Pass,
        scope: Scope,
        profile: Option<&ProfileId>,
        closed: Option<(Timestamp, Timestamp)>,
        now: Timestamp,
    ) -> Lesson {
        if pass.minute != self.minute {
            // It belongs to a minute that is over, and teaches nothing of this one but to wait.
            self.all.closed = closed;
            return Lesson::default();
        }
        let Some(profile) = profile else {
            self.all.closed = closed;
            self.learn(self.all.passed, now);
            return Lesson::default();
        };
        let most_passed = self.of_profile.values().map(|count| count.passed).max();
        let own = self.of_profile.entry(profile.clone()).or_default();
        own.closed = closed;
        let (own_sent, own_passed) = (own.sent, own.passed);
        // If profiles were counted apart, one that asked no more often than another that went through
        // would not have been refused.
        let together = scope == Scope::Unknown && own_sent <= most_passed.unwrap_or(0);
        let lesson = Lesson {
            scope: together.then_some(Scope::Token),
        };
        match lesson.scope.unwrap_or(scope) {
            Scope::Token => {
                self.all.closed = closed;
                self.learn(self.all.passed, now);
            }
            Scope::Asked => self.learn(own_passed, now),
            // Only this profile waits; what becomes of the others tells. Where two are refused and none
            // gets through, all wait.
            Scope::Unknown if self.all.passed == 0 => {
                let closed_ones = self
                    .of_profile
                    .values()
                    .filter(|count| count.closed.is_some());
                if closed_ones.count() > 1 {
                    self.all.closed = closed;
                }
            }
            Scope::Unknown => {}
        }
        lesson
    }

    /// What passed before the first refusal of a minute is the limit. Where nothing did, another one has
    /// used it up, and how much that was is not known.
    fn learn(&mut self, passed: u32, now: Timestamp) {
        if passed == 0 {
            return;
        }
        self.learned_in = Some(self.minute);
        let known = self.limit(now);
        let learned_at = match known {
            Some(known) if known.per_minute <= passed => return,
            // Another one asks too, or it was lowered: for now.
            Some(_) => now.checked_sub(OLD_IF_LOWERED).unwrap_or(now),
            None => now,
        };
        self.limit = Some(Limit {
            per_minute: passed,
            learned_at: Some(learned_at),
        });
    }

    /// The API's minute may begin at another second of ours than the first: its clock and this
    /// computer's may differ. A refusal says when it begins, to the second; a few of them it may have been on
    /// its way.
    fn align(&mut self, until: Timestamp, wait: Duration, now: Timestamp) {
        if wait > Duration::from_secs(MINUTE.unsigned_abs()) {
            return;
        }
        let second = until.as_second().rem_euclid(MINUTE);
        let offset = if (10..MINUTE - 10).contains(&second) {
            second
        } else {
            0
        };
        if offset != self.offset {
            self.offset = offset;
            self.minute = self.minute_of(now);
        }
    }

    fn minute_of(&self, now: Timestamp) -> i64 {
        (now.as_second() - self.offset).div_euclid(MINUTE)
    }

    /// When the next minute has begun for the API too.
    fn next_minute(&self, now: Timestamp) -> Timestamp {
        let second = (self.minute_of(now) + 1) * MINUTE + self.offset;
        Timestamp::from_second(second)
            .and_then(|minute| minute.checked_add(MARGIN))
            .unwrap_or(Timestamp::MAX)
    }

    fn turn_over(&mut self, now: Timestamp) {
        let minute = self.minute_of(now);
        if minute == self.minute {
            return;
        }
        self.minute = minute;
        // A wait that was told can be longer than the minute.
        let over = |count: Count| Count {
            closed: count.closed.filter(|_| count.closed_until(now).is_some()),
            ..Count::default()
        };
        self.all = over(self.all);
        self.of_profile = std::mem::take(&mut self.of_profile)
            .into_iter()
            .map(|(profile, count)| (profile, over(count)))
            .filter(|(_, count)| count.closed.is_some())
            .collect();
    }
}

/// What is left to a person's own clicks: a fiftieth, which the work that goes on by itself does not miss.
fn reserve(per_minute: u32) -> u32 {
    if per_minute <= 1 {
        0
    } else {
        (per_minute / 50).max(1)
    }
}

#[cfg(test)]
mod tests;
