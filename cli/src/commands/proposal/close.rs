//! `budget proposal close`: rent and bond go home.

use community_budget::{
    constants::UNPAYABLE_BOND_PERIODS,
    state::{BudgetEpoch, Entry},
};
use serde_json::json;

use super::Which;
use crate::{
    act::Act,
    context::{Context, open_associated},
    entries::Case,
    exit::{Failure, Result},
    quantity::{sol, when},
    slate::verdict,
    streams::foreseen,
};

/// Where a bond goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bond {
    /// There is none.
    None,
    /// To the treasury: the entry failed with too little support.
    Forfeited,
    /// To the proposer.
    Returned,
    /// To the treasury: the proposer cannot be paid, and has not been able to for long.
    Unpayable,
    /// Nowhere yet: the proposer has no token account that it could go to.
    Stuck {
        /// Unix seconds from which the treasury gets it.
        until: i64,
    },
}

pub fn run(context: &Context, which: Which, open_account: bool) -> Result<()> {
    let case = Case::settled(context, which.entry, which.epoch)?;
    let found = case.proposal()?;
    require_final(&case)?;
    let proposal = &found.value;
    let community = &case.scene.community;
    let purse = context.purse(&community.budget_account(&proposal.proposer))?;
    let payable = purse.is_some_and(|purse| !purse.frozen && purse.owner == proposal.proposer);
    let fate = fate(&case.round.head, &case.entry, proposal.bond, payable, case.scene.now)?;
    let actor = context.actor()?;
    let payer = context.payer(&actor)?;
    let budget = &case.scene.budget;
    let proposer = context.name(&proposal.proposer)?;
    let mut act = Act::open_to_anyone(format!("Close the proposal {}", case.name()), payer.clone());
    let bond = match fate {
        Bond::None => "none".to_owned(),
        Bond::Forfeited => {
            format!("{} to the treasury: too little support behind it", budget.show(proposal.bond))
        }
        Bond::Returned => format!("{} to {proposer}", budget.show(proposal.bond)),
        Bond::Unpayable => format!(
            "{} to the treasury: {proposer} has no account that could be paid",
            budget.show(proposal.bond)
        ),
        Bond::Stuck { .. } if open_account => {
            let open = open_associated(
                &payer.key,
                &proposal.proposer,
                &community.budget_mint,
                &community.budget_token_program,
            );
            act = act
                .change("opens first", format!("the token account of {proposer}; you pay its rent"))
                .instruction(open);
            format!("{} to {proposer}", budget.show(proposal.bond))
        }
        Bond::Stuck { until } => {
            return Err(Failure::input(format!(
                "the bond of {} cannot be paid: {proposer} has no token account for it. --open-account \
                 opens one; {} the treasury takes the bond instead.",
                budget.show(proposal.bond),
                when(until, case.scene.now)
            )));
        }
    };
    let rent = context.network()?.lamports(&found.key)?;
    let (epoch, index) = (case.round.head.index, case.index);
    let instruction =
        community.close_proposal(epoch, index, proposal.proposer, proposal.rent_payer);
    let act = act
        .change("bond", bond)
        .change("rent", format!("{} to {}", sol(rent), context.name(&proposal.rent_payer)?))
        .exact(json!({
            "epoch": epoch,
            "entry": index,
            "proposal": found.key.to_string(),
            "bond": proposal.bond,
            "bondTo": match fate {
                Bond::None => "nobody",
                Bond::Returned | Bond::Stuck { .. } => "proposer",
                Bond::Forfeited | Bond::Unpayable => "treasury",
            },
            "proposer": proposal.proposer.to_string(),
            "rentPayer": proposal.rent_payer.to_string(),
            "rentLamports": rent,
        }))
        .note("Its text leaves the chain; entry, tally and transactions stay.")
        .instruction(instruction);
    context.perform(act).map(drop)
}

/// Refuses an entry that something can still happen to.
fn require_final(case: &Case) -> Result<()> {
    if case.entry.is_final() {
        return Ok(());
    }
    let waits = case.waiting().map(|waits| waits.sentence(case.scene.now));
    let what = waits.unwrap_or_else(|| verdict(&case.entry).to_owned());
    Err(Failure::input(format!("{} is not decided for good: {what}.", case.name())))
}

fn fate(head: &BudgetEpoch, entry: &Entry, bond: u64, payable: bool, now: i64) -> Result<Bond> {
    if bond == 0 {
        return Ok(Bond::None);
    }
    if foreseen(head.is_spam(entry))? {
        return Ok(Bond::Forfeited);
    }
    let period = i64::from(head.policy.schedule.period_secs);
    let until = head.settled_at.saturating_add(period.saturating_mul(UNPAYABLE_BOND_PERIODS));
    Ok(match (payable, now < until) {
        (true, _) => Bond::Returned,
        (false, true) => Bond::Stuck { until },
        (false, false) => Bond::Unpayable,
    })
}

#[cfg(test)]
mod tests {
    use community_budget::state::Outcome;

    use super::*;
    use crate::slate::tests::{DAY, ask, epoch};

    #[test]
    fn only_what_is_decided_for_good_is_closed() {
        use community_budget::state::Action;

        use crate::entries::tests::case;

        let with = |outcome: Outcome| {
            let mut case = case(Action::ClearBreaker, |it| it.outcome = outcome.into(), 2_000_000);
            case.round.head.settled_at = 2_000_000;
            require_final(&case)
        };
        assert!(with(Outcome::Executed).is_ok() && with(Outcome::Failed).is_ok());
        let why = with(Outcome::Approved).unwrap_err().to_string();
        assert!(why.contains("is not decided for good: timelocked until"), "{why}");
        assert!(with(Outcome::Pending).is_err());
    }

    #[test]
    fn a_bond_goes_where_the_program_sends_it() {
        let (_, mut head) = epoch();
        head.settled_at = 2_000_000;
        head.electorate = 1_000;
        let mut entry = ask(0, 10, 9, 0);
        entry.outcome = Outcome::Failed.into();
        let now = head.settled_at;
        let fate =
            |entry: &Entry, bond, payable, now| fate(&head, entry, bond, payable, now).unwrap();
        assert_eq!(fate(&entry, 0, false, now), Bond::None);
        assert_eq!(fate(&entry, 5, true, now), Bond::Forfeited, "less than 1 % for it");
        entry.for_ = 10;
        assert_eq!(fate(&entry, 5, true, now), Bond::Returned);
        let until = now + 60 * DAY;
        assert_eq!(fate(&entry, 5, false, until - 1), Bond::Stuck { until });
        assert_eq!(fate(&entry, 5, false, until), Bond::Unpayable);
    }
}
