//! What every session in the simulated world does alike.

use peerstate_sim::{Halt, Host, World};

use crate::implementation::{Fault, Link, LinkChange};

/// Changes the network between so many peers, each the host of its place.
pub(super) fn change_network(world: &World, peers: usize, link: Link, change: LinkChange) {
    for (from, to) in link.directions(peers) {
        world.change_link(Host(from.0), Host(to.0), |link| {
            link.cut = change.cut.unwrap_or(link.cut);
            link.loss = change.loss.unwrap_or(link.loss);
            link.latency = change.latency.unwrap_or(link.latency);
        });
    }
}

/// What the end of a world is for its session.
pub(super) fn fault(halt: Halt) -> Fault {
    match halt {
        Halt::Panicked { message } => Fault::Panicked { message },
        Halt::Livelock { polls } => Fault::Livelock { polls },
    }
}
