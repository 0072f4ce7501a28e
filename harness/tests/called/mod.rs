//! Calls of the binary, as users make them.

use std::ffi::OsStr;
use std::fmt;
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::process::{Command, Stdio};

/// What a call printed, and its exit status.
pub(crate) struct Called {
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) status: i32,
}

impl fmt::Display for Called {
    /// Everything, one after the other; `{:#}` marks where standard error begins.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { out, err, status } = self;
        let mark = if f.alternate() && !err.is_empty() {
            "--- standard error\n"
        } else {
            ""
        };
        writeln!(f, "{out}{mark}{err}--- exit status {status}")
    }
}

/// Calls the binary in a folder, with this on standard input.
pub(crate) fn call(
    folder: &(impl AsRef<Path> + ?Sized),
    arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
    input: impl AsRef<[u8]>,
) -> Called {
    let mut command = command(folder, arguments);
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    let written = child.stdin.take().unwrap().write_all(input.as_ref());
    // A call that is refused may end before it reads.
    if let Err(error) = written {
        assert_eq!(error.kind(), ErrorKind::BrokenPipe);
    }
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Called {
        out: text(output.stdout),
        err: text(output.stderr),
        status: output.status.code().unwrap(),
    }
}

/// Returns a command that calls the binary in a folder.
pub(crate) fn command(
    folder: &(impl AsRef<Path> + ?Sized),
    arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_peerstate"));
    command
        .args(arguments)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}
