//! Signs in by e-mail and password, to connect an account or to renew the tokens of several in a row.

use std::time::Duration;

use desk::read::{AccountRow, SignIn};
use desk::{
    Desk, PinWanted, Problem, ProfileWanted, SecondFactorKind, SignInRequest, SignInStep,
    SigningIn, TokenChoice,
};
use model::{ProfileId, Timestamp};
use serde::Serialize;

use super::account::Described;
use crate::args::{RenewArgs, SignInArgs};
use crate::defuse::{for_terminal, lines_for_terminal};
use crate::failure::{Exit, Failure, exit_of_all};
use crate::output::{self, Output};
use crate::{ask, meanwhile};

/// PINs that are asked for in one sign-in, at most: a script's wrong one would go on for ever.
const PINS: usize = 4;

/// Signs in and stores the account with its new token.
pub(super) async fn connect(
    desk: &Desk,
    request: SignInRequest,
    label: &str,
    wanted: &SignInArgs,
) -> Result<AccountRow, Failure> {
    let (mut going, mut step) = desk.sign_in(request).await?;
    let (mut pins, mut retried) = (0, false);
    let mut way = wanted.pin_by.map(SecondFactorKind::from);
    loop {
        step = match step {
            SignInStep::Connected { account, notice } => {
                if let Some(notice) = notice {
                    output::notice(&for_terminal(&notice));
                }
                return Ok(*account);
            }
            SignInStep::Profile(offered) => {
                let choice = TokenChoice {
                    label: offered.label.clone().unwrap_or_else(|| label.to_owned()),
                    profile: profile(&offered, wanted)?,
                    name: wanted
                        .token_name
                        .clone()
                        .unwrap_or_else(|| offered.token_name.clone()),
                    days: (wanted.days > 0).then_some(wanted.days),
                };
                let made = meanwhile::waiting(desk, going.choose(desk, choice)).await;
                once_more(desk, &mut going, made, &mut retried).await?
            }
            SignInStep::Pin(pin) => {
                let other = way.take().filter(|way| *way != pin.method);
                if let Some(way) = other {
                    going.send_pin(desk, way).await?
                } else {
                    pins += 1;
                    if let Some(problem) = &pin.problem {
                        if pins > PINS {
                            return Err(problem.clone().into());
                        }
                        output::notice(&for_terminal(&problem.message));
                    }
                    let code = ask::sign_in_pin(&prompt(&pin), wanted.password_stdin)?;
                    let made = meanwhile::waiting(desk, going.pin(desk, code)).await;
                    once_more(desk, &mut going, made, &mut retried).await?
                }
            }
        }
    }
}

/// A token whose answer was lost is asked for once more, so that the first one is found and deleted: nobody would
/// know of it after this process.
async fn once_more(
    desk: &Desk,
    going: &mut SigningIn,
    made: Result<SignInStep, Problem>,
    retried: &mut bool,
) -> Result<SignInStep, Failure> {
    match made {
        Err(problem) if going.may_have_left_a_token() && !*retried => {
            *retried = true;
            output::notice(&for_terminal(&problem.message));
            Ok(meanwhile::waiting(desk, going.again(desk)).await?)
        }
        made => Ok(made?),
    }
}

pub(super) async fn renew(
    desk: &Desk,
    wanted: RenewArgs,
    output: &Output,
) -> Result<Exit, Failure> {
    if wanted.email.is_some() && wanted.accounts.len() > 1 {
        return Err(Failure::usage(
            "--email is of one account, and several are named.",
        ));
    }
    let mut accounts = Vec::new();
    if wanted.all_expiring {
        accounts = ending(desk.accounts().await?, wanted.within, Timestamp::now());
    } else {
        for name in &wanted.accounts {
            let account = desk.find_account(name).await?;
            if accounts
                .iter()
                .all(|one: &AccountRow| one.key != account.key)
            {
                accounts.push(account);
            }
        }
    }
    let mut ends = Vec::with_capacity(accounts.len());
    for account in accounts {
        let renewed = one(desk, &account, &wanted).await;
        if let Err(failure) = &renewed {
            let hint = failure.hint.as_deref().unwrap_or_default();
            let text = format!("“{}”: {} {hint}", account.label, failure.message);
            output::notice(for_terminal(&text).trim_end());
        }
        ends.push((account, renewed));
    }
    let reported: Vec<Reported<'_>> = ends.iter().map(Reported::from).collect();
    output.result(&reported, || text(&ends))?;
    let failures: Vec<Exit> = ends
        .iter()
        .filter_map(|(_, renewed)| renewed.as_ref().err().map(|failure| failure.exit))
        .collect();
    Ok(match failures.len() {
        0 => Exit::Done,
        failed if failed < ends.len() => Exit::Partly,
        _ => exit_of_all(failures.into_iter()),
    })
}

async fn one(desk: &Desk, account: &AccountRow, wanted: &RenewArgs) -> Result<AccountRow, Failure> {
    let email = wanted.email.as_ref().or(account.email.as_ref());
    let email = email.ok_or_else(|| {
        Failure::usage(format!(
            "The e-mail address of “{}” is not known.",
            account.label
        ))
        .with_hint("Renew it by itself, with --email.")
    })?;
    let prompt = format!(
        "Password of “{}”, {email} (it is not shown): ",
        account.label
    );
    let request = SignInRequest {
        renews: Some(account.key),
        ..SignInRequest::new(
            account.api.clone(),
            email.clone(),
            ask::sign_in_password(&for_terminal(&prompt), wanted.sign_in.password_stdin)?,
        )
    };
    connect(desk, request, &account.label, &wanted.sign_in).await
}

/// Those that are signed out or whose token ends within so many days, the soonest first.
fn ending(accounts: Vec<AccountRow>, within: u16, now: Timestamp) -> Vec<AccountRow> {
    let soon = now
        .checked_add(Duration::from_hours(24 * u64::from(within)))
        .unwrap_or(now);
    let mut ending: Vec<AccountRow> = accounts
        .into_iter()
        .filter(|account| {
            account.sign_in == SignIn::SignedOut
                || (account.sign_in == SignIn::SignedIn
                    && account.token_expires_at.is_some_and(|at| at <= soon))
        })
        .collect();
    ending.sort_by_key(|account| {
        let signed_in = account.sign_in == SignIn::SignedIn;
        (signed_in, account.token_expires_at)
    });
    ending
}

/// The profile that is named by its id or its unique name; the only one; or the one that a person picks.
fn profile(offered: &ProfileWanted, wanted: &SignInArgs) -> Result<ProfileId, Failure> {
    let profiles = &offered.profiles;
    if let Some(text) = &wanted.profile {
        let text = text.trim();
        if let Some(one) = profiles.iter().find(|one| one.id.as_str() == text) {
            return Ok(one.id.clone());
        }
        let mut named = profiles.iter().filter(|one| one.name == text);
        return match (named.next(), named.next()) {
            (Some(one), None) => Ok(one.id.clone()),
            (Some(_), Some(_)) => Err(Failure::usage(format!("Two profiles are called “{text}”."))
                .with_hint("Name one by its id.")),
            (None, _) => Err(Failure::usage(format!(
                "The account reaches no profile called “{text}”."
            ))),
        };
    }
    if let [one] = profiles.as_slice() {
        return Ok(one.id.clone());
    }
    if wanted.password_stdin || !ask::is_possible() {
        return Err(Failure::usage(format!(
            "The account reaches {} profiles, and none was named for the token.",
            profiles.len()
        ))
        .with_hint("Name one with --profile, by its id or name."));
    }
    for (place, one) in profiles.iter().enumerate() {
        let shared = if one.shared { ", shared" } else { "" };
        let line = format!("{:>4}  {} ({}{shared})", place + 1, one.name, one.id);
        output::notice(&for_terminal(&line));
    }
    let place = ask::number("Profile of the token: ", profiles.len())?;
    Ok(profiles[place - 1].id.clone())
}

fn prompt(pin: &PinWanted) -> String {
    let from = match (pin.method, pin.sent) {
        (SecondFactorKind::Authenticator, _) => "of the authenticator app",
        (SecondFactorKind::Sms, true) => "that was sent by SMS",
        (SecondFactorKind::Sms, false) => "of the SMS",
        (SecondFactorKind::Email, true) => "that was sent by e-mail",
        (SecondFactorKind::Email, false) => "of the e-mail",
    };
    format!("PIN {from} (it is not shown): ")
}

type Renewed = (AccountRow, Result<AccountRow, Failure>);

fn text(ends: &[Renewed]) -> String {
    if ends.is_empty() {
        return "No account's token ends soon.\n".to_owned();
    }
    let done = ends.iter().filter_map(|(_, renewed)| renewed.as_ref().ok());
    let lines: Vec<String> = done
        .map(|account| {
            let until = account
                .token_expires_at
                .map_or_else(|| "for good".to_owned(), |at| format!("until {at}"));
            format!("Renewed “{}”, {until}.\n", account.label)
        })
        .collect();
    lines_for_terminal(&lines.concat())
}

/// An account whose token was to be renewed, in JSON.
#[derive(Serialize)]
struct Reported<'a> {
    label: &'a str,
    account: Option<Described<'a>>,
    error: Option<&'a Failure>,
}

impl<'a> From<&'a Renewed> for Reported<'a> {
    fn from((account, renewed): &'a Renewed) -> Self {
        Self {
            label: &account.label,
            account: renewed.as_ref().ok().map(Described::from),
            error: renewed.as_ref().err(),
        }
    }
}
