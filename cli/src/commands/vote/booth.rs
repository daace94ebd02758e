//! What a ballot command looks at before anything is asked or sent.

use anchor_lang::prelude::Pubkey;
use budget_client::{address::vote_record, ballot::Choice};
use budget_rpc::Found;
use community_budget::state::{Entry, Phase, Proposal, Stake, VoteRecord};

use crate::{
    context::{Actor, Context, Round, Scene},
    exit::{Failure, Result},
    quantity::when,
    slate::{HashCheck, NewBallot, Projection, Titles, check_hash, project, with_ballot},
    streams::foreseen,
};

/// What a ballot command looks at.
pub struct Booth {
    pub scene: Scene,
    pub round: Round,
    pub titles: Titles,
    pub voter: Actor,
    pub owner: Pubkey,
    pub weight: u64,
    /// Packed choices cast so far.
    pub cast: Option<Vec<u8>>,
    /// Whether the delegate cast them and the owner is here to take over.
    pub takes_over: bool,
}

impl Booth {
    pub fn enter(context: &Context, owner: Option<Pubkey>) -> Result<Self> {
        let scene = context.scene()?;
        let network = context.network()?;
        let round = scene.round(network, None)?;
        let voter = context.actor()?;
        let owner = owner.unwrap_or(voter.key);
        let phase = round.head.phase(scene.now);
        if phase != Phase::Voting {
            let opens = when(round.head.voting_opens_at, scene.now);
            return Err(Failure::input(match phase {
                Phase::Submission => format!("voting has not opened yet; it opens {opens}."),
                _ => format!("voting in epoch {} is over.", round.head.index),
            }));
        }
        let record = network.find::<VoteRecord>(&vote_record(&round.key, &owner), "vote record")?;
        let stake = network.find::<Stake>(&scene.community.stake(&owner), "stake")?;
        let name = context.name(&owner)?;
        if owner != voter.key {
            require_delegate(&voter.key, &name, stake.as_ref(), record.as_ref())?;
        }
        let (weight, cast) = match (&record, &stake) {
            (Some(record), _) => (record.value.weight, Some(record.choices()?)),
            (None, Some(stake)) => (stake.value.power(round.head.index), None),
            (None, None) => {
                return Err(Failure::input(format!(
                    "{name} has no stake; `budget stake` makes one, which votes from the next voting \
                     on."
                )));
            }
        };
        if record.is_none() && weight == 0 {
            return Err(Failure::input(powerless(&name, stake.as_ref())));
        }
        let proposals = network.list::<Proposal>(&round.key)?;
        require_hash(&round, &proposals)?;
        let takes_over = owner == voter.key && record.is_some_and(|it| it.value.by_delegate == 1);
        let titles = Titles::of(&proposals);
        Ok(Self { scene, round, titles, voter, owner, weight, cast, takes_over })
    }

    pub fn title(&self, index: u8) -> String {
        self.titles.title(index)
    }

    /// The slate as it stands, and as it would with `ballot`, each as it would be settled now; and
    /// the epoch's head with it.
    pub fn foresee(&self, ballot: &[u8]) -> Result<(Option<Projection>, Option<Projection>, i64)> {
        let old = self.cast.as_deref().unwrap_or_default();
        let (weight, takes_over) = (self.weight, self.takes_over);
        let change = NewBallot { old, new: ballot, weight, takes_over };
        let (head, slate) = foreseen(with_ballot(&self.scene, &self.round, &change))?;
        let now = self.scene.now;
        let after = project(&self.scene.treasury, &head, &slate, now);
        Ok((self.projection(), after, head.voting_closes_at))
    }

    pub fn projection(&self) -> Option<Projection> {
        project(&self.scene.treasury, &self.round.head, &self.round.slate, self.scene.now)
    }
}

/// Refuses choices on what is not on the slate or cannot be voted on.
///
/// # Errors
/// Exit code `input`.
pub fn require_votable(slate: &[Entry], titles: &Titles, choices: &[(u8, Choice)]) -> Result<()> {
    for (index, _) in choices {
        let entry = slate.get(usize::from(*index)).ok_or_else(|| {
            Failure::input(match slate.len().checked_sub(1) {
                Some(0) => format!("there is no entry {index}; the slate has entry 0 alone."),
                Some(last) => {
                    format!("there is no entry {index}; the slate has entries 0 to {last}.")
                }
                None => "the slate is empty; there is nothing to vote on.".to_owned(),
            })
        })?;
        if !entry.is_votable() {
            return Err(Failure::input(format!(
                "entry {index} ({}) cannot be voted on: its recipient did not accept it, or it was \
                 withdrawn.",
                titles.title(*index)
            )));
        }
    }
    Ok(())
}

/// Refuses who is not the delegate of the stake, or has been locked out by its owner's own ballot.
fn require_delegate(
    voter: &Pubkey,
    name: &str,
    stake: Option<&Found<Stake>>,
    record: Option<&Found<VoteRecord>>,
) -> Result<()> {
    if !stake.is_some_and(|stake| stake.value.may_vote(voter)) {
        return Err(Failure::input(format!(
            "you are not the delegate of {name}, who alone can change that with `budget delegate`."
        )));
    }
    if record.is_some_and(|record| record.value.by_delegate == 0) {
        return Err(Failure::input(format!(
            "{name} has voted in person, which ends a delegate's say in this epoch."
        )));
    }
    Ok(())
}

/// Refuses proposals that the slate hash does not stand for: a signature on it would be one on
/// something else than was shown (P5).
fn require_hash(round: &Round, proposals: &[Found<Proposal>]) -> Result<()> {
    match check_hash(&round.head, &round.slate, proposals) {
        HashCheck::Matches | HashCheck::Unknown(_) => Ok(()),
        HashCheck::Differs => Err(Failure::Doubted(format!(
            "the network shows proposals that the slate hash of epoch {} does not stand for; nothing \
             was signed. Ask another node with --url.",
            round.head.index
        ))),
    }
}

/// Why a stake has no weight.
fn powerless(name: &str, stake: Option<&Found<Stake>>) -> String {
    let why = match stake.map(|stake| &stake.value) {
        Some(stake) if stake.dormant == 1 => {
            "nobody voted with it for eight epochs, so it sleeps until its owner touches it"
        }
        Some(stake) if stake.amount > 0 => {
            "it was staked after voting had opened, and votes from the next voting on"
        }
        _ => "nothing is staked in it, or all has been unstaked since voting opened",
    };
    format!("the stake of {name} has no weight in this epoch: {why}.")
}

#[cfg(test)]
mod tests {
    use bytemuck::Zeroable;

    use super::*;

    fn found<T>(value: T) -> Found<T> {
        Found { key: Pubkey::new_unique(), value, data: Vec::new() }
    }

    #[test]
    fn only_the_chosen_delegate_votes_and_only_before_the_owner_did() {
        let (delegate, stranger) = (Pubkey::new_unique(), Pubkey::new_unique());
        let mut stake = Stake::zeroed();
        stake.owner = Pubkey::new_unique();
        stake.delegate = delegate;
        let stake = found(stake);
        let mut record = VoteRecord::zeroed();
        assert!(require_delegate(&delegate, "Ada", Some(&stake), None).is_ok());
        let why = require_delegate(&stranger, "Ada", Some(&stake), None).unwrap_err().to_string();
        assert!(why.contains("not the delegate of Ada"), "{why}");
        assert!(require_delegate(&delegate, "Ada", None, None).is_err(), "no stake, no delegate");
        let by_owner = found(record);
        let why = require_delegate(&delegate, "Ada", Some(&stake), Some(&by_owner));
        assert!(why.unwrap_err().to_string().contains("voted in person"));
        record.by_delegate = 1;
        assert!(require_delegate(&delegate, "Ada", Some(&stake), Some(&found(record))).is_ok());
    }

    #[test]
    fn only_entries_that_stand_for_election_are_voted_on() {
        use crate::slate::tests::ask;

        let titles = Titles::of(&[]);
        let mut slate = [ask(0, 10, 0, 0), ask(1, 10, 0, 0)];
        let on = |slate: &[Entry], index| require_votable(slate, &titles, &[(index, Choice::For)]);
        assert!(on(&slate, 1).is_ok());
        let why = on(&slate, 2).unwrap_err().to_string();
        assert_eq!(why, "there is no entry 2; the slate has entries 0 to 1.");
        assert!(on(&[], 0).unwrap_err().to_string().contains("the slate is empty"));
        slate[1].flags = 0;
        assert!(on(&slate, 1).unwrap_err().to_string().contains("cannot be voted on"));
    }

    #[test]
    fn nothing_is_signed_that_the_slate_hash_does_not_stand_for() {
        let (_, head) = crate::slate::tests::epoch();
        let mut round = Round { key: Pubkey::default(), head: Box::new(head), slate: Vec::new() };
        assert!(matches!(require_hash(&round, &[]), Err(Failure::Doubted(_))));
        round.head.slate_hash =
            community_budget::state::empty_slate_hash(&round.head.treasury, round.head.index);
        assert!(require_hash(&round, &[]).is_ok());
    }

    #[test]
    fn a_stake_without_weight_says_why() {
        let mut stake = Stake::zeroed();
        let why = |stake: &Stake| powerless("Ada", Some(&found(*stake)));
        assert!(why(&stake).contains("nothing is staked"), "{}", why(&stake));
        stake.amount = 5;
        assert!(why(&stake).contains("after voting had opened"), "{}", why(&stake));
        stake.dormant = 1;
        assert!(why(&stake).contains("sleeps"), "{}", why(&stake));
    }
}
