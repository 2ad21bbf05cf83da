//! Inviting somebody to a profile's team, and taking somebody out of it.

use insight::allocation::PlanSlots;
use model::{AccountId, Dataset, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{Aspect, Member, ProfileKey, Reader, StoreError, Subject, Writer, folded};
use tagoio::{ApiError, Session, TeamMember};
use ts_rs::TS;

use super::{Fields, Refusal, RefusalReason, Sides, Target};
use crate::sync::{Log, Subscription, team_listed};

/// Letters of an e-mail address, at most; RFC 5321, 4.5.3.1.3.
const LONGEST_ADDRESS: usize = 254;

const MEMBER: &str = "member";
const STANDING: &str = "standing";

const NONE: &str = "none";
const INVITED: &str = "invited";
const JOINED: &str = "member";

/// An invitation to a profile's team, which the person must accept within 7 days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Invite {
    /// The profile, by its number in the store.
    #[ts(type = "number")]
    pub profile: i64,
    /// The person's e-mail address; white space around it is not a part of it.
    pub email: String,
}

/// Somebody who is to leave a profile's team, or whose invitation is to be taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RemoveMember {
    /// The profile, by its number in the store.
    #[ts(type = "number")]
    pub profile: i64,
    /// The person's account; null if it is known by its address alone.
    pub member: Option<AccountId>,
    /// The person's e-mail address, if it is known.
    pub email: Option<String>,
}

/// Who is meant: by the account if that is known, else by the address.
pub(super) struct Who<'a> {
    id: Option<&'a AccountId>,
    email: Option<&'a str>,
}

impl Invite {
    pub(super) fn who(&self) -> Who<'_> {
        Who {
            id: None,
            email: Some(self.email.trim()),
        }
    }

    pub(super) fn check(
        &self,
        store: &Reader<'_>,
        target: &Target,
    ) -> Result<Result<Sides, Refusal>, StoreError> {
        let who = self.who();
        let email = self.email.trim();
        if !is_address(email) {
            let message = format!("“{email}” is no e-mail address.");
            return Ok(Err(Refusal::invalid(message)));
        }
        let profile = match target.profile() {
            Ok(profile) => profile.key,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let owner = target.account.email.as_deref();
        if owner.is_some_and(|owner| folded(owner) == folded(email)) {
            let message = format!("{email} owns the profile.");
            return Ok(Err(Refusal::new(RefusalReason::NothingToDo, message)));
        }
        let team = if target.is_new() {
            Some(Vec::new())
        } else {
            known_team(store, profile)?
        };
        let mut warnings = vec![format!("{email} must accept the invitation within 7 days.")];
        if let Some(team) = team {
            if let Some(found) = team.iter().find(|member| who.is_stored(member)) {
                let message = if found.active == Some(false) {
                    format!(
                        "{email} is invited already. To invite anew, take the invitation back first."
                    )
                } else {
                    format!("{email} is a member already.")
                };
                return Ok(Err(Refusal::new(RefusalReason::NothingToDo, message)));
            }
            if let Some((plan, most)) = most_members(store, &target.account)?
                && team.len() >= most as usize
            {
                let message = format!(
                    "The plan “{plan}” lets a profile have {most} members, and {} are members or invited.",
                    team.len()
                );
                return Ok(Err(Refusal::new(RefusalReason::OverLimit, message)));
            }
        } else {
            let message = "The team was not fetched yet, so that it is not known whether there is a place in it.";
            warnings.push(message.to_owned());
        }
        Ok(Ok(Sides {
            before: who.fields(NONE),
            after: who.fields(INVITED),
            warnings,
        }))
    }

    pub(super) async fn send(&self, session: &Session, target: &Target) -> Result<(), ApiError> {
        let email = self.email.trim();
        session.add_team_member(target.id()?, email).await?;
        Ok(())
    }

    /// Who stands in the team after it.
    pub(super) fn invited(&self, at: Timestamp) -> Member {
        Member {
            // TagoIO says it with the next list.
            id: None,
            name: None,
            email: Some(self.email.trim().to_owned()),
            active: Some(false),
            created_at: Some(at),
        }
    }

    pub(super) fn undo(&self) -> RemoveMember {
        RemoveMember {
            profile: self.profile,
            member: None,
            email: Some(self.email.trim().to_owned()),
        }
    }
}

impl RemoveMember {
    pub(super) fn who(&self) -> Who<'_> {
        Who {
            id: self.member.as_ref(),
            email: self.email.as_deref(),
        }
    }

    pub(super) fn check(
        &self,
        store: &Reader<'_>,
        target: &Target,
    ) -> Result<Result<Sides, Refusal>, StoreError> {
        let who = self.who();
        if self.member.is_none() && self.email.is_none() {
            return Ok(Err(Refusal::invalid("Nobody is named.")));
        }
        let profile = match target.profile() {
            Ok(profile) => profile.key,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let Some(team) = known_team(store, profile)? else {
            let message = "The team was not fetched yet. Sync the profile first.";
            return Ok(Err(Refusal::invalid(message)));
        };
        let Some(found) = team.iter().find(|member| who.is_stored(member)) else {
            let message = format!("{} is neither a member nor invited.", who.called());
            return Ok(Err(Refusal::new(RefusalReason::NothingToDo, message)));
        };
        let warning = if found.active == Some(false) {
            format!("The invitation of {} is taken back.", who.called())
        } else {
            format!(
                "{} loses access. To be back, the person must be invited and accept anew.",
                who.called()
            )
        };
        Ok(Ok(Sides {
            before: who.fields(standing(found.active)),
            after: who.fields(NONE),
            warnings: vec![warning],
        }))
    }

    pub(super) async fn send(&self, session: &Session, target: &Target) -> Result<(), ApiError> {
        let profile = target.id()?;
        if let Some(member) = &self.member {
            session.remove_team_member(profile, member).await?;
            return Ok(());
        }
        let team = session.team(profile).await?;
        // One who is not in it any more is where it was to lead.
        if let Some(member) = team.iter().find(|member| self.who().is(member)) {
            session.remove_team_member(profile, &member.id).await?;
        }
        Ok(())
    }

    /// An invitation: the person must accept it anew.
    pub(super) fn undo(&self) -> Option<Invite> {
        Some(Invite {
            profile: self.profile,
            email: self.email.clone()?,
        })
    }
}

impl Who<'_> {
    /// What is changed of a team, beside the profile.
    pub(super) fn thing(&self) -> String {
        folded(&self.called())
    }

    fn called(&self) -> String {
        let id = || self.id.map(ToString::to_string);
        let email = self.email.map(str::to_owned);
        email.or_else(id).unwrap_or_default()
    }

    fn is(&self, member: &TeamMember) -> bool {
        self.is_one(Some(&member.id), member.email.as_deref())
    }

    fn is_stored(&self, member: &Member) -> bool {
        self.is_one(member.id.as_ref(), member.email.as_deref())
    }

    fn is_one(&self, id: Option<&AccountId>, email: Option<&str>) -> bool {
        match (self.id, id) {
            (Some(wanted), Some(id)) => wanted == id,
            _ => matches!((self.email, email), (Some(wanted), Some(email))
                if folded(wanted) == folded(email)),
        }
    }

    fn fields(&self, standing: &str) -> Fields {
        Fields::from([
            (MEMBER.to_owned(), Value::from(self.called())),
            (STANDING.to_owned(), Value::from(standing)),
        ])
    }

    /// Where the person stands at TagoIO.
    pub(super) async fn read(
        &self,
        session: &Session,
        target: &Target,
    ) -> Result<Fields, ApiError> {
        let team = session.team(target.id()?).await?;
        let found = team.iter().find(|member| self.is(member));
        Ok(self.fields(found.map_or(NONE, |member| standing(member.active))))
    }

    /// Writes the team with somebody in this one's place, or nobody. A team of which nothing else is known is left
    /// to the next sync.
    pub(super) fn record(
        &self,
        store: &Writer<'_>,
        profile: ProfileKey,
        instead: Option<Member>,
        log: &mut Log,
    ) -> Result<(), StoreError> {
        let Some(mut team) = known_team(store, profile)? else {
            return Ok(());
        };
        team.retain(|member| !self.is_stored(member));
        team.extend(instead);
        team_listed(&store.team(profile)?, &team, log);
        store.put_team(profile, &team, log.at())
    }
}

const fn standing(active: Option<bool>) -> &'static str {
    match active {
        Some(false) => INVITED,
        Some(true) | None => JOINED,
    }
}

/// Whether it looks like an address. Only TagoIO's mail shows whether it is one.
pub(crate) fn is_address(text: &str) -> bool {
    let Some((name, host)) = text.split_once('@') else {
        return false;
    };
    let is_odd = |letter: char| letter.is_whitespace() || letter.is_control();
    text.len() <= LONGEST_ADDRESS
        && !text.contains(is_odd)
        && !name.is_empty()
        && !host.contains('@')
        && host.contains('.')
        && host.split('.').all(|part| !part.is_empty())
}

/// A profile's team as it was last seen; `None` if it never was.
fn known_team(store: &Reader<'_>, profile: ProfileKey) -> Result<Option<Vec<Member>>, StoreError> {
    let status = store.status(Subject::Profile(profile), Dataset::Team)?;
    if status.is_none_or(|status| status.succeeded_at.is_none()) {
        return Ok(None);
    }
    let team = store.team(profile)?.into_iter();
    Ok(Some(team.map(|version| version.member).collect()))
}

/// The account's plan and how many members it lets a profile have, if TagoIO publishes that.
fn most_members(
    store: &Reader<'_>,
    account: &store::Account,
) -> Result<Option<(String, u32)>, StoreError> {
    let plan = plan_of(store, account)?;
    Ok(plan.and_then(|plan| PlanSlots::of(&plan).map(|slots| (plan, slots.members))))
}

/// An account's plan, as its subscription says it, else the account itself.
pub(crate) fn plan_of(
    store: &Reader<'_>,
    account: &store::Account,
) -> Result<Option<String>, StoreError> {
    let subject = Subject::Account(account.key);
    let bought = store.version::<Subscription>(subject, Aspect::Subscription)?;
    let plan = bought.and_then(|bought| bought.value.plan);
    Ok(plan.or_else(|| account.plan.clone()))
}

#[cfg(test)]
mod tests {
    use super::is_address;

    #[test]
    fn an_address_has_a_name_and_a_host_with_a_dot() {
        for good in ["ada@example.com", "a.b+c@mail.example.pt"] {
            assert!(is_address(good), "{good}");
        }
        for bad in [
            "",
            "ada",
            "@example.com",
            "ada@example",
            "a@b@c.d",
            "a b@c.d",
            "ada@.com",
        ] {
            assert!(!is_address(bad), "{bad}");
        }
    }
}
