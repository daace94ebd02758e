//! Where the tests of awards begin: one epoch with two asks, brought to a certain point.
//!
//! Entry 0 is Alice's ask of [`SMALL_ASK`], a small one; entry 1 is Bob's of [`MEDIUM_ASK`]. Three
//! stakers hold [`STAKES`].

use anchor_lang::{
    prelude::Pubkey, solana_program::instruction::Instruction, solana_program::system_instruction,
};
use budget_tests::*;

/// Base units staked by the three voters; together [`ELECTORATE`].
pub const STAKES: [u64; 3] = [600, 300, 100];
/// Sum of [`STAKES`].
pub const ELECTORATE: u64 = 1_000;
/// Alice's ask: at most 1 % of the funds.
pub const SMALL_ASK: u64 = 5_000_000;
/// Bob's ask: more than 1 % of the funds, at most 5 %.
pub const MEDIUM_ASK: u64 = 20_000_000;

/// Who acts.
pub struct Cast {
    pub voters: Vec<Person>,
    pub alice: Person,
    pub bob: Person,
}

/// Submission is open and both asks are on the slate.
pub fn submission_in(mut w: World) -> (World, Cast) {
    let cast = submit_both(&mut w);
    (w, cast)
}

/// Opens an epoch of the world's treasury and puts both asks on its slate.
pub fn submit_both(w: &mut World) -> Cast {
    let voters = STAKES.map(|amount| w.staker(amount)).into();
    let (alice, bob) = (w.proposer(), w.proposer());
    w.open_epoch().unwrap();
    w.submit(&alice, &Ask::of(SMALL_ASK)).unwrap();
    w.submit(&bob, &Ask::of(MEDIUM_ASK)).unwrap();
    Cast { voters, alice, bob }
}

/// Submission is open and both asks are on the slate.
pub fn submission() -> (World, Cast) {
    submission_in(World::new())
}

/// Voting has closed, everybody voted for both asks, nothing is settled.
pub fn tallying() -> (World, Cast) {
    let (mut w, cast) = submission();
    vote_for_both(&mut w, &cast);
    (w, cast)
}

fn vote_for_both(w: &mut World, cast: &Cast) {
    w.to_voting();
    for voter in &cast.voters {
        w.cast(voter, &[(0, For), (1, For)]).unwrap();
    }
    w.to_tallying();
}

/// Both asks are funded; settlement was this very second.
pub fn settled() -> (World, Cast) {
    let (mut w, cast) = tallying();
    w.settle().unwrap();
    (w, cast)
}

/// Both asks are funded and past their timelocks.
pub fn executable() -> (World, Cast) {
    let (mut w, cast) = settled();
    w.to_execution(0);
    (w, cast)
}

/// Both asks stream since this very second.
pub fn streaming() -> (World, Cast) {
    let (mut w, cast) = executable();
    w.execute(0, 0).unwrap();
    w.execute(0, 1).unwrap();
    (w, cast)
}

/// One ask alone, voted for by everybody and streaming since this very second.
pub fn stream_of(ask: &Ask) -> (World, Person) {
    let mut w = World::new();
    let voter = w.staker(ELECTORATE);
    let recipient = w.proposer();
    w.open_epoch().unwrap();
    w.submit(&recipient, ask).unwrap();
    w.to_voting();
    w.cast(&voter, &[(0, For)]).unwrap();
    w.to_tallying();
    w.settle().unwrap();
    w.to_execution(0);
    w.execute(0, 0).unwrap();
    (w, recipient)
}

/// A second treasury in the same SVM, in which `act` happened; returns its addresses and what the
/// act returns.
pub fn sibling<T>(w: &mut World, act: impl FnOnce(&mut World) -> T) -> (Community, T) {
    let founder = w.person();
    let treasury = Community::treasury_address(&founder.key(), 0);
    let other = Community { treasury, ..w.community };
    let own_community = std::mem::replace(&mut w.community, other);
    let own_founder = std::mem::replace(&mut w.founder, founder);
    w.create_treasury(&Setup::default()).unwrap();
    let depositor = w.founder.clone();
    w.deposit(&depositor, Setup::default().funds).unwrap();
    let result = act(w);
    w.founder = own_founder;
    w.community = own_community;
    (other, result)
}

/// A second treasury whose first epoch went the same way until both its asks are funded and past
/// their timelocks. Leaves the clock where that is.
pub fn executable_sibling(w: &mut World) -> Community {
    let act = |w: &mut World| {
        let cast = submit_both(w);
        vote_for_both(w, &cast);
        w.settle().unwrap();
        w.to_execution(0);
    };
    sibling(w, act).0
}

/// A second treasury whose first epoch has both asks streaming. Leaves the clock where that is.
pub fn streaming_sibling(w: &mut World) -> Community {
    let other = executable_sibling(w);
    let payer = w.svm.fee_payer();
    for index in 0..2 {
        w.send(other.execute_award(payer, 0, index), &[]).unwrap();
    }
    other
}

/// Runs `closing`, then sends the closed account its lamports back within the same transaction, and
/// proves that the account is not alive again: it belongs to the System program and is empty.
#[track_caller]
pub fn assert_not_revived(w: &mut World, closing: Instruction, closed: Pubkey) {
    let rent = w.svm.lamports(&closed);
    assert!(rent > 0, "the account to close exists");
    let from = w.svm.fee_payer();
    let refund = system_instruction::transfer(&from, &closed, rent);
    w.svm.send(&[closing, refund], &[]).unwrap();
    let left = w.svm.get(&closed).unwrap();
    assert_eq!(left.lamports, rent);
    assert_eq!(left.owner, anchor_lang::system_program::ID);
    assert!(left.data.is_empty());
}

/// Another token account of the budget mint at a fresh address.
pub fn token_account(w: &mut World, owner: Pubkey) -> Pubkey {
    let key = w.person().key();
    let Community { budget_token_program, budget_mint, .. } = w.community;
    token::put_token_account(&mut w.svm, key, budget_token_program, budget_mint, owner, 0);
    key
}

/// Takes an account away, as closing it does.
pub fn remove(w: &mut World, key: Pubkey) {
    w.svm.put(key, Default::default());
}

/// Freezes a token account.
pub fn freeze(w: &mut World, key: Pubkey) {
    set_state(w, key, FROZEN);
}

/// Thaws a token account.
pub fn thaw(w: &mut World, key: Pubkey) {
    set_state(w, key, INITIALIZED);
}

/// Byte of a token account that holds its state, and two of its values.
const STATE: usize = 108;
const INITIALIZED: u8 = 1;
const FROZEN: u8 = 2;

fn set_state(w: &mut World, key: Pubkey, state: u8) {
    let mut account = w.svm.get(&key).unwrap();
    account.data[STATE] = state;
    w.svm.put(key, account);
}
