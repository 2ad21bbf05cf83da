//! What the session's keychain holds, asked of the secret service itself and not through our code.

use std::collections::HashMap;

use session::Session;
use zbus::blocking::{Connection, Proxy, connection};
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};

use crate::DriveError;

const SERVICE: &str = "org.freedesktop.secrets";
const PATH: &str = "/org/freedesktop/secrets";

/// A secret on the wire: session, parameters, value, content type.
type Secret = (OwnedObjectPath, Vec<u8>, Vec<u8>, String);

/// Every value that the keychain's open collections hold, in no order. Blocks: call it off the
/// async threads.
pub fn stored_secrets(session: &Session) -> Result<Vec<Vec<u8>>, DriveError> {
    let command = session.command("true");
    let address = command
        .get_envs()
        .find(|(name, _)| *name == "DBUS_SESSION_BUS_ADDRESS")
        .and_then(|(_, value)| value?.to_str())
        .ok_or_else(|| std::io::Error::other("the session has no D-Bus"))?;
    let bus = connection::Builder::address(address)?.build()?;
    let service = proxy(&bus, PATH, "Service")?;
    let (_, connection): (OwnedValue, OwnedObjectPath) =
        service.call("OpenSession", &("plain", Value::from("")))?;
    let collections: Vec<OwnedObjectPath> = service.get_property("Collections")?;
    let mut values = Vec::new();
    for collection in collections {
        let collection = proxy(&bus, collection.as_str(), "Collection")?;
        let items: Vec<OwnedObjectPath> = collection.get_property("Items")?;
        let secrets: HashMap<OwnedObjectPath, Secret> =
            service.call("GetSecrets", &(items, &connection))?;
        values.extend(secrets.into_values().map(|(_, _, value, _)| value));
    }
    Ok(values)
}

fn proxy<'a>(bus: &Connection, path: &'a str, interface: &str) -> zbus::Result<Proxy<'a>> {
    Proxy::new(
        bus,
        SERVICE,
        path,
        format!("org.freedesktop.Secret.{interface}"),
    )
}
