//! Requests to an adapter and its messages, in the order in which they came.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::process::{CommandLine, Content, Line, NoLine, Process};
use super::protocol::{Answer, Message, Request, RequestBody};
use crate::implementation::Fault;

/// What an adapter did wrong, with what it wrote.
pub(super) struct Wrong {
    /// What is wrong, as the end of "the adapter …".
    pub(super) what: String,
    /// The beginning of what it wrote, if that shows it.
    pub(super) wrote: Option<String>,
}

impl Wrong {
    pub(super) fn new(what: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            wrote: None,
        }
    }
}

/// A message and when it came.
pub(super) struct Received {
    pub(super) at: Instant,
    pub(super) message: Message,
}

/// A running adapter.
pub(super) struct Connection {
    process: Process,
    last_id: u64,
    /// The last line that was read, for messages.
    last_line: String,
}

impl Connection {
    /// Starts the process of an adapter.
    pub(super) fn start(command: &CommandLine) -> std::io::Result<Self> {
        Ok(Self {
            process: Process::start(command)?,
            last_id: 0,
            last_line: String::new(),
        })
    }

    /// Sends a request and hands out every message up to its answer.
    pub(super) fn request(
        &mut self,
        body: RequestBody,
        timeout: Duration,
        receive: impl FnMut(Received) -> Result<(), Wrong>,
    ) -> Result<Answer, Fault> {
        let during = body.during();
        self.last_id += 1;
        let request = Request {
            id: self.last_id,
            body,
        };
        self.send(&json!(request), during, timeout, receive)
    }

    /// Sends a request that no version of the protocol has.
    pub(super) fn request_word(
        &mut self,
        word: &'static str,
        timeout: Duration,
    ) -> Result<Answer, Fault> {
        self.last_id += 1;
        let request = json!({ "id": self.last_id, "request": word });
        self.send(&request, word, timeout, |_| Ok(()))
    }

    /// Closes the standard input of the process; whether it ended in time.
    pub(super) fn close_input(&mut self, timeout: Duration) -> bool {
        self.process.close_input();
        let deadline = Instant::now() + timeout;
        loop {
            match self.process.read(deadline) {
                Ok(_) => {}
                Err(NoLine::TimedOut) => return false,
                Err(NoLine::Closed) => return self.process.has_ended(deadline),
            }
        }
    }

    fn send(
        &mut self,
        request: &Value,
        during: &'static str,
        timeout: Duration,
        mut receive: impl FnMut(Received) -> Result<(), Wrong>,
    ) -> Result<Answer, Fault> {
        let id = self.last_id;
        self.process.write(request.to_string());
        let deadline = Instant::now() + timeout;
        loop {
            let Some(received) = self.next(deadline)? else {
                return Err(Fault::NoAnswer {
                    during,
                    after: timeout,
                    said: self.process.said(),
                });
            };
            match received.message {
                Message::Answer(answer) if answer.id == id => {
                    return match problem(&answer) {
                        None => Ok(answer),
                        Some(what) => Err(self.misbehaved(Wrong::new(what))),
                    };
                }
                Message::Answer(answer) => {
                    let what = if answer.id < id {
                        format!("answered request {} twice", answer.id)
                    } else {
                        format!("answered request {}, which was not made", answer.id)
                    };
                    return Err(self.misbehaved(Wrong::new(what)));
                }
                _ => receive(received).map_err(|wrong| self.misbehaved(wrong))?,
            }
        }
    }

    /// The next message that is not an answer; `None` once the deadline has passed.
    pub(super) fn push(&mut self, deadline: Instant) -> Result<Option<Received>, Fault> {
        match self.next(deadline)? {
            Some(Received {
                message: Message::Answer(answer),
                ..
            }) => {
                let what = format!("answered request {}, which was answered before", answer.id);
                Err(self.misbehaved(Wrong::new(what)))
            }
            received => Ok(received),
        }
    }

    /// The fault that a wrong message is.
    pub(super) fn misbehaved(&self, wrong: Wrong) -> Fault {
        let wrote = wrong.wrote.unwrap_or_else(|| self.last_line.clone());
        Fault::Misbehaved {
            what: wrong.what,
            wrote: (!wrote.is_empty()).then_some(wrote),
            said: self.process.said(),
        }
    }

    fn next(&mut self, deadline: Instant) -> Result<Option<Received>, Fault> {
        let Line { at, content } = match self.process.read(deadline) {
            Ok(line) => line,
            Err(NoLine::TimedOut) => return Ok(None),
            Err(NoLine::Closed) => {
                let reason = self.process.end();
                return Err(Fault::Ended { reason });
            }
        };
        let wrong = |what: &str, wrote| Wrong {
            what: what.to_owned(),
            wrote: Some(wrote),
        };
        let text = match content {
            Content::Text(text) => text,
            Content::NotUtf8(text) => {
                return Err(self.misbehaved(wrong("wrote a line that is not UTF-8", text)));
            }
            Content::TooLong(text) => {
                return Err(self.misbehaved(wrong("wrote a line of more than 1 MiB", text)));
            }
            Content::Unfinished(text) => {
                let what = "closed its standard output within a line";
                return Err(self.misbehaved(wrong(what, text)));
            }
        };
        let message = Message::parse(&text);
        self.last_line = text.chars().take(SHOWN_CHARS).collect();
        match message {
            Ok(message) => Ok(Some(Received { at, message })),
            Err(error) => Err(self.misbehaved(Wrong::new(format!("wrote {error}")))),
        }
    }
}

/// How much of a line messages show.
const SHOWN_CHARS: usize = 200;

/// What is wrong with an answer by itself.
fn problem(answer: &Answer) -> Option<String> {
    let kinds = [
        answer.result.is_some(),
        answer.error.is_some(),
        answer.unsupported.is_some(),
    ];
    let given = kinds.into_iter().filter(|given| *given).count();
    (given != 1).then(|| {
        format!(
            "answered request {} with {given} of `result`, `error` and `unsupported`, and not one",
            answer.id
        )
    })
}
