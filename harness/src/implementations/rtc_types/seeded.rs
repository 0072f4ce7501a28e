//! Seeded randomness for the crate `rtc`.
//!
//! If two agents both believe that they are controlling, their random tie-breakers decide (RFC
//! 8445, section 7.3.1.1), and a trace then depends on chance. The crate takes its random bytes
//! from its crypto provider, so each peer gets one whose bytes follow from the scenario's seed.
//! Nothing here is secret: all packets stay in the simulated network.

use std::sync::{Arc, Mutex, PoisonError};

use fastrand::Rng;
use rtc::crypto::{CryptoError, RTCCrypto, RTCCryptoProvider, RTCRandom, default_provider};

/// The built-in provider, with different random bytes.
pub(in crate::implementations) struct SeededProvider {
    provider: Arc<dyn RTCCryptoProvider>,
    random: SeededRandom,
}

struct SeededRandom(Mutex<Rng>);

impl SeededProvider {
    /// Creates a provider whose random bytes follow from a seed.
    pub(in crate::implementations) fn new(seed: u64) -> Result<Self, CryptoError> {
        let random = SeededRandom(Mutex::new(Rng::with_seed(seed)));
        Ok(Self {
            provider: default_provider()?,
            random,
        })
    }
}

impl RTCCryptoProvider for SeededProvider {
    fn name(&self) -> &'static str {
        "seeded"
    }

    fn crypto(&self) -> &dyn RTCCrypto {
        self.provider.crypto()
    }

    fn random(&self) -> &dyn RTCRandom {
        &self.random
    }
}

impl RTCRandom for SeededRandom {
    fn fill(&self, output: &mut [u8]) -> Result<(), CryptoError> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .fill(output);
        Ok(())
    }
}
