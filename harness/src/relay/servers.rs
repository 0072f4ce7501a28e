//! The URLs of ICE servers, replaced by those of the relay.
//!
//! Source: the URI schemes of STUN and TURN, RFC 7064 and RFC 7065, section 3.1 each.

use std::net::{Ipv4Addr, SocketAddr};

/// The ICE servers of the relay.
#[derive(Debug)]
pub(super) struct Servers {
    /// Never answers.
    pub(super) silent: SocketAddr,
    /// Answers the binding requests of STUN.
    pub(super) answering: SocketAddr,
}

impl Servers {
    /// The URL of a server of the relay, in place of another. Text that is not a URL of an ICE
    /// server is returned as it is, so that the implementation refuses it.
    pub(super) fn in_place_of(&self, url: &str) -> String {
        let Some((scheme, rest)) = url.split_once(':') else {
            return url.to_owned();
        };
        let (host_and_port, query) = match rest.find('?') {
            Some(mark) => rest.split_at(mark),
            None => (rest, ""),
        };
        let host = host(host_and_port);
        let is_ice = ["stun", "stuns", "turn", "turns"].contains(&scheme);
        let Some(host) = host.filter(|_| is_ice) else {
            return url.to_owned();
        };
        let answers = scheme == "stun"
            && host
                .parse()
                .is_ok_and(|ip: Ipv4Addr| ip.octets()[..3] == [198, 51, 100]);
        let server = if answers { self.answering } else { self.silent };
        format!("{scheme}:{server}{query}")
    }
}

/// The host of `host` or `host:port`; `None` if it is neither.
fn host(text: &str) -> Option<&str> {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (host, port) = rest.split_once(']')?;
            let port = match port {
                "" => None,
                port => Some(port.strip_prefix(':')?),
            };
            (host, port)
        }
        None => match text.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (text, None),
        },
    };
    let is_port = port.is_none_or(|port| port.parse::<u16>().is_ok());
    let is_host = |c: char| c.is_ascii_alphanumeric() || ".-:_".contains(c);
    (is_port && !host.is_empty() && host.chars().all(is_host)).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::silent("stun:192.0.2.1:3478", "stun:127.0.0.1:1")]
    #[case::without_port("stun:192.0.2.1", "stun:127.0.0.1:1")]
    #[case::by_name("stun:stun.example.org", "stun:127.0.0.1:1")]
    #[case::version_6("stun:[2001:db8::1]:3478", "stun:127.0.0.1:1")]
    #[case::answering("stun:198.51.100.1:3478", "stun:127.0.0.1:2")]
    #[case::turn("turn:198.51.100.1?transport=udp", "turn:127.0.0.1:1?transport=udp")]
    #[case::another_scheme("http://192.0.2.1", "http://192.0.2.1")]
    #[case::no_host("stun:", "stun:")]
    #[case::no_port("stun:host:port", "stun:host:port")]
    #[case::no_url("nonsense", "nonsense")]
    fn only_urls_of_ice_servers_are_replaced(#[case] url: &str, #[case] expected: &str) {
        let servers = Servers {
            silent: SocketAddr::from(([127, 0, 0, 1], 1)),
            answering: SocketAddr::from(([127, 0, 0, 1], 2)),
        };
        assert_eq!(servers.in_place_of(url), expected);
    }
}
