// The stacks in node that the tests record.
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** Fulfils when a stack has dispatched all that its close() leads to. */
const signalingClosed = ({ pc, until }) => until("signalingstatechange", () => pc.signalingState === "closed");

export const stacks = {
  werift: {
    load: () => require("werift").RTCPeerConnection,
    closed: ({ pc, until }) => until("iceconnectionstatechange", () => pc.iceConnectionState === "closed"),
    // It runs only on this thread, and events on its loopback have the same order in every run.
    isDeterministic: true,
  },
  "@roamhq/wrtc": {
    load: () => require("@roamhq/wrtc").RTCPeerConnection,
    closed: signalingClosed,
    isDeterministic: false,
  },
  "node-datachannel": {
    load: () => require("node-datachannel/polyfill").RTCPeerConnection,
  },
};

/** Keeps werift from its default STUN server: tests use this machine alone. */
export const configuration = { iceServers: [] };
