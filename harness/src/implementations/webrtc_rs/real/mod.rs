//! The crate `webrtc` as an application runs it: on a tokio runtime of several threads, with sockets
//! of this host, its own randomness and the wall clock. It is an adapter of this harness
//! (`docs/adapters.md`), so it shows that virtual time changes nothing but time.

mod lines;
mod runtime;
mod session;

use std::io::{self, BufRead, Write};
use std::sync::Arc;
use std::time::Duration;

use peerstate_model::trace::Clock;
use tokio::runtime::{Builder, Runtime};

use super::WebrtcRs;
use crate::adapter::serve::{ServeError, serve as serve_requests};
use crate::adapter::{Adapter, AdapterError, CommandLine};
use crate::implementation::{
    Capability, Implementation, KnownList, Profile, Session, Setup, StartError,
};
use lines::Lines;
use session::TokioSession;

/// What it is known to get wrong: the entries of virtual time, and those of real time alone.
const KNOWN: &str = concat!(
    include_str!("../../../../known/webrtc-rs.yaml"),
    include_str!("../../../../known/webrtc-rs-tokio.yaml")
);

/// The name by which a run chooses it.
pub const NAME: &str = "webrtc-rs-tokio";

/// Speaks the adapter protocol until there are no more requests.
///
/// # Errors
///
/// When a request can not be understood, the runtime can not be started, or the crate breaks.
pub fn serve(
    requests: impl BufRead,
    answers: impl Write + Send + 'static,
) -> Result<(), ServeError> {
    // As with `#[tokio::main]`: a thread for each core.
    let runtime = Builder::new_multi_thread().enable_all().build()?;
    let lines = Lines::new(answers);
    let served = Served {
        runtime: Arc::new(runtime),
        lines: lines.clone(),
    };
    serve_requests(&served, requests, lines.answers())
}

/// What the adapter serves: sessions that write what they show when it happens.
struct Served {
    runtime: Arc<Runtime>,
    lines: Lines,
}

impl Implementation for Served {
    fn profile(&self) -> Profile {
        let mut profile = profile();
        // The stack under test; the clock says how it runs.
        super::NAME.clone_into(&mut profile.identity.name);
        // The harness relays; the adapter itself can not change the network.
        profile.capabilities.remove(&Capability::Network);
        profile
    }

    fn start(&self, setup: &Setup) -> Result<Box<dyn Session>, StartError> {
        let session = TokioSession::start(&self.runtime, self.lines.clone(), setup)?;
        Ok(Box::new(session))
    }
}

/// The crate `webrtc` on tokio: this very program, started as an adapter.
pub struct WebrtcRsTokio {
    adapter: Adapter,
}

impl WebrtcRsTokio {
    /// Starts the adapter.
    ///
    /// # Errors
    ///
    /// When this program can not be started again.
    pub fn open(timeout: Duration) -> Result<Self, AdapterError> {
        let adapter = Self::adapter(timeout)?;
        Ok(Self { adapter })
    }

    /// Starts the adapter, without what it is known to get wrong.
    ///
    /// # Errors
    ///
    /// When this program can not be started again.
    pub fn adapter(timeout: Duration) -> Result<Adapter, AdapterError> {
        let not_started = |error| AdapterError::NotStarted {
            command: "peerstate adapter webrtc-rs".to_owned(),
            error,
        };
        let program = std::env::current_exe().map_err(not_started)?;
        let program = program.to_str().ok_or_else(|| {
            let what = "the path of this program is not UTF-8";
            not_started(io::Error::new(io::ErrorKind::InvalidInput, what))
        })?;
        let command = CommandLine::of_words([program, "adapter", super::NAME]);
        Adapter::open(command, timeout)
    }
}

impl Implementation for WebrtcRsTokio {
    fn profile(&self) -> Profile {
        let Profile {
            identity,
            known_deviations,
            ..
        } = profile();
        Profile {
            identity,
            known_deviations,
            ..self.adapter.profile()
        }
    }

    fn start(&self, setup: &Setup) -> Result<Box<dyn Session>, StartError> {
        self.adapter.start(setup)
    }
}

/// The profile under the name by which a run chooses it: that of the simulated one, except for the
/// clock and for what is known.
#[must_use]
pub fn profile() -> Profile {
    let simulated = WebrtcRs.profile();
    Profile {
        observes: simulated.observes,
        capabilities: simulated.capabilities,
        known_deviations: Some(KnownList {
            name: "harness/known/webrtc-rs-tokio.yaml",
            text: KNOWN,
        }),
        ..Profile::new(NAME, &simulated.identity.version, Clock::Real)
    }
}
