//! How a value is written: one description gives its reader and its JSON Schema.
//!
//! A [`Shape`] reads a node, noting every problem, and says the same as a schema. Small shapes make
//! larger ones; [`keys!`](crate::keys) makes one of a mapping. What a shape can not say is a check
//! beside it ([`checked`], `besides` of a table), with the part of it that a schema can say.

use std::marker::PhantomData;
use std::ops::RangeInclusive;
use std::str::FromStr;

use serde_json::{Map, Value as Json, json};

use super::fields::{self, Problems, ShapeError};
use super::words::Word;
use super::yaml::{Node, NodeId, Value};
use crate::states::{StateEnum, UnknownState};

/// Parts of a schema that are said once and referred to by name.
pub type Definitions = Map<String, Json>;

/// How a value is written.
pub trait Shape<E> {
    /// What is read.
    type Value;

    /// The value of a node; `None` comes with a problem.
    fn read(&self, node: &Node, problems: &mut Problems<E>) -> Option<Self::Value>;

    /// The same as a JSON Schema.
    fn schema(&self, definitions: &mut Definitions) -> Json;
}

/// A value and where it was; `None` for one that can not be read.
#[derive(Debug, Clone, PartialEq)]
pub struct At<T> {
    /// Where.
    pub node: NodeId,
    /// What.
    pub value: Option<T>,
}

/// Text without control characters, but for line breaks and tabs.
#[must_use]
pub const fn text(expected: &'static str) -> Text {
    Text { expected }
}

/// See [`text`].
#[derive(Debug, Clone, Copy)]
pub struct Text {
    expected: &'static str,
}

impl<E: From<ShapeError>> Shape<E> for Text {
    type Value = String;

    fn read(&self, node: &Node, problems: &mut Problems<E>) -> Option<String> {
        fields::text(node, self.expected, problems).map(str::to_owned)
    }

    fn schema(&self, definitions: &mut Definitions) -> Json {
        text_schema(definitions)
    }
}

/// Text as [`text`] takes it.
pub fn text_schema(definitions: &mut Definitions) -> Json {
    define(
        "text",
        definitions,
        |_| json!({ "type": "string", "pattern": r"^[^\u0000-\u0008\u000b-\u001f\u007f-\u009f]*$" }),
    )
}

/// Text of a form: what it is parsed into, and a pattern that says as much as a schema can.
pub const fn form<P>(expected: &'static str, pattern: &'static str, parse: P) -> Form<P> {
    Form {
        text: text(expected),
        pattern,
        parse,
    }
}

/// See [`form`].
#[derive(Debug, Clone, Copy)]
pub struct Form<P> {
    text: Text,
    pattern: &'static str,
    parse: P,
}

impl<E, F, T, P> Shape<E> for Form<P>
where
    E: From<ShapeError> + From<F>,
    P: Fn(&str) -> Result<T, F>,
{
    type Value = T;

    fn read(&self, node: &Node, problems: &mut Problems<E>) -> Option<T> {
        let text = self.text.read(node, problems)?;
        problems.keep(node.id, (self.parse)(&text))
    }

    fn schema(&self, definitions: &mut Definitions) -> Json {
        let mut schema = Shape::<E>::schema(&self.text, definitions);
        schema["pattern"] = json!(self.pattern);
        schema
    }
}

/// A truth value.
#[must_use]
pub const fn flag() -> Flag {
    Flag
}

/// See [`flag`].
#[derive(Debug, Clone, Copy)]
pub struct Flag;

impl<E: From<ShapeError>> Shape<E> for Flag {
    type Value = bool;

    fn read(&self, node: &Node, problems: &mut Problems<E>) -> Option<bool> {
        fields::boolean(node, problems)
    }

    fn schema(&self, _: &mut Definitions) -> Json {
        json!({ "type": "boolean" })
    }
}

/// `true`, which is said or left out; `expected` says what else to write in place of `false`.
#[must_use]
pub const fn only_true(expected: &'static str) -> OnlyTrue {
    OnlyTrue { expected }
}

/// See [`only_true`].
#[derive(Debug, Clone, Copy)]
pub struct OnlyTrue {
    expected: &'static str,
}

impl<E: From<ShapeError>> Shape<E> for OnlyTrue {
    type Value = bool;

    fn read(&self, node: &Node, problems: &mut Problems<E>) -> Option<bool> {
        let is_true = fields::boolean(node, problems)?;
        if !is_true {
            problems.add(node.id, ShapeError::expected(self.expected, &node.value));
        }
        is_true.then_some(true)
    }

    fn schema(&self, _: &mut Definitions) -> Json {
        json!({ "const": true })
    }
}

/// A whole number of a range.
#[must_use]
pub const fn whole<N>(range: RangeInclusive<N>, expected: &'static str) -> Whole<N> {
    Whole { range, expected }
}

/// See [`whole`].
#[derive(Debug, Clone)]
pub struct Whole<N> {
    range: RangeInclusive<N>,
    expected: &'static str,
}

impl<E: From<ShapeError>, N: TryFrom<i128> + PartialOrd + serde::Serialize> Shape<E> for Whole<N> {
    type Value = N;

    fn read(&self, node: &Node, problems: &mut Problems<E>) -> Option<N> {
        let number = fields::whole(&node.value).and_then(|number| N::try_from(number).ok());
        let number = number.filter(|number| self.range.contains(number));
        if number.is_none() {
            problems.add(node.id, ShapeError::expected(self.expected, &node.value));
        }
        number
    }

    fn schema(&self, _: &mut Definitions) -> Json {
        json!({ "type": "integer", "minimum": self.range.start(), "maximum": self.range.end() })
    }
}

/// A number of a range.
#[must_use]
pub const fn number(range: RangeInclusive<f64>, expected: &'static str) -> Number {
    Number { range, expected }
}

/// See [`number`].
#[derive(Debug, Clone)]
pub struct Number {
    range: RangeInclusive<f64>,
    expected: &'static str,
}

impl<E: From<ShapeError>> Shape<E> for Number {
    type Value = f64;

    fn read(&self, node: &Node, problems: &mut Problems<E>) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "nothing here counts so far")]
        let number = match node.value {
            Value::Integer(number) => Some(number as f64),
            Value::Float(number) => Some(number),
            _ => None,
        };
        let number = number.filter(|number| self.range.contains(number));
        if number.is_none() {
            problems.add(node.id, ShapeError::expected(self.expected, &node.value));
        }
        number
    }

    fn schema(&self, _: &mut Definitions) -> Json {
        json!({ "type": "number", "minimum": self.range.start(), "maximum": self.range.end() })
    }
}

/// One of the words of an enum, each a `kind`.
#[must_use]
pub fn word<T: Word>(kind: &'static str) -> Words<T> {
    Words {
        kind,
        expected: None,
        all: T::ALL,
        as_str: T::as_str,
    }
}

/// One of some words, each a `kind`.
#[must_use]
pub fn one_of(kind: &'static str, all: &'static [&'static str]) -> Words<&'static str> {
    Words {
        kind,
        expected: None,
        all,
        as_str: |word| word,
    }
}

/// See [`word`] and [`one_of`].
#[derive(Debug, Clone, Copy)]
pub struct Words<T: 'static> {
    kind: &'static str,
    expected: Option<&'static str>,
    all: &'static [T],
    as_str: fn(T) -> &'static str,
}

impl<T: Copy> Words<T> {
    /// Where no text is found, says that this was expected; by default the words.
    #[must_use]
    pub fn expecting(self, expected: &'static str) -> Self {
        let expected = Some(expected);
        Self { expected, ..self }
    }

    fn names(&self) -> Vec<&'static str> {
        self.all.iter().map(|word| (self.as_str)(*word)).collect()
    }
}

impl<E: From<ShapeError>, T: Copy> Shape<E> for Words<T> {
    type Value = T;

    fn read(&self, node: &Node, problems: &mut Problems<E>) -> Option<T> {
        let Value::String(_) = node.value else {
            let words = || format!("one of {}", self.names().join(", "));
            let expected = self.expected.map_or_else(words, str::to_owned);
            problems.add(node.id, ShapeError::expected(&expected, &node.value));
            return None;
        };
        let text = fields::text(node, "text", problems)?;
        let found = self.all.iter().find(|word| (self.as_str)(**word) == text);
        if found.is_none() {
            problems.add(node.id, ShapeError::word(self.kind, text, self.names()));
        }
        found.copied()
    }

    fn schema(&self, _: &mut Definitions) -> Json {
        json!({ "enum": self.names() })
    }
}

/// A value of an enum of W3C.
#[must_use]
pub const fn state<S: StateEnum>() -> State<S> {
    State(PhantomData)
}

/// See [`state`].
#[derive(Debug, Clone, Copy)]
pub struct State<S>(PhantomData<S>);

impl<E, S> Shape<E> for State<S>
where
    E: From<ShapeError> + From<UnknownState>,
    S: StateEnum + FromStr<Err = UnknownState>,
{
    type Value = S;

    fn read(&self, node: &Node, problems: &mut Problems<E>) -> Option<S> {
        let text = fields::text(node, "a state", problems)?;
        problems.keep(node.id, text.parse())
    }

    fn schema(&self, _: &mut Definitions) -> Json {
        let names: Vec<_> = S::ALL.iter().map(|state| state.as_str()).collect();
        json!({ "enum": names })
    }
}

/// A list; `expected` says that for what is none.
pub const fn list<S>(expected: &'static str, item: S) -> Items<S> {
    let expected = Some(expected);
    Items { item, expected }
}

/// One of it, or a list of it.
pub const fn one_or_more<S>(item: S) -> Items<S> {
    let expected = None;
    Items { item, expected }
}

/// See [`list`] and [`one_or_more`].
#[derive(Debug, Clone, Copy)]
pub struct Items<S> {
    item: S,
    /// `None` where one may stand for a list of it.
    expected: Option<&'static str>,
}

impl<E: From<ShapeError>, S: Shape<E>> Shape<E> for Items<S> {
    type Value = Vec<S::Value>;

    /// The items that can be read: the rest are problems.
    fn read(&self, node: &Node, problems: &mut Problems<E>) -> Option<Self::Value> {
        let items = match self.expected {
            Some(expected) => fields::list(node, expected, problems)?,
            None => node.items(),
        };
        let items = items
            .iter()
            .filter_map(|item| self.item.read(item, problems));
        Some(items.collect())
    }

    fn schema(&self, definitions: &mut Definitions) -> Json {
        let item = self.item.schema(definitions);
        self.list_or_one(&item, json!({ "type": "array", "items": item }))
    }
}

impl<S> Items<S> {
    fn list_or_one(&self, item: &Json, list: Json) -> Json {
        match self.expected {
            Some(_) => list,
            None => json!({ "anyOf": [item, list] }),
        }
    }
}

/// At least one item; `error` makes the problem of an empty list.
pub const fn at_least_one<E, S, F: Fn(&Value) -> E>(items: Items<S>, error: F) -> AtLeastOne<S, F> {
    AtLeastOne { items, error }
}

/// See [`at_least_one`].
#[derive(Debug, Clone, Copy)]
pub struct AtLeastOne<S, F> {
    items: Items<S>,
    error: F,
}

impl<E: From<ShapeError>, S: Shape<E>, F: Fn(&Value) -> E> Shape<E> for AtLeastOne<S, F> {
    type Value = Vec<S::Value>;

    fn read(&self, node: &Node, problems: &mut Problems<E>) -> Option<Self::Value> {
        if matches!(&node.value, Value::Sequence(items) if items.is_empty()) {
            problems.add(node.id, (self.error)(&node.value));
        }
        self.items.read(node, problems)
    }

    fn schema(&self, definitions: &mut Definitions) -> Json {
        let item = self.items.item.schema(definitions);
        let list = json!({ "type": "array", "minItems": 1, "items": item });
        self.items.list_or_one(&item, list)
    }
}

/// A value, and nothing for its default.
pub const fn or_nothing<S>(shape: S) -> OrNothing<S> {
    OrNothing(shape)
}

/// See [`or_nothing`].
#[derive(Debug, Clone, Copy)]
pub struct OrNothing<S>(S);

impl<E, S: Shape<E, Value: Default>> Shape<E> for OrNothing<S> {
    type Value = S::Value;

    fn read(&self, node: &Node, problems: &mut Problems<E>) -> Option<S::Value> {
        match node.value {
            Value::Null => Some(S::Value::default()),
            _ => self.0.read(node, problems),
        }
    }

    fn schema(&self, definitions: &mut Definitions) -> Json {
        json!({ "anyOf": [{ "type": "null" }, self.0.schema(definitions)] })
    }
}

/// A mapping of one shape, or what is no mapping of another.
pub const fn mapping_or<M, O>(mapping: M, other: O) -> MappingOr<M, O> {
    MappingOr { mapping, other }
}

/// See [`mapping_or`].
#[derive(Debug, Clone, Copy)]
pub struct MappingOr<M, O> {
    mapping: M,
    other: O,
}

impl<E, M: Shape<E>, O: Shape<E, Value = M::Value>> Shape<E> for MappingOr<M, O> {
    type Value = M::Value;

    fn read(&self, node: &Node, problems: &mut Problems<E>) -> Option<M::Value> {
        match node.value {
            Value::Mapping(_) => self.mapping.read(node, problems),
            _ => self.other.read(node, problems),
        }
    }

    fn schema(&self, definitions: &mut Definitions) -> Json {
        let other = self.other.schema(definitions);
        json!({ "anyOf": [other, self.mapping.schema(definitions)] })
    }
}

/// A value with its place, also where it can not be read.
pub const fn placed<S>(shape: S) -> Placed<S> {
    Placed(shape)
}

/// See [`placed`].
#[derive(Debug, Clone, Copy)]
pub struct Placed<S>(S);

impl<E, S: Shape<E>> Shape<E> for Placed<S> {
    type Value = At<S::Value>;

    fn read(&self, node: &Node, problems: &mut Problems<E>) -> Option<At<S::Value>> {
        let value = self.0.read(node, problems);
        Some(At {
            node: node.id,
            value,
        })
    }

    fn schema(&self, definitions: &mut Definitions) -> Json {
        self.0.schema(definitions)
    }
}

/// What follows from a value; `None` comes with a problem.
pub fn then<E, T, S: Shape<E>, F>(shape: S, then: F) -> Then<S, F>
where
    F: Fn(S::Value, &Node, &mut Problems<E>) -> Option<T>,
{
    Then { shape, then }
}

/// A value in another type.
pub const fn map<S, F>(shape: S, map: F) -> Mapped<S, F> {
    Mapped { shape, map }
}

/// See [`map`].
#[derive(Debug, Clone, Copy)]
pub struct Mapped<S, F> {
    shape: S,
    map: F,
}

impl<E, T, S: Shape<E>, F: Fn(S::Value) -> T> Shape<E> for Mapped<S, F> {
    type Value = T;

    fn read(&self, node: &Node, problems: &mut Problems<E>) -> Option<T> {
        self.shape.read(node, problems).map(&self.map)
    }

    fn schema(&self, definitions: &mut Definitions) -> Json {
        self.shape.schema(definitions)
    }
}

/// See [`then`].
#[derive(Debug, Clone, Copy)]
pub struct Then<S, F> {
    shape: S,
    then: F,
}

impl<E, T, S: Shape<E>, F> Shape<E> for Then<S, F>
where
    F: Fn(S::Value, &Node, &mut Problems<E>) -> Option<T>,
{
    type Value = T;

    fn read(&self, node: &Node, problems: &mut Problems<E>) -> Option<T> {
        let value = self.shape.read(node, problems)?;
        (self.then)(value, node, problems)
    }

    fn schema(&self, definitions: &mut Definitions) -> Json {
        self.shape.schema(definitions)
    }
}

/// A value that is checked besides, for what no schema can say.
pub fn checked<E, S: Shape<E>, C>(shape: S, check: C) -> Checked<S, C>
where
    C: Fn(&S::Value, &mut Problems<E>),
{
    Checked { shape, check }
}

/// See [`checked`].
#[derive(Debug, Clone, Copy)]
pub struct Checked<S, C> {
    shape: S,
    check: C,
}

impl<E, S: Shape<E>, C: Fn(&S::Value, &mut Problems<E>)> Shape<E> for Checked<S, C> {
    type Value = S::Value;

    fn read(&self, node: &Node, problems: &mut Problems<E>) -> Option<S::Value> {
        let value = self.shape.read(node, problems)?;
        (self.check)(&value, problems);
        Some(value)
    }

    fn schema(&self, definitions: &mut Definitions) -> Json {
        self.shape.schema(definitions)
    }
}

/// A shape that a schema says once, under a name; it may hold itself.
pub const fn named<E, S: Shape<E>>(name: &'static str, shape: fn() -> S) -> Named<S> {
    Named { name, shape }
}

/// See [`named`].
#[derive(Debug, Clone, Copy)]
pub struct Named<S> {
    name: &'static str,
    shape: fn() -> S,
}

impl<E, S: Shape<E>> Shape<E> for Named<S> {
    type Value = S::Value;

    fn read(&self, node: &Node, problems: &mut Problems<E>) -> Option<S::Value> {
        (self.shape)().read(node, problems)
    }

    fn schema(&self, definitions: &mut Definitions) -> Json {
        define(self.name, definitions, |definitions| {
            (self.shape)().schema(definitions)
        })
    }
}

/// The JSON Schema of a whole file.
pub fn document<E>(title: &str, shape: &impl Shape<E>) -> Json {
    let mut definitions = Definitions::new();
    let of_file = shape.schema(&mut definitions);
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
    });
    add(&mut schema, of_file);
    schema["$defs"] = Json::Object(definitions);
    schema
}

/// A reference to a definition, which is made where it is not there.
pub fn define(
    name: &str,
    definitions: &mut Definitions,
    schema: impl FnOnce(&mut Definitions) -> Json,
) -> Json {
    if !definitions.contains_key(name) {
        // Its name is there first, for what holds itself.
        definitions.insert(name.to_owned(), Json::Null);
        let schema = schema(definitions);
        definitions.insert(name.to_owned(), schema);
    }
    json!({ "$ref": format!("#/$defs/{name}") })
}

/// Adds what a schema says besides.
pub fn add(schema: &mut Json, besides: Json) {
    if let (Json::Object(schema), Json::Object(besides)) = (schema, besides) {
        schema.extend(besides);
    }
}
