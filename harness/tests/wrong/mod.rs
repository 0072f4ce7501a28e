//! Wrong implementations: webrtc-rs, each with one more fault.
//!
//! Each is a row of a table: its name, what it does wrong in a sentence, what must catch it, and
//! the hooks that make it wrong. The more of them scenarios and rules catch, the better these are.

mod calls;
mod close;
mod gathering;
mod network;
mod reports;
mod right;
mod sections;
mod seen;
mod session;
mod signaling;
mod values;

use std::sync::{Arc, Mutex};

use peerstate::implementation::{
    Call, Candidate, Implementation, LinkChange, PeerIndex, Profile, Returned, Session, Setup,
    StartError,
};
use peerstate::implementations::webrtc_rs::WebrtcRs;
use peerstate_model::trace::{At, Entry};

pub(crate) use seen::Seen;
use session::WrongSession;
pub(crate) use session::{Tape, acts};

/// A wrong implementation.
#[derive(Clone, Copy)]
pub(crate) struct Wrong {
    /// Its name: lower-case words joined by hyphens.
    pub(crate) name: &'static str,
    /// Its fault, in a sentence.
    pub(crate) does: &'static str,
    /// What must catch it: scenarios, by an expectation that it misses, and rules. All of them.
    pub(crate) caught_by: &'static [&'static str],
    /// The hooks that make it wrong.
    pub(crate) hooks: Hooks,
}

/// An implementation that is as right as webrtc-rs, and differs from it in one thing.
#[derive(Clone, Copy)]
pub(crate) struct Right {
    /// Its name: lower-case words joined by hyphens.
    pub(crate) name: &'static str,
    /// How it differs, in a sentence.
    pub(crate) does: &'static str,
    /// The scenarios in which the difference is not right, each with the reason.
    pub(crate) not_in: &'static [(&'static str, &'static str)],
    /// The hooks that make it differ.
    pub(crate) hooks: Hooks,
}

/// The way in which a wrong implementation handles a call.
pub(crate) enum Passed {
    /// It passes the call on, as it was or changed.
    On(Call),
    /// It makes another call first, and then passes this one on.
    Behind(Call, Call),
    /// It answers by itself.
    Answered(Returned),
}

/// Where a wrong implementation differs from the one beneath it.
#[derive(Clone, Copy)]
pub(crate) struct Hooks {
    /// Handles a call.
    pub(crate) call: fn(&mut Seen, PeerIndex, Call) -> Passed,
    /// Replaces the result of a call.
    pub(crate) returned: fn(&mut Seen, PeerIndex, &Call, Returned) -> Returned,
    /// Replaces an entry of the trace.
    pub(crate) entry: fn(&mut Seen, PeerIndex, Entry) -> Vec<Entry>,
    /// Replaces a candidate that was gathered.
    pub(crate) candidate: fn(&mut Seen, PeerIndex, Candidate) -> Option<Candidate>,
    /// Replaces a change of the network.
    pub(crate) network: fn(&mut Seen, LinkChange) -> LinkChange,
    /// Adds entries of its own whenever time has passed.
    pub(crate) passed: fn(&mut Seen) -> Vec<Entry>,
}

/// Hooks that change nothing.
pub(crate) const NOTHING: Hooks = Hooks {
    call: |_, _, call| Passed::On(call),
    returned: |_, _, _, returned| returned,
    entry: |_, _, entry| vec![entry],
    candidate: |_, _, candidate| Some(candidate),
    network: |_, change| change,
    passed: |_| Vec::new(),
};

/// Every wrong implementation, by subject.
pub(crate) fn all() -> Vec<&'static Wrong> {
    [
        close::TABLE,
        calls::TABLE,
        signaling::TABLE,
        gathering::TABLE,
        reports::TABLE,
        network::TABLE,
        sections::TABLE,
        values::TABLE,
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Implementations that are as right as webrtc-rs, and differ from it in one thing.
pub(crate) fn right() -> Vec<&'static Right> {
    right::all()
}

/// webrtc-rs with hooks, and with a tape of the calls of its hooks, if one is needed.
#[derive(Clone)]
pub(crate) struct Hooked {
    /// The hooks.
    pub(crate) hooks: Hooks,
    /// When it turns wrong.
    pub(crate) from: At,
    /// The calls of the hooks, in order.
    pub(crate) tape: Option<Arc<Mutex<Tape>>>,
}

impl Hooked {
    /// An implementation with these hooks.
    pub(crate) fn of(hooks: Hooks) -> Self {
        Self::late(hooks, At::default())
    }

    /// An implementation that turns wrong at a moment.
    pub(crate) fn late(hooks: Hooks, from: At) -> Self {
        Self {
            hooks,
            from,
            tape: None,
        }
    }

    /// webrtc-rs as it is, with a tape.
    pub(crate) fn taped() -> Self {
        Self {
            hooks: NOTHING,
            from: At::default(),
            tape: Some(Arc::default()),
        }
    }
}

impl Implementation for Hooked {
    fn profile(&self) -> Profile {
        WebrtcRs.profile()
    }

    fn start(&self, setup: &Setup) -> Result<Box<dyn Session>, StartError> {
        let inner = WebrtcRs.start(setup)?;
        let seen = Seen::of(setup);
        Ok(Box::new(WrongSession::new(inner, seen, self.clone())))
    }
}
