//! The host that backups are fetched from: another than the API's, as TagoIO's storage is. It knows no token; who has
//! an address with a signature is let in, until that ends.

use std::convert::Infallible;
use std::io;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures::{StreamExt, stream};

use crate::query::Params;
use crate::state::Shared;
use crate::world::{Backup, StorageRequest};

/// Bytes that are sent at once.
const PIECE: u64 = 64 * 1024;

pub(crate) fn router(shared: Shared) -> Router {
    Router::new()
        .route("/backups/{id}", get(file))
        .with_state(shared)
}

async fn file(
    Path(id): Path<String>,
    State(shared): State<Shared>,
    request: Request,
) -> Result<Response, Infallible> {
    let params = Params::parse(request.uri().query());
    let headers = request.headers();
    let now = shared.now();
    let mut world = shared.world();
    let world = &mut *world;
    let is_let_in = params.one("signature").is_some_and(|signature| {
        let link = world.storage.links.get(signature);
        link.is_some_and(|(backup, until)| *backup == id && now < *until)
    });
    let mut profiles = world.profiles.values();
    let backup = profiles.find_map(|profile| profile.backups.iter().find(|one| one.id == id));
    let answer = match backup {
        _ if !is_let_in => StatusCode::FORBIDDEN.into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
        Some(backup) => {
            let storage = &world.storage;
            part(
                backup,
                headers,
                storage.no_ranges,
                storage.cut_after,
                storage.pause,
            )
        }
    };
    let seen = StorageRequest {
        headers: headers
            .iter()
            .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap_or_default()))
            .collect(),
        range: text(headers, header::RANGE.as_str()).map(str::to_owned),
        status: answer.status().as_u16(),
    };
    world.storage.requests.push(seen);
    Ok(answer)
}

/// The whole file, or from where the range begins if the file is the one that it is of.
fn part(
    backup: &Backup,
    headers: &HeaderMap,
    no_ranges: bool,
    cut_after: Option<u64>,
    pause: Option<Duration>,
) -> Response {
    let (size, etag) = (backup.file_size, backup.etag());
    let is_same = text(headers, header::IF_RANGE.as_str()).is_none_or(|known| known == etag);
    let range = text(headers, header::RANGE.as_str())
        .and_then(|range| {
            range
                .strip_prefix("bytes=")?
                .strip_suffix('-')?
                .parse()
                .ok()
        })
        .filter(|_| is_same && !no_ranges);
    let start: u64 = range.unwrap_or(0);
    if range.is_some() && start >= size {
        let all = [(header::CONTENT_RANGE, format!("bytes */{size}"))];
        return (StatusCode::RANGE_NOT_SATISFIABLE, all).into_response();
    }
    let mut answer =
        Body::from_stream(pieces(backup.clone(), start, cut_after, pause)).into_response();
    let mut put = |name, value: String| {
        // Digits, quotes and hexadecimal letters are good in a header.
        answer
            .headers_mut()
            .extend(value.parse().ok().map(|value| (name, value)));
    };
    put(header::CONTENT_LENGTH, (size - start).to_string());
    put(header::ETAG, etag);
    if range.is_some() {
        put(
            header::CONTENT_RANGE,
            format!("bytes {start}-{}/{size}", size - 1),
        );
        *answer.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    answer
}

/// What a file holds from a place on. It breaks off after so many bytes, if that is wanted.
fn pieces(
    backup: Backup,
    start: u64,
    cut_after: Option<u64>,
    pause: Option<Duration>,
) -> impl futures::Stream<Item = io::Result<Bytes>> + Send {
    let cut_at = cut_after.map(|after| start + after);
    stream::unfold(Some(start), move |at| {
        let backup = backup.clone();
        async move {
            let at = at?;
            if cut_at.is_some_and(|cut| at >= cut) {
                // What was given before is on its way by then.
                tokio::time::sleep(Duration::from_millis(20)).await;
                return Some((Err(io::ErrorKind::ConnectionReset.into()), None));
            }
            let end = (at + PIECE)
                .min(cut_at.unwrap_or(u64::MAX))
                .min(backup.file_size);
            if at == end {
                return None;
            }
            if let Some(pause) = pause {
                tokio::time::sleep(pause).await;
            }
            Some((Ok(Bytes::from(backup.bytes(at, end))), Some(end)))
        }
    })
    .boxed()
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
