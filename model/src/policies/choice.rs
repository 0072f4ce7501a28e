//! The policies to check, and the chosen answer of each.

use std::fmt;

use super::{Answer, Asks, POLICIES, Policy, policy};
use crate::input::names::{self, Suggestion};
use crate::invariant::Invariant;

/// A policy to check, and the chosen answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Chosen {
    /// The id of the policy.
    pub policy: &'static str,
    /// The id of the answer.
    pub answer: &'static str,
}

impl fmt::Display for Chosen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.policy, self.answer)
    }
}

/// The policies to check, with at most one answer each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choices(Vec<Chosen>);

/// Why a choice of policies is invalid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// There is no policy with this id.
    #[error(
        "expected a policy as `all`, `none`, ID or ID=ANSWER, such as \
         `all-ice-transports-closed=new`, found `{found}`{suggestion}\n\
         Next: docs/policies.md lists them, and peerstate explain ID explains one."
    )]
    Unknown {
        /// The text that was given.
        found: String,
        /// The nearest known text.
        suggestion: Suggestion,
    },
    /// The policy has no such answer.
    #[error(
        "expected an answer to the policy `{policy}`, one of {answers}, found `{found}`{suggestion}"
    )]
    UnknownAnswer {
        /// The id of the policy.
        policy: &'static str,
        /// The text that was given.
        found: String,
        /// The nearest known text.
        suggestion: Suggestion,
        /// The answers that it has.
        answers: String,
    },
    /// Two answers to one question are chosen.
    #[error("two different answers are chosen for the policy `{policy}`; leave one out")]
    Twice {
        /// The id of the policy.
        policy: &'static str,
    },
}

impl Default for Choices {
    /// Returns the policies that nobody disputes.
    fn default() -> Self {
        Self::firsts(|policy| policy.is_default())
    }
}

impl Choices {
    /// Returns no policies.
    #[must_use]
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// Returns every policy with its first answer, which the edition `repaired` gives.
    #[must_use]
    pub fn all() -> Self {
        Self::firsts(|_| true)
    }

    /// Returns only one answer.
    #[must_use]
    pub fn only(chosen: Chosen) -> Self {
        Self(vec![chosen])
    }

    /// Parses a choice: the policies that nobody disputes, and those that `texts` add. Each text is
    /// `all`, `none` (not even the undisputed ones), `ID` for the first answer, or `ID=ANSWER`.
    ///
    /// # Errors
    ///
    /// If there is no such policy or answer, or two answers to one policy are chosen.
    pub fn parse<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Self, PolicyError> {
        let (mut base, mut chosen) = (Self::default(), Self::none());
        for text in texts {
            match text {
                "all" => base = Self::all(),
                "none" => base = Self::none(),
                text => {
                    let one = parse_one(text)?;
                    let mut others = chosen.0.iter();
                    if others.any(|other| other.policy == one.policy && *other != one) {
                        return Err(PolicyError::Twice { policy: one.policy });
                    }
                    chosen.0.push(one);
                }
            }
        }
        for one in chosen.0 {
            base.0.retain(|other| other.policy != one.policy);
            base.0.push(one);
        }
        let place = |of: &Chosen| POLICIES.iter().position(|policy| policy.id == of.policy);
        base.0.sort_by_key(place);
        Ok(base)
    }

    fn firsts(is_asked: impl Fn(&Policy) -> bool) -> Self {
        let asked = POLICIES.iter().filter(|policy| is_asked(policy));
        let first = |policy: &&'static Policy| {
            let first = policy.answers.first()?;
            Some(Chosen {
                policy: policy.id,
                answer: first.id,
            })
        };
        Self(asked.filter_map(first).collect())
    }

    /// Returns the choices in the order of [`POLICIES`].
    pub fn iter(&self) -> impl Iterator<Item = Chosen> {
        self.0.iter().copied()
    }

    /// Returns whether an answer is chosen.
    #[must_use]
    pub fn asks_for(&self, chosen: Chosen) -> bool {
        self.0.contains(&chosen)
    }

    /// Returns the chosen answers, each with its policy.
    pub fn answers(&self) -> impl Iterator<Item = (&'static Policy, &'static Answer)> {
        self.iter().filter_map(|chosen| {
            let policy = policy(chosen.policy)?;
            Some((policy, policy.answer(chosen.answer)?))
        })
    }

    /// Returns the answer that forbids contradicting values, if it is chosen.
    #[must_use]
    pub fn against_contradictions(&self) -> Option<Chosen> {
        self.answers().find_map(|(policy, answer)| {
            matches!(answer.asks, Asks::NoContradiction).then_some(Chosen {
                policy: policy.id,
                answer: answer.id,
            })
        })
    }

    /// Returns whether a property of the connection model is checked: all are, except those that
    /// answer an open question.
    #[must_use]
    pub fn ask_for_property(&self, property: &str) -> bool {
        super::of_property(property).is_none_or(|chosen| self.asks_for(chosen))
    }
}

fn parse_one(text: &str) -> Result<Chosen, PolicyError> {
    let (id, answer) = match text.split_once('=') {
        Some((id, answer)) => (id, Some(answer)),
        None => (text, None),
    };
    let ids = POLICIES.iter().map(|policy| policy.id);
    let policy = policy(id).ok_or_else(|| PolicyError::Unknown {
        found: names::shorten(id),
        suggestion: names::nearest(id, ids.chain(["all", "none"])),
    })?;
    let answers = || policy.answers.iter().map(|answer| answer.id);
    let first = || answers().next().invariant("a policy has an answer");
    let found = answer.unwrap_or_else(first);
    let unknown = || PolicyError::UnknownAnswer {
        policy: policy.id,
        found: names::shorten(found),
        suggestion: names::nearest(found, answers()),
        answers: answers().collect::<Vec<_>>().join(", "),
    };
    let answer = policy.answer(found).ok_or_else(unknown)?;
    Ok(Chosen {
        policy: policy.id,
        answer: answer.id,
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn shown(texts: &[&str]) -> Vec<String> {
        let choices = Choices::parse(texts.iter().copied()).unwrap();
        choices.iter().map(|chosen| chosen.to_string()).collect()
    }

    #[test]
    fn what_is_chosen_comes_beside_what_nobody_disputes() {
        let with = shown(&["all-ice-transports-closed=new"]);
        assert_eq!(with.len(), shown(&[]).len() + 1);
        assert!(with.contains(&"all-ice-transports-closed=new".to_owned()));
    }

    #[rstest]
    #[case(&["none"], &[])]
    #[case(&["closed", "none"], &["closed=by-close-alone"])]
    #[case(&["none", "closed", "closed"], &["closed=by-close-alone"])]
    fn without_what_nobody_disputes(#[case] texts: &[&str], #[case] expected: &[&str]) {
        assert_eq!(shown(texts), expected);
    }

    #[test]
    fn a_choice_replaces_the_first_answer_among_all() {
        let all = shown(&["all", "closed-dtls-transport=failed"]);
        assert_eq!(all.len(), POLICIES.len());
        assert!(all.contains(&"closed-dtls-transport=failed".to_owned()));
    }

    #[rstest]
    #[case(&["closd"], "found `closd`, did you mean `closed`?")]
    #[case(&["closed-dtls-transport=faild"], "found `faild`, did you mean `failed`?")]
    #[case(
        &["closed-dtls-transport=failed", "closed-dtls-transport"],
        "two different answers are chosen for the policy `closed-dtls-transport`"
    )]
    fn what_can_not_be_asked_for_is_refused(#[case] texts: &[&str], #[case] expected: &str) {
        let error = Choices::parse(texts.iter().copied())
            .unwrap_err()
            .to_string();
        assert!(error.contains(expected), "{error}");
    }
}
