//! One profile's team: its owner, who is in it or invited, and who was.

use std::collections::HashMap;

use model::{Dataset, Timestamp};
use store::{MemberVersion, Person, ProfileKey, Reader, StoreError, Subject};

use super::ways::{has_ended, known};
use crate::open::Desk;
use crate::problem::Problem;
use crate::read::age::freshness;
use crate::read::coverage::coverage;
use crate::read::fleet::no_such_profile;
use crate::read::{TeamMember, TeamRole, TeamRow, TeamView, Teams};
use crate::settings::Settings;

impl Desk {
    /// A profile's team as it was last seen.
    pub async fn team(&self, profile: i64) -> Result<TeamView, Problem> {
        let now = self.inner.clock.now();
        self.inner
            .read(move |store| view(store, ProfileKey(profile), now))
            .await?
            .ok_or_else(no_such_profile)
    }
}

impl Desk {
    /// Who is in the teams of all profiles, owners left out.
    pub async fn teams(&self) -> Result<Teams, Problem> {
        let now = self.inner.clock.now();
        self.inner
            .read(move |store| {
                let mut teams: HashMap<ProfileKey, Vec<MemberVersion>> = HashMap::new();
                for (key, version) in store.teams_at(None)? {
                    teams.entry(key).or_default().push(version);
                }
                let persons = store.persons()?;
                let mut members = Vec::new();
                for profile in store.access_profiles()? {
                    let team = teams.remove(&profile.key).unwrap_or_default();
                    if profile.removed_at.is_some() {
                        continue;
                    }
                    members.extend(team.into_iter().map(|version| {
                        let id = version.member.id.clone();
                        let person = id.and_then(|id| persons.get(&(profile.api.clone(), id)));
                        TeamMember {
                            profile: profile.id.clone(),
                            profile_name: profile.name.clone(),
                            row: member(version, person, now),
                        }
                    }));
                }
                Ok(Teams {
                    members,
                    coverage: coverage(store, Dataset::Team, now)?,
                })
            })
            .await
    }
}

fn view(
    store: &Reader<'_>,
    key: ProfileKey,
    now: Timestamp,
) -> Result<Option<TeamView>, StoreError> {
    let Some(profile) = store.access_profile(key)? else {
        return Ok(None);
    };
    let settings = Settings::read(store)?;
    let status = store.status(Subject::Profile(key), Dataset::Team)?;
    let made: HashMap<String, u32> = store
        .tokens_of(Some(&[key]), None)?
        .into_iter()
        .filter(|(_, _, version)| {
            let token = &version.token;
            let (expires_at, _) = crate::read::tokens::expiry(token.expires);
            !insight::is_sign_in(token.permission.as_deref(), token.created_at, expires_at)
        })
        .filter_map(|(_, _, version)| version.token.created_by)
        .fold(HashMap::new(), |mut made, who| {
            *made.entry(store::folded(who.trim())).or_default() += 1;
            made
        });
    let mut rows = Vec::new();
    if let Some(owner) = &profile.owner {
        let person = store.person(&profile.api, owner)?;
        let since = store.version::<String>(Subject::Profile(key), store::Aspect::Owner)?;
        rows.push(TeamRow {
            id: Some(owner.clone()),
            name: person.as_ref().and_then(|person| person.name.clone()),
            email: person.and_then(|person| person.email),
            role: TeamRole::Owner,
            invited_at: None,
            seen_from: since.map(|since| since.seen_from),
            gone_at: None,
            tokens: 0,
        });
    }
    for version in store.team(key)? {
        rows.push(row(store, &profile.api, version, now)?);
    }
    for row in &mut rows {
        let words = [
            row.id.as_ref().map(ToString::to_string),
            row.name.clone(),
            row.email.clone(),
        ];
        // The API names a creator by one of these, not by several.
        let counts = words
            .iter()
            .flatten()
            .filter_map(|word| made.get(&store::folded(word)));
        row.tokens = counts.copied().max().unwrap_or(0);
    }
    let mut former = Vec::new();
    for version in store.former_team(key)? {
        former.push(row(store, &profile.api, version, now)?);
    }
    Ok(Some(TeamView {
        members: rows,
        former,
        known_since: store.known_since_of(key, Dataset::Team)?,
        freshness: freshness(Dataset::Team, status.as_ref(), &settings, now),
    }))
}

fn row(
    store: &Reader<'_>,
    api: &str,
    version: MemberVersion,
    now: Timestamp,
) -> Result<TeamRow, StoreError> {
    let person = match &version.member.id {
        Some(id) => store.person(api, id)?,
        None => None,
    };
    Ok(member(version, person.as_ref(), now))
}

fn member(version: MemberVersion, person: Option<&Person>, now: Timestamp) -> TeamRow {
    let member = version.member;
    TeamRow {
        name: known(member.name).or_else(|| person.and_then(|person| person.name.clone())),
        email: known(member.email).or_else(|| person.and_then(|person| person.email.clone())),
        role: match member.active {
            Some(true) => TeamRole::Member,
            None => TeamRole::Listed,
            Some(false) if has_ended(member.created_at, now) => TeamRole::InvitationEnded,
            Some(false) => TeamRole::Invited,
        },
        id: member.id,
        invited_at: member.created_at,
        seen_from: Some(version.seen_from),
        gone_at: version.seen_until,
        tokens: 0,
    }
}
