//! Tokens: who may call, for whom, until when.

use jiff::Timestamp;

use crate::random::Draw;

/// What a token allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// Reading and changing.
    Full,
    /// Changing alone.
    Write,
    /// Reading alone.
    Read,
    /// Nothing.
    Deny,
}

impl Permission {
    /// Its word in the API.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Write => "write",
            Self::Read => "read",
            Self::Deny => "deny",
        }
    }

    /// The permission with this word, of those that a token can be created with.
    pub fn from_key(key: &str) -> Option<Self> {
        [Self::Full, Self::Write, Self::Read, Self::Deny]
            .into_iter()
            .find(|known| known.key() == key)
    }
}

/// A token of a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// The value, some with the prefix `p-` and some, older, without.
    pub token: String,
    /// Its name.
    pub name: String,
    /// What it allows.
    pub permission: Permission,
    /// `None`: never.
    pub expires_at: Option<Timestamp>,
    /// When it was last used, by the hour.
    pub last_authorization: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// The account that made it and that it acts for.
    pub created_by: String,
    /// The profile that it belongs to.
    pub ref_id: String,
    /// The serial number of the device, for the few that have one.
    pub serie_number: Option<String>,
}

impl Token {
    /// Whether it is worthless at this time.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }
}

/// A token of something else than a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherToken {
    /// The value with its prefix; devices have none.
    pub token: String,
    /// `device`, `analysis`, `network`, `user` or `authorization`.
    pub kind: &'static str,
    /// What it is called.
    pub name: String,
    /// The id of what it belongs to.
    pub id: String,
    /// The profile that this is in.
    pub profile: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A token's value without the prefix that names its kind: one to three letters and a hyphen.
/// TagoIO takes both.
pub fn bare(token: &str) -> &str {
    match token.split_once('-') {
        Some((prefix, rest))
            if (1..=3).contains(&prefix.len())
                && prefix.bytes().all(|b| b.is_ascii_lowercase()) =>
        {
            rest
        }
        _ => token,
    }
}

impl super::Profile {
    /// The tokens of sign-ins on TagoIO's site that are alive at this time: made by owner and team on
    /// some days, gone by themselves after hours to three months.
    pub fn sign_ins(&self, now: Timestamp) -> Vec<Token> {
        const DAY: i64 = 86_400;
        let today = now.as_second().div_euclid(DAY);
        let mut alive = Vec::new();
        for day in today - 92..=today {
            let mut draw = Draw::new(self.meter.seed ^ 0x0519, day.unsigned_abs());
            if !draw.chance(0.06) {
                continue;
            }
            let made = day * DAY + i64::try_from(draw.below(86_400)).unwrap_or(0);
            let life = match draw.below(3) {
                0 => 3_600 * (2 + i64::try_from(draw.below(20)).unwrap_or(0)),
                1 => 30 * DAY,
                _ => 90 * DAY,
            };
            let (Ok(created_at), Ok(end)) = (
                Timestamp::from_second(made),
                Timestamp::from_second(made + life),
            ) else {
                continue;
            };
            let value = format!("p-{}", draw.token());
            let members: Vec<&str> = self
                .team
                .iter()
                .filter(|member| member.active)
                .map(|member| member.id.as_str())
                .collect();
            let created_by = if members.is_empty() || draw.chance(0.5) {
                self.owner.clone()
            } else {
                draw.pick(&members).to_owned()
            };
            let ended = self
                .ended_sign_ins
                .iter()
                .any(|gone| bare(gone) == bare(&value));
            if created_at < self.created_at || created_at > now || end <= now || ended {
                continue;
            }
            alive.push(Token {
                token: value,
                name: format!(
                    "Sign-in, {}",
                    draw.pick(&[
                        "Chrome on Windows",
                        "Safari on macOS",
                        "Firefox on Linux",
                        "Edge on Windows",
                        "mobile app"
                    ])
                ),
                permission: Permission::Full,
                expires_at: Some(end),
                last_authorization: Some(created_at),
                created_at,
                created_by,
                ref_id: self.id.clone(),
                serie_number: None,
            });
        }
        alive
    }
}
