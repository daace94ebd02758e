//! `budget epoch`: a round of budgeting from its opening to its end.

mod end;
mod list;
mod open;
mod recount;
mod show;

use budget_words::format;
use clap::Subcommand;
use community_budget::state::{BudgetEpoch, Phase};

use crate::{
    context::{Context, Round, Scene},
    exit::{Failure, Result},
    quantity::{Token, when},
    slate::{Projection, project},
};

/// A round of budgeting: open, show, settle, close.
#[derive(Subcommand)]
pub enum EpochCommand {
    /// Open the next epoch, when its time has come. Open to anyone.
    Open,
    /// The funding line: who is funded, or would be if voting closed now, and why the others are not.
    Show {
        /// Number of the epoch; the current one unless given.
        epoch: Option<u32>,
    },
    /// All epochs that have not been closed.
    List,
    /// Tally, rank and fund an epoch whose voting has closed. Open to anyone.
    Settle {
        /// Number of the epoch; the current one unless given.
        epoch: Option<u32>,
    },
    /// Free the rewards that nobody claimed within two periods. Open to anyone.
    ReclaimRewards {
        /// Number of the epoch.
        epoch: u32,
    },
    /// Close a settled epoch without ballots and proposals; its rent goes to who paid it.
    Close {
        /// Number of the epoch.
        epoch: u32,
    },
    /// Count every ballot again and compare with what the epoch counted.
    Recount {
        /// Number of the epoch; the current one unless given.
        epoch: Option<u32>,
    },
}

/// `budget epoch ...`.
pub fn run(context: &Context, command: EpochCommand) -> Result<()> {
    match command {
        EpochCommand::Open => open::run(context),
        EpochCommand::Show { epoch } => show::run(context, epoch),
        EpochCommand::List => list::run(context),
        EpochCommand::Settle { epoch } => end::settle(context, epoch),
        EpochCommand::ReclaimRewards { epoch } => end::reclaim(context, epoch),
        EpochCommand::Close { epoch } => end::close(context, epoch),
        EpochCommand::Recount { epoch } => recount::run(context, epoch),
    }
}

/// A phase in a word.
pub fn phase_name(phase: Phase) -> &'static str {
    match phase {
        Phase::Submission => "Submission",
        Phase::Voting => "Voting",
        Phase::Tallying => "Tallying",
        Phase::Settled => "Settled",
    }
}

/// The cap and where it comes from.
fn cap_words(budget: &Token, head: &BudgetEpoch) -> String {
    let (cap, free) = (budget.show(head.cap), budget.show(head.free_at_open));
    let terms = head.policy.budget;
    if head.cap == terms.epoch_cap_abs {
        return format!("{cap}, the policy's limit, of {free} free at the opening");
    }
    format!("{cap}, {} of the {free} free at the opening", format::bps(terms.epoch_cap_bps))
}

/// What happens next to an epoch that is not settled, and who can do it; without a full stop.
pub fn next_step(head: &BudgetEpoch, now: i64) -> String {
    match head.phase(now) {
        Phase::Submission => {
            format!("anyone may propose until voting opens {}", when(head.voting_opens_at, now))
        }
        Phase::Voting => format!(
            "stakers vote until {}, late swings can move that to {} at most; then anyone may settle \
             it",
            when(head.voting_closes_at, now),
            format::moment(head.voting_hard_end_at)
        ),
        Phase::Tallying => "voting has closed; anyone may run `budget epoch settle` now".to_owned(),
        Phase::Settled => "it is settled".to_owned(),
    }
}

/// The slate as it would be settled now.
///
/// # Errors
/// Exit code `not-believed` when the treasury's books do not add up.
pub fn projected(scene: &Scene, round: &Round) -> Result<Projection> {
    project(&scene.treasury, &round.head, &round.slate, scene.now).ok_or_else(|| {
        Failure::Doubted(format!(
            "the books of the treasury and of epoch {} do not add up.",
            round.head.index
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slate::tests::epoch;

    #[test]
    fn the_cap_says_where_it_comes_from() {
        let budget = Token { decimals: 0, symbol: "USDC".to_owned() };
        let (_, mut head) = epoch();
        assert_eq!(
            cap_words(&budget, &head),
            "1,000 USDC, 10 % of the 10,000 USDC free at the opening"
        );
        head.policy.budget.epoch_cap_abs = 800;
        head.set_budget(10_000).unwrap();
        assert_eq!(
            cap_words(&budget, &head),
            "800 USDC, the policy's limit, of 10,000 USDC free at the opening"
        );
    }

    #[test]
    fn each_phase_says_what_happens_next() {
        let (_, mut head) = epoch();
        assert!(next_step(&head, head.opened_at).starts_with("anyone may propose until voting"));
        let voting = next_step(&head, head.voting_opens_at);
        assert!(
            voting.contains("stakers vote until") && voting.contains("(in 7 days)"),
            "{voting}"
        );
        let closed = next_step(&head, head.voting_closes_at);
        assert!(closed.contains("budget epoch settle"), "{closed}");
        head.settled_at = 1;
        assert_eq!(next_step(&head, 2), "it is settled");
    }
}
