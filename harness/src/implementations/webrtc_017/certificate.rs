//! The certificate of a peer, of the kind that the scenario chooses.

use ring::error::KeyRejected;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, RsaKeyPair};
use webrtc_017::dtls::crypto::{Certificate, CryptoPrivateKey, CryptoPrivateKeyKind};
use webrtc_017::peer_connection::certificate::RTCCertificate;

use crate::implementation::configuration::CertificateKind;
use crate::implementations::certificates::certificate_files;

/// Returns the certificate of a kind.
///
/// # Errors
///
/// If the key can not be read.
pub(super) fn certificate(kind: CertificateKind) -> Result<RTCCertificate, KeyRejected> {
    let files = certificate_files(kind);
    let pair = match kind {
        CertificateKind::Ecdsa => CryptoPrivateKeyKind::Ecdsa256(EcdsaKeyPair::from_pkcs8(
            &ECDSA_P256_SHA256_ASN1_SIGNING,
            files.key,
            &SystemRandom::new(),
        )?),
        CertificateKind::Rsa => CryptoPrivateKeyKind::Rsa256(RsaKeyPair::from_pkcs8(files.key)?),
    };
    let certificate = Certificate {
        certificate: vec![files.certificate.to_vec().into()],
        private_key: CryptoPrivateKey {
            kind: pair,
            serialized_der: files.key.to_vec(),
        },
    };
    Ok(RTCCertificate::from_existing(certificate, files.expires))
}
