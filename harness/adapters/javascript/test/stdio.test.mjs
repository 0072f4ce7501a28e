// A whole process: what reaches standard output, and when it ends.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { test } from "node:test";

const STACK = `
  import { serve } from ${JSON.stringify(new URL("../stdio.mjs", import.meta.url).href)};
  import { FakeConnection } from ${JSON.stringify(new URL("../../../recorder/test/fake.mjs", import.meta.url).href)};
  class Connection extends FakeConnection {
    createDataChannel() {
      console.log("this is not a message");
      Promise.reject(new TypeError("nobody looks"));
      setImmediate(() => { throw new RangeError("nobody catches"); });
      return new EventTarget();
    }
  }
  setInterval(() => {}, 1000);
  serve({ RTCPeerConnection: Connection, implementation: { name: "fake", version: "1" } });
`;

test("faults of a stack are logs, and its prints are none; it ends with its standard input", async () => {
  const child = spawn(process.execPath, ["--input-type=module", "--eval", STACK], { stdio: ["pipe", "pipe", "ignore"] });
  const messages = [];
  let done;
  const reported = new Promise((resolve) => (done = resolve));
  createInterface({ input: child.stdout }).on("line", (line) => {
    messages.push(JSON.parse(line));
    if (messages.filter(({ log }) => log).length === 2) {
      done();
    }
  });
  const requests = [
    { id: 1, request: "create", peers: [{ name: "alice", configuration: {} }], seed: 1 },
    { id: 2, request: "call", peer: "alice", method: "createDataChannel", arguments: ["data"] },
  ];
  child.stdin.write(requests.map((request) => `${JSON.stringify(request)}\n`).join(""));
  await reported;
  child.stdin.end();
  const [status] = await once(child, "exit");
  assert.equal(status, 0);
  assert.deepEqual(messages.map(({ id }) => id).filter(Boolean), [1, 2]);
  const logs = messages.map(({ log }) => log).filter(Boolean);
  assert.match(logs.find((log) => log.includes("TypeError")), /^a rejection that nothing handled: TypeError: nobody looks/);
  assert.match(logs.find((log) => log.includes("RangeError")), /^an exception that nothing caught: RangeError: nobody catches/);
});
