//! From what is proposed to the typed action: names and amounts looked up.

use anchor_lang::prelude::Pubkey;
use community_budget::state::{Action, AwardTerms, BudgetEpoch, Ruling, Stream};

use crate::{
    context::{Context, Scene},
    exit::{Failure, Result},
    policy_file::patch,
    proposal_file::{AwardAsk, Matter, RulingAsk},
    view::category_named,
};

/// The action that `matter` means in the epoch `head`.
///
/// # Errors
/// Exit codes `input`, `missing`.
pub fn action(
    context: &Context,
    scene: &Scene,
    head: &BudgetEpoch,
    proposer: &Pubkey,
    matter: &Matter,
) -> Result<Action> {
    Ok(match matter {
        Matter::Award(ask) => Action::Award(award(scene, head, proposer, ask)?),
        Matter::SetPolicy { section, values } => {
            let base = &scene.treasury.policy;
            let patched = patch(section, values.clone(), base, &scene.budget, &scene.stake);
            Action::SetPolicy(patched.map_err(|why| Failure::input(format!("{why}.")))?)
        }
        Matter::SetRole { role, holder } => Action::SetRole { role: *role, holder: *holder },
        Matter::RuleOnStream { stream, ruling } => {
            let key = stream.key(&scene.community);
            let found = context.network()?.get::<Stream>(&key, "stream")?.value;
            if found.treasury != scene.key {
                return Err(Failure::input(format!("the stream {key} is another treasury's.")));
            }
            let ruling = match *ruling {
                RulingAsk::Resume => Ruling::Resume { checkpoint: found.passed },
                RulingAsk::Reduce { keep_bps } => Ruling::Reduce { keep_bps },
                RulingAsk::Cancel => Ruling::Cancel,
            };
            Action::RuleOnStream { stream: key, ruling }
        }
        Matter::ClearBreaker => Action::ClearBreaker,
        Matter::WriteOff { category, amount } => Action::WriteOff {
            // An act goes by the policy that is in force when it is executed.
            category: category_named(&scene.treasury.policy, category)?,
            amount: scene.budget.parse(amount)?,
        },
    })
}

fn award(
    scene: &Scene,
    head: &BudgetEpoch,
    proposer: &Pubkey,
    ask: &AwardAsk,
) -> Result<AwardTerms> {
    Ok(AwardTerms {
        category: category_named(&head.policy, &ask.category)?,
        checkpoints: ask.checkpoints,
        recipient: ask.recipient.unwrap_or(*proposer),
        amount: scene.budget.parse(&ask.amount)?,
        duration_secs: ask.duration_secs,
        cliff_secs: ask.cliff_secs,
    })
}
