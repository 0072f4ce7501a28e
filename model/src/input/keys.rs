//! Tables of keys: one of a mapping gives the type of what is read, its reader and its JSON Schema.

use serde_json::{Map, Value as Json, json};

use super::fields::{Fields, Problems, ShapeError};
use super::shape::{Definitions, Shape};
use super::yaml::Node;

/// A mapping with a table of keys, which [`keys!`](crate::keys) writes.
pub trait Keys<E>: Sized + 'static {
    /// The mapping in words, for the problem that something else was found.
    const EXPECTED: &'static str;

    /// Takes the keys out of a mapping; `None` comes with a problem.
    fn take(fields: &mut Fields<'_>, problems: &mut Problems<E>) -> Option<Self>;

    /// Adds the keys to a schema.
    fn describe(object: &mut Object<'_>);

    /// The demands that concern several keys.
    fn besides() -> Vec<Beside<E>>;
}

/// A demand on several keys of a mapping: the check, and as much of it as a schema can express.
#[derive(Debug)]
pub struct Beside<E> {
    /// For a schema.
    pub schema: fn() -> Json,
    /// For the reader, on the mapping as it is written.
    pub check: fn(&Node, &mut Problems<E>),
}

/// The shape of a mapping with a table of keys.
#[must_use]
pub fn keys<E: From<ShapeError> + 'static, R: Keys<E>>() -> Shape<E, R> {
    Shape::new(
        |node, problems| {
            let mut fields = Fields::of(node, R::EXPECTED, problems)?;
            let value = R::take(&mut fields, problems);
            fields.reject_unknown(problems);
            for beside in R::besides() {
                (beside.check)(node, problems);
            }
            value
        },
        schema::<E, R, false>,
    )
}

/// The shape of a mapping with a table of keys that may have further keys, which are ignored.
#[must_use]
pub fn open_keys<E: From<ShapeError> + 'static, R: Keys<E>>() -> Shape<E, R> {
    Shape::new(
        |node, problems| R::take(&mut Fields::of(node, R::EXPECTED, problems)?, problems),
        schema::<E, R, true>,
    )
}

fn schema<E, R: Keys<E>, const IS_OPEN: bool>(definitions: &mut Definitions) -> Json {
    let mut object = Object {
        about: String::new(),
        required: Vec::new(),
        properties: Map::new(),
        definitions,
    };
    R::describe(&mut object);
    let mut schema = json!({ "type": "object", "description": object.about });
    if !object.required.is_empty() {
        schema["required"] = json!(object.required);
    }
    if !IS_OPEN {
        schema["additionalProperties"] = json!(false);
    }
    schema["properties"] = Json::Object(object.properties);
    let besides: Vec<Json> = R::besides().iter().map(|one| (one.schema)()).collect();
    if !besides.is_empty() {
        schema["allOf"] = json!(besides);
    }
    schema
}

/// The schema of a mapping that is being built.
#[derive(Debug)]
pub struct Object<'d> {
    about: String,
    required: Vec<&'static str>,
    properties: Map<String, Json>,
    definitions: &'d mut Definitions,
}

impl Object<'_> {
    /// Sets the description of the mapping.
    pub fn about(&mut self, about: &[&str]) {
        self.about = joined(about);
    }

    /// Adds a key.
    pub fn key<E: 'static, T: 'static>(
        &mut self,
        name: &'static str,
        is_required: bool,
        about: &[&str],
        shape: &Shape<E, T>,
    ) {
        let mut schema = shape.schema(self.definitions);
        schema["description"] = json!(joined(about));
        self.properties.insert(name.to_owned(), schema);
        if is_required {
            self.required.push(name);
        }
    }
}

/// The lines of a comment as one.
fn joined(lines: &[&str]) -> String {
    let lines: Vec<&str> = lines.iter().map(|line| line.trim()).collect();
    lines.join(" ")
}

/// A table of keys: the type of what is read, its [`Keys`], and each key with its comment, which
/// becomes a description in the schema.
///
/// A key is one of
/// - `required`: a problem where it is missing, and then nothing is made of the mapping;
/// - `expected`: a problem where it is missing; the other keys are still read;
/// - `optional`: `None` where it is missing;
/// - `defaulted`: the default of its type where it is missing.
///
/// `with` adds the keys of another table. `besides` holds the demands that concern several keys.
#[macro_export]
macro_rules! keys {
    (
        $(#[doc = $doc:literal])+
        $(#[derive($($derive:ident),+)])?
        $vis:vis struct $name:ident $(<$of:ident: $bound:path>)?: $error:ty, $expected:literal $(, with $with:ident: $with_type:ident)? {
            $(
                $(#[doc = $about:literal])+
                $(#[serde $serde:tt])?
                $need:ident $field:ident $(as $key:literal)?: $type:ty = $shape:expr,
            )*
        }
        $( besides [$($beside:expr),+ $(,)?] )?
    ) => {
        $(#[doc = $doc])+
        $(#[derive($($derive),+)])?
        $vis struct $name $(<$of: $bound>)? {
            $( #[doc = concat!("The keys of [`", stringify!($with_type), "`].")] pub $with: $with_type, )?
            $( $(#[doc = $about])+ $(#[serde $serde])? pub $field: $crate::__key!(type $need $type), )*
        }

        impl $(<$of: $bound>)? $crate::input::keys::Keys<$error> for $name $(<$of>)? {
            const EXPECTED: &'static str = $expected;

            fn take(
                fields: &mut $crate::input::fields::Fields<'_>,
                problems: &mut $crate::input::fields::Problems<$error>,
            ) -> Option<Self> {
                // A table may have no keys.
                let _ = (&fields, &problems);
                $( let $with = <$with_type as $crate::input::keys::Keys<$error>>::take(fields, problems); )?
                // All shapes are built first, so that no field hides the shape of the next.
                let ($($field,)*) = ($({
                    let node = $crate::__key!(node $need fields, $crate::__key!(name $field $($key)?), problems);
                    node.and_then(|node| {
                        let shape: $crate::input::shape::Shape<$error, $type> = $shape;
                        shape.read(node, problems)
                    })
                },)*);
                Some(Self {
                    $( $with: $with?, )?
                    $( $field: $crate::__key!(value $need $field), )*
                })
            }

            fn describe(object: &mut $crate::input::keys::Object<'_>) {
                $( <$with_type as $crate::input::keys::Keys<$error>>::describe(object); )?
                object.about(&[$($doc),+]);
                $(
                    let shape: $crate::input::shape::Shape<$error, $type> = $shape;
                    let is_required = $crate::__key!(is_required $need);
                    object.key($crate::__key!(name $field $($key)?), is_required, &[$($about),+], &shape);
                )*
            }

            fn besides() -> Vec<$crate::input::keys::Beside<$error>> {
                vec![$( $($beside),+ )?]
            }
        }
    };
}

/// The parts of [`keys!`] that depend on what a key is.
#[doc(hidden)]
#[macro_export]
macro_rules! __key {
    (type required $type:ty) => { $type };
    (type expected $type:ty) => { Option<$type> };
    (type optional $type:ty) => { Option<$type> };
    (type defaulted $type:ty) => { $type };
    (value required $field:ident) => { $field? };
    (value expected $field:ident) => { $field };
    (value optional $field:ident) => { $field };
    (value defaulted $field:ident) => { $field.unwrap_or_default() };
    (node required $fields:ident, $key:expr, $problems:ident) => { $fields.required($key, $problems) };
    (node expected $fields:ident, $key:expr, $problems:ident) => { $fields.required($key, $problems) };
    (node optional $fields:ident, $key:expr, $problems:ident) => { $fields.optional($key) };
    (node defaulted $fields:ident, $key:expr, $problems:ident) => { $fields.optional($key) };
    (is_required required) => { true };
    (is_required expected) => { true };
    (is_required optional) => { false };
    (is_required defaulted) => { false };
    (name $field:ident) => { stringify!($field) };
    (name $field:ident $key:literal) => { $key };
}
