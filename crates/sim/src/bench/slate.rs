//! The busiest epoch there can be: a full slate of 128, with fee and bond, in SPL tokens. Its last
//! quarter takes acts only, one per member.

use budget_client::{address, ballot::Choice, instruction::Submission};
use community_budget::{
    constants::{MAX_TITLE_BYTES, MAX_URI_BYTES, VOTE_SEED},
    state::Policy,
};

use super::{
    acts,
    founding::{AddressSet, open_epoch, proposer},
    probe::{Bench, Call, Saved},
};
use anchor_lang::prelude::Pubkey;
use budget_sim::{
    token::SPL_TOKEN,
    world::{Ask, Person, test_policy},
};

/// Entries of a full slate.
pub const FULL: u8 = 128;

/// Awards of a full slate; acts follow them.
pub const AWARDS: u8 = 96;

/// Awards of one proposer.
pub const PER_PROPOSER: u8 = 6;

/// The most proposals of one proposer that a policy can allow.
const MOST_PER_PROPOSER: u8 = 8;

/// Base units staked by each of those who submit the acts: a little more than 1 % of the weight.
const ACTOR_STAKE: u64 = 15_000;

/// Entries on which a measured ballot chooses.
const BALLOTS: [u8; 5] = [1, 16, 20, 64, 128];

/// Fee, bond and two categories, on the largest slate.
pub fn policy() -> Policy {
    let mut policy = test_policy();
    policy.slate.capacity = FULL;
    policy.slate.per_proposer = MOST_PER_PROPOSER;
    policy
}

/// Address set number `seed`.
pub fn address_set(seed: u64) -> AddressSet {
    AddressSet { seed, token_program: SPL_TOKEN, policy: policy(), variant: "spl" }
}

/// Who takes part.
pub struct Cast {
    /// Sends what nobody in particular sends.
    pub keeper: Person,
    /// Members in the order of their weight: 600, 300 and 100 thousand.
    pub voters: [Person; 3],
    /// Award `i` is of proposer `i / 6`, who is its recipient; award 0 goes to proposer 1.
    pub proposers: Vec<Person>,
}

/// From nothing to the end of submission.
pub fn fill(bench: &mut Bench, set: &AddressSet) -> Cast {
    set.found(bench);
    let keeper = bench.world.person();
    bench.world.donate(1);
    let absorb = bench.world.community.absorb_surplus();
    bench.act("absorb_surplus/default", Call::new(&keeper, absorb));

    let first = set.join(bench);
    let locked = bench.world.community.set_lock(first.key(), set.policy.stake.max_lock_secs);
    bench.probe("set_lock/default", Call::new(&first, locked));
    let voters = [first, bench.world.staker(300_000), bench.world.staker(100_000)];

    let proposers: Vec<Person> = (0..AWARDS / PER_PROPOSER).map(|_| proposer(bench)).collect();
    let actors = acts::actors(bench, set.seed, ACTOR_STAKE);
    open_epoch(bench, &keeper);
    first_proposal(bench, &proposers[0], &proposers[1]);
    for index in 1..AWARDS {
        let by = &proposers[usize::from(index / PER_PROPOSER)];
        let ask = ask(set.seed, index);
        let submit = submission(bench, by, by, true, &ask);
        bench.step(Call::new(by, submit));
    }
    acts::fill(bench, &actors, Some("submit_action/last-quarter"));
    Cast { keeper, voters, proposers }
}

/// Every way of submitting, at the same address; the one that stays is accepted later.
fn first_proposal(bench: &mut Bench, by: &Person, other: &Person) {
    let mut ask = ask(0, 0);
    let signed = submission(bench, by, by, true, &ask);
    bench.probe("submit_proposal/signed", Call::new(by, signed));
    let unsigned = submission(bench, by, other, false, &ask);
    bench.probe("submit_proposal/unsigned", Call::new(by, unsigned.clone()));
    let cosigned = submission(bench, by, other, true, &ask);
    bench.probe("submit_proposal/cosigned", Call::new(by, cosigned).with(&[other]));
    ask.title = "t".repeat(MAX_TITLE_BYTES);
    ask.metadata_uri = "u".repeat(MAX_URI_BYTES);
    let longest = submission(bench, by, other, true, &ask);
    bench.probe("submit_proposal/longest", Call::new(by, longest).with(&[other]));

    bench.step(Call::new(by, unsigned));
    let community = bench.world.community;
    let accept = community.accept_proposal(other.key(), 0, 0);
    bench.act("accept_proposal/default", Call::new(other, accept));
    let withdraw = community.withdraw_proposal(by.key(), 0, 0);
    bench.probe("withdraw_proposal/default", Call::new(by, withdraw));
}

/// A small ask; a slate of them fits every limit. Title and address are as long as usual ones.
pub fn ask(seed: u64, index: u8) -> Ask {
    let mut ask = Ask::of(300_000 + u64::from(noise(seed, index, "amount")) * 100);
    ask.title = format!("{:<40}", format!("Proposal {index}"));
    ask.metadata_uri = format!("ipfs://{}", "b".repeat(59));
    ask
}

/// A byte that looks random and follows from its arguments.
pub fn noise(seed: u64, index: u8, label: &str) -> u8 {
    let parts: [&[u8]; 3] = [label.as_bytes(), &seed.to_le_bytes(), &[index]];
    solana_sha256_hasher::hashv(&parts).to_bytes()[0]
}

/// A submission into the next slot, its rent paid by the proposer.
pub fn submission(
    bench: &Bench,
    by: &Person,
    recipient: &Person,
    recipient_signs: bool,
    ask: &Ask,
) -> anchor_lang::solana_program::instruction::Instruction {
    let epoch = bench.world.current();
    let submission = Submission {
        epoch,
        index: bench.world.epoch(epoch).entry_count,
        proposer: by.key(),
        payer: by.key(),
        recipient: recipient.key(),
        recipient_signs,
        source: bench.world.community.budget_account(&by.key()),
    };
    bench.world.community.submit_proposal(submission, ask.args())
}

/// The same choice on the first `count` entries.
pub fn all(count: u8, choice: Choice) -> Vec<(u8, Choice)> {
    (0..count).map(|index| (index, choice)).collect()
}

/// `cast_vote` by a voter who pays for it.
pub fn cast<'a>(bench: &Bench, voter: &'a Person, choices: &[(u8, Choice)]) -> Call<'a> {
    let (args, epoch) = (bench.world.ballot(choices), bench.world.current());
    Call::new(voter, bench.world.community.cast_vote(voter.key(), voter.key(), epoch, args))
}

/// Ballots of every size by one voter, early and late, cast, revised and retracted.
pub fn vote(bench: &mut Bench, voter: &Person) {
    bench.world.to_voting();
    let community = bench.world.community;
    for count in BALLOTS {
        let ballot = all(count, Choice::For);
        let sample = bench.probe(&format!("cast_vote/{count}"), cast(bench, voter, &ballot));
        if count == 1 {
            file_by_tries(bench, voter, sample);
        }
        let before = bench.step(cast(bench, voter, &ballot));
        let args = bench.world.ballot(&all(count, Choice::Against));
        let revise = community.revise_vote(voter.key(), 0, args);
        bench.probe(&format!("revise_vote/{count}"), Call::new(voter, revise));
        let retract = community.retract_vote(voter.key(), 0);
        bench.probe(&format!("retract_vote/{count}"), Call::new(voter, retract));
        bench.restore(before);
    }
    let closes_at = bench.world.epoch(0).voting_closes_at;
    bench.world.svm.set_now(closes_at - 1);
    for count in [1, 20] {
        let ballot = cast(bench, voter, &all(count, Choice::For));
        bench.probe(&format!("cast_vote/late-{count}"), ballot);
    }
}

/// Files a ballot under the number of bumps that its record's address took to find.
fn file_by_tries(bench: &mut Bench, voter: &Person, sample: super::probe::Sample) {
    let epoch = bench.world.community.epoch(0);
    let seeds: [&[u8]; 3] = [VOTE_SEED, epoch.as_ref(), &voter.key().to_bytes()];
    let (_, bump) = Pubkey::find_program_address(&seeds, &community_budget::ID);
    let key = match bump {
        255 => "cast_vote/first-try",
        254 => "cast_vote/second-try",
        _ => return,
    };
    bench.file(key, sample);
}

/// Ballots of all three voters on the whole slate, unmeasured; returns how to take them back.
pub fn poll(
    bench: &mut Bench,
    voters: &[Person; 3],
    choice: impl Fn(usize, u8) -> Choice,
) -> Saved {
    bench.world.to_voting();
    let epoch = bench.world.community.epoch(0);
    let mut keys = vec![epoch];
    for voter in voters {
        keys.extend([voter.key(), address::vote_record(&epoch, &voter.key())]);
    }
    let before = bench.save(&keys);
    for (number, voter) in voters.iter().enumerate() {
        let choices: Vec<_> = (0..FULL).map(|index| (index, choice(number, index))).collect();
        let ballot = cast(bench, voter, &choices);
        bench.step(ballot);
    }
    before
}
