//! Reading the first line of a trace: who was watched, and how.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::TraceError;
use super::line::{Key, Line, describe, whole};
use crate::input::names;
use crate::trace::{Attribute, Header, Implementation, Observes, Read};

impl Line {
    pub(super) fn read_header(&mut self, object: &Map<String, Value>) -> Option<Header> {
        let name = |key: &str| vec![Key::Name(key.to_owned())];
        if object.get("trace").and_then(whole) != Some(1) {
            let found = object.get("trace").map(describe).unwrap_or_default();
            self.problems
                .push((name("trace"), TraceError::Version { found }));
        }
        let implementation = match object.get("implementation") {
            None => {
                self.missing(&[], "implementation");
                None
            }
            Some(value) => self.read_implementation(&name("implementation"), value),
        };
        let scenario = object
            .get("scenario")
            .and_then(|v| self.text(&name("scenario"), "an id", v));
        let clock = match object.get("clock") {
            None => {
                self.missing(&[], "clock");
                None
            }
            Some(value) => self.choice(&name("clock"), value),
        };
        let peers = match object.get("peers") {
            None => {
                self.missing(&[], "peers");
                None
            }
            Some(Value::Array(items)) if !items.is_empty() => Some(self.read_peers(items)),
            Some(other) => {
                self.expected(&name("peers"), "a list of one or more names", other);
                None
            }
        };
        let observes = object
            .get("observes")
            .map(|value| self.read_observes(&name("observes"), value));
        Some(Header {
            trace: 1,
            implementation: implementation?,
            scenario,
            clock: clock?,
            peers: peers?,
            observes: observes.unwrap_or_default(),
        })
    }

    fn read_implementation(&mut self, path: &[Key], value: &Value) -> Option<Implementation> {
        let Value::Object(object) = value else {
            self.expected(path, "an object with `name` and `version`", value);
            return None;
        };
        let mut field = |key: &'static str| match object.get(key) {
            None => {
                self.missing(path, key);
                None
            }
            Some(value) => {
                let path = [path, &[Key::Name(key.to_owned())]].concat();
                self.text(&path, "text", value)
            }
        };
        let (name, version) = (field("name"), field("version"));
        Some(Implementation {
            name: name?,
            version: version?,
        })
    }

    fn read_observes(&mut self, path: &[Key], value: &Value) -> Observes {
        const KEYS: [&str; 6] = [
            "events",
            "attributes",
            "actions",
            "tasks",
            "order",
            "transports",
        ];
        let mut observes = Observes::default();
        let Value::Object(object) = value else {
            self.expected(path, "an object that says what was observed", value);
            return observes;
        };
        self.reject_unknown(path, object, &KEYS);
        let at = |key: &str| [path, &[Key::Name(key.to_owned())]].concat();
        if let Some(value) = object.get("events") {
            observes.events = self.read_events(&at("events"), value);
        }
        if let Some(value) = object.get("attributes") {
            observes.attributes = self.read_attributes(&at("attributes"), value);
        }
        let mut flag = |key: &str| {
            let value = object.get(key)?;
            if !value.is_boolean() {
                self.expected(&at(key), "`true` or `false`", value);
            }
            value.as_bool()
        };
        observes.actions = flag("actions");
        observes.tasks = flag("tasks");
        observes.order = flag("order");
        observes.transports = object
            .get("transports")
            .and_then(|value| self.choice(&at("transports"), value));
        observes
    }

    fn read_events(&mut self, path: &[Key], value: &Value) -> Option<BTreeSet<String>> {
        let Value::Array(items) = value else {
            self.expected(path, "a list of the names of events", value);
            return None;
        };
        let mut events = BTreeSet::new();
        for (index, item) in items.iter().enumerate() {
            let path = [path, &[Key::Index(index)]].concat();
            events.extend(self.text(&path, "the name of an event", item));
        }
        Some(events)
    }

    /// One way for every attribute, or a way for each.
    fn read_attributes(&mut self, path: &[Key], value: &Value) -> BTreeMap<Attribute, Read> {
        let Value::Object(object) = value else {
            let way = self.choice(path, value);
            let all = Attribute::ALL.into_iter();
            return all
                .filter_map(|attribute| Some((attribute, way?)))
                .collect();
        };
        self.reject_unknown(path, object, &Attribute::ALL.map(Attribute::as_str));
        let mut attributes = BTreeMap::new();
        for attribute in Attribute::ALL {
            if let Some(value) = object.get(attribute.as_str()) {
                let path = [path, &[Key::Name(attribute.as_str().to_owned())]].concat();
                let way = self.choice(&path, value);
                attributes.extend(way.map(|way| (attribute, way)));
            }
        }
        attributes
    }

    fn read_peers(&mut self, items: &[Value]) -> Vec<String> {
        let mut peers = Vec::new();
        let mut seen = BTreeSet::new();
        for (index, item) in items.iter().enumerate() {
            let path = [Key::Name("peers".to_owned()), Key::Index(index)];
            if let Some(name) = self.text(&path, "the name of a peer", item) {
                if !seen.insert(name.clone()) {
                    let problem = TraceError::DuplicatePeer(names::shorten(&name));
                    self.problems.push((path.to_vec(), problem));
                }
                peers.push(name);
            }
        }
        peers
    }
}
