// werift, https://github.com/shinyoshiaki/werift-webrtc
import { MediaStreamTrack, RTCPeerConnection } from "werift";

import { installedVersion, serve } from "../javascript/stdio.mjs";

serve({
  RTCPeerConnection,
  implementation: { name: "werift", version: installedVersion(import.meta.url, "werift") },
  observes: {
    events: [
      "connectionstatechange", "iceconnectionstatechange", "icegatheringstatechange", "signalingstatechange",
      "statechange", "gatheringstatechange", "selectedcandidatepairchange",
      "icecandidate", "negotiationneeded", "datachannel", "track", "open", "close",
    ],
    attributes: "live",
    transports: "all",
    tasks: false,
  },
  capabilities: [
    "sdp", "media", "several-transports", "restartIce", "rollback", "parameterless", "pranswer", "setConfiguration",
    "getStats", "iceLite", "iceServers", "negotiationneeded", "icecandidate",
  ],
  lacks: {
    exceptions: "most refused calls throw a plain Error",
    addresses: "the harness gives it no second address",
    certificate: "generateCertificate() is missing",
    disconnected: "unanswered consent checks are not reported before consent expires",
  },
  // Without iceServers it uses a STUN server of its own choice.
  defaults: { iceServers: [] },
  arrange: { iceLite: (iceLite) => ({ iceLite }) },
  track: (kind) => new MediaStreamTrack({ kind }),
});
