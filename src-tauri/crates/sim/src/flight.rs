//! Which requests are being answered, told by guards that no way of ending can forget.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::response::Response;
use hyper::body::{Frame, SizeHint};

/// Counts the requests in flight; clones count together.
#[derive(Clone, Debug, Default)]
pub(crate) struct Flights(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    now: AtomicUsize,
    resting: AtomicUsize,
    driven: AtomicUsize,
    /// Every beginning and end of any of these so far.
    changes: AtomicU64,
}

impl Counts {
    fn of(&self, state: State) -> &AtomicUsize {
        match state {
            State::InFlight => &self.now,
            State::Resting => &self.resting,
            State::Driven => &self.driven,
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum State {
    InFlight,
    Resting,
    Driven,
}

/// Something that goes on until this is dropped.
#[derive(Debug)]
pub(crate) struct Guard(Flights, State);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.0.of(self.1).fetch_sub(1, Ordering::SeqCst);
        self.0.0.changes.fetch_add(1, Ordering::SeqCst);
    }
}

impl Flights {
    fn begin(&self, state: State) -> Guard {
        self.0.of(state).fetch_add(1, Ordering::SeqCst);
        self.0.changes.fetch_add(1, Ordering::SeqCst);
        Guard(self.clone(), state)
    }

    /// A request has come.
    pub(crate) fn arrive(&self) -> Guard {
        self.begin(State::InFlight)
    }

    /// A request in flight waits for what the simulator's own work does not bring: its clock, or the
    /// client's patience to end.
    pub(crate) fn rest(&self) -> Guard {
        self.begin(State::Resting)
    }

    /// Somebody moves the clock whenever nothing else is to be done.
    pub(crate) fn drive(&self) -> Guard {
        self.begin(State::Driven)
    }

    pub(crate) fn in_flight(&self) -> usize {
        self.0.now.load(Ordering::SeqCst)
    }

    /// Whether the simulator works at an answer at this moment.
    pub(crate) fn is_busy(&self) -> bool {
        self.in_flight() > self.0.resting.load(Ordering::SeqCst)
    }

    pub(crate) fn is_driven(&self) -> bool {
        self.0.driven.load(Ordering::SeqCst) > 0
    }

    /// Equal numbers: nothing happened between.
    pub(crate) fn changes(&self) -> u64 {
        self.0.changes.load(Ordering::SeqCst)
    }
}

/// A body that is in flight until it is handed out or its connection is gone.
struct Carried {
    body: Body,
    _in_flight: Guard,
}

/// Keeps the guard with the answer's body.
pub(crate) fn carried(answer: Response, in_flight: Guard) -> Response {
    answer.map(|body| {
        Body::new(Carried {
            body,
            _in_flight: in_flight,
        })
    })
}

impl hyper::body::Body for Carried {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
