//! What readers asked of a text, and what was found to be meant: no findings, but what an
//! implementer should know, with the number of the public report.

use crate::editions::Edition;
use crate::states::{
    DtlsTransportState as Dtls, IceConnectionState, IceTransportState as Ice, PeerConnectionState,
};
use crate::transports::{Combination, Transport};

/// A remark on an edition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// What it is, in words.
    pub message: &'static str,
    /// The combination that it is about.
    pub example: Combination,
    /// The public report.
    pub issue: &'static str,
}

/// The remarks that an edition's definitions give reason for.
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
            "a connection whose transports have all closed is `new` again, and not `closed`, \
             which is for close() alone",
            "w3c/webrtc-pc#1257",
        ),
        (
            is_new(&none),
            none,
            "after an exchange with neither media nor data channel there are no transports, and \
             the states stay `new`",
            "w3c/webrtc-pc#1380",
        ),
        (
            skips_connected,
            completed,
            "an ICE transport may go from checking to completed, and iceConnectionState then does \
             without ever being `connected`",
            "w3c/webrtc-pc#2316",
        ),
        (
            stays,
            hung_up,
            "a peer that hangs up closes its DTLS transports, and connectionState stays \
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
