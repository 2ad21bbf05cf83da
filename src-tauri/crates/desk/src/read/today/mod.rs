//! What needs attention, and what a person answered to it.

mod facts;
mod filter;
mod kept;
mod words;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use insight::attention::{Answered, Concerns, Item};
use model::{AttentionKind, AttentionSeverity, Timestamp};
use store::{
    Account, AccountKey, AttentionAnswer, NamedProfile, ProfileKey, Reader, StoreError, Subject,
};

use super::age::stale_before;
use super::{TodayAnswer, TodayCount, TodayFigures, TodayPage, TodayQuery, TodayRow};
use crate::event::StoreNews;
use crate::open::{Desk, Inner};
use crate::problem::{Problem, ProblemCode};
use crate::settings::Settings;
use filter::Sieve;

pub(crate) use kept::Lines;

/// Letters of a note, at most.
const LONGEST_NOTE: usize = 2_000;

impl Desk {
    /// A part of the list of what needs attention, worst first.
    pub async fn today(&self, query: TodayQuery) -> Result<TodayPage, Problem> {
        let now = self.inner.clock.now();
        let sieve = Sieve::of(&query.filter)?;
        let inner = Arc::clone(&self.inner);
        let page = self.inner.with_store(move |store| {
            let items = inner.lines.items(store, now)?;
            store.read(|store| page(store, &items, &sieve, &query, now))
        });
        Ok(page.await??)
    }

    /// Takes a line off the list, until a day or until it is worse. Without a note, the one that it has stays.
    /// [`ProblemCode::NotFound`] if it is not there, [`ProblemCode::InvalidInput`] if the day is no day to come.
    pub async fn answer_attention(
        &self,
        id: &str,
        until: Option<Timestamp>,
        note: Option<&str>,
    ) -> Result<(), Problem> {
        let now = self.inner.clock.now();
        if until.is_some_and(|until| until <= now) {
            return Err(
                Problem::invalid("The day until which it is to stay away has passed.")
                    .with_hint("Give a later one."),
            );
        }
        let note = note.map(|note| note.trim().to_owned());
        if note.as_ref().map_or(0, |note| note.chars().count()) > LONGEST_NOTE {
            return Err(Problem::invalid(format!(
                "The note is longer than {LONGEST_NOTE} letters."
            )));
        }
        let wanted = id.trim().to_owned();
        let missing = wanted.clone();
        let found = self
            .inner
            .write(move |store| {
                let items = facts::items(store, &store.accounts()?, &Settings::read(store)?, now)?;
                let Some(item) = items.into_iter().find(|item| item.id() == wanted) else {
                    return Ok(false);
                };
                let note = match note {
                    Some(note) => note,
                    None => store
                        .attention_answers()?
                        .remove(&wanted)
                        .map(|before| before.note)
                        .unwrap_or_default(),
                };
                store.put_attention_answer(&AttentionAnswer {
                    id: wanted,
                    subject: subject(&item),
                    at: now,
                    until,
                    note,
                    step: item.finding.step,
                    members: item.finding.members,
                })?;
                Ok(true)
            })
            .await?;
        if !found {
            return Err(not_listed(&missing));
        }
        self.inner.tell_changed(StoreNews::accounts());
        Ok(())
    }

    /// Puts a line back on the list. A note on it stays with it. [`ProblemCode::NotFound`] if it was not answered.
    pub async fn unanswer_attention(&self, id: &str) -> Result<(), Problem> {
        let now = self.inner.clock.now();
        let wanted = id.trim().to_owned();
        let found = self
            .inner
            .write(move |store| {
                let answer = store.attention_answers()?.remove(&wanted);
                match answer.filter(|answer| answer.until.is_none_or(|until| now < until)) {
                    None => Ok(false),
                    Some(answer) if answer.note.is_empty() => {
                        store.forget_attention_answer(&wanted)
                    }
                    // An answer whose day has come holds no more, and its note is still read.
                    Some(answer) => {
                        let until = Some(now);
                        store.put_attention_answer(&AttentionAnswer { until, ..answer })?;
                        Ok(true)
                    }
                }
            })
            .await?;
        if !found {
            return Err(Problem::new(
                ProblemCode::NotFound,
                format!("“{}” is neither acknowledged nor snoozed.", id.trim()),
            )
            .with_hint("See what is with: pdesk check --all"));
        }
        self.inner.tell_changed(StoreNews::accounts());
        Ok(())
    }
}

impl Inner {
    /// Holds the answers against what the lines are now. Those to lines that are not there any more are forgotten: when
    /// such a line comes anew, it is new. The others are lowered to what their lines became, so that a line that becomes
    /// better and then worse comes back. To be called when a sync has ended, since nothing else makes lines other ones.
    pub(crate) async fn keep_answers_current(&self) -> Result<(), Problem> {
        let now = self.clock.now();
        let past = self
            .read(move |store| {
                let answers = store.attention_answers()?;
                if answers.is_empty() {
                    return Ok(Vec::new());
                }
                let items = facts::items(store, &store.accounts()?, &Settings::read(store)?, now)?;
                let found: HashMap<String, &Item> =
                    items.iter().map(|item| (item.id(), item)).collect();
                Ok(answers
                    .into_values()
                    .filter_map(|answer| {
                        let becomes = found.get(&answer.id).map(|item| lowered(&answer, item));
                        (becomes.as_ref() != Some(&answer)).then_some((answer, becomes))
                    })
                    .collect())
            })
            .await?;
        if past.is_empty() {
            return Ok(());
        }
        self.write(move |store| {
            let standing = store.attention_answers()?;
            for (answer, becomes) in &past {
                // One that a person gave meanwhile is about what the person saw.
                if standing.get(&answer.id) != Some(answer) {
                    continue;
                }
                match becomes {
                    Some(becomes) => store.put_attention_answer(becomes)?,
                    None => {
                        store.forget_attention_answer(&answer.id)?;
                    }
                }
            }
            Ok(())
        })
        .await
    }
}

fn given(answer: &AttentionAnswer) -> Answered {
    Answered {
        until: answer.until,
        step: answer.step,
        members: answer.members.clone(),
    }
}

/// An answer that promises no more than what its line is now.
fn lowered(answer: &AttentionAnswer, item: &Item) -> AttentionAnswer {
    let Answered { step, members, .. } = given(answer).since_seen(&item.finding);
    AttentionAnswer {
        step,
        members,
        ..answer.clone()
    }
}

fn not_listed(id: &str) -> Problem {
    Problem::new(
        ProblemCode::NotFound,
        format!("“{id}” is not on the list of what needs attention."),
    )
    .with_hint("It may have gone meanwhile. See the list with: pdesk check --all")
}

fn subject(item: &Item) -> Subject {
    match item.concerns {
        Concerns::Account(key) => Subject::Account(AccountKey(key)),
        Concerns::Profile(key) => Subject::Profile(ProfileKey(key)),
    }
}

fn page(
    store: &Reader<'_>,
    items: &[Item],
    sieve: &Sieve,
    query: &TodayQuery,
    now: Timestamp,
) -> Result<TodayPage, StoreError> {
    let accounts = store.accounts()?;
    let answers = store.attention_answers()?;
    // With each line's answer, whether it holds.
    let answered: HashMap<String, (&AttentionAnswer, bool)> = if answers.is_empty() {
        HashMap::new()
    } else {
        let given = items.iter().filter_map(|item| {
            let answer = answers.get(&item.id())?;
            Some((item.id(), (answer, given(answer).holds(&item.finding, now))))
        });
        given.collect()
    };
    let answer_of = |item: &Item| {
        if answered.is_empty() {
            return None;
        }
        answered.get(&item.id()).copied()
    };
    let judged = items.iter().map(|item| match answer_of(item) {
        Some((answer, holds)) => (item, holds, answer.note.as_str()),
        None => (item, false, ""),
    });
    let figures = figures(store, judged.clone(), &accounts, now)?;
    let kept = sieve.keep(store, judged, &accounts, now)?;
    let shown: Vec<&Item> = kept
        .iter()
        .skip(query.offset as usize)
        .take(query.limit as usize)
        .map(|(item, _)| *item)
        .collect();
    let keys: Vec<ProfileKey> = shown
        .iter()
        .filter_map(|item| match item.concerns {
            Concerns::Profile(key) => Some(ProfileKey(key)),
            Concerns::Account(_) => None,
        })
        .collect();
    let named = store.named_profiles(&keys)?;
    Ok(TodayPage {
        total: u32::try_from(kept.len()).unwrap_or(u32::MAX),
        rows: shown
            .into_iter()
            .map(|item| row(item, answer_of(item), &named, &accounts))
            .collect(),
        figures,
    })
}

fn figures<'i>(
    store: &Reader<'_>,
    items: impl Iterator<Item = (&'i Item, bool, &'i str)>,
    accounts: &[Account],
    now: Timestamp,
) -> Result<TodayFigures, StoreError> {
    let mut kinds: BTreeMap<AttentionKind, (AttentionSeverity, u32)> = BTreeMap::new();
    let (mut open, mut answered) = (0, 0);
    for (item, is_answered, _) in items {
        if is_answered {
            answered += 1;
            continue;
        }
        open += 1;
        let severity = item.finding.severity;
        let (worst, count) = kinds.entry(item.kind()).or_insert((severity, 0));
        *worst = severity.max(*worst);
        *count += 1;
    }
    let coverage = store.coverage(stale_before(now))?;
    let many = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let signed_out = accounts
        .iter()
        .filter(|account| account.signed_out.is_some());
    Ok(TodayFigures {
        open,
        answered,
        kinds: kinds
            .into_iter()
            .map(|(kind, (severity, open))| TodayCount {
                kind,
                severity,
                open,
            })
            .collect(),
        accounts: many(accounts.len()),
        profiles: coverage.profiles,
        never_fetched: coverage.never_fetched,
        stale: coverage.stale,
        signed_out: many(signed_out.count()),
        as_of: coverage.as_of,
    })
}

fn row(
    item: &Item,
    given: Option<(&AttentionAnswer, bool)>,
    named: &HashMap<ProfileKey, NamedProfile>,
    accounts: &[Account],
) -> TodayRow {
    let (profile_key, profile) = match item.concerns {
        Concerns::Profile(key) => (Some(key), named.get(&ProfileKey(key))),
        Concerns::Account(_) => (None, None),
    };
    let account_key = match item.concerns {
        Concerns::Account(key) => Some(key),
        Concerns::Profile(_) => profile.and_then(|one| one.account).map(|key| key.0),
    };
    let account = accounts
        .iter()
        .find(|account| Some(account.key.0) == account_key);
    let id = item.id();
    let finding = &item.finding;
    let answer = |wanted: bool| {
        let (answer, _) = given.filter(|(_, holds)| *holds == wanted)?;
        Some(TodayAnswer {
            at: answer.at,
            until: answer.until,
            note: answer.note.clone(),
        })
    };
    TodayRow {
        key: number_of(&id),
        id,
        kind: item.kind(),
        severity: finding.severity,
        account: account.map(|account| account.label.clone()),
        account_key,
        profile: profile.map(|one| one.id.clone()),
        profile_key,
        profile_name: profile.map(|one| one.name.clone()),
        name_is_shared: profile.is_some_and(|one| one.name_is_shared),
        facts: finding.facts.clone(),
        since: finding.since.map(|since| since.at),
        or_earlier: finding.since.is_some_and(|since| since.or_earlier),
        measure: finding.measure,
        answer: answer(true),
        earlier: answer(false),
    }
}

/// A number for an id, the same each time: FNV-1a, cut to what a number of JavaScript holds.
fn number_of(id: &str) -> i64 {
    let hash = id.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    i64::try_from(hash & ((1 << 53) - 1)).unwrap_or_default()
}
