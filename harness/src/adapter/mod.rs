//! Implementations outside this process: child processes that speak a protocol of JSON Lines.
//!
//! The protocol is documented in `docs/adapters.md`. An adapter is one child process at a time for
//! each scenario that runs; a process that has done one scenario is given the next.

#[cfg(feature = "browser")]
pub mod browser;
mod calls;
pub mod check;
mod connection;
mod joined;
mod parties;
mod process;
pub mod protocol;
mod running;
pub mod serve;
mod session;
mod shown;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use peerstate_model::input::located::Refused;
use peerstate_model::trace::{self, Clock, Implementation as Identity, Observes, TraceError};
use serde_json::json;

use self::connection::{Connection, Wrong};
pub use self::joined::{Joined, NotJoined};
use self::parties::{Parties, Party, PartyIndex};
pub use self::process::{CommandLine, NotACommand};
use self::protocol::{Hello, Lack, NotAMessage, RequestBody, VERSION, of_shape};
pub use self::running::end_all;
use self::session::AdapterSession;
use crate::implementation::{
    Capability, Fault, Implementation, Profile, Session, Setup, StartError,
};
use crate::parallel::lock;

/// How long an adapter may take to answer, unless it is given longer.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long it may take to start: some load a browser.
const LONGEST_START: Duration = Duration::from_mins(1);

/// An implementation behind an adapter.
pub struct Adapter {
    shared: Arc<Shared>,
}

/// What its runs share.
struct Shared {
    command: CommandLine,
    hello: Hello,
    observes: Observes,
    timeout: Duration,
    /// Processes that wait for a scenario.
    idle: Mutex<Vec<Connection>>,
}

/// Why an adapter can not be used.
#[derive(Debug, thiserror::Error)]
pub enum AdapterError {
    /// The process could not be started.
    #[error("`{command}` could not be started: {error}")]
    NotStarted {
        /// The command.
        command: String,
        /// Why.
        error: std::io::Error,
    },
    /// It broke before it had said what it is.
    #[error("`{command}` broke: {fault}")]
    Fault {
        /// The command.
        command: String,
        /// How.
        fault: Fault,
    },
    /// It speaks another version of the protocol.
    #[error("`{command}` speaks version {found} of the protocol, and this is version {VERSION}")]
    Version {
        /// The command.
        command: String,
        /// Its version.
        found: u32,
    },
    /// It names as lacking what it also lists as a capability.
    #[error("`{command}` lists `{name}` among its capabilities, and lacks it")]
    Both {
        /// The command.
        command: String,
        /// The capability.
        name: &'static str,
    },
    /// It observes what no trace can.
    #[error("`{command}` answered hello with `observes` that no trace has: {refused}")]
    Observes {
        /// The command.
        command: String,
        /// Why.
        refused: Refused<TraceError>,
    },
}

impl Adapter {
    /// Starts an adapter and lets it introduce itself.
    ///
    /// # Errors
    ///
    /// When it does not start, breaks, or does not speak the protocol.
    pub fn open(command: CommandLine, timeout: Duration) -> Result<Self, AdapterError> {
        let (connection, hello) = introduce(&command)?;
        let shown = command.shown();
        if hello.protocol != VERSION {
            return Err(AdapterError::Version {
                command: shown,
                found: hello.protocol,
            });
        }
        let both = hello.capabilities.iter().find(|capability| {
            let lack = Lack::Capability(**capability);
            hello.lacks.contains_key(&lack)
        });
        if let Some(both) = both {
            return Err(AdapterError::Both {
                command: shown,
                name: both.as_str(),
            });
        }
        let peers = ["peer".to_owned()];
        let header = header(&hello.implementation, hello.clock, &hello.observes, &peers);
        let trace = trace::read("hello", header.as_bytes());
        let trace = trace.map_err(|refused| AdapterError::Observes {
            command: shown,
            refused,
        })?;
        let shared = Shared {
            command,
            hello,
            observes: trace.header.observes,
            timeout,
            idle: Mutex::new(vec![connection]),
        };
        Ok(Self {
            shared: Arc::new(shared),
        })
    }

    /// How it introduced itself.
    #[must_use]
    pub fn hello(&self) -> &Hello {
        &self.shared.hello
    }

    /// A process for a scenario.
    fn party(&self) -> Result<Party, StartError> {
        let shared = &self.shared;
        let idle = lock(&shared.idle).pop();
        let connection = match idle {
            Some(connection) => Ok(connection),
            None => introduce(&shared.command).map(|(connection, _)| connection),
        };
        let connection = connection.map_err(|error| match error {
            AdapterError::Fault { fault, .. } => StartError::Fault(fault),
            error => StartError::Unavailable {
                implementation: shared.hello.implementation.name.clone(),
                reason: error.to_string(),
            },
        })?;
        Ok(Party::new(Arc::clone(shared), connection))
    }
}

impl Shared {
    /// Keeps a process for the next scenario.
    fn keep(&self, connection: Connection) {
        lock(&self.idle).push(connection);
    }
}

impl Implementation for Adapter {
    fn profile(&self) -> Profile {
        let Shared {
            hello, observes, ..
        } = &*self.shared;
        let Identity { name, version } = &hello.implementation;
        let mut profile = Profile::new(name, version, hello.clock);
        profile.observes = observes.clone();
        profile.capabilities.clone_from(&hello.capabilities);
        let lacks_network = Lack::Capability(Capability::Network);
        if hello.clock == Clock::Real && !hello.lacks.contains_key(&lacks_network) {
            // The harness relays between real sockets.
            profile.capabilities.insert(Capability::Network);
        }
        let lacks = hello.lacks.iter();
        profile.lacks = lacks
            .map(|(lack, reason)| (lack.as_str().to_owned(), reason.clone()))
            .collect();
        profile
    }

    fn start(&self, setup: &Setup) -> Result<Box<dyn Session>, StartError> {
        let party = self.party()?;
        let of_peer = vec![PartyIndex(0); setup.peers.len()];
        let parties = Parties::new(vec![party], of_peer);
        let session = AdapterSession::start(parties, &self.profile(), setup)?;
        Ok(Box::new(session))
    }
}

/// The header of a trace of adapters, as a line.
fn header(
    implementation: &Identity,
    clock: Clock,
    observes: &impl serde::Serialize,
    peers: &[String],
) -> String {
    let header = json!({
        "trace": 1,
        "implementation": implementation,
        "clock": clock,
        "peers": peers,
        "observes": observes,
    });
    header.to_string()
}

/// Starts a process and lets it say what it is.
fn introduce(command: &CommandLine) -> Result<(Connection, Hello), AdapterError> {
    let mut connection = Connection::start(command).map_err(|error| AdapterError::NotStarted {
        command: command.shown(),
        error,
    })?;
    let broken = |fault| AdapterError::Fault {
        command: command.shown(),
        fault,
    };
    let hello = RequestBody::Hello {
        protocol: VERSION,
        harness: Identity {
            name: "peerstate".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        },
    };
    let answer = connection
        .request(hello, LONGEST_START, |_| {
            Err(Wrong::new("wrote a message before it answered hello"))
        })
        .map_err(broken)?;
    let result = answer.result.ok_or_else(|| {
        let wrong = Wrong::new("answered hello without a result");
        broken(connection.misbehaved(wrong))
    })?;
    let hello = of_shape("the result of hello", result);
    let hello = hello.map_err(|error: NotAMessage| {
        let wrong = Wrong::new(format!("wrote {error}"));
        broken(connection.misbehaved(wrong))
    })?;
    Ok((connection, hello))
}
