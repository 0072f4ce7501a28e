// An application that logs everything that it observes, in order: what is returned, what handlers and listeners
// read, and when reactions and microtasks run. It runs unchanged in node and in a page.
(function (global) {
  "use strict";

  const EVENTS = ["signalingstatechange", "icegatheringstatechange", "iceconnectionstatechange", "connectionstatechange", "negotiationneeded", "datachannel"];
  const TICKS = 4;
  const ATTRIBUTES = ["signalingState", "iceGatheringState", "iceConnectionState", "connectionState"];

  /** One connection, and the log that both write to. */
  function watch(name, pc, log) {
    const values = () => ATTRIBUTES.map((attribute) => pc[attribute]).join(" ");
    const write = (subject, what) => log.push({ name, subject, what, values: values() });
    const note = (subject, what) => {
      write(subject, what);
      // Each microtask queues the next, so that one tick more or less on a promise shows between them.
      const tick = (count) => count <= TICKS && queueMicrotask(() => {
        write(subject, `tick ${count} after ${what}`);
        tick(count + 1);
      });
      tick(1);
    };
    for (const event of EVENTS) {
      pc.addEventListener(event, () => note(event, "first listener"));
      pc[`on${event}`] = () => note(event, "handler");
      pc.addEventListener(event, () => note(event, "second listener"));
    }
    /** Makes a call and resolves as its promise does; refusals are part of what is seen. */
    const call = async (method, ...args) => {
      note(method, "called");
      let returned;
      try {
        returned = pc[method](...args);
      } catch (error) {
        note(method, `threw ${error.name}`);
        return undefined;
      }
      note(method, "returned");
      if (!returned || typeof returned.then !== "function") {
        return returned;
      }
      returned.then(() => note(method, "fulfilled"), (error) => note(method, `rejected with ${error.name}`));
      try {
        return await returned;
      } catch {
        return undefined;
      } finally {
        note(method, "awaited");
      }
    };
    const until = (event, holds) =>
      new Promise((resolve) => {
        const check = () => holds() && resolve();
        pc.addEventListener(event, check);
        check();
      });
    const next = (event) => new Promise((resolve) => pc.addEventListener(event, resolve));
    return { pc, call, next, until };
  }

  /** Connects two connections without trickling, and closes both. Resolves with the log. */
  async function play(make, closed) {
    const log = [];
    const [alice, bob] = ["alice", "bob"].map((name) => watch(name, make(), log));
    const gathered = ({ pc, until }) => until("icegatheringstatechange", () => pc.iceGatheringState === "complete");
    const connected = ({ pc, until }) => until("connectionstatechange", () => pc.connectionState === "connected");

    // A refused call between others that are not.
    await alice.call("setRemoteDescription", { type: "answer", sdp: "v=0\r\n" });
    const needed = alice.next("negotiationneeded");
    await alice.call("createDataChannel", "chat");
    await needed;
    await alice.call("setLocalDescription", await alice.call("createOffer"));
    await gathered(alice);
    await bob.call("setRemoteDescription", alice.pc.localDescription);
    await bob.call("setLocalDescription", await bob.call("createAnswer"));
    await gathered(bob);
    await alice.call("setRemoteDescription", bob.pc.localDescription);
    await Promise.all([connected(alice), connected(bob)]);
    for (const one of [bob, alice]) {
      const done = closed(one);
      one.call("close");
      await done;
      await one.call("createOffer");
    }
    return log;
  }

  const application = { play, watch };
  if (typeof module === "object" && module.exports) {
    module.exports = application;
  } else {
    global.application = application;
  }
})(globalThis);
