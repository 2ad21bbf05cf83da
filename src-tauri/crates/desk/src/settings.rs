//! The settings: their names, what they may be, and what they are where nobody set them. They live in
//! the store, so that the window and `pdesk` share them.

use std::collections::BTreeMap;
use std::time::Duration;

use model::Dataset;
use store::{Reader, StoreError};

use crate::event::StoreNews;
use crate::open::{Desk, Inner};
use crate::problem::{Problem, ProblemCode};
use crate::read::SettingRow;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// What a setting may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Whole minutes in this range.
    Minutes(u64, u64),
    /// Whole days in this range, or `off`.
    DaysOrOff(u64, u64),
    /// `true` or `false`.
    Flag,
}

/// A setting that there is.
struct Known {
    key: &'static str,
    kind: Kind,
    default: &'static str,
    about: &'static str,
}

/// The longest age that makes sense: what is asked for once a year is not kept fresh.
const YEAR: u64 = 366 * DAY / MINUTE;

const fn age(key: &'static str, default: &'static str, about: &'static str) -> Known {
    Known {
        key,
        kind: Kind::Minutes(1, YEAR),
        default,
        about,
    }
}

const KNOWN: [Known; 13] = [
    Known {
        key: "sync.interval",
        kind: Kind::Minutes(0, DAY / MINUTE),
        default: "15",
        about: "Minutes between two syncs that the window's program begins by itself; 0 for none.",
    },
    Known {
        key: "sync.metered",
        kind: Kind::Flag,
        default: "false",
        about: "Whether it also syncs by itself on a metered connection.",
    },
    Known {
        key: "backup.age",
        kind: Kind::DaysOrOff(1, 365),
        default: "off",
        about: "Days that a profile's newest backup at TagoIO may be old; off: backups are not asked for.",
    },
    Known {
        key: "buying",
        kind: Kind::Flag,
        default: "false",
        about: "Whether higher limits can be bought from here. It spends money; each purchase asks with its price first.",
    },
    age(
        "age.list",
        "15",
        "Minutes after which an account's list of profiles is asked for again.",
    ),
    age(
        "age.summary",
        "15",
        "Minutes after which a profile's limits and use are asked for again.",
    ),
    age(
        "age.statistics",
        "60",
        "Minutes after which a profile's usage history is asked for again; hours come once an hour, days once a day.",
    ),
    age(
        "age.info",
        "1440",
        "Minutes after which a profile's name, plan and add-ons, and an account's own, are asked for again.",
    ),
    age(
        "age.tokens",
        "1440",
        "Minutes after which a profile's tokens are asked for again.",
    ),
    age(
        "age.team",
        "1440",
        "Minutes after which a profile's team is asked for again.",
    ),
    age(
        "age.billing",
        "1440",
        "Minutes after which an account's prices, subscription and allocation are asked for again.",
    ),
    age(
        "age.backups",
        "1440",
        "Minutes after which a profile's backups are asked for again, if they are at all.",
    ),
    age(
        "age.audit",
        "1440",
        "Minutes after which new events are added to a profile's archived audit log.",
    ),
];

/// All settings, typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Settings {
    values: BTreeMap<String, String>,
}

impl Settings {
    pub(crate) fn of(set: Vec<(String, String)>) -> Self {
        let mut values: BTreeMap<String, String> = KNOWN
            .iter()
            .map(|known| (known.key.to_owned(), known.default.to_owned()))
            .collect();
        for (key, value) in set {
            // A value that another version wrote and this one cannot read is as if it were not set.
            if find(&key).is_some_and(|known| known.kind.checked(&value).is_some()) {
                values.insert(key, value);
            }
        }
        Self { values }
    }

    pub(crate) fn read(store: &Reader<'_>) -> Result<Self, StoreError> {
        store.settings().map(Self::of)
    }

    fn number(&self, key: &str) -> Option<u64> {
        self.values.get(key)?.parse().ok()
    }

    /// How long after a sync the next one begins by itself; `None` if none does.
    pub(crate) fn interval(&self) -> Option<Duration> {
        self.number("sync.interval")
            .filter(|minutes| *minutes > 0)
            .map(|minutes| Duration::from_secs(minutes * MINUTE))
    }

    /// Whether it also syncs by itself on a metered connection.
    pub(crate) fn on_metered(&self) -> bool {
        self.values
            .get("sync.metered")
            .is_some_and(|value| value == "true")
    }

    /// Whether something may be bought.
    pub(crate) fn buying(&self) -> bool {
        self.values
            .get("buying")
            .is_some_and(|value| value == "true")
    }

    /// How old a profile's newest backup may be; `None` if nobody wants to know.
    pub(crate) fn backup_age(&self) -> Option<Duration> {
        self.number("backup.age")
            .map(|days| Duration::from_secs(days * DAY))
    }

    /// The age at which a dataset is asked for again.
    pub(crate) fn age_of(&self, dataset: Dataset) -> Duration {
        let key = match dataset {
            Dataset::Profiles => "age.list",
            Dataset::Summary => "age.summary",
            Dataset::UsageByDay | Dataset::UsageByHour => "age.statistics",
            Dataset::Info | Dataset::Account => "age.info",
            Dataset::Tokens => "age.tokens",
            Dataset::Team => "age.team",
            Dataset::Subscription
            | Dataset::Schedule
            | Dataset::Health
            | Dataset::Payment
            | Dataset::Prices
            | Dataset::Allocation => "age.billing",
            Dataset::Backups => "age.backups",
            Dataset::Audit => "age.audit",
        };
        let minutes = self.number(key).unwrap_or(DAY / MINUTE);
        Duration::from_secs(minutes * MINUTE)
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self::of(Vec::new())
    }
}

impl Kind {
    /// The value as it is stored, if it is one.
    fn checked(self, value: &str) -> Option<String> {
        let value = value.trim().to_ascii_lowercase();
        let within = |least: u64, most: u64| {
            let number: u64 = value.parse().ok()?;
            (least..=most).contains(&number).then(|| number.to_string())
        };
        match self {
            Self::DaysOrOff(..) if value == "off" => Some(value),
            Self::Minutes(least, most) | Self::DaysOrOff(least, most) => within(least, most),
            Self::Flag => matches!(value.as_str(), "true" | "false").then_some(value),
        }
    }

    fn told(self) -> String {
        match self {
            Self::Minutes(least, most) => format!("whole minutes from {least} to {most}"),
            Self::DaysOrOff(least, most) => {
                format!("whole days from {least} to {most}, or off")
            }
            Self::Flag => "true or false".to_owned(),
        }
    }
}

fn find(key: &str) -> Option<&'static Known> {
    KNOWN.iter().find(|known| known.key == key)
}

fn row(known: &Known, settings: &Settings) -> SettingRow {
    SettingRow {
        key: known.key.to_owned(),
        value: settings.values.get(known.key).cloned().unwrap_or_default(),
        default: known.default.to_owned(),
        about: known.about.to_owned(),
    }
}

impl Inner {
    pub(crate) async fn settings(&self) -> Result<Settings, Problem> {
        self.read(Settings::read).await
    }
}

impl Desk {
    /// Every setting with its value.
    pub async fn settings(&self) -> Result<Vec<SettingRow>, Problem> {
        let settings = self.inner.settings().await?;
        Ok(KNOWN.iter().map(|known| row(known, &settings)).collect())
    }

    /// Sets a setting; without a value it is what it was at first. [`ProblemCode::NotFound`] if there is
    /// none of that name, [`ProblemCode::InvalidInput`] if it cannot be that.
    pub async fn put_setting(&self, key: &str, value: Option<&str>) -> Result<SettingRow, Problem> {
        let known = find(key.trim()).ok_or_else(|| {
            Problem::new(
                ProblemCode::NotFound,
                format!("There is no setting “{}”.", key.trim()),
            )
            .with_hint("See the settings with: pdesk config get")
        })?;
        let checked = match value {
            None => None,
            Some(text) => Some(known.kind.checked(text).ok_or_else(|| {
                Problem::invalid(format!(
                    "{} cannot be “{}”: it takes {}.",
                    known.key,
                    text.trim(),
                    known.kind.told()
                ))
            })?),
        };
        self.inner
            .write(move |store| store.put_setting(known.key, checked.as_deref()))
            .await?;
        self.inner.tell_changed(StoreNews {
            settings: true,
            ..StoreNews::default()
        });
        self.inner.plans_changed.notify_one();
        Ok(row(known, &self.inner.settings().await?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_is_a_value_that_its_setting_takes() {
        for known in &KNOWN {
            assert_eq!(
                known.kind.checked(known.default).as_deref(),
                Some(known.default),
                "{}",
                known.key
            );
        }
        let settings = Settings::default();
        assert_eq!(settings.interval(), Some(Duration::from_mins(15)));
        assert!(!settings.on_metered());
        assert_eq!(settings.backup_age(), None);
        let minutes = |dataset| settings.age_of(dataset).as_secs() / MINUTE;
        assert_eq!(minutes(Dataset::Profiles), 15);
        assert_eq!(minutes(Dataset::Summary), 15);
        assert_eq!(minutes(Dataset::UsageByHour), 60);
        for daily in [
            Dataset::Info,
            Dataset::Tokens,
            Dataset::Team,
            Dataset::Payment,
            Dataset::Prices,
            Dataset::Subscription,
            Dataset::Audit,
        ] {
            assert_eq!(minutes(daily), 1440, "{daily}");
        }
    }

    #[test]
    fn a_value_is_taken_in_any_case_and_out_of_range_not_at_all() {
        let minutes = Kind::Minutes(1, 60);
        assert_eq!(minutes.checked(" 07 ").as_deref(), Some("7"));
        for bad in ["0", "61", "-1", "1.5", "x", ""] {
            assert_eq!(minutes.checked(bad), None, "{bad}");
        }
        assert_eq!(Kind::Flag.checked("TRUE").as_deref(), Some("true"));
        assert_eq!(Kind::Flag.checked("yes"), None);
        assert_eq!(Kind::DaysOrOff(1, 9).checked("Off").as_deref(), Some("off"));
    }

    #[test]
    fn what_another_version_wrote_is_passed_over() {
        let settings = Settings::of(vec![
            ("sync.interval".to_owned(), "soon".to_owned()),
            ("theme".to_owned(), "pink".to_owned()),
            ("age.team".to_owned(), "30".to_owned()),
        ]);
        assert_eq!(settings.interval(), Some(Duration::from_mins(15)));
        assert_eq!(settings.age_of(Dataset::Team), Duration::from_mins(30));
    }
}
