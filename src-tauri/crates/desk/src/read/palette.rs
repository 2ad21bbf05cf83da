//! Any profile by a few letters. All names stay in memory, so that a letter costs no look at the store.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use insight::{Fit, Haystack, Needle, best};
use store::ProfileName;

use super::{PaletteFit, PaletteHit, PaletteQuery};
use crate::event::StoreNews;
use crate::open::{Desk, blocking};
use crate::problem::Problem;

/// As many as a person looks through.
const MOST_HITS: usize = 20;

/// The names of all profiles, as they were read last.
#[derive(Debug, Default)]
pub(crate) struct Names {
    kept: Mutex<Option<Arc<Vec<Named>>>>,
    /// Grows when what is kept is out of date: names that were read before are then not kept.
    news: AtomicU64,
}

#[derive(Debug)]
struct Named {
    profile: ProfileName,
    name: Haystack,
    id: Haystack,
    accounts: [Haystack; 1],
}

impl Names {
    /// Forgets the names if news say that there are others now.
    pub(crate) fn hear(&self, news: &StoreNews) {
        if news.everything || news.list || news.accounts || news.groups {
            let mut kept = self.lock();
            self.news.fetch_add(1, Ordering::Relaxed);
            *kept = None;
        }
    }

    fn kept(&self) -> (u64, Option<Arc<Vec<Named>>>) {
        let kept = self.lock();
        (self.news.load(Ordering::Relaxed), kept.clone())
    }

    fn keep(&self, names: &Arc<Vec<Named>>, asked_at: u64) {
        let mut kept = self.lock();
        if self.news.load(Ordering::Relaxed) == asked_at {
            *kept = Some(Arc::clone(names));
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Arc<Vec<Named>>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Desk {
    /// The profiles that fit what is typed, the best first, 20 at most; without words those that were opened
    /// lately and the favourites. Removed ones are left out.
    pub async fn palette(&self, query: PaletteQuery) -> Result<Vec<PaletteHit>, Problem> {
        let names = self.names().await?;
        blocking(move || hits(&names, &query)).await
    }

    async fn names(&self) -> Result<Arc<Vec<Named>>, Problem> {
        let (asked_at, kept) = self.inner.names.kept();
        if let Some(names) = kept {
            return Ok(names);
        }
        #[expect(
            clippy::redundant_closure_for_method_calls,
            reason = "the method itself is bound to one lifetime"
        )]
        let names = self.inner.read(|store| store.profile_names()).await?;
        let names = Arc::new(names.into_iter().map(Named::from).collect());
        self.inner.names.keep(&names, asked_at);
        Ok(names)
    }
}

impl From<ProfileName> for Named {
    fn from(profile: ProfileName) -> Self {
        Self {
            name: Haystack::new(&profile.name),
            id: Haystack::new(profile.id.as_str()),
            accounts: [Haystack::new(&profile.accounts)],
            profile,
        }
    }
}

fn hits(names: &[Named], query: &PaletteQuery) -> Vec<PaletteHit> {
    let needle = Needle::new(&query.words);
    if needle.is_empty() {
        let by_key: HashMap<i64, &Named> = names
            .iter()
            .map(|named| (named.profile.key.0, named))
            .collect();
        let recent = query.recent.iter().filter_map(|key| by_key.get(key));
        let favourites = names.iter().filter(|named| {
            named.profile.favourite && !query.recent.contains(&named.profile.key.0)
        });
        return recent
            .copied()
            .chain(favourites)
            .take(MOST_HITS)
            .map(|named| hit(named, Fit::Whole, Vec::new()))
            .collect();
    }
    let recent: HashMap<i64, usize> = query.recent.iter().copied().zip(0..).collect();
    let found = names.iter().filter_map(|named| {
        let found = needle.find(&named.name, &named.id, &named.accounts)?;
        let lately = recent.get(&named.profile.key.0).copied();
        Some((
            (
                found.rank.fit,
                lately.unwrap_or(usize::MAX),
                !named.profile.favourite,
                found.rank,
            ),
            (named, found),
        ))
    });
    best(found, MOST_HITS)
        .into_iter()
        .map(|(_, (named, found))| hit(named, found.rank.fit, found.marks))
        .collect()
}

fn hit(named: &Named, fit: Fit, marks: Vec<(u32, u32)>) -> PaletteHit {
    let profile = &named.profile;
    PaletteHit {
        key: profile.key.0,
        id: profile.id.clone(),
        name: profile.name.clone(),
        name_is_shared: profile.name_is_shared,
        favourite: profile.favourite,
        account: profile.account.clone().unwrap_or_default(),
        fit: match fit {
            Fit::Whole => PaletteFit::Whole,
            Fit::Start => PaletteFit::Start,
            Fit::Word => PaletteFit::Word,
            Fit::Inside => PaletteFit::Inside,
            Fit::Beside => PaletteFit::Beside,
            Fit::Letters => PaletteFit::Letters,
        },
        marks,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use store::ProfileKey;

    use super::*;

    fn named(key: i64, name: &str, account: &str) -> Named {
        Named::from(ProfileName {
            key: ProfileKey(key),
            id: format!("{key:024x}").parse().unwrap(),
            name: name.to_owned(),
            name_is_shared: false,
            favourite: name.starts_with('★'),
            account: Some(account.to_owned()),
            accounts: account.to_owned(),
        })
    }

    fn found(names: &[Named], words: &str, recent: &[i64]) -> Vec<i64> {
        let query = PaletteQuery {
            words: words.to_owned(),
            recent: recent.to_vec(),
        };
        hits(names, &query).iter().map(|hit| hit.key).collect()
    }

    #[test]
    fn the_better_fit_is_above_and_what_was_opened_lately_above_its_equals() {
        let names = [
            named(1, "Agro Portal", "Acme"),
            named(2, "Port", "Acme"),
            named(3, "Portside", "Acme"),
            named(4, "Airport", "Acme"),
            named(5, "Pier of Artists", "Portland"),
            named(6, "Pilot orchard tower", "Acme"),
            named(7, "Porta Nova", "Acme"),
        ];
        assert_eq!(found(&names, "port", &[]), [2, 3, 7, 1, 4, 5, 6]);
        assert_eq!(found(&names, "port", &[7, 4]), [2, 7, 3, 1, 4, 5, 6]);
        assert_eq!(found(&names, "", &[6, 99, 1]), [6, 1]);
        assert_eq!(found(&names, "zzz", &[6]), [0; 0]);
    }

    #[test]
    fn favourites_come_after_what_was_opened_lately_and_above_their_equals() {
        let names = [
            named(1, "Depot", "Acme"),
            named(2, "★ Depot", "Acme"),
            named(3, "★ Pier", "Acme"),
            named(4, "Old Depot", "Acme"),
        ];
        assert_eq!(found(&names, "", &[1]), [1, 2, 3]);
        assert_eq!(found(&names, "", &[3]), [3, 2]);
        assert_eq!(found(&names, "dep", &[]), [1, 2, 4]);
        assert_eq!(found(&names, "dep", &[4]), [1, 4, 2]);
    }

    #[test]
    fn no_more_come_than_a_person_looks_through() {
        let names: Vec<Named> = (0..100).map(|key| named(key, "Depot", "Acme")).collect();
        assert_eq!(found(&names, "dep", &[]), (0..20).collect::<Vec<i64>>());
    }

    /// A bound that only a defect breaks: unoptimised and on a busy machine it takes a tenth of it.
    #[test]
    fn five_thousand_profiles_are_ranked_while_a_key_goes_down() {
        let names: Vec<Named> = (0..5_000)
            .map(|key| named(key, &format!("Kühlhaus {key} Hafen Süd"), "Acme Industries"))
            .collect();
        let begun = Instant::now();
        assert_eq!(found(&names, "haf 49 khs", &[]).len(), MOST_HITS);
        let took = begun.elapsed();
        assert!(took.as_millis() < 1_000, "{took:?}");
    }
}
