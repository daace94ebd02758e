//! Where attacks begin: a community of honest stakers, and how far an attacker gets by the rules.

use anchor_lang::{
    prelude::{AccountMeta, Pubkey},
    solana_program::instruction::Instruction,
    system_program,
};
use budget_tests::*;
use community_budget::state::{Category, PolicyPatch};

/// A million base units: a thousandth of what every treasury begins with.
pub const MILLION: u64 = 1_000_000;
/// Base units that every treasury begins with.
pub const FUNDS: u64 = 1_000 * MILLION;
/// The largest small ask under [`test_policy`], and the most that small ones may take together.
pub const SMALL: u64 = 10 * MILLION;
pub const ALL_SMALL: u64 = 50 * MILLION;

/// Index of the hedges of [`brisk`].
pub const HEDGES: u8 = 1;

/// The test policy at the fast end of what the bounds allow: epochs of a week that settle on day 6,
/// a cap of 30 %, no fees, a category for hedges, a breaker that trips at a loss of 5 %.
pub fn brisk() -> Policy {
    let mut policy = test_policy();
    policy.schedule.period_secs = 7 * DAY_SECS;
    policy.schedule.submission_secs = 3 * DAY_SECS;
    policy.schedule.voting_secs = 3 * DAY_SECS;
    policy.schedule.max_extension_secs = 0;
    policy.slate.slot_fee = 0;
    policy.slate.bond = 0;
    policy.budget.epoch_cap_bps = 3_000;
    policy.risk.max_drawdown_bps = 500;
    policy.risk.mark_age_secs = 60 * DAY_SECS;
    policy.risk.categories[1] = Category {
        name: *b"hedges\0\0\0\0\0\0\0\0\0\0",
        share_bps: 10_000,
        exposure_limit_bps: 5_000,
        haircut_bps: 1_000,
        class: 1,
        reserved: [0],
    };
    policy
}

/// The shortest stream of a medium or large ask under [`brisk`], in seconds.
pub fn shortest() -> u32 {
    brisk().min_long_stream_secs().unwrap()
}

/// A world under `policy` with stakers of these weights; no epoch is open yet.
pub fn community(policy: Policy, weights: &[u64]) -> (World, Vec<Person>) {
    let mut w = World::with(Setup { policy, ..Setup::default() });
    let stakers = weights.iter().map(|weight| w.staker(*weight)).collect();
    (w, stakers)
}

/// The same with its first epoch in submission.
pub fn submission(policy: Policy, weights: &[u64]) -> (World, Vec<Person>) {
    let (mut w, stakers) = community(policy, weights);
    w.open_epoch().unwrap();
    (w, stakers)
}

/// An ask of `amount` by a person of its own, who is also the recipient.
pub fn ask(w: &mut World, ask: &Ask) -> Person {
    let person = w.proposer();
    w.submit(&person, ask).unwrap();
    person
}

/// A short ask: a day, which only small ones may have.
pub fn in_a_day(amount: u64) -> Ask {
    Ask { duration_secs: DAY_SECS, ..Ask::of(amount) }
}

/// Every votable entry of the current slate, with one choice.
pub fn all(w: &World, choice: Choice) -> Vec<(u8, Choice)> {
    let epoch = w.current();
    let votable = |index: &u8| w.entry(epoch, *index).is_votable();
    (0..w.epoch(epoch).entry_count).filter(votable).map(|index| (index, choice)).collect()
}

/// Everybody votes for all that stands; the epoch settles. Returns it.
pub fn carry(w: &mut World, voters: &[&Person]) -> u32 {
    w.to_voting();
    for voter in voters {
        let choices = all(w, For);
        w.cast(voter, &choices).unwrap();
    }
    w.to_tallying();
    w.settle().unwrap();
    w.current()
}

/// One award streaming since this very second, voted for by one staker of 1,000.
pub fn streaming(policy: Policy, terms: &Ask) -> (World, Person, Person) {
    let (mut w, stakers) = submission(policy, &[1_000]);
    let recipient = ask(&mut w, terms);
    carry(&mut w, &[&stakers[0]]);
    w.to_execution(0);
    w.execute(0, 0).unwrap();
    (w, stakers.into_iter().next().unwrap(), recipient)
}

/// Outcome and reason of an entry.
pub fn verdict(w: &World, epoch: u32, index: u8) -> (u8, u8) {
    let entry = w.entry(epoch, index);
    (entry.outcome, entry.reason)
}

/// The verdict of an entry that failed for this reason.
pub fn failed(why: budget_rules::outcome::Failure) -> (u8, u8) {
    (Outcome::Failed.into(), why.into())
}

/// The verdict of an award that passed and got nothing, for this reason.
pub fn unfunded(why: budget_rules::allocation::Reason) -> (u8, u8) {
    (Outcome::Unfunded.into(), why.into())
}

/// The verdict of an entry without a reason.
pub fn is(outcome: Outcome) -> (u8, u8) {
    (outcome.into(), 0)
}

/// For, against and abstaining weight of an entry of the current epoch.
pub fn tally(w: &World, index: u8) -> (u64, u64, u64) {
    let entry = w.entry(w.current(), index);
    (entry.for_, entry.against, entry.abstain)
}

/// The budget section of a policy as a patch.
pub fn budget_of(policy: &Policy) -> PolicyPatch {
    PolicyPatch::Budget(policy.budget)
}

/// `cast_vote` of the stake of `owner` by `voter`.
pub fn cast_for(w: &mut World, owner: &Person, voter: &Person, choices: &[(u8, Choice)]) -> Act {
    let (args, payer, epoch) = (w.ballot(choices), w.svm.fee_payer(), w.current());
    let ballot = w.community.cast_vote_for(owner.key(), voter.key(), payer, epoch, args);
    w.send(ballot, &[voter])
}

/// Several instructions in one transaction.
pub fn together(w: &mut World, instructions: &[Instruction], people: &[&Person]) -> Act {
    let wallets: Vec<_> = people.iter().map(|person| &person.wallet).collect();
    w.svm.send(instructions, &wallets)
}

/// Base units of the stake mint in a person's associated account.
pub fn stake_purse(w: &World, person: &Person) -> u64 {
    token::balance(&w.svm, &w.community.stake_token_account(&person.key()))
}

/// What sends `instruction`, signed by `person` now, as a durable transaction at any later time.
pub fn presigned(
    w: &mut World,
    instruction: Instruction,
    person: &Person,
) -> impl FnOnce(&mut World) -> Act + use<> {
    const RECENT_BLOCKHASHES: Pubkey =
        anchor_lang::pubkey!("SysvarRecentB1ockHashes11111111111111111111");
    const ADVANCE_NONCE_ACCOUNT: [u8; 4] = [4, 0, 0, 0];
    const CURRENT_AND_INITIALIZED: [u8; 8] = [1, 0, 0, 0, 1, 0, 0, 0];
    let nonce = w.person().key();
    let payer = w.svm.fee_payer_keypair();
    let advance = Instruction {
        program_id: system_program::ID,
        accounts: vec![
            AccountMeta::new(nonce, false),
            AccountMeta::new_readonly(RECENT_BLOCKHASHES, false),
            AccountMeta::new_readonly(w.svm.fee_payer(), true),
        ],
        data: ADVANCE_NONCE_ACCOUNT.to_vec(),
    };
    let transaction = w.svm.sign(&payer, &[advance, instruction], &[&person.wallet]);
    let blockhash = transaction.message.recent_blockhash.to_bytes();
    let fee = 5_000u64.to_le_bytes();
    let mut account = w.svm.get(&nonce).unwrap();
    let authority = w.svm.fee_payer();
    account.data = [&CURRENT_AND_INITIALIZED[..], authority.as_ref(), &blockhash, &fee].concat();
    w.svm.put(nonce, account);
    move |w| w.svm.submit(transaction)
}

/// A generator that every run starts alike: Knuth's multiplier, the upper half of the state.
pub struct Dice(pub u64);

impl Dice {
    /// A number below `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        const FACTOR: u64 = 6_364_136_223_846_793_005;
        self.0 = self.0.wrapping_mul(FACTOR).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// Hash of the evidence that [`World::file_update`] names.
pub const EVIDENCE: [u8; 32] = [3; 32];
