//! `pdesk token rotate`: a token is replaced by a new one, over as much time as that takes.

use desk::change::{Change, ChangeRequest, CreateToken, RevokeToken};
use desk::{Desk, Rotate, RotatedToken, RotationRow, RotationStep};
use jiff::Timestamp;

use super::batch::{self, Went};
use super::{live, token_change};
use crate::args::{Agree, RotateBeginArgs, RotateCommand};
use crate::failure::{Exit, Failure};
use crate::output::{self, Output};
use crate::table::Fitted;
use crate::{time, wording};

pub(super) async fn run(
    desk: &Desk,
    command: RotateCommand,
    output: &Output,
) -> Result<Exit, Failure> {
    match command {
        RotateCommand::Begin(wanted) => begin(desk, wanted, output).await,
        RotateCommand::List => list(desk, output).await,
        RotateCommand::Finish(wanted) => {
            finish(desk, wanted.number, wanted.anyway, wanted.agree, output).await
        }
        RotateCommand::Cancel(wanted) => {
            let row = fetched(desk, wanted.number).await?;
            let new = row.new.clone();
            revoke(desk, &row, &new, wanted.agree, output).await
        }
    }
}

async fn begin(desk: &Desk, wanted: RotateBeginArgs, output: &Output) -> Result<Exit, Failure> {
    let profile = desk.find_profile(&wanted.profile).await?.key;
    let old = token_change::find(desk, profile, &wanted.token).await?;
    let change = CreateToken {
        profile,
        name: wanted.name.trim().to_owned(),
        permission: wanted.permission.into(),
        expires_at: token_change::expiry(&wanted.expires, Timestamp::now())?,
    };
    if wanted.out.agree.dry_run {
        return Ok(token_change::make(desk, change, wanted.out, output)
            .await?
            .0);
    }
    // Before the token is made: if this program does not live to see it, it is known what it is for.
    let rotate = Rotate {
        profile,
        old,
        new_name: change.name.clone(),
        place: wanted.place,
    };
    let number = desk.begin_rotation(rotate).await?;
    match token_change::make(desk, change, wanted.out, output).await {
        Ok((exit, true)) => {
            output::notice(&format!(
                "Put the new token where the old one is. How far it is: pdesk token rotate list. Then: pdesk \
                 token rotate finish {number}"
            ));
            Ok(exit)
        }
        Ok((exit, false)) => {
            desk.end_rotation(number).await?;
            Ok(exit)
        }
        Err(failure) => {
            // What is not known to be made stays, to be looked at.
            if desk.rotation(number).await?.step == RotationStep::NotMade {
                desk.end_rotation(number).await?;
            }
            Err(failure)
        }
    }
}

async fn list(desk: &Desk, output: &Output) -> Result<Exit, Failure> {
    let rows = desk.rotations().await?;
    output.result(&rows, || {
        if rows.is_empty() {
            return "No token is being replaced.\n".to_owned();
        }
        table(&rows).print(output::width())
    })?;
    Ok(Exit::Done)
}

fn table(rows: &[RotationRow]) -> Fitted {
    let now = Timestamp::now();
    let mut table = Fitted::default()
        .exact("Number", 0)
        .words("Profile", 0)
        .words("Old token", 0)
        .exact("Last used", 1)
        .words("New token", 0)
        .exact("Last used", 1)
        .words("Where to", 2)
        .words("Next", 0);
    for row in rows {
        table.row([
            row.key.to_string(),
            row.profile_name.clone(),
            called(&row.old),
            used(&row.old, now),
            called(&row.new),
            used(&row.new, now),
            row.place.clone(),
            next(row).to_owned(),
        ]);
    }
    table
}

fn called(token: &RotatedToken) -> String {
    let name = token.name.as_deref().unwrap_or(wording::UNKNOWN);
    match &token.last4 {
        Some(last4) => format!("{name} ····{last4}"),
        None => name.to_owned(),
    }
}

fn used(token: &RotatedToken, now: Timestamp) -> String {
    let at = token.last_authorization_at;
    at.map_or_else(|| wording::UNKNOWN.to_owned(), |at| time::ago(at, now))
}

/// What is to be done next.
fn next(row: &RotationRow) -> &'static str {
    match row.step {
        RotationStep::Place => "put the new one in its place: it was not used yet",
        RotationStep::Watch => "wait: the old one was used within a day",
        RotationStep::Revoke => "finish: the new one is used, and the old one is quiet",
        RotationStep::Over => "finish: the old one is gone",
        RotationStep::NotMade => "cancel: the new one is not there",
    }
}

async fn finish(
    desk: &Desk,
    number: i64,
    anyway: bool,
    agree: Agree,
    output: &Output,
) -> Result<Exit, Failure> {
    let row = fetched(desk, number).await?;
    let ready = matches!(row.step, RotationStep::Revoke | RotationStep::Over);
    let made = row.step != RotationStep::NotMade;
    if !made || !(anyway || ready) {
        let message = format!(
            "The old token is not revoked yet. Next is to {}.",
            next(&row)
        );
        let failure = Failure::failed("not_ready", message);
        return Err(if made {
            failure.with_hint("Add --anyway to revoke it all the same.")
        } else {
            failure.with_hint(format!(
                "Give it up with: pdesk token rotate cancel {number}"
            ))
        });
    }
    let old = row.old.clone();
    revoke(desk, &row, &old, agree, output).await
}

/// One of them, as TagoIO has its tokens now: the old one is not revoked by what was true yesterday, and a new one that
/// was made unseen is not forgotten.
async fn fetched(desk: &Desk, number: i64) -> Result<RotationRow, Failure> {
    let row = desk.rotation(number).await?;
    live::one(desk, row.profile_key).await?;
    Ok(desk.rotation(number).await?)
}

/// Revokes one of the two, if it is there, and ends the replacement with that.
async fn revoke(
    desk: &Desk,
    row: &RotationRow,
    token: &RotatedToken,
    agree: Agree,
    output: &Output,
) -> Result<Exit, Failure> {
    let there = token.fingerprint.clone().filter(|_| token.stands);
    let Some(fingerprint) = there else {
        if !agree.dry_run {
            desk.end_rotation(row.key).await?;
        }
        output.result(row, || {
            "It is over: there was nothing left to revoke.\n".to_owned()
        })?;
        return Ok(Exit::Done);
    };
    let request = ChangeRequest::Changes {
        changes: vec![Change::RevokeToken(RevokeToken {
            profile: row.profile_key,
            fingerprint,
        })],
    };
    match batch::go(desk, request, agree, None, output).await? {
        Went::Nowhere(exit) => Ok(exit),
        Went::Through(outcome) => {
            if outcome.counts.done > 0 {
                desk.end_rotation(row.key).await?;
            }
            output.result(&outcome, || batch::ended(&outcome, output::width()))?;
            Ok(batch::exit_of_outcome(&outcome))
        }
    }
}
