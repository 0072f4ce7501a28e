//! Editions as users name them: compiled-in editions by their ids, drafts by their files.

use std::path::Path;

use peerstate_model::editions::{
    DEFAULT_EDITION, Edition, EditionError, UnknownEdition, edition, editions, load_draft,
};
use peerstate_model::input::located::Refused;
use peerstate_model::input::names;

use crate::input::{self, Format, InputError};

/// An edition, and the name that the user gave.
#[derive(Debug, Clone)]
pub struct Named {
    /// Its id, or the file of a draft.
    pub name: String,
    /// The edition.
    pub edition: Edition,
    /// Whether it is a compiled-in edition, which may have known findings. A draft has none,
    /// whatever its id.
    pub is_published: bool,
}

/// Why an edition was not found.
#[derive(Debug, thiserror::Error)]
pub enum NamedError {
    /// A name is neither the id of an edition nor a file.
    #[error(transparent)]
    Unknown(#[from] UnknownEdition),
    /// The file of a draft could not be read.
    #[error(transparent)]
    Input(#[from] Refused<InputError>),
    /// The file is not a valid edition.
    #[error(transparent)]
    Draft(#[from] Refused<EditionError>),
}

impl Named {
    /// Returns a compiled-in edition.
    #[must_use]
    pub fn published(edition: &Edition) -> Self {
        Self {
            name: edition.id.clone(),
            edition: edition.clone(),
            is_published: true,
        }
    }

    /// Returns all compiled-in editions.
    #[must_use]
    pub fn all_published() -> Vec<Self> {
        editions().iter().map(Self::published).collect()
    }

    /// Finds a compiled-in edition, or reads the draft in a file; `-` is standard input.
    ///
    /// # Errors
    ///
    /// If the name is neither, or the file is not a valid edition.
    pub fn find(name: &str) -> Result<Self, NamedError> {
        let unknown = match edition(name) {
            Ok(edition) => return Ok(Self::published(edition)),
            Err(unknown) => unknown,
        };
        let path = Path::new(name);
        if !is_file(name, path) {
            return Err(unknown.into());
        }
        let text = input::text(path, Format::Edition)?;
        let name = input::shown(path);
        let edition = load_draft(&name, &text)?;
        Ok(Self {
            name,
            edition,
            is_published: false,
        })
    }

    /// Finds an edition; without a name, the default edition.
    ///
    /// # Errors
    ///
    /// The same as [`Self::find`].
    pub fn find_or_default(name: Option<&str>) -> Result<Self, NamedError> {
        Self::find(name.unwrap_or(DEFAULT_EDITION))
    }

    /// Returns the name in printable form, because a file may have any name.
    #[must_use]
    pub fn shown(&self) -> String {
        names::printable(&self.name)
    }
}

/// Returns whether a name means a file: the file exists, or the name looks like a path and is not a
/// misspelt id.
fn is_file(name: &str, path: &Path) -> bool {
    let ends = ["yaml", "yml", "json"];
    let looks_like_a_file = path
        .extension()
        .is_some_and(|end| ends.iter().any(|other| end == *other));
    name == "-"
        || path.try_exists().unwrap_or(true)
        || name.contains(['/', '\\'])
        || looks_like_a_file
}
