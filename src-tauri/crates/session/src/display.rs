//! An X display in memory.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::folder::Folder;
use crate::part::Part;

#[derive(Debug)]
pub(crate) struct Display {
    name: String,
    frames: PathBuf,
    _server: Part,
}

impl Display {
    pub(crate) fn start(folder: &Folder, (width, height): (u16, u16)) -> io::Result<Self> {
        let mut command = folder.command("Xvfb");
        command
            // The server itself picks a display that is free, and says which when it is ready.
            .args([
                "-displayfd",
                "1",
                "-nolisten",
                "tcp",
                "-noreset",
                "-dpi",
                "96",
            ])
            .args(["-screen", "0", &format!("{width}x{height}x24")])
            // What is on the screen lies in a file, which is read without the server noticing.
            .arg("-fbdir")
            .arg(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(folder.log("display")?);
        let mut server = Part::start(&mut command, "Xvfb", "xvfb")?;
        let number = server.first_line()?;
        Ok(Self {
            name: format!(":{number}"),
            frames: folder.path().join("Xvfb_screen0"),
            _server: server,
        })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn frames(&self) -> &Path {
        &self.frames
    }
}
