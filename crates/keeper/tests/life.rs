//! A whole life, kept by one keeper: from the first opening to the last lamport.

use std::collections::BTreeMap;

use budget_keeper::{Crank, Reason};
use solana_signer::Signer;

use crate::{
    script::{GONE, LOST, begin, leave, live},
    stage::{PURSE, accounts, events, purse, work},
};

#[test]
fn a_keeper_alone_carries_three_epochs_through_and_returns_every_lamport() {
    let (node, cast) = begin();
    let treasury = node.with(|w| w.community.treasury);
    let rent = node.with(|w| w.svm.lamports(&treasury));
    let purses: Vec<u64> =
        cast.proposers.iter().map(|person| node.with(|w| w.purse(person))).collect();
    let (mut fees, mut landed, mut refused) = (0, BTreeMap::<Crank, u64>::new(), 0);
    let mut hindered = Vec::new();
    live(&node, &cast, |node, settings, day| {
        let numbers = work(node, settings);
        fees += numbers.fees;
        for (crank, count) in numbers.landed {
            *landed.entry(crank).or_default() += count;
        }
        assert_eq!(numbers.lost_races.len(), 0, "day {day}: nobody else is there");
        refused += numbers.refused.values().sum::<u64>();
        hindered.extend(numbers.hindrances.into_iter().map(|it| (day, it.crank, it.reason)));
    });

    assert_eq!(refused, 0, "a plan on a sound view is not refused");
    let by = |crank| landed.get(&crank).copied().unwrap_or(0);
    for (crank, times) in [
        (Crank::OpenEpoch, 3),
        (Crank::SettleEpoch, 3),
        (Crank::CloseEpoch, 3),
        (Crank::ExecuteAward, 7),
        (Crank::ExecuteSetRole, 1),
        (Crank::ExecuteSetPolicy, 1),
        (Crank::ExecuteStreamRuling, 1),
        (Crank::LapseProposal, 1),
        (Crank::HoldStream, 2),
        (Crank::LapseStream, 1),
        (Crank::CloseReview, 2),
        (Crank::CloseStream, 7),
        (Crank::CloseProposal, 12),
        (Crank::CloseVoteRecord, 6),
        (Crank::ReclaimRewards, 1),
        (Crank::AbsorbSurplus, 1),
        (Crank::RefreshStake, 1),
    ] {
        assert_eq!(by(crank), times, "{crank}: {landed:?}");
    }
    assert!(by(Crank::WithdrawStream) > 14, "{landed:?}");
    let kinds = |it: &(i64, Crank, Reason)| (it.1, it.2);
    for kind in [
        (Crank::ExecuteClearBreaker, Reason::NotExecutable),
        (Crank::CloseVoteRecord, Reason::AccountMissing),
        (Crank::CloseProposal, Reason::AccountMissing),
        (Crank::WithdrawStream, Reason::AccountMissing),
    ] {
        assert!(hindered.iter().any(|it| kinds(it) == kind), "{kind:?}: {hindered:?}");
    }

    // Nothing stays promised; who was paid and who was not.
    let books = node.with(|w| w.treasury());
    assert_eq!((books.committed, books.reserved_funds, books.bonded), (0, 0, 0));
    assert_eq!(node.with(|w| w.vault()), books.tracked);
    let gains: Vec<i128> = cast
        .proposers
        .iter()
        .zip(&purses)
        .map(|(person, before)| i128::from(node.with(|w| w.purse(person))) - i128::from(*before))
        .collect();
    let (fee, bond) = (1_000, 50_000);
    // A slot costs one fee in the first quarter of the slate, two in the second, four in the third.
    // Every bond came back but that of the ask that nobody wanted.
    assert_eq!(gains[0], 5_000_000 - (1 + 2 + 2 + 1) * fee);
    let scaled = 2_000_000 + 1_500_000;
    assert_eq!(gains[1], scaled - (1 + 2 + 4) * fee - bond);
    assert_eq!(gains[2], 3_000_000 - fee);
    assert_eq!(gains[3], 1_000_000 - fee);
    assert_eq!(gains[4], 1_000_000 + 700_000 - (2 + 1) * fee);
    assert_eq!(node.with(|w| w.purse(&cast.proposers[GONE])), 800_000);
    assert_eq!(node.with(|w| w.purse(&cast.voters[LOST])), 0);
    assert!(node.with(|w| w.purse(&cast.voters[0])) > node.with(|w| w.purse(&cast.voters[2])));

    // Every lamport of rent returns, and a keeper has paid its fees alone.
    leave(&node, &cast);
    assert_eq!(node.with(|w| w.svm.lamports(&treasury)), rent);
    let left: Vec<_> = accounts(&node)
        .into_iter()
        .filter(|(_, account)| account.owner == community_budget::ID)
        .map(|(key, _)| key)
        .collect();
    let records =
        cast.proposers.iter().map(|p| node.with(|w| w.community.recipient_record(&p.key())));
    let mut expected: Vec<_> = records.chain([treasury]).collect();
    expected.sort_unstable();
    assert_eq!(left, expected, "the treasury and its history are left");
    assert_eq!(node.with(|w| w.svm.lamports(&purse(0).pubkey())), PURSE - fees);
    let events = events(&node);
    assert_eq!(events["EpochOpened"], 3);
    assert_eq!(events["AwardExecuted"], 7);
}
