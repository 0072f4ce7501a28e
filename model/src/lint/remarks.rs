//! Remarks: questions that readers raised about a text, and behaviour that turned out to be
//! intended. They are not findings, but an implementer should know them. Each has the number of the
//! public report.

use crate::editions::Edition;
use crate::states::{
    DtlsTransportState as Dtls, IceConnectionState, IceTransportState as Ice, PeerConnectionState,
};
use crate::transports::{Combination, Transport};

/// A remark on an edition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// A description.
    pub message: &'static str,
    /// An example.
    pub example: Combination,
    /// The public report.
    pub issue: &'static str,
}

/// Returns the remarks that apply to an edition's definitions.
pub(super) fn remarks(edition: &Edition) -> Vec<Remark> {
    let with = |transports: &[Transport]| Combination::open(transports.to_vec());
    let is_new = |combination: &Combination| {
        let derived = edition.derive(combination);
        derived.connection_state.and_then(|set| set.single()) == Some(PeerConnectionState::New)
            && derived.ice_connection_state.and_then(|set| set.single())
                == Some(IceConnectionState::New)
    };
    let ice_holds = |combination: &Combination, value| {
        let derived = edition.derive(combination);
        derived
            .ice_connection_state
            .is_some_and(|holding| holding.contains(value))
    };
    let hung_up = with(&[Transport::new(Ice::Connected, Dtls::Closed)]);
    let stays = edition
        .derive(&hung_up)
        .connection_state
        .and_then(|set| set.single())
        == Some(PeerConnectionState::Connected);
    let closed = with(&[Transport::new(Ice::Closed, Dtls::Closed)]);
    let none = with(&[]);
    let checking = with(&[Transport::new(Ice::Checking, Dtls::New)]);
    let completed = with(&[Transport::new(Ice::Completed, Dtls::New)]);
    let skips_connected = ice_holds(&checking, IceConnectionState::Checking)
        && ice_holds(&completed, IceConnectionState::Completed);
    [
        (
            is_new(&closed),
            closed,
            "a connection whose transports have all closed is `new` again, not `closed`: only \
             close() leads to `closed`",
            "w3c/webrtc-pc#1257",
        ),
        (
            is_new(&none),
            none,
            "after an exchange with neither media nor a data channel, there are no transports, \
             and the states stay `new`",
            "w3c/webrtc-pc#1380",
        ),
        (
            skips_connected,
            completed,
            "an ICE transport may change from checking to completed; iceConnectionState then \
             becomes `completed` without ever being `connected`",
            "w3c/webrtc-pc#2316",
        ),
        (
            stays,
            hung_up,
            "if the other peer hangs up, its DTLS transports close, and connectionState stays \
             `connected` until ICE fails",
            "w3c/webrtc-pc#3053",
        ),
    ]
    .into_iter()
    .filter(|(applies, ..)| *applies)
    .map(|(_, example, message, issue)| Remark {
        message,
        example,
        issue,
    })
    .collect()
}
