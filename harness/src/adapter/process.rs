//! The child process of an adapter: lines to and from it, what it says on standard error, its end.
//!
//! Three threads move bytes, so that nothing the child does or leaves undone can block the harness.
//! The child leads a process group, which is killed as a whole when the [`Process`] is dropped. What
//! it writes into the folder for temporary files is removed then, since a killed child can not do so.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, SyncSender};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

#[cfg(windows)]
use process_wrap::std::JobObject;
#[cfg(unix)]
use process_wrap::std::ProcessGroup;
use process_wrap::std::{ChildWrapper, CommandWrap};
use tempfile::TempDir;

use super::protocol::LONGEST_LINE_BYTES;
use super::running;
use crate::parallel::lock;

/// How many lines may wait to be read; the pipe holds back what comes after.
const MOST_WAITING: usize = 1024;

/// How much of standard error is kept: its end.
const TAIL_BYTES: usize = 4096;

/// How long the end of standard error is waited for once the child has ended.
const LAST_WORDS: Duration = Duration::from_millis(200);

/// How long a line is waited for before the harness looks whether the child has ended.
const LOOK: Duration = Duration::from_millis(100);

/// What names the folder for temporary files, on Unix and on Windows.
const TEMPORARY: [&str; 3] = ["TMPDIR", "TMP", "TEMP"];

/// How long passes between two looks at whether it has ended, for which nothing can wait.
const PAUSE: Duration = Duration::from_millis(2);

/// What an adapter is started with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandLine {
    /// The program and its arguments.
    words: Vec<String>,
}

/// Why a text is not a command.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a command such as `python3 adapter.py`, found `{0}`")]
pub struct NotACommand(String);

impl CommandLine {
    /// Reads a command as a shell does: words between spaces, quotes and backslashes; nothing else
    /// is special.
    ///
    /// # Errors
    ///
    /// When there is no word, or a quote is not closed.
    pub fn parse(text: &str) -> Result<Self, NotACommand> {
        match shlex::split(text) {
            Some(words) if !words.is_empty() => Ok(Self { words }),
            _ => Err(NotACommand(text.to_owned())),
        }
    }

    /// A command of these words.
    #[must_use]
    pub fn of_words<const N: usize>(words: [&str; N]) -> Self {
        const { assert!(N > 0, "a command has a word") };
        Self {
            words: words.map(str::to_owned).to_vec(),
        }
    }

    /// The command, as it would be typed.
    #[must_use]
    pub fn shown(&self) -> String {
        let words = self.words.iter().map(|word| {
            let quoted = shlex::try_quote(word).ok();
            quoted.map_or_else(|| word.clone(), std::borrow::Cow::into_owned)
        });
        words.collect::<Vec<_>>().join(" ")
    }
}

/// A line of the child, and when it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) at: Instant,
    pub(super) content: Content,
}

/// What a line holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Content {
    Text(String),
    /// It is not UTF-8; its beginning, with a mark in place of what is not.
    NotUtf8(String),
    /// It is longer than a line may be; its beginning.
    TooLong(String),
    /// Standard output ended within it.
    Unfinished(String),
}

/// Why no line came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoLine {
    /// The time is over.
    TimedOut,
    /// Standard output has ended, and every line of it was read.
    Closed,
}

/// A running child process.
pub(super) struct Process {
    child: Arc<Mutex<Box<dyn ChildWrapper>>>,
    to_child: Option<Sender<String>>,
    lines: Receiver<Line>,
    tail: Arc<Mutex<Tail>>,
    /// Its place among those that are killed when the harness is interrupted.
    registered: running::Registered,
}

/// The end of standard error.
#[derive(Default)]
struct Tail {
    bytes: VecDeque<u8>,
    ended: bool,
}

impl Process {
    /// Starts the child.
    pub(super) fn start(command: &CommandLine) -> std::io::Result<Self> {
        let [program, arguments @ ..] = &command.words[..] else {
            return Err(std::io::ErrorKind::NotFound.into());
        };
        let mut child = Command::new(program);
        child
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let folder = TempDir::with_prefix("peerstate-")?;
        for variable in TEMPORARY {
            child.env(variable, folder.path());
        }
        let mut child = CommandWrap::from(child);
        #[cfg(unix)]
        child.wrap(ProcessGroup::leader());
        #[cfg(windows)]
        child.wrap(JobObject);
        let (registered, child, (stdin, stdout, stderr)) = running::start(|| {
            let mut child = child.spawn()?;
            let pipes = (
                child.stdin().take(),
                child.stdout().take(),
                child.stderr().take(),
            );
            Ok((Arc::new(Mutex::new(child)), folder, pipes))
        })?;
        let (to_child, from_harness) = mpsc::channel();
        if let Some(stdin) = stdin {
            thread::spawn(move || write_lines(stdin, &from_harness));
        }
        let (to_harness, lines) = mpsc::sync_channel(MOST_WAITING);
        if let Some(stdout) = stdout {
            thread::spawn(move || read_lines(BufReader::new(stdout), &to_harness));
        }
        let tail = Arc::new(Mutex::new(Tail::default()));
        if let Some(stderr) = stderr {
            let tail = Arc::clone(&tail);
            thread::spawn(move || keep_tail(stderr, &tail));
        }
        Ok(Self {
            child,
            to_child: Some(to_child),
            lines,
            tail,
            registered,
        })
    }

    /// Writes a line. A child that no longer reads is noticed when no answer comes.
    pub(super) fn write(&self, line: String) {
        if let Some(to_child) = &self.to_child {
            // The writing thread has ended where the child closed its standard input.
            let _ = to_child.send(line);
        }
    }

    /// The next line.
    pub(super) fn read(&self, deadline: Instant) -> Result<Line, NoLine> {
        let mut has_ended = false;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left.min(LOOK)) {
                Ok(line) => return Ok(line),
                Err(RecvTimeoutError::Disconnected) => return Err(NoLine::Closed),
                // Another process may hold its standard output open, and has had time to write.
                Err(RecvTimeoutError::Timeout) if has_ended => return Err(NoLine::Closed),
                Err(RecvTimeoutError::Timeout) if left <= LOOK => return Err(NoLine::TimedOut),
                Err(RecvTimeoutError::Timeout) => {
                    has_ended = matches!(lock(&self.child).try_wait(), Ok(Some(_)));
                }
            }
        }
    }

    /// Closes its standard input, after what was written to it.
    pub(super) fn close_input(&mut self) {
        self.to_child = None;
    }

    /// Whether the child ends in time.
    pub(super) fn has_ended(&self, deadline: Instant) -> bool {
        loop {
            match lock(&self.child).try_wait() {
                Ok(Some(_)) => return true,
                Ok(None) if Instant::now() < deadline => {}
                Ok(None) | Err(_) => return false,
            }
            thread::sleep(PAUSE);
        }
    }

    /// How the child ended, if it has, with the end of its standard error.
    pub(super) fn end(&self) -> String {
        let until = Instant::now() + LAST_WORDS;
        let status = loop {
            let status = lock(&self.child).try_wait();
            let ended = lock(&self.tail).ended;
            match status {
                Ok(Some(status)) if ended || Instant::now() > until => break Some(status),
                Ok(None) if Instant::now() > until => break None,
                Err(_) => break None,
                Ok(_) => thread::sleep(PAUSE),
            }
        };
        match status {
            Some(status) => format!("{status}{}", self.said()),
            None => format!("it closed its standard output, and runs on{}", self.said()),
        }
    }

    /// The end of its standard error, as the end of a sentence; nothing where it said nothing.
    pub(super) fn said(&self) -> String {
        let tail = lock(&self.tail);
        let bytes: Vec<u8> = tail.bytes.iter().copied().collect();
        let text = String::from_utf8_lossy(&bytes);
        let text = text.trim();
        if text.is_empty() {
            return String::new();
        }
        format!("; its standard error ends with:\n{text}")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.to_child = None;
        running::kill(&self.child);
        // Its folder is removed here, once nothing writes to it.
        running::forget(self.registered);
    }
}

fn write_lines(mut stdin: impl Write, lines: &Receiver<String>) {
    for mut line in lines {
        line.push('\n');
        let written = stdin
            .write_all(line.as_bytes())
            .and_then(|()| stdin.flush());
        if written.is_err() {
            return;
        }
    }
}

fn read_lines(mut stdout: impl BufRead, lines: &SyncSender<Line>) {
    loop {
        let mut bytes = Vec::new();
        let most = LONGEST_LINE_BYTES as u64 + 1;
        let read = stdout.by_ref().take(most).read_until(b'\n', &mut bytes);
        let at = Instant::now();
        let is_whole = bytes.pop_if(|last| *last == b'\n').is_some();
        let content = match read {
            Ok(0) | Err(_) if bytes.is_empty() => return,
            _ if bytes.len() > LONGEST_LINE_BYTES => Content::TooLong(beginning(&bytes)),
            _ if !is_whole => Content::Unfinished(beginning(&bytes)),
            _ => match String::from_utf8(bytes) {
                Ok(text) => Content::Text(text),
                Err(error) => Content::NotUtf8(beginning(error.as_bytes())),
            },
        };
        let is_last = matches!(content, Content::TooLong(_) | Content::Unfinished(_));
        if lines.send(Line { at, content }).is_err() || is_last {
            return;
        }
    }
}

/// The first bytes of a line, as text.
fn beginning(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(200)]).into_owned()
}

fn keep_tail(mut stderr: impl Read, tail: &Mutex<Tail>) {
    let mut chunk = [0; 1024];
    while let Ok(read @ 1..) = stderr.read(&mut chunk) {
        let mut tail = lock(tail);
        tail.bytes.extend(&chunk[..read]);
        let surplus = tail.bytes.len().saturating_sub(TAIL_BYTES);
        tail.bytes.drain(..surplus);
    }
    lock(tail).ended = true;
}
