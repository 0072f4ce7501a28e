//! How and when an edition updates the values and fires events: one answer to each question, each a
//! sentence of a text.
//!
//! An answer is a word of the format, so that no code interprets prose. The text's own words may be
//! quoted beside it, for people only.

use std::collections::BTreeSet;
use std::fmt;

use crate::input::words::Word;
use crate::words;

/// The answer of a text to one question, with its words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Said<T> {
    /// The answer.
    pub is: T,
    /// The words of the text, or a short form of them; for people only.
    pub quote: Option<String>,
}

impl<T: Default> Said<T> {
    /// The answer of a text that does not say.
    pub(super) fn unsaid() -> Self {
        Self::default()
    }
}

impl<T: Answer> Said<T> {
    /// The answer by its word; `None` where the text does not say.
    #[must_use]
    pub fn in_words(&self) -> Option<Said<String>> {
        (self.is != T::default()).then(|| Said {
            is: self.is.as_str().to_owned(),
            quote: self.quote.clone(),
        })
    }
}

impl fmt::Display for Said<String> {
    /// The answer and its quote in one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.is)?;
        match &self.quote {
            Some(quote) => write!(f, " ({quote})"),
            None => Ok(()),
        }
    }
}

/// The word of the format for a text that does not say; every question has it.
pub const UNSPECIFIED: &str = "unspecified";

/// The answers to one question. The default, and the last, is that the text does not say.
pub trait Answer: Word + Eq + Default {}

macro_rules! answers {
    ($(
        $(#[$meta:meta])*
        $name:ident {
            $( $(#[$variant_meta:meta])* $variant:ident = $word:literal, )+
        }
    )+) => { $(
        words! {
            $(#[$meta])*
            #[derive(Default)]
            pub enum $name {
                $( $(#[$variant_meta])* $variant = $word, )+
                /// The text does not say.
                #[default]
                Unspecified = "unspecified",
            }
        }

        impl Answer for $name {}
    )+ };
}

answers! {
    /// The values that the text has steps for: "update the ICE connection state", "update the
    /// connection state".
    UpdateSteps {
        /// For neither.
        Neither = "none",
        /// For `iceConnectionState` alone.
        IceConnectionState = "iceConnectionState",
        /// For both: these are the algorithms that the connection model runs.
        Both = "both",
    }

    /// In which tasks a transport's state is set, the values are updated and the events are fired.
    Tasks {
        /// One task sets the transport's state and the values, and then fires every event.
        OneTask = "one_task",
        /// One task sets the transport's state and fires `statechange`; each update of a value
        /// queues a task of its own.
        TaskEach = "task_each",
    }

    /// Which event of an ICE transport is fired first, where its state and its selected candidate
    /// pair change together.
    FirstIceEvent {
        /// That of the pair.
        SelectedCandidatePairChange = "selectedcandidatepairchange",
        /// That of the state.
        StateChange = "statechange",
    }

    /// The event that the steps that update the ICE connection state fire.
    IceUpdateEvent {
        /// The one that is meant.
        IceConnectionStateChange = "iceconnectionstatechange",
        /// That of `connectionState`.
        ConnectionStateChange = "connectionstatechange",
        /// That of `iceGatheringState`.
        IceGatheringStateChange = "icegatheringstatechange",
        /// That of `signalingState`.
        SignalingStateChange = "signalingstatechange",
    }

    /// Whether steps hold "If `[[IsClosed]]` is true, abort these steps".
    IsClosedAbort {
        /// They do.
        Aborts = "true",
        /// They do not, and go on.
        GoesOn = "false",
    }

    /// How `close()` sets a value.
    SetOnClose {
        /// In its own steps: before it returns.
        AtOnce = "at_once",
        /// In a task that it queues.
        InQueuedTask = "in_queued_task",
        /// Not at all: the steps that would are aborted on a closed connection.
        NeverByTheSteps = "never_by_the_steps",
    }

    /// Whether `close()` fires the event of a value.
    FiredOnClose {
        /// It does not, and the text says so: "This does not fire any event."
        ExplicitlyNot = "explicitly_not",
        /// It does not, which follows from the steps alone.
        NotByTheSteps = "not_by_the_steps",
        /// It does, in a task that it queues.
        InQueuedTask = "in_queued_task",
        /// The event is said to be fired for every change, and `close()` is not excepted.
        NotExcepted = "not_excepted",
    }

    /// What the getter of `connectionState` returns.
    Getter {
        /// `[[ConnectionState]]`.
        ConnectionState = "ConnectionState",
        /// `[[IceConnectionState]]`.
        IceConnectionState = "IceConnectionState",
        /// No slot: the aggregate of the transports at that moment.
        Aggregate = "aggregate",
    }

    /// What `connectionState` is derived from, beside the states of the DTLS transports.
    DerivedFrom {
        /// The slot `[[IceConnectionState]]`.
        IceConnectionState = "IceConnectionState",
        /// The states of the ICE transports.
        Transports = "transports",
    }

    /// Which transports count.
    TransportSet {
        /// Those of the set of transceivers.
        Transceivers = "transceivers",
        /// Those, and that of `[[SctpTransport]]`.
        TransceiversAndSctpTransport = "transceivers_and_SctpTransport",
        /// Every transport of the connection.
        All = "all",
    }
}

words! {
    /// What makes the values be derived again.
    pub enum Trigger {
        /// The state of an ICE transport changes.
        IceTransportStateChange = "ice_transport_state_change",
        /// The state of a DTLS transport changes.
        DtlsTransportStateChange = "dtls_transport_state_change",
        /// `[[IsClosed]]` turns true: `close()` queues an update.
        IsClosedTrue = "is_closed_true",
        /// A transport is made or discarded.
        TransportSetChange = "transport_set_change",
    }
}

/// Answers the questions key by key, each with its description: from a file, or for a schema.
pub(super) trait Questions {
    /// The answer to one question; `unspecified` where the key is left out.
    fn answer<T: Answer>(&mut self, key: &'static str, about: &[&str]) -> Said<T>;
    /// The triggers under a key; none where it is left out.
    fn triggers(&mut self, key: &'static str, about: &[&str]) -> Said<BTreeSet<Trigger>>;
    /// A text for people.
    fn text(&mut self, key: &'static str, about: &[&str]) -> Option<String>;
}

macro_rules! dynamics {
    ($( $(#[doc = $about:literal])+ $key:ident: $answer:ty, )+) => {
        /// How and when an edition updates the values and fires events.
        #[derive(Debug, Clone, PartialEq, Eq, Default)]
        pub struct Dynamics {
            /// What makes the values be derived again; none where the text does not say.
            pub rederive_triggers: Said<BTreeSet<Trigger>>,
            $( $(#[doc = $about])+ pub $key: Said<$answer>, )+
            /// What changed the text to this.
            pub changed_by: Option<String>,
        }

        impl Dynamics {
            /// The questions that have one answer: each key of the format with its words.
            #[must_use]
            pub fn questions() -> Vec<(&'static str, Vec<&'static str>)> {
                vec![$( (stringify!($key), <$answer>::words()), )+]
            }

            /// The answers that the text gives, by the keys of the format.
            #[must_use]
            pub fn said(&self) -> Vec<(&'static str, Said<String>)> {
                let triggers = self.triggers_in_words();
                let triggers = triggers.map(|said| ("rederive_triggers", said));
                let answers = [$( (stringify!($key), self.$key.in_words()), )+];
                let answers = answers.into_iter().filter_map(|(key, said)| Some((key, said?)));
                triggers.into_iter().chain(answers).collect()
            }

            /// The answers to all questions.
            pub(super) fn ask(of: &mut impl Questions) -> Self {
                Self {
                    rederive_triggers: of.triggers(
                        "rederive_triggers",
                        &["What makes the values be derived again; none where the text does not say."],
                    ),
                    $( $key: of.answer(stringify!($key), &[$($about),+]), )+
                    changed_by: of.text("changed_by", &["What changed the text to this."]),
                }
            }
        }
    };
}

dynamics! {
    /// The values that the text has steps for.
    update_steps: UpdateSteps,
    /// The tasks of an ICE change.
    ice_change: Tasks,
    /// The tasks of a DTLS change.
    dtls_change: Tasks,
    /// Which of an ICE transport's events is first.
    first_ice_event: FirstIceEvent,
    /// The event that the steps that update the ICE connection state fire.
    ice_update_event: IceUpdateEvent,
    /// Whether the steps for an ICE change abort on a closed connection.
    ice_path_isclosed_abort: IsClosedAbort,
    /// Whether the steps that update the connection state abort on a closed connection.
    dtls_path_isclosed_abort: IsClosedAbort,
    /// Whether the transport's own task of a DTLS change, which fires `statechange`, does so.
    dtls_transport_isclosed_abort: IsClosedAbort,
    /// Whether a task fires no further event once a handler of an earlier one has called `close()`.
    event_isclosed_abort: IsClosedAbort,
    /// How `close()` sets `connectionState`.
    connection_state_on_close: SetOnClose,
    /// How `close()` sets `iceConnectionState`.
    ice_connection_state_on_close: SetOnClose,
    /// Whether `close()` fires `connectionstatechange`.
    close_fires_connectionstatechange: FiredOnClose,
    /// Whether `close()` fires `iceconnectionstatechange`.
    close_fires_iceconnectionstatechange: FiredOnClose,
    /// What the getter of `connectionState` returns.
    connection_state_getter: Getter,
    /// What `connectionState` is derived from.
    connection_state_derived_from: DerivedFrom,
}

impl Dynamics {
    /// Whether the text derives the values again for this reason.
    #[must_use]
    pub fn is_triggered_by(&self, trigger: Trigger) -> bool {
        self.rederive_triggers.is.contains(&trigger)
    }

    fn triggers_in_words(&self) -> Option<Said<String>> {
        let Said { is, quote } = &self.rederive_triggers;
        let words: Vec<_> = is.iter().map(|trigger| trigger.as_str()).collect();
        (!words.is_empty()).then(|| Said {
            is: words.join(", "),
            quote: quote.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_question_has_words_of_its_own_and_unspecified_last() {
        for (key, words) in Dynamics::questions() {
            let distinct: BTreeSet<_> = words.iter().collect();
            assert_eq!(distinct.len(), words.len(), "{key}");
            assert_eq!(words.last(), Some(&UNSPECIFIED), "{key}");
        }
    }

    #[test]
    fn nothing_is_said_by_default() {
        assert_eq!(Dynamics::default().said(), []);
    }
}
