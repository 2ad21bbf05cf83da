//! What an account's limits are divided into: allocated, free, used, and what its plan lets it have of profiles and
//! members.

/// What one profile holds of one service, and uses of it; `None` is unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Held {
    /// What it is allocated.
    pub allocated: Option<f64>,
    /// What it uses.
    pub used: Option<f64>,
}

/// One service of one account, over its profiles. Sums are over what is known, with the number of profiles that
/// is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pool {
    /// The account's limit.
    pub bought: Option<f64>,
    /// What its profiles are allocated.
    pub allocated: f64,
    /// Of how many profiles that is known.
    pub allocated_known: u32,
    /// What its profiles use.
    pub used: f64,
    /// Of how many profiles that is known.
    pub used_known: u32,
    /// What its profiles could still use of what they are allocated. One that is over its limit has no headroom, and
    /// takes none from the others.
    pub headroom: f64,
    /// Of how many profiles that is known.
    pub headroom_known: u32,
    /// What is allocated to nobody; below zero if more is allocated than was bought. `None` if the limit or what one of
    /// the profiles holds is not known.
    pub free: Option<f64>,
}

/// Sums of decimals are cut to the millionth, so that 0.1 + 0.2 is 0.3.
fn tidy(amount: f64) -> f64 {
    (amount * 1e6).round() / 1e6
}

impl Held {
    /// What it could still use; below zero is over its limit.
    pub fn headroom(&self) -> Option<f64> {
        Some(tidy(self.allocated? - self.used?))
    }

    /// Its part of the account's limit; `None` of a limit that is unknown or nothing.
    pub fn share(&self, bought: Option<f64>) -> Option<f64> {
        let bought = bought.filter(|bought| *bought > 0.0)?;
        Some(self.allocated? / bought)
    }
}

impl Pool {
    /// Of an account's limit and what each of its profiles holds.
    pub fn of(bought: Option<f64>, held: impl IntoIterator<Item = Held>) -> Self {
        let mut pool = Self {
            bought,
            ..Self::default()
        };
        let mut holders = 0;
        for held in held {
            holders += 1;
            if let Some(allocated) = held.allocated {
                pool.allocated += allocated;
                pool.allocated_known += 1;
            }
            if let Some(used) = held.used {
                pool.used += used;
                pool.used_known += 1;
            }
            if let Some(headroom) = held.headroom() {
                pool.headroom += headroom.max(0.0);
                pool.headroom_known += 1;
            }
        }
        pool.allocated = tidy(pool.allocated);
        pool.used = tidy(pool.used);
        pool.headroom = tidy(pool.headroom);
        pool.free = bought
            .filter(|_| pool.allocated_known == holders)
            .map(|bought| tidy(bought - pool.allocated));
        pool
    }
}

/// What a plan lets an account have. Special terms may let it have more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanSlots {
    /// Profiles in the account.
    pub profiles: u32,
    /// Team members in each profile.
    pub members: u32,
}

impl PlanSlots {
    /// Of a plan by its key, as TagoIO publishes them; `None` of a plan that it does not publish.
    pub fn of(plan: &str) -> Option<Self> {
        let (profiles, members) = match plan {
            "free" => (1, 0),
            "starter" => (2, 1),
            "scale" => (5, 5),
            _ => return None,
        };
        Some(Self { profiles, members })
    }
}

#[cfg(test)]
#[allow(clippy::cast_precision_loss, clippy::float_cmp)] // whole numbers below 2^53
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn held(allocated: impl Into<Option<f64>>, used: impl Into<Option<f64>>) -> Held {
        Held {
            allocated: allocated.into(),
            used: used.into(),
        }
    }

    #[test]
    fn what_is_over_a_limit_takes_no_headroom_from_the_others() {
        let pool = Pool::of(Some(100.0), [held(40.0, 10.0), held(20.0, 50.0)]);
        assert_eq!((pool.allocated, pool.used), (60.0, 60.0));
        assert_eq!((pool.headroom, pool.headroom_known), (30.0, 2));
        assert_eq!(pool.free, Some(40.0));
        assert_eq!(held(20.0, 50.0).headroom(), Some(-30.0));
    }

    #[test]
    fn more_than_was_bought_is_free_below_zero_and_unknown_is_not_free() {
        assert_eq!(Pool::of(Some(10.0), [held(12.5, None)]).free, Some(-2.5));
        let some = Pool::of(Some(10.0), [held(1.0, 1.0), held(None, 1.0)]);
        assert_eq!(
            (some.free, some.allocated_known, some.used_known),
            (None, 1, 2)
        );
        assert_eq!(Pool::of(None, [held(1.0, 1.0)]).free, None);
        assert_eq!(Pool::of(Some(7.0), []).free, Some(7.0));
    }

    #[test]
    fn decimals_do_not_leave_dust() {
        let pool = Pool::of(Some(0.3), [held(0.1, 0.1), held(0.2, 0.0)]);
        assert_eq!((pool.allocated, pool.free), (0.3, Some(0.0)));
    }

    #[test]
    fn a_share_of_nothing_is_none() {
        assert_eq!(held(5.0, None).share(Some(20.0)), Some(0.25));
        assert_eq!(held(5.0, None).share(Some(0.0)), None);
        assert_eq!(held(None, None).share(Some(20.0)), None);
    }

    proptest! {
        #[test]
        fn what_is_free_and_what_is_allocated_are_what_was_bought(
            bought in 0..10_000_000_u64,
            each in proptest::collection::vec(0..1_000_000_u64, 0..30),
        ) {
            let held = each.iter().map(|n| held(*n as f64, None));
            let pool = Pool::of(Some(bought as f64), held);
            prop_assert_eq!(pool.free.unwrap() + pool.allocated, bought as f64);
        }
    }
}
