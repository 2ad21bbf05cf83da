//! What every request passes: it is recorded, may meet a fault, must hold a token and not be one too many.

use std::io;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::{StreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::flight::{Flights, carried};
use crate::limits::seconds_to_next_minute;
use crate::random::share;
use crate::reply::Failure;
use crate::server::Cut;
use crate::state::Shared;
use crate::world::{Permission, bare};
use crate::{Fault, FaultKind, RateScope};

/// Who is calling.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// The account that the token acts for.
    pub(crate) account: String,
    /// The profile that the token belongs to.
    pub(crate) profile: String,
    /// The token.
    pub(crate) token: String,
    permission: Permission,
    /// What the token is of, when it is not a profile's: then only `/info` is open.
    pub(crate) other: bool,
}

/// The calls that carry no token.
const OPEN: [&str; 4] = [
    "/account/login",
    "/account/login/otp",
    "/account/profile/token",
    "/file/{profile}/{*path}",
];

/// What is known of a request before anything is decided.
struct Asked {
    method: Method,
    /// The route's template.
    route: String,
    /// Empty: none was sent.
    token: String,
    caller: Option<Caller>,
    /// How many requests came before it.
    number: u64,
    now: Timestamp,
}

/// The middleware around every route.
pub(crate) async fn pass(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let in_flight = shared.flights().arrive();
    let asked = record(&shared, &request);
    let answer = answer(&shared, &asked, request, next).await;
    shared.record_status(asked.number, answer.status());
    carried(answer, in_flight)
}

fn record(shared: &Shared, request: &Request) -> Asked {
    let now = shared.now();
    shared.world().settle(now);
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or_else(
        || request.uri().path().to_owned(),
        |path| path.as_str().to_owned(),
    );
    let token = request
        .headers()
        .get("token")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let caller = identify(shared, &token, now);
    let number = shared.record(crate::Request {
        method: method.to_string(),
        route: route.clone(),
        path: request
            .uri()
            .path_and_query()
            .map_or_else(String::new, ToString::to_string),
        at: now,
        account: caller.as_ref().map(|caller| caller.account.clone()),
        status: None,
    });
    Asked {
        method,
        route,
        token,
        caller,
        number,
        now,
    }
}

async fn answer(shared: &Shared, asked: &Asked, mut request: Request, next: Next) -> Response {
    let seed = shared.options().seed;
    let strikes = |fault: &Fault| fault.strikes(seed, asked.number, &asked.method, &asked.route);
    let (late, wrong): (Vec<Fault>, Vec<Fault>) = shared
        .faults()
        .into_iter()
        .filter(strikes)
        .partition(|fault| matches!(fault.kind(), FaultKind::Latency(_)));
    wait(shared, asked.number, &late).await;
    let fault = wrong.first().map(Fault::kind);
    let cut: Option<Cut> = request.extensions().get().cloned();
    if let Some(answer) = before(fault, cut.clone(), asked).await {
        return answer;
    }
    if let Err(refused) = admit(shared, asked, request.uri().path()) {
        return refused.into_response();
    }
    if let Some(caller) = asked.caller.clone() {
        request.extensions_mut().insert(caller);
    }
    let answer = next.run(request).await;
    if fault == Some(FaultKind::Lost) {
        shared.record_status(asked.number, answer.status());
        return end_connection(cut).await;
    }
    after(fault, answer, shared.flights()).await
}

/// Ends the connection before a byte of the answer.
async fn end_connection(cut: Option<Cut>) -> Response {
    if let Some(cut) = cut {
        cut.now();
    }
    // The connection's task ends, and this with it.
    std::future::pending().await
}

fn identify(shared: &Shared, token: &str, now: Timestamp) -> Option<Caller> {
    if token.is_empty() {
        return None;
    }
    let mut world = shared.world();
    if let Some((profile, found)) = world.token(token) {
        if found.is_expired(now) {
            return None;
        }
        let caller = Caller {
            account: found.created_by.clone(),
            profile: profile.id.clone(),
            token: token.to_owned(),
            permission: found.permission,
            other: false,
        };
        // By the hour: a finer time would change with every request.
        let hour = Timestamp::from_second(now.as_second().div_euclid(3_600) * 3_600).ok();
        let held = world.profile_mut(&caller.profile).and_then(|profile| {
            profile
                .tokens
                .iter_mut()
                .find(|held| bare(&held.token) == bare(token))
        });
        if let Some(held) = held {
            held.last_authorization = hour.max(Some(held.created_at));
        }
        return Some(caller);
    }
    let other = world
        .other_tokens
        .iter()
        .find(|other| bare(&other.token) == bare(token))?;
    let owner = world
        .profile(&other.profile)
        .map(|profile| profile.owner.clone())?;
    Some(Caller {
        account: owner,
        profile: other.profile.clone(),
        token: token.to_owned(),
        permission: Permission::Full,
        other: true,
    })
}

async fn wait(shared: &Shared, number: u64, late: &[Fault]) {
    let options = shared.options();
    let chance = share(options.seed ^ 0x17E, number);
    let mut wait = options.latency + options.jitter.mul_f64(chance);
    for fault in late {
        if let FaultKind::Latency(mean) = fault.kind() {
            wait += mean.mul_f64(0.5 + chance);
        }
    }
    if wait.is_zero() {
        return;
    }
    if shared.flights().is_driven() {
        let clock = shared.clock();
        let until = clock.now().saturating_add(wait).unwrap_or(Timestamp::MAX);
        let _resting = shared.flights().rest();
        clock.sleep_until(until).await;
    } else {
        // Nobody might ever move a clock that stands.
        tokio::time::sleep(wait).await;
    }
}

/// Faults that come instead of an answer.
async fn before(fault: Option<FaultKind>, cut: Option<Cut>, asked: &Asked) -> Option<Response> {
    match fault? {
        FaultKind::Drop => Some(end_connection(cut).await),
        FaultKind::ServerError => Some(match asked.number % 3 {
            0 => Failure::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error")
                .into_response(),
            1 => (StatusCode::BAD_GATEWAY, page("502 Bad Gateway")).into_response(),
            _ => (StatusCode::SERVICE_UNAVAILABLE, "").into_response(),
        }),
        FaultKind::Html => Some(page("Sign in to the guest network")),
        FaultKind::Revoked if !asked.token.is_empty() => Some(invalid_token().into_response()),
        FaultKind::RateLimited => Some(too_many(asked.now).into_response()),
        _ => None,
    }
}

fn page(title: &str) -> Response {
    let html = format!(
        "<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"
    );
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response()
}

fn too_many(now: Timestamp) -> Failure {
    let wait = seconds_to_next_minute(now);
    Failure::new(
        StatusCode::TOO_MANY_REQUESTS,
        format!("Too many requests (Retry-After: {wait})"),
    )
}

fn invalid_token() -> Failure {
    Failure::new(StatusCode::UNAUTHORIZED, "Invalid token")
}

/// Refuses who has no token, too little permission or asked too often.
fn admit(shared: &Shared, asked: &Asked, path: &str) -> Result<(), Failure> {
    let (method, route, caller) = (&asked.method, asked.route.as_str(), asked.caller.as_ref());
    let open = OPEN.contains(&route);
    if caller.is_none() && !open {
        let failure = if asked.token.is_empty() {
            Failure::new(StatusCode::UNAUTHORIZED, "Token is missing")
        } else {
            invalid_token()
        };
        return Err(failure);
    }
    let own = caller.map_or("", |caller| caller.profile.as_str());
    let profile = match shared.options().rate_scope {
        RateScope::Asked if route.starts_with("/profile/{id}") => match path.split('/').nth(2) {
            Some("current") | None => own,
            Some(asked) => asked,
        },
        _ => own,
    };
    if shared
        .rates()
        .count(profile, method, route, asked.now)
        .is_err()
    {
        return Err(too_many(asked.now));
    }
    let Some(caller) = caller else { return Ok(()) };
    let allowed = match caller.permission {
        Permission::Full => true,
        Permission::Read => method == Method::GET,
        Permission::Write => method != Method::GET,
        Permission::Deny => false,
    };
    let reachable = !caller.other || route == "/info";
    if open || (allowed && reachable) {
        Ok(())
    } else {
        Err(Failure::denied())
    }
}

/// Faults that spoil an answer.
async fn after(fault: Option<FaultKind>, answer: Response, flights: &Flights) -> Response {
    let Some(kind @ (FaultKind::Truncated | FaultKind::Stall | FaultKind::UnexpectedShape)) = fault
    else {
        return answer;
    };
    let (mut parts, body) = answer.into_parts();
    let Ok(whole) = to_bytes(body, usize::MAX).await else {
        return Failure::new(StatusCode::INTERNAL_SERVER_ERROR, "unreadable answer")
            .into_response();
    };
    if kind == FaultKind::UnexpectedShape {
        parts.headers.remove(header::CONTENT_LENGTH);
        return Response::from_parts(parts, Body::from(reshape(&whole)));
    }
    parts
        .headers
        .insert(header::CONTENT_LENGTH, HeaderValue::from(whole.len()));
    let half = stream::iter([Ok::<Bytes, io::Error>(whole.slice(..whole.len() / 2))]);
    let body = if kind == FaultKind::Stall {
        let flights = flights.clone();
        let nothing_more = stream::once(async move {
            let _resting = flights.rest();
            std::future::pending().await
        });
        Body::from_stream(half.chain(nothing_more))
    } else {
        // A moment for the half to leave before the connection breaks.
        let broken = stream::once(async {
            tokio::time::sleep(Duration::from_millis(30)).await;
            Err(io::Error::from(io::ErrorKind::BrokenPipe))
        });
        Body::from_stream(half.chain(broken))
    };
    Response::from_parts(parts, body)
}

/// The answer with its result turned into another kind of value.
fn reshape(whole: &[u8]) -> Vec<u8> {
    let mut answer: Value = serde_json::from_slice(whole).unwrap_or(Value::Null);
    match answer.get_mut("result") {
        Some(result) => {
            let other = match result.take() {
                Value::Array(rows) => json!({ "rows": rows.len() }),
                Value::Object(_) => json!(["unexpected"]),
                _ => json!({ "text": 1 }),
            };
            *result = other;
        }
        None => answer = json!([answer]),
    }
    answer.to_string().into_bytes()
}

/// A time so many seconds from another, kept in range.
pub(crate) fn seconds_after(time: Timestamp, seconds: i64) -> Timestamp {
    time.saturating_add(SignedDuration::from_secs(seconds))
        .unwrap_or(Timestamp::MAX)
}
