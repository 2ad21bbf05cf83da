//! A desk with two accounts of a simulated TagoIO in it, as each of these tests begins.

use std::io::Write as _;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use e2e::{DriveError, Start, built};
use session::{Keyring, Session};
use sim::world::{Backup, BackupState, Service};
use sim::{Clock, Options, Running, Simulator};

/// What a customer may call himself. An image that cannot be loaded would run its script.
pub(crate) const HOSTILE: &str = "<img src=x onerror=alert(1)>";

/// Queries of the audit log get no answer.
pub(crate) const AUDIT_WAITS: &str = "stall@/profile/{id}/auditlog";

pub(crate) const LABELS: [&str; 2] = ["Northwind Sensors", "Alpine Water"];

/// A profile of the first account.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    /// By which the window's address names it.
    pub(crate) key: u64,
    pub(crate) name: String,
}

/// A session with a data folder that was synced, and the TagoIO that it was synced from.
pub(crate) struct Desk {
    pub(crate) session: Session,
    pub(crate) tagoio: Running,
    /// It uses up a limit, so that it stands at the top of what is ordered by risk.
    pub(crate) shown: Shown,
    data: PathBuf,
}

/// How the desk is filled.
pub(crate) struct Filling<'a> {
    pub(crate) profiles: usize,
    pub(crate) clock: Clock,
    /// Where the simulator listens; any free port if it is 0.
    pub(crate) port: u16,
    /// The data folder as the program is told of it; one of the session if there is none.
    pub(crate) data: Option<&'a Path>,
    /// What the profile is renamed to after the first sync, so that the log tells of it.
    pub(crate) rename: &'a str,
    /// What else happens at TagoIO between the first sync and the second.
    pub(crate) meanwhile: fn(&Running),
    /// For the window.
    pub(crate) variables: &'a [(&'a str, String)],
    /// For the programs that work without it: to them time goes on.
    pub(crate) running: &'a [(&'a str, String)],
}

impl Default for Filling<'_> {
    fn default() -> Self {
        Self {
            profiles: 24,
            clock: Clock::system(),
            port: 0,
            data: None,
            rename: HOSTILE,
            meanwhile: |_| {},
            variables: &[],
            running: &[],
        }
    }
}

impl Desk {
    pub(crate) async fn fill(filling: Filling<'_>) -> Result<Self, DriveError> {
        let session = Session::builder()
            .keyring(Keyring::Unlocked)
            .display(Some((1440, 900)))
            .start()?;
        let data = filling
            .data
            .map_or_else(|| session.folder().join("desk"), Path::to_path_buf);
        let tagoio = Simulator::start(Options {
            profiles: filling.profiles,
            accounts: LABELS.len(),
            clock: filling.clock,
            listen: (Ipv4Addr::LOCALHOST, filling.port).into(),
            ..Options::default()
        })
        .await
        .map_err(std::io::Error::other)?;

        let mut start = Start::new(&session, &data);
        for (name, value) in filling.variables {
            start = start.variable(name, value);
        }
        // The archive of the audit log would come another way each time until the window is closed.
        tagoio.set_fault(AUDIT_WAITS.parse().map_err(std::io::Error::other)?);
        let app = start.open().await?;
        for (label, account) in LABELS.iter().zip(tagoio.tokens()) {
            app.connect(label, &tagoio.base_url(), &account.token)
                .await?;
            app.is_connected(label).await?;
        }
        app.sync().await?;
        let id = use_up(&tagoio);
        back_up(&tagoio, &id);
        tagoio.rename_profile(&id, filling.rename);
        (filling.meanwhile)(&tagoio);
        app.sync().await?;
        app.search(&id, 1).await?;
        let script = "return Number(document.querySelector('[role=grid] [role=row][id]').id.split('-').pop())";
        let key = app.run(script, vec![]).await?;
        app.close().await?;
        let desk = Self {
            session,
            tagoio,
            shown: Shown {
                key,
                name: filling.rename.to_owned(),
            },
            data,
        };
        let pdesk = || {
            let mut pdesk = desk.session.command(built("pdesk")?);
            pdesk.arg("--data-dir").arg(&desk.data);
            pdesk.envs(filling.running.iter().map(|(name, value)| (name, value)));
            pdesk.stdout(Stdio::null());
            Ok(pdesk)
        };
        change(&desk.tagoio, &id, pdesk)?;
        replace(&desk.tagoio, &id, pdesk)?;
        desk.tagoio.clear_faults();
        run(pdesk()?, &["backup", "list", &id, "--live"])?;
        archive(&id, pdesk).await?;
        Ok(desk)
    }

    pub(crate) fn start(&self) -> Start<'_> {
        Start::new(&self.session, &self.data)
    }

    pub(crate) fn data(&self) -> &Path {
        &self.data
    }
}

/// Lets a profile of the first account use up its data input. Gives its id.
fn use_up(tagoio: &Running) -> String {
    let world = tagoio.world();
    let owner = &tagoio.tokens()[0].account;
    let profile = world
        .owned_by(owner)
        .find(|profile| profile.limits[Service::Input as usize] > 0.0)
        .unwrap();
    let limit = profile.limits[Service::Input as usize];
    assert!(tagoio.use_service(&profile.id, Service::Input, limit));
    profile.id.clone()
}

/// Gives a profile a few backups, one of which failed.
fn back_up(tagoio: &Running, profile: &str) {
    let now = tagoio.clock().now();
    let backup = |place: u64| Backup {
        id: format!("66a{place:021x}"),
        created_at: now - Duration::from_hours(24 * (37 - 7 * place) + 3),
        file_size: 3_482_112 + 40_960 * place,
        state: match place {
            3 => BackupState::Failed,
            _ => BackupState::Completed,
        },
    };
    let backups: Vec<Backup> = (1..=5).map(backup).collect();
    tagoio.change(|world| {
        if let Some(profile) = world.profile_mut(profile) {
            profile.backups = backups;
        }
    });
}

/// Runs a command of pdesk to a good end.
fn run(mut pdesk: Command, arguments: &[&str]) -> Result<(), DriveError> {
    let status = pdesk.args(arguments).status()?;
    if status.success() {
        return Ok(());
    }
    let message = format!("pdesk {} ended with {status}", arguments.join(" "));
    Err(DriveError::Screen(message))
}

/// Renames two other profiles from here, so that the action log has lines.
fn change(
    tagoio: &Running,
    shown: &str,
    pdesk: impl Fn() -> std::io::Result<Command>,
) -> Result<(), DriveError> {
    let owner = tagoio.tokens()[0].account.clone();
    let others: Vec<(String, String)> = tagoio
        .world()
        .owned_by(&owner)
        .filter(|profile| profile.id != shown)
        .take(2)
        .map(|profile| (profile.id.clone(), format!("{} II", profile.name)))
        .collect();
    for (id, name) in &others {
        run(pdesk()?, &["profile", "edit", id, "--name", name, "--yes"])?;
    }
    Ok(())
}

/// Begins to replace a token from here, so that one is being replaced.
fn replace(
    tagoio: &Running,
    shown: &str,
    pdesk: impl Fn() -> std::io::Result<Command>,
) -> Result<(), DriveError> {
    let owner = tagoio.tokens()[0].account.clone();
    let (profile, last4, password) = {
        let world = tagoio.world();
        let used: Vec<String> = tagoio.tokens().into_iter().map(|one| one.token).collect();
        let replaceable = |profile: &&sim::world::Profile| {
            let mut tokens = profile.tokens.iter();
            profile.id != shown && tokens.any(|token| !used.contains(&token.token))
        };
        let profile = world.owned_by(&owner).find(replaceable).unwrap();
        let mut tokens = profile.tokens.iter();
        let token = tokens.find(|token| !used.contains(&token.token)).unwrap();
        let last4 = token.token[token.token.len() - 4..].to_owned();
        let account = world.account(&owner).unwrap();
        (profile.id.clone(), last4, account.password.clone())
    };
    let mut begin = pdesk()?
        .args(["token", "rotate", "begin", &profile, &last4])
        .args(["--name", "Gateway Lisbon 2027", "--permission", "read"])
        .args(["--expires", "365d", "--place", "the gateway in Lisbon"])
        .args(["--print", "--password-stdin", "--yes"])
        .stdin(Stdio::piped())
        .spawn()?;
    let mut input = begin.stdin.take().unwrap();
    writeln!(input, "{password}")?;
    drop(input);
    let status = begin.wait()?;
    if status.success() {
        return Ok(());
    }
    let message = format!("pdesk token rotate begin ended with {status}");
    Err(DriveError::Screen(message))
}

/// Archives the newest week of a profile's audit log, and stops soon after: all of it takes long.
async fn archive(
    profile: &str,
    pdesk: impl Fn() -> std::io::Result<Command>,
) -> Result<(), DriveError> {
    const PATIENCE: Duration = Duration::from_mins(5);
    let mut archiving = pdesk()?
        .args(["sync", "--archive", "--yes", "--account", LABELS[0]])
        .spawn()?;
    let start = Instant::now();
    let done = loop {
        let mut audit = pdesk()?;
        let audit = audit
            .args(["audit", profile, "--json"])
            .stdout(Stdio::piped())
            .output()?;
        if String::from_utf8_lossy(&audit.stdout).contains("resource") {
            break true;
        }
        if start.elapsed() > PATIENCE || archiving.try_wait()?.is_some() {
            break false;
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    };
    archiving.kill()?;
    archiving.wait()?;
    if done {
        return Ok(());
    }
    let message = "the audit log of the profile was not archived".to_owned();
    Err(DriveError::Screen(message))
}
