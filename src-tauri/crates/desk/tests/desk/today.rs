//! What needs attention: each kind brought about at the simulator.

use std::collections::BTreeSet;

use desk::ProblemCode;
use desk::export::{Cell, ExportQuery};
use desk::read::{TodayPage, TodayQuery, TodayRow};
use jiff::{SignedDuration, Timestamp};
use model::{AttentionFacts, AttentionKind as Kind, AttentionSeverity as Severity};
use sim::world::{
    Backup, BackupState, Member, PastDue, Permission, Plan, Schedule, Service, Token,
};

use crate::Bench;
use crate::changes::{DAY, QUARTER};

impl Bench {
    pub(crate) async fn today(&self, filter: &str) -> TodayPage {
        let query = TodayQuery {
            filter: filter.to_owned(),
            offset: 0,
            limit: 500,
        };
        self.desk.today(query).await.unwrap()
    }

    /// The lines of a profile, or of the first account as a whole.
    async fn lines_of(&self, profile: Option<&str>) -> Vec<TodayRow> {
        let mut rows = self.today("snoozed:yes,no").await.rows;
        rows.retain(|row| match profile {
            Some(id) => row.profile.as_ref().is_some_and(|one| one.as_str() == id),
            None => row.profile.is_none() && row.account.as_deref() == Some("Acme"),
        });
        rows
    }

    /// The one line of a kind.
    pub(crate) async fn line(&self, profile: Option<&str>, kind: Kind) -> Option<TodayRow> {
        let mut rows = self.lines_of(profile).await;
        rows.retain(|row| row.kind == kind);
        assert!(rows.len() <= 1, "{rows:?}");
        rows.pop()
    }

    /// A profile of which nothing needs attention.
    pub(crate) fn calm(&self) -> String {
        let profile = self.quiet();
        self.alter(&profile, |profile| {
            profile.team.clear();
            profile.tokens.clear();
            profile.backups.clear();
            profile.resources.clear();
        });
        profile
    }

    pub(crate) fn ago(&self, days: i64) -> Timestamp {
        self.sim.clock().now() - SignedDuration::from_hours(24 * days)
    }
}

pub(crate) fn token(number: u8, name: &str, made: Timestamp) -> Token {
    Token {
        token: format!("p-7b1d2c3e-5f60-4a7b-8c9d-0e1f2a3b{number:04}"),
        name: name.to_owned(),
        permission: Permission::Full,
        expires_at: None,
        last_authorization: None,
        created_at: made,
        created_by: "aaaaaaaaaaaaaaaaaaaaaaaa".to_owned(),
        ref_id: String::new(),
        serie_number: None,
    }
}

fn same_second(one: Option<Timestamp>, other: Timestamp) -> bool {
    one.is_some_and(|one| one.as_second() == other.as_second())
}

#[tokio::test]
async fn a_service_near_its_limit_is_listed_with_the_time_at_which_it_was_seen_to_rise() {
    let bench = Bench::connected(12).await;
    let profile = bench.calm();
    bench.sim.set_limit(&profile, Service::Sms, 100.0);
    bench.use_exactly(&profile, Service::Sms, 85.0);
    bench.sync().await;
    let first = bench.sim.clock().now();
    let line = bench.line(Some(&profile), Kind::Service).await.unwrap();
    assert_eq!(line.severity, Severity::Warning);
    assert!(line.or_earlier, "it was so when it was first looked at");
    bench.use_exactly(&profile, Service::Sms, 100.0);
    bench.sync_after(QUARTER).await;
    let reached = bench.sim.clock().now();
    bench.sync_after(QUARTER).await;
    let line = bench.line(Some(&profile), Kind::Service).await.unwrap();
    assert_eq!(
        (line.severity, line.measure),
        (Severity::Critical, Some(1.0))
    );
    assert!(same_second(line.since, reached) && reached > first && !line.or_earlier);
    assert_eq!(line.what(), "SMS at 100 % of its limit");
    assert_eq!(line.stake(), "Messages are not sent now");
    // The worst come first, over everything.
    let all = bench.today("").await.rows;
    assert!(
        all.windows(2)
            .all(|pair| pair[0].severity >= pair[1].severity)
    );
}

#[tokio::test]
async fn the_profile_that_fell_silent_is_listed_and_none_that_did_not() {
    let bench = Bench::connected(40).await;
    bench.sync().await;
    let now = bench.sim.clock().now().as_second() / 86_400;
    let world = bench.sim.world();
    let reached: BTreeSet<String> = bench
        .fleet()
        .await
        .rows
        .iter()
        .map(|row| row.id.to_string())
        .collect();
    let fell: BTreeSet<&String> = world
        .profiles
        .values()
        .filter(|profile| {
            let out = |outage: &sim::world::Outage| {
                (now - 20..=now - 2).contains(&outage.from_day) && outage.to_day > now
            };
            reached.contains(&profile.id) && profile.meter.outages.iter().any(out)
        })
        .map(|profile| &profile.id)
        .collect();
    assert!(!fell.is_empty());
    let rows = bench.today("kind:silent").await.rows;
    let listed: Vec<String> = rows
        .iter()
        .filter_map(|row| row.profile.as_ref())
        .map(ToString::to_string)
        .collect();
    assert_eq!(listed.iter().collect::<BTreeSet<_>>(), fell);
    assert!(matches!(rows[0].facts, AttentionFacts::Silent { .. }));
}

#[tokio::test]
async fn a_failed_payment_is_listed_since_it_was_seen_to_fail() {
    let bench = Bench::connected(12).await;
    bench.alter_account(0, |account| account.past_due = None);
    bench.sync().await;
    assert_eq!(bench.line(None, Kind::Payment).await, None);
    bench.alter_account(0, |account| {
        account.past_due = Some(PastDue {
            amount_due: 4_900,
            attempts: 1,
        });
    });
    bench.sync_after(DAY).await;
    let failed = bench.sim.clock().now();
    bench.sync_after(DAY).await;
    let line = bench.line(None, Kind::Payment).await.unwrap();
    assert_eq!(line.severity, Severity::Urgent);
    assert!(same_second(line.since, failed) && !line.or_earlier);
    bench.alter_account(0, |account| account.past_due = None);
    bench.sync_after(DAY).await;
    assert_eq!(bench.line(None, Kind::Payment).await, None);
}

#[tokio::test]
async fn a_downgrade_is_listed_only_if_it_cuts_below_what_is_used_today() {
    let bench = Bench::connected(12).await;
    let profile = bench.calm();
    bench.sim.set_limit(&profile, Service::Sms, 1_000.0);
    bench.use_exactly(&profile, Service::Sms, 700.0);
    let to = |limit: f64| Schedule {
        release_at: bench.ago(-20),
        plan: None,
        limits: vec![(Service::Sms, limit)],
    };
    bench.alter_account(0, |account| account.schedule = Some(to(1e9)));
    bench.sync().await;
    assert_eq!(bench.line(None, Kind::Downgrade).await, None);
    bench.alter_account(0, |account| account.schedule = Some(to(10.0)));
    bench.sync_after(DAY).await;
    let line = bench.line(None, Kind::Downgrade).await.unwrap();
    assert_eq!(line.severity, Severity::Warning);
    let AttentionFacts::Downgrade {
        profiles, services, ..
    } = &line.facts
    else {
        panic!("{line:?}");
    };
    assert!(*profiles >= 1);
    assert_eq!(services, &["sms"]);
}

#[tokio::test]
async fn dashboards_and_resources_are_held_against_the_plans_limits() {
    let bench = Bench::connected(12).await;
    bench.alter_account(0, |account| account.plan = Plan::Starter);
    let profile = bench.calm();
    bench.alter(&profile, |profile| {
        profile.resources = vec![("device", 100), ("bucket", 5_000), ("am", 12)];
        profile.limits[Service::DashboardOutput as usize] = 15e6;
    });
    bench.use_exactly(&profile, Service::DashboardOutput, 14e6);
    bench.sync().await;
    let devices = bench.line(Some(&profile), Kind::Resource).await.unwrap();
    assert_eq!(devices.what(), "100 of 100 devices");
    assert_eq!(devices.severity, Severity::Warning);
    let dashboards = bench.line(Some(&profile), Kind::Dashboards).await.unwrap();
    assert_eq!(dashboards.severity, Severity::Urgent);
    assert_eq!(
        dashboards.what(),
        "Dashboards' output at 93 % of the plan's limit"
    );
    bench.alter(&profile, |profile| profile.resources[0] = ("device", 60));
    bench.sync_after(QUARTER).await;
    assert_eq!(bench.line(Some(&profile), Kind::Resource).await, None);
}

#[tokio::test]
async fn tokens_are_a_line_a_profile_and_those_of_signing_in_are_none() {
    let bench = Bench::connected(12).await;
    let profile = bench.calm();
    let (made, soon) = (bench.ago(200), bench.ago(-9));
    let ending = |number, name, used| Token {
        permission: Permission::Read,
        expires_at: Some(soon),
        last_authorization: used,
        ..token(number, name, made)
    };
    let sign_in = Token {
        expires_at: Some(soon),
        ..token(9, "Chrome on Windows", bench.ago(30))
    };
    bench.alter(&profile, |profile| {
        profile.tokens = vec![
            ending(1, "Gateway", Some(made)),
            ending(2, "Exporter", None),
            token(3, "<b>Old</b>", made),
            token(4, "New", soon),
            sign_in,
        ];
    });
    bench.sync().await;
    let expiring = bench
        .line(Some(&profile), Kind::TokenExpiring)
        .await
        .unwrap();
    let AttentionFacts::TokenExpiring { tokens, used, .. } = expiring.facts else {
        panic!("{expiring:?}");
    };
    assert_eq!((tokens, used), (2, true));
    assert_eq!(expiring.severity, Severity::Warning);
    let unused = bench.line(Some(&profile), Kind::TokenUnused).await.unwrap();
    assert_eq!(
        unused.what(),
        "Token <b>Old</b> ····0003 has full permission and was never used"
    );
    // The tokens that the accounts themselves are reached with are used by us.
    let desks = |row: &TodayRow| row.what().contains("Profile Desk");
    assert!(!bench.today("").await.rows.iter().any(desks));
}

#[tokio::test]
async fn invitations_and_backups_are_listed_by_their_age() {
    let bench = Bench::connected(12).await;
    let profile = bench.calm();
    let invited = Member {
        id: format!("{:024x}", 77),
        name: String::new(),
        email: "ada@example.com".to_owned(),
        active: false,
        created_at: bench.ago(2),
    };
    let made = Backup {
        id: format!("{:024x}", 78),
        created_at: bench.ago(12),
        file_size: 1_000,
        state: BackupState::Completed,
    };
    bench.alter(&profile, |profile| {
        profile.team = vec![invited];
        profile.backups = vec![made];
    });
    bench.sync().await;
    let line = bench.line(Some(&profile), Kind::Invitation).await.unwrap();
    assert_eq!(line.what(), "Invitation of ada@example.com is open");
    assert!(same_second(line.since, bench.ago(2)));
    assert_eq!(
        bench.line(Some(&profile), Kind::Backup).await,
        None,
        "nobody chose an age"
    );
    bench
        .desk
        .put_setting("backup.age", Some("10"))
        .await
        .unwrap();
    bench.sync().await;
    let line = bench.line(Some(&profile), Kind::Backup).await.unwrap();
    assert!(same_second(line.since, bench.ago(2)));
    bench.sync_after(6 * DAY).await;
    let line = bench.line(Some(&profile), Kind::Invitation).await.unwrap();
    assert_eq!(line.what(), "Invitation of ada@example.com is ended");
}

#[tokio::test]
async fn an_account_that_is_signed_out_is_listed_until_it_signs_in_again() {
    let bench = Bench::connected(12).await;
    bench.sync().await;
    let token = bench.sim.tokens()[0].token.clone();
    bench.sim.set_fault("revoked".parse().unwrap());
    bench.sync_after(QUARTER).await;
    let line = bench.line(None, Kind::SignedOut).await.unwrap();
    assert_eq!(line.severity, Severity::Urgent);
    let figures = bench.today("").await.figures;
    assert!(figures.signed_out >= 1);
    bench.sim.clear_faults();
    bench.connect("Acme", &token).await;
    assert_eq!(bench.line(None, Kind::SignedOut).await, None);
}

#[tokio::test]
async fn what_was_never_fetched_is_counted_and_not_called_well() {
    let bench = Bench::connected(12).await;
    let empty = bench.today("").await;
    assert_eq!((empty.total, empty.figures.accounts), (0, 2));
    bench
        .sim
        .set_fault("5xx@/profile/{id}/summary".parse().unwrap());
    bench.sync().await;
    let figures = bench.today("").await.figures;
    assert!(figures.profiles > 0);
    assert_eq!(figures.never_fetched, figures.profiles);
    assert_eq!(figures.as_of, None);
    bench.sim.clear_faults();
    bench.sync_after(QUARTER).await;
    let figures = bench.today("").await.figures;
    assert_eq!((figures.never_fetched, figures.stale), (0, 0));
    assert!(same_second(figures.as_of, bench.sim.clock().now()) || figures.as_of.is_some());
    bench.sim.clock().advance(2 * DAY);
    let figures = bench.today("").await.figures;
    assert_eq!(figures.stale, figures.profiles);
}

#[tokio::test]
async fn a_filter_leaves_kinds_severities_and_words_and_the_sheet_is_the_same_whole() {
    let bench = Bench::connected(40).await;
    bench.sync().await;
    let all = bench.today("").await;
    assert_eq!(all.total, all.figures.open);
    let tokens = bench.today("kind:token_expiring,token_unused").await.rows;
    assert!(!tokens.is_empty());
    assert!(
        tokens
            .iter()
            .all(|row| matches!(row.kind, Kind::TokenExpiring | Kind::TokenUnused))
    );
    let rest = bench.today("-kind:token_expiring,token_unused").await.rows;
    assert_eq!(rest.len() + tokens.len(), all.rows.len());
    let severe = bench.today("severity:critical").await.rows;
    assert!(!severe.is_empty() && severe.len() < all.rows.len());
    let name = severe[0].profile_name.clone().unwrap();
    let word = name.split_whitespace().next().unwrap().to_uppercase();
    let named = bench.today(&format!("\"{word}\"")).await.rows;
    assert!(
        named
            .iter()
            .any(|row| row.profile_name.as_ref() == Some(&name))
    );
    let query = TodayQuery {
        filter: "weather:fine kind:storm".to_owned(),
        ..TodayQuery::default()
    };
    let problem = bench.desk.today(query).await.unwrap_err();
    assert_eq!(problem.code, ProblemCode::InvalidInput);

    let mut joined = Vec::new();
    for offset in (0..all.total).step_by(7) {
        let query = TodayQuery {
            offset,
            limit: 7,
            ..TodayQuery::default()
        };
        joined.extend(bench.desk.today(query).await.unwrap().rows);
    }
    assert_eq!(joined, all.rows);
    let keys: BTreeSet<i64> = joined.iter().map(|row| row.key).collect();
    assert_eq!(keys.len(), joined.len(), "a key is a line's own");
    let sheet = bench
        .desk
        .sheet(ExportQuery::Today(TodayQuery::default()))
        .await
        .unwrap();
    assert_eq!(sheet.rows.len(), all.rows.len());
    let what = Cell::Text(all.rows[0].what());
    assert_eq!(sheet.rows[0][5], what);
}
