//! The page that is handed over once a customer is onboarded: what was made, for whom, and what comes next. A token's
//! value is never on it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use model::{Amounts, Service, Timestamp};
use serde::{Deserialize, Serialize};
use store::{AccountKey, Aspect, Errand, ProfileKey, Reader, StoreError, Subject};
use ts_rs::TS;

use super::stand::{MadeToken, look, made_token};
use super::{OnboardState, OnboardStepKind, Onboarding};
use crate::export::{for_file_name, not_written, write_whole};
use crate::figures::number;
use crate::open::{Desk, Inner, blocking};
use crate::problem::Problem;
use crate::read::region_name;

/// What a page to hand over is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PageFormat {
    /// A page for a browser, in one file.
    Html,
    /// Plain text.
    Text,
}

/// What is on the page.
struct HandOver {
    name: String,
    /// What the profile is, by label.
    facts: Vec<(&'static str, String)>,
    /// Lists under a heading; none of them is empty.
    lists: Vec<(&'static str, Vec<String>)>,
    made_at: Timestamp,
}

impl Desk {
    /// The page to hand over, as text.
    pub async fn hand_over_text(&self, key: i64) -> Result<String, Problem> {
        Ok(self.hand_over(key).await?.text())
    }

    /// The name to propose for a file with the page.
    pub async fn hand_over_name(&self, key: i64, format: PageFormat) -> Result<String, Problem> {
        let name = self.onboarding(key).await?.wanted.name;
        Ok(format!("{}.{}", for_file_name(&name), format.extension()))
    }

    /// Writes the page to a file, in place of what it held: as the file's name says; if that says nothing, as it was
    /// chosen, or as text.
    pub async fn save_hand_over(
        &self,
        key: i64,
        chosen: Option<PageFormat>,
        path: PathBuf,
    ) -> Result<PathBuf, Problem> {
        let page = self.hand_over(key).await?;
        let format = PageFormat::of(&path).or(chosen);
        let written = match format.unwrap_or(PageFormat::Text) {
            PageFormat::Html => page.html(),
            PageFormat::Text => page.text(),
        };
        blocking(move || {
            write_whole(&path, written.as_bytes()).map_err(|error| not_written(&path, &error))?;
            Ok(path)
        })
        .await?
    }

    async fn hand_over(&self, key: i64) -> Result<HandOver, Problem> {
        let errand = self.inner.onboarding_errand(key).await?;
        let inner = std::sync::Arc::clone(&self.inner);
        let found = self
            .inner
            .read(move |store| page(&inner, store, &errand))
            .await?;
        found.ok_or_else(|| {
            Problem::invalid("There is nothing to hand over yet: the profile is not made.")
        })
    }
}

impl PageFormat {
    /// What a file's name says that it holds.
    fn of(path: &Path) -> Option<Self> {
        let ends = path.extension()?.to_ascii_lowercase();
        match ends.to_str()? {
            "html" | "htm" => Some(Self::Html),
            "txt" => Some(Self::Text),
            _ => None,
        }
    }

    /// How its files' names end.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Text => "txt",
        }
    }

    /// What a person calls it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Html => "Web page",
            Self::Text => "Text",
        }
    }
}

fn page(
    inner: &Inner,
    store: &Reader<'_>,
    errand: &Errand,
) -> Result<Option<HandOver>, StoreError> {
    let onboarding = look(inner, store, errand)?;
    let key = onboarding.profile_key.map(ProfileKey);
    let profile = key.map(|key| store.profile(key)).transpose()?.flatten();
    let Some(profile) = profile else {
        return Ok(None);
    };
    let account = store.account(AccountKey(onboarding.wanted.account))?;
    let mut facts = vec![
        ("Profile", profile.name.clone()),
        ("ID", profile.id.to_string()),
        (
            "Region",
            profile
                .region
                .clone()
                .unwrap_or_else(|| region_name(&profile.api)),
        ),
    ];
    if let Some(owner) = account.and_then(|account| account.name.or(account.email)) {
        facts.push(("Owner", owner));
    }
    let lists = [
        ("Limits", limits(store, profile.key)?),
        ("People", people(store, profile.key, &onboarding)?),
        (
            "Token",
            token(made_token(store, errand, profile.key)?, &onboarding),
        ),
        ("Next steps", next_steps(&onboarding)),
    ];
    Ok(Some(HandOver {
        name: profile.name,
        facts,
        lists: lists
            .into_iter()
            .filter(|(_, lines)| !lines.is_empty())
            .collect(),
        made_at: inner.clock.now(),
    }))
}

fn limits(store: &Reader<'_>, profile: ProfileKey) -> Result<Vec<String>, StoreError> {
    let version = store.version::<Amounts>(Subject::Profile(profile), Aspect::Limits)?;
    let Some(limits) = version.map(|version| version.value) else {
        return Ok(Vec::new());
    };
    let known = Service::ALL.into_iter().filter_map(|service| {
        let limit = limits[service]?;
        Some(if limit > 0.0 {
            format!("{}: {} {}", service.label(), number(limit), service.unit())
        } else {
            format!("{}: not allocated", service.label())
        })
    });
    Ok(known.collect())
}

fn people(
    store: &Reader<'_>,
    profile: ProfileKey,
    onboarding: &Onboarding,
) -> Result<Vec<String>, StoreError> {
    let team = store.team(profile)?;
    let lines = onboarding.wanted.people.iter().map(|email| {
        let email = email.trim();
        let same = |member: &store::Member| {
            let known = member.email.as_deref();
            known.is_some_and(|known| store::folded(known) == store::folded(email))
        };
        let found = team.iter().find(|version| same(&version.member));
        let id = format!("{}:{email}", OnboardStepKind::Invitation.key());
        let step = onboarding.steps.iter().find(|step| step.id == id);
        let how = match (
            found.map(|version| version.member.active),
            step.map(|step| step.state),
        ) {
            (Some(Some(true)), _) => "member",
            (Some(_), _) | (None, Some(OnboardState::Done)) => "invited",
            (None, Some(OnboardState::Unknown)) => "not known to be invited",
            (None, _) => "not invited",
        };
        format!("{email} ({how})")
    });
    Ok(lines.collect())
}

/// What a token is called and how its value ends; never the value.
fn token(made: Option<MadeToken>, onboarding: &Onboarding) -> Vec<String> {
    let wanted = onboarding.wanted.token.as_ref();
    let mut steps = onboarding.steps.iter();
    let hands = |step: &super::OnboardStep| {
        step.kind == OnboardStepKind::Token
            && matches!(step.state, OnboardState::Done | OnboardState::HandOut)
    };
    let Some((made, wanted)) = made.zip(wanted).filter(|_| steps.any(hands)) else {
        return Vec::new();
    };
    let until = match made.expires.as_deref() {
        Some("never") => "for good".to_owned(),
        Some(at) => match at.parse() {
            Ok(at) => format!("until {}", day(at)),
            Err(_) => format!("until {at}"),
        },
        None => "until a day that is not known".to_owned(),
    };
    vec![format!(
        "{} ····{}, permission {}, valid {until}. Its value is handed over apart from this page.",
        wanted.name.trim(),
        made.last4.unwrap_or_default(),
        made.permission.as_deref().unwrap_or("not known"),
    )]
}

fn next_steps(onboarding: &Onboarding) -> Vec<String> {
    let is = |kind: OnboardStepKind, state: OnboardState| {
        let mut steps = onboarding.steps.iter();
        steps.any(|step| step.kind == kind && step.state == state)
    };
    let mut steps = Vec::new();
    if is(OnboardStepKind::Invitation, OnboardState::Done) {
        let text = "Who is invited accepts by the e-mail from TagoIO, within 7 days.";
        steps.push(text.to_owned());
    }
    if is(OnboardStepKind::Token, OnboardState::Done)
        || is(OnboardStepKind::Token, OnboardState::HandOut)
    {
        steps.push("Put the token where it is used, and keep no copy elsewhere.".to_owned());
    }
    steps.push("Sign in, choose the profile, and connect the first device.".to_owned());
    let open = onboarding.steps.iter().filter(|step| step.state.is_open());
    steps.extend(open.map(|step| format!("Not done yet: {}.", step.what)));
    steps
}

impl HandOver {
    fn text(&self) -> String {
        let mut text = format!(
            "{}\n{}\n\n",
            self.name,
            "=".repeat(self.name.chars().count())
        );
        for (label, value) in &self.facts {
            let _ = writeln!(text, "{label}: {value}"); // a string takes everything
        }
        for (heading, lines) in &self.lists {
            let _ = writeln!(text, "\n{heading}");
            for line in lines {
                let _ = writeln!(text, "- {line}");
            }
        }
        let _ = writeln!(text, "\nAs of {}.", day(self.made_at));
        text
    }

    /// In one file that loads nothing.
    fn html(&self) -> String {
        let name = escaped(&self.name);
        let mut page = format!(
            "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>{name}</title>\n\
             <meta name=\"viewport\" content=\"width=device-width\">\n<style>\n\
             :root {{ color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }}\n\
             body {{ max-width: 40rem; margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere }}\n\
             dl {{ display: grid; grid-template-columns: max-content 1fr; gap: 0.25rem 1rem }}\n\
             dd {{ margin: 0 }}\n</style>\n<h1>{name}</h1>\n<dl>\n"
        );
        for (label, value) in &self.facts {
            let _ = writeln!(page, "<dt>{label}</dt><dd>{}</dd>", escaped(value));
        }
        page.push_str("</dl>\n");
        for (heading, lines) in &self.lists {
            let _ = writeln!(page, "<h2>{heading}</h2>\n<ul>");
            for line in lines {
                let _ = writeln!(page, "<li>{}</li>", escaped(line));
            }
            page.push_str("</ul>\n");
        }
        let _ = writeln!(page, "<p>As of {}.</p>\n</html>", day(self.made_at));
        page
    }
}

fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}

/// A customer may be called `<b>Bold</b>`.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            letter => safe.push(letter),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_text_on_the_page_and_never_markup() {
        let page = HandOver {
            name: "<b>Bold</b> & \"Sons\"".to_owned(),
            facts: vec![("Profile", "<script>".to_owned())],
            lists: vec![("People", vec!["<img>'@x.example".to_owned()])],
            made_at: Timestamp::UNIX_EPOCH,
        };
        let html = page.html();
        assert!(
            html.contains("<h1>&lt;b&gt;Bold&lt;/b&gt; &amp; &quot;Sons&quot;</h1>"),
            "{html}"
        );
        assert!(html.contains("<dd>&lt;script&gt;</dd>") && html.contains("&lt;img&gt;&#39;@"));
        assert!(!html.contains("<b>") && !html.contains("<script"));
        assert!(page.text().starts_with("<b>Bold</b> & \"Sons\"\n==="));
    }
}
