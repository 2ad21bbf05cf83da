//! `pdesk account`: connect, renew, list, forget.

use desk::read::{AccountRow, SignIn};
use desk::{Desk, NewAccount, Problem, SignInRequest};
use model::{AccountId, Timestamp};
use serde::Serialize;

use super::{act, buy, expiries, invitation, many, sign_in};
use crate::args::{AccountCommand, AddArgs, RemoveArgs, Switch};
use crate::failure::{Exit, Failure};
use crate::output::{self, Output};
use crate::table::Fitted;
use crate::{ask, meanwhile, time};

pub(super) async fn run(
    desk: &Desk,
    command: AccountCommand,
    output: &Output,
) -> Result<Exit, Failure> {
    match command {
        AccountCommand::Add(wanted) => add(desk, *wanted, output).await,
        AccountCommand::Renew(wanted) => sign_in::renew(desk, wanted, output).await,
        AccountCommand::List => list(desk, output).await,
        AccountCommand::Expiries => expiries::run(desk, output).await,
        AccountCommand::Remove(wanted) => remove(desk, &wanted, output).await,
        AccountCommand::ReadOnly(wanted) => {
            let account = desk.find_account(&wanted.account).await?;
            act::read_only(desk, &account, wanted.state == Switch::On, output).await
        }
        AccountCommand::Buy(wanted) => buy::run(desk, *wanted, output).await,
        AccountCommand::CancelDowngrade(wanted) => {
            buy::cancel_downgrade(desk, wanted, output).await
        }
        AccountCommand::Payment(wanted) => buy::payment(desk, wanted, output).await,
        AccountCommand::Invitation(wanted) => invitation::run(desk, wanted, output).await,
    }
}

async fn add(desk: &Desk, wanted: AddArgs, output: &Output) -> Result<Exit, Failure> {
    let keychain = !wanted.no_keychain;
    // clap sees to it that it is either the file or both.
    let (Some(label), Some(region)) = (wanted.label, wanted.region) else {
        let file = wanted.from.unwrap_or_default();
        return many::add(desk, &file, wanted.token_stdin, keychain, output).await;
    };
    let account = if let Some(email) = wanted.email {
        let prompt = format!("Password of {email} (it is not shown): ");
        let prompt = crate::defuse::for_terminal(&prompt);
        let password = ask::sign_in_password(&prompt, wanted.sign_in.password_stdin)?;
        let request = SignInRequest::new(region, email, password);
        sign_in::connect(desk, request, &label, &wanted.sign_in).await?
    } else {
        let new = NewAccount {
            token: ask::token(wanted.token_stdin)?,
            label,
            region,
            keychain,
        };
        meanwhile::waiting(desk, desk.connect(new)).await?
    };
    output.result(&Described::from(&account), || {
        let name = account.name.as_deref().unwrap_or(account.id.as_str());
        let text = format!(
            "Connected “{}”: {name}, {}.\nFetch its profiles with: pdesk sync\n",
            account.label, account.region
        );
        crate::defuse::lines_for_terminal(&text)
    })?;
    Ok(Exit::Done)
}

async fn list(desk: &Desk, output: &Output) -> Result<Exit, Failure> {
    let accounts = desk.accounts().await?;
    let described: Vec<Described<'_>> = accounts.iter().map(Described::from).collect();
    output.result(&described, || {
        if accounts.is_empty() {
            return "No account is connected. Connect one with: pdesk account add\n".to_owned();
        }
        table(&accounts, Timestamp::now()).print(output::width())
    })?;
    Ok(Exit::Done)
}

async fn remove(desk: &Desk, wanted: &RemoveArgs, output: &Output) -> Result<Exit, Failure> {
    let account = desk.find_account(&wanted.account).await?;
    if !wanted.yes {
        let lost = if wanted.keep_history {
            "What is known of its profiles is kept."
        } else {
            "What is known of profiles that no other account reaches is deleted; history cannot be fetched again."
        };
        let question = format!("Forget “{}” and its token? {lost}", account.label);
        if !ask::confirm(&crate::defuse::for_terminal(&question), "--yes")? {
            output::notice("Nothing was forgotten.");
            return Ok(Exit::Failed);
        }
    }
    let forgetting = desk.forget(account.key, wanted.keep_history);
    meanwhile::waiting(desk, forgetting).await?;
    let forgotten = Forgotten {
        id: &account.id,
        label: &account.label,
        kept_history: wanted.keep_history,
    };
    output.result(&forgotten, || {
        crate::defuse::lines_for_terminal(&format!("Forgot “{}”.\n", account.label))
    })?;
    Ok(Exit::Done)
}

fn table(accounts: &[AccountRow], now: Timestamp) -> Fitted {
    let mut table = Fitted::default()
        .words("Label", 0)
        .exact("State", 0)
        .numbers("Profiles", 0)
        .exact("Last sync", 1)
        .exact("Token ends", 1)
        .words("Problem", 2)
        .words("Region", 3)
        .exact("Plan", 4)
        .exact("Id", 5);
    for account in accounts {
        let problem = account.problem.as_ref();
        table.row([
            account.label.clone(),
            account.sign_in.label().to_owned(),
            account.profiles.to_string(),
            account
                .last_sync_at
                .map_or_else(|| "never".to_owned(), |at| time::ago(at, now)),
            account
                .token_expires_at
                .map(|at| at.to_string().chars().take(10).collect())
                .unwrap_or_default(),
            problem
                .map(|problem| problem.message.clone())
                .unwrap_or_default(),
            account.region.clone(),
            account.plan.clone().unwrap_or_default(),
            account.id.to_string(),
        ]);
    }
    table
}

/// An account in JSON.
#[derive(Serialize)]
pub(super) struct Described<'a> {
    id: &'a AccountId,
    label: &'a str,
    api: &'a str,
    region: &'a str,
    name: Option<&'a str>,
    email: Option<&'a str>,
    signed_in: bool,
    sign_in: SignIn,
    plan: Option<&'a str>,
    profiles: u32,
    last_sync_at: Option<Timestamp>,
    token_expires_at: Option<Timestamp>,
    problem: Option<&'a Problem>,
}

impl<'a> From<&'a AccountRow> for Described<'a> {
    fn from(account: &'a AccountRow) -> Self {
        Self {
            id: &account.id,
            label: &account.label,
            api: &account.api,
            region: &account.region,
            name: account.name.as_deref(),
            email: account.email.as_deref(),
            signed_in: account.sign_in == SignIn::SignedIn,
            sign_in: account.sign_in,
            plan: account.plan.as_deref(),
            profiles: account.profiles,
            last_sync_at: account.last_sync_at,
            token_expires_at: account.token_expires_at,
            problem: account.problem.as_ref(),
        }
    }
}

/// An account that was forgotten, in JSON.
#[derive(Serialize)]
struct Forgotten<'a> {
    id: &'a AccountId,
    label: &'a str,
    kept_history: bool,
}
