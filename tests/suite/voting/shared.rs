//! Worlds in the phase that a test needs, and siblings: accounts of the right kind that belong
//! to another treasury, epoch or person.

use anchor_lang::{AnchorDeserialize, Discriminator, prelude::Pubkey};
use budget_sim::world::sha256;
use budget_tests::*;
use community_budget::{
    CreateTreasuryArgs,
    state::{Entry, RecipientRecord, Terms},
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
    let args = CreateTreasuryArgs { id: 1, first_open_at: GENESIS, policy };
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
        flags: flags::LONG_ENOUGH,
        leader: 0,
        rank: 255,
        recipient_ask: 0,
    }
}

/// Hash of the empty slate of an epoch, as documented.
pub fn empty_slate(treasury: Pubkey, epoch: u32) -> [u8; 32] {
    sha256(&[b"community-budget:slate:v1", treasury.as_ref(), &epoch.to_le_bytes()])
}

/// Slate hash after a submission, as documented, from bytes written by hand.
pub fn after_submission(
    hash: [u8; 32],
    treasury: Pubkey,
    epoch: u32,
    index: u8,
    terms: &Terms,
) -> [u8; 32] {
    let length = |text: &str| u32::try_from(text.len()).unwrap().to_le_bytes();
    let leaf = sha256(&[
        b"community-budget:leaf:v1",
        treasury.as_ref(),
        &epoch.to_le_bytes(),
        &[index],
        &[0, terms.category, terms.checkpoints],
        terms.recipient.as_ref(),
        &terms.amount.to_le_bytes(),
        &terms.duration_secs.to_le_bytes(),
        &terms.cliff_secs.to_le_bytes(),
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

/// The one event that a transaction left in its log.
pub fn event<T: AnchorDeserialize + Discriminator>(landed: &Landed) -> T {
    let lines = landed.logs.iter().filter_map(|line| line.strip_prefix("Program data: "));
    let [line] = lines.collect::<Vec<_>>().try_into().expect("one event");
    let bytes = from_base64(line);
    let body = bytes.strip_prefix(T::DISCRIMINATOR).expect("the event is of another kind");
    T::try_from_slice(body).expect("the event has all its fields and no more")
}

fn from_base64(text: &str) -> Vec<u8> {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0u32, 0);
    for byte in text.trim_end_matches('=').bytes() {
        let digit = DIGITS.iter().position(|own| *own == byte).expect("a base64 digit");
        bits = bits << 6 | u32::try_from(digit).unwrap();
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xff).unwrap());
        }
    }
    bytes
}
