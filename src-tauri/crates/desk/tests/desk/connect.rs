//! Connecting and forgetting accounts.

use desk::read::SignIn;
use desk::{Desk, NewAccount, Options, ProblemCode, SyncRequest};
use model::Token;

use crate::Bench;

#[tokio::test]
async fn an_account_is_known_by_its_token_and_the_token_is_in_the_vault_alone() {
    let bench = Bench::new(6).await;
    let owner = &bench.sim.tokens()[0];
    let account = bench.connect("  Acme ", &owner.token).await;
    assert_eq!(
        (account.label.as_str(), account.id.as_str()),
        ("Acme", owner.account.as_str())
    );
    assert_eq!(account.name.as_deref(), Some(owner.name.as_str()));
    assert_eq!(account.sign_in, SignIn::SignedIn);
    assert_eq!(bench.vault.list().await.unwrap().len(), 1);

    bench.sync().await;
    let value = sim_value(&owner.token);
    for entry in std::fs::read_dir(bench.folder.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            let found = bytes
                .windows(value.len())
                .any(|window| window == value.as_bytes());
            assert!(!found, "the token is in {}", path.display());
        }
    }
}

/// A token's value without its prefix, which is what would give it away.
fn sim_value(token: &str) -> &str {
    token.strip_prefix("p-").unwrap_or(token)
}

#[tokio::test]
async fn connecting_an_account_again_replaces_its_token_and_keeps_its_label() {
    let bench = Bench::new(6).await;
    let token = bench.sim.tokens()[0].token.clone();
    let first = bench.connect("Acme", &token).await;
    let again = bench.connect("Another name", &token).await;
    assert_eq!((again.key, again.label.as_str()), (first.key, "Acme"));
    assert_eq!(bench.desk.accounts().await.unwrap().len(), 1);
    assert_eq!(bench.vault.list().await.unwrap().len(), 1);
}

#[tokio::test]
async fn bad_input_is_refused_before_anything_is_sent_or_stored() {
    let bench = Bench::new(6).await;
    let token = bench.sim.tokens()[0].token.clone();
    let good = || bench.new_account("Acme", &token);
    let cases = [
        NewAccount {
            label: String::new(),
            ..good()
        },
        NewAccount {
            label: "x".repeat(61),
            ..good()
        },
        NewAccount {
            token: "two words".into(),
            ..good()
        },
        NewAccount {
            token: "".into(),
            ..good()
        },
        NewAccount {
            token: "n-0b5e7a0c-1111-4222-8333-94f1c0ffee00".into(),
            ..good()
        },
        NewAccount {
            region: "http://api.example.com".to_owned(),
            ..good()
        },
        NewAccount {
            region: "https://user:secret@api.example.com".to_owned(),
            ..good()
        },
        NewAccount {
            region: "https://api.example.com/?a=b".to_owned(),
            ..good()
        },
        NewAccount {
            region: "mars".to_owned(),
            ..good()
        },
    ];
    for new in cases {
        let problem = bench.desk.connect(new).await.unwrap_err();
        assert_eq!(problem.code, ProblemCode::InvalidInput, "{problem}");
        assert!(!problem.message.contains("secret"), "{problem}");
    }
    assert!(bench.sim.requests().is_empty());
    assert!(bench.desk.accounts().await.unwrap().is_empty());
    assert!(bench.vault.list().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_token_that_the_api_does_not_know_connects_nothing() {
    let bench = Bench::new(6).await;
    let token = "p-00000000-0000-4000-8000-000000000000";
    let problem = bench
        .desk
        .connect(bench.new_account("Acme", token))
        .await
        .unwrap_err();
    assert_eq!(problem.code, ProblemCode::SignedOut, "{problem}");
    assert!(problem.hint.is_some());
    assert!(
        !format!("{problem:?}").contains("00000000-0000"),
        "{problem:?}"
    );
    assert!(bench.desk.accounts().await.unwrap().is_empty());
    assert!(bench.vault.list().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_label_is_taken_whatever_its_case_and_the_first_account_stays_as_it_was() {
    let bench = Bench::new(6).await;
    let tokens = bench.sim.tokens();
    bench.connect("Acme", &tokens[0].token).await;
    let second = bench.new_account("ACME", &tokens[1].token);
    let problem = bench.desk.connect(second).await.unwrap_err();
    assert_eq!(problem.code, ProblemCode::LabelTaken, "{problem}");
    assert_eq!(bench.desk.accounts().await.unwrap().len(), 1);
    assert_eq!(bench.vault.list().await.unwrap().len(), 1);
}

#[tokio::test]
async fn forgetting_removes_the_token_and_keeps_history_only_if_asked() {
    let bench = Bench::connected(8).await;
    bench.sync().await;
    let accounts = bench.desk.accounts().await.unwrap();
    let before = bench.fleet().await.total;
    bench.desk.forget(accounts[0].key, true).await.unwrap();
    assert_eq!(bench.vault.list().await.unwrap().len(), 1);
    let left = bench.fleet().await.total;
    assert!(left > 0 && left < before);

    // Connected again, it finds its history.
    let again = bench
        .connect("Acme again", &bench.sim.tokens()[0].token)
        .await;
    bench
        .desk
        .sync(SyncRequest {
            accounts: vec![again.key],
            ..Default::default()
        })
        .await
        .unwrap();
    assert_eq!(bench.fleet().await.total, before);

    for account in bench.desk.accounts().await.unwrap() {
        bench.desk.forget(account.key, false).await.unwrap();
    }
    assert_eq!(bench.fleet().await.total, 0);
    assert!(bench.vault.list().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_token_of_the_environment_is_used_for_its_own_account_alone() {
    let bench = Bench::new(8).await;
    let tokens = bench.sim.tokens();
    let new = NewAccount {
        keychain: false,
        ..bench.new_account("Acme", &tokens[0].token)
    };
    let account = bench.desk.connect(new).await.unwrap();
    assert_eq!(account.sign_in, SignIn::NoToken);
    assert!(bench.vault.list().await.unwrap().is_empty());
    assert_eq!(
        bench.sync().await.accounts[0].errors[0].code,
        ProblemCode::SignedOut
    );

    let with = |token: &str| Options {
        environment_token: Some(Token::parse(token).unwrap()),
        ..Bench::options(&bench.sim, &bench.folder, &bench.vault)
    };
    let wrong = Desk::open(with(&tokens[1].token)).await.unwrap();
    let report = wrong.sync(SyncRequest::default()).await.unwrap();
    assert_eq!(report.accounts[0].errors[0].code, ProblemCode::InvalidInput);
    assert_eq!(
        bench.fleet().await.total,
        0,
        "something was written with another account's token"
    );

    let right = Desk::open(with(&tokens[0].token)).await.unwrap();
    let report = right.sync(SyncRequest::default()).await.unwrap();
    assert!(
        report.accounts[0].errors.is_empty(),
        "{:?}",
        report.accounts[0].errors
    );
    assert!(bench.fleet().await.total > 0);
    assert!(bench.vault.list().await.unwrap().is_empty());
}
