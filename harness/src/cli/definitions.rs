//! What the verbs about definitions have in common: finding an edition by its name or its file.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use peerstate_model::editions::{self, load_draft};
use peerstate_model::yaml::{Document, LONGEST_TEXT_BYTES};

use super::CliError;
use crate::definitions::Named;

/// An edition compiled in, or the draft in a file; `-` is standard input.
pub(super) fn find(name: &str) -> Result<Named, CliError> {
    let unknown = match editions::edition(name) {
        Ok(edition) => {
            return Ok(Named::published(edition));
        }
        Err(unknown) => unknown,
    };
    let path = Path::new(name);
    let (name, bytes) = if name == "-" {
        ("standard input", read(io::stdin().lock()))
    } else if path.is_dir() {
        let what = "this is a folder; name a file in it";
        return Err(CliError::Input(format!("{name}: {what}")));
    } else if path.exists() {
        (name, fs::File::open(path).and_then(read))
    } else if name.contains(['/', '\\']) || looks_like_a_file(path) {
        return Err(CliError::Input(format!("{name}: there is no such file")));
    } else {
        return Err(unknown.into());
    };
    let bytes = bytes.map_err(|error| CliError::Input(format!("{name}: {error}")))?;
    let text = Document::text(name, &bytes);
    let text = text.map_err(|refused| CliError::Input(refused.to_string()))?;
    let edition = load_draft(name, text);
    let edition = edition.map_err(|refused| CliError::Input(refused.to_string()))?;
    Ok(Named {
        name: name.to_owned(),
        edition,
        is_published: false,
    })
}

/// Whether a name that is no file ends like one, and so is no slip in an id.
fn looks_like_a_file(path: &Path) -> bool {
    let ends = ["yaml", "yml", "json"];
    path.extension()
        .is_some_and(|end| ends.iter().any(|other| end == *other))
}

/// What is read of a draft: as much as an edition may hold, and one byte to tell that it holds more.
fn read(from: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(LONGEST_TEXT_BYTES as u64 + 1)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}
