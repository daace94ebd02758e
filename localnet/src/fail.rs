//! How a command ends when it does not succeed.

use std::process::ExitCode;

/// Why a command stopped: one sentence for its reader, which says what to do.
#[derive(Debug, PartialEq, Eq)]
pub enum Failure {
    /// Something listens on a port that was asked for. Exit code 3, so that a script can choose
    /// another port and try again.
    PortTaken(String),
    /// Everything else. Exit code 1.
    Message(String),
}

impl Failure {
    /// What is said to the reader.
    pub fn text(&self) -> &str {
        match self {
            Failure::PortTaken(text) | Failure::Message(text) => text,
        }
    }

    /// The status that the process ends with.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Failure::PortTaken(_) => ExitCode::from(3),
            Failure::Message(_) => ExitCode::FAILURE,
        }
    }
}

/// What every step returns.
pub type Result<T = ()> = std::result::Result<T, Failure>;

/// A failure with this sentence.
pub fn fail<T>(text: impl Into<String>) -> Result<T> {
    Err(Failure::Message(text.into()))
}
