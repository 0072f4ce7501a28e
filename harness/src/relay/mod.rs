//! A network between peers whose sockets are real: a relay on this host, which drops and delays.
//!
//! The harness carries the candidates of one peer to another, and replaces the address of each with
//! that of a socket of the relay. What the other peer sends there is forwarded, from the socket that
//! represents the sender in the same way. So each peer sees the other at one address for each of its
//! candidates, no packet takes another path, and none leaves this host.

mod address;
mod candidates;
mod servers;
mod stun;
mod switch;

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;

pub use address::LocalAddress;
pub use candidates::Dropped;

use self::servers::Servers;
use self::switch::Switch;
use crate::implementation::{Candidate, Configuration, LinkChange, PeerIndex};

/// The relay of one session.
#[derive(Debug)]
pub struct Relay {
    switch: Switch,
    servers: Servers,
    /// The peer that has gathered each address.
    owners: BTreeMap<LocalAddress, PeerIndex>,
    /// Where candidates lead that no peer has gathered: nowhere.
    nowhere: SocketAddr,
}

impl Relay {
    /// Starts a relay for a number of peers. The seed decides which packets are lost.
    ///
    /// # Errors
    ///
    /// When the operating system refuses a socket.
    pub fn start(peers: usize, seed: u64) -> io::Result<Self> {
        let switch = Switch::start(peers, seed)?;
        Ok(Self {
            servers: Servers {
                silent: switch.silent()?,
                answering: switch.answering()?,
            },
            nowhere: switch.silent()?,
            switch,
            owners: BTreeMap::new(),
        })
    }

    /// Notes that a peer has gathered a candidate.
    ///
    /// # Errors
    ///
    /// Why no other peer may be given it.
    pub fn gathered(&mut self, owner: PeerIndex, candidate: &Candidate) -> Result<(), Dropped> {
        // The end of candidates has no address.
        for address in candidates::addresses(&candidate.candidate) {
            self.owners.insert(address?, owner);
        }
        Ok(())
    }

    /// Notes the candidates in a description of a peer's own. Those that no other peer may be given
    /// are dropped when the description is carried.
    pub fn described(&mut self, owner: PeerIndex, sdp: &str) {
        for address in candidates::addresses(sdp).flatten() {
            self.owners.insert(address, owner);
        }
    }

    /// Returns a description as a peer is given it, and the candidates that were left out.
    ///
    /// # Errors
    ///
    /// When the operating system refuses a socket.
    pub fn carry_description(
        &self,
        viewer: PeerIndex,
        sdp: &str,
    ) -> io::Result<(String, Vec<Dropped>)> {
        candidates::in_description(sdp, |address| self.seen_by(viewer, address))
    }

    /// Returns a candidate as a peer is given it. One that no peer has gathered leads nowhere.
    ///
    /// # Errors
    ///
    /// When the operating system refuses a socket.
    pub fn carry_candidate(
        &self,
        viewer: PeerIndex,
        candidate: &Candidate,
    ) -> io::Result<Candidate> {
        let carried = candidates::in_candidate(&candidate.candidate, |found| match found {
            Ok(address) => self.seen_by(viewer, address),
            Err(_) => Ok(self.nowhere),
        })?;
        Ok(Candidate {
            candidate: carried,
            ..candidate.clone()
        })
    }

    /// Returns a configuration whose ICE servers are those of the relay. An address in
    /// 198.51.100.0/24 (RFC 5737, TEST-NET-2) names a STUN server that answers; every other is
    /// silent.
    #[must_use]
    pub fn configuration(&self, configuration: &Configuration) -> Configuration {
        let mut configuration = configuration.clone();
        for server in configuration.ice_servers.iter_mut().flatten() {
            for url in &mut server.urls {
                *url = self.servers.in_place_of(url);
            }
        }
        configuration
    }

    /// Changes the way from one peer to another.
    pub fn change(&self, from: PeerIndex, to: PeerIndex, change: LinkChange) {
        self.switch.change(from, to, change);
    }

    /// Returns how many packets have been forwarded.
    #[must_use]
    pub fn forwarded(&self) -> u64 {
        self.switch.forwarded()
    }

    /// What `viewer` is given in place of an address of another peer.
    fn seen_by(&self, viewer: PeerIndex, address: LocalAddress) -> io::Result<SocketAddr> {
        match self.owners.get(&address) {
            Some(owner) if *owner != viewer => self.switch.represent(*owner, address, viewer),
            // Its own, or one that a scenario has made up.
            Some(_) | None => Ok(self.nowhere),
        }
    }
}

#[cfg(test)]
mod tests;
