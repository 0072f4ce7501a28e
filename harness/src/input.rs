//! The one reader of what a user names: a file, a pipe, a device, standard input. It never reads
//! more than the format allows, and what it gives as text is UTF-8.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use peerstate_model::input::located::{Position, Refused};
use peerstate_model::input::yaml::LONGEST_TEXT_BYTES;
use peerstate_model::trace::{self, LONGEST_TRACE_BYTES, Trace, TraceError};

/// The name by which standard input is asked for.
const STANDARD_INPUT: &str = "-";

/// The byte order mark of UTF-8, which is no part of the text behind it.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What a file is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A scenario.
    Scenario,
    /// An edition of the definitions.
    Edition,
    /// A list of known deviations.
    Known,
    /// A trace.
    Trace,
}

impl Format {
    /// The most that such a file may hold, in bytes.
    #[must_use]
    pub const fn longest_bytes(self) -> u64 {
        match self {
            Self::Scenario | Self::Edition | Self::Known => LONGEST_TEXT_BYTES as u64,
            Self::Trace => LONGEST_TRACE_BYTES,
        }
    }

    const fn noun(self) -> &'static str {
        match self {
            Self::Scenario => "a scenario",
            Self::Edition => "an edition",
            Self::Known => "a list of known deviations",
            Self::Trace => "a trace",
        }
    }
}

/// Why a file was not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InputError {
    /// There is none.
    #[error("there is no such file")]
    Missing,
    /// It is a folder.
    #[error("this is a folder; name a file in it")]
    Folder,
    /// It was met in a folder, and reading it might never end.
    #[error(
        "this is a pipe, a socket or a device, and no file; take it out of the folder, or name it \
         by itself"
    )]
    NoFile,
    /// The system does not let it be read.
    #[error("the file can not be read: {0}")]
    Unreadable(String),
    /// It holds more than its format allows.
    #[error(
        "the file is longer than {} bytes, the most that is read of {}; make it shorter, or name \
         another", of.longest_bytes(), of.noun()
    )]
    TooLong {
        /// The format.
        of: Format,
    },
    /// It is text of another encoding.
    #[error("expected UTF-8, and this looks like UTF-16; save the file as UTF-8")]
    Utf16,
    /// It is no text, or text of another encoding.
    #[error("expected UTF-8, found other bytes; save the file as UTF-8")]
    NotUtf8,
}

/// The bytes of a file; `-` is standard input. A pipe or device that is named like this is read.
///
/// # Errors
///
/// When it can not be read, is longer than the format allows, or is UTF-16.
pub fn bytes(path: &Path, format: Format) -> Result<Vec<u8>, Refused<InputError>> {
    let refuse = |position, problem| Err(Refused::one(&shown(path), position, problem));
    let bytes = match read(path, format.longest_bytes()) {
        Ok(bytes) => bytes,
        Err(problem) => return refuse(None, problem),
    };
    if bytes.len() as u64 > format.longest_bytes() {
        return refuse(None, InputError::TooLong { of: format });
    }
    if looks_like_utf16(&bytes) {
        let start = Position { line: 1, column: 1 };
        return refuse(Some(start), InputError::Utf16);
    }
    Ok(bytes)
}

/// The text of a file, without a byte order mark; `-` is standard input.
///
/// # Errors
///
/// As [`bytes`], and when the bytes are no UTF-8, with the place of the first that is not.
pub fn text(path: &Path, format: Format) -> Result<String, Refused<InputError>> {
    let mut bytes = bytes(path, format)?;
    if bytes.starts_with(BYTE_ORDER_MARK) {
        bytes.drain(..BYTE_ORDER_MARK.len());
    }
    String::from_utf8(bytes).map_err(|error| {
        let position = Position::of_bytes(error.as_bytes(), &error.utf8_error());
        Refused::one(&shown(path), Some(position), InputError::NotUtf8)
    })
}

/// The text of a file that was met in a folder, and that nobody named.
///
/// # Errors
///
/// As [`text`], and when it is a pipe, a socket or a device.
pub fn text_in_folder(path: &Path, format: Format) -> Result<String, Refused<InputError>> {
    let is_special = |found: fs::Metadata| !found.is_file() && !found.is_dir();
    if fs::metadata(path).is_ok_and(is_special) {
        return Err(Refused::one(&shown(path), None, InputError::NoFile));
    }
    text(path, format)
}

/// Why a trace was not read.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum TraceRefused {
    /// Its file was not.
    #[error(transparent)]
    Input(#[from] Refused<InputError>),
    /// What it holds is not a trace.
    #[error(transparent)]
    Trace(#[from] Refused<TraceError>),
}

/// The trace in a file; `-` is standard input.
///
/// # Errors
///
/// As [`bytes`], and every problem of a text that is not a trace.
pub fn trace(path: &Path) -> Result<Trace, TraceRefused> {
    let bytes = bytes(path, Format::Trace)?;
    Ok(trace::read(&shown(path), &bytes)?)
}

/// What a file is called in messages.
#[must_use]
pub fn shown(path: &Path) -> String {
    if path.as_os_str() == STANDARD_INPUT {
        "standard input".to_owned()
    } else {
        path.to_string_lossy().into_owned()
    }
}

/// Why the system refused something, without the number that it has for it.
pub(crate) fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    let end = text.rfind(" (os error ").unwrap_or(text.len());
    text.get(..end).unwrap_or_default().to_owned()
}

/// What is read of something that may hold `longest` bytes: all of it, or one byte more than that,
/// which says that it is too long.
fn read(path: &Path, longest: u64) -> Result<Vec<u8>, InputError> {
    let most = longest + 1;
    let mut bytes = Vec::new();
    let read = if path.as_os_str() == STANDARD_INPUT {
        io::stdin().lock().take(most).read_to_end(&mut bytes)
    } else {
        File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes))
    };
    match read.map_err(|error| (error.kind(), error)) {
        Ok(_) => Ok(bytes),
        Err((io::ErrorKind::NotFound, _)) => Err(InputError::Missing),
        Err((io::ErrorKind::IsADirectory, _)) => Err(InputError::Folder),
        Err((_, error)) => {
            // Some systems open no folder at all, and say that it is forbidden.
            Err(if path.is_dir() {
                InputError::Folder
            } else {
                InputError::Unreadable(reason(&error))
            })
        }
    }
}

/// Whether text begins as UTF-16 does: with its byte order mark, or with two letters of ASCII.
fn looks_like_utf16(bytes: &[u8]) -> bool {
    match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => true,
        [0, a, 0, b, ..] | [a, 0, b, 0, ..] => *a != 0 && *b != 0,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn read_as(bytes: &[u8], format: Format) -> Result<String, String> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        fs::write(&path, bytes).unwrap();
        text(&path, format).map_err(|refused| {
            let line = refused.to_string();
            line.rsplit_once('/').unwrap().1.to_owned()
        })
    }

    #[rstest]
    #[case(b"a: \xc3\xbc\n", Ok("a: ü\n"))]
    #[case(b"", Ok(""))]
    #[case(b"\xef\xbb\xbfa: b", Ok("a: b"))]
    #[case(b"\xef\xbb\xbf", Ok(""))]
    #[case(
        b"\xef\xbb\xbf\xc3\xbc: \xff",
        Err("file:1:4: expected UTF-8, found other bytes; save the file as UTF-8")
    )]
    #[case(
        b"a\r\n\xc3\xbc\xe9",
        Err("file:2:2: expected UTF-8, found other bytes; save the file as UTF-8")
    )]
    #[case(
        b"\xff\xfea\0:\0",
        Err("file:1:1: expected UTF-8, and this looks like UTF-16; save the file as UTF-8")
    )]
    #[case(
        b"\0a\0:",
        Err("file:1:1: expected UTF-8, and this looks like UTF-16; save the file as UTF-8")
    )]
    #[case(
        b"a\0:\0 \0",
        Err("file:1:1: expected UTF-8, and this looks like UTF-16; save the file as UTF-8")
    )]
    // No text, but no UTF-16 either; the format refuses it.
    #[case(b"\0\0\0\0", Ok("\0\0\0\0"))]
    fn text_is_utf8(#[case] bytes: &[u8], #[case] expected: Result<&str, &str>) {
        let read = read_as(bytes, Format::Scenario);
        assert_eq!(read.as_deref().map_err(String::as_str), expected);
    }

    #[rstest]
    #[case(Format::Scenario)]
    #[case(Format::Trace)]
    fn one_byte_too_many_is_too_many(#[case] format: Format) {
        let longest = usize::try_from(format.longest_bytes()).unwrap();
        assert!(read_as(&vec![b' '; longest], format).is_ok());
        let refused = read_as(&vec![b' '; longest + 1], format).unwrap_err();
        assert!(refused.contains(&format!("longer than {longest} bytes")));
    }

    #[test]
    fn what_is_no_file_is_refused_by_its_kind() {
        let dir = tempfile::tempdir().unwrap();
        let problem = |path: &Path| {
            let refused = text(path, Format::Edition).unwrap_err();
            refused.problems[0].problem.clone()
        };
        assert_eq!(problem(dir.path()), InputError::Folder);
        assert_eq!(problem(&dir.path().join("none")), InputError::Missing);
    }
}
