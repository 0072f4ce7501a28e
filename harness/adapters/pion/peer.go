package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"os"
	"sync/atomic"

	"github.com/pion/ice/v2"
	"github.com/pion/interceptor"
	"github.com/pion/logging"
	"github.com/pion/webrtc/v3"
)

// peer is a connection, and what is recorded of it.
type peer struct {
	name       string
	connection *webrtc.PeerConnection
	ice        *webrtc.ICETransport
	// The state of the DTLS transport, as its last event had it. The getter waits for a lock that
	// Pion holds while the event's handler runs, and for as long as Close of the transport takes.
	dtls atomic.Value
	out  *output
	// What addTrack returned last for a kind of media.
	senders map[webrtc.RTPCodecType]*webrtc.RTPSender
	// Whether `reset` has forgotten it; guarded by the lock of `out`.
	forgotten bool
}

// newPeer constructs a connection and subscribes to everything that Pion reports.
func newPeer(init peerInit, out *output) (*peer, error) {
	configuration, err := parseConfiguration(init.Configuration)
	if err != nil {
		return nil, err
	}
	extras, err := parseExtras(init.Configuration)
	if err != nil {
		return nil, err
	}
	if configuration.Certificates, err = extras.certificates(); err != nil {
		return nil, err
	}
	api, err := newAPI(extras.ICELite)
	if err != nil {
		return nil, err
	}
	connection, err := api.NewPeerConnection(configuration)
	if err != nil {
		return nil, err
	}
	p := &peer{
		name:       init.Name,
		connection: connection,
		out:        out,
		senders:    map[webrtc.RTPCodecType]*webrtc.RTPSender{},
	}
	p.subscribe()
	return p, nil
}

// newAPI is Pion as NewPeerConnection has it by default, but on loopback alone and with its log on
// standard error.
func newAPI(lite bool) (*webrtc.API, error) {
	media := &webrtc.MediaEngine{}
	if err := media.RegisterDefaultCodecs(); err != nil {
		return nil, err
	}
	interceptors := &interceptor.Registry{}
	if err := webrtc.RegisterDefaultInterceptors(media, interceptors); err != nil {
		return nil, err
	}
	log := logging.NewDefaultLoggerFactory()
	log.Writer = os.Stderr
	settings := webrtc.SettingEngine{LoggerFactory: log}
	settings.SetLite(lite)
	settings.SetIncludeLoopbackCandidate(true)
	settings.SetInterfaceFilter(func(name string) bool { return name == "lo" })
	settings.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	return webrtc.NewAPI(
		webrtc.WithMediaEngine(media),
		webrtc.WithInterceptorRegistry(interceptors),
		webrtc.WithSettingEngine(settings),
	), nil
}

// subscribe sets a handler for each event.
func (p *peer) subscribe() {
	pc := p.connection
	pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		p.entry("connectionstatechange", object{"value": s.String()})
	})
	pc.OnICEConnectionStateChange(func(s webrtc.ICEConnectionState) {
		p.entry("iceconnectionstatechange", object{"value": s.String()})
	})
	pc.OnICEGatheringStateChange(func(s webrtc.ICEGathererState) {
		p.entry("icegatheringstatechange", object{"value": s.String()})
	})
	pc.OnSignalingStateChange(func(s webrtc.SignalingState) {
		p.entry("signalingstatechange", object{"value": s.String()})
	})
	pc.OnNegotiationNeeded(func() { p.entry("negotiationneeded", object{}) })
	pc.OnICECandidate(p.candidate)
	pc.OnTrack(func(*webrtc.TrackRemote, *webrtc.RTPReceiver) { p.entry("track", object{}) })
	pc.OnDataChannel(func(channel *webrtc.DataChannel) {
		p.entry("datachannel", object{"label": channel.Label()})
		p.subscribeChannel(channel)
	})

	// Pion has one DTLS transport and one ICE transport, from the constructor on.
	dtls := pc.SCTP().Transport()
	p.ice = dtls.ICETransport()
	p.dtls.Store(dtls.State())
	dtls.OnStateChange(func(s webrtc.DTLSTransportState) {
		p.dtls.Store(s)
		p.entry("statechange", object{"transport": "0", "kind": "dtls", "value": s.String()})
	})
	p.ice.OnConnectionStateChange(func(s webrtc.ICETransportState) {
		p.entry("statechange", object{"transport": "0", "kind": "ice", "value": s.String()})
	})
	p.ice.OnSelectedCandidatePairChange(func(*webrtc.ICECandidatePair) {
		p.entry("selectedcandidatepairchange", object{"transport": "0"})
	})
}

// subscribeChannel sets the handlers of a data channel.
func (p *peer) subscribeChannel(channel *webrtc.DataChannel) {
	channel.OnOpen(func() { p.entry("open", object{"label": channel.Label()}) })
	channel.OnClose(func() { p.entry("close", object{"label": channel.Label()}) })
}

// candidate writes a candidate, and the event that has it.
func (p *peer) candidate(candidate *webrtc.ICECandidate) {
	var init any
	if candidate != nil {
		init = candidate.ToJSON()
	}
	p.entry("icecandidate", object{"candidate": init})
	p.write(func() object {
		return object{"candidate": object{"peer": p.name, "candidate": init}}
	})
}

// entry writes an event, and the attributes as they are now, in its handler.
func (p *peer) entry(event string, entry object) {
	p.write(func() object {
		entry["peer"] = p.name
		entry["event"] = event
		for key, value := range p.attributes() {
			entry[key] = value
		}
		return object{"entry": entry}
	})
}

// write writes a message of this peer, unless it is forgotten.
func (p *peer) write(message func() object) {
	p.out.write(func() object {
		if p.forgotten {
			return nil
		}
		return message()
	})
}

// forget ends the messages of this peer.
func (p *peer) forget() {
	p.out.write(func() object {
		p.forgotten = true
		return nil
	})
}

// attributes reads `state` and `transports`. None of these getters waits for a lock.
func (p *peer) attributes() object {
	pc := p.connection
	return object{
		"state": object{
			"connectionState":    pc.ConnectionState().String(),
			"iceConnectionState": pc.ICEConnectionState().String(),
			"iceGatheringState":  pc.ICEGatheringState().String(),
			"signalingState":     pc.SignalingState().String(),
		},
		"transports": []object{{
			"id":   "0",
			"ice":  p.ice.State().String(),
			"dtls": p.dtls.Load().(webrtc.DTLSTransportState).String(),
		}},
	}
}

// parseConfiguration reads an RTCConfiguration. Pion reads `urls` as a list only.
func parseConfiguration(text json.RawMessage) (webrtc.Configuration, error) {
	var configuration webrtc.Configuration
	var members map[string]json.RawMessage
	if err := json.Unmarshal(text, &members); err != nil {
		return configuration, typeError(err)
	}
	if servers, found := members["iceServers"]; found {
		var list []map[string]any
		if err := json.Unmarshal(servers, &list); err != nil {
			return configuration, typeError(err)
		}
		for _, server := range list {
			if url, single := server["urls"].(string); single {
				server["urls"] = []string{url}
			}
		}
		members["iceServers"], _ = json.Marshal(list)
	}
	normalised, _ := json.Marshal(members)
	if err := json.Unmarshal(normalised, &configuration); err != nil {
		return configuration, typeError(err)
	}
	return configuration, nil
}

// extras is what a scenario arranges besides an RTCConfiguration.
type extras struct {
	ICELite     bool   `json:"iceLite"`
	Certificate string `json:"certificate"`
}

func parseExtras(text json.RawMessage) (extras, error) {
	var members struct {
		Harness extras `json:"harness"`
	}
	err := json.Unmarshal(text, &members)
	return members.Harness, err
}

// certificates makes a certificate of the kind that the scenario names; Pion makes its own if there
// is none.
func (e extras) certificates() ([]webrtc.Certificate, error) {
	var key crypto.PrivateKey
	var err error
	switch e.Certificate {
	case "":
		return nil, nil
	case "ecdsa":
		key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case "rsa":
		key, err = rsa.GenerateKey(rand.Reader, 2048)
	default:
		err = errors.New("not a kind of certificate: " + e.Certificate)
	}
	if err != nil {
		return nil, err
	}
	certificate, err := webrtc.GenerateCertificate(key)
	if err != nil {
		return nil, err
	}
	return []webrtc.Certificate{*certificate}, nil
}
