//! Profiles: what is sent, and every shape that comes back.

use crate::common::{Api, account, call, password, password_and_pin, profile};
use model::{Amounts, Service};
use serde_json::{Value, json};
use tagoio::{ApiError, ProfileEdit};

#[tokio::test]
async fn the_list_says_whose_each_profile_is() {
    let api = Api::with_result(json!([
        {"id": "5bb0a0c9f1d2e3a4b5c6d7e8", "name": "<b>Bold</b>", "logo_url": null},
        {"id": "5BB0A0C9F1D2E3A4B5C6D7E9", "name": "株式会社", "logo_url": "https://x.example/a.png",
         "from_share": true, "account": "6ad1b0c9f1d2e3a4b5c6d7ff", "something_new": [1]},
        {"id": "5bb0a0c9f1d2e3a4b5c6d7ea", "name": null, "from_share": null, "account": null},
    ]))
    .await;
    let listed = api.session.profiles().await.unwrap();
    assert_eq!(api.request().await, call("GET", "/profile", Value::Null));
    assert_eq!(listed[0].name.as_deref(), Some("<b>Bold</b>"));
    assert!(!listed[0].from_share);
    assert_eq!(listed[0].account, None);
    assert!(listed[1].from_share);
    assert_eq!(listed[1].account, Some(account()));
    assert_eq!(listed[1].id.as_str(), "5bb0a0c9f1d2e3a4b5c6d7e9");
    assert_eq!(listed[2].name, None);
    assert!(!listed[2].from_share);
}

#[tokio::test]
async fn a_row_without_an_id_fails_the_list_and_names_the_place() {
    let api = Api::with_result(json!([
        {"id": "5bb0a0c9f1d2e3a4b5c6d7e8", "name": "a"},
        {"name": "hidden words"},
    ]))
    .await;
    let error = api.session.profiles().await.unwrap_err();
    let ApiError::UnexpectedShape { call, path, what } = &error else {
        panic!("{error}");
    };
    assert_eq!(*call, "list of profiles");
    assert_eq!(path, "$.result[1]");
    assert_eq!(what, "missing field `id`");
}

#[tokio::test]
async fn a_list_that_is_none_is_never_an_empty_fleet() {
    for body in [
        json!({"status": true, "result": null}),
        json!({"status": true}),
        json!({"status": true, "result": {"profiles": []}}),
        json!({"status": true, "result": "hidden words"}),
        json!(null),
        json!(7),
    ] {
        let api = Api::answering(200, body.clone()).await;
        let error = api.session.profiles().await.unwrap_err();
        assert!(
            matches!(error, ApiError::UnexpectedShape { .. }),
            "{body}: {error}"
        );
        assert!(
            !format!("{error} {error:?}").contains("hidden words"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_bare_list_without_an_envelope_is_read() {
    let api = Api::answering(200, json!([{"id": "5bb0a0c9f1d2e3a4b5c6d7e8"}])).await;
    assert_eq!(api.session.profiles().await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_information_holds_allocation_addons_and_plan() {
    let api = Api::with_result(json!({
        "info": {"id": "5bb0a0c9f1d2e3a4b5c6d7e8", "account": "6ad1b0c9f1d2e3a4b5c6d7ff", "name": "A",
                 "logo_url": null, "banner_url": "https://x.example/b.png",
                 "created_at": "2021-03-04T05:06:07.089Z", "updated_at": "yesterday",
                 "region": "eu-w1", "rpm": {"data_input": 500, "data_output": "120.0"}},
        "allocation": {"input": 350_000, "output": 1.5, "sms": null, "dashboard_output": 3},
        "addons": {"custom_dns": true, "mobile": false, "control_tower": 1},
        "account_plan": "scale",
    }))
    .await;
    let info = api.session.profile_info(&profile()).await.unwrap();
    let path = "/profile/5bb0a0c9f1d2e3a4b5c6d7e8";
    assert_eq!(api.request().await, call("GET", path, Value::Null));
    assert_eq!(info.id, profile());
    assert_eq!(info.account, Some(account()));
    assert_eq!(
        info.created_at,
        Some("2021-03-04T05:06:07.089Z".parse().unwrap())
    );
    assert_eq!(info.updated_at, None);
    assert_eq!(info.region.as_deref(), Some("eu-w1"));
    assert_eq!(info.rpm.unwrap().data_output, Some(120.0));
    let allocation = info.allocation.unwrap();
    assert_eq!(allocation[Service::Input], Some(350_000.0));
    assert_eq!(allocation[Service::Output], Some(1.5));
    assert_eq!(allocation[Service::Sms], None);
    assert_eq!(allocation.by_key("dashboard_output"), Some(3.0));
    let addons = info.addons.unwrap();
    assert_eq!(
        (addons.custom_dns, addons.mobile, addons.control_tower),
        (Some(true), Some(false), Some(true))
    );
    assert_eq!(info.account_plan.as_deref(), Some("scale"));
}

#[tokio::test]
async fn the_information_needs_nothing_but_the_id() {
    let api = Api::with_result(json!({"info": {"id": "5bb0a0c9f1d2e3a4b5c6d7e8"}})).await;
    let info = api.session.current_profile().await.unwrap();
    assert_eq!(
        api.request().await,
        call("GET", "/profile/current", Value::Null)
    );
    assert_eq!((info.name, info.allocation, info.rpm), (None, None, None));

    let api = Api::with_result(json!({"info": {"id": null, "name": "hidden words"}})).await;
    let error = api.session.profile_info(&profile()).await.unwrap_err();
    let ApiError::UnexpectedShape { path, .. } = &error else {
        panic!("{error}");
    };
    assert_eq!(path, "$.result.info.id");
    assert!(!format!("{error:?}").contains("hidden words"));
}

#[tokio::test]
async fn the_summary_keeps_every_key_of_limits_and_resources() {
    let api = Api::with_result(json!({
        "limit": {"input": 1000, "file_storage": 50.5, "tcore": 5},
        "limit_used": {"input": 1300, "tcore": 1, "tcore_cluster": 2, "dashboard_output": "7"},
        "amount": {"device": 12, "dashboard_shared": 1, "analysis": 3, "odd": null, "run_users": 2.0},
        "addons": {"mobile": null},
        "tago_run": {"x": 1},
    }))
    .await;
    let summary = api.session.profile_summary(&profile()).await.unwrap();
    let path = "/profile/5bb0a0c9f1d2e3a4b5c6d7e8/summary";
    assert_eq!(api.request().await, call("GET", path, Value::Null));
    assert_eq!(summary.limit.unwrap()[Service::FileStorage], Some(50.5));
    let used = summary.limit_used.unwrap();
    assert_eq!(used[Service::Input], Some(1300.0));
    assert_eq!(used[Service::Output], None);
    assert_eq!(used.other.len(), 3);
    assert_eq!(summary.resources.get("device"), Some(&12.0));
    assert_eq!(summary.resources.len(), 4);
}

#[tokio::test]
async fn resource_counts_alone_leave_the_limits_unknown() {
    let api = Api::with_result(json!({"amount": {"device": 1}})).await;
    let summary = api.session.profile_resources(&profile()).await.unwrap();
    let path = "/profile/5bb0a0c9f1d2e3a4b5c6d7e8/summary?onlyAmount=true";
    assert_eq!(api.request().await, call("GET", path, Value::Null));
    assert_eq!((summary.limit, summary.limit_used), (None, None));
}

#[tokio::test]
async fn making_a_profile_posts_to_the_path_with_its_slash() {
    let reply = json!({"id": "5bb0a0c9f1d2e3a4b5c6d7e8"});
    let api = Api::with_result(reply.clone()).await;
    let made = api
        .session
        .create_profile("Ünïted \"A\"", false)
        .await
        .unwrap();
    assert_eq!(made.id, profile());
    let body = json!({"name": "Ünïted \"A\""});
    assert_eq!(api.request().await, call("POST", "/profile/", body));

    let api = Api::with_result(reply).await;
    api.session.create_profile("A", true).await.unwrap();
    let target = "/profile/?allocate_free_resources=true";
    assert_eq!(
        api.request().await,
        call("POST", target, json!({"name": "A"}))
    );
}

#[tokio::test]
async fn a_change_sends_only_what_changes_and_gives_the_words_back() {
    let api = Api::answering(200, json!({"status": true, "message": "Profile changed"})).await;
    let edit = ProfileEdit {
        name: Some("B".to_owned()),
        ..ProfileEdit::default()
    };
    let words = api.session.edit_profile(&profile(), &edit).await.unwrap();
    assert_eq!(words.as_deref(), Some("Profile changed"));
    let path = "/profile/5bb0a0c9f1d2e3a4b5c6d7e8";
    assert_eq!(api.request().await, call("PUT", path, json!({"name": "B"})));
}

#[tokio::test]
async fn a_deletion_carries_the_password_and_a_pin_only_if_there_is_one() {
    let path = "/profile/5bb0a0c9f1d2e3a4b5c6d7e8";
    for (password, body) in [
        (password(), json!({"password": crate::common::PASSWORD})),
        (
            password_and_pin(),
            json!({"password": crate::common::PASSWORD, "pin_code": crate::common::PIN}),
        ),
    ] {
        let api = Api::with_result(json!("Successfully removed")).await;
        let words = api
            .session
            .delete_profile(&profile(), &password)
            .await
            .unwrap();
        assert_eq!(words.as_deref(), Some("Successfully removed"));
        assert_eq!(api.request().await, call("DELETE", path, body));
    }
}

#[tokio::test]
async fn services_are_set_without_those_that_are_unknown() {
    let api = Api::with_result(json!("ok")).await;
    let amounts: Amounts = [("input", 350_000.0), ("file_storage", 0.5)]
        .into_iter()
        .collect();
    api.session
        .set_services(&profile(), &amounts)
        .await
        .unwrap();
    let path = "/profile/5bb0a0c9f1d2e3a4b5c6d7e8/services";
    let body = json!({"input": 350_000, "file_storage": 0.5});
    assert_eq!(api.request().await, call("POST", path, body));
    let raw = String::from_utf8(api.requests().await[0].body.clone()).unwrap();
    assert!(raw.contains("350000") && !raw.contains("350000.0"), "{raw}");
}

#[tokio::test]
async fn addons_can_be_asked_for_by_themselves() {
    let api = Api::with_result(json!({"custom_dns": true, "id": "x"})).await;
    let addons = api.session.profile_addons(&profile()).await.unwrap();
    assert_eq!(addons.custom_dns, Some(true));
    let path = "/profile/5bb0a0c9f1d2e3a4b5c6d7e8/addons";
    assert_eq!(api.request().await, call("GET", path, Value::Null));
}
