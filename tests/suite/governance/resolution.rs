//! What the four acts that touch the treasury alone have in common: who may carry them out, on
//! which accounts, and when. Each instruction's tests call these with its own [`Case`].

use anchor_lang::{prelude::Pubkey, solana_program::instruction::Instruction};
use budget_tests::*;
use community_budget::{BudgetError, state::Action};

use crate::stage::*;

pub const TREASURY: usize = 0;
pub const EPOCH: usize = 1;
pub const PROPOSAL: usize = 2;

/// One of the four instructions.
pub struct Case {
    /// A world with an epoch in submission on whose slate nothing stands, and its voter.
    pub begin: fn() -> (World, Person),
    /// What the community is to decide.
    pub action: fn() -> Action,
    /// What carries it out.
    pub instruction: fn(&Community, u32, u8) -> Instruction,
}

impl Case {
    /// The act is on the slate of the current epoch.
    pub fn submitted(&self) -> (World, Person) {
        let (mut w, voter) = (self.begin)();
        fill(&mut w, &[], &[(self.action)()]);
        (w, voter)
    }

    /// The act was approved this very second.
    pub fn approved(&self) -> (World, Person) {
        let (mut w, voter) = self.submitted();
        carry(&mut w, &voter);
        assert!(w.entry(w.current(), 0).is(Outcome::Approved));
        (w, voter)
    }

    /// The act can be executed from this very second on.
    pub fn executable(&self) -> (World, Person) {
        let (mut w, voter) = self.approved();
        let epoch = w.current();
        w.to_execution(epoch);
        (w, voter)
    }

    /// Two treasuries, in each of which the act can be executed from this very second on.
    fn twins(&self) -> (World, Community) {
        let (mut w, voter) = self.submitted();
        let other = second_treasury(&mut w, &voter);
        let act = (self.action)();
        within(&mut w, other, |w| {
            w.open_epoch().unwrap();
            fill(w, &[], &[act]);
        });
        let both = [other, w.community];
        w.to_voting();
        for community in both {
            within(&mut w, community, |w| vote_for_all(w, &voter));
        }
        w.to_tallying();
        for community in both {
            within(&mut w, community, |w| w.settle().unwrap());
        }
        let epoch = w.current();
        w.to_execution(epoch);
        (w, other)
    }

    /// Carries out the act at `index` of an epoch.
    pub fn execute(&self, w: &mut World, epoch: u32, index: u8) -> Act {
        let instruction = (self.instruction)(&w.community, epoch, index);
        w.send(instruction, &[])
    }
}

/// Nobody's signature is asked for.
pub fn anyone_may(case: &Case) {
    let (mut w, _) = case.executable();
    let epoch = w.current();
    let instruction = (case.instruction)(&w.community, epoch, 0);
    assert!(instruction.accounts.iter().all(|meta| !meta.is_signer));
    let stranger = w.person();
    w.svm.send_paid_by(&stranger.wallet, &[instruction], &[]).unwrap();
    assert!(w.entry(epoch, 0).is(Outcome::Executed));
}

/// Neither part of another treasury that approved the same act at the same time can stand in for
/// this treasury's, and its act reaches nothing here.
pub fn foreign_accounts(case: &Case, expected: BudgetError) {
    let (mut w, other) = case.twins();
    let own = (case.instruction)(&w.community, w.current(), 0);
    let foreign = (case.instruction)(&other, 0, 0);
    for positions in
        [&[TREASURY][..], &[EPOCH], &[PROPOSAL], &[EPOCH, PROPOSAL], &[TREASURY, EPOCH]]
    {
        let mixed = positions.iter().fold(own.clone(), |mixed, position| {
            swapped(mixed, *position, foreign.accounts[*position].pubkey)
        });
        refused(&mut w, expected, |w| w.send(mixed, &[]));
    }
    w.send(own, &[]).unwrap();
}

/// An act cannot be carried out under another epoch of its own treasury.
pub fn proposal_of_another_epoch(case: &Case, expected: BudgetError) {
    let (mut w, voter) = case.approved();
    let first = w.current();
    let second = decide(&mut w, &voter, &[], &[(case.action)()]);
    w.to_execution(second);
    for (epoch, proposal) in [(second, first), (first, second)] {
        let mixed = (case.instruction)(&w.community, epoch, 0);
        let mixed = swapped(mixed, PROPOSAL, w.proposal_key(proposal, 0));
        refused(&mut w, expected, |w| w.send(mixed, &[]));
    }
    case.execute(&mut w, second, 0).unwrap();
}

/// Acts of another kind, approved and due, are not this instruction's.
pub fn other_actions(case: &Case, own: u8, expected: BudgetError) {
    let (mut w, _) = parliament();
    let epoch = w.current();
    w.to_execution(epoch);
    for index in [AWARD, SET_POLICY, SET_ROLE, RULE_ON_STREAM, CLEAR_BREAKER, WRITE_OFF] {
        if index != own {
            let instruction = (case.instruction)(&w.community, epoch, index);
            refused(&mut w, expected, |w| w.send(instruction, &[]));
        }
    }
}

/// Nothing is carried out before the settlement.
pub fn before_settlement(case: &Case, expected: BudgetError) {
    let (mut w, voter) = case.submitted();
    let epoch = w.current();
    refused(&mut w, expected, |w| case.execute(w, epoch, 0));
    w.to_voting();
    vote_for_all(&mut w, &voter);
    w.to_tallying();
    w.svm.advance(30 * DAY);
    refused(&mut w, expected, |w| case.execute(w, epoch, 0));
}

/// An act is carried out once.
pub fn twice(case: &Case, expected: BudgetError) {
    let (mut w, _) = case.executable();
    let epoch = w.current();
    case.execute(&mut w, epoch, 0).unwrap();
    refused(&mut w, expected, |w| case.execute(w, epoch, 0));
}

/// An act that the vote rejected, that a better one superseded, that was withdrawn or that lapsed.
pub fn not_approved(case: &Case, expected: BudgetError) {
    let (mut w, voter) = (case.begin)();
    let epoch = w.current();
    let acts = [(); 3].map(|()| (case.action)());
    let proposers = fill(&mut w, &[], &acts);
    w.withdraw(&proposers[2], 2).unwrap();
    w.to_voting();
    w.cast(&voter, &[(0, For), (1, For)]).unwrap();
    w.to_tallying();
    w.settle().unwrap();
    assert!(w.entry(epoch, 0).is(Outcome::Approved));
    assert!(w.entry(epoch, 1).is(Outcome::Superseded));
    assert!(w.entry(epoch, 2).is(Outcome::Withdrawn));
    w.to_execution(epoch);
    for index in [1, 2] {
        refused(&mut w, expected, |w| case.execute(w, epoch, index));
    }
    let end = grace_end(&w, epoch);
    w.svm.set_now(end);
    w.lapse(epoch, 0).unwrap();
    refused(&mut w, expected, |w| case.execute(w, epoch, 0));

    let (mut w, voter) = case.submitted();
    let epoch = w.current();
    w.to_voting();
    w.cast(&voter, &[(0, Against)]).unwrap();
    w.to_tallying();
    w.settle().unwrap();
    assert!(w.entry(epoch, 0).is(Outcome::Failed));
    w.to_execution(epoch);
    refused(&mut w, expected, |w| case.execute(w, epoch, 0));
}

/// The constitutional timelock is four days to the second.
pub fn timelock(case: &Case, expected: BudgetError) {
    let (mut w, _) = case.approved();
    let epoch = w.current();
    refused(&mut w, expected, |w| case.execute(w, epoch, 0));
    to_settled(&mut w, epoch, 4 * DAY - 1);
    refused(&mut w, expected, |w| case.execute(w, epoch, 0));
    to_settled(&mut w, epoch, 4 * DAY);
    case.execute(&mut w, epoch, 0).unwrap();
    let (mut w, _) = case.approved();
    to_settled(&mut w, epoch, 4 * DAY + 1);
    case.execute(&mut w, epoch, 0).unwrap();
}

/// Unix seconds at which an act settled while the breaker was on or off can no longer be executed:
/// a grace of 14 days, which stands while the breaker is on.
pub fn grace_end(w: &World, epoch: u32) -> i64 {
    let settled_at = w.epoch(epoch).settled_at;
    settled_at + 14 * DAY + (w.treasury().tripped_until - settled_at).max(0)
}

/// The grace is half-open.
pub fn grace(case: &Case, expected: BudgetError) {
    for late in [0, 1] {
        let (mut w, _) = case.approved();
        let epoch = w.current();
        let end = grace_end(&w, epoch);
        w.svm.set_now(end + late);
        refused(&mut w, expected, |w| case.execute(w, epoch, 0));
    }
}

/// In the last second of the grace the act is still carried out.
pub fn last_second_of_grace(case: &Case) {
    let (mut w, _) = case.approved();
    let epoch = w.current();
    let end = grace_end(&w, epoch);
    w.svm.set_now(end - 1);
    case.execute(&mut w, epoch, 0).unwrap();
    assert!(w.entry(epoch, 0).is(Outcome::Executed));
}

/// Of two acts on one target, approved one epoch after the other, the one that is executed second
/// is stale.
pub fn stale(case: &Case, expected: BudgetError) {
    for first_wins in [true, false] {
        let (mut w, voter) = case.approved();
        let first = w.current();
        let second = decide(&mut w, &voter, &[], &[(case.action)()]);
        w.to_execution(second);
        let (winner, loser) = if first_wins { (first, second) } else { (second, first) };
        case.execute(&mut w, winner, 0).unwrap();
        refused(&mut w, expected, |w| case.execute(w, loser, 0));
        assert!(w.entry(loser, 0).is(Outcome::Approved));
    }
}

/// An act that was executed before the other one was settled makes it not stale.
pub fn in_turn(case: &Case) {
    let (mut w, voter) = case.executable();
    let first = w.current();
    w.open_next_epoch();
    fill(&mut w, &[], &[(case.action)()]);
    case.execute(&mut w, first, 0).unwrap();
    carry(&mut w, &voter);
    let second = w.current();
    w.to_execution(second);
    case.execute(&mut w, second, 0).unwrap();
}

/// Carries out what nothing else happened to between settlement and timelock, whatever blocks
/// awards.
pub fn unstoppable(case: &Case) {
    let (mut w, voter) = losing();
    let guardian = w.guardian.clone();
    fill(&mut w, &[], &[(case.action)()]);
    carry(&mut w, &voter);
    let epoch = w.current();
    w.trip().unwrap();
    w.to_execution(epoch);
    w.pause_executions(&guardian, 7 * DAY_SECS).unwrap();
    case.execute(&mut w, epoch, 0).unwrap();
    assert!(w.entry(epoch, 0).is(Outcome::Executed));
}

/// The event of an execution names its entry; returns what was sent.
pub fn executed(case: &Case, w: &mut World) -> (Landed, u64, Pubkey) {
    let epoch = w.current();
    let landed = case.execute(w, epoch, 0).unwrap();
    assert!(w.entry(epoch, 0).is(Outcome::Executed));
    (landed, w.epoch(epoch).seq, w.community.epoch(epoch))
}
