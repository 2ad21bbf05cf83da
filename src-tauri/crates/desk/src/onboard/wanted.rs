//! What a customer is to be given, and the steps that this takes.

use std::collections::BTreeMap;

use model::{Service, Timestamp};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::OnboardStepKind as Kind;
use crate::change::{
    Allocate, Change, CreateProfile, CreateToken, Invite, Pictures, TokenPermission,
};
use crate::figures::{minute, number};
use crate::read::GroupKind;

/// What a customer is to be given: a profile of its own, and what belongs to it. It holds no secret.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Onboard {
    /// The account that is to own the profile, by its number in the store.
    #[ts(type = "number")]
    pub account: i64,
    /// The profile's name, which no other profile of the account has.
    pub name: String,
    /// Whether it is given what TagoIO gives for free, as far as the account has that left.
    #[serde(default)]
    pub free_resources: bool,
    /// The address of its logo.
    #[serde(default)]
    pub logo_url: Option<String>,
    /// Its limits, each in its service's unit; services that are not named stay as TagoIO makes them.
    #[serde(default)]
    pub services: BTreeMap<Service, f64>,
    /// Whom to invite to its team, by e-mail address.
    #[serde(default)]
    pub people: Vec<String>,
    /// A token of it.
    #[serde(default)]
    pub token: Option<OnboardToken>,
    /// The groups that it is put into; those that are not there are made.
    #[serde(default)]
    pub groups: Vec<OnboardGroup>,
    /// What is written about it on this computer; empty for nothing.
    #[serde(default)]
    pub note: String,
    /// Whether it is marked as protected.
    #[serde(default)]
    pub protect: bool,
}

/// A token that a customer is given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct OnboardToken {
    /// Its name.
    pub name: String,
    /// What it may do.
    pub permission: TokenPermission,
    /// Until when it is valid; null is for good.
    #[serde(default)]
    #[ts(type = "string | null")]
    pub expires_at: Option<Timestamp>,
}

/// A group that a customer's profile is put into.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct OnboardGroup {
    /// Its name.
    pub name: String,
    /// What it divides profiles by.
    pub kind: GroupKind,
}

/// One thing to be done.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Step {
    /// Names it among the others.
    pub(super) id: String,
    pub(super) kind: Kind,
    /// What it does, for a person.
    pub(super) what: String,
    pub(super) task: Task,
}

/// What a step is: a change at TagoIO, or something that stays on this computer.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Task {
    Change(Change),
    Group(OnboardGroup),
    Note(String),
    Protect,
}

impl Onboard {
    /// The steps in their order, of a profile by its number in the store. All of them need the profile, which
    /// the first one makes, and none of them another one.
    pub(super) fn steps(&self, profile: i64) -> Vec<Step> {
        let mut steps = vec![self.create()];
        let mut add = |kind: Kind, which: Option<&str>, what: String, task: Task| {
            let id = which.map_or_else(
                || kind.key().to_owned(),
                |which| format!("{}:{which}", kind.key()),
            );
            steps.push(Step {
                id,
                kind,
                what,
                task,
            });
        };
        if let Some(url) = self
            .logo_url
            .as_deref()
            .map(str::trim)
            .filter(|url| !url.is_empty())
        {
            let pictures = Pictures {
                profile,
                logo_url: Some(url.to_owned()),
                banner_url: None,
                logo_file: None,
                banner_file: None,
            };
            let what = format!("Give it the logo {url}");
            add(
                Kind::Logo,
                None,
                what,
                Task::Change(Change::Pictures(pictures)),
            );
        }
        if !self.services.is_empty() {
            let limits: Vec<String> = self
                .services
                .iter()
                .map(|(service, limit)| format!("{} {}", service.label(), number(*limit)))
                .collect();
            let allocate = Allocate {
                profile,
                services: self.services.clone(),
            };
            let what = format!("Set its limits: {}", limits.join(", "));
            add(
                Kind::Limits,
                None,
                what,
                Task::Change(Change::Allocate(allocate)),
            );
        }
        for email in &self.people {
            let email = email.trim();
            let invite = Invite {
                profile,
                email: email.to_owned(),
            };
            let what = format!("Invite {email} to its team");
            add(
                Kind::Invitation,
                Some(email),
                what,
                Task::Change(Change::Invite(invite)),
            );
        }
        if let Some(token) = &self.token {
            let create = CreateToken {
                profile,
                name: token.name.trim().to_owned(),
                permission: token.permission,
                expires_at: token.expires_at,
            };
            add(
                Kind::Token,
                None,
                token.what(),
                Task::Change(Change::CreateToken(create)),
            );
        }
        for group in &self.groups {
            let name = group.name.trim();
            let which = format!("{}:{name}", group.kind_word());
            let where_to = match group.kind {
                GroupKind::Group | GroupKind::Favourites => "into",
                GroupKind::Customer | GroupKind::Environment => "under",
            };
            let what = format!("Put it {where_to} the {} “{name}”", group.kind_word());
            add(Kind::Group, Some(&which), what, Task::Group(group.clone()));
        }
        if !self.note.trim().is_empty() {
            let what = "Write the note about it".to_owned();
            add(Kind::Note, None, what, Task::Note(self.note.clone()));
        }
        if self.protect {
            let what = "Mark it as protected".to_owned();
            add(Kind::Protection, None, what, Task::Protect);
        }
        steps
    }

    fn create(&self) -> Step {
        let name = self.name.trim();
        let free = if self.free_resources {
            "with what TagoIO gives for free"
        } else {
            "with nothing allocated"
        };
        Step {
            id: Kind::Profile.key().to_owned(),
            kind: Kind::Profile,
            what: format!("Make the profile “{name}” {free}"),
            task: Task::Change(Change::CreateProfile(CreateProfile {
                account: self.account,
                name: name.to_owned(),
                free_resources: self.free_resources,
            })),
        }
    }
}

impl OnboardToken {
    fn what(&self) -> String {
        let may = match self.permission {
            TokenPermission::Full => "may do everything",
            TokenPermission::Write => "may write",
            TokenPermission::Read => "may read",
        };
        let until = self.expires_at.map_or_else(
            || "for good".to_owned(),
            |at| format!("until {}", minute(at)),
        );
        format!(
            "Make the token “{}”, which {may}, {until}",
            self.name.trim()
        )
    }
}

impl OnboardGroup {
    const fn kind_word(&self) -> &'static str {
        match self.kind {
            GroupKind::Group => "group",
            GroupKind::Customer => "customer",
            GroupKind::Environment => "environment",
            GroupKind::Favourites => "favourites",
        }
    }
}

impl Step {
    /// The change at TagoIO that it is.
    pub(super) fn change(&self) -> Option<&Change> {
        match &self.task {
            Task::Change(change) => Some(change),
            Task::Group(_) | Task::Note(_) | Task::Protect => None,
        }
    }
}
