//! Sending a change once, and finding out what became of it.

use std::collections::HashMap;

use model::{ActionResult, ProfileId, Token};
use tagoio::{ApiError, NotTheApi, Password, Pin, SecondFactorKind, Session, Unreachable};

use super::plan::{Planned, changed, differing};
use super::{Allocate, Change, Fields, Proof, Refusal, Sent};
use crate::open::Inner;
use crate::pace::Priority;
use crate::problem::{Problem, ProblemCode};
use crate::sync::{Ready, Unanswered, ask};

/// How a change ended.
#[derive(Clone, Debug)]
pub(super) struct End {
    pub(super) result: ActionResult,
    /// A stable word for the cause.
    pub(super) code: Option<String>,
    pub(super) message: Option<String>,
    /// What TagoIO confirmed to stand now.
    pub(super) confirmed: Option<Fields>,
    /// What it means for other rows, if it was not done.
    pub(super) problem: Option<Problem>,
    /// What is needed, if it was the password or the PIN that TagoIO did not take.
    pub(super) wants: Option<Wants>,
    /// The value of a token that was made, until it is kept for who asked for it.
    pub(super) made: Option<Token>,
    /// Whether such a value is kept.
    pub(super) has_value: bool,
}

/// What is said of an action once what stands says it.
pub(super) const NOT_DONE: &str = "What stands at TagoIO shows that it was not done.";

/// What TagoIO wants before it does something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wants {
    /// The right password or PIN.
    Proof,
    /// A PIN beside the password.
    Pin,
}

impl End {
    fn of(result: ActionResult) -> Self {
        Self {
            result,
            code: None,
            message: None,
            confirmed: None,
            problem: None,
            wants: None,
            made: None,
            has_value: false,
        }
    }

    fn done(confirmed: Fields) -> Self {
        Self {
            confirmed: Some(confirmed),
            ..Self::of(ActionResult::Done)
        }
    }

    pub(super) fn failed(problem: Problem) -> Self {
        Self::not_done(ActionResult::Failed, problem)
    }

    pub(super) fn unknown(problem: Problem) -> Self {
        Self::not_done(ActionResult::Unknown, problem)
    }

    fn not_done(result: ActionResult, problem: Problem) -> Self {
        let hint = problem.hint.as_deref();
        let message = hint.map_or_else(
            || problem.message.clone(),
            |hint| format!("{} {hint}", problem.message),
        );
        Self {
            code: Some(problem.code.key().to_owned()),
            message: Some(message),
            problem: Some(problem),
            ..Self::of(result)
        }
    }

    pub(super) fn refused(refusal: &Refusal) -> Self {
        Self {
            code: Some(refusal.reason.key().to_owned()),
            message: Some(refusal.message.clone()),
            ..Self::of(ActionResult::Refused)
        }
    }

    fn of_cause(mut self, code: &str) -> Self {
        self.code = Some(code.to_owned());
        self
    }

    fn saying(mut self, message: impl Into<String>) -> Self {
        self.message = Some(message.into());
        self
    }
}

/// Sends rows of one account as one request, and says of each how it ended.
pub(super) async fn send(
    inner: &Inner,
    ready: &Ready,
    rows: &[&Planned],
    proof: Option<&Proof>,
) -> Vec<End> {
    let password = proof.map(|proof| password(inner, ready, proof));
    let proof = password.as_ref();
    let answer = ask(inner, ready, Priority::Change, |session| async move {
        request(&session, rows, proof).await
    })
    .await;
    let error = match answer {
        Ok(sent) => {
            let ends = rows.iter().zip(sent).map(|(row, sent)| End {
                made: sent.token,
                message: row.wanted.change.still_open(&sent.fields),
                ..End::done(sent.fields)
            });
            return ends.collect();
        }
        Err(Unanswered::Stopped) => {
            let problem = not_sent(inner, ready);
            return rows.iter().map(|_| End::failed(problem.clone())).collect();
        }
        Err(Unanswered::Failed(error)) => error,
    };
    let problem = Problem::from_api(&error, inner.clock.now());
    if !is_lost(&error) {
        let end = End {
            wants: wants(inner, ready, &error),
            ..End::failed(problem)
        };
        return rows.iter().map(|_| end.clone()).collect();
    }
    let settling = rows.iter().map(|row| row.wanted.change.settles_in());
    if let Some(settling) = settling.max().filter(|settling| !settling.is_zero()) {
        inner.clock.sleep(settling).await;
    }
    match read(inner, ready, rows).await {
        Ok(standing) => {
            let ends = rows.iter().zip(standing);
            ends.map(|(row, now)| {
                judged(&row.wanted.change, &row.before, &row.after, now, &problem)
            })
            .collect()
        }
        Err(why) => {
            let message = format!(
                "{} What stands at TagoIO could not be read since, so that it is not known whether it was \
                 done: {}",
                problem.message, why.message
            );
            let unknown = Problem::new(why.code, message);
            rows.iter().map(|_| End::unknown(unknown.clone())).collect()
        }
    }
}

/// What stands at TagoIO for each row, in the shape of its `after`.
pub(super) async fn read(
    inner: &Inner,
    ready: &Ready,
    rows: &[&Planned],
) -> Result<Vec<Fields>, Problem> {
    let answer = ask(inner, ready, Priority::Change, |session| async move {
        standing(&session, rows).await
    })
    .await;
    answer.map_err(|why| match why {
        Unanswered::Stopped => not_sent(inner, ready),
        Unanswered::Failed(error) => Problem::from_api(&error, inner.clock.now()),
    })
}

/// What a row's end is that is not sent for what stands now; `None` if it is to be sent.
pub(super) fn before_sending(row: &Planned, now: &Fields) -> Option<End> {
    let change = &row.wanted.change;
    if change.is_done(&row.after, now) {
        return Some(match (change.taken(), &row.wanted.settles) {
            (Some(taken), None) => End::refused(&taken),
            _ => End::done(now.clone()).saying(
                change
                    .lost(now)
                    .unwrap_or_else(|| "It was so already.".to_owned()),
            ),
        });
    }
    if let Some(expects) = &row.wanted.expects
        && !change.is_undone(expects, now)
    {
        return Some(End::refused(&changed(expects, now)));
    }
    row.only_read.as_ref().map(|why| {
        let message = format!("{NOT_DONE} It is not tried again: {}", why.message);
        End::of(ActionResult::Failed)
            .of_cause(why.reason.key())
            .saying(message)
    })
}

/// What TagoIO wants, if it was the password or the PIN that it did not take.
pub(crate) fn wants(inner: &Inner, ready: &Ready, error: &ApiError) -> Option<Wants> {
    match error {
        ApiError::WrongPassword { .. } => Some(Wants::Proof),
        ApiError::SecondFactor {
            autosend, methods, ..
        } => {
            let kind = autosend.or(methods.first().copied());
            inner.changing.know_factor(ready.account.key, kind);
            Some(Wants::Pin)
        }
        _ => None,
    }
}

/// A proof as the API takes it: with the kind of PIN that TagoIO named last.
pub(crate) fn password(inner: &Inner, ready: &Ready, proof: &Proof) -> Password {
    let kind = inner.changing.factor(ready.account.key);
    Password {
        password: proof.password.clone(),
        pin: proof.pin.clone().map(|code| Pin {
            kind: kind.unwrap_or(SecondFactorKind::Authenticator),
            code,
        }),
    }
}

async fn request(
    session: &Session,
    rows: &[&Planned],
    proof: Option<&Password>,
) -> Result<Vec<Sent>, ApiError> {
    if let [row] = rows {
        let Some(target) = &row.target else {
            return Ok(Vec::new());
        };
        let change = &row.wanted.change;
        let sent = change.send(session, target, &row.after, proof).await?;
        return Ok(vec![sent]);
    }
    let mut allocation = Vec::with_capacity(rows.len());
    for row in rows {
        if let (Change::Allocate(allocate), Some(target)) = (&row.wanted.change, &row.target) {
            allocation.push((target.id()?.clone(), allocate.amounts()));
        }
    }
    Allocate::send_all(session, &allocation).await?;
    let sent = rows.iter().map(|row| Sent {
        fields: row.after.clone(),
        token: None,
    });
    Ok(sent.collect())
}

async fn standing(session: &Session, rows: &[&Planned]) -> Result<Vec<Fields>, ApiError> {
    if let [row] = rows {
        let Some(target) = &row.target else {
            return Ok(Vec::new());
        };
        let change = &row.wanted.change;
        return Ok(vec![change.read(session, target, &row.after).await?]);
    }
    let all: HashMap<ProfileId, _> = Allocate::read_all(session).await?;
    let mut standing = Vec::with_capacity(rows.len());
    for row in rows {
        if let (Change::Allocate(allocate), Some(target)) = (&row.wanted.change, &row.target) {
            let amounts = all.get(target.id()?).cloned().unwrap_or_default();
            standing.push(allocate.fields(&amounts));
        }
    }
    Ok(standing)
}

/// How a row ended whose answer was lost, by what stands now.
pub(super) fn judged(
    change: &Change,
    before: &Fields,
    after: &Fields,
    now: Fields,
    problem: &Problem,
) -> End {
    let Problem { message, .. } = problem;
    if change.is_done(after, &now) {
        let shown = "The answer was lost; what stands at TagoIO shows that it was done.";
        let said = match change.lost(&now) {
            Some(lost) => format!("{shown} {lost}"),
            None => shown.to_owned(),
        };
        return End::done(now).saying(said);
    }
    if change.is_undone(before, &now) {
        let message = format!("{message} {NOT_DONE}");
        return End::failed(problem.clone()).saying(message);
    }
    // Done and then changed by somebody else, or not done at all.
    let message = format!(
        "{message} It is not known whether it was done: {} now.",
        differing(before, &now)
    );
    End::unknown(problem.clone()).saying(message)
}

/// Whether a request may have been carried out although it failed: nothing of the API said that it was not.
pub(crate) fn is_lost(error: &ApiError) -> bool {
    match error {
        ApiError::ServerFailed { .. }
        | ApiError::UnexpectedShape { .. }
        | ApiError::TooLarge { .. } => true,
        ApiError::Unreachable { why, .. } => match why {
            Unreachable::Timeout | Unreachable::Dropped | Unreachable::Other => true,
            Unreachable::Dns
            | Unreachable::Tcp
            | Unreachable::Tls
            | Unreachable::ConnectTimeout
            | Unreachable::Proxy => false,
        },
        ApiError::NotTheApi { what, .. } => !matches!(
            what,
            NotTheApi::ProxyLogin | NotTheApi::CaptivePortal | NotTheApi::Redirect { .. }
        ),
        ApiError::SignedOut { .. }
        | ApiError::WrongPassword { .. }
        | ApiError::Denied { .. }
        | ApiError::NotPermitted { .. }
        | ApiError::RateLimited { .. }
        | ApiError::SecondFactor { .. }
        | ApiError::NotFound { .. }
        | ApiError::Rejected { .. }
        | ApiError::Unsendable { .. }
        | ApiError::Withdrawn { .. } => false,
    }
}

/// Why a request was not let go.
pub(crate) fn not_sent(inner: &Inner, ready: &Ready) -> Problem {
    if inner.pace.is_away(&ready.host) {
        let message = format!("Not sent, since {} cannot be reached.", ready.host);
        return Problem::new(ProblemCode::Offline, message).with_hint("Check the network.");
    }
    Problem::new(
        ProblemCode::Rejected,
        "Not sent, since TagoIO failed many times in a row.",
    )
    .with_hint("Try again later.")
}
