//! Where scenarios come from: those compiled in, and files of one's own.

use std::fs;
use std::path::{Component, Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};
use include_dir::{Dir, include_dir};
use peerstate_model::located::Refused;
use peerstate_model::names::{self, Suggestion, printable};

use crate::input::{self, Format, InputError};
use crate::scenario::{self, Scenario, ScenarioError};

static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../scenarios");

/// Scenarios that can not be had.
#[derive(Debug, thiserror::Error)]
pub enum SuiteError {
    /// Files are no scenarios.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Refused(Vec<Refused<ScenarioError>>),
    /// A name is neither a scenario nor a file.
    #[error(
        "there is no scenario and no file `{found}`{suggestion} (`peerstate list scenarios` shows \
         all)"
    )]
    Unknown {
        /// What was asked for.
        found: String,
        /// The nearest known one.
        suggestion: Suggestion,
    },
    /// A pattern is none.
    #[error(
        "`{pattern}` is no pattern: {reason}; `*` stands for part of a name, `**` for any path"
    )]
    Pattern {
        /// What was read.
        pattern: String,
        /// Why it is none.
        reason: String,
    },
    /// A folder holds no scenarios.
    #[error("there is no scenario (a file that ends in .yaml) below {}", shown(.0))]
    EmptyFolder(PathBuf),
    /// A folder could not be read.
    #[error("{}: the folder can not be read: {reason}", shown(path))]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}

/// A pattern over ids: `*` within one part of the path, `**` across parts.
///
/// # Errors
///
/// When the pattern is none.
pub fn pattern(text: &str) -> Result<GlobMatcher, SuiteError> {
    GlobBuilder::new(text)
        .literal_separator(true)
        .build()
        .map(|glob| glob.compile_matcher())
        .map_err(|error| SuiteError::Pattern {
            pattern: names::shorten(text),
            reason: error.kind().to_string(),
        })
}

/// Every scenario compiled in, by id.
///
/// # Errors
///
/// When one of them is none, which a test keeps from happening.
pub fn embedded() -> Result<Vec<Scenario>, SuiteError> {
    let mut files = Vec::new();
    collect(&EMBEDDED, &mut files);
    // By id, which is not quite by path: `audio` before `audio-track`.
    files.sort();
    let parsed = files
        .into_iter()
        .map(|(id, text)| scenario::parse(&format!("scenarios/{id}.yaml"), &id, text));
    all_or_refused(parsed)
}

/// The scenarios that the arguments name: ids, patterns over ids, files and folders.
///
/// # Errors
///
/// When one of them names nothing, or a file is no scenario; all problems of all files.
pub fn select(arguments: &[String]) -> Result<Vec<Scenario>, SuiteError> {
    let known = embedded()?;
    if arguments.is_empty() {
        return Ok(known);
    }
    let mut scenarios: Vec<Scenario> = Vec::new();
    let mut refused = Vec::new();
    for argument in arguments {
        let id = argument
            .trim_end_matches(".yaml")
            .trim_start_matches("scenarios/");
        let path = Path::new(argument);
        let found = if path.is_dir() {
            read_folder(path)
        } else if path.try_exists().unwrap_or(true) {
            // A pipe or device is read as well: who names one means it.
            read_file(path, &id_of(path), input::text).map(|scenario| vec![scenario])
        } else if let Some(scenario) = known.iter().find(|scenario| scenario.id == id) {
            Ok(vec![scenario.clone()])
        } else {
            let matcher = pattern(id)?;
            let matching: Vec<_> = known
                .iter()
                .filter(|scenario| matcher.is_match(&scenario.id))
                .cloned()
                .collect();
            if matching.is_empty() {
                let ids = known.iter().map(|scenario| scenario.id.as_str());
                return Err(SuiteError::Unknown {
                    found: names::shorten(argument),
                    suggestion: names::nearest(id, ids),
                });
            }
            Ok(matching)
        };
        match found {
            Ok(found) => scenarios.extend(found),
            Err(SuiteError::Refused(more)) => refused.extend(more),
            Err(error) => return Err(error),
        }
    }
    if refused.is_empty() {
        Ok(scenarios)
    } else {
        Err(SuiteError::Refused(refused))
    }
}

fn collect<'d>(folder: &Dir<'d>, files: &mut Vec<(String, &'d str)>) {
    for file in folder.files() {
        let path = file.path().to_string_lossy().replace('\\', "/");
        if let (Some(id), Some(text)) = (path.strip_suffix(".yaml"), file.contents_utf8()) {
            files.push((id.to_owned(), text));
        }
    }
    for folder in folder.dirs() {
        collect(folder, files);
    }
}

fn all_or_refused(
    parsed: impl Iterator<Item = Result<Scenario, Refused<ScenarioError>>>,
) -> Result<Vec<Scenario>, SuiteError> {
    let (mut scenarios, mut refused) = (Vec::new(), Vec::new());
    for result in parsed {
        match result {
            Ok(scenario) => scenarios.push(scenario),
            Err(problems) => refused.push(problems),
        }
    }
    if refused.is_empty() {
        Ok(scenarios)
    } else {
        Err(SuiteError::Refused(refused))
    }
}

/// The id of a file of one's own: its path below a folder `scenarios`, if it is in one, or else
/// its name.
///
/// Traces are written to files of this name, so it never leads out of a folder.
fn id_of(path: &Path) -> String {
    let parts: Vec<_> = path
        .with_extension("")
        .components()
        .filter_map(|part| match part {
            Component::Normal(name) => Some(name.to_string_lossy().into_owned()),
            _ => None,
        })
        .collect();
    let (name, folders) = parts.split_last().map_or(("", &[][..]), |(n, f)| (n, f));
    let below = folders.iter().rposition(|folder| folder == "scenarios");
    let below = below.map_or(&[][..], |at| &folders[at + 1..]);
    let mut id = below.join("/");
    if !id.is_empty() {
        id.push('/');
    }
    id + name
}

/// A path, fit to print.
fn shown(path: &Path) -> String {
    printable(&path.to_string_lossy())
}

fn read_folder(folder: &Path) -> Result<Vec<Scenario>, SuiteError> {
    let mut files = Vec::new();
    find_files(folder, &mut files)?;
    if files.is_empty() {
        return Err(SuiteError::EmptyFolder(folder.to_owned()));
    }
    files.sort();
    let mut scenarios = Vec::new();
    let mut refused = Vec::new();
    for file in files {
        let below = file
            .strip_prefix(folder)
            .unwrap_or(&file)
            .with_extension("");
        match read_file(
            &file,
            &below.to_string_lossy().replace('\\', "/"),
            input::text_in_folder,
        ) {
            Ok(scenario) => scenarios.push(scenario),
            Err(SuiteError::Refused(more)) => refused.extend(more),
            Err(error) => return Err(error),
        }
    }
    if refused.is_empty() {
        Ok(scenarios)
    } else {
        Err(SuiteError::Refused(refused))
    }
}

fn find_files(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), SuiteError> {
    let unreadable = |error: std::io::Error| SuiteError::Unreadable {
        path: folder.to_owned(),
        reason: input::reason(&error),
    };
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.is_dir() && !path.is_symlink() {
            find_files(&path, files)?;
        } else if path
            .extension()
            .is_some_and(|extension| extension == "yaml")
        {
            files.push(path);
        }
    }
    Ok(())
}

fn read_file(
    path: &Path,
    id: &str,
    read: impl Fn(&Path, Format) -> Result<String, Refused<InputError>>,
) -> Result<Scenario, SuiteError> {
    let refused = |refused| SuiteError::Refused(vec![refused]);
    let text = read(path, Format::Scenario).map_err(|error| refused(error.into_wider()))?;
    scenario::parse(&path.to_string_lossy(), id, &text).map_err(refused)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("mine.yaml", "mine")]
    #[case("drafts/mine.yaml", "mine")]
    #[case("scenarios/ice/mine.yaml", "ice/mine")]
    #[case("/a/scenarios/b/scenarios/ice/mine.yaml", "ice/mine")]
    #[case("my-scenarios/ice/mine.yaml", "mine")]
    #[case("scenarios/../../mine.yaml", "mine")]
    #[case("/dev/stdin", "stdin")]
    fn an_id_is_the_path_below_scenarios(#[case] path: &str, #[case] id: &str) {
        assert_eq!(id_of(Path::new(path)), id);
    }
}
