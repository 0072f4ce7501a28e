//! Dumps made by hand: old versions of Chromium, libraries of the page, and what is rare.

use serde_json::{Value, json};

use super::{entries, internals, judge, notes, read, rtcstats};

#[test]
fn values_are_read_as_every_version_of_chromium_writes_them() {
    let quoted = [
        (
            "setLocalDescription",
            "{\"type\":\"offer\",\"sdp\":\"v=0\"}",
        ),
        ("onsignalingstatechange", "\"have-local-offer\""),
        ("setLocalDescriptionOnSuccess", ""),
        ("onicegatheringstatechange", "\"gathering\""),
        ("oniceconnectionstatechange", "\"checking\""),
        ("onconnectionstatechange", "\"connecting\""),
    ];
    let bare = [
        ("setLocalDescription", "type: offer, sdp: v=0"),
        ("signalingstatechange", "have-local-offer"),
        ("setLocalDescriptionOnSuccess", ""),
        ("icegatheringstatechange", "gathering"),
        ("iceconnectionstatechange", "checking"),
        ("connectionstatechange", "connecting"),
    ];
    let old = [
        ("setLocalDescription", "type: offer, sdp: v=0"),
        ("signalingStateChange", "SignalingStateHaveLocalOffer"),
        ("setLocalDescriptionOnSuccess", ""),
        ("iceGatheringStateChange", "\"new\" => \"gathering\""),
        ("iceConnectionStateChange", "ICEConnectionStateChecking"),
        ("connectionStateChange", "\"new\" => \"connecting\""),
    ];
    let [quoted, bare, old] = [quoted, bare, old].map(|log| read(internals(&log).as_bytes()).trace);
    assert_eq!(bare, quoted);
    assert_eq!(old, quoted);
    assert_eq!(quoted.entries.len(), 7);
}

/// Times of day are enough: they may be in any language and pass midnight.
#[test]
fn times_are_read_from_texts() {
    let at = |time: &str, kind: &str| json!({"type": kind, "value": "", "time": time});
    let log = [
        at("9/18/2025, 11:59:59 PM", "createOffer"),
        at("9/19/2025, 12:00:01 AM", "createOfferOnSuccess"),
        at("9/19/2025, 12:00:00 AM", "restartIce"),
    ];
    let dump = json!({"PeerConnections": {"1-1": {"updateLog": log}}});
    let recording = read(dump.to_string().as_bytes());
    let times = entries(&recording)
        .into_iter()
        .map(|entry| entry["at"].clone());
    assert_eq!(
        times.collect::<Vec<_>>(),
        [json!(0), json!(2000), json!(2000)]
    );
    let warnings: Vec<_> = recording
        .warnings
        .iter()
        .map(|w| w.message.as_str())
        .collect();
    assert_eq!(
        warnings,
        ["time runs backwards (once); the entry keeps the time before it"]
    );
}

/// What the native layer reports after `close()` is not dispatched, so it is not an event.
#[test]
fn a_closed_connection_has_no_more_events() {
    let log = [
        ("close", ""),
        ("onsignalingstatechange", "\"closed\""),
        ("oniceconnectionstatechange", "\"closed\""),
    ];
    let recording = read(internals(&log).as_bytes());
    assert_eq!(entries(&recording).len(), 1);
    let notes = notes(&recording);
    assert_eq!(
        notes[1],
        "the log has signalingstatechange `closed` after close()"
    );
    assert_eq!(notes.len(), 3);
    assert_eq!(judge(&recording).findings, []);
    // In the page it is one.
    let lines = "[\"create\",\"PC_0\",{},1795307591085]\n[\"close\",\"PC_0\",{},1795307591086]\n\
                 [\"onsignalingstatechange\",\"PC_0\",\"closed\",1795307591090]\n";
    let verdict = judge(&read(lines.as_bytes()));
    let found: Vec<_> = verdict
        .findings
        .iter()
        .map(|finding| finding.rule)
        .collect();
    assert_eq!(found, ["event/none-after-close"]);
}

/// When <chrome://webrtc-internals> is opened, Chromium writes the state of every connection as if it
/// had just changed.
#[test]
fn the_current_state_is_not_a_change() {
    let late = [
        ("setLocalDescription", "{\"type\":\"offer\"}"),
        ("setRemoteDescription", "{\"type\":\"answer\"}"),
        ("onsignalingstatechange", "\"stable\""),
        ("oniceconnectionstatechange", "\"connected\""),
        ("onconnectionstatechange", "\"connected\""),
        ("oniceconnectionstatechange", "\"disconnected\""),
        ("onconnectionstatechange", "\"disconnected\""),
        ("onicegatheringstatechange", "\"complete\""),
        ("setRemoteDescription", "{\"type\":\"offer\"}"),
        ("onsignalingstatechange", "\"have-remote-offer\""),
        ("setRemoteDescriptionOnSuccess", ""),
        // Opened again.
        ("setRemoteDescription", "{\"type\":\"offer\"}"),
        ("onsignalingstatechange", "\"have-remote-offer\""),
        ("oniceconnectionstatechange", "\"disconnected\""),
        ("onconnectionstatechange", "\"disconnected\""),
        ("setLocalDescription", "{\"type\":\"answer\"}"),
        ("onsignalingstatechange", "\"stable\""),
        ("setLocalDescriptionOnSuccess", ""),
    ];
    let recording = read(internals(&late).as_bytes());
    assert_eq!(judge(&recording).findings, []);
    assert_eq!(
        notes(&recording),
        [
            "connection 7-1 of https://example.org/; the log begins late, and the first value of \
             each state is not judged; not converted: 6 entries that repeat the current state"
        ]
    );
    assert_eq!(entries(&recording)[0]["reported"], "stable");
    // What comes later is judged.
    let mut wrong = late;
    wrong[16].1 = "\"have-local-offer\"";
    assert_ne!(judge(&read(internals(&wrong).as_bytes())).findings, []);
}

/// A description that can not be parsed is refused before earlier calls return.
#[test]
fn a_refusal_to_parse_is_a_call_of_its_own() {
    let log = [
        ("setRemoteDescription", "{\"type\":\"offer\"}"),
        ("setRemoteDescription", "{\"type\":\"answer\"}"),
        (
            "setRemoteDescriptionOnFailure",
            "Failed to parse SessionDescription. x",
        ),
        ("onsignalingstatechange", "\"have-remote-offer\""),
        ("setRemoteDescriptionOnSuccess", ""),
    ];
    let recording = read(internals(&log).as_bytes());
    let phases: Vec<_> = entries(&recording)
        .iter()
        .map(|e| e["phase"].clone())
        .collect();
    assert_eq!(
        phases,
        [json!("begin"), Value::Null, Value::Null, json!("end")]
    );
    assert_eq!(judge(&recording).findings, []);
}

#[test]
fn methods_of_rtcstats_js_may_be_numbers() {
    let dump = rtcstats(&[
        r#"[39,null,{"userAgentData":{"brands":[{"brand":"Chromium","version":"140"}]}},1758602115670]"#,
        r#"[39,"PC_0",{"iceServers":[]},30]"#,
        r#"[35,"PC_0",["chat"],1]"#,
        r#"[6,"PC_0",null,"6-0",1]"#,
        r#"[23,"PC_0","have-local-offer",4]"#,
        r#"[7,"PC_0",{"type":"offer","sdp":"v="},"6-0",0]"#,
        r#"["g","PC_0",{"a":{"t":1}},100]"#,
        r#"[8,"PC_0",{"type":"offer","sdp":"v="},"8-0",1]"#,
        r#"[15,"PC_0","InvalidStateError: no","8-0",1]"#,
        r#"[60,null,{"audio":true},"60-0",5]"#,
        r#"[70,"PC_0",null,5]"#,
        r#"[36,"PC_0",null,5]"#,
        r#"["close",null,1000,7]"#,
    ]);
    let recording = read(dump.as_bytes());
    assert_eq!(recording.warnings, []);
    let trace = &recording.trace;
    assert_eq!(trace.header.implementation.name, "Chromium");
    assert_eq!(trace.header.observes.order, Some(true));
    assert_eq!(trace.header.observes.actions, Some(true));
    let expected = [
        json!({"at": 1, "peer": "PC_0", "action": "createDataChannel", "from": "line 5"}),
        json!({"at": 2, "peer": "PC_0", "action": "setLocalDescription", "phase": "begin", "from": "line 6"}),
        json!({"at": 6, "peer": "PC_0", "event": "signalingstatechange", "state": {"signalingState": "have-local-offer"}, "from": "line 7"}),
        json!({"at": 6, "peer": "PC_0", "action": "setLocalDescription", "type": "offer", "phase": "end", "result": "ok", "from": "line 8"}),
        json!({"at": 107, "peer": "PC_0", "action": "setRemoteDescription", "type": "offer", "phase": "begin", "from": "line 10"}),
        json!({"at": 108, "peer": "PC_0", "action": "setRemoteDescription", "phase": "end", "result": {"error": "InvalidStateError"}, "from": "line 11"}),
        json!({"at": 123, "peer": "PC_0", "action": "close", "from": "line 14"}),
    ];
    assert_eq!(entries(&recording), expected);
    assert_eq!(judge(&recording).findings, []);
}

/// Chromium merges the logs of several processes, so that times go back from line to line.
#[test]
fn times_may_go_back_between_connections() {
    let dump = rtcstats(&[
        r#"["create","1-1",{},"https://a.example/",1795307591000]"#,
        r#"["createOffer","1-1",null,500]"#,
        r#"["create","1-2",{},"https://b.example/",-400.5]"#,
        r#"["createOffer","1-2",null,10]"#,
        r#"["createOfferOnSuccess","1-1",null,-50]"#,
    ]);
    let recording = read(dump.as_bytes());
    let shown: Vec<_> = entries(&recording)
        .iter()
        .map(|entry| (entry["peer"].clone(), entry["at"].clone()))
        .collect();
    let expected = [
        ("1-2", json!(109.5)),
        ("1-1", json!(500)),
        ("1-1", json!(500)),
    ];
    assert_eq!(shown, expected.map(|(peer, at)| (json!(peer), at)));
    assert_eq!(recording.warnings.len(), 1);
    assert_eq!(recording.trace.header.observes.order, Some(false));
}

/// What is not known is a warning; a state that the enum lacks is a deviation, as in a trace.
#[test]
fn nothing_unknown_is_skipped_in_silence() {
    let log = [
        ("teleport", ""),
        ("teleport", ""),
        ("setLocalDescription", ""),
        ("onconnectionstatechange", "\"conected\""),
    ];
    let recording = read(internals(&log).as_bytes());
    let [warning] = recording.warnings.as_slice() else {
        panic!("{:?}", recording.warnings);
    };
    assert_eq!(warning.line, 2);
    assert_eq!(
        warning.message,
        "`teleport` (2 times) is not known, and not converted"
    );
    let verdict = judge(&recording);
    assert_eq!(verdict.findings[0].rule, "value/known");
    let dump = rtcstats(&[
        r#"["create","1-1",{},1795307591000]"#,
        r#"["setLocalDescription","undefined-undefined",null,1]"#,
        r#"[99,"1-1",null,1]"#,
    ]);
    let warnings = read(dump.as_bytes()).warnings;
    let messages: Vec<_> = warnings
        .iter()
        .map(|warning| warning.message.as_str())
        .collect();
    assert_eq!(
        messages,
        [
            "`setLocalDescription` names no connection, and is not converted (once)",
            "`method 99` (once) is not known, and not converted"
        ]
    );
}

/// A page that is loaded again, and a log that begins in the middle.
#[test]
fn ids_may_come_again_and_begin_late() {
    let lines = r#"["onconnectionstatechange","PC_0","failed",1795307591000]
["create","PC_0",{},1795307592000]
["onconnectionstatechange","PC_0","connecting",1795307593000]
["create","PC_0",{},1795307594000]
["onconnectionstatechange","PC_0","connecting",1795307595000]"#;
    let recording = read(lines.as_bytes());
    assert_eq!(recording.trace.header.peers, ["PC_0", "PC_0#2"]);
    let cut = lines.split_once('\n').unwrap().0;
    assert_eq!(judge(&read(cut.as_bytes())).findings, []);
}
