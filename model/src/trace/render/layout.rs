//! Rows in columns: a mark, the time, a lane for each peer.

use super::text::{columns, cut, pad, wrap};

/// One entry in words, printable.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) line: usize,
    pub(super) at: String,
    /// The place of its peer.
    pub(super) lane: usize,
    pub(super) text: String,
}

/// How rows are laid out.
#[derive(Debug)]
pub(super) struct Layout<'l> {
    /// The names of the peers, printable.
    pub(super) peers: &'l [String],
    /// How many columns there are.
    pub(super) width: usize,
    /// Whether long texts are wrapped, and not cut.
    pub(super) wrap: bool,
    /// The line that is marked.
    pub(super) marked: Option<usize>,
}

/// The smallest width of a lane beside others. If the lanes would be narrower, there are none.
const NARROWEST_LANE: usize = 20;

const BETWEEN: &str = " | ";

/// The lanes, and which of them a row is in.
enum Columns {
    /// One for each peer, of these widths.
    Lanes(Vec<usize>),
    /// One for all, with the names of the peers before the texts: the widths of the names and the
    /// lane.
    One { name: usize, text: usize },
}

impl Layout<'_> {
    pub(super) fn write(&self, rows: &[Row]) -> String {
        let times = rows.iter().map(|row| row.at.len());
        let time = times.chain(["ms".len()]).max().unwrap_or_default();
        let columns = self.columns(rows, time);

        let mut text = String::new();
        let mut line = |mark: &str, at: &str, cells: &[String]| {
            let mark = self.marked.map_or("", |_| mark);
            let line = format!("{mark}{at:>time$}{BETWEEN}{}", cells.join(BETWEEN));
            // The time alone may be wider than a narrow terminal.
            text.push_str(cut(line.trim_end(), self.width).trim_end());
            text.push('\n');
        };
        let heads = match &columns {
            Columns::Lanes(widths) => {
                let heads = self.peers.iter().zip(widths);
                heads
                    .map(|(name, width)| pad(&cut(name, *width), *width))
                    .collect()
            }
            Columns::One { .. } => vec!["peer".to_owned()],
        };
        line("  ", "ms", &heads);
        let mut last_at = "";
        for row in rows {
            let mark = if self.marked == Some(row.line) {
                "> "
            } else {
                "  "
            };
            for (place, part) in self.parts(row, &columns).into_iter().enumerate() {
                // A moment is shown once.
                let at = if row.at == last_at {
                    ""
                } else {
                    row.at.as_str()
                };
                last_at = &row.at;
                line(if place == 0 { mark } else { "  " }, at, &part);
            }
        }
        text
    }

    fn columns(&self, rows: &[Row], time: usize) -> Columns {
        let mark = self.marked.map_or(0, |_| "> ".len());
        let count = self.peers.len();
        let besides = mark + time + BETWEEN.len() * count;
        let available = self.width.saturating_sub(besides);
        if count > 1 && available < NARROWEST_LANE * count {
            let longest = self.peers.iter().map(|name| columns(name)).max();
            let rest = self.width.saturating_sub(mark + time + BETWEEN.len());
            let name = longest.unwrap_or_default().min(rest / 3);
            let text = rest.saturating_sub(name + 1);
            return Columns::One { name, text };
        }
        let wanted = (0..).zip(self.peers).map(|(lane, name)| {
            let texts = rows.iter().filter(|row| row.lane == lane);
            let texts = texts.map(|row| columns(&row.text));
            texts
                .chain([columns(name), NARROWEST_LANE])
                .max()
                .unwrap_or_default()
        });
        let favoured = rows.iter().find(|row| self.marked == Some(row.line));
        let favoured = favoured.map(|row| row.lane);
        Columns::Lanes(shares(
            wanted.collect(),
            available,
            favoured,
            self.width / 3,
        ))
    }

    /// The lines of a row, each with its cells.
    fn parts(&self, row: &Row, columns: &Columns) -> Vec<Vec<String>> {
        let broken = |width| {
            if self.wrap {
                wrap(&row.text, width)
            } else {
                vec![cut(&row.text, width)]
            }
        };
        match columns {
            Columns::Lanes(widths) => {
                let width = widths.get(row.lane).copied().unwrap_or_default();
                let cells = |text: String| {
                    let lanes = widths.iter().enumerate();
                    let cells = lanes.map(|(lane, width)| {
                        pad(if lane == row.lane { &text } else { "" }, *width)
                    });
                    cells.collect()
                };
                broken(width).into_iter().map(cells).collect()
            }
            Columns::One { name, text } => {
                let peer = self.peers.get(row.lane).map_or("", String::as_str);
                let head = pad(&cut(peer, *name), *name);
                broken(*text)
                    .into_iter()
                    .map(|part| vec![format!("{head} {part}")])
                    .collect()
            }
        }
    }
}

/// The width of each lane, out of the columns available. The favoured one comes first, and the
/// others have no more than `most_beside` together. If that is too little, all others are narrowed
/// equally.
fn shares(
    mut wanted: Vec<usize>,
    available: usize,
    favoured: Option<usize>,
    most_beside: usize,
) -> Vec<usize> {
    let others = wanted.len().saturating_sub(1);
    if let (Some(favoured), Some(most)) = (favoured, most_beside.checked_div(others)) {
        for (lane, wanted) in wanted.iter_mut().enumerate() {
            if lane != favoured {
                *wanted = most.min(*wanted);
            }
        }
    }
    let mut left = available;
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by_key(|lane| wanted.get(*lane).copied());
    if let Some(favoured) = favoured {
        let others = (0..).zip(&wanted).filter(|(lane, _)| *lane != favoured);
        let least: usize = others.map(|(_, wanted)| NARROWEST_LANE.min(*wanted)).sum();
        if let Some(wanted) = wanted.get_mut(favoured) {
            *wanted = left.saturating_sub(least).min(*wanted);
            left -= *wanted;
        }
        order.retain(|lane| *lane != favoured);
    }
    // The narrowest first, so that the rest share the columns that it does not need.
    for (place, lane) in order.iter().enumerate() {
        let share = left / (order.len() - place);
        if let Some(wanted) = wanted.get_mut(*lane) {
            *wanted = share.min(*wanted);
            left -= *wanted;
        }
    }
    wanted
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::everything_fits(&[30, 40], 100, None, &[30, 40])]
    #[case::alike(&[80, 90], 100, None, &[50, 50])]
    #[case::what_one_does_not_need(&[30, 90], 100, None, &[30, 70])]
    #[case::favoured(&[80, 90], 100, Some(0), &[80, 20])]
    #[case::favoured_leaves_the_least(&[200, 90], 100, Some(0), &[80, 20])]
    #[case::others_are_cut_short(&[30, 90], 100, Some(0), &[30, 33])]
    #[case::three(&[90, 90, 20], 100, Some(2), &[16, 16, 20])]
    #[case::one(&[90], 50, Some(0), &[50])]
    fn lanes_share_the_width(
        #[case] wanted: &[usize],
        #[case] available: usize,
        #[case] favoured: Option<usize>,
        #[case] widths: &[usize],
    ) {
        assert_eq!(shares(wanted.to_vec(), available, favoured, 33), widths);
    }
}
