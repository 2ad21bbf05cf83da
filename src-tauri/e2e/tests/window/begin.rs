//! What most of these tests begin with.

use e2e::{App, Start};
use session::{Keyring, Session};
use sim::{Options, Running, Simulator};

/// A desktop with an open keychain.
pub(crate) fn desktop() -> Session {
    Session::builder()
        .keyring(Keyring::Unlocked)
        .display(Some((1440, 900)))
        .start()
        .unwrap()
}

/// A TagoIO with so many profiles of so many accounts.
pub(crate) async fn tagoio(profiles: usize, accounts: usize) -> Running {
    let options = Options {
        profiles,
        accounts,
        ..Options::default()
    };
    Simulator::start(options).await.unwrap()
}

/// The window with the first account of this TagoIO in it.
pub(crate) async fn synced(session: &Session, tagoio: &Running) -> App {
    let app = Start::new(session, session.folder().join("desk"))
        .open()
        .await
        .unwrap();
    app.arrives("Harbour", &tagoio.base_url(), &tagoio.tokens()[0].token)
        .await
        .unwrap();
    app
}
