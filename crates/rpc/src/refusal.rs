//! A program's refusal, by its name and in a sentence.

use std::{fmt, sync::OnceLock};

use anchor_lang::prelude::Pubkey;
use community_budget::ID;
use serde_json::Value;
use solana_instruction_error::InstructionError;
use solana_transaction_error::TransactionError;

/// The committed interface description.
const IDL: &str = include_str!("../../../idl/community_budget.json");

/// Why a transaction failed in one of its instructions.
#[derive(Clone, Debug)]
pub struct Refused {
    /// Position of the instruction that failed.
    pub position: u8,
    /// What the runtime says.
    pub error: InstructionError,
    /// The program's code, if that is what failed.
    pub code: Option<u32>,
    /// The error's name, where it is known.
    pub name: Option<String>,
    /// What must be true instead, where it is known.
    pub message: Option<String>,
    /// The program that raised it: the one that ran deepest when the log says "failed".
    pub program: Option<Pubkey>,
    /// Log lines of the whole transaction.
    pub logs: Vec<String>,
}

impl Refused {
    pub(crate) fn new(position: u8, error: InstructionError, logs: Vec<String>) -> Self {
        let program = failed_program(&logs);
        let code = match error {
            InstructionError::Custom(code) => Some(code),
            _ => None,
        };
        let ours = program.is_none_or(|program| program == ID);
        let known = code.filter(|_| ours).and_then(named);
        let (name, message) = known.unzip();
        Self { position, error, code, name, message, program, logs }
    }

    /// Whether more SOL or tokens would have helped.
    pub fn lacks_funds(&self) -> bool {
        // Code 1 is "insufficient" for the System program and for both token programs.
        let elsewhere = self.code == Some(1) && self.program.is_some_and(|program| program != ID);
        elsewhere
            || self.name.as_deref() == Some("InsufficientTokens")
            || self.error == InstructionError::InsufficientFunds
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.name, &self.message, self.code) {
            (Some(name), Some(message), _) => {
                write!(f, "the program refused ({name}): {}.", message.trim_end_matches('.'))
            }
            (_, _, Some(1)) if self.lacks_funds() => {
                f.write_str("the transaction failed: a paying account holds too little.")
            }
            _ => {
                let who = match self.program {
                    Some(program) if program != ID => format!("program {program}"),
                    _ => "the program".to_owned(),
                };
                write!(f, "{who} refused: {}.", self.error.to_string().trim_end_matches('.'))
            }
        }
    }
}

/// Name and sentence of one of this program's errors, or of Anchor's that it raises.
pub fn named(code: u32) -> Option<(String, String)> {
    static ERRORS: OnceLock<Vec<(u32, String, String)>> = OnceLock::new();
    let errors = ERRORS.get_or_init(|| {
        // A broken description would leave errors without names; a test reads it.
        let idl: Value = serde_json::from_str(IDL).unwrap_or_default();
        let listed = idl["errors"].as_array().cloned().unwrap_or_default();
        let entry = |error: Value| {
            let code = u32::try_from(error["code"].as_u64()?).ok()?;
            let text = |field: &str| error[field].as_str().map(str::to_owned);
            Some((code, text("name")?, text("msg")?))
        };
        listed.into_iter().filter_map(entry).collect()
    });
    let found = errors.iter().find(|(known, _, _)| *known == code);
    found.map(|(_, name, message)| (name.clone(), message.clone()))
}

/// The program that failed first: callers fail after whom they called.
fn failed_program(logs: &[String]) -> Option<Pubkey> {
    let line = logs.iter().find_map(|line| {
        let rest = line.strip_prefix("Program ")?;
        let (program, rest) = rest.split_once(' ')?;
        rest.starts_with("failed").then_some(program)
    })?;
    line.parse().ok()
}

/// What a failed transaction means.
pub(crate) fn refusal(error: TransactionError, logs: Vec<String>, payer: Pubkey) -> crate::Trouble {
    match error {
        TransactionError::InstructionError(position, error) => {
            crate::Trouble::Refused(Box::new(Refused::new(position, error, logs)))
        }
        TransactionError::AccountNotFound
        | TransactionError::InsufficientFundsForFee
        | TransactionError::InsufficientFundsForRent { .. } => crate::Trouble::NoSol { payer },
        other => crate::Trouble::NotAccepted(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(program: &str) -> Vec<String> {
        vec![
            format!("Program {ID} invoke [1]"),
            format!("Program {program} invoke [2]"),
            format!("Program {program} failed: custom program error: 0x1"),
            format!("Program {ID} failed: custom program error: 0x1"),
        ]
    }

    #[test]
    fn an_error_of_the_program_has_name_and_sentence() {
        let logs = vec![format!("Program {ID} failed: custom program error: 0x1770")];
        let refused = Refused::new(0, InstructionError::Custom(6000), logs);
        assert_eq!(refused.name.as_deref(), Some("PolicyOutOfBounds"));
        assert_eq!(
            refused.to_string(),
            "the program refused (PolicyOutOfBounds): Every policy value must lie within its hard \
             bound."
        );
        assert!(!refused.lacks_funds());
    }

    #[test]
    fn a_code_of_another_program_is_not_read_as_ours() {
        let other = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA";
        let mut logs = log(other);
        logs[2] = format!("Program {other} failed: custom program error: 0x1770");
        let refused = Refused::new(0, InstructionError::Custom(6000), logs);
        assert_eq!(refused.name, None);
        assert!(refused.to_string().contains(other), "{refused}");
    }

    #[test]
    fn too_few_tokens_are_a_matter_of_funds() {
        let other = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA";
        assert!(Refused::new(0, InstructionError::Custom(1), log(other)).lacks_funds());
        let ours = vec![format!("Program {ID} failed: custom program error: 0x1")];
        assert!(!Refused::new(0, InstructionError::Custom(1), ours).lacks_funds());
    }

    #[test]
    fn every_error_of_the_description_is_known() {
        let idl: Value = serde_json::from_str(IDL).unwrap();
        let listed = idl["errors"].as_array().unwrap();
        assert!(listed.len() > 100);
        for error in listed {
            let code = u32::try_from(error["code"].as_u64().unwrap()).unwrap();
            assert_eq!(named(code).unwrap().0, error["name"].as_str().unwrap());
        }
        assert_eq!(named(5_999), None);
    }
}
