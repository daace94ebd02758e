//! `budget treasury create`: a treasury from a reviewed policy file.

use std::path::Path;

use anchor_lang::prelude::Pubkey;
use budget_client::Community;
use community_budget::{
    CreateTreasuryArgs,
    state::{BOUNDS, Policy, Roles, Treasury},
};
use serde_json::json;

use super::policy::{category_rows, policy_json, quorum_warning};
use crate::{
    act::Act,
    context::Context,
    exit::{Failure, Result},
    files,
    mints::Mint,
    policy_file::{PolicyFile, full_name, in_words},
    quantity::{Token, sol, when},
};

/// Bytes of a vault: a token account without extensions.
const VAULT_BYTES: usize = 165;

/// A treasury that is to be.
struct Plan {
    id: u64,
    file: PolicyFile,
    policy: Policy,
    mints: [Mint; 2],
    tokens: [Token; 2],
}

/// `budget treasury create`.
pub fn run(context: &Context, path: &Path, id: u64) -> Result<()> {
    let plan = Plan::read(context, path, id)?;
    let founder = context.actor()?;
    let community = plan.community(&founder.key);
    let network = context.network()?;
    if network.find::<Treasury>(&community.treasury, "treasury")?.is_some() {
        return Err(Failure::input(format!(
            "you have a treasury {id} already, at {}; another number makes another one (--id).",
            community.treasury
        )));
    }
    let payer = context.payer(&founder)?;
    let payer_key = payer.key;
    let title = format!("Create treasury {id} of {}", context.name(&founder.key)?);
    let act = plan
        .receipt(context, Act::open_to_anyone(title, payer), &community, &founder.key)?
        .note(
            "This cannot be undone. You keep no power over the treasury: from now on a vote changes \
             its policy and roles, within the program's bounds.",
        )
        .instruction(community.create_treasury(
            founder.key,
            payer_key,
            CreateTreasuryArgs {
                id,
                first_open_at: plan.file.first_open_at,
                policy: plan.policy,
                roles: plan.file.roles,
            },
        ));
    context.perform(Act { actors: vec![founder], asks: true, ..act }).map(drop)
}

impl Plan {
    /// What the file at `path` asks for, checked against the mints that it names.
    fn read(context: &Context, path: &Path, id: u64) -> Result<Self> {
        let named = |why: String| Failure::input(format!("{}: {why}.", path.display()));
        let file = PolicyFile::read(&files::text(path)?).map_err(named)?;
        let mints = [
            context.mint(&file.budget_mint, "budget mint")?,
            context.mint(&file.stake_mint, "stake mint")?,
        ];
        for mint in &mints {
            mint.require_plain()?;
        }
        let [budget, stake] = &mints;
        let tokens = [
            context.token(&budget.key, budget.decimals)?,
            context.token(&stake.key, stake.decimals)?,
        ];
        let [budget, stake] = &tokens;
        let policy = file.policy(budget, stake).map_err(named)?;
        Ok(Self { id, file, policy, mints, tokens })
    }

    fn community(&self, founder: &Pubkey) -> Community {
        let [budget, stake] = &self.mints;
        Community {
            treasury: Community::treasury_address(founder, self.id),
            budget_mint: budget.key,
            stake_mint: stake.key,
            budget_token_program: budget.program,
            stake_token_program: stake.program,
        }
    }

    /// Adds everything that the founder should know before it is sent.
    fn receipt(
        &self,
        context: &Context,
        act: Act,
        community: &Community,
        founder: &Pubkey,
    ) -> Result<Act> {
        let network = context.network()?;
        let vaults = network.rent(VAULT_BYTES)?.saturating_mul(3);
        let rent = network.rent(Treasury::SPACE)?.saturating_add(vaults);
        let ([budget_mint, stake_mint], [budget, stake]) = (&self.mints, &self.tokens);
        let frozen = ["the vault and recipients' accounts", "what members have staked"];
        let mut act = act
            .change("treasury", community.treasury.to_string())
            .change("pays in", mint_words(context, budget_mint, frozen[0])?)
            .change("members stake", mint_words(context, stake_mint, frozen[1])?)
            .change("first epoch", first_epoch(self.file.first_open_at, network.now()?));
        for (role, holder, without) in holders(&self.file.roles) {
            let who = match holder {
                None => format!("vacant: {without}"),
                Some(key) => context.full_name(&key)?,
            };
            act = act.change(role, who);
        }
        for (what, figure) in policy_rows(&self.policy, budget, stake, context.globals.dry_run) {
            act = act.change(what, figure);
        }
        if let Some(warning) = quorum_warning(&self.policy) {
            act = act.change("warning", warning);
        }
        let holder = |key: Pubkey| held(key).map(|key| key.to_string());
        Ok(act
            .change("rent", format!("{}; a treasury is never closed, so it stays", sol(rent)))
            .exact(json!({
                "treasury": community.treasury.to_string(),
                "id": self.id,
                "founder": founder.to_string(),
                "budgetMint": budget_mint.key.to_string(),
                "stakeMint": stake_mint.key.to_string(),
                "firstOpenAt": self.file.first_open_at,
                "guardian": holder(self.file.roles.guardian),
                "reviewer": holder(self.file.roles.reviewer),
                "riskReporter": holder(self.file.roles.risk_reporter),
                "policy": policy_json(&self.policy),
                "rentLamports": rent,
            })))
    }
}

/// A mint, its decimals, and who can freeze it, out loud.
fn mint_words(context: &Context, mint: &Mint, what: &str) -> Result<String> {
    // Reading the names has been tried by now; a key says as much.
    let name = |key: &Pubkey| context.full_name(key).unwrap_or_else(|_| key.to_string());
    Ok(format!(
        "{}, {} decimals; {}",
        context.full_name(&mint.key)?,
        mint.decimals,
        mint.freezing(what, &name)
    ))
}

fn first_epoch(at: i64, now: i64) -> String {
    if at <= now { "may open at once".to_owned() } else { format!("not before {}", when(at, now)) }
}

/// Who holds a role; nobody has the zero key.
fn held(key: Pubkey) -> Option<Pubkey> {
    (key != Pubkey::default()).then_some(key)
}

/// The roles with their holders, and what goes on without one.
fn holders(roles: &Roles) -> [(&'static str, Option<Pubkey>, &'static str); 3] {
    [
        ("guardian", held(roles.guardian), "nobody can pause or veto"),
        ("reviewer", held(roles.reviewer), "updates pass by themselves"),
        ("risk reporter", held(roles.risk_reporter), "positions count for nothing once stale"),
    ]
}

/// The whole policy, or what of it is not the default.
fn policy_rows(
    policy: &Policy,
    budget: &Token,
    stake: &Token,
    whole: bool,
) -> Vec<(String, String)> {
    let mut rows = Vec::new();
    for bound in BOUNDS.iter().filter(|bound| bound.field != "category_count") {
        let value = (bound.get)(policy);
        let words = in_words(bound, value, budget, stake);
        if value != bound.default {
            let default = in_words(bound, bound.default, budget, stake);
            rows.push((full_name(bound), format!("{words} (the default is {default})")));
        } else if whole {
            rows.push((full_name(bound), words));
        }
    }
    if rows.is_empty() {
        rows.push((
            "policy".to_owned(),
            "the default throughout; `budget policy` has it".to_owned(),
        ));
    }
    rows.extend(category_rows(policy));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(decimals: u8) -> Token {
        Token { decimals, symbol: "USDC".to_owned() }
    }

    #[test]
    fn a_receipt_lists_what_differs_and_a_dry_run_everything() {
        let mut policy = Policy::default();
        let rows = policy_rows(&policy, &token(6), &token(9), false);
        assert_eq!(rows[0].0, "policy");
        assert_eq!(rows.len(), 2, "the category is always there");
        policy.schedule.period_secs = 7 * 86_400;
        let rows = policy_rows(&policy, &token(6), &token(9), false);
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0].0, "schedule.period_secs");
        assert_eq!(rows[0].1, "7 days (the default is 30 days)");
        let whole = policy_rows(&policy, &token(6), &token(9), true);
        assert_eq!(whole.len(), BOUNDS.len());
        assert!(whole.contains(&("budget.epoch_cap_abs".to_owned(), "none".to_owned())));
        assert!(whole.contains(&("tiers.large.approval_bps".to_owned(), "66.67 %".to_owned())));
    }

    #[test]
    fn vacant_roles_and_the_first_opening_are_said() {
        let key = Pubkey::new_unique();
        let roles = Roles { reviewer: key, ..Roles::default() };
        let found = holders(&roles);
        assert_eq!(found[0].1, None);
        assert_eq!(found[1].1, Some(key));
        assert_eq!(first_epoch(0, 5), "may open at once");
        assert_eq!(first_epoch(5, 5), "may open at once");
        assert!(first_epoch(6, 5).starts_with("not before "));
    }
}
