//! Who decides when a request is sent, and whether one that failed is sent again. Not this crate.

use std::fmt;
use std::time::Duration;

use futures::future::BoxFuture;
use model::ProfileId;
use reqwest::Method;

use crate::ApiError;

/// A request as a [`Pace`] sees it: never its address, never its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// What is asked for, in words.
    pub call: &'static str,
    /// Method and path with every id replaced by `{id}`, such as `GET /profile/{id}/summary`: the API
    /// counts requests by it.
    pub route: String,
    /// The profile that is asked about, if the path names one.
    pub profile: Option<ProfileId>,
    /// Whether sending it twice does no more than sending it once: true of a GET alone.
    pub repeatable: bool,
}

/// Lets the requests of a [`crate::Session`] through, one by one.
pub trait Pace: Send + Sync {
    /// Waits until the request may be sent. `None`: it is not wanted any more.
    fn turn<'a>(&'a self, asked: &'a Asked, before: Before)
    -> BoxFuture<'a, Option<Box<dyn Turn>>>;

    /// Waits, by the clock that the caller lives by.
    fn pause(&self, time: Duration) -> BoxFuture<'_, ()>;
}

/// What became of the same request until now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Before {
    /// How often it failed and was sent again.
    pub repeats: u32,
    /// How often it was one too many and waited for another turn.
    pub refusals: u32,
}

/// The right to send one request. Dropped without an end, the request was given up on.
pub trait Turn: Send {
    /// The whole answer is here; what is in it is not read yet. Another request may have the connection.
    fn answered(&mut self);

    /// Is told how the request ended (`None`: well), and says what comes next.
    fn ended(self: Box<Self>, error: Option<&ApiError>) -> Next;
}

/// What becomes of a request that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Its end is the caller's answer.
    End,
    /// It is sent again after a pause and another turn.
    Repeat(Duration),
    /// It waits for another turn, since it was one too many.
    AnotherTurn,
}

impl Asked {
    pub(crate) fn of(call: &'static str, method: &Method, path: &str) -> Self {
        Self {
            call,
            route: format!("{method} {}", template(path)),
            profile: path
                .strip_prefix("/profile/")
                .and_then(|rest| rest.split('/').next()?.parse().ok()),
            repeatable: method == Method::GET,
        }
    }
}

/// A path without what differs from one thing to the next: a word of the API's own is of lower-case
/// letters and `_`; an id, a query or a token is not.
fn template(path: &str) -> String {
    let is_word = |part: &str| {
        part.bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
            && part.parse::<ProfileId>().is_err()
    };
    path.split('/')
        .map(|part| if is_word(part) { part } else { "{id}" })
        .collect::<Vec<_>>()
        .join("/")
}

impl fmt::Debug for dyn Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pace")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_has_no_id_no_query_and_no_token_in_it() {
        for (path, route) in [
            ("/profile", "GET /profile"),
            ("/profile/5bb0a0c9f1d2e3a4b5c6d7e8", "GET /profile/{id}"),
            (
                "/profile/abcdefabcdefabcdefabcdef/summary",
                "GET /profile/{id}/summary",
            ),
            (
                "/profile/5bb0a0c9f1d2e3a4b5c6d7e8/token/p-7d1f0c2a-55aa",
                "GET /profile/{id}/token/{id}",
            ),
            (
                "/profile/5bb0a0c9f1d2e3a4b5c6d7e8/auditlog/7d1f0c2a%2F55",
                "GET /profile/{id}/auditlog/{id}",
            ),
            ("/profile/current", "GET /profile/current"),
            ("/account/payment_history", "GET /account/payment_history"),
        ] {
            assert_eq!(Asked::of("a call", &Method::GET, path).route, route);
        }
    }

    #[test]
    fn the_profile_is_read_from_the_path_and_only_a_get_may_be_repeated() {
        let path = "/profile/5bb0a0c9f1d2e3a4b5c6d7e8/team";
        let asked = Asked::of("a call", &Method::GET, path);
        assert_eq!(
            asked.profile.as_ref().map(ProfileId::as_str),
            Some("5bb0a0c9f1d2e3a4b5c6d7e8")
        );
        assert!(asked.repeatable);
        assert!(!Asked::of("a call", &Method::POST, path).repeatable);
        assert_eq!(Asked::of("a call", &Method::GET, "/account").profile, None);
    }
}
