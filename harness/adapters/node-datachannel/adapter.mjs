// node-datachannel, https://github.com/murat-dogan/node-datachannel: libdatachannel in node, by its W3C polyfill
import { RTCPeerConnection } from "node-datachannel/polyfill";

import { installedVersion, serve } from "../javascript/stdio.mjs";

serve({
  RTCPeerConnection,
  implementation: { name: "node-datachannel", version: installedVersion(import.meta.url, "node-datachannel") },
  never: ["icecandidateerror", "negotiationneeded", "track"],
  observes: { transports: "some" },
  lacks: {
    media: "addTransceiver() and addTrack() throw `Not implemented`",
    "several-transports": "it has data channels alone, and these have one transport",
    restartIce: "restartIce() throws `Not implemented`",
    rollback: "setLocalDescription() ignores every description but an offer",
    exceptions: "createAnswer() without an offer returns a promise that never settles",
    negotiationneeded: "the event is never dispatched",
    certificate: "generateCertificate() throws `Not implemented`",
    iceLite: "it has no ICE-lite agent",
    disconnected: "nothing is reported before libjuice gives its pair up, and then the connection closes",
    addresses: "the harness gives it no second address",
  },
});
