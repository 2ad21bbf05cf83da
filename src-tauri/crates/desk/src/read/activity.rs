//! What changed, from the change log.

use store::{AccountKey, Change, ChangeQuery, ProfileKey};

use super::filter::Filter;
use super::{ActivityPage, ActivityQuery, ChangeRow};
use crate::open::Desk;
use crate::problem::Problem;

impl Desk {
    /// A part of the change log, newest first.
    pub async fn activity(&self, query: ActivityQuery) -> Result<ActivityPage, Problem> {
        let now = self.inner.clock.now();
        let filter = Filter::parse(&query.search, &[])?;
        let kinds = query.topics.iter().flat_map(|topic| topic.kinds());
        let mut wanted = ChangeQuery {
            kinds: kinds.copied().collect(),
            words: filter.texts(),
            profiles: None,
            account: query.account.map(AccountKey),
            profile: query.profile.map(ProfileKey),
            since: query.since,
            offset: query.offset,
            limit: query.limit,
        };
        self.inner
            .read(move |store| {
                let profiles = filter.profiles(store, now)?;
                wanted.profiles = profiles.map(|keys| keys.into_iter().collect());
                let rows = if wanted.limit == 0 {
                    Vec::new()
                } else {
                    store.changes(&wanted)?
                };
                Ok(ActivityPage {
                    total: store.count_changes(&wanted)?,
                    rows: rows.into_iter().map(row).collect(),
                })
            })
            .await
    }
}

fn row(change: Change) -> ChangeRow {
    ChangeRow {
        key: change.key,
        at: change.at,
        account: change.account,
        profile: change.profile,
        profile_key: change.profile_key.map(|key| key.0),
        profile_name: change.profile_name,
        kind: change.kind,
        subject: change.subject,
        old: change.old,
        new: change.new,
    }
}
