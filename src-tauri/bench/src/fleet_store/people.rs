//! Who can get at a profile, and what was seen to happen in it: its team, its tokens, its audit log.

use jiff::SignedDuration;
use model::{AccountId, Salt, Timestamp, Token};
use store::{AuditEvent, Expiry, Member, TokenMeta};

use super::chance::Chance;
use super::words;

/// Somebody who is a member of many teams.
#[derive(Clone, Debug)]
pub(super) struct Somebody {
    id: AccountId,
    name: String,
    address: String,
}

pub(super) fn everybody(seed: u64, number: u32) -> anyhow::Result<Vec<Somebody>> {
    (0..number)
        .map(|number| {
            let mut chance = Chance::new(seed, &[u64::from(number), 10]);
            let (name, address) = words::person(&mut chance);
            Ok(Somebody {
                id: chance.hex(24).parse()?,
                name,
                address,
            })
        })
        .collect()
}

pub(super) fn team(people: &[Somebody], now: Timestamp, chance: &mut Chance) -> Vec<Member> {
    (0..=chance.below(7))
        .filter_map(|_| {
            let somebody = chance.one_of(people)?.clone();
            Some(Member {
                id: Some(somebody.id),
                name: Some(somebody.name),
                email: Some(somebody.address),
                active: Some(!chance.happens(40)),
                created_at: Some(before(now, 700, chance)),
            })
        })
        .collect()
}

pub(super) fn tokens(
    people: &[Somebody],
    salt: &Salt,
    now: Timestamp,
    chance: &mut Chance,
) -> anyhow::Result<Vec<TokenMeta>> {
    const NAMES: [&str; 6] = [
        "Default",
        "gateway",
        "backup job",
        "power BI",
        "ci",
        "mobile app",
    ];
    let number = 1 + chance.below(5);
    (0..number)
        .map(|place| {
            let value = Token::parse(&format!("p-{}", chance.hex(34)))?;
            let kind = if place > 2 {
                "account-login"
            } else {
                "profile"
            };
            Ok(TokenMeta {
                fingerprint: value.fingerprint(salt),
                last4: value.last4(),
                name: chance.one_of(&NAMES).map(|name| (*name).to_owned()),
                permission: Some(if chance.happens(700) { "full" } else { "read" }.to_owned()),
                kind: Some(kind.to_owned()),
                ref_id: None,
                expires: match chance.below(10) {
                    0..=5 => Expiry::Never,
                    6 => Expiry::At(after(now, 20, chance)),
                    _ => Expiry::At(after(now, 400, chance)),
                },
                created_at: Some(before(now, 700, chance)),
                created_by: chance
                    .one_of(people)
                    .map(|somebody| somebody.address.clone()),
                never_used: false,
                last_authorization_at: chance.happens(800).then(|| before(now, 40, chance)),
            })
        })
        .collect()
}

pub(super) fn audit(people: &[Somebody], now: Timestamp, chance: &mut Chance) -> Vec<AuditEvent> {
    const THINGS: [&str; 5] = ["device", "dashboard", "analysis", "action", "profile"];
    (0..12)
        .map(|_| {
            let thing = chance.one_of(&THINGS).copied().unwrap_or_default();
            AuditEvent {
                at: before(now, 30, chance),
                resource: Some(thing.to_owned()),
                resource_id: Some(chance.hex(24)),
                who: chance.one_of(people).map(|somebody| somebody.name.clone()),
                message: Some(format!("{thing} edited")),
            }
        })
        .collect()
}

/// Some time in the days before.
pub(super) fn before(now: Timestamp, days: u32, chance: &mut Chance) -> Timestamp {
    now - SignedDuration::from_secs(i64::from(chance.below(days * 86_400)))
}

fn after(now: Timestamp, days: u32, chance: &mut Chance) -> Timestamp {
    now + SignedDuration::from_secs(i64::from(chance.below(days * 86_400)))
}
