//! The files that a run writes: its traces, its results, and a drafted list of known deviations.

use std::fs;
use std::path::{Path, PathBuf};

use peerstate_model::input::located::Refused;
use peerstate_model::input::names::printable;

use super::deviations::{KnownDeviations, KnownError, NamedList};
use super::verdict::Judged;
use crate::input;

/// An existing folder for traces.
#[derive(Debug)]
pub struct TraceFolder(PathBuf);

/// A folder for the results of a run: `results.json`, and its traces in `traces`.
#[derive(Debug)]
pub struct ResultsFolder {
    folder: PathBuf,
    /// The folder of the traces.
    pub traces: TraceFolder,
}

impl ResultsFolder {
    /// Returns the folder, created if it does not exist.
    ///
    /// # Errors
    ///
    /// If it can not be created.
    pub fn make(folder: &Path) -> Result<Self, FolderError> {
        TraceFolder::make(folder)?;
        Ok(Self {
            folder: folder.to_owned(),
            traces: TraceFolder::make(&folder.join("traces"))?,
        })
    }

    /// Returns the path of a file in it as the results name it: from the folder.
    #[must_use]
    pub fn from_inside(&self, path: &str) -> String {
        let inside = Path::new(path).strip_prefix(&self.folder);
        inside.map_or_else(|_| path.to_owned(), |path| path.display().to_string())
    }

    /// Writes the results, as JSON.
    ///
    /// # Errors
    ///
    /// If they can not be written.
    pub fn write(&self, results: &[u8]) -> Result<(), NotWritten> {
        let path = self.folder.join("results.json");
        fs::write(&path, results).map_err(|error| NotWritten::of("results", &path, &error))
    }
}

/// Why a folder for traces is not available.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// Something else has its name.
    #[error("{0}: this is not a folder; name a folder, or one to create")]
    NoFolder(String),
    /// It could not be created.
    #[error("{folder}: the folder can not be created: {reason}")]
    NotMade {
        /// The folder.
        folder: String,
        /// The reason.
        reason: String,
    },
}

/// A trace, or the results, could not be written.
#[derive(Debug, thiserror::Error)]
#[error("the {what} can not be written to {file}: {reason}")]
pub struct NotWritten {
    what: &'static str,
    file: String,
    reason: String,
}

impl NotWritten {
    fn of(what: &'static str, path: &Path, error: &std::io::Error) -> Self {
        Self {
            what,
            file: printable(&path.to_string_lossy()),
            reason: input::reason(error),
        }
    }
}

/// A drafted list could not be written.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    /// The system did not allow it.
    #[error("{file}: it can not be written: {reason}")]
    NotWritten {
        /// The file.
        file: String,
        /// The reason.
        reason: String,
    },
    /// It could not be read back.
    #[error(transparent)]
    Refused(#[from] Refused<KnownError>),
}

impl TraceFolder {
    /// Returns the folder, created if it does not exist.
    ///
    /// # Errors
    ///
    /// If it can not be created.
    pub fn make(folder: &Path) -> Result<Self, FolderError> {
        let shown = || printable(&folder.to_string_lossy());
        if folder.exists() && !folder.is_dir() {
            return Err(FolderError::NoFolder(shown()));
        }
        fs::create_dir_all(folder).map_err(|error| FolderError::NotMade {
            folder: shown(),
            reason: input::reason(&error),
        })?;
        Ok(Self(folder.to_owned()))
    }

    /// Writes the trace of a scenario below the folder, by its id. Returns the path, if there was a
    /// trace.
    ///
    /// # Errors
    ///
    /// If it can not be written.
    pub fn write(&self, judged: &Judged) -> Result<Option<String>, NotWritten> {
        let Some(trace) = &judged.trace else {
            return Ok(None);
        };
        let path = self.0.join(format!("{}.jsonl", judged.scenario));
        let failed = |error| NotWritten::of("trace", &path, &error);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        fs::write(&path, trace.to_json_lines()).map_err(failed)?;
        Ok(Some(path.display().to_string()))
    }
}

/// Writes a drafted list, and reads it back as the next run does.
///
/// # Errors
///
/// If it can not be written, or can not be read back.
pub fn write_known(path: &Path, text: &str) -> Result<NamedList, DraftError> {
    let file = input::shown(path);
    match fs::write(path, text) {
        Ok(()) => Ok(NamedList {
            known: KnownDeviations::parse(&file, text)?,
            name: file,
        }),
        Err(error) => Err(DraftError::NotWritten {
            file,
            reason: input::reason(&error),
        }),
    }
}
