//! Who was invited to a profile's team, joined it or left it.

use model::ChangeKind;
use serde_json::Value;
use store::{Member, MemberVersion};

use super::Log;

/// A profile's team before and now.
pub(crate) fn listed(before: &[MemberVersion], now: &[Member], log: &mut Log) {
    for member in now {
        let known = before.iter().find(|known| known.member.is(member));
        let was = known.and_then(|known| known.member.active);
        let kind = match (known, member.active) {
            (None, Some(false)) => ChangeKind::MemberInvited,
            // One who is there without having been seen to be invited accepted between two fetches.
            (None, _) => ChangeKind::MemberJoined,
            (Some(_), Some(true)) if was == Some(false) => ChangeKind::MemberJoined,
            _ => continue,
        };
        log.note(
            kind,
            Some(called(member)),
            Value::Null,
            member.email.clone(),
        );
    }
    for known in before {
        if !now.iter().any(|member| known.member.is(member)) {
            let member = &known.member;
            log.note(
                ChangeKind::MemberLeft,
                Some(called(member)),
                member.email.clone(),
                Value::Null,
            );
        }
    }
}

fn called(member: &Member) -> String {
    let said = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    said(&member.name)
        .or_else(|| said(&member.email))
        .or_else(|| member.id.as_ref().map(ToString::to_string))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::log;
    use super::*;

    fn member(name: &str, active: bool) -> Member {
        Member {
            id: None,
            name: Some(name.to_owned()),
            email: Some(format!("{}@example.com", name.to_lowercase())),
            active: Some(active),
            created_at: None,
        }
    }

    fn known(name: &str, active: bool) -> MemberVersion {
        MemberVersion {
            member: member(name, active),
            seen_from: "2026-11-20T12:00:00Z".parse().unwrap(),
            seen_until: None,
        }
    }

    #[test]
    fn an_invitation_its_acceptance_and_a_leave_are_each_one_change() {
        let mut log = log(Some("2026-11-24T12:00:00Z"), "2026-11-25T12:00:00Z");
        let before = [known("Ada", true), known("Bea", false), known("Cem", true)];
        let now = [
            member("Ada", true),
            member("Bea", true),
            member("Dan", false),
            member("Eve", true),
        ];
        listed(&before, &now, &mut log);
        let told: Vec<_> = log
            .told()
            .into_iter()
            .map(|(kind, who, ..)| (kind, who.unwrap().to_owned()))
            .collect();
        assert_eq!(
            told,
            [
                (ChangeKind::MemberJoined, "Bea".to_owned()),
                (ChangeKind::MemberInvited, "Dan".to_owned()),
                (ChangeKind::MemberJoined, "Eve".to_owned()),
                (ChangeKind::MemberLeft, "Cem".to_owned()),
            ]
        );
    }
}
