//! Finds a name by a few letters of it and says how well they fit. Pure and quick: some thousands of names are
//! ranked while a key goes down. The window does the same for its screens and actions in `find.ts`; both are held
//! against `tests/find.json`.

use icu_normalizer::properties::{CanonicalDecompositionBorrowed, Decomposed};

/// Parts of an id that are shorter are taken for words.
const SHORTEST_ID_PART: usize = 4;

/// How well a query fits, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fit {
    /// It is the whole name, or the whole id.
    Whole,
    /// The name begins with it.
    Start,
    /// A word of the name begins with it, or the id begins or ends with it.
    Word,
    /// It is a part of the name, or of the id.
    Inside,
    /// It is a part of what else is known of the name: the account.
    Beside,
    /// Its letters are in the name, in this order and with others between them.
    Letters,
}

/// Where a name stands among those that a query finds: the smaller, the further up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank {
    /// How well the word fits that fits worst.
    pub fit: Fit,
    /// How well the words fit together.
    together: usize,
    /// Letters of the name that stand between those that were asked for.
    between: usize,
    /// Where the first of them stands.
    begins: usize,
    /// How long the name is.
    length: usize,
}

/// A name that a query finds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// How well it fits.
    pub rank: Rank,
    /// Parts of the name to be marked, each from its first UTF-16 unit to the one after its last; ascending,
    /// apart from each other.
    pub marks: Vec<(u32, u32)>,
}

/// A text prepared for being searched: letters without case and accents, each with its place in the text.
#[derive(Clone, Debug, Default)]
pub struct Haystack {
    letters: Vec<char>,
    /// Where each letter's character begins and ends, in UTF-16 units.
    places: Vec<(u32, u32)>,
    /// Whether a word begins with the letter.
    starts: Vec<bool>,
}

/// What is looked for: words, in any order, each of which must be found.
#[derive(Clone, Debug)]
pub struct Needle {
    whole: Vec<char>,
    words: Vec<Vec<char>>,
}

impl Haystack {
    /// Prepares a text.
    pub fn new(text: &str) -> Self {
        let mut this = Self::default();
        let mut place = 0;
        let mut before: Option<char> = None;
        for c in text.chars() {
            let end = place + u32::try_from(c.len_utf16()).unwrap_or(2);
            let mut starts = c.is_alphanumeric()
                && before.is_none_or(|before| {
                    !before.is_alphanumeric() || before.is_lowercase() && c.is_uppercase()
                });
            fold(c, |letter| {
                this.letters.push(letter);
                this.places.push((place, end));
                this.starts.push(starts);
                starts = false;
            });
            place = end;
            before = Some(c);
        }
        this
    }

    /// Where a word stands, and how well it fits there.
    fn find(&self, word: &[char]) -> Option<(Fit, usize, usize)> {
        let mut inside = None;
        for (at, window) in self.letters.windows(word.len()).enumerate() {
            if window != word {
                continue;
            }
            if at == 0 {
                return Some((Fit::Start, 0, word.len()));
            }
            if self.starts[at] {
                return Some((Fit::Word, at, at + word.len()));
            }
            inside = inside.or(Some((Fit::Inside, at, at + word.len())));
        }
        inside.or_else(|| {
            let (begin, end) = self.scattered(word)?;
            Some((Fit::Letters, begin, end))
        })
    }

    /// The letters of a word, in order: where the first run of them ends, drawn together from there.
    fn scattered(&self, word: &[char]) -> Option<(usize, usize)> {
        let mut wanted = word.iter();
        let mut next = wanted.next()?;
        let last = self.letters.iter().position(|letter| {
            if letter != next {
                return false;
            }
            let Some(following) = wanted.next() else {
                return true;
            };
            next = following;
            false
        })?;
        let mut wanted = word.iter().rev();
        let mut next = wanted.next()?;
        let begin = self.letters[..=last].iter().rposition(|letter| {
            if letter != next {
                return false;
            }
            let Some(following) = wanted.next() else {
                return true;
            };
            next = following;
            false
        })?;
        Some((begin, last + 1))
    }
}

impl Needle {
    /// Takes what was typed apart.
    pub fn new(typed: &str) -> Self {
        let mut whole = Vec::new();
        for c in typed.trim().chars() {
            fold(c, |letter| whole.push(letter));
        }
        let words = whole
            .split(|letter| letter.is_whitespace())
            .filter(|word| !word.is_empty())
            .map(<[char]>::to_vec)
            .collect();
        Self { whole, words }
    }

    /// Whether nothing is looked for.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Looks in a name, in the id that belongs to it and in what else is known of it. `None` if a word is in
    /// none of them, or if nothing is looked for.
    pub fn find(&self, name: &Haystack, id: &Haystack, beside: &[Haystack]) -> Option<Found> {
        let mut rank = Rank {
            fit: Fit::Whole,
            together: 0,
            between: 0,
            begins: name.letters.len(),
            length: name.letters.len(),
        };
        let mut marked = vec![false; name.letters.len()];
        for word in &self.words {
            let fit = fit(word, name, id, beside, &mut rank, &mut marked)?;
            rank.fit = rank.fit.max(fit);
            rank.together += fit as usize;
        }
        if self.is_empty() {
            return None;
        }
        if self.whole == name.letters {
            rank.fit = Fit::Whole;
        }
        Some(Found {
            rank,
            marks: marks(name, &marked),
        })
    }
}

fn fit(
    word: &[char],
    name: &Haystack,
    id: &Haystack,
    beside: &[Haystack],
    rank: &mut Rank,
    marked: &mut [bool],
) -> Option<Fit> {
    let in_name = name.find(word);
    let other = in_id(word, id).or_else(|| {
        let part = |hay: &Haystack| hay.letters.windows(word.len()).any(|part| part == word);
        beside.iter().any(part).then_some(Fit::Beside)
    });
    match (in_name, other) {
        (Some((fit, begin, end)), other) if other.is_none_or(|other| fit <= other) => {
            rank.begins = rank.begins.min(begin);
            rank.between += end - begin - word.len();
            let mut wanted = word.iter().peekable();
            let letters = name.letters[begin..end].iter();
            for (letter, mark) in letters.zip(&mut marked[begin..end]) {
                *mark |= wanted.next_if_eq(&letter).is_some();
            }
            Some(fit)
        }
        (_, other) => other,
    }
}

fn in_id(word: &[char], id: &Haystack) -> Option<Fit> {
    let id = &id.letters;
    if word.len() < SHORTEST_ID_PART || id.len() < word.len() {
        None
    } else if word == id {
        Some(Fit::Whole)
    } else if id.starts_with(word) || id.ends_with(word) {
        Some(Fit::Word)
    } else {
        id.windows(word.len())
            .any(|part| part == word)
            .then_some(Fit::Inside)
    }
}

fn marks(name: &Haystack, marked: &[bool]) -> Vec<(u32, u32)> {
    let mut marks: Vec<(u32, u32)> = Vec::new();
    for (&(begin, end), _) in name.places.iter().zip(marked).filter(|(_, on)| **on) {
        match marks.last_mut() {
            Some(last) if last.1 >= begin => last.1 = last.1.max(end),
            _ => marks.push((begin, end)),
        }
    }
    marks
}

/// The best of many, best first: those that come first among equals stay first.
pub fn best<R: Ord, T>(found: impl IntoIterator<Item = (R, T)>, at_most: usize) -> Vec<(R, T)> {
    let mut kept: Vec<(R, T)> = Vec::with_capacity(at_most + 1);
    for (rank, thing) in found {
        let place = kept.partition_point(|(other, _)| *other <= rank);
        if place < at_most {
            kept.truncate(at_most - 1);
            kept.insert(place, (rank, thing));
        }
    }
    kept
}

/// A character as it is compared: without case and without the accents of Latin, Greek and Cyrillic.
fn fold(c: char, mut push: impl FnMut(char)) {
    if c.is_ascii() {
        return push(c.to_ascii_lowercase());
    }
    for lower in c.to_lowercase() {
        match lower {
            '\u{300}'..='\u{36f}' => {}
            'ß' => ['s', 's'].into_iter().for_each(&mut push),
            'æ' => ['a', 'e'].into_iter().for_each(&mut push),
            'œ' => ['o', 'e'].into_iter().for_each(&mut push),
            'ø' => push('o'),
            'ł' => push('l'),
            'đ' => push('d'),
            'ı' => push('i'),
            lower => push(without_accents(lower)),
        }
    }
}

/// The letter below its accents; what is made of more than a letter and accents stays as it is.
fn without_accents(c: char) -> char {
    let decomposer = CanonicalDecompositionBorrowed::new();
    let mut letter = c;
    loop {
        match decomposer.decompose(letter) {
            Decomposed::Default => return letter,
            Decomposed::Singleton(same) => letter = same,
            Decomposed::Expansion(base, '\u{300}'..='\u{36f}') => letter = base,
            Decomposed::Expansion(..) => return c,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(query: &str, name: &str) -> Option<(Fit, String)> {
        let found = Needle::new(query).find(&Haystack::new(name), &Haystack::default(), &[])?;
        let units: Vec<u16> = name.encode_utf16().collect();
        let mut text = String::new();
        let mut at = 0;
        for (begin, end) in &found.marks {
            let part = |from: u32, to: u32| {
                String::from_utf16(&units[from as usize..to as usize]).unwrap()
            };
            text.extend([&part(at, *begin), "[", &part(*begin, *end), "]"]);
            at = *end;
        }
        text += &String::from_utf16(&units[at as usize..]).unwrap();
        Some((found.rank.fit, text))
    }

    #[test]
    fn letters_fit_whatever_their_case_accents_and_order_of_words() {
        let fits = |query, name, fit, text: &str| {
            assert_eq!(marked(query, name), Some((fit, text.to_owned())), "{query}");
        };
        fits("hafen", "Hafen Kühlhaus", Fit::Start, "[Hafen] Kühlhaus");
        fits("kuhl", "Hafen Kühlhaus", Fit::Word, "Hafen [Kühl]haus");
        fits(
            "kühl haf",
            "Hafen Kühlhaus",
            Fit::Word,
            "[Haf]en [Kühl]haus",
        );
        fits("haus", "Hafen Kühlhaus", Fit::Inside, "Hafen Kühl[haus]");
        fits(
            "hkhs",
            "Hafen Kühlhaus",
            Fit::Letters,
            "[H]afen [K]ü[h]lhau[s]",
        );
        fits("ORSTED", "Ørsted", Fit::Whole, "[Ørsted]");
        fits("strasse", "Straße 7", Fit::Start, "[Straße] 7");
        fits("東", "😀 東京", Fit::Word, "😀 [東]京");
        assert_eq!(marked("xyz", "Hafen Kühlhaus"), None);
        assert_eq!(marked("  ", "Hafen Kühlhaus"), None);
    }

    #[test]
    fn an_id_is_found_by_its_ends_and_the_account_after_the_name() {
        let id = Haystack::new("5bb0a0c9f1d2e3a4b5c6d9c1");
        let name = Haystack::new("Same Name GmbH");
        let beside = [Haystack::new("Nordwind")];
        let fit = |query: &str| {
            let found = Needle::new(query).find(&name, &id, &beside)?;
            Some(found.rank.fit)
        };
        assert_eq!(fit("5BB0A0C9F1D2E3A4B5C6D9C1"), Some(Fit::Whole));
        assert_eq!(fit("5bb0"), Some(Fit::Word));
        assert_eq!(fit("d9c1"), Some(Fit::Word));
        assert_eq!(fit("f1d2"), Some(Fit::Inside));
        assert_eq!(fit("9c1"), None, "too short for an id");
        assert_eq!(fit("same wind"), Some(Fit::Beside));
        assert_eq!(fit("same zzz"), None);
    }

    #[test]
    fn the_best_of_many_are_in_order_and_equals_stay_as_they_came() {
        let names = ["Depot", "Top", "Topaz", "Stop", "To the pier", "Topaz"];
        let found = names.iter().enumerate().filter_map(|(place, name)| {
            let hay = Haystack::new(name);
            let found = Needle::new("top").find(&hay, &Haystack::default(), &[])?;
            Some((found.rank, (place, *name)))
        });
        let best: Vec<_> = best(found, 4).into_iter().map(|(_, it)| it).collect();
        assert_eq!(best, [(1, "Top"), (2, "Topaz"), (5, "Topaz"), (3, "Stop")]);
    }
}
