//! The list of known deviations with which a run is compared.

use std::path::Path;

use peerstate_model::input::located::Refused;
use peerstate_model::input::names;
use peerstate_model::trace::Clock;

use super::{KnownDeviations, KnownError};
use crate::implementation::Implementation;
use crate::input::{self, InputError};

/// What replaces the name of a list if there is none.
const NO_LIST: &str = "no list";

/// A list of known deviations, and its source.
#[derive(Debug, Default)]
pub struct NamedList {
    /// Its name in messages, such as the path of the file.
    pub name: String,
    /// The list.
    pub known: KnownDeviations,
}

/// Why a list is not available.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// The file could not be read.
    #[error(transparent)]
    Input(#[from] Refused<InputError>),
    /// The file is not a valid list.
    #[error(transparent)]
    Refused(#[from] Refused<KnownError>),
    /// It belongs to another implementation.
    #[error(
        "{name} lists the known deviations of `{of}`; they do not excuse `{tested}`, the \
         implementation under test; give its own list with --known, or an empty one"
    )]
    OfAnother {
        /// The name of the list in messages.
        name: String,
        /// The implementation to which it belongs.
        of: String,
        /// The implementation under test.
        tested: String,
    },
    /// An entry happens only sometimes, although the clock is virtual.
    #[error(
        "{name}: {entry} is `occasional`, but {tested} runs in virtual time, where a run happens in \
         the same way each time; remove the key"
    )]
    Occasional {
        /// The entry.
        entry: String,
        /// The file.
        name: String,
        /// The implementation under test.
        tested: String,
    },
}

impl KnownDeviations {
    /// Reads the list in a file; `-` is standard input.
    ///
    /// # Errors
    ///
    /// If the file can not be read, or is not a valid list.
    pub fn read(path: &Path) -> Result<Self, ListError> {
        let text = input::text(path, input::Format::Known)?;
        Ok(Self::parse(&input::shown(path), &text)?)
    }
}

impl NamedList {
    /// Returns the list with which to compare the findings of an implementation: the one in a file,
    /// or otherwise its own.
    ///
    /// # Errors
    ///
    /// If the file can not be read, is not a valid list, or belongs to another implementation.
    pub fn of(implementation: &dyn Implementation, file: Option<&Path>) -> Result<Self, ListError> {
        let profile = implementation.profile();
        let list = match (file, profile.known_deviations) {
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
        let tested = profile.identity.name;
        let occasional = list.known.entries.iter().find(|entry| entry.occasional);
        if let (Clock::Virtual, Some(entry)) = (profile.clock, occasional) {
            return Err(ListError::Occasional {
                entry: entry.name(),
                name: list.name,
                tested,
            });
        }
        match &list.known.implementation {
            // Its own list may begin with that of the same stack in virtual time.
            Some(other) if file.is_some() && !list.known.is_of(&tested) => {
                Err(ListError::OfAnother {
                    of: names::shorten(other),
                    name: list.name,
                    tested,
                })
            }
            _ => Ok(list),
        }
    }
}
