//! A private D-Bus that starts no service by itself.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::folder::Folder;
use crate::part::{Part, missing};

const PROGRAM: &str = "dbus-daemon";
const PACKAGE: &str = "dbus-daemon";

/// Who has this name shows the keychain's dialogs.
pub(crate) const DIALOG: &str = "org.gnome.keyring.SystemPrompter";

#[derive(Debug)]
pub(crate) struct Bus {
    address: String,
    _daemon: Part,
}

impl Bus {
    /// With `dialogs` the one service that the bus starts is the keychain's dialog, on that display.
    pub(crate) fn start(folder: &Folder, dialogs: Option<&str>) -> io::Result<Self> {
        let file = folder.path().join("bus.conf");
        let socket = folder.path().join("run/bus");
        // Never the machine's own `servicedir`: with it, the bus would start a keychain when asked for one.
        let services = match dialogs {
            Some(_) => format!(
                "<servicedir>{}</servicedir>",
                dialog_service(folder)?.display()
            ),
            None => String::new(),
        };
        let config = format!(
            r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={}</listen>
  <auth>EXTERNAL</auth>
  {services}
  <policy context="default">
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#,
            socket.display()
        );
        fs::write(&file, config)?;
        let mut command = folder.command(PROGRAM);
        command
            .arg("--nofork")
            .arg("--print-address")
            .arg("--config-file")
            .arg(&file)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(folder.log("bus")?);
        if let Some(display) = dialogs {
            command.env("DISPLAY", display).env("GDK_BACKEND", "x11");
        }
        let mut daemon = Part::start(&mut command, PROGRAM, PACKAGE)?;
        let address = daemon.first_line()?;
        Ok(Self {
            address,
            _daemon: daemon,
        })
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// The id of the process that owns a name, if one does.
    pub(crate) fn owner(&self, name: &str) -> io::Result<Option<u32>> {
        let reply = self.call(
            "org.freedesktop.DBus",
            "/org/freedesktop/DBus",
            "org.freedesktop.DBus.GetConnectionUnixProcessID",
            &[format!("string:{name}")],
        )?;
        Ok(reply.and_then(|text| {
            let number = text.trim().strip_prefix("uint32")?;
            number.trim().parse().ok()
        }))
    }

    pub(crate) fn wait_for_absence(&self, name: &str) -> io::Result<()> {
        for _ in 0..500 {
            if self.owner(name)?.is_none() {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(10));
        }
        Err(io::Error::new(
            io::ErrorKind::TimedOut,
            format!("{name} is still on the bus"),
        ))
    }

    /// What a method returned, as `dbus-send` prints it; `None` if the call failed.
    pub(crate) fn call(
        &self,
        destination: &str,
        object: &str,
        method: &str,
        arguments: &[String],
    ) -> io::Result<Option<String>> {
        let output = Command::new("dbus-send")
            .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
            .arg("--session")
            .arg("--print-reply=literal")
            .arg("--reply-timeout=5000")
            .arg(format!("--dest={destination}"))
            .arg(object)
            .arg(method)
            .args(arguments)
            .stdin(Stdio::null())
            .output()
            .map_err(|error| missing(error, "dbus-send", "dbus-bin"))?;
        Ok(output
            .status
            .success()
            .then(|| String::from_utf8_lossy(&output.stdout).into_owned()))
    }
}

/// A folder with the distribution's own description of the dialog's service, which knows its path.
fn dialog_service(folder: &Folder) -> io::Result<PathBuf> {
    let services = folder.path().join("services");
    let name = format!("{DIALOG}.service");
    let installed = Path::new("/usr/share/dbus-1/services").join(&name);
    fs::create_dir(&services)?;
    fs::copy(installed, services.join(name))
        .map_err(|error| missing(error, "gcr-prompter", "gcr"))?;
    Ok(services)
}
