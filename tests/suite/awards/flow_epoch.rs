//! A whole epoch, from the first stake to the last lamport.

use budget_tests::*;

#[test]
fn an_epoch_from_stake_to_closed_accounts() {
    let mut w = World::new();
    let treasury_rent = w.svm.lamports(&w.community.treasury);
    let voters: Vec<Person> = [600, 300, 100].map(|amount| w.staker(amount)).into();
    let (alice, bob) = (w.proposer(), w.proposer());
    w.open_epoch().unwrap();
    w.submit(&alice, &Ask::of(5_000_000)).unwrap();
    w.submit(&bob, &Ask::of(20_000_000)).unwrap();

    w.to_voting();
    w.cast(&voters[0], &[(0, For), (1, For)]).unwrap();
    w.cast(&voters[1], &[(0, For), (1, Against)]).unwrap();
    w.cast(&voters[2], &[(1, Abstain)]).unwrap();
    assert_eq!(w.entry(0, 0).for_, 900);
    assert_eq!((w.entry(0, 1).for_, w.entry(0, 1).against, w.entry(0, 1).abstain), (600, 300, 100));

    w.to_tallying();
    w.settle().unwrap();
    assert!(w.entry(0, 0).is(Outcome::Funded));
    assert!(w.entry(0, 1).is(Outcome::Funded));
    assert_eq!(w.treasury().committed, 25_000_000);

    w.to_execution(0);
    w.execute(0, 0).unwrap();
    w.execute(0, 1).unwrap();
    let purse = w.purse(&alice);
    w.svm.advance(30 * DAY);
    w.claim(0, 0).unwrap();
    assert_eq!(w.purse(&alice) - purse, 2_500_000);
    w.svm.advance(30 * DAY);
    w.claim(0, 0).unwrap();
    w.claim(0, 1).unwrap();
    assert_eq!(w.purse(&alice) - purse, 5_000_000);

    for voter in &voters {
        w.close_vote_record(0, voter).unwrap();
    }
    for index in 0..2 {
        w.close_proposal(0, index).unwrap();
        w.close_stream(0, index).unwrap();
    }
    w.close_epoch(0).unwrap();
    assert!(!w.svm.exists(&w.community.epoch(0)));
    assert_eq!(w.treasury().committed, 0);
    assert_eq!(w.treasury().bonded, 0);
    assert_eq!(w.vault(), w.treasury().tracked);
    assert_eq!(w.vault(), 1_000_000_000 + 2_000 - 25_000_000);
    assert_eq!(w.svm.lamports(&w.community.treasury), treasury_rent);
}
