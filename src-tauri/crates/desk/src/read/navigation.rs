//! What the way between the screens says of them, beside the fleet's own figures and what needs attention.

use std::collections::HashSet;

use super::NavigationCounts;
use crate::open::Desk;
use crate::problem::Problem;

impl Desk {
    /// How many persons and tokens there are. Asked on every screen and after every change, and so it gathers no
    /// more than it counts.
    pub async fn navigation_counts(&self) -> Result<NavigationCounts, Problem> {
        self.inner
            .read(|store| {
                let accounts = store.accounts_with_access()?;
                let people: HashSet<String> = accounts.iter().map(person).collect();
                Ok(NavigationCounts {
                    people: u32::try_from(people.len()).unwrap_or(u32::MAX),
                    tokens: store.count_tokens(insight::SIGN_IN_LIFE)?,
                })
            })
            .await
    }
}

/// Who it is, as the list of people tells one person from another.
fn person(seen: &store::AccountSeen) -> String {
    match (&seen.email, &seen.id, &seen.name) {
        (Some(email), ..) => store::folded(email.trim()),
        (None, Some(id), _) => format!("{} {id}", seen.api),
        (None, None, name) => format!("{} {}", seen.api, name.as_deref().unwrap_or_default()),
    }
}
