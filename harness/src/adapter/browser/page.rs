//! The page: its files over HTTP, and its WebSocket, on one port of this host.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tungstenite::WebSocket;
use tungstenite::handshake::derive_accept_key;
use tungstenite::protocol::Role;

/// The files by their names below the secret.
const FILES: &[(&str, &str, &str)] = &[
    ("", "text/html", include_str!("page.html")),
    ("page.mjs", JAVASCRIPT, include_str!("page.mjs")),
    (
        "adapter.mjs",
        JAVASCRIPT,
        include_str!("../../../adapters/javascript/adapter.mjs"),
    ),
    (
        "peerstate-recorder.js",
        JAVASCRIPT,
        include_str!("../../../recorder/peerstate-recorder.js"),
    ),
];

const JAVASCRIPT: &str = "text/javascript";

/// The name of the WebSocket below the secret.
const SOCKET: &str = "socket";

/// The longest head of a request that is read, in bytes.
const LONGEST_HEAD: u64 = 16 * 1024;

/// How long a request may take to come; browsers open connections that they may never use.
const LONGEST_REQUEST: Duration = Duration::from_mins(1);

/// A port that serves the page to a client that knows the secret.
pub(super) struct Page {
    listener: TcpListener,
    port: u16,
    /// What the paths begin with, so that no other page of this host can connect.
    secret: String,
}

impl Page {
    pub(super) fn listen() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        let secret = format!("{:032x}", fastrand::u128(..));
        Ok(Self {
            listener,
            port,
            secret,
        })
    }

    /// Where the page is, for a browser of this name and version.
    pub(super) fn address(&self, name: &str, version: &str) -> String {
        let Self { port, secret, .. } = self;
        format!("http://127.0.0.1:{port}/{secret}/?name={name}&version={version}")
    }

    /// Answers requests for as long as the process lives, and hands out each WebSocket.
    pub(super) fn serve(self, connected: impl Fn(WebSocket<TcpStream>) + Send + Sync + 'static) {
        let secret: Arc<str> = self.secret.into();
        let connected = Arc::new(connected);
        for stream in self.listener.incoming().flatten() {
            let (secret, connected) = (Arc::clone(&secret), Arc::clone(&connected));
            thread::spawn(move || {
                // The browser notices what goes wrong with a connection of its own.
                if let Ok(Some(socket)) = answer(stream, &secret) {
                    connected(socket);
                }
            });
        }
    }
}

/// Answers the one request of a connection.
fn answer(mut stream: TcpStream, secret: &str) -> io::Result<Option<WebSocket<TcpStream>>> {
    stream.set_read_timeout(Some(LONGEST_REQUEST))?;
    // Each line is a packet of its own, at once: the harness notes when it came.
    stream.set_nodelay(true)?;
    let head = Head::read(&stream)?;
    let name = head
        .path
        .strip_prefix('/')
        .and_then(|path| path.strip_prefix(secret))
        .and_then(|path| path.strip_prefix('/'));
    if let (Some(SOCKET), Some(key)) = (name, head.key) {
        let accept = derive_accept_key(key.as_bytes());
        write!(
            stream,
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Accept: {accept}\r\n\r\n"
        )?;
        stream.set_read_timeout(None)?;
        return Ok(Some(WebSocket::from_raw_socket(stream, Role::Server, None)));
    }
    let file = FILES.iter().find(|(file, ..)| Some(*file) == name);
    let (status, kind, body) = match file {
        Some((_, kind, body)) => ("200 OK", *kind, *body),
        None => ("404 Not Found", "text/plain", ""),
    };
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )?;
    Ok(None)
}

/// The head of a request.
struct Head {
    /// Without its query.
    path: String,
    /// The field `Sec-WebSocket-Key`.
    key: Option<String>,
}

impl Head {
    fn read(stream: &TcpStream) -> io::Result<Self> {
        let mut lines = BufReader::new(stream.take(LONGEST_HEAD)).lines();
        let first = lines.next().transpose()?.unwrap_or_default();
        let target = first.split(' ').nth(1).unwrap_or_default();
        let path = target.split('?').next().unwrap_or_default().to_owned();
        let mut key = None;
        for line in lines {
            let line = line?;
            let Some((name, value)) = line.split_once(':') else {
                break;
            };
            if name.eq_ignore_ascii_case("sec-websocket-key") {
                key = Some(value.trim().to_owned());
            }
        }
        Ok(Self { path, key })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn requested(path: impl Fn(&Page) -> String) -> String {
        let page = Page::listen().unwrap();
        let request = format!("GET {} HTTP/1.1\r\nHost: localhost\r\n\r\n", path(&page));
        let port = page.port;
        thread::spawn(move || page.serve(drop));
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    #[test]
    fn the_page_is_behind_the_secret() {
        let page = requested(|page| page.address("chromium", "1").split_off(21));
        assert!(page.starts_with("HTTP/1.1 404"), "{page}");
        let page = requested(|page| format!("/{}/?version=1", page.secret));
        assert!(page.starts_with("HTTP/1.1 200"), "{page}");
        assert!(page.contains("page.mjs"), "{page}");
        let page = requested(|page| format!("/{}/page.mjs", page.secret));
        assert!(page.contains("text/javascript"), "{page}");
        for wrong in ["/", "/page.mjs", "/0/page.mjs", "/0/socket"] {
            let page = requested(|_| wrong.to_owned());
            assert!(page.starts_with("HTTP/1.1 404"), "{wrong}: {page}");
        }
    }
}
