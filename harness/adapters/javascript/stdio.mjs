/** The adapter protocol on standard input and output of node: one request a line, one message a line. */
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

import recorder from "../../recorder/peerstate-recorder.js";
import { createAdapter } from "./adapter.mjs";

/**
 * Answers requests until standard input ends, and then ends the process.
 *
 * @param {Omit<import("./adapter.mjs").Stack, "recorder">} stack
 */
export function serve(stack) {
  const write = process.stdout.write.bind(process.stdout);
  // Standard output is the harness's alone: what a stack prints goes to standard error.
  process.stdout.write = process.stderr.write.bind(process.stderr);

  const adapter = createAdapter({ ...stack, recorder }, (line) => write(`${line}\n`));
  const report = (what) => (error) => adapter.log(`${what}: ${error?.stack ?? error}`);
  process.on("unhandledRejection", report("a rejection that nothing handled"));
  process.on("uncaughtException", report("an exception that nothing caught"));

  const lines = createInterface({ input: process.stdin, crlfDelay: Infinity });
  lines.on("line", (line) => adapter.receive(line));
  // Sockets and threads of a stack may keep the process alive.
  lines.on("close", () => adapter.reset().finally(() => process.exit()));
}

/**
 * The version of a package that is installed beside a module.
 *
 * @param {string} module The module's `import.meta.url`.
 * @param {string} name The package.
 */
export function installedVersion(module, name) {
  return JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, module), "utf8")).version;
}
