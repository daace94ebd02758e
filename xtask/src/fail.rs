//! How a command ends when it does not succeed.

/// Why a command stopped.
#[derive(Debug)]
pub enum Failure {
    /// One sentence for the reader; the process ends with status 1.
    Message(String),
    /// A forwarded program has already said why; its status is passed on.
    Status(u8),
}

/// What every command returns.
pub type Result<T = ()> = std::result::Result<T, Failure>;

/// A failure with this sentence.
pub fn fail<T>(text: impl Into<String>) -> Result<T> {
    Err(Failure::Message(text.into()))
}

/// Adds to an error what was being done when it happened.
pub trait Context<T> {
    /// Turns the error into a failure that reads "`doing`: `error`".
    fn context(self, doing: impl FnOnce() -> String) -> Result<T>;
}

impl<T, E: std::fmt::Display> Context<T> for std::result::Result<T, E> {
    fn context(self, doing: impl FnOnce() -> String) -> Result<T> {
        self.map_err(|error| Failure::Message(format!("{}: {error}", doing())))
    }
}
