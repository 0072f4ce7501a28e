//! The answer of a STUN server to a binding request.
//!
//! Source: RFC 8489, sections 5 (the header), 14.2 (XOR-MAPPED-ADDRESS).

use std::net::{IpAddr, SocketAddr};

const HEADER_BYTES: usize = 20;
const BINDING_REQUEST: [u8; 2] = [0x00, 0x01];
const BINDING_SUCCESS: [u8; 2] = [0x01, 0x01];
const XOR_MAPPED_ADDRESS: [u8; 2] = [0x00, 0x20];
const MAGIC_COOKIE: [u8; 4] = [0x21, 0x12, 0xA4, 0x42];

/// The response to a packet from `source`; `None` if it is not a binding request.
pub(super) fn response(packet: &[u8], source: SocketAddr) -> Option<Vec<u8>> {
    let header = packet.get(..HEADER_BYTES)?;
    let (kind, rest) = header.split_at(2);
    // The cookie and the transaction: what an address is combined with.
    let (_length, mask) = rest.split_at(2);
    if kind != BINDING_REQUEST || mask[..4] != MAGIC_COOKIE {
        return None;
    }
    let (family, octets) = match source.ip() {
        IpAddr::V4(ip) => (1, ip.octets().to_vec()),
        IpAddr::V6(ip) => (2, ip.octets().to_vec()),
    };
    let masked = |bytes: &[u8]| -> Vec<u8> { bytes.iter().zip(mask).map(|(a, b)| a ^ b).collect() };
    let mut value = vec![0, family];
    value.extend(masked(&source.port().to_be_bytes()));
    value.extend(masked(&octets));
    // 8 or 20 bytes.
    let length = u8::try_from(value.len()).ok()?;
    let mut response = BINDING_SUCCESS.to_vec();
    response.extend([0, length + 4]);
    response.extend(mask);
    response.extend(XOR_MAPPED_ADDRESS);
    response.extend([0, length]);
    response.extend(value);
    Some(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The transaction of the test vectors in RFC 5769.
    const TRANSACTION: [u8; 12] = [
        0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae,
    ];

    fn request() -> Vec<u8> {
        [&[0, 1, 0, 0][..], &MAGIC_COOKIE, &TRANSACTION].concat()
    }

    /// RFC 5769, section 2.2: the attribute for 192.0.2.1, port 32853.
    #[test]
    fn an_address_of_version_4_is_that_of_the_test_vector() {
        let response = response(&request(), "192.0.2.1:32853".parse().unwrap()).unwrap();
        let attribute = [
            0x00, 0x20, 0x00, 0x08, 0x00, 0x01, 0xa1, 0x47, 0xe1, 0x12, 0xa6, 0x43,
        ];
        assert_eq!(response[20..], attribute);
        assert_eq!(response[..4], [0x01, 0x01, 0x00, 0x0c]);
        assert_eq!(response[4..20], request()[4..20]);
    }

    /// RFC 5769, section 2.3: the attribute for 2001:db8:1234:5678:11:2233:4455:6677, port 32853.
    #[test]
    fn an_address_of_version_6_is_that_of_the_test_vector() {
        let source = "[2001:db8:1234:5678:11:2233:4455:6677]:32853";
        let response = response(&request(), source.parse().unwrap()).unwrap();
        let attribute = [
            0x00, 0x20, 0x00, 0x14, 0x00, 0x02, 0xa1, 0x47, 0x01, 0x13, 0xa9, 0xfa, 0xa5, 0xd3,
            0xf1, 0x79, 0xbc, 0x25, 0xf4, 0xb5, 0xbe, 0xd2, 0xb9, 0xd9,
        ];
        assert_eq!(response[20..], attribute);
    }

    #[test]
    fn what_is_not_a_binding_request_is_not_answered() {
        let source = "127.0.0.1:5000".parse().unwrap();
        let mut indication = request();
        indication[1] = 0x11;
        for packet in [&[][..], &[0; 20], &request()[..19], &indication] {
            assert_eq!(response(packet, source), None);
        }
    }
}
