//! What the verbs about definitions have in common: finding an edition by its name or its file.

use std::fs;
use std::io;
use std::path::Path;

use peerstate_model::editions::{self, load_draft};
use peerstate_model::yaml::{Document, LONGEST_TEXT_BYTES};

use super::CliError;
use crate::bounded;
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
    let longest = LONGEST_TEXT_BYTES as u64;
    let (name, bytes) = if name == "-" {
        ("standard input", bounded::read(io::stdin().lock(), longest))
    } else if path.is_dir() {
        let what = "this is a folder; name a file in it";
        return Err(CliError::Input(format!("{name}: {what}")));
    } else if path.exists() {
        (
            name,
            fs::File::open(path).and_then(|file| bounded::read(file, longest)),
        )
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
