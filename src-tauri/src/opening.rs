//! The desk behind the window. It opens while the window is already there, and what stops it is
//! every command's answer, so that the window can say it.

use std::future::Future;

use desk::read::TodayQuery;
use desk::{Desk, Options, Problem, ProblemCode};
use futures::FutureExt;
use futures::future::{BoxFuture, Shared};
use tauri::async_runtime::{JoinHandle, spawn};

use crate::{Folders, log};

/// A desk that is open, is being opened, or could not be opened. Cheap to clone.
#[derive(Clone)]
pub struct Opening(Shared<BoxFuture<'static, Result<Desk, Problem>>>);

impl Opening {
    /// The desk of these folders, which syncs by itself from then on.
    pub fn of(folders: Result<Folders, Problem>) -> Self {
        Self::new(async move {
            let opened = match folders {
                Ok(folders) => Desk::open(Options::new(folders.data)).await,
                Err(problem) => Err(problem),
            };
            if let Ok(desk) = &opened {
                desk.keep_synced().for_good();
                // The first screen's answer is found while the web view still starts. If it fails, the screen
                // asks again and says why.
                let first = desk.clone();
                spawn(async move { drop(first.today(TodayQuery::default()).await) });
            }
            opened.inspect_err(|problem| {
                let hint = problem.hint.as_deref().unwrap_or_default();
                log::fatal(&format_args!("{} {hint}", problem.message));
            })
        })
    }

    /// A desk that `open` opens. It begins when the desk is first asked for, not here: a second
    /// start of the program must find the first before it touches the store.
    pub fn new(open: impl Future<Output = Result<Desk, Problem>> + Send + 'static) -> Self {
        Self(async move { joined(spawn(open)).await }.boxed().shared())
    }

    /// The desk, once it is open.
    pub async fn desk(&self) -> Result<Desk, Problem> {
        self.0.clone().await
    }

    /// Puts a question to the desk. It runs in a task of its own, since a command that panics
    /// would otherwise leave the window waiting for ever.
    pub async fn ask<T, F>(
        &self,
        question: impl FnOnce(Desk) -> F + Send + 'static,
    ) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Problem>> + Send,
    {
        let opening = self.clone();
        joined(spawn(async move { question(opening.desk().await?).await })).await
    }
}

/// What a task came to, a panic being a defect like another.
async fn joined<T>(task: JoinHandle<Result<T, Problem>>) -> Result<T, Problem> {
    task.await.unwrap_or_else(|error| {
        tracing::error!("a task ended before its answer");
        drop(error); // it can quote what the panic said, and that can quote anything
        let message = "Profile Desk met a defect of its own and gave up on this.";
        Err(Problem::new(ProblemCode::Internal, message)
            .with_hint("Nothing that was stored is lost. The log says where it happened."))
    })
}
