//! `pdesk token`: tokens' metadata, and whose a token is.

use desk::Desk;
use desk::read::{EVERY_ROW, FoundToken, TokenFound, TokenRow, TokensPage, TokensQuery};
use jiff::tz::TimeZone;
use model::{ProfileId, Timestamp, TokenKind};
use serde::Serialize;

use super::{rotate, token_change};
use crate::args::{TokenCommand, TokenFindArgs, TokenListArgs};
use crate::ask;
use crate::failure::{Exit, Failure};
use crate::output::{self, Output};
use crate::table::{Fitted, facts};
use crate::{time, wording};

pub(super) async fn run(
    desk: &Desk,
    command: TokenCommand,
    output: &Output,
) -> Result<Exit, Failure> {
    match command {
        TokenCommand::List(wanted) => list(desk, &wanted, output).await?,
        TokenCommand::Find(wanted) => find(desk, &wanted, output).await?,
        TokenCommand::Create(wanted) => return token_change::create(desk, wanted, output).await,
        TokenCommand::Revoke(wanted) => return token_change::revoke(desk, wanted, output).await,
        TokenCommand::Move(wanted) => return token_change::move_own(desk, wanted, output).await,
        TokenCommand::Rotate(command) => return rotate::run(desk, command, output).await,
    }
    Ok(Exit::Done)
}

async fn list(desk: &Desk, wanted: &TokenListArgs, output: &Output) -> Result<(), Failure> {
    let profile = match &wanted.profile {
        Some(text) => Some(desk.find_profile(text).await?.key),
        None => None,
    };
    let filter = if wanted.sign_ins {
        format!("{} sign-in:all", wanted.filter)
    } else {
        wanted.filter.clone()
    };
    let query = TokensQuery {
        filter,
        profile,
        limit: EVERY_ROW,
        ..TokensQuery::default()
    };
    let TokensPage { rows, folded, .. } = desk.tokens(query).await?;
    let described: Vec<Described> = rows.iter().map(Described::of).collect();
    let coverage = desk.token_figures().await?.coverage;
    output.result(&described, || {
        let mut text = if rows.is_empty() {
            "No token to show.\n".to_owned()
        } else {
            table(&rows, Timestamp::now()).print(output::width())
        };
        let mut notes = Vec::new();
        if folded > 0 {
            notes.push(format!(
                "{folded} of signing in left out. See them with: --sign-ins"
            ));
        }
        if profile.is_none() {
            notes.extend(wording::coverage("Tokens", &coverage));
        }
        if !notes.is_empty() {
            text.push('\n');
            text.push_str(&(notes.join("\n") + "\n"));
        }
        text
    })
}

fn table(rows: &[TokenRow], now: Timestamp) -> Fitted {
    let mut table = Fitted::default()
        .words("Token", 0)
        .exact("Ends", 0)
        .words("Profile", 1)
        .exact("Permission", 2)
        .exact("Expires", 3)
        .exact("Last used", 4)
        .words("Creator", 6)
        .words("Flags", 5);
    for row in rows {
        let flags: Vec<&str> = row.flags.iter().map(|flag| flag.label()).collect();
        table.row([
            row.name.clone().unwrap_or_default(),
            row.last4.clone(),
            row.profile_name.clone(),
            row.permission
                .clone()
                .unwrap_or_else(|| wording::UNKNOWN.to_owned()),
            expires(row),
            used(row, now),
            row.creator.clone().unwrap_or_default(),
            flags.join(", "),
        ]);
    }
    table
}

fn expires(row: &TokenRow) -> String {
    match row.expires_at {
        Some(at) => time::clock(at, &TimeZone::UTC),
        None if row.never_expires => "never".to_owned(),
        None => wording::UNKNOWN.to_owned(),
    }
}

fn used(row: &TokenRow, now: Timestamp) -> String {
    match row.last_authorization_at {
        Some(at) => time::ago(at, now),
        None if row.never_used => "never".to_owned(),
        None => wording::UNKNOWN.to_owned(),
    }
}

/// A token, in JSON.
#[derive(Serialize)]
struct Described {
    fingerprint: String,
    last4: String,
    name: Option<String>,
    permission: Option<String>,
    expires_at: Option<Timestamp>,
    last_authorization_at: Option<Timestamp>,
    created_at: Option<Timestamp>,
    created_by: Option<String>,
    creator: Option<String>,
    never_expires: bool,
    never_used: bool,
    sign_in: bool,
    flags: Vec<desk::read::TokenFlag>,
    profile: ProfileId,
    profile_name: String,
    account: Option<String>,
}

impl Described {
    fn of(row: &TokenRow) -> Self {
        Self {
            fingerprint: row.fingerprint.clone(),
            last4: row.last4.clone(),
            name: row.name.clone(),
            permission: row.permission.clone(),
            expires_at: row.expires_at,
            last_authorization_at: row.last_authorization_at,
            created_at: row.created_at,
            created_by: row.created_by.clone(),
            creator: row.creator.clone(),
            never_expires: row.never_expires,
            never_used: row.never_used,
            sign_in: row.sign_in,
            flags: row.flags.clone(),
            profile: row.profile.clone(),
            profile_name: row.profile_name.clone(),
            account: row.account.clone(),
        }
    }
}

/// What was found of a token, in JSON.
#[derive(Serialize)]
struct Found {
    kind: TokenKind,
    last4: String,
    account: Option<String>,
    tokens: Vec<FoundIn>,
}

#[derive(Serialize)]
struct FoundIn {
    #[serde(flatten)]
    token: Described,
    gone_at: Option<Timestamp>,
}

async fn find(desk: &Desk, wanted: &TokenFindArgs, output: &Output) -> Result<(), Failure> {
    let value = ask::token_to_find(wanted.stdin)?;
    let found = desk.find_token(value).await?;
    if found.tokens.is_empty() && found.used_here.is_none() {
        return Err(not_found(&found));
    }
    let answer = Found {
        kind: found.kind,
        last4: found.last4.clone(),
        account: found.used_here.clone(),
        tokens: found.tokens.iter().map(found_in).collect(),
    };
    output.result(&answer, || text(&found))
}

fn found_in(found: &FoundToken) -> FoundIn {
    FoundIn {
        token: Described::of(&found.row),
        gone_at: found.gone_at,
    }
}

fn text(found: &TokenFound) -> String {
    let mut parts = Vec::new();
    if let Some(account) = &found.used_here {
        parts.push(facts(&[(
            "Used here",
            format!("this program reaches the account “{account}” with it"),
        )]));
    }
    for one in &found.tokens {
        let row = &one.row;
        let mut lines = vec![
            ("Profile", row.profile_name.clone()),
            ("Profile id", row.profile.to_string()),
            ("Account", row.account.clone().unwrap_or_default()),
            ("Token", row.name.clone().unwrap_or_default()),
            (
                "Creator",
                row.creator
                    .clone()
                    .unwrap_or_else(|| wording::UNKNOWN.to_owned()),
            ),
            (
                "Permission",
                row.permission
                    .clone()
                    .unwrap_or_else(|| wording::UNKNOWN.to_owned()),
            ),
            (
                "Last used",
                row.last_authorization_at.map_or_else(
                    || used(row, Timestamp::now()),
                    |at| time::clock(at, &TimeZone::UTC) + " UTC",
                ),
            ),
            ("Expires", expires(row)),
        ];
        if let Some(gone_at) = one.gone_at {
            lines.push((
                "Gone since",
                time::clock(gone_at, &TimeZone::UTC) + " UTC: it is not in the list any more",
            ));
        }
        parts.push(facts(&lines));
    }
    parts.join("\n")
}

/// Not to be found proves less where tokens are not known of all profiles.
fn not_found(found: &TokenFound) -> Failure {
    let kind = match found.kind {
        TokenKind::Profile | TokenKind::Unmarked => String::new(),
        other => format!(
            " By its prefix it is a token of another kind ({}), which no profile's list holds.",
            other.label()
        ),
    };
    let proof = match wording::coverage("Tokens", &found.coverage) {
        None => "The tokens of all profiles are known, as of their last fetch.".to_owned(),
        Some(known) => format!("{known} So it may belong to one of the others."),
    };
    Failure::failed(
        "not_found",
        format!("No profile is known to have or to have had this token.{kind}"),
    )
    .with_hint(format!("{proof} Fetch the lists anew with: pdesk sync"))
}

#[cfg(test)]
mod tests {
    use desk::read::Coverage;

    use super::*;

    fn nothing(kind: TokenKind, coverage: Coverage) -> Failure {
        not_found(&TokenFound {
            last4: "ab12".to_owned(),
            kind,
            tokens: Vec::new(),
            used_here: None,
            coverage,
        })
    }

    #[test]
    fn what_is_not_found_says_what_that_proves() {
        let all = Coverage {
            profiles: 4,
            known: 4,
            ..Coverage::default()
        };
        let failure = nothing(TokenKind::Profile, all);
        assert_eq!(failure.exit, Exit::Failed);
        assert!(
            failure
                .hint
                .unwrap()
                .starts_with("The tokens of all profiles")
        );
        let some = Coverage {
            profiles: 4,
            known: 1,
            never_fetched: 1,
            not_permitted: 2,
            ..Coverage::default()
        };
        let failure = nothing(TokenKind::Analysis, some);
        assert!(failure.message.contains("(analysis token)"), "{failure:?}");
        let hint = failure.hint.unwrap();
        assert!(
            hint.starts_with(
                "Tokens of 1 of 4 profiles are known: 1 never fetched, 2 not permitted. So it may"
            ),
            "{hint}"
        );
    }
}
