//! The committed figures: `bench/growth.json`.

use std::collections::BTreeMap;

use super::{dimensions::Dimension, life::Costs};

/// The one instruction whose cost may grow, and only with the entries of one slate.
pub const SETTLEMENT: &str = "settle_epoch";

/// Basis points by which a cost may differ from that in the smallest community.
pub const TOLERANCE_BPS: u64 = 100;

/// Sizes and compute units, by size.
pub type Points = Vec<(u32, u64)>;

/// Compute units by dimension, instruction and size.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Growth(BTreeMap<String, BTreeMap<String, Points>>);

impl Growth {
    /// Adds what was measured in a community of this size. Sizes come in ascending order.
    pub fn add(&mut self, dimension: Dimension, size: u32, costs: Costs) {
        let lines = self.0.entry(dimension.name().to_owned()).or_default();
        for (instruction, cu) in costs {
            lines.entry(instruction).or_default().push((size, cu));
        }
    }

    /// What an instruction cost along a dimension; nothing if it was not measured there.
    pub fn line(&self, dimension: Dimension, instruction: &str) -> &[(u32, u64)] {
        let lines = self.0.get(dimension.name());
        lines.and_then(|lines| lines.get(instruction)).map_or(&[], Vec::as_slice)
    }

    /// What settlement cost by the entries of its slate.
    pub fn settlement(&self) -> &[(u32, u64)] {
        self.line(Dimension::Slate, SETTLEMENT)
    }

    /// Every instruction measured along the first dimension, in order.
    pub fn instructions(&self) -> impl Iterator<Item = &str> {
        let lines = self.0.get(Dimension::ALL[0].name());
        lines.into_iter().flat_map(|lines| lines.keys().map(String::as_str))
    }

    /// Lines that must be flat: all but settlement's along the slate.
    pub fn flat_lines(&self) -> impl Iterator<Item = (Dimension, &str, &[(u32, u64)])> {
        let lines = Dimension::ALL.into_iter().flat_map(move |dimension| {
            self.instructions().map(move |name| (dimension, name, self.line(dimension, name)))
        });
        lines.filter(|(dimension, name, points)| {
            !points.is_empty() && (*dimension != Dimension::Slate || *name != SETTLEMENT)
        })
    }

    /// The largest difference of a line that must be flat, in basis points, rounded up.
    pub fn slope(&self) -> u64 {
        self.flat_lines().map(|(_, _, points)| difference(points)).max().unwrap_or(0)
    }

    /// Instructions that cost more than 1 % more or less where there is no past to look back on: name,
    /// units without and with it.
    pub fn steps(&self) -> Vec<(&str, u64, u64)> {
        let step = |name| match self.line(Dimension::Past, name) {
            points @ [(_, without), .., (_, with)] if difference(points) > TOLERANCE_BPS => {
                Some((name, *without, *with))
            }
            _ => None,
        };
        self.instructions().filter_map(step).collect()
    }

    /// One sentence for every line that must be flat and is not.
    pub fn grown(&self) -> Vec<String> {
        let grown = self.flat_lines().filter(|(_, _, points)| difference(points) > TOLERANCE_BPS);
        let sentence = |(dimension, name, points): (Dimension, &str, &[(u32, u64)])| {
            let what = dimension.name();
            format!("{name}: not flat in {what}: {}", listed(points))
        };
        grown.map(sentence).collect()
    }

    /// One sentence for every figure of `fresh` that exceeds the one committed here by more than
    /// 1 %, or has none, and for every instruction committed along a dimension of `fresh` that was
    /// not measured there any more.
    pub fn regressions(&self, fresh: &Self) -> Vec<String> {
        let mut found = Vec::new();
        for (what, lines) in &fresh.0 {
            let committed = self.0.get(what).into_iter().flat_map(|lines| lines.keys());
            let lost = committed.filter(|name| !lines.contains_key(*name));
            found.extend(lost.map(|name| format!("{name}, {what}: not measured any more")));
            for (name, points) in lines {
                let committed = self.0.get(what).and_then(|lines| lines.get(name));
                for (size, cu) in points {
                    let old = committed.and_then(|points| {
                        points.iter().find_map(|(of, old)| (of == size).then_some(*old))
                    });
                    match old {
                        None => found.push(format!("{name}, {what} {size}: not committed")),
                        Some(old) if cu * 10_000 > old * (10_000 + TOLERANCE_BPS) => {
                            found.push(format!("{name}, {what} {size}: {old} -> {cu}"));
                        }
                        Some(_) => {}
                    }
                }
            }
        }
        found
    }

    /// The file's text: one line for every instruction along a dimension.
    ///
    /// # Panics
    /// Never: numbers and texts always have a JSON form.
    pub fn to_json(&self) -> String {
        let dimensions = self.0.iter().map(|(what, lines)| {
            let lines = lines.iter().map(|(name, points)| {
                let points = serde_json::to_string(points).expect("numbers have a JSON form");
                format!("    \"{name}\": {points}")
            });
            format!("  \"{what}\": {{\n{}\n  }}", lines.collect::<Vec<_>>().join(",\n"))
        });
        format!("{{\n{}\n}}\n", dimensions.collect::<Vec<_>>().join(",\n"))
    }

    /// Reads the file's text.
    ///
    /// # Errors
    /// A sentence that names what is wrong.
    pub fn from_json(text: &str) -> Result<Self, String> {
        let lines = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let growth = Self(lines);
        for dimension in Dimension::ALL.into_iter().chain([Dimension::Past]) {
            let what = dimension.name();
            let lines = growth.0.get(what).ok_or_else(|| format!("`{what}` is missing"))?;
            if let Some((name, _)) = lines.iter().find(|(_, points)| points.is_empty()) {
                return Err(format!("`{name}` has no figures in `{what}`"));
            }
        }
        match growth.settlement().len() {
            0..4 => Err(format!("`{SETTLEMENT}` must have four figures or more in `entries`")),
            _ => Ok(growth),
        }
    }
}

/// The largest difference from the first point, in basis points, rounded up.
pub fn difference(points: &[(u32, u64)]) -> u64 {
    let Some((_, first)) = points.first() else { return 0 };
    let differences = points.iter().map(|(_, cu)| (cu.abs_diff(*first) * 10_000).div_ceil(*first));
    differences.max().unwrap_or(0)
}

fn listed(points: &[(u32, u64)]) -> String {
    points.iter().map(|(size, cu)| format!("{size}: {cu}")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn costs(list: &[(&str, u64)]) -> Costs {
        list.iter().map(|(name, cu)| ((*name).to_owned(), *cu)).collect()
    }

    /// `cast_vote` costs `units` in four communities of each dimension, settlement ever more.
    fn growth(units: [u64; 4]) -> Growth {
        let mut growth = Growth::default();
        for dimension in Dimension::ALL.into_iter().chain([Dimension::Past]) {
            for (size, cu) in dimension.sizes().iter().zip(units) {
                let settled =
                    if dimension == Dimension::Slate { u64::from(*size) * 900 } else { 900 };
                growth.add(dimension, *size, costs(&[("cast_vote", cu), (SETTLEMENT, settled)]));
            }
        }
        growth
    }

    #[test]
    fn the_file_reads_back_as_it_was_written() {
        let growth = growth([5_000, 5_001, 5_002, 5_003]);
        assert_eq!(Growth::from_json(&growth.to_json()), Ok(growth));
    }

    #[test]
    fn a_missing_dimension_is_named() {
        assert_eq!(Growth::from_json("{}"), Err("`voters` is missing".to_owned()));
    }

    #[test]
    fn up_to_a_hundredth_is_flat_and_settlement_may_grow_with_its_slate() {
        assert_eq!(growth([5_000, 5_050, 4_950, 5_000]).grown(), Vec::<String>::new());
        let grown = growth([5_000, 5_000, 5_000, 5_051]).grown();
        assert_eq!(grown.len(), Dimension::ALL.len());
        assert_eq!(
            grown[0],
            "cast_vote: not flat in voters: 1: 5000, 10: 5000, 100: 5000, 1000: 5051"
        );
    }

    #[test]
    fn a_step_is_more_than_a_hundredth_from_no_past_to_some() {
        assert_eq!(growth([5_000, 5_050, 5_050, 5_050]).steps(), []);
        let growth = growth([5_000, 5_051, 5_051, 5_051]);
        assert_eq!(growth.steps(), [("cast_vote", 5_000, 5_051)]);
    }

    #[test]
    fn what_must_be_flat_may_not_shrink_either() {
        assert_eq!(growth([5_000, 4_949, 5_000, 5_000]).slope(), 102);
    }

    #[test]
    fn a_figure_may_exceed_the_committed_one_by_a_hundredth() {
        let committed = growth([5_000; 4]);
        assert_eq!(committed.regressions(&growth([5_050; 4])), Vec::<String>::new());
        let mut fresh = Growth::default();
        let measured = [("cast_vote", 5_051), (SETTLEMENT, 900), ("stake", 1)];
        fresh.add(Dimension::Voters, 10, costs(&measured));
        assert_eq!(
            committed.regressions(&fresh),
            ["cast_vote, voters 10: 5000 -> 5051", "stake, voters 10: not committed"]
        );
    }

    #[test]
    fn an_instruction_that_is_not_measured_any_more_is_named() {
        let mut fresh = Growth::default();
        fresh.add(Dimension::Voters, 10, costs(&[("cast_vote", 5_000)]));
        assert_eq!(
            growth([5_000; 4]).regressions(&fresh),
            ["settle_epoch, voters: not measured any more"]
        );
    }
}
