//! A download at work: an address for the password, then as many requests as it takes.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use model::ActionResult;
use secrecy::SecretString;
use serde_json::json;
use store::{Account, ActionEnd, NewAction, Profile};
use tagoio::{ApiError, BackupId, ClientOptions, FileAddress, FileError};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::part::Part;
use super::{BackupSaved, BackupToFile, DownloadEnd, DownloadProgress, Turn};
use crate::change::{NeedsProof, Proof, Wants, not_sent, sent_password, wants};
use crate::event::{DeskEvent, StoreNews};
use crate::open::{Inner, blocking};
use crate::pace::Priority;
use crate::problem::{Problem, ProblemCode};
use crate::sync::{Ready, Unanswered, ask, note_signed_out};

/// Requests in a row that brought nothing, before it is given up.
const FRUITLESS: u32 = 5;

/// The pause after the first of them; each next one is twice as long.
const PAUSE: Duration = Duration::from_secs(1);

/// How often it is told how far it is, at most.
const TOLD_EVERY: Duration = Duration::from_millis(200);

/// Pieces that came and are not written yet, at most.
const PIECES: usize = 32;

pub(super) struct Download<'a> {
    inner: &'a Arc<Inner>,
    wanted: BackupToFile,
    turn: &'a Turn,
}

/// What TagoIO gave for the password.
struct Address {
    url: SecretString,
    megabytes: Option<f64>,
}

/// How the requests for a file ended.
enum Came {
    Whole,
    Stopped,
    /// The address lets nobody in any more.
    AddressEnded,
}

impl<'a> Download<'a> {
    pub(super) fn new(inner: &'a Arc<Inner>, wanted: BackupToFile, turn: &'a Turn) -> Self {
        Self {
            inner,
            wanted,
            turn,
        }
    }

    pub(super) async fn run(self, proof: Proof) -> Result<DownloadEnd, Problem> {
        let (profile, account) = self.inner.owned(self.wanted.profile, "A backup").await?;
        let (key, backup) = (profile.key, self.wanted.backup.clone());
        let id = backup.clone();
        let known = self
            .inner
            .read(move |store| store.backup(key, &id))
            .await?
            .ok_or_else(|| no_such_backup(&profile.name))?;
        // A file that cannot be written is found before the password is used.
        let path = self.wanted.path.clone();
        let part = blocking(move || Part::open(&path, &backup)).await??;
        let address = match self.address(&profile, &account, &proof).await? {
            Ok(address) => address,
            Err(needs) => return Ok(self.end(&part, None, Some(needs))),
        };
        drop(proof);
        let source = FileAddress::new(&address.url, &ClientOptions::default())
            .map_err(|error| failed(&error))?;
        let (part, came) = self.fetch(part, &source).await?;
        match came {
            Came::Stopped => Ok(self.end(&part, None, None)),
            Came::AddressEnded => {
                let message = "The address that TagoIO gave has ended before all was here. What came is kept; \
                               another address takes the password again.";
                let needs = needs(
                    &account,
                    false,
                    Problem::new(ProblemCode::Rejected, message),
                );
                Ok(DownloadEnd {
                    address_ended: true,
                    ..self.end(&part, None, Some(needs))
                })
            }
            Came::Whole => {
                let len = part.len();
                let sha256 = self.still(move || part.finish()).await?;
                self.inner.downloads.places().remove(&self.wanted.backup);
                let saved = BackupSaved {
                    sha256,
                    size_agrees: agrees(len, known.file_size, address.megabytes),
                };
                Ok(DownloadEnd {
                    path: self.path().display().to_string(),
                    bytes: len,
                    of: Some(len),
                    saved: Some(saved),
                    cancelled: false,
                    address_ended: false,
                    needs_proof: None,
                })
            }
        }
    }

    fn path(&self) -> &Path {
        &self.wanted.path
    }

    fn end(
        &self,
        part: &Part,
        saved: Option<BackupSaved>,
        needs_proof: Option<NeedsProof>,
    ) -> DownloadEnd {
        DownloadEnd {
            path: self.path().display().to_string(),
            bytes: part.len(),
            of: part.about.total,
            saved,
            cancelled: needs_proof.is_none(),
            address_ended: false,
            needs_proof,
        }
    }

    /// Asks for an address, or says what TagoIO wants first. That one was given is noted: it lets anybody in.
    async fn address(
        &self,
        profile: &Profile,
        account: &Account,
        proof: &Proof,
    ) -> Result<Result<Address, NeedsProof>, Problem> {
        let inner = self.inner;
        let id = BackupId::try_from(self.wanted.backup.clone())
            .map_err(|_| no_such_backup(&profile.name))?;
        inner.pace.try_again();
        let never = CancellationToken::new();
        let ready = Ready::open(inner, account, None, true, &never).await?;
        let password = sent_password(inner, &ready, proof);
        let of = profile.id.clone();
        let answer = ask(inner, &ready, Priority::Change, |session| async move {
            session.backup_download(&of, &id, &password).await
        })
        .await;
        match answer {
            Ok(given) => {
                self.note(profile, account).await?;
                Ok(Ok(Address {
                    url: given.url,
                    megabytes: given.file_size_mb,
                }))
            }
            Err(Unanswered::Stopped) => Err(not_sent(inner, &ready)),
            Err(Unanswered::Failed(error)) => {
                let problem = Problem::from_api(&error, inner.clock.now());
                if let Some(wants) = wants(inner, &ready, &error) {
                    return Ok(Err(needs(account, wants == Wants::Pin, problem)));
                }
                note_signed_out(inner, account.key, &problem).await?;
                Err(match error {
                    ApiError::NotFound { .. } => no_such_backup(&profile.name),
                    _ => problem,
                })
            }
        }
    }

    /// Writes into the action log that a backup can be had by whoever has its address.
    async fn note(&self, profile: &Profile, account: &Account) -> Result<(), Problem> {
        let now = self.inner.clock.now();
        let action = NewAction {
            at: now,
            batch: None,
            account: Some(account.key),
            profile: Some(profile.key),
            kind: "download_backup".to_owned(),
            what: json!({ "backup": self.wanted.backup }),
            before: json!({}),
            after: json!({ "backup": self.wanted.backup }),
        };
        let end = ActionEnd {
            at: now,
            result: ActionResult::Done,
            code: None,
            message: None,
            confirmed: None,
        };
        self.inner
            .write(move |store| {
                let begun = store.begin_action(&action)?;
                store.end_action(begun, &end)
            })
            .await?;
        self.inner.tell_changed(StoreNews::actions());
        Ok(())
    }

    /// Asks for what is not here until all of it is, or nothing more is to be had.
    async fn fetch(&self, mut part: Part, source: &FileAddress) -> Result<(Part, Came), Problem> {
        let (mut fruitless, mut is_new) = (0, true);
        loop {
            self.tell(part.len(), part.about.total);
            if part.is_whole() {
                return Ok((part, Came::Whole));
            }
            if self.turn.cancel.is_cancelled() {
                return Ok((part, Came::Stopped));
            }
            let before = part.len();
            let ended;
            (part, ended) = self.once(part, source).await?;
            let has_grown = part.len() > before;
            if has_grown {
                (fruitless, is_new) = (0, false);
            }
            let error = match ended {
                // Who does not say how long it is says that it is whole by ending it.
                Ok(()) if self.turn.cancel.is_cancelled() => None,
                Ok(()) if part.about.total.is_none() && has_grown => {
                    return Ok((part, Came::Whole));
                }
                Ok(()) => None,
                Err(FileError::Ended { .. }) if !is_new => {
                    return Ok((part, Came::AddressEnded));
                }
                Err(FileError::NoMore { .. }) => {
                    // What is here is of another file.
                    part = self
                        .still(move || part.begin_anew(None, None).map(|()| part))
                        .await?;
                    None
                }
                Err(error) if error.is_passing() => Some(error),
                Err(error) => return Err(failed(&error)),
            };
            if has_grown || self.turn.cancel.is_cancelled() || part.is_whole() {
                continue;
            }
            fruitless += 1;
            if fruitless >= FRUITLESS {
                return Err(match error {
                    Some(error) => failed(&error),
                    None => self.changes_always(),
                });
            }
            let pause = PAUSE * 2_u32.pow(fruitless - 1);
            tokio::select! {
                () = self.inner.clock.sleep(pause) => {}
                () = self.turn.cancel.cancelled() => {}
            }
        }
    }

    /// One request, written as it comes. It ends early where what is here turns out to be of another file.
    async fn once(
        &self,
        mut part: Part,
        source: &FileAddress,
    ) -> Result<(Part, Result<(), FileError>), Problem> {
        let _hold = self.inner.clock.hold();
        let version = part.about.version.clone();
        let asked = tokio::select! {
            asked = source.get(part.len(), version.as_deref()) => asked,
            () = self.turn.cancel.cancelled() => return Ok((part, Ok(()))),
        };
        let mut answer = match asked {
            Ok(answer) => answer,
            Err(error) => return Ok((part, Err(error))),
        };
        let (version, total) = (answer.version().map(str::to_owned), answer.total());
        if answer.start() == 0 {
            part = self
                .still(move || part.begin_anew(version.as_deref(), total).map(|()| part))
                .await?;
        } else if answer.start() != part.len()
            || version != part.about.version
            || total != part.about.total
        {
            part = self
                .still(move || part.begin_anew(None, None).map(|()| part))
                .await?;
            return Ok((part, Ok(())));
        }
        let (mut bytes, of) = (part.len(), part.about.total);
        let (send, mut pieces) = mpsc::channel(PIECES);
        let written = tokio::task::spawn_blocking(move || {
            while let Some(piece) = pieces.blocking_recv() {
                part.add(AsRef::<[u8]>::as_ref(&piece))?;
            }
            part.keep();
            Ok::<_, Problem>(part)
        });
        let mut told = Instant::now();
        let ended = loop {
            let next = tokio::select! {
                next = answer.next() => next,
                () = self.turn.cancel.cancelled() => break Ok(()),
            };
            let piece = match next {
                Ok(Some(piece)) => piece,
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
            };
            bytes += piece.as_ref().len() as u64;
            if send.send(piece).await.is_err() {
                // It could not be written: its end says why.
                break Ok(());
            }
            if told.elapsed() >= TOLD_EVERY {
                told = Instant::now();
                self.tell(bytes, of);
            }
        };
        drop(send);
        let part = written.await.map_err(|error| {
            tracing::error!(%error, "writing a backup ended early");
            Problem::internal("writing a backup ended early")
        })??;
        Ok((part, ended))
    }

    /// Does something to the file, off the async threads.
    async fn still<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        blocking(work).await?
    }

    fn tell(&self, bytes: u64, of: Option<u64>) {
        let progress = DownloadProgress {
            backup: self.wanted.backup.clone(),
            bytes,
            of,
        };
        // Nobody listens: nobody needs to know.
        drop(self.inner.events.send(DeskEvent::Downloading(progress)));
    }

    fn changes_always(&self) -> Problem {
        let message = format!(
            "{} was not downloaded: its host gives another file each time, or none.",
            self.path().display()
        );
        Problem::new(ProblemCode::Rejected, message).with_hint("Try again later.")
    }
}

fn failed(error: &FileError) -> Problem {
    let code = match error {
        FileError::Unreachable { .. } => ProblemCode::Offline,
        _ => ProblemCode::Rejected,
    };
    Problem::new(code, error.to_string()).with_hint(
        "What came is kept: download it again to the same file, and it goes on where it stopped.",
    )
}

fn needs(account: &Account, pin: bool, problem: Problem) -> NeedsProof {
    NeedsProof {
        account: account.label.clone(),
        rows: 1,
        pin,
        problem: Some(problem),
    }
}

fn no_such_backup(profile: &str) -> Problem {
    let message = format!("{profile} has no such backup.");
    Problem::new(ProblemCode::NotFound, message).with_hint(
        "Ask TagoIO for the list again, in the window or with: pdesk backup list PROFILE --live",
    )
}

/// Whether a file is as long as TagoIO says: in bytes, or in MB as rounded as it gives them, of either kind.
fn agrees(len: u64, size: Option<f64>, megabytes: Option<f64>) -> Option<bool> {
    #[expect(clippy::cast_precision_loss, reason = "no backup is so large")]
    let len = len as f64;
    let near = |said: f64| {
        let off = if said.fract() == 0.0 { 1.0 } else { 0.02 };
        [1e6, 1_048_576.0]
            .iter()
            .any(|unit| (len / unit - said).abs() <= off)
    };
    let in_bytes = size.map(|size| (size - len).abs() < 1.0 || near(size));
    let in_megabytes = megabytes.map(near);
    match (in_bytes, in_megabytes) {
        (None, None) => None,
        (one, other) => Some(one.unwrap_or_default() || other.unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::agrees;

    #[test]
    fn a_length_agrees_with_what_tagoio_says_in_bytes_or_in_rounded_megabytes() {
        for (size, megabytes, agreed) in [
            (None, None, None),
            (Some(3_210_000.0), None, Some(true)),
            (Some(3_210_001.0), None, Some(false)),
            (None, Some(3.21), Some(true)),
            (None, Some(3.06), Some(true)),
            (None, Some(3.0), Some(true)),
            (None, Some(3.5), Some(false)),
            (Some(9.9), Some(3.21), Some(true)),
        ] {
            assert_eq!(
                agrees(3_210_000, size, megabytes),
                agreed,
                "{size:?} {megabytes:?}"
            );
        }
    }
}
