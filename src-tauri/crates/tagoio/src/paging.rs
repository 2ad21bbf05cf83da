//! Lists that come in pages, as one stream.

use std::collections::{HashSet, VecDeque};
use std::hash::{BuildHasher, Hash, RandomState};

use futures::{Stream, stream};
use serde::de::DeserializeOwned;

use crate::request::Request;
use crate::{ApiError, Session};

/// How many rows a page is asked to have.
pub(crate) const PAGE: u32 = 100;

/// The API's own page size where none is asked for. A page may hold less than was asked for because
/// the API caps it, but hardly less than this: a shorter one is the last.
const SMALLEST_PAGE: usize = 20;

/// No list of this API is as long; a server that invents a new page each time is stopped here.
const MOST_PAGES: u32 = 10_000;

/// A row of a list that comes in pages.
pub(crate) trait Paged: DeserializeOwned + Send + 'static {
    /// What tells it from the others, so that a page that is sent twice is seen.
    fn identity(&self) -> impl Hash;

    /// Whether no two rows share that identity; then one that comes twice is the same one.
    fn is_unique(&self) -> bool;
}

struct State<T, F> {
    session: Session,
    request: F,
    page: u32,
    rows: VecDeque<T>,
    hasher: RandomState,
    seen: HashSet<u64>,
    ended: bool,
}

/// All rows, page after page. `request` makes the request for a page (from 1) of so many rows.
pub(crate) fn stream<T, F>(
    session: Session,
    request: F,
) -> impl Stream<Item = Result<T, ApiError>> + Send
where
    T: Paged,
    F: Fn(u32, u32) -> Request + Send + Sync + 'static,
{
    let start = State {
        session,
        request,
        page: 1,
        rows: VecDeque::new(),
        hasher: RandomState::new(),
        seen: HashSet::new(),
        ended: false,
    };
    stream::try_unfold(start, |mut state| async move {
        while state.rows.is_empty() && !state.ended {
            state.next_page().await?;
        }
        Ok(state.rows.pop_front().map(|row| (row, state)))
    })
}

impl<T: Paged, F: Fn(u32, u32) -> Request> State<T, F> {
    async fn next_page(&mut self) -> Result<(), ApiError> {
        let request = (self.request)(self.page, PAGE);
        let rows: Vec<T> = self.session.fetch(request).await?;
        self.page += 1;
        self.ended = rows.len() < SMALLEST_PAGE || self.page > MOST_PAGES;

        let marked: Vec<(T, bool)> = rows
            .into_iter()
            .map(|row| {
                let mark = self.hasher.hash_one(row.identity());
                let known = self.seen.contains(&mark);
                (row, known)
            })
            .collect();
        if marked.iter().all(|(_, known)| *known) {
            // The server does not know pages: it sends the first one again.
            self.ended = true;
            return Ok(());
        }
        for (row, known) in marked {
            self.seen.insert(self.hasher.hash_one(row.identity()));
            if !(known && row.is_unique()) {
                self.rows.push_back(row);
            }
        }
        Ok(())
    }
}
