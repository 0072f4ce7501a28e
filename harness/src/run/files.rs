//! The files that a run leaves behind: its traces, and a drafted list of known deviations.

use std::fs;
use std::path::{Path, PathBuf};

use peerstate_model::input::located::Refused;
use peerstate_model::input::names::printable;

use super::deviations::{KnownDeviations, KnownError, NamedList};
use super::verdict::Judged;
use crate::input;

/// A folder of traces, which is there.
#[derive(Debug)]
pub struct TraceFolder(PathBuf);

/// Why a folder of traces can not be had.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// There is something else with its name.
    #[error("{0}: this is not a folder; name a folder, or one to create")]
    NoFolder(String),
    /// It was not made.
    #[error("{folder}: the folder can not be created: {reason}")]
    NotMade {
        /// The folder.
        folder: String,
        /// Why.
        reason: String,
    },
}

/// Why a trace was not written.
#[derive(Debug, thiserror::Error)]
#[error("the trace can not be written to {file}: {reason}")]
pub struct TraceNotWritten {
    /// The file.
    pub file: String,
    /// Why.
    pub reason: String,
}

/// Why a drafted list was not written.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    /// The system did not let it.
    #[error("{file}: it can not be written: {reason}")]
    NotWritten {
        /// The file.
        file: String,
        /// Why.
        reason: String,
    },
    /// It would not be read again.
    #[error(transparent)]
    Refused(#[from] Refused<KnownError>),
}

impl TraceFolder {
    /// The folder, made if there is none.
    ///
    /// # Errors
    ///
    /// When it can not be made.
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

    /// Writes the trace of a scenario, below the folder by its id; the path, if there was a trace.
    ///
    /// # Errors
    ///
    /// When it can not be written.
    pub fn write(&self, judged: &Judged) -> Result<Option<String>, TraceNotWritten> {
        let Some(trace) = &judged.trace else {
            return Ok(None);
        };
        let path = self.0.join(format!("{}.jsonl", judged.scenario));
        let failed = |error: std::io::Error| TraceNotWritten {
            file: printable(&path.to_string_lossy()),
            reason: input::reason(&error),
        };
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
/// When it can not be written, or would not be read again.
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
