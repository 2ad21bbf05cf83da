//! `pdesk token create`, `token revoke` and `token move`.

use desk::Desk;
use desk::change::{
    Change, ChangeOutcome, ChangeRequest, CreateToken, MoveToken, RevokeToken, SecretFile,
};
use desk::read::{EVERY_ROW, TokenRow, TokensQuery};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use model::Token;
use serde::Serialize;

use super::batch::{self, Went};
use crate::args::{HandOut, TokenCreateArgs, TokenMoveArgs, TokenRevokeArgs};
use crate::defuse::for_terminal;
use crate::failure::{Exit, Failure};
use crate::output::{self, Output};
use crate::proof::Proofs;
use crate::time;

/// A batch that made a token, in JSON.
#[derive(Serialize)]
struct Created<'a> {
    #[serde(flatten)]
    outcome: &'a ChangeOutcome,
    /// The value, where it is to be printed.
    token: Option<&'a str>,
    /// The file that it was written to.
    file: Option<String>,
}

/// `pdesk token create`.
pub(super) async fn create(
    desk: &Desk,
    wanted: TokenCreateArgs,
    output: &Output,
) -> Result<Exit, Failure> {
    let change = CreateToken {
        profile: desk.find_profile(&wanted.profile).await?.key,
        name: wanted.name,
        permission: wanted.permission.into(),
        expires_at: expiry(&wanted.expires, Timestamp::now())?,
    };
    Ok(make(desk, change, wanted.out, output).await?.0)
}

/// Makes a token and hands its value out. Says whether it stands now, or may.
pub(super) async fn make(
    desk: &Desk,
    change: CreateToken,
    out: HandOut,
    output: &Output,
) -> Result<(Exit, bool), Failure> {
    // Before the token is: a value that has no place to go to would be lost.
    let file = match out.to.filter(|_| !out.agree.dry_run) {
        Some(path) => Some(SecretFile::create(path)?),
        None => None,
    };
    let request = ChangeRequest::Changes {
        changes: vec![Change::CreateToken(change)],
    };
    let proofs = Some(Proofs::new(out.password_stdin));
    let outcome = match batch::go(desk, request, out.agree, proofs, output).await? {
        Went::Nowhere(exit) => return Ok((exit, false)),
        Went::Through(outcome) => outcome,
    };
    let text = || batch::ended(&outcome, output::width());
    let Some(made) = outcome.rows.first().and_then(|end| end.made) else {
        output.result(&created(&outcome, None, None), text)?;
        let stands = outcome.counts.done > 0;
        let exit = if stands {
            // It stands, and nobody has its value.
            Exit::Failed
        } else {
            batch::exit_of_outcome(&outcome)
        };
        return Ok((exit, stands || outcome.counts.unknown > 0));
    };
    let token = desk.made_token(outcome.batch, made)?;
    desk.forget_made_tokens(outcome.batch);
    match file {
        Some(file) => {
            let undo = format!("Take it back with: pdesk undo {}", outcome.batch);
            let path = file
                .write(&token)
                .map_err(|problem| Failure::from(problem).with_hint(undo))?;
            let path = path.display().to_string();
            output.result(&created(&outcome, None, Some(path.clone())), || {
                format!("{}Its value is in {}.\n", text(), for_terminal(&path))
            })?;
        }
        None => {
            output.result(&created(&outcome, Some(&token), None), || {
                output::notice(text().trim_end());
                format!("{}\n", token.expose())
            })?;
        }
    }
    Ok((batch::exit_of_outcome(&outcome), true))
}

fn created<'a>(
    outcome: &'a ChangeOutcome,
    token: Option<&'a Token>,
    file: Option<String>,
) -> Created<'a> {
    Created {
        outcome,
        token: token.map(Token::expose),
        file,
    }
}

/// `pdesk token revoke`.
pub(super) async fn revoke(
    desk: &Desk,
    wanted: TokenRevokeArgs,
    output: &Output,
) -> Result<Exit, Failure> {
    let profile = desk.find_profile(&wanted.profile).await?.key;
    let changes = vec![Change::RevokeToken(RevokeToken {
        profile,
        fingerprint: find(desk, profile, &wanted.token).await?,
    })];
    batch::changes(desk, changes, wanted.agree, output).await
}

/// `pdesk token move`.
pub(super) async fn move_own(
    desk: &Desk,
    wanted: TokenMoveArgs,
    output: &Output,
) -> Result<Exit, Failure> {
    let profile = desk.find_profile(&wanted.profile).await?;
    let account = desk.account_by_label(&profile.account).await?.key;
    let changes = vec![Change::MoveToken(MoveToken {
        account,
        profile: profile.id,
    })];
    batch::changes(desk, changes, wanted.agree, output).await
}

/// The fingerprint of the one token of a profile that is meant.
pub(super) async fn find(desk: &Desk, profile: i64, text: &str) -> Result<String, Failure> {
    let query = TokensQuery {
        filter: "sign-in:all".to_owned(),
        profile: Some(profile),
        limit: EVERY_ROW,
        ..TokensQuery::default()
    };
    find_in(&desk.tokens(query).await?.rows, text)
}

fn find_in(rows: &[TokenRow], text: &str) -> Result<String, Failure> {
    let text = text.trim();
    let tests: [fn(&TokenRow, &str) -> bool; 3] = [
        |row, text| row.fingerprint == text,
        |row, text| row.name.as_deref() == Some(text),
        |row, text| row.last4 == text,
    ];
    for is_meant in tests {
        let found: Vec<&TokenRow> = rows.iter().filter(|row| is_meant(row, text)).collect();
        match found.as_slice() {
            [] => {}
            [one] => return Ok(one.fingerprint.clone()),
            several => {
                let message = format!("{} tokens of the profile are “{text}”.", several.len());
                return Err(Failure::usage(message).with_hint(
                    "Name one by its fingerprint: pdesk token list PROFILE --sign-ins --json",
                ));
            }
        }
    }
    let message = format!("The profile is not known to have a token “{text}”.");
    Err(Failure::failed("not_found", message).with_hint(
        "See the names and the last characters with: pdesk token list PROFILE --sign-ins",
    ))
}

/// `never`, a time, or a number of days from now; `None` is for good.
pub(super) fn expiry(text: &str, now: Timestamp) -> Result<Option<Timestamp>, Failure> {
    let text = text.trim();
    if text == "never" {
        return Ok(None);
    }
    let days: Option<u16> = text.strip_suffix('d').and_then(|days| days.parse().ok());
    let at = match days {
        Some(days) => {
            let later = now
                .to_zoned(TimeZone::UTC)
                .checked_add(i64::from(days).days());
            let later = later.map_err(|_| Failure::usage("--expires is too far away."))?;
            // A second is as fine as anybody needs it.
            Timestamp::from_second(later.timestamp().as_second()).unwrap_or(later.timestamp())
        }
        None => time::read("--expires", text, &TimeZone::UTC)?,
    };
    if at <= now {
        return Err(Failure::usage(format!(
            "--expires “{text}” is over already."
        )));
    }
    Ok(Some(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_ends_never_at_a_time_or_after_days_but_not_in_the_past() {
        let now: Timestamp = "2026-05-10T12:00:00Z".parse().unwrap();
        assert_eq!(expiry("never", now).unwrap(), None);
        for (text, end) in [
            ("90d", "2026-08-08T12:00:00Z"),
            ("2026-06-01", "2026-06-01T00:00:00Z"),
        ] {
            assert_eq!(expiry(text, now).unwrap(), Some(end.parse().unwrap()));
        }
        for bad in ["", "soon", "-3d", "0d", "2026-05-01", "3 month"] {
            assert_eq!(expiry(bad, now).unwrap_err().exit, Exit::Usage, "{bad}");
        }
    }
}
