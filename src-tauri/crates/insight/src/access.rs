//! How it is known that somebody had access at a moment, and whose data one person shares with whom.

use std::collections::{BTreeSet, HashSet};
use std::hash::Hash;

use jiff::Timestamp;

/// How something about access is known, the surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Known {
    /// A list of the API said it, and no later one said otherwise before the moment.
    Seen,
    /// It follows from the audit log, or from what a later list says of the time before it.
    Inferred,
    /// It was before the first list, and nothing says more.
    NotKnown,
}

/// What one account did in a profile, next to a moment, as the audit log has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Acts {
    /// The last act at or before the moment.
    pub before: Option<Timestamp>,
    /// The first act at or after it.
    pub after: Option<Timestamp>,
}

/// That somebody is inferred to have had access, and from when to when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Presence {
    /// The last moment at or before the one asked about of which it is known.
    pub from: Timestamp,
    /// The first moment at or after it of which it is known.
    pub to: Timestamp,
}

/// Whether an account had access at a moment before the first list that tells. Who acts in a profile has
/// access to it; so one who acted before, and acted or was listed after, is inferred to have had it between.
/// The log says that somebody was removed, but not who, so that one act alone proves its own moment and no
/// other. `listed` is when the first list that holds the account was seen.
pub fn presence(at: Timestamp, acts: Acts, listed: Option<Timestamp>) -> Option<Presence> {
    let from = acts.before.filter(|before| *before <= at)?;
    let after = acts.after.filter(|after| *after >= at);
    let listed = listed.filter(|listed| *listed >= at);
    let to = match (after, listed) {
        (Some(after), Some(listed)) => after.min(listed),
        (after, listed) => after.or(listed)?,
    };
    Some(Presence { from, to })
}

/// What a local group divides profiles by, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Grouping {
    /// By whose they are.
    Customer,
    /// By anything else.
    Other,
    /// Not at all: what a person wants at hand.
    Favourites,
}

/// A group that a profile is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Grouped<K> {
    /// Which group.
    pub key: K,
    /// What it divides by.
    pub grouping: Grouping,
}

/// The customers whose data one person shares: the groups of the profiles that the person reaches, if there
/// are several; none otherwise. Customers are the groups of that kind, if there are any at all
/// (`customers_exist`), else all groups but favourites. A profile in no group is nobody's.
pub fn shared_between<K: Copy + Ord + Hash>(
    groups: impl IntoIterator<Item = Grouped<K>>,
    customers_exist: bool,
) -> BTreeSet<K> {
    let counts = |grouping| match grouping {
        Grouping::Customer => true,
        Grouping::Other => !customers_exist,
        Grouping::Favourites => false,
    };
    let customers: HashSet<K> = groups
        .into_iter()
        .filter(|group| counts(group.grouping))
        .map(|group| group.key)
        .collect();
    if customers.len() < 2 {
        return BTreeSet::new();
    }
    customers.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(number: i64) -> Timestamp {
        Timestamp::from_second(1_780_000_000 + number * 86_400).unwrap()
    }

    fn acts(before: Option<i64>, after: Option<i64>) -> Acts {
        Acts {
            before: before.map(day),
            after: after.map(day),
        }
    }

    #[test]
    fn who_acted_before_and_after_is_inferred_between() {
        let found = presence(day(5), acts(Some(3), Some(8)), None).unwrap();
        assert_eq!((found.from, found.to), (day(3), day(8)));
    }

    #[test]
    fn who_acted_before_and_is_in_the_first_list_is_inferred_until_it() {
        let found = presence(day(5), acts(Some(3), None), Some(day(20))).unwrap();
        assert_eq!((found.from, found.to), (day(3), day(20)));
        let sooner = presence(day(5), acts(Some(3), Some(8)), Some(day(20))).unwrap();
        assert_eq!(sooner.to, day(8));
    }

    #[test]
    fn one_act_proves_its_own_moment_and_no_other() {
        assert_eq!(presence(day(5), acts(Some(3), None), None), None);
        assert_eq!(presence(day(5), acts(None, Some(8)), Some(day(20))), None);
        assert!(presence(day(5), acts(Some(5), Some(5)), None).is_some());
    }

    fn group(key: u8, grouping: Grouping) -> Grouped<u8> {
        Grouped { key, grouping }
    }

    #[test]
    fn one_person_in_several_customers_shares_their_data() {
        let (a, b) = (group(1, Grouping::Customer), group(2, Grouping::Customer));
        let region = group(9, Grouping::Other);
        assert_eq!(
            shared_between([a, a, region], true),
            BTreeSet::new(),
            "one customer"
        );
        assert_eq!(shared_between([a, b, region], true), BTreeSet::from([1, 2]));
    }

    #[test]
    fn without_customers_every_group_but_favourites_divides() {
        let (north, south) = (group(1, Grouping::Other), group(2, Grouping::Other));
        let star = group(3, Grouping::Favourites);
        assert_eq!(
            shared_between([north, south], false),
            BTreeSet::from([1, 2])
        );
        assert_eq!(shared_between([north, star], false), BTreeSet::new());
        assert_eq!(shared_between([north, south], true), BTreeSet::new());
    }

    proptest! {
        #[test]
        fn what_is_inferred_spans_the_moment(
            at in 0_i64..100,
            before in proptest::option::of(0_i64..100),
            after in proptest::option::of(0_i64..100),
            listed in proptest::option::of(0_i64..100),
        ) {
            if let Some(found) = presence(day(at), acts(before, after), listed.map(day)) {
                prop_assert!(found.from <= day(at) && day(at) <= found.to);
            }
        }
    }
}
