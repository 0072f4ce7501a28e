//! The values of `connectionState` in a run, in one line.

use peerstate_model::input::names::printable;

use crate::report::text::cut;
use crate::run::verdict::{Judged, connection_states};

/// Returns the values of `connectionState` of each peer, or why there are none.
pub(super) fn story(judged: &Judged) -> String {
    let Some(trace) = &judged.trace else {
        return judged.reason.as_deref().map(printable).unwrap_or_default();
    };
    let paths: Vec<String> = trace
        .header
        .peers
        .iter()
        .map(|peer| {
            let states = connection_states(trace, peer);
            let path: Vec<&str> = states.iter().skip(1).map(|(_, state)| *state).collect();
            if path.is_empty() {
                "new".to_owned()
            } else {
                path.join(" ")
            }
        })
        .collect();
    if paths.windows(2).all(|pair| pair[0] == pair[1]) {
        paths.into_iter().next().unwrap_or_default()
    } else {
        paths.join(" | ")
    }
}

/// Returns a story in this many columns: only the end for each peer, if there is no room for all.
pub(super) fn ending(story: &str, columns: usize) -> String {
    if story.chars().count() <= columns {
        return story.to_owned();
    }
    let paths = story.split(" | ").map(|path| match path.rsplit_once(' ') {
        Some((_, last)) => format!("… {last}"),
        None => path.to_owned(),
    });
    let ends: Vec<String> = paths.collect();
    cut(&ends.join(" | "), columns)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("connecting connected", 20, "connecting connected")]
    #[case("connecting connected", 19, "… connected")]
    #[case("connecting closed | new", 22, "… closed | new")]
    #[case(
        "connecting closed | connecting connected",
        22,
        "… closed | … connected"
    )]
    #[case("connecting closed | connecting connected", 20, "… closed | … connec…")]
    #[case("connecting connected", 9, "… connec…")]
    #[case("connecting connected", 0, "")]
    fn a_story_is_shortened_to_its_end(
        #[case] story: &str,
        #[case] columns: usize,
        #[case] end: &str,
    ) {
        assert_eq!(ending(story, columns), end);
    }
}
