//! The audit log of a profile: a query is started, then asked for until it is complete.

use std::time::Duration;

use model::{ProfileId, Timestamp};
use serde::Deserialize;
use tokio_util::sync::CancellationToken;

use crate::request::{PathPartError, Request, path_part};
use crate::statistics::milliseconds;
use crate::{ApiError, Session, lenient};

/// Which events of a profile. The API keeps 6 months and spans 7 days at most in a query; everything
/// but the dates needs a paid plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditQuery {
    /// The first moment.
    pub start: Timestamp,
    /// The last moment.
    pub end: Timestamp,
    /// Events of one kind of resource.
    pub resource: Option<AuditResource>,
    /// Events of one resource, by its id.
    pub resource_id: Option<String>,
    /// A text in the message; `*` is any.
    pub find: Option<String>,
    /// How many events at most.
    pub limit: Option<u32>,
}

/// A kind of resource in the audit log.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum AuditResource {
    /// `action`
    Action,
    /// `am`, Access Management
    AccessManagement,
    /// `analysis`
    Analysis,
    /// `connector`
    Connector,
    /// `dashboard`
    Dashboard,
    /// `device`
    Device,
    /// `dictionary`
    Dictionary,
    /// `network`
    Network,
    /// `profile`
    Profile,
    /// `run`
    Run,
    /// `runuser`
    RunUser,
    /// A kind that this program does not know yet.
    Other(String),
}

/// How far a query is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AuditStatus {
    /// Not done yet.
    Running,
    /// Done.
    Complete,
    /// It failed.
    Failed,
    /// The API gave up.
    Timeout,
    /// The API does not know, or said something else, or nothing.
    #[default]
    Unknown,
}

/// The id of a query that was started.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct QueryId(String);

/// What the API says of a query.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct AuditPage {
    /// Its id.
    #[serde(rename = "queryId")]
    pub query: QueryId,
    /// How far it is.
    #[serde(default, deserialize_with = "lenient::from_text_or_default")]
    pub status: AuditStatus,
    /// Its events, once there are any.
    #[serde(default)]
    pub events: Option<Vec<AuditEvent>>,
    /// What it cost.
    #[serde(default)]
    pub statistics: Option<AuditStatistics>,
}

/// Something that somebody did.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct AuditEvent {
    /// When.
    #[serde(rename = "date", deserialize_with = "lenient::date_required")]
    pub at: Timestamp,
    /// To which kind of resource.
    #[serde(
        default,
        rename = "resourceName",
        deserialize_with = "lenient::from_text"
    )]
    pub resource: Option<AuditResource>,
    /// To which resource.
    #[serde(default, rename = "resourceID", deserialize_with = "lenient::text")]
    pub resource_id: Option<String>,
    /// Who: an account's id, where it is one.
    #[serde(default, deserialize_with = "lenient::text")]
    pub who: Option<String>,
    /// What, in the API's words.
    #[serde(default, deserialize_with = "lenient::text")]
    pub message: Option<String>,
}

/// What a query read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditStatistics {
    /// Events that match.
    #[serde(default, deserialize_with = "lenient::number")]
    pub records_matched: Option<f64>,
    /// Events that were read.
    #[serde(default, deserialize_with = "lenient::number")]
    pub records_scanned: Option<f64>,
    /// Bytes that were read.
    #[serde(default, deserialize_with = "lenient::number")]
    pub bytes_scanned: Option<f64>,
}

/// What a query found.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditEvents {
    /// The events that came.
    pub events: Vec<AuditEvent>,
    /// How many matched, where the API says so; if that is more than came, some were left out.
    pub matched: Option<f64>,
    /// How many were read for it, where the API says so.
    pub scanned: Option<f64>,
}

/// How often a running query is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditPace {
    /// The first pause; each next one is half as long again. 500 ms by default.
    pub first: Duration,
    /// The longest pause. 5 s by default.
    pub longest: Duration,
    /// How long to wait in all, the time of the requests apart. 2 min by default.
    pub total: Duration,
}

/// Why there are no audit events.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuditError {
    /// A call failed.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// The API says that the query failed.
    #[error("audit log of a profile: TagoIO could not run the query. Try a shorter range of time.")]
    Failed,
    /// The API gave up, or it did not end within [`AuditPace::total`].
    #[error("audit log of a profile: the query took too long. Try a shorter range of time.")]
    TimedOut,
    /// It was cancelled.
    #[error("audit log of a profile: cancelled")]
    Cancelled,
}

const START: &str = "audit log of a profile";
const POLL: &str = "audit log of a profile, its result";

impl Session {
    /// Starts a query, and says how far it is.
    pub async fn start_audit(
        &self,
        profile: &ProfileId,
        query: &AuditQuery,
    ) -> Result<AuditPage, ApiError> {
        let mut request = Request::get(START, format!("/profile/{profile}/auditlog"))
            .query("start_date", milliseconds(query.start))
            .query("end_date", milliseconds(query.end));
        if let Some(resource) = &query.resource {
            request = request.query("resourceName", resource.key());
        }
        if let Some(id) = &query.resource_id {
            request = request.query("resourceID", id);
        }
        if let Some(find) = &query.find {
            request = request.query("find", find);
        }
        if let Some(limit) = query.limit {
            request = request.query("limit", limit.to_string());
        }
        self.fetch(request).await
    }

    /// Asks how far a query is.
    pub async fn poll_audit(
        &self,
        profile: &ProfileId,
        query: &QueryId,
    ) -> Result<AuditPage, ApiError> {
        let query = crate::percent::encoded(query.as_str());
        let path = format!("/profile/{profile}/auditlog/{query}");
        self.fetch(Request::get(POLL, path)).await
    }

    /// Runs a query to its end: complete, failed, timed out, or cancelled. While it runs it is asked
    /// for with a growing pause, by the clock of the session's [`crate::Pace`] if it has one; a rate limit on
    /// the way is waited out if there is time.
    pub async fn audit(
        &self,
        profile: &ProfileId,
        query: &AuditQuery,
        pace: AuditPace,
        cancel: &CancellationToken,
    ) -> Result<AuditEvents, AuditError> {
        self.watched_audit(profile, query, pace, cancel, |_| {})
            .await
    }

    /// The same; what the API says of a query that runs is told as it comes.
    pub async fn watched_audit(
        &self,
        profile: &ProfileId,
        query: &AuditQuery,
        pace: AuditPace,
        cancel: &CancellationToken,
        told: impl FnMut(AuditStatistics) + Send,
    ) -> Result<AuditEvents, AuditError> {
        tokio::select! {
            biased;
            () = cancel.cancelled() => Err(AuditError::Cancelled),
            ended = self.audit_to_its_end(profile, query, pace, told) => ended,
        }
    }

    async fn audit_to_its_end(
        &self,
        profile: &ProfileId,
        query: &AuditQuery,
        pace: AuditPace,
        mut told: impl FnMut(AuditStatistics) + Send,
    ) -> Result<AuditEvents, AuditError> {
        let mut waited = Duration::ZERO;
        let mut answer = self.start_audit(profile, query).await?;
        let mut polled = false;
        let mut pause = pace.first;
        loop {
            if let Some(read) = answer.statistics {
                told(read);
            }
            match answer.status {
                AuditStatus::Failed => return Err(AuditError::Failed),
                AuditStatus::Timeout => return Err(AuditError::TimedOut),
                AuditStatus::Complete => match answer.events {
                    Some(events) => {
                        let read = answer.statistics.unwrap_or_default();
                        return Ok(AuditEvents {
                            events,
                            matched: read.records_matched,
                            scanned: read.records_scanned,
                        });
                    }
                    None if polled => return answer.without_events(),
                    // The first answer may say that it is done and leave the events to the second.
                    None => {}
                },
                AuditStatus::Running | AuditStatus::Unknown => {}
            }
            if waited + pause >= pace.total {
                return Err(AuditError::TimedOut);
            }
            self.pause(pause).await;
            waited += pause;
            pause = (pause + pause / 2).min(pace.longest);
            match self.poll_audit(profile, &answer.query).await {
                Ok(next) => {
                    answer = next;
                    polled = true;
                }
                Err(ApiError::RateLimited { wait, .. }) if waited + wait < pace.total => {
                    pause = wait.max(pause);
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
}

impl AuditPage {
    /// A complete query without events: none matched, unless the API counted some.
    fn without_events(&self) -> Result<AuditEvents, AuditError> {
        let matched = self.statistics.and_then(|read| read.records_matched);
        if matched.is_some_and(|matched| matched > 0.0) {
            return Err(AuditError::Api(ApiError::UnexpectedShape {
                call: POLL,
                path: "$.result.events".to_owned(),
                what: "the events that it counts are missing".to_owned(),
            }));
        }
        Ok(AuditEvents {
            events: Vec::new(),
            matched,
            scanned: self.statistics.and_then(|read| read.records_scanned),
        })
    }
}

impl Default for AuditPace {
    fn default() -> Self {
        Self {
            first: Duration::from_millis(500),
            longest: Duration::from_secs(5),
            total: Duration::from_mins(2),
        }
    }
}

impl QueryId {
    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for QueryId {
    type Error = PathPartError;

    fn try_from(text: String) -> Result<Self, PathPartError> {
        path_part(text).map(Self)
    }
}

impl AuditResource {
    /// The API's word for it.
    pub fn key(&self) -> &str {
        match self {
            Self::Action => "action",
            Self::AccessManagement => "am",
            Self::Analysis => "analysis",
            Self::Connector => "connector",
            Self::Dashboard => "dashboard",
            Self::Device => "device",
            Self::Dictionary => "dictionary",
            Self::Network => "network",
            Self::Profile => "profile",
            Self::Run => "run",
            Self::RunUser => "runuser",
            Self::Other(word) => word,
        }
    }
}

impl From<String> for AuditResource {
    fn from(word: String) -> Self {
        match word.as_str() {
            "action" => Self::Action,
            "am" => Self::AccessManagement,
            "analysis" => Self::Analysis,
            "connector" => Self::Connector,
            "dashboard" => Self::Dashboard,
            "device" => Self::Device,
            "dictionary" => Self::Dictionary,
            "network" => Self::Network,
            "profile" => Self::Profile,
            "run" => Self::Run,
            "runuser" => Self::RunUser,
            _ => Self::Other(word),
        }
    }
}

impl From<String> for AuditStatus {
    fn from(word: String) -> Self {
        match word.to_ascii_lowercase().as_str() {
            "running" => Self::Running,
            "complete" => Self::Complete,
            "failed" => Self::Failed,
            "timeout" => Self::Timeout,
            _ => Self::Unknown,
        }
    }
}
