// The connections of the recorded page: they connect, restart ICE, refuse calls, fail, and close.
(function (global) {
  "use strict";

  const stateOf = (pc, attribute, value) =>
    new Promise((resolve) => {
      const check = () => pc[attribute] === value && resolve();
      pc.addEventListener(`${attribute.toLowerCase()}change`, check);
      check();
    });

  /** Two connections that exchange candidates, and descriptions as `change` lets them pass. */
  function pair(constructor) {
    const [one, other] = [new constructor(), new constructor()];
    const send = (from, to) => {
      from.onicecandidate = ({ candidate }) => to.remoteDescription && to.addIceCandidate(candidate);
    };
    send(one, other);
    send(other, one);
    return [one, other];
  }

  /** Offers and answers; without `change` by the descriptions that the calls make themselves. */
  async function negotiate([offerer, answerer], change) {
    await offerer.setLocalDescription(change && (await offerer.createOffer()));
    change = change || ((description) => description);
    await answerer.setRemoteDescription(change(offerer.localDescription));
    await answerer.setLocalDescription(await answerer.createAnswer());
    // Gathered completely, so that no candidate from before the description is lost.
    await stateOf(answerer, "iceGatheringState", "complete");
    await stateOf(offerer, "iceGatheringState", "complete");
    await offerer.setRemoteDescription(change(answerer.localDescription));
  }

  /** The same description with the fingerprint of another certificate. */
  const strange = ({ type, sdp }) => ({ type, sdp: sdp.replace(/(a=fingerprint:sha-256 )(..)/g, (_, key, first) => key + (first === "00" ? "11" : "00")) });

  const both = (peers, attribute, value) => Promise.all(peers.map((pc) => stateOf(pc, attribute, value)));

  async function connecting(constructor) {
    const peers = pair(constructor);
    peers[0].createDataChannel("chat");
    peers[0].addTransceiver("audio");
    await negotiate(peers);
    await both(peers, "connectionState", "connected");
    return peers;
  }

  const parts = {
    /** Connects, is refused an answer in stable, and restarts ICE. */
    async connected(constructor) {
      const peers = await connecting(constructor);
      await peers[0].setRemoteDescription({ type: "answer", sdp: peers[0].remoteDescription.sdp }).catch(() => undefined);
      peers[0].restartIce();
      await negotiate(peers);
      return peers;
    },

    async rolledBack(constructor) {
      const pc = new constructor();
      pc.createDataChannel("chat");
      await pc.setLocalDescription();
      await pc.setLocalDescription({ type: "rollback" });
      return [pc];
    },

    async failed(constructor) {
      const peers = pair(constructor);
      peers[0].createDataChannel("chat");
      await negotiate(peers, strange);
      await both(peers, "connectionState", "failed");
      return peers;
    },

    async closed(constructor) {
      const peers = await connecting(constructor);
      peers.forEach((pc) => pc.close());
      return peers;
    },

    /** Every call is refused, one after the other; and a track is added and removed. */
    async refused(constructor) {
      const pc = new constructor();
      const calls = [
        () => pc.addIceCandidate({ candidate: "candidate:1 1 udp 2113937151 192.0.2.1 4000 typ host", sdpMid: "0" }),
        () => pc.createAnswer(),
        () => pc.setRemoteDescription({ type: "offer", sdp: "v=0" }),
        () => pc.setLocalDescription({ type: "rollback" }),
      ];
      for (const call of calls) {
        await call().catch(() => undefined);
      }
      pc.setConfiguration({ iceServers: [] });
      const [track] = document.createElement("canvas").captureStream().getTracks();
      pc.removeTrack(pc.addTrack(track));
      return [pc];
    },

    /** Nothing happens to it. */
    async unused(constructor) {
      return [new constructor()];
    },
  };

  /** Plays some parts, one after the other. The page keeps the connections, so that they are not collected. */
  async function play(constructor, names) {
    global.connections = [];
    for (const name of names) {
      global.connections.push(...(await parts[name](constructor)));
    }
  }

  global.page = { play };
})(globalThis);
