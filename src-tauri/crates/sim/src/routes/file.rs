//! Files: a logo goes up here and gets an address.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::IntoResponse;
use serde_json::Value;

use super::Ask;
use crate::reply::{Failure, Reply, said};
use crate::state::Shared;
use crate::world::StoredFile;

pub(super) async fn upload(ask: Ask) -> Reply {
    let profile = ask.caller()?.profile.clone();
    let files = ask
        .body
        .as_array()
        .filter(|files| !files.is_empty())
        .ok_or_else(|| Failure::bad("The body must be a list of files"))?;
    let mut stored = Vec::new();
    for file in files {
        let text = |key: &str| {
            file.get(key)
                .and_then(Value::as_str)
                .filter(|text| !text.is_empty())
        };
        let filename = text("filename").ok_or_else(|| Failure::bad("filename is required"))?;
        let bytes = text("file")
            .and_then(decode)
            .ok_or_else(|| Failure::bad("file must be in base64"))?;
        let public = file.get("public").and_then(Value::as_bool).unwrap_or(false);
        stored.push(StoredFile {
            profile: profile.clone(),
            filename: filename.trim_start_matches('/').to_owned(),
            bytes,
            public,
        });
    }
    let mut world = ask.shared.world();
    let first = format!(
        "{}/file/{profile}/{}",
        ask.shared.base_url(),
        stored[0].filename
    );
    for file in stored {
        world
            .files
            .retain(|known| (&known.profile, &known.filename) != (&file.profile, &file.filename));
        world.files.push(file);
    }
    said(&first)
}

/// Base64 in the standard alphabet; nothing else is needed of it here.
fn decode(text: &str) -> Option<Vec<u8>> {
    let text = text.trim_end_matches('=');
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    let (mut bits, mut held) = (0u32, 0u32);
    for byte in text.bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = (bits << 6) | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held).ok()?);
            bits &= (1 << held) - 1;
        }
    }
    Some(bytes)
}

pub(super) async fn read(
    Path((profile, path)): Path<(String, String)>,
    State(shared): State<Shared>,
) -> Reply {
    let world = shared.world();
    let found = world
        .files
        .iter()
        .find(|file| file.public && file.profile == profile && file.filename == path);
    let file = found.ok_or_else(|| Failure::missing("File"))?;
    let is_png = file.bytes.starts_with(b"\x89PNG");
    let kind = if is_png {
        "image/png"
    } else {
        "application/octet-stream"
    };
    Ok(([(header::CONTENT_TYPE, kind)], file.bytes.clone()).into_response())
}
