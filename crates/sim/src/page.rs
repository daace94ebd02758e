//! The page that a command writes for its reader: plain text, colour only on a terminal.

use std::fmt::Display;
use std::io::{IsTerminal, Write, stdout};

/// Standard output, line by line.
pub struct Page {
    colour: bool,
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
