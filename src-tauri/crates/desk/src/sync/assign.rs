//! Which account fetches which profile: each profile once, by its owner where that is possible.

use std::collections::{BTreeMap, HashSet};

/// That an account reaches a profile. All numbers are the store's keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reach {
    pub(crate) profile: i64,
    pub(crate) account: i64,
    pub(crate) owner: bool,
}

/// For each profile that one of the `able` accounts reaches, the account to ask: its owner's, else
/// the one that was connected first. In the order of the profiles' keys.
pub(crate) fn assign(reaches: &[Reach], able: &HashSet<i64>) -> Vec<(i64, i64)> {
    let mut chosen = BTreeMap::<i64, Reach>::new();
    for reach in reaches.iter().filter(|reach| able.contains(&reach.account)) {
        chosen
            .entry(reach.profile)
            .and_modify(|best| {
                if (!reach.owner, reach.account) < (!best.owner, best.account) {
                    *best = *reach;
                }
            })
            .or_insert(*reach);
    }
    chosen
        .into_values()
        .map(|reach| (reach.profile, reach.account))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const REACHES: [Reach; 4] = [
        Reach {
            profile: 1,
            account: 10,
            owner: false,
        },
        Reach {
            profile: 1,
            account: 20,
            owner: true,
        },
        Reach {
            profile: 2,
            account: 20,
            owner: false,
        },
        Reach {
            profile: 2,
            account: 10,
            owner: false,
        },
    ];

    #[test]
    fn a_profile_is_fetched_once_by_its_owner_or_by_the_first_account() {
        assert_eq!(
            assign(&REACHES, &HashSet::from([10, 20])),
            [(1, 20), (2, 10)]
        );
    }

    #[test]
    fn an_account_that_cannot_be_asked_is_replaced_by_another_that_reaches_the_profile() {
        assert_eq!(assign(&REACHES, &HashSet::from([10])), [(1, 10), (2, 10)]);
        assert_eq!(assign(&REACHES, &HashSet::new()), []);
    }
}
