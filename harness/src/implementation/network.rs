//! Changes of the network between the peers.

use std::time::Duration;

use super::PeerIndex;

/// Which way packets go that a change of the network concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// Between every two peers, both ways.
    Everywhere,
    /// Between two peers, both ways.
    Between(PeerIndex, PeerIndex),
    /// From one peer to another, one way.
    FromTo(PeerIndex, PeerIndex),
}

/// A change of a link; what is `None` stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct LinkChange {
    /// Whether every packet is dropped.
    pub cut: Option<bool>,
    /// The part of packets that is dropped at random, from 0 to 1.
    pub loss: Option<f64>,
    /// How long a packet travels.
    pub latency: Option<Duration>,
}

impl Link {
    /// The one-way links that it stands for, among so many peers.
    #[must_use]
    pub fn directions(self, peers: usize) -> Vec<(PeerIndex, PeerIndex)> {
        let all = || (0..peers).map(PeerIndex);
        match self {
            Self::Everywhere => all()
                .flat_map(|from| all().map(move |to| (from, to)))
                .filter(|(from, to)| from != to)
                .collect(),
            Self::Between(one, other) => vec![(one, other), (other, one)],
            Self::FromTo(from, to) => vec![(from, to)],
        }
    }
}
