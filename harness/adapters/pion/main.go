// An adapter for Pion: https://github.com/pion/webrtc.
//
// It speaks the protocol of docs/adapters.md. This file has the protocol, peer.go the peers, and
// methods.go what can be called of them.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sync"
)

// The version of Pion. Pion itself has no such constant: the build sets it.
var version = "unknown"

// request is a line of the harness.
type request struct {
	ID        uint64            `json:"id"`
	Request   string            `json:"request"`
	Peers     []peerInit        `json:"peers"`
	Peer      string            `json:"peer"`
	Method    string            `json:"method"`
	Arguments []json.RawMessage `json:"arguments"`
}

// peerInit is a peer that `create` constructs.
type peerInit struct {
	Name          string          `json:"name"`
	Configuration json.RawMessage `json:"configuration"`
}

// object is a JSON object that the adapter writes.
type object = map[string]any

// output writes messages. Its lock also orders what they hold: whoever reads the attributes of a
// peer for a message holds it until the message is written, so no message is older than the one
// before it.
type output struct {
	lock   sync.Mutex
	writer io.Writer
}

// write writes the message that is made while the lock is held. No message is written for nil.
//
// `message` must not wait for a lock of Pion: some handlers run while Pion holds one.
func (o *output) write(message func() object) {
	o.lock.Lock()
	defer o.lock.Unlock()
	content := message()
	if content == nil {
		return
	}
	encoder := json.NewEncoder(o.writer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(content); err != nil {
		fmt.Fprintf(os.Stderr, "the harness does not read: %v\n", err)
		os.Exit(1)
	}
}

// adapter is the state between requests.
type adapter struct {
	out   output
	peers map[string]*peer
}

func main() {
	a := adapter{out: output{writer: os.Stdout}, peers: map[string]*peer{}}
	lines := bufio.NewReader(os.Stdin)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			a.handle(line)
		}
		if err == io.EOF {
			return
		}
		if err != nil {
			fmt.Fprintf(os.Stderr, "standard input: %v\n", err)
			os.Exit(1)
		}
	}
}

// handle answers one request.
func (a *adapter) handle(line []byte) {
	var r request
	if err := json.Unmarshal(line, &r); err != nil {
		fmt.Fprintf(os.Stderr, "not a request: %v: %s\n", err, line)
		os.Exit(1)
	}
	switch r.Request {
	case "hello":
		a.answer(r.ID, "result", hello())
	case "create":
		a.create(r)
	case "read":
		if p := a.peer(r); p != nil {
			a.out.write(func() object {
				return object{"id": r.ID, "result": p.attributes()}
			})
		}
	case "call":
		if p := a.peer(r); p != nil {
			a.call(r, p)
		}
	case "reset":
		a.reset()
		a.answer(r.ID, "result", nil)
	default:
		a.answer(r.ID, "unsupported", "the adapter does not know the request "+r.Request)
	}
}

// answer writes an answer with one member.
func (a *adapter) answer(id uint64, member string, value any) {
	a.out.write(func() object { return object{"id": id, member: value} })
}

// peer finds the peer of a request, or answers with an error.
func (a *adapter) peer(r request) *peer {
	p, found := a.peers[r.Peer]
	if !found {
		a.answer(r.ID, "error", object{"name": "NotFoundError", "message": "there is no peer " + r.Peer})
		return nil
	}
	return p
}

// create constructs the peers. If one can not be constructed, none remains.
func (a *adapter) create(r request) {
	for _, init := range r.Peers {
		p, err := newPeer(init, &a.out)
		if err != nil {
			a.reset()
			failure := exception(err)
			failure["peer"] = init.Name
			a.answer(r.ID, "error", failure)
			return
		}
		a.peers[init.Name] = p
	}
	a.answer(r.ID, "result", nil)
}

// call calls a method, and answers with what it returned and the attributes right after it.
func (a *adapter) call(r request, p *peer) {
	method, found := methods[r.Method]
	if !found {
		a.answer(r.ID, "unsupported", "Pion has no "+r.Method)
		return
	}
	a.out.write(func() object { return object{"began": r.ID} })
	result, err := method(p, arguments(r.Arguments))
	a.out.write(func() object {
		message := p.attributes()
		message["id"] = r.ID
		if err != nil {
			message["error"] = exception(err)
		} else {
			message["result"] = result
		}
		return message
	})
}

// reset closes and forgets every peer.
func (a *adapter) reset() {
	for _, p := range a.peers {
		p.forget()
	}
	for name, p := range a.peers {
		if err := p.connection.Close(); err != nil {
			fmt.Fprintf(os.Stderr, "close of %s: %v\n", name, err)
		}
	}
	a.peers = map[string]*peer{}
}

// hello describes Pion.
func hello() object {
	return object{
		"protocol":       1,
		"implementation": object{"name": "pion", "version": version},
		"clock":          "real",
		"observes": object{
			"events": []string{
				"connectionstatechange", "iceconnectionstatechange", "icegatheringstatechange",
				"signalingstatechange", "statechange", "selectedcandidatepairchange",
				"negotiationneeded", "icecandidate", "datachannel", "track", "open", "close",
			},
			"attributes": "live",
			"transports": "all",
			// Handlers run in goroutines of their own: there is no event loop.
			"tasks": false,
		},
		"capabilities": []string{
			"media", "pranswer", "setConfiguration", "getStats", "iceServers", "exceptions",
			"negotiationneeded", "icecandidate", "sdp", "iceLite", "certificate", "disconnected", "iceRestart",
		},
		"lacks": object{
			"several-transports": "Pion has one transport: it bundles everything",
			"restartIce":         "restartIce() is missing; createOffer({iceRestart: true}) is there",
			"rollback":           "Pion refuses descriptions of the type rollback",
			"parameterless":      "SetLocalDescription of Pion needs a description",
			"addresses":          "the harness gives it no second address",
		},
	}
}
