/**
 * The adapter protocol of peerstate over any `RTCPeerConnection` after the shape of W3C.
 *
 * It imports nothing, so that it works in a page as in node: who uses it hands it the constructor, the
 * recorder (harness/recorder/peerstate-recorder.js) and a function that writes a line, and gives it the
 * lines that the harness writes. In node, stdio.mjs does so for standard input and output.
 *
 * @typedef {object} Stack What is under test.
 * @property {Function} RTCPeerConnection The constructor.
 * @property {{name: string, version: string}} implementation
 * @property {{create: (options: object) => object}} recorder The recorder, `PeerstateRecorder`.
 * @property {string[]} [never] The events among `EVENTS` that it never dispatches.
 * @property {object} [observes] Members of `observes`, as in the header of a trace, that differ from those in `hello`.
 * @property {Record<string, string>} [lacks] Why it lacks a capability, method or member of `RTCConfiguration`. It has
 *   every other capability.
 * @property {object} [defaults] Members of a configuration that are given unless a scenario gives its own.
 * @property {Record<string, (value: any) => object | Promise<object>>} [arrange] What a scenario arranges under
 *   `harness` in a configuration, as members of the configuration. `certificate` needs `generateCertificate()` alone.
 * @property {(kind: string) => object | Promise<object>} [track] Makes a track for `addTrack`.
 */

const VERSION = 1;

/** The events that a stack may dispatch, and whose entries the harness judges. */
const EVENTS = [
  "connectionstatechange", "iceconnectionstatechange", "icegatheringstatechange", "signalingstatechange",
  "statechange", "gatheringstatechange", "selectedcandidatepairchange",
  "icecandidate", "icecandidateerror", "negotiationneeded", "datachannel", "track", "open", "close",
];

/** What a scenario may require of a stack, by its name in the protocol. */
const CAPABILITIES = [
  "sdp", "media", "several-transports", "restartIce", "rollback", "parameterless", "pranswer", "setConfiguration", "getStats",
  "iceServers", "iceLite", "addresses", "certificate", "disconnected", "exceptions", "negotiationneeded", "icecandidate",
];

/** These return promises, by the W3C's text. Nothing waits for what others return. */
const ASYNCHRONOUS = [
  "createOffer", "createAnswer", "setLocalDescription", "setRemoteDescription", "addIceCandidate", "getStats",
];

/** How long `reset` waits for connections whose `close()` returns a promise, in milliseconds. */
const LONGEST_CLOSE = 2000;

/** The parameters of `generateCertificate()` for each kind of certificate. */
const CERTIFICATES = {
  ecdsa: { name: "ECDSA", namedCurve: "P-256" },
  rsa: { name: "RSASSA-PKCS1-v1_5", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" },
};

/**
 * Makes an adapter.
 *
 * @param {Stack} stack
 * @param {(line: string) => void} write Takes a line, without its line feed.
 * @returns {{receive: (line: string) => Promise<void>, log: (text: string) => void, reset: () => Promise<void>}}
 *   `receive` takes a line of the harness, and fulfils once it is answered. `log` reports what no answer can,
 *   such as a rejection that nobody handled. `reset` closes every peer.
 */
export function createAdapter(stack, write) {
  /** The scenario that runs. What an earlier one still does is not reported. */
  let scenario;
  let queue = Promise.resolve();
  const { lacks = {}, never = [] } = stack;

  const send = (message) => write(JSON.stringify(message));
  const log = (text) => scenario && send({ log: String(text) });

  const requests = {
    hello: () => ({
      result: {
        protocol: VERSION,
        implementation: stack.implementation,
        clock: "real",
        observes: {
          events: EVENTS.filter((event) => !never.includes(event)),
          attributes: "live",
          transports: "all",
          tasks: false,
          ...stack.observes,
        },
        capabilities: CAPABILITIES.filter((capability) => !Object.hasOwn(lacks, capability)),
        lacks,
      },
    }),
    create: async ({ peers }) => {
      await reset();
      scenario = new Scenario(stack, send);
      for (const { name, configuration } of peers) {
        try {
          await scenario.add(name, configuration);
        } catch (error) {
          await reset();
          return { error: { ...exception(error), peer: name } };
        }
      }
      return { result: null };
    },
    call: ({ id, peer, method, arguments: given }) =>
      withPeer(peer, (found) => call(scenario, found, method, given, () => send({ began: id }))),
    read: ({ peer }) => withPeer(peer, (found) => ({ result: scenario.read(found) })),
    reset: async () => {
      await reset();
      return { result: null };
    },
  };

  function withPeer(name, answer) {
    const peer = scenario?.peers.get(name);
    return peer ? answer(peer) : { error: { name: "NotFoundError", message: `there is no peer ${name}` } };
  }

  async function reset() {
    const ended = scenario;
    scenario = undefined;
    await ended?.end();
  }

  async function answer(line) {
    let request;
    try {
      request = JSON.parse(line);
    } catch {
      log(`expected a request on a line of its own, found ${line.slice(0, 200)}`);
      return;
    }
    const handler = Object.hasOwn(requests, request.request) ? requests[request.request] : undefined;
    if (!handler) {
      send({ id: request.id, unsupported: `this adapter does not know the request ${request.request}` });
      return;
    }
    try {
      send({ id: request.id, ...(await handler(request)) });
    } catch (error) {
      send({ id: request.id, unsupported: `the adapter failed: ${error?.stack ?? error}` });
    }
  }

  return {
    receive: (line) => (queue = queue.then(() => answer(line))),
    log,
    reset,
  };
}

/** The peers of one scenario. */
class Scenario {
  /** @type {Map<string, {name: string, pc: object, kept: object[], senders: Map<string, object>}>} */
  peers = new Map();
  #stack;
  #send;
  #recorder;
  #reading;
  #ended = false;

  constructor(stack, send) {
    this.#stack = stack;
    this.#send = send;
    this.#recorder = stack.recorder.create({
      implementation: stack.implementation,
      keep: false,
      onEntry: (entry) => this.#recorded(entry),
    });
  }

  /** Constructs a peer. */
  async add(name, given) {
    const pc = new this.#stack.RTCPeerConnection(await this.configuration(given));
    const peer = { name, pc, kept: [], senders: new Map() };
    this.peers.set(name, peer);
    this.#recorder.wrap(pc, name);
    pc.addEventListener("icecandidate", (event) => {
      if (!this.#ended) {
        this.#send({ candidate: { peer: name, candidate: candidateInit(event.candidate) } });
      }
    });
    pc.addEventListener("datachannel", (event) => this.keep(peer, event.channel));
  }

  /** Keeps what a method or event gave, since some stacks drop a channel that nothing references. */
  keep(peer, given) {
    peer.kept.push(given);
    // The recorder records `open` of a channel alone.
    if (typeof given?.readyState === "string" && typeof given.addEventListener === "function") {
      given.addEventListener("close", () => {
        if (!this.#ended) {
          this.#send({ entry: { peer: peer.name, event: "close", ...this.read(peer) } });
        }
      });
    }
  }

  /** A configuration as the constructor is given it. */
  async configuration({ harness = {}, ...members }) {
    const arrange = { certificate: (kind) => this.#certificate(kind), ...this.#stack.arrange };
    const arranged = {};
    for (const [key, value] of Object.entries(harness)) {
      if (!Object.hasOwn(arrange, key)) {
        throw new TypeError(`this adapter can not arrange ${key}`);
      }
      Object.assign(arranged, await arrange[key](value));
    }
    return { ...this.#stack.defaults, ...members, ...arranged };
  }

  async #certificate(kind) {
    return { certificates: [await this.#stack.RTCPeerConnection.generateCertificate(CERTIFICATES[kind])] };
  }

  /** A new track. */
  track(kind) {
    return this.#stack.track(kind);
  }

  /** What a peer shows now. */
  read({ name }) {
    const read = new Map();
    this.#reading = read;
    this.#recorder.sample("read");
    this.#reading = undefined;
    const { state, transports } = read.get(name) ?? { state: {} };
    return { state, transports };
  }

  /** Closes every peer, and waits for it where a stack lets us. */
  async end() {
    this.#ended = true;
    this.#recorder.stop();
    const closing = Array.from(this.peers.values(), async ({ pc }) => pc.close());
    let timer;
    const patience = new Promise((resolve) => (timer = setTimeout(resolve, LONGEST_CLOSE)));
    await Promise.race([Promise.allSettled(closing), patience]);
    clearTimeout(timer);
  }

  /** The harness records calls and their results itself. */
  #recorded({ at, ...entry }) {
    if (this.#ended) {
      return;
    }
    if (entry.sample !== undefined) {
      this.#reading?.set(entry.peer, entry);
    } else if (entry.note !== undefined) {
      this.#send({ log: `${entry.peer}: ${entry.note}` });
    } else if (entry.event !== undefined) {
      this.#send({ entry });
    }
  }
}

/** Calls a method, says so before, and answers with what the peer reads right after. */
async function call(scenario, peer, method, given, begins) {
  const { pc } = peer;
  if (typeof pc[method] !== "function") {
    return { unsupported: `${method} is missing in this implementation` };
  }
  const args = await argumentsOf(scenario, peer, method, given);
  let outcome;
  try {
    begins();
    const returned = pc[method](...args);
    if (ASYNCHRONOUS.includes(method)) {
      // The recorder's reaction to this promise is the first, and this one the second: nothing is between.
      outcome = { result: resultOf(pc, method, given, await returned) };
    } else {
      if (method === "addTrack") {
        peer.senders.set(given[0], returned);
      }
      scenario.keep(peer, returned);
      // By the W3C's text it returns no promise. If it returns one, what becomes of that is not its result.
      if (typeof returned?.then === "function") {
        returned.then(undefined, () => {});
      }
      outcome = { result: null };
    }
  } catch (error) {
    outcome = { error: exception(error) };
  }
  return { ...outcome, ...scenario.read(peer) };
}

/** The arguments as the method takes them: a track or a sender in place of a kind of media. */
async function argumentsOf(scenario, { pc, senders }, method, [first, ...rest]) {
  if (method === "addTrack") {
    return [await scenario.track(first), ...rest];
  }
  if (method === "removeTrack") {
    const sender = pc.getSenders().find(({ track }) => track?.kind === first);
    return [sender ?? senders.get(first), ...rest];
  }
  return first === undefined ? [] : [first, ...rest];
}

/** What a call resulted in, as the protocol has it: a description, or nothing. */
function resultOf(pc, method, given, returned) {
  const isImplicit = method === "setLocalDescription" && given.length === 0;
  const made = isImplicit ? pc.localDescription : returned;
  return isImplicit || method === "createOffer" || method === "createAnswer"
    ? { type: made?.type, sdp: made?.sdp }
    : null;
}

/** An `RTCIceCandidateInit` without what is not given; null at the end of candidates. */
function candidateInit(found) {
  if (found === null || found === undefined) {
    return null;
  }
  const { candidate, sdpMid, sdpMLineIndex, usernameFragment } = found;
  const members = Object.entries({ candidate, sdpMid, sdpMLineIndex, usernameFragment });
  return Object.fromEntries(members.filter(([, value]) => value !== null && value !== undefined));
}

function exception(error) {
  const named = typeof error?.name === "string" && error.name !== "";
  return { name: named ? error.name : "Error", message: String(error?.message ?? error) };
}
