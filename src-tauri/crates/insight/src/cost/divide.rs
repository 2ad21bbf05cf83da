//! Divides a price among those who hold parts of a limit, to the cent, by the largest remainder.

use std::cmp::Reverse;

use model::Cents;

/// A price, divided. All parts together are the price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Divided {
    /// What each holder's part costs, in the order in which they were given; `None` where what one holds is not
    /// known.
    pub shares: Vec<Option<Cents>>,
    /// What is held by nobody; `None` if what somebody holds is not known.
    pub unallocated: Option<Cents>,
    /// What is held by those of whom that is not known, and by nobody, together; zero if all is known.
    pub undivided: Cents,
}

pub(super) const MILLION: u128 = 1_000_000;

/// Beyond these an amount or a price is not believed; and products of the two stay within 128 bits.
const MOST_AMOUNT: f64 = 1e15;
const MOST_CENTS: u128 = 1_000_000_000_000_000;

/// An amount in whole millionths, rounded; `None` if it is below zero, absurd or no number. Whole amounts and those
/// with up to six decimals are exact.
pub(super) fn millionths(amount: f64) -> Option<u128> {
    if !(0.0..=MOST_AMOUNT).contains(&amount) {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "guarded by the range"
    )]
    let (whole, part) = (
        amount.trunc() as u128,
        (amount.fract() * 1e6).round() as u128,
    );
    Some(whole * MILLION + part)
}

/// Divides the price of a limit among those who hold parts of it: each gets the price × what it holds ÷ the
/// limit. Where they hold more than the limit, it is divided by what they hold.
///
/// The cents that whole division leaves over go to the largest remainders; of equal ones to who holds more, then
/// to who comes first by `K`, and to what nobody holds last. So the order of `held` does not matter.
///
/// `None` if the price or the limit is below zero or absurd. What costs nothing costs everybody nothing, whatever
/// they hold.
pub fn divide<K: Ord>(price: Cents, limit: f64, held: &[(K, Option<f64>)]) -> Option<Divided> {
    let cents = u128::try_from(price.0)
        .ok()
        .filter(|cents| *cents <= MOST_CENTS)?;
    let mut limit = millionths(limit)?;
    if cents == 0 {
        return Some(Divided {
            shares: vec![Some(Cents(0)); held.len()],
            unallocated: Some(Cents(0)),
            undivided: Cents(0),
        });
    }
    let mut weights: Vec<Option<u128>> = held
        .iter()
        .map(|(_, amount)| amount.and_then(millionths))
        .collect();
    // Amounts are whole but for files; then they are divided as such.
    if [limit]
        .iter()
        .chain(weights.iter().flatten())
        .all(|weight| weight % MILLION == 0)
    {
        limit /= MILLION;
        weights
            .iter_mut()
            .flatten()
            .for_each(|weight| *weight /= MILLION);
    }
    let known: u128 = weights.iter().flatten().sum();
    let all_known = weights.iter().all(Option::is_some);
    let (rest, whole) = (limit.saturating_sub(known), limit.max(known));
    let mut shares = vec![None; held.len()];
    let mut rest_cents = 0;
    if whole == 0 {
        // Nobody holds anything of nothing.
        for (share, weight) in shares.iter_mut().zip(&weights) {
            *share = weight.map(|_| Cents(0));
        }
        rest_cents = cents;
    } else {
        let mut parts: Vec<Part<'_, K>> = weights
            .iter()
            .zip(held)
            .enumerate()
            .filter_map(|(place, (weight, (key, _)))| {
                Some(Part::of(cents, (*weight)?, whole, Some((place, key))))
            })
            .collect();
        parts.push(Part::of(cents, rest, whole, None));
        let given: u128 = parts.iter().map(|part| part.cents).sum();
        let left = usize::try_from(cents - given).ok()?;
        // Who gets a cent is to be known, and not in which order: that is less work than sorting.
        if left > 0 && left < parts.len() {
            parts.select_nth_unstable_by(left, |one, other| one.rank().cmp(&other.rank()));
        }
        for part in parts.iter_mut().take(left) {
            part.cents += 1;
        }
        for part in parts {
            match part.holder {
                Some((place, _)) => shares[place] = Some(Cents(i64::try_from(part.cents).ok()?)),
                None => rest_cents = part.cents,
            }
        }
    }
    let rest_cents = Cents(i64::try_from(rest_cents).ok()?);
    Some(Divided {
        shares,
        unallocated: all_known.then_some(rest_cents),
        undivided: if all_known { Cents(0) } else { rest_cents },
    })
}

/// What one holder is due: whole cents, and what is left over of the division.
struct Part<'a, K> {
    cents: u128,
    remainder: u128,
    weight: u128,
    /// Its place and what orders it; `None` for what nobody holds.
    holder: Option<(usize, &'a K)>,
}

/// Quotient and remainder. Processors divide 64 bits several times as fast as 128.
fn divided(product: u128, whole: u128) -> (u128, u128) {
    match (u64::try_from(product), u64::try_from(whole)) {
        (Ok(product), Ok(whole)) => (u128::from(product / whole), u128::from(product % whole)),
        _ => (product / whole, product % whole),
    }
}

impl<'a, K> Part<'a, K> {
    fn of(price: u128, weight: u128, whole: u128, holder: Option<(usize, &'a K)>) -> Self {
        let (cents, remainder) = divided(price * weight, whole);
        Self {
            cents,
            remainder,
            weight,
            holder,
        }
    }

    /// Who comes first when cents are left over.
    fn rank(&self) -> (Reverse<(u128, u128)>, bool, Option<&'a K>) {
        let holder = self.holder.map(|(_, key)| key);
        (
            Reverse((self.remainder, self.weight)),
            holder.is_none(),
            holder,
        )
    }
}

#[cfg(test)]
#[allow(clippy::cast_precision_loss, clippy::float_cmp)] // whole numbers below 2^53
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(held: &[f64]) -> Vec<(usize, Option<f64>)> {
        held.iter().copied().map(Some).enumerate().collect()
    }

    fn sum(divided: &Divided) -> Cents {
        let shares: Cents = divided.shares.iter().flatten().copied().sum();
        shares + divided.unallocated.unwrap_or_default() + divided.undivided
    }

    #[test]
    fn the_cents_left_over_go_to_the_largest_remainders() {
        // 10.00 by thirds: 333.3 each, and of equal remainders the first by key gets the cent.
        let thirds = divide(Cents(1_000), 3.0, &all(&[1.0, 1.0, 1.0])).unwrap();
        assert_eq!(
            thirds.shares,
            [Some(Cents(334)), Some(Cents(333)), Some(Cents(333))]
        );
        assert_eq!(thirds.unallocated, Some(Cents(0)));
        // 1.00 by 0.5, 0.3 and 0.2 of 7: 50.0, 30.0, 20.0 of 700 are 7.14, 4.28, 2.85, and nobody's 85.71.
        let some = divide(Cents(100), 7.0, &all(&[0.5, 0.3, 0.2])).unwrap();
        assert_eq!(
            some.shares,
            [Some(Cents(7)), Some(Cents(4)), Some(Cents(3))]
        );
        assert_eq!(some.unallocated, Some(Cents(86)));
    }

    #[test]
    fn amounts_with_decimals_are_divided_exactly() {
        // 0.1 + 0.2 is not 0.3 in binary; in millionths it is.
        let divided = divide(Cents(300), 0.3, &all(&[0.1, 0.2])).unwrap();
        assert_eq!(divided.shares, [Some(Cents(100)), Some(Cents(200))]);
        assert_eq!(divided.unallocated, Some(Cents(0)));
        assert_eq!(millionths(50.75), Some(50_750_000));
        assert_eq!(millionths(30_000_000_000.0), Some(30_000_000_000_000_000));
        for absurd in [-1.0, f64::NAN, f64::INFINITY, 1e16] {
            assert_eq!(millionths(absurd), None, "{absurd}");
        }
    }

    #[test]
    fn more_than_the_limit_is_divided_by_what_is_held() {
        let divided = divide(Cents(900), 2.0, &all(&[1.0, 2.0])).unwrap();
        assert_eq!(divided.shares, [Some(Cents(300)), Some(Cents(600))]);
        assert_eq!(divided.unallocated, Some(Cents(0)));
    }

    #[test]
    fn what_is_not_known_leaves_the_others_as_they_are() {
        let divided = divide(Cents(1_000), 10.0, &[("a", Some(4.0)), ("b", None)]).unwrap();
        assert_eq!(divided.shares, [Some(Cents(400)), None]);
        assert_eq!(divided.unallocated, None);
        assert_eq!(divided.undivided, Cents(600));
        // What costs nothing costs nothing, whatever is held.
        let free = divide(Cents(0), 10.0, &[("a", Some(4.0)), ("b", None)]).unwrap();
        assert_eq!(free.shares, [Some(Cents(0)), Some(Cents(0))]);
        assert_eq!(free.unallocated, Some(Cents(0)));
    }

    #[test]
    fn a_price_without_holders_or_without_a_limit_is_nobodys() {
        let nobody = divide::<u8>(Cents(2_400), 4e6, &[]).unwrap();
        assert_eq!(nobody.unallocated, Some(Cents(2_400)));
        let nothing = divide(Cents(100), 0.0, &all(&[0.0])).unwrap();
        assert_eq!(nothing.shares, [Some(Cents(0))]);
        assert_eq!(nothing.unallocated, Some(Cents(100)));
        assert_eq!(divide(Cents(-1), 1.0, &all(&[1.0])), None);
    }

    /// What a profile may hold: nothing known, small, with decimals, or large.
    fn amount() -> impl Strategy<Value = Option<f64>> {
        prop_oneof![
            1 => Just(None),
            2 => Just(Some(0.0)),
            6 => (0..5_000_000_000_u64).prop_map(|n| Some(n as f64)),
            3 => (0..5_000_000_u64).prop_map(|n| Some(n as f64 / 100.0)),
        ]
    }

    proptest! {
        #[test]
        fn any_division_is_the_price_to_the_cent_and_nothing_is_negative(
            price in 0..2_000_000_i64,
            limit in 0..20_000_000_000_u64,
            held in proptest::collection::vec(amount(), 0..40),
        ) {
            let held: Vec<_> = held.into_iter().enumerate().collect();
            let divided = divide(Cents(price), limit as f64, &held).unwrap();
            prop_assert_eq!(sum(&divided), Cents(price));
            prop_assert!(divided.undivided.0 >= 0);
            prop_assert!(divided.unallocated.is_none_or(|cents| cents.0 >= 0));
            for (share, (_, amount)) in divided.shares.iter().zip(&held) {
                prop_assert!(share.is_none_or(|cents| cents.0 >= 0));
                // Unknown stays with the one of whom it is unknown.
                prop_assert_eq!(share.is_none(), amount.is_none() && price > 0);
            }
        }

        #[test]
        fn a_share_is_within_a_cent_of_its_part_of_the_price(
            price in 1..2_000_000_i64,
            held in proptest::collection::vec(0..1_000_000_u64, 1..30),
            left in 0..1_000_000_u64,
        ) {
            let limit = (held.iter().sum::<u64>() + left).max(1);
            let with: Vec<_> = held.iter().map(|n| Some(*n as f64)).enumerate().collect();
            let divided = divide(Cents(price), limit as f64, &with).unwrap();
            for (share, amount) in divided.shares.iter().zip(&held) {
                let exact = price as f64 * *amount as f64 / limit as f64;
                prop_assert!((share.unwrap().0 as f64 - exact).abs() < 1.0 + 1e-6);
            }
        }

        #[test]
        fn the_order_of_the_profiles_does_not_matter(
            price in 1..100_000_i64,
            limit in 1..10_000_u64,
            held in proptest::collection::vec(amount(), 1..20),
            turn in 0..20_usize,
        ) {
            let mut held: Vec<_> = held.into_iter().enumerate().collect();
            let keyed = |held: &[(usize, Option<f64>)]| {
                let divided = divide(Cents(price), limit as f64, held).unwrap();
                let keys = held.iter().map(|(key, _)| *key);
                let mut shares: Vec<_> = keys.zip(divided.shares).collect();
                shares.sort_unstable_by_key(|(key, _)| *key);
                (shares, divided.unallocated, divided.undivided)
            };
            let before = keyed(&held);
            let turn = turn % held.len();
            held.rotate_left(turn);
            held.reverse();
            prop_assert_eq!(keyed(&held), before);
        }
    }
}
