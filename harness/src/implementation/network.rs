//! Changes of the network between the peers.

use std::time::Duration;

use super::PeerIndex;

/// The direction of the packets that a change of the network affects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// Between any two peers, in both directions.
    Everywhere,
    /// Between two peers, in both directions.
    Between(PeerIndex, PeerIndex),
    /// From one peer to another, in one direction.
    FromTo(PeerIndex, PeerIndex),
}

/// A change of a link; what is `None` stays the same.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct LinkChange {
    /// Whether every packet is dropped.
    pub cut: Option<bool>,
    /// The share of packets that are dropped at random, from 0 to 1.
    pub loss: Option<f64>,
    /// How long a packet takes.
    pub latency: Option<Duration>,
}

impl Link {
    /// Returns the one-way links that it means among `peers` peers.
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
