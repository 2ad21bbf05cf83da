//! Sending a change once, and finding out what became of it.

use std::collections::HashMap;

use model::{ActionResult, ProfileId};
use tagoio::{ApiError, NotTheApi, Session, Unreachable};

use super::plan::{Planned, changed, differing};
use super::{Allocate, Change, Fields, Proof, Refusal};
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
    /// Whether it was the password or the PIN that TagoIO did not take.
    pub(super) wants_proof: bool,
}

impl End {
    fn done(confirmed: Fields) -> Self {
        Self {
            result: ActionResult::Done,
            code: None,
            message: None,
            confirmed: Some(confirmed),
            problem: None,
            wants_proof: false,
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
            result,
            code: Some(problem.code.key().to_owned()),
            message: Some(message),
            confirmed: None,
            problem: Some(problem),
            wants_proof: false,
        }
    }

    pub(super) fn refused(refusal: &Refusal) -> Self {
        Self {
            result: ActionResult::Refused,
            code: Some(refusal.reason.key().to_owned()),
            message: Some(refusal.message.clone()),
            confirmed: None,
            problem: None,
            wants_proof: false,
        }
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
    let answer = ask(inner, ready, Priority::Change, |session| async move {
        request(&session, rows, proof).await
    })
    .await;
    let error = match answer {
        Ok(confirmed) => return confirmed.into_iter().map(End::done).collect(),
        Err(Unanswered::Stopped) => {
            let problem = not_sent(inner, ready);
            return rows.iter().map(|_| End::failed(problem.clone())).collect();
        }
        Err(Unanswered::Failed(error)) => error,
    };
    let problem = Problem::from_api(&error, inner.clock.now());
    if !is_lost(&error) {
        let wants_proof = matches!(
            error,
            ApiError::WrongPassword { .. } | ApiError::SecondFactor { .. }
        );
        let end = End {
            wants_proof,
            ..End::failed(problem)
        };
        return rows.iter().map(|_| end.clone()).collect();
    }
    match read(inner, ready, rows).await {
        Ok(standing) => {
            let ends = rows.iter().zip(standing);
            ends.map(|(row, now)| judged(&row.before, &row.after, now, &problem))
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
    if *now == row.after {
        return Some(End::done(now.clone()).saying("It was so already."));
    }
    let expects = row.wanted.expects.as_ref()?;
    (now != expects).then(|| End::refused(&changed(expects, now)))
}

async fn request(
    session: &Session,
    rows: &[&Planned],
    proof: Option<&Proof>,
) -> Result<Vec<Fields>, ApiError> {
    if let [row] = rows {
        let Some(target) = &row.target else {
            return Ok(Vec::new());
        };
        let change = &row.wanted.change;
        let confirmed = change.send(session, target, &row.after, proof).await?;
        return Ok(vec![confirmed]);
    }
    let mut allocation = Vec::with_capacity(rows.len());
    for row in rows {
        if let (Change::Allocate(allocate), Some(target)) = (&row.wanted.change, &row.target) {
            allocation.push((target.id()?.clone(), allocate.amounts()));
        }
    }
    Allocate::send_all(session, &allocation).await?;
    Ok(rows.iter().map(|row| row.after.clone()).collect())
}

async fn standing(session: &Session, rows: &[&Planned]) -> Result<Vec<Fields>, ApiError> {
    if let [row] = rows {
        let Some(target) = &row.target else {
            return Ok(Vec::new());
        };
        return Ok(vec![row.wanted.change.read(session, target).await?]);
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
pub(super) fn judged(before: &Fields, after: &Fields, now: Fields, problem: &Problem) -> End {
    let Problem { message, .. } = problem;
    if now == *after {
        return End::done(now)
            .saying("The answer was lost; what stands at TagoIO shows that it was done.");
    }
    if now == *before {
        let message = format!("{message} What stands at TagoIO shows that it was not done.");
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
fn not_sent(inner: &Inner, ready: &Ready) -> Problem {
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
