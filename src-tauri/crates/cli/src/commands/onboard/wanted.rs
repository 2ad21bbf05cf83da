//! What a customer is to be given, from options or a file.

use std::collections::BTreeMap;
use std::path::Path;

use clap::ValueEnum;
use desk::Desk;
use desk::onboard::{Onboard, OnboardGroup, OnboardToken};
use desk::read::{AllocationAccount, AllocationQuery, GroupKind};
use jiff::Timestamp;
use serde::Deserialize;

use super::super::{act, token_change};
use crate::args::{May, OnboardBeginArgs};
use crate::failure::Failure;

/// A file, as a person writes it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: String,
    account: Option<String>,
    #[serde(default)]
    free_resources: bool,
    logo: Option<String>,
    #[serde(default)]
    limits: BTreeMap<String, f64>,
    #[serde(default)]
    invite: Vec<String>,
    token: Option<WrittenToken>,
    #[serde(default)]
    groups: Vec<String>,
    customer: Option<String>,
    environment: Option<String>,
    #[serde(default)]
    note: String,
    #[serde(default)]
    protect: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenToken {
    name: String,
    permission: String,
    expires: String,
}

/// What is wanted, by the account that is named or is the only one with a free profile.
pub(super) async fn read(desk: &Desk, begin: &OnboardBeginArgs) -> Result<Onboard, Failure> {
    let written = match &begin.from {
        Some(path) => file(path)?,
        None => options(begin)?,
    };
    let account = match begin.account.as_deref().or(written.account.as_deref()) {
        Some(named) => desk.find_account(named).await?.key,
        None => free_account(&desk.allocation(AllocationQuery::default()).await?.accounts)?,
    };
    understood(written, account, Timestamp::now())
}

fn file(path: &Path) -> Result<Written, Failure> {
    let failure = |reason: &str| {
        Failure::usage(format!("{}: {reason}", path.display())).with_hint(
            "Give a TOML file such as: name = \"Pier 4\", account = \"Acme\", invite = [\"ada@pier.example\"].",
        )
    };
    let text = std::fs::read_to_string(path).map_err(|error| failure(&format!("{error}.")))?;
    toml::from_str(&text).map_err(|error| failure(error.to_string().trim_end()))
}

fn options(begin: &OnboardBeginArgs) -> Result<Written, Failure> {
    let token = begin.token.as_ref().map(|name| WrittenToken {
        name: name.clone(),
        permission: begin.permission.map(word).unwrap_or_default(),
        expires: begin.expires.clone().unwrap_or_default(),
    });
    let mut limits = BTreeMap::new();
    for text in &begin.limit {
        let (service, limit) = act::limit(text)?;
        limits.insert(service.key().to_owned(), limit);
    }
    Ok(Written {
        name: begin.name.clone().unwrap_or_default(),
        account: None,
        free_resources: begin.free_resources,
        logo: begin.logo.clone(),
        limits,
        invite: begin.invite.clone(),
        token,
        groups: begin.group.clone(),
        customer: begin.customer.clone(),
        environment: begin.environment.clone(),
        note: begin.note.clone().unwrap_or_default(),
        protect: begin.protect,
    })
}

fn word(may: May) -> String {
    let value = may.to_possible_value();
    value.map_or_else(String::new, |value| value.get_name().to_owned())
}

fn understood(written: Written, account: i64, now: Timestamp) -> Result<Onboard, Failure> {
    let mut services = BTreeMap::new();
    for (service, limit) in &written.limits {
        services.insert(super::super::allocation::service(service)?, *limit);
    }
    let token = match written.token {
        None => None,
        Some(token) => {
            let permission = May::from_str(&token.permission, true).map_err(|_| {
                Failure::usage(format!(
                    "“{}” is no permission of a token: it is full, write or read.",
                    token.permission
                ))
            })?;
            Some(OnboardToken {
                name: token.name,
                permission: permission.into(),
                expires_at: token_change::expiry(&token.expires, now)?,
            })
        }
    };
    let kinds = [
        (GroupKind::Group, written.groups),
        (GroupKind::Customer, written.customer.into_iter().collect()),
        (
            GroupKind::Environment,
            written.environment.into_iter().collect(),
        ),
    ];
    let groups = kinds.into_iter().flat_map(|(kind, names)| {
        names
            .into_iter()
            .map(move |name| OnboardGroup { name, kind })
    });
    Ok(Onboard {
        account,
        name: written.name,
        free_resources: written.free_resources,
        logo_url: written.logo,
        services,
        people: written.invite,
        token,
        groups: groups.collect(),
        note: written.note,
        protect: written.protect,
    })
}

/// The only account that has a profile left in its plan.
fn free_account(accounts: &[AllocationAccount]) -> Result<i64, Failure> {
    let free = |account: &&AllocationAccount| account.slots.profiles_free.unwrap_or(0) > 0;
    let with: Vec<&AllocationAccount> = accounts.iter().filter(free).collect();
    if let [one] = with.as_slice() {
        return Ok(one.key);
    }
    let said: Vec<String> = accounts
        .iter()
        .map(|account| {
            let left = account.slots.profiles_free;
            let left = left.map_or_else(|| "not known".to_owned(), |left| left.to_string());
            format!("{} ({left})", account.label)
        })
        .collect();
    let message = if with.is_empty() {
        "No account is known to have a profile left in its plan."
    } else {
        "Several accounts have a profile left in their plan."
    };
    Err(Failure::usage(message).with_hint(format!(
        "Name one with --account. Profiles left: {}.",
        said.join(", ")
    )))
}

#[cfg(test)]
mod tests {
    use desk::change::TokenPermission;
    use model::Service;

    use super::*;
    use crate::failure::Exit;

    const NOW: &str = "2026-05-10T12:00:00Z";

    fn parse(text: &str) -> Result<Onboard, Failure> {
        let written = toml::from_str(text).map_err(|error| Failure::usage(error.to_string()))?;
        understood(written, 7, NOW.parse().unwrap())
    }

    #[test]
    fn a_file_says_all_that_the_options_say_and_a_slip_in_it_is_refused() {
        let whole = parse(
            "name = 'Pier 4'\nfree_resources = true\nlogo = 'https://a.b/c.png'\ninvite = ['ada@a.b']\n\
             groups = ['North']\ncustomer = 'Pier'\nnote = 'Mondays'\nprotect = true\n\
             [limits]\ninput = 350_000\n[token]\nname = 'Gateway'\npermission = 'write'\nexpires = '90d'\n",
        )
        .unwrap();
        assert_eq!((whole.account, whole.name.as_str()), (7, "Pier 4"));
        assert_eq!(
            whole.services,
            BTreeMap::from([(Service::Input, 350_000.0)])
        );
        let token = whole.token.unwrap();
        assert_eq!(token.permission, TokenPermission::Write);
        assert_eq!(
            token.expires_at,
            Some("2026-08-08T12:00:00Z".parse().unwrap())
        );
        let kinds: Vec<_> = whole.groups.iter().map(|group| group.kind).collect();
        assert_eq!(kinds, [GroupKind::Group, GroupKind::Customer]);
        for bad in [
            "logo = 'https://a.b'",
            "name = 'A'\nnames = 'B'",
            "name = 'A'\n[limits]\ninputs = 5",
            "name = 'A'\n[token]\nname = 'T'\npermission = 'all'\nexpires = 'never'",
        ] {
            assert_eq!(parse(bad).unwrap_err().exit, Exit::Usage, "{bad}");
        }
    }
}
