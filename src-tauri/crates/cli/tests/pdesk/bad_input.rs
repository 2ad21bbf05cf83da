//! Bad input everywhere: refused with words, and nothing is changed by it.

use std::fs;

use serde_json::json;

use crate::bench::{Bench, ended};

#[test]
fn labels_regions_and_tokens_that_cannot_be_used_are_refused_before_anything_is_sent() {
    let bench = Bench::new(4);
    let url = bench.sim.base_url();
    let token = bench.token(0);
    let long = "x".repeat(61);
    let secret = "https://user:hunter2@api.example.com";
    let query = format!("{url}?token=hunter2");
    for (label, region, token, said) in [
        ("", url.as_str(), token.as_str(), "label"),
        ("  ", &url, &token, "label"),
        (&long, &url, &token, "61"),
        ("a\u{7}b", &url, &token, "invisible"),
        ("Acme", "", &token, "region"),
        ("Acme", "mars", &token, "region"),
        ("Acme", "http://api.example.com", &token, "https"),
        ("Acme", secret, &token, "region"),
        ("Acme", &query, &token, "region"),
        ("Acme", &url, "", "empty"),
        ("Acme", &url, "hunter2 hunter2", "token"),
        ("Acme", &url, &"hunter2".repeat(1_000), "token"),
    ] {
        let args = [
            "account",
            "add",
            "--label",
            label,
            "--region",
            region,
            "--token-stdin",
        ];
        let (error, code) = bench.error(&args, token);
        let message = error["message"].as_str().unwrap();
        assert_eq!(code, 2, "{error}");
        assert!(message.to_lowercase().contains(said), "{said}: {error}");
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }
    assert_eq!(bench.sim.requests(), []);
    assert_eq!(bench.json(&["account", "list"]).0, json!([]));
}

#[test]
fn a_token_that_opens_nothing_means_sign_in_again() {
    let bench = Bench::new(4);
    let url = bench.sim.base_url();
    let args = [
        "account",
        "add",
        "--label",
        "Acme",
        "--region",
        &url,
        "--token-stdin",
    ];
    let (error, code) = bench.error(&args, "p-00000000-1111-4222-8333-444444444444\n");
    assert_eq!((code, error["code"].as_str()), (3, Some("signed_out")));
    assert!(!error.to_string().contains("4444444444"), "{error}");
}

#[test]
fn without_a_terminal_and_a_token_the_error_says_how_to_give_one() {
    let bench = Bench::new(4);
    let (error, code) = bench.error(
        &["account", "add", "--label", "Acme", "--region", "us-e1"],
        "",
    );
    assert_eq!((code, error["code"].as_str()), (2, Some("usage")));
    assert!(
        error["hint"].as_str().unwrap().contains("--token-stdin"),
        "{error}"
    );
}

#[test]
fn a_wrong_command_line_is_usage_in_words_or_json() {
    let bench = Bench::new(4);
    for args in [
        &["frobnicate"][..],
        &["usage"],
        &["sync", "--nope"],
        &["profile", "list", "--sort", "luck"],
    ] {
        let (error, code) = bench.error(args, "");
        assert_eq!(
            (code, error["code"].as_str()),
            (2, Some("usage")),
            "{args:?}"
        );
        let ended = bench.run(args);
        assert_eq!((ended.code, ended.out.as_str()), (2, ""), "{args:?}");
        assert!(ended.err.contains("error:"), "{ended:?}");
    }
    let version = bench.run(&["--version"]);
    assert_eq!((version.code, version.out.starts_with("pdesk ")), (0, true));
    assert!(bench.run(&["completions", "bash"]).out.contains("pdesk"));
}

#[test]
fn ranges_zones_and_profiles_that_do_not_exist_are_refused() {
    let bench = Bench::connected(6);
    assert_eq!(bench.run(&["sync"]).code, 0);
    let id = bench.json(&["profile", "list"]).0[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    for (args, code) in [
        (&["usage", &id, "--timezone", "Mars/Olympus"][..], 2),
        (&["usage", &id, "--from", "yesterday"], 2),
        (&["usage", &id, "--from", "2026-02-30"], 2),
        (
            &["usage", &id, "--from", "2026-05-02", "--to", "2026-05-01"],
            2,
        ),
        (&["usage", &id, "--by", "hour", "--from", "1900-01-01"], 2),
        (&["usage", "nobody"], 1),
        (&["profile", "info", "5bb0a0c9f1d2e3a4b5c6d7e8"], 1),
        (&["sync", "--profile", "nobody"], 1),
    ] {
        let (error, exit) = bench.error(args, "");
        assert_eq!(exit, code, "{args:?} {error}");
        assert!(error["message"].is_string(), "{error}");
    }
    let folder = bench.folder();
    let ended = bench.run(&["usage", &id, "--csv", folder.to_str().unwrap()]);
    assert_eq!(ended.code, 1, "{ended:?}");
    assert!(ended.err.contains("could not be written"), "{ended:?}");
}

#[test]
fn an_ambiguous_name_lists_the_ids_and_an_id_always_serves() {
    let bench = Bench::connected(40);
    assert_eq!(bench.run(&["sync"]).code, 0);
    let (profiles, _) = bench.json(&["profile", "list"]);
    let profiles = profiles.as_array().unwrap();
    let name = |place: usize| profiles[place]["name"].as_str().unwrap();
    let same = |wanted: &str| -> Vec<&str> {
        let named = profiles.iter().filter(|one| one["name"] == wanted);
        named.map(|one| one["id"].as_str().unwrap()).collect()
    };
    let twice = (0..profiles.len())
        .map(name)
        .find(|one| same(one).len() > 1)
        .unwrap();
    let once = (0..profiles.len())
        .map(name)
        .find(|one| same(one).len() == 1)
        .unwrap();

    let (error, code) = bench.error(&["profile", "info", twice], "");
    assert_eq!(code, 2, "{error}");
    for id in same(twice) {
        assert!(error["hint"].as_str().unwrap().contains(id), "{error}");
        assert_eq!(bench.json(&["profile", "info", id]).0["id"], id);
    }
    assert_eq!(
        bench.json(&["profile", "info", once]).0["id"],
        same(once)[0]
    );
}

#[test]
fn a_data_folder_that_cannot_be_written_is_said_with_its_path() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let bench = Bench::new(4);
    fs::create_dir(bench.folder()).unwrap();
    fs::write(bench.folder().join("other"), "").unwrap();
    fs::set_permissions(bench.folder(), fs::Permissions::from_mode(0o500)).unwrap();
    // Root may write anywhere unless it gives up that right.
    let program = bench.command(&["account", "list", "--json"]);
    let mut command = if fs::metadata("/proc/self").unwrap().uid() == 0 {
        let mut command = bench.session.command("setpriv");
        command.args(["--bounding-set=-all", "--inh-caps=-all", "--"]);
        command.arg(program.get_program()).args(program.get_args());
        command
    } else {
        program
    };
    command.current_dir("/");
    let ended = ended(command, "");
    fs::set_permissions(bench.folder(), fs::Permissions::from_mode(0o700)).unwrap();
    assert_eq!(ended.code, 1, "{ended:?}");
    assert!(ended.err.contains("store_failed"), "{ended:?}");
    assert!(
        ended.err.contains(bench.folder().to_str().unwrap()),
        "{ended:?}"
    );

    let file = bench.session.folder().join("file");
    fs::write(&file, "").unwrap();
    let mut command = bench.session.command(env!("CARGO_BIN_EXE_pdesk"));
    command.args(["account", "list", "--data-dir"]).arg(&file);
    let ended = crate::bench::ended(command, "");
    assert_eq!(ended.code, 1, "{ended:?}");
    assert!(ended.err.contains(file.to_str().unwrap()), "{ended:?}");
    let mut command = bench.session.command(env!("CARGO_BIN_EXE_pdesk"));
    command.args(["account", "list", "--data-dir", ""]);
    assert_eq!(crate::bench::ended(command, "").code, 2);
}

#[test]
fn a_full_disk_is_said_and_the_store_stays_whole() {
    let bench = Bench::connected(30);
    let program = bench.command(&["sync", "--json"]);
    let mut command = bench.session.command("sh");
    // The shell leaves SIGXFSZ ignored for what it starts; without that, the limit would kill.
    command.args([
        "-c",
        "trap '' XFSZ; exec prlimit --fsize=600000 \"$@\"",
        "sh",
    ]);
    command.arg(program.get_program()).args(program.get_args());
    let ended = ended(command, "");
    assert!(matches!(ended.code, 1 | 5), "{ended:?}");
    assert!(
        ended.out.contains("disk_full") || ended.err.contains("disk_full"),
        "{ended:?}"
    );
    bench.assert_sound();
    let (report, code) = bench.json(&["sync"]);
    assert_eq!(code, 0, "with room again the next run completes: {report}");
}

#[test]
fn a_database_of_a_newer_version_is_refused_and_left_as_it_is() {
    let bench = Bench::connected(4);
    let file = bench.folder().join("profile-desk.db");
    let db = rusqlite::Connection::open(&file).unwrap();
    db.pragma_update(None, "user_version", 9_999).unwrap();
    drop(db);
    let (error, code) = bench.error(&["account", "list"], "");
    assert_eq!((code, error["code"].as_str()), (1, Some("store_newer")));
    let db = rusqlite::Connection::open(&file).unwrap();
    let version: i64 = db
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap();
    assert_eq!(version, 9_999);
}

#[test]
fn a_file_that_is_no_database_is_refused_and_left_as_it_is() {
    let bench = Bench::new(4);
    fs::create_dir(bench.folder()).unwrap();
    let file = bench.folder().join("profile-desk.db");
    let letter = "this is a letter to grandmother, not a database. ".repeat(100);
    fs::write(&file, &letter).unwrap();
    let (error, code) = bench.error(&["account", "list"], "");
    assert_eq!((code, error["code"].as_str()), (1, Some("store_failed")));
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("not a database"), "{message}");
    assert!(message.contains(file.to_str().unwrap()), "{message}");
    assert_eq!(fs::read_to_string(&file).unwrap(), letter);
}

#[test]
fn a_damaged_database_is_moved_aside_and_the_user_is_told() {
    use std::io::{Seek, SeekFrom, Write};
    let bench = Bench::connected(4);
    assert_eq!(bench.run(&["sync"]).code, 0);
    let path = bench.folder().join("profile-desk.db");
    let mut file = fs::OpenOptions::new().write(true).open(&path).unwrap();
    file.seek(SeekFrom::Start(4_096)).unwrap();
    file.write_all(&vec![0xAA; 60_000]).unwrap();
    drop(file);
    let ended = bench.run(&["account", "list"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(ended.err.contains("damaged"), "{ended:?}");
    bench.assert_sound();
    assert_eq!(bench.add("Acme", &bench.token(0)).code, 0);
    assert_eq!(bench.run(&["sync"]).code, 0);
}
