//! What the simulator holds: accounts, profiles and all that belongs to them, made from a seed.

mod account;
pub(crate) mod audit;
mod billing;
pub(crate) mod make;
mod make_account;
mod make_profile;
mod names;
mod profile;
mod service;
pub(crate) mod statistics;
mod token;
mod usage;

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use jiff::Timestamp;

pub use account::{Account, Cycle, Invoice, Otp, PastDue, Plan, Schedule};
pub use audit::{AuditQuery, Event};
pub(crate) use billing::{ADDON, PLANS, prices, tier_at_least};
pub use profile::{Backup, BackupState, Member, Profile};
pub use service::{Amounts, Service};
pub use statistics::{Period, Sample};
pub use token::{OtherToken, Permission, Token, bare};
pub use usage::{Bump, Meter, Outage};

use crate::AccountToken;

/// A file that was uploaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredFile {
    /// The profile that it belongs to.
    pub profile: String,
    /// Its name, with folders.
    pub filename: String,
    /// What it holds.
    pub bytes: Vec<u8>,
    /// Whether it can be read without a token.
    pub public: bool,
}

/// How the host of backups' files behaves, and who asked it.
#[derive(Clone, Debug, Default)]
pub struct Storage {
    /// Each answer breaks off after so many bytes.
    pub cut_after: Option<u64>,
    /// How long it waits before each 64 KiB.
    pub pause: Option<Duration>,
    /// Whether it gives whole files alone.
    pub no_ranges: bool,
    /// Every request so far.
    pub requests: Vec<StorageRequest>,
    /// What was given out: the signature, the backup, and until when it lets in.
    pub(crate) links: HashMap<String, (String, Timestamp)>,
}

/// A request that reached the host of files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StorageRequest {
    /// All headers, as `name: value`.
    pub headers: Vec<String>,
    /// The part that was asked for.
    pub range: Option<String>,
    /// What it was answered with.
    pub status: u16,
}

/// A notification to an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// 24 hexadecimal characters.
    pub id: String,
    /// Whom it tells.
    pub account: String,
    /// Its heading.
    pub title: String,
    /// Its text.
    pub message: String,
    /// Whether it was read.
    pub read: bool,
    /// When it was sent.
    pub created_at: Timestamp,
    /// The profile that it invites to, while that is open.
    pub invitation: Option<String>,
}

/// What is answered to the question for prices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pricing {
    /// Plans, add-ons and the tiers of each service.
    #[default]
    Tiers,
    /// A list without anything in it, as a private deployment may answer.
    Empty,
    /// That there is no such thing.
    Missing,
}

/// All that the simulator holds at one moment.
#[derive(Clone, Debug)]
pub struct World {
    /// The seed that made it.
    pub seed: u64,
    /// When it was made, by the simulator's clock.
    pub started_at: Timestamp,
    /// The desk's accounts first, in order, then those of strangers.
    pub accounts: Vec<Account>,
    /// Every profile by its id. Add and remove through the methods, which keep the tokens' index.
    pub profiles: BTreeMap<String, Profile>,
    /// Every notification, oldest first.
    pub notifications: Vec<Notification>,
    /// Every file that was uploaded.
    pub files: Vec<StoredFile>,
    /// The host of backups' files.
    pub storage: Storage,
    /// What is answered to the question for prices.
    pub pricing: Pricing,
    /// Tokens of devices, analyses, networks and so on: they open `/info` alone.
    pub other_tokens: Vec<OtherToken>,
    /// Audit queries that were started, by id.
    pub audits: BTreeMap<String, AuditQuery>,
    /// Bare token to profile.
    holders: BTreeMap<String, String>,
    /// How many things were made since the start: the next id and token follow from it.
    made: u64,
}

impl World {
    pub(crate) fn new(seed: u64, started_at: Timestamp) -> Self {
        Self {
            seed,
            started_at,
            accounts: Vec::new(),
            profiles: BTreeMap::new(),
            notifications: Vec::new(),
            files: Vec::new(),
            storage: Storage::default(),
            pricing: Pricing::default(),
            other_tokens: Vec::new(),
            audits: BTreeMap::new(),
            holders: BTreeMap::new(),
            made: 0,
        }
    }

    /// A source for the ids of what is created while the simulator runs.
    pub(crate) fn draw(&mut self) -> crate::random::Draw {
        self.made += 1;
        crate::random::Draw::new(self.seed ^ 0x001D, self.made)
    }

    /// The desk's accounts, each with its token.
    pub fn desk_tokens(&self) -> Vec<AccountToken> {
        let desk = self
            .accounts
            .iter()
            .filter_map(|account| Some((account, account.token.clone()?)));
        desk.map(|(account, token)| AccountToken {
            account: account.id.clone(),
            name: account.name.clone(),
            token,
        })
        .collect()
    }

    /// The account with this id.
    pub fn account(&self, id: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.id == id)
    }

    /// An account to change, by its id.
    pub fn account_mut(&mut self, id: &str) -> Option<&mut Account> {
        self.accounts.iter_mut().find(|account| account.id == id)
    }

    pub(crate) fn account_by_email(&self, email: &str) -> Option<&Account> {
        self.accounts
            .iter()
            .find(|account| account.email.eq_ignore_ascii_case(email))
    }

    /// The profile with this id.
    pub fn profile(&self, id: &str) -> Option<&Profile> {
        self.profiles.get(id)
    }

    /// The profile with this id, to be changed.
    pub fn profile_mut(&mut self, id: &str) -> Option<&mut Profile> {
        self.profiles.get_mut(id)
    }

    /// The profiles that an account owns or is an active member of: what `GET /profile` lists.
    pub fn visible_to<'a>(&'a self, account: &'a str) -> impl Iterator<Item = &'a Profile> {
        self.profiles
            .values()
            .filter(move |profile| profile.owner == account || profile.is_member(account))
    }

    /// The profiles that an account owns.
    pub fn owned_by<'a>(&'a self, account: &'a str) -> impl Iterator<Item = &'a Profile> {
        self.profiles
            .values()
            .filter(move |profile| profile.owner == account)
    }

    /// Adds a profile with its tokens.
    pub fn add_profile(&mut self, profile: Profile) {
        for token in &profile.tokens {
            self.holders
                .insert(bare(&token.token).to_owned(), profile.id.clone());
        }
        self.profiles.insert(profile.id.clone(), profile);
    }

    /// Removes a profile and makes its tokens worthless. Says whether there was one.
    pub fn remove_profile(&mut self, id: &str) -> bool {
        let gone = self.profiles.remove(id);
        for token in gone.iter().flat_map(|profile| &profile.tokens) {
            self.holders.remove(bare(&token.token));
        }
        gone.is_some()
    }

    /// The profile that a token belongs to and the token's record, whatever the token's state.
    pub fn token(&self, value: &str) -> Option<(&Profile, &Token)> {
        let profile = self.profiles.get(self.holders.get(bare(value))?)?;
        Some((
            profile,
            profile
                .tokens
                .iter()
                .find(|token| bare(&token.token) == bare(value))?,
        ))
    }

    /// Gives a profile another token.
    pub fn add_token(&mut self, profile: &str, token: Token) {
        if let Some(found) = self.profiles.get_mut(profile) {
            self.holders
                .insert(bare(&token.token).to_owned(), profile.to_owned());
            found.tokens.push(token);
        }
    }

    /// Removes a token from whatever profile has it. Says whether there was one.
    pub fn remove_token(&mut self, value: &str) -> bool {
        let Some(holder) = self.holders.remove(bare(value)) else {
            return false;
        };
        if let Some(profile) = self.profiles.get_mut(&holder) {
            profile
                .tokens
                .retain(|token| bare(&token.token) != bare(value));
        }
        true
    }

    /// Moves a token to another profile. Says whether both exist.
    pub(crate) fn move_token(&mut self, value: &str, target: &str) -> bool {
        let Some((_, token)) = self.token(value) else {
            return false;
        };
        let token = Token {
            ref_id: target.to_owned(),
            ..token.clone()
        };
        if !self.profiles.contains_key(target) {
            return false;
        }
        self.remove_token(value);
        self.add_token(target, token);
        true
    }

    /// What an account has left to allocate, by service.
    pub fn unallocated(&self, account: &str) -> Amounts {
        let mut left = self
            .account(account)
            .map(|found| found.limits)
            .unwrap_or_default();
        for profile in self.owned_by(account) {
            for service in Service::NINE {
                left[service as usize] -= profile.limits[service as usize];
            }
        }
        left
    }
}
