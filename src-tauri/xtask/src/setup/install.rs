//! Installing packages with the distribution's own manager, or saying how.

use std::io::{self, IsTerminal};
use std::process::Command;

use anyhow::{Context, bail};

use super::needs::{Need, in_path};
use crate::process;

/// Packages come with what they need and nothing else; a lock that another installation holds is waited for.
const APT: [&str; 6] = [
    "env",
    "DEBIAN_FRONTEND=noninteractive",
    "apt-get",
    "-o",
    "DPkg::Lock::Timeout=120",
    "-y",
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manager {
    Apt,
    Dnf,
    Pacman,
}

/// How a person becomes root here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Root {
    Already,
    Sudo,
    /// Without a terminal nobody can type a password.
    SudoWithoutPassword,
    Impossible,
}

impl Manager {
    pub(super) fn of_this_machine() -> Option<Self> {
        [
            ("apt-get", Self::Apt),
            ("dnf", Self::Dnf),
            ("pacman", Self::Pacman),
        ]
        .into_iter()
        .find(|(program, _)| in_path(program))
        .map(|(_, manager)| manager)
    }

    fn packages(self, needs: &[&'static Need]) -> Vec<&'static str> {
        let mut packages = Vec::new();
        for need in needs {
            let names = match self {
                Self::Apt => need.apt,
                Self::Dnf => need.dnf,
                Self::Pacman => need.pacman,
            };
            for name in names.split(' ') {
                if !packages.contains(&name) {
                    packages.push(name);
                }
            }
        }
        packages
    }
}

impl Root {
    fn here() -> Self {
        #[cfg(unix)]
        if rustix::process::geteuid().is_root() {
            return Self::Already;
        }
        match (in_path("sudo"), io::stdin().is_terminal()) {
            (true, true) => Self::Sudo,
            (true, false) => Self::SudoWithoutPassword,
            (false, _) => Self::Impossible,
        }
    }

    fn prefix(self) -> &'static [&'static str] {
        match self {
            Self::Already | Self::Impossible => &[],
            Self::Sudo => &["sudo"],
            Self::SudoWithoutPassword => &["sudo", "-n"],
        }
    }
}

/// Says what it will do, and does it. Only apt is driven; for others the command is told.
pub(super) fn install(manager: Option<Manager>, needs: &[&'static Need]) -> anyhow::Result<()> {
    let Some(manager) = manager else {
        bail!(
            "this system's package manager is not known here: install the above by hand, then try again"
        );
    };
    let packages = manager.packages(needs).join(" ");
    match manager {
        Manager::Dnf => bail!("install it, then try again:\n  sudo dnf install {packages}"),
        Manager::Pacman => {
            bail!("install it, then try again:\n  sudo pacman -S --needed {packages}")
        }
        Manager::Apt => {}
    }
    let root = Root::here();
    if root == Root::Impossible {
        bail!(
            "installing needs root, and there is no sudo. As root:\n  \
             apt-get update && apt-get install --no-install-recommends {packages}"
        );
    }
    let mut update = apt(root, &["update"]);
    let mut install = apt(root, &["install", "--no-install-recommends"]);
    install.args(manager.packages(needs));
    println!("Installing with:");
    println!("  {}", process::show(&update));
    println!("  {}", process::show(&install));
    // One broken source of many makes the update fail; what is wanted may be there all the same.
    if let Err(error) = done(&mut update) {
        println!("{error:#}; going on with the lists that are there");
    }
    done(&mut install)
}

fn apt(root: Root, arguments: &[&str]) -> Command {
    let line: Vec<&str> = root
        .prefix()
        .iter()
        .chain(&APT)
        .chain(arguments)
        .copied()
        .collect();
    let mut command = Command::new(line[0]);
    command.args(&line[1..]);
    command
}

/// Runs in the foreground: sudo asks for a password on the terminal.
fn done(command: &mut Command) -> anyhow::Result<()> {
    let shown = process::show(command);
    let status = command
        .status()
        .with_context(|| format!("`{shown}` could not be started"))?;
    if !status.success() {
        bail!("`{shown}` ended with {status}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::setup::needs::NEEDS;

    #[test]
    fn each_manager_has_a_package_for_each_need_and_names_none_twice() {
        let needs: Vec<_> = NEEDS.iter().collect();
        for manager in [Manager::Apt, Manager::Dnf, Manager::Pacman] {
            let packages = manager.packages(&needs);
            assert!(packages.iter().all(|name| !name.is_empty()), "{packages:?}");
            let once: std::collections::BTreeSet<_> = packages.iter().collect();
            assert_eq!(once.len(), packages.len(), "{packages:?}");
        }
    }

    #[test]
    fn apt_is_called_as_the_person_may() {
        let line = |root| process::show(&apt(root, &["update"]));
        assert_eq!(
            line(Root::Sudo),
            "sudo env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 -y update"
        );
        assert!(line(Root::SudoWithoutPassword).starts_with("sudo -n env "));
        assert!(line(Root::Already).starts_with("env "));
    }

    #[test]
    fn an_unknown_manager_is_said_and_nothing_is_started() {
        let needs: Vec<_> = NEEDS.iter().collect();
        assert!(install(None, &needs).is_err());
        let told = install(Some(Manager::Dnf), &needs[2..3])
            .unwrap_err()
            .to_string();
        assert!(
            told.ends_with("sudo dnf install webkit2gtk4.1-devel"),
            "{told}"
        );
    }
}
