//! What we need of a Linux system, how it is found, and in which package it comes.

use std::env;
use std::path::Path;
use std::process::Command;

use crate::process;

/// What a need is for; each command asks for its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Build,
    /// A display in memory, and pictures of it.
    Display,
    /// A keychain where no desktop brings one.
    Keychain,
    Checks,
    /// Pictures that show the same on every day.
    Pictures,
    /// Windows and macOS from here.
    Platforms,
}

impl Purpose {
    pub(crate) const ALL: [Self; 6] = [
        Self::Build,
        Self::Display,
        Self::Keychain,
        Self::Checks,
        Self::Pictures,
        Self::Platforms,
    ];

    pub(crate) fn told(self) -> &'static str {
        match self {
            Self::Build => "to build",
            Self::Display => "to show the window without a display",
            Self::Keychain => "for a keychain without a desktop",
            Self::Checks => "for the tests",
            Self::Pictures => "for the documentation's pictures",
            Self::Platforms => "to check Windows from here",
        }
    }
}

/// How a need is found, whatever package brought it.
#[derive(Debug)]
pub(crate) enum Probe {
    Program(&'static str),
    /// A library with its headers, as pkg-config names it.
    Library(&'static str),
    /// Any of these files.
    File(&'static [&'static str]),
    PythonModule(&'static str),
    /// A font that can write a language, as fontconfig names it.
    Font(&'static str),
}

impl Probe {
    pub(crate) fn finds(&self) -> bool {
        match self {
            Self::Program(name) => in_path(name),
            Self::Library(name) => {
                process::output(Command::new("pkg-config").args(["--exists", name])).is_some()
            }
            Self::File(paths) => paths.iter().any(|path| Path::new(path).exists()),
            Self::PythonModule(name) => {
                process::output(Command::new("python3").args(["-c", &format!("import {name}")]))
                    .is_some()
            }
            Self::Font(language) => {
                process::output(Command::new("fc-list").arg(format!(":lang={language}")))
                    .is_some_and(|found| !found.is_empty())
            }
        }
    }
}

pub(crate) fn in_path(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

#[derive(Debug)]
pub(crate) struct Need {
    pub(crate) name: &'static str,
    pub(crate) purpose: Purpose,
    pub(crate) probe: Probe,
    /// Packages of Debian and Ubuntu, Fedora, Arch.
    pub(crate) apt: &'static str,
    pub(crate) dnf: &'static str,
    pub(crate) pacman: &'static str,
}

/// Where systems keep the library that gives a program another time.
pub(crate) const CLOCK_LIBRARY: [&str; 4] = [
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1",
    "/usr/lib64/faketime/libfaketime.so.1",
    "/usr/lib/faketime/libfaketime.so.1",
];

pub(crate) const NEEDS: [Need; 19] = [
    Need {
        name: "a C compiler",
        purpose: Purpose::Build,
        probe: Probe::Program("cc"),
        apt: "build-essential",
        dnf: "gcc",
        pacman: "base-devel",
    },
    Need {
        name: "pkg-config",
        purpose: Purpose::Build,
        probe: Probe::Program("pkg-config"),
        apt: "pkg-config",
        dnf: "pkgconf-pkg-config",
        pacman: "pkgconf",
    },
    Need {
        name: "WebKitGTK 4.1 with headers",
        purpose: Purpose::Build,
        probe: Probe::Library("webkit2gtk-4.1"),
        apt: "libwebkit2gtk-4.1-dev",
        dnf: "webkit2gtk4.1-devel",
        pacman: "webkit2gtk-4.1",
    },
    Need {
        name: "Xvfb",
        purpose: Purpose::Display,
        probe: Probe::Program("Xvfb"),
        apt: "xvfb",
        dnf: "xorg-x11-server-Xvfb",
        pacman: "xorg-server-xvfb",
    },
    Need {
        name: "ImageMagick",
        purpose: Purpose::Display,
        probe: Probe::Program("import"),
        apt: "imagemagick",
        dnf: "ImageMagick",
        pacman: "imagemagick",
    },
    Need {
        name: "the DejaVu fonts",
        purpose: Purpose::Display,
        probe: Probe::File(&[
            "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
            "/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf",
            "/usr/share/fonts/TTF/DejaVuSans.ttf",
        ]),
        apt: "fonts-dejavu-core",
        dnf: "dejavu-sans-fonts",
        pacman: "ttf-dejavu",
    },
    Need {
        name: "D-Bus",
        purpose: Purpose::Keychain,
        probe: Probe::Program("dbus-daemon"),
        // Brings the daemon and its tools, whatever package has them in this release.
        apt: "dbus-x11",
        dnf: "dbus-daemon",
        pacman: "dbus",
    },
    Need {
        name: "gnome-keyring",
        purpose: Purpose::Keychain,
        probe: Probe::Program("gnome-keyring-daemon"),
        apt: "gnome-keyring",
        dnf: "gnome-keyring",
        pacman: "gnome-keyring",
    },
    Need {
        name: "WebKit's WebDriver",
        purpose: Purpose::Checks,
        probe: Probe::Program("WebKitWebDriver"),
        apt: "webkit2gtk-driver",
        dnf: "webkit2gtk4.1",
        pacman: "webkit2gtk-4.1",
    },
    Need {
        name: "xdotool, for the system's dialogs",
        purpose: Purpose::Checks,
        probe: Probe::Program("xdotool"),
        apt: "xdotool",
        dnf: "xdotool",
        pacman: "xdotool",
    },
    Need {
        name: "Python",
        purpose: Purpose::Checks,
        probe: Probe::Program("python3"),
        apt: "python3",
        dnf: "python3",
        pacman: "python",
    },
    Need {
        name: "Python's venv and pip",
        purpose: Purpose::Checks,
        probe: Probe::PythonModule("ensurepip"),
        apt: "python3-venv",
        dnf: "python3-pip",
        pacman: "python-pip",
    },
    Need {
        name: "libfaketime",
        purpose: Purpose::Pictures,
        probe: Probe::File(&CLOCK_LIBRARY),
        apt: "libfaketime",
        dnf: "libfaketime",
        pacman: "libfaketime",
    },
    Need {
        name: "a font for names in Japanese",
        purpose: Purpose::Pictures,
        probe: Probe::Font("ja"),
        apt: "fonts-noto-cjk",
        dnf: "google-noto-sans-cjk-fonts",
        pacman: "noto-fonts-cjk",
    },
    Need {
        name: "a font for names in Hindi",
        purpose: Purpose::Pictures,
        probe: Probe::Font("hi"),
        apt: "fonts-lohit-deva",
        dnf: "lohit-devanagari-fonts",
        pacman: "ttf-indic-otf",
    },
    Need {
        name: "a font for names in Thai",
        purpose: Purpose::Pictures,
        probe: Probe::Font("th"),
        apt: "fonts-tlwg-waree",
        dnf: "thai-scalable-waree-fonts",
        pacman: "fonts-tlwg",
    },
    Need {
        name: "a font for emoji",
        purpose: Purpose::Pictures,
        probe: Probe::Font("und-zsye"),
        apt: "fonts-noto-color-emoji",
        dnf: "google-noto-color-emoji-fonts",
        pacman: "noto-fonts-emoji",
    },
    Need {
        name: "the MinGW compiler",
        purpose: Purpose::Platforms,
        probe: Probe::Program("x86_64-w64-mingw32-gcc"),
        apt: "gcc-mingw-w64-x86-64-win32",
        dnf: "mingw64-gcc",
        pacman: "mingw-w64-gcc",
    },
    Need {
        name: "Wine",
        purpose: Purpose::Platforms,
        probe: Probe::Program("wine"),
        apt: "wine wine64",
        dnf: "wine-core",
        pacman: "wine",
    },
];

/// The needs of these purposes that are not found, in their order.
pub(crate) fn missing<'a>(
    needs: &'a [Need],
    purposes: &[Purpose],
    finds: impl Fn(&Probe) -> bool,
) -> Vec<&'a Need> {
    needs
        .iter()
        .filter(|need| purposes.contains(&need.purpose) && !finds(&need.probe))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_not_found_and_asked_for_is_missing() {
        let has_no_wine_and_no_webkit = |probe: &Probe| {
            !matches!(
                probe,
                Probe::Program("wine") | Probe::Library("webkit2gtk-4.1")
            )
        };
        let names = |purposes: &[Purpose]| -> Vec<_> {
            missing(&NEEDS, purposes, has_no_wine_and_no_webkit)
                .iter()
                .map(|need| need.name)
                .collect()
        };
        assert_eq!(names(&[Purpose::Build]), ["WebKitGTK 4.1 with headers"]);
        assert_eq!(names(&Purpose::ALL), ["WebKitGTK 4.1 with headers", "Wine"]);
        assert_eq!(names(&[Purpose::Display]), [""; 0]);
    }

    #[test]
    fn a_program_and_a_file_are_found_where_they_are() {
        assert!(Probe::Program("cargo").finds());
        assert!(!Probe::Program("no-such-program-of-ours").finds());
        assert!(!Probe::File(&["/no/such/file"]).finds());
        assert!(!Probe::Library("no-such-library-of-ours").finds());
        // One that begins with a language that there is would be found as that one.
        assert!(!Probe::Font("qqx").finds());
    }
}
