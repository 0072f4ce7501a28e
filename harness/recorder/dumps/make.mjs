// Makes the dumps of harness/tests/dumps/ again, with the Chromium of this machine: node dumps/make.mjs [folder]
import { watch } from "node:fs";
import { mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { withChromium } from "../browser/chromium.mjs";

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const folder = process.argv[2] || here("../../tests/dumps");
const define = "function (text) { (0, eval)(text); }";
const play = "async function (parts) { await page.play(RTCPeerConnection, parts); }";
const ALL = ["connected", "rolledBack", "failed", "closed", "refused", "unused"];

/** Saves a download once it has come whole; until then it is an empty file. */
async function saved(downloads, click, name, to) {
  const file = join(downloads, name);
  const watcher = watch(downloads);
  const isWhole = async () => (await stat(file).catch(() => ({ size: 0 }))).size > 0;
  const whole = new Promise((resolve) => watcher.on("change", async () => (await isWhole()) && resolve()));
  await click();
  await whole;
  watcher.close();
  await writeFile(join(folder, to), await readFile(file));
  await rm(file);
}

/**
 * Resolves in chrome://webrtc-internals once the page shows everything that has happened: the last connection is there, and those
 * that are closed are gone or, where they are kept, their log ends in close; once it has polled statistics, if those are
 * to be in the dump; and once it has the current state of every connection, if it was opened late.
 */
function untilShown(last, closed, areKept, withStats, isLate) {
  const records = () => Object.fromEntries(Object.entries(window.peerConnectionDataStore).map(([id, record]) => [id.split("-")[1], record.toJSON()]));
  const isClosed = (record) => (areKept ? record !== undefined && record.updateLog.some(({ type }) => type === "close") : record === undefined);
  return new Promise((resolve) => {
    const look = () => {
      const shown = records();
      const isPolled = !withStats || (shown[1] && Object.keys(shown[1].stats).length > 0);
      const hasLogs = !isLate || Object.values(shown).every(({ updateLog }) => updateLog.length > 0);
      shown[last] && isPolled && hasLogs && closed.every((number) => isClosed(shown[number])) ? resolve() : setTimeout(look, 20);
    };
    look();
  });
}

/** Plays parts of the page beside chrome://webrtc-internals, opened before or late, and saves the dumps that it offers. */
async function internals({ query = "", parts, last, closed, withStats = false, isLate = false, saves }) {
  return withChromium(async (browser) => {
    const internals = await browser.window();
    const page = await browser.newWindow();
    const open = async () => {
      await browser.switchTo(internals);
      await browser.open(`chrome://webrtc-internals/${query}`);
    };
    const playParts = async () => {
      await browser.switchTo(page);
      await browser.open("about:blank");
      await browser.run(define, await readFile(here("page.js"), "utf8"));
      await browser.run(play, parts);
    };
    for (const step of isLate ? [playParts, open] : [open, playParts]) {
      await step();
    }
    await browser.switchTo(internals);
    await browser.run(untilShown, last, closed, query !== "", withStats, isLate);
    for (const { button, compressed, name, to } of saves) {
      const click = () => browser.run(press, button, compressed);
      await saved(browser.downloads, click, name, to);
    }
    return browser.version;
  });
}

function press(button, compressed) {
  document.getElementById("dump-checkbox").checked = compressed;
  document.getElementById(button).click();
}

/** Plays the page with the npm package rtcstats loaded, whose WebSocket is this script. */
async function rtcstats() {
  const source = async (name) => `(() => { const module = {}; ${await readFile(here(`../node_modules/rtcstats/${name}.js`), "utf8")}; return module.exports; })()`;
  await withChromium(async (browser) => {
    await browser.open("about:blank");
    await browser.run(define, `
      globalThis.sent = [];
      class Socket { static OPEN = 1; static CLOSING = 2; constructor() { queueMicrotask(() => { this.readyState = 1; this.onopen(); }); } readyState = 0; send(line) { sent.push(line); } }
      Object.assign(globalThis, { WebSocket: Socket });
      (${await source("rtcstats")})((${await source("trace-ws")})("wss://example.org"), 0, [""]);
    `);
    await browser.run(define, await readFile(here("page.js"), "utf8"));
    await browser.run(play, ALL);
    const sent = await browser.run("function () { return sent; }");
    await writeFile(join(folder, "rtcstats-npm-5.2.0.jsonl"), `${sent.join("\n")}\n`);
  });
}

const dump = "dump-click-target";
const compressed = { button: dump, compressed: true, name: "webrtc_internals_dump.gz" };
await mkdir(folder, { recursive: true });
const version = await internals({
  parts: ALL,
  last: 9,
  closed: [6, 7],
  withStats: true,
  saves: [
    { ...compressed, to: "webrtc-internals.gz" },
    { button: `${dump}-rtcstats`, compressed: true, name: "rtcstats_dump.gz", to: "rtcstats.gz" },
  ],
});
await internals({
  query: "?keepRemovedConnections",
  parts: ["closed", "unused"],
  last: 3,
  closed: [1, 2],
  saves: [{ ...compressed, to: "webrtc-internals-closed-kept.gz" }],
});
await internals({
  parts: ["connected", "failed"],
  last: 4,
  closed: [],
  isLate: true,
  saves: [{ ...compressed, to: "webrtc-internals-late.gz" }],
});
await internals({
  parts: ["failed", "unused"],
  last: 3,
  closed: [],
  saves: [{ button: dump, compressed: false, name: "webrtc_internals_dump.txt", to: "webrtc-internals-failed.json" }],
});
await rtcstats();
console.log(`made with Chromium ${version}`);
