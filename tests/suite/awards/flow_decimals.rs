//! Mints without decimals and with nine: the program counts base units and nothing else.

use budget_tests::*;

use crate::stage::*;

/// One epoch with an ask of `amount`, streamed to its end and closed.
#[track_caller]
fn whole_life(decimals: u8, funds: u64, amount: u64) {
    let mut w = World::with(Setup { decimals, funds, ..Setup::default() });
    let voter = w.staker(ELECTORATE);
    let recipient = w.proposer();
    w.open_epoch().unwrap();
    let fee = w.epoch(0).slot_fee().unwrap();
    let purse = w.purse(&recipient);
    w.submit(&recipient, &Ask::of(amount)).unwrap();
    w.to_voting();
    w.cast(&voter, &[(0, For)]).unwrap();
    w.to_tallying();
    w.settle().unwrap();
    w.to_execution(0);
    w.execute(0, 0).unwrap();
    w.svm.advance(20 * DAY);
    w.claim(0, 0).unwrap();
    assert_eq!(w.stream(0, 0).withdrawn, amount / 3);
    w.svm.advance(40 * DAY);
    w.claim(0, 0).unwrap();
    w.close_stream(0, 0).unwrap();
    w.close_proposal(0, 0).unwrap();
    w.close_vote_record(0, &voter).unwrap();
    w.close_epoch(0).unwrap();
    w.unstake(&voter, ELECTORATE).unwrap();
    w.svm.advance(180 * DAY);
    w.withdraw_unstaked(&voter).unwrap();
    w.close_stake(&voter).unwrap();
    assert_eq!(w.purse(&recipient), purse + amount - fee);
    assert_eq!(w.vault(), funds + fee - amount);
    assert_eq!((w.treasury().committed, w.treasury().bonded, w.treasury().staked), (0, 0, 0));
    assert_eq!(w.treasury().budget_decimals, decimals);
}

#[test]
fn a_budget_in_whole_tokens() {
    whole_life(0, 1_000_000, 7_000);
}

#[test]
fn a_budget_in_billionths() {
    whole_life(9, 900_000_000_000, 8_999_999_999);
}
