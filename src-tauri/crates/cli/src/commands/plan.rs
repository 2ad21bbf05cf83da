//! `pdesk sync --plan`: what a sync would ask for now, and why. Nothing is sent.

use std::collections::HashMap;
use std::fmt::Write as _;

use desk::Desk;
use desk::read::{FleetRow, PlanReason, PlannedOperation, SyncPlan};
use model::{Dataset, ProfileId, Timestamp};

use super::{profile, sync};
use crate::args::{Sort, SyncArgs};
use crate::failure::{Exit, Failure};
use crate::output::{self, Output};
use crate::table::Fitted;
use crate::{time, wording};

/// Up to so many operations have a line each.
const LINES: usize = 40;

pub(super) async fn run(desk: &Desk, wanted: &SyncArgs, output: &Output) -> Result<Exit, Failure> {
    let request = sync::request(desk, wanted).await?;
    let plan = desk.sync_plan(request).await?;
    let fleet = if plan.operations.len() <= LINES {
        profile::rows(desk, "", Sort::Name).await?
    } else {
        Vec::new()
    };
    output.result(&plan, || text(&plan, &fleet, output::width()))?;
    Ok(Exit::Done)
}

fn text(plan: &SyncPlan, fleet: &[FleetRow], width: Option<u16>) -> String {
    let mut text = summary(&plan.operations, plan.at).print(width);
    if (1..=LINES).contains(&plan.operations.len()) {
        text.push('\n');
        text.push_str(&lines(&plan.operations, fleet, plan.at).print(width));
    }
    if plan.operations.is_empty() {
        text.push_str("Nothing is due.");
    } else {
        let _ = write!(text, "\nOperations: {}.", plan.operations.len()); // a string takes everything
    }
    let _ = writeln!(text, " Fresh, and so not asked for: {}.", plan.fresh);
    let unlisted = |one: &PlannedOperation| {
        one.dataset == Dataset::Profiles && one.reason == PlanReason::Never
    };
    if plan.operations.iter().any(unlisted) {
        text.push_str(
            "Which profiles there are is not known yet; what is due of them is planned once it is.\n",
        );
    }
    text
}

/// Operations of one account on one dataset.
struct Group<'a> {
    account: &'a str,
    dataset: Dataset,
    /// How many for each reason, in the order of [`REASONS`].
    reasons: [u32; 4],
    oldest: Option<Timestamp>,
}

/// The most telling first.
const REASONS: [PlanReason; 4] = [
    PlanReason::Failed,
    PlanReason::Never,
    PlanReason::Stale,
    PlanReason::Asked,
];

const fn why(reason: PlanReason) -> &'static str {
    match reason {
        PlanReason::Asked => "asked",
        PlanReason::Never => "never",
        PlanReason::Failed => "failed",
        PlanReason::Stale => "stale",
    }
}

/// A row an account and dataset, in the order in which they are begun.
fn groups(operations: &[PlannedOperation]) -> Vec<Group<'_>> {
    let mut places: HashMap<(&str, Dataset), usize> = HashMap::new();
    let mut groups: Vec<Group<'_>> = Vec::new();
    for one in operations {
        let account = one.account.as_str();
        let place = *places.entry((account, one.dataset)).or_insert(groups.len());
        if place == groups.len() {
            groups.push(Group {
                account,
                dataset: one.dataset,
                reasons: [0; 4],
                oldest: None,
            });
        }
        let group = &mut groups[place];
        for (count, reason) in group.reasons.iter_mut().zip(REASONS) {
            *count += u32::from(reason == one.reason);
        }
        group.oldest = match (group.oldest, one.fetched_at) {
            (Some(oldest), Some(at)) => Some(oldest.min(at)),
            (oldest, at) => oldest.or(at),
        };
    }
    groups.sort_by_key(|group| group.account);
    groups
}

impl Group<'_> {
    fn count(&self) -> u32 {
        self.reasons.iter().sum()
    }

    /// The one reason of all, or how many there are of each.
    fn why(&self) -> String {
        let counted = REASONS.into_iter().zip(self.reasons);
        let counted: Vec<_> = counted.filter(|(_, count)| *count > 0).collect();
        if let [(reason, _)] = counted[..] {
            return why(reason).to_owned();
        }
        let parts = counted
            .iter()
            .map(|(reason, count)| format!("{count} {}", why(*reason)));
        parts.collect::<Vec<_>>().join(", ")
    }
}

fn summary(operations: &[PlannedOperation], now: Timestamp) -> Fitted {
    let mut table = Fitted::default()
        .words("Account", 0)
        .exact("Dataset", 0)
        .numbers("To ask", 0)
        .exact("Why", 0)
        .exact("Oldest", 1);
    for group in groups(operations) {
        table.row([
            group.account.to_owned(),
            group.dataset.to_string(),
            group.count().to_string(),
            group.why(),
            since(group.oldest, now),
        ]);
    }
    table
}

fn lines(operations: &[PlannedOperation], fleet: &[FleetRow], now: Timestamp) -> Fitted {
    let mut table = Fitted::default()
        .words("Account", 2)
        .words("Profile", 0)
        .exact("Dataset", 0)
        .exact("Why", 0)
        .exact("Last fetched", 1)
        .exact("Id", 3);
    for one in operations {
        table.row([
            one.account.clone(),
            one.profile
                .as_ref()
                .map_or_else(String::new, |id| called(id, fleet)),
            one.dataset.to_string(),
            why(one.reason).to_owned(),
            since(one.fetched_at, now),
            one.profile
                .as_ref()
                .map_or_else(String::new, ToString::to_string),
        ]);
    }
    table
}

/// The name of the profile with this id, or the id where two hosts have one of it.
fn called(id: &ProfileId, fleet: &[FleetRow]) -> String {
    let mut found = fleet.iter().filter(|row| row.id == *id);
    match (found.next(), found.next()) {
        (Some(row), None) => profile::name(row),
        _ => id.to_string(),
    }
}

fn since(at: Option<Timestamp>, now: Timestamp) -> String {
    at.map_or_else(|| wording::UNKNOWN.to_owned(), |at| time::ago(at, now))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-11-24T12:00:00Z";

    fn operation(
        account: &str,
        dataset: Dataset,
        reason: PlanReason,
        fetched_at: Option<&str>,
    ) -> PlannedOperation {
        PlannedOperation {
            account: account.to_owned(),
            profile: Dataset::OF_PROFILE
                .contains(&dataset)
                .then(|| "5bb0a0c9f1d2e3a4b5c6d7e8".parse().unwrap()),
            dataset,
            reason,
            fetched_at: fetched_at.map(|at| at.parse().unwrap()),
        }
    }

    fn plan(operations: Vec<PlannedOperation>) -> SyncPlan {
        SyncPlan {
            at: NOW.parse().unwrap(),
            operations,
            fresh: 7,
        }
    }

    #[test]
    fn operations_are_summed_up_by_account_and_dataset_with_their_reasons_and_the_oldest() {
        let plan = plan(vec![
            operation("Norte", Dataset::Summary, PlanReason::Never, None),
            operation("Acme", Dataset::Summary, PlanReason::Never, None),
            operation(
                "Acme",
                Dataset::Summary,
                PlanReason::Stale,
                Some("2026-11-24T11:30:00Z"),
            ),
            operation(
                "Acme",
                Dataset::Summary,
                PlanReason::Stale,
                Some("2026-11-24T09:00:00Z"),
            ),
            operation(
                "Acme",
                Dataset::Team,
                PlanReason::Failed,
                Some("2026-11-20T12:00:00Z"),
            ),
        ]);
        let text = text(&plan, &[], None);
        let lines: Vec<&str> = text.lines().take(4).collect();
        assert_eq!(
            lines,
            [
                "ACCOUNT  DATASET  TO ASK  WHY               OLDEST",
                "Acme     summary       3  1 never, 2 stale  3 h ago",
                "Acme     team          1  failed            4 d ago",
                "Norte    summary       1  never             —",
            ]
        );
        assert!(
            text.ends_with("Operations: 5. Fresh, and so not asked for: 7.\n"),
            "{text}"
        );
    }

    #[test]
    fn few_operations_have_a_line_each_and_many_have_not() {
        let of = |count| {
            let one = operation("Acme", Dataset::Team, PlanReason::Asked, None);
            text(&plan(vec![one; count]), &[], None)
        };
        let id = "5bb0a0c9f1d2e3a4b5c6d7e8";
        assert_eq!(
            of(40).lines().filter(|line| line.contains(id)).count(),
            40,
            "{}",
            of(40)
        );
        assert!(!of(41).contains(id));
        assert_eq!(of(0), "Nothing is due. Fresh, and so not asked for: 7.\n");
    }

    #[test]
    fn before_the_list_was_ever_fetched_the_plan_says_that_it_is_not_all() {
        let never = operation("Acme", Dataset::Profiles, PlanReason::Never, None);
        assert!(text(&plan(vec![never]), &[], None).contains("not known yet"));
        let stale = operation("Acme", Dataset::Profiles, PlanReason::Stale, Some(NOW));
        assert!(!text(&plan(vec![stale]), &[], None).contains("not known yet"));
    }
}
