//! Takes connections. A loop of our own, not axum's: a fault must be able to cut one connection, and
//! stopping must end them all at once.

use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tower_service::Service as _;

/// Ends the connection that a request came on, at once and without an answer.
#[derive(Clone, Debug)]
pub(crate) struct Cut(Arc<Notify>);

impl Cut {
    pub(crate) fn now(&self) {
        self.0.notify_one();
    }
}

/// Serves until it is aborted.
pub(crate) async fn serve(listener: TcpListener, router: axum::Router) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => { connections.spawn(connection(stream, router.clone())); }
                // Out of file handles, as a rule: some will be free again.
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn connection(stream: TcpStream, router: axum::Router) {
    // Small answers at once; where the system refuses, they are late and not wrong.
    let _late = stream.set_nodelay(true);
    let cut = Cut(Arc::default());
    let service =
        hyper::service::service_fn(|mut request: hyper::Request<hyper::body::Incoming>| {
            request.extensions_mut().insert(cut.clone());
            router.clone().call(request)
        });
    tokio::select! {
        // A client that went away is none of the simulator's errors.
        _ended = http1::Builder::new().serve_connection(TokioIo::new(stream), service) => {}
        () = cut.0.notified() => {}
    }
}
