//! The guard rails that a person sets up here: protected profiles and accounts that are only read. They are
//! never sent, and noted in the action log.

use model::ActionResult;
use serde_json::json;
use store::{AccountKey, ActionEnd, NewAction, ProfileKey};

use crate::event::StoreNews;
use crate::open::Desk;
use crate::organize::Selected;
use crate::problem::{Problem, ProblemCode};
use crate::read::FleetSelection;

impl Desk {
    /// Marks profiles as protected, so that every change of them asks first, or takes the mark away. Returns how
    /// many were not so before. All of them are marked, or none.
    pub async fn put_protected(
        &self,
        selection: FleetSelection,
        protected: bool,
    ) -> Result<u32, Problem> {
        let now = self.inner.clock.now();
        let selected = Selected::parse(selection)?;
        let changed = self
            .inner
            .write(move |store| {
                let mut changed = Vec::new();
                for key in store.selected(&selected.resolve(store, now)?)? {
                    if !store.put_protected(key, protected)? {
                        continue;
                    }
                    let action = store.begin_action(&NewAction {
                        at: now,
                        batch: None,
                        account: store.profile(key)?.and_then(|profile| profile.preferred),
                        profile: Some(key),
                        kind: "protect".to_owned(),
                        what: json!({ "protected": protected }),
                        before: json!({ "protected": !protected }),
                        after: json!({ "protected": protected }),
                    })?;
                    store.end_action(action, &done(now))?;
                    changed.push(key);
                }
                Ok(changed)
            })
            .await?;
        if !changed.is_empty() {
            let mut news = StoreNews::actions();
            for key in &changed {
                news.add(StoreNews::profile(key.0));
            }
            self.inner.tell_changed(news);
        }
        Ok(u32::try_from(changed.len()).unwrap_or(u32::MAX))
    }

    /// Lets an account only be read, or changes be made by it again. Returns whether it was not so before.
    pub async fn put_read_only(&self, account: i64, read_only: bool) -> Result<bool, Problem> {
        let (key, now) = (AccountKey(account), self.inner.clock.now());
        let changed = self
            .inner
            .write(move |store| {
                if store.account(key)?.is_none() {
                    return Ok(None);
                }
                let changed = store.put_read_only(key, read_only)?;
                if changed {
                    let action = store.begin_action(&NewAction {
                        at: now,
                        batch: None,
                        account: Some(key),
                        profile: None,
                        kind: "read_only".to_owned(),
                        what: json!({ "read_only": read_only }),
                        before: json!({ "read_only": !read_only }),
                        after: json!({ "read_only": read_only }),
                    })?;
                    store.end_action(action, &done(now))?;
                }
                Ok(Some(changed))
            })
            .await?
            .ok_or_else(|| {
                Problem::new(ProblemCode::NotFound, "There is no such account any more.")
            })?;
        let mut news = StoreNews::accounts();
        news.add(StoreNews::actions());
        self.inner.tell_changed(news);
        Ok(changed)
    }

    /// Whether a profile is marked as protected.
    #[expect(
        clippy::redundant_closure_for_method_calls,
        reason = "the method itself is bound to one lifetime"
    )]
    pub async fn is_protected(&self, profile: i64) -> Result<bool, Problem> {
        let key = ProfileKey(profile);
        let protected = self.inner.read(|store| store.protected()).await?;
        Ok(protected.contains(&key))
    }
}

fn done(at: model::Timestamp) -> ActionEnd {
    ActionEnd {
        at,
        result: ActionResult::Done,
        code: None,
        message: None,
        confirmed: None,
    }
}
