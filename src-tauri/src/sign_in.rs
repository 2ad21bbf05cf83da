//! The one sign-in that goes on in the window. It holds a password, so it ends when the page lets go of it, when
//! another one begins, and when its time is over.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use desk::{Problem, ProblemCode, SignInStep, SigningIn};

/// A place for one sign-in. Cheap to clone.
#[derive(Clone)]
pub struct OneSignIn {
    place: Arc<Mutex<Place>>,
    patience: Duration,
}

#[derive(Default)]
struct Place {
    /// Its number; each one that begins or ends takes the next.
    number: u64,
    /// Not there while a step of it is on its way.
    waiting: Option<SigningIn>,
}

impl OneSignIn {
    /// One that drops a sign-in after so long.
    pub fn new(patience: Duration) -> Self {
        Self {
            place: Arc::default(),
            patience,
        }
    }

    /// Makes room for another one, and returns its number. The one before is dropped, with its password.
    pub(crate) fn begin(&self) -> u64 {
        let number = self.place().next();
        let (later, patience) = (self.clone(), self.patience);
        tauri::async_runtime::spawn(async move {
            tokio::time::sleep(patience).await;
            later.end(Some(number));
        });
        number
    }

    /// Takes the sign-in of this number for a step.
    pub(crate) fn take(&self, number: u64) -> Result<SigningIn, Problem> {
        let mut place = self.place();
        let is_it = place.number == number;
        place.waiting.take_if(|_| is_it).ok_or_else(ended)
    }

    /// Puts it back after a step, unless it was let go of meanwhile; a step of one that was is not told.
    pub(crate) fn put_back(
        &self,
        number: u64,
        going: SigningIn,
        step: Result<SignInStep, Problem>,
    ) -> Result<SignInStep, Problem> {
        let mut place = self.place();
        let is_over = matches!(step, Ok(SignInStep::Connected { .. }));
        if place.number == number && !is_over {
            place.waiting = Some(going);
        } else if step.is_ok() && !is_over {
            return Err(ended());
        }
        // What went wrong is told also of one that is over: a token may be left.
        step
    }

    /// Drops the sign-in of this number, or whichever there is.
    pub(crate) fn end(&self, number: Option<u64>) {
        let mut place = self.place();
        if number.is_none_or(|number| number == place.number) {
            place.next();
        }
    }

    fn place(&self) -> MutexGuard<'_, Place> {
        self.place.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    fn next(&mut self) -> u64 {
        self.number += 1;
        self.waiting = None;
        self.number
    }
}

fn ended() -> Problem {
    let message = "The sign-in is over: it took too long, or another one was begun.";
    Problem::new(ProblemCode::Cancelled, message).with_hint("Begin to sign in again.")
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn a_sign_in_is_let_go_of_once_its_time_is_over() {
        let one = OneSignIn::new(Duration::from_millis(20));
        let (first, second) = (one.begin(), one.begin());
        assert_ne!(first, second, "the next one takes the place");
        let begun = Instant::now();
        while one.place().number == second {
            assert!(begun.elapsed() < Duration::from_secs(20), "it is kept");
            std::thread::sleep(Duration::from_millis(5));
        }
        assert!(one.place().waiting.is_none());
        assert_eq!(one.take(second).unwrap_err().code, ProblemCode::Cancelled);
    }
}
