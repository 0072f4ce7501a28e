//! Which list of known deviations a run is held against.

use std::path::Path;

use peerstate_model::input::located::Refused;
use peerstate_model::input::names;

use super::{KnownDeviations, KnownError};
use crate::implementation::Implementation;
use crate::input::{self, InputError};

/// What stands in place of the name of a list where there is none.
const NO_LIST: &str = "no list";

/// A list of known deviations, and where it is from.
#[derive(Debug, Default)]
pub struct NamedList {
    /// What messages call it, such as the path of the file.
    pub name: String,
    /// The list.
    pub known: KnownDeviations,
}

/// Why a list can not be had.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// The file was not read.
    #[error(transparent)]
    Input(#[from] Refused<InputError>),
    /// The file is not a list.
    #[error(transparent)]
    Refused(#[from] Refused<KnownError>),
    /// It is of another implementation.
    #[error(
        "{name} lists the known deviations of `{of}`; they do not excuse `{tested}`, the \
         implementation under test; give its own list with --known, or an empty one"
    )]
    OfAnother {
        /// What messages call the list.
        name: String,
        /// The implementation that it is of.
        of: String,
        /// The one that is tested.
        tested: String,
    },
}

impl KnownDeviations {
    /// Reads the list in a file; `-` is standard input.
    ///
    /// # Errors
    ///
    /// When the file can not be read, or is not a list.
    pub fn read(path: &Path) -> Result<Self, ListError> {
        let text = input::text(path, input::Format::Known)?;
        Ok(Self::parse(&input::shown(path), &text)?)
    }
}

impl NamedList {
    /// The list to hold the findings of an implementation against: the one in a file, or else its
    /// own.
    ///
    /// # Errors
    ///
    /// When the file can not be read, is not a list, or is a list of another implementation.
    pub fn of(implementation: &dyn Implementation, file: Option<&Path>) -> Result<Self, ListError> {
        let list = match (file, implementation.known_deviations()) {
            (Some(path), _) => Self {
                name: input::shown(path),
                known: KnownDeviations::read(path)?,
            },
            (None, Some(own)) => Self {
                name: own.name.to_owned(),
                known: KnownDeviations::parse(own.name, own.text)?,
            },
            (None, None) => Self {
                name: NO_LIST.to_owned(),
                known: KnownDeviations::default(),
            },
        };
        let tested = implementation.identity().name;
        match &list.known.implementation {
            Some(other) if !list.known.is_of(&tested) => Err(ListError::OfAnother {
                of: names::shorten(other),
                name: list.name,
                tested,
            }),
            _ => Ok(list),
        }
    }
}
