//! Where a secret left a trace: searched for byte by byte.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A place where the bytes were found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// The file, or the process's `cmdline` or `environ`.
    pub place: PathBuf,
}

/// Every file below `folder`, and every argument and environment of these processes, that holds the
/// bytes as they are, as UTF-16 or backwards; and how many places were searched.
pub fn find_traces(
    secret: &str,
    folders: &[&Path],
    processes: &[u32],
) -> io::Result<(Vec<Trace>, usize)> {
    let needles = forms(secret);
    let mut found = Vec::new();
    let mut searched = 0;
    let mut search = |place: &Path, bytes: &[u8]| {
        searched += 1;
        if needles.iter().any(|needle| holds(bytes, needle)) {
            found.push(Trace {
                place: place.to_owned(),
            });
        }
    };
    for folder in folders {
        let mut left = vec![folder.to_path_buf()];
        while let Some(folder) = left.pop() {
            let Some(entries) = unless_gone(fs::read_dir(&folder))? else {
                continue;
            };
            for entry in entries {
                let path = entry?.path();
                search(&path, path.as_os_str().as_encoded_bytes());
                let Some(kind) = unless_gone(fs::symlink_metadata(&path))? else {
                    continue;
                };
                if kind.is_dir() {
                    left.push(path);
                } else if kind.is_file()
                    && let Some(bytes) = unless_gone(fs::read(&path))?
                {
                    search(&path, &bytes);
                }
            }
        }
    }
    for id in processes {
        for part in ["cmdline", "environ"] {
            let place = PathBuf::from(format!("/proc/{id}/{part}"));
            match fs::read(&place) {
                // Somebody else's environment is nobody's business, and not ours to leak into.
                Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {}
                read => {
                    if let Some(bytes) = unless_gone(read)? {
                        search(&place, &bytes);
                    }
                }
            }
        }
    }
    Ok((found, searched))
}

/// The ids of all processes that can be seen.
pub fn all_processes() -> io::Result<Vec<u32>> {
    let names = fs::read_dir("/proc")?.map(|entry| Ok(entry?.file_name()));
    let names: Vec<_> = names.collect::<io::Result<_>>()?;
    Ok(names
        .iter()
        .filter_map(|name| name.to_str()?.parse().ok())
        .collect())
}

/// Programs run meanwhile: a file or a process that is gone by now holds nothing.
fn unless_gone<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        // The latter is what a process says that ends while it is read.
        Err(error)
            if error.kind() == io::ErrorKind::NotFound || error.raw_os_error() == Some(3) =>
        {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

fn forms(secret: &str) -> [Vec<u8>; 3] {
    let wide = secret.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let backwards = secret.bytes().rev().collect();
    [secret.into(), wide, backwards]
}

fn holds(bytes: &[u8], needle: &[u8]) -> bool {
    !needle.is_empty() && bytes.windows(needle.len()).any(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_in_a_file_or_in_its_name_is_found() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("deep")).unwrap();
        fs::write(folder.path().join("deep/clean"), "nothing").unwrap();
        fs::write(folder.path().join("deep/plain"), "…a secret…").unwrap();
        let wide: Vec<u8> = "a secret"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        fs::write(folder.path().join("wide"), wide).unwrap();
        fs::write(folder.path().join("named a secret"), "").unwrap();
        let (found, searched) = find_traces("a secret", &[folder.path()], &[]).unwrap();
        let mut names: Vec<_> = found
            .iter()
            .map(|trace| trace.place.file_name().unwrap().to_str().unwrap())
            .collect();
        names.sort_unstable();
        assert_eq!(names, ["named a secret", "plain", "wide"]);
        assert_eq!(searched, 9, "five names and four files");
    }

    #[test]
    fn what_a_process_was_given_is_found() {
        let mut child = std::process::Command::new("sleep")
            .arg("30")
            .env("GIVEN", "a secret in the environment")
            .spawn()
            .unwrap();
        // It is started before the kernel shows what it was given.
        let shown = format!("/proc/{}/environ", child.id());
        while fs::read(&shown).unwrap().is_empty() {
            std::thread::yield_now();
        }
        let found = find_traces("a secret in the environment", &[], &[child.id()]);
        child.kill().unwrap();
        child.wait().unwrap();
        let (found, searched) = found.unwrap();
        assert_eq!(searched, 2);
        assert!(found[0].place.ends_with("environ"), "{found:?}");
    }
}
