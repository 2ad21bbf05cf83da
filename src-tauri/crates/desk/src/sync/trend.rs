//! What the fleet shows of a profile's last days, made when they arrive.

use insight::History;
use jiff::SignedDuration;
use model::Timestamp;
use store::{By, ProfileKey, StoreError, TREND_DAYS, Trend, Writer};

use crate::read::cycle_of;

/// Before the first day of a trend, samples are read of so long: what a counter stood at before it.
const BEFORE: SignedDuration = SignedDuration::from_hours(3 * 24);

/// Makes a profile's trend anew from its daily samples.
pub(super) fn make(
    store: &Writer<'_>,
    profile: ProfileKey,
    now: Timestamp,
) -> Result<(), StoreError> {
    let days = SignedDuration::from_hours(24 * i64::try_from(TREND_DAYS + 1).unwrap_or(0));
    let from = now.checked_sub(days + BEFORE).unwrap_or(Timestamp::MIN);
    let to = now.checked_add(BEFORE).unwrap_or(Timestamp::MAX);
    let samples = store.usage(profile, By::Day, from, to)?;
    let history = History::new(&[], &samples, &cycle_of(store, profile)?);
    let trends = history.trends(now);
    let mut trend = Trend {
        days: [[None; TREND_DAYS]; 9],
        rates: [None; 9],
    };
    for (service, made) in trends.iter().enumerate() {
        trend.rates[service] = made.rate;
        for (kept, day) in trend.days[service].iter_mut().zip(&made.days) {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "it is drawn a few pixels high"
            )]
            let day = day.map(|day| day as f32);
            *kept = day;
        }
    }
    store.put_trend(profile, &trend)
}
