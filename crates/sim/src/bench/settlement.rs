//! What follows the vote on a full slate: settlement, streams, bonds, closing.

use budget_client::ballot::Choice;
use community_budget::state::{BudgetEpoch, Entry, Outcome};
use solana_signer::Signer;

use super::{
    founding::AddressSet,
    probe::{Bench, Call},
    sizes,
    slate::{AWARDS, Cast, noise, poll},
};
use anchor_spl::token_2022::spl_token_2022::state::AccountState;
use budget_sim::{
    svm::keypair,
    token::{edit, put_token_account},
    world::Person,
};

/// Slates that settlement is measured at.
const SLATES: [u8; 4] = [1, 16, 64, 128];

/// A day, as moments are moved on.
const DAY: i64 = 86_400;

/// Settlement of slates of every size, all passing and every award funded, then of a full one on
/// which every fourth entry fails for lack of support, every fourth is voted down, and the money
/// reaches half of the others. The full, passing one stays settled.
pub fn settle(bench: &mut Bench, cast: &Cast, set: &AddressSet) {
    mixed(bench, cast);
    poll(bench, &cast.voters, |voter, index| {
        match (voter, noise(set.seed, index, "choice") >> voter) {
            (0, _) => Choice::For,
            // Acts take two thirds.
            (1, _) if index >= AWARDS => Choice::For,
            (_, byte) => Choice::from_low_bits(byte),
        }
    });
    bench.world.to_tallying();
    for count in SLATES {
        let before = bench.save(&[bench.world.community.epoch(0)]);
        edit_header(bench, |header| header.entry_count = count);
        bench.probe(&format!("settle_epoch/{count}"), settlement(bench, &cast.keeper));
        bench.restore(before);
    }
    bench.step(settlement(bench, &cast.keeper));
    let slate = bench.world.svm.slate(&bench.world.community.epoch(0));
    let (awards, acts) = slate.split_at(AWARDS.into());
    assert!(awards.iter().all(|entry| entry.is(Outcome::Funded)), "an award is not funded");
    let stands = |act: &Entry| act.is(Outcome::Approved) || act.is(Outcome::Superseded);
    assert!(acts.iter().all(stands), "an act does not pass");
}

fn settlement<'a>(bench: &Bench, keeper: &'a Person) -> Call<'a> {
    Call::new(keeper, bench.world.community.settle_epoch(0)).with_raised_limit()
}

fn mixed(bench: &mut Bench, cast: &Cast) {
    const FAILS_WITHOUT_SUPPORT: u8 = 3;
    let community = bench.world.community;
    let polled = poll(bench, &cast.voters, |voter, index| match (voter, index % 4) {
        (0, 2) => Choice::Against,
        (0, FAILS_WITHOUT_SUPPORT) => Choice::Unmarked,
        (2, FAILS_WITHOUT_SUPPORT) => Choice::Abstain,
        (1, FAILS_WITHOUT_SUPPORT) => Choice::Unmarked,
        _ => Choice::For,
    });
    bench.world.to_tallying();
    edit_header(bench, |header| header.cap = 10_000_000);
    let key = "settle_epoch/128-mixed";
    let settled = bench.act_and_save(key, settlement(bench, &cast.keeper));
    let slate = bench.world.svm.slate(&community.epoch(0));
    for outcome in [Outcome::Funded, Outcome::Unfunded, Outcome::Failed, Outcome::Approved] {
        assert!(slate.iter().any(|entry| entry.is(outcome)), "no entry is {outcome:?}");
    }
    let proposer = &cast.proposers[0];
    let key = proposer.key();
    let close = community.close_proposal(0, FAILS_WITHOUT_SUPPORT, key, key);
    bench.probe("close_proposal/forfeited", Call::new(proposer, close));
    bench.restore(settled);
    bench.restore(polled);
}

/// Changes the head of the epoch in place.
fn edit_header(bench: &mut Bench, change: impl FnOnce(&mut BudgetEpoch)) {
    let key = bench.world.community.epoch(0);
    let mut header = bench.world.epoch(0);
    let mut account = bench.world.svm.get(&key).expect("the epoch is open");
    change(&mut header);
    account.data[8..8 + size_of::<BudgetEpoch>()].copy_from_slice(bytemuck::bytes_of(&header));
    bench.world.svm.put(key, account);
}

/// Execution, payouts and closing of one award, the lapse of another, and a ballot's end.
pub fn award(bench: &mut Bench, cast: &Cast) {
    const PAID: u8 = 1;
    const FORGOTTEN: u8 = 2;
    let community = bench.world.community;
    let [voter, ..] = &cast.voters;
    let close = community.close_vote_record(0, voter.key(), voter.key());
    bench.probe("close_vote_record/default", Call::new(voter, close));

    let recipient = &cast.proposers[0];
    let key = recipient.key();
    bench.world.to_execution(0);
    let execute = community.execute_award(key, 0, PAID, key);
    bench.act("execute_award/default", Call::new(recipient, execute));
    sizes::confirm(&bench.world, cast, PAID);
    let close = community.close_proposal(0, PAID, key, key);
    bench.probe("close_proposal/returned", Call::new(recipient, close));

    bench.world.svm.advance(30 * DAY);
    let lapse = community.lapse_proposal(0, FORGOTTEN);
    bench.probe("lapse_proposal/default", Call::new(&cast.keeper, lapse));
    let stream = bench.world.stream_key(0, PAID);
    let payout = community.budget_account(&key);
    let claim = community.withdraw_stream(stream, payout, None);
    bench.probe("withdraw_stream/spl", Call::new(recipient, claim.clone()));
    redirected(bench, recipient, stream);

    bench.world.svm.advance(30 * DAY);
    bench.step(Call::new(recipient, claim));
    let close = community.close_stream(stream, key, key);
    bench.act("close_stream/default", Call::new(recipient, close));
}

/// A payout account of the recipient's choice, which is then frozen; the claim falls back to the
/// associated account.
fn redirected(bench: &mut Bench, recipient: &Person, stream: anchor_lang::prelude::Pubkey) {
    let community = bench.world.community;
    let key = recipient.key();
    let chosen = keypair(&format!("chosen payout of {key}"), 0).pubkey();
    let (program, mint) = (community.budget_token_program, community.budget_mint);
    put_token_account(&mut bench.world.svm, chosen, program, mint, key, 0);
    let redirect = community.redirect_payout(key, stream, chosen);
    let before = bench.act_and_save("redirect_payout/default", Call::new(recipient, redirect));
    edit(&mut bench.world.svm, &chosen, |account| account.state = AccountState::Frozen);
    let fallback = community.budget_account(&key);
    let claim = community.withdraw_stream(stream, fallback, Some(chosen));
    bench.probe("withdraw_stream/fallback", Call::new(recipient, claim));
    bench.restore(before);
}
