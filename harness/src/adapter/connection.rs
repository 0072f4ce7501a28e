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

/// A request without an answer yet.
pub(super) struct Pending {
    id: u64,
    /// What is waited for, as messages name it.
    during: &'static str,
    timeout: Duration,
    deadline: Instant,
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
        mut receive: impl FnMut(Received) -> Result<(), Wrong>,
    ) -> Result<Answer, Fault> {
        let pending = self.begin(body, timeout);
        self.finish(&pending, &mut receive)
    }

    /// Sends a request that no version of the protocol has.
    pub(super) fn request_word(
        &mut self,
        word: &'static str,
        timeout: Duration,
    ) -> Result<Answer, Fault> {
        let id = self.next_id();
        let request = json!({ "id": id, "request": word });
        let pending = self.send(id, &request, word, timeout);
        self.finish(&pending, &mut |_| Ok(()))
    }

    /// Sends a request.
    pub(super) fn begin(&mut self, body: RequestBody, timeout: Duration) -> Pending {
        let during = body.during();
        let id = self.next_id();
        self.send(id, &json!(Request { id, body }), during, timeout)
    }

    /// Hands out every message up to the answer of a request, and when that came; `None` if it has
    /// not come by then. The request's own timeout is a fault.
    pub(super) fn answer(
        &mut self,
        pending: &Pending,
        until: Instant,
        receive: &mut impl FnMut(Received) -> Result<(), Wrong>,
    ) -> Result<Option<(Instant, Answer)>, Fault> {
        let Pending { id, deadline, .. } = *pending;
        loop {
            let Some(received) = self.next(until.min(deadline))? else {
                if until < deadline {
                    return Ok(None);
                }
                return Err(Fault::NoAnswer {
                    during: pending.during,
                    after: pending.timeout,
                    said: self.process.said(),
                });
            };
            match received.message {
                Message::Answer(answer) if answer.id == id => {
                    return match problem(&answer) {
                        None => Ok(Some((received.at, answer))),
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
                Message::Began(began) if began != id => return Err(self.begun_late(began)),
                _ => receive(received).map_err(|wrong| self.misbehaved(wrong))?,
            }
        }
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

    fn finish(
        &mut self,
        pending: &Pending,
        receive: &mut impl FnMut(Received) -> Result<(), Wrong>,
    ) -> Result<Answer, Fault> {
        loop {
            if let Some((_, answer)) = self.answer(pending, pending.deadline, receive)? {
                return Ok(answer);
            }
        }
    }

    fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    fn send(&self, id: u64, request: &Value, during: &'static str, timeout: Duration) -> Pending {
        self.process.write(request.to_string());
        Pending {
            id,
            during,
            timeout,
            deadline: Instant::now() + timeout,
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
            Some(Received {
                message: Message::Began(id),
                ..
            }) => Err(self.begun_late(id)),
            received => Ok(received),
        }
    }

    /// The fault of a call that begins when it does not wait for an answer.
    fn begun_late(&self, id: u64) -> Fault {
        let what = format!("began request {id}, which does not wait for an answer");
        self.misbehaved(Wrong::new(what))
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
