//! Wrong implementations: webrtc-rs, each with one more thing that it does wrong.
//!
//! Each is a row of a table: its name, what it does wrong in a sentence, what must catch it, and the
//! hooks that make it so. What scenarios and rules are worth shows in what they catch.

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
    /// What it does wrong, in a sentence.
    pub(crate) does: &'static str,
    /// What must catch it: scenarios, by an expectation that it misses, and rules. All of them.
    pub(crate) caught_by: &'static [&'static str],
    /// What makes it so.
    pub(crate) hooks: Hooks,
}

/// An implementation that is as right as webrtc-rs, and in one thing another.
#[derive(Clone, Copy)]
pub(crate) struct Right {
    /// Its name: lower-case words joined by hyphens.
    pub(crate) name: &'static str,
    /// In what it is another, in a sentence.
    pub(crate) does: &'static str,
    /// The scenarios in which that is not right, each with the sentence that says so.
    pub(crate) not_in: &'static [(&'static str, &'static str)],
    /// What makes it so.
    pub(crate) hooks: Hooks,
}

/// What a wrong implementation does with a call.
pub(crate) enum Passed {
    /// It passes the call on, as it was or changed.
    On(Call),
    /// It makes another call first, and passes this one on then.
    Behind(Call, Call),
    /// It answers by itself.
    Answered(Returned),
}

/// Where a wrong implementation differs from the one beneath it.
#[derive(Clone, Copy)]
pub(crate) struct Hooks {
    /// What becomes of a call.
    pub(crate) call: fn(&mut Seen, PeerIndex, Call) -> Passed,
    /// What becomes of that which a call returned.
    pub(crate) returned: fn(&mut Seen, PeerIndex, &Call, Returned) -> Returned,
    /// What becomes of an entry of the trace.
    pub(crate) entry: fn(&mut Seen, PeerIndex, Entry) -> Vec<Entry>,
    /// What becomes of a candidate that was gathered.
    pub(crate) candidate: fn(&mut Seen, PeerIndex, Candidate) -> Option<Candidate>,
    /// What becomes of a change of the network.
    pub(crate) network: fn(&mut Seen, LinkChange) -> LinkChange,
    /// What it shows of itself whenever time has passed.
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

/// Implementations that are as right as webrtc-rs, and in one thing another.
pub(crate) fn right() -> Vec<&'static Right> {
    right::all()
}

/// webrtc-rs with hooks, and with a tape of what its hooks were asked, where one is wanted.
#[derive(Clone)]
pub(crate) struct Hooked {
    /// The hooks.
    pub(crate) hooks: Hooks,
    /// When it turns wrong.
    pub(crate) from: At,
    /// What happened, in order.
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
