//! The picture: one small line per instruction and dimension, and what settlement costs.
//!
//! Written out by hand and not by a plotting crate: those put colours into every element, and a
//! picture that follows the reader's light or dark setting takes its colours from a style sheet.

use std::fmt::Write as _;

use super::{
    dimensions::Dimension,
    file::{Growth, SETTLEMENT},
    fit::{Curve, number},
};
use crate::bench::grouped;

const WIDTH: f64 = 980.0;
/// Where the first column of lines begins, how wide a column's lines are, and from where to where
/// the next one follows.
const FIRST: f64 = 175.0;
const LINES: f64 = 95.0;
const COLUMN: f64 = 160.0;
/// Where the first row's middle is, and how far the next one follows.
const TOP: f64 = 92.0;
const ROW: f64 = 19.0;
/// How far a hundredth is from the middle of a row.
const PERCENT: f64 = 4.0;
/// Beyond so many hundredths a line is cut.
const CUT: f64 = 2.0;
/// Height of the lower panel, and of what stands between the two.
const SETTLED: f64 = 240.0;
const BETWEEN: f64 = 90.0;

const STYLE: &str = "\
.ground { fill: #ffffff } text { font: 12px sans-serif; fill: #1f2328 } .title { font-weight: bold }
.small { font-size: 10.5px; fill: #59636e } .band { fill: #dcebfa } .rule { stroke: #d1d9e0 }
.line { fill: none; stroke: #0b5cad; stroke-width: 1.6 } .point { fill: #b3470b }
@media (prefers-color-scheme: dark) {
.ground { fill: #0d1117 } text { fill: #e6edf3 } .small { fill: #9198a1 } .band { fill: #14304f }
.rule { stroke: #3d444d } .line { stroke: #6cb2ff } .point { fill: #ff9b57 }
}";

/// Draws both panels.
pub fn render(growth: &Growth) -> String {
    let names: Vec<&str> = growth.instructions().collect();
    let bottom = TOP + ROW * size(names.len());
    let height = bottom + BETWEEN + SETTLED + 50.0;
    let mut picture = Picture(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\">\n\
         <title>Compute units as the community grows</title>\n<style>\n{STYLE}\n</style>\n\
         <rect class=\"ground\" width=\"{WIDTH}\" height=\"{height}\"/>\n"
    ));
    let title = "Compute units as the community grows, to scale with those in the smallest one";
    picture.text("title", (20.0, 28.0), "start", title);
    let legend = "shaded: 1 % either way; figure: compute units in the largest community";
    picture.text("small", (20.0, 46.0), "start", legend);
    for (column, dimension) in Dimension::ALL.into_iter().enumerate() {
        heads(&mut picture, column, dimension, bottom);
        for (row, name) in names.iter().enumerate() {
            cell(&mut picture, (column, row), dimension, (name, growth.line(dimension, name)));
        }
    }
    for (row, name) in names.iter().enumerate() {
        picture.text("", (FIRST - 12.0, middle(row) + 4.0), "end", name);
    }
    settlement(&mut picture, growth.settlement(), bottom + BETWEEN);
    picture.0 + "</svg>\n"
}

struct Picture(String);

impl Picture {
    fn text(&mut self, class: &str, (x, y): (f64, f64), anchor: &str, words: &str) {
        let _ = writeln!(
            self.0,
            "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{words}</text>"
        );
    }

    fn rule(&mut self, from: (f64, f64), to: (f64, f64)) {
        let ((x1, y1), (x2, y2)) = (from, to);
        let _ = writeln!(
            self.0,
            "<line class=\"rule\" x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\"/>"
        );
    }

    fn line(&mut self, points: impl Iterator<Item = (f64, f64)>) {
        let points: Vec<String> = points.map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        let _ = writeln!(self.0, "<polyline class=\"line\" points=\"{}\"/>", points.join(" "));
    }

    fn point(&mut self, (x, y): (f64, f64)) {
        let _ = writeln!(self.0, "<circle class=\"point\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.5\"/>");
    }
}

/// A count as a coordinate.
fn size(count: usize) -> f64 {
    f64::from(u16::try_from(count).expect("a picture has few parts"))
}

fn left(column: usize) -> f64 {
    FIRST + COLUMN * size(column)
}

fn middle(row: usize) -> f64 {
    TOP + ROW * size(row)
}

/// Where a size stands in its column, on a logarithmic axis.
fn across(column: usize, dimension: Dimension, of: u32) -> f64 {
    let largest = dimension.sizes().last().copied().unwrap_or(1);
    left(column) + LINES * f64::from(of).ln() / f64::from(largest).ln()
}

/// Name and axis of a column.
fn heads(picture: &mut Picture, column: usize, dimension: Dimension, bottom: f64) {
    picture.text("title", (left(column), TOP - 20.0), "start", dimension.name());
    let named = |of: &u32| match dimension {
        Dimension::Slate => [1, 4, 16, 128].contains(of),
        _ => true,
    };
    for of in dimension.sizes().iter().copied().filter(named) {
        let x = across(column, dimension, of);
        picture.rule((x, TOP - ROW / 2.0), (x, bottom - ROW / 2.0));
        let words = if of >= 1_000 { format!("{}k", of / 1_000) } else { of.to_string() };
        picture.text("small", (x, bottom + 6.0), "middle", &words);
    }
}

/// One instruction along one dimension.
fn cell(
    picture: &mut Picture,
    (column, row): (usize, usize),
    dimension: Dimension,
    (name, points): (&str, &[(u32, u64)]),
) {
    let (x, y) = (left(column), middle(row));
    let Some((_, first)) = points.first() else { return };
    if dimension == Dimension::Slate && name == SETTLEMENT {
        picture.text("small", (x, y + 4.0), "start", "see below");
        return;
    }
    let _ = writeln!(
        picture.0,
        "<rect class=\"band\" x=\"{x:.1}\" y=\"{:.1}\" width=\"{LINES}\" height=\"{}\"/>",
        y - PERCENT,
        2.0 * PERCENT
    );
    let height = |cu: u64| {
        let off = 100.0 * (number(cu) / number(*first) - 1.0);
        y - PERCENT * off.clamp(-CUT, CUT)
    };
    picture.line(points.iter().map(|(of, cu)| (across(column, dimension, *of), height(*cu))));
    if let Some((_, cu)) = points.last() {
        picture.text("small", (x + LINES + 8.0, y + 4.0), "start", &grouped(*cu));
    }
}

/// Measured points, each with its figure, and the curve.
fn settlement(picture: &mut Picture, points: &[(u32, u64)], top: f64) {
    let bottom = top + SETTLED;
    let largest = points.last().map_or(1, |(n, _)| *n);
    let most = points.iter().map(|(_, cu)| *cu).max().unwrap_or(1).next_multiple_of(20_000);
    let x = |n: f64| FIRST + n / f64::from(largest) * (WIDTH - FIRST - 60.0);
    let y = |cu: f64| bottom - cu / number(most) * SETTLED;
    let curve = Curve::through(points);
    picture.text("title", (20.0, top - 34.0), "start", "settle_epoch by the entries of its slate");
    let legend = format!("points: measured; line: {curve}");
    picture.text("small", (20.0, top - 16.0), "start", &legend);
    for units in (0..=most).step_by(20_000) {
        let at = y(number(units));
        picture.rule((FIRST, at), (WIDTH - 60.0, at));
        picture.text("small", (FIRST - 10.0, at + 4.0), "end", &grouped(units));
    }
    picture.line((1..=largest).map(|n| (x(f64::from(n)), y(curve.at(n)))));
    for (n, cu) in points {
        let at = (x(f64::from(*n)), y(number(*cu)));
        picture.point(at);
        // The first sizes are too close for words of their own.
        if *n != 2 {
            picture.text("small", (at.0, bottom + 16.0), "middle", &n.to_string());
        }
        if *n >= 8 {
            picture.text("small", (at.0 + 8.0, at.1 + 12.0), "start", &grouped(*cu));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::growth::life::Costs;

    #[test]
    fn every_line_and_every_settlement_is_drawn() {
        let mut growth = Growth::default();
        for dimension in Dimension::ALL {
            for of in dimension.sizes() {
                let settled = 1_000 + 300 * u64::from(*of);
                let costs = [("cast_vote".to_owned(), 5_000), (SETTLEMENT.to_owned(), settled)];
                growth.add(dimension, *of, Costs::from(costs));
            }
        }
        let picture = render(&growth);
        let lines = growth.flat_lines().count() + 1;
        assert_eq!(picture.matches("<polyline").count(), lines);
        assert_eq!(picture.matches("<circle").count(), growth.settlement().len());
        assert_eq!(picture.matches(">cast_vote<").count(), 1);
    }
}
