//! Access line by line: what `pdesk access` prints, one person's profiles beside the list, and the evidence.

use std::collections::BTreeMap;

use model::AccountId;
use store::ProfileKey;

use super::people::{found, identity};
use super::wanted::Wanted;
use super::ways::{Moment, Way, Ways};
use crate::open::Desk;
use crate::problem::{Problem, ProblemCode};
use crate::read::tokens::expiry;
use crate::read::{AccessKind, AccessLine, AccessList, AccessQuery};

impl Desk {
    /// Who had access to what, line by line, tokens among them. Where something was not known then, a line
    /// says so, unless it is asked for persons: such a line is nobody's.
    pub async fn access(&self, query: AccessQuery) -> Result<AccessList, Problem> {
        let now = self.inner.clock.now();
        let moment = Moment::of(query.at, now);
        let only = query.profile.map(ProfileKey);
        let wanted = Wanted::parse(&query.filter)?;
        let (ways, left, found) = self
            .inner
            .read(move |store| {
                let left = wanted.profiles(store, now)?;
                let found = if wanted.is_of_persons() {
                    let ways = Ways::gather(store, moment, None, false)?;
                    Some(found(store, &ways, &wanted, left.as_ref(), moment.at)?)
                } else {
                    None
                };
                Ok((Ways::gather(store, moment, only, true)?, left, found))
            })
            .await?;
        let who = match &query.person {
            Some(person) => Some(meant(&ways, ways.all.iter(), person)?),
            None => None,
        };
        let (mut total, mut folded) = (0, 0);
        let mut lines = Vec::new();
        for way in &ways.all {
            let profile = &ways.profiles[way.profile].key;
            if left.as_ref().is_some_and(|left| !left.contains(profile)) {
                continue;
            }
            if who.is_some() || found.is_some() {
                let identity = identity(&ways, way);
                if who.as_ref().is_some_and(|who| *who != identity)
                    || found
                        .as_ref()
                        .is_some_and(|found| !found.contains(&identity))
                {
                    continue;
                }
            }
            if !query.sign_ins && is_sign_in(way) {
                folded += 1;
                continue;
            }
            if total >= query.offset && lines.len() < query.limit as usize {
                lines.push(line(&ways, way));
            }
            total += 1;
        }
        Ok(AccessList {
            at: moment.at,
            total,
            lines,
            folded,
        })
    }
}

/// Who is meant: by the whole of an address or an id, else by a name that one person alone bears.
pub(crate) fn meant<'a>(
    ways: &Ways,
    among: impl Iterator<Item = &'a Way>,
    person: &str,
) -> Result<String, Problem> {
    let wanted = store::folded(person.trim());
    let mut by_name: BTreeMap<String, String> = BTreeMap::new();
    for way in among {
        let identity = identity(ways, way);
        let folded = |text: &Option<String>| text.as_deref().map(store::folded);
        let id = way.id.as_ref().map(AccountId::as_str);
        if !wanted.is_empty()
            && (identity == wanted
                || folded(&way.email).as_ref() == Some(&wanted)
                || id == Some(wanted.as_str()))
        {
            return Ok(identity);
        }
        if folded(&way.name).as_ref() == Some(&wanted) {
            by_name.insert(identity, way.email.clone().unwrap_or_default());
        }
    }
    match by_name.len() {
        1 => Ok(by_name.into_keys().next().unwrap_or_default()),
        0 => Err(Problem::new(
            ProblemCode::NotFound,
            format!(
                "Nobody with the address, id or name “{}” is known to have had access then.",
                person.trim()
            ),
        )
        .with_hint("Where a team was not known at that time, this proves nothing.")),
        many => {
            let addresses: Vec<String> = by_name.into_values().take(10).collect();
            Err(
                Problem::invalid(format!("{many} persons are called “{}”.", person.trim()))
                    .with_hint(format!("Name one by the address: {}", addresses.join(", "))),
            )
        }
    }
}

pub(crate) fn is_sign_in(way: &Way) -> bool {
    way.token.as_ref().is_some_and(|version| {
        let (expires_at, _) = expiry(version.token.expires);
        insight::is_sign_in(
            version.token.permission.as_deref(),
            version.token.created_at,
            expires_at,
        )
    })
}

fn line(ways: &Ways, way: &Way) -> AccessLine {
    let profile = &ways.profiles[way.profile];
    let token = way.token.as_ref().map(|version| &version.token);
    AccessLine {
        profile_key: profile.key.0,
        profile: profile.id.clone(),
        profile_name: profile.name.clone(),
        account: profile.account.clone(),
        kind: way.kind,
        person: way.id.clone(),
        name: way.name.clone(),
        email: way.email.clone(),
        token: token.and_then(|token| token.name.clone()),
        last4: token.map(|token| token.last4.clone()),
        permission: token.and_then(|token| token.permission.clone()),
        known: way.known,
        how: way.how().to_owned(),
        since: way.since,
        until: way.until,
        made_at: way.made_at,
        expires_at: token.and_then(|token| expiry(token.expires).0),
        source: way.said(),
    }
}

impl AccessKind {
    /// What a person calls it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Member => "member",
            Self::Invitation => "open invitation",
            Self::InvitationEnded => "invitation ended",
            Self::Person => "person",
            Self::Token => "token",
            Self::UnknownOwner => "owner not known",
            Self::UnknownTeam => "team not known",
            Self::UnknownTokens => "tokens not known",
        }
    }
}
