//! Tables of a list: a heading, and rows in columns.

/// Which way a column is aligned.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// A heading and rows as indented lines, in columns as wide as their widest cell.
pub fn columns(heading: &[(&str, Side)], rows: &[Vec<String>]) -> Vec<String> {
    let names: Vec<String> = heading.iter().map(|(name, _)| (*name).to_owned()).collect();
    let all: Vec<&Vec<String>> = std::iter::once(&names).chain(rows).collect();
    let width = |column: usize| {
        let cells = all.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..heading.len()).map(width).collect();
    let line = |row: &&Vec<String>| {
        let cells = row.iter().zip(&widths).zip(heading).map(|((cell, width), (_, side))| {
            if *side == Side::Right { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
        });
        format!("  {}", cells.collect::<Vec<_>>().join("  ")).trim_end().to_owned()
    };
    all.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_below_each_other_and_words_begin_together() {
        let heading = [("member", Side::Left), ("weight", Side::Right), ("note", Side::Left)];
        let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        let rows = [row(["Ada", "7", ""]), row(["Łódź", "1,000", "late"])];
        let wanted = ["  member  weight  note", "  Ada          7", "  Łódź     1,000  late"];
        assert_eq!(columns(&heading, &rows), wanted);
    }
}
