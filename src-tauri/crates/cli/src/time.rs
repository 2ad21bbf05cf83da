//! Times as a person types them.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

use crate::failure::Failure;

/// Reads a time: with an offset or `Z` it is exact; a date with a time, or a date or month alone,
/// is of the zone, a date meaning its first moment.
pub(crate) fn read(option: &str, text: &str, zone: &TimeZone) -> Result<Timestamp, Failure> {
    let text = text.trim();
    if let Ok(exact) = text.parse::<Timestamp>() {
        return Ok(exact);
    }
    let first_of_month = || {
        format!("{text}-01")
            .parse::<Date>()
            .ok()
            .filter(|_| text.len() == 7)
    };
    let local = match text.parse::<Date>() {
        // A text with a time parses as a date as well; then the time counts.
        Ok(date) if text.len() <= 10 => Some(date.to_datetime(Time::midnight())),
        _ => text.parse::<DateTime>().ok(),
    };
    local
        .or_else(|| first_of_month().map(|date| date.to_datetime(Time::midnight())))
        .and_then(|local| zone.to_timestamp(local).ok())
        .ok_or_else(|| {
            Failure::usage(format!("{option} “{text}” is not a time.")).with_hint(
                "Give a date such as 2026-05-01, a month such as 2026-05, a time such as 2026-05-01T14:00, \
                 or an exact one such as 2026-05-01T14:00:00Z.",
            )
        })
}

/// How long ago something was, in a few letters: `5 min`, `3 h`, `12 d`.
pub(crate) fn ago(at: Timestamp, now: Timestamp) -> String {
    let minutes = now.duration_since(at).as_mins();
    match minutes {
        ..1 => "now".to_owned(),
        1..60 => format!("{minutes} min ago"),
        60..2_880 => format!("{} h ago", minutes / 60),
        _ => format!("{} d ago", minutes / 1_440),
    }
}

/// A moment on the zone's clock, to the minute.
pub(crate) fn clock(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone())
        .strftime("%Y-%m-%d %H:%M")
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lisbon() -> TimeZone {
        TimeZone::get("Europe/Lisbon").unwrap()
    }

    #[test]
    fn dates_months_and_local_times_are_of_the_zone_and_offsets_are_exact() {
        for (text, exact) in [
            ("2026-05-01", "2026-04-30T23:00:00Z"),
            ("2026-05", "2026-04-30T23:00:00Z"),
            ("2026-05-01T14:00", "2026-05-01T13:00:00Z"),
            ("2026-05-01 14:00:30", "2026-05-01T13:00:30Z"),
            ("2026-05-01T14:00:00Z", "2026-05-01T14:00:00Z"),
            ("2026-05-01T14:00:00+02:00", "2026-05-01T12:00:00Z"),
        ] {
            assert_eq!(
                read("--from", text, &lisbon()).unwrap().to_string(),
                exact,
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_time_is_refused_with_examples() {
        for text in [
            "",
            "yesterday",
            "2026-13-01",
            "2026-02-30",
            "01.05.2026",
            "2026",
            "2026-5",
        ] {
            let failure = read("--to", text, &lisbon()).unwrap_err();
            assert!(failure.message.contains("--to"), "{text}");
            assert!(failure.hint.is_some());
        }
    }

    #[test]
    fn ages_are_short() {
        let now: Timestamp = "2026-05-10T12:00:00Z".parse().unwrap();
        for (at, said) in [
            ("2026-05-10T12:00:30Z", "now"),
            ("2026-05-10T11:55:00Z", "5 min ago"),
            ("2026-05-09T09:00:00Z", "27 h ago"),
            ("2026-04-30T12:00:00Z", "10 d ago"),
        ] {
            assert_eq!(ago(at.parse().unwrap(), now), said);
        }
    }
}
