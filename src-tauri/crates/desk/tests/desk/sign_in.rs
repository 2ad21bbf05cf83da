//! Signing in by e-mail and password: each way, each refusal, a lost answer.

use std::time::Duration;

use desk::read::{AccountRow, SignIn};
use desk::{
    PinWanted, Problem, ProblemCode, ProfileWanted, SecondFactorKind, SignInRequest, SignInStep,
    SigningIn, TokenChoice,
};
use model::Timestamp;

use crate::{Bench, world_of};

/// An account each way of signing in: none, authenticator, SMS, e-mail.
async fn bench() -> Bench {
    Bench::of(sim::Options {
        accounts: 4,
        ..world_of(12)
    })
    .await
}

impl Bench {
    fn secrets(&self, number: usize) -> (String, String, String) {
        let world = self.sim.world();
        let account = &world.accounts[number];
        (
            account.email.clone(),
            account.password.clone(),
            account.pin.clone(),
        )
    }

    fn sign_in_request(&self, number: usize) -> SignInRequest {
        let (email, password, _) = self.secrets(number);
        SignInRequest::new(self.sim.base_url(), email, password.into())
    }

    async fn begin(&self, number: usize) -> (SigningIn, SignInStep) {
        let request = self.sign_in_request(number);
        self.desk.sign_in(request).await.unwrap()
    }

    /// How many tokens of this name TagoIO has.
    fn named(&self, name: &str) -> usize {
        self.sim.change(|world| {
            let now = world.started_at;
            let listed = world
                .profiles
                .values()
                .flat_map(|one| one.listed_tokens(now));
            listed.filter(|token| token.name == name).count()
        })
    }
}

fn pin(step: SignInStep) -> PinWanted {
    match step {
        SignInStep::Pin(wanted) => wanted,
        other => panic!("no PIN was asked for: {other:?}"),
    }
}

fn profiles(step: SignInStep) -> ProfileWanted {
    match step {
        SignInStep::Profile(wanted) => wanted,
        other => panic!("no profile was asked for: {other:?}"),
    }
}

fn connected(step: SignInStep) -> (AccountRow, Option<String>) {
    match step {
        SignInStep::Connected { account, notice } => (*account, notice),
        other => panic!("it is not at its end: {other:?}"),
    }
}

fn choice(wanted: &ProfileWanted, label: &str) -> TokenChoice {
    TokenChoice {
        label: label.to_owned(),
        profile: wanted.profiles[0].id.clone(),
        name: wanted.token_name.clone(),
        days: Some(TokenChoice::DAYS),
    }
}

#[tokio::test]
async fn a_password_connects_an_account_with_a_token_of_our_own_that_ends_in_90_days() {
    let bench = bench().await;
    let (mut going, step) = bench.begin(0).await;
    let wanted = profiles(step);
    assert!(wanted.token_name.starts_with("Profile Desk · "));
    assert_eq!(wanted.label, None);
    let step = going.choose(&bench.desk, choice(&wanted, "Acme")).await;
    let (account, notice) = connected(step.unwrap());
    assert_eq!(
        (account.label.as_str(), account.sign_in, notice),
        ("Acme", SignIn::SignedIn, None)
    );
    let now: Timestamp = crate::NOW.parse().unwrap();
    let end = now.checked_add(Duration::from_hours(24 * 90)).unwrap();
    assert_eq!(account.token_expires_at, Some(end));
    assert_eq!(bench.vault.list().await.unwrap().len(), 1);
    assert!(bench.sync().await.accounts[0].errors.is_empty());

    let (_, password, _) = bench.secrets(0);
    assert!(!format!("{going:?}").contains(&password));
    for entry in std::fs::read_dir(bench.folder.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            let found = bytes
                .windows(password.len())
                .any(|window| window == password.as_bytes());
            assert!(!found, "the password is in {}", path.display());
        }
    }
}

#[tokio::test]
async fn each_second_factor_is_asked_for_and_leads_to_the_token() {
    for (number, method) in [
        (1, SecondFactorKind::Authenticator),
        (2, SecondFactorKind::Sms),
        (3, SecondFactorKind::Email),
    ] {
        let bench = bench().await;
        let (_, _, code) = bench.secrets(number);
        let (mut going, step) = bench.begin(number).await;
        let wanted = pin(step);
        let sends = method != SecondFactorKind::Authenticator;
        assert_eq!((wanted.method, wanted.sent), (method, sends));
        let step = going.pin(&bench.desk, code.as_str().into()).await.unwrap();
        let wanted = profiles(step);
        let step = going.choose(&bench.desk, choice(&wanted, "Acme")).await;
        let step = match step.unwrap() {
            // A PIN that was sent is good for one call, so that another one was sent for the token.
            SignInStep::Pin(again) => {
                assert!(again.sent && again.problem.is_some(), "{again:?}");
                going.pin(&bench.desk, code.as_str().into()).await.unwrap()
            }
            step => step,
        };
        assert_eq!(connected(step).0.label, "Acme");
    }
}

#[tokio::test]
async fn a_wrong_pin_is_asked_for_again_and_a_wrong_password_is_the_end() {
    let bench = bench().await;
    let (_, _, code) = bench.secrets(1);
    let (mut going, _) = bench.begin(1).await;
    let wanted = pin(going.pin(&bench.desk, "000".into()).await.unwrap());
    let problem = wanted.problem.unwrap();
    assert!(problem.message.contains("PIN"), "{problem}");
    profiles(going.pin(&bench.desk, code.as_str().into()).await.unwrap());

    let (email, _, _) = bench.secrets(0);
    let request = SignInRequest::new(bench.sim.base_url(), email, "a guess".into());
    let problem = bench.desk.sign_in(request).await.unwrap_err();
    assert!(problem.message.contains("password"), "{problem}");
    assert!(!format!("{problem:?}").contains("a guess"), "{problem:?}");
    assert!(bench.desk.accounts().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_pin_is_sent_again_or_by_another_method_that_the_account_has() {
    let bench = bench().await;
    bench.sim.change(|world| world.accounts[1].otp.sms = true);
    let (_, _, code) = bench.secrets(1);
    let (mut going, step) = bench.begin(1).await;
    assert!(pin(step).methods.contains(&SecondFactorKind::Sms));
    for _ in 0..2 {
        let step = going.send_pin(&bench.desk, SecondFactorKind::Sms).await;
        let wanted = pin(step.unwrap());
        assert_eq!((wanted.method, wanted.sent), (SecondFactorKind::Sms, true));
    }
    let sent = bench.sim.requests();
    let sent = sent.iter().filter(|one| one.route == "/account/login/otp");
    assert_eq!(sent.count(), 2);
    let refused = going.send_pin(&bench.desk, SecondFactorKind::Email).await;
    assert!(refused.unwrap_err().message.contains("email"));
    profiles(going.pin(&bench.desk, code.as_str().into()).await.unwrap());
}

#[tokio::test]
async fn ten_minutes_after_it_was_typed_a_password_is_not_used_any_more() {
    let bench = bench().await;
    let (mut going, step) = bench.begin(0).await;
    let wanted = profiles(step);
    bench.sim.clock().advance(Duration::from_mins(10));
    let late = going.choose(&bench.desk, choice(&wanted, "Acme")).await;
    assert_eq!(late.unwrap_err().code, ProblemCode::Cancelled);
    assert_eq!(bench.named(&wanted.token_name), 0);
}

#[tokio::test]
async fn an_account_that_is_signed_out_gets_a_new_token_and_keeps_the_rest() {
    let bench = bench().await;
    let tokens = bench.sim.tokens();
    let old = bench.connect("Acme", &tokens[0].token).await;
    bench.sync().await;
    let before = bench.fleet().await.total;
    bench.sim.revoke(&tokens[0].token);
    bench.sync_again().await;
    let row = bench.desk.account(old.key).await.unwrap();
    assert_eq!(row.sign_in, SignIn::SignedOut);

    // Somebody else's password renews nothing.
    let other = SignInRequest {
        renews: Some(old.key),
        ..bench.sign_in_request(1)
    };
    let (mut going, _) = bench.desk.sign_in(other).await.unwrap();
    let code = bench.secrets(1).2;
    let problem = going
        .pin(&bench.desk, code.as_str().into())
        .await
        .unwrap_err();
    assert!(problem.message.contains("another account"), "{problem}");
    assert_eq!(problem.code, ProblemCode::Cancelled, "it is the end of it");

    let request = SignInRequest {
        renews: Some(old.key),
        ..bench.sign_in_request(0)
    };
    let (mut going, step) = bench.desk.sign_in(request).await.unwrap();
    let wanted = profiles(step);
    assert_eq!(wanted.label.as_deref(), Some("Acme"));
    let step = going.choose(&bench.desk, choice(&wanted, "")).await;
    let (renewed, _) = connected(step.unwrap());
    assert_eq!((renewed.key, renewed.label.as_str()), (old.key, "Acme"));
    assert_eq!(renewed.sign_in, SignIn::SignedIn);
    assert_eq!(bench.fleet().await.total, before);
    assert_eq!(bench.vault.list().await.unwrap().len(), 1);
}

async fn lost(bench: &Bench, label: &str) -> (SigningIn, TokenChoice, Result<SignInStep, Problem>) {
    let (mut going, step) = bench.begin(0).await;
    let choice = choice(&profiles(step), label);
    bench
        .sim
        .set_fault("lost@/account/profile/token".parse().unwrap());
    let step = going.choose(&bench.desk, choice.clone()).await;
    bench.sim.clear_faults();
    (going, choice, step)
}

#[tokio::test]
async fn a_token_whose_answer_was_lost_is_told_of_and_deleted_once_the_next_one_can() {
    let bench = bench().await;
    let (mut going, choice, step) = lost(&bench, "Acme").await;
    let problem = step.unwrap_err();
    assert!(problem.message.contains(&choice.name), "{problem}");
    assert_eq!(bench.named(&choice.name), 1);
    assert!(bench.desk.accounts().await.unwrap().is_empty());

    assert!(going.may_have_left_a_token());
    let step = going.again(&bench.desk).await.unwrap();
    let (account, notice) = connected(step);
    assert_eq!(account.sign_in, SignIn::SignedIn);
    assert!(notice.unwrap().contains("was deleted"));
    assert_eq!(bench.named(&choice.name), 1, "nothing unknown is left");
    assert!(bench.sync().await.accounts[0].errors.is_empty());
}

#[tokio::test]
async fn a_token_whose_answer_was_lost_is_used_if_the_old_one_can_still_read_it() {
    let bench = bench().await;
    bench.connect("Acme", &bench.sim.tokens()[0].token).await;
    let (_, choice, step) = lost(&bench, "Acme").await;
    assert_eq!(connected(step.unwrap()).0.label, "Acme");
    assert_eq!(bench.named(&choice.name), 1);
}

#[tokio::test]
async fn a_token_that_cannot_be_kept_is_deleted_again() {
    let bench = bench().await;
    let (mut going, step) = bench.begin(0).await;
    let wanted = profiles(step);
    bench.sim.set_fault("5xx@/account".parse().unwrap());
    let work = going.choose(&bench.desk, choice(&wanted, "Acme"));
    let end = bench.sim.run_through(work).await;
    assert!(end.unwrap_err().message.contains("deleted again"));
    assert_eq!(bench.named(&wanted.token_name), 0);
    assert!(bench.vault.list().await.unwrap().is_empty());

    // The password need not be typed once more.
    bench.sim.clear_faults();
    let step = going.choose(&bench.desk, choice(&wanted, "Acme")).await;
    assert_eq!(connected(step.unwrap()).0.label, "Acme");
    assert_eq!(bench.named(&wanted.token_name), 1);
}

#[tokio::test]
async fn a_label_that_is_taken_is_told_before_a_token_is_made_and_another_one_goes_on() {
    let bench = bench().await;
    bench.connect("Acme", &bench.sim.tokens()[1].token).await;
    let (mut going, step) = bench.begin(0).await;
    let wanted = profiles(step);
    let taken = going.choose(&bench.desk, choice(&wanted, "acme")).await;
    assert_eq!(taken.unwrap_err().code, ProblemCode::LabelTaken);
    assert_eq!(bench.named(&wanted.token_name), 0);
    let step = going.choose(&bench.desk, choice(&wanted, "Norte")).await;
    assert_eq!(connected(step.unwrap()).0.label, "Norte");
}
