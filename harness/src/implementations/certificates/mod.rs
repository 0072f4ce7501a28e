//! The certificates from which a scenario chooses, each with its key.
//!
//! The keys are public. They protect nothing: all packets stay in the simulated network, and the
//! crates that use them can not generate RSA keys.

use std::time::{Duration, SystemTime};

use crate::implementation::configuration::CertificateKind;

/// Longer than the lifetime of any connection; the certificates have the same lifetime.
const LIFETIME: Duration = Duration::from_hours(24 * 36_500);

/// A certificate and its key.
pub(super) struct CertificateFiles {
    /// The certificate, in DER.
    pub(super) certificate: &'static [u8],
    /// The key, as DER-encoded PKCS #8.
    pub(super) key: &'static [u8],
    /// When the certificate expires.
    pub(super) expires: SystemTime,
}

/// Returns the certificate of a kind.
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
