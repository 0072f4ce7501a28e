//! Reads what a user names: a file, a pipe, a device, or standard input. It never reads more than
//! the format allows, and the text that it returns is UTF-8. Nothing else reads such files.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use peerstate_model::input::located::{Position, Refused};
use peerstate_model::input::yaml::LONGEST_TEXT_BYTES;
use peerstate_model::trace::LONGEST_TRACE_BYTES;

/// The name that means standard input.
const STANDARD_INPUT: &str = "-";

/// The byte order mark of UTF-8, which is not part of the text after it.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The format of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A scenario.
    Scenario,
    /// An edition of the definitions.
    Edition,
    /// A list of known deviations.
    Known,
    /// A trace, or a dump that becomes one.
    Trace,
    /// The results of a run.
    Results,
}

impl Format {
    /// Returns the largest size of such a file, in bytes.
    #[must_use]
    pub const fn longest_bytes(self) -> u64 {
        match self {
            Self::Scenario | Self::Edition | Self::Known => LONGEST_TEXT_BYTES as u64,
            Self::Trace | Self::Results => LONGEST_TRACE_BYTES,
        }
    }

    const fn noun(self) -> &'static str {
        match self {
            Self::Scenario => "a scenario",
            Self::Edition => "an edition",
            Self::Known => "a list of known deviations",
            Self::Trace => "a trace or a dump",
            Self::Results => "the results of a run",
        }
    }
}

/// Why a file was not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InputError {
    /// The file does not exist.
    #[error("there is no such file")]
    Missing,
    /// It is a folder.
    #[error("this is a folder; name a file in it")]
    Folder,
    /// It was found in a folder, and reading it might never end.
    #[error(
        "this is a pipe, a socket or a device, not a file; remove it from the folder, or name it \
         directly"
    )]
    NoFile,
    /// The system does not allow reading it.
    #[error("the file can not be read: {0}")]
    Unreadable(String),
    /// It is longer than its format allows.
    #[error(
        "the file is longer than {} bytes, the largest size of {}; shorten it, or name another \
         file", of.longest_bytes(), of.noun()
    )]
    TooLong {
        /// The format.
        of: Format,
    },
    /// It is text of another encoding.
    #[error("expected UTF-8, found what looks like UTF-16; save the file as UTF-8")]
    Utf16,
    /// It is not text, or text in another encoding.
    #[error("expected UTF-8, found other bytes; save the file as UTF-8")]
    NotUtf8,
}

/// Returns the bytes of a file; `-` is standard input. A pipe or device that is named like this is
/// read.
///
/// # Errors
///
/// If it can not be read, is longer than the format allows, or is UTF-16.
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

/// Returns the text of a file, without a byte order mark; `-` is standard input.
///
/// # Errors
///
/// The same as [`bytes`], and if the bytes are not UTF-8, with the place of the first invalid one.
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

/// Returns the text of a file that was found in a folder and not named by the user.
///
/// # Errors
///
/// The same as [`text`], and if it is a pipe, a socket or a device.
pub fn text_in_folder(path: &Path, format: Format) -> Result<String, Refused<InputError>> {
    let is_special = |found: fs::Metadata| !found.is_file() && !found.is_dir();
    if fs::metadata(path).is_ok_and(is_special) {
        return Err(Refused::one(&shown(path), None, InputError::NoFile));
    }
    text(path, format)
}

/// Returns the name of a file for messages.
#[must_use]
pub fn shown(path: &Path) -> String {
    if path.as_os_str() == STANDARD_INPUT {
        "standard input".to_owned()
    } else {
        path.to_string_lossy().into_owned()
    }
}

/// Returns why the system refused something, without its error number.
pub(crate) fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    let end = text.rfind(" (os error ").unwrap_or(text.len());
    text.get(..end).unwrap_or_default().to_owned()
}

/// Reads everything from something that may hold `longest` bytes, or one byte more, which shows
/// that it is too long.
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
            // Some systems do not open folders at all, and report that it is forbidden.
            Err(if path.is_dir() {
                InputError::Folder
            } else {
                InputError::Unreadable(reason(&error))
            })
        }
    }
}

/// Returns whether text begins as UTF-16 does: with its byte order mark, or with two ASCII letters.
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
        Err("file:1:1: expected UTF-8, found what looks like UTF-16; save the file as UTF-8")
    )]
    #[case(
        b"\0a\0:",
        Err("file:1:1: expected UTF-8, found what looks like UTF-16; save the file as UTF-8")
    )]
    #[case(
        b"a\0:\0 \0",
        Err("file:1:1: expected UTF-8, found what looks like UTF-16; save the file as UTF-8")
    )]
    // This is neither text nor UTF-16; the format refuses it.
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
