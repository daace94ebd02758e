//! The tables of `docs/performance.md`.

use super::{
    bars::{ACCOUNT_COST_PER_SEC, BallotCost, CHAIN_COST_PER_SEC, Standing, bars},
    figures::Figures,
    growth::PAIRS,
    sizes::{self, rent},
};

/// Puts fresh tables between the markers of a page.
///
/// # Errors
/// A sentence that names the marker which is missing.
pub fn render(page: &str, figures: &Figures) -> Result<String, String> {
    let tables = [
        ("instructions", instructions(figures)),
        ("accounts", accounts()),
        ("standing", standing(figures)),
        ("throughput", throughput(figures)),
        ("growth", growth(figures)),
    ];
    tables.iter().try_fold(page.to_owned(), |page, (name, table)| splice(&page, name, table))
}

/// Puts a table between the markers of its name.
///
/// # Errors
/// As [`render`].
pub fn splice(page: &str, name: &str, table: &str) -> Result<String, String> {
    let begin = format!("<!-- begin generated: {name} -->");
    let end = format!("<!-- end generated: {name} -->");
    let missing = |marker: &str| format!("the line `{marker}` is missing");
    let (head, rest) = page.split_once(&begin).ok_or_else(|| missing(&begin))?;
    let (_, tail) = rest.split_once(&end).ok_or_else(|| missing(&end))?;
    Ok(format!("{head}{begin}\n\n{table}\n{end}{tail}"))
}

fn instructions(figures: &Figures) -> String {
    let mut table = Table::new(
        "instruction | variant | CU min | CU median | CU max | bytes | accounts | write locks",
        "wwnnnnnn",
    );
    let grown = |key: &str| PAIRS.iter().any(|(small, large)| [*small, *large].contains(&key));
    let mut rows: Vec<_> = figures.rows.iter().filter(|(key, _)| !grown(key)).collect();
    rows.sort_by_key(|(key, _)| in_order(key));
    for (key, row) in rows {
        let (instruction, variant) = key.split_once('/').unwrap_or((key, ""));
        let variant = if variant == "default" { "" } else { variant };
        let numbers =
            [row.cu_min, row.cu_median, row.cu_max, row.tx_bytes, row.accounts, row.write_locks];
        let mut cells = vec![format!("`{instruction}`"), variant.to_owned()];
        cells.extend(numbers.map(grouped));
        table.row(&cells);
    }
    table.text
}

/// What a key is sorted by: numbers in their own order, and before words.
fn in_order(key: &str) -> (&str, u64, &str) {
    let (instruction, variant) = key.split_once('/').unwrap_or((key, ""));
    (instruction, variant.parse().unwrap_or(u64::MAX), variant)
}

fn accounts() -> String {
    let mut table = Table::new("account | bytes | rent in lamports | returned by", "wnnw");
    for size in sizes::all() {
        let bytes = u64::try_from(size.bytes).expect("an account is short");
        let rent = grouped(rent(size.bytes));
        table.row(&[size.name, grouped(bytes), rent, size.returned_by.to_owned()]);
    }
    table.text
}

fn standing(figures: &Figures) -> String {
    let mut table = Table::new("bar | what | must | stretch | measured | standing", "wwwwww");
    for bar in bars(figures) {
        let measures = &bar.measures;
        let sign = if measures.iter().any(|m| m.at_least) { ">=" } else { "<=" };
        let list = |values: Vec<Option<u64>>| {
            let shown = |value: Option<u64>| value.map_or("-".to_owned(), grouped);
            values.into_iter().map(shown).collect::<Vec<_>>().join(" / ")
        };
        let limit = |values: Vec<Option<u64>>| match values.iter().all(Option::is_none) {
            true => "-".to_owned(),
            false => format!("{sign} {}", list(values)),
        };
        let measured = list(measures.iter().map(|m| Some(m.value)).collect());
        let (must, stretch, measured, standing) = match bar.standing() {
            None => (">= 2,000 /s".into(), ">= 8,000 /s".into(), "see replay".into(), "-"),
            Some(standing) => (
                limit(measures.iter().map(|m| Some(m.must)).collect()),
                limit(measures.iter().map(|m| m.stretch).collect()),
                format!("{measured} {}", bar.unit).trim_end().to_owned(),
                word(standing),
            ),
        };
        let cells = [bar.name.into(), bar.what.into(), must, stretch, measured, standing.into()];
        table.row(&cells);
    }
    table.text
}

fn word(standing: Standing) -> &'static str {
    match standing {
        Standing::Missed => "**not met**",
        Standing::Met => "met",
        Standing::Stretch => "stretch met",
    }
}

fn throughput(figures: &Figures) -> String {
    let head = "choices | CU | signature | write locks | data | loaded | cost | ballots/s, one epoch | \
                choices/s, one epoch | ballots/s, all epochs";
    let mut table = Table::new(head, "nnnnnnnnnn");
    for choices in [1, 20, 128] {
        let cost = BallotCost::of(figures, choices);
        let cells = [
            cost.choices,
            cost.executed,
            cost.signatures,
            cost.write_locks,
            cost.data,
            cost.loaded,
            cost.total(),
            ACCOUNT_COST_PER_SEC / cost.total(),
            cost.choices_per_sec(),
            CHAIN_COST_PER_SEC / cost.total(),
        ];
        table.row(&cells.map(grouped));
    }
    table.text
}

fn growth(figures: &Figures) -> String {
    let mut table = Table::new("instruction | small | grown | CU small | CU grown", "wwwnn");
    for (small, grown) in PAIRS {
        let (instruction, from) = small.split_once('/').unwrap_or((small, ""));
        let (_, to) = grown.split_once('/').unwrap_or((grown, ""));
        let count = |variant: &str| {
            let (what, count) = variant.split_once('-').unwrap_or((variant, ""));
            format!("{what}: {count}")
        };
        table.row(&[
            format!("`{instruction}`"),
            count(from),
            count(to),
            grouped(figures.row(small).cu_median),
            grouped(figures.row(grown).cu_median),
        ]);
    }
    table.text
}

/// A Markdown table.
pub struct Table {
    pub text: String,
}

impl Table {
    /// A table with this head; `columns` has one letter per column: `w` for words, `n` for numbers.
    pub fn new(head: &str, columns: &str) -> Self {
        let rule = columns.chars().map(|column| if column == 'w' { "---" } else { "---:" });
        let rule = rule.collect::<Vec<_>>().join(" | ");
        Self { text: format!("| {head} |\n| {rule} |\n") }
    }

    pub fn row(&mut self, cells: &[String]) {
        self.text += &format!("| {} |\n", cells.join(" | "));
    }
}

/// A number with a comma before every three digits.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        assert_eq!([0, 999, 1_000, 12_345_678].map(grouped), ["0", "999", "1,000", "12,345,678"]);
    }

    #[test]
    fn a_table_replaces_what_stood_between_its_markers() {
        let page = "a\n<!-- begin generated: t -->old<!-- end generated: t -->\nb\n";
        let once = splice(page, "t", "| new |\n").unwrap();
        assert_eq!(
            once,
            "a\n<!-- begin generated: t -->\n\n| new |\n\n<!-- end generated: t -->\nb\n"
        );
        assert_eq!(splice(&once, "t", "| new |\n").unwrap(), once);
    }

    #[test]
    fn slates_are_listed_by_size_before_other_variants() {
        let mut keys = ["vote/late-1", "vote/128", "vote/16", "stake/spl", "vote/1"];
        keys.sort_by_key(|key| in_order(key));
        assert_eq!(keys, ["stake/spl", "vote/1", "vote/16", "vote/128", "vote/late-1"]);
    }

    #[test]
    fn a_missing_marker_is_named() {
        let error = splice("<!-- begin generated: t -->", "t", "").unwrap_err();
        assert_eq!(error, "the line `<!-- end generated: t -->` is missing");
    }

    #[test]
    fn columns_of_numbers_are_aligned_right() {
        let mut table = Table::new("what | how many", "wn");
        table.row(&["stakes".to_owned(), grouped(1_000)]);
        assert_eq!(table.text, "| what | how many |\n| --- | ---: |\n| stakes | 1,000 |\n");
    }
}
