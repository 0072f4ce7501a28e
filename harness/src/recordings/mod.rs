//! Recordings that a person already has: traces, and dumps that browsers and libraries write, each
//! read into a trace.
//!
//! A dump shows less than a trace that was recorded as one. What it does not show is left out, and
//! the header of the trace says so, so that no rule judges it.

mod convert;
mod error;
mod events;
mod late;
mod log;
mod rtcstats;
mod webrtc_internals;

use std::io::Read;
use std::path::Path;

use flate2::read::MultiGzDecoder;
use peerstate_model::input::located::{Position, Refused};
use peerstate_model::trace::{self, LONGEST_TRACE_BYTES, Trace, Warning};
use serde::Deserialize;
use serde::de::IgnoredAny;

pub use error::RecordingError;

use self::error::{Problem, whole};
use crate::input::{self, InputError};

/// The formats of recordings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum Format {
    /// A trace.
    Trace,
    /// A dump of webrtc-internals, Chromium's page about connections.
    WebrtcInternals,
    /// A dump of rtcstats, version 3: Chromium's, or that of @rtcstats/rtcstats-js.
    Rtcstats,
    /// Lines of the npm package rtcstats 5.
    RtcstatsLines,
}

/// What was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Recording {
    /// The format of the file.
    pub format: Format,
    /// The trace, or what the dump becomes as a trace.
    pub trace: Trace,
    /// What is suspicious in it, with lines of the trace.
    pub warnings: Vec<Warning>,
}

/// Why a file was not read as a recording.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RecordingRefused {
    /// The file could not be read.
    #[error(transparent)]
    Input(#[from] Refused<InputError>),
    /// The file is neither a valid trace nor a valid dump.
    #[error(transparent)]
    Content(#[from] Refused<RecordingError>),
}

/// Reads a file; `-` is standard input. Its format is found out, unless `from` names it.
///
/// # Errors
///
/// If the file can not be read, or its content is not that of its format.
pub fn open(path: &Path, from: Option<Format>) -> Result<Recording, RecordingRefused> {
    let bytes = input::bytes(path, input::Format::Trace)?;
    Ok(read(&input::shown(path), bytes, from)?)
}

/// Reads the bytes of a file, which may be compressed with gzip. `file` is its name in errors.
///
/// # Errors
///
/// If the content is not that of its format: every problem of a trace, the first of a dump.
pub fn read(
    file: &str,
    bytes: Vec<u8>,
    from: Option<Format>,
) -> Result<Recording, Refused<RecordingError>> {
    let refuse = |problem: Problem| Refused {
        file: file.to_owned(),
        problems: vec![problem],
    };
    let bytes = unpack(bytes).map_err(refuse)?;
    let format = from.unwrap_or_else(|| detect(&bytes));
    let read: fn(&str) -> Result<log::Log, Problem> = match format {
        Format::Trace => {
            let trace = trace::read(file, &bytes).map_err(Refused::into_wider)?;
            let warnings = trace.warnings();
            return Ok(Recording {
                format,
                trace,
                warnings,
            });
        }
        Format::WebrtcInternals => webrtc_internals::read,
        Format::Rtcstats => rtcstats::version_3,
        Format::RtcstatsLines => rtcstats::lines,
    };
    let text = text(&bytes).map_err(refuse)?;
    let (trace, warnings) = read(text)
        .and_then(|log| convert::convert(&log))
        .map_err(refuse)?;
    Ok(Recording {
        format,
        trace,
        warnings,
    })
}

/// Unpacks a gzip file; other bytes are returned as they are.
fn unpack(bytes: Vec<u8>) -> Result<Vec<u8>, Problem> {
    const MAGIC: &[u8] = b"\x1f\x8b";
    if !bytes.starts_with(MAGIC) {
        return Ok(bytes);
    }
    let mut unpacked = Vec::new();
    let mut packed = MultiGzDecoder::new(bytes.as_slice()).take(LONGEST_TRACE_BYTES + 1);
    packed
        .read_to_end(&mut unpacked)
        .map_err(|error| whole(RecordingError::Gzip(error.to_string())))?;
    if unpacked.len() as u64 > LONGEST_TRACE_BYTES {
        return Err(whole(RecordingError::TooLong));
    }
    Ok(unpacked)
}

/// The keys of the first line by which a trace and a dump in one line differ.
#[derive(Deserialize)]
struct FirstLine {
    trace: Option<IgnoredAny>,
    #[serde(rename = "PeerConnections")]
    connections: Option<IgnoredAny>,
}

/// Finds out the format of a file. What is nothing else is a trace, whose reader says what is wrong
/// with it.
fn detect(bytes: &[u8]) -> Format {
    let Ok(text) = text(bytes) else {
        return Format::Trace;
    };
    let text = text.trim_start();
    if text.starts_with(rtcstats::FIRST_LINE) {
        return Format::Rtcstats;
    }
    if text.starts_with('[') {
        return Format::RtcstatsLines;
    }
    let is_dump = match serde_json::from_str(text.lines().next().unwrap_or_default()) {
        Ok(FirstLine { trace, connections }) => connections.is_some() && trace.is_none(),
        // A document of several lines.
        Err(_) => text.starts_with('{') && text.contains(webrtc_internals::KEY),
    };
    if is_dump {
        Format::WebrtcInternals
    } else {
        Format::Trace
    }
}

fn text(bytes: &[u8]) -> Result<&str, Problem> {
    // A byte order mark is not part of the text.
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|error| Problem {
        position: Some(Position::of_bytes(bytes, &error)),
        problem: RecordingError::NotUtf8,
    })
}
