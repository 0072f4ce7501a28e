//! How a value is written: one description gives its reader and its JSON Schema.
//!
//! A [`Shape`] reads a node, noting every problem, and gives the same as a schema. Small shapes
//! make larger ones; [`keys!`](crate::keys) makes one of a mapping. What a schema can not express
//! is checked beside a shape ([`Shape::then`], `besides` of a table).

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use serde_json::{Map, Value as Json, json};

use super::fields::{self, Problems, ShapeError};
use super::words::Word;
use super::yaml::{Found, Node, NodeId, Value};

/// Parts of a schema that are written once and referred to by name.
pub type Definitions = Map<String, Json>;

type Read<E, T> = dyn Fn(&Node, &mut Problems<E>) -> Option<T>;

/// How a value of a type is written, and the type of its problems.
pub struct Shape<E, T> {
    read: Box<Read<E, T>>,
    schema: Box<dyn Fn(&mut Definitions) -> Json>,
}

impl<E: 'static, T: 'static> Shape<E, T> {
    /// A shape of a reader, whose `None` comes with a problem, and a schema that accepts the same.
    pub fn new(
        read: impl Fn(&Node, &mut Problems<E>) -> Option<T> + 'static,
        schema: impl Fn(&mut Definitions) -> Json + 'static,
    ) -> Self {
        Self {
            read: Box::new(read),
            schema: Box::new(schema),
        }
    }

    /// The value of a node; `None` comes with a problem.
    pub fn read(&self, node: &Node, problems: &mut Problems<E>) -> Option<T> {
        (self.read)(node, problems)
    }

    /// The JSON Schema.
    pub fn schema(&self, definitions: &mut Definitions) -> Json {
        (self.schema)(definitions)
    }

    /// The JSON Schema of a whole file.
    #[must_use]
    pub fn document(&self, title: &str) -> Json {
        document(title, |definitions| self.schema(definitions))
    }

    /// The result of a function of the value; its `None` comes with a problem.
    #[must_use]
    pub fn then<U: 'static>(
        self,
        then: impl Fn(T, &Node, &mut Problems<E>) -> Option<U> + 'static,
    ) -> Shape<E, U> {
        let read = self.read;
        Shape {
            read: Box::new(move |node, problems| then(read(node, problems)?, node, problems)),
            schema: self.schema,
        }
    }

    /// The value in another type.
    #[must_use]
    pub fn map<U: 'static>(self, map: impl Fn(T) -> U + 'static) -> Shape<E, U> {
        self.then(move |value, _, _| Some(map(value)))
    }

    /// The value with its place, also where it can not be read.
    #[must_use]
    pub fn placed(self) -> Shape<E, At<T>> {
        let read = self.read;
        Shape {
            read: Box::new(move |node, problems| {
                let (node, value) = (node.id, read(node, problems));
                Some(At { node, value })
            }),
            schema: self.schema,
        }
    }

    /// The value; `null` or nothing gives the default.
    #[must_use]
    pub fn or_nothing(self) -> Self
    where
        T: Default,
    {
        let nothing = Self::new(|_, _| Some(T::default()), |_| json!({ "type": "null" }));
        either(|value| *value == Value::Null, nothing, self)
    }

    /// The same, written once in a schema, under a name; so it may contain itself.
    pub fn named(name: &'static str, shape: fn() -> Self) -> Self {
        Self::new(
            move |node, problems| shape().read(node, problems),
            move |definitions| define(name, definitions, |definitions| shape().schema(definitions)),
        )
    }
}

/// A whole JSON Schema.
pub fn document(title: &str, schema: impl FnOnce(&mut Definitions) -> Json) -> Json {
    let mut definitions = Definitions::new();
    let of_file = schema(&mut definitions);
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
    });
    add(&mut schema, of_file);
    schema["$defs"] = Json::Object(definitions);
    schema
}

/// A value and where it was; `None` for one that can not be read.
#[derive(Debug, Clone, PartialEq)]
pub struct At<T> {
    /// Where.
    pub node: NodeId,
    /// What.
    pub value: Option<T>,
}

/// One shape for the values that a predicate accepts, and another for all others.
#[must_use]
pub fn either<E: 'static, T: 'static>(
    is_first: fn(&Value) -> bool,
    first: Shape<E, T>,
    second: Shape<E, T>,
) -> Shape<E, T> {
    let (first_read, second_read) = (first.read, second.read);
    let (first_schema, second_schema) = (first.schema, second.schema);
    Shape::new(
        move |node, problems| {
            let is_first = is_first(&node.value);
            let read = if is_first { &first_read } else { &second_read };
            read(node, problems)
        },
        move |definitions| json!({ "anyOf": [first_schema(definitions), second_schema(definitions)] }),
    )
}

/// Text without control characters, except line breaks and tabs.
#[must_use]
pub fn text<E: From<ShapeError> + 'static>(expected: &'static str) -> Shape<E, String> {
    Shape::new(
        move |node, problems| fields::text(node, expected, problems).map(str::to_owned),
        text_schema,
    )
}

/// The schema of a [`text`].
pub fn text_schema(definitions: &mut Definitions) -> Json {
    define(
        "text",
        definitions,
        |_| json!({ "type": "string", "pattern": r"^[^\u0000-\u0008\u000b-\u001f\u007f-\u009f]*$" }),
    )
}

/// Text of a form: what it is parsed into, and a pattern that expresses as much as a schema can.
pub fn form<E: From<ShapeError> + From<F> + 'static, T: 'static, F>(
    expected: &'static str,
    pattern: &'static str,
    parse: fn(&str) -> Result<T, F>,
) -> Shape<E, T>
where
    F: 'static,
{
    let parsed = text(expected)
        .then(move |text, node, problems: &mut Problems<E>| problems.keep(node.id, parse(&text)));
    parsed.and(json!({ "pattern": pattern }))
}

/// The version of a format; `error` makes the problem of any other version.
pub fn version<E: 'static>(version: i128, error: fn(Found) -> E) -> Shape<E, ()> {
    Shape::new(
        move |node, problems| {
            let is_this = fields::whole(&node.value) == Some(version);
            if !is_this {
                problems.add(node.id, error(node.value.describe()));
            }
            is_this.then_some(())
        },
        move |_| json!({ "const": version }),
    )
}

/// A truth value.
#[must_use]
pub fn flag<E: From<ShapeError> + 'static>() -> Shape<E, bool> {
    Shape::new(fields::boolean, |_| json!({ "type": "boolean" }))
}

/// `true`, which may be left out; `expected` says what to write in place of `false`.
#[must_use]
pub fn only_true<E: From<ShapeError> + 'static>(expected: &'static str) -> Shape<E, bool> {
    let checked = flag().then(move |is_true, node, problems: &mut Problems<E>| {
        if !is_true {
            problems.add(node.id, ShapeError::expected(expected, &node.value));
        }
        is_true.then_some(true)
    });
    checked.and(json!({ "const": true }))
}

/// A key that must not be there, since it has a meaning in another place.
#[must_use]
pub fn never<E: From<ShapeError> + 'static>() -> Shape<E, ()> {
    Shape::new(
        |node, problems| {
            problems.add(node.id, ShapeError::expected("nothing", &node.value));
            None
        },
        |_| json!({ "not": {} }),
    )
}

/// A whole number of a range.
#[must_use]
pub fn whole<E, N>(range: RangeInclusive<N>, expected: &'static str) -> Shape<E, N>
where
    E: From<ShapeError> + 'static,
    N: TryFrom<i128> + PartialOrd + serde::Serialize + Copy + 'static,
{
    let (least, most) = (*range.start(), *range.end());
    Shape::new(
        move |node, problems| {
            let number = fields::whole(&node.value).and_then(|number| N::try_from(number).ok());
            expected_in(&range, number, expected, node, problems)
        },
        move |_| json!({ "type": "integer", "minimum": least, "maximum": most }),
    )
}

/// A number of a range.
#[must_use]
pub fn number<E: From<ShapeError> + 'static>(
    range: RangeInclusive<f64>,
    expected: &'static str,
) -> Shape<E, f64> {
    let (least, most) = (*range.start(), *range.end());
    Shape::new(
        move |node, problems| {
            #[expect(clippy::cast_precision_loss, reason = "nothing here is so large")]
            let number = match node.value {
                Value::Integer(number) => Some(number as f64),
                Value::Float(number) => Some(number),
                _ => None,
            };
            expected_in(&range, number, expected, node, problems)
        },
        move |_| json!({ "type": "number", "minimum": least, "maximum": most }),
    )
}

fn expected_in<E: From<ShapeError>, N: PartialOrd>(
    range: &RangeInclusive<N>,
    number: Option<N>,
    expected: &str,
    node: &Node,
    problems: &mut Problems<E>,
) -> Option<N> {
    let number = number.filter(|number| range.contains(number));
    if number.is_none() {
        problems.add(node.id, ShapeError::expected(expected, &node.value));
    }
    number
}

/// One of the words of an enum, each a `kind`.
#[must_use]
pub fn word<E: From<ShapeError> + 'static, T: Word>(kind: &'static str) -> Shape<E, T> {
    let expected = format!("one of {}", T::words().join(", "));
    one_of(kind, expected, T::ALL, T::as_str)
}

/// One of some words, each a `kind`; `expected` is for a value that is not text.
pub fn one_of<E: From<ShapeError> + 'static, T: Copy>(
    kind: &'static str,
    expected: impl Into<String>,
    all: &'static [T],
    as_str: fn(T) -> &'static str,
) -> Shape<E, T> {
    let expected = expected.into();
    let names = move || all.iter().map(|word| as_str(*word)).collect::<Vec<_>>();
    Shape::new(
        move |node, problems| {
            let text = fields::text(node, &expected, problems)?;
            let found = all.iter().find(|word| as_str(**word) == text);
            if found.is_none() {
                problems.add(node.id, ShapeError::word(kind, text, names()));
            }
            found.copied()
        },
        move |_| json!({ "enum": names() }),
    )
}

/// A list; `expected` is for a value that is not one. Items that can not be read are left out.
#[must_use]
pub fn list<E: From<ShapeError> + 'static, T: 'static>(
    expected: &'static str,
    item: Shape<E, T>,
) -> Shape<E, Vec<T>> {
    let (read, schema) = (item.read, item.schema);
    Shape::new(
        move |node, problems| {
            let items = fields::list(node, expected, problems)?.iter();
            Some(items.filter_map(|item| read(item, problems)).collect())
        },
        move |definitions| json!({ "type": "array", "items": schema(definitions) }),
    )
}

/// One item, or a list of items.
#[must_use]
pub fn one_or_more<E: 'static, T: 'static>(item: Shape<E, T>) -> Shape<E, Vec<T>> {
    let (read, schema) = (item.read, item.schema);
    Shape::new(
        move |node, problems| {
            let items = node.items().iter();
            Some(items.filter_map(|item| read(item, problems)).collect())
        },
        move |definitions| {
            let item = schema(definitions);
            json!({ "anyOf": [item, { "type": "array", "items": item }] })
        },
    )
}

/// One text, or a list of texts; `expected` is for a value that is neither.
#[must_use]
pub fn text_or_texts<E: From<ShapeError> + 'static>(
    expected: &'static str,
) -> Shape<E, Vec<String>> {
    let alone = text(expected).map(|text| vec![text]);
    let is_text = |value: &Value| matches!(value, Value::String(_));
    either(is_text, alone, list(expected, text("text")))
}

impl<E: 'static, T: 'static> Shape<E, T> {
    /// The same, with more members in its schema.
    #[must_use]
    pub fn and(self, besides: Json) -> Self {
        let schema = self.schema;
        Self {
            read: self.read,
            schema: Box::new(move |definitions| {
                let mut schema = schema(definitions);
                add(&mut schema, besides.clone());
                schema
            }),
        }
    }
}

impl<E: 'static, T: 'static> Shape<E, Vec<T>> {
    /// At least one; `error` makes the problem of an empty list.
    #[must_use]
    pub fn at_least_one(self, error: impl Fn(&Value) -> E + 'static) -> Self {
        let read = self.read;
        let not_empty = Self {
            read: Box::new(move |node, problems| {
                if node.items().is_empty() {
                    problems.add(node.id, error(&node.value));
                }
                read(node, problems)
            }),
            schema: self.schema,
        };
        // `minItems` accepts every value that is not a list.
        not_empty.and(json!({ "minItems": 1 }))
    }

    /// The items as a set.
    #[must_use]
    pub fn set(self) -> Shape<E, BTreeSet<T>>
    where
        T: Ord,
    {
        self.map(|items| items.into_iter().collect())
    }
}

/// A reference to a definition, which is made if it does not exist.
pub fn define(
    name: &str,
    definitions: &mut Definitions,
    schema: impl FnOnce(&mut Definitions) -> Json,
) -> Json {
    if !definitions.contains_key(name) {
        // The name comes first, for a definition that contains itself.
        definitions.insert(name.to_owned(), Json::Null);
        let schema = schema(definitions);
        definitions.insert(name.to_owned(), schema);
    }
    json!({ "$ref": format!("#/$defs/{name}") })
}

fn add(schema: &mut Json, besides: Json) {
    if let (Json::Object(schema), Json::Object(besides)) = (schema, besides) {
        schema.extend(besides);
    }
}
