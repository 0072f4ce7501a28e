// The peculiarities of stacks in JavaScript: the order in which they call handlers, and what they show.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { createRequire } from "node:module";
import { configuration, stacks } from "./stacks.mjs";

const require = createRequire(import.meta.url);
const PeerstateRecorder = require("../peerstate-recorder.js");

after(() => setImmediate(() => process.exit()));

/** Records a connection and returns its entries, as they come. */
function record(name) {
  const entries = [];
  const recorder = PeerstateRecorder.create({ implementation: { name, version: "" }, onEntry: (entry) => entries.push(entry) });
  const constructor = recorder.constructorOf(stacks[name].load());
  return { recorder, entries, pc: new constructor(configuration) };
}

const names = (entries) => entries.map(({ action, phase, event }) => event || `${action} ${phase}`);

test("werift calls the handler ahead of the listeners, and the event is recorded ahead of it", async () => {
  const { pc, entries } = record("werift");
  let seen;
  pc.onsignalingstatechange = () => {
    seen = names(entries).at(-1);
    pc.onsignalingstatechange = null;
    pc.restartIce();
  };
  pc.createDataChannel("chat");
  await pc.setLocalDescription(await pc.createOffer());
  assert.equal(seen, "signalingstatechange");
  assert.equal(names(entries).filter((name) => name === "signalingstatechange").length, 1);
  assert.ok(names(entries).indexOf("signalingstatechange") < names(entries).indexOf("restartIce begin"));
  assert.equal(pc.onsignalingstatechange, null);
  await pc.close();
});

test("close() ends when it returns, whatever it returns", async () => {
  const { pc, entries } = record("werift");
  const closing = pc.close();
  assert.deepEqual(names(entries), ["close begin", "signalingstatechange", "connectionstatechange", "close end"]);
  await closing;
});

test("each stack is recorded with what it lets us see", async () => {
  const seen = {};
  for (const name of Object.keys(stacks)) {
    const { pc, recorder } = record(name);
    pc.createDataChannel("chat");
    seen[name] = recorder.header().observes.transports;
    pc.close();
  }
  assert.deepEqual(seen, { werift: "all", "@roamhq/wrtc": "all", "node-datachannel": "some" });
});

test("node-datachannel dispatches to listeners of its own first, and the event is recorded ahead of them", async () => {
  const { pc, entries } = record("node-datachannel");
  const complete = new Promise((resolve) => pc.addEventListener("icegatheringstatechange", () => pc.iceGatheringState === "complete" && resolve()));
  pc.createDataChannel("chat");
  await complete;
  const events = names(entries).filter((name) => !name.includes(" "));
  const [first] = events.filter((name) => name.endsWith("gatheringstatechange"));
  assert.equal(first, "icegatheringstatechange");
  assert.equal(events.indexOf("gatheringstatechange") > events.indexOf("icegatheringstatechange"), true);
  pc.close();
});
