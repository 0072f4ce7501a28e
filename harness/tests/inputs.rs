//! Files as users name them: too long, endless, in another encoding, with duplicate keys, with
//! names that a terminal would interpret. Each gets an answer, in a line that says what to do.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test stops at the first surprise, as the test does"
)]

mod called;
#[macro_use]
mod snapshot;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use called::{Called, call};
use rstest::rstest;
use tempfile::TempDir;

const SCENARIO: &str = "title: x\nsteps: [{alice: close}]\n";
const EDITION: &str = include_str!("../../model/editions/repaired.yaml");
const KNOWN: &str =
    "- {rule: event/order, scenarios: [ice/restart-method], reason: r, since: '1'}\n";
const TRACE: &str = "{\"trace\": 1, \"implementation\": {\"name\": \"x\", \"version\": \"1\"}, \
                     \"clock\": \"virtual\", \"peers\": [\"alice\"]}\n";

/// The ways in which a user names a file, each with a good file.
const WAYS: [(&[&str], &str); 8] = [
    (&["run"], SCENARIO),
    (&["run", "close/fresh", "--known"], KNOWN),
    (&["run", "close/fresh", "--edition"], EDITION),
    (&["judge"], TRACE),
    (&["judge", "good.jsonl", "--edition"], EDITION),
    (&["lint"], EDITION),
    (&["diff", "repaired"], EDITION),
    (&["check", "--transports", "0", "--edition"], EDITION),
];

/// A folder with files, in which commands run.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        folder.with("good.jsonl", TRACE)
    }

    fn with(self, name: &str, bytes: impl AsRef<[u8]>) -> Self {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        self
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Returns what a call prints, and its exit status. Standard input is empty.
    fn run(&self, arguments: &[&str]) -> String {
        self.run_with(arguments, b"")
    }

    fn run_with(&self, arguments: &[&str], input: &[u8]) -> String {
        let Called { out, err, status } = call(self.path(), arguments, input);
        format!("{out}{err}exit status {status}\n")
    }
}

/// What each way of naming a file reports if the file can not be read.
fn of_every_way(folder: &Folder, file: &str) -> String {
    let mut all = String::new();
    for (way, _) in WAYS {
        let said = folder.run(&[way, &[file]].concat());
        assert!(said.ends_with("exit status 2\n"), "{way:?}: {said}");
        let said = said.lines().next().unwrap();
        writeln!(all, "{}\n  {said}", way.join(" ")).unwrap();
    }
    all
}

#[test]
fn what_can_not_be_read_is_refused_alike_everywhere() {
    let utf16: Vec<u8> = SCENARIO.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let folder = Folder::new()
        .with("folder/inside", "")
        .with("utf16.yaml", [&[0xff, 0xfe], &utf16[..]].concat())
        .with("long.yaml", vec![b'a'; 33 << 20]);
    let mut all = String::new();
    for file in ["folder", "none/x.yaml", "utf16.yaml", "long.yaml"] {
        writeln!(all, "--- {file}\n{}", of_every_way(&folder, file)).unwrap();
    }
    snapshot!("inputs__unreadable", all);
}

#[test]
fn bytes_that_are_no_utf8_have_their_place() {
    let folder = Folder::new().with("latin1.yaml", b"\xef\xbb\xbftitle:\n  caf\xe9\n");
    for (way, _) in WAYS {
        let said = folder.run(&[way, &["latin1.yaml"]].concat());
        assert!(
            said.starts_with("latin1.yaml:2:6: expected UTF-8, "),
            "{way:?}: {said}"
        );
        assert!(said.ends_with("exit status 2\n"), "{way:?}: {said}");
    }
}

/// The columns of the first line are those that a person counts.
#[rstest]
#[case(&["run"], "{titel: x}", "file:1:2: unknown key `titel`, did you mean `title`?")]
#[case(&["lint"], "{idd: x}", "file:1:2: unknown key `idd`, did you mean `id`?")]
#[case(&["run", "--known"], "[{rulle: x}]", "file:1:3: unknown key `rulle`, did you mean `rule`?")]
fn a_byte_order_mark_is_skipped(#[case] way: &[&str], #[case] text: &str, #[case] problem: &str) {
    let folder = Folder::new().with("file", format!("\u{feff}{text}"));
    let said = folder.run(&[way, &["./file"]].concat());
    assert!(said.contains(problem), "{said}");
}

#[cfg(unix)]
mod pipes {
    use super::*;

    fn make_fifo(path: &Path) {
        let made = Command::new("mkfifo").arg(path).status().unwrap();
        assert!(made.success());
    }

    /// Nobody writes to the pipe, so a reader that opened it would wait forever.
    #[test]
    fn in_a_folder_of_scenarios_they_are_refused() {
        let folder = Folder::new().with("mine/good.yaml", SCENARIO);
        make_fifo(&folder.path().join("mine/pipe.yaml"));
        assert_eq!(
            folder.run(&["run", "mine"]),
            "mine/pipe.yaml: this is a pipe, a socket or a device, not a file; remove it from the \
             folder, or name it directly\nexit status 2\n"
        );
        fs::remove_file(folder.path().join("mine/pipe.yaml")).unwrap();
        std::os::unix::fs::symlink("/dev/zero", folder.path().join("mine/zero.yaml")).unwrap();
        let said = folder.run(&["run", "mine"]);
        assert!(said.starts_with("mine/zero.yaml: this is a pipe"), "{said}");
    }

    #[rstest]
    fn named_by_themselves_they_are_read(#[values(0, 1, 2, 3, 4, 5, 6, 7)] place: usize) {
        let (way, text) = WAYS[place];
        let folder = Folder::new().with("file", text);
        let path = folder.path().join("pipe");
        make_fifo(&path);
        let writer = std::thread::spawn(move || fs::write(path, text));
        let of_pipe = folder.run(&[way, &["./pipe"]].concat());
        writer.join().unwrap().unwrap();
        let of_file = folder.run(&[way, &["./file"]].concat());
        let status = |said: &str| said.lines().last().unwrap().to_owned();
        assert!(status(&of_file) != "exit status 2", "{of_file}");
        assert_eq!(status(&of_pipe), status(&of_file), "{of_pipe}");
        let of_stdin = folder.run_with(&[way, &["/dev/stdin"]].concat(), text.as_bytes());
        assert_eq!(status(&of_stdin), status(&of_file), "{of_stdin}");
    }

    #[test]
    fn without_an_end_they_are_read_up_to_the_limit() {
        snapshot!("inputs__endless", of_every_way(&Folder::new(), "/dev/zero"));
    }
}

#[rstest]
#[case(&["run"], "title: x\nsteps: [{alice: {close: , fails: TypeError, fails: DataError}}]\n", "2:45: duplicate key `fails`, first at 2:27")]
#[case(&["run"], "title: x\nsteps: [{alice: close}]\npeers: {alice: , bob: , alice: }\n", "3:25: duplicate key `alice`, first at 3:9")]
#[case(&["run"], "title: x\ntitle: y\nsteps: [{alice: close}]\n", "2:1: duplicate key `title`, first at 1:1")]
#[case(&["run", "--known"], "- {rule: error, rule: error, scenarios: ['*'], reason: r, since: '1'}\n", "1:17: duplicate key `rule`, first at 1:4")]
#[case(&["lint"], "id: x\nenums: {}\nid: y\n", "3:1: duplicate key `id`, first at 1:1")]
fn duplicate_keys_are_refused(#[case] way: &[&str], #[case] text: &str, #[case] problem: &str) {
    let said = Folder::new()
        .with("file", text)
        .run(&[way, &["./file"]].concat());
    assert!(said.contains(&format!("file:{problem}\n")), "{said}");
    assert!(said.ends_with("exit status 2\n"), "{said}");
}

/// Whatever the name and the content of a file are, nothing moves the terminal's cursor.
#[test]
fn names_and_texts_are_escaped() {
    let name = "a\u{1b}[2J\n\u{202e}b.yaml";
    let text =
        "title: x\n\"k\\e\\n\": 1\nsteps: [{\"\\u202ealice\": close}, {alice: \"clo\\u2028se\"}]\n";
    let folder = Folder::new().with(name, text);
    snapshot!("inputs__escaped", folder.run(&["run", name]));
    let mut all: Vec<String> = WAYS
        .iter()
        .map(|&(way, _)| folder.run(&[way, &[name]].concat()))
        .collect();
    all.push(folder.run(&["run", "no\u{1b}\u{202e}ne"]));
    all.push(folder.run(&["derive", "--edition", "repaired", "(\u{9b}new,new)"]));

    let note = "notes: [\"one\\n\\u202etwo\"]";
    let draft = format!("{note}\n{}", EDITION.replace("\nnotes:", "\nchanges:"));
    let folder = Folder::new().with(name, draft);
    let said = folder.run(&["lint", "--details", name]);
    assert!(said.contains("\n  note: one\\n\\u{202e}two\n"), "{said}");
    all.push(said);
    all.push(folder.run(&["lint", "--format", "markdown", name]));
    all.push(folder.run(&["derive", "--edition", name, "(new,new)"]));
    all.push(folder.run(&["diff", "repaired", name]));
    all.push(folder.run(&["diff", "--all", name]));
    let obeyed = |c: &char| (c.is_control() && *c != '\n') || ['\u{202e}', '\u{2028}'].contains(c);
    for said in all {
        assert_eq!(said.chars().find(obeyed), None, "{said}");
        let is_broken = said.lines().any(|line| line.starts_with("b.yaml"));
        assert!(!is_broken, "the name breaks its line: {said}");
    }
}

#[test]
fn a_scenario_has_at_most_sixteen_peers() {
    let scenario = |count: usize| {
        let peers: String = (0..count).map(|n| format!("  p{n}:\n")).collect();
        format!("title: x\npeers:\n{peers}steps: [{{p0: close}}]\n")
    };
    let folder = Folder::new()
        .with("16.yaml", scenario(16))
        .with("17.yaml", scenario(17));
    let said = folder.run(&["run", "16.yaml"]);
    assert!(said.ends_with("exit status 0\n"), "{said}");
    assert_eq!(
        folder.run(&["run", "17.yaml"]),
        "17.yaml:3:3: a scenario has at most 16 peers; found 17\nexit status 2\n"
    );
}

/// Tries a misspelling of every word that has alternatives.
#[test]
fn a_slip_in_a_word_is_met_with_what_was_meant_and_what_there_is() {
    let scenario = "\
title: x
requires: [netwrok]
peers:
  alice: {iceTransportPolicy: realy, bundlePolicy: max-bundel, rtcpMuxPolicy: requir}
  bob: {harness: {certificate: ecsda}}
steps:
  - alice: {addTransceiver: {kind: vidoe, direction: sendreev}}
  - alice: {addTrack: audo}
  - alice: {setLocalDescription: {type: ofer}}
  - alice: {setLocalDescription: {alter: {setup: pasive, fingerprint: wrng}}}
  - alice: {setLocalDescription: {alter: {bundle: non, candidates: nnoe}}}
  - alice: creatOffer
  - alice: close
    fails: InvalidStateEror
  - negotiate: {offerer: alcie, answerer: bbo}
  - network: restor
  - expect: {peer: bob, connectionState: conected, iceConnectionState: complete}
  - expect: {peer: bob, iceGatheringState: gatherin, signalingState: stabel}
  - expect: {peer: bob, iceTransportState: cheking, dtlsTransportState: conecting}
  - expect: {peer: bob, events: [trak], never: icecandidat, during: 1s}
";
    let known = "- {rule: event/ordr, scenarios: ['*'], reason: r, since: '1'}\n";
    let edition = EDITION
        .replacen("mode: first_match", "mode: first_mach", 1)
        .replacen("{any: {ice: [failed]", "{any: {ice: [faild]", 1)
        .replacen("{closed: true}", "{closd: true}", 1)
        .replacen("transport_set_change", "transport_set_chnage", 1)
        .replacen("order: [closed", "order: [closd", 1)
        .replacen(
            "enum: RTCPeerConnectionState",
            "enum: RTCPeerConectionState",
            1,
        );
    let folder = Folder::new()
        .with("scenario.yaml", scenario)
        .with("known.yaml", known)
        .with("edition.yaml", edition);
    let mut all = folder.run(&["run", "scenario.yaml"]);
    all += &folder.run(&["lint", "edition.yaml"]);
    all += &folder.run(&["run", "--format", "jsn"]);
    all += &folder.run(&["run", "--impl", "webrtc-r"]);
    all += &folder.run(&[
        "diff",
        "--enum",
        "RTCIceConectionState",
        "repaired",
        "mdn-ko",
    ]);
    snapshot!("inputs__slips", all);
    let said = folder.run(&["run", "--known", "known.yaml"]);
    let expected = "known.yaml:1:10: there is no rule `event/ordr`, did you mean `event/order`? \
                    (known: connection-state/derivation, ";
    assert!(said.starts_with(expected), "{said}");
    let said = folder.run(&["schema", "knwon"]);
    assert!(said.contains("a similar value exists: 'known'"), "{said}");
}

#[test]
fn traces_that_can_not_be_written_are_a_matter_of_the_folder() {
    let folder = Folder::new()
        .with("file", "")
        .with("taken/close/fresh.jsonl/inside", "")
        .with("one/x.yaml", SCENARIO)
        .with("two/x.yaml", SCENARIO.replace("alice", "bob"))
        .with("a/scenarios/x.yaml", SCENARIO)
        .with("b/scenarios/x.yaml", SCENARIO.replace("alice", "bob"));
    let mut all = String::new();
    for arguments in [
        &["close/fresh", "--trace-dir", "file"][..],
        &["close/fresh", "--trace-dir", "file/below"],
        &["close/fresh", "--trace-dir", "taken"],
        &["a", "b", "--trace-dir", "new"],
    ] {
        let said = folder.run(&[&["run", "--format", "junit"], arguments].concat());
        writeln!(all, "{}\n{said}", arguments.join(" ")).unwrap();
    }
    snapshot!("inputs__trace_dir", all);
    let said = folder.run(&["run", "one", "two", "--trace-dir", "new/er"]);
    assert!(said.ends_with("exit status 0\n"), "{said}");
    assert!(folder.path().join("new/er/one/x.jsonl").is_file());
    assert!(folder.path().join("new/er/two/x.jsonl").is_file());
}

/// A known deviation of one peer does not excuse the other.
#[test]
fn a_known_deviation_may_be_of_one_peer() {
    let entry = |peer: &str| {
        format!(
            "- id: too-early\n  rule: scenario/expectation\n  peer: {peer}\n  \
             scenarios: [x]\n  reason: r\n  since: '1'\n"
        )
    };
    let scenario =
        "title: x\nsteps: [{expect: {peer: bob, connectionState: connected, within: 1s}}]\n";
    let folder = Folder::new()
        .with("x.yaml", scenario)
        .with("alice.yaml", entry("alice"))
        .with("bob.yaml", entry("bob"));
    let said = folder.run(&["run", "x.yaml", "--known", "bob.yaml"]);
    assert!(
        said.contains("; 1 deviation, known\n") && said.ends_with("exit status 0\n"),
        "{said}"
    );
    let said = folder.run(&["run", "x.yaml", "--known", "alice.yaml"]);
    assert!(
        said.contains("\nfail ") && said.ends_with("exit status 1\n"),
        "{said}"
    );
}
