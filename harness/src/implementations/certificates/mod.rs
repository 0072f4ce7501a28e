//! The certificates from which a scenario chooses, each with its key.
//!
//! The keys lie here in plain sight. They protect nothing: all packets stay in the simulated
//! network, and the crates that are given them can not generate keys for RSA.

use std::time::{Duration, SystemTime};

use crate::implementation::configuration::CertificateKind;

/// Longer than any connection lives; the certificates say the same.
const LIFETIME: Duration = Duration::from_hours(24 * 36_500);

/// A certificate, and the key that it is for.
pub(super) struct CertificateFiles {
    /// The certificate, in DER.
    pub(super) certificate: &'static [u8],
    /// The key, in the DER of PKCS #8.
    pub(super) key: &'static [u8],
    /// When the certificate expires.
    pub(super) expires: SystemTime,
}

/// The certificate of a kind.
pub(super) fn certificate_files(kind: CertificateKind) -> CertificateFiles {
    let (certificate, key): (&[u8], &[u8]) = match kind {
        CertificateKind::Ecdsa => (
            include_bytes!("ecdsa-certificate.der"),
            include_bytes!("ecdsa-key.der"),
        ),
        CertificateKind::Rsa => (
            include_bytes!("rsa-certificate.der"),
            include_bytes!("rsa-key.der"),
        ),
    };
    CertificateFiles {
        certificate,
        key,
        expires: SystemTime::UNIX_EPOCH + LIFETIME,
    }
}
