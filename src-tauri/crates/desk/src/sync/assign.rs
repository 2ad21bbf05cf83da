//! Which account fetches which profile: each profile once, by its owner where that is possible.

use std::collections::{BTreeMap, HashSet};

use store::{AccountKey, PlannedProfile};

/// For each profile that one of the `able` accounts reaches, the account to ask: its owner's, else
/// the one that was connected first. In the order of the profiles' keys.
pub(crate) fn assign(
    reaches: Vec<PlannedProfile>,
    able: &HashSet<AccountKey>,
) -> Vec<PlannedProfile> {
    let mut chosen = BTreeMap::<_, PlannedProfile>::new();
    for reach in reaches {
        if !able.contains(&reach.account) {
            continue;
        }
        let rank = |reach: &PlannedProfile| (!reach.owner, reach.account);
        if chosen
            .get(&reach.key)
            .is_none_or(|best| rank(&reach) < rank(best))
        {
            chosen.insert(reach.key, reach);
        }
    }
    chosen.into_values().collect()
}

#[cfg(test)]
mod tests {
    use model::ProfileId;
    use store::ProfileKey;

    use super::*;

    fn assigned(able: &[i64]) -> Vec<(i64, i64)> {
        let reaches = [
            (1, 10, false),
            (1, 20, true),
            (2, 20, false),
            (2, 10, false),
        ];
        let id: ProfileId = "5bb0a0c9f1d2e3a4b5c6d7e8".parse().unwrap();
        let reaches = reaches
            .map(|(profile, account, owner)| PlannedProfile {
                key: ProfileKey(profile),
                id: id.clone(),
                account: AccountKey(account),
                owner,
            })
            .to_vec();
        let able = able.iter().map(|account| AccountKey(*account)).collect();
        assign(reaches, &able)
            .iter()
            .map(|chosen| (chosen.key.0, chosen.account.0))
            .collect()
    }

    #[test]
    fn a_profile_is_fetched_once_by_its_owner_or_by_the_first_account() {
        assert_eq!(assigned(&[10, 20]), [(1, 20), (2, 10)]);
    }

    #[test]
    fn an_account_that_cannot_be_asked_is_replaced_by_another_that_reaches_the_profile() {
        assert_eq!(assigned(&[10]), [(1, 10), (2, 10)]);
        assert_eq!(assigned(&[]), []);
    }
}
