//! What the window may ask and what it hears, without a display: the real configuration, the real
//! access list, and Tauri's stand-in for the windowing system.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]

#[path = "ipc/commands.rs"]
mod commands;
#[path = "ipc/made_token.rs"]
mod made_token;
#[path = "ipc/sign_in.rs"]
mod sign_in;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use desk::{Desk, Options};
use profile_desk::{Desktop, FileDialog, Opening, configure, context, events};
use serde_json::{Value, json};

use commands::commands;
use tauri::ipc::{CallbackFn, InvokeBody};
use tauri::test::{INVOKE_KEY, MockRuntime, get_ipc_response, mock_builder};
use tauri::webview::InvokeRequest;
use tauri::{App, Listener, WebviewUrl, WebviewWindow, WebviewWindowBuilder};
use tempfile::TempDir;

const OUR_PAGE: &str = "tauri://localhost";
const TOKEN: &str = "p-3f0c5a1e-7777-4aaa-8bbb-secret00cafe";

struct Shell {
    app: App<MockRuntime>,
    _folder: TempDir,
}

impl Shell {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = Options::new(folder.path().join("data"));
        Self::with(folder, Opening::new(Desk::open(options)))
    }

    fn with(folder: TempDir, desk: Opening) -> Self {
        // A person who closes the dialog.
        let desktop = Desktop::with(async |_, _| Ok(None), |_| Ok(()), |_| Ok(()));
        Self::on(folder, desk, desktop)
    }

    fn on(folder: TempDir, desk: Opening, desktop: Desktop<MockRuntime>) -> Self {
        let app = configure(mock_builder(), desk, None, desktop)
            .build(context())
            .unwrap();
        Self {
            app,
            _folder: folder,
        }
    }

    fn window(&self, label: &str) -> WebviewWindow<MockRuntime> {
        WebviewWindowBuilder::new(&self.app, label, WebviewUrl::default())
            .build()
            .unwrap()
    }
}

/// What a page at `origin`, in that window, gets when it calls a command.
fn call(
    window: &WebviewWindow<MockRuntime>,
    origin: &str,
    command: &str,
    arguments: &Value,
) -> Result<Value, Value> {
    let request = InvokeRequest {
        cmd: command.into(),
        callback: CallbackFn(0),
        error: CallbackFn(1),
        url: origin.parse().unwrap(),
        body: InvokeBody::Json(arguments.clone()),
        headers: tauri::http::HeaderMap::default(),
        invoke_key: INVOKE_KEY.into(),
    };
    get_ipc_response(window, request).map(|body| body.deserialize().unwrap())
}

/// Tauri refuses in words of its own; a command's own error is an object.
fn is_refusal(answer: &Result<Value, Value>) -> bool {
    matches!(answer, Err(Value::String(text)) if text.contains("not allowed") || text.contains("not found"))
}

#[test]
fn every_command_is_granted_to_the_main_window_and_answers() {
    let shell = Shell::new();
    let main = shell.window("main");
    for (command, arguments) in commands() {
        match call(&main, OUR_PAGE, command, &arguments) {
            Ok(_) => {}
            Err(problem) => {
                assert!(problem["code"].is_string(), "{command}: {problem}");
                assert!(problem["message"].is_string(), "{command}: {problem}");
                assert_ne!(problem["code"], "internal", "{command}: {problem}");
            }
        }
    }
    let about = call(&main, OUR_PAGE, "app_about", &json!({})).unwrap();
    assert_eq!(about["version"], env!("CARGO_PKG_VERSION"));
    assert!(about["data_folder"].as_str().unwrap().ends_with("data"));
    assert_eq!(
        call(&main, OUR_PAGE, "accounts_list", &json!({})).unwrap(),
        json!([])
    );
}

#[test]
fn the_access_list_grants_exactly_these_commands() {
    let list = include_str!("../capabilities/main.json");
    let list: Value = serde_json::from_str(list).unwrap();
    let granted: BTreeSet<String> = list["permissions"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|name| name.as_str().unwrap().strip_prefix("allow-"))
        .map(|name| name.replace('-', "_"))
        .collect();
    let known: BTreeSet<String> = commands()
        .into_iter()
        .map(|(command, _)| command.into())
        .collect();
    assert_eq!(granted, known);
}

#[test]
fn a_page_from_elsewhere_is_refused_every_command() {
    let shell = Shell::new();
    let main = shell.window("main");
    for (command, arguments) in commands() {
        for origin in ["https://example.com/", "http://127.0.0.1:8080/"] {
            let answer = call(&main, origin, command, &arguments);
            assert!(is_refusal(&answer), "{command} from {origin}: {answer:?}");
        }
    }
}

#[test]
fn a_window_without_the_capability_is_refused_every_command() {
    let shell = Shell::new();
    let other = shell.window("other");
    for (command, arguments) in commands() {
        let answer = call(&other, OUR_PAGE, command, &arguments);
        assert!(is_refusal(&answer), "{command}: {answer:?}");
    }
}

#[test]
fn what_nobody_granted_is_refused() {
    let shell = Shell::new();
    let main = shell.window("main");
    for command in [
        "secret_read",
        "plugin:event|emit",
        "plugin:window|set_title",
        "plugin:webview|create_webview_window",
        "plugin:path|resolve_directory",
        "plugin:app|version",
        "plugin:fs|read_file",
        "plugin:shell|execute",
    ] {
        let answer = call(&main, OUR_PAGE, command, &json!({}));
        assert!(is_refusal(&answer), "{command}: {answer:?}");
    }
}

#[test]
fn a_table_is_saved_where_the_person_says_and_copied_whole() {
    let folder = tempfile::tempdir().unwrap();
    let (file, asked, copied) = (
        folder.path().join("fleet.csv"),
        Arc::<Mutex<Vec<FileDialog>>>::default(),
        Arc::<Mutex<Vec<String>>>::default(),
    );
    let (target, heard, clipboard) = (file.clone(), asked.clone(), copied.clone());
    let desktop = Desktop::with(
        move |_, save_as| {
            heard.lock().unwrap().push(save_as);
            std::future::ready(Ok(Some(target.clone())))
        },
        move |text| {
            clipboard.lock().unwrap().push(text);
            Ok(())
        },
        |_| Ok(()),
    );
    let options = Options::new(folder.path().join("data"));
    let shell = Shell::on(folder, Opening::new(Desk::open(options)), desktop);
    let main = shell.window("main");
    let query = json!({"screen": "fleet", "query": {"filter": ""}});

    let arguments = json!({"query": query, "format": "csv"});
    let saved = call(&main, OUR_PAGE, "export_save", &arguments).unwrap();
    assert_eq!(saved["rows"], 0);
    assert_eq!(saved["path"], file.to_str().unwrap());
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.starts_with("\u{feff}Profile,ID,"), "{text}");
    let asked = asked.lock().unwrap();
    assert!(
        asked[0]
            .name
            .as_deref()
            .is_some_and(|name| name.starts_with("Profile Desk Fleet 20")),
        "{asked:?}"
    );
    assert_eq!(asked[0].extensions, ["csv"]);

    let rows = call(&main, OUR_PAGE, "export_copy", &json!({"query": query})).unwrap();
    assert_eq!(rows, 0);
    assert!(copied.lock().unwrap()[0].starts_with("Profile\tID\t"));
}

#[test]
fn a_file_that_cannot_be_written_is_said_and_a_closed_dialog_is_no_failure() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("none/fleet.csv");
    let target = nowhere.clone();
    let desktop = Desktop::with(
        move |_, _| std::future::ready(Ok(Some(target.clone()))),
        |_| Ok(()),
        |_| Ok(()),
    );
    let options = Options::new(folder.path().join("data"));
    let shell = Shell::on(folder, Opening::new(Desk::open(options)), desktop);
    let arguments = json!({"query": {"screen": "fleet", "query": {"filter": ""}}, "format": "csv"});
    let main = shell.window("main");
    let problem = call(&main, OUR_PAGE, "export_save", &arguments).unwrap_err();
    let message = problem["message"].as_str().unwrap();
    assert!(message.contains("there is no folder"), "{message}");
    assert!(!nowhere.exists());

    let shell = Shell::new();
    let main = shell.window("main");
    let answer = call(&main, OUR_PAGE, "export_save", &arguments);
    assert_eq!(answer, Ok(Value::Null));
}

#[test]
fn a_panic_behind_a_command_is_an_answer() {
    let desk = Opening::new(async { panic!("a defect that quotes {TOKEN}") });
    let shell = Shell::with(tempfile::tempdir().unwrap(), desk);
    let main = shell.window("main");
    for (command, arguments) in commands() {
        let problem = call(&main, OUR_PAGE, command, &arguments).unwrap_err();
        assert_eq!(problem["code"], "internal", "{command}");
        assert!(!problem.to_string().contains(TOKEN), "{command}");
    }
}

#[test]
fn a_desk_that_cannot_be_opened_is_every_commands_answer() {
    let folder = tempfile::tempdir().unwrap();
    let in_the_way = folder.path().join("a file");
    std::fs::write(&in_the_way, "not a folder").unwrap();
    let options = Options::new(in_the_way.join("data"));
    let shell = Shell::with(folder, Opening::new(Desk::open(options)));
    let main = shell.window("main");
    for (command, arguments) in commands() {
        let problem = call(&main, OUR_PAGE, command, &arguments).unwrap_err();
        assert_eq!(problem["code"], "store_failed", "{command}: {problem}");
        let message = problem["message"].as_str().unwrap();
        assert!(message.contains("a file"), "{command}: {message}");
    }
}

#[test]
fn the_token_never_comes_back() {
    let shell = Shell::new();
    let main = shell.window("main");
    for (label, region, token) in [
        ("Acme", "http://127.0.0.1:1".to_owned(), TOKEN.to_owned()),
        ("", "us-e1".into(), TOKEN.into()),
        ("Acme", "no such region".into(), TOKEN.into()),
        (
            "Acme",
            "http://127.0.0.1:1".into(),
            format!("{TOKEN} {TOKEN}"),
        ),
        ("Acme", "http://127.0.0.1:1".into(), TOKEN.repeat(100)),
    ] {
        let arguments = json!({"label": label, "region": region, "token": token});
        let problem = call(&main, OUR_PAGE, "accounts_connect", &arguments).unwrap_err();
        assert!(problem["code"].is_string(), "{problem}");
        let text = problem.to_string();
        assert!(!text.contains("secret00cafe"), "{text}");
    }
}

#[test]
fn a_token_that_is_looked_for_never_comes_back() {
    let shell = Shell::new();
    let main = shell.window("main");
    for token in [
        TOKEN.to_owned(),
        format!("{TOKEN} {TOKEN}"),
        TOKEN.repeat(100),
    ] {
        let answer = call(&main, OUR_PAGE, "tokens_find", &json!({"token": token}));
        let text = match answer {
            Ok(found) => found.to_string(),
            Err(problem) => problem.to_string(),
        };
        assert!(!text.contains("secret00"), "{text}");
    }
}

#[test]
fn what_the_desk_tells_reaches_the_window() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options::new(folder.path().join("data"));
    let desk = Opening::new(Desk::open(options));
    let shell = Shell::with(folder, desk.clone());
    let main = shell.window("main");
    let (heard, news) = mpsc::channel();
    for name in [events::SYNC_CHANGED, events::STORE_CHANGED] {
        let heard = heard.clone();
        main.listen(name, move |event| {
            heard.send((name, event.payload().to_owned())).unwrap();
        });
    }
    events::forward(shell.app.handle().clone(), desk);

    // Nothing is connected, so the sync begins and ends at once; the listener may still be late.
    for _ in 0..50 {
        call(&main, OUR_PAGE, "sync_start", &json!({})).ok();
        if let Ok((name, payload)) = news.recv_timeout(Duration::from_millis(200)) {
            let payload: Value = serde_json::from_str(&payload).unwrap();
            match name {
                events::SYNC_CHANGED => assert!(payload["state"].is_string(), "{payload}"),
                _ => assert!(payload["accounts"].is_boolean(), "{payload}"),
            }
            return;
        }
    }
    panic!("the window heard nothing");
}
