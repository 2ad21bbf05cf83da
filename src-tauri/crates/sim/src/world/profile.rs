//! A profile and what belongs to it.

use jiff::Timestamp;

use super::{Amounts, Bump, Event, Meter, Service, Token};
use crate::random::mix;

/// Somebody in a profile's team, or invited to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The account's id.
    pub id: String,
    /// The person's name.
    pub name: String,
    /// The person's address.
    pub email: String,
    /// `false`: invited. An invitation ends after seven days and stays listed.
    pub active: bool,
    /// When the person was invited.
    pub created_at: Timestamp,
}

/// How far a backup is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BackupState {
    /// It runs through queued and processing to completed, in a minute and a half.
    Running,
    /// It is there.
    Completed,
    /// It failed.
    Failed,
}

/// A backup of a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backup {
    /// 24 hexadecimal characters.
    pub id: String,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// Bytes, once it is completed.
    pub file_size: u64,
    /// How far it is.
    pub state: BackupState,
}

impl Backup {
    /// What its file is told from another by.
    pub(crate) fn etag(&self) -> String {
        format!("\"{}-{}\"", self.id, self.file_size)
    }

    /// What its file holds from a byte (inclusive) to another (exclusive).
    pub fn bytes(&self, from: u64, to: u64) -> Vec<u8> {
        let seed = self
            .id
            .bytes()
            .fold(self.file_size, |seed, byte| mix(seed, byte.into()));
        let words = from / 8..to.div_ceil(8);
        let whole = words.flat_map(|word| mix(seed, word).to_le_bytes());
        let (before, len) = (from % 8, to - from);
        let place = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        whole.skip(place(before)).take(place(len)).collect()
    }

    /// The API's word for its state at a time.
    pub fn status(&self, now: Timestamp) -> &'static str {
        match self.state {
            BackupState::Completed => "completed",
            BackupState::Failed => "failed",
            BackupState::Running => match now.as_second() - self.created_at.as_second() {
                ..30 => "queued",
                30..90 => "processing",
                _ => "completed",
            },
        }
    }
}

/// A profile: one customer, as a rule.
#[derive(Clone, Debug)]
pub struct Profile {
    /// 24 hexadecimal characters.
    pub id: String,
    /// The account that owns it.
    pub owner: String,
    /// Its name. Text of anybody's making: markup, any script, equal to another's.
    pub name: String,
    /// A picture.
    pub logo_url: Option<String>,
    /// A wide picture.
    pub banner_url: Option<String>,
    /// `us-e1` or `eu-w1`; not always told.
    pub region: Option<&'static str>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When name or pictures last changed.
    pub updated_at: Timestamp,
    /// What is allocated to it: 0 allows nothing. The tenth is the plan's.
    pub limits: Amounts,
    /// When the allocation last changed.
    pub allocated_at: Timestamp,
    /// How many devices, dashboards and so on it has, by the summary's keys.
    pub resources: Vec<(&'static str, u32)>,
    /// Everybody in its team, the owner not among them.
    pub team: Vec<Member>,
    /// Its tokens, but for the sign-ins that come and go (see [`Profile::sign_ins`]).
    pub tokens: Vec<Token>,
    /// Values of sign-in tokens that were deleted.
    pub ended_sign_ins: Vec<String>,
    /// Its backups, oldest first.
    pub backups: Vec<Backup>,
    /// What was done to it while the simulator runs, oldest first.
    pub events: Vec<Event>,
    /// What it uses.
    pub meter: Meter,
}

impl Profile {
    /// Whether this account is in its team.
    pub fn is_member(&self, account: &str) -> bool {
        self.team
            .iter()
            .any(|member| member.active && member.id == account)
    }

    /// What the summary says is used: the totals of the latest hourly sample, and what a test added
    /// since. They change by the hour, so that two readings within one agree.
    pub fn limit_used(&self, now: Timestamp) -> Amounts {
        self.meter.latest(now)
    }

    /// Every token that the API lists at this time.
    pub fn listed_tokens(&self, now: Timestamp) -> Vec<Token> {
        let mut all = self.tokens.clone();
        all.extend(self.sign_ins(now));
        all
    }

    pub(crate) fn rename(&mut self, name: &str, now: Timestamp) {
        name.clone_into(&mut self.name);
        self.updated_at = now;
    }

    pub(crate) fn bump(&mut self, service: Service, amount: f64, now: Timestamp) {
        self.meter.bumps.push(Bump {
            at: now,
            service,
            amount,
        });
    }
}
