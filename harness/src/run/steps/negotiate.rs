//! A complete negotiation in one step.

use std::time::Duration;

use peerstate_model::trace::At;

use super::{Stepper, Stop, failed};
use crate::implementation::{Advanced, Call, Description, PeerIndex};
use crate::run::alter::{alter, with_candidates};
use crate::scenario::Negotiation;

/// How long a negotiation without trickling waits for candidates.
const LONGEST_GATHERING: Duration = Duration::from_secs(10);

impl Stepper<'_> {
    pub(super) fn negotiate(&mut self, negotiation: &Negotiation) -> Result<(), Stop> {
        let Negotiation {
            offerer,
            answerer,
            trickle,
            offer,
            answer,
            ..
        } = *negotiation;
        let before = self.trickling.clone();
        for (from, to, alteration) in [(offerer, answerer, offer), (answerer, offerer, answer)] {
            if trickle && !alteration.no_candidates {
                self.trickling.insert((from, to));
            } else {
                self.trickling.remove(&(from, to));
            }
        }
        // Candidates wait until the other side can take them.
        let flows = std::mem::take(&mut self.trickling);
        match self.exchange(negotiation) {
            Ok(()) => {
                self.trickling = flows;
                self.trickle()
            }
            Err(stop) => {
                // The run may continue; candidates that were trickled before are trickled again.
                self.trickling = before;
                Err(stop)
            }
        }
    }

    fn exchange(&mut self, negotiation: &Negotiation) -> Result<(), Stop> {
        let Negotiation {
            offerer,
            answerer,
            trickle,
            ice_restart,
            offer,
            answer,
        } = *negotiation;
        let create_offer = Call::CreateOffer { ice_restart };
        for (from, to, create, alteration) in [
            (offerer, answerer, create_offer, offer),
            (answerer, offerer, Call::CreateAnswer, answer),
        ] {
            let made = self.make(from, &create)?;
            self.must(from, &Call::SetLocalDescription(Some(made.clone())))?;
            let sent = if trickle {
                made
            } else {
                self.with_gathered(from, to, &made)?
            };
            self.must(to, &Call::SetRemoteDescription(alter(sent, alteration)))?;
        }
        Ok(())
    }

    fn make(&mut self, peer: PeerIndex, call: &Call) -> Result<Description, Stop> {
        let made = self.must(peer, call)?;
        let made = made.ok_or_else(|| {
            let deviation = format!("{} succeeded without a description", call.method());
            failed(peer, deviation)
        })?;
        self.peers[peer.0].made = Some(made.clone());
        Ok(made)
    }

    /// Returns the description with all candidates, once they have been gathered.
    fn with_gathered(
        &mut self,
        from: PeerIndex,
        to: PeerIndex,
        description: &Description,
    ) -> Result<Description, Stop> {
        let deadline = At::after(self.recorder.now().since_start() + LONGEST_GATHERING);
        while !self.peers[from.0].known.has_gathered() {
            if self.advance(deadline)? == Advanced::DeadlinePassed {
                break;
            }
        }
        let record = &mut self.peers[from.0];
        let already = record
            .handed
            .insert(to, record.candidates.len())
            .unwrap_or(0);
        Ok(with_candidates(description, &record.candidates[already..]))
    }
}
