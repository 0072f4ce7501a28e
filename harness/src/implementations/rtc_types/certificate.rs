//! The certificate of a peer, of the kind that the scenario chooses.

use rtc::crypto::{RTCCrypto, SignatureScheme};
use rtc::peer_connection::certificate::RTCCertificate;
use rtc::shared::error::Result;

use crate::implementation::configuration::CertificateKind;
use crate::implementations::certificates::certificate_files;

/// Returns the certificate of a kind.
///
/// # Errors
///
/// If the crate does not accept the key.
pub(in crate::implementations) fn certificate(
    kind: CertificateKind,
    crypto: &dyn RTCCrypto,
) -> Result<RTCCertificate> {
    let scheme = match kind {
        CertificateKind::Ecdsa => SignatureScheme::EcdsaP256Sha256,
        CertificateKind::Rsa => SignatureScheme::RsaPkcs1Sha256,
    };
    let files = certificate_files(kind);
    let chain = vec![files.certificate.to_vec().into()];
    RTCCertificate::from_pkcs8(crypto, scheme, chain, files.key, files.expires)
}
