// Chromium without a window, driven by WebDriver over HTTP.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const FLAGS = [
  "--headless=new",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // Gathers candidates of this machine, with their addresses.
  "--allow-loopback-in-peer-connection",
  "--disable-features=WebRtcHideLocalIpsWithMdns",
];

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** Starts a browser, gives it to `use`, and ends it, whatever happens. */
export async function withChromium(use) {
  const profile = await mkdtemp(join(tmpdir(), "peerstate-chromium-"));
  const port = await freePort();
  const driver = spawn("chromedriver", [`--port=${port}`], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(driver, "exit");
  try {
    await said(driver, "was started successfully");
    const request = async (method, path, body) => {
      const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, body: body && JSON.stringify(body) });
      const { value } = await response.json();
      if (!response.ok) {
        throw new Error(`WebDriver refuses ${method} ${path}: ${value.error}, ${value.message}`);
      }
      return value;
    };
    const prefs = { "download.default_directory": profile, "download.prompt_for_download": false };
    const options = { args: [...FLAGS, `--user-data-dir=${join(profile, "profile")}`], prefs };
    const capabilities = { alwaysMatch: { browserName: "chrome", "goog:chromeOptions": options, timeouts: { script: 60_000 } } };
    const session = await request("POST", "/session", { capabilities });
    const command = (method, path, body) => request(method, `/session/${session.sessionId}${path}`, body);
    try {
      return await use({
        version: session.capabilities.browserVersion,
        downloads: profile,
        open: (url) => command("POST", "/url", { url }),
        /** Runs an asynchronous function in the page, and resolves with what it resolves with. */
        run: (script, ...args) => command("POST", "/execute/sync", { script: `return (${script})(...arguments)`, args: args.map(textOf) }),
        window: () => command("GET", "/window"),
        newWindow: async () => (await command("POST", "/window/new", { type: "tab" })).handle,
        switchTo: (handle) => command("POST", "/window", { handle }),
      });
    } finally {
      await request("DELETE", `/session/${session.sessionId}`);
    }
  } finally {
    driver.kill();
    await ended;
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

const textOf = (value) => (typeof value === "function" ? String(value) : value);

function said(driver, text) {
  return new Promise((resolve, reject) => {
    driver.stdout.on("data", (data) => String(data).includes(text) && resolve());
    driver.on("error", reject);
    driver.on("exit", (code) => reject(new Error(`chromedriver has ended with status ${code}`)));
  });
}
