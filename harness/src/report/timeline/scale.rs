//! The scale of a timeline: which time is where.
//!
//! It is the same for every lane, and linear with two exceptions, which are drawn as such. A
//! long time in which nothing was reported is cut to a fixed width. Entries that would otherwise be
//! drawn at one place, even those of the same moment, are moved apart in the order of the trace.

use std::collections::BTreeMap;
use std::time::Duration;

use peerstate_model::trace::At;

/// The width of a time that is cut.
const CUT: f64 = 38.0;

/// The smallest distance between two entries.
const APART: f64 = 9.0;

/// The largest number of times that are cut.
const MOST_CUTS: usize = 6;

/// The smallest distance between two ticks with text.
const BETWEEN_TICKS: f64 = 58.0;

/// How the time between two neighbouring entries is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Drawn {
    /// To scale.
    ToScale,
    /// Wider than it is.
    Widened,
    /// Narrower than it is.
    Cut,
}

/// The time between two neighbouring entries.
#[derive(Debug, Clone, Copy)]
pub(super) struct Segment {
    pub(super) drawn: Drawn,
    begins: Duration,
    /// How long it is.
    pub(super) lasts: Duration,
    pub(super) from: f64,
    pub(super) to: f64,
}

/// The scale of a timeline.
#[derive(Debug)]
pub(super) struct Scale {
    pub(super) segments: Vec<Segment>,
    /// The place of each entry that is drawn, by its line in the trace.
    places: BTreeMap<usize, f64>,
    /// The place of the last entry.
    pub(super) width: f64,
    /// The units for a millisecond, where it is to scale.
    unit: f64,
}

impl Scale {
    /// Returns a scale for the entries on these lines, in the order of the trace, about `width`
    /// wide; wider if there are too many entries.
    pub(super) fn of(entries: &[(usize, At)], width: f64) -> Self {
        let gaps: Vec<f64> = entries
            .windows(2)
            .map(|pair| {
                millis(
                    pair[1]
                        .1
                        .since_start()
                        .saturating_sub(pair[0].1.since_start()),
                )
            })
            .collect();
        let mut drawn = vec![Drawn::ToScale; gaps.len()];
        while let Some(longest) = to_cut(&gaps, &drawn, width) {
            drawn[longest] = Drawn::Cut;
        }
        let unit = widen(&gaps, &mut drawn, width);
        let mut segments = Vec::new();
        let mut from = 0.0;
        for ((&(_, begins), gap), drawn) in entries.iter().zip(&gaps).zip(drawn) {
            let wide = match drawn {
                Drawn::Cut => CUT,
                Drawn::Widened => APART,
                Drawn::ToScale => gap * unit,
            };
            segments.push(Segment {
                drawn,
                begins: begins.since_start(),
                lasts: Duration::from_secs_f64(gap / 1000.0),
                from,
                to: from + wide,
            });
            from += wide;
        }
        let places = segments.iter().map(|segment| segment.from).chain([from]);
        let places = entries.iter().zip(places);
        Self {
            places: places.map(|((line, _), place)| (*line, place)).collect(),
            segments,
            width: from,
            unit,
        }
    }

    /// Returns the place of an entry, by its line; that of the one before it, if it is not drawn.
    pub(super) fn place(&self, line: usize) -> f64 {
        let before = self.places.range(..=line).next_back();
        before.map_or(0.0, |(_, place)| *place)
    }

    /// Returns the ticks that have a text: the start, the end of each cut, the end, round times, and
    /// where there is room, other times.
    pub(super) fn ticks(&self) -> Vec<(f64, String)> {
        let cuts = self.segments.iter().filter(|one| one.drawn == Drawn::Cut);
        let (first, last) = (self.segments.first(), self.segments.last());
        let first = first.map_or(Duration::ZERO, |one| one.begins);
        let mut candidates = vec![(0.0, first)];
        candidates.extend(cuts.map(Segment::end));
        candidates.extend(last.map(Segment::end));
        let step = step(BETWEEN_TICKS / self.unit);
        for segment in self
            .segments
            .iter()
            .filter(|one| one.drawn == Drawn::ToScale)
        {
            let (begins, lasts) = (millis(segment.begins), millis(segment.lasts));
            let mut at = (begins / step).ceil() * step;
            while at < begins + lasts {
                let place = segment.from + (at - begins) * self.unit;
                candidates.push((place, Duration::from_secs_f64(at / 1000.0)));
                at += step;
            }
        }
        candidates.extend(
            self.segments
                .iter()
                .filter(|one| one.lasts > Duration::ZERO)
                .map(Segment::end),
        );
        let mut ticks: Vec<(f64, Duration)> = Vec::new();
        for (place, time) in candidates {
            let mut places = ticks.iter().map(|(other, _)| (other - place).abs());
            if places.all(|distance| distance >= BETWEEN_TICKS) {
                ticks.push((place, time));
            }
        }
        ticks.sort_by(|one, other| one.0.total_cmp(&other.0));
        let ticks = ticks.into_iter();
        ticks.map(|(place, time)| (place, text(time))).collect()
    }
}

impl Segment {
    fn end(&self) -> (f64, Duration) {
        (self.to, self.begins + self.lasts)
    }
}

/// Returns a time with its unit, such as `12 ms` or `30.1 s`.
pub(super) fn text(time: Duration) -> String {
    let millis = millis(time);
    let number = |value: f64, decimals: usize| {
        let text = format!("{value:.decimals$}");
        if text.contains('.') {
            let text = text.trim_end_matches('0').trim_end_matches('.');
            return text.to_owned();
        }
        text
    };
    if millis < 1.0 && millis > 0.0 {
        format!("{} µs", number(millis * 1000.0, 0))
    } else if millis < 10.0 {
        format!("{} ms", number(millis, 1))
    } else if millis < 1000.0 {
        format!("{} ms", number(millis, 0))
    } else {
        format!("{} s", number(millis / 1000.0, 2))
    }
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// Returns the index of the next gap to cut: the longest, if it takes more than half of the scale and
/// several others would be drawn as nothing.
fn to_cut(gaps: &[f64], drawn: &[Drawn], width: f64) -> Option<usize> {
    let left = || {
        let all = gaps.iter().zip(drawn).enumerate();
        all.filter(|(_, (_, drawn))| **drawn == Drawn::ToScale)
            .map(|(place, (gap, _))| (place, *gap))
    };
    let cuts = gaps.len() - left().count();
    let (longest, gap) = left().max_by(|one, other| one.1.total_cmp(&other.1))?;
    let sum: f64 = left().map(|(_, gap)| gap).sum();
    // Entries of one moment are moved apart in any case.
    let is_drawn_as_nothing = |(_, gap): &(usize, f64)| *gap > 0.0 && gap / sum * width < APART;
    let helps = left().filter(is_drawn_as_nothing).count() > 1;
    (cuts < MOST_CUTS && gap > sum / 2.0 && helps).then_some(longest)
}

/// Widens the gaps that would be drawn as nothing, and returns the units for a millisecond.
fn widen(gaps: &[f64], drawn: &mut [Drawn], width: f64) -> f64 {
    loop {
        let mut room = width;
        let mut sum = 0.0;
        for (gap, drawn) in gaps.iter().zip(drawn.iter()) {
            match drawn {
                Drawn::Cut => room -= CUT,
                Drawn::Widened => room -= APART,
                Drawn::ToScale => sum += gap,
            }
        }
        let unit = if sum > 0.0 {
            room.max(width / 4.0) / sum
        } else {
            1.0
        };
        let mut is_changed = false;
        for (gap, drawn) in gaps.iter().zip(drawn.iter_mut()) {
            if *drawn == Drawn::ToScale && gap * unit < APART {
                *drawn = Drawn::Widened;
                is_changed = true;
            }
        }
        if !is_changed {
            return unit;
        }
    }
}

/// Returns the next larger of 1, 2, 5, 10, 20, 50, … of a thousandth of a millisecond.
fn step(least: f64) -> f64 {
    let mut power = 0.001;
    loop {
        for factor in [1.0, 2.0, 5.0] {
            if factor * power >= least {
                return factor * power;
            }
        }
        power *= 10.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scale(millis: &[f64]) -> Scale {
        let at = |millis: &f64| At::after(Duration::from_secs_f64(millis / 1000.0));
        let entries: Vec<(usize, At)> = (1..).zip(millis.iter().map(at)).collect();
        Scale::of(&entries, 600.0)
    }

    fn places(scale: &Scale) -> Vec<f64> {
        scale.places.values().map(|place| place.round()).collect()
    }

    #[test]
    fn what_fits_is_to_scale() {
        let scale = scale(&[0.0, 100.0, 250.0, 400.0]);
        assert!(scale.segments.iter().all(|one| one.drawn == Drawn::ToScale));
        assert_eq!(places(&scale), [0.0, 150.0, 375.0, 600.0]);
        let ticks: Vec<String> = scale.ticks().into_iter().map(|(_, text)| text).collect();
        assert_eq!(ticks[..3], ["0 ms", "50 ms", "100 ms"]);
    }

    #[test]
    fn a_long_silence_is_cut_and_near_entries_are_moved_apart() {
        let scale = scale(&[0.0, 0.1, 0.1, 20.0, 40.0, 30_000.0, 30_020.0]);
        let drawn: Vec<Drawn> = scale.segments.iter().map(|one| one.drawn).collect();
        let [wide, scaled, cut] = [Drawn::Widened, Drawn::ToScale, Drawn::Cut];
        assert_eq!(drawn, [wide, wide, scaled, scaled, cut, scaled]);
        assert_eq!(places(&scale)[..3], [0.0, 9.0, 18.0]);
        let ticks = scale.ticks();
        assert!(ticks.iter().any(|(_, text)| text == "30 s"), "{ticks:?}");
        let apart = |pair: &[(f64, String)]| pair[1].0 - pair[0].0 >= BETWEEN_TICKS;
        assert!(ticks.windows(2).all(apart), "{ticks:?}");
    }

    #[test]
    fn an_entry_that_is_not_drawn_is_where_the_one_before_it_is() {
        let scale = scale(&[0.0, 100.0]);
        assert!((scale.place(9) - 600.0).abs() < 1e-6);
        assert!(scale.place(0).abs() < 1e-6);
    }

    #[test]
    fn a_scale_without_time_has_one_tick() {
        assert_eq!(scale(&[0.0]).ticks(), [(0.0, "0 ms".to_owned())]);
        assert_eq!(scale(&[]).ticks(), [(0.0, "0 ms".to_owned())]);
        assert_eq!(places(&scale(&[5.0, 5.0, 5.0])), [0.0, 9.0, 18.0]);
    }

    #[test]
    fn many_entries_make_it_wider() {
        let scale = scale(&[7.0; 200]);
        assert_eq!(places(&scale)[199..], [1791.0]);
    }

    #[test]
    fn times_have_units() {
        let shown = |millis: f64| text(Duration::from_secs_f64(millis / 1000.0));
        assert_eq!(shown(0.25), "250 µs");
        assert_eq!(shown(5.0), "5 ms");
        assert_eq!(shown(5.25), "5.2 ms");
        assert_eq!(shown(400.0), "400 ms");
        assert_eq!(shown(30_110.0), "30.11 s");
    }
}
