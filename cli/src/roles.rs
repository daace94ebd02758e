//! What only the holder of a role may do.

use anchor_lang::prelude::Pubkey;
use community_budget::state::{Role, Treasury};

use crate::{
    context::Context,
    exit::{Failure, Result},
};

/// Why the receipt of a role's act presses for time: the program refuses durable nonces from them.
pub const SIGN_AT_ONCE: &str = "Sign and send it within a minute: of a role, the program refuses a \
                                durable nonce, which would keep the signature valid.";

/// What people call a role.
pub fn role_name(role: Role) -> &'static str {
    match role {
        Role::Guardian => "guardian",
        Role::Reviewer => "reviewer",
        Role::RiskReporter => "risk reporter",
    }
}

impl Context {
    /// Refuses everyone but the holder of `role`; `deed` says what they may do, as in "pause".
    ///
    /// # Errors
    /// Exit code `input`, naming who holds it.
    pub fn require_role(
        &self,
        treasury: &Treasury,
        role: Role,
        actor: &Pubkey,
        deed: &str,
    ) -> Result<()> {
        if treasury.require_role(role, actor).is_ok() {
            return Ok(());
        }
        let holder = treasury.holder(role);
        let holder = if *holder == Pubkey::default() { None } else { Some(self.name(holder)?) };
        Err(refusal(role, holder.as_deref(), &self.name(actor)?, deed))
    }
}

fn refusal(role: Role, holder: Option<&str>, actor: &str, deed: &str) -> Failure {
    let role = role_name(role);
    Failure::input(match holder {
        Some(holder) => {
            format!("only the {role} may {deed}, and that is {holder}; you act as {actor}.")
        }
        None => format!("only the {role} may {deed}, and nobody is; a vote can appoint one."),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_who_could() {
        let text = refusal(Role::Guardian, Some("Ada"), "Bob", "pause").to_string();
        assert_eq!(text, "only the guardian may pause, and that is Ada; you act as Bob.");
        let text = refusal(Role::RiskReporter, None, "Bob", "mark").to_string();
        assert_eq!(text, "only the risk reporter may mark, and nobody is; a vote can appoint one.");
    }
}
