// Every recording is a trace that peerstate reads, and in which it finds the known deviations of each stack.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { configuration, stacks } from "./stacks.mjs";

const require = createRequire(import.meta.url);
const PeerstateRecorder = require("../peerstate-recorder.js");

const peerstate = process.env.PEERSTATE || fileURLToPath(new URL("../../../target/debug/peerstate", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "peerstate-traces-"));

after(() => {
  rmSync(folder, { recursive: true });
  setImmediate(() => process.exit());
});

/** Resolves once an attribute reads a value. */
function until(pc, attribute, value) {
  return new Promise((resolve) => {
    const check = () => pc[attribute] === value && resolve();
    pc.addEventListener(`${attribute.toLowerCase()}change`, check);
    check();
  });
}

async function connectAndClose(constructor) {
  const [offerer, answerer] = [new constructor(configuration), new constructor(configuration)];
  offerer.createDataChannel("chat");
  await offerer.setLocalDescription(await offerer.createOffer());
  await until(offerer, "iceGatheringState", "complete");
  await answerer.setRemoteDescription(offerer.localDescription);
  await answerer.setLocalDescription(await answerer.createAnswer());
  await until(answerer, "iceGatheringState", "complete");
  await offerer.setRemoteDescription(answerer.localDescription);
  await Promise.all([offerer, answerer].map((pc) => until(pc, "connectionState", "connected")));
  // Each of these stacks fires an event when it closes, which is wrong.
  const fired = [offerer, answerer].map((pc) => new Promise((resolve) => pc.addEventListener("connectionstatechange", resolve)));
  offerer.close();
  answerer.close();
  await Promise.all(fired);
}

async function offerAndClose(constructor) {
  const pc = new constructor(configuration);
  pc.createDataChannel("chat");
  await pc.setLocalDescription(await pc.createOffer());
  await until(pc, "iceGatheringState", "complete");
  const fired = new Promise((resolve) => pc.addEventListener("connectionstatechange", resolve));
  pc.close();
  await fired;
}

/** The judgement of what a stack showed. */
async function judge(name, play) {
  const recorder = PeerstateRecorder.create({ implementation: { name, version: "" } });
  const constructor = recorder.constructorOf(stacks[name].load());
  await play(constructor);
  const file = join(folder, "trace.jsonl");
  writeFileSync(file, recorder.trace());
  const { status, stdout, stderr, error } = spawnSync(peerstate, ["judge", file, "--format", "json"], { encoding: "utf8" });
  assert.equal(error, undefined, `${peerstate} can not be run: build it (cargo build), or name another in PEERSTATE`);
  assert.ok(status === 0 || status === 1, stderr);
  return JSON.parse(stdout).traces[0];
}

/** What each stack does, whatever the network does, and the requirements that it breaks. */
const KNOWN = [
  ["werift", connectAndClose, ["close/silent", "event/order"]],
  ["@roamhq/wrtc", connectAndClose, ["event/none-after-close"]],
  // Under load, libdatachannel may refuse the candidates of a description ("Got a remote candidate without ICE
  // transport"), so nothing is connected.
  ["node-datachannel", offerAndClose, ["close/attributes", "event/none-after-close"]],
];

for (const [name, play, rules] of KNOWN) {
  test(`a trace of ${name} is read and judged`, { timeout: 60_000 }, async () => {
    const { verdict, findings, unobserved } = await judge(name, play);
    assert.equal(verdict, "violates");
    const found = new Set(findings.map(({ rule }) => rule));
    assert.deepEqual(rules.filter((rule) => !found.has(rule)), []);
    assert.ok(!unobserved.includes("event/before-promise"), "calls and their promises were observed");
  });
}
