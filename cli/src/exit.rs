//! How a command ends: one sentence and one code for each kind of trouble.

use std::{fmt, process::ExitCode};

use budget_rpc::{Class, Trouble};

/// What a command comes to.
pub type Result<T> = std::result::Result<T, Failure>;

/// Why a command did not do what it was asked to.
#[derive(Debug)]
pub enum Failure {
    /// The arguments, or a file that they name, make no sense.
    Input(String),
    /// A file cannot be read or written.
    File(String),
    /// The network, the program or an account.
    Trouble(Trouble),
    /// A token account holds too little.
    Funds(String),
    /// The person said no, or could not be asked.
    Declined(String),
    /// What the network shows does not add up.
    Doubted(String),
    /// What was asked about should not be signed, or not be done.
    Refused(String),
    /// The printed answer says it already: nothing but the exit code is added.
    Told(Box<Failure>),
}

impl Failure {
    /// A sentence about what was given.
    pub fn input(sentence: impl Into<String>) -> Self {
        Self::Input(sentence.into())
    }

    fn code(&self) -> Code {
        match self {
            Self::Input(_) => Code::Input,
            Self::File(_) => Code::File,
            Self::Funds(_) => Code::Funds,
            Self::Declined(_) => Code::Declined,
            Self::Doubted(_) => Code::NotBelieved,
            Self::Refused(_) => Code::Refused,
            Self::Told(failure) => failure.code(),
            Self::Trouble(trouble) => match trouble.class() {
                Class::Unreachable => Code::Unreachable,
                Class::WrongNetwork => Code::WrongNetwork,
                Class::Missing => Code::Missing,
                Class::NotBelieved => Code::NotBelieved,
                Class::Funds => Code::Funds,
                Class::Refused => Code::Refused,
                Class::Expired => Code::Expired,
                Class::Unknown => Code::Unknown,
            },
        }
    }

    /// The exit code.
    pub fn exit(&self) -> ExitCode {
        ExitCode::from(self.code().number())
    }

    /// Whether the printed answer says it already.
    pub fn is_told(&self) -> bool {
        matches!(self, Self::Told(_))
    }

    /// The number and the name of its kind, for `--json`.
    pub fn kind(&self) -> (u8, &'static str) {
        (self.code().number(), self.code().texts().0)
    }
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Input(text)
            | Self::File(text)
            | Self::Funds(text)
            | Self::Declined(text)
            | Self::Doubted(text)
            | Self::Refused(text) => f.write_str(text),
            Self::Told(failure) => failure.fmt(f),
            Self::Trouble(trouble) => trouble.fmt(f),
        }
    }
}

/// The kinds of trouble that scripts can tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Code {
    Input,
    Unreachable,
    WrongNetwork,
    Missing,
    NotBelieved,
    Funds,
    Refused,
    Expired,
    Unknown,
    Declined,
    File,
}

impl Code {
    const ALL: [Self; 11] = [
        Self::Input,
        Self::Unreachable,
        Self::WrongNetwork,
        Self::Missing,
        Self::NotBelieved,
        Self::Funds,
        Self::Refused,
        Self::Expired,
        Self::Unknown,
        Self::Declined,
        Self::File,
    ];

    fn number(self) -> u8 {
        // 1 is left to panics and signals; 2 is what every argument parser uses.
        match self {
            Self::Input => 2,
            Self::Unreachable => 3,
            Self::WrongNetwork => 4,
            Self::Missing => 5,
            Self::NotBelieved => 6,
            Self::Funds => 7,
            Self::Refused => 8,
            Self::Expired => 9,
            Self::Unknown => 10,
            Self::Declined => 11,
            Self::File => 12,
        }
    }

    fn texts(self) -> (&'static str, &'static str) {
        match self {
            Self::Input => ("input", "the arguments or a file they name make no sense"),
            Self::Unreachable => ("unreachable", "the network gives no answer"),
            Self::WrongNetwork => ("wrong-network", "the program is not deployed there"),
            Self::Missing => ("missing", "an account that is needed does not exist"),
            Self::NotBelieved => ("not-believed", "an account is not what its address promises"),
            Self::Funds => ("funds", "SOL or tokens do not suffice"),
            Self::Refused => {
                ("refused", "the program refused, by name; or `explain` warns of a transaction")
            }
            Self::Expired => ("expired", "the transaction never landed: safe to run again"),
            Self::Unknown => ("unknown", "the transaction may have landed: look it up first"),
            Self::Declined => ("declined", "you said no, or could not be asked"),
            Self::File => ("file", "a file cannot be read or written"),
        }
    }
}

/// The page that `budget help exit-codes` shows.
pub fn page() -> String {
    let mut lines = vec!["0   done".to_owned()];
    lines.extend(Code::ALL.iter().map(|code| format!("{:<3} {}", code.number(), code.texts().1)));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_own_number_and_name() {
        let numbers: std::collections::HashSet<u8> =
            Code::ALL.iter().map(|code| code.number()).collect();
        let names: std::collections::HashSet<&str> =
            Code::ALL.iter().map(|code| code.texts().0).collect();
        assert_eq!((numbers.len(), names.len()), (Code::ALL.len(), Code::ALL.len()));
        assert!(numbers.iter().all(|number| *number > 1));
        assert_eq!(page().lines().count(), Code::ALL.len() + 1);
    }
}
