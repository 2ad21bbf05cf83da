//! A loopback server that notes what it is sent and passes it on to a simulator.
#![allow(clippy::unwrap_used, clippy::panic)] // helpers of tests

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::Value;
use sim::Running;

/// What a request says: all of it but the headers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sent {
    pub(crate) method: String,
    pub(crate) path: String,
    /// Decoded.
    pub(crate) query: BTreeMap<String, String>,
    /// As JSON; null without one.
    pub(crate) body: Value,
}

pub(crate) struct Recorder {
    pub(crate) url: String,
    seen: Arc<Mutex<Vec<Sent>>>,
}

impl Recorder {
    /// Listens in front of a simulator, until the test's process ends.
    pub(crate) fn before(sim: &Running) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (seen, to) = (Arc::<Mutex<Vec<Sent>>>::default(), sim.address());
        let noted = Arc::clone(&seen);
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let noted = Arc::clone(&noted);
                // A client that goes away ends its own connection alone.
                std::thread::spawn(move || drop(pass_on(&client.unwrap(), to, &noted)));
            }
        });
        Self { url, seen }
    }

    /// What was sent since this was asked last.
    pub(crate) fn take(&self) -> Vec<Sent> {
        std::mem::take(&mut self.seen.lock().unwrap())
    }
}

/// One request and its answer; the connection ends with it.
fn pass_on(mut client: &TcpStream, to: SocketAddr, noted: &Mutex<Vec<Sent>>) -> io::Result<()> {
    let mut reader = BufReader::new(client);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let (name, value) = line.trim_end().split_once(':').unwrap_or_default();
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse().unwrap(),
            "transfer-encoding" => panic!("a body in chunks is not read here"),
            "connection" => continue,
            _ => {}
        }
        if line == "\r\n" {
            break;
        }
        head.push_str(&line);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    noted.lock().unwrap().push(sent(&head, &body));
    let mut server = TcpStream::connect(to)?;
    write!(server, "{head}connection: close\r\n\r\n")?;
    server.write_all(&body)?;
    io::copy(&mut server, &mut client)?;
    Ok(())
}

fn sent(head: &str, body: &[u8]) -> Sent {
    let mut words = head.lines().next().unwrap().split(' ');
    let (method, target) = (words.next().unwrap(), words.next().unwrap());
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    Sent {
        method: method.to_owned(),
        path: path.to_owned(),
        query: form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect(),
        body: if body.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(body).unwrap()
        },
    }
}
