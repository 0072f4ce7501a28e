// The adapter of a browser, in a page of its own: each message of the WebSocket is a line of the protocol.
import { createAdapter } from "./adapter.mjs";

const given = new URLSearchParams(location.search);
const name = given.get("name");

// Tracks that need no permission and no device, and nothing remains of them.
const audio = new AudioContext();
const tracks = {
  audio: () => audio.createMediaStreamDestination().stream.getAudioTracks()[0],
  video: () => {
    const canvas = document.createElement("canvas");
    // Without a context it has nothing to capture.
    canvas.getContext("2d");
    return canvas.captureStream().getVideoTracks()[0];
  },
};

/** What one of the browsers lacks. */
const lacksAlone = {
  chromium: {},
  firefox: { pranswer: "Firefox refuses it: pranswer not yet implemented" },
}[name];
const lacks = {
  iceLite: "a browser has a full ICE agent only",
  addresses: "a page can not choose the addresses that a browser gathers",
  ...lacksAlone,
};

const socket = new WebSocket(new URL("socket", location.href.replace("http", "ws")));
const adapter = createAdapter(
  {
    RTCPeerConnection,
    recorder: PeerstateRecorder,
    implementation: { name, version: given.get("version") },
    observes: { order: true },
    lacks,
    track: (kind) => tracks[kind](),
  },
  (line) => socket.send(line)
);
socket.onmessage = ({ data }) => adapter.receive(data);
addEventListener("error", ({ message }) => adapter.log(`an exception that nothing caught: ${message}`));
addEventListener("unhandledrejection", ({ reason }) => adapter.log(`a rejection that nothing handled: ${reason}`));
