package main

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"

	"github.com/pion/webrtc/v3"
	"github.com/pion/webrtc/v3/pkg/rtcerr"
)

// arguments are the arguments of a call.
type arguments []json.RawMessage

// read reads an argument, where it is given. A value of a type that the method does not take is a
// TypeError, as Web IDL has it: in Go, the compiler refuses it.
func (a arguments) read(index int, into any) error {
	if index >= len(a) {
		return nil
	}
	if err := json.Unmarshal(a[index], into); err != nil {
		return typeError(err)
	}
	return nil
}

// methods are the methods of RTCPeerConnection that Pion has.
var methods = map[string]func(*peer, arguments) (any, error){
	"createDataChannel":    (*peer).createDataChannel,
	"addTransceiver":       (*peer).addTransceiver,
	"addTrack":             (*peer).addTrack,
	"removeTrack":          (*peer).removeTrack,
	"createOffer":          (*peer).createOffer,
	"createAnswer":         (*peer).createAnswer,
	"setLocalDescription":  (*peer).setLocalDescription,
	"setRemoteDescription": (*peer).setRemoteDescription,
	"addIceCandidate":      (*peer).addIceCandidate,
	"setConfiguration":     (*peer).setConfiguration,
	"getStats":             (*peer).getStats,
	"close":                (*peer).close,
}

func (p *peer) createDataChannel(a arguments) (any, error) {
	var label string
	var options *webrtc.DataChannelInit
	if err := a.read(0, &label); err != nil {
		return nil, err
	}
	if err := a.read(1, &options); err != nil {
		return nil, err
	}
	channel, err := p.connection.CreateDataChannel(label, options)
	if err != nil {
		return nil, err
	}
	p.subscribeChannel(channel)
	return nil, nil
}

func (p *peer) addTransceiver(a arguments) (any, error) {
	kind, err := a.kind()
	if err != nil {
		return nil, err
	}
	var options struct {
		Direction string `json:"direction"`
	}
	if err := a.read(1, &options); err != nil {
		return nil, err
	}
	if options.Direction == "" {
		_, err = p.connection.AddTransceiverFromKind(kind)
		return nil, err
	}
	_, err = p.connection.AddTransceiverFromKind(kind, webrtc.RTPTransceiverInit{
		Direction: webrtc.NewRTPTransceiverDirection(options.Direction),
	})
	return nil, err
}

func (p *peer) addTrack(a arguments) (any, error) {
	kind, err := a.kind()
	if err != nil {
		return nil, err
	}
	codec := webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8}
	if kind == webrtc.RTPCodecTypeAudio {
		codec.MimeType = webrtc.MimeTypeOpus
	}
	track, err := webrtc.NewTrackLocalStaticSample(codec, kind.String(), p.name)
	if err != nil {
		return nil, err
	}
	sender, err := p.connection.AddTrack(track)
	if err == nil {
		p.senders[kind] = sender
	}
	return nil, err
}

// removeTrack removes the first sender with a track of the kind, or else the one that addTrack
// returned last: it may be called again, or after close.
func (p *peer) removeTrack(a arguments) (any, error) {
	kind, err := a.kind()
	if err != nil {
		return nil, err
	}
	for _, sender := range p.connection.GetSenders() {
		if track := sender.Track(); track != nil && track.Kind() == kind {
			return nil, p.connection.RemoveTrack(sender)
		}
	}
	return nil, p.connection.RemoveTrack(p.senders[kind])
}

func (p *peer) createOffer(a arguments) (any, error) {
	var options *webrtc.OfferOptions
	if err := a.read(0, &options); err != nil {
		return nil, err
	}
	offer, err := p.connection.CreateOffer(options)
	return offer, err
}

func (p *peer) createAnswer(arguments) (any, error) {
	answer, err := p.connection.CreateAnswer(nil)
	return answer, err
}

func (p *peer) setLocalDescription(a arguments) (any, error) {
	var description webrtc.SessionDescription
	if err := a.read(0, &description); err != nil {
		return nil, err
	}
	return nil, p.connection.SetLocalDescription(description)
}

func (p *peer) setRemoteDescription(a arguments) (any, error) {
	var description webrtc.SessionDescription
	if err := a.read(0, &description); err != nil {
		return nil, err
	}
	return nil, p.connection.SetRemoteDescription(description)
}

// addIceCandidate adds a candidate. In Pion, the end of candidates is an empty one.
func (p *peer) addIceCandidate(a arguments) (any, error) {
	var candidate webrtc.ICECandidateInit
	if err := a.read(0, &candidate); err != nil {
		return nil, err
	}
	return nil, p.connection.AddICECandidate(candidate)
}

func (p *peer) setConfiguration(a arguments) (any, error) {
	text := json.RawMessage("{}")
	if len(a) > 0 {
		text = a[0]
	}
	configuration, err := parseConfiguration(text)
	if err != nil {
		return nil, err
	}
	return nil, p.connection.SetConfiguration(configuration)
}

func (p *peer) getStats(arguments) (any, error) {
	p.connection.GetStats()
	return nil, nil
}

func (p *peer) close(arguments) (any, error) {
	return nil, p.connection.Close()
}

// kind reads the first argument as a kind of media.
func (a arguments) kind() (webrtc.RTPCodecType, error) {
	var name string
	if err := a.read(0, &name); err != nil {
		return 0, err
	}
	kind := webrtc.NewRTPCodecType(name)
	if kind == 0 {
		return 0, typeError(errors.New("not a kind of media: " + name))
	}
	return kind, nil
}

// exception is an error as the protocol has it. Its name is that of Pion's type, if it is one of
// those that the W3C names, and otherwise Error.
func exception(err error) object {
	name := "Error"
	for cause := err; cause != nil; cause = errors.Unwrap(cause) {
		kind := reflect.TypeOf(cause)
		if kind.Kind() == reflect.Pointer && strings.HasSuffix(kind.Elem().PkgPath(), "/pkg/rtcerr") {
			name = kind.Elem().Name()
			break
		}
	}
	return object{"name": name, "message": err.Error()}
}

// typeError is what JavaScript throws where a value has the wrong type.
func typeError(err error) error {
	return &rtcerr.TypeError{Err: err}
}
