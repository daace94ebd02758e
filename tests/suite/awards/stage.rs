//! Where the tests of awards begin: one epoch with two asks, brought to a certain point.
//!
//! Entry 0 is Alice's ask of [`SMALL_ASK`], a small one; entry 1 is Bob's of [`MEDIUM_ASK`]. Three
//! stakers hold [`STAKES`].

use std::fmt::Debug;

use anchor_lang::{
    prelude::Pubkey, solana_program::instruction::Instruction, solana_program::system_instruction,
};
use budget_tests::*;
use community_budget::state::{Action, Proposal};

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

/// Brings the epoch to the close of voting, with everybody for both asks.
pub fn vote_for_both(w: &mut World, cast: &Cast) {
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

/// Acts that passed beside Alice's small ask, which is entry 0; they follow from entry 1 on, each
/// by a proposer of its own. Settlement was this very second.
pub fn approved(actions: &[Action]) -> (World, Cast) {
    let mut w = World::new();
    let voters: Vec<Person> = STAKES.map(|amount| w.staker(amount)).into();
    let (alice, bob) = (w.proposer(), w.proposer());
    w.open_epoch().unwrap();
    w.submit(&alice, &Ask::of(SMALL_ASK)).unwrap();
    for action in actions {
        let proposer = w.proposer();
        w.submit_action(&proposer, action.clone()).unwrap();
    }
    w.to_voting();
    let count = w.epoch(0).entry_count;
    for voter in &voters {
        let choices: Vec<_> = (0..count).map(|index| (index, For)).collect();
        w.cast(voter, &choices).unwrap();
    }
    w.to_tallying();
    w.settle().unwrap();
    (w, Cast { voters, alice, bob })
}

/// Anyone may trip the breaker, 8 days after the settlement of an epoch that funded Alice's small
/// ask, entry 0, and lent Bob [`LENT`] for a derivative, entry 1: more than 5 % of the treasury was
/// paid into it, and its mark says that nothing is left of that. The next epoch was just opened.
pub fn trippable() -> (World, Cast) {
    let mut policy = test_policy();
    policy.schedule.period_secs = 7 * DAY_SECS;
    policy.schedule.submission_secs = 3 * DAY_SECS;
    policy.schedule.voting_secs = 3 * DAY_SECS;
    policy.schedule.max_extension_secs = 0;
    for rule in &mut policy.tiers.rules {
        rule.timelock_secs = DAY_SECS;
    }
    policy.budget.epoch_cap_bps = 3_000;
    policy.risk.categories[1].class = DERIVATIVE;
    policy.risk.categories[1].share_bps = 10_000;
    policy.risk.categories[1].exposure_limit_bps = 10_000;
    policy.risk.max_drawdown_bps = 500;
    let mut w = World::with(Setup { policy, ..Setup::default() });
    let voters: Vec<Person> = STAKES.map(|amount| w.staker(amount)).into();
    let (alice, bob) = (w.proposer(), w.proposer());
    w.open_epoch().unwrap();
    w.submit(&alice, &Ask::of(SMALL_ASK)).unwrap();
    let lent = Ask { category: 1, duration_secs: LENT_FOR, ..Ask::of(LENT) };
    w.submit(&bob, &lent).unwrap();
    let cast = Cast { voters, alice, bob };
    vote_for_both(&mut w, &cast);
    w.settle().unwrap();
    w.to_execution(0);
    w.execute(0, 1).unwrap();
    since_settlement(&mut w, 8 * DAY);
    w.claim(0, 1).unwrap();
    w.mark(1, 0).unwrap();
    w.open_epoch().unwrap(); // the mark counts
    (w, cast)
}

/// Bob's derivative: 18 % of the funds.
pub const LENT: u64 = 180_000_000;
/// How long it streams: half of it is paid within a week.
pub const LENT_FOR: u32 = 14 * DAY_SECS;
/// Class of a category of derivatives.
pub const DERIVATIVE: u8 = 2;

/// Moves the clock to `secs` after the settlement of epoch 0.
pub fn since_settlement(w: &mut World, secs: i64) {
    let settled_at = w.epoch(0).settled_at;
    w.svm.set_now(settled_at + secs);
}

/// The guardian blocks executions for so many days from now on.
pub fn pause(w: &mut World, days: u32) {
    let guardian = w.guardian.clone();
    w.pause_executions(&guardian, days * DAY_SECS).unwrap();
}

/// One ask alone, voted for by everybody and streaming since this very second.
pub fn stream_of(ask: &Ask) -> (World, Person) {
    stream_under(test_policy(), ask)
}

/// The same under another policy.
pub fn stream_under(policy: Policy, ask: &Ask) -> (World, Person) {
    let mut w = World::with(Setup { policy, ..Setup::default() });
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
        let proposal: Proposal = w.svm.read(&address::proposal(&other.epoch(0), index));
        let recipient = proposal.terms.award().unwrap().recipient;
        w.send(other.execute_award(payer, 0, index, recipient), &[]).unwrap();
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

/// Compares two accounts field by field, as their `Debug` output shows them.
#[track_caller]
pub fn assert_same(actual: impl Debug, expected: impl Debug) {
    let [actual, expected] = [format!("{actual:#?}"), format!("{expected:#?}")];
    let lines = actual.lines().zip(expected.lines());
    let different: Vec<_> = lines.filter(|(actual, expected)| actual != expected).collect();
    assert_eq!(different, [], "(actual, expected)");
    assert_eq!(actual.lines().count(), expected.lines().count());
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
