//! Tables and numbers as Markdown has them.

/// A table.
pub struct Table {
    text: String,
}

impl Table {
    /// A table with this head, columns separated by ` | `; `columns` has one letter per column: `w`
    /// for words, `n` for numbers.
    pub fn new(head: &str, columns: &str) -> Self {
        let rule = columns.chars().map(|column| if column == 'w' { "---" } else { "---:" });
        let rule = rule.collect::<Vec<_>>().join(" | ");
        Self { text: format!("| {head} |\n| {rule} |\n") }
    }

    /// Adds a row.
    pub fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.text += &format!("| {} |\n", cells.join(" | "));
    }

    /// The table's text.
    pub fn text(self) -> String {
        self.text
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

/// A count of bytes with a comma before every three digits.
pub fn bytes(count: usize) -> String {
    grouped(u64::try_from(count).unwrap_or(u64::MAX))
}

/// A discriminator as hexadecimal bytes.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A type's documentation as paragraphs. Links of rustdoc lose their target, which is no address.
pub fn prose(docs: &[String]) -> String {
    let text = docs.join("\n");
    let mut plain = String::new();
    let mut rest = text.as_str();
    while let Some((before, linked)) = rest.split_once("[`") {
        let (name, after) = linked.split_once("`]").unwrap_or((linked, ""));
        plain += &format!("{before}`{name}`");
        rest = after;
        if after.starts_with('(') {
            rest = after.split_once(')').map_or("", |(_, after)| after);
        }
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_of_rustdoc_become_plain_names() {
        let docs = ["One [`Stake`](crate::Stake) of `a` in".to_owned(), "[`Vote`].".to_owned()];
        assert_eq!(prose(&docs), "One `Stake` of `a` in\n`Vote`.");
    }

    #[test]
    fn numbers_are_grouped_by_thousands() {
        assert_eq!([7, 1_000, 1_234_567].map(grouped), ["7", "1,000", "1,234,567"]);
    }
}
