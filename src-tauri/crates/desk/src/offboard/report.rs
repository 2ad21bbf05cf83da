//! What became of an off-boarding.

use std::collections::HashSet;

use model::ActionResult;
use serde_json::Value;
use store::{Action, StoreError, Subject};

use super::facts::called;
use super::mail::Named;
use super::{
    GapCause, Leaver, LeaverProfile, LeaverWay, OffboardCounts, OffboardEnd, OffboardLine,
    OffboardReport,
};
use crate::change::Change;
use crate::open::Inner;
use crate::problem::Problem;

/// What a change is of, as it says itself.
type Thing = (&'static str, Subject, Option<String>);

pub(super) async fn of(
    inner: &Inner,
    leaver: Leaver,
    batch: Option<i64>,
) -> Result<OffboardReport, Problem> {
    let at = inner.clock.now();
    let actions = match batch {
        Some(batch) => {
            inner
                .read(move |store| store.actions_of_batch(batch))
                .await?
        }
        None => Vec::new(),
    };
    let tried = tried(actions)?;
    let standing: HashSet<_> = leaver.ways.iter().map(|way| way.change.thing()).collect();
    let meant: HashSet<_> = tried.iter().map(|(change, _)| change.thing()).collect();
    let tried = tried.iter();
    let mut lines: Vec<OffboardLine> = tried
        .filter_map(|(change, action)| tried_line(change, action, &standing))
        .collect();
    let left = leaver.ways.iter();
    let left = left.filter(|way| !meant.contains(&way.change.thing()));
    lines.extend(left.map(left_line));
    let theirs = "It is theirs. Only they can hand it over.";
    let owned = leaver.owned.iter();
    lines.extend(owned.map(|profile| of_others(profile, "owner", theirs)));
    for mail in &leaver.mails {
        let whose = mail.name.as_deref().or(mail.email.as_deref());
        let why = format!(
            "{} owns it and has to do it: a mail is drafted.",
            whose.unwrap_or("Somebody else")
        );
        let known = mail.all.iter();
        lines.extend(known.map(|(profile, what)| of_others(profile, what, &why)));
    }
    for gap in &leaver.gaps {
        let (what, why) = (gap.dataset.to_string(), why(gap.cause, gap.shared));
        lines.extend(gap.all.iter().map(|profile| OffboardLine {
            end: OffboardEnd::NotKnown,
            profile: profile.clone(),
            what: what.clone(),
            why: Some(why.to_owned()),
            result: None,
        }));
    }
    let mut counts = OffboardCounts::default();
    for line in &lines {
        counts.count(line.end);
    }
    let named = Named {
        name: leaver.name.as_deref(),
        email: leaver.email.as_deref(),
        who: &leaver.who,
    };
    Ok(OffboardReport {
        at,
        called: named.called(),
        who: leaver.who,
        batch,
        counts,
        lines,
    })
}

/// What was meant, each with how it ended the last time.
fn tried(actions: Vec<Action>) -> Result<Vec<(Change, Action)>, Problem> {
    let mut tried: Vec<(Change, Action)> = Vec::new();
    for action in actions {
        let change: Change = serde_json::from_value(action.what.clone()).map_err(|error| {
            StoreError::Unreadable {
                what: "An action".to_owned(),
                reason: error.to_string(),
            }
        })?;
        match tried
            .iter_mut()
            .find(|(known, _)| known.thing() == change.thing())
        {
            Some(known) => *known = (change, action),
            None => tried.push((change, action)),
        }
    }
    Ok(tried)
}

fn tried_line(change: &Change, action: &Action, standing: &HashSet<Thing>) -> Option<OffboardLine> {
    let result = action
        .end
        .as_ref()
        .map_or(ActionResult::Begun, |end| end.result);
    let message = action.end.as_ref().and_then(|end| end.message.clone());
    let (end, why) = match result {
        // It was taken back, or somebody let them in anew.
        ActionResult::Done if standing.contains(&change.thing()) => (
            OffboardEnd::Left,
            Some("It was removed, and is there again.".to_owned()),
        ),
        ActionResult::Done => (OffboardEnd::Removed, None),
        ActionResult::Refused | ActionResult::Failed => (OffboardEnd::NotRemoved, message),
        ActionResult::Unknown | ActionResult::Begun => (OffboardEnd::Unclear, message),
    };
    let before = |field: &str| action.before.get(field).and_then(Value::as_str);
    let what = match change {
        Change::RevokeToken(_) => match before("ends_with") {
            Some(last4) => called(before("token"), last4),
            None => "token".to_owned(),
        },
        _ if before("standing") == Some("invited") => "invitation".to_owned(),
        _ => "member".to_owned(),
    };
    Some(OffboardLine {
        end,
        profile: LeaverProfile {
            key: action.profile?.0,
            id: action.profile_id.clone()?,
            name: action.profile_name.clone().unwrap_or_default(),
            account: action.account_label.clone(),
        },
        what,
        why,
        result: Some(result),
    })
}

/// A way in that was not meant.
fn left_line(way: &LeaverWay) -> OffboardLine {
    let standing = way.token.as_ref().map(|token| token.standing);
    OffboardLine {
        end: OffboardEnd::Left,
        profile: way.profile.clone(),
        what: match &way.token {
            Some(token) => called(token.name.as_deref(), &token.last4),
            None => way.kind.label().to_owned(),
        },
        why: standing.map(|standing| standing.said().to_owned()),
        result: None,
    }
}

fn of_others(profile: &LeaverProfile, what: &str, why: &str) -> OffboardLine {
    OffboardLine {
        end: OffboardEnd::OfOthers,
        profile: profile.clone(),
        what: what.to_owned(),
        why: Some(why.to_owned()),
        result: None,
    }
}

const fn why(cause: GapCause, shared: bool) -> &'static str {
    match (cause, shared) {
        (GapCause::NeverFetched, _) => "It was never fetched: sync the profile.",
        (GapCause::NotPermitted, true) => "Only who owns the profile may see it.",
        (GapCause::NotPermitted, false) => "The account's token may not see it.",
        (GapCause::Failed, _) => "It never arrived: sync the profile again.",
    }
}
