// A connection with the W3C's interface that does exactly what a test requires.

class Transport extends EventTarget {
  constructor(states) {
    super();
    Object.assign(this, states);
  }

  /** Sets an attribute and fires its event. */
  become(attribute, value, event = "statechange") {
    this[attribute] = value;
    this.dispatchEvent(new Event(event));
  }
}

/** An RTCDtlsTransport with its RTCIceTransport. */
export function transport() {
  const iceTransport = new Transport({ state: "new", gatheringState: "new" });
  return new Transport({ state: "new", iceTransport });
}

export class FakeConnection extends EventTarget {
  static generateCertificate() {
    return "a certificate";
  }

  constructor(configuration) {
    super();
    this.configuration = configuration;
    this.connectionState = "new";
    this.iceConnectionState = "new";
    this.iceGatheringState = "new";
    this.signalingState = "stable";
    this.localDescription = null;
    this.sctp = null;
    this.transports = [];
  }

  getSenders() {
    return this.transports.map((transport) => ({ transport }));
  }

  getReceivers() {
    return this.transports.map((transport) => ({ transport }));
  }

  become(attribute, value) {
    this[attribute] = value;
    this.dispatchEvent(new Event(`${attribute.toLowerCase()}change`));
  }

  async createOffer() {
    return { type: "offer", sdp: "v=0\r\na=ice-options:trickle\r\n" };
  }

  /** The promise of the last call, as the stack made it. */
  setLocalDescription(description) {
    this.returned = this.#set(description);
    return this.returned;
  }

  /** With callbacks, the older form: the promise it returns is fulfilled at once. */
  setRemoteDescription(description, granted, refused) {
    if (granted === undefined) {
      return this.#refuse();
    }
    this.#refuse().then(granted, refused);
    return Promise.resolve();
  }

  addIceCandidate() {
    return Promise.resolve();
  }

  createDataChannel() {
    if (this.connectionState === "closed") {
      throw new DOMException("it is closed", "InvalidStateError");
    }
    return new EventTarget();
  }

  close() {
    if (this.connectionState === "closed") {
      return;
    }
    this.signalingState = "closed";
    this.become("connectionState", "closed");
    // A stack may call itself.
    this.close();
  }

  async #set(description) {
    await undefined;
    this.localDescription = description || { type: "offer", sdp: "" };
    this.become("signalingState", "have-local-offer");
  }

  async #refuse() {
    await undefined;
    throw new DOMException("not now", "InvalidStateError");
  }
}
