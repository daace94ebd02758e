//! F14: whether an instruction's cost grows with the community.
//!
//! In every dimension a community is grown from one to ten thousand, through the program's own
//! instructions, and at each size the same acts of the same people are measured, at addresses that
//! take equally long to find. Writes `bench/growth.json`, the plot and the tables, or compares.

mod community;
mod dimensions;
mod file;
mod fit;
mod life;
mod plot;

use std::time::Instant;

use crate::{
    Done, Stop,
    bench::{grouped, read, save, splice_page, tables::Table},
    page::Page,
    require_program,
};
use dimensions::Dimension;
use file::{Growth, SETTLEMENT, difference};
use fit::Curve;

const FIGURES: &str = "bench/growth.json";
const PLOT: &str = "docs/growth.svg";

/// Sizes beyond this are left out of the slice.
const SLICE: u32 = 100;

/// What the command does with the figures.
#[derive(clap::Args)]
pub struct Options {
    /// Write bench/growth.json, docs/growth.svg and the tables of docs/performance.md
    #[arg(long)]
    write: bool,
    /// Only up to a hundred; fail when a figure exceeds the committed one by more than 1 %
    #[arg(long, conflicts_with = "write")]
    check_slice: bool,
}

/// Measures, then prints, writes or compares. Fails when something that must be flat is not.
pub fn run(options: &Options) -> Done {
    require_program()?;
    let growth = measure(if options.check_slice { SLICE } else { u32::MAX });
    let mut problems = growth.grown();
    if options.check_slice {
        problems.extend(committed().map_err(Stop::broken)?.regressions(&growth));
    } else {
        Page::new().line(tables(&growth));
    }
    if options.write {
        save(FIGURES, &growth.to_json())
            .and_then(|()| save(PLOT, &plot::render(&growth)))
            .and_then(|()| splice_page("growth-long", &tables(&growth)))
            .map_err(Stop::broken)?;
    }
    if problems.is_empty() {
        let (lines, slope) = (growth.flat_lines().count(), growth.slope());
        println!("{lines} lines are flat; the largest difference is {slope} bps");
        Ok(())
    } else {
        Err(Stop::broken(problems.join("\n")))
    }
}

fn committed() -> Result<Growth, String> {
    Growth::from_json(&read(FIGURES)?).map_err(|error| format!("{FIGURES}: {error}"))
}

/// Every dimension, up to `limit`; the slate always as far as it goes.
fn measure(limit: u32) -> Growth {
    let mut growth = Growth::default();
    for dimension in Dimension::ALL.into_iter().chain([Dimension::Past]) {
        let limit = if dimension == Dimension::Slate { u32::MAX } else { limit };
        for size in dimension.sizes().iter().filter(|size| **size <= limit) {
            let begun = Instant::now();
            growth.add(dimension, *size, dimension.measure(*size));
            let (what, secs) = (dimension.name(), begun.elapsed().as_secs());
            eprintln!("{} {what}: {secs} s", grouped(u64::from(*size)));
        }
    }
    growth
}

fn tables(growth: &Growth) -> String {
    format!("{}\n{}\n{}", flat(growth), steps(growth), settled(growth))
}

/// What costs more or less in a community that has nothing to look back on.
fn steps(growth: &Growth) -> String {
    let steps: Vec<String> = growth
        .steps()
        .iter()
        .map(|(name, without, with)| {
            format!("`{name}` {} -> {}", grouped(*without), grouped(*with))
        })
        .collect();
    match steps.is_empty() {
        true => {
            "A community without a past pays within 1 % of one that has nine epochs behind it.\n"
                .to_owned()
        }
        false => {
            format!("Without a past, and with nine epochs to look back on: {}.\n", steps.join(", "))
        }
    }
}

/// One row per instruction: in the smallest community, and in the largest of every dimension.
fn flat(growth: &Growth) -> String {
    let last = |points: &[(u32, u64)]| points.last().copied();
    let heads = Dimension::ALL.map(|dimension| {
        let size = dimension.sizes().last().copied().unwrap_or_default();
        format!("{} {}", grouped(u64::from(size)), dimension.name())
    });
    let head = format!("instruction | smallest | {} | largest difference", heads.join(" | "));
    let mut table = Table::new(&head, "wnnnnnnn");
    for name in growth.instructions() {
        let lines = Dimension::ALL.map(|dimension| growth.line(dimension, name));
        let smallest = lines[0].first().map_or(0, |(_, cu)| *cu);
        let mut cells = vec![format!("`{name}`"), grouped(smallest)];
        let may_grow = |dimension| dimension == Dimension::Slate && name == SETTLEMENT;
        let flat = |dimension: &Dimension| !may_grow(*dimension);
        cells.extend(Dimension::ALL.iter().zip(lines).map(|(dimension, line)| match last(line) {
            Some((_, cu)) if flat(dimension) => grouped(cu),
            Some(_) => "below".to_owned(),
            None => "-".to_owned(),
        }));
        let differences = Dimension::ALL
            .iter()
            .zip(lines)
            .filter(|(dimension, _)| flat(dimension))
            .map(|(_, line)| difference(line));
        cells.push(percent(differences.max().unwrap_or(0)));
        table.row(&cells);
    }
    table.text
}

/// Settlement by the entries of its slate, beside the curve.
fn settled(growth: &Growth) -> String {
    let points = growth.settlement();
    let curve = Curve::through(points);
    let mut table = Table::new("entries settled | CU | CU an entry | curve", "nnnn");
    for (n, cu) in points {
        let curve = format!("{:.0}", curve.at(*n));
        let curve = grouped(curve.parse().unwrap_or_default());
        table.row(&[grouped((*n).into()), grouped(*cu), grouped(cu / u64::from(*n)), curve]);
    }
    let off = 100.0 * curve.worst(points);
    format!(
        "{}\nThe curve is {}; no point is further from it than {off:.1} %.\n",
        table.text, curve
    )
}

/// Basis points as a percentage.
fn percent(bps: u64) -> String {
    format!("{}.{:02} %", bps / 100, bps % 100)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::tables::splice;

    #[test]
    fn page_and_plot_show_the_committed_figures() {
        let growth = committed().unwrap();
        let page = read("docs/performance.md").unwrap();
        let fresh = splice(&page, "growth-long", &tables(&growth)).unwrap();
        assert!(fresh == page, "run `cargo xtask growth --write`");
        assert!(plot::render(&growth) == read(PLOT).unwrap(), "run `cargo xtask growth --write`");
    }

    #[test]
    fn what_is_committed_is_flat() {
        assert_eq!(committed().unwrap().grown(), Vec::<String>::new());
    }

    #[test]
    fn basis_points_are_hundredths_of_a_percent() {
        assert_eq!([0, 7, 100, 1_234].map(percent), ["0.00 %", "0.07 %", "1.00 %", "12.34 %"]);
    }
}
