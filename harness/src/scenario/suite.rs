//! Where scenarios come from: compiled-in scenarios, and files of the user.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};
use std::{env, fs};

use globset::{GlobBuilder, GlobMatcher};
use include_dir::{Dir, include_dir};
use peerstate_model::input::located::Refused;
use peerstate_model::input::names::{self, Suggestion, printable};

use crate::input::{self, Format, InputError};
use crate::scenario::{self, Scenario, ScenarioError};

static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/scenarios");

/// Why scenarios were not found.
#[derive(Debug, thiserror::Error)]
pub enum SuiteError {
    /// The files are not valid scenarios.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Refused(Vec<Refused<ScenarioError>>),
    /// A name is neither a scenario nor a file.
    #[error(
        "there is no scenario and no file `{found}`{suggestion} (`peerstate list scenarios` shows \
         all)"
    )]
    Unknown {
        /// The name that was given.
        found: String,
        /// The nearest that there is.
        suggestion: Suggestion,
    },
    /// A pattern is invalid.
    #[error("`{pattern}` is not a pattern: {reason}; `*` matches part of a name, `**` any path")]
    Pattern {
        /// The pattern that was given.
        pattern: String,
        /// Why it is invalid.
        reason: String,
    },
    /// Two scenarios have the same id.
    #[error(
        "two scenarios have the id `{id}`, which is the path below a folder `scenarios` or below the \
         working directory, or otherwise the name; rename or move one of the files"
    )]
    SameId {
        /// The id.
        id: String,
    },
    /// A folder has no scenarios.
    #[error("there is no scenario (a file that ends in .yaml) below {}", shown(.0))]
    EmptyFolder(PathBuf),
    /// A folder could not be read.
    #[error("{}: the folder can not be read: {reason}", shown(path))]
    Unreadable {
        /// The folder.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}

/// Parses a pattern over ids: `*` matches within one part of the path, `**` across parts.
///
/// # Errors
///
/// If the pattern is invalid.
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

/// Scenarios by their ids: the compiled-in ones, or those of a folder. They are parsed when they are
/// selected.
#[derive(Debug, Clone)]
pub struct Suite {
    /// By id, which is not the order of the paths: `audio` comes before `audio-track`.
    sources: BTreeMap<String, Source>,
}

/// The YAML of a scenario.
#[derive(Debug, Clone)]
struct Source {
    text: Cow<'static, str>,
    /// Its path, if it is a file of the user.
    file: Option<String>,
}

/// Returns every compiled-in scenario, by id.
///
/// # Errors
///
/// If one of them is not a valid scenario. A test checks that they all are.
pub fn embedded() -> Result<Vec<Scenario>, SuiteError> {
    Suite::embedded().select(&[])
}

impl Suite {
    /// Returns the compiled-in scenarios.
    #[must_use]
    pub fn embedded() -> Self {
        let mut sources = BTreeMap::new();
        collect(&EMBEDDED, &mut sources);
        Self { sources }
    }

    /// Returns the scenarios of a folder, whose ids are their paths below it.
    ///
    /// # Errors
    ///
    /// If there are none, or a file can not be read.
    pub fn of_folder(folder: &Path) -> Result<Self, SuiteError> {
        let mut sources = BTreeMap::new();
        for file in files_of(folder)? {
            let source = Source::of_file(&file, input::text_in_folder)?;
            let below = file.strip_prefix(folder).unwrap_or(&file);
            sources.insert(names_in(below).join("/"), source);
        }
        Ok(Self { sources })
    }

    /// Returns the ids.
    #[must_use]
    pub fn ids(&self) -> Vec<String> {
        self.sources.keys().cloned().collect()
    }

    /// Returns the scenarios that the arguments name: ids, folders of ids, patterns over ids, files
    /// and folders; all of the suite, if there are no arguments. A scenario that is named twice is
    /// returned once.
    ///
    /// # Errors
    ///
    /// If an argument names nothing, a file is not a valid scenario, or two scenarios have the same
    /// id. Reports all problems of all files.
    pub fn select(&self, arguments: &[String]) -> Result<Vec<Scenario>, SuiteError> {
        if arguments.is_empty() {
            return self.parse(|_| true);
        }
        let named = arguments.iter().map(|argument| self.find(argument));
        let scenarios = all_or_refused(named)?;
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        let mut chosen: Vec<Scenario> = Vec::new();
        for scenario in scenarios {
            match places.get(&scenario.id).map(|place| &chosen[*place]) {
                None => {
                    places.insert(scenario.id.clone(), chosen.len());
                    chosen.push(scenario);
                }
                Some(first) if first.is_same(&scenario) => {}
                Some(_) => {
                    let id = printable(&scenario.id);
                    return Err(SuiteError::SameId { id });
                }
            }
        }
        Ok(chosen)
    }

    /// Returns the scenarios that one argument names. Of the suite, only these are parsed.
    fn find(&self, argument: &str) -> Result<Vec<Scenario>, SuiteError> {
        let path = Path::new(argument);
        if path.is_dir() {
            return read_folder(path);
        }
        if path.try_exists().unwrap_or(true) {
            // A pipe or device is read as well, if the user names one.
            return read_file(path, input::text);
        }
        let id = argument
            .trim_end_matches(".yaml")
            .trim_end_matches('/')
            .trim_start_matches("scenarios/");
        if let Some(source) = self.sources.get(id) {
            return source.parse(id);
        }
        // The id of a file of the user, as reports show it.
        let file = PathBuf::from(format!("{argument}.yaml"));
        if file.is_file() {
            return read_file(&file, input::text);
        }
        let matches = matcher(id)?;
        let found = self.parse(matches)?;
        if found.is_empty() {
            let ids: Vec<&str> = self.sources.keys().map(String::as_str).collect();
            return Err(SuiteError::Unknown {
                found: names::shorten(argument),
                suggestion: suggest(id, &ids),
            });
        }
        Ok(found)
    }

    /// Returns the scenarios whose ids match.
    fn parse(&self, matches: impl Fn(&str) -> bool) -> Result<Vec<Scenario>, SuiteError> {
        let matching = self.sources.iter().filter(|(id, _)| matches(id));
        all_or_refused(matching.map(|(id, source)| source.parse(id)))
    }
}

impl Source {
    fn of_file(
        path: &Path,
        read: impl Fn(&Path, Format) -> Result<String, Refused<InputError>>,
    ) -> Result<Self, SuiteError> {
        let text = read(path, Format::Scenario);
        let text = text.map_err(|error| SuiteError::Refused(vec![error.into_wider()]))?;
        Ok(Self {
            text: Cow::Owned(text),
            file: Some(path.to_string_lossy().into_owned()),
        })
    }

    /// Returns the one scenario.
    fn parse(&self, id: &str) -> Result<Vec<Scenario>, SuiteError> {
        let file = match &self.file {
            Some(file) => file.clone(),
            None => format!("scenarios/{id}.yaml"),
        };
        let parsed = scenario::parse(&file, id, &self.text);
        let parsed = parsed.map_err(|refused| SuiteError::Refused(vec![refused]))?;
        Ok(vec![Scenario {
            file: self.file.clone(),
            ..parsed
        }])
    }
}

fn collect(folder: &Dir<'static>, sources: &mut BTreeMap<String, Source>) {
    for file in folder.files() {
        let path = file.path().to_string_lossy().replace('\\', "/");
        if let (Some(id), Some(text)) = (path.strip_suffix(".yaml"), file.contents_utf8()) {
            let source = Source {
                text: Cow::Borrowed(text),
                file: None,
            };
            sources.insert(id.to_owned(), source);
        }
    }
    for folder in folder.dirs() {
        collect(folder, sources);
    }
}

/// Returns a function that matches ids against a pattern; the name of a folder matches everything
/// in it.
///
/// # Errors
///
/// If the pattern is invalid.
pub fn matcher(text: &str) -> Result<impl Fn(&str) -> bool, SuiteError> {
    let pattern = pattern(text)?;
    let folder = format!("{}/", text.trim_end_matches('/'));
    Ok(move |id: &str| pattern.is_match(id) || id.starts_with(&folder))
}

/// Returns the id, folder or pattern that a text most likely misspells: one of these ids that is
/// written almost like it, or whose last part is.
#[must_use]
pub fn suggest(found: &str, ids: &[&str]) -> Suggestion {
    let folders: BTreeSet<&str> = ids
        .iter()
        .filter_map(|id| id.rsplit_once('/'))
        .map(|(folder, _)| folder)
        .collect();
    let patterns: Vec<String> = folders.iter().map(|folder| format!("{folder}/*")).collect();
    let all = ids.iter().chain(&folders).copied();
    let nearest = names::nearest(found, all.chain(patterns.iter().map(String::as_str)));
    if nearest.0.is_some() {
        return nearest;
    }
    let last = |text: &str| text.rsplit('/').next().unwrap_or_default().to_owned();
    let by_name: BTreeMap<String, &str> = ids.iter().map(|id| (last(id), *id)).collect();
    let name = names::nearest(&last(found), by_name.keys().map(String::as_str));
    Suggestion(
        name.0
            .and_then(|name| by_name.get(&name).map(|id| (*id).to_owned())),
    )
}

/// Returns all of them, or the problems of all that are refused, or the first other error.
fn all_or_refused(
    parsed: impl Iterator<Item = Result<Vec<Scenario>, SuiteError>>,
) -> Result<Vec<Scenario>, SuiteError> {
    let (mut scenarios, mut refused) = (Vec::new(), Vec::new());
    for result in parsed {
        match result {
            Ok(parsed) => scenarios.extend(parsed),
            Err(SuiteError::Refused(problems)) => refused.extend(problems),
            Err(error) => return Err(error),
        }
    }
    if refused.is_empty() {
        Ok(scenarios)
    } else {
        Err(SuiteError::Refused(refused))
    }
}

/// Returns the id of a file of the user, however it was named: its path below a folder `scenarios`,
/// or below the working directory, or otherwise its name.
///
/// Traces are written to files with this name, so it never leads out of a folder.
fn id_of(path: &Path) -> String {
    let here = env::current_dir().and_then(fs::canonicalize);
    let here = here.unwrap_or_default();
    // A pipe has no path; a file that does not exist is refused when it is read.
    let whole = match fs::canonicalize(path) {
        Ok(whole) if whole.is_file() => whole,
        _ => path.to_owned(),
    };
    id_below(&whole, &here)
}

fn id_below(path: &Path, here: &Path) -> String {
    let below = path.strip_prefix(here).ok();
    let all = names_in(path);
    let folders = all.split_last().map_or(&[][..], |(_, folders)| folders);
    let is_here = below.filter(|_| !here.as_os_str().is_empty());
    match (
        folders.iter().rposition(|folder| folder == "scenarios"),
        is_here,
    ) {
        (Some(at), _) => all[at + 1..].join("/"),
        (None, Some(below)) => names_in(below).join("/"),
        (None, None) => all.last().cloned().unwrap_or_default(),
    }
}

/// The names in the path of a scenario, the last without `.yaml`.
fn names_in(path: &Path) -> Vec<String> {
    let path = path.with_extension("");
    let names = path.components().filter_map(|part| match part {
        Component::Normal(name) => Some(name.to_string_lossy().into_owned()),
        _ => None,
    });
    names.collect()
}

/// Returns a path in printable form.
fn shown(path: &Path) -> String {
    printable(&path.to_string_lossy())
}

fn read_folder(folder: &Path) -> Result<Vec<Scenario>, SuiteError> {
    let files = files_of(folder)?;
    let read = files
        .iter()
        .map(|file| read_file(file, input::text_in_folder));
    all_or_refused(read)
}

/// Returns every scenario below a folder, at least one, by path.
fn files_of(folder: &Path) -> Result<Vec<PathBuf>, SuiteError> {
    let mut files = Vec::new();
    find_files(folder, &mut files)?;
    if files.is_empty() {
        return Err(SuiteError::EmptyFolder(folder.to_owned()));
    }
    files.sort();
    Ok(files)
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
    read: impl Fn(&Path, Format) -> Result<String, Refused<InputError>>,
) -> Result<Vec<Scenario>, SuiteError> {
    Source::of_file(path, read)?.parse(&id_of(path))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("/here/mine.yaml", "mine")]
    #[case("/here/drafts/mine.yaml", "drafts/mine")]
    #[case("/here/drafts/v1.2.yaml", "drafts/v1.2")]
    #[case("/elsewhere/drafts/mine.yaml", "mine")]
    #[case("/here/scenarios/ice/mine.yaml", "ice/mine")]
    #[case("/a/scenarios/b/scenarios/ice/mine.yaml", "ice/mine")]
    #[case("/my-scenarios/ice/mine.yaml", "mine")]
    #[case("../mine.yaml", "mine")]
    #[case("/dev/stdin", "stdin")]
    fn an_id_is_the_path_below_scenarios_or_here(#[case] path: &str, #[case] id: &str) {
        assert_eq!(id_below(Path::new(path), Path::new("/here")), id);
    }

    #[rstest]
    #[case("ice", "ice/")]
    #[case("ice/", "ice/")]
    #[case("ice/*", "ice/")]
    #[case("scenarios/ice", "ice/")]
    fn a_folder_of_ids_means_what_is_in_it(#[case] argument: &str, #[case] begin: &str) {
        let found = Suite::embedded()
            .select(&[argument.to_owned(), argument.to_owned()])
            .unwrap();
        let all = embedded().unwrap();
        let ids = |scenarios: &[Scenario]| -> BTreeSet<String> {
            let of_folder = scenarios.iter().filter(|one| one.id.starts_with(begin));
            of_folder.map(|one| one.id.clone()).collect()
        };
        assert_eq!(ids(&found), ids(&all));
        assert!(found.len() == ids(&found).len() && !found.is_empty());
    }

    #[test]
    fn a_folder_takes_the_place_of_the_compiled_in_scenarios() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("close")).unwrap();
        let path = folder.path().join("close/fresh.yaml");
        fs::write(&path, "title: Mine\nsteps: [{wait: 1s}]\n").unwrap();
        let suite = Suite::of_folder(folder.path()).unwrap();
        assert_eq!(suite.ids(), ["close/fresh"]);
        for argument in ["close/fresh", "close", "*/fresh"] {
            let [one] = &suite.select(&[argument.to_owned()]).unwrap()[..] else {
                unreachable!("one scenario is called {argument}");
            };
            let file = one.file.as_deref().map(Path::new);
            assert_eq!((one.title.as_str(), file), ("Mine", Some(path.as_path())));
        }
        let missing = suite.select(&["connect/fresh".to_owned()]);
        assert!(missing.unwrap_err().to_string().contains("`close/fresh`?"));
    }

    #[rstest]
    #[case("icee", "ice")]
    #[case("iec/*", "ice/*")]
    #[case("connect/data-chanel", "connect/data-channel")]
    #[case("cut-and-restor", "ice/cut-and-restore")]
    fn a_slip_has_a_suggestion(#[case] found: &str, #[case] meant: &str) {
        let error = Suite::embedded().select(&[found.to_owned()]);
        let error = error.unwrap_err().to_string();
        assert!(
            error.contains(&format!("did you mean `{meant}`?")),
            "{error}"
        );
    }
}
