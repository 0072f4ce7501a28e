//! The interface between the harness and an implementation of `RTCPeerConnection`.
//!
//! An [`Implementation`] describes itself in its [`Profile`], and starts a [`Session`] for each
//! run: the peers of a scenario, the network between them, and their clock. The harness calls
//! methods, changes the network and lets time pass; the session performs that and returns its
//! observations, as entries of a trace. Calls and their results, notes and samples are recorded by
//! the harness and not by the session.
//!
//! Everything is synchronous: a session that uses tasks or a child process waits inside
//! [`Session::call`] and [`Session::advance`].

pub mod call;
pub mod capability;
pub mod configuration;
pub mod fault;
pub mod network;
mod profile;

use std::fmt;

use peerstate_model::trace::{At, Entry, State, TransportState};

pub use call::{
    Call, Candidate, Description, DescriptionType, Direction, MediaKind, Method, Returned,
};
pub use capability::Capability;
pub use configuration::Configuration;
pub use fault::{ConstructorRefused, Fault, StartError};
pub use network::{Link, LinkChange};
pub use profile::{KnownList, Profile};

/// An implementation under test.
pub trait Implementation: Send + Sync {
    /// Returns its description, which is the same at every call.
    fn profile(&self) -> Profile;

    /// Creates the peers of a scenario and the network between them.
    ///
    /// # Errors
    ///
    /// If the implementation could not be run at all, refused a peer, or broke.
    fn start(&self, setup: &Setup) -> Result<Box<dyn Session>, StartError>;
}

/// The setup of a session.
#[derive(Debug, Clone, PartialEq)]
pub struct Setup {
    /// The peers, in order.
    pub peers: Vec<PeerSetup>,
    /// The seed of all randomness of the simulated network.
    pub seed: u64,
}

/// One peer of a session.
#[derive(Debug, Clone, PartialEq)]
pub struct PeerSetup {
    /// Its name in the scenario and the trace.
    pub name: String,
    /// The configuration of its `RTCPeerConnection`.
    pub configuration: Configuration,
}

/// A peer of a session, by its index in [`Setup::peers`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct PeerIndex(pub usize);

impl fmt::Display for PeerIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One run: the peers, the network between them, and their clock.
///
/// After a [`Fault`], only [`take_entries`](Self::take_entries) may be called.
pub trait Session {
    /// Returns the time since the session began.
    fn now(&self) -> At;

    /// Calls a method of a peer and lets the world run until it has returned, or its promise has
    /// settled. A refused call is a [`Returned::Refused`], not a fault.
    ///
    /// # Errors
    ///
    /// If the implementation panicked, hangs, or has died.
    fn call(&mut self, peer: PeerIndex, call: &Call) -> Result<Returned, Fault>;

    /// Returns when the last call began, if the session knows better than the harness, which
    /// otherwise takes the time at which it made the call.
    fn begin(&self) -> Option<Begin> {
        None
    }

    /// Reads what can be read of a peer at this time: its attributes, if it has getters for them,
    /// and its transports. The result need not be among the entries.
    ///
    /// # Errors
    ///
    /// If the implementation panicked, hangs, or has died.
    fn read(&mut self, peer: PeerIndex) -> Result<Reading, Fault>;

    /// Changes the network between peers. The harness calls this only if the implementation has
    /// [`Capability::Network`].
    ///
    /// # Errors
    ///
    /// If the implementation has died.
    fn change_network(&mut self, link: Link, change: LinkChange) -> Result<(), Fault>;

    /// Lets the world run until an entry is recorded or a candidate is gathered, or until
    /// `deadline`; [`now`](Self::now) is then the deadline.
    ///
    /// # Errors
    ///
    /// If the implementation panicked, hangs, or has died.
    fn advance(&mut self, deadline: At) -> Result<Advanced, Fault>;

    /// Returns what was observed since the last call, in order: every event, with what its handler
    /// could read, and the changes that are only found by polling
    /// ([`What::Sample`](peerstate_model::trace::What::Sample) `poll`).
    fn take_entries(&mut self) -> Vec<Entry>;

    /// Returns the candidates that a peer has gathered since the last call, in order.
    fn take_candidates(&mut self, peer: PeerIndex) -> Vec<Candidate>;
}

/// The beginning of a call, among what was observed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Begin {
    /// When the method was called.
    pub at: At,
    /// How many of the entries that [`Session::take_entries`] returns next were observed before.
    pub entries: usize,
}

/// What can be read of a peer at one time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reading {
    /// Its attributes; `None` if there is no getter.
    pub state: State,
    /// Its transports; `None` if they can not be read.
    pub transports: Option<Vec<TransportState>>,
}

/// Why [`Session::advance`] returned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Advanced {
    /// An entry was recorded or a candidate was gathered.
    Seen,
    /// The deadline has passed.
    DeadlinePassed,
}
