// What an adapter writes for what the harness writes, on a connection that does what a test says.
import assert from "node:assert/strict";
import { test } from "node:test";

import recorder from "../../../recorder/peerstate-recorder.js";
import { FakeConnection, transport } from "../../../recorder/test/fake.mjs";
import { createAdapter } from "../adapter.mjs";

const FRESH = { connectionState: "new", iceConnectionState: "new", iceGatheringState: "new", signalingState: "stable" };

/** A connection that remembers what it was given. */
class Connection extends FakeConnection {
  static made = [];
  senders = [];

  constructor(configuration) {
    super(configuration);
    if (configuration.iceServers?.some(({ urls }) => urls === "nonsense")) {
      throw new DOMException("not an address", "SyntaxError");
    }
    Connection.made.push(this);
  }

  addTrack(track) {
    this.senders.push({ track });
    return this.senders.at(-1);
  }

  removeTrack(sender) {
    this.removed = sender;
  }

  getSenders() {
    return this.senders;
  }

  createAnswer() {
    return Promise.reject(new DOMException("there is no offer", "InvalidStateError"));
  }

  setConfiguration() {
    throw new Error();
  }

  getStats() {
    return Promise.resolve(new Map([["a", "report"]]));
  }
}

/** An adapter, its messages, and what makes requests of it. */
function open(options = {}) {
  Connection.made = [];
  const messages = [];
  const stack = {
    RTCPeerConnection: Connection,
    implementation: { name: "fake", version: "1" },
    recorder,
    track: (kind) => ({ kind }),
    ...options,
  };
  const adapter = createAdapter(stack, (line) => messages.push(JSON.parse(line)));
  let id = 0;
  const request = async (word, rest = {}) => {
    id += 1;
    const own = id;
    await adapter.receive(JSON.stringify({ id: own, request: word, ...rest }));
    const { id: answered, ...answer } = messages.find((message) => message.id === own);
    return answer;
  };
  const create = (...names) =>
    request("create", { seed: 1, peers: names.map((name) => ({ name, configuration: {} })) });
  const call = (method, ...args) => request("call", { peer: "alice", method, arguments: args });
  return { adapter, messages, request, create, call };
}

test("hello introduces the stack", async () => {
  const hello = async (options) => {
    const { result } = await open(options).request("hello", { protocol: 1, harness: { name: "peerstate", version: "1" } });
    return result;
  };
  const { observes, capabilities, ...whole } = await hello();
  assert.deepEqual(whole, { protocol: 1, implementation: { name: "fake", version: "1" }, clock: "real", lacks: {} });
  const { events, ...read } = observes;
  assert.deepEqual(read, { attributes: "live", transports: "all", tasks: false });
  assert.ok(events.includes("connectionstatechange") && capabilities.includes("sdp"));
  const lacks = { media: "it is a fake" };
  const partly = await hello({ never: ["track", "open"], observes: { transports: "some" }, lacks });
  assert.deepEqual(partly.observes, { ...observes, events: events.filter((event) => !["track", "open"].includes(event)), transports: "some" });
  assert.deepEqual(partly.capabilities, capabilities.filter((capability) => capability !== "media"));
  assert.deepEqual(partly.lacks, lacks);
});

test("create constructs every peer with its configuration, over the defaults", async () => {
  const { request } = open({ defaults: { iceServers: [], bundlePolicy: "balanced" } });
  const peers = [
    { name: "alice", configuration: {} },
    { name: "bob", configuration: { bundlePolicy: "max-bundle" } },
  ];
  assert.deepEqual(await request("create", { seed: 1, peers }), { result: null });
  const configurations = Connection.made.map(({ configuration }) => configuration);
  assert.deepEqual(configurations, [
    { iceServers: [], bundlePolicy: "balanced" },
    { iceServers: [], bundlePolicy: "max-bundle" },
  ]);
});

test("what a scenario arranges becomes members of the configuration", async () => {
  const { request } = open({ arrange: { iceLite: (iceLite) => ({ lite: iceLite }) } });
  await request("create", { seed: 1, peers: [{ name: "alice", configuration: { harness: { iceLite: true } } }] });
  assert.deepEqual(Connection.made[0].configuration, { lite: true });
});

test("a constructor that throws is an error of its peer", async () => {
  const { request } = open();
  const peers = [
    { name: "alice", configuration: {} },
    { name: "bob", configuration: { iceServers: [{ urls: "nonsense" }] } },
  ];
  const error = { name: "SyntaxError", message: "not an address", peer: "bob" };
  assert.deepEqual(await request("create", { seed: 1, peers }), { error });
  assert.equal(Connection.made[0].connectionState, "closed");
});

test("a call answers with what the peer reads right after it", async () => {
  const { create, call } = open();
  await create("alice", "bob");
  Connection.made[0].transports.push(transport());
  const answer = await call("setLocalDescription", { type: "offer", sdp: "" });
  assert.deepEqual(answer, {
    result: null,
    state: { ...FRESH, signalingState: "have-local-offer" },
    transports: [{ id: "0", ice: "new", dtls: "new", gathering: "new" }],
  });
});

test("descriptions are results; setLocalDescription without an argument results in the one that was set", async () => {
  const { create, call } = open();
  await create("alice");
  const offer = await call("createOffer");
  assert.deepEqual(offer.result, { type: "offer", sdp: "v=0\r\na=ice-options:trickle\r\n" });
  assert.deepEqual((await call("setLocalDescription")).result, { type: "offer", sdp: "" });
  assert.equal((await call("getStats")).result, null);
});

test("exceptions and rejections are errors by their names", async () => {
  const { create, call } = open();
  await create("alice");
  assert.deepEqual((await call("createAnswer")).error, { name: "InvalidStateError", message: "there is no offer" });
  await call("close");
  const closed = await call("createDataChannel", "data");
  assert.deepEqual(closed.error, { name: "InvalidStateError", message: "it is closed" });
  assert.equal(closed.state.connectionState, "closed");
  assert.deepEqual((await call("setConfiguration", {})).error, { name: "Error", message: "" });
});

test("a method that is missing is unsupported", async () => {
  const { create, call } = open();
  await create("alice");
  assert.equal((await call("restartIce")).unsupported, "restartIce is missing in this implementation");
});

test("a call begins before whatever it causes and before its answer, and one that is unsupported does not begin", async () => {
  const { create, call, messages } = open();
  await create("alice");
  for (const [method, ...args] of [["setLocalDescription", { type: "offer", sdp: "" }], ["createAnswer"], ["close"], ["restartIce"]]) {
    messages.length = 0;
    await call(method, ...args);
    const { id } = messages.at(-1);
    const kinds = messages.map((message) => Object.keys(message)[0]);
    const caused = { setLocalDescription: ["entry"], createAnswer: [], close: ["entry"] }[method];
    assert.deepEqual(kinds, caused ? ["began", ...caused, "id"] : ["id"], method);
    assert.equal(messages[0].began, caused && id);
  }
});

test("a kind takes the place of a track, and of the sender of such a track", async () => {
  const { create, call } = open();
  await create("alice");
  await call("addTrack", "audio");
  await call("addTrack", "video");
  const [pc] = Connection.made;
  assert.deepEqual(pc.senders.map(({ track }) => track.kind), ["audio", "video"]);
  await call("removeTrack", "video");
  assert.equal(pc.removed, pc.senders[1]);
});

test("events are entries with what their handlers read, and calls are not", async () => {
  const { create, call, messages } = open();
  await create("alice");
  await call("setLocalDescription", { type: "offer", sdp: "" });
  Connection.made[0].become("connectionState", "connecting");
  const entries = messages.filter(({ entry }) => entry).map(({ entry }) => entry);
  assert.deepEqual(entries, [
    { peer: "alice", event: "signalingstatechange", state: { ...FRESH, signalingState: "have-local-offer" }, transports: [] },
    {
      peer: "alice",
      event: "connectionstatechange",
      state: { ...FRESH, signalingState: "have-local-offer", connectionState: "connecting" },
      transports: [],
    },
  ]);
});

test("a channel that closes is an event of its peer, on both sides", async () => {
  const { create, call, messages } = open();
  await create("alice");
  const [pc] = Connection.made;
  const channels = [new EventTarget(), new EventTarget()];
  for (const channel of channels) {
    channel.readyState = "connecting";
  }
  pc.createDataChannel = () => channels[0];
  await call("createDataChannel", "data");
  pc.dispatchEvent(Object.assign(new Event("datachannel"), { channel: channels[1] }));
  for (const channel of channels) {
    channel.dispatchEvent(new Event("close"));
  }
  const closed = messages.filter(({ entry }) => entry?.event === "close").map(({ entry }) => entry);
  assert.deepEqual(closed, Array(2).fill({ peer: "alice", event: "close", state: FRESH, transports: [] }));
});

test("candidates are handed over as they are gathered, without what is not given", async () => {
  const { create, messages } = open();
  await create("alice");
  const gather = (candidate) => Connection.made[0].dispatchEvent(Object.assign(new Event("icecandidate"), { candidate }));
  gather({ candidate: "candidate:1", sdpMid: "0", sdpMLineIndex: 0, usernameFragment: null, port: 9 });
  gather(null);
  const gathered = messages.filter(({ candidate }) => candidate).map(({ candidate }) => candidate);
  assert.deepEqual(gathered, [
    { peer: "alice", candidate: { candidate: "candidate:1", sdpMid: "0", sdpMLineIndex: 0 } },
    { peer: "alice", candidate: null },
  ]);
});

test("read shows one peer and its transports, and makes no entry", async () => {
  const { create, request, messages } = open();
  await create("alice", "bob");
  const pc = Connection.made[1];
  pc.connectionState = "connecting";
  pc.getReceivers = () => [{ transport: only }];
  const only = transport();
  const { result } = await request("read", { peer: "bob" });
  assert.deepEqual(result, {
    state: { ...FRESH, connectionState: "connecting" },
    transports: [{ id: "0", ice: "new", dtls: "new", gathering: "new" }],
  });
  assert.deepEqual(messages.filter(({ entry }) => entry), []);
});

test("a peer that was not created is an error", async () => {
  const { create, request } = open();
  assert.equal((await request("read", { peer: "alice" })).error.name, "NotFoundError");
  await create("alice");
  assert.equal((await request("read", { peer: "carol" })).error.name, "NotFoundError");
  assert.equal((await request("call", { peer: "carol", method: "close", arguments: [] })).error.name, "NotFoundError");
});

test("a request that it does not know is unsupported, also one of a name that every object has", async () => {
  const { request } = open();
  for (const word of ["dance", "advance", "toString"]) {
    assert.match((await request(word)).unsupported, new RegExp(`does not know the request ${word}`));
  }
});

test("reset closes the peers, and forgets what they still do", async () => {
  const { create, request, messages, adapter } = open();
  await create("alice");
  const [pc] = Connection.made;
  assert.deepEqual(await request("reset"), { result: null });
  assert.equal(pc.connectionState, "closed");
  const before = messages.length;
  pc.become("connectionState", "failed");
  pc.dispatchEvent(Object.assign(new Event("icecandidate"), { candidate: null }));
  adapter.log("a late rejection");
  assert.equal(messages.length, before);
  assert.equal((await request("read", { peer: "alice" })).error.name, "NotFoundError");
  assert.deepEqual(await create("alice"), { result: null });
});

test("reset does not wait for a close that never ends", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { create, request } = open();
  await create("alice");
  Connection.made[0].close = () => new Promise(() => {});
  const answered = request("reset");
  for (let turn = 0; turn < 10; turn += 1) {
    await undefined;
  }
  t.mock.timers.runAll();
  assert.deepEqual(await answered, { result: null });
});

test("requests are answered in their order", async () => {
  const { adapter, messages, create } = open();
  await create("alice");
  let settle;
  Connection.made[0].getStats = () => new Promise((resolve) => (settle = resolve));
  const line = (id, rest) => adapter.receive(JSON.stringify({ id, peer: "alice", ...rest }));
  const first = line(10, { request: "call", method: "getStats", arguments: [] });
  const second = line(11, { request: "read" });
  while (!settle) {
    await undefined;
  }
  settle();
  await Promise.all([first, second]);
  assert.deepEqual(messages.slice(-2).map(({ id }) => id), [10, 11]);
});

test("a line that is not JSON is a log, and the next is answered", async () => {
  const { adapter, create, messages } = open();
  await create("alice");
  await adapter.receive("hello?");
  assert.match(messages.at(-1).log, /expected a request.*hello\?/);
  assert.deepEqual(await create("alice"), { result: null });
});
