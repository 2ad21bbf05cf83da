//! Tokens of all profiles: found by a filter in the store, their flags told by `insight`.

use std::collections::HashMap;

use model::{AccountId, Dataset, Timestamp};
use store::{
    AccessProfile, Expiry, ProfileKey, Reader, StandingToken, StoreError, Subject, TokenQuery,
    TokenSort, TokenTest, TokenVersion,
};

use super::age::freshness;
use super::coverage::coverage;
use super::filter::{Compare, Filter, Term, not_understood, span, yes};
use super::{
    TokenDetail, TokenFigures, TokenFlag, TokenOrder, TokenRow, TokenVersionRow, TokensPage,
    TokensQuery,
};
use crate::open::Desk;
use crate::problem::{Problem, ProblemCode};
use crate::settings::Settings;

/// The tests that are this screen's own.
const OWN: [&str; 9] = [
    "permission",
    "expires",
    "unused",
    "used",
    "age",
    "creator",
    "flag",
    "kind",
    "sign-in",
];

impl Desk {
    /// A page of the tokens that a filter finds. Those of signing in are folded away unless the filter says
    /// otherwise.
    pub async fn tokens(&self, query: TokensQuery) -> Result<TokensPage, Problem> {
        let now = self.inner.clock.now();
        let filter = Filter::parse(&query.filter, &OWN)?;
        let (tests, sign_ins) = tests(filter.own(), now)?;
        let words = filter
            .words()
            .iter()
            .map(|word| (word.values[0].clone(), word.negated))
            .collect();
        let mut wanted = TokenQuery {
            words,
            tests,
            profiles: None,
            sign_ins,
            sign_in_life: insight::SIGN_IN_LIFE,
            sort: sort(query.sort),
            descending: query.descending,
            offset: query.offset,
            limit: query.limit,
        };
        self.inner
            .read(move |store| {
                wanted.profiles = match filter.profiles(store, now)? {
                    Some(left) => Some(
                        left.into_iter()
                            .filter(|key| query.profile.is_none_or(|one| one == key.0))
                            .collect(),
                    ),
                    None => query.profile.map(|one| vec![ProfileKey(one)]),
                };
                let page = store.token_page(&wanted)?;
                let folded = if wanted.sign_ins == Some(false) {
                    wanted.sign_ins = Some(true);
                    wanted.limit = 0;
                    store.token_page(&wanted)?.total
                } else {
                    0
                };
                let mut rows = Rows::new(store, now)?;
                Ok(TokensPage {
                    total: page.total,
                    rows: rows.all(&page.rows)?,
                    folded,
                })
            })
            .await
    }

    /// How many tokens want attention and why. Cheap enough for a badge: one walk over narrow rows.
    pub async fn token_figures(&self) -> Result<TokenFigures, Problem> {
        let now = self.inner.clock.now();
        self.inner
            .read(move |store| {
                let soon = now.saturating_add(insight::EXPIRES_SOON).unwrap_or(now);
                let found = store.token_figures(now, soon, insight::SIGN_IN_LIFE)?;
                Ok(TokenFigures {
                    tokens: found.tokens,
                    sign_ins: found.sign_ins,
                    never_used: found.never_used,
                    never_expires: found.never_expires,
                    full: found.full,
                    full_never_used: found.full_never_used,
                    expiring: found.expiring,
                    expired: found.expired,
                    creator_gone: found.orphans,
                    coverage: coverage(store, Dataset::Tokens, now)?,
                })
            })
            .await
    }

    /// All that is kept of one token.
    pub async fn token(&self, key: i64) -> Result<TokenDetail, Problem> {
        let now = self.inner.clock.now();
        self.inner
            .read(move |store| {
                let Some((standing, versions)) = store.token_history(key)? else {
                    return Ok(None);
                };
                let settings = Settings::read(store)?;
                let subject = Subject::Profile(standing.profile);
                let status = store.status(subject, Dataset::Tokens)?;
                let mut rows = Rows::new(store, now)?;
                let row = rows.row(&standing)?;
                let created_by = standing.version.token.created_by.clone();
                let creator_email = rows.email(standing.profile, created_by.as_deref())?;
                let token = standing.version.token;
                Ok(Some(TokenDetail {
                    row,
                    kind: token.kind,
                    ref_id: token.ref_id,
                    creator_email,
                    creator_gone: standing.orphan,
                    gone_at: standing.version.seen_until,
                    versions: versions.into_iter().map(version).collect(),
                    freshness: freshness(Dataset::Tokens, status.as_ref(), &settings, now),
                }))
            })
            .await?
            .ok_or_else(|| {
                Problem::new(
                    ProblemCode::NotFound,
                    "There is no such token in the store any more.",
                )
            })
    }
}

fn version(version: TokenVersion) -> TokenVersionRow {
    let (expires_at, never_expires) = expiry(version.token.expires);
    TokenVersionRow {
        name: version.token.name,
        permission: version.token.permission,
        expires_at,
        never_expires,
        seen_from: version.seen_from,
        seen_until: version.seen_until,
    }
}

pub(crate) fn expiry(expires: Expiry) -> (Option<Timestamp>, bool) {
    match expires {
        Expiry::At(at) => (Some(at), false),
        Expiry::Never => (None, true),
        Expiry::Unknown => (None, false),
    }
}

fn sort(order: TokenOrder) -> TokenSort {
    match order {
        TokenOrder::Name => TokenSort::Name,
        TokenOrder::Profile => TokenSort::Profile,
        TokenOrder::Permission => TokenSort::Permission,
        TokenOrder::Created => TokenSort::Made,
        TokenOrder::Expires => TokenSort::Expires,
        TokenOrder::Used => TokenSort::Used,
        TokenOrder::Creator => TokenSort::Creator,
    }
}

/// The screen's own tests, and which tokens of signing in stay: none, if nothing is said of them.
type Tests = (Vec<(TokenTest, bool)>, Option<bool>);

fn tests(terms: &[Term], now: Timestamp) -> Result<Tests, Problem> {
    let mut tests = Vec::new();
    let mut sign_ins = Some(false);
    for term in terms {
        if term.key.as_deref() == Some("sign-in") {
            let value = &term.values[0];
            sign_ins = match value.as_str() {
                "all" | "al" | "a" => None,
                _ => yes(term, value)?.map_or(sign_ins, |yes| Some(yes != term.negated)),
            };
            continue;
        }
        let mut any = Vec::new();
        for value in &term.values {
            any.extend(test(term, value, now)?);
        }
        match any.len() {
            // It is still being typed.
            0 => {}
            1 => tests.extend(any.pop().map(|one| (one, term.negated))),
            _ => tests.push((TokenTest::Any(any), term.negated)),
        }
    }
    Ok((tests, sign_ins))
}

/// What one value of a term tests; `None` while it is typed.
fn test(term: &Term, value: &str, now: Timestamp) -> Result<Option<TokenTest>, Problem> {
    let key = term.key.as_deref().unwrap_or_default();
    let lower = value.to_lowercase();
    if value.is_empty() {
        return Ok(None);
    }
    let is_ordered = term.compare != Compare::Is;
    Ok(Some(match key {
        "expires" if is_ordered => {
            let end = after(now, term, value, "expires:<14d or expires:>1y")?;
            if matches!(term.compare, Compare::Less | Compare::AtMost) {
                TokenTest::Expires(Some(now), Some(end))
            } else {
                TokenTest::Expires(Some(end), None)
            }
        }
        "expires" if lower == "never" => TokenTest::NeverExpires,
        "expires" if lower == "expired" => TokenTest::Expires(None, Some(just_after(now))),
        "used" if lower == "never" => TokenTest::NeverUsed,
        "expires" | "used" if !is_ordered && begins(&["never", "expired"], &lower) => {
            return Ok(None);
        }
        "used" | "age" if is_ordered => {
            let at = before(now, term, value, &format!("{key}:>90d or {key}:<7d"))?;
            // Longer ago is before that moment.
            let (from, to) = if matches!(term.compare, Compare::More | Compare::AtLeast) {
                (None, Some(at))
            } else {
                (Some(at), None)
            };
            if key == "used" {
                TokenTest::Used(from, to)
            } else {
                TokenTest::Made(from, to)
            }
        }
        "unused" if !is_ordered => match yes(term, value)? {
            None => return Ok(None),
            Some(true) => TokenTest::NeverUsed,
            Some(false) => TokenTest::Used(None, None),
        },
        "permission" if !is_ordered => TokenTest::Permission(lower),
        "kind" if !is_ordered => TokenTest::Kind(lower),
        "creator" if !is_ordered => TokenTest::Creator(lower),
        "flag" if !is_ordered => match flag(&lower, now) {
            Some(test) => test,
            None if begins(&FLAGS, &lower) => return Ok(None),
            None => {
                return Err(not_understood(
                    term,
                    value,
                    "flag:orphan, flag:expiring, flag:expired, flag:unused, flag:full or flag:unending",
                ));
            }
        },
        _ => {
            return Err(not_understood(
                term,
                value,
                match key {
                    "expires" => "expires:<14d, expires:never or expires:expired",
                    "used" => "used:>90d or used:never",
                    "age" => "age:>1y",
                    _ => "a colon without a sign of order",
                },
            ));
        }
    }))
}

/// Whether a text is the beginning of a word that is still being typed.
fn begins(words: &[&str], text: &str) -> bool {
    words.iter().any(|word| word.starts_with(text))
}

const FLAGS: [&str; 6] = [
    "orphan", "expiring", "expired", "unused", "full", "unending",
];

fn flag(word: &str, now: Timestamp) -> Option<TokenTest> {
    let soon = now.saturating_add(insight::EXPIRES_SOON).unwrap_or(now);
    Some(match word {
        "orphan" => TokenTest::Orphan,
        "expiring" => TokenTest::Expires(Some(now), Some(just_after(soon))),
        "expired" => TokenTest::Expires(None, Some(just_after(now))),
        "unused" => TokenTest::NeverUsed,
        "full" => TokenTest::Permission("full".to_owned()),
        "unending" => TokenTest::NeverExpires,
        _ => return None,
    })
}

/// A millisecond later: times are kept to the millisecond, and ends are left out.
fn just_after(at: Timestamp) -> Timestamp {
    at.saturating_add(jiff::SignedDuration::from_millis(1))
        .unwrap_or(at)
}

fn after(now: Timestamp, term: &Term, value: &str, instead: &str) -> Result<Timestamp, Problem> {
    let span = span(value).ok_or_else(|| not_understood(term, value, instead))?;
    Ok(now.saturating_add(span).unwrap_or(Timestamp::MAX))
}

fn before(now: Timestamp, term: &Term, value: &str, instead: &str) -> Result<Timestamp, Problem> {
    let span = span(value).ok_or_else(|| not_understood(term, value, instead))?;
    Ok(now.saturating_sub(span).unwrap_or(Timestamp::MIN))
}

/// Makes rows of a page: profiles and persons are looked up once each.
pub(super) struct Rows<'s, 'r> {
    store: &'s Reader<'r>,
    now: Timestamp,
    /// The labels of the accounts that are reached with a token, by its fingerprint.
    here: HashMap<String, String>,
    profiles: HashMap<ProfileKey, Option<AccessProfile>>,
    people: HashMap<(String, String), (Option<String>, Option<String>)>,
}

impl<'s, 'r> Rows<'s, 'r> {
    pub(super) fn new(store: &'s Reader<'r>, now: Timestamp) -> Result<Self, StoreError> {
        let here = store
            .accounts()?
            .into_iter()
            .filter_map(|account| Some((account.token?.fingerprint.to_string(), account.label)));
        Ok(Self {
            store,
            now,
            here: here.collect(),
            profiles: HashMap::new(),
            people: HashMap::new(),
        })
    }

    /// The account that is reached with a token, by its fingerprint.
    pub(super) fn used_here(&self, fingerprint: &str) -> Option<String> {
        self.here.get(fingerprint).cloned()
    }

    pub(super) fn all(&mut self, tokens: &[StandingToken]) -> Result<Vec<TokenRow>, StoreError> {
        let mut rows = Vec::with_capacity(tokens.len());
        for token in tokens {
            rows.push(self.row(token)?);
        }
        Ok(rows)
    }

    fn profile(&mut self, key: ProfileKey) -> Result<Option<&AccessProfile>, StoreError> {
        if !self.profiles.contains_key(&key) {
            let found = self.store.access_profile(key)?;
            self.profiles.insert(key, found);
        }
        Ok(self.profiles.get(&key).and_then(Option::as_ref))
    }

    /// The name and the address of who is meant by the API's word, where either was ever seen.
    fn person(
        &mut self,
        profile: ProfileKey,
        word: &str,
    ) -> Result<(Option<String>, Option<String>), StoreError> {
        let Some(api) = self.profile(profile)?.map(|profile| profile.api.clone()) else {
            return Ok((None, None));
        };
        let key = (api, word.to_owned());
        if let Some(known) = self.people.get(&key) {
            return Ok(known.clone());
        }
        let found = match word.parse::<AccountId>() {
            Ok(id) => self.store.person(&key.0, &id)?,
            Err(_) => None,
        };
        let found = found.map_or((None, None), |person| (person.name, person.email));
        self.people.insert(key, found.clone());
        Ok(found)
    }

    pub(super) fn email(
        &mut self,
        profile: ProfileKey,
        word: Option<&str>,
    ) -> Result<Option<String>, StoreError> {
        match word {
            Some(word) => Ok(self.person(profile, word)?.1),
            None => Ok(None),
        }
    }

    pub(super) fn row(&mut self, standing: &StandingToken) -> Result<TokenRow, StoreError> {
        let token = &standing.version.token;
        let creator = match token.created_by.as_deref().map(str::trim) {
            None | Some("") => None,
            Some(word) => {
                let (name, email) = self.person(standing.profile, word)?;
                name.or(email).or_else(|| Some(word.to_owned()))
            }
        };
        let used_here = self.used_here(token.fingerprint.as_str());
        let now = self.now;
        let profile = self.profile(standing.profile)?;
        let profile = profile.ok_or_else(|| StoreError::NotFound {
            what: format!("profile with the number {}", standing.profile.0),
        })?;
        let (expires_at, never_expires) = expiry(token.expires);
        let facts = insight::TokenFacts {
            permission: token.permission.as_deref(),
            expires_at,
            never_expires,
            never_used: token.never_used,
            creator_gone: standing.orphan,
        };
        let flags = insight::token_flags(&facts, now);
        Ok(TokenRow {
            key: standing.key,
            profile_key: standing.profile.0,
            profile: profile.id.clone(),
            profile_name: profile.name.clone(),
            account: profile.account.clone(),
            fingerprint: token.fingerprint.to_string(),
            name: token.name.clone(),
            last4: token.last4.clone(),
            permission: token.permission.clone(),
            created_at: token.created_at,
            creator,
            created_by: token.created_by.clone(),
            last_authorization_at: token.last_authorization_at,
            never_used: token.never_used,
            expires_at,
            never_expires,
            sign_in: insight::is_sign_in(facts.permission, token.created_at, expires_at),
            flags: flags.into_iter().map(TokenFlag::from).collect(),
            used_here,
        })
    }
}

impl From<insight::TokenFlag> for TokenFlag {
    fn from(flag: insight::TokenFlag) -> Self {
        match flag {
            insight::TokenFlag::CreatorGone => Self::CreatorGone,
            insight::TokenFlag::ExpiresSoon => Self::ExpiresSoon,
            insight::TokenFlag::Expired => Self::Expired,
            insight::TokenFlag::NeverUsed => Self::NeverUsed,
            insight::TokenFlag::FullPermission => Self::FullPermission,
            insight::TokenFlag::NeverExpires => Self::NeverExpires,
        }
    }
}
