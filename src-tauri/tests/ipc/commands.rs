//! Each command of the window, with arguments that it understands.

use serde_json::{Value, json};

use crate::TOKEN;

/// Each command, with arguments that it takes.
#[expect(clippy::too_many_lines, reason = "one list of all commands")]
pub(crate) fn commands() -> Vec<(&'static str, Value)> {
    vec![
        ("accounts_list", json!({})),
        (
            "accounts_connect",
            // Nothing listens on port 1.
            json!({"label": "Acme", "region": "http://127.0.0.1:1", "token": TOKEN}),
        ),
        ("accounts_forget", json!({"key": 1, "keepHistory": true})),
        ("accounts_token_ends", json!({})),
        ("allocation_overview", json!({"query": {"filter": ""}})),
        (
            "allocation_profiles",
            json!({"query": {"account": 1, "service": "input", "filter": "", "sort": "used", "descending": true, "offset": 0, "limit": 50}}),
        ),
        ("costs_accounts", json!({"filter": "", "at": null})),
        (
            "costs_page",
            json!({"query": {"filter": "", "at": "2026-10-31T23:59:59Z", "sort": "sms", "descending": true, "offset": 0, "limit": 50}}),
        ),
        (
            "fleet_page",
            json!({"query": {"filter": "", "sort": [{"by": "risk", "descending": true}], "trend": null, "offset": 0, "limit": 50}}),
        ),
        (
            "export_copy",
            json!({"query": {"screen": "fleet", "query": {"filter": ""}}}),
        ),
        (
            "export_save",
            json!({"query": {"screen": "activity", "query": {"search": ""}}, "format": "xlsx"}),
        ),
        ("fleet_sum", json!({"selection": {"keys": [1]}})),
        (
            "filter_complete",
            json!({"screen": "fleet", "text": "acc", "cursor": 3}),
        ),
        (
            "changes_preview",
            json!({"request": {"ask": "changes", "changes": [{"kind": "rename", "profile": 1, "name": "A"}]}}),
        ),
        (
            "changes_carry_out",
            json!({"request": {"ask": "undo", "batch": 1}, "confirmation": {"protected_too": true}, "password": null, "pin": null}),
        ),
        (
            "changes_carry_out_rest",
            json!({"batch": 1, "password": "hunter2", "pin": "123456"}),
        ),
        ("changes_cancel", json!({"batch": 1})),
        ("changes_unfinished", json!({})),
        (
            "changes_log",
            json!({"query": {"results": ["done"], "limit": 50}}),
        ),
        ("changes_invitations", json!({"account": 1})),
        (
            "changes_profiles_of_file",
            json!({"account": 1, "freeResources": true}),
        ),
        (
            "changes_protect",
            json!({"selection": {"keys": [1], "all_of": null}, "protected": true}),
        ),
        ("changes_read_only", json!({"account": 1, "readOnly": true})),
        ("changes_choose_picture", json!({})),
        ("buying_offer", json!({"account": 1})),
        (
            "buying_quote",
            json!({"account": 1, "services": {"input": 4_000_000}}),
        ),
        (
            "buying_buy",
            json!({"request": {"buy": {"account": 1, "services": {"input": 4}, "from": {"input": 1}, "most": 100}, "allocate_to": null}}),
        ),
        ("buying_purchases", json!({})),
        ("buying_resume", json!({"key": 1})),
        ("buying_end", json!({"key": 1})),
        ("groups_list", json!({})),
        (
            "groups_put",
            json!({"key": null, "name": "North", "kind": "group"}),
        ),
        ("groups_delete", json!({"key": 1})),
        (
            "groups_assign",
            json!({"key": 1, "selection": {"keys": [1]}, "member": true}),
        ),
        ("groups_export", json!({})),
        ("groups_import", json!({})),
        ("notes_put", json!({"profile": 1, "text": "Call first."})),
        ("views_list", json!({})),
        ("views_put", json!({"name": "Mine", "address": "#/fleet"})),
        ("views_delete", json!({"key": 1})),
        ("navigation_counts", json!({})),
        (
            "palette_find",
            json!({"query": {"words": "haf", "recent": []}}),
        ),
        (
            "people_access",
            json!({"query": {"at": null, "person": null, "profile": 1, "sign_ins": false, "offset": 0, "limit": 50}}),
        ),
        (
            "people_page",
            json!({"query": {"filter": "", "at": null, "sort": "name", "descending": false, "offset": 0, "limit": 50}}),
        ),
        (
            "profile_audit",
            json!({"query": {"profile": 1, "search": "", "resource": null, "who": null, "from": null, "to": null, "offset": 0, "limit": 50}}),
        ),
        ("profile_audit_archive", json!({"key": 1})),
        ("profile_team", json!({"key": 1})),
        ("tokens_copy_made", json!({"batch": 1, "row": 0})),
        ("tokens_save_all_made", json!({"batch": 1})),
        ("tokens_save_made", json!({"batch": 1, "row": 0})),
        ("tokens_forget_made", json!({"batch": 1})),
        ("tokens_detail", json!({"key": 1})),
        ("tokens_figures", json!({})),
        ("tokens_find", json!({"token": TOKEN})),
        (
            "tokens_page",
            json!({"query": {"filter": "", "profile": null, "sort": "expires", "descending": false, "offset": 0, "limit": 50}}),
        ),
        ("people_leaver", json!({"who": "ada@example.com"})),
        (
            "people_mail_copy",
            json!({"who": "ada@example.com", "owner": "nobody"}),
        ),
        (
            "people_mail_open",
            json!({"who": "ada@example.com", "owner": "nobody"}),
        ),
        (
            "people_offboarded",
            json!({"who": "ada@example.com", "batch": null}),
        ),
        ("sync_access", json!({})),
        ("backups_list", json!({"profile": 1})),
        ("backups_fetch", json!({"profile": 1})),
        ("backups_place", json!({"profile": 1, "backup": "1"})),
        (
            "backups_download",
            json!({"profile": 1, "backup": "1", "password": "-", "pin": null}),
        ),
        ("backups_cancel", json!({"backup": "1"})),
        (
            "profile_ask_audit",
            json!({"query": {"profile": 1, "from": null, "to": null, "resource": null, "resource_id": null,
                "find": null, "limit": null}}),
        ),
        (
            "profile_live_audit",
            json!({"query": {"profile": 1, "offset": 0, "limit": 10}}),
        ),
        ("profile_cancel_audit", json!({"key": 1})),
        (
            "onboard_preview",
            json!({"wanted": {"account": 1, "name": "Harbour"}}),
        ),
        (
            "onboard_begin",
            json!({"wanted": {"account": 1, "name": "Harbour"}}),
        ),
        ("onboard_list", json!({})),
        (
            "onboard_go_on",
            json!({"key": 1, "password": null, "pin": null}),
        ),
        (
            "onboard_go_on_with",
            json!({"key": 1, "batch": 1, "password": "-", "pin": null}),
        ),
        (
            "onboard_skip",
            json!({"key": 1, "step": "logo", "skipped": true}),
        ),
        ("onboard_handed_out", json!({"key": 1})),
        ("onboard_forget", json!({"key": 1})),
        ("onboard_page", json!({"key": 1})),
        ("onboard_page_copy", json!({"key": 1})),
        ("onboard_page_save", json!({"key": 1, "format": "text"})),
        (
            "transfer_look",
            json!({"profile": 1, "destination": "ada@example.com"}),
        ),
        (
            "transfer_copy",
            json!({"profile": 1, "destination": "ada@example.com"}),
        ),
        (
            "transfer_begin",
            json!({"profile": 1, "destination": "ada@example.com", "ticket": ""}),
        ),
        ("transfer_of", json!({"profile": 1})),
        ("transfer_note", json!({"key": 1, "ticket": "4711"})),
        ("transfer_give_up", json!({"key": 1})),
        ("tokens_rotations", json!({})),
        (
            "tokens_begin_rotation",
            json!({"wanted": {"profile": 1, "old": "f", "new_name": "CI 2", "place": ""}}),
        ),
        ("tokens_end_rotation", json!({"key": 1})),
        ("link_take", json!({})),
        ("profile_admin_site", json!({"key": 1})),
        ("profile_overview", json!({"key": 1})),
        (
            "profile_usage",
            json!({"query": {"profile": 1, "services": ["input"], "by": "day", "cycle": 0, "from": null, "to": null, "running": true, "compare": true, "timezone": "UTC"}}),
        ),
        (
            "sign_in_begin",
            json!({"region": "http://127.0.0.1:1", "email": "ada@example.com", "password": "hunter2", "renews": null}),
        ),
        ("sign_in_send_pin", json!({"number": 1, "method": "sms"})),
        ("sign_in_pin", json!({"number": 1, "pin": "123456"})),
        (
            "sign_in_choose",
            json!({"number": 1, "choice": {"label": "Acme", "profile": "5bb0a0c9f1d2e3a4b5c6d7e8", "name": "Desk", "days": 90}}),
        ),
        ("sign_in_end", json!({})),
        ("sync_start", json!({"account": null, "profile": null})),
        ("sync_cancel", json!({})),
        ("sync_state", json!({})),
        ("sync_look", json!({"profile": null})),
        (
            "activity_page",
            json!({"query": {"search": "", "topics": ["limits"], "account": null, "profile": null, "since": null, "offset": 0, "limit": 50}}),
        ),
        (
            "activity_syncs",
            json!({"query": {"offset": 0, "limit": 50}}),
        ),
        ("activity_sync", json!({"key": 1})),
        ("archive_accounts", json!({})),
        ("archive_choose", json!({"account": 1, "archive": true})),
        ("settings_list", json!({})),
        (
            "settings_put",
            json!({"key": "sync.interval", "value": "30"}),
        ),
        (
            "today_page",
            json!({"query": {"filter": "", "offset": 0, "limit": 50}}),
        ),
        (
            "today_answer",
            json!({"id": "service:p1:input", "until": null, "note": ""}),
        ),
        ("today_unanswer", json!({"id": "service:p1:input"})),
        ("app_about", json!({})),
        ("app_enlarge", json!({"percent": 150})),
    ]
}
