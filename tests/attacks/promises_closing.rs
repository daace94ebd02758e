//! P6: wherever a community is abandoned, a stranger with nothing but lamports for fees winds it
//! up: pays recipients what is released, frees what is not, closes every account, and returns each
//! rent to whoever paid it.

use std::collections::BTreeMap;

use anchor_lang::{Discriminator, prelude::Pubkey, solana_program::instruction::Instruction};
use budget_tests::*;
use community_budget::{
    ID,
    state::{Proposal, RecipientRecord, Role, Ruling, Stake, Stream, Treasury, VoteRecord},
};

use crate::stage::*;

/// Where a community's life stops, and with it every act of its people.
const STOPS: usize = 8;

struct Life {
    w: World,
    voters: Vec<Person>,
    recipients: Vec<Person>,
}

fn policy() -> Policy {
    let mut policy = brisk();
    policy.slate.slot_fee = 1_000;
    policy.slate.bond = 50_000;
    policy.budget.reward_bps = 200;
    policy.breaker.outflow_bps = 100;
    policy
}

/// Takes a token account away, as closing it does.
fn remove(w: &mut World, key: Pubkey) {
    w.svm.put(key, Default::default());
}

/// A life with everything in it that may be left behind, up to `stop`.
fn life(stop: usize) -> Life {
    let (mut w, voters) = submission(policy(), &[600, 250, 150]);
    let mut recipients = Vec::new();
    let asks = [
        Ask::with_reviews(9 * MILLION, 60, 2), // silent: held
        Ask::with_reviews(9 * MILLION, 60, 2), // held by a score
        Ask { category: HEDGES, ..Ask::of(9 * MILLION) }, // cancelled by vote
        Ask::of(9 * MILLION),                  // paused, payout account closed
        in_a_day(9 * MILLION),                 // finished
        Ask::of(MILLION),                      // executed by nobody
        Ask::of(MILLION),                      // vetoed
    ];
    for terms in &asks {
        recipients.push(ask(&mut w, terms));
    }
    let [spammer, victim] = [0; 2].map(|_| w.proposer());
    w.submit_for(&spammer, &victim, false, &Ask::of(MILLION)).unwrap(); // 7, never accepted
    w.submit(&spammer, &Ask::of(MILLION)).unwrap(); // 8, withdrawn
    w.withdraw(&spammer, 8).unwrap();
    w.submit(&spammer, &Ask::of(MILLION)).unwrap(); // 9, fails
    w.submit_action(&victim, World::set_role(Role::Reviewer, victim.key())).unwrap(); // 10
    // The spammer's bonds have nowhere to go.
    let purse = w.community.budget_account(&spammer.key());
    remove(&mut w, purse);
    w.set_delegate(&voters[2], voters[1].key()).unwrap();
    let done = |w: World| Life { w, voters: voters.clone(), recipients: recipients.clone() };
    if stop == 0 {
        return done(w);
    }

    w.to_voting();
    let yes: Vec<_> =
        all(&w, For).into_iter().filter(|(index, _)| *index != 9).chain([(9, Against)]).collect();
    w.cast(&voters[0], &yes).unwrap();
    w.cast(&voters[1], &yes).unwrap();
    cast_for(&mut w, &voters[2], &voters[1], &[(0, Abstain)]).unwrap();
    // One voter's reward has nowhere to go.
    let purse = w.community.budget_account(&voters[1].key());
    remove(&mut w, purse);
    if stop == 1 {
        return done(w);
    }
    w.to_tallying();
    w.settle().unwrap();
    if stop == 2 {
        return done(w);
    }
    let guardian = w.guardian.clone();
    w.veto(&guardian, 0, 6).unwrap();
    w.to_execution(0);
    for index in 0..5 {
        w.execute(0, index).unwrap();
    }
    let start = w.svm.now();
    if stop == 3 {
        return done(w);
    }
    let payout = w.person();
    let account = w.community.budget_account(&payout.key());
    let redirect = w.community.redirect_payout(recipients[3].key(), w.stream_key(0, 3), account);
    w.send(redirect, &[&recipients[3]]).unwrap();
    remove(&mut w, account);
    w.pause_stream(&guardian, 0, 3, 7 * DAY_SECS).unwrap();
    w.svm.set_now(start + 20 * DAY);
    w.file_update(&recipients[1], 0, 1).unwrap();
    w.score(0, 1, 0).unwrap();
    if stop == 4 {
        return done(w);
    }
    w.open_next_epoch();
    let cancel = w.ruling(0, 2, Ruling::Cancel);
    w.submit_action(&victim, cancel).unwrap();
    ask(&mut w, &Ask::of(9 * MILLION));
    if stop == 5 {
        return done(w);
    }
    w.to_voting();
    w.cast(&voters[0], &[(0, For), (1, For)]).unwrap();
    w.to_tallying();
    w.settle().unwrap();
    w.pause_executions(&guardian, 7 * DAY_SECS).unwrap();
    if stop == 6 {
        return done(w);
    }
    w.to_execution(1);
    w.execute_action(1, 0).unwrap();
    w.open_next_epoch();
    assert_eq!(stop, 7, "there is no later stop");
    done(w)
}

fn kind_of<T: Discriminator>(data: &[u8]) -> bool {
    data.get(..8) == Some(T::DISCRIMINATOR)
}

/// The program's accounts that P6 speaks of: all but treasury, records and stakes. With their
/// lamports.
fn closable(w: &World) -> BTreeMap<Pubkey, u64> {
    let stays = |data: &[u8]| {
        kind_of::<Treasury>(data) || kind_of::<RecipientRecord>(data) || kind_of::<Stake>(data)
    };
    let own = w.svm.snapshot().into_iter();
    own.filter(|(_, account)| account.owner == ID && !stays(&account.data))
        .map(|(key, account)| (key, account.lamports))
        .collect()
}

/// Everything that a stranger can try now, without anybody's signature.
fn attempts(w: &World, life: &Life) -> Vec<Instruction> {
    let (c, payer) = (w.community, w.svm.fee_payer());
    let mut all = Vec::new();
    for epoch in 0..w.treasury().epoch_count {
        if !w.svm.exists(&c.epoch(epoch)) {
            continue;
        }
        all.push(c.settle_epoch(epoch));
        for index in 0..w.epoch(epoch).entry_count {
            all.push(c.lapse_proposal(epoch, index));
            let key = w.proposal_key(epoch, index);
            if w.svm.exists(&key) {
                let proposer = w.svm.read::<Proposal>(&key).proposer;
                all.push(c.close_proposal(epoch, index, proposer, payer));
            }
        }
        for voter in &life.voters {
            let key = w.vote_record_key(epoch, voter);
            if w.svm.exists(&key) {
                let owner = w.svm.read::<VoteRecord>(&key).owner;
                all.push(c.close_vote_record(epoch, owner, payer));
            }
        }
        all.push(c.reclaim_rewards(epoch));
        all.push(c.close_epoch(epoch, payer));
    }
    let ruling = w.treasury().epoch_count.checked_sub(1);
    for (key, account) in w.svm.snapshot() {
        if account.owner != ID || !kind_of::<Stream>(&account.data) {
            continue;
        }
        let stream: Stream = w.svm.read(&key);
        let own = c.budget_account(&stream.recipient);
        let blocked = (stream.payout_account != own).then_some(stream.payout_account);
        all.push(c.hold_stream(key, stream.recipient));
        all.push(c.lapse_stream(key, stream.recipient, None));
        all.push(c.lapse_stream(key, stream.recipient, ruling));
        all.push(c.withdraw_stream(key, own, blocked));
        all.extend(
            (0..stream.checkpoints).map(|checkpoint| c.close_review(key, checkpoint, payer)),
        );
        all.push(c.close_stream(key, stream.recipient, payer));
    }
    all
}

#[test]
fn p6_a_stranger_winds_up_what_was_abandoned_anywhere() {
    for stop in 0..STOPS {
        let mut life = life(stop);
        let mut w = std::mem::replace(&mut life.w, World::new());
        let stranger = Person { wallet: w.svm.wallet() };
        let (left, treasurer) = (closable(&w), w.svm.fee_payer());
        let rent_payers_lamports = w.svm.lamports(&treasurer);
        assert!(left.len() > 10, "stop {stop}");
        let mut months = 0;
        while !closable(&w).is_empty() {
            assert!(months < 24, "stop {stop}: {:?} stay", closable(&w).keys());
            w.svm.advance(30 * DAY);
            months += 1;
            loop {
                let tried = attempts(&w, &life);
                let went: usize = tried
                    .into_iter()
                    .map(|instruction| {
                        let sent = w.svm.send_paid_by(&stranger.wallet, &[instruction], &[]);
                        usize::from(sent.is_ok())
                    })
                    .sum();
                if went == 0 {
                    break;
                }
            }
        }
        println!("stop {stop}: {} accounts closed within {months} months", left.len());
        // Each rent is back with its payer, to the lamport.
        let rents: u64 = left.values().sum();
        assert_eq!(w.svm.lamports(&treasurer), rent_payers_lamports + rents, "stop {stop}");
        // Nothing is promised, set aside or held as a bond any more; the vault has what it says.
        let books = w.treasury();
        assert_eq!((books.committed, books.reserved_funds, books.bonded), (0, 0, 0));
        assert_eq!(w.vault(), books.tracked);
        assert_eq!(token::balance(&w.svm, &w.community.bond_vault()), 0);
        // Recipients have what was released, and the treasury's history says the same.
        for recipient in &life.recipients {
            let record = w.record_of(recipient);
            assert!(record.paid + record.returned <= record.awarded);
            // Whoever stood for election has the bond back.
            if stop > 0 {
                let least = PURSE - 4_000 + record.paid;
                assert!(w.purse(recipient) + 9 * MILLION * u64::from(stop > 3) >= least);
            }
        }
        if stop >= 3 {
            assert_eq!(w.record_of(&life.recipients[4]).paid, 9 * MILLION, "the finished one");
            let silent = w.record_of(&life.recipients[0]);
            assert_eq!(silent.paid, 3 * MILLION, "the first of three parts");
            assert_eq!(silent.paid + silent.returned, 9 * MILLION);
        }
        // Stakes are their owners' to close; nothing keeps them from it.
        for voter in &life.voters {
            let amount = w.stake_of(voter).amount;
            w.unstake(voter, amount).unwrap();
        }
        w.svm.advance(60 * DAY);
        for voter in &life.voters {
            w.withdraw_unstaked(voter).unwrap();
            w.close_stake(voter).unwrap();
            assert_eq!(stake_purse(&w, voter), PURSE);
        }
    }
}
