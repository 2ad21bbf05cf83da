//! Makes a world from a seed.

use jiff::{SignedDuration, Timestamp};

use super::{
    Member, Notification, Otp, PastDue, Plan, Schedule, Service, World, make_account, make_profile,
    tier_at_least,
};
use crate::random::Draw;
use crate::{Options, SimError};

/// Days before a time.
pub(super) fn days_before(now: Timestamp, days: f64) -> Timestamp {
    now.saturating_sub(SignedDuration::from_secs_f64(days * 86_400.0))
        .unwrap_or(Timestamp::UNIX_EPOCH)
}

/// The world of these options, as it is at their clock's now.
pub(crate) fn world(options: &Options) -> Result<World, SimError> {
    let Options {
        profiles,
        accounts,
        seed,
        ..
    } = *options;
    if accounts == 0 || profiles < accounts {
        return Err(SimError::TooFewProfiles { profiles, accounts });
    }
    // Whole seconds: the API tells no finer, and two clocks an instant apart make the same world.
    let now =
        Timestamp::from_second(options.clock.now().as_second()).unwrap_or(Timestamp::UNIX_EPOCH);
    let mut world = World::new(seed, now);
    let mut draw = Draw::new(seed, 1);

    let foreign = if profiles >= accounts + 2 {
        (profiles / 25).max(1)
    } else {
        0
    };
    let strangers = 1 + foreign / 4;
    for number in 0..accounts + strangers {
        let mut account = make_account::account(&mut draw, number, accounts, now);
        if number == 0 && options.token.is_some() {
            account.token.clone_from(&options.token);
        }
        world.accounts.push(account);
    }

    let weights: Vec<f64> = (0..accounts).map(|_| draw.between(0.6, 1.4)).collect();
    let mut names: Vec<String> = Vec::with_capacity(profiles);
    for number in 0..profiles {
        let owner = if number < accounts {
            number
        } else if number < profiles - foreign {
            weighted(&mut draw, &weights)
        } else {
            accounts + draw.below(strangers)
        };
        let mut profile = make_profile::profile(&mut draw, number, &world.accounts[owner], now);
        if number % 40 == 9 {
            profile.name.clone_from(&names[number - 5]);
        }
        names.push(profile.name.clone());
        if number < accounts {
            let account = &world.accounts[number];
            if let Some(token) = &account.token {
                profile.tokens.insert(
                    0,
                    make_profile::desk_token(token, account, &profile.id, now),
                );
            }
        }
        if number >= profiles - foreign {
            let member = (number - (profiles - foreign)) % accounts;
            profile.team.push(membership(
                &world,
                member,
                true,
                days_before(now, draw.between(40.0, 300.0)),
            ));
        }
        world.add_profile(profile);
    }
    share_within_the_desk(&mut world, &mut draw, accounts);
    invite(&mut world, &mut draw, accounts, profiles);
    subscribe(&mut world, accounts, now);
    make_profile::other_tokens(&mut world, &mut draw, accounts);
    Ok(world)
}

fn weighted(draw: &mut Draw, weights: &[f64]) -> usize {
    let mut left = draw.share() * weights.iter().sum::<f64>();
    for (index, weight) in weights.iter().enumerate() {
        left -= weight;
        if left < 0.0 {
            return index;
        }
    }
    weights.len() - 1
}

fn membership(world: &World, account: usize, active: bool, created_at: Timestamp) -> Member {
    let account = &world.accounts[account];
    Member {
        id: account.id.clone(),
        name: account.name.clone(),
        email: account.email.clone(),
        active,
        created_at,
    }
}

/// The first account's last profile is shared with the second account.
fn share_within_the_desk(world: &mut World, draw: &mut Draw, accounts: usize) {
    if accounts < 2 {
        return;
    }
    let member = membership(
        world,
        1,
        true,
        days_before(world.started_at, draw.between(60.0, 200.0)),
    );
    let owner = world.accounts[0].id.clone();
    if let Some(profile) = world
        .profiles
        .values_mut()
        .rfind(|profile| profile.owner == owner)
    {
        profile.team.push(member);
    }
}

/// A stranger's profile that the first account is invited to. Nobody of the desk sees it before
/// somebody accepts.
fn invite(world: &mut World, draw: &mut Draw, accounts: usize, number: usize) {
    let now = world.started_at;
    let stranger = world.accounts[accounts].clone();
    let sent = days_before(now, 2.0);
    let mut profile = make_profile::profile(draw, number + 1_000, &stranger, now);
    profile.team.push(membership(world, 0, false, sent));
    let mut tell = |title: &str, message: String, read, created_at, invitation| {
        let account = world.accounts[0].id.clone();
        let title = title.to_owned();
        world.notifications.push(Notification {
            id: draw.id(),
            account,
            title,
            message,
            read,
            created_at,
            invitation,
        });
    };
    tell(
        "Usage warning",
        "A profile reached 90% of its data input.".to_owned(),
        true,
        days_before(now, 9.0),
        None,
    );
    let text = format!(
        "{} invited you to the profile {}.",
        stranger.name, profile.name
    );
    tell(
        "Profile invitation",
        text,
        false,
        sent,
        Some(profile.id.clone()),
    );
    world.add_profile(profile);
}

/// What each account subscribes to: tiers that hold more than is allocated, so that something is left.
fn subscribe(world: &mut World, accounts: usize, now: Timestamp) {
    for index in 0..world.accounts.len() {
        let id = world.accounts[index].id.clone();
        let allocated = world.unallocated(&id);
        let owned: Vec<String> = world
            .owned_by(&id)
            .map(|profile| profile.id.clone())
            .collect();
        let account = &mut world.accounts[index];
        for service in Service::NINE {
            account.limits[service as usize] =
                tier_at_least(service, -allocated[service as usize] * 1.05 + 1.0);
        }
        if account.plan == Plan::Scale {
            account.mobile.extend(owned.first().cloned());
            account
                .custom_dns
                .extend(owned.iter().skip(1).take(2).cloned());
        }
    }
    // The second account, or the only one, shrinks at the end of its cycle.
    let account = &mut world.accounts[usize::from(accounts > 1)];
    let halved = |service: Service| (service, (account.limits[service as usize] * 0.5).floor());
    let limits = vec![halved(Service::Input), halved(Service::DataRecords)];
    account.schedule = Some(Schedule {
        release_at: account.cycle.around(now).1,
        plan: None,
        limits,
    });
    // The last of three or more did not pay.
    if accounts >= 3 {
        let account = &mut world.accounts[accounts - 1];
        if account.plan == Plan::Free {
            account.plan = Plan::Starter;
        }
        account.past_due = Some(PastDue {
            amount_due: account.monthly_total(),
            attempts: 2,
        });
    }
    // Every way to sign in occurs, and the first account needs no second factor.
    let factors = [
        Otp::default(),
        Otp {
            authenticator: true,
            ..Otp::default()
        },
        Otp {
            sms: true,
            ..Otp::default()
        },
        Otp {
            email: true,
            ..Otp::default()
        },
    ];
    for (number, account) in world.accounts.iter_mut().enumerate() {
        account.otp = factors[number % factors.len()];
    }
}
