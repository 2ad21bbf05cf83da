//! The audit log: who did what in a profile, made up by the day or done to the simulator.

use jiff::Timestamp;

use super::Profile;
use crate::random::{Draw, mix};

const DAY: i64 = 86_400;

/// How long events are kept, in days.
pub(crate) const KEPT_DAYS: i64 = 183;

/// One event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// `action`, `am`, `analysis`, `connector`, `dashboard`, `device`, `dictionary`, `network`,
    /// `profile`, `run` or `runuser`.
    pub resource: &'static str,
    /// The id of what it was done to.
    pub resource_id: String,
    /// What was done.
    pub message: String,
    /// The account that did it; some have left the team since.
    pub who: String,
    /// When.
    pub date: Timestamp,
}

/// A query that was started and is polled.
#[derive(Clone, Debug)]
pub struct AuditQuery {
    /// The profile asked about.
    pub profile: String,
    /// What it found, newest first.
    pub events: Vec<Event>,
    /// How many fit, those beyond the limit of the query included.
    pub matched: usize,
    /// How many events it looked at.
    pub scanned: usize,
    /// For how many more polls it is running.
    pub running: u8,
}

const DONE: [(&str, &str); 14] = [
    ("device", "Device created"),
    ("device", "Device edited"),
    ("device", "Device removed"),
    ("dashboard", "Dashboard edited"),
    ("dashboard", "Widget added to dashboard"),
    ("analysis", "Analysis edited"),
    ("analysis", "Analysis uploaded"),
    ("action", "Action edited"),
    ("am", "Access policy edited"),
    ("runuser", "User created"),
    ("run", "Run settings edited"),
    ("profile", "Token generated"),
    ("dictionary", "Dictionary edited"),
    ("connector", "Connector edited"),
];

impl Profile {
    /// Everything in the log from `from` to `to`, newest first. Older than half a year is gone.
    pub fn audit_events(&self, from: Timestamp, to: Timestamp, now: Timestamp) -> Vec<Event> {
        let oldest = (now.as_second() - KEPT_DAYS * DAY).max(self.created_at.as_second());
        let span = from.as_second().max(oldest)..=to.as_second().min(now.as_second());
        let mut events: Vec<Event> = (span.start().div_euclid(DAY)..=span.end().div_euclid(DAY))
            .flat_map(|day| self.events_of(day))
            .chain(self.events.iter().cloned())
            .filter(|event| span.contains(&event.date.as_second()))
            .collect();
        events.sort_by_key(|event| std::cmp::Reverse(event.date));
        events
    }

    fn events_of(&self, day: i64) -> Vec<Event> {
        let mut draw = Draw::new(
            self.meter.seed ^ 0xA0D1,
            mix(self.meter.seed, day.unsigned_abs()),
        );
        let idle = self.meter.idle_from.is_some_and(|from| day >= from);
        let count = if idle || draw.chance(0.45) {
            0
        } else {
            1 + draw.below(6)
        };
        let mut events = Vec::with_capacity(count);
        for _ in 0..count {
            let second = i64::try_from(draw.below(86_400)).unwrap_or(0);
            let (resource, message) = DONE[draw.below(DONE.len())];
            let who = match draw.below(10) {
                0 => draw.id(),
                1..4 if !self.team.is_empty() => self.team[draw.below(self.team.len())].id.clone(),
                _ => self.owner.clone(),
            };
            let Ok(date) = Timestamp::from_second(day * DAY + second) else {
                continue;
            };
            let resource_id = if resource == "profile" {
                self.id.clone()
            } else {
                draw.id()
            };
            events.push(Event {
                resource,
                resource_id,
                message: message.to_owned(),
                who,
                date,
            });
        }
        events
    }

    /// Writes into the log what was just done.
    pub(crate) fn note(&mut self, message: &str, who: &str, date: Timestamp) {
        let event = Event {
            resource: "profile",
            resource_id: self.id.clone(),
            message: message.to_owned(),
            who: who.to_owned(),
            date,
        };
        self.events.push(event);
    }
}
