//! Backups, files and notifications.

use crate::common::{Api, PASSWORD, PIN, call, password_and_pin, profile};
use futures::TryStreamExt;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tagoio::{Backup, BackupId, BackupStatus, FileUpload};

const PATH: &str = "/profile/5bb0a0c9f1d2e3a4b5c6d7e8/backup";

fn backup() -> BackupId {
    BackupId::try_from("66a0/1".to_owned()).unwrap()
}

#[tokio::test]
async fn backups_are_listed_with_their_state() {
    let api = Api::with_result(json!([
        {"id": "66a01", "profile": "5bb0a0c9f1d2e3a4b5c6d7e8", "file_size": 12.5, "status": "completed",
         "error_message": null, "created_at": "2026-11-03T00:00:00.000Z"},
        {"id": "66a02", "status": "failed", "error_message": "no space"},
        {"id": "66a03", "status": "paused"},
    ]))
    .await;
    let rows: Vec<Backup> = api.session.backups(&profile()).try_collect().await.unwrap();
    let target = format!("{PATH}?page=1");
    assert_eq!(api.request().await, call("GET", &target, Value::Null));
    assert_eq!(rows[0].status, Some(BackupStatus::Completed));
    assert_eq!(rows[0].file_size, Some(12.5));
    assert_eq!(rows[1].error_message.as_deref(), Some("no space"));
    assert_eq!(
        rows[2].status,
        Some(BackupStatus::Other("paused".to_owned()))
    );
}

#[tokio::test]
async fn starting_a_backup_may_answer_with_the_bare_object() {
    for (reply, id) in [
        (json!({"id": "66a01", "status": "queued"}), Some("66a01")),
        (
            json!({"status": true, "result": {"id": "66a01"}}),
            Some("66a01"),
        ),
        (json!({"status": true, "message": "Backup queued"}), None),
    ] {
        let api = Api::answering(201, reply).await;
        let made = api.session.create_backup(&profile()).await.unwrap();
        assert_eq!(made.as_ref().map(BackupId::as_str), id);
        assert_eq!(api.request().await, call("POST", PATH, Value::Null));
    }
}

#[tokio::test]
async fn a_backup_is_deleted_or_had_with_the_password() {
    let api = Api::with(wiremock::ResponseTemplate::new(204)).await;
    api.session
        .delete_backup(&profile(), &backup(), &password_and_pin())
        .await
        .unwrap();
    let target = format!("{PATH}/66a0%2F1");
    let body = json!({"password": PASSWORD});
    assert_eq!(api.request().await, call("DELETE", &target, body));

    let api = Api::with_result(json!({"url": "https://files.example/b?sig=s3cr3t-w0rd",
        "file_size_mb": "3.5", "expire_at": "2026-11-03T02:00:00.000Z"}))
    .await;
    let had = api
        .session
        .backup_download(&profile(), &backup(), &password_and_pin())
        .await
        .unwrap();
    let body = json!({"password": PASSWORD, "otp_type": "authenticator", "pin_code": PIN});
    assert_eq!(
        api.request().await,
        call("POST", &format!("{target}/download"), body)
    );
    assert_eq!(
        had.url.expose_secret(),
        "https://files.example/b?sig=s3cr3t-w0rd"
    );
    assert_eq!(had.file_size_mb, Some(3.5));
    assert!(!format!("{had:?}").contains("s3cr3t-w0rd"));
}

#[test]
fn an_id_that_would_be_another_path_is_none() {
    for bad in ["", ".", ".."] {
        assert!(BackupId::try_from(bad.to_owned()).is_err(), "{bad}");
    }
}

#[tokio::test]
async fn the_address_of_an_uploaded_file_is_found_wherever_it_stands() {
    let url = "https://api.tago.io/file/5bb/logo.png";
    for (reply, urls) in [
        (json!({"status": true, "result": url}), vec![url]),
        (json!({"status": true, "result": [url]}), vec![url]),
        (
            json!({"status": true, "result": [{"file": url, "md5": "x"}]}),
            vec![url],
        ),
        (json!({"status": true, "message": "uploaded"}), vec![]),
        (json!({"status": true, "result": "uploaded"}), vec![]),
    ] {
        let api = Api::answering(200, reply).await;
        let file = FileUpload {
            filename: "/logo.png".to_owned(),
            base64: "aGk=".to_owned(),
            public: true,
        };
        let uploaded = api.session.upload_files(&[file]).await.unwrap();
        assert_eq!(uploaded.urls, urls);
        let body = json!([{"filename": "/logo.png", "file": "aGk=", "public": true}]);
        assert_eq!(api.request().await, call("POST", "/files", body));
    }
}

#[tokio::test]
async fn an_invitation_shows_its_buttons_and_is_answered_by_one() {
    let api = Api::with_result(json!([
        {"id": "n1", "title": "Invitation", "message": "to P", "read": false, "buttons_enabled": true,
         "created_at": "2026-11-03T00:00:00.000Z", "buttons": [
            {"id": "accept it", "label": "Accept", "color": "#0f0", "triggers": [{"share_profile": "accept"}]},
            {"id": "no", "label": null, "triggers": [{"url": "https://x.example"}]}]},
        {"id": "n2", "buttons": null},
    ]))
    .await;
    let listed = api.session.notifications().await.unwrap();
    assert_eq!(
        api.request().await,
        call("GET", "/notification/?amount=100", Value::Null)
    );
    assert_eq!(
        listed[0].buttons[0].share_profile.as_deref(),
        Some("accept")
    );
    assert_eq!(listed[0].buttons[1].share_profile, None);
    assert!(listed[1].buttons.is_empty());

    let api = Api::with_result(json!("accepted")).await;
    api.session
        .press_button(&listed[0].id, &listed[0].buttons[0].id)
        .await
        .unwrap();
    let target = "/notification/n1/accept%20it";
    assert_eq!(api.request().await, call("PUT", target, Value::Null));
}
