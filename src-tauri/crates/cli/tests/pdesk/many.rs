//! Many accounts at once from a file: each ends as it ends, and a bad file connects none.
#![allow(clippy::unwrap_used)] // helpers of tests

use std::fs;
use std::io::{Read, Write};
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::bench::{Bench, Ended, ended, files_with, wait};

/// Adds the accounts of a document, giving `input` on standard input.
fn add(bench: &Bench, document: &str, input: &str, options: &[&str]) -> Ended {
    let file = bench.session.folder().join("accounts.csv");
    fs::write(&file, document).unwrap();
    let args = ["account", "add", "--from", file.to_str().unwrap()];
    ended(bench.command(&[&args[..], options].concat()), input)
}

fn labels(bench: &Bench) -> Vec<Value> {
    let (accounts, _) = bench.json(&["account", "list"]);
    let labels = accounts.as_array().unwrap().iter();
    labels.map(|one| one["label"].clone()).collect()
}

#[test]
fn a_file_connects_many_accounts_with_a_token_a_line_and_all_are_synced() {
    let bench = Bench::new(8);
    let url = bench.sim.base_url();
    let document = format!("label,region\nAcme,{url}\n\"Norte, Sul\",{url}\n");
    let tokens = format!("{}\n{}\n", bench.token(0), bench.token(1));
    let added = add(&bench, &document, &tokens, &["--token-stdin", "--json"]);
    assert_eq!(added.code, 0, "{added:?}");
    let rows: Value = serde_json::from_str(&added.out).unwrap();
    let place = |row: usize| {
        (
            &rows[row]["line"],
            &rows[row]["label"],
            &rows[row]["connected"],
        )
    };
    assert_eq!(place(0), (&json!(2), &json!("Acme"), &json!(true)));
    assert_eq!(place(1), (&json!(3), &json!("Norte, Sul"), &json!(true)));
    assert_eq!(rows[1]["account"]["id"], bench.sim.tokens()[1].account);
    assert_eq!(rows[1]["error"], json!(null));
    assert_eq!(labels(&bench), ["Acme", "Norte, Sul"]);
    assert_eq!(bench.run(&["sync"]).code, 0);
    for account in 0..2 {
        let bare = bench.token(account).trim_start_matches("p-").to_owned();
        assert!(files_with(bench.session.folder(), bare.as_bytes()).is_empty());
        assert!(!added.out.contains(&bare) && !added.err.contains(&bare));
    }
}

#[test]
fn a_bad_row_stops_no_other_and_the_exit_code_says_partly() {
    let bench = Bench::new(6);
    let url = bench.sim.base_url();
    let document =
        format!("region,label\n{url},Gone\nmars,Far\n{url},Empty\n{url},Acme\n{url},Again\n");
    let (good, gone) = (bench.token(0), "p-00000000-1111-4222-8333-444444444444");
    let tokens = format!("{gone}\n{good}\n\n{good}\n{good}\n");
    let added = add(&bench, &document, &tokens, &["--token-stdin"]);
    assert_eq!(added.code, 5, "{added:?}");
    for said in [
        "Line 2: ",
        "Line 3: The region cannot be used",
        "Line 4: The token cannot be used",
        "Line 6: this account is connected as “Acme”",
        "Connected 2 of 5.",
    ] {
        assert!(added.out.contains(said), "{said}: {added:?}");
    }
    assert!(!added.out.contains("4444444444"), "{added:?}");
    assert_eq!(labels(&bench), ["Acme"]);

    // Where none succeeds, the one cause of all gives the code.
    let document = format!("label,region\nB,{url}\nC,{url}\n");
    for (tokens, code, cause) in [
        (format!("{gone}\n{gone}\n"), 3, "signed_out"),
        ("two words\ntwo words\n".to_owned(), 2, "invalid_input"),
        (format!("{gone}\ntwo words\n"), 1, "signed_out"),
    ] {
        let added = add(&bench, &document, &tokens, &["--token-stdin", "--json"]);
        let rows: Value = serde_json::from_str(&added.out).unwrap();
        assert_eq!(
            (added.code, &rows[0]["error"]["code"]),
            (code, &json!(cause))
        );
        assert_eq!(rows[0]["account"], json!(null));
    }
    assert_eq!(labels(&bench), ["Acme"]);
}

#[test]
fn a_file_or_tokens_that_cannot_be_used_connect_nothing_and_the_line_is_named() {
    let bench = Bench::new(4);
    let url = bench.sim.base_url();
    let (tokens, two) = (
        format!("{}\n{}\n", bench.token(0), bench.token(1)),
        format!("label,region\nAcme,{url}\nNorte,{url}\n"),
    );
    for (document, input, said) in [
        ("", tokens.as_str(), "line 1"),
        ("label\nAcme\n", &tokens, "“region” is missing"),
        ("label,region\n", &tokens, "line 2: no account"),
        (&two.replace("Norte", "ACME"), &tokens, "line 3: the label"),
        (&two.replace("Norte,", "Norte"), &tokens, "line 3: it has 1"),
        (&two, &bench.token(0), "held 1 of them"),
        (&two, &format!("{tokens}{}\n", bench.token(0)), "more lines"),
    ] {
        let refused = add(&bench, document, input, &["--token-stdin", "--json"]);
        assert_eq!((refused.code, refused.out.as_str()), (2, ""), "{refused:?}");
        assert!(refused.err.contains(said), "{said}: {refused:?}");
    }
    let refused = add(&bench, &two, "", &["--json"]);
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(refused.err.contains("--token-stdin"), "{refused:?}");
    let (error, code) = bench.error(&["account", "add", "--from", "/no/such/file.csv"], "");
    assert_eq!(code, 2);
    let message = error["message"].as_str().unwrap();
    assert!(message.starts_with("/no/such/file.csv"), "{message}");
    assert_eq!(bench.sim.requests(), []);
    assert_eq!(labels(&bench), Vec::<Value>::new());
}

#[test]
fn on_a_terminal_each_token_is_asked_for_by_label_and_not_shown() {
    let bench = Bench::new(4);
    let url = bench.sim.base_url();
    let file = bench.session.folder().join("accounts.csv");
    fs::write(&file, format!("label,region\nAcme,{url}\nNorte,{url}\n")).unwrap();
    // `script` gives the program a terminal and passes on what stands there.
    let line = format!(
        "'{}' --data-dir '{}' account add --token-stdin --from '{}'",
        env!("CARGO_BIN_EXE_pdesk"),
        bench.folder().display(),
        file.display()
    );
    let mut command = bench.session.command("script");
    command.args(["-qec", &line, "/dev/null"]);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut typist = child.stdin.take().unwrap();
    let mut screen = child.stdout.take().unwrap();
    let began = Instant::now();
    let mut shown = Vec::new();
    for (account, prompt) in ["Token of “Acme”", "Token of “Norte”"].iter().enumerate() {
        let mut bytes = [0; 512];
        while !String::from_utf8_lossy(&shown).contains(prompt) {
            assert!(began.elapsed() < Duration::from_mins(1));
            let count = screen.read(&mut bytes).unwrap();
            assert_ne!(count, 0, "{}", String::from_utf8_lossy(&shown));
            shown.extend_from_slice(&bytes[..count]);
        }
        // The echo ends right after the question; no person is faster.
        std::thread::sleep(Duration::from_millis(500));
        typist
            .write_all(format!("{}\r", bench.token(account)).as_bytes())
            .unwrap();
    }
    screen.read_to_end(&mut shown).unwrap();
    child.stdout = Some(screen);
    let ended = wait(child);
    let shown = String::from_utf8_lossy(&shown);
    assert_eq!(ended.code, 0, "{shown}");
    assert!(shown.contains("Connected 2 of 2."), "{shown}");
    for account in 0..2 {
        let token = bench.token(account);
        assert!(!shown.contains(token.trim_start_matches("p-")), "{shown}");
    }
    assert_eq!(labels(&bench), ["Acme", "Norte"]);
}
