//! A figure that was measured many times, and what is told of it.

use std::time::Duration;

/// What the runs of one figure came to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Runs(Vec<f64>);

impl Runs {
    pub(crate) fn push(&mut self, figure: f64) {
        self.0.push(figure);
    }

    /// In milliseconds.
    pub(crate) fn push_time(&mut self, time: Duration) {
        self.push(time.as_secs_f64() * 1e3);
    }

    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// The one in the middle; `None` of no runs.
    pub(crate) fn median(&self) -> Option<f64> {
        self.at(50)
    }

    /// The one that at least 95 of a hundred are not above: of twenty the nineteenth.
    pub(crate) fn p95(&self) -> Option<f64> {
        self.at(95)
    }

    pub(crate) fn highest(&self) -> Option<f64> {
        self.at(100)
    }

    /// By the nearest rank, so that each figure is one that was measured.
    fn at(&self, percent: usize) -> Option<f64> {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let rank = (sorted.len() * percent).div_ceil(100).max(1);
        sorted.get(rank - 1).copied()
    }

    /// `median 3.1, p95 4.0, highest 4.4, of 20`.
    pub(crate) fn spread(&self) -> String {
        match (self.median(), self.p95(), self.highest()) {
            (Some(median), Some(p95), Some(highest)) => format!(
                "median {median:.2}, p95 {p95:.2}, highest {highest:.2}, of {}",
                self.count()
            ),
            _ => "nothing was measured".to_owned(),
        }
    }

    /// As they were measured, in their order.
    pub(crate) fn all(&self) -> &[f64] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(figures: impl IntoIterator<Item = u32>) -> Runs {
        Runs(figures.into_iter().map(f64::from).collect())
    }

    #[test]
    fn of_twenty_the_tenth_is_the_median_and_the_nineteenth_the_p95() {
        let runs = of((1..=20).rev());
        assert_eq!(runs.median(), Some(10.0));
        assert_eq!(runs.p95(), Some(19.0));
        assert_eq!(runs.highest(), Some(20.0));
    }

    #[test]
    fn one_run_is_everything_and_none_is_unknown() {
        assert_eq!(of([7]).p95(), Some(7.0));
        assert_eq!(of([]).median(), None);
        assert_eq!(of([]).spread(), "nothing was measured");
    }
}
