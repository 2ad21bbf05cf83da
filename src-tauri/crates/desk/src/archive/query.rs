//! One part of a profile's audit log: asked for, and divided where it is too much at once.

use std::time::Duration;

use jiff::SignedDuration;
use model::{ProfileId, Timestamp};
use store::AuditEvent;
use tagoio::{
    ApiError, AuditError, AuditPace, AuditQuery, AuditResource, AuditStatistics, Session,
};
use tokio_util::sync::CancellationToken;

use super::windows::Span;

/// So many events in one answer may be all that the API gives at once.
const SUSPICIOUSLY_MANY: usize = 1_000;

/// A part is not divided further than this.
const SHORTEST: SignedDuration = SignedDuration::from_hours(1);

/// Nobody waits for it: a query is asked for rarely.
const PACE: AuditPace = AuditPace {
    first: Duration::from_secs(1),
    longest: Duration::from_secs(10),
    total: Duration::from_mins(5),
};

/// What events are narrowed to. TagoIO takes it on paid plans.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Narrowed {
    pub(super) resource: Option<AuditResource>,
    pub(super) resource_id: Option<String>,
    pub(super) find: Option<String>,
    /// How many events at most; then a part is not divided.
    pub(super) limit: Option<u32>,
}

/// What a part holds.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    pub(super) events: Vec<AuditEvent>,
    /// How many TagoIO says that it found, and that it read for it.
    pub(super) matched: f64,
    pub(super) scanned: f64,
}

/// All events of a part. Where the API leaves some out, fails or takes too long, it is asked for the
/// halves instead.
pub(super) async fn events(
    session: &Session,
    profile: &ProfileId,
    narrowed: &Narrowed,
    span: Span,
    stop: &CancellationToken,
    mut told: impl FnMut(AuditStatistics) + Send,
) -> Result<Found, AuditError> {
    let mut all = Found::default();
    let mut parts = vec![span];
    while let Some((from, until)) = parts.pop() {
        let query = AuditQuery {
            start: from,
            end: until,
            resource: narrowed.resource.clone(),
            resource_id: narrowed.resource_id.clone(),
            find: narrowed.find.clone(),
            limit: narrowed.limit,
        };
        let middle = middle(from, until);
        let answer = session
            .watched_audit(profile, &query, PACE, stop, &mut told)
            .await;
        match (answer, middle) {
            (Ok(found), Some(middle)) if narrowed.limit.is_none() && is_cut(&found) => {
                parts.extend([(from, middle), (middle, until)]);
            }
            (Ok(found), _) => {
                all.matched += found.matched.unwrap_or_default();
                all.scanned += found.scanned.unwrap_or_default();
                all.events.extend(found.events.into_iter().map(event));
            }
            (Err(AuditError::Failed | AuditError::TimedOut), Some(middle)) => {
                parts.extend([(from, middle), (middle, until)]);
            }
            (Err(error), _) => return Err(error),
        }
    }
    Ok(all)
}

/// Whether the API left some out: it says how many there were, or gave as many as it gives at most.
fn is_cut(found: &tagoio::AuditEvents) -> bool {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a number of events is far below 2^53"
    )]
    let came = found.events.len() as f64;
    found
        .matched
        .map_or(found.events.len() >= SUSPICIOUSLY_MANY, |matched| {
            matched > came
        })
}

/// The middle of a part that can be divided.
fn middle(from: Timestamp, until: Timestamp) -> Option<Timestamp> {
    let whole = until.duration_since(from);
    (whole >= SHORTEST * 2)
        .then(|| from.checked_add(whole / 2).ok())
        .flatten()
}

fn event(said: tagoio::AuditEvent) -> AuditEvent {
    AuditEvent {
        at: said.at,
        resource: said.resource.map(|resource| resource.key().to_owned()),
        resource_id: said.resource_id,
        who: said.who,
        message: said.message,
    }
}

/// What went wrong, as the API's other errors are told.
pub(super) fn as_api_error(error: AuditError) -> Option<ApiError> {
    let call = "audit log of a profile";
    match error {
        AuditError::Api(error) => Some(error),
        AuditError::Cancelled => None,
        AuditError::Failed | AuditError::TimedOut => Some(ApiError::ServerFailed {
            call,
            status: 200,
            message: Some("its query of the audit log did not come to an end".to_owned()),
        }),
    }
}
