//! Functions that all sessions on a simulated network share.

use peerstate_model::trace::{Attribute, Observes, Read, TransportsListed};
use peerstate_sim::LinkState;
#[cfg(any(feature = "rtc", feature = "str0m", feature = "webrtc-rs"))]
use peerstate_sim::{Halt, Host, World};

use crate::implementation::LinkChange;
#[cfg(any(feature = "rtc", feature = "str0m", feature = "webrtc-rs"))]
use crate::implementation::{Fault, Link};

/// Returns what traces show: these attributes, all read in the same way, each with its own event,
/// and the transports. The harness makes every call, and the world puts everything in order.
pub(super) fn observes(
    attributes: &[Attribute],
    others: &[&str],
    read: Read,
    transports: TransportsListed,
) -> Observes {
    let events = attributes.iter().map(|of| of.event());
    let events = events.chain(others.iter().copied()).map(str::to_owned);
    Observes {
        events: Some(events.collect()),
        attributes: attributes.iter().map(|of| (*of, read)).collect(),
        actions: Some(true),
        tasks: Some(false),
        order: Some(true),
        transports: Some(transports),
    }
}

/// Changes the state of a link.
pub(super) fn change_link(link: &mut LinkState, change: LinkChange) {
    link.cut = change.cut.unwrap_or(link.cut);
    link.loss = change.loss.unwrap_or(link.loss);
    link.latency = change.latency.unwrap_or(link.latency);
}

/// Changes the network between the first `peers` hosts of a world, one for each peer.
#[cfg(any(feature = "rtc", feature = "str0m", feature = "webrtc-rs"))]
pub(super) fn change_network(world: &World, peers: usize, link: Link, change: LinkChange) {
    for (from, to) in link.directions(peers) {
        world.change_link(Host(from.0), Host(to.0), |link| change_link(link, change));
    }
}

/// Returns the fault of a session whose world has ended.
#[cfg(any(feature = "rtc", feature = "str0m", feature = "webrtc-rs"))]
pub(super) fn fault(halt: Halt) -> Fault {
    match halt {
        Halt::Panicked { message } => Fault::Panicked { message },
        Halt::Livelock { polls } => Fault::Livelock { polls },
    }
}
