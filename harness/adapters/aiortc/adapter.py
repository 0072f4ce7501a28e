"""The adapter of peerstate for aiortc, https://github.com/aiortc/aiortc.

It serves the adapter protocol on standard input and output: one request a line, one message a line.
"""

import asyncio
import json
import logging
import os
import sys
import threading
import traceback
from collections.abc import Awaitable, Callable
from importlib.metadata import version
from typing import Any, Optional

from aiortc import (
    AudioStreamTrack,
    RTCBundlePolicy,
    RTCConfiguration,
    RTCDataChannel,
    RTCDtlsTransport,
    RTCIceCandidate,
    RTCIceServer,
    RTCIceTransportPolicy,
    RTCPeerConnection,
    RTCSessionDescription,
    VideoStreamTrack,
)
from aiortc.sdp import SessionDescription, candidate_from_sdp, candidate_to_sdp

Message = dict[str, Any]

ATTRIBUTES = ["connectionState", "iceConnectionState", "iceGatheringState", "signalingState"]

# Of the connection, besides `datachannel`.
EVENTS = [
    "connectionstatechange",
    "iceconnectionstatechange",
    "icegatheringstatechange",
    "signalingstatechange",
    "track",
]

HELLO: Message = {
    "protocol": 1,
    "implementation": {"name": "aiortc", "version": version("aiortc")},
    "clock": "real",
    "observes": {
        "events": [*EVENTS, "datachannel", "open", "close", "statechange"],
        "attributes": "live",
        "transports": "all",
        "tasks": False,
    },
    "capabilities": [
        "sdp",
        "media",
        "several-transports",
        "parameterless",
        "getStats",
        "iceServers",
        "exceptions",
    ],
    "lacks": {
        "restartIce": "restartIce() and the option iceRestart are missing",
        "rollback": "a rollback is applied as if it were a description without sections",
        "pranswer": "a provisional answer changes no signalingState",
        "setConfiguration": "setConfiguration() is missing",
        "iceLite": "it has no ICE-lite agent",
        "addresses": "the harness gives it no second address",
        "certificate": "generateCertificate() is missing, and RTCConfiguration has no certificates",
        "negotiationneeded": "the event is missing",
        "icecandidate": "the event is missing: setLocalDescription() ends once all is gathered",
        "disconnected": "aioice reports no unanswered checks before consent expires",
        "removeTrack": "removeTrack() is missing",
        "iceCandidatePoolSize": "RTCConfiguration does not have it",
        "rtcpMuxPolicy": "RTCConfiguration does not have it",
    },
}

# How long `reset` waits for the connections to close, in seconds.
LONGEST_CLOSE = 2.0


class Unsupported(Exception):
    """What is requested is not there."""


class Peer:
    """A connection, and what was seen of it."""

    def __init__(
        self, name: str, configuration: Message, send: Callable[[Message], None]
    ) -> None:
        self.name = name
        self._send = send
        # In the order in which they were found; the place of one is its id.
        self._transports: list[RTCDtlsTransport] = []
        self._sent_candidates: set[tuple[str, str]] = set()
        self.pc = RTCPeerConnection(read_configuration(configuration))
        for event in EVENTS:
            self.pc.on(event, self._listener(event))
        self.pc.on("datachannel", self._on_datachannel)

    def read(self) -> Message:
        """The attributes and transports of the connection, now."""
        state = {attribute: getattr(self.pc, attribute) for attribute in ATTRIBUTES}
        return {"state": state, "transports": self._read_transports()}

    async def call(self, method: str, given: list[Any]) -> Any:
        """Calls a method and returns what the answer results in."""
        before = getattr(self, f"_{method}", None)
        returned = before(*given) if before else getattr(self.pc, method)(*given)
        if asyncio.iscoroutine(returned):
            returned = await returned
        if method == "setLocalDescription":
            self._send_candidates()
        if method == "setLocalDescription" and not given:
            returned = self.pc.localDescription
        if isinstance(returned, RTCSessionDescription):
            return {"type": returned.type, "sdp": returned.sdp}
        return None

    # What the methods of W3C take, as those of aiortc take it.

    def _createDataChannel(self, label: str, options: Optional[Message] = None) -> None:
        self._listen_to_channel(self.pc.createDataChannel(label, **(options or {})))

    def _addTransceiver(self, kind: str, init: Optional[Message] = None) -> None:
        self.pc.addTransceiver(kind, **(init or {}))

    def _addTrack(self, kind: str) -> None:
        self.pc.addTrack(AudioStreamTrack() if kind == "audio" else VideoStreamTrack())

    def _createOffer(self, options: Optional[Message] = None) -> Awaitable[Any]:
        return self.pc.createOffer(**(options or {}))

    def _setLocalDescription(self, given: Optional[Message] = None) -> Awaitable[None]:
        return self.pc.setLocalDescription(given and RTCSessionDescription(**given))

    def _setRemoteDescription(self, given: Message) -> Awaitable[None]:
        return self.pc.setRemoteDescription(RTCSessionDescription(**given))

    def _addIceCandidate(self, init: Optional[Message] = None) -> Awaitable[None]:
        return self.pc.addIceCandidate(read_candidate(init))

    def _listener(self, event: str) -> Callable[..., None]:
        return lambda *_: self._record({"event": event})

    def _on_datachannel(self, channel: RTCDataChannel) -> None:
        self._listen_to_channel(channel)
        self._record({"event": "datachannel"})

    def _listen_to_channel(self, channel: RTCDataChannel) -> None:
        for event in ["open", "close"]:
            channel.on(event, self._listener(event))

    def _record(self, entry: Message) -> None:
        self._send({"entry": {"peer": self.name, **entry, **self.read()}})

    def _read_transports(self) -> list[Message]:
        found: list[RTCDtlsTransport] = []
        owners = [*self.pc.getSenders(), *self.pc.getReceivers()]
        if self.pc.sctp is not None:
            owners.append(self.pc.sctp)
        for owner in owners:
            if owner.transport not in found:
                found.append(owner.transport)
        return [
            {"id": self._id_of(dtls), "ice": dtls.transport.state, "dtls": dtls.state}
            for dtls in found
        ]

    def _id_of(self, dtls: RTCDtlsTransport) -> str:
        if dtls not in self._transports:
            self._transports.append(dtls)
            self._listen_to_transport(dtls, str(len(self._transports) - 1))
        return str(self._transports.index(dtls))

    def _listen_to_transport(self, dtls: RTCDtlsTransport, name: str) -> None:
        for kind, transport in [("ice", dtls.transport), ("dtls", dtls)]:
            entry = {"event": "statechange", "transport": name, "kind": kind}
            transport.on(
                "statechange",
                lambda entry=entry, transport=transport: self._record(
                    {**entry, "value": transport.state}
                ),
            )

    def _send_candidates(self) -> None:
        """Sends what was gathered: aiortc puts it into the description, and the harness trickles."""
        if self.pc.localDescription is None:
            return
        sections = SessionDescription.parse(self.pc.localDescription.sdp).media
        is_new = False
        for index, section in enumerate(sections):
            for candidate in section.ice_candidates:
                text = f"candidate:{candidate_to_sdp(candidate)}"
                if (section.rtp.muxId, text) in self._sent_candidates:
                    continue
                self._sent_candidates.add((section.rtp.muxId, text))
                is_new = True
                init = {
                    "candidate": text,
                    "sdpMid": section.rtp.muxId,
                    "sdpMLineIndex": index,
                    "usernameFragment": section.ice.usernameFragment,
                }
                self._send({"candidate": {"peer": self.name, "candidate": init}})
        if is_new:
            self._send({"candidate": {"peer": self.name, "candidate": None}})


class Adapter:
    """Answers requests."""

    def __init__(self, write: Callable[[Message], None]) -> None:
        self._write = write
        # The peers of the scenario that runs; no others are reported.
        self._peers: dict[str, Peer] = {}

    def log(self, text: str) -> None:
        """Reports what no answer can."""
        if self._peers:
            self._write({"log": text})

    async def answer(self, line: str) -> None:
        """Answers a line of the harness."""
        try:
            request = json.loads(line)
        except ValueError:
            self.log(f"expected a request on a line of its own, found {line[:200]}")
            return
        answers = {
            "hello": self._hello,
            "create": self._create,
            "call": self._call,
            "read": self._read,
            "reset": self._reset,
        }
        answer = answers.get(request["request"])
        try:
            if answer is None:
                raise Unsupported(f"this adapter does not know the request {request['request']}")
            body = await answer(request)
        except Unsupported as unsupported:
            body = {"unsupported": str(unsupported)}
        except Exception:
            body = {"unsupported": f"the adapter failed: {traceback.format_exc()}"}
        self._write({"id": request["id"], **body})

    async def reset(self) -> None:
        """Closes and forgets every peer."""
        peers, self._peers = self._peers, {}
        closing = [asyncio.ensure_future(peer.pc.close()) for peer in peers.values()]
        if closing:
            await asyncio.wait(closing, timeout=LONGEST_CLOSE)

    async def _hello(self, _request: Message) -> Message:
        return {"result": HELLO}

    async def _create(self, request: Message) -> Message:
        await self.reset()
        for peer in request["peers"]:
            name = peer["name"]
            try:
                self._peers[name] = Peer(name, peer["configuration"], self._sender())
            except Exception as error:
                await self.reset()
                return {"error": {**exception(error), "peer": name}}
        return {"result": None}

    async def _call(self, request: Message) -> Message:
        peer = self._peers.get(request["peer"])
        if peer is None:
            return not_found(request)
        method = request["method"]
        if not hasattr(peer.pc, method):
            raise Unsupported(f"{method} is missing in this implementation")
        self._write({"began": request["id"]})
        try:
            outcome = {"result": await peer.call(method, request["arguments"])}
        except Exception as error:
            outcome = {"error": exception(error)}
        return {**outcome, **peer.read()}

    async def _read(self, request: Message) -> Message:
        peer = self._peers.get(request["peer"])
        return {"result": peer.read()} if peer else not_found(request)

    async def _reset(self, _request: Message) -> Message:
        await self.reset()
        return {"result": None}

    def _sender(self) -> Callable[[Message], None]:
        """Writes messages for as long as the scenario runs."""
        generation = self._peers

        def send(message: Message) -> None:
            if generation is self._peers:
                self._write(message)

        return send


def read_configuration(given: Message) -> RTCConfiguration:
    """An `RTCConfiguration`. Without servers in it, aiortc would use one of Google's."""
    members = {**given, "iceServers": [RTCIceServer(**one) for one in given.get("iceServers", [])]}
    if "iceTransportPolicy" in members:
        members["iceTransportPolicy"] = RTCIceTransportPolicy(members["iceTransportPolicy"])
    if "bundlePolicy" in members:
        members["bundlePolicy"] = RTCBundlePolicy(members["bundlePolicy"])
    return RTCConfiguration(**members)


def read_candidate(init: Optional[Message]) -> Optional[RTCIceCandidate]:
    """A candidate as aiortc takes it; `None` is the end of candidates."""
    if init is None or init["candidate"] == "":
        return None
    candidate = candidate_from_sdp(init["candidate"].removeprefix("candidate:"))
    candidate.sdpMid = init.get("sdpMid")
    candidate.sdpMLineIndex = init.get("sdpMLineIndex")
    return candidate


def exception(error: Exception) -> Message:
    """An exception, by the name of its class."""
    return {"name": type(error).__name__, "message": str(error)}


def not_found(request: Message) -> Message:
    """The answer about a peer that was not created."""
    message = f"there is no peer {request['peer']}"
    return {"error": {"name": "NotFoundError", "message": message}}


async def main() -> None:
    """Answers requests until standard input ends."""
    # Standard output is the harness's alone: what anything else prints goes to standard error.
    output = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    logging.disable(logging.ERROR)

    def write(message: Message) -> None:
        output.write(json.dumps(message) + "\n")
        output.flush()

    adapter = Adapter(write)
    loop = asyncio.get_running_loop()

    def report(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        shown = "".join(traceback.format_exception(error)) if error else ""
        adapter.log(f"an exception that nothing caught: {context['message']}\n{shown}")

    loop.set_exception_handler(report)
    lines: asyncio.Queue[Optional[str]] = asyncio.Queue()

    def read_lines() -> None:
        for line in sys.stdin:
            loop.call_soon_threadsafe(lines.put_nowait, line)
        loop.call_soon_threadsafe(lines.put_nowait, None)

    threading.Thread(target=read_lines, daemon=True).start()
    while (line := await lines.get()) is not None:
        await adapter.answer(line)
    await adapter.reset()
    # Threads and sockets of aiortc may keep the process alive.
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(main())
