//! `pdesk account invitation`: invitations to others' profiles, which TagoIO alone knows.

use desk::Desk;
use desk::change::{AnswerInvitation, Change, InvitationRow};
use jiff::tz::TimeZone;

use super::batch;
use crate::args::{InvitationAnswer, InvitationArgs};
use crate::failure::{Exit, Failure};
use crate::output::{self, Output};
use crate::table::Fitted;
use crate::time;

pub(super) async fn run(
    desk: &Desk,
    wanted: InvitationArgs,
    output: &Output,
) -> Result<Exit, Failure> {
    let account = desk.find_account(&wanted.account).await?;
    let open = desk.invitations(account.key).await?;
    let (Some(named), Some(answer)) = (wanted.invitation, wanted.answer) else {
        output.result(&open, || list(&open))?;
        return Ok(Exit::Done);
    };
    let Some(row) = open.into_iter().find(|row| row.notification == named) else {
        let message = format!(
            "“{}” has no invitation “{named}” that is not answered.",
            account.label
        );
        return Err(Failure::failed("not_found", message)
            .with_hint("List them with: pdesk account invitation ACCOUNT"));
    };
    let change = Change::AnswerInvitation(AnswerInvitation {
        account: account.key,
        notification: row.notification,
        invitation: row.invitation,
        accept: answer == InvitationAnswer::Accept,
    });
    batch::changes(desk, vec![change], wanted.agree, output).await
}

fn list(open: &[InvitationRow]) -> String {
    if open.is_empty() {
        return "No invitation is open.\n".to_owned();
    }
    let mut table = Fitted::default()
        .exact("Invitation", 0)
        .exact("Came", 1)
        .words("It says", 0);
    for row in open {
        let came = row.created_at.map(|at| time::clock(at, &TimeZone::UTC));
        let came = came.unwrap_or_default();
        table.row([&row.notification, &came, &row.invitation]);
    }
    table.print(output::width())
}
