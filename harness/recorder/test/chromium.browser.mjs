// The recorder in a page: the application sees the same, and the trace is that of the browser.
import assert from "node:assert/strict";
import { test } from "node:test";
import { readFileSync } from "node:fs";
import { withChromium } from "../browser/chromium.mjs";
import { ordersOf } from "./order.mjs";

const read = (name) => readFileSync(new URL(name, import.meta.url), "utf8");
const RUNS = 4;

/** Evaluated in the page: one run of the application, recorded or not. */
async function runInPage(isRecorded) {
  const recorder = PeerstateRecorder.create();
  const restore = isRecorded ? recorder.install() : () => undefined;
  try {
    const log = await application.play(() => new RTCPeerConnection(), () => Promise.resolve());
    return { log, trace: isRecorded ? recorder.trace() : "" };
  } finally {
    restore();
  }
}

/** Gives a page with the recorder and the application to `use`. */
function withPage(use) {
  return withChromium(async (page) => {
    await page.open("about:blank");
    for (const script of ["../peerstate-recorder.js", "application.js"]) {
      await page.run("function (text) { (0, eval)(text); }", read(script));
    }
    await use(page);
  });
}

test("an application sees the same in Chromium, recorded or not", { timeout: 120_000 }, () =>
  withPage(async (page) => {
    const run = async (isRecorded) => {
      const { log, trace } = await page.run(runInPage, isRecorded);
      return { orders: ordersOf(log, { isDeterministic: false }), trace };
    };
    const { orders: expected } = await run(false);
    for (let count = 0; count < RUNS; count += 1) {
      assert.deepEqual((await run(false)).orders, expected, "the browser itself has one order");
      const { orders, trace } = await run(true);
      assert.deepEqual(orders, expected, "and so it has when it is recorded");
      const [header, ...entries] = trace.trimEnd().split("\n").map((line) => JSON.parse(line));
      assert.equal(header.observes.transports, "all");
      assert.ok(header.observes.events.includes("statechange"), "transports are found before their first event");
      assert.equal(entries.filter(({ event }) => event === "signalingstatechange").length, 4);
    }
  }));

/** Evaluated in the page: what an event that the page dispatches itself leaves in the trace. */
function pretend() {
  const recorder = PeerstateRecorder.create();
  const pc = recorder.wrap(new RTCPeerConnection());
  pc.dispatchEvent(new Event("connectionstatechange"));
  pc.close();
  return recorder.trace();
}

test("an event that the page dispatches itself is not the browser's", { timeout: 60_000 }, () =>
  withPage(async (page) => {
    const trace = await page.run(pretend);
    const entries = trace.trimEnd().split("\n").slice(1).map((line) => JSON.parse(line));
    assert.deepEqual(entries.map(({ action, event, sample }) => action || event || sample), ["close", "close", "poll"]);
  }));
