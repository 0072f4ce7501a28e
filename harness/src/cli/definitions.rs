//! What the verbs about definitions have in common: finding an edition by its name or its file, and
//! the policies that are asked for.

use std::path::Path;

use peerstate_model::editions::{self, load_draft};
use peerstate_model::policies::Choices;

use super::CliError;
use crate::input::{self, Format};
use crate::report::lint::Named;

/// An edition compiled in, or the draft in a file; `-` is standard input.
pub(super) fn find(name: &str) -> Result<Named, CliError> {
    let unknown = match editions::edition(name) {
        Ok(edition) => {
            return Ok(Named::published(edition));
        }
        Err(unknown) => unknown,
    };
    let path = Path::new(name);
    if !is_file(name, path) {
        return Err(unknown.into());
    }
    let text = input::text(path, Format::Edition)?;
    let name = input::shown(path);
    let edition = load_draft(&name, &text)?;
    Ok(Named {
        name,
        edition,
        is_published: false,
    })
}

/// The policies that are asked for.
pub(super) fn choices(policies: &[String]) -> Result<Choices, CliError> {
    let choices = Choices::parse(policies.iter().map(String::as_str));
    choices.map_err(|error| CliError::Usage(error.to_string()))
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
