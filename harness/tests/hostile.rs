//! Adapters that misbehave once they have introduced themselves: each is a fault of the run that says
//! what was wrong, within the time limit, and no process is left.
#![cfg(all(feature = "adapter", unix))]
#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test stops at the first surprise, as the test does"
)]

use std::fs;
#[cfg(target_os = "linux")]
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use peerstate::adapter::{Adapter, CommandLine};
use peerstate::implementation::{
    Call, Configuration, Fault, Implementation, PeerIndex, PeerSetup, Setup, StartError,
};
use peerstate::model::trace::At;
use rstest::rstest;

const REAL: &str = r#"{"id":1,"result":{"protocol":1,"implementation":{"name":"x","version":"1"},"clock":"real"}}"#;
const VIRTUAL: &str = r#"{"id":1,"result":{"protocol":1,"implementation":{"name":"x","version":"1"},"clock":"virtual"}}"#;

/// Longer than any step of these scripts takes, and waited for by none.
const LONG: Duration = Duration::from_secs(30);
/// As long as the adapters take that never answer.
const SHORT: Duration = Duration::from_millis(300);

const ALICE: PeerIndex = PeerIndex(0);

/// Starts an adapter that introduces itself and then runs a script of the shell.
fn open(hello: &str, script: &str, timeout: Duration) -> Adapter {
    let script = format!("read request; echo \"$0\"; {script}");
    Adapter::open(CommandLine::of_words(["sh", "-c", &script, hello]), timeout).unwrap()
}

/// Creates a peer, makes an offer, reads, and lets a moment pass: the first fault.
fn first_fault(adapter: &Adapter) -> Option<Fault> {
    let setup = Setup {
        peers: vec![PeerSetup {
            name: "alice".to_owned(),
            configuration: Configuration::default(),
        }],
        seed: 1,
    };
    let mut session = match adapter.start(&setup) {
        Err(StartError::Fault(fault)) => return Some(fault),
        other => other.unwrap(),
    };
    let offer = Call::CreateOffer { ice_restart: false };
    let moment = At::after(Duration::from_millis(1));
    session
        .call(ALICE, &offer)
        .map(drop)
        .and_then(|()| session.read(ALICE).map(drop))
        .and_then(|()| session.advance(moment).map(drop))
        .err()
}

/// What comes in place of the answer to `create`, which is request 2.
#[rstest]
#[case::another_answer(
    r#"echo '{"id":3,"result":null}'"#,
    "answered request 3, which was not made"
)]
#[case::an_old_answer(r#"echo '{"id":1,"result":null}'"#, "answered request 1 twice")]
#[case::no_number(
    r#"echo '{"id":"2","result":null}'"#,
    "wrote an answer of a wrong shape"
)]
#[case::a_negative_number(
    r#"echo '{"id":-2,"result":null}'"#,
    "wrote an answer of a wrong shape"
)]
#[case::an_empty_line("echo", "wrote a line that is not JSON")]
#[case::a_null_byte(r"printf '\000\n'", "wrote a line that is not JSON")]
#[case::a_byte_order_mark(
    r#"printf '\357\273\277{"id":2,"result":null}\n'"#,
    "wrote a line that is not JSON"
)]
#[case::two_messages_in_a_line(
    r#"echo '{"id":2,"result":null}{"id":2,"result":null}'"#,
    "wrote a line that is not JSON"
)]
#[case::deep(
    r"head -c 100000 /dev/zero | tr '\0' '['; echo",
    "wrote a line that is not JSON"
)]
#[case::half_an_answer(
    r#"printf '{"id":2,'; exit 0"#,
    "closed its standard output within a line"
)]
#[case::an_error_of_nobody(
    r#"echo '{"id":2,"error":{"name":"TypeError"}}'"#,
    "not with the `peer`"
)]
#[case::an_error_of_a_stranger(
    r#"echo '{"id":2,"error":{"name":"TypeError","peer":"bob"}}'"#,
    "not with the `peer`"
)]
#[case::an_undeclared_lack(
    r#"echo '{"id":2,"unsupported":"no"}'"#,
    "`hello` did not say that it lacks"
)]
#[case::an_error_that_is_text(
    r#"echo '{"id":2,"error":"TypeError"}'"#,
    "wrote an answer of a wrong shape"
)]
#[case::an_entry_of_nobody(
    r#"echo '{"entry":{"event":"connectionstatechange"}}'"#,
    "wrote an entry that no trace may have"
)]
#[case::an_entry_of_a_stranger(
    r#"echo '{"entry":{"peer":"bob","event":"connectionstatechange"}}'"#,
    "wrote an entry that no trace may have"
)]
#[case::an_entry_of_two_kinds(
    r#"echo '{"entry":{"peer":"alice","event":"x","action":"close"}}'"#,
    "wrote an entry that no trace may have"
)]
#[case::an_entry_that_is_a_list(r#"echo '{"entry":[]}'"#, "wrote a line that is not a message")]
#[case::an_unknown_attribute(r#"echo '{"entry":{"peer":"alice","event":"connectionstatechange","state":{"connection":"new"}}}'"#, "wrote an entry that no trace may have")]
#[case::a_candidate_of_a_stranger(
    r#"echo '{"candidate":{"peer":"bob","candidate":null}}'"#,
    "a candidate of `bob`, which was not created"
)]
#[case::a_candidate_without_text(
    r#"echo '{"candidate":{"peer":"alice","candidate":{"sdpMid":"0"}}}'"#,
    "wrote a candidate of a wrong shape"
)]
#[case::a_log_that_is_a_number(r#"echo '{"log":1}'"#, "wrote a line that is not a message")]
#[case::ended_by_a_signal("kill -9 $$", "signal: 9")]
#[case::ended_with_words("echo out of memory >&2; exit 1", "out of memory")]
#[case::standard_output_closed("exec >&-; sleep 600", "it closed its standard output")]
#[case::a_flood_of_notes(
    r#"yes '{"log":"x"}'"#,
    "wrote more than 100000 messages in one scenario"
)]
#[case::a_line_without_an_end(r"tr '\0' x < /dev/zero", "wrote a line of more than 1 MiB")]
#[case::a_flood_of_errors("yes >&2 & exit 7", "exit status: 7")]
fn create_is_answered_with_something_else(#[case] script: &str, #[case] expected: &str) {
    let adapter = open(REAL, &format!("read request; {script}; sleep 600"), LONG);
    let fault = first_fault(&adapter).unwrap().to_string();
    assert!(fault.contains(expected), "{fault}");
}

/// What comes in place of the answer to `createOffer`, which is request 3.
#[rstest]
#[case::no_description(r#"echo '{"id":3,"result":null}'"#, "answered createOffer without")]
#[case::no_sdp(
    r#"echo '{"id":3,"result":{"type":"offer"}}'"#,
    "answered createOffer without"
)]
#[case::an_unknown_type(
    r#"echo '{"id":3,"result":{"type":"offre","sdp":""}}'"#,
    "answered createOffer without"
)]
#[case::an_undeclared_lack(
    r#"echo '{"id":3,"unsupported":"no"}'"#,
    "answered that createOffer is unsupported (no)"
)]
#[case::a_state_of_numbers(
    r#"echo '{"id":3,"result":{"type":"offer","sdp":""},"state":{"connectionState":1}}'"#,
    "wrote an entry that no trace may have"
)]
#[case::a_state_that_is_a_list(
    r#"echo '{"id":3,"result":{"type":"offer","sdp":""},"state":[]}'"#,
    "wrote an answer of a wrong shape"
)]
#[case::unknown_transports(
    r#"echo '{"id":3,"result":{"type":"offer","sdp":""},"state":{},"transports":[{"ICE":"new"}]}'"#,
    "wrote an entry that no trace may have"
)]
#[case::a_second_answer_to_create(r#"echo '{"id":2,"result":null}'"#, "answered request 2 twice")]
#[case::the_end("exit 0", "the implementation ended: exit status: 0")]
#[case::the_end_within_a_line(
    r#"printf '{"id":3'; exit 0"#,
    "closed its standard output within a line"
)]
fn a_call_is_answered_with_something_else(#[case] script: &str, #[case] expected: &str) {
    let script = format!(
        r#"read request; echo '{{"id":2,"result":null}}'; read request; {script}; sleep 600"#
    );
    let fault = first_fault(&open(REAL, &script, LONG)).unwrap().to_string();
    assert!(fault.contains(expected), "{fault}");
}

const OFFERED: &str = r#"read r; echo '{"id":2,"result":null}'; read r; echo '{"id":3,"result":{"type":"offer","sdp":""}}'; read r; "#;

/// What comes in place of the answer to `read`, which is request 4.
#[rstest]
#[case::no_result(
    r#"echo '{"id":4,"error":{"name":"x"}}'"#,
    "answered read without a result"
)]
#[case::nothing(r#"echo '{"id":4,"result":null}'"#, "wrote a reading of a wrong shape")]
#[case::an_unknown_key(
    r#"echo '{"id":4,"result":{"states":{}}}'"#,
    "wrote a reading of a wrong shape"
)]
fn a_reading_is_something_else(#[case] script: &str, #[case] expected: &str) {
    let adapter = open(REAL, &format!("{OFFERED}{script}; sleep 600"), LONG);
    let fault = first_fault(&adapter).unwrap().to_string();
    assert!(fault.contains(expected), "{fault}");
}

/// What comes in place of the answer to `advance`, which is request 5.
#[rstest]
#[case::no_moment(r#"echo '{"id":5,"result":null}'"#, "answered advance without `at`")]
#[case::too_early(r#"echo '{"id":5,"result":null,"at":0.5}'"#, "before its time")]
#[case::the_past(
    r#"echo '{"id":5,"result":null,"at":-1}'"#,
    "wrote the moment -1 ms after 0 ms"
)]
#[case::no_number(
    r#"echo '{"id":5,"result":null,"at":"1"}'"#,
    "wrote an answer of a wrong shape"
)]
#[case::beyond_any_time(r#"echo '{"id":5,"result":null,"at":1e300}'"#, "wrote the moment")]
#[case::an_entry_of_the_past(
    r#"echo '{"entry":{"peer":"alice","event":"x","at":5}}'; echo '{"entry":{"peer":"alice","event":"x","at":4}}'"#,
    "wrote the moment 4 ms after 5 ms"
)]
fn virtual_time_does_something_else(#[case] script: &str, #[case] expected: &str) {
    let script = format!(
        r#"{OFFERED}echo '{{"id":4,"result":{{"state":{{}}}}}}'; read r; {script}; sleep 600"#
    );
    let fault = first_fault(&open(VIRTUAL, &script, LONG))
        .unwrap()
        .to_string();
    assert!(fault.contains(expected), "{fault}");
}

/// Adapters that never answer.
#[rstest]
#[case::silent("sleep 600")]
#[case::deaf("exec <&-; sleep 600")]
#[case::half_a_line(r#"printf '{"id":2'; sleep 600"#)]
#[case::byte_by_byte(r"while :; do printf x; sleep 0.1; done")]
#[case::busy_talking(r#"while :; do echo '{"log":"x"}'; sleep 0.1; done"#)]
#[case::unkillable("trap '' TERM INT HUP; while :; do sleep 1; done")]
fn an_adapter_that_does_not_answer_is_left_in_time(#[case] script: &str) {
    let adapter = open(REAL, &format!("read request; {script}"), SHORT);
    let begun = Instant::now();
    let fault = first_fault(&adapter).unwrap().to_string();
    assert!(fault.contains("create was not answered within"), "{fault}");
    assert!(begun.elapsed() < LONG, "{:?}", begun.elapsed());
}

/// After a fault, the next scenario gets a new process.
#[test]
fn the_next_scenario_is_not_affected() {
    let folder = tempfile::tempdir().unwrap();
    let first = folder.path().join("first");
    let script = format!(
        r#"read r; if mkdir {first}; then exit 5; fi; echo '{{"id":2,"result":null}}'; read r; exit 6"#,
        first = first.display(),
    );
    let adapter = open(REAL, &script, LONG);
    let faults = [(); 2].map(|()| first_fault(&adapter).unwrap().to_string());
    assert!(faults[0].contains("exit status: 5"), "{faults:?}");
    assert!(faults[1].contains("exit status: 6"), "{faults:?}");
}

/// Whether a process is there, and not merely waiting for its end to be noticed.
fn is_running(process: &str) -> bool {
    let stat = fs::read_to_string(Path::new("/proc").join(process).join("stat"));
    stat.is_ok_and(|stat| !stat.contains(") Z "))
}

/// Waits for something that another process does.
fn until(what: &str, is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < LONG, "waited for {what}");
        std::thread::yield_now();
    }
}

/// A child of the adapter that ignores signals, whose process id is written to a file.
fn with_a_child(file: &Path) -> String {
    let file = file.display();
    format!(
        "(trap '' TERM INT HUP; while :; do sleep 1; done) & echo $! > {file}.new; mv {file}.new {file}; "
    )
}

#[cfg(target_os = "linux")]
#[test]
fn no_child_of_an_adapter_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("child");
    let adapter = open(
        REAL,
        &format!("read r; {} exit 1", with_a_child(&file)),
        LONG,
    );
    assert!(first_fault(&adapter).is_some());
    until("the child", || file.exists());
    let child = fs::read_to_string(&file).unwrap().trim().to_owned();
    drop(adapter);
    until("the end of the child", || !is_running(&child));
}

/// A signal that ends the harness ends its adapters, and their children, first. `how` is what the
/// harness is started with: this test itself may ignore signals, as a background job does.
#[cfg(target_os = "linux")]
#[rstest]
#[case::interrupted("--default-signal", "INT", 2)]
#[case::terminated("--default-signal", "TERM", 15)]
#[case::without_a_terminal("--default-signal", "HUP", 1)]
#[case::by_nohup("--ignore-signal=HUP", "TERM", 15)]
fn an_interrupted_run_leaves_no_process(
    #[case] how: &str,
    #[case] name: &str,
    #[case] signal: i32,
) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("child");
    let script = format!("read r; echo '{REAL}'; {} sleep 600", with_a_child(&file));
    fs::write(folder.path().join("adapter.sh"), script).unwrap();
    let mut run = Command::new("env")
        .args([how, env!("CARGO_BIN_EXE_peerstate"), "run", "close/fresh"])
        .args(["--timeout", "600", "--adapter", "sh adapter.sh"])
        .current_dir(folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let kill = |name: &str| {
        let sent = Command::new("kill")
            .args([&format!("-{name}"), &run.id().to_string()])
            .status();
        assert!(sent.unwrap().success());
    };
    until("the child", || file.exists());
    let child = fs::read_to_string(&file).unwrap().trim().to_owned();
    if how == "--ignore-signal=HUP" {
        kill("HUP");
    }
    assert!(is_running(&child));
    kill(name);
    let status = run.wait().unwrap();
    assert_eq!(status.signal(), Some(signal), "{status}");
    until("the end of the child", || !is_running(&child));
}
