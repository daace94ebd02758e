//! The page that a command writes for its reader: plain text, colour only on a terminal.

use std::fmt::Display;
use std::io::{IsTerminal, Write, stdout};

/// Columns of a page.
const WIDTH: usize = 100;

/// Standard output, line by line.
pub struct Page {
    colour: bool,
}

impl Default for Page {
    fn default() -> Self {
        Self::new()
    }
}

impl Page {
    /// A page in colour when standard output is a terminal and `NO_COLOR` is not set.
    pub fn new() -> Self {
        let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        Self { colour: wanted && stdout().is_terminal() }
    }

    /// Writes one line. A reader who closed the pipe has read enough: that is no error.
    pub fn line(&self, text: impl Display) {
        let _ = writeln!(stdout().lock(), "{text}");
    }

    /// Writes an empty line.
    pub fn gap(&self) {
        self.line("");
    }

    /// Writes a heading: its number, what it is, and the decision in a sentence.
    pub fn heading(&self, title: &str, sentence: impl Display) {
        self.gap();
        self.line(self.strong(title));
        self.line(sentence);
    }

    /// Writes the program's answer to what it refused.
    pub fn answer(&self, indent: usize, text: &str) {
        for line in wrap(indent, text) {
            self.line(format!("{:indent$}{}", "", self.bad(&line)));
        }
    }

    /// Text that stands out.
    pub fn strong(&self, text: &str) -> String {
        self.paint("1", text)
    }

    /// Text about something that is funded or holds.
    pub fn good(&self, text: &str) -> String {
        self.paint("32", text)
    }

    /// Text about something that failed.
    pub fn bad(&self, text: &str) -> String {
        self.paint("31", text)
    }

    /// Text to be read last.
    pub fn faint(&self, text: &str) -> String {
        self.paint("2", text)
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

/// Words in lines that fit a page behind `indent` columns.
fn wrap(indent: usize, text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let last = lines.len() - 1;
        let line = &mut lines[last];
        let width = indent + line.chars().count() + 1 + word.chars().count();
        if line.is_empty() {
            line.push_str(word);
        } else if width > WIDTH {
            lines.push(word.to_owned());
        } else {
            *line = format!("{line} {word}");
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_wrapped_at_the_width_of_the_page_and_never_lost() {
        let text = ["abcdefghi"; 30].join(" ");
        let lines = wrap(10, &text);
        assert_eq!(lines.join(" "), text);
        assert_eq!(lines.len(), 4);
        for (number, line) in lines.iter().enumerate() {
            assert!(10 + line.chars().count() <= WIDTH);
            let fits_one_more = 10 + line.chars().count() + " abcdefghi".len() <= WIDTH;
            assert_eq!(fits_one_more, number == 3, "only the last line has room");
        }
    }

    #[test]
    fn a_word_wider_than_the_page_has_a_line_of_its_own() {
        let long = "x".repeat(WIDTH + 1);
        assert_eq!(wrap(0, &format!("a {long} b")), ["a", &long, "b"]);
        assert_eq!(wrap(0, ""), [""]);
    }
}
