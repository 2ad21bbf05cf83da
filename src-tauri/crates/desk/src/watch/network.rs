//! What the desktop says of the network: whether it is metered, and when it comes back.
//!
//! On Linux it is `NetworkManager`'s word, where it runs. Elsewhere nothing is known: then the program
//! syncs as if the connection cost nothing, and tries a host that was away again after its pause.

use tokio::sync::watch;

/// The network as the desktop sees it; `None` is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Network {
    /// Whether each megabyte costs.
    pub(crate) metered: Option<bool>,
    /// Whether there is a connection to the outside.
    pub(crate) online: Option<bool>,
}

/// Follows the network for as long as the receiver lives.
pub(crate) fn follow() -> watch::Receiver<Network> {
    let (tell, network) = watch::channel(Network::default());
    #[cfg(target_os = "linux")]
    tokio::spawn(async move {
        let bus = zbus::Connection::system().await;
        if let Err(error) = linux::follow(bus, &tell).await {
            tracing::info!(%error, "the desktop's network service says nothing");
        }
        // The receiver is to go on with what is known.
        tell.closed().await;
    });
    #[cfg(not(target_os = "linux"))]
    tokio::spawn(async move { tell.closed().await });
    network
}

#[cfg(target_os = "linux")]
mod linux {
    use futures::StreamExt;
    use tokio::sync::watch;

    use super::Network;

    const NAME: &str = "org.freedesktop.NetworkManager";
    const PATH: &str = "/org/freedesktop/NetworkManager";

    /// `NMMetered`: yes, and "guess yes".
    const METERED: [u32; 2] = [1, 3];
    /// `NMState`: connected, to the site or to everything.
    const CONNECTED: [u32; 2] = [60, 70];

    /// Tells what `NetworkManager` says, until nobody listens or the bus is gone.
    pub(super) async fn follow(
        bus: zbus::Result<zbus::Connection>,
        tell: &watch::Sender<Network>,
    ) -> zbus::Result<()> {
        let bus = bus?;
        let service = zbus::Proxy::new(&bus, NAME, PATH, NAME).await?;
        let mut metered = service.receive_property_changed::<u32>("Metered").await;
        let mut state = service.receive_property_changed::<u32>("State").await;
        let read = async |name| service.get_property::<u32>(name).await.ok();
        let (now_metered, now_state) = (read("Metered").await, read("State").await);
        tell.send_replace(Network {
            metered: now_metered.map(|word| METERED.contains(&word)),
            online: now_state.map(|word| CONNECTED.contains(&word)),
        });
        loop {
            tokio::select! {
                () = tell.closed() => return Ok(()),
                Some(changed) = metered.next() => {
                    let word = changed.get().await.ok();
                    tell.send_modify(|network| {
                        network.metered = word.map(|word| METERED.contains(&word));
                    });
                }
                Some(changed) = state.next() => {
                    let word = changed.get().await.ok();
                    tell.send_modify(|network| {
                        network.online = word.map(|word| CONNECTED.contains(&word));
                    });
                }
                else => return Ok(()),
            }
        }
    }

    #[cfg(test)]
    mod tests {
        use std::time::Duration;

        use super::*;

        struct Service {
            metered: u32,
            state: u32,
        }

        #[zbus::interface(name = "org.freedesktop.NetworkManager")]
        impl Service {
            #[zbus(property)]
            fn metered(&self) -> u32 {
                self.metered
            }

            #[zbus(property)]
            fn set_metered(&mut self, word: u32) {
                self.metered = word;
            }

            #[zbus(property)]
            fn state(&self) -> u32 {
                self.state
            }

            #[zbus(property)]
            fn set_state(&mut self, word: u32) {
                self.state = word;
            }
        }

        async fn connect(address: &str) -> zbus::Connection {
            let builder = zbus::connection::Builder::address(address).unwrap();
            builder.build().await.unwrap()
        }

        /// Waits until what is told fits.
        async fn until(network: &mut watch::Receiver<Network>, fits: impl FnMut(&Network) -> bool) {
            let waited = network.wait_for(fits);
            tokio::time::timeout(Duration::from_secs(20), waited)
                .await
                .unwrap()
                .unwrap();
        }

        #[tokio::test(flavor = "multi_thread")]
        async fn the_network_is_followed_as_networkmanager_tells_it() {
            let session = session::Session::builder().bus(true).start().unwrap();
            let address = session.bus_address().unwrap().to_owned();
            let service = connect(&address).await;
            let interface = Service {
                metered: 4,
                state: 70,
            };
            service.object_server().at(PATH, interface).await.unwrap();
            service.request_name(NAME).await.unwrap();

            let (tell, mut network) = watch::channel(Network::default());
            let bus = connect(&address).await;
            let following = tokio::spawn(async move { follow(Ok(bus), &tell).await });
            let free = Network {
                metered: Some(false),
                online: Some(true),
            };
            until(&mut network, |now| *now == free).await;

            let said = zbus::Proxy::new(&service, NAME, PATH, NAME).await.unwrap();
            said.set_property("Metered", 1_u32).await.unwrap();
            until(&mut network, |now| now.metered == Some(true)).await;
            said.set_property("State", 20_u32).await.unwrap();
            until(&mut network, |now| now.online == Some(false)).await;
            said.set_property("State", 70_u32).await.unwrap();
            until(&mut network, |now| now.online == Some(true)).await;
            drop(network);
            let ended = tokio::time::timeout(Duration::from_secs(20), following);
            ended.await.unwrap().unwrap().unwrap();
        }

        #[tokio::test(flavor = "multi_thread")]
        async fn where_nobody_tells_nothing_is_known() {
            let session = session::Session::builder().bus(true).start().unwrap();
            let bus = connect(session.bus_address().unwrap()).await;
            let (tell, network) = watch::channel(Network::default());
            let following = tokio::spawn(async move { follow(Ok(bus), &tell).await });
            tokio::time::sleep(Duration::from_millis(300)).await;
            assert_eq!(*network.borrow(), Network::default());
            following.abort();
        }
    }
}
