/**
 * Records what an `RTCPeerConnection` shows as a peerstate trace (docs/trace-format.md).
 *
 * One file without dependencies: a classic script (it defines `PeerstateRecorder`), a CommonJS module, or an
 * `import` for its effect in a page. docs/recorder.md explains how to use it.
 *
 * It observes, and does not change the order of what it observes: its listeners come first, its reactions to promises
 * come first on the promise that the caller gets anyway, and it adds no task. It records no
 * descriptions, candidates or addresses.
 */
(function (global, define) {
  if (typeof module === "object" && module !== null && typeof module.exports === "object") {
    module.exports = define();
  } else {
    global.PeerstateRecorder = define();
  }
})(typeof globalThis === "object" ? globalThis : this, function () {
  "use strict";

  /**
   * @typedef {object} Options
   * @property {{name: string, version: string}} [implementation] The recorded
   *   implementation; by default, in a page, the browser.
   * @property {string} [scenario] The id of the scenario, for the header.
   * @property {(entry: Entry) => void} [onEntry] Gets each entry as it is recorded.
   * @property {boolean} [keep] Whether entries are kept for `trace()`; by default they are.
   *
   * @typedef {object} Entry An entry of the trace format.
   * @property {number} at Milliseconds since the recorder was made.
   * @property {string} peer
   *
   * @typedef {object} Recorder
   * @property {(target?: object) => () => void} install Replaces `target.RTCPeerConnection`; returns a
   *   function that restores it.
   * @property {<C extends Function>(constructor: C) => C} constructorOf A constructor that records every
   *   connection that it makes.
   * @property {<T extends object>(pc: T, name?: string) => T} wrap Records one connection from now on.
   * @property {(why?: string) => void} sample Reads every connection.
   * @property {() => object} header The header, as far as it is known now.
   * @property {() => string} trace Reads every connection again and returns the trace, as JSON Lines.
   * @property {(file?: string) => void} download Saves the trace from a page.
   * @property {(socket: string | WebSocket) => void} stream Sends header and entries as they come.
   * @property {() => void} stop Stops recording.
   *
   * @typedef {object} Peer A recorded connection.
   * @property {string} name
   * @property {{deref: () => object | undefined}} ref Weak: the recorder keeps no connection alive.
   * @property {WeakMap<object, string>} ids Of its DTLS transports.
   * @property {number} transports How many it has had.
   * @property {number} last When its last entry was recorded.
   * @property {Call[]} running Its calls that are on the stack.
   *
   * @typedef {{action: string, eventSeen: boolean}} Call
   */

  const INITIAL = { connectionState: "new", iceConnectionState: "new", iceGatheringState: "new", signalingState: "stable" };
  const ATTRIBUTES = Object.keys(INITIAL);
  const EVENTS = [
    "connectionstatechange", "iceconnectionstatechange", "icegatheringstatechange", "signalingstatechange",
    "icecandidate", "icecandidateerror", "negotiationneeded", "datachannel", "track",
  ];
  const ASYNCHRONOUS = ["createOffer", "createAnswer", "setLocalDescription", "setRemoteDescription", "addIceCandidate"];
  const SYNCHRONOUS = [
    "addTrack", "removeTrack", "addTransceiver", "createDataChannel", "restartIce", "setConfiguration", "close",
  ];
  const DESCRIPTION_TYPES = ["offer", "pranswer", "answer", "rollback"];
  /** The states of an ICE transport by the events that report them. */
  const ICE_EVENTS = { statechange: "state", gatheringstatechange: "gatheringState", selectedcandidatepairchange: undefined };
  /** A reader of traces accepts at most 32 MiB. */
  const LONGEST_TRACE = 31 * 1024 * 1024;
  /** Values that have stayed for this long have settled, by the rules of the trace format. */
  const PATIENCE = 100;

  // Read before the page can replace them.
  const { apply, construct, defineProperty, getOwnPropertyDescriptor, getPrototypeOf } = Reflect;
  const promiseThen = Promise.prototype.then;
  const now = performance.now.bind(performance);
  const textOf = Function.prototype.toString;

  /** The function that records the calls of each connection. Shadowed methods do not affect other connections. */
  const recorded = new WeakMap();
  const shadows = new WeakSet();

  /** The value that is read; `undefined` if the implementation does not let us read it. */
  function attempt(read) {
    try {
      return read();
    } catch {
      return undefined;
    }
  }

  const isObject = (value) => (typeof value === "object" && value !== null) || typeof value === "function";

  /** @returns {PropertyDescriptor | undefined} The property, own or inherited. */
  function propertyOf(object, key) {
    for (let at = object; at; at = getPrototypeOf(at)) {
      const property = getOwnPropertyDescriptor(at, key);
      if (property) {
        return property;
      }
    }
    return undefined;
  }

  /** Whether events are dispatched by the browser itself, which its `on…` attributes show. */
  function isNative(target, event) {
    const property = propertyOf(target, `on${event}`);
    return Boolean(property && property.set && /\[native code\]\s*\}$/.test(apply(textOf, property.set, [])));
  }

  /**
   * Calls `seen` once for each event, before any handler of the application, with the event if there is one.
   *
   * Listeners suffice if they are called in the order in which they were added. Stacks in JavaScript differ:
   * some dispatch by their own `dispatchEvent`, before which they may call other listeners; some call
   * the `on…` handler before all listeners, and with another event or none.
   */
  function observe(target, events, seen) {
    const known = new WeakSet();
    const native = isNative(target, events[0]);
    /** The events whose handler has been called before the listeners. */
    const ahead = new Set();
    const report = (type, event) => {
      if (isObject(event)) {
        if (known.has(event)) {
          return false;
        }
        known.add(event);
      }
      seen(type, event);
      return true;
    };
    for (const type of events) {
      target.addEventListener(type, (event) => {
        // An event that the page itself dispatches (as an adapter does) is not the browser's.
        const pretended = native && isObject(event) && event.isTrusted === false;
        if (!ahead.delete(type) && !pretended) {
          report(type, event);
        }
      });
    }
    if (native) {
      return;
    }
    if (typeof EventTarget === "function" && target instanceof EventTarget) {
      const dispatch = target.dispatchEvent;
      defineProperty(target, "dispatchEvent", {
        configurable: true,
        writable: true,
        value: function dispatchEvent(event) {
          if (isObject(event) && events.includes(event.type)) {
            report(event.type, event);
          }
          return apply(dispatch, this, arguments);
        },
      });
      return;
    }
    for (const type of events) {
      const property = propertyOf(target, `on${type}`);
      if (property && property.configurable) {
        lead(target, `on${type}`, property, (event) => report(type, event) && ahead.add(type), () => ahead.delete(type));
      }
    }
  }

  /** Makes `before` run before the handler that the application sets as an `on…` attribute. */
  function lead(target, key, property, before, failed) {
    let handler = property.value;
    const read = property.get ? () => apply(property.get, target, []) : () => handler;
    const write = property.set ? (value) => apply(property.set, target, [value]) : (value) => (handler = value);
    const led = (value) =>
      function (event) {
        before(event);
        try {
          return apply(value, this, arguments);
        } catch (error) {
          failed();
          throw error;
        }
      };
    defineProperty(target, key, {
      configurable: true,
      enumerable: property.enumerable,
      get: read,
      set: (value) => write(typeof value === "function" ? led(value) : value),
    });
  }

  /** Shadows the methods of one connection, or of the prototype of all, where `find` finds them. */
  function shadowMethods(target, find = propertyOf) {
    for (const name of [...ASYNCHRONOUS, ...SYNCHRONOUS]) {
      const property = find(target, name);
      const method = property && property.value;
      if (typeof method !== "function" || shadows.has(method)) {
        continue;
      }
      const shadow = { [name](...args) {
        const call = recorded.get(this);
        return call ? call(name, args, (changed) => apply(method, this, changed)) : apply(method, this, args);
      } }[name];
      shadows.add(shadow);
      defineProperty(shadow, "length", { configurable: true, value: method.length });
      defineProperty(target, name, { configurable: true, writable: true, enumerable: property.enumerable, value: shadow });
    }
  }

  /** The arguments of a call that matter for the states. */
  function detailsOf(action, args) {
    const details = {};
    const given = args[0];
    if (action === "setLocalDescription" || action === "setRemoteDescription") {
      const type = isObject(given) ? given.type : undefined;
      if (DESCRIPTION_TYPES.includes(type)) {
        details.type = type;
      }
      if (action === "setRemoteDescription" && type !== "rollback" && isObject(given) && typeof given.sdp === "string") {
        const trickles = /^\s*a=ice-options:(.*\s)?trickle(\s|$)/m.test(given.sdp);
        details.endOfCandidates = !trickles || /^\s*a=end-of-candidates\s*$/m.test(given.sdp);
      }
    } else if (action === "addIceCandidate") {
      const candidate = isObject(given) ? given.candidate : given;
      details.endOfCandidates = candidate === undefined || candidate === null || candidate === "";
    }
    return details;
  }

  /** The type that a setLocalDescription() without a type has set. */
  function typeSet(pc) {
    const description = pc.localDescription;
    return description && DESCRIPTION_TYPES.includes(description.type) ? { type: description.type } : {};
  }

  function resultOf(error) {
    const name = isObject(error) && typeof error.name === "string" && error.name !== "" ? error.name : String(error);
    return { result: { error: name } };
  }

  /** The attributes of an object whose value is a text, under other names. */
  function strings(object, attributes) {
    const read = Object.entries(attributes).map(([name, attribute]) => [name, attempt(() => object[attribute])]);
    return Object.fromEntries(read.filter(([, value]) => typeof value === "string"));
  }

  /** Whether nothing has happened to a connection, as far as it can be observed. */
  function isFresh(pc) {
    return ATTRIBUTES.every((attribute) => [undefined, INITIAL[attribute]].includes(attempt(() => pc[attribute])));
  }

  /** The browser of the page, as far as it names itself. */
  function browser() {
    const agent = typeof navigator === "object" && navigator ? String(navigator.userAgent) : "";
    const [, name, version] = /(Firefox|Edg|OPR|Chrome|Version)\/([\d.]+)/.exec(agent) || [];
    return name ? { name: name === "Version" ? "Safari" : name, version } : { name: "unknown", version: "unknown" };
  }

  /**
   * @param {Options} [options]
   * @returns {Recorder}
   */
  function create(options = {}) {
    const start = now();
    const implementation = options.implementation || browser();
    /** @type {Peer[]} */
    const peers = [];
    const lines = [];
    const streams = new Set();
    let onEntry = options.onEntry;
    let length = 0;
    let at = 0;
    let stopped = false;
    /** Which transports and events of them could be observed; one that was missed once is no longer claimed. */
    const seen = { lists: false, all: true, found: false, missed: new Set() };

    /** Runs a part of the recorder. A fault of the recorder ends the recording, and never reaches the page. */
    function guard(part, ...args) {
      if (stopped) {
        return undefined;
      }
      try {
        return part(...args);
      } catch (error) {
        stopped = true;
        peers.slice(0, 1).forEach(({ name }) => store({ at, peer: name, note: `the recorder has failed: ${error}` }));
        return undefined;
      }
    }

    function store(entry) {
      const line = JSON.stringify(entry);
      if (options.keep !== false && length <= LONGEST_TRACE) {
        length += line.length + 1;
        const full = length > LONGEST_TRACE;
        lines.push(full ? JSON.stringify({ at, peer: entry.peer, note: "the trace is full: what follows is not in it" }) : line);
      }
      streams.forEach((send) => send(line));
      if (onEntry) {
        try {
          onEntry(entry);
        } catch (error) {
          onEntry = undefined;
          store({ at, peer: entry.peer, note: `onEntry has failed and is called no more: ${error}` });
        }
      }
    }

    /** Records an entry with the values of all attributes and transports at this moment. */
    function record(peer, what) {
      at = Math.max(at, Math.round((now() - start) * 1000) / 1000);
      const pc = peer.ref.deref();
      peer.last = at;
      store({ at, peer: peer.name, ...what, ...(pc && read(peer, pc)) });
    }

    function read(peer, pc) {
      const state = strings(pc, Object.fromEntries(ATTRIBUTES.map((attribute) => [attribute, attribute])));
      const transports = transportsOf(peer, pc);
      return transports ? { state, transports } : { state };
    }

    /** The transports that a connection references; `undefined` if it does not show any. */
    function transportsOf(peer, pc) {
      const found = new Set();
      let all = true;
      const add = (owner) => {
        const transport = attempt(() => owner.transport);
        // If every read returns a new object, each would count as a new transport.
        if (transport === undefined || transport !== owner.transport) {
          all = false;
        } else if (transport) {
          found.add(transport);
        }
      };
      const owners = [() => pc.getSenders(), () => pc.getReceivers(), () => (pc.sctp === null ? [] : [pc.sctp])];
      owners.forEach((list) => (attempt(list) || [undefined]).forEach(add));
      const transports = Array.from(found, (dtls) => describe(peer, dtls));
      seen.all = seen.all && all;
      if (!all && transports.length === 0) {
        return undefined;
      }
      seen.lists = true;
      return transports;
    }

    function describe(peer, dtls) {
      const ice = attempt(() => dtls.iceTransport);
      const isFirst = !peer.ids.has(dtls);
      if (isFirst) {
        peer.ids.set(dtls, String(peer.transports++));
      }
      const transport = { id: peer.ids.get(dtls), ...strings(ice, { ice: "state" }), ...strings(dtls, { dtls: "state" }), ...strings(ice, { gathering: "gatheringState" }) };
      if (isFirst) {
        listen(peer, transport, dtls, ice);
      }
      return transport;
    }

    /** Listens to a transport that has been found. Its earlier events have been missed. */
    function listen(peer, { id, ...states }, dtls, ice) {
      const missed = (event) => seen.missed.add(event);
      seen.found = true;
      if (states.ice !== "new" || states.dtls !== "new") {
        missed("statechange");
      }
      if (states.gathering !== "new") {
        missed("gatheringstatechange");
      }
      if (!ice || typeof ice.addEventListener !== "function") {
        Object.keys(ICE_EVENTS).forEach(missed);
      } else {
        observe(ice, Object.keys(ICE_EVENTS), (event) => guard(() => {
          const value = ICE_EVENTS[event] && { value: ice[ICE_EVENTS[event]] };
          eventOf(peer, { event, transport: id, kind: "ice", ...value });
        }));
      }
      if (typeof dtls.addEventListener !== "function") {
        missed("statechange");
      } else {
        observe(dtls, ["statechange"], (event) => guard(eventOf, peer, { event, transport: id, kind: "dtls", value: dtls.state }));
      }
    }

    function eventOf(peer, what) {
      for (const call of peer.running) {
        call.eventSeen = true;
      }
      record(peer, what);
    }

    /** Records one call: its beginning, and its end before the application can observe that it has ended. */
    function call(peer, action, args, run) {
      // A call that a stack in JavaScript makes itself is not one of the application.
      const around = peer.running[peer.running.length - 1];
      if (stopped || (around && (!around.eventSeen || action === around.action))) {
        return run(args);
      }
      const details = guard(detailsOf, action, args);
      guard(record, peer, { action, phase: "begin", ...details });
      const end = (read) => guard(() => {
        const result = read();
        const pc = peer.ref.deref();
        const isImplicit = pc && action === "setLocalDescription" && details.type === undefined && result.result === "ok";
        record(peer, { action, phase: "end", ...details, ...(isImplicit && typeSet(pc)), ...result });
      });
      const refused = (error) => end(() => resultOf(error));
      const granted = () => end(() => ({ result: "ok" }));
      const isPromised = ASYNCHRONOUS.includes(action);
      const legacy = isPromised && args.some((arg) => typeof arg === "function");
      const current = { action, eventSeen: false };
      let returned;
      peer.running.push(current);
      try {
        returned = run(legacy ? withCallbacks(args, granted, refused) : args);
      } catch (error) {
        refused(error);
        throw error;
      } finally {
        peer.running.splice(peer.running.indexOf(current), 1);
      }
      if (!isPromised || !isObject(returned) || typeof returned.then !== "function") {
        if (action === "createDataChannel") {
          guard(listenToChannel, peer, returned);
        }
        granted();
      } else if (!legacy) {
        guard(() => {
          const settled = [granted, refused];
          returned instanceof Promise ? apply(promiseThen, returned, settled) : returned.then(...settled);
        });
      }
      return returned;
    }

    /** The callbacks of the older form, in which the promise says nothing: the first is of success. */
    function withCallbacks(args, granted, refused) {
      const ends = [granted, refused];
      return args.map((arg) => {
        if (typeof arg !== "function") {
          return arg;
        }
        const end = ends.shift();
        return function (value) {
          end && end(value);
          return apply(arg, this, arguments);
        };
      });
    }

    function listenToChannel(peer, channel) {
      if (channel && typeof channel.addEventListener === "function") {
        observe(channel, ["open"], (event) => guard(eventOf, peer, { event }));
      }
    }

    function wrap(pc, name) {
      adopt(pc, name);
      shadowMethods(pc);
      return pc;
    }

    function adopt(pc, name = `pc${peers.length + 1}`) {
      if (recorded.has(pc)) {
        throw new TypeError("expected a connection that is not recorded yet; this one is");
      }
      if (!isFresh(pc)) {
        throw new TypeError(
          `expected a connection that nothing has happened to; the connectionState of this one is ${pc.connectionState}, ` +
            `its signalingState ${pc.signalingState}. Wrap it as soon as it is made`
        );
      }
      if (peers.some((peer) => peer.name === name)) {
        throw new TypeError(`expected a name that no other connection has; "${name}" is taken`);
      }
      const ref = typeof WeakRef === "function" ? new WeakRef(pc) : { deref: () => pc };
      const peer = { name, ref, ids: new WeakMap(), transports: 0, last: at, running: [] };
      peers.push(peer);
      recorded.set(pc, (action, args, run) => call(peer, action, args, run));
      observe(pc, EVENTS, (event, carried) => guard(() => {
        if (event === "datachannel" && carried) {
          listenToChannel(peer, carried.channel);
        }
        eventOf(peer, { event });
      }));
    }

    function constructorOf(constructor) {
      shadowMethods(constructor.prototype);
      return new Proxy(constructor, {
        construct(target, args, newTarget) {
          const pc = construct(target, args, newTarget);
          guard(adopt, pc);
          // Methods that the constructor has made for this connection are not on the prototype.
          guard(shadowMethods, pc, getOwnPropertyDescriptor);
          return pc;
        },
      });
    }

    function install(target = globalThis) {
      const original = target.RTCPeerConnection;
      if (typeof original !== "function") {
        throw new TypeError("expected an object with a constructor RTCPeerConnection; it has none");
      }
      const recording = constructorOf(original);
      const names = ["RTCPeerConnection", "webkitRTCPeerConnection"].filter((name) => target[name] === original);
      const put = (constructor) => {
        names.forEach((name) => (target[name] = constructor));
        original.prototype.constructor = constructor;
      };
      put(recording);
      return () => put(original);
    }

    function sample(why = "poll") {
      peers.forEach((peer) => peer.ref.deref() && guard(record, peer, { sample: why }));
    }

    function header() {
      const { lists, all, found, missed } = seen;
      const ofTransports = Object.keys(ICE_EVENTS).filter((event) => found && !missed.has(event));
      return {
        trace: 1,
        implementation,
        ...(options.scenario === undefined ? undefined : { scenario: options.scenario }),
        clock: "real",
        peers: peers.map((peer) => peer.name),
        observes: {
          events: [...EVENTS, "open", ...ofTransports],
          attributes: Object.fromEntries(ATTRIBUTES.map((attribute) => [attribute, "live"])),
          actions: true,
          // Neither pages nor scripts can see where a task ends.
          tasks: false,
          order: true,
          transports: !lists ? "none" : all ? "all" : "some",
        },
      };
    }

    function trace() {
      const moment = now() - start;
      // `end` means that everything has settled, which is not known just after a change.
      peers.forEach((peer) => peer.ref.deref() && guard(record, peer, { sample: moment - peer.last > PATIENCE ? "end" : "poll" }));
      return [JSON.stringify(header()), ...lines, ""].join("\n");
    }

    function download(file = "trace.jsonl") {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([trace()], { type: "application/jsonl" }));
      link.download = file;
      link.click();
      URL.revokeObjectURL(link.href);
    }

    function stream(target) {
      const socket = typeof target === "string" ? new WebSocket(target) : target;
      const waiting = lines.slice();
      let sent = "";
      const flush = () => {
        const head = JSON.stringify(header());
        const unsent = waiting.splice(0);
        try {
          (head === sent ? unsent : [(sent = head), ...unsent]).forEach((line) => socket.send(line));
        } catch {
          streams.delete(send);
        }
      };
      const send = (line) => {
        waiting.push(line);
        if (socket.readyState === 1) {
          flush();
        } else if (socket.readyState > 1) {
          streams.delete(send);
        }
      };
      streams.add(send);
      socket.readyState === 1 ? flush() : socket.addEventListener("open", flush);
    }

    return { install, constructorOf, wrap, sample, header, trace, download, stream, stop: () => void (stopped = true) };
  }

  return { create };
});
