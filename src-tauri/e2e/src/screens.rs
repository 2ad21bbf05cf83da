//! The screens as a person reads and uses them.

use std::time::Duration;

use serde::Deserialize;
use serde_json::json;

use crate::{App, DriveError};

/// A profile as the fleet's table shows it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Row {
    /// Its name, as text.
    pub name: String,
    /// The end of its id, where another profile bears the same name.
    pub id_end: Option<String>,
    /// The account that is used to reach it.
    pub account: String,
    /// Its services, in the table's order.
    pub figures: Vec<Figure>,
    /// As of when, as the last column says it to a screen reader.
    pub as_of: String,
}

/// One service of a profile, as its cell says it on hover.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Figure {
    /// What is used; `None` is unknown.
    pub used: Option<f64>,
    /// The limit; `None` is unknown.
    pub limit: Option<f64>,
    /// What that means, in words.
    pub state: String,
}

/// Reads the rows that are on screen. A cell's title reads `Data input: 1,200 of 2,000 variables (up to 80 %)`.
const READ_ROWS: &str = r#"
    const number = (text) => text === "—" ? null : Number(text.replaceAll(",", ""));
    return [...document.querySelectorAll("[role=grid] [role=row][id]")].map((row) => [
        Number(row.getAttribute("aria-rowindex")),
        {
            name: row.querySelector("[role=rowheader] bdi").textContent,
            id_end: row.querySelector("[role=rowheader] small")?.textContent.replace("…", "") ?? null,
            account: row.querySelector(".account bdi").textContent,
            figures: [...row.querySelectorAll("[data-state]")].map((cell) => {
                // Its numbers are told to the pointer.
                cell.dispatchEvent(new PointerEvent("pointerover", { bubbles: true }));
                const [, used, limit, state] = cell.title.match(/: (\S+) of (\S+) .*\((.*)\)$/);
                return { used: number(used), limit: number(limit), state };
            }),
            as_of: row.querySelector("[data-freshness]").ariaLabel,
        },
    ]);
"#;

impl App {
    /// Goes to a screen by its name at the left.
    pub async fn go_to(&self, screen: &str) -> Result<(), DriveError> {
        self.click(&format!(
            "nav[aria-label=\"Screens\"] a[title=\"{screen}\"]"
        ))
        .await
    }

    /// Goes to the fleet, and waits until it says that there is none yet.
    pub async fn is_empty(&self) -> Result<(), DriveError> {
        self.go_to("Fleet").await?;
        self.wait_for_text("main h1", "Welcome").await?;
        Ok(())
    }

    /// Fills in and sends the form that connects an account of a private deployment.
    pub async fn connect(&self, label: &str, url: &str, token: &str) -> Result<(), DriveError> {
        self.go_to("Accounts").await?;
        self.type_into("label", label).await?;
        self.choose("region", "private").await?;
        self.type_into("url", url).await?;
        self.type_into("token", token).await?;
        self.press("Connect").await
    }

    /// Connects an account, and waits until all of it is here.
    pub async fn arrives(&self, label: &str, url: &str, token: &str) -> Result<(), DriveError> {
        self.connect(label, url, token).await?;
        self.is_connected(label).await?;
        self.sync_ends().await?;
        Ok(())
    }

    /// Waits until the form says that the account is connected.
    pub async fn is_connected(&self, label: &str) -> Result<(), DriveError> {
        self.wait_for_text("form [role=status]", &format!("{label} is connected"))
            .await?;
        Ok(())
    }

    /// Waits for the message that refuses the form; gives its code and its text.
    pub async fn refusal(&self) -> Result<(String, String), DriveError> {
        self.until("a message under the form", async || {
            let script = "const box = document.querySelector('form [role=alert]');
                return box && [box.dataset.code, box.innerText]";
            self.run(script, vec![]).await
        })
        .await
    }

    /// Starts a sync of everything from the strip at the foot, and waits until it ended. Gives what
    /// the strip says then.
    pub async fn sync(&self) -> Result<String, DriveError> {
        self.press_within("footer", "Sync").await?;
        self.sync_ends().await
    }

    /// The same without the mouse: what is focused after it is then shown to be, as keyboards' users need it.
    pub async fn sync_with_the_keyboard(&self) -> Result<String, DriveError> {
        self.keys("footer .sync > .button", ENTER).await?;
        self.sync_ends().await
    }

    /// Waits until the sync that was just started ended. Gives what the strip says then.
    pub async fn sync_ends(&self) -> Result<String, DriveError> {
        // A short one may be over before it is seen to run, so this is not insisted on.
        for _ in 0..20 {
            if self.strip("Cancel").await?.is_some() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let said = self
            .until("the sync to end", async || self.strip("Sync").await)
            .await?;
        // Screens follow the store at their leisure, half a second behind.
        tokio::time::sleep(Duration::from_secs(1)).await;
        Ok(said)
    }

    /// What the strip at the foot says, if it offers this button.
    async fn strip(&self, button: &str) -> Result<Option<String>, DriveError> {
        let script = "const strip = document.querySelector('footer .sync');
            const buttons = [...strip.querySelectorAll('button')].map(({ innerText }) => innerText.trim());
            return buttons.includes(arguments[0]) ? strip.querySelector('[role=status]').innerText : null";
        self.run(script, vec![json!(button)]).await
    }

    /// All rows of the fleet's table with all nine services, by paging through it with the keyboard as far
    /// as it says that it goes.
    pub async fn fleet(&self) -> Result<Vec<Row>, DriveError> {
        const GRID: &str = "[role=grid][aria-label=Profiles]";
        self.run::<()>("location.hash = arguments[0]", vec![json!(ALL_SERVICES)])
            .await?;
        self.wait_for(GRID).await?;
        self.until("a column for each of the nine services", async || {
            let script = "return document.querySelectorAll('[role=columnheader]').length";
            Ok((self.run::<usize>(script, vec![]).await? == 12).then_some(()))
        })
        .await?;
        let total = self
            .until("the table to be filled", async || {
                let script = "const grid = document.querySelector('[role=grid]');
                    const rows = Number(grid.getAttribute('aria-rowcount')) - 1;
                    const answered = document.querySelector('.table .empty') || grid.querySelector('[role=row][id]');
                    return answered ? rows : null";
                self.run::<Option<usize>>(script, vec![]).await
            })
            .await?;
        let mut rows = vec![None; total];
        self.keys(GRID, HOME).await?;
        for _ in 0..=total {
            let seen: Vec<(usize, Row)> = self.run(READ_ROWS, vec![]).await?;
            for (index, row) in seen {
                // The head is the first row.
                if let Some(place) = rows.get_mut(index.saturating_sub(2)) {
                    *place = Some(row);
                }
            }
            if rows.iter().all(Option::is_some) {
                break;
            }
            self.keys(GRID, PAGE_DOWN).await?;
        }
        let read: Vec<Row> = rows.into_iter().flatten().collect();
        if read.len() == total {
            return Ok(read);
        }
        let message = format!("the table says {total} rows and shows {}", read.len());
        Err(DriveError::Screen(message))
    }

    /// Searches the fleet, and waits until the table says how many were found.
    pub async fn search(&self, words: &str, found: usize) -> Result<(), DriveError> {
        self.go_to("Fleet").await?;
        let field = self.wait_for("[aria-label=\"Filter the fleet\"]").await?;
        field.clear().await?;
        field.send_keys(words).await?;
        self.wait_for_text(".table [role=status]", &format!("{found} found"))
            .await?;
        Ok(())
    }

    /// Opens the first row of the table.
    pub async fn open_first(&self) -> Result<(), DriveError> {
        self.keys("[role=grid]", HOME).await?;
        self.keys("[role=grid]", ENTER).await?;
        self.wait_for("nav[aria-label=\"Parts of the profile\"]")
            .await?;
        Ok(())
    }

    /// The usage history of the open profile as its table shows it: period, amount and remark of
    /// each row, newest first. `by` is `hour`, `day` or `month`.
    pub async fn usage_table(
        &self,
        service: &str,
        by: &str,
    ) -> Result<Vec<(String, String, String)>, DriveError> {
        self.open_usage(service, by).await?;
        self.press("Show as table").await?;
        self.wait_for("table tbody tr").await?;
        let script = "return [...document.querySelectorAll('table tbody tr')]
            .map((row) => [...row.children].map(({ innerText }) => innerText.trim()))";
        let rows = self.run(script, vec![]).await?;
        self.press("Show as chart").await?;
        self.wait_for("canvas").await?;
        Ok(rows)
    }

    /// Shows what the open profile used of one service in 13 months as a chart.
    pub async fn open_usage(&self, service: &str, by: &str) -> Result<(), DriveError> {
        self.press("Usage").await?;
        for choice in ["months", "false", by] {
            self.click(&format!("label:has(input[value=\"{choice}\"])"))
                .await?;
        }
        let chip = format!("[data-service-chip=\"{service}\"][aria-pressed=false]");
        if self.text(&chip).await?.is_some() {
            self.click(&chip).await?;
        }
        // The others are taken away, one by one.
        let other = format!(
            "[data-service-chip][aria-pressed=true]:not([data-service-chip=\"{service}\"])"
        );
        self.until("one service alone", async || {
            if self.text(&other).await?.is_none() {
                return Ok(Some(()));
            }
            self.click(&other).await?;
            Ok(None)
        })
        .await?;
        self.wait_for_text(".head h2", &format!("in each {by}"))
            .await?;
        self.wait_for("canvas").await?;
        Ok(())
    }
}

/// The fleet with a column for each service; four of them are shown until somebody chooses.
const ALL_SERVICES: &str = "#/fleet?cols=account,input,output,analysis,sms,email,push_notification,data_records,file_storage,run_users,as_of";

/// Keys, as the driver is told of them.
const HOME: &str = "\u{e011}";
const PAGE_DOWN: &str = "\u{e00f}";
const ENTER: &str = "\u{e007}";
