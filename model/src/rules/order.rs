//! `event/order`: a transport's event comes before those of the connection, and
//! `iceconnectionstatechange` before `connectionstatechange`.
//!
//! Two events that are close together need not belong to one change. So the rule judges only if the
//! trace shows that they do: by the task number, by the transports listed with the event that comes
//! too early, by what its handler reads, or by values that no transports could give before the
//! change.

use std::collections::BTreeMap;

use super::ORDER;
use super::derivation::ice_connection_state_at;
use super::finding::Judgement;
use super::view::{View, changed_to, judged_event, kind_of};
use crate::states::{IceConnectionState as IceConnection, PeerConnectionState, StateEnum};
use crate::trace::{Attribute, Entry, TransportKind, What};

/// An event that a change of a transport fires.
#[derive(Debug, Clone, Copy)]
struct Fired<'t> {
    place: usize,
    entry: &'t Entry,
    event: Event<'t>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Event<'t> {
    SelectedPair,
    State(TransportKind, Option<&'t str>, Option<&'t str>),
    Ice(Option<IceConnection>),
    Connection(Option<PeerConnectionState>),
    TransportGathering(Option<&'t str>, Option<&'t str>),
    Gathering(Option<&'t str>),
}

/// Judges the order of the events of every change.
pub(super) fn judge(view: &View<'_>, judgement: &mut Judgement) {
    if !view.facts.has_order || !view.demands.updates_in_one_task() {
        return;
    }
    let fired: Vec<Fired<'_>> = view
        .open_entries()
        .filter_map(|(place, entry)| {
            let event = event_of(entry)?;
            Some(Fired {
                place,
                entry,
                event,
            })
        })
        .collect();
    observe(view, &fired, judgement);
    judge_aggregates(view, &fired, judgement);
    judge_statechanges(view, &fired, judgement);
    judge_gathering(view, &fired, judgement);
    judge_pairs(view, &fired, judgement);
}

fn event_of(entry: &Entry) -> Option<Event<'_>> {
    let What::Event {
        transport, value, ..
    } = &entry.what
    else {
        return None;
    };
    let (state, said, id) = (entry.state, value.as_deref(), transport.as_deref());
    Some(match judged_event(entry)? {
        "selectedcandidatepairchange" => Event::SelectedPair,
        "statechange" => {
            let kind = kind_of(entry)?;
            Event::State(kind, id, changed_to(entry, kind))
        }
        "iceconnectionstatechange" => Event::Ice(
            said.and_then(|said| said.parse().ok())
                .or(state.ice_connection_state),
        ),
        "connectionstatechange" => Event::Connection(
            said.and_then(|said| said.parse().ok())
                .or(state.connection_state),
        ),
        "gatheringstatechange" => Event::TransportGathering(id, said),
        "icegatheringstatechange" => {
            Event::Gathering(said.or(state.ice_gathering_state.map(StateEnum::as_str)))
        }
        _ => return None,
    })
}

/// Notes that the order was observed, if two events belong to one change.
fn observe(view: &View<'_>, fired: &[Fired<'_>], judgement: &mut Judgement) {
    let together = fired.windows(2).any(|pair| match pair {
        [one, other] => {
            view.same_task(one.place, other.place)
                && matches!(
                    (one.event, other.event),
                    (Event::Ice(_), Event::Connection(_))
                        | (Event::State(..), Event::Ice(_) | Event::Connection(_))
                        | (Event::TransportGathering(..), Event::Gathering(_))
                )
        }
        _ => false,
    });
    if together {
        judgement.observe(ORDER);
    }
}

/// Returns whether an event is close enough to another to belong to one change.
fn is_near(view: &View<'_>, one: &Fired<'_>, later: &Fired<'_>) -> bool {
    view.same_task(one.place, later.place) || !view.is_much_later(later.place, one.place)
}

/// Judges a `connectionstatechange` before the `iceconnectionstatechange` of the same change.
fn judge_aggregates(view: &View<'_>, fired: &[Fired<'_>], judgement: &mut Judgement) {
    let mut reported = Some(IceConnection::New);
    let mut connection_before = Some(PeerConnectionState::New);
    let mut ice_came = false;
    // The connectionstatechange that no iceconnectionstatechange has followed yet, and whether the
    // statechange of an ICE transport came before it in its task.
    let mut waiting: Option<(Fired<'_>, ConnectionChange, bool)> = None;
    let mut statechange: Option<usize> = None;
    for one in fired {
        match one.event {
            Event::State(TransportKind::Ice, ..) => {
                statechange = Some(one.place);
                // What follows belongs to another change.
                waiting = None;
            }
            Event::State(TransportKind::Dtls, ..) => statechange = None,
            Event::Connection(value) => {
                let led = statechange.is_some_and(|place| view.same_task(place, one.place));
                let from = std::mem::replace(&mut connection_before, value);
                let is_alone = !std::mem::take(&mut ice_came);
                let change = |to| ConnectionChange { from, to, is_alone };
                waiting = value.map(|to| (*one, change(to), led));
                statechange = None;
            }
            Event::Ice(value) => {
                if let (Some((early, connection, led)), Some(now)) = (waiting.take(), value)
                    && is_near(view, &early, one)
                    && reported != Some(now)
                {
                    let same_task = view.same_task(early.place, one.place);
                    let caused = same_task
                        && (view.knows_tasks || led && view.transports(early.place).is_none())
                        || shows(view, &early, now)
                        || reported.is_some_and(|before| requires(view, connection, before, now));
                    if caused {
                        judgement.find_until(
                            ORDER,
                            early.entry,
                            one.entry.line,
                            "iceconnectionstatechange after connectionstatechange",
                            || {
                                format!(
                                    "connectionstatechange (`{}`) came before \
                                     iceconnectionstatechange (`{now}`), although one change \
                                     caused both",
                                    connection.to
                                )
                            },
                        );
                    }
                }
                statechange = None;
                reported = value;
                ice_came = true;
            }
            _ => {}
        }
    }
}

/// Returns whether the entry of an event already shows a value of `iceConnectionState`: its handler
/// reads it, or the transports of the entry give it.
fn shows(view: &View<'_>, early: &Fired<'_>, ice: IceConnection) -> bool {
    let live = view.facts.is_live(Attribute::IceConnectionState);
    let read = early.entry.state.ice_connection_state.filter(|_| live);
    match read {
        Some(read) => read == ice,
        None if view.may_lag_behind_the_set(early.place, Attribute::IceConnectionState) => false,
        None => ice_connection_state_at(view, early.place)
            .is_some_and(|given| given.single() == Some(ice)),
    }
}

/// What a `connectionstatechange` reported; `from` is `None` if the previous value is unknown.
#[derive(Clone, Copy)]
struct ConnectionChange {
    from: Option<PeerConnectionState>,
    to: PeerConnectionState,
    /// Whether no `iceconnectionstatechange` that may belong to it came before it.
    is_alone: bool,
}

/// Returns whether a new value of `connectionState` requires the new value of `iceConnectionState`:
/// it does not fit the previous one, or no step leads to it while that stays the same.
fn requires(
    view: &View<'_>,
    connection: ConnectionChange,
    before: IceConnection,
    now: IceConnection,
) -> bool {
    let (demands, ConnectionChange { from, to, is_alone }) = (view.demands, connection);
    let pairs = demands.pairs();
    let may_stay = pairs.contains(&(to, before))
        && (!is_alone || from.is_none_or(|from| demands.may_change_alone((from, to, before))));
    pairs.contains(&(to, now)) && !may_stay
}

/// What the transports' own events have reported.
struct Announced<'t> {
    /// The state of each transport, by kind and id; `None` if it was not observed.
    states: BTreeMap<(TransportKind, &'t str), Option<&'t str>>,
    /// For each kind, the last of these events, if no event of the connection has followed it.
    unused: BTreeMap<TransportKind, Fired<'t>>,
    /// The values that `iceconnectionstatechange` reported last and before that; `None` if not
    /// observed.
    ice: Option<IceConnection>,
    ice_before: Option<IceConnection>,
}

impl Announced<'_> {
    /// Returns what a transport reported last, or `new` if it has reported nothing yet; `None` if
    /// that was not observed.
    fn state(&self, kind: TransportKind, id: &str) -> Option<&str> {
        self.states.get(&(kind, id)).copied().unwrap_or(Some("new"))
    }
}

/// Judges a transport's `statechange` after the event of the connection that reflects it.
fn judge_statechanges(view: &View<'_>, fired: &[Fired<'_>], judgement: &mut Judgement) {
    const KINDS: [TransportKind; 2] = [TransportKind::Ice, TransportKind::Dtls];
    let mut announced = Announced {
        states: BTreeMap::new(),
        unused: BTreeMap::new(),
        ice: Some(IceConnection::New),
        ice_before: Some(IceConnection::New),
    };
    // The event of the connection that may have come too early, by the kind of change that may have
    // caused it.
    let mut early: BTreeMap<TransportKind, Fired<'_>> = BTreeMap::new();
    for one in fired {
        match one.event {
            Event::State(kind, id, value) => {
                if let Some(cause) = early.remove(&kind)
                    && is_near(view, &cause, one)
                    && reflects(view, &cause, one, (kind, id, value), &announced)
                {
                    let (event, kind) = (name_of(&cause), super::statechange::name(kind));
                    judgement.find_until(
                        ORDER,
                        cause.entry,
                        one.entry.line,
                        format!(
                            "statechange of the {kind} transport after the connection's events"
                        ),
                        || {
                            let value =
                                value.map_or_else(String::new, |value| format!(" (`{value}`)"));
                            format!(
                                "{event} came before the statechange{value} of the {kind} \
                                 transport whose change caused it"
                            )
                        },
                    );
                }
                if let Some(id) = id {
                    announced.states.insert((kind, id), value);
                }
                announced.unused.insert(kind, *one);
            }
            Event::Ice(value) => {
                announced.ice_before = std::mem::replace(&mut announced.ice, value);
                let kind = TransportKind::Ice;
                let led = announced.unused.get(&kind);
                let led = led.is_some_and(|state| may_lead(view, kind, state, one));
                // What an event lists may show a later change than the one that caused it.
                if !led || lists_unannounced(one, kind, &announced) {
                    early.insert(kind, *one);
                } else {
                    early.remove(&kind);
                }
            }
            Event::Connection(_) => {
                let led = KINDS.into_iter().any(|kind| {
                    let state = announced.unused.get(&kind);
                    state.is_some_and(|state| may_lead(view, kind, state, one))
                });
                for kind in KINDS {
                    if !led || lists_unannounced(one, kind, &announced) {
                        // This is the first event of the connection that the change caused.
                        let first = early
                            .get(&kind)
                            .is_some_and(|first| is_near(view, first, one));
                        if !first {
                            early.insert(kind, *one);
                        }
                    }
                }
                announced.unused.clear();
            }
            _ => {}
        }
    }
}

/// Returns whether the change that a `statechange` reports may have caused a later event of the
/// connection.
fn may_lead(view: &View<'_>, kind: TransportKind, state: &Fired<'_>, later: &Fired<'_>) -> bool {
    if view.knows_tasks && is_in_one_task(view, kind) {
        view.same_task(state.place, later.place)
    } else {
        is_near(view, state, later)
    }
}

/// Returns whether one task does everything that follows from a change of a transport of this kind.
fn is_in_one_task(view: &View<'_>, kind: TransportKind) -> bool {
    kind == TransportKind::Ice || view.demands.updates_dtls_in_one_task()
}

/// Returns whether an entry lists a state of some transport that no `statechange` has announced.
fn lists_unannounced(one: &Fired<'_>, kind: TransportKind, announced: &Announced<'_>) -> bool {
    one.entry.transports.iter().flatten().any(|listed| {
        let (state, known) = (listed.state(kind), announced.state(kind, &listed.id));
        matches!((state, known), (Some(state), Some(known)) if state != known)
    })
}

/// Returns whether an event of the connection reflects the state that a later `statechange`
/// reports.
fn reflects(
    view: &View<'_>,
    cause: &Fired<'_>,
    later: &Fired<'_>,
    (kind, id, value): (TransportKind, Option<&str>, Option<&str>),
    announced: &Announced<'_>,
) -> bool {
    // One task has one change.
    let one_task = view.knows_tasks && is_in_one_task(view, kind);
    if one_task && view.same_task(cause.place, later.place) {
        return true;
    }
    let known = id.and_then(|id| announced.state(kind, id));
    if value.is_some() && known == value {
        return false;
    }
    // The transports that the event lists show it.
    let mut listed = cause.entry.transports.iter().flatten();
    if let (Some(id), Some(value)) = (id, value)
        && let Some(listed) = listed.find(|listed| listed.id == id)
        && let Some(state) = listed.state(kind)
    {
        return state == value;
    }
    // Otherwise the values show it: the aggregate changed from this transport's old state to its
    // new one. Transports that come and go change the aggregate without a statechange.
    match (cause.event, kind, value) {
        (Event::Ice(Some(ice)), TransportKind::Ice, Some(value)) => {
            // A new transport changes the aggregate to checking; no other step does the same.
            let before = announced.ice_before;
            let may_be_another = value == "checking" && before != Some(IceConnection::New);
            let is_as_before = before.is_some_and(|before| known == Some(before.as_str()));
            ice.as_str() == value && is_as_before && !may_be_another
        }
        (Event::Connection(Some(connection)), TransportKind::Ice, Some(value)) => {
            connection.as_str() == value && ["disconnected", "failed"].contains(&value)
        }
        (Event::Connection(Some(connection)), TransportKind::Dtls, Some(value)) => {
            connection.as_str() == value && ["connected", "failed"].contains(&value)
        }
        _ => false,
    }
}

fn name_of(fired: &Fired<'_>) -> &'static str {
    judged_event(fired.entry).unwrap_or("the event")
}

/// Judges a transport's `gatheringstatechange` after the `icegatheringstatechange` that reflects
/// it.
fn judge_gathering(view: &View<'_>, fired: &[Fired<'_>], judgement: &mut Judgement) {
    let mut announced: BTreeMap<&str, &str> = BTreeMap::new();
    let mut led: Option<&str> = None;
    let mut early: Option<(Fired<'_>, &str)> = None;
    for one in fired {
        match one.event {
            Event::TransportGathering(id, value) => {
                let value = value.or_else(|| gathering_beside(one.entry, id));
                if let (Some((cause, aggregate)), Some(value)) = (early.take(), value)
                    && aggregate == value
                    && id.is_none_or(|id| announced.get(id) != Some(&value))
                    && is_near(view, &cause, one)
                {
                    judgement.find_until(
                        ORDER,
                        cause.entry,
                        one.entry.line,
                        "gatheringstatechange after icegatheringstatechange",
                        || {
                            format!(
                                "icegatheringstatechange (`{aggregate}`) came before the \
                                 gatheringstatechange of the transport whose change caused it"
                            )
                        },
                    );
                }
                if let (Some(id), Some(value)) = (id, value) {
                    announced.insert(id, value);
                }
                led = value;
            }
            Event::Gathering(Some(value)) => {
                // If a transport's event with the same value came before it, the order is right.
                early = (led != Some(value)).then_some((*one, value));
                led = None;
            }
            _ => {}
        }
    }
}

fn gathering_beside<'t>(entry: &'t Entry, id: Option<&str>) -> Option<&'t str> {
    let transports = entry.transports.as_deref()?;
    let one = match (id, transports) {
        (None, [only]) => only,
        (id, all) => all.iter().find(|other| Some(other.id.as_str()) == id)?,
    };
    one.gathering.map(StateEnum::as_str)
}

/// Judges a `selectedcandidatepairchange` after the `statechange` of the same task.
fn judge_pairs(view: &View<'_>, fired: &[Fired<'_>], judgement: &mut Judgement) {
    if !view.knows_tasks {
        return;
    }
    for pair in fired.windows(2) {
        if let [one, other] = pair
            && matches!(one.event, Event::State(TransportKind::Ice, ..))
            && other.event == Event::SelectedPair
            && view.same_task(one.place, other.place)
        {
            judgement.find(
                ORDER,
                other.entry,
                "selectedcandidatepairchange after statechange",
                || {
                    "selectedcandidatepairchange came after the statechange of the same change"
                        .to_owned()
                },
            );
        }
    }
}
