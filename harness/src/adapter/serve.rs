//! An implementation of this harness as an adapter: the other end of the protocol.
//!
//! It shows what a whole conversation looks like, and a test runs the suite through it: what is seen
//! through the protocol is what is seen without it.

use std::io::{BufRead, Write};
use std::time::Duration;

use peerstate_model::trace::{At, Clock, Entry};
use serde_json::{Map, Value, json};

use super::calls;
use super::protocol::{
    Answer, Exception, Hello, Lack, NotAMessage, Peer, Request, RequestBody, VERSION, members,
    of_shape,
};
use crate::implementation::{
    Candidate, Capability, Fault, Implementation, Link, LinkChange, Method, PeerIndex, PeerSetup,
    Reading, Returned, Session, Setup, StartError,
};

/// Why serving ended early.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Standard input or output failed.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// A line is not a request.
    #[error("expected a request on standard input, found {0}")]
    NotARequest(#[from] NotAMessage),
    /// A peer was named that was not created.
    #[error("there is no peer `{0}`; `create` names every peer of a scenario")]
    UnknownPeer(String),
    /// A configuration can not be read.
    #[error("expected an RTCConfiguration for `{peer}`, found {found}")]
    Configuration {
        /// The peer.
        peer: String,
        /// What was read.
        found: String,
    },
    /// A call is not one that a scenario makes.
    #[error("`{method}` is not called with {arguments}")]
    Arguments {
        /// The method.
        method: Method,
        /// The arguments.
        arguments: String,
    },
    /// The implementation broke.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// The implementation could not be started.
    #[error(transparent)]
    Start(StartError),
}

/// Answers requests until there are no more.
///
/// # Errors
///
/// When a request can not be understood, or the implementation breaks: the adapter then ends.
pub fn serve(
    implementation: &dyn Implementation,
    requests: impl BufRead,
    mut answers: impl Write,
) -> Result<(), ServeError> {
    let mut server = Server {
        implementation,
        run: None,
    };
    for line in requests.lines() {
        let line = line?;
        let value: Value =
            serde_json::from_str(&line).map_err(|error| NotAMessage::Json(error.to_string()))?;
        let Numbered { id } = of_shape("a request", value.clone())?;
        let answer = match of_shape::<Request>("a request", value) {
            Ok(request) => server.answer(request.body),
            Err(error) => Ok(Answer {
                unsupported: Some(error.to_string()),
                ..Answer::default()
            }),
        };
        let mut answer = match answer {
            Err(ServeError::UnknownPeer(name)) => {
                let message = format!("there is no peer `{name}`");
                refused("NotFoundError".to_owned(), message, None)
            }
            answer => answer?,
        };
        answer.id = id;
        for message in server.take_messages() {
            writeln!(answers, "{message}")?;
        }
        writeln!(answers, "{}", json!(answer))?;
        answers.flush()?;
    }
    Ok(())
}

/// The message that an entry is.
pub(crate) fn entry_message(entry: &Entry) -> Value {
    json!({ "entry": entry.to_json() })
}

/// The message that a peer has gathered a candidate.
pub(crate) fn candidate_message(peer: &str, candidate: &Candidate) -> Value {
    json!({ "candidate": { "peer": peer, "candidate": candidate } })
}

/// What every request has.
#[derive(serde::Deserialize)]
struct Numbered {
    id: u64,
}

struct Server<'i> {
    implementation: &'i dyn Implementation,
    run: Option<Running>,
}

/// The scenario that runs.
struct Running {
    session: Box<dyn Session>,
    peers: Vec<String>,
}

impl Server<'_> {
    fn answer(&mut self, body: RequestBody) -> Result<Answer, ServeError> {
        match body {
            RequestBody::Hello { .. } => Ok(result(json!(self.hello()))),
            RequestBody::Create { peers, seed } => self.create(peers, seed),
            RequestBody::Reset => {
                self.run = None;
                Ok(result(Value::Null))
            }
            RequestBody::Call {
                peer,
                method,
                arguments,
            } => {
                let call =
                    calls::call(method, &arguments).ok_or_else(|| ServeError::Arguments {
                        method,
                        arguments: Value::Array(arguments.clone()).to_string(),
                    })?;
                let (run, peer) = self.peer(&peer)?;
                let returned = run.session.call(peer, &call)?;
                let reading = run.session.read(peer)?;
                let (state, transports) = shown(&reading);
                let mut answer = match returned {
                    Returned::Ok => result(Value::Null),
                    Returned::Description(description) => result(json!(description)),
                    Returned::Refused { error, message } => refused(error, message, None),
                };
                answer.state = Some(state);
                answer.transports = transports;
                answer.at = Some(run.session.now().millis());
                Ok(answer)
            }
            RequestBody::Read { peer } => {
                let (run, peer) = self.peer(&peer)?;
                let (state, transports) = shown(&run.session.read(peer)?);
                Ok(result(json!({ "state": state, "transports": transports })))
            }
            RequestBody::Advance { .. } | RequestBody::Network { .. }
                if self.implementation.profile().clock == Clock::Real =>
            {
                Ok(Answer {
                    unsupported: Some("the clock is real".to_owned()),
                    ..Answer::default()
                })
            }
            RequestBody::Advance { to } => {
                let run = self.running("advance")?;
                run.session.advance(At::of_millis(to).unwrap_or_default())?;
                let mut answer = result(Value::Null);
                answer.at = Some(run.session.now().millis());
                Ok(answer)
            }
            RequestBody::Network {
                ways,
                cut,
                loss,
                latency,
            } => {
                let change = LinkChange {
                    cut,
                    loss,
                    latency: latency
                        .and_then(|millis| Duration::try_from_secs_f64(millis / 1000.0).ok()),
                };
                for (from, to) in ways {
                    let (_, from) = self.peer(&from)?;
                    let (run, to) = self.peer(&to)?;
                    run.session.change_network(Link::FromTo(from, to), change)?;
                }
                Ok(result(Value::Null))
            }
        }
    }

    fn hello(&self) -> Hello {
        let profile = self.implementation.profile();
        let lacks = Capability::ALL.iter().copied();
        // With a real clock, the network is the harness's own.
        let has = |of: &Capability| {
            profile.has(*of) || (profile.clock == Clock::Real && *of == Capability::Network)
        };
        let reason = format!("{} does not have it", profile.identity.name);
        let lacks = lacks
            .filter(|capability| !has(capability))
            .map(|capability| (Lack::Capability(capability), reason.clone()))
            .collect();
        Hello {
            protocol: VERSION,
            implementation: profile.identity,
            clock: profile.clock,
            observes: members(&profile.observes),
            lacks,
            capabilities: profile.capabilities,
        }
    }

    fn create(&mut self, peers: Vec<Peer>, seed: u64) -> Result<Answer, ServeError> {
        let names = peers.iter().map(|peer| peer.name.clone()).collect();
        let peers: Result<Vec<_>, _> = peers.into_iter().map(peer_setup).collect();
        let setup = Setup {
            peers: peers?,
            seed,
        };
        self.run = None;
        match self.implementation.start(&setup) {
            Ok(session) => {
                self.run = Some(Running {
                    session,
                    peers: names,
                });
                Ok(result(Value::Null))
            }
            Err(StartError::Refused(refusal)) => {
                Ok(refused(refusal.error, refusal.message, Some(refusal.peer)))
            }
            Err(error) => Err(ServeError::Start(error)),
        }
    }

    fn running(&mut self, request: &str) -> Result<&mut Running, ServeError> {
        let run = self.run.as_mut();
        run.ok_or_else(|| ServeError::UnknownPeer(format!("for {request}")))
    }

    fn peer(&mut self, name: &str) -> Result<(&mut Running, PeerIndex), ServeError> {
        let run = self.running(name)?;
        let place = run.peers.iter().position(|peer| peer == name);
        let place = place.ok_or_else(|| ServeError::UnknownPeer(name.to_owned()))?;
        Ok((run, PeerIndex(place)))
    }

    /// What was seen and gathered, as messages.
    fn take_messages(&mut self) -> Vec<Value> {
        let Some(run) = &mut self.run else {
            return Vec::new();
        };
        let entries = run.session.take_entries().into_iter();
        let mut messages: Vec<_> = entries.map(|entry| entry_message(&entry)).collect();
        for (place, name) in run.peers.iter().enumerate() {
            for candidate in run.session.take_candidates(PeerIndex(place)) {
                messages.push(candidate_message(name, &candidate));
            }
        }
        messages
    }
}

fn result(result: Value) -> Answer {
    Answer {
        result: Some(result),
        ..Answer::default()
    }
}

fn refused(name: String, message: String, peer: Option<String>) -> Answer {
    Answer {
        error: Some(Exception {
            name,
            message,
            peer,
        }),
        ..Answer::default()
    }
}

/// A reading as JSON, as an entry of a trace has it.
fn shown(reading: &Reading) -> (Map<String, Value>, Option<Vec<Value>>) {
    let transports = reading.transports.as_ref();
    let transports = transports.map(|all| all.iter().map(|one| json!(one)).collect());
    (members(reading.state), transports)
}

fn peer_setup(peer: Peer) -> Result<PeerSetup, ServeError> {
    let Peer {
        name,
        configuration,
    } = peer;
    let configuration = Value::Object(configuration);
    match calls::read_configuration(&configuration) {
        Some(configuration) => Ok(PeerSetup {
            name,
            configuration,
        }),
        None => Err(ServeError::Configuration {
            peer: name,
            found: configuration.to_string(),
        }),
    }
}
