//! The addresses in candidates, found and replaced.
//!
//! Source: the grammar of the candidate attribute, RFC 8839, section 5.1.

use std::io;
use std::net::{IpAddr, SocketAddr};

use super::address::LocalAddress;

/// Why a candidate is not carried to another peer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Dropped {
    /// Its transport is TCP.
    #[error("a TCP candidate was dropped: the network of the harness carries UDP")]
    Tcp,
    /// Its address is a name.
    #[error(
        "a candidate of `{0}` was dropped: the network of the harness resolves no names; turn mDNS \
         candidates off"
    )]
    Name(String),
    /// Its address is not one of this host's.
    #[error("a candidate at {0} was dropped: the address is not one of this host's")]
    Foreign(SocketAddr),
    /// Its port can not be read.
    #[error("a candidate with the port `{0}` was dropped: expected a number from 1 to 65535")]
    Port(String),
}

/// The address of each candidate in a description, or in a candidate attribute.
pub(super) fn addresses(
    text: &str,
) -> impl Iterator<Item = Result<LocalAddress, Dropped>> + use<'_> {
    text.lines().filter_map(Line::of).map(|line| line.address())
}

/// A description with other addresses, and what was dropped from it.
pub(super) fn in_description(
    sdp: &str,
    mut replace: impl FnMut(LocalAddress) -> io::Result<SocketAddr>,
) -> io::Result<(String, Vec<Dropped>)> {
    let (mut carried, mut all_dropped) = (String::with_capacity(sdp.len()), Vec::new());
    for text in sdp.split_inclusive('\n') {
        let Some(line) = Line::of(text) else {
            carried.push_str(text);
            continue;
        };
        match line.address() {
            Ok(address) => carried.push_str(&line.at(replace(address)?)),
            Err(dropped) => all_dropped.push(dropped),
        }
    }
    Ok((carried, all_dropped))
}

/// A candidate attribute with another address; as it is, if it has none.
pub(super) fn in_candidate(
    candidate: &str,
    replace: impl FnOnce(Result<LocalAddress, Dropped>) -> io::Result<SocketAddr>,
) -> io::Result<String> {
    match Line::of(candidate) {
        None => Ok(candidate.to_owned()),
        Some(line) => Ok(line.at(replace(line.address())?)),
    }
}

/// A candidate attribute, with or without `a=` before it and an end of line after it.
struct Line<'t> {
    /// Everything before the address.
    before: &'t str,
    transport: &'t str,
    address: &'t str,
    port: &'t str,
    /// Everything behind the port.
    behind: &'t str,
}

impl<'t> Line<'t> {
    /// `None` for text that is not a candidate attribute. What a scenario makes up to be refused is
    /// given to the peer as it is.
    fn of(text: &'t str) -> Option<Self> {
        let attribute = text.strip_prefix("a=").unwrap_or(text);
        if !attribute.starts_with("candidate:") {
            return None;
        }
        let mut words = attribute.split_ascii_whitespace();
        let transport = words.by_ref().nth(2)?;
        let address = words.by_ref().nth(1)?;
        let port = words.next()?;
        words.next().filter(|word| *word == "typ")?;
        let start = |word: &str| word.as_ptr() as usize - text.as_ptr() as usize;
        let before = text.get(..start(address))?;
        let behind = text.get(start(port) + port.len()..)?;
        Some(Self {
            before,
            transport,
            address,
            port,
            behind,
        })
    }

    fn address(&self) -> Result<LocalAddress, Dropped> {
        if !self.transport.eq_ignore_ascii_case("udp") {
            return Err(Dropped::Tcp);
        }
        let ip: IpAddr = self
            .address
            .parse()
            .map_err(|_| Dropped::Name(self.address.to_owned()))?;
        let port: u16 = self
            .port
            .parse()
            .map_err(|_| Dropped::Port(self.port.to_owned()))?;
        let address = SocketAddr::new(ip, port);
        LocalAddress::new(address).ok_or(Dropped::Foreign(address))
    }

    fn at(&self, address: SocketAddr) -> String {
        let (ip, port) = (address.ip(), address.port());
        format!("{}{ip} {port}{}", self.before, self.behind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn elsewhere() -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], 9))
    }

    #[rstest]
    #[case::host(
        "candidate:1 1 udp 2130706431 127.0.0.1 5000 typ host",
        Some("127.0.0.1:5000")
    )]
    #[case::spaces(
        "candidate:1  1 UDP 1 127.0.0.1  5000 typ host",
        Some("127.0.0.1:5000")
    )]
    #[case::in_sdp("a=candidate:1 1 udp 1 ::1 5000 typ host\r\n", Some("[::1]:5000"))]
    #[case::the_end("", None)]
    #[case::not_a_candidate("candidate:1 1 udp", None)]
    #[case::another_attribute("a=ice-ufrag:candidate:", None)]
    fn the_address_is_found(#[case] text: &str, #[case] expected: Option<&str>) {
        let found: Vec<_> = addresses(text).map(|one| one.unwrap().get()).collect();
        let expected: Vec<SocketAddr> = expected.iter().map(|one| one.parse().unwrap()).collect();
        assert_eq!(found, expected);
    }

    #[rstest]
    #[case::tcp(
        "candidate:1 1 tcp 1 127.0.0.1 9 typ host tcptype active",
        Dropped::Tcp
    )]
    #[case::mdns(
        "candidate:1 1 udp 1 7e1b.local 5000 typ host",
        Dropped::Name("7e1b.local".to_owned())
    )]
    #[case::foreign(
        "candidate:1 1 udp 1 192.0.2.1 5000 typ srflx raddr 0.0.0.0 rport 0",
        Dropped::Foreign(SocketAddr::from(([192, 0, 2, 1], 5000)))
    )]
    #[case::port(
        "candidate:1 1 udp 1 127.0.0.1 66000 typ host",
        Dropped::Port("66000".to_owned())
    )]
    fn what_is_not_carried_says_why(#[case] text: &str, #[case] expected: Dropped) {
        let found: Vec<_> = addresses(text).collect();
        assert_eq!(found, [Err(expected)]);
    }

    #[test]
    fn a_description_changes_in_its_addresses_alone() {
        let sdp = "v=0\r\na=candidate:1 1 udp 7 127.0.0.1 5000 typ host generation 0\r\n\
                   a=candidate:2 1 tcp 7 127.0.0.1 9 typ host\r\na=end-of-candidates\r\n";
        let (carried, dropped) = in_description(sdp, |_| Ok(elsewhere())).unwrap();
        let expected = "v=0\r\na=candidate:1 1 udp 7 127.0.0.1 9 typ host generation 0\r\n\
                        a=end-of-candidates\r\n";
        assert_eq!((carried.as_str(), dropped), (expected, vec![Dropped::Tcp]));
    }

    #[test]
    fn what_is_not_a_candidate_is_given_as_it_is() {
        let given = in_candidate("candidate:nonsense", |_| Ok(elsewhere())).unwrap();
        assert_eq!(given, "candidate:nonsense");
    }
}
