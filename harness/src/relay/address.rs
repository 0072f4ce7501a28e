//! Addresses of this host.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

/// An address to which packets stay on this host. The relay sends to no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalAddress(SocketAddr);

impl LocalAddress {
    /// Returns the address if it is one of this host's: a loopback address, or one that an interface
    /// has.
    #[must_use]
    pub fn new(address: SocketAddr) -> Option<Self> {
        let ip = address.ip();
        let is_one = !ip.is_unspecified() && !ip.is_multicast() && address.port() != 0;
        let is_here = || ip.is_loopback() || source_towards(address) == Some(ip);
        (is_one && is_here()).then_some(Self(address))
    }

    /// Returns the address.
    #[must_use]
    pub const fn get(self) -> SocketAddr {
        self.0
    }
}

impl fmt::Display for LocalAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The address from which this host reaches others, or the loopback address if it reaches none. An
/// agent may not send from another interface to the loopback address.
pub(super) fn of_this_host() -> IpAddr {
    // An address of RFC 5737 (TEST-NET-2), to which nothing is sent.
    let elsewhere = SocketAddr::from(([198, 51, 100, 1], 9));
    source_towards(elsewhere).unwrap_or(Ipv4Addr::LOCALHOST.into())
}

/// The address that packets to an address would come from: that very address, where it is this
/// host's. Nothing is sent. (To bind a socket to it proves less: that succeeds with the broadcast
/// address of a network, too.)
fn source_towards(address: SocketAddr) -> Option<IpAddr> {
    let any: IpAddr = match address {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let socket = UdpSocket::bind((any, 0)).ok()?;
    socket.connect(address).ok()?;
    socket.local_addr().ok().map(|source| source.ip())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::loopback("127.0.0.1:5000", true)]
    #[case::another_loopback("127.0.9.9:5000", true)]
    #[case::any("0.0.0.0:5000", false)]
    #[case::a_name_server("8.8.8.8:53", false)]
    #[case::documentation("192.0.2.1:3478", false)]
    #[case::documentation_6("[2001:db8::1]:3478", false)]
    #[case::multicast("224.0.0.251:5353", false)]
    #[case::broadcast("255.255.255.255:5000", false)]
    #[case::no_port("127.0.0.1:0", false)]
    #[case::a_network("172.17.255.255:5000", false)]
    fn only_addresses_of_this_host_are_local(#[case] address: &str, #[case] is_local: bool) {
        let address = address.parse().unwrap();
        assert_eq!(LocalAddress::new(address).is_some(), is_local);
    }
}
