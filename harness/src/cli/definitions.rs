//! What the verbs about definitions have in common: finding an edition by its name or its file.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use peerstate_model::editions::{self, Edition, load_draft};
use peerstate_model::yaml::LONGEST_TEXT_BYTES;

use super::CliError;

/// An edition compiled in, or the draft in a file.
pub(super) fn find(name: &str) -> Result<Edition, CliError> {
    let path = Path::new(name);
    if path.is_dir() {
        return Err(CliError::Input(format!(
            "{name}: this is a folder; name a file in it"
        )));
    }
    if !path.is_file() {
        // A path that is not there is no slip in an id.
        if name.contains(['/', '\\']) || path.extension().is_some_and(|end| end == "yaml") {
            return Err(CliError::Input(format!("{name}: there is no such file")));
        }
        return Ok(editions::edition(name)?.clone());
    }
    let unreadable = |error: io::Error| CliError::Input(format!("{name}: {error}"));
    let mut text = String::new();
    let limit = LONGEST_TEXT_BYTES as u64 + 1;
    let file = fs::File::open(path).map_err(unreadable)?;
    file.take(limit)
        .read_to_string(&mut text)
        .map_err(unreadable)?;
    load_draft(name, &text).map_err(|refused| CliError::Input(refused.to_string()))
}

/// Whether a name is that of a published edition, and not a file.
pub(super) fn is_published(name: &str) -> bool {
    !Path::new(name).is_file()
}
