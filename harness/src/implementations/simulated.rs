//! What every session on a simulated network does alike.

use peerstate_sim::LinkState;

use crate::implementation::LinkChange;

/// Changes the state of a link.
pub(super) fn change_link(link: &mut LinkState, change: LinkChange) {
    link.cut = change.cut.unwrap_or(link.cut);
    link.loss = change.loss.unwrap_or(link.loss);
    link.latency = change.latency.unwrap_or(link.latency);
}
