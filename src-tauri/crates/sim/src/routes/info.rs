//! What a token is, whatever it is of.

use serde_json::{Map, Value, json};

use super::Ask;
use super::token::field;
use crate::reply::{Failure, Reply, result, time};
use crate::world::{OtherToken, bare};

pub(super) async fn info(ask: Ask) -> Reply {
    let caller = ask.caller()?;
    let world = ask.shared.world();
    if caller.other {
        let found = world
            .other_tokens
            .iter()
            .find(|other| bare(&other.token) == bare(&caller.token));
        return result(&of_other(
            found.ok_or_else(Failure::denied)?,
            &caller.account,
        ));
    }
    let (_, token) = world.token(&caller.token).ok_or_else(Failure::denied)?;
    let names = [
        "name",
        "type",
        "permission",
        "serie_number",
        "last_authorization",
        "verification_code",
        "expire_time",
        "ref_id",
        "created_at",
        "created_by",
    ];
    let all: Map<String, Value> = names
        .iter()
        .map(|name| ((*name).to_owned(), field(token, name)))
        .collect();
    result(&all)
}

/// Each kind describes what it belongs to, in a shape of its own.
fn of_other(token: &OtherToken, account: &str) -> Value {
    let created = time(token.created_at);
    match token.kind {
        "device" => json!({
            "id": token.id,
            "profile": token.profile,
            "bucket": {"id": token.id, "name": token.name},
            "name": token.name,
            "description": null,
            "visible": true,
            "active": true,
            "last_output": null,
            "last_input": created,
            "connector": token.profile,
            "network": token.profile,
            "connector_parse": false,
            "parse_function": "",
            "tags": [{"key": "site", "value": "north"}],
            "updated_at": created,
            "created_at": created,
            "inspected_at": null,
        }),
        "analysis" => json!({
            "id": token.id,
            "name": token.name,
            "active": true,
            "run_on": "tago",
            "runtime": "node",
            "profile": token.profile,
            "variables": [],
            "tags": [],
            "created_at": created,
            "updated_at": created,
        }),
        "network" => json!({
            "id": token.id,
            "name": token.name,
            "description": "",
            "public": false,
            "middleware_endpoint": "",
            "device_parameters": [],
        }),
        "user" => json!({
            "id": token.id,
            "name": token.name,
            "email": "user@example.com",
            "active": true,
            "timezone": "UTC",
            "created_at": created,
            "last_login": null,
        }),
        kind => json!({
            "name": token.name,
            "type": kind,
            "permission": "write",
            "serie_number": null,
            "last_authorization": null,
            "verification_code": null,
            "expire_time": "never",
            "ref_id": token.id,
            "created_at": created,
            "created_by": account,
        }),
    }
}
