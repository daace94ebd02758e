//! The ledger at the end: what came in, where it is, and whether that is the same.

use super::money::column;
use crate::page::Page;

/// One line of the ledger, in base units.
pub struct Line {
    words: String,
    into: u64,
    out: u64,
}

impl Line {
    /// An amount that came in.
    pub fn into(words: impl Into<String>, amount: u64) -> Self {
        Self { words: words.into(), into: amount, out: 0 }
    }

    /// Where an amount is.
    pub fn out(words: impl Into<String>, amount: u64) -> Self {
        Self { words: words.into(), into: 0, out: amount }
    }
}

/// What moved, and what must be equal.
pub struct Ledger {
    pub lines: Vec<Line>,
    /// A fact, and the two numbers that are equal when it holds.
    pub checks: Vec<(&'static str, u64, u64)>,
    pub footer: String,
}

impl Ledger {
    fn sums(&self) -> [u64; 2] {
        [self.lines.iter().map(|l| l.into).sum(), self.lines.iter().map(|l| l.out).sum()]
    }

    /// Whether both sides are equal and every check holds.
    pub fn balances(&self) -> bool {
        let [into, out] = self.sums();
        into == out && self.checks.iter().all(|(_, left, right)| left == right)
    }

    /// Prints the two columns and the checks.
    pub fn print(&self, page: &Page) {
        page.gap();
        page.line("  EUR                                 in           out");
        let blank_zero = |amount| if amount == 0 { " ".repeat(12) } else { column(amount) };
        for line in &self.lines {
            let row =
                format!("  {:<24} {} {}", line.words, blank_zero(line.into), blank_zero(line.out));
            page.line(row.trim_end());
        }
        let [into, out] = self.sums();
        let verdict = if into == out { page.good("balances") } else { page.bad("OFF") };
        page.line(format!("  {:<24} {} {}  {verdict}", "", column(into), column(out)));
        for pair in self.checks.chunks(2) {
            let mut row = String::new();
            for (fact, left, right) in pair {
                if left == right {
                    row += &format!("  {} {fact:<46}", page.good("✓"));
                } else {
                    row += &format!("  {} {fact}: {left} is not {right}  ", page.bad("✗"));
                }
            }
            page.line(row.trim_end());
        }
        page.line(&self.footer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ledger() -> Ledger {
        Ledger {
            lines: vec![Line::into("a", 5), Line::out("b", 3), Line::out("c", 2)],
            checks: vec![("equal", 7, 7)],
            footer: String::new(),
        }
    }

    #[test]
    fn a_ledger_with_equal_sides_and_facts_balances() {
        assert!(ledger().balances());
    }

    #[test]
    fn one_base_unit_off_on_either_side_does_not_balance() {
        for (line, into, out) in [(0, 1, 0), (1, 0, 1)] {
            let mut off = ledger();
            off.lines[line].into += into;
            off.lines[line].out += out;
            assert!(!off.balances());
        }
    }

    #[test]
    fn one_fact_that_does_not_hold_is_enough() {
        let mut off = ledger();
        off.checks.push(("unequal", 1, 2));
        assert!(!off.balances());
    }
}
