//! Editions as people name them: those compiled in by their ids, drafts by their files.

use std::path::Path;

use peerstate_model::editions::{
    DEFAULT_EDITION, Edition, EditionError, UnknownEdition, edition, editions, load_draft,
};
use peerstate_model::input::located::Refused;
use peerstate_model::input::names;

use crate::input::{self, Format, InputError};

/// An edition, and what it was asked for by.
#[derive(Debug, Clone)]
pub struct Named {
    /// Its id, or the file of a draft.
    pub name: String,
    /// The edition.
    pub edition: Edition,
    /// Whether it is one of those compiled in, of which findings may be known; of a draft nothing
    /// is, whatever its id.
    pub is_published: bool,
}

/// Why an edition can not be had.
#[derive(Debug, thiserror::Error)]
pub enum NamedError {
    /// A name is neither the id of an edition nor a file.
    #[error(transparent)]
    Unknown(#[from] UnknownEdition),
    /// The file of a draft was not read.
    #[error(transparent)]
    Input(#[from] Refused<InputError>),
    /// What it holds is not an edition.
    #[error(transparent)]
    Draft(#[from] Refused<EditionError>),
}

impl Named {
    /// One of those compiled in.
    #[must_use]
    pub fn published(edition: &Edition) -> Self {
        Self {
            name: edition.id.clone(),
            edition: edition.clone(),
            is_published: true,
        }
    }

    /// All of those compiled in.
    #[must_use]
    pub fn all_published() -> Vec<Self> {
        editions().iter().map(Self::published).collect()
    }

    /// An edition compiled in, or the draft in a file; `-` is standard input.
    ///
    /// # Errors
    ///
    /// When the name is neither, or the file is not an edition.
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

    /// The same; where there is no name, the edition that decides by default.
    ///
    /// # Errors
    ///
    /// As [`Self::find`].
    pub fn find_or_default(name: Option<&str>) -> Result<Self, NamedError> {
        Self::find(name.unwrap_or(DEFAULT_EDITION))
    }

    /// The name, fit to print: a file may be called anything.
    #[must_use]
    pub fn shown(&self) -> String {
        names::printable(&self.name)
    }
}

/// Whether a name is meant for a file: there is one, or it looks like one and so is no slip in an
/// id.
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
