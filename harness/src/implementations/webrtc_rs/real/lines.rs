//! The lines on standard output: what peers show, and the answers to requests.
//!
//! A task that reads a peer's transports holds the output from before the reading until the line is
//! written. So the lines are in the order of the readings, although several threads write them.

use std::io::{self, Write};
use std::sync::{Arc, PoisonError};

use peerstate_model::trace::{At, Entry, State, TransportState, What};
use serde_json::{Map, Value};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::adapter::serve::{candidate_message, entry_message};
use crate::implementation::{Candidate, PeerIndex};
use crate::implementations::webrtc_rs::peer::{Records, View};

/// Standard output; cloning gives another handle to the same one.
#[derive(Clone)]
pub(super) struct Lines {
    output: Arc<Mutex<Output>>,
    /// The output, from the reading for an answer until the answer is written.
    held: Arc<std::sync::Mutex<Option<Held>>>,
}

/// The output, held by one who reads and then writes.
pub(super) type Held = OwnedMutexGuard<Output>;

/// What the lock of the output protects.
pub(super) struct Output {
    to: Box<dyn Write + Send>,
    /// The number of the session that may write.
    session: u64,
    peers: Vec<PeerLines>,
}

/// What has been written of a peer.
struct PeerLines {
    name: String,
    /// The last states of the transports.
    transports: Option<Vec<TransportState>>,
    /// Whether `close()` caused its end, or its end has been reported.
    end_is_expected: bool,
}

impl Lines {
    pub(super) fn new(to: impl Write + Send + 'static) -> Self {
        let output = Output {
            to: Box::new(to),
            session: 0,
            peers: Vec::new(),
        };
        Self {
            output: Arc::new(Mutex::new(output)),
            held: Arc::default(),
        }
    }

    /// Begins a session, whose recorder writes until the next [`end`](Self::end).
    pub(super) async fn begin(&self, names: impl Iterator<Item = String>) -> Recorder {
        let mut output = self.output.lock().await;
        output.session += 1;
        let peers = names.map(|name| PeerLines {
            name,
            transports: None,
            end_is_expected: false,
        });
        output.peers = peers.collect();
        Recorder {
            output: Arc::clone(&self.output),
            session: output.session,
        }
    }

    /// Ends the session: no line about its peers is written from now on.
    pub(super) async fn end(&self) {
        let mut output = self.output.lock().await;
        output.session += 1;
        output.peers.clear();
    }

    /// Keeps the output until the next answer is written.
    pub(super) fn hold(&self, held: Held) {
        let mut slot = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        *slot = Some(held);
    }

    /// The writer of answers.
    pub(super) fn answers(&self) -> Answers {
        Answers {
            lines: self.clone(),
            pending: Vec::new(),
        }
    }
}

/// Writes answers, each as a whole when it is flushed.
pub(super) struct Answers {
    lines: Lines,
    pending: Vec<u8>,
}

impl Write for Answers {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.pending.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let held = self.lines.held.lock();
        let held = held.unwrap_or_else(PoisonError::into_inner).take();
        let mut output = match held {
            Some(held) => held,
            None => Arc::clone(&self.lines.output).blocking_lock_owned(),
        };
        output.to.write_all(&self.pending)?;
        self.pending.clear();
        output.to.flush()
    }
}

/// The recorder of a session, which writes what happens when it happens.
#[derive(Clone)]
pub(super) struct Recorder {
    output: Arc<Mutex<Output>>,
    session: u64,
}

impl Recorder {
    /// Waits for the output, to read and then to write; `None` once the session has ended.
    pub(super) async fn hold(&self) -> Option<Held> {
        let held = Arc::clone(&self.output).lock_owned().await;
        (held.session == self.session).then_some(held)
    }
}

#[async_trait::async_trait]
impl Records for Recorder {
    async fn event(&self, peer: PeerIndex, name: &'static str, state: State, view: &View) {
        if let Some(mut held) = self.hold().await {
            let transports = view.read().await;
            held.record(peer, What::event(name), state, transports);
        }
    }

    async fn data_channel_event(&self, peer: PeerIndex, name: &'static str) {
        if let Some(mut held) = self.hold().await {
            held.record(peer, What::event(name), State::default(), None);
        }
    }

    async fn candidate(&self, peer: PeerIndex, candidate: Candidate) {
        if let Some(mut held) = self.hold().await
            && let Some(lines) = held.peers.get(peer.0)
        {
            let message = candidate_message(&lines.name, &candidate);
            held.write(&message);
        }
    }
}

impl Output {
    /// Notes the states of a peer's transports that an answer will show.
    pub(super) fn set_read(&mut self, peer: PeerIndex, transports: Option<&Vec<TransportState>>) {
        if let (Some(lines), Some(transports)) = (self.peers.get_mut(peer.0), transports) {
            lines.transports = Some(transports.clone());
        }
    }

    /// Notes that the application closes a peer, whose end is then expected.
    pub(super) fn set_closed(&mut self, peer: PeerIndex) {
        if let Some(lines) = self.peers.get_mut(peer.0) {
            lines.end_is_expected = true;
        }
    }

    /// Writes what a poll has read, if it is new: the states of the transports, and that the peer
    /// has ended by itself.
    pub(super) fn polled(
        &mut self,
        peer: PeerIndex,
        transports: Option<Vec<TransportState>>,
        has_ended: bool,
    ) {
        let Some(lines) = self.peers.get_mut(peer.0) else {
            return;
        };
        let ends = has_ended && !std::mem::replace(&mut lines.end_is_expected, has_ended);
        let changed = transports.is_some() && lines.transports != transports;
        let poll = || What::Sample("poll".to_owned());
        if changed {
            self.record(peer, poll(), State::default(), transports);
        }
        if ends {
            self.write_entry(peer, poll(), |entry| entry.ended = true);
        }
    }

    fn record(
        &mut self,
        peer: PeerIndex,
        what: What,
        state: State,
        transports: Option<Vec<TransportState>>,
    ) {
        self.set_read(peer, transports.as_ref());
        self.write_entry(peer, what, |entry| {
            entry.state = state;
            entry.transports = transports;
        });
    }

    fn write_entry(&mut self, peer: PeerIndex, what: What, fill: impl FnOnce(&mut Entry)) {
        let Some(lines) = self.peers.get(peer.0) else {
            return;
        };
        let mut entry = Entry::new(At::default(), &lines.name, what);
        fill(&mut entry);
        let mut message = entry_message(&entry);
        // The harness notes when the line came.
        let entry = message.get_mut("entry").and_then(Value::as_object_mut);
        entry.and_then(|entry: &mut Map<String, Value>| entry.remove("at"));
        self.write(&message);
    }

    fn write(&mut self, message: &Value) {
        // A harness that no longer reads makes no more requests, and the program ends.
        let _ = writeln!(self.to, "{message}").and_then(|()| self.to.flush());
    }
}
