//! A browser as an adapter: a page in it serves the protocol, and this process carries the lines between the
//! page's WebSocket and its own standard input and output, unchanged.
//!
//! No driver (chromedriver, or that of `WebDriver BiDi`) is between: the page connects by itself, and the browser is started
//! with its address. So the browser is a child of this process, in its process group, and is killed with it;
//! as the child of a driver it would only end if the driver lets it.

mod page;
mod program;

use std::io::{self, BufRead, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use tungstenite::protocol::Role;
use tungstenite::{Message, WebSocket};

use self::page::Page;
pub use self::program::Kind;
use self::program::{Program, Running};

/// How long the page may take to connect once the browser was started.
const LONGEST_START: Duration = Duration::from_secs(50);

/// Which browser, and how it is started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Whose command line it has.
    pub kind: Kind,
    /// The program, unless it is the one that is installed.
    pub binary: Option<PathBuf>,
    /// Whether it shows a window.
    pub headful: bool,
}

/// Why a browser can not serve as an adapter.
#[derive(Debug, thiserror::Error)]
pub enum BrowserError {
    /// None is installed.
    #[error(
        "expected an installed {kind}, and found none of {tried}. Install it (Debian: `apt-get install {package}`), \
         or name its program with `--binary PATH`"
    )]
    NotFound {
        /// Which browser.
        kind: Kind,
        /// The programs that were tried.
        tried: String,
        /// Its package.
        package: &'static str,
    },
    /// It does not say its version.
    #[error("expected `{program} --version` to write a version such as `156.0.1`, found `{found}`")]
    Version {
        /// The program.
        program: String,
        /// What it wrote.
        found: String,
    },
    /// It could not be started.
    #[error("`{program}` could not be started: {error}")]
    NotStarted {
        /// The program.
        program: String,
        /// Why.
        error: io::Error,
    },
    /// There is no socket for the page, or no folder for the profile.
    #[error("{what} could not be made: {error}")]
    NotMade {
        /// What.
        what: &'static str,
        /// Why.
        error: io::Error,
    },
    /// The page did not connect.
    #[error(
        "the page did not connect within {} s of the start of the browser; what the browser wrote is above",
        LONGEST_START.as_secs()
    )]
    NoPage,
    /// The browser or its page ended.
    #[error("{0} ended before standard input did; what the browser wrote is above")]
    Ended(&'static str),
    /// Standard output is closed.
    #[error("the output can not be written: {0}")]
    Output(#[from] io::Error),
}

/// What happens.
enum Event {
    /// The harness wrote a line.
    Request(String),
    /// The harness closed standard input, or this process is to end.
    InputEnded,
    /// The page connected.
    Connected(Box<WebSocket<TcpStream>>),
    /// The page wrote a line.
    Line(String),
    /// The connection of the page ended.
    PageEnded,
    /// The browser ended.
    BrowserEnded,
}

/// Serves a browser until its input ends, or something is sent to `requests_to_end`. On return,
/// browser and profile are gone; threads that wait for input or for the page may remain, until the
/// process ends.
///
/// # Errors
///
/// When the browser can not be started, or ends before standard input does.
pub fn serve(
    options: &Options,
    input: impl BufRead + Send + 'static,
    requests_to_end: Receiver<()>,
    out: &mut impl Write,
) -> Result<(), BrowserError> {
    let program = Program::find(options.kind, options.binary.as_deref())?;
    let (events, happened) = mpsc::channel();
    let requested = events.clone();
    thread::spawn(move || {
        if requests_to_end.recv().is_ok() {
            let _ = requested.send(Event::InputEnded);
        }
    });
    let requests = events.clone();
    thread::spawn(move || send_requests(input, &requests));

    let page = Page::listen().map_err(|error| BrowserError::NotMade {
        what: "a socket for the page",
        error,
    })?;
    let address = page.address(options.kind.as_str(), &program.version);
    let connected = events.clone();
    thread::spawn(move || {
        page.serve(move |socket| {
            let _ = connected.send(Event::Connected(Box::new(socket)));
        });
    });
    let ended = events.clone();
    let running = Running::start(&program, &address, options.headful, move || {
        let _ = ended.send(Event::BrowserEnded);
    })?;
    let carried = carry(&events, &happened, out);
    drop(running);
    carried
}

/// Carries lines both ways until the input ends.
fn carry(
    events: &Sender<Event>,
    happened: &Receiver<Event>,
    out: &mut impl Write,
) -> Result<(), BrowserError> {
    let deadline = Instant::now() + LONGEST_START;
    let mut socket = None;
    let mut waiting = Vec::new();
    loop {
        let event = match &socket {
            Some(_) => happened.recv().map_err(|_| RecvTimeoutError::Disconnected),
            None => happened.recv_timeout(deadline.saturating_duration_since(Instant::now())),
        };
        match event {
            Ok(Event::InputEnded) => return Ok(()),
            Ok(Event::Request(line)) => match &mut socket {
                Some(socket) => send(socket, line)?,
                None => waiting.push(line),
            },
            Ok(Event::Connected(reader)) if socket.is_none() => {
                let stream = reader.get_ref().try_clone()?;
                let writer = socket.insert(WebSocket::from_raw_socket(stream, Role::Server, None));
                for line in waiting.drain(..) {
                    send(writer, line)?;
                }
                let lines = events.clone();
                thread::spawn(move || receive_lines(*reader, &lines));
            }
            // It has loaded the page twice; the first is the one that was given requests.
            Ok(Event::Connected(_)) => {}
            Ok(Event::Line(line)) => {
                writeln!(out, "{line}")?;
                out.flush()?;
            }
            Ok(Event::PageEnded) => return Err(BrowserError::Ended("the page")),
            Ok(Event::BrowserEnded) => return Err(BrowserError::Ended("the browser")),
            Err(_) => return Err(BrowserError::NoPage),
        }
    }
}

fn send(socket: &mut WebSocket<TcpStream>, line: String) -> Result<(), BrowserError> {
    socket
        .send(Message::text(line))
        .map_err(|_| BrowserError::Ended("the page"))
}

fn send_requests(input: impl BufRead, events: &Sender<Event>) {
    for line in input.lines() {
        // What is not UTF-8 was not written by the harness.
        let Ok(line) = line else { break };
        if events.send(Event::Request(line)).is_err() {
            return;
        }
    }
    let _ = events.send(Event::InputEnded);
}

fn receive_lines(mut socket: WebSocket<TcpStream>, events: &Sender<Event>) {
    while let Ok(message) = socket.read() {
        if let Message::Text(line) = message
            && events.send(Event::Line(line.to_string())).is_err()
        {
            return;
        }
    }
    let _ = events.send(Event::PageEnded);
}
