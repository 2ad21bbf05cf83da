//! Which accounts' audit logs are archived: those of up to 500 profiles, and of more where a person said so.

use model::Timestamp;
use store::{AccountKey, Reader, StoreError};

use super::windows::{self, Span};
use crate::event::StoreNews;
use crate::open::Desk;
use crate::problem::Problem;
use crate::read::{ArchiveAccount, ArchiveChoice};

/// An account of more profiles than this is asked about.
const WITHOUT_ASKING: usize = 500;

/// What a window takes at least: a query is started, and asked for until it is complete.
const REQUESTS_A_WINDOW: u32 = 3;
const SECONDS_A_WINDOW: f64 = 4.0;

/// The route that starts a query, whose limit may be known.
const ROUTE: &str = "GET /profile/{id}/auditlog";

/// The setting that holds a person's choice.
fn setting(account: AccountKey) -> String {
    format!("archive.account.{}", account.0)
}

/// Whether the log of what an account owns is archived.
pub(crate) fn is_archived(store: &Reader<'_>, account: AccountKey) -> Result<bool, StoreError> {
    Ok(match store.setting(&setting(account))?.as_deref() {
        Some("on") => true,
        Some("off") => false,
        _ => store.audit_spans_of_account(account)?.len() <= WITHOUT_ASKING,
    })
}

/// What is known of an account's archive.
struct Found {
    label: String,
    api: String,
    profiles: Vec<Vec<Span>>,
    chosen: Option<String>,
}

fn find(store: &Reader<'_>, account: AccountKey) -> Result<Option<Found>, StoreError> {
    let Some(row) = store.account(account)? else {
        return Ok(None);
    };
    let spans = store.audit_spans_of_account(account)?;
    Ok(Some(Found {
        label: row.label,
        api: row.api,
        profiles: spans.into_iter().map(|(_, spans)| spans).collect(),
        chosen: store.setting(&setting(account))?,
    }))
}

impl Desk {
    /// The accounts, whether their audit logs are archived, and what that still takes.
    pub async fn archive_accounts(&self) -> Result<Vec<ArchiveAccount>, Problem> {
        let accounts = self.inner.accounts().await?;
        let keys: Vec<_> = accounts.iter().map(|account| account.key).collect();
        let found = self
            .inner
            .read(move |store| {
                keys.into_iter()
                    .map(|key| Ok(find(store, key)?.map(|found| (key, found))))
                    .collect::<Result<Vec<_>, _>>()
            })
            .await?;
        let now = self.inner.clock.now();
        let found = found.into_iter().flatten();
        Ok(found
            .map(|(key, found)| self.archive_account(key, found, now))
            .collect())
    }

    /// Whether an account's audit logs are archived from now on. What is archived stays.
    pub async fn choose_archive(
        &self,
        account: i64,
        archive: bool,
    ) -> Result<ArchiveAccount, Problem> {
        let key = self.inner.account(account).await?.key;
        let word = if archive { "on" } else { "off" };
        let found = self
            .inner
            .write(move |store| {
                store.put_setting(&setting(key), Some(word))?;
                find(store, key)
            })
            .await?;
        if !archive {
            self.cancel_archive();
        }
        self.inner.tell_changed(StoreNews {
            settings: true,
            ..StoreNews::default()
        });
        self.inner.plans_changed.notify_one();
        let found = found.ok_or_else(|| Problem::internal("an account is gone"))?;
        Ok(self.archive_account(key, found, self.inner.clock.now()))
    }

    fn archive_account(&self, key: AccountKey, found: Found, now: Timestamp) -> ArchiveAccount {
        let windows: u32 = found
            .profiles
            .iter()
            // What the last day brought is no part of what is still to be done.
            .filter(|spans| !is_done(spans, now))
            .map(|spans| windows::left(spans, now))
            .sum();
        let limit = self.inner.pace.limit(&found.api, key.0, ROUTE);
        let pace = limit.map_or(0.0, |(per_minute, _)| 60.0 / f64::from(per_minute));
        let choice = match found.chosen.as_deref() {
            Some("on") => ArchiveChoice::On,
            Some("off") => ArchiveChoice::Off,
            _ if found.profiles.len() > WITHOUT_ASKING => ArchiveChoice::Ask,
            _ => ArchiveChoice::On,
        };
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        ArchiveAccount {
            account: key.0,
            label: found.label,
            profiles: count(found.profiles.len()),
            done: count(
                found
                    .profiles
                    .iter()
                    .filter(|spans| is_done(spans, now))
                    .count(),
            ),
            choice,
            requests: windows * REQUESTS_A_WINDOW,
            days: f64::from(windows) * pace.max(SECONDS_A_WINDOW) / 86_400.0,
        }
    }
}

/// Whether a profile's log is archived as far as TagoIO keeps it, but for the newest day.
pub(super) fn is_done(spans: &[Span], now: Timestamp) -> bool {
    use std::time::Duration;
    windows::next(spans, now, Duration::MAX).is_none()
}
