//! `pdesk onboard`: a customer's profile with all that belongs to it, in one go and resumable.

mod wanted;

use std::fmt::Write as _;

use desk::change::{Proof, SecretFile};
use desk::onboard::{OnboardPreview, OnboardState, OnboardStep, OnboardWent, Onboarding};
use desk::{Desk, Problem};
use model::Token;
use serde::Serialize;

use super::batch::exit_of_code;
use super::live;
use crate::args::{OnboardArgs, OnboardBeginArgs, OnboardCommand, OnboardOut};
use crate::defuse::for_terminal;
use crate::failure::{Exit, Failure, exit_of_all};
use crate::output::{self, Output};
use crate::proof::Proofs;
use crate::table::Fitted;
use crate::{ask, meanwhile};

/// What an onboarding came to, in JSON.
#[derive(Serialize)]
struct Went<'a> {
    #[serde(flatten)]
    onboarding: &'a Onboarding,
    /// The page to hand over; null as long as there is no profile.
    page: Option<&'a str>,
    /// The token's value, where it is to be printed.
    token: Option<&'a str>,
    /// The file that it was written to.
    file: Option<String>,
}

/// `pdesk onboard`.
pub(super) async fn run(
    desk: &Desk,
    wanted: OnboardArgs,
    output: &Output,
) -> Result<Exit, Failure> {
    match wanted.command {
        None => Box::pin(begin(desk, wanted.begin, output)).await,
        Some(OnboardCommand::List) => list(desk, output).await,
        Some(OnboardCommand::Resume(wanted)) => {
            let onboarding = desk.onboarding(wanted.number).await?;
            if !onboarding.over && !wanted.out.yes {
                output::notice(steps(&onboarding.steps).trim_end());
                if !ask::confirm("Go on with what is left?", "--yes")? {
                    output::notice("Nothing was changed.");
                    return Ok(Exit::Failed);
                }
            }
            let account = onboarding.account.clone().unwrap_or_default();
            let ready = Ready::new(onboarding.needs_proof, &account, wanted.out)?;
            Box::pin(go_on(desk, onboarding.key, ready, output)).await
        }
        Some(OnboardCommand::Skip {
            number,
            step,
            again,
        }) => {
            let onboarding = desk.skip_onboarding_step(number, &step, !again).await?;
            output.result(&onboarding, || steps(&onboarding.steps))?;
            Ok(Exit::Done)
        }
        Some(OnboardCommand::Page { number, save }) => {
            let Some(path) = save else {
                let page = desk.hand_over_text(number).await?;
                output.result(&serde_json::json!({ "page": page }), || page.clone())?;
                return Ok(Exit::Done);
            };
            let file = desk.save_hand_over(number, None, path).await?;
            let file = file.display().to_string();
            output.result(&serde_json::json!({ "file": file }), || {
                format!("The page is in {}.\n", for_terminal(&file))
            })?;
            Ok(Exit::Done)
        }
        Some(OnboardCommand::Forget { number }) => {
            desk.forget_onboarding(number).await?;
            output.result(&serde_json::json!({ "forgotten": number }), || {
                "It is forgotten. What was done of it stays.\n".to_owned()
            })?;
            Ok(Exit::Done)
        }
    }
}

async fn begin(desk: &Desk, begin: OnboardBeginArgs, output: &Output) -> Result<Exit, Failure> {
    let (dry_run, wanted) = (begin.dry_run, wanted::read(desk, &begin).await?);
    let preview = desk.preview_onboarding(wanted.clone()).await?;
    if dry_run {
        output.result(&preview, || described(&preview))?;
        return Ok(if preview.refused > 0 {
            exit_of_causes(&preview.steps)
        } else {
            Exit::Done
        });
    }
    let out = begin.out;
    out.must_have_a_place(preview.needs_proof)?;
    if preview.refused == 0 && !out.yes {
        output::notice(described(&preview).trim_end());
        if !ask::confirm("Do all of this?", "--yes")? {
            output::notice("Nothing was changed.");
            return Ok(Exit::Failed);
        }
    }
    // What may be wrong here is found before anything is noted.
    let ready = if preview.refused == 0 {
        let account = preview.account.unwrap_or_default();
        Some(Ready::new(preview.needs_proof, &account, out)?)
    } else {
        None
    };
    let key = desk.begin_onboarding(wanted).await?;
    match ready {
        Some(ready) => go_on(desk, key, ready, output).await,
        // It was refused above.
        None => Ok(Exit::Failed),
    }
}

/// Where a new token's value goes, and what TagoIO wants for it.
struct Ready {
    file: Option<SecretFile>,
    proofs: Proofs,
    proof: Option<Proof>,
}

impl Ready {
    /// Makes the file before the token is: a value that has no place to go to would be lost.
    fn new(needs_proof: bool, account: &str, out: OnboardOut) -> Result<Self, Failure> {
        out.must_have_a_place(needs_proof)?;
        let file = match out.to.filter(|_| needs_proof) {
            Some(path) => Some(SecretFile::create(path)?),
            None => None,
        };
        let mut proofs = Proofs::new(out.password_stdin);
        let proof = if needs_proof {
            Some(proofs.password(account)?)
        } else {
            None
        };
        Ok(Self {
            file,
            proofs,
            proof,
        })
    }
}

impl OnboardOut {
    /// Refuses a token whose value has no place to go to, or whose password nobody can be asked for.
    fn must_have_a_place(&self, needs_proof: bool) -> Result<(), Failure> {
        if !needs_proof {
            return Ok(());
        }
        if self.to.is_none() && !self.print {
            return Err(Failure::usage("The token's value has no place to go to.")
                .with_hint("Name a file for it with --to FILE, or print it with --print."));
        }
        Proofs::new(self.password_stdin).must_be_possible()
    }
}

/// Does what is left, hands the token's value out, and shows what it came to.
async fn go_on(desk: &Desk, key: i64, ready: Ready, output: &Output) -> Result<Exit, Failure> {
    let Ready {
        file,
        mut proofs,
        proof,
    } = ready;
    let work = desk.go_on_onboarding(key, proof);
    let mut went = meanwhile::changing(desk, Box::pin(work)).await??;
    while let (Some(needs), Some(batch)) = (went.needs_proof.take(), went.batch) {
        let Some(proof) = proofs.next(&needs).await? else {
            desk.cancel_changes(batch);
            if let Some(problem) = &needs.problem {
                output::notice(&for_terminal(&problem.message));
            }
            break;
        };
        let work = desk.go_on_onboarding_with(key, batch, proof);
        went = meanwhile::changing(desk, work).await??;
    }
    // What TagoIO gave it is on the page, too.
    if let Some(profile) = went.onboarding.profile_key
        && let Err(failure) = live::one(desk, profile).await
    {
        output::notice(&for_terminal(&failure.message));
    }
    let page = match went.onboarding.profile_key {
        Some(_) => Some(desk.hand_over_text(key).await?),
        None => None,
    };
    // Last of all, so that nothing can come between the note that it was handed out and that.
    let handed = hand_out(desk, &mut went, file).await?;
    shown(&went.onboarding, page.as_deref(), &handed, output)
}

/// A token's value that went where it belongs: the value if it is to be printed, else its file.
enum Handed {
    Nothing,
    Printed(Token),
    File(String),
}

async fn hand_out(
    desk: &Desk,
    went: &mut OnboardWent,
    file: Option<SecretFile>,
) -> Result<Handed, Failure> {
    let (Some(batch), Some(row)) = (went.onboarding.made_batch, went.onboarding.made_row) else {
        return Ok(Handed::Nothing);
    };
    let token = desk.made_token(batch, row)?;
    let handed = match file {
        Some(file) => Handed::File(written(file, &token)?),
        None => Handed::Printed(token),
    };
    went.onboarding = desk.onboarding_handed_out(went.onboarding.key).await?;
    desk.forget_made_tokens(batch);
    Ok(handed)
}

fn written(file: SecretFile, token: &Token) -> Result<String, Problem> {
    Ok(file.write(token)?.display().to_string())
}

fn shown(
    onboarding: &Onboarding,
    page: Option<&str>,
    handed: &Handed,
    output: &Output,
) -> Result<Exit, Failure> {
    let (token, file) = match handed {
        Handed::Nothing => (None, None),
        Handed::Printed(token) => (Some(token.expose()), None),
        Handed::File(path) => (None, Some(path.clone())),
    };
    let result = Went {
        onboarding,
        page,
        token,
        file: file.clone(),
    };
    output.result(&result, || {
        let mut text = steps(&onboarding.steps);
        if let Some(page) = page {
            let _ = write!(text, "\n{}", crate::defuse::lines_for_terminal(page)); // a string takes everything
        }
        if let Some(file) = &file {
            let _ = writeln!(text, "\nThe token's value is in {}.", for_terminal(file));
        }
        if !onboarding.over {
            let _ = writeln!(
                text,
                "\nGo on with what is left: pdesk onboard resume {}",
                onboarding.key
            );
        }
        match token {
            // The value alone is what a program reads.
            Some(token) => {
                output::notice(text.trim_end());
                format!("{token}\n")
            }
            None => text,
        }
    })?;
    Ok(exit_of(onboarding))
}

fn exit_of(onboarding: &Onboarding) -> Exit {
    let done = |step: &OnboardStep| step.state == OnboardState::Done;
    match (onboarding.over, onboarding.steps.iter().any(done)) {
        (true, _) => Exit::Done,
        (false, true) => Exit::Partly,
        (false, false) => exit_of_causes(&onboarding.steps),
    }
}

/// The exit code of what stands in the way of steps.
fn exit_of_causes(steps: &[OnboardStep]) -> Exit {
    let codes = steps.iter().filter_map(|step| step.code.as_deref());
    exit_of_all(codes.map(exit_of_code))
}

async fn list(desk: &Desk, output: &Output) -> Result<Exit, Failure> {
    let all = desk.onboardings().await?;
    output.result(&all, || {
        if all.is_empty() {
            return "No customer was onboarded from here.\n".to_owned();
        }
        let mut text = String::new();
        for one in &all {
            let account = one
                .account
                .as_deref()
                .unwrap_or("an account that is not connected");
            let state = if one.over { "done" } else { "not done yet" };
            let _ = writeln!(
                text,
                "{}  {} ({}), begun on {}, {state}",
                one.key,
                for_terminal(&one.wanted.name),
                for_terminal(account),
                one.began_at.strftime("%Y-%m-%d"),
            );
            if !one.over {
                let _ = writeln!(text, "{}", steps(&one.steps));
            }
        }
        text
    })?;
    Ok(Exit::Done)
}

fn described(preview: &OnboardPreview) -> String {
    let mut text = steps(&preview.steps);
    let many = preview.steps.len();
    let _ = match preview.refused {
        0 => writeln!(text, "\n{many} steps, none of them refused."),
        refused => writeln!(text, "\n{many} steps, {refused} refused: nothing is begun."),
    };
    text
}

fn steps(steps: &[OnboardStep]) -> String {
    let mut table = Fitted::default()
        .exact("Step", 1)
        .words("What", 0)
        .exact("State", 0)
        .words("Said", 0);
    for step in steps {
        table.row([
            step.id.clone(),
            step.what.clone(),
            word(step.state).to_owned(),
            step.message.clone().unwrap_or_default(),
        ]);
    }
    table.print(output::width())
}

const fn word(state: OnboardState) -> &'static str {
    match state {
        OnboardState::Waits => "to do",
        OnboardState::Refused => "refused",
        OnboardState::Done => "done",
        OnboardState::Failed => "failed",
        OnboardState::Unknown => "not known",
        OnboardState::HandOut => "to hand out",
        OnboardState::Lost => "value lost",
        OnboardState::Skipped => "skipped",
    }
}
