//! Errors as small as a pointer. Anchor's own carry three strings, and every place that can raise one
//! holds the code that makes them: a third of the object, before this module.
//!
//! What the log says is the same, but for the two keys that Anchor prints when accounts differ.

use std::panic::Location;

use upstream::prelude::{ProgramError, Pubkey};

/// Where the codes of a program's own errors begin.
pub const ERROR_CODE_OFFSET: u32 = 6000;

/// Why an instruction is refused.
#[derive(Debug)]
pub struct Error(Box<Report>);

#[derive(Debug)]
struct Report {
    cause: Cause,
    origin: Origin,
}

#[derive(Debug)]
enum Cause {
    Code(Fault),
    Runtime(ProgramError),
}

#[derive(Debug)]
enum Origin {
    Unknown,
    Account(&'static str),
    Place(&'static Location<'static>),
}

/// An error with a code of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What the transaction's result names.
    pub code: u32,
    /// Its name, as clients know it.
    pub name: &'static str,
    /// What must be true, in a sentence.
    pub message: &'static str,
}

impl Error {
    /// An error that was raised at a known place.
    #[cold]
    #[inline(never)]
    pub fn raised_at(fault: Fault, place: &'static Location<'static>) -> Self {
        Self(Box::new(Report { cause: Cause::Code(fault), origin: Origin::Place(place) }))
    }

    #[cold]
    #[inline(never)]
    fn of(cause: Cause) -> Self {
        Self(Box::new(Report { cause, origin: Origin::Unknown }))
    }

    /// Adds the account that caused it, by its name in the instruction.
    #[cold]
    #[inline(never)]
    pub fn with_account_name(mut self, name: &'static str) -> Self {
        self.0.origin = Origin::Account(name);
        self
    }

    /// Anchor's macros add two keys that differ. The transaction holds them anyway.
    #[inline(always)]
    pub fn with_pubkeys(self, _keys: (Pubkey, Pubkey)) -> Self {
        self
    }

    /// Writes the error into the transaction's log, in Anchor's words, which clients look for.
    #[cold]
    #[inline(never)]
    pub fn log(&self) {
        upstream::solana_program::log::sol_log(&self.line());
    }

    /// What [`Self::log`] writes.
    pub fn line(&self) -> String {
        let Report { cause, origin } = &*self.0;
        let mut line = String::with_capacity(256);
        let mut push = |text: &str| line.push_str(text);
        push(match cause {
            Cause::Code(_) => "AnchorError",
            Cause::Runtime(_) => "ProgramError",
        });
        match origin {
            Origin::Unknown => push(" occurred. "),
            Origin::Account(name) => {
                push(" caused by account: ");
                push(name);
                push(". ");
            }
            Origin::Place(place) => {
                push(" thrown in ");
                push(place.file());
                push(":");
                push(&place.line().to_string());
                push(". ");
            }
        }
        match cause {
            Cause::Code(Fault { code, name, message }) => {
                push("Error Code: ");
                push(name);
                push(". Error Number: ");
                push(&code.to_string());
                push(". Error Message: ");
                push(message);
                push(".");
            }
            // The runtime says its name.
            Cause::Runtime(error) => {
                push("Error Number: ");
                push(&u64::from(error.clone()).to_string());
                push(".");
            }
        }
        line
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.line())
    }
}

impl std::error::Error for Error {}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        Self::of(Cause::Code(fault))
    }
}

impl From<ErrorCode> for Error {
    #[cold]
    #[inline(never)]
    fn from(code: ErrorCode) -> Self {
        Self::of(Cause::Code(code.fault()))
    }
}

impl From<ProgramError> for Error {
    #[cold]
    #[inline(never)]
    fn from(error: ProgramError) -> Self {
        Self::of(Cause::Runtime(error))
    }
}

impl From<std::io::Error> for Error {
    #[cold]
    #[inline(never)]
    fn from(_: std::io::Error) -> Self {
        Self::of(Cause::Runtime(ProgramError::BorshIoError))
    }
}

impl From<Error> for ProgramError {
    fn from(error: Error) -> Self {
        match error.0.cause {
            Cause::Code(fault) => Self::Custom(fault.code),
            Cause::Runtime(error) => error,
        }
    }
}

macro_rules! error_codes {
    ($($name:ident = $code:literal: $message:literal,)+) => {
        /// Anchor's errors that this crate and the macros raise, under Anchor's numbers.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u32)]
        pub enum ErrorCode {
            $(
                #[doc = $message]
                $name = $code,
            )+
        }

        impl ErrorCode {
            /// Its name, as logs and clients write it.
            pub fn name(&self) -> String {
                self.fault().name.to_owned()
            }

            fn fault(self) -> Fault {
                let (name, message) = match self {
                    $(Self::$name => (stringify!($name), $message),)+
                };
                Fault { code: self.into(), name, message }
            }
        }

        #[cfg(test)]
        const CODES: &[(ErrorCode, upstream::error::ErrorCode)] =
            &[$((ErrorCode::$name, upstream::error::ErrorCode::$name),)+];
    };
}

error_codes! {
    InstructionFallbackNotFound = 101: "Fallback functions are not supported",
    InstructionDidNotDeserialize = 102: "The program could not deserialize the given instruction",
    EventInstructionStub = 1500: "The program was compiled without `event-cpi` feature",
    ConstraintMut = 2000: "A mut constraint was violated",
    ConstraintRaw = 2003: "A raw constraint was violated",
    ConstraintSeeds = 2006: "A seeds constraint was violated",
    ConstraintClose = 2011: "A close constraint was violated",
    ConstraintAddress = 2012: "An address constraint was violated",
    ConstraintMintTokenProgram = 2022: "A mint token program constraint was violated",
    ConstraintDuplicateMutableAccount = 2040: "A duplicate mutable account constraint was violated",
    AccountDiscriminatorNotFound = 3001: "No discriminator was found on the account",
    AccountDiscriminatorMismatch = 3002: "Account discriminator did not match what was expected",
    AccountDidNotDeserialize = 3003: "Failed to deserialize the account",
    AccountDidNotSerialize = 3004: "Failed to serialize the account",
    AccountNotEnoughKeys = 3005: "Not enough account keys given to the instruction",
    AccountNotMutable = 3006: "The given account is not mutable",
    AccountOwnedByWrongProgram = 3007: "The given account is owned by a different program than expected",
    InvalidProgramId = 3008: "Program ID was not as expected",
    InvalidProgramExecutable = 3009: "Program account is not executable",
    AccountNotSigner = 3010: "The given account did not sign",
    AccountNotInitialized = 3012: "The program expected this account to be already initialized",
    DeclaredProgramIdMismatch = 4100: "The declared program id does not match the actual program id",
}

impl From<ErrorCode> for u32 {
    fn from(code: ErrorCode) -> u32 {
        // Lossless: the discriminants of a `repr(u32)` enum.
        #[allow(clippy::as_conversions)]
        let number = code as u32;
        number
    }
}

#[cfg(feature = "idl-build")]
mod idl {
    //! What `#[error_code]` writes out; only the interface description is built with it.

    /// Anchor's error, as its macro makes it.
    pub struct AnchorError {
        pub error_name: String,
        pub error_code_number: u32,
        pub error_msg: String,
        pub error_origin: Option<()>,
        pub compared_values: Option<()>,
    }

    impl From<AnchorError> for super::Error {
        fn from(error: AnchorError) -> Self {
            let AnchorError { error_code_number: code, .. } = error;
            super::Fault { code, name: "", message: "" }.into()
        }
    }
}

#[cfg(feature = "idl-build")]
pub use idl::AnchorError;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_names_and_sentences_are_anchors() {
        for (ours, anchors) in CODES {
            let Fault { code, name, message } = ours.fault();
            assert_eq!(code, u32::from(*anchors));
            assert_eq!(name, anchors.name());
            assert_eq!(message, anchors.to_string());
        }
    }

    #[test]
    fn a_line_says_what_and_where() {
        let fault = Fault { code: 6011, name: "NotInVoting", message: "It must be voting time" };
        let place = Location::caller();
        let thrown = Error::raised_at(fault, place);
        let expected = format!(
            "AnchorError thrown in {}:{}. Error Code: NotInVoting. Error Number: 6011. Error \
             Message: It must be voting time.",
            place.file(),
            place.line()
        );
        assert_eq!(thrown.line(), expected);
        assert_eq!(ProgramError::from(thrown), ProgramError::Custom(6011));
        let caused = Error::from(ErrorCode::ConstraintMut).with_account_name("vault");
        let expected = "AnchorError caused by account: vault. Error Code: ConstraintMut. Error \
                        Number: 2000. Error Message: A mut constraint was violated.";
        assert_eq!(caused.line(), expected);
        let runtime = Error::from(ProgramError::InvalidAccountData);
        assert!(runtime.line().starts_with("ProgramError occurred. Error Number: "));
        assert_eq!(ProgramError::from(runtime), ProgramError::InvalidAccountData);
    }
}
