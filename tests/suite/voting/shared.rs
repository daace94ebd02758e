//! Worlds in the phase that a test needs, and siblings: accounts of the right kind that belong
//! to another treasury, epoch or person.

use anchor_lang::prelude::Pubkey;
use budget_client::instruction::Submission;
use budget_sim::world::sha256;
use budget_tests::*;
use community_budget::{
    CreateTreasuryArgs, SubmitActionArgs,
    state::{Action, AwardTerms, Entry, RecipientRecord, Role, Terms},
};

/// A world in submission: a voter for every weight, then every ask accepted, each from a proposer
/// of its own.
pub fn submission(policy: Policy, weights: &[u64], asks: &[Ask]) -> (World, Vec<Person>) {
    let mut w = World::with(Setup { policy, ..Setup::default() });
    let voters = weights.iter().map(|weight| w.staker(*weight)).collect();
    w.open_epoch().unwrap();
    for ask in asks {
        let proposer = w.proposer();
        w.submit(&proposer, ask).unwrap();
    }
    (w, voters)
}

/// A world at the opening of voting, with accepted asks of these amounts.
pub fn voting(weights: &[u64], amounts: &[u64]) -> (World, Vec<Person>) {
    voting_under(test_policy(), weights, amounts)
}

/// The same under another policy.
pub fn voting_under(policy: Policy, weights: &[u64], amounts: &[u64]) -> (World, Vec<Person>) {
    let asks: Vec<Ask> = amounts.iter().map(|amount| Ask::of(*amount)).collect();
    let (mut w, voters) = submission(policy, weights, &asks);
    w.to_voting();
    (w, voters)
}

/// An act by a fresh person with a stake of weight, who gives it: enough for a slot of the last
/// quarter where little is staked.
pub fn submit_reserved(w: &mut World) -> Person {
    let person = w.staker(1_000);
    w.open_recipient_record(person.key()).unwrap();
    let action = World::set_role(Role::Reviewer, person.key());
    w.submit_action_with(&person, true, action).unwrap();
    person
}

/// Who submits an act to the current epoch, and out of which account.
pub fn action_by(w: &World, proposer: &Person) -> Submission {
    let epoch = w.current();
    Submission {
        epoch,
        index: w.epoch(epoch).entry_count,
        proposer: proposer.key(),
        payer: w.svm.fee_payer(),
        recipient: proposer.key(),
        recipient_signs: false,
        source: w.community.budget_account(&proposer.key()),
    }
}

/// An action with texts.
pub fn action_args(action: Action) -> SubmitActionArgs {
    let (title, metadata_uri) = ("An act".to_owned(), "https://example.org/act.json".to_owned());
    SubmitActionArgs { action, metadata_hash: [9; 32], title, metadata_uri }
}

/// Settles the current epoch and opens the next one as early as possible.
pub fn next_epoch(w: &mut World) {
    w.to_tallying();
    w.settle().unwrap();
    let treasury = w.treasury();
    w.svm.set_now(treasury.last_opened_at + i64::from(treasury.policy.schedule.period_secs));
    w.open_epoch().unwrap();
}

/// Creates another treasury of the same founder, with the same mints, policy and funds.
pub fn second_treasury(w: &mut World) -> Community {
    let founder = w.founder.clone();
    let treasury = Community::treasury_address(&founder.key(), 1);
    let other = Community { treasury, ..w.community };
    let policy = w.treasury().policy;
    let args = CreateTreasuryArgs { id: 1, first_open_at: GENESIS, policy, roles: w.roles() };
    let create = other.create_treasury(founder.key(), w.svm.fee_payer(), args);
    w.send(create, &[&founder]).unwrap();
    let funds = Setup::default().funds;
    within(w, other, |w| w.deposit(&founder, funds)).unwrap();
    other
}

/// Lets `act` see `other` as the world's community.
pub fn within<T>(w: &mut World, other: Community, act: impl FnOnce(&mut World) -> T) -> T {
    let own = std::mem::replace(&mut w.community, other);
    let result = act(w);
    w.community = own;
    result
}

/// What the treasury remembers of a person.
pub fn record(w: &World, person: &Person) -> RecipientRecord {
    w.svm.read(&w.community.recipient_record(&person.key()))
}

/// For, against and abstaining weight of an entry of the current epoch.
pub fn tally(w: &World, index: u8) -> (u64, u64, u64) {
    let entry = w.entry(w.current(), index);
    (entry.for_, entry.against, entry.abstain)
}

/// Bytes of the current epoch's account.
pub fn epoch_bytes(w: &World) -> Vec<u8> {
    w.svm.get(&w.community.epoch(w.current())).unwrap().data
}

/// What `act` costs `person` in lamports.
pub fn lamports_spent(w: &mut World, person: &Person, act: impl FnOnce(&mut World) -> Act) -> u64 {
    let before = w.svm.lamports(&person.key());
    act(w).unwrap();
    before - w.svm.lamports(&person.key())
}

/// Flags of an award whose terms meet what every tier asks.
pub const ADMITS_ALL: u8 = flags::ADMITS_MEDIUM | flags::ADMITS_LARGE;

/// The entry that a fresh submission of `ask` for `recipient` leaves behind.
pub fn fresh_entry(ask: &Ask, recipient: Pubkey) -> Entry {
    Entry {
        for_: 0,
        against: 0,
        abstain: 0,
        amount: ask.amount,
        recipient_tag: sha256(&[recipient.as_ref()])[..16].try_into().unwrap(),
        category: ask.category,
        action: 0,
        tier: 0,
        outcome: Outcome::Pending.into(),
        reason: 0,
        flags: ADMITS_ALL,
        leader: 0,
        rank: 255,
        recipient_ask: 0,
    }
}

/// Hash of the empty slate of an epoch, as documented.
pub fn empty_slate(treasury: Pubkey, epoch: u32) -> [u8; 32] {
    sha256(&[b"community-budget:slate:v1", treasury.as_ref(), &epoch.to_le_bytes()])
}

/// The award of a proposal.
pub fn award(terms: &Terms) -> &AwardTerms {
    terms.award().expect("the proposal is an award")
}

/// Slate hash after the submission of an award, as documented, from bytes written by hand.
pub fn after_submission(
    hash: [u8; 32],
    treasury: Pubkey,
    epoch: u32,
    index: u8,
    terms: &Terms,
) -> [u8; 32] {
    let award = award(terms);
    let action = [
        [0, award.category, award.checkpoints].as_slice(),
        award.recipient.as_ref(),
        &award.amount.to_le_bytes(),
        &award.duration_secs.to_le_bytes(),
        &award.cliff_secs.to_le_bytes(),
    ]
    .concat();
    after_action(hash, treasury, epoch, index, &action, terms)
}

/// The same for any action, whose bytes are given.
pub fn after_action(
    hash: [u8; 32],
    treasury: Pubkey,
    epoch: u32,
    index: u8,
    action: &[u8],
    terms: &Terms,
) -> [u8; 32] {
    let length = |text: &str| u32::try_from(text.len()).unwrap().to_le_bytes();
    let leaf = sha256(&[
        b"community-budget:leaf:v1",
        treasury.as_ref(),
        &epoch.to_le_bytes(),
        &[index],
        action,
        &terms.metadata_hash,
        &length(&terms.title),
        terms.title.as_bytes(),
        &length(&terms.metadata_uri),
        terms.metadata_uri.as_bytes(),
    ]);
    sha256(&[&hash, &leaf])
}

/// Slate hash after a withdrawal, as documented.
pub fn after_withdrawal(hash: [u8; 32], treasury: Pubkey, epoch: u32, index: u8) -> [u8; 32] {
    let domain = b"community-budget:tombstone:v1";
    let leaf = sha256(&[domain, treasury.as_ref(), &epoch.to_le_bytes(), &[index]]);
    sha256(&[&hash, &leaf])
}
