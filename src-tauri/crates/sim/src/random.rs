//! Numbers that look random and are always the same for the same seed.

/// One well-mixed number of two (the finaliser of `SplitMix64`).
pub(crate) fn mix(seed: u64, value: u64) -> u64 {
    let mut z = seed.wrapping_add(value.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// A number in 0 ..< 1 of two.
#[expect(clippy::cast_precision_loss, reason = "53 bits fit a double exactly")]
pub(crate) fn share(seed: u64, value: u64) -> f64 {
    (mix(seed, value) >> 11) as f64 / (1u64 << 53) as f64
}

/// A stream of numbers from a seed.
#[derive(Clone, Debug)]
pub(crate) struct Draw {
    seed: u64,
    count: u64,
}

impl Draw {
    pub(crate) fn new(seed: u64, purpose: u64) -> Self {
        Self {
            seed: mix(seed, purpose),
            count: 0,
        }
    }

    pub(crate) fn number(&mut self) -> u64 {
        self.count += 1;
        mix(self.seed, self.count)
    }

    /// In 0 ..< 1.
    pub(crate) fn share(&mut self) -> f64 {
        self.count += 1;
        share(self.seed, self.count)
    }

    /// In `low` ..< `high`.
    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.share()
    }

    /// In 0 ..< `end`; 0 if `end` is 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        if end == 0 {
            0
        } else {
            usize::try_from(self.number() % end as u64).unwrap_or(0)
        }
    }

    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        self.share() < probability
    }

    /// One of `choices`, which must not be empty.
    pub(crate) fn pick<'a, T: ?Sized>(&mut self, choices: &[&'a T]) -> &'a T {
        choices[self.below(choices.len())]
    }

    /// 24 lower-case hexadecimal characters, as TagoIO's ids are.
    pub(crate) fn id(&mut self) -> String {
        format!("{:016x}{:08x}", self.number(), self.number() >> 32)
    }

    /// 36 characters in five groups, as TagoIO's tokens are (without the prefix).
    pub(crate) fn token(&mut self) -> String {
        let (a, b) = (self.number(), self.number());
        format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            a >> 32,
            (a >> 16) & 0xFFFF,
            a & 0xFFFF,
            b >> 48,
            b & 0xFFFF_FFFF_FFFF
        )
    }
}
