//! Faults of the sections of descriptions: media, BUNDLE, fingerprints, DTLS roles.

use peerstate::implementation::{Call, Description, PeerIndex};
use peerstate_model::states::PeerConnectionState;
use peerstate_model::trace::Entry;

use super::seen::{Seen, connection, fired_once, reports, unless};
use super::{Hooks, NOTHING, Passed, Wrong};

pub(super) const TABLE: &[Wrong] = &[
    Wrong {
        name: "audio-never-connects",
        does: "A connection with an audio section never becomes connected.",
        caught_by: &["connect/audio"],
        hooks: Hooks {
            entry: |seen, peer, entry| not_with(seen, peer, "m=audio", entry),
            ..NOTHING
        },
    },
    Wrong {
        name: "video-never-connects",
        does: "A connection with a video section never becomes connected.",
        caught_by: &["connect/receive-only-video"],
        hooks: Hooks {
            entry: |seen, peer, entry| not_with(seen, peer, "m=video", entry),
            ..NOTHING
        },
    },
    Wrong {
        name: "data-never-connects",
        does: "A connection with a section for data channels never becomes connected.",
        caught_by: &["connect/data-channel"],
        hooks: Hooks {
            entry: |seen, peer, entry| not_with(seen, peer, "m=application", entry),
            ..NOTHING
        },
    },
    Wrong {
        name: "receive-only-fails",
        does: "A connection that only receives fails after five seconds without media.",
        caught_by: &["connect/receive-only-video"],
        hooks: Hooks {
            entry: |seen, peer, entry| {
                let receives = seen.peers[peer.0]
                    .set
                    .iter()
                    .any(|(_, description)| description.sdp.contains("a=recvonly"));
                if receives && reports(&entry, connection(PeerConnectionState::Connected)) {
                    seen.note(peer, "receives");
                }
                vec![entry]
            },
            passed: |seen| {
                let due = |seen: &Seen, peer| seen.noted_before(peer, "receives", 5);
                let failed = connection(PeerConnectionState::Failed);
                fired_once(seen, "without media", due, failed)
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "fingerprint-unchecked",
        does: "The fingerprint in a description is not compared with the certificate.",
        caught_by: &[
            "dtls/wrong-fingerprint-in-answer",
            "dtls/wrong-fingerprint-in-offer",
        ],
        hooks: Hooks {
            call: |seen, peer, call| match call {
                Call::SetRemoteDescription(description) => {
                    let mended = with_right_lines(seen, peer, description, "a=fingerprint:");
                    Passed::On(Call::SetRemoteDescription(mended))
                }
                other => Passed::On(other),
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "bundle-required",
        does: "A description without a BUNDLE group is never connected.",
        caught_by: &["negotiation/no-bundle"],
        hooks: Hooks {
            entry: |seen, peer, entry| {
                let remote = seen.peers[peer.0].set.iter().filter(|(local, _)| !local);
                let mut remote = remote.map(|(_, description)| &description.sdp);
                let bundled = remote.all(|sdp| sdp.contains("a=group:BUNDLE"));
                let connected = reports(&entry, connection(PeerConnectionState::Connected));
                unless(connected && !bundled, entry)
            },
            ..NOTHING
        },
    },
    Wrong {
        name: "lite-agent-unsupported",
        does: "A connection to an ICE-lite agent never becomes connected.",
        caught_by: &["connect/ice-lite"],
        hooks: Hooks {
            entry: |seen, peer, entry| not_with(seen, peer, "a=ice-lite", entry),
            ..NOTHING
        },
    },
    Wrong {
        name: "rejected-section-fails-the-rest",
        does: "A rejected section prevents the others from connecting.",
        caught_by: &["negotiation/rejected-section"],
        hooks: Hooks {
            entry: |seen, peer, entry| {
                let rejected = seen.peers[peer.0].set.iter().any(|(local, description)| {
                    let lines = description.sdp.lines();
                    let mut sections = lines.filter(|line| line.starts_with("m="));
                    !local && sections.any(|line| line.split(' ').nth(1) == Some("0"))
                });
                let connected = reports(&entry, connection(PeerConnectionState::Connected));
                unless(connected && rejected, entry)
            },
            ..NOTHING
        },
    },
];

/// The entry, unless it reports connected at a peer whose descriptions have such a line.
fn not_with(seen: &Seen, peer: PeerIndex, line: &str, entry: Entry) -> Vec<Entry> {
    let mut set = seen.peers[peer.0].set.iter();
    let has = set.any(|(_, description)| description.sdp.lines().any(|l| l.starts_with(line)));
    let connected = reports(&entry, connection(PeerConnectionState::Connected));
    unless(connected && has, entry)
}

/// The description with the lines of one kind as the other side made them.
fn with_right_lines(
    seen: &Seen,
    peer: PeerIndex,
    description: Description,
    kind: &str,
) -> Description {
    let others = seen.peers.iter().enumerate();
    let made = others
        .filter(|(other, _)| *other != peer.0)
        .filter_map(|(_, other)| other.made.last())
        .next_back();
    let Some(made) = made else {
        return description;
    };
    let mut right = made
        .sdp
        .split_inclusive('\n')
        .filter(|line| line.starts_with(kind));
    let lines = description.sdp.split_inclusive('\n').map(|line| {
        if line.starts_with(kind) {
            right.next().unwrap_or(line)
        } else {
            line
        }
    });
    Description {
        sdp: lines.collect(),
        ..description
    }
}
