//! A line in a person's words, for `pdesk` and for exports; the window has its own, with its language's numbers.

use model::{AttentionFacts, Service, Timestamp, usage_share};

use crate::figures::minute;
use crate::read::TodayRow;

impl TodayRow {
    /// What happened, in a few words.
    pub fn what(&self) -> String {
        what(&self.facts)
    }

    /// What happens to the customer, or will.
    pub fn stake(&self) -> String {
        stake(&self.facts)
    }

    /// What to do.
    pub fn next(&self) -> String {
        next(self)
    }
}

/// What happened, in a few words.
pub(super) fn what(facts: &AttentionFacts) -> String {
    match facts {
        AttentionFacts::Payment {
            reason, overdue, ..
        } => match (overdue, reason) {
            (true, _) => "Bill past due".to_owned(),
            (false, Some(_)) => "Payment failed".to_owned(),
            (false, None) => "Balance too low for the next payment".to_owned(),
        },
        AttentionFacts::SignedOut { .. } => "Account signed out".to_owned(),
        AttentionFacts::Service {
            service,
            used,
            limit,
        } => format!(
            "{} at {} of its limit",
            service.label(),
            percent(*used, *limit)
        ),
        AttentionFacts::Dashboards { used, limit } => {
            format!(
                "Dashboards' output at {} of the plan's limit",
                percent(*used, *limit)
            )
        }
        AttentionFacts::Downgrade { at, profiles, .. } => format!(
            "Downgrade on {} cuts below today's use of {}",
            day(*at),
            counted(*profiles, "profile")
        ),
        AttentionFacts::Silent { last_input_at, .. } => {
            format!("No input since {}", minute(*last_input_at))
        }
        AttentionFacts::Resource {
            resource,
            amount,
            limit,
        } => format!("{amount} of {limit} {}", resources(resource)),
        AttentionFacts::TokenExpiring {
            tokens, first, at, ..
        } => match tokens {
            1 => format!("Token {first} expires on {}", day(*at)),
            many => format!("{many} tokens expire, the first ({first}) on {}", day(*at)),
        },
        AttentionFacts::Backup { newest, .. } => match newest {
            Some(at) => format!("Newest backup is of {}", day(*at)),
            None => "No backup".to_owned(),
        },
        AttentionFacts::Invitation {
            invitations,
            who,
            ended,
            ..
        } => {
            let ended = if *ended { "ended" } else { "open" };
            match invitations {
                1 => format!("Invitation of {who} is {ended}"),
                many => format!("{many} invitations are {ended}, the oldest of {who}"),
            }
        }
        AttentionFacts::TokenUnused { tokens, first } => match tokens {
            1 => format!("Token {first} has full permission and was never used"),
            many => {
                format!("{many} tokens with full permission were never used, the oldest {first}")
            }
        },
        AttentionFacts::Transfer {
            destination, at, ..
        } => format!("Transfer to {destination} waits since {}", day(*at)),
    }
}

/// What a customer meets when a service is at its limit.
pub(super) const fn when_over(service: Service) -> &'static str {
    match service {
        Service::Input => "devices' requests are denied",
        Service::Output => "reads are denied",
        Service::Analysis => "scripts do not run",
        Service::Sms | Service::Email | Service::PushNotification => "messages are not sent",
        Service::DataRecords => "data is not saved",
        Service::FileStorage => "no new files are taken",
        Service::RunUsers => "no new users are taken",
    }
}

fn stake(facts: &AttentionFacts) -> String {
    match facts {
        AttentionFacts::Payment {
            reason, profiles, ..
        } => {
            let all = format!(
                "the account may be stopped, with {}",
                counted(*profiles, "profile")
            );
            match reason {
                Some(reason) => sentence(&format!("{all}: {reason}")),
                None => sentence(&all),
            }
        }
        AttentionFacts::SignedOut { profiles, .. } => format!(
            "What happens to its {} is not seen",
            counted(*profiles, "profile")
        ),
        AttentionFacts::Service {
            service,
            used,
            limit,
        } => at_limit(when_over(*service), *used, *limit),
        AttentionFacts::Dashboards { used, limit } => at_limit("dashboards fail", *used, *limit),
        AttentionFacts::Downgrade { services, .. } => {
            let names: Vec<&str> = services.iter().map(|key| named(key)).collect();
            format!("Limits become too small: {}", names.join(", "))
        }
        AttentionFacts::Silent { .. } => {
            "Devices may be offline, or nobody uses it any more".to_owned()
        }
        AttentionFacts::Resource {
            resource,
            amount,
            limit,
        } => at_limit(
            &format!("no more {} can be made", resources(resource)),
            *amount,
            *limit,
        ),
        AttentionFacts::TokenExpiring { used: true, .. } => {
            "What uses it is cut off then".to_owned()
        }
        AttentionFacts::TokenExpiring { used: false, .. } => "It was never used".to_owned(),
        AttentionFacts::Backup { .. } => "What changed since cannot be restored".to_owned(),
        AttentionFacts::Invitation { ended: true, .. } => {
            "Nobody can accept it any more, and it is still listed".to_owned()
        }
        AttentionFacts::Invitation { ended: false, .. } => {
            "Who has it can still join the team".to_owned()
        }
        AttentionFacts::TokenUnused { .. } => {
            "Who finds it can do everything in the profile".to_owned()
        }
        AttentionFacts::Transfer { ticket, .. } if ticket.is_empty() => {
            "It is still this account's, and paid by it".to_owned()
        }
        AttentionFacts::Transfer { ticket, .. } => {
            format!("It is still this account's, and paid by it; ticket: {ticket}")
        }
    }
}

fn at_limit(what: &str, used: f64, limit: f64) -> String {
    if used >= limit {
        format!("{} now", sentence(what))
    } else {
        format!("At 100 % {what}")
    }
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

fn next(row: &TodayRow) -> String {
    let id = row.profile.as_ref().map_or("", |id| id.as_str());
    let account = shell(row.account.as_deref().unwrap_or_default());
    match &row.facts {
        AttentionFacts::Payment { .. } => format!(
            "Pay or change the payment method at https://admin.tago.io, or try it again: pdesk account payment retry {account}"
        ),
        AttentionFacts::SignedOut { .. } => {
            format!("Give it a new token by its password: pdesk account renew {account}")
        }
        AttentionFacts::Service { service, .. } => {
            let key = service.key();
            format!(
                "Allocate more to it: pdesk services {id} set {key}=…; see: pdesk profile summary {id}"
            )
        }
        AttentionFacts::Dashboards { .. } | AttentionFacts::Resource { .. } => {
            format!("Use less, or take a larger plan; see: pdesk profile summary {id}")
        }
        AttentionFacts::Downgrade { .. } => {
            format!("Use less until then, or cancel it: pdesk account cancel-downgrade {account}")
        }
        AttentionFacts::Silent { .. } => {
            format!("Ask the customer; see: pdesk usage {id} --by hour")
        }
        AttentionFacts::TokenExpiring { used: true, .. } => format!(
            "Replace it without a gap, as told by: pdesk token rotate --help; see: pdesk token list {id}"
        ),
        AttentionFacts::TokenExpiring { .. } => {
            format!("Make a new one if it is needed; see: pdesk token list {id}")
        }
        AttentionFacts::Backup { .. } => format!("Make one: pdesk backup create {id}"),
        // Who it is may be a name that somebody gave themselves; the command takes an address.
        AttentionFacts::Invitation { ended, .. } => {
            let first = if *ended { "Invite anew" } else { "Remind them" };
            format!("{first}, or take it back: pdesk team remove {id} …; see: pdesk team list {id}")
        }
        AttentionFacts::TokenUnused { tokens: 1, first } => {
            // It ends with what the token's value ends with.
            let end = first.rsplit('·').next().unwrap_or_default().trim();
            format!("Revoke it: pdesk token revoke {id} {}", shell(end))
        }
        AttentionFacts::TokenUnused { .. } => format!(
            "Revoke those that nobody needs; see: pdesk token list {id} --filter unused:yes"
        ),
        AttentionFacts::Transfer { .. } => {
            "Ask TagoIO's support after it, or give it up; its number: pdesk profile transfer list"
                .to_owned()
        }
    }
}

/// A word of a command line: in quotes if a shell would not take it as it is. Names come from others.
fn shell(word: &str) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || "._@+-".contains(letter);
    if !word.is_empty() && !word.starts_with('-') && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// A share in whole percent, cut and not rounded, so that 99.9 % does not read as the limit.
fn percent(used: f64, limit: f64) -> String {
    let share = usage_share(Some(used), Some(limit)).unwrap_or(0.0);
    format!("{} %", (share * 100.0 + 1e-9).floor())
}

fn counted(many: u32, one: &str) -> String {
    format!("{many} {one}{}", if many == 1 { "" } else { "s" })
}

fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}

fn resources(key: &str) -> &str {
    match key {
        "device" => "devices",
        "dashboard" => "dashboards",
        "action" => "actions",
        "analysis" => "analyses",
        "am" => "access policies",
        other => other,
    }
}

/// A service or a resource that a downgrade cuts, by what a person calls it.
fn named(key: &str) -> &str {
    match Service::from_key(key) {
        // The script's service and the resource share a key.
        Some(service) => service.label(),
        None if key == "dashboard_output" => "Dashboards' output",
        None => resources(key),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_word_of_a_shell_whatever_is_in_it() {
        for (name, word) in [
            ("Acme", "Acme"),
            ("North Sea", "'North Sea'"),
            ("$(reboot)", "'$(reboot)'"),
            ("O'Neil; ls", "'O'\\''Neil; ls'"),
            ("--yes", "'--yes'"),
            ("", "''"),
        ] {
            assert_eq!(shell(name), word);
        }
    }
}
