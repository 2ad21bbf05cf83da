//! What a sync keeps of an account. These shapes are the desk's own, so they are taken from a small store that
//! was really synced, and given other figures.

use anyhow::Context;
use desk::SyncRequest;
use serde_json::Value;
use store::{Aspect, Store, Subject};

use crate::sync::desks::{self, OwnDesk, whole};

/// Accounts of the small store: enough for each plan.
const ACCOUNTS: usize = 6;
const PROFILES: usize = 24;

/// An account's datasets as a sync keeps them; `None` where the API had none.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    pub(super) plan: Option<String>,
    pub(super) account: Option<Value>,
    pub(super) subscription: Value,
    pub(super) schedule: Option<Value>,
    pub(super) health: Option<Value>,
    pub(super) prices: Value,
}

/// The accounts of the small store, and how its sync ended.
pub(super) struct Shapes {
    pub(super) accounts: Vec<Shape>,
    pub(super) run: Option<Value>,
}

impl Shapes {
    /// Syncs a small store with a simulator in this process, and reads what was kept.
    pub(super) async fn synced() -> anyhow::Result<Self> {
        let sim = desks::simulator(sim::Options {
            profiles: PROFILES,
            accounts: ACCOUNTS,
            ..sim::Options::default()
        })
        .await?;
        let own = OwnDesk::beside(&sim).await?;
        whole(own.desk.sync(SyncRequest::default()).await)?;
        Self::read(&Store::open(own.desk.folder())?)
    }

    fn read(store: &Store) -> anyhow::Result<Self> {
        let (accounts, run) = store.read(|store| {
            let mut accounts = Vec::new();
            for account in store.accounts()? {
                let subject = Subject::Account(account.key);
                let value = |aspect| {
                    let version = store.version::<Value>(subject, aspect)?;
                    Ok::<_, store::StoreError>(version.map(|version| version.value))
                };
                accounts.push((
                    account.plan,
                    value(Aspect::Account)?,
                    value(Aspect::Subscription)?,
                    value(Aspect::Schedule)?,
                    value(Aspect::Health)?,
                    value(Aspect::Prices)?,
                ));
            }
            let runs = store.sync_runs(0, 10)?;
            let run = runs.into_iter().find_map(|run| run.report);
            Ok((accounts, run))
        })?;
        // A free account has none of these.
        let accounts: Vec<Shape> = accounts
            .into_iter()
            .filter_map(|(plan, account, subscription, schedule, health, prices)| {
                Some(Shape {
                    plan,
                    account,
                    subscription: subscription?,
                    schedule,
                    health,
                    prices: prices?,
                })
            })
            .collect();
        anyhow::ensure!(
            !accounts.is_empty(),
            "a sync keeps neither subscriptions nor prices"
        );
        Ok(Self { accounts, run })
    }
}

/// Gives a field of an object another value. Fails where there is no such field: the shape is another than
/// what this was written for.
pub(super) fn set(object: &mut Value, field: &str, value: Value) -> anyhow::Result<()> {
    let place = object
        .get_mut(field)
        .with_context(|| format!("what a sync keeps has no {field} any more"))?;
    *place = value;
    Ok(())
}
