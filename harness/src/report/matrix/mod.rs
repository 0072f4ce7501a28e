//! The results of several runs as a matrix: implementations by rules, and by scenarios.

pub mod badge;
pub mod diff;
#[cfg(feature = "html")]
pub mod html;
pub mod json;
pub mod markdown;
pub mod read;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use peerstate_model::rules::{EXPECTATION, Finding, RULES, Rule};
use peerstate_model::trace::{Implementation, Trace};

use crate::report::run::summary::{Deviation, Summary};
use crate::report::run::{Date, Ran};
use crate::run::verdict::{Expectations, Judged, Result};

/// The symbol of an outcome that is known not to be as specified.
const UNMET: &str = "≠";

/// What that means.
const UNMET_MEANING: &str = "every deviation is known, and an expectation does not hold";

/// What one implementation did in a run.
#[derive(Debug, Clone)]
pub struct Results {
    /// The run.
    pub of: Identity,
    /// The day of the run.
    pub date: Option<Date>,
    /// The version of peerstate that ran it.
    pub peerstate: Option<String>,
    /// The deviations: first those that are not known, then by the number of scenarios, then by name.
    pub deviations: Vec<Deviation>,
    /// The outcome of each scenario, by its id.
    pub scenarios: BTreeMap<String, Outcome>,
    /// The known deviations that no longer happen, in words.
    pub fixed: Vec<String>,
}

/// What makes two results parts of the same run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The implementation.
    pub implementation: Implementation,
    /// The edition by which it is judged.
    pub edition: String,
    /// The seed that replaced those of the scenarios.
    pub seed: Option<u64>,
}

/// The outcome of a scenario.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The title of the scenario.
    pub title: String,
    /// Links to the sentences of the specification that it asserts.
    pub spec: Vec<String>,
    /// Its result.
    pub result: Result,
    /// Whether its expectations hold.
    pub expectations: Expectations,
    /// The number of expectations that were checked.
    pub checks: usize,
    /// Why it is unsupported, inconclusive, an error or fixed.
    pub reason: Option<String>,
    /// The names of the known deviations that it shows.
    pub deviations: Vec<String>,
    /// The findings, each with the name of the known deviation that it belongs to.
    pub findings: Vec<(Finding, Option<String>)>,
    /// What the rules observed; `None` if there was no trace.
    pub observed: Option<Observed>,
    /// The trace.
    pub trace: Recorded,
}

/// What the rules observed in a trace.
#[derive(Debug, Clone)]
pub struct Observed {
    /// The rules by which it could not be judged.
    pub unobserved: BTreeSet<&'static str>,
    /// The published editions that give all its values.
    pub agrees_with: Vec<String>,
}

/// The trace of an outcome.
#[derive(Debug, Clone)]
pub enum Recorded {
    /// It was not written to a file, or there is none.
    None,
    /// It is in a file, which was not read.
    NotRead(String),
    /// There is no file of this name.
    Missing(String),
    /// The trace.
    Trace(Box<Trace>),
}

/// How an implementation keeps a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeping {
    /// Nothing breaks it.
    Kept,
    /// It is broken, but only as known.
    Known,
    /// It is broken in a way that is not known.
    Broken,
    /// No trace could be judged by it.
    NotObserved,
}

/// How an implementation keeps a rule, over all scenarios.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleCell {
    /// How it is kept.
    pub keeping: Keeping,
    /// The number of scenarios that could be judged by it.
    pub judged: usize,
    /// The number of scenarios that break it.
    pub broken: usize,
}

impl Keeping {
    /// Returns it in words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Known => "broken as known",
            Self::Broken => "broken",
            Self::NotObserved => "not observed",
        }
    }

    /// Returns the result of a scenario that is shown like it.
    #[must_use]
    pub const fn like(self) -> Result {
        match self {
            Self::Kept => Result::Pass,
            Self::Known => Result::Known,
            Self::Broken => Result::Fail,
            Self::NotObserved => Result::Unsupported,
        }
    }
}

impl Result {
    /// Returns its symbol in tables.
    #[must_use]
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Pass => "✓",
            Self::Known => "~",
            Self::Fail => "✗",
            Self::Fixed => "↑",
            Self::Unsupported => "–",
            Self::Inconclusive => "?",
            Self::Error => "!",
        }
    }

    /// Returns what it means, in a sentence without its full stop.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Pass => "nothing deviates",
            Self::Known => "every deviation is known",
            Self::Fail => "a deviation is not known",
            Self::Fixed => "a known deviation no longer happens",
            Self::Unsupported => "the implementation lacks what the scenario requires",
            Self::Inconclusive => "the limit of the run passed first",
            Self::Error => "the implementation panicked or hung",
        }
    }
}

impl Outcome {
    fn of(ran: &Ran<'_>, judged: &Judged) -> Self {
        let findings = judged.findings.iter();
        let findings = findings.map(|(finding, known)| (finding.clone(), ran.known_name(*known)));
        let trace = judged.trace.clone().map(Box::new);
        Self {
            title: judged.title.clone(),
            spec: judged.spec.clone(),
            result: judged.result,
            expectations: judged.expectations,
            checks: judged.checks.len(),
            reason: judged.reason.clone(),
            deviations: judged.deviations.clone(),
            findings: findings.collect(),
            observed: judged.verdict.as_ref().map(|verdict| Observed {
                unobserved: verdict.unobserved.iter().copied().collect(),
                agrees_with: verdict.agrees_with.clone(),
            }),
            trace: trace.map_or(Recorded::None, Recorded::Trace),
        }
    }

    /// Returns whether it is known not to be as specified: an expectation does not hold.
    fn is_unmet(&self) -> bool {
        self.result == Result::Known && self.expectations == Expectations::NotMet
    }

    /// Returns its symbol in tables.
    fn symbol(&self) -> &'static str {
        if self.is_unmet() {
            UNMET
        } else {
            self.result.symbol()
        }
    }

    /// Returns why it is not as expected: what it reports itself, or its first deviation that is
    /// not known.
    fn cause(&self) -> String {
        let findings = self.findings.iter();
        let mut fresh = findings.filter(|(_, known)| known.is_none());
        let first = fresh.next().map(|(finding, _)| {
            let more = match fresh
                .filter(|(other, _)| other.rule != finding.rule)
                .count()
            {
                0 => String::new(),
                more => format!(", and {more} more"),
            };
            format!("{}: {}{more}", finding.rule, finding.deviation)
        });
        self.reason.clone().or(first).unwrap_or_default()
    }

    /// Returns whether it could be judged by a rule.
    fn was_judged_by(&self, rule: &str) -> bool {
        if rule == EXPECTATION {
            return self.expectations != Expectations::None;
        }
        let observed = self.observed.as_ref();
        observed.is_some_and(|observed| !observed.unobserved.contains(rule))
    }

    /// Returns the findings that break a rule by themselves, not only because of another.
    fn breaking<'o>(
        &'o self,
        rule: &'o str,
    ) -> impl Iterator<Item = &'o (Finding, Option<String>)> {
        let breaks = move |finding: &Finding| finding.rule == rule && finding.because.is_none();
        self.findings.iter().filter(move |(one, _)| breaks(one))
    }
}

impl Results {
    /// Returns the results of a run of this process.
    #[must_use]
    pub fn of(ran: &Ran<'_>) -> Self {
        let judged = ran.judged.iter();
        let mut results = Self {
            of: Identity {
                implementation: ran.implementation.clone(),
                edition: ran.edition.to_owned(),
                seed: ran.seed,
            },
            date: ran.date,
            peerstate: Some(env!("CARGO_PKG_VERSION").to_owned()),
            deviations: Summary::new(ran.judged, ran.known).deviations,
            scenarios: judged
                .map(|one| (one.scenario.clone(), Outcome::of(ran, one)))
                .collect(),
            fixed: ran.stale.iter().map(ToString::to_string).collect(),
        };
        results.sort_deviations();
        results
    }

    /// Sorts the deviations, so that shards of a run give the same order as the whole.
    fn sort_deviations(&mut self) {
        for deviation in &mut self.deviations {
            deviation.scenarios.sort();
        }
        self.deviations.sort_by(|one, other| {
            let weight = |of: &Deviation| (of.is_known, Reverse(of.scenarios.len()));
            let words = (&one.name, &one.reason).cmp(&(&other.name, &other.reason));
            weight(one).cmp(&weight(other)).then(words)
        });
    }

    /// Returns its name in a heading, such as `webrtc-rs 0.21.1`.
    #[must_use]
    pub fn heading(&self) -> String {
        let Implementation { name, version } = &self.of.implementation;
        format!("{name} {version}")
    }

    /// Returns how many scenarios have a result.
    #[must_use]
    pub fn count(&self, result: Result) -> usize {
        let outcomes = self.scenarios.values();
        outcomes.filter(|one| one.result == result).count()
    }

    /// Returns how many scenarios behave as specified: they were run, and their expectations hold.
    #[must_use]
    pub fn behave(&self) -> usize {
        let behaves = |one: &&Outcome| {
            let was_run = !matches!(
                one.result,
                Result::Unsupported | Result::Inconclusive | Result::Error
            );
            was_run && one.expectations != Expectations::NotMet
        };
        self.scenarios.values().filter(behaves).count()
    }

    /// Returns whether every result is as expected, and no entry of the list is stale.
    #[must_use]
    pub fn is_as_expected(&self) -> bool {
        let is_unexpected = |one: &Outcome| one.result.is_unexpected();
        self.fixed.is_empty() && !self.scenarios.values().any(is_unexpected)
    }

    /// Returns how it keeps a rule.
    #[must_use]
    pub fn keeps(&self, rule: &str) -> RuleCell {
        let (mut judged, mut broken, mut is_known) = (0, 0, true);
        for outcome in self.scenarios.values() {
            let mut breaking = outcome.breaking(rule).peekable();
            let breaks = breaking.peek().is_some();
            judged += usize::from(breaks || outcome.was_judged_by(rule));
            broken += usize::from(breaks);
            is_known &= breaking.all(|(_, known)| known.is_some());
        }
        let keeping = match (judged, broken) {
            (0, _) => Keeping::NotObserved,
            (_, 0) => Keeping::Kept,
            _ if is_known => Keeping::Known,
            _ => Keeping::Broken,
        };
        RuleCell {
            keeping,
            judged,
            broken,
        }
    }
}

/// A matrix: the results of at least one run, and what its rows are.
#[derive(Debug)]
pub struct Matrix {
    /// The columns, in the order in which they were named.
    pub columns: Vec<Column>,
}

/// A column of a matrix.
#[derive(Debug)]
pub struct Column {
    /// Its name, which no other column has: that of the implementation, with as much of its
    /// version, edition and seed as distinguishes it from the others. It has no white space.
    pub key: String,
    /// Its results.
    pub results: Results,
}

impl Matrix {
    /// Returns the matrix of several results.
    #[must_use]
    pub fn of(all: Vec<Results>) -> Self {
        let names: Vec<[String; 4]> = all.iter().map(|one| one.of.names()).collect();
        let key = |own: &[String; 4]| {
            let is_unique = |length: &usize| {
                let same = |other: &&[String; 4]| other[..*length] == own[..*length];
                names.iter().filter(same).count() == 1
            };
            let length = (1..4).find(is_unique).unwrap_or(4);
            own[..length].concat()
        };
        let keys: Vec<String> = names.iter().map(key).collect();
        let columns = keys.into_iter().zip(all);
        Self {
            columns: columns
                .map(|(key, results)| Column { key, results })
                .collect(),
        }
    }

    /// Returns the rules by which anything was judged, in the order of the documentation.
    #[must_use]
    pub fn rules(&self) -> Vec<(&'static Rule, Vec<RuleCell>)> {
        let rows = RULES.iter().map(|rule| {
            let cells = self.columns.iter().map(|one| one.results.keeps(rule.id));
            (rule, cells.collect::<Vec<_>>())
        });
        let is_judged = |cell: &RuleCell| cell.keeping != Keeping::NotObserved;
        rows.filter(|(_, cells)| cells.iter().any(is_judged))
            .collect()
    }

    /// Returns the scenarios by folder, each with its title and an outcome for each column.
    #[must_use]
    pub fn folders(&self) -> BTreeMap<&str, Vec<ScenarioRow<'_>>> {
        let columns = self.columns.iter();
        let ids: BTreeSet<&str> = columns
            .flat_map(|one| one.results.scenarios.keys())
            .map(String::as_str)
            .collect();
        let mut folders: BTreeMap<&str, Vec<ScenarioRow<'_>>> = BTreeMap::new();
        for id in ids {
            let columns = self.columns.iter();
            let outcomes: Vec<_> = columns.map(|one| one.results.scenarios.get(id)).collect();
            let title = outcomes
                .iter()
                .flatten()
                .map(|one| one.title.as_str())
                .next();
            let (folder, name) = id.rsplit_once('/').unwrap_or(("", id));
            folders.entry(folder).or_default().push(ScenarioRow {
                id,
                name,
                title: title.unwrap_or_default(),
                outcomes,
            });
        }
        folders
    }

    /// Returns the results that occur, in the order of the documentation.
    #[must_use]
    pub fn results(&self) -> Vec<Result> {
        let occurs = |result: &Result| {
            let mut columns = self.columns.iter();
            columns.any(|one| one.results.count(*result) > 0)
        };
        Result::ALL.into_iter().filter(occurs).collect()
    }
}

/// A scenario of a matrix.
#[derive(Debug)]
pub struct ScenarioRow<'m> {
    /// Its id.
    pub id: &'m str,
    /// The id without its folder.
    pub name: &'m str,
    /// Its title.
    pub title: &'m str,
    /// Its outcome in each column; `None` if it was not part of that run.
    pub outcomes: Vec<Option<&'m Outcome>>,
}

impl Identity {
    /// Returns the parts of its name, from the most to the least distinguishing, without white space.
    fn names(&self) -> [String; 4] {
        let Implementation { name, version } = &self.implementation;
        let seed = self.seed.map(|seed| format!("@seed-{seed}"));
        [
            name.clone(),
            format!("@{version}"),
            format!("@{}", self.edition),
            seed.unwrap_or_default(),
        ]
        .map(|part| part.split_whitespace().collect::<Vec<_>>().join("-"))
    }
}
