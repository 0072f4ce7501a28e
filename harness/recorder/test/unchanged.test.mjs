// The recorder does not change the order of what the application observes, on two stacks.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { createRequire } from "node:module";
import { ordersOf } from "./order.mjs";
import { configuration, stacks } from "./stacks.mjs";

const require = createRequire(import.meta.url);
const PeerstateRecorder = require("../peerstate-recorder.js");
const { play } = require("./application.js");

const RUNS = 4;

// Native threads of a stack outlive its connections.
after(() => setImmediate(() => process.exit()));

async function ordersWith(constructor, stack) {
  return ordersOf(await play(() => new constructor(configuration), stack.closed), stack);
}

for (const name of ["werift", "@roamhq/wrtc"]) {
  const stack = stacks[name];
  test(`an application sees the same on ${name}, recorded or not`, { timeout: 60_000 }, async () => {
    const plain = stack.load();
    // The first connection of a process creates objects that later ones share, such as a certificate.
    await ordersWith(plain, stack);
    const expected = await ordersWith(plain, stack);
    for (let count = 0; count < RUNS; count += 1) {
      assert.deepEqual(await ordersWith(plain, stack), expected, "the stack itself has one order");
      const recorder = PeerstateRecorder.create({ implementation: { name, version: "" } });
      assert.deepEqual(await ordersWith(recorder.constructorOf(plain), stack), expected, "and so it has when it is recorded");
      assert.match(recorder.trace(), /"event":"connectionstatechange"/);
    }
  });

  test(`a wrapper that adds a tick to a promise is noticed on ${name}`, { timeout: 60_000 }, async () => {
    const plain = stack.load();
    class Intrusive extends plain {
      createOffer(...args) {
        return super.createOffer(...args).then((value) => value);
      }
    }
    await ordersWith(plain, stack);
    assert.notDeepEqual(await ordersWith(Intrusive, stack), await ordersWith(plain, stack));
  });
}
