//! The community that is grown: the same people, mints and policy at every size.
//!
//! An address takes another number of tries to find in every epoch, and each try costs. So the id of
//! the treasury is chosen by the epoch that is to be measured: the first one with which every address
//! that the measured instructions search for is found at the first try.

use anchor_lang::prelude::Pubkey;
use budget_client::{Community, address, ballot::Choice};
use budget_sim::{
    svm::{GENESIS, Svm},
    token::SPL_TOKEN,
    world::{Ask, Person, World, test_policy},
};
use community_budget::{
    CreateTreasuryArgs, ID,
    constants::{
        DAY_SECS, EPOCH_SEED, PROPOSAL_SEED, RECIPIENT_SEED, REVIEW_SEED, STAKE_SEED, STREAM_SEED,
        VOTE_SEED,
    },
    state::Policy,
};

use crate::bench::{founding::AddressSet, slate::FULL};

/// Base units in the vault.
const FUNDS: u64 = 1_000_000_000_000;

/// Base units staked by the voter whose acts are measured; decides every vote. No share of the
/// community's weight comes out even, whatever its size: rounding up costs a few units.
const VOTER_STAKE: u64 = 600_011;

/// Base units staked by a member who never votes.
const SAVER_STAKE: u64 = 100_003;

/// Index of the category at risk.
pub const DERIVATIVES: u8 = 1;

/// Epochs before the measured one that are the same in every community. Participation looks back on
/// eight epochs and the runway on what the last four spent, so an instruction costs a little more
/// or less while there is nothing to look back on.
pub const HISTORY: u32 = 9;

/// Which mints and roles: as in the bench, whose address sets have lower numbers.
const SEED: u64 = 3_000;

/// Who acts. Nobody else's acts are measured.
pub struct Cast {
    /// Sends what nobody in particular sends.
    pub keeper: Person,
    /// Votes last, and decides.
    pub voter: Person,
    /// A member who never votes.
    pub saver: Person,
    /// Nobody yet.
    pub newcomer: Person,
    /// Submits the ask.
    pub proposer: Person,
    /// Gets the award.
    pub recipient: Person,
}

/// The shortest epochs that a policy can have, on the largest slate, so that ten thousand of them
/// take two centuries and not eight; and a category at risk.
fn policy() -> Policy {
    let mut policy = test_policy();
    policy.schedule.period_secs = 7 * DAY_SECS;
    policy.schedule.submission_secs = 3 * DAY_SECS;
    policy.schedule.voting_secs = 3 * DAY_SECS;
    policy.slate.capacity = FULL;
    policy.slate.per_proposer = 8;
    let derivatives = &mut policy.risk.categories[usize::from(DERIVATIVES)];
    derivatives.class = 2;
    derivatives.exposure_limit_bps = 3_000;
    policy
}

/// A community with its first members and no epoch yet, whose epoch `index` will be measured.
///
/// # Panics
/// When the program refuses to found it.
pub fn found(index: u32) -> (World, Cast) {
    let set = AddressSet { seed: SEED, token_program: SPL_TOKEN, policy: policy(), variant: "spl" };
    let mut world = set.world(Svm::without_signature_checks());
    let [voter, newcomer] = [world.person(), world.person()];
    let founder = world.founder.clone();
    let id = (0..)
        .find(|id| {
            let treasury = Community::treasury_address(&founder.key(), *id);
            at_first_try(&treasury, index, &voter.key(), &newcomer.key())
        })
        .expect("one id in a few hundred will do");
    world.community.treasury = Community::treasury_address(&founder.key(), id);
    let (payer, roles) = (world.svm.fee_payer(), world.roles());
    let args = CreateTreasuryArgs { id, first_open_at: GENESIS, policy: policy(), roles };
    let create = world.community.create_treasury(founder.key(), payer, args);
    world.send(create, &[&founder]).expect("the treasury is created");
    world.deposit(&founder, FUNDS).expect("the funds are deposited");

    let lock = policy().stake.min_lock_secs;
    world.open_stake(&voter, lock).expect("the stake is opened");
    world.stake(&voter, VOTER_STAKE).expect("the tokens are staked");
    let cast = Cast {
        keeper: world.person(),
        voter,
        saver: world.staker(SAVER_STAKE),
        newcomer,
        proposer: world.proposer(),
        recipient: world.proposer(),
    };
    (world, cast)
}

/// Whether every address that the measured instructions search for in epoch `index` is found at
/// the first try.
fn at_first_try(treasury: &Pubkey, index: u32, voter: &Pubkey, newcomer: &Pubkey) -> bool {
    let found = |seeds: &[&[u8]]| Pubkey::find_program_address(seeds, &ID).1 == u8::MAX;
    let index = index.to_le_bytes();
    let (epoch, bump) = Pubkey::find_program_address(&[EPOCH_SEED, treasury.as_ref(), &index], &ID);
    let proposal = address::proposal(&epoch, 0);
    let stream = address::stream(&proposal);
    bump == u8::MAX
        && found(&[PROPOSAL_SEED, epoch.as_ref(), &[0]])
        && found(&[PROPOSAL_SEED, epoch.as_ref(), &[1]])
        && found(&[VOTE_SEED, epoch.as_ref(), voter.as_ref()])
        && found(&[STREAM_SEED, proposal.as_ref()])
        && found(&[REVIEW_SEED, stream.as_ref(), &[0]])
        && found(&[STAKE_SEED, treasury.as_ref(), newcomer.as_ref()])
        && found(&[RECIPIENT_SEED, treasury.as_ref(), newcomer.as_ref()])
}

/// Epochs such as every community has behind it: in each, the voter votes, an award begins to
/// stream, and the one before it is claimed.
///
/// # Panics
/// When the program refuses a step.
pub fn remember(world: &mut World, cast: &Cast, epochs: u32) {
    let mut claimable = None;
    for _ in 0..epochs {
        world.open_next_epoch();
        let epoch = world.current();
        world.submit(&cast.recipient, &Ask::of(100_000)).expect("the ask is submitted");
        world.to_voting();
        world.cast(&cast.voter, &[(0, Choice::For)]).expect("the ballot is cast");
        world.to_tallying();
        world.settle().expect("the epoch is settled");
        world.close_vote_record(epoch, &cast.voter).expect("the record is closed");
        world.to_execution(epoch);
        world.execute(epoch, 0).expect("the award is executed");
        if let Some(before) = claimable.replace(epoch) {
            world.claim(before, 0).expect("the stream pays");
        }
    }
}
