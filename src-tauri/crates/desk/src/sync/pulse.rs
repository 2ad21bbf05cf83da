//! What a profile's hourly history means for its silence, noted as it is written.

use insight::attention::{Pulse, WINDOW};
use model::Timestamp;
use store::{ProfileKey, StoreError, StoredPulse, Writer};

/// Notes the pulse of a profile whose hours were just written.
pub(super) fn note(
    store: &Writer<'_>,
    profile: ProfileKey,
    now: Timestamp,
) -> Result<(), StoreError> {
    let from = now.checked_sub(WINDOW).unwrap_or(Timestamp::MIN);
    let readings = store.input_totals(profile, from)?;
    let before = store.pulse(profile)?.map(|before| Pulse {
        last_input_at: before.last_input_at,
        active_days: before.active_days,
        quiet_from: before.quiet_from,
        sampled_at: before.sampled_at,
    });
    let Some(pulse) = Pulse::of(&readings, before.as_ref()) else {
        return Ok(());
    };
    store.put_pulse(
        profile,
        &StoredPulse {
            last_input_at: pulse.last_input_at,
            active_days: pulse.active_days,
            quiet_from: pulse.quiet_from,
            sampled_at: pulse.sampled_at,
        },
    )
}
