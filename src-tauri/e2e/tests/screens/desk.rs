//! A desk with two accounts of a simulated TagoIO in it, as each of these tests begins.

use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};

use e2e::{DriveError, Start};
use session::{Keyring, Session};
use sim::world::Service;
use sim::{Clock, Options, Running, Simulator};

/// What a customer may call himself. An image that cannot be loaded would run its script.
pub(crate) const HOSTILE: &str = "<img src=x onerror=alert(1)>";

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
    /// For the programs.
    pub(crate) variables: &'a [(&'a str, String)],
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
        let app = start.open().await?;
        for (label, account) in LABELS.iter().zip(tagoio.tokens()) {
            app.connect(label, &tagoio.base_url(), &account.token)
                .await?;
            app.is_connected(label).await?;
        }
        app.sync().await?;
        let id = use_up(&tagoio);
        tagoio.rename_profile(&id, filling.rename);
        (filling.meanwhile)(&tagoio);
        app.sync().await?;
        app.search(&id, 1).await?;
        let script = "return Number(document.querySelector('[role=grid] [role=row][id]').id.split('-').pop())";
        let key = app.run(script, vec![]).await?;
        app.close().await?;
        Ok(Self {
            session,
            tagoio,
            shown: Shown {
                key,
                name: filling.rename.to_owned(),
            },
            data,
        })
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
