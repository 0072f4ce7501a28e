//! The scenarios to run: those that are named and match the filter, or a part of them.

use std::str::FromStr;

use peerstate_model::input::names::{self, Suggestion};

use crate::scenario::Scenario;
use crate::scenario::suite::{self, Suite, SuiteError};

/// What selects scenarios.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Ids, folders of ids, patterns over ids, files and folders; every scenario if there are none.
    pub named: Vec<String>,
    /// A pattern over ids.
    pub filter: Option<String>,
    /// The part to run.
    pub shard: Option<Shard>,
}

/// Part K of N, from 1 to N; every Nth scenario from the Kth on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    part: usize,
    parts: usize,
}

/// Why there is nothing to run.
#[derive(Debug, thiserror::Error)]
pub enum SelectionError {
    /// What is named was not found.
    #[error(transparent)]
    Suite(#[from] SuiteError),
    /// The filter leaves no scenario.
    #[error(
        "nothing to run: no scenario matches `{filter}`{suggestion} (`peerstate list scenarios` \
         shows all)"
    )]
    NoMatch {
        /// The filter.
        filter: String,
        /// The nearest known name.
        suggestion: Suggestion,
    },
    /// There are fewer scenarios than parts.
    #[error("nothing to run: part {part} of {parts} is empty; scenarios to divide: {found}")]
    EmptyPart {
        /// The part.
        part: usize,
        /// The number of parts.
        parts: usize,
        /// The number of scenarios to divide.
        found: usize,
    },
    /// A text is not a shard.
    #[error("expected a shard such as `1/4`, K from 1 to N, found `{0}`")]
    Shard(String),
}

impl FromStr for Shard {
    type Err = SelectionError;

    fn from_str(text: &str) -> Result<Self, SelectionError> {
        let shard = text.split_once('/').and_then(|(part, parts)| {
            let (part, parts) = (part.parse().ok()?, parts.parse().ok()?);
            (1..=parts).contains(&part).then_some(Self { part, parts })
        });
        shard.ok_or_else(|| SelectionError::Shard(names::shorten(text)))
    }
}

impl Selection {
    /// Returns the selected scenarios of a suite, at least one.
    ///
    /// # Errors
    ///
    /// If what is named was not found, or no scenario is selected.
    pub fn of(&self, suite: &Suite) -> Result<Vec<Scenario>, SelectionError> {
        let named = suite.select(&self.named)?;
        let matching = match &self.filter {
            Some(filter) => matching(named, filter)?,
            None => named,
        };
        match self.shard {
            Some(shard) => shard.of(matching),
            None => Ok(matching),
        }
    }
}

impl Shard {
    fn of(self, all: Vec<Scenario>) -> Result<Vec<Scenario>, SelectionError> {
        let Self { part, parts } = self;
        let found = all.len();
        let left: Vec<Scenario> = all.into_iter().skip(part - 1).step_by(parts).collect();
        if left.is_empty() {
            return Err(SelectionError::EmptyPart { part, parts, found });
        }
        Ok(left)
    }
}

fn matching(all: Vec<Scenario>, filter: &str) -> Result<Vec<Scenario>, SelectionError> {
    let matches = suite::matcher(filter)?;
    let (left, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|one| matches(&one.id));
    if left.is_empty() {
        let ids: Vec<&str> = others.iter().map(|one| one.id.as_str()).collect();
        return Err(SelectionError::NoMatch {
            filter: names::shorten(filter),
            suggestion: suite::suggest(filter, &ids),
        });
    }
    Ok(left)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("0/4")]
    #[case("5/4")]
    #[case("1")]
    #[case("-1/4")]
    #[case("a/b")]
    fn a_part_is_from_one_to_all(#[case] text: &str) {
        assert!(text.parse::<Shard>().is_err());
    }

    #[test]
    fn the_parts_are_the_whole() {
        let whole = Selection {
            named: vec!["close".to_owned()],
            ..Selection::default()
        };
        let ids = |selection: &Selection| -> Vec<String> {
            let scenarios = selection.of(&Suite::embedded()).unwrap().into_iter();
            scenarios.map(|scenario| scenario.id).collect()
        };
        let part = |text: &str| {
            ids(&Selection {
                shard: Some(text.parse().unwrap()),
                ..whole.clone()
            })
        };
        let mut parts = [part("1/2"), part("2/2")].concat();
        assert!(part("1/2").len() > 1 && part("2/2").len() > 1);
        parts.sort();
        assert_eq!(parts, ids(&whole));
    }

    #[test]
    fn a_filter_and_a_part_that_leave_nothing_are_refused() {
        let slip = Selection {
            filter: Some("clsoe/*".to_owned()),
            ..Selection::default()
        };
        let error = slip.of(&Suite::embedded()).unwrap_err().to_string();
        assert!(error.contains("did you mean `close/*`?"), "{error}");
        let empty = Selection {
            named: vec!["close/fresh".to_owned()],
            filter: None,
            shard: Some("2/2".parse().unwrap()),
        };
        let error = empty.of(&Suite::embedded()).unwrap_err().to_string();
        let expected = "nothing to run: part 2 of 2 is empty; scenarios to divide: 1";
        assert_eq!(error, expected);
    }
}
