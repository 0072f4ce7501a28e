//! Adapters: what is seen through the protocol, and what comes of those that break it.
#![cfg(all(feature = "adapter", feature = "rtc", unix))]
#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test stops at the first surprise, as the test does"
)]

use std::time::{Duration, Instant};

use peerstate::adapter::check::{Outcome, check};
use peerstate::adapter::protocol::{Hello, Message, Request};
use peerstate::adapter::{Adapter, CommandLine, Joined};
use peerstate::implementation::{
    Call, Configuration, Implementation, PeerIndex, PeerSetup, Returned, Setup,
};
use peerstate::implementations::rtc::Rtc;
use peerstate::run::{self, Supported};
use peerstate::scenario::suite;
use rstest::rstest;

const TIMEOUT: Duration = Duration::from_secs(10);

fn adapter(arguments: &str) -> CommandLine {
    let command = format!("'{}' adapter {arguments}", env!("CARGO_BIN_EXE_peerstate"));
    CommandLine::parse(&command).unwrap()
}

fn served() -> CommandLine {
    adapter("serve rtc")
}

/// The whole suite through the protocol, against the same implementation without it.
#[test]
fn what_is_seen_through_the_protocol_is_what_is_seen_without_it() {
    let adapter = Adapter::open(served(), TIMEOUT).unwrap();
    let mut compared = 0;
    for scenario in suite::embedded().unwrap() {
        let both = (
            Supported::of(&scenario, &Rtc),
            Supported::of(&scenario, &adapter),
        );
        let (Ok(direct), Ok(through)) = both else {
            let lacking = [both.0.is_err(), both.1.is_err()];
            assert_eq!(lacking, [true; 2], "{}", scenario.id);
            continue;
        };
        let [direct, through] =
            [direct, through].map(|supported| run::run(&supported, None).unwrap());
        assert_eq!(
            through.trace.to_json_lines(),
            direct.trace.to_json_lines(),
            "{}",
            scenario.id
        );
        assert_eq!(through.end, direct.end, "{}", scenario.id);
        compared += 1;
    }
    assert!(compared > 100, "{compared} scenarios were compared");
}

#[rstest]
#[case::in_virtual_time("serve rtc")]
#[cfg_attr(feature = "webrtc-rs-tokio", case::in_real_time("webrtc-rs"))]
fn an_adapter_that_keeps_the_protocol_passes_every_exercise(#[case] arguments: &str) {
    let all = check(&adapter(arguments), TIMEOUT, |_| {}).unwrap();
    let mistakes: Vec<_> = all
        .iter()
        .filter(|one| matches!(one.outcome, Outcome::Mistake(_)))
        .collect();
    assert!(mistakes.is_empty(), "{mistakes:#?}");
    let passed = all.iter().filter(|one| one.outcome == Outcome::Passed);
    assert!(passed.count() > 15);
    // With a real clock, the network is the harness's own.
    let is_tried = all
        .iter()
        .any(|one| one.must.contains("capability network"));
    assert_eq!(is_tried, arguments == "serve rtc");
}

/// What an adapter does in place of answering `hello`, and what is reported.
#[rstest]
#[case::ends("exit 3", "the implementation ended: exit status: 3")]
#[case::ends_with_words(
    "echo no such stack >&2; exit 1",
    "its standard error ends with:\nno such stack"
)]
#[case::is_silent_and_closes("exec >&-; sleep 60", "it closed its standard output, and runs on")]
#[case::writes_no_json("echo hello", "wrote a line that is not JSON")]
#[case::writes_an_array("echo '[]'", "wrote a line that is not a message")]
#[case::writes_half_a_line(
    "printf '{\"id\":1'",
    "closed its standard output within a line; it wrote `{\"id\":1`"
)]
#[case::writes_no_utf8("printf '\\377\\n'", "wrote a line that is not UTF-8")]
#[case::writes_a_line_without_end("tr '\\0' x < /dev/zero", "wrote a line of more than 1 MiB")]
#[case::answers_another(
    "echo '{\"id\":7,\"result\":null}'",
    "answered request 7, which was not made"
)]
#[case::answers_nothing("echo '{\"id\":1}'", "with 0 of `result`, `error` and `unsupported`")]
#[case::answers_both(
    "echo '{\"id\":1,\"result\":null,\"unsupported\":\"x\"}'",
    "with 2 of `result`, `error` and `unsupported`"
)]
#[case::misspells(
    "echo '{\"id\":1,\"results\":null}'",
    "wrote an answer of a wrong shape"
)]
#[case::is_of_another_version(
    "echo '{\"id\":1,\"result\":{\"protocol\":2,\"implementation\":{\"name\":\"x\",\"version\":\"1\"},\"clock\":\"real\"}}'",
    "speaks version 2 of the protocol"
)]
#[case::claims_the_unknown(
    "echo '{\"id\":1,\"result\":{\"protocol\":1,\"implementation\":{\"name\":\"x\",\"version\":\"1\"},\"clock\":\"real\",\"capabilities\":[\"flying\"]}}'",
    "unknown variant `flying`"
)]
#[case::observes_the_unknown(
    "echo '{\"id\":1,\"result\":{\"protocol\":1,\"implementation\":{\"name\":\"x\",\"version\":\"1\"},\"clock\":\"real\",\"observes\":{\"event\":[]}}}'",
    "answered hello with `observes` that no trace has"
)]
#[case::speaks_first("echo '{\"log\":\"x\"}'", "wrote a message before it answered hello")]
fn an_adapter_that_does_not_introduce_itself_is_refused(
    #[case] script: &str,
    #[case] expected: &str,
) {
    let begun = Instant::now();
    let error = Adapter::open(CommandLine::of_words(["sh", "-c", script]), TIMEOUT);
    let error = error.err().unwrap().to_string();
    assert!(error.contains(expected), "{error}");
    assert!(begun.elapsed() < Duration::from_secs(30));
}

/// Every line of the conversation in `docs/adapters.md` is one that the harness writes or reads, and
/// is valid by the schema.
#[test]
fn the_conversation_of_the_page_is_one_of_the_protocol() {
    let page = include_str!("../../docs/adapters.md");
    let (_, rest) = page.split_once("```jsonl\n").unwrap();
    let (conversation, _) = rest.split_once("```").unwrap();
    let schema = jsonschema::validator_for(&peerstate::schemas::adapter()).unwrap();
    let mut requests = Vec::new();
    let mut answers = Vec::new();
    for line in conversation.lines() {
        let (side, line) = line.split_at(2);
        let value = serde_json::from_str(line).unwrap();
        assert!(schema.is_valid(&value), "{line}");
        if side == "> " {
            let request: Request = serde_json::from_value(value.clone()).unwrap();
            assert_eq!(serde_json::to_value(&request).unwrap(), value, "{line}");
            requests.push(request.id);
        } else if let Message::Answer(answer) = Message::parse(line).unwrap() {
            if answer.id == 1 {
                let _: Hello = serde_json::from_value(answer.result.unwrap()).unwrap();
            }
            answers.push(answer.id);
        }
    }
    assert_eq!(requests, answers);
    assert!(requests.len() > 7);
}

/// The schema accepts no line that the harness refuses.
#[rstest]
#[case::two_messages(r#"{"log":"x","entry":{}}"#)]
#[case::an_unknown_key(r#"{"id":1,"results":null}"#)]
#[case::an_unknown_message(r#"{"event":"x"}"#)]
#[case::a_list("[]")]
fn a_line_that_is_not_a_message_is_refused_by_both(#[case] line: &str) {
    let schema = jsonschema::validator_for(&peerstate::schemas::adapter()).unwrap();
    let value = serde_json::from_str(line).unwrap();
    assert!(!schema.is_valid(&value), "{line}");
    assert!(Message::parse(line).is_err(), "{line}");
}

/// A real clock, and no transports: what the shell can do.
const REAL: &str = r#""clock":"real","observes":{"events":["connectionstatechange"],"attributes":"live","tasks":true,"order":true,"transports":"some"},"capabilities":["media","rollback"]"#;
const OTHER: &str = r#""clock":"real","observes":{"events":["connectionstatechange","icecandidate"],"attributes":"argument","transports":"none"},"capabilities":["media"],"lacks":{"getStats":"later"}"#;
const VIRTUAL: &str = r#""clock":"virtual""#;

/// Opens an adapter that answers everything with nothing, and writes down which peers it creates.
fn answering(name: &str, more: &str) -> Adapter {
    let hello = format!(
        r#"{{"id":1,"result":{{"protocol":1,"implementation":{{"name":"{name}","version":"1"}},{more}}}}}"#
    );
    let script = r#"read r; echo "$0"; while read r; do id=${r#*:}; id=${id%%,*}; printf "%s" "$r" | tr -d "{}\"" | sed "s/.*/{\"log\":\"&\"}/"; echo; echo "{\"id\":$id,\"result\":null}"; done"#;
    Adapter::open(CommandLine::of_words(["sh", "-c", script, &hello]), TIMEOUT).unwrap()
}

#[test]
fn adapters_that_are_joined_get_their_own_peers_and_promise_what_both_keep() {
    let given = |peer: &str, name: &str, more| (peer.to_owned(), answering(name, more));
    let joined = Joined::new(vec![
        given("bob", "other", OTHER),
        given("alice", "one", REAL),
    ]);
    let joined = joined.unwrap();
    insta::with_settings!({
        snapshot_path => concat!(env!("CARGO_MANIFEST_DIR"), "/../snapshots"),
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        insta::assert_debug_snapshot!("adapter__joined", joined.profile());
    });
    let peers = ["alice", "bob", "carol"].map(|name| PeerSetup {
        name: name.to_owned(),
        configuration: Configuration::default(),
    });
    let setup = Setup {
        peers: peers.to_vec(),
        seed: 1,
    };
    let mut session = joined.start(&setup).unwrap();
    let close = session.call(PeerIndex(0), &Call::Close);
    assert_eq!(close.unwrap(), Returned::Ok);
    let notes: Vec<_> = session.take_entries();
    let notes: Vec<_> = notes
        .iter()
        .map(|entry| format!("{:?}", entry.what))
        .collect();
    let of = |peer: &str| -> Vec<_> {
        let create = format!("name:{peer}");
        notes.iter().filter(|note| note.contains(&create)).collect()
    };
    assert_eq!(of("bob"), of("carol"), "{notes:#?}");
    assert_ne!(of("alice"), of("bob"), "{notes:#?}");
    assert!(
        notes
            .iter()
            .any(|note| note.contains("peer:alice,method:close")),
        "{notes:#?}"
    );
}

#[rstest]
#[case::virtual_time("bob", VIRTUAL, "virtual runs in virtual time")]
#[case::two_of_one_peer("alice", REAL, "expected one adapter for alice, found two")]
fn what_can_not_be_joined_is_refused(
    #[case] peer: &str,
    #[case] more: &str,
    #[case] expected: &str,
) {
    let one = ("alice".to_owned(), answering("one", REAL));
    let other = (peer.to_owned(), answering("virtual", more));
    let error = Joined::new(vec![one, other]).err().unwrap().to_string();
    assert!(error.contains(expected), "{error}");
}
