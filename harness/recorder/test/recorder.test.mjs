// What the recorder writes, and what it does not change, on a connection that does exactly what a test requires.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createRequire } from "node:module";
import v8 from "node:v8";
import vm from "node:vm";
import { readFileSync } from "node:fs";
import { FakeConnection, transport } from "./fake.mjs";

const require = createRequire(import.meta.url);
const PeerstateRecorder = require("../peerstate-recorder.js");

const implementation = { name: "fake", version: "1" };

/** A recorder, a connection that it records, and all that it has recorded, in short. */
function recording(options) {
  const entries = [];
  const recorder = PeerstateRecorder.create({ implementation, onEntry: (entry) => entries.push(entry), ...options });
  const pc = recorder.wrap(new FakeConnection(), "alice");
  return { recorder, pc, entries, short: () => entries.map(inShort) };
}

function inShort({ action, phase, type, result, event, transport, kind, value, sample, note, endOfCandidates }) {
  const end = result && (result === "ok" ? "ok" : result.error);
  return [action, phase, type, end, endOfCandidates, event, transport, kind, value, sample, note].filter((part) => part !== undefined).join(" ");
}

/** The recorder as a page loads it, with a clock. */
function asScript(performance) {
  const page = vm.createContext({ performance });
  vm.runInContext(readFileSync(require.resolve("../peerstate-recorder.js"), "utf8"), page);
  return page;
}

const parse = (trace) => trace.trimEnd().split("\n").map((line) => JSON.parse(line));

test("a call is its begin and its end, with what the attributes read", async () => {
  const { pc, entries, short } = recording();
  await pc.setLocalDescription({ type: "offer", sdp: "" });
  assert.deepEqual(short(), ["setLocalDescription begin offer", "signalingstatechange", "setLocalDescription end offer ok"]);
  assert.deepEqual(entries[0].state, { connectionState: "new", iceConnectionState: "new", iceGatheringState: "new", signalingState: "stable" });
  assert.equal(entries[1].state.signalingState, "have-local-offer");
  assert.equal(entries[2].state.signalingState, "have-local-offer");
});

test("a description without a type is what it has become", async () => {
  const { pc, short } = recording();
  await pc.setLocalDescription();
  assert.deepEqual(short(), ["setLocalDescription begin", "signalingstatechange", "setLocalDescription end offer ok"]);
});

test("a refusal is recorded by its name, and reaches the caller as it is", async () => {
  const { pc, short } = recording();
  await assert.rejects(pc.setRemoteDescription({ type: "answer", sdp: "v=0\r\n" }), { name: "InvalidStateError", message: "not now" });
  pc.close();
  assert.throws(() => pc.createDataChannel("chat"), { name: "InvalidStateError", message: "it is closed" });
  assert.deepEqual(short(), [
    "setRemoteDescription begin answer true",
    "setRemoteDescription end answer InvalidStateError true",
    "close begin", "connectionstatechange", "close end ok",
    "createDataChannel begin", "createDataChannel end InvalidStateError",
  ]);
});

test("with callbacks a call ends when the callback is called, and not when the promise is fulfilled", async () => {
  const { pc, short } = recording();
  const seen = await new Promise((resolve) => {
    pc.setRemoteDescription({ type: "rollback" }, assert.fail, (error) => resolve([error.name, ...short()]));
  });
  assert.deepEqual(seen, ["InvalidStateError", "setRemoteDescription begin rollback", "setRemoteDescription end rollback InvalidStateError"]);
});

test("the end of candidates is recorded, and no candidate is", async () => {
  const { pc, entries, recorder } = recording();
  const ends = [undefined, null, "", { candidate: "" }, {}];
  const candidate = { candidate: "candidate:1 1 udp 1 192.0.2.1 4000 typ host", sdpMid: "0" };
  await Promise.all([...ends, candidate].map((given) => pc.addIceCandidate(given)));
  const begun = entries.filter(({ phase }) => phase === "begin").map((entry) => entry.endOfCandidates);
  assert.deepEqual(begun, [true, true, true, true, true, false]);
  assert.doesNotMatch(recorder.trace(), /192\.0\.2\.1/);
});

test("a remote description ends the candidates if it does not trickle, or says so", async () => {
  const { pc, entries } = recording();
  const sdps = ["a=ice-options:trickle", "a=ice-options:ice2 trickle", "a=ice-options:ice2", "a=ice-options:trickle\r\na=end-of-candidates"];
  await Promise.allSettled(sdps.map((line) => pc.setRemoteDescription({ type: "offer", sdp: `v=0\r\n${line}\r\n` })));
  const begun = entries.filter(({ phase }) => phase === "begin").map((entry) => entry.endOfCandidates);
  assert.deepEqual(begun, [false, false, true, true]);
});

test("the caller gets the promise of the stack, and the recorder's reaction comes first", async () => {
  const { pc, short } = recording();
  const promise = pc.setLocalDescription({ type: "offer", sdp: "" });
  assert.equal(promise, pc.returned);
  const seen = await promise.then(() => short().at(-1));
  assert.equal(seen, "setLocalDescription end offer ok");
});

test("an event is recorded before the handlers of the application", () => {
  const { pc, short } = recording();
  pc.addEventListener("connectionstatechange", () => pc.close());
  pc.become("connectionState", "connected");
  assert.deepEqual(short(), ["connectionstatechange", "close begin", "connectionstatechange", "close end ok"]);
});

test("what a stack calls itself is not a call of the application, what a handler calls is", () => {
  const { pc, short } = recording();
  pc.addEventListener("connectionstatechange", () => pc.restartIce === undefined && pc.createOffer());
  pc.close();
  assert.deepEqual(short(), ["close begin", "connectionstatechange", "createOffer begin", "close end ok"]);
});

test("transports are listed by identity, and their events carry what they read", () => {
  const { pc, entries, short, recorder } = recording();
  const first = transport();
  pc.transports = [first, first];
  pc.createDataChannel("chat");
  first.iceTransport.become("gatheringState", "gathering", "gatheringstatechange");
  first.iceTransport.become("state", "checking");
  first.become("state", "connecting");
  pc.transports = [];
  pc.createDataChannel("another");
  assert.deepEqual(short().slice(2, 5), ["gatheringstatechange 0 ice gathering", "statechange 0 ice checking", "statechange 0 dtls connecting"]);
  assert.deepEqual(entries[4].transports, [{ id: "0", ice: "checking", dtls: "connecting", gathering: "gathering" }]);
  assert.deepEqual(entries[6].transports, []);
  const { observes } = recorder.header();
  assert.equal(observes.transports, "all");
  assert.ok(["statechange", "gatheringstatechange", "selectedcandidatepairchange"].every((event) => observes.events.includes(event)));
});

test("events of a transport that was found too late are not claimed", () => {
  const { pc, recorder } = recording();
  const late = transport();
  late.iceTransport.state = "checking";
  pc.transports = [late];
  recorder.sample();
  const { events } = recorder.header().observes;
  assert.ok(!events.includes("statechange"));
  assert.ok(events.includes("gatheringstatechange"));
});

test("what does not show its transports is not said to have none", () => {
  const recorder = PeerstateRecorder.create({ implementation });
  const blind = new FakeConnection();
  Object.assign(blind, { getSenders: undefined, getReceivers: undefined, sctp: undefined });
  recorder.wrap(blind);
  const [header, sample] = parse(recorder.trace());
  assert.equal(header.observes.transports, "none");
  assert.equal("transports" in sample, false);

  const partly = Object.assign(new FakeConnection(), { getSenders: undefined, sctp: { transport: transport() } });
  recorder.wrap(partly);
  recorder.sample();
  assert.equal(recorder.header().observes.transports, "some");
});

test("a transport that is a new object each time is not listed", () => {
  const recorder = PeerstateRecorder.create({ implementation });
  const pc = new FakeConnection();
  pc.sctp = Object.defineProperty({}, "transport", { get: transport });
  recorder.wrap(pc);
  recorder.sample();
  assert.equal(recorder.header().observes.transports, "none");
});

test("the constructor keeps its shape, and its subclasses are recorded", () => {
  const page = { RTCPeerConnection: FakeConnection, webkitRTCPeerConnection: FakeConnection };
  const recorder = PeerstateRecorder.create({ implementation });
  const restore = recorder.install(page);
  const { RTCPeerConnection } = page;
  assert.notEqual(RTCPeerConnection, FakeConnection);
  assert.equal(page.webkitRTCPeerConnection, RTCPeerConnection);
  assert.equal(RTCPeerConnection.name, "FakeConnection");
  assert.equal(RTCPeerConnection.length, 1);
  assert.equal(RTCPeerConnection.generateCertificate(), "a certificate");
  assert.equal(RTCPeerConnection.prototype.close.name, "close");
  assert.equal(RTCPeerConnection.prototype.setRemoteDescription.length, 3);
  class Special extends RTCPeerConnection {
    close() {
      if (this.connectionState !== "closed") {
        this.createDataChannel("last words");
      }
      super.close();
    }
  }
  const special = new Special({ iceServers: [] });
  assert.ok(special instanceof RTCPeerConnection && special instanceof FakeConnection && special instanceof Special);
  assert.deepEqual(special.configuration, { iceServers: [] });
  assert.equal(new RTCPeerConnection().constructor, RTCPeerConnection);
  special.close();
  restore();
  assert.equal(page.RTCPeerConnection, FakeConnection);
  assert.equal(new FakeConnection().constructor, FakeConnection);
  const [header, ...entries] = parse(recorder.trace());
  assert.deepEqual(header.peers, ["pc1", "pc2"]);
  const calls = entries.filter(({ peer, action }) => peer === "pc1" && action).map(inShort);
  assert.deepEqual(calls, ["createDataChannel begin", "createDataChannel end ok", "close begin", "close end ok"]);
});

test("only a fresh connection can be wrapped, once, and under a name of its own", () => {
  const { recorder, pc } = recording();
  assert.throws(() => recorder.wrap(pc), /not recorded yet/);
  assert.throws(() => recorder.wrap(new FakeConnection(), "alice"), /"alice" is taken/);
  const used = new FakeConnection();
  used.become("connectionState", "connecting");
  assert.throws(() => recorder.wrap(used), /the connectionState of this one is connecting/);
});

test("a trace ends in a sample, which says that it is the end only once nothing has happened for long", () => {
  let time = 0;
  const page = asScript({ now: () => time });
  const recorder = page.PeerstateRecorder.create();
  recorder.wrap(new FakeConnection()).createDataChannel("chat");
  time = 100;
  assert.equal(parse(recorder.trace()).at(-1).sample, "poll");
  time = 200.5;
  assert.equal(parse(recorder.trace()).at(-1).sample, "end");
});

test("what can not be read is left out", () => {
  const { pc, entries, recorder } = recording();
  const broken = { get: () => { throw new Error("not implemented"); } };
  ["iceConnectionState", "sctp"].forEach((attribute) => Object.defineProperty(pc, attribute, broken));
  pc.transports = [Object.defineProperty(transport(), "iceTransport", broken)];
  recorder.sample();
  assert.deepEqual(Object.keys(entries[0].state), ["connectionState", "iceGatheringState", "signalingState"]);
  assert.deepEqual(entries[0].transports, [{ id: "0", dtls: "new" }]);
  const { transports, events } = recorder.header().observes;
  assert.deepEqual([transports, events.includes("statechange")], ["some", false]);
});

test("a fault of the recorder never reaches the application, and ends the recording with a note", async () => {
  const { pc, short } = recording();
  Object.defineProperty(pc, "localDescription", { get: () => { throw new Error("no such description"); }, set: () => undefined });
  await pc.setLocalDescription();
  pc.close();
  assert.deepEqual(short(), ["setLocalDescription begin", "signalingstatechange", "the recorder has failed: Error: no such description"]);
});

test("methods that the constructor makes are recorded", () => {
  class Own extends FakeConnection {
    createDataChannel = () => "a channel";
  }
  const recorder = PeerstateRecorder.create({ implementation });
  const pc = new (recorder.constructorOf(Own))();
  assert.equal(pc.createDataChannel("chat"), "a channel");
  assert.deepEqual(parse(recorder.trace()).slice(1, 3).map(inShort), ["createDataChannel begin", "createDataChannel end ok"]);
});

test("a handler that a stack calls ahead of its listeners comes after the entry, even if it throws", () => {
  class Ahead {
    listeners = {};
    onconnectionstatechange = null;
    connectionState = "new";
    addEventListener(type, listener) {
      (this.listeners[type] ||= []).push(listener);
    }
    fire(type) {
      this[`on${type}`]?.();
      this.listeners[type].forEach((listener) => listener(new Event(type)));
    }
    close() {}
  }
  const entries = [];
  const recorder = PeerstateRecorder.create({ implementation, onEntry: (entry) => entries.push(entry) });
  const pc = recorder.wrap(new Ahead());
  pc.fire("connectionstatechange");
  pc.onconnectionstatechange = () => pc.close();
  pc.fire("connectionstatechange");
  pc.onconnectionstatechange = () => { throw new Error("of the application"); };
  assert.throws(() => pc.fire("connectionstatechange"), /of the application/);
  pc.onconnectionstatechange = null;
  pc.fire("connectionstatechange");
  assert.equal(pc.onconnectionstatechange, null);
  assert.deepEqual(entries.map(inShort), ["connectionstatechange", "connectionstatechange", "close begin", "close end ok", "connectionstatechange", "connectionstatechange"]);
});

test("a fault of onEntry ends its calls, and not the recording", () => {
  let calls = 0;
  const recorder = PeerstateRecorder.create({ implementation, onEntry: () => { calls += 1; throw new Error("oh"); } });
  const pc = recorder.wrap(new FakeConnection());
  pc.createDataChannel("chat");
  assert.equal(calls, 1);
  assert.deepEqual(parse(recorder.trace()).slice(1).map(inShort), ["createDataChannel begin", "onEntry has failed and is called no more: Error: oh", "createDataChannel end ok", "poll"]);
});

test("what is recorded is not kept if that is not wanted", () => {
  const { recorder, pc, entries } = recording({ keep: false });
  pc.createDataChannel("chat");
  assert.equal(entries.length, 2);
  assert.equal(parse(recorder.trace()).length, 1);
});

test("stop() ends the recording, and calls go on", () => {
  const { recorder, pc, entries } = recording();
  recorder.stop();
  pc.close();
  assert.equal(pc.connectionState, "closed");
  assert.deepEqual(entries, []);
});

test("a stream sends what was recorded before, the header whenever it changes, and every entry", () => {
  class Socket extends EventTarget {
    readyState = 0;
    sent = [];
    send(line) {
      this.sent.push(JSON.parse(line));
    }
  }
  const { recorder, pc } = recording();
  pc.createDataChannel("chat");
  const socket = new Socket();
  recorder.stream(socket);
  assert.deepEqual(socket.sent, []);
  socket.readyState = 1;
  socket.dispatchEvent(new Event("open"));
  recorder.wrap(new FakeConnection(), "bob").close();
  const kinds = socket.sent.map((line) => (line.trace ? `header of ${line.peers}` : `${line.peer}: ${inShort(line)}`));
  assert.deepEqual(kinds, [
    "header of alice", "alice: createDataChannel begin", "alice: createDataChannel end ok",
    "header of alice,bob", "bob: close begin", "bob: connectionstatechange", "bob: close end ok",
  ]);
});

test("the recorder keeps no connection alive", async () => {
  v8.setFlagsFromString("--expose_gc");
  const collect = vm.runInNewContext("gc");
  const recorder = PeerstateRecorder.create({ implementation });
  const transportOf = { dtls: transport() };
  const ref = (() => {
    const pc = recorder.wrap(new FakeConnection());
    pc.transports = [transportOf.dtls];
    pc.createDataChannel("chat");
    pc.close();
    return new WeakRef(pc);
  })();
  // A weak reference holds until the job that made it is done.
  await new Promise(setImmediate);
  collect();
  assert.equal(ref.deref(), undefined);
  // The recorder still listens to its transport, which the application keeps, and reads nothing from the connection.
  transportOf.dtls.become("state", "closed");
  const last = parse(recorder.trace()).at(-1);
  assert.deepEqual([inShort(last), last.state], ["statechange 0 dtls closed", undefined]);
});

test("a socket that fails is given up, and the recording goes on", () => {
  const { recorder, pc, entries } = recording();
  let sent = 0;
  recorder.stream({ readyState: 1, send: () => { sent += 1; throw new Error("gone"); } });
  pc.close();
  assert.deepEqual([sent, entries.length], [1, 3]);
});

test("a classic script defines one global", () => {
  const page = asScript(performance);
  assert.deepEqual(Object.keys(page), ["performance", "PeerstateRecorder"]);
  const recorder = page.PeerstateRecorder.create();
  assert.equal(recorder.header().implementation.name, "unknown");
});
