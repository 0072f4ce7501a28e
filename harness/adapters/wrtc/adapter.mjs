// @roamhq/wrtc, https://github.com/WonderInventions/node-webrtc: Google's libwebrtc in node
import wrtc from "@roamhq/wrtc";

import { installedVersion, serve } from "../javascript/stdio.mjs";

const { RTCPeerConnection, nonstandard } = wrtc;

const sources = { audio: nonstandard.RTCAudioSource, video: nonstandard.RTCVideoSource };

serve({
  RTCPeerConnection,
  implementation: { name: "wrtc", version: installedVersion(import.meta.url, "@roamhq/wrtc") },
  never: ["gatheringstatechange", "icecandidateerror"],
  lacks: {
    parameterless: "setLocalDescription() without an argument throws a TypeError",
    certificate: "generateCertificate() is missing",
    iceLite: "it has no ICE-lite agent",
    addresses: "the harness gives it no second address",
  },
  track: (kind) => new sources[kind]().createTrack(),
});
