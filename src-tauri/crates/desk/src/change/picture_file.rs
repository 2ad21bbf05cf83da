//! Picture files that a person chose: looked at when they are chosen, kept in memory, and uploaded once a change is
//! carried out. What is uploaded is what was looked at, whatever becomes of the file.

use std::collections::VecDeque;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tagoio::{ApiError, FileUpload, Session};
use ts_rs::TS;

use crate::figures::hexadecimal;
use crate::open::{Desk, blocking};
use crate::problem::{Problem, ProblemCode};

/// What a picture may weigh: a logo is shown small.
const MOST_BYTES: u64 = 5 << 20;

/// So many are kept, the newest.
const KEPT: usize = 16;

/// Where uploaded pictures go in the files of the token's profile.
const FOLDER: &str = "profile-desk";

/// A kind of picture that a browser shows, known by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PictureKind {
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
    /// GIF.
    Gif,
    /// WebP.
    Webp,
}

/// A picture file that was chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ChosenPicture {
    /// The file's name, without its folder.
    pub name: String,
    /// What it is.
    pub kind: PictureKind,
    /// Its size in bytes.
    #[ts(type = "number")]
    pub bytes: u64,
    /// SHA-256 of its content, by which it is found again.
    pub sha256: String,
}

/// The contents of pictures that were chosen. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pictured(Arc<Mutex<VecDeque<Content>>>);

type Content = (String, Arc<Vec<u8>>);

impl Pictured {
    fn keep(&self, sha256: &str, content: Vec<u8>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(known, _)| known != sha256);
        kept.push_back((sha256.to_owned(), Arc::new(content)));
        while kept.len() > KEPT {
            kept.pop_front();
        }
    }

    fn get(&self, sha256: &str) -> Option<Arc<Vec<u8>>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.iter().find(|(known, _)| known == sha256);
        found.map(|(_, content)| Arc::clone(content))
    }
}

impl PictureKind {
    /// By the first bytes; a file's name says nothing.
    fn of(content: &[u8]) -> Option<Self> {
        match content {
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Self::Png),
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Self::Gif),
            [
                b'R',
                b'I',
                b'F',
                b'F',
                _,
                _,
                _,
                _,
                b'W',
                b'E',
                b'B',
                b'P',
                ..,
            ] => Some(Self::Webp),
            _ => None,
        }
    }

    const fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Gif => "gif",
            Self::Webp => "webp",
        }
    }

    const fn label(self) -> &'static str {
        match self {
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::Gif => "GIF",
            Self::Webp => "WebP",
        }
    }
}

impl ChosenPicture {
    /// The file for a person: `harbour.png (PNG, 12 KB)`.
    pub(super) fn described(&self) -> String {
        let kilobytes = self.bytes.div_ceil(1024);
        format!("{} ({}, {kilobytes} KB)", self.name, self.kind.label())
    }

    /// Whether an address is the one that this was uploaded to: its name there is made of its content.
    pub(super) fn is_at(&self, url: &str) -> bool {
        url.contains(self.mark())
    }

    fn mark(&self) -> &str {
        self.sha256.get(..16).unwrap_or(&self.sha256)
    }

    /// Uploads it, and returns its address. Twice is the same file.
    pub(super) async fn upload(
        &self,
        session: &Session,
        pictured: &Pictured,
    ) -> Result<String, ApiError> {
        let call = "upload of a picture";
        let content = pictured
            .get(&self.sha256)
            .ok_or_else(|| ApiError::Unsendable {
                call,
                why: format!(
                    "the file {} is not at hand any more. Choose it again.",
                    self.name
                ),
            })?;
        let file = FileUpload {
            filename: format!("{FOLDER}/{}.{}", self.mark(), self.kind.extension()),
            base64: STANDARD.encode(content.as_slice()),
            public: true,
        };
        let uploaded = session.upload_files(&[file]).await?;
        let mut urls = uploaded.urls.into_iter();
        urls.next().ok_or_else(|| ApiError::UnexpectedShape {
            call,
            path: "$".to_owned(),
            what: "it names no address of the file".to_owned(),
        })
    }
}

impl Desk {
    /// Looks at a picture file and keeps what is in it, for a change that uploads it.
    pub async fn choose_picture(&self, path: PathBuf) -> Result<ChosenPicture, Problem> {
        let (chosen, content) = blocking(move || chosen(&path)).await??;
        self.inner.pictured.keep(&chosen.sha256, content);
        Ok(chosen)
    }
}

fn chosen(path: &Path) -> Result<(ChosenPicture, Vec<u8>), Problem> {
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let unread = |error: std::io::Error| {
        Problem::new(
            ProblemCode::InvalidInput,
            format!("{} could not be read: {error}.", path.display()),
        )
    };
    // A size that is told may not be the one that is read.
    let file = std::fs::File::open(path).map_err(unread)?;
    let mut content = Vec::new();
    file.take(MOST_BYTES + 1)
        .read_to_end(&mut content)
        .map_err(unread)?;
    let bytes = content.len() as u64;
    if bytes > MOST_BYTES {
        return Err(Problem::invalid(format!(
            "{name} is larger than {} MB, which is too much for a logo or a banner.",
            MOST_BYTES >> 20
        )));
    }
    let kind = PictureKind::of(&content).ok_or_else(|| {
        Problem::invalid(format!(
            "{name} is no picture that browsers show. Choose a PNG, JPEG, GIF or WebP file."
        ))
    })?;
    let sha256 = hexadecimal(&Sha256::digest(&content));
    let picture = ChosenPicture {
        name,
        kind,
        bytes,
        sha256,
    };
    Ok((picture, content))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_known_by_its_content_and_not_by_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, content: &[u8]| {
            let path = folder.path().join(name);
            std::fs::write(&path, content).unwrap();
            chosen(&path)
        };
        let (png, _) = file("logo.jpg", b"\x89PNG\r\n\x1a\n and more").unwrap();
        assert_eq!((png.kind, png.bytes), (PictureKind::Png, 17));
        assert_eq!(png.described(), "logo.jpg (PNG, 1 KB)");
        assert!(png.is_at(&format!("https://api.tago.io/file/1/{}.png", png.mark())));
        let kinds = [
            (&b"\xff\xd8\xff\xe0"[..], PictureKind::Jpeg),
            (b"GIF89a", PictureKind::Gif),
            (b"RIFF\0\0\0\0WEBPVP8 ", PictureKind::Webp),
        ];
        for (content, kind) in kinds {
            assert_eq!(file("one", content).unwrap().0.kind, kind);
        }
        for bad in [&b""[..], b"<svg/>", b"<!doctype html>", b"GIF", b"RIFF"] {
            let problem = file("logo.png", bad).unwrap_err();
            assert!(
                problem.message.contains("logo.png is no picture"),
                "{problem}"
            );
        }
        let mut large = b"\x89PNG\r\n\x1a\n".to_vec();
        large.resize(usize::try_from(MOST_BYTES).unwrap() + 1, 0);
        assert!(
            file("large.png", &large)
                .unwrap_err()
                .message
                .contains("5 MB")
        );
        let missing = chosen(&folder.path().join("none.png")).unwrap_err();
        assert!(missing.message.contains("could not be read"), "{missing}");
    }
}
