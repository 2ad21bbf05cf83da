//! What opens on a screen: panels, menus, dialogs. Each is looked at as the screens are.

use e2e::{App, DriveError};
use serde_json::json;

use crate::screens::walk::go_to;

const GRID: &str = "[role=grid]";
const ROW: &str = "[role=grid] [role=row][id]";
const ENTER: &str = "\u{e007}";
const DOWN: &str = "\u{e015}";
/// Home, then down: the first row of the costs is their sum.
pub(crate) const SECOND_ROW: &str = "\u{e011}\u{e015}";
/// Home, X, down, X.
const TICK_TWO: &str = "\u{e011}x\u{e015}x";

/// Something that opens.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Opened {
    /// Its name, as a part of a file's name.
    pub(crate) name: &'static str,
    /// The address of the screen that it opens on.
    at: &'static str,
    /// What a person does for it, with the keyboard alone.
    steps: &'static [Step],
    /// What is there once it is open.
    shows: &'static str,
}

#[derive(Clone, Copy, Debug)]
enum Step {
    /// Presses keys while what a selector finds has the focus.
    Keys(&'static str, &'static str),
    /// Presses the button with this name.
    Button(&'static str),
}

/// From the fleet to the page of its first profile.
const FIRST_PROFILE: Step = Step::Keys(GRID, "\u{e011}\u{e007}");

const ACCOUNTS: Step = Step::Keys("nav a[title=\"Accounts\"]", ENTER);

const NEW_TOKEN: [Step; 3] = [
    FIRST_PROFILE,
    Step::Keys("main a[href$=\"/tokens\"]", ENTER),
    Step::Button("New token\u{2026}"),
];

const BACKUPS: [Step; 2] = [
    FIRST_PROFILE,
    Step::Keys("main a[href$=\"/backups\"]", ENTER),
];

const fn panel(name: &'static str, at: &'static str) -> Opened {
    Opened {
        name,
        at,
        steps: &[Step::Keys(GRID, SECOND_ROW)],
        shows: ".body.open aside :is(h2, h3)",
    }
}

const fn button(name: &'static str, button: &'static [Step], shows: &'static str) -> Opened {
    Opened {
        name,
        at: "#/fleet",
        steps: button,
        shows,
    }
}

pub(crate) static OPENED: [Opened; 52] = [
    panel("panel-today", "#/today"),
    panel("panel-fleet", "#/fleet"),
    panel("panel-fleet-heat", "#/fleet?face=heat"),
    panel("panel-allocation", "#/allocation"),
    panel("panel-costs", "#/costs"),
    panel("panel-cost-accounts", "#/costs?show=accounts"),
    panel("panel-tokens", "#/tokens"),
    panel("panel-people", "#/people"),
    panel("panel-syncs", "#/activity?log=syncs"),
    Opened {
        name: "selected-action",
        at: "#/activity?log=actions",
        steps: &[Step::Keys(GRID, SECOND_ROW)],
        shows: "section[aria-label=\"Selected action\"]",
    },
    button("export-menu", &[Step::Button("Export")], "[role=menuitem]"),
    button("groups", &[Step::Button("Groups")], "[role=dialog]"),
    button("columns", &[Step::Button("Columns")], "[role=dialog]"),
    button("views", &[Step::Button("Views")], "[role=dialog]"),
    Opened {
        name: "completion",
        at: "#/fleet",
        steps: &[Step::Keys("main input[role=combobox]", DOWN)],
        shows: "[role=option]",
    },
    Opened {
        name: "palette",
        at: "#/fleet",
        steps: &[Step::Keys(GRID, "\u{e009}k")],
        shows: "dialog[open] [role=option]",
    },
    Opened {
        name: "keys",
        at: "#/fleet",
        steps: &[Step::Keys(GRID, "?")],
        shows: "dialog[open]",
    },
    Opened {
        name: "review-rename",
        at: "#/fleet",
        steps: &[
            Step::Keys(GRID, "\u{e011}x\u{e015}x\u{e015}x"),
            Step::Button("Rename\u{2026}"),
            Step::Keys("form label:nth-of-type(3) input", "North "),
            Step::Button("Review\u{2026}"),
        ],
        shows: "dialog[open] [role=row] + [role=row], dialog[open] tbody tr",
    },
    button(
        "new-profile",
        &[ACCOUNTS, Step::Button("New profile\u{2026}")],
        "[role=dialog] form",
    ),
    button(
        "new-profiles",
        &[ACCOUNTS, Step::Button("New profiles\u{2026}")],
        "[role=dialog] form",
    ),
    button(
        "invitations",
        &[ACCOUNTS, Step::Button("Invitations\u{2026}")],
        "dialog[open] :is(ul, .actions)",
    ),
    button(
        "sign-in",
        &[ACCOUNTS, Step::Button("E-mail and password")],
        "form input[type=password][name=password]",
    ),
    button(
        "renew-token",
        &[ACCOUNTS, Step::Button("Renew token\u{2026}")],
        "dialog[open] input[type=password]",
    ),
    button(
        "move-token",
        &[ACCOUNTS, Step::Button("Move token\u{2026}")],
        "[role=dialog] option",
    ),
    button(
        "review-move-token",
        &[
            ACCOUNTS,
            Step::Button("Move token\u{2026}"),
            Step::Button("Review\u{2026}"),
        ],
        "dialog[open] tbody tr",
    ),
    button("new-token", &NEW_TOKEN, "[role=dialog] form"),
    button(
        "review-new-token",
        &[
            NEW_TOKEN[0],
            NEW_TOKEN[1],
            NEW_TOKEN[2],
            Step::Keys("[role=dialog] input", "Cold chain gateway"),
            Step::Button("Review\u{2026}"),
        ],
        "dialog[open] input[type=password]",
    ),
    Opened {
        name: "offboard",
        at: "#/people",
        steps: &[
            Step::Keys(GRID, SECOND_ROW),
            Step::Button("Off-board\u{2026}"),
        ],
        shows: "dialog[open] section",
    },
    Opened {
        name: "replace-token",
        at: "#/tokens",
        steps: &[
            Step::Keys(GRID, SECOND_ROW),
            Step::Button("Replace\u{2026}"),
        ],
        shows: "[role=dialog] form",
    },
    button(
        "invite",
        &[
            FIRST_PROFILE,
            Step::Keys("main a[href$=\"/team\"]", ENTER),
            Step::Button("Invite\u{2026}"),
        ],
        "[role=dialog] form",
    ),
    button(
        "invite-many",
        &[
            Step::Keys(GRID, TICK_TWO),
            Step::Button("Invite to\u{2026}"),
        ],
        "[role=dialog] form",
    ),
    button(
        "fleet-selection",
        &[Step::Keys(GRID, TICK_TWO)],
        "section[aria-label=Selection] dl",
    ),
    button(
        "pictures-of-many",
        &[Step::Keys(GRID, TICK_TWO), Step::Button("Pictures\u{2026}")],
        "[role=dialog] form",
    ),
    button(
        "new-token-of-many",
        &[
            Step::Keys(GRID, TICK_TWO),
            Step::Button("New token\u{2026}"),
        ],
        "[role=dialog] form",
    ),
    button(
        "protection-of-many",
        &[
            Step::Keys(GRID, TICK_TWO),
            Step::Button("Protection\u{2026}"),
        ],
        "[role=dialog] button",
    ),
    button(
        "review-delete-many",
        &[Step::Keys(GRID, TICK_TWO), Step::Button("Delete\u{2026}")],
        "dialog[open] .names label + label",
    ),
    button(
        "take-out-of-many",
        &[
            Step::Keys(GRID, TICK_TWO),
            Step::Button("Take out of\u{2026}"),
        ],
        "[role=dialog] form",
    ),
    Opened {
        name: "review-revoke-tokens",
        at: "#/tokens",
        steps: &[Step::Keys(GRID, TICK_TWO), Step::Button("Revoke\u{2026}")],
        shows: "dialog[open] tbody tr + tr, dialog[open] [role=row] + [role=row] + [role=row]",
    },
    Opened {
        name: "whose-token",
        at: "#/tokens",
        steps: &[Step::Button("Whose token?")],
        shows: "aside input",
    },
    button(
        "onboarding",
        &[Step::Button("Onboard\u{2026}")],
        "dialog[open] option:nth-of-type(2)",
    ),
    button(
        "review-onboarding",
        &[
            Step::Button("Onboard\u{2026}"),
            Step::Keys("dialog[open] select[name=account]", DOWN),
            Step::Keys("dialog[open] input[name=profile-name]", "Pier 4"),
            Step::Keys("dialog[open] textarea[name=people]", "ada@pier.example"),
            Step::Keys("dialog[open] input[name=token]", " "),
            Step::Keys("dialog[open] input[name=token-name]", "Gateway\u{e007}"),
        ],
        "dialog[open] input[type=password]",
    ),
    button(
        "transfer",
        &[FIRST_PROFILE, Step::Button("Transfer\u{2026}")],
        "dialog[open] td",
    ),
    button(
        "live-audit",
        &[
            FIRST_PROFILE,
            Step::Keys("main a[href$=\"/audit\"]", ENTER),
            Step::Button("TagoIO, now"),
            Step::Button("Ask TagoIO"),
        ],
        "[role=grid] [role=row][id]",
    ),
    button(
        "review-backup",
        &[BACKUPS[0], BACKUPS[1], Step::Button("Back up now\u{2026}")],
        "dialog[open] tbody tr, dialog[open] [role=row] + [role=row]",
    ),
    button(
        "review-delete-backup",
        &[BACKUPS[0], BACKUPS[1], Step::Button("Delete\u{2026}")],
        "dialog[open] input[type=password]",
    ),
    Opened {
        name: "actions-dates",
        at: "#/activity?log=actions&from=2026-01-01&to=2030-12-31&result=done",
        steps: &[Step::Keys(GRID, SECOND_ROW)],
        shows: "section[aria-label=\"Selected action\"]",
    },
    button(
        "limits",
        &[FIRST_PROFILE, Step::Button("Change limits\u{2026}")],
        "dialog[open] tbody input",
    ),
    button(
        "limits-of-many",
        &[
            Step::Keys(GRID, "\u{e011}x\u{e015}x\u{e015}x"),
            Step::Button("Set limits\u{2026}"),
        ],
        "dialog[open] tbody input",
    ),
    Opened {
        name: "limits-of-account",
        at: "#/allocation",
        steps: &[
            Step::Keys(GRID, SECOND_ROW),
            Step::Button("Change limits\u{2026}"),
        ],
        shows: "dialog[open] tbody input",
    },
    Opened {
        name: "buy",
        at: "#/allocation",
        steps: &[
            Step::Keys(GRID, SECOND_ROW),
            Step::Button("Buy more\u{2026}"),
        ],
        shows: "dialog[open] tbody select",
    },
    button(
        "pictures",
        &[FIRST_PROFILE, Step::Button("Pictures\u{2026}")],
        "[role=dialog] form",
    ),
    button(
        "review-delete",
        &[FIRST_PROFILE, Step::Button("Delete\u{2026}")],
        "dialog[open] input[type=password]",
    ),
];

impl Opened {
    /// Opens it on a page that nothing is open on.
    pub(crate) async fn open(&self, app: &App) -> Result<(), DriveError> {
        go_to(app, self.at).await?;
        app.reload().await?;
        app.watch().await?;
        app.wait_for(ROW).await?;
        for step in self.steps {
            match step {
                Step::Keys(css, keys) => app.keys(css, keys).await?,
                Step::Button(name) => {
                    app.until(&format!("the button {name}"), async || {
                        app.run::<Option<bool>>(FOCUS, vec![json!(name)]).await
                    })
                    .await?;
                    app.keys(":focus", ENTER).await?;
                }
            }
        }
        app.wait_for(self.shows).await.map(drop)
    }

    /// What is not as it should be, each in a line.
    pub(crate) async fn wrong(&self, app: &App) -> Result<Vec<String>, DriveError> {
        self.open(app).await?;
        let mut wrong = app.cut().await?;
        wrong.extend(app.axe().await?);
        wrong.extend(app.went_wrong().await?);
        Ok(wrong)
    }
}

/// Gives a button the focus that can be pressed.
const FOCUS: &str = "
    const named = [...document.querySelectorAll('main button')]
        .find((button) => button.innerText.trim() === arguments[0] && !button.disabled);
    named?.focus();
    return named ? true : null";
