//! Numbers that look like chance and are the same each time.

/// A number for a seed and what it is for.
pub(super) fn mixed(seed: u64, parts: &[u64]) -> u64 {
    parts.iter().fold(stirred(seed), |sum, part| {
        stirred(sum ^ part.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    })
}

/// The finaliser of `SplitMix64` (Steele, Lea and Flood, 2014).
fn stirred(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Numbers one after the other.
#[derive(Clone, Debug)]
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn new(seed: u64, parts: &[u64]) -> Self {
        Self(mixed(seed, parts))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(1);
        stirred(self.0)
    }

    /// From 0 up to 1, in steps of 2⁻³².
    pub(super) fn share(&mut self) -> f64 {
        let [_, _, _, _, a, b, c, d] = self.next().to_be_bytes();
        f64::from(u32::from_be_bytes([a, b, c, d])) / 4_294_967_296.0
    }

    /// Whether something happens that happens in so many of a thousand cases.
    pub(super) fn happens(&mut self, in_a_thousand: u32) -> bool {
        self.below(1_000) < in_a_thousand
    }

    /// A number below this one; 0 below 0.
    pub(super) fn below(&mut self, end: u32) -> u32 {
        let number = self.next() % u64::from(end.max(1));
        u32::try_from(number).unwrap_or(0)
    }

    pub(super) fn one_of<'a, T>(&mut self, things: &'a [T]) -> Option<&'a T> {
        let end = u32::try_from(things.len()).unwrap_or(u32::MAX);
        things.get(self.below(end) as usize)
    }

    pub(super) fn hex(&mut self, digits: usize) -> String {
        let parts = (0..digits.div_ceil(16)).map(|_| format!("{:016x}", self.next()));
        let mut text: String = parts.collect();
        text.truncate(digits);
        text
    }
}
