//! The certificate of a peer, of the kind that the scenario chooses.
//!
//! The keys lie here in plain sight. They protect nothing: all packets stay in the simulated
//! network, and the crate can not generate keys for RSA.

use std::time::{Duration, SystemTime};

use rtc::crypto::{RTCCrypto, SignatureScheme};
use rtc::peer_connection::certificate::RTCCertificate;
use rtc::shared::error::Result;

use crate::implementation::configuration::CertificateKind;

/// Longer than any connection lives; the certificates say the same.
const LIFETIME: Duration = Duration::from_hours(24 * 36_500);

/// The certificate of a kind.
///
/// # Errors
///
/// When the crate does not take the key.
pub(in crate::implementations) fn certificate(
    kind: CertificateKind,
    crypto: &dyn RTCCrypto,
) -> Result<RTCCertificate> {
    let (scheme, certificate, key): (_, &[u8], &[u8]) = match kind {
        CertificateKind::Ecdsa => (
            SignatureScheme::EcdsaP256Sha256,
            include_bytes!("certificates/ecdsa-certificate.der"),
            include_bytes!("certificates/ecdsa-key.der"),
        ),
        CertificateKind::Rsa => (
            SignatureScheme::RsaPkcs1Sha256,
            include_bytes!("certificates/rsa-certificate.der"),
            include_bytes!("certificates/rsa-key.der"),
        ),
    };
    let chain = vec![certificate.to_vec().into()];
    RTCCertificate::from_pkcs8(
        crypto,
        scheme,
        chain,
        key,
        SystemTime::UNIX_EPOCH + LIFETIME,
    )
}
