//! `pdesk allocation`: what each account has bought, what it allocated to whom, and what is left.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use desk::Desk;
use desk::read::{
    AllocationAccount, AllocationCell, AllocationHeld, AllocationOverview, AllocationQuery,
    AllocationRow, AllocationSlots,
};
use model::{ProfileId, Service};
use serde::Serialize;

use super::act;
use crate::args::{
    AllocationArgs, AllocationCommand, AllocationShowArgs, ServicesArgs, ServicesCommand,
};
use crate::failure::{Exit, Failure};
use crate::output::{self, Output};
use crate::table::Fitted;
use crate::wording::{known, number};

/// What an account's profiles hold of each service.
type Held = BTreeMap<Service, Vec<AllocationRow>>;

pub(super) async fn run(
    desk: &Desk,
    wanted: AllocationArgs,
    output: &Output,
) -> Result<Exit, Failure> {
    let wanted = match wanted.command {
        Some(AllocationCommand::Set(wanted)) => {
            return act::set_allocation(desk, wanted, output).await;
        }
        Some(AllocationCommand::Show(wanted)) => wanted,
        None => wanted.show,
    };
    show(desk, wanted, output).await
}

/// `pdesk services`.
pub(super) async fn services(
    desk: &Desk,
    wanted: ServicesArgs,
    output: &Output,
) -> Result<Exit, Failure> {
    let profile = desk.find_profile(&wanted.profile).await?.key;
    match wanted.command {
        Some(ServicesCommand::Set { limits, agree }) => {
            act::set_services(desk, profile, &limits, agree, output).await
        }
        None => super::profile::limits(desk, profile, output).await,
    }
}

async fn show(desk: &Desk, wanted: AllocationShowArgs, output: &Output) -> Result<Exit, Failure> {
    let services = match &wanted.service {
        Some(text) => vec![service(text)?],
        None => Service::ALL.to_vec(),
    };
    let only = match &wanted.account {
        Some(text) => Some(desk.find_account(text).await?.key),
        None => None,
    };
    let filter = wanted.filter;
    let (mut overview, held) = desk
        .whole_allocation(AllocationQuery { filter }, services.clone())
        .await?;
    overview
        .accounts
        .retain(|account| only.is_none_or(|only| account.key == only));
    let described = Described::new(&overview, &services, &held);
    output.result(&described, || {
        let held = only.and_then(|only| held.get(&only));
        text(&overview, &services, held, output::width())
    })?;
    Ok(Exit::Done)
}

pub(super) fn service(text: &str) -> Result<Service, Failure> {
    let key = text.trim().to_lowercase();
    Service::from_key(&key).ok_or_else(|| {
        let keys: Vec<&str> = Service::ALL.iter().map(|one| one.key()).collect();
        Failure::usage(format!("No service is called “{text}”."))
            .with_hint(format!("Name one of: {}.", keys.join(", ")))
    })
}

fn text(
    overview: &AllocationOverview,
    services: &[Service],
    held: Option<&Held>,
    width: Option<u16>,
) -> String {
    if overview.accounts.is_empty() {
        return if overview.all == 0 {
            "No account is connected. Connect one with: pdesk account add\n"
        } else {
            "No account owns a profile that the filter leaves.\n"
        }
        .to_owned();
    }
    let mut text = accounts(&overview.accounts, services).print(width);
    if let Some(held) = held {
        text.push('\n');
        text += &profiles(held).print(width);
    }
    text.push('\n');
    for account in &overview.accounts {
        // A string takes everything.
        let _ = writeln!(text, "{}: {}", account.label, slots(&account.slots));
    }
    if overview.shared > 0 {
        let profiles = if overview.shared == 1 {
            "profile is"
        } else {
            "profiles are"
        };
        let _ = writeln!(
            text,
            "{} {profiles} shared in by accounts that are not connected; what those have bought is not seen.",
            overview.shared
        );
    }
    text += "What is free in one account cannot be moved to another.\n";
    crate::defuse::lines_for_terminal(&text)
}

fn accounts(accounts: &[AllocationAccount], services: &[Service]) -> Fitted {
    let mut table = Fitted::default()
        .words("Account", 0)
        .exact("Service", 0)
        .numbers("Bought", 0)
        .numbers("Allocated", 0)
        .numbers("Free", 0)
        .numbers("Used", 1)
        .numbers("Headroom", 2);
    for account in accounts {
        for service in services {
            let cell = &account.services[service.index()];
            let of = account.slots.profiles;
            table.row([
                account.label.as_str(),
                service.label(),
                &known(cell.bought),
                &sum(cell.allocated, cell.allocated_known, of),
                &known(cell.free),
                &sum(cell.used, cell.used_known, of),
                &sum(cell.headroom, cell.headroom_known, of),
            ]);
        }
    }
    table
}

/// A sum, with how many of how many it is over where that is not all.
fn sum(amount: f64, profiles: u32, of: u32) -> String {
    match profiles {
        0 if of > 0 => known(None),
        all if all == of => number(amount),
        some => format!("{} ({some} of {of})", number(amount)),
    }
}

fn profiles(held: &Held) -> Fitted {
    let mut table = Fitted::default()
        .words("Profile", 0)
        .exact("Service", 0)
        .numbers("Share", 1)
        .numbers("Allocated", 0)
        .numbers("Used", 0)
        .numbers("Headroom", 2);
    for (service, rows) in held {
        for row in rows {
            let share = row.share.map(|share| share * 100.0);
            table.row([
                row.name.as_str(),
                service.label(),
                &share.map_or_else(|| known(None), |share| format!("{share:.1} %")),
                &known(row.allocated),
                &known(row.used),
                &known(row.headroom),
            ]);
        }
    }
    table
}

fn slots(slots: &AllocationSlots) -> String {
    let profiles = match (slots.profiles_in_plan, slots.profiles_free) {
        (Some(plan), Some(_)) if slots.profiles > plan => format!(
            "{} profiles, more than the {plan} of its plan (special terms)",
            slots.profiles
        ),
        (Some(plan), Some(free)) => {
            format!("{} of {plan} profiles, {free} free", slots.profiles)
        }
        _ => format!(
            "{} profiles; what its plan has is not known",
            slots.profiles
        ),
    };
    let known = if slots.members_known == slots.profiles {
        String::new()
    } else {
        format!(
            ", teams of {} of {} known",
            slots.members_known, slots.profiles
        )
    };
    let members = match (slots.members_in_plan, slots.members_free) {
        (Some(plan), Some(free)) => {
            format!("{} members of {plan} a profile, {free} free", slots.members)
        }
        _ => format!("{} members", slots.members),
    };
    format!("{profiles}; {members}{known}.")
}

/// Everything, in JSON.
#[derive(Serialize)]
struct Described<'a> {
    accounts: Vec<DescribedAccount<'a>>,
    shared_profiles: u32,
}

#[derive(Serialize)]
struct DescribedAccount<'a> {
    account: &'a str,
    region: &'a str,
    plan: Option<&'a str>,
    slots: AllocationSlots,
    services: BTreeMap<&'static str, DescribedService<'a>>,
}

#[derive(Serialize)]
struct DescribedService<'a> {
    #[serde(flatten)]
    sums: AllocationCell,
    profiles: Vec<DescribedProfile<'a>>,
}

#[derive(Serialize)]
struct DescribedProfile<'a> {
    id: &'a ProfileId,
    name: &'a str,
    allocated: Option<f64>,
    share: Option<f64>,
    used: Option<f64>,
    headroom: Option<f64>,
}

impl<'a> Described<'a> {
    fn new(
        overview: &'a AllocationOverview,
        services: &[Service],
        held: &'a AllocationHeld,
    ) -> Self {
        let service = |account: &AllocationAccount, service: Service| DescribedService {
            sums: account.services[service.index()],
            profiles: held
                .get(&account.key)
                .and_then(|held| held.get(&service))
                .into_iter()
                .flatten()
                .map(|row| DescribedProfile {
                    id: &row.id,
                    name: &row.name,
                    allocated: row.allocated,
                    share: row.share,
                    used: row.used,
                    headroom: row.headroom,
                })
                .collect(),
        };
        let accounts = overview.accounts.iter().map(|account| DescribedAccount {
            account: &account.label,
            region: &account.region,
            plan: account.plan.as_deref(),
            slots: account.slots,
            services: services
                .iter()
                .map(|one| (one.key(), service(account, *one)))
                .collect(),
        });
        Self {
            accounts: accounts.collect(),
            shared_profiles: overview.shared,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(profiles: u32, plan: Option<u32>) -> AllocationSlots {
        AllocationSlots {
            profiles,
            profiles_in_plan: plan,
            profiles_free: plan.map(|plan| plan.saturating_sub(profiles)),
            members: 3,
            members_known: profiles,
            members_in_plan: plan,
            members_free: plan,
            members_beyond: 0,
        }
    }

    #[test]
    fn more_profiles_than_a_plan_has_are_special_terms_and_never_free_below_zero() {
        assert!(slots(&of(3, Some(5))).starts_with("3 of 5 profiles, 2 free"));
        let more = slots(&of(240, Some(5)));
        assert!(more.starts_with("240 profiles, more than the 5 of its plan (special terms)"));
        assert!(slots(&of(7, None)).contains("not known"));
        let some = AllocationSlots {
            members_known: 2,
            ..of(4, Some(5))
        };
        assert!(slots(&some).contains("teams of 2 of 4 known"));
    }

    #[test]
    fn a_sum_over_some_says_how_many_of_how_many() {
        assert_eq!(sum(1_200.0, 4, 4), "1,200");
        assert_eq!(sum(1_200.0, 3, 4), "1,200 (3 of 4)");
        assert_eq!(sum(0.0, 0, 4), "—");
        assert_eq!(sum(0.0, 0, 0), "0");
    }

    #[test]
    fn a_service_is_named_by_its_key() {
        assert_eq!(service(" Data_Records ").unwrap(), Service::DataRecords);
        assert!(service("weather").is_err());
    }
}
