//! The calls, a file an area.

mod account;
mod allocation;
mod audit;
mod backup;
mod billing;
mod file;
mod info;
mod notification;
mod profile;
mod sign_in;
mod team;
mod token;
mod usage;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest, Request};
use axum::http::Method;
use axum::middleware::from_fn_with_state;
use axum::routing::{delete, get, post, put};
use jiff::Timestamp;
use serde_json::Value;

use crate::gate::{self, Caller};
use crate::query::Params;
use crate::reply::Failure;
use crate::state::Shared;
use crate::world::World;

/// Every route, behind the gate.
pub(crate) fn router(shared: Shared) -> Router {
    Router::new()
        .route("/profile", get(profile::list))
        .route("/profile/", post(profile::create))
        .route(
            "/profile/{id}",
            get(profile::info)
                .put(profile::edit)
                .delete(profile::delete),
        )
        .route("/profile/{id}/summary", get(usage::summary))
        .route("/profile/{id}/statistics", get(usage::statistics))
        .route("/profile/{id}/addons", get(profile::addons))
        .route("/profile/{id}/services", post(allocation::of_profile))
        .route("/profile/{id}/auditlog", get(audit::start))
        .route("/profile/{id}/auditlog/{query}", get(audit::poll))
        .route("/profile/{id}/token", get(token::list).post(token::create))
        .route("/profile/{id}/token/{token}", delete(token::delete))
        .route("/profile/switch/{target}", put(token::switch))
        .route("/profile/{id}/team", get(team::list).post(team::add))
        .route("/profile/{id}/team/{account}", delete(team::remove))
        .route(
            "/profile/{id}/backup",
            get(backup::list).post(backup::create),
        )
        .route("/profile/{id}/backup/{backup}", delete(backup::delete))
        .route(
            "/profile/{id}/backup/{backup}/download",
            post(backup::download),
        )
        .route("/account", get(account::info).put(account::edit))
        .route("/account/login", post(sign_in::login))
        .route("/account/login/otp", post(sign_in::send_pin))
        .route("/account/profile/token", post(sign_in::first_token))
        .route(
            "/account/allocation",
            get(allocation::list).post(allocation::of_account),
        )
        .route(
            "/account/subscription",
            get(billing::subscription).post(billing::change),
        )
        .route(
            "/account/subscription/schedule",
            get(billing::schedule).delete(billing::cancel_schedule),
        )
        .route("/account/subscription/summary", get(billing::health))
        .route("/account/subscription/pending/retry", post(billing::retry))
        .route(
            "/account/subscription/pending/cancel",
            post(billing::cancel_pending),
        )
        .route("/account/payment_history", get(billing::invoices))
        .route("/account/payment_history/", get(billing::invoices))
        .route("/account/payment_method", get(billing::payment_method))
        .route("/pricing", get(billing::pricing))
        .route("/pricing/prorated", get(billing::prorated))
        .route("/info", get(info::info))
        .route("/files", post(file::upload))
        .route("/file/{profile}/{*path}", get(file::read))
        .route("/notification", get(notification::list))
        .route("/notification/", get(notification::list))
        .route("/notification/{id}/{button}", put(notification::press))
        .fallback(|| async { Failure::missing("Route") })
        .method_not_allowed_fallback(|| async { Failure::missing("Route") })
        .layer(from_fn_with_state(shared.clone(), gate::pass))
        .layer(DefaultBodyLimit::max(32 << 20))
        .with_state(shared)
}

/// Whether a route is the one that is named: by its template, `/profile/{id}`, or with a method before
/// it, `GET /profile/{id}`.
pub(crate) fn is_named(wanted: &str, method: &Method, route: &str) -> bool {
    match wanted.split_once(' ') {
        Some((verb, path)) => verb.eq_ignore_ascii_case(method.as_str()) && path == route,
        None => wanted == route,
    }
}

/// A request that passed the gate, with all that routes look at.
pub(crate) struct Ask {
    shared: Shared,
    caller: Option<Caller>,
    params: Params,
    /// The body; `null` when there is none.
    body: Value,
    now: Timestamp,
}

impl FromRequest<Shared> for Ask {
    type Rejection = Failure;

    async fn from_request(request: Request, shared: &Shared) -> Result<Self, Failure> {
        let params = Params::parse(request.uri().query());
        let caller = request.extensions().get::<Caller>().cloned();
        let bytes = Bytes::from_request(request, shared)
            .await
            .map_err(|error| Failure::bad(error.to_string()))?;
        let body = if bytes.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&bytes).map_err(|_| Failure::bad("Invalid JSON"))?
        };
        Ok(Self {
            shared: shared.clone(),
            caller,
            params,
            body,
            now: shared.now(),
        })
    }
}

impl Ask {
    /// Who asks. The gate lets nobody else through; an error here is the simulator's own.
    fn caller(&self) -> Result<&Caller, Failure> {
        self.caller.as_ref().ok_or_else(Failure::denied)
    }

    /// A text of the body, if it is there and not empty.
    fn text(&self, key: &str) -> Option<&str> {
        self.body
            .get(key)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
    }

    /// The id of a profile that the caller owns or is a member of, and whether the caller owns it.
    fn reachable(&self, world: &World, id: &str) -> Result<(String, bool), Failure> {
        let caller = self.caller()?;
        let id = if id == "current" {
            caller.profile.as_str()
        } else {
            id
        };
        let profile = world
            .profile(id)
            .ok_or_else(|| Failure::missing("Profile"))?;
        let owns = profile.owner == caller.account;
        if owns || profile.is_member(&caller.account) {
            Ok((id.to_owned(), owns))
        } else {
            Err(Failure::denied())
        }
    }

    /// The id of a profile that the caller owns.
    fn owned(&self, world: &World, id: &str) -> Result<String, Failure> {
        match self.reachable(world, id)? {
            (id, true) => Ok(id),
            _ => Err(Failure::denied()),
        }
    }
}
