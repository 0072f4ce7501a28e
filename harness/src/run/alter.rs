//! Alters a description in flight, line by line.

use crate::implementation::{Candidate, Description};
use crate::scenario::{Alteration, FingerprintChange};

/// Returns the altered description.
pub(super) fn alter(description: Description, alteration: Alteration) -> Description {
    if alteration == Alteration::default() {
        return description;
    }
    let mut sdp = String::new();
    let rejected_mid = alteration
        .reject
        .and_then(|place| mid(&description.sdp, place));
    let mut section: Option<u8> = None;
    for line in lines(&description.sdp) {
        if line.starts_with("m=") {
            section = Some(section.map_or(0, |place| place.saturating_add(1)));
        }
        let dropped = (alteration.no_bundle && line.starts_with("a=group:BUNDLE"))
            || (alteration.no_candidates
                && (line.starts_with("a=candidate:") || line == "a=end-of-candidates"));
        if dropped {
            continue;
        }
        let fingerprint = alteration
            .fingerprint
            .filter(|_| line.starts_with("a=fingerprint:"));
        let changed = if let Some(change) = fingerprint {
            match change {
                FingerprintChange::Wrong => wrong_fingerprint(line),
                FingerprintChange::Extra => format!("{}\r\n{line}", wrong_fingerprint(line)),
            }
        } else if let (Some(setup), true) = (alteration.setup, line.starts_with("a=setup:")) {
            format!("a=setup:{}", setup.as_str())
        } else if line.starts_with("m=") && section == alteration.reject {
            rejected(line)
        } else if let (Some(mid), true) = (rejected_mid, line.starts_with("a=group:BUNDLE")) {
            without_mid(line, mid)
        } else {
            line.to_owned()
        };
        sdp.push_str(&changed);
        sdp.push_str("\r\n");
    }
    Description { sdp, ..description }
}

/// Returns the description with the candidates in their media sections (RFC 8839, section 5.1),
/// followed by the end of candidates.
pub(super) fn with_candidates(description: &Description, candidates: &[Candidate]) -> Description {
    let mut sections: Vec<Vec<&str>> = vec![Vec::new()];
    for line in lines(&description.sdp) {
        if line.starts_with("m=") {
            sections.push(Vec::new());
        }
        if let Some(section) = sections.last_mut() {
            section.push(line);
        }
    }
    let mut sdp = String::new();
    for (place, section) in sections.iter().enumerate() {
        let index = place
            .checked_sub(1)
            .and_then(|index| u16::try_from(index).ok());
        let mid = section.iter().find_map(|line| line.strip_prefix("a=mid:"));
        let already = |line: &str| section.contains(&line);
        let mut added: Vec<String> = candidates
            .iter()
            .filter(|candidate| !candidate.candidate.is_empty())
            .filter(|candidate| match &candidate.sdp_mid {
                Some(of) if !of.is_empty() => mid == Some(of.as_str()),
                _ => index.is_some() && candidate.sdp_mline_index == index,
            })
            .map(|candidate| {
                let attribute = candidate.candidate.trim_start_matches("candidate:");
                format!("a=candidate:{attribute}")
            })
            .filter(|line| !already(line))
            .collect();
        if !added.is_empty() && !already("a=end-of-candidates") {
            added.push("a=end-of-candidates".to_owned());
        }
        for line in section
            .iter()
            .copied()
            .chain(added.iter().map(String::as_str))
        {
            sdp.push_str(line);
            sdp.push_str("\r\n");
        }
    }
    Description {
        sdp,
        ..description.clone()
    }
}

fn lines(sdp: &str) -> impl Iterator<Item = &str> {
    sdp.split('\n')
        .map(|line| line.trim_end_matches('\r'))
        .filter(|line| !line.is_empty())
}

/// Returns a media line with port zero (RFC 9429, section 5.3.1).
fn rejected(line: &str) -> String {
    let mut words: Vec<&str> = line.split(' ').collect();
    if let Some(port) = words.get_mut(1) {
        *port = "0";
    }
    words.join(" ")
}

/// Returns the `mid` of a media section, by its index from 0.
fn mid(sdp: &str, place: u8) -> Option<&str> {
    let section = sdp.split("\nm=").nth(usize::from(place) + 1)?;
    lines(section).find_map(|line| line.strip_prefix("a=mid:"))
}

/// Returns a BUNDLE group without a section, since a rejected one must not be in it (RFC 9143,
/// section 7.3.3).
fn without_mid(line: &str, mid: &str) -> String {
    let words = line.split(' ').filter(|word| *word != mid);
    words.collect::<Vec<_>>().join(" ")
}

/// Returns the fingerprint of another certificate: every hexadecimal digit is different.
fn wrong_fingerprint(line: &str) -> String {
    let Some((algorithm, digits)) = line.rsplit_once(' ') else {
        return line.to_owned();
    };
    let changed: String = digits
        .chars()
        .map(|digit| match digit.to_digit(16) {
            Some(value) => char::from_digit(15 - value, 16)
                .unwrap_or('0')
                .to_ascii_uppercase(),
            None => digit,
        })
        .collect();
    format!("{algorithm} {changed}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::implementation::DescriptionType;
    use crate::scenario::SetupRole;

    const SDP: &str = "v=0\r\na=group:BUNDLE 0 1\r\na=fingerprint:sha-256 0A:FF\r\nm=audio 9 x\r\n\
        a=mid:0\r\na=setup:actpass\r\na=candidate:1 1 udp 1 127.0.0.1 9 typ host\r\n\
        a=end-of-candidates\r\nm=video 9 x\r\na=mid:1\r\na=setup:actpass\r\n";

    fn offer() -> Description {
        Description {
            kind: DescriptionType::Offer,
            sdp: SDP.to_owned(),
        }
    }

    #[test]
    fn nothing_asked_nothing_changed() {
        assert_eq!(alter(offer(), Alteration::default()), offer());
    }

    #[test]
    fn each_alteration_changes_its_lines_only() {
        let alteration = Alteration {
            fingerprint: Some(FingerprintChange::Wrong),
            ..Alteration::default()
        };
        assert_eq!(
            alter(offer(), alteration).sdp,
            SDP.replace("0A:FF", "F5:00")
        );
        let alteration = Alteration {
            fingerprint: Some(FingerprintChange::Extra),
            ..Alteration::default()
        };
        let two = "F5:00\r\na=fingerprint:sha-256 0A:FF";
        assert_eq!(alter(offer(), alteration).sdp, SDP.replace("0A:FF", two));
        let alteration = Alteration {
            no_bundle: true,
            ..Alteration::default()
        };
        assert_eq!(
            alter(offer(), alteration).sdp,
            SDP.replace("a=group:BUNDLE 0 1\r\n", "")
        );
        let alteration = Alteration {
            setup: Some(SetupRole::Active),
            ..Alteration::default()
        };
        assert_eq!(
            alter(offer(), alteration).sdp,
            SDP.replace("actpass", "active")
        );
        let alteration = Alteration {
            no_candidates: true,
            ..Alteration::default()
        };
        let altered = alter(offer(), alteration).sdp;
        assert!(
            !altered.contains("candidate") && altered.contains("a=mid:0"),
            "{altered}"
        );
    }

    #[test]
    fn a_rejected_section_leaves_the_bundle() {
        let alteration = Alteration {
            reject: Some(1),
            ..Alteration::default()
        };
        let expected = SDP
            .replace("BUNDLE 0 1", "BUNDLE 0")
            .replace("m=video 9 x", "m=video 0 x");
        assert_eq!(alter(offer(), alteration).sdp, expected);
    }

    #[test]
    fn candidates_go_into_their_section_once() {
        let candidate = |mid: &str, text: &str| Candidate {
            candidate: text.to_owned(),
            sdp_mid: Some(mid.to_owned()),
            sdp_mline_index: None,
            username_fragment: None,
        };
        let described = with_candidates(
            &offer(),
            &[
                candidate("0", "candidate:1 1 udp 1 127.0.0.1 9 typ host"),
                candidate("1", "candidate:2 x"),
            ],
        );
        let expected = SDP.to_owned() + "a=candidate:2 x\r\na=end-of-candidates\r\n";
        assert_eq!(described.sdp, expected);
    }
}
