//! Makes one profile: how much it uses, what it may use, who and what belongs to it.

use jiff::{SignedDuration, Timestamp};

use super::make::days_before;
use super::{
    Account, Backup, BackupState, Member, Meter, OtherToken, Outage, Permission, Plan, Profile,
    Service, Token, World, names,
};
use crate::random::Draw;

const DAY: i64 = 86_400;

/// The profile with this number. Numbers decide what is peculiar about it, so that every peculiarity
/// is there in a world of twenty and recurs in larger ones.
pub(super) fn profile(draw: &mut Draw, number: usize, owner: &Account, now: Timestamp) -> Profile {
    let id = draw.id();
    let created_at = match number % 40 {
        // Some are young: their history begins within the two years.
        12 => days_before(now, 20.0),
        25 => days_before(now, 200.0),
        _ => days_before(now, draw.between(731.0, 790.0)),
    };
    let meter = meter(draw, number, owner, created_at, now);
    let mut profile = Profile {
        name: names::customer(draw, number),
        logo_url: draw
            .chance(0.4)
            .then(|| format!("https://files.example.invalid/logo/{id}.png")),
        banner_url: None,
        region: [Some("us-e1"), Some("eu-w1"), None][number % 3],
        created_at,
        updated_at: days_before(now, draw.between(1.0, 20.0)),
        limits: [0.0; 10],
        allocated_at: days_before(now, draw.between(2.0, 20.0)),
        resources: resources(draw),
        team: team(draw, number, owner.plan, now),
        tokens: Vec::new(),
        ended_sign_ins: Vec::new(),
        backups: if owner.plan == Plan::Free {
            Vec::new()
        } else {
            backups(draw, now)
        },
        events: Vec::new(),
        owner: owner.id.clone(),
        meter,
        id,
    };
    profile.tokens = tokens(draw, number, &profile, now);
    set_limits(draw, number, &mut profile, owner.plan, now);
    profile
}

fn meter(
    draw: &mut Draw,
    number: usize,
    owner: &Account,
    created_at: Timestamp,
    now: Timestamp,
) -> Meter {
    // From a farm with a few sensors to a city's water meters.
    let size = 10f64.powf(draw.between(0.0, 2.0));
    let mut around = |mean: f64| mean * size * draw.between(0.5, 1.5);
    let mut rates = [0.0; 10];
    rates[Service::Input as usize] = around(900.0);
    rates[Service::Output as usize] = around(2_600.0);
    rates[Service::Analysis as usize] = around(6.0);
    rates[Service::Sms as usize] = if number.is_multiple_of(3) {
        around(0.2)
    } else {
        0.0
    };
    rates[Service::Email as usize] = if number % 4 == 1 { 0.0 } else { around(0.8) };
    rates[Service::PushNotification as usize] = if number.is_multiple_of(2) {
        around(0.5)
    } else {
        0.0
    };
    rates[Service::DataRecords as usize] = around(22_000.0).floor();
    rates[Service::FileStorage as usize] = if number % 7 == 5 { 0.0 } else { around(45.0) };
    rates[Service::RunUsers as usize] = if number % 9 == 4 {
        0.0
    } else {
        around(2.0).ceil()
    };
    rates[Service::DashboardOutput as usize] = if number % 3 == 1 { 0.0 } else { around(400.0) };
    let today = now.as_second().div_euclid(DAY);
    let kind = number % 40;
    if kind == 14 {
        // Never used at all.
        rates = [0.0; 10];
    }
    Meter {
        seed: draw.number(),
        since: created_at.as_second(),
        rates,
        growth: draw.between(-0.05, 0.35),
        retention_days: if kind == 10 {
            30.0
        } else {
            draw.between(45.0, 120.0)
        },
        cleared: if kind == 10 { 0.7 } else { 0.15 },
        idle_from: match kind {
            7 => Some(today - 45),
            _ => None,
        },
        outages: match kind {
            // Still silent.
            8 => vec![Outage {
                from_day: today - 4,
                to_day: i64::MAX,
            }],
            // Silent for five days in each of the last two years.
            13 => vec![
                Outage {
                    from_day: today - 20,
                    to_day: today - 15,
                },
                Outage {
                    from_day: today - 400,
                    to_day: today - 395,
                },
            ],
            _ => Vec::new(),
        },
        caps: [None; 10],
        cycle: owner.cycle,
        bumps: Vec::new(),
    }
}

/// Rounds up to two digits that a person would have chosen.
fn round_up(amount: f64) -> f64 {
    if amount <= 10.0 {
        return amount.ceil();
    }
    let unit = 10f64.powf(amount.log10().floor() - 1.0);
    (amount / unit).ceil() * unit
}

fn set_limits(draw: &mut Draw, number: usize, profile: &mut Profile, plan: Plan, now: Timestamp) {
    let mut used = profile.limit_used(now);
    // Counters: what a whole cycle takes at today's pace.
    let (start, end) = profile.meter.cycle.around(now);
    let (first, last) = (
        start.as_second().max(profile.meter.since),
        end.as_second() - 1,
    );
    let whole = profile.meter.walk().at(last.max(first));
    for service in Service::NINE {
        let index = service as usize;
        let need = if service.is_level() {
            used[index]
        } else {
            whole[index].max(profile.meter.rates[index] * 20.0)
        };
        let smallest = match service {
            Service::Input | Service::Output | Service::DataRecords => 1_000.0,
            Service::FileStorage | Service::Analysis => 100.0,
            _ => 5.0,
        };
        profile.limits[index] = round_up((need / draw.between(0.3, 0.74)).max(smallest));
    }
    profile.limits[Service::DashboardOutput as usize] = plan.dashboard_output();
    if profile.meter.rates[Service::Sms as usize] == 0.0 && number % 2 == 1 {
        profile.limits[Service::Sms as usize] = 0.0;
    }
    let (service, ratio) = match number % 40 {
        1 => (Service::Output, 0.8),
        2 => (Service::DataRecords, 0.95),
        4 => (Service::Input, 1.0),
        5 => (Service::FileStorage, 1.3),
        // Nothing is allocated, and something is used.
        6 => (Service::Email, f64::INFINITY),
        22 => (Service::Analysis, 0.85),
        28 => (Service::RunUsers, 1.0),
        33 => (Service::Input, 0.92),
        _ => return,
    };
    // Right after a reset a counter says too little: then what is stored is near its limit instead.
    let service = if ratio.is_finite() && used[service as usize] < 1.0 {
        Service::DataRecords
    } else {
        service
    };
    let index = service as usize;
    if used[index] < 1.0 && ratio.is_finite() {
        profile.meter.rates[index] = 50_000.0;
        used = profile.limit_used(now);
    }
    // Exactly at the limit it refuses more, so it stays there.
    profile.limits[index] = if (ratio - 1.0).abs() < f64::EPSILON {
        used[index]
    } else {
        (used[index] / ratio).floor()
    };
    if (ratio - 1.0).abs() < f64::EPSILON {
        profile.meter.caps[index] = Some(used[index]);
    }
}

#[expect(clippy::cast_possible_truncation, reason = "small numbers")]
fn resources(draw: &mut Draw) -> Vec<(&'static str, u32)> {
    const MOST: [(&str, usize); 12] = [
        ("device", 240),
        ("bucket", 240),
        ("dashboard", 40),
        ("dashboard_shared", 4),
        ("analysis", 30),
        ("action", 40),
        ("am", 12),
        ("run_users", 60),
        ("dictionary", 5),
        ("connectors", 4),
        ("networks", 3),
        ("tcore", 2),
    ];
    MOST.map(|(key, most)| (key, draw.below(most) as u32))
        .to_vec()
}

fn team(draw: &mut Draw, number: usize, plan: Plan, now: Timestamp) -> Vec<Member> {
    let mut team = Vec::new();
    let mut add = |active, days| {
        let (name, email) = names::person(draw);
        team.push(Member {
            id: draw.id(),
            name,
            email,
            active,
            created_at: days_before(now, days),
        });
    };
    let members = match plan {
        Plan::Free => 0,
        Plan::Starter => number % 2,
        Plan::Scale => number % 4,
    };
    for member in 0..members {
        add(
            true,
            30.0 + 70.5 * f64::from(u8::try_from(member).unwrap_or(0)),
        );
    }
    match number % 8 {
        0 => add(false, 2.3),
        5 => add(false, 31.7),
        _ => {}
    }
    team
}

fn backups(draw: &mut Draw, now: Timestamp) -> Vec<Backup> {
    (0..draw.below(28))
        .rev()
        .map(|week| Backup {
            id: draw.id(),
            created_at: days_before(now, 7.0 * f64::from(u8::try_from(week).unwrap_or(0)) + 2.1),
            file_size: 400_000 + draw.number() % 90_000_000,
            state: if draw.chance(0.08) {
                BackupState::Failed
            } else {
                BackupState::Completed
            },
        })
        .collect()
}

fn tokens(draw: &mut Draw, number: usize, profile: &Profile, now: Timestamp) -> Vec<Token> {
    // Every tenth has more than a page of them.
    let count = if number % 10 == 3 {
        24 + draw.below(30)
    } else {
        1 + draw.below(6)
    };
    let age = (now.as_second() - profile.created_at.as_second()).max(DAY);
    let mut tokens = Vec::with_capacity(count);
    for place in 0..count {
        let made = now.as_second() - i64::try_from(draw.number() % age.unsigned_abs()).unwrap_or(0);
        let created_at = Timestamp::from_second(made).unwrap_or(now);
        let seconds = |days: i64| SignedDuration::from_secs(days * DAY + 3_661);
        let expires_at = match (number + place) % 6 {
            1 => now.checked_add(seconds(5)).ok(),
            2 => created_at.checked_add(seconds(90)).ok(),
            4 => now.checked_add(seconds(200)).ok(),
            _ => None,
        };
        let used = if draw.chance(0.25) {
            None
        } else {
            Some(days_before(now, draw.share() * 60.0).max(created_at))
        };
        let value = draw.token();
        tokens.push(Token {
            // Those from before the prefix was brought in have none.
            token: if draw.chance(0.3) {
                value
            } else {
                format!("p-{value}")
            },
            name: names::token(draw).to_owned(),
            permission: [
                Permission::Full,
                Permission::Read,
                Permission::Write,
                Permission::Read,
                Permission::Deny,
            ][(number + place) % 5],
            expires_at,
            last_authorization: used.map(|time| expires_at.map_or(time, |end| time.min(end))),
            created_at,
            created_by: profile.owner.clone(),
            ref_id: profile.id.clone(),
            serie_number: (place % 11 == 7).then(|| format!("SN-{:06}", draw.below(1_000_000))),
        });
    }
    tokens
}

/// The token by which the desk reaches an account.
pub(super) fn desk_token(value: &str, account: &Account, profile: &str, now: Timestamp) -> Token {
    Token {
        token: value.to_owned(),
        name: "Profile Desk".to_owned(),
        permission: Permission::Full,
        expires_at: None,
        last_authorization: None,
        created_at: days_before(now, 3.0),
        created_by: account.id.clone(),
        ref_id: profile.to_owned(),
        serie_number: None,
    }
}

/// One token of each other kind, in the first profile of each account of the desk.
pub(super) fn other_tokens(world: &mut World, draw: &mut Draw, accounts: usize) {
    const KINDS: [(&str, &str, &str); 5] = [
        ("device", "", "Freezer 4"),
        ("analysis", "a-", "Nightly report"),
        ("network", "n-", "LoRaWAN uplinks"),
        ("user", "u-", "Ana Dahl"),
        ("authorization", "at-", "Gateway onboarding"),
    ];
    for number in 0..accounts {
        let owner = world.accounts[number].id.clone();
        let Some(profile) = world
            .owned_by(&owner)
            .next()
            .map(|profile| profile.id.clone())
        else {
            continue;
        };
        for (kind, prefix, name) in KINDS {
            world.other_tokens.push(OtherToken {
                token: format!("{prefix}{}", draw.token()),
                kind,
                name: name.to_owned(),
                id: draw.id(),
                profile: profile.clone(),
                created_at: days_before(world.started_at, 100.0),
            });
        }
    }
}
