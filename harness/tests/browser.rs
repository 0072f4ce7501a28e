//! Browsers as adapters: they keep the protocol, give the listed results, and leave nothing behind.
//!
//! They take a minute in real time, so only the browsers that `PEERSTATE_ADAPTERS` names are tested, as
//! in `PEERSTATE_ADAPTERS=chromium,firefox`; these must be installed. For the others, the test prints
//! that it was skipped.
#![cfg(all(feature = "browser", target_os = "linux"))]
#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test stops at the first surprise, as the test does"
)]

mod installed;

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use installed::TIMEOUT;
use peerstate::adapter::{Adapter, CommandLine};
use rstest::rstest;

/// A connection, a handshake that fails, and an exchange of descriptions alone. They are among the
/// shortest of their kind: the clock is real.
const SCENARIOS: [&str; 3] = [
    "dtls/offer-setup-active",
    "dtls/wrong-fingerprint-in-answer",
    "negotiation/round",
];

/// How long processes that were killed may take to be gone.
const LONGEST_END: Duration = Duration::from_secs(10);

/// What marks the processes of a test, in their environment.
const MARK: &str = "PEERSTATE_TEST";

const PEERSTATE: &str = env!("CARGO_BIN_EXE_peerstate");

/// Whether a browser is to be tested.
fn is_tested(name: &str) -> bool {
    if !installed::is_named(name) {
        eprintln!("skipped: {name}; PEERSTATE_ADAPTERS={name} tests it");
        return false;
    }
    let programs: &[&str] = match name {
        "chromium" => &["chromium", "chromium-browser", "google-chrome", "chrome"],
        _ => &["firefox-esr", "firefox"],
    };
    let path = std::env::var_os("PATH").unwrap_or_default();
    let is_installed = std::env::split_paths(&path)
        .any(|folder| programs.iter().any(|one| folder.join(one).is_file()));
    assert!(
        is_installed,
        "PEERSTATE_ADAPTERS names {name}, which is not installed: install it, on Debian with \
         `apt-get install chromium firefox-esr`"
    );
    true
}

fn of(name: &str) -> CommandLine {
    CommandLine::parse(&format!("'{PEERSTATE}' adapter browser {name}")).unwrap()
}

#[rstest]
#[case("chromium")]
#[case("firefox")]
fn it_keeps_the_protocol(#[case] name: &str) {
    if !is_tested(name) {
        return;
    }
    installed::assert_keeps_the_protocol(&of(name));
}

/// Which deviations a run shows may depend on the time; that all of them are listed may not.
#[rstest]
#[case("chromium")]
#[case("firefox")]
fn it_deviates_only_as_listed(#[case] name: &str) {
    if !is_tested(name) {
        return;
    }
    for one in installed::judged(name, of(name), &SCENARIOS) {
        let unlisted: Vec<_> = one
            .findings_known(false)
            .into_iter()
            .map(|finding| format!("{}: {}", finding.rule, finding.message))
            .collect();
        assert!(unlisted.is_empty(), "{}: {unlisted:#?}", one.scenario);
        let result = one.result.to_string();
        let is_expected = matches!(result.as_str(), "pass" | "known");
        assert!(is_expected, "{}: {result}", one.scenario);
    }
}

/// The processes that a test has marked: their ids, and the folders for temporary files they have.
fn marked(mark: &str) -> (BTreeSet<u32>, BTreeSet<PathBuf>) {
    let (mut ids, mut folders) = (BTreeSet::new(), BTreeSet::new());
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let id = entry.file_name().to_string_lossy().parse();
        // A process may end while it is read; one that has ended has no environment.
        let (Ok(id), Ok(environment)) = (id, fs::read(entry.path().join("environ"))) else {
            continue;
        };
        let environment = String::from_utf8_lossy(&environment).into_owned();
        if environment
            .split('\0')
            .any(|one| one == format!("{MARK}={mark}"))
        {
            ids.insert(id);
            let folder = environment
                .split('\0')
                .find_map(|one| one.strip_prefix("TMPDIR="));
            folders.extend(folder.map(PathBuf::from));
        }
    }
    (ids, folders)
}

/// Waits until no marked process is left.
fn await_end_of(mark: &str) {
    let deadline = Instant::now() + LONGEST_END;
    loop {
        let (left, _) = marked(mark);
        if left.is_empty() {
            return;
        }
        assert!(Instant::now() < deadline, "these are left: {left:?}");
        std::thread::yield_now();
    }
}

#[rstest]
#[case("chromium")]
#[case("firefox")]
fn the_harness_leaves_nothing_of_it(#[case] name: &str) {
    if !is_tested(name) {
        return;
    }
    let mark = format!("killed-{name}-{}", std::process::id());
    let words = format!("env {MARK}={mark} '{PEERSTATE}' adapter browser {name}");
    let adapter = Adapter::open(CommandLine::parse(&words).unwrap(), TIMEOUT).unwrap();
    let (ids, folders) = marked(&mark);
    assert!(ids.len() > 2, "an adapter and a browser run, not {ids:?}");
    assert!(folders.iter().all(|folder| folder.is_dir()), "{folders:?}");
    drop(adapter);
    await_end_of(&mark);
    for folder in folders {
        assert!(!folder.exists(), "{} is left", folder.display());
    }
}

/// An adapter that has answered `hello`, outside the harness, with a folder for temporary files.
fn introduced(name: &str, mark: &str, folder: &Path) -> Child {
    let mut child = Command::new(PEERSTATE)
        .args(["adapter", "browser", name])
        .env(MARK, mark)
        .env("TMPDIR", folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let hello =
        r#"{"id":1,"request":"hello","protocol":1,"harness":{"name":"test","version":"1"}}"#;
    writeln!(child.stdin.as_mut().unwrap(), "{hello}").unwrap();
    let mut answer = String::new();
    let mut lines = BufReader::new(child.stdout.as_mut().unwrap());
    lines.read_line(&mut answer).unwrap();
    assert!(answer.contains(r#""result""#), "{answer}");
    child
}

#[rstest]
#[case("chromium")]
#[case("firefox")]
fn the_end_of_its_input_ends_it(#[case] name: &str) {
    if !is_tested(name) {
        return;
    }
    let mark = format!("ended-{name}-{}", std::process::id());
    let folder = tempfile::tempdir().unwrap();
    let mut child = introduced(name, &mark, folder.path());
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
    await_end_of(&mark);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[rstest]
#[case("chromium")]
#[case("firefox")]
fn it_ends_with_its_browser(#[case] name: &str) {
    if !is_tested(name) {
        return;
    }
    let mark = format!("crashed-{name}-{}", std::process::id());
    let folder = tempfile::tempdir().unwrap();
    let mut child = introduced(name, &mark, folder.path());
    // Its input does not end.
    let _input = child.stdin.take();
    let (mut browser, _) = marked(&mark);
    browser.remove(&child.id());
    let ids = browser.iter().map(u32::to_string);
    // A process may end with those before it.
    Command::new("kill").arg("-9").args(ids).output().unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains("ended before standard input did"), "{said}");
    await_end_of(&mark);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[rstest]
#[case("nowhere", "found none of nowhere")]
#[case("test", "`test --version` to write a version")]
fn a_program_that_is_no_browser_is_refused(#[case] binary: &str, #[case] said: &str) {
    let output = Command::new(PEERSTATE)
        .args(["adapter", "browser", "chromium", "--binary", binary])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{stderr}");
    assert!(stderr.contains(said), "{stderr}");
}
