//! Onboarding a customer: one review, steps that do not wait for each other, and nothing made twice.

use std::collections::BTreeMap;

use desk::change::{Proof, TokenPermission};
use desk::onboard::{
    Onboard, OnboardGroup, OnboardState, OnboardStepKind, OnboardToken, OnboardWent, Onboarding,
    PageFormat,
};
use desk::read::GroupKind;
use desk::{Problem, ProblemCode};
use model::Service;
use sim::{Fault, FaultKind};

use crate::Bench;

const NAME: &str = "Pier 4 <Nord>";
const LOGO: &str = "https://pier.example/logo.png";
/// What the customer is to have of messages.
const SMS: f64 = 40.0;

impl Bench {
    /// A desk whose first account has enough for the customer that is allocated to nobody.
    async fn roomy() -> Self {
        let bench = Self::connected(10).await;
        bench.sim.change(|world| {
            world.accounts[0].limits[sim::world::Service::Sms as usize] += SMS;
        });
        bench.sync().await;
        bench
    }

    /// A customer with one of everything, in the first account.
    async fn customer(&self) -> Onboard {
        let accounts = self.desk.accounts().await.unwrap();
        Onboard {
            account: accounts[0].key,
            name: NAME.to_owned(),
            free_resources: false,
            logo_url: Some(LOGO.to_owned()),
            services: BTreeMap::from([(Service::Sms, SMS), (Service::RunUsers, 0.0)]),
            people: vec!["ada@pier.example".to_owned(), "bo@pier.example".to_owned()],
            token: Some(OnboardToken {
                name: "Gateway".to_owned(),
                permission: TokenPermission::Write,
                expires_at: Some("2027-03-01T00:00:00Z".parse().unwrap()),
            }),
            groups: vec![OnboardGroup {
                name: "North".to_owned(),
                kind: GroupKind::Customer,
            }],
            note: "Calls on Mondays.".to_owned(),
            protect: true,
        }
    }

    /// The password of the first account.
    fn owners(&self) -> Proof {
        let world = self.sim.world();
        let account = world.account(&self.sim.tokens()[0].account).unwrap();
        Proof {
            password: account.password.as_str().into(),
            pin: None,
        }
    }

    async fn go_on(&self, key: i64, proof: Option<Proof>) -> OnboardWent {
        let work = self.desk.go_on_onboarding(key, proof);
        self.sim.run_through(Box::pin(work)).await.unwrap()
    }

    /// How many profiles of the customer's name, and how many tokens of the token's, there are at TagoIO.
    fn made_upstream(&self) -> (usize, usize) {
        let account = self.sim.tokens()[0].account.clone();
        let world = self.sim.world();
        let own: Vec<_> = world
            .owned_by(&account)
            .filter(|profile| profile.name == NAME)
            .collect();
        let tokens = own.iter().flat_map(|profile| &profile.tokens);
        (
            own.len(),
            tokens.filter(|token| token.name == "Gateway").count(),
        )
    }

    /// The value of the token that an onboarding made, and that it went where it belongs.
    async fn hand_out(&self, onboarding: &Onboarding) -> (String, Onboarding) {
        let (batch, row) = (onboarding.made_batch.unwrap(), onboarding.made_row.unwrap());
        let value = self
            .desk
            .made_token(batch, row)
            .unwrap()
            .expose()
            .to_owned();
        let handed = self.desk.onboarding_handed_out(onboarding.key).await;
        self.desk.forget_made_tokens(batch);
        (value, handed.unwrap())
    }
}

fn state(onboarding: &Onboarding, kind: OnboardStepKind) -> OnboardState {
    let step = onboarding.steps.iter().find(|step| step.kind == kind);
    step.unwrap().state
}

fn states(onboarding: &Onboarding) -> Vec<(&str, OnboardState)> {
    let steps = onboarding.steps.iter();
    steps.map(|step| (step.id.as_str(), step.state)).collect()
}

#[tokio::test]
async fn a_customer_is_onboarded_whole_and_the_page_names_all_but_the_tokens_value() {
    let bench = Bench::roomy().await;
    let wanted = bench.customer().await;
    bench.sim.clear_requests();
    let preview = bench.desk.preview_onboarding(wanted.clone()).await.unwrap();
    assert_eq!(preview.refused, 0, "{preview:?}");
    assert!(preview.needs_proof);
    let kinds: Vec<_> = preview.steps.iter().map(|step| step.kind).collect();
    assert_eq!(kinds.len(), 9);
    assert_eq!(bench.sim.requests().len(), 0, "a dry run sends nothing");

    let key = bench.desk.begin_onboarding(wanted).await.unwrap();
    let waits = bench.go_on(key, None).await;
    let needs = waits.needs_proof.unwrap();
    assert_eq!((needs.account.as_str(), needs.rows), ("Acme", 1));
    let open: Vec<_> = waits
        .onboarding
        .steps
        .iter()
        .filter(|step| step.state.is_open())
        .collect();
    assert_eq!(open.len(), 1, "only the token waits: {open:?}");
    let work = bench
        .desk
        .go_on_onboarding_with(key, waits.batch.unwrap(), bench.owners());
    let went = bench.sim.run_through(Box::pin(work)).await.unwrap();
    assert_eq!(went.needs_proof, None);
    assert_eq!(
        state(&went.onboarding, OnboardStepKind::Token),
        OnboardState::HandOut
    );
    assert!(!went.onboarding.over);

    let (value, handed) = bench.hand_out(&went.onboarding).await;
    assert!(
        handed.over && handed.ended_at.is_some(),
        "{:?}",
        states(&handed)
    );
    let profile = handed.profile.clone().unwrap();
    {
        let world = bench.sim.world();
        let made = world.profile(profile.as_str()).unwrap();
        assert_eq!(
            (made.name.as_str(), made.logo_url.as_deref()),
            (NAME, Some(LOGO))
        );
        assert_eq!(made.team.len(), 2);
        assert_eq!(made.tokens.len(), 1);
        assert_eq!(made.tokens[0].token, value);
        let limit = |service| made.limits[service as usize];
        assert!((limit(sim::world::Service::Sms) - SMS).abs() < 1e-6);
        assert!(limit(sim::world::Service::RunUsers).abs() < 1e-6);
    }
    let shown = bench
        .desk
        .profile(handed.profile_key.unwrap())
        .await
        .unwrap();
    assert!(shown.protected);
    assert_eq!(shown.groups, ["North"]);
    assert_eq!(shown.note.as_deref(), Some("Calls on Mondays."));

    let text = bench.desk.hand_over_text(key).await.unwrap();
    let last4 = &value[value.len() - 4..];
    for part in [
        NAME,
        profile.as_str(),
        "ada@pier.example (invited)",
        "Gateway",
        last4,
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains(&value));
    let saved = async |name: &str, chosen: Option<PageFormat>| {
        let file = bench.folder.path().join(name);
        let file = bench.desk.save_hand_over(key, chosen, file).await.unwrap();
        std::fs::read_to_string(file).unwrap()
    };
    let html = saved("page.HTML", Some(PageFormat::Text)).await;
    assert!(html.contains("Pier 4 &lt;Nord&gt;") && !html.contains(&value));
    assert_eq!(saved("page", Some(PageFormat::Html)).await, html);
    assert_eq!(saved("page.txt", Some(PageFormat::Html)).await, text);
    assert_eq!(saved("page", None).await, text);
}

#[tokio::test]
async fn a_step_that_fails_stops_no_other_and_is_tried_again_or_skipped() {
    let bench = Bench::roomy().await;
    for route in ["PUT /profile/{id}", "POST /profile/{id}/team"] {
        bench.sim.set_fault(Fault::new(FaultKind::Drop).on(route));
    }
    let wanted = bench.customer().await;
    let key = bench.desk.begin_onboarding(wanted).await.unwrap();
    let went = bench.go_on(key, Some(bench.owners())).await;
    let onboarding = went.onboarding;
    assert_eq!(
        state(&onboarding, OnboardStepKind::Logo),
        OnboardState::Failed
    );
    assert_eq!(
        state(&onboarding, OnboardStepKind::Invitation),
        OnboardState::Failed
    );
    assert_eq!(
        state(&onboarding, OnboardStepKind::Token),
        OnboardState::HandOut
    );
    assert_eq!(
        state(&onboarding, OnboardStepKind::Note),
        OnboardState::Done
    );
    bench.hand_out(&onboarding).await;

    bench.sim.clear_faults();
    bench
        .sim
        .set_fault(Fault::new(FaultKind::Drop).on("PUT /profile/{id}"));
    bench.sim.clear_requests();
    let again = bench.go_on(key, None).await.onboarding;
    assert_eq!(
        state(&again, OnboardStepKind::Invitation),
        OnboardState::Done
    );
    assert_eq!(state(&again, OnboardStepKind::Logo), OnboardState::Failed);
    let posted = bench.sim.requests();
    let posted = posted.iter().filter(|request| request.method == "POST");
    assert_eq!(
        posted.count(),
        2,
        "nothing but the invitations is sent again"
    );

    let refused = bench.desk.skip_onboarding_step(key, "profile", true).await;
    assert_eq!(refused.unwrap_err().code, ProblemCode::InvalidInput);
    let skipped = bench
        .desk
        .skip_onboarding_step(key, "logo", true)
        .await
        .unwrap();
    assert_eq!(
        state(&skipped, OnboardStepKind::Logo),
        OnboardState::Skipped
    );
    assert!(skipped.over && skipped.ended_at.is_some());
    let page = bench.desk.hand_over_text(key).await.unwrap();
    assert!(!page.contains("Not done yet"), "{page}");
}

#[tokio::test]
async fn what_was_made_and_whose_answer_was_lost_is_found_and_a_lost_tokens_value_is_made_anew() {
    let bench = Bench::roomy().await;
    for route in [
        "POST /profile/",
        "POST /profile/{id}/token",
        "POST /profile/{id}/team",
    ] {
        bench.sim.set_fault(Fault::new(FaultKind::Lost).on(route));
    }
    let wanted = bench.customer().await;
    let key = bench.desk.begin_onboarding(wanted).await.unwrap();
    let went = bench.go_on(key, Some(bench.owners())).await;
    bench.sim.clear_faults();
    assert_eq!(bench.made_upstream(), (1, 1));
    assert_eq!(
        state(&went.onboarding, OnboardStepKind::Invitation),
        OnboardState::Done
    );
    let token = went
        .onboarding
        .steps
        .iter()
        .find(|step| step.kind == OnboardStepKind::Token);
    let token = token.unwrap();
    assert_eq!(token.state, OnboardState::Lost);
    assert!(
        token.message.as_ref().unwrap().contains("revokes it"),
        "{token:?}"
    );
    assert!(went.onboarding.needs_proof);

    let again = bench.go_on(key, Some(bench.owners())).await.onboarding;
    assert_eq!(state(&again, OnboardStepKind::Token), OnboardState::HandOut);
    assert_eq!(bench.made_upstream(), (1, 1), "the lost one is revoked");
    let (_, handed) = bench.hand_out(&again).await;
    assert!(handed.over);
}

#[tokio::test]
async fn limits_whose_answer_was_lost_and_that_were_not_set_are_set_by_the_next_run() {
    let bench = Bench::roomy().await;
    let key = bench.desk.begin_onboarding(bench.customer().await).await;
    let key = key.unwrap();
    let lost = Fault::new(FaultKind::Drop).on("POST /profile/{id}/services");
    bench.sim.set_fault(lost);
    bench
        .sim
        .set_fault(Fault::new(FaultKind::Html).on("GET /profile/{id}"));
    let went = bench.go_on(key, None).await.onboarding;
    assert_eq!(
        state(&went, OnboardStepKind::Limits),
        OnboardState::Unknown,
        "{went:?}"
    );
    bench.sim.clear_faults();
    // What a new profile had before was never fetched, so that nothing speaks against setting it.
    let again = bench.go_on(key, None).await.onboarding;
    assert_eq!(
        state(&again, OnboardStepKind::Limits),
        OnboardState::Done,
        "{again:?}"
    );
    let made = again.profile.unwrap();
    let world = bench.sim.world();
    let limits = world.profile(made.as_str()).unwrap().limits;
    assert!((limits[sim::world::Service::Sms as usize] - SMS).abs() < 1e-6);
}

#[tokio::test]
async fn after_a_restart_an_onboarding_goes_on_where_it_was_and_finds_out_what_it_did_not_see() {
    let mut bench = Bench::roomy().await;
    let wanted = bench.customer().await;
    let key = bench.desk.begin_onboarding(wanted).await.unwrap();
    let went = bench.go_on(key, None).await.onboarding;
    assert_eq!(state(&went, OnboardStepKind::Logo), OnboardState::Done);
    // As a process leaves it that is killed before it notes any end.
    let file = bench.folder.path().join("profile-desk.db");
    let db = rusqlite::Connection::open(file).unwrap();
    db.execute_batch("DROP TRIGGER action_end_is_kept; DELETE FROM action_end;")
        .unwrap();
    drop(db);

    bench.reopen().await;
    let listed = bench.desk.onboardings().await.unwrap().remove(0);
    assert_eq!(listed.profile_key, None);
    assert_eq!(
        state(&listed, OnboardStepKind::Profile),
        OnboardState::Unknown
    );
    bench.sim.clear_requests();
    let again = bench.go_on(key, Some(bench.owners())).await.onboarding;
    assert_eq!(bench.made_upstream(), (1, 1));
    assert_eq!(again.profile, went.profile);
    assert_eq!(state(&again, OnboardStepKind::Token), OnboardState::HandOut);
    let changed = bench.sim.requests();
    let changed: Vec<_> = changed.iter().filter(|one| one.method != "GET").collect();
    assert_eq!(
        changed.len(),
        1,
        "nothing but the token was left: {changed:?}"
    );

    // The value was in memory alone.
    bench.reopen().await;
    let lost = bench.desk.onboarding(key).await.unwrap();
    assert_eq!(state(&lost, OnboardStepKind::Token), OnboardState::Lost);
    let made = bench.go_on(key, Some(bench.owners())).await.onboarding;
    assert_eq!(bench.made_upstream(), (1, 1));
    assert!(bench.hand_out(&made).await.1.over);
    bench.desk.forget_onboarding(key).await.unwrap();
    assert_eq!(bench.desk.onboardings().await.unwrap(), []);
    assert_eq!(bench.made_upstream(), (1, 1), "what was done stays");
}

#[tokio::test]
async fn what_would_be_refused_is_said_in_the_review_and_nothing_is_begun() {
    let bench = Bench::roomy().await;
    let taken = bench.fleet().await.rows;
    let mut wanted = bench.customer().await;
    wanted.logo_url = Some("no address".to_owned());
    wanted.services = BTreeMap::from([(Service::Input, 1e12)]);
    wanted.people = (0..6)
        .map(|place| format!("p{place}@pier.example"))
        .collect();
    wanted.groups[0].name = "a;b".to_owned();
    let preview = bench.desk.preview_onboarding(wanted.clone()).await.unwrap();
    let refused: Vec<_> = preview
        .steps
        .iter()
        .filter(|step| step.state == OnboardState::Refused)
        .map(|step| step.id.as_str())
        .collect();
    let beyond = "invitation:p5@pier.example";
    assert_eq!(
        refused,
        ["logo", "limits", beyond, "group:customer:a;b"],
        "{preview:?}"
    );
    let total = preview.allocation[0].total.unwrap();
    assert!(preview.allocation[0].allocated_after > total);

    bench.sim.clear_requests();
    let problem: Problem = bench.desk.begin_onboarding(wanted).await.unwrap_err();
    assert_eq!(problem.code, ProblemCode::InvalidInput);
    let mut twice = bench.customer().await;
    twice.name.clone_from(
        &taken
            .iter()
            .find(|row| row.account == "Acme" && !row.shared)
            .unwrap()
            .name,
    );
    let problem = bench.desk.begin_onboarding(twice).await.unwrap_err();
    assert!(problem.message.contains("already"), "{problem}");
    assert_eq!(bench.sim.requests().len(), 0);
    assert_eq!(bench.desk.onboardings().await.unwrap(), []);
}

#[tokio::test]
async fn a_customer_that_is_being_onboarded_is_not_begun_a_second_time() {
    let bench = Bench::roomy().await;
    let wanted = bench.customer().await;
    let key = bench.desk.begin_onboarding(wanted.clone()).await.unwrap();
    let mut same = wanted.clone();
    same.name = format!(" {NAME} ");
    let problem = bench.desk.begin_onboarding(same).await.unwrap_err();
    assert_eq!(problem.code, ProblemCode::Busy, "{problem}");
    let hint = problem.hint.unwrap();
    assert!(hint.contains(&format!("onboard resume {key}")), "{hint}");
    let mut other = wanted.clone();
    other.name = "Pier 5".to_owned();
    bench.desk.begin_onboarding(other).await.unwrap();
    bench.desk.forget_onboarding(key).await.unwrap();
    bench.desk.begin_onboarding(wanted).await.unwrap();
    assert_eq!(bench.desk.onboardings().await.unwrap().len(), 2);
}
