//! Faults when the network is lossy, slow or cut, and faults of ICE restarts.

use peerstate::implementation::{Call, LinkChange, PeerIndex, Returned};
use peerstate_model::states::{IceConnectionState, PeerConnectionState};

use super::seen::{
    Seen, connection, fired_once, ice, is_event, needed_if, reports, reports_one, returns, unless,
};
use super::{Hooks, NOTHING, Passed, Wrong};

pub(super) const TABLE: &[Wrong] = &[
    Wrong {
        name: "disconnected-never",
        does: "disconnected is never reported.",
        caught_by: &["ice/cut-and-restore", "ice/one-way-cut"],
        hooks: Hooks {
            entry: |_, _, entry| {
                let lost = [
                    connection(PeerConnectionState::Disconnected),
                    ice(IceConnectionState::Disconnected),
                ];
                unless(reports_one(&entry, &lost), entry)
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "failed-for-disconnected",
        does: "failed is reported instead of disconnected.",
        caught_by: &["ice/cut-and-restore"],
        hooks: Hooks {
            entry: |_, _, mut entry| {
                if reports(&entry, connection(PeerConnectionState::Disconnected)) {
                    entry.state = connection(PeerConnectionState::Failed);
                } else if reports(&entry, ice(IceConnectionState::Disconnected)) {
                    entry.state = ice(IceConnectionState::Failed);
                }
                vec![entry]
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "failed-never",
        does: "failed is never reported.",
        caught_by: &["ice/cut-until-failed", "ice/peer-vanishes"],
        hooks: Hooks {
            entry: |_, _, entry| {
                let failed = [
                    connection(PeerConnectionState::Failed),
                    ice(IceConnectionState::Failed),
                ];
                unless(reports_one(&entry, &failed), entry)
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "disconnected-for-good",
        does: "A connection that was disconnected never recovers.",
        caught_by: &["ice/cut-and-restore"],
        hooks: Hooks {
            entry: |seen, peer, entry| {
                if reports(&entry, connection(PeerConnectionState::Disconnected)) {
                    seen.note(peer, "lost");
                }
                let recovers = [
                    connection(PeerConnectionState::Connected),
                    ice(IceConnectionState::Connected),
                    ice(IceConnectionState::Completed),
                ];
                let dropped = reports_one(&entry, &recovers) && seen.noted(peer, "lost");
                unless(dropped, entry)
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "failed-recovers-by-itself",
        does: "A failed connection checks again when the network is back, without a restart.",
        caught_by: &["ice/restore-after-failed"],
        hooks: Hooks {
            passed: |seen| {
                let due = |seen: &Seen, peer: PeerIndex| {
                    let state = seen.peers[peer.0].state.ice_connection_state;
                    state == Some(IceConnectionState::Failed) && seen.network_changes > 1
                };
                fired_once(seen, "again", due, ice(IceConnectionState::Checking))
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "consent-without-network",
        does: "A cut network is never noticed, because consent is not checked.",
        caught_by: &["ice/cut-until-failed", "ice/one-way-cut"],
        hooks: Hooks {
            entry: |seen, _, entry| {
                let reported = is_event(&entry, "connectionstatechange")
                    || is_event(&entry, "iceconnectionstatechange");
                unless(reported && seen.network_changes > 0, entry)
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "loss-is-a-cut",
        does: "A lost packet counts as a lost network.",
        caught_by: &["connect/loss", "ice/loss-while-connected"],
        hooks: Hooks {
            network: |_, change| match change.loss {
                Some(loss) if loss > 0.0 => LinkChange {
                    cut: Some(true),
                    ..change
                },
                _ => change,
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "latency-is-a-cut",
        does: "A packet that takes longer than a quarter of a second counts as lost.",
        caught_by: &["connect/latency"],
        hooks: Hooks {
            network: |_, change| match change.latency {
                Some(latency) if latency.as_millis() > 250 => LinkChange {
                    cut: Some(true),
                    ..change
                },
                _ => change,
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "ice-restart-ignored",
        does: "createOffer() ignores iceRestart.",
        caught_by: &["ice/restart-after-failed"],
        hooks: Hooks {
            call: |_, _, call| match call {
                Call::CreateOffer { ice_restart: true } => {
                    Passed::On(Call::CreateOffer { ice_restart: false })
                }
                other => Passed::On(other),
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "restart-ice-does-nothing",
        does: "restartIce() does nothing.",
        caught_by: &["ice/restart-method"],
        hooks: Hooks {
            call: |seen, peer, call| match call {
                Call::RestartIce if !seen.peers[peer.0].closed => Passed::Answered(Returned::Ok),
                other => Passed::On(other),
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "restart-needs-negotiation-from-the-first",
        does: "restartIce() fires negotiationneeded on a new connection.",
        caught_by: &["negotiation/needed-for-a-restart"],
        hooks: Hooks {
            entry: |seen, peer, entry| {
                let known = &seen.peers[peer.0];
                let due = known.set.is_empty() && !known.closed;
                needed_if(due && returns(&entry, "restartIce"), entry)
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "restart-needs-negotiation-each-time",
        does: "restartIce() fires negotiationneeded each time, even if it was fired before.",
        caught_by: &["negotiation/needed-for-a-restart"],
        hooks: Hooks {
            entry: |seen, peer, entry| {
                let known = &seen.peers[peer.0];
                let due = !known.set.is_empty() && !known.closed;
                needed_if(due && returns(&entry, "restartIce"), entry)
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "restart-breaks-the-connection",
        does: "A connection that restarts ICE never connects again.",
        caught_by: &["ice/restart-after-failed"],
        hooks: Hooks {
            call: |seen, peer, call| {
                let restarts = matches!(
                    call,
                    Call::CreateOffer { ice_restart: true } | Call::RestartIce
                );
                if restarts && !seen.peers[peer.0].closed {
                    seen.note(peer, "restarted");
                }
                Passed::On(call)
            },
            entry: |seen, _, entry| {
                let connected = [
                    connection(PeerConnectionState::Connected),
                    ice(IceConnectionState::Connected),
                ];
                let dropped = restarted(seen) && reports_one(&entry, &connected);
                unless(dropped, entry)
            },
            ..NOTHING
        },
    },
];

/// Whether any peer has restarted ICE.
fn restarted(seen: &Seen) -> bool {
    (0..seen.peers.len())
        .map(PeerIndex)
        .any(|peer| seen.noted(peer, "restarted"))
}
