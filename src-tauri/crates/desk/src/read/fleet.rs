//! The fleet's table: searched, sorted and counted by the store, judged here.

use model::{Dataset, FetchStatus, Service, Timestamp, UsageState, usage_share};
use store::ProfileKey;

use super::age::{freshness, stale_before};
use super::filter::{Filter, region_name};
use super::{FleetFigures, FleetPage, FleetQuery, FleetRow, FleetSort, UsageCell};
use crate::open::Desk;
use crate::problem::{Problem, ProblemCode};
use crate::settings::Settings;

impl Desk {
    /// A page of the fleet, removed profiles left out.
    pub async fn fleet(&self, query: FleetQuery) -> Result<FleetPage, Problem> {
        let now = self.inner.clock.now();
        let filter = Filter::parse(&query.filter, &[])?;
        let (page, settings) = self
            .inner
            .read(move |store| {
                let query = store::FleetQuery {
                    filter: filter.of_profiles(store, now)?,
                    sort: query
                        .sort
                        .iter()
                        .filter_map(|order| {
                            Some((column(order.by, query.trend)?, order.descending))
                        })
                        .collect(),
                    trend: query.trend,
                    offset: query.offset,
                    limit: query.limit,
                    stale_before: stale_before(now),
                };
                Ok((store.fleet(&query)?, Settings::read(store)?))
            })
            .await?;
        let figures = page.figures;
        Ok(FleetPage {
            total: page.total,
            rows: page
                .rows
                .into_iter()
                .map(|found| row(found, &settings, now))
                .collect(),
            figures: FleetFigures {
                profiles: figures.profiles,
                accounts: figures.accounts,
                over: figures.over,
                high: figures.high,
                warn: figures.warn,
                stale: figures.stale,
                failed: figures.failed,
                signed_out: figures.signed_out,
            },
        })
    }

    /// The profile that an id or a name means. A name that several bear is refused, with their ids.
    pub async fn find_profile(&self, id_or_name: &str) -> Result<FleetRow, Problem> {
        let (wanted, text) = (id_or_name.trim().to_owned(), id_or_name.trim().to_owned());
        let found = self
            .inner
            .read(move |store| store.find_profiles(&wanted))
            .await?;
        match found.as_slice() {
            [] => Err(Problem::new(
                ProblemCode::NotFound,
                format!("No profile has the id or the name “{text}”."),
            )
            .with_hint(
                "See the profiles with: pdesk profile list. New ones come with: pdesk sync",
            )),
            [one] => self.fleet_row(one.key.0).await,
            several => {
                let ids: Vec<&str> = several
                    .iter()
                    .map(|profile| profile.id.as_str())
                    .take(10)
                    .collect();
                Err(
                    Problem::invalid(format!("{} profiles are called “{text}”.", several.len()))
                        .with_hint(format!("Name one by its id: {}", ids.join(", "))),
                )
            }
        }
    }

    /// One profile as the fleet shows it, removed or not.
    pub(crate) async fn fleet_row(&self, key: i64) -> Result<FleetRow, Problem> {
        let now = self.inner.clock.now();
        self.inner
            .read(move |store| {
                let settings = Settings::read(store)?;
                let found = store.fleet_row(ProfileKey(key))?;
                Ok(found.map(|found| row(found, &settings, now)))
            })
            .await?
            .ok_or_else(no_such_profile)
    }
}

pub(crate) fn no_such_profile() -> Problem {
    Problem::new(
        ProblemCode::NotFound,
        "There is no such profile in the store any more.",
    )
}

fn column(sort: FleetSort, trend: Option<Service>) -> Option<store::FleetSort> {
    Some(match sort {
        FleetSort::Risk => store::FleetSort::Risk,
        FleetSort::Growth => store::FleetSort::Growth,
        FleetSort::Name => store::FleetSort::Name,
        FleetSort::Account => store::FleetSort::Account,
        FleetSort::Plan => store::FleetSort::Plan,
        FleetSort::Region => store::FleetSort::Region,
        FleetSort::AsOf => store::FleetSort::AsOf,
        FleetSort::Groups => store::FleetSort::Groups,
        FleetSort::Noted => store::FleetSort::Noted,
        FleetSort::Trend => store::FleetSort::Trend(trend?),
        FleetSort::Id => store::FleetSort::Id,
        FleetSort::Others => store::FleetSort::Others,
        FleetSort::Service(service) => store::FleetSort::Service(service),
    })
}

fn row(found: store::FleetRow, settings: &Settings, now: Timestamp) -> FleetRow {
    let summary = found.summary.as_ref().map(|(summary, _)| summary);
    let usage = Service::ALL
        .into_iter()
        .map(|service| {
            cell(
                summary.and_then(|summary| summary.used[service]),
                summary.and_then(|summary| summary.limit[service]),
            )
        })
        .collect();
    let region = region_name(&found.api);
    FleetRow {
        key: found.key.0,
        id: found.id,
        api: found.api,
        name: found.name,
        name_is_shared: found.name_is_shared,
        account: found
            .account
            .map(|account| account.label)
            .unwrap_or_default(),
        accounts: found
            .accounts
            .into_iter()
            .map(|account| account.label)
            .collect(),
        shared: found.shared,
        plan: found.plan,
        region: found.region.unwrap_or(region),
        groups: found.groups.into_iter().map(|group| group.0).collect(),
        noted: found.noted,
        removed_at: found.removed_at,
        usage,
        growth: found.growth,
        trend: found.trend,
        worst: found.worst.map(|(service, _)| service),
        freshness: freshness(Dataset::Summary, found.status.as_ref(), settings, now),
    }
}

fn cell(used: Option<f64>, limit: Option<f64>) -> UsageCell {
    UsageCell {
        used,
        limit,
        share: usage_share(used, limit),
        state: UsageState::of(used, limit),
    }
}

/// The status of a dataset among all of a profile's.
pub(super) fn status_of(
    statuses: &[(Dataset, FetchStatus)],
    dataset: Dataset,
) -> Option<&FetchStatus> {
    statuses
        .iter()
        .find(|(of, _)| *of == dataset)
        .map(|(_, status)| status)
}
