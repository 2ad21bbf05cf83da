//! `pdesk profile create` and `profile delete`.

use desk::Desk;
use desk::change::{Change, ChangeRequest, CreateProfile, Delete};
use secrecy::ExposeSecret;

use super::batch;
use crate::args::{ProfileCreateArgs, ProfileDeleteArgs};
use crate::ask;
use crate::defuse::for_terminal;
use crate::failure::{Exit, Failure};
use crate::output::{self, Output};

/// `pdesk profile create`.
pub(super) async fn create(
    desk: &Desk,
    wanted: ProfileCreateArgs,
    output: &Output,
) -> Result<Exit, Failure> {
    let account = match &wanted.account {
        Some(named) => Some(desk.find_account(named).await?.key),
        None => None,
    };
    let profiles = match (wanted.from, wanted.name, account) {
        (Some(file), ..) => {
            desk.profiles_of_file(file, account, wanted.free_resources)
                .await?
        }
        (None, Some(name), Some(account)) => vec![CreateProfile {
            account,
            name,
            free_resources: wanted.free_resources,
        }],
        (None, ..) => return Err(Failure::usage("A profile needs a name and an account.")),
    };
    let changes = profiles.into_iter().map(Change::CreateProfile).collect();
    batch::changes(desk, changes, wanted.agree, output).await
}

/// `pdesk profile delete`.
pub(super) async fn delete(
    desk: &Desk,
    wanted: ProfileDeleteArgs,
    output: &Output,
) -> Result<Exit, Failure> {
    let profile = desk.find_profile(&wanted.profile).await?;
    if !wanted.agree.dry_run {
        let typed = match wanted.confirm {
            Some(name) => name,
            None if ask::is_possible() => {
                output::notice(&for_terminal(&format!(
                    "{} ({}) is deleted with everything in it, for good.",
                    profile.name, profile.id
                )));
                let line = ask::line("Type its name to delete it: ", "the profile's name")?;
                line.expose_secret().to_owned()
            }
            None => {
                return Err(Failure::usage(
                    "This asks for the profile's name, and there is no terminal to ask on.",
                )
                .with_hint("Give it once more with --confirm NAME; --yes does not stand for it."));
            }
        };
        if typed.trim() != profile.name.trim() {
            return Err(Failure::usage(
                "This is not the profile's name, so nothing was deleted.",
            ));
        }
    }
    let request = ChangeRequest::Changes {
        changes: vec![Change::Delete(Delete {
            profile: profile.key,
        })],
    };
    batch::carry_out(desk, request, wanted.agree, wanted.password_stdin, output).await
}
