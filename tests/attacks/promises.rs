//! P1, P2 and P3, against somebody who holds every key: the founder's, the roles', every staker's,
//! every recipient's.

use anchor_lang::{
    Discriminator,
    prelude::{AccountMeta, Pubkey},
    solana_program::instruction::Instruction,
};
use budget_client::instruction::Submission;
use budget_sim::svm::keypair;
use budget_tests::*;
use community_budget::{
    BudgetError, ID,
    state::{Action, BudgetEpoch, PolicyPatch, Role, Ruling, Stream},
};

use crate::stage::*;

// --- P1 -----------------------------------------------------------------------------------------

/// Every way through the program that a token of the vault can take is open: a stream that has
/// released, a record with a reward, a proposal with a bond, an epoch in submission. `thief` is
/// owed nothing.
struct Open {
    w: World,
    voter: Person,
    recipient: Person,
    thief: Person,
}

fn open(submission: bool) -> Open {
    let mut policy = brisk();
    policy.budget.reward_bps = 200;
    policy.slate.slot_fee = 1_000;
    policy.slate.bond = 50_000;
    let (mut w, voter, recipient) = streaming(policy, &hedge());
    let thief = w.proposer();
    // A token account that looks like a vault: the treasury owns it.
    let fake = Person { wallet: keypair("fake vault", 0) }.key();
    let (program, mint) = (w.community.budget_token_program, w.community.budget_mint);
    let owner = w.community.treasury;
    token::put_token_account(&mut w.svm, fake, program, mint, owner, FUNDS);
    w.donate(7);
    w.svm.advance(DAY);
    if submission {
        w.open_next_epoch();
    }
    Open { w, voter, recipient, thief }
}

fn hedge() -> Ask {
    Ask { category: HEDGES, duration_secs: shortest(), ..Ask::of(20 * MILLION) }
}

/// Names of the instructions below that need an epoch in submission.
const IN_SUBMISSION: [&str; 2] = ["submit_proposal", "submit_action"];

/// Every instruction that is given the vault.
fn instructions(open: &Open) -> Vec<(&'static str, Instruction)> {
    let Open { w, voter, recipient, thief } = open;
    let (c, payer) = (w.community, w.svm.fee_payer());
    let source = c.budget_account(&thief.key());
    let payout = c.budget_account(&recipient.key());
    let mut all = vec![
        ("deposit_funds", c.deposit_funds(thief.key(), source, 5)),
        ("return_funds", c.return_funds(thief.key(), source, HEDGES, 5, true)),
        ("withdraw_stream", c.withdraw_stream(w.stream_key(0, 0), payout, None)),
        ("close_vote_record", c.close_vote_record(0, voter.key(), payer)),
        ("close_proposal", c.close_proposal(0, 0, recipient.key(), payer)),
    ];
    let epoch = w.current();
    if epoch == 0 {
        all.push(("absorb_surplus", c.absorb_surplus()));
        return all;
    }
    let by = Submission {
        epoch,
        index: 0,
        proposer: thief.key(),
        payer,
        recipient: thief.key(),
        recipient_signs: true,
        source,
    };
    let args = community_budget::SubmitActionArgs {
        action: World::set_role(Role::Guardian, thief.key()),
        metadata_hash: [0; 32],
        title: "Mine".to_owned(),
        metadata_uri: String::new(),
    };
    all.push((IN_SUBMISSION[0], c.submit_proposal(by, Ask::of(5).args())));
    all.push((IN_SUBMISSION[1], c.submit_action(by, false, args)));
    all
}

/// Base units that streams and rewards have paid, by the accounts of both.
fn paid(w: &World) -> u64 {
    let mut sum = 0;
    for (key, account) in w.svm.snapshot() {
        if account.owner != ID {
            continue;
        }
        match account.data.get(..8) {
            Some(kind) if kind == Stream::DISCRIMINATOR => {
                sum += w.svm.read::<Stream>(&key).withdrawn;
            }
            Some(kind) if kind == BudgetEpoch::DISCRIMINATOR => {
                sum += w.svm.read::<BudgetEpoch>(&key).rewards_paid;
            }
            _ => {}
        }
    }
    sum
}

/// Sends an instruction, signed by everybody who exists and is asked; none if a signature is asked
/// of an account that has no key.
fn send_with_every_key(w: &mut World, instruction: Instruction) -> Option<Act> {
    let payer = w.svm.fee_payer();
    let roles = ["guardian", "reviewer", "risk reporter"].map(|role| keypair(role, 0));
    let wallets: Vec<Person> = (1..20)
        .map(|number| keypair("wallet", number))
        .chain(roles)
        .map(|wallet| Person { wallet })
        .collect();
    let asked = instruction.accounts.iter().filter(|m| m.is_signer && m.pubkey != payer);
    let people: Option<Vec<&Person>> =
        asked.map(|m| wallets.iter().find(|person| person.key() == m.pubkey)).collect();
    Some(w.send(instruction, &people?))
}

#[test]
fn p1_no_hostile_account_moves_a_token_beyond_awards_and_rewards() {
    let (mut attempts, mut landed) = (0, 0);
    for submission in [false, true] {
        let names = instructions(&open(submission));
        for (which, (name, valid)) in names.iter().enumerate() {
            if submission != IN_SUBMISSION.contains(name) {
                continue;
            }
            let mut now = open(submission);
            assert_eq!(instructions(&now)[which].1, *valid, "worlds repeat themselves");
            let keys: Vec<Pubkey> = now.w.svm.snapshot().keys().copied().collect();
            let everything = (0..valid.accounts.len())
                .flat_map(|position| keys.iter().map(move |key| (position, *key)));
            for (position, key) in everything {
                let (w, thief) = (&mut now.w, now.thief.clone());
                let vault = w.vault();
                let hostile = swapped(valid.clone(), position, key);
                let Some(act) = send_with_every_key(w, hostile) else { continue };
                attempts += 1;
                if act.is_err() {
                    assert_eq!(w.vault(), vault);
                    continue;
                }
                // It landed: what left is what a stream or a reward owed, and not the thief's.
                landed += 1;
                let what = format!("{name} with {key} as account {position}");
                let fresh = open(submission);
                let out = i128::from(vault) - i128::from(w.vault());
                let due = i128::from(paid(w)) - i128::from(paid(&fresh.w));
                assert!(out <= due, "{what}: {out} left, {due} were due");
                assert!(w.purse(&thief) <= fresh.w.purse(&thief), "{what}: the thief gained");
                let tracked = fresh.w.treasury().tracked;
                let books = i128::from(tracked) - i128::from(w.treasury().tracked);
                assert!(out <= books || *name == "absorb_surplus", "{what}: the books");
                now = fresh;
            }
        }
    }
    println!("{attempts} attempts, {landed} landed within what was due");
    assert!(attempts > 2_000 && landed >= 8, "{attempts} attempts, {landed} landed");
}

#[test]
fn p1_the_token_program_takes_no_key_for_the_vaults() {
    const OWNER_MISMATCH: u32 = 4;
    let Open { mut w, voter, recipient, thief } = open(false);
    let c = w.community;
    let target = c.budget_account(&thief.key());
    let amount = 1u64.to_le_bytes();
    let people = [
        w.founder.clone(),
        w.guardian.clone(),
        w.reviewer.clone(),
        w.risk_reporter.clone(),
        voter,
        recipient,
        thief,
    ];
    for vault in [c.vault(), c.stake_vault(), c.bond_vault()] {
        let mint = if vault == c.stake_vault() { c.stake_mint } else { c.budget_mint };
        for person in &people {
            let key = person.key();
            let (own, signer) =
                (AccountMeta::new(vault, false), AccountMeta::new_readonly(key, true));
            let to = AccountMeta::new(target, false);
            let mint = AccountMeta::new(mint, false);
            let with = |data: Vec<u8>, accounts: Vec<AccountMeta>| Instruction {
                program_id: token::SPL_TOKEN,
                accounts,
                data,
            };
            let authority = [&[6, 2, 1][..], key.as_ref()].concat();
            let hostile = [
                with([&[4][..], &amount].concat(), vec![own.clone(), to.clone(), signer.clone()]),
                with(authority, vec![own.clone(), signer.clone()]),
                with(
                    [&[12][..], &amount, &[6]].concat(),
                    vec![own.clone(), mint.clone(), to.clone(), signer.clone()],
                ),
                with([&[8][..], &amount].concat(), vec![own.clone(), mint, signer.clone()]),
            ];
            for instruction in hostile {
                if vault == c.stake_vault() && instruction.data[0] == 12 {
                    continue; // another mint than the thief's account: refused for that
                }
                refused_with_code(&mut w, OWNER_MISMATCH, "OwnerMismatch", |w| {
                    w.send(instruction, &[person])
                });
            }
        }
    }
}

#[test]
fn p1_what_left_the_vault_is_awards_and_rewards() {
    let Open { mut w, voter, recipient, thief } = open(false);
    w.absorb_surplus().unwrap();
    w.close_vote_record(0, &voter).unwrap();
    let reward = w.purse(&voter) - PURSE;
    assert_eq!(reward, w.epoch(0).cap * 200 / 10_000, "the one voter's");
    w.close_proposal(0, 0).unwrap();
    w.svm.advance(i64::from(shortest()));
    w.claim(0, 0).unwrap();
    let award = 20 * MILLION;
    assert_eq!(w.purse(&recipient), PURSE - 1_000 + award);
    assert_eq!(w.vault(), FUNDS + 1_000 + 7 - award - reward);
    assert_eq!(w.purse(&thief), PURSE);
}

// --- P2 -----------------------------------------------------------------------------------------

/// What the captor has the treasury pay for an epoch that was captured whole: as much as the limits
/// let through, as fast as they let it stream, while honest members rule on every stream as soon as
/// an epoch lets them. `waits` has the captor begin the long streams as late as that hurts most.
/// Returns the cap and what left the vault.
fn captured(policy: Policy, waits: bool) -> (u64, u64) {
    let (mut w, stakers) = submission(policy, &[1, 1_000]);
    let [honest, captor] = [stakers[0].clone(), stakers[1].clone()];
    let cap = w.epoch(0).cap;
    let long = policy.min_long_stream_secs().unwrap();
    for _ in 0..5 {
        ask(&mut w, &in_a_day(SMALL));
    }
    for amount in [50 * MILLION, 200 * MILLION] {
        ask(&mut w, &Ask { duration_secs: long, ..Ask::of(amount) });
    }
    carry(&mut w, &[&captor]);
    assert_eq!((w.epoch(0).allocated, w.treasury().committed), (cap, cap));
    // The members wake up, with more stake than the captor.
    w.stake(&honest, 100_000).unwrap();
    w.open_recipient_record(honest.key()).unwrap();

    let settled_at = w.svm.now();
    let grace = i64::from(policy.schedule.execution_grace_secs);
    for hour in 0..24 * 150 {
        w.svm.set_now(settled_at + hour * 3_600);
        let now = w.svm.now();
        // The captor.
        let last_chance = now + 3_600 >= settled_at + grace;
        let voting = w.current() > 0 && now >= w.epoch(w.current()).voting_opens_at;
        for index in 0..7 {
            if w.entry(0, index).is(Outcome::Funded) && (!waits || last_chance || voting) {
                let _ = w.execute(0, index);
            }
            if w.svm.exists(&w.stream_key(0, index)) {
                let _ = w.claim(0, index);
            }
        }
        if w.treasury().committed == 0 {
            return (cap, FUNDS - w.vault());
        }
        // The members.
        let epoch = w.current();
        let header = w.epoch(epoch);
        for past in 1..=epoch {
            for index in 0..w.epoch(past).entry_count {
                if w.entry(past, index).is(Outcome::Approved) {
                    let _ = w.execute_action(past, index);
                }
            }
        }
        if header.settled_at != 0 {
            let _ = w.open_epoch();
        } else if now + 3_600 == header.voting_opens_at {
            for index in 0..7 {
                let runs = |s: &Stream| s.ended_at == 0 && s.withdrawn < s.total;
                if w.svm.exists(&w.stream_key(0, index)) && runs(&w.stream(0, index)) {
                    let cancel = w.ruling(0, index, Ruling::Cancel);
                    w.submit_action(&honest, cancel).unwrap();
                }
            }
        } else if now == header.voting_opens_at && header.entry_count > 0 {
            let (yes, no) = (all(&w, For), all(&w, Against));
            w.cast(&captor, &no).unwrap();
            w.cast(&honest, &yes).unwrap();
        } else if now >= header.voting_closes_at {
            w.settle().unwrap();
        }
    }
    panic!("the streams neither end nor are stopped");
}

#[test]
fn p2_a_captured_vote_costs_one_cap_at_most_and_the_next_vote_stops_the_rest() {
    let mut usual = test_policy(); // the default schedule
    usual.budget.epoch_cap_bps = 3_000;
    usual.slate.slot_fee = 0;
    usual.slate.bond = 0;
    // Hours for which the medium and the large stream ran before the first ruling on them. On the
    // fastest schedule the next slate closes as the large one begins: it is ruled on an epoch later.
    let cases = [
        ("the default schedule, at once", usual, false, [32 * 24, 30 * 24]),
        ("the default schedule, at the last moment", usual, true, [20 * 24 + 1; 2]),
        ("the fastest schedule, at once", brisk(), false, [9 * 24, 14 * 24]),
        ("the fastest schedule, as the slate closes", brisk(), true, [14 * 24; 2]),
    ];
    for (name, policy, waits, ran) in cases {
        let (cap, loss) = captured(policy, waits);
        println!("{name}: {loss} of the cap of {cap} are lost");
        assert_eq!(cap, FUNDS * 3 / 10, "the largest share that the bounds allow");
        assert!(loss <= cap);
        let length = u64::from(policy.min_long_stream_secs().unwrap()) / 3_600;
        let [medium, large] = ran.map(|hours: u64| hours.min(length));
        let streamed = 50 * MILLION * medium / length + 200 * MILLION * large / length;
        assert_eq!(loss, ALL_SMALL + streamed, "{name}");
        assert!(loss < cap || policy == brisk(), "the next vote stopped nothing");
    }
}

// --- P3 -----------------------------------------------------------------------------------------

/// The shortest timelocks that a policy may have.
fn hasty() -> Policy {
    let mut policy = brisk();
    for rule in &mut policy.tiers.rules {
        rule.timelock_secs = DAY_SECS;
    }
    policy.schedule.execution_grace_secs = 7 * DAY_SECS;
    policy
}

#[test]
fn p3_nothing_executes_within_a_day_of_its_settlement() {
    let (mut w, voter, recipient) = streaming(hasty(), &hedge());
    w.open_next_epoch();
    w.open_recipient_record(voter.key()).unwrap();
    let cancel = w.ruling(0, 0, Ruling::Cancel);
    w.submit(&recipient, &in_a_day(MILLION)).unwrap();
    let acts = [
        Action::SetPolicy(budget_of(&test_policy())),
        World::set_role(Role::Guardian, voter.key()),
        cancel,
        Action::ClearBreaker,
        Action::WriteOff { category: HEDGES, amount: 1 },
    ];
    for act in &acts {
        let proposer = w.proposer();
        w.submit_action(&proposer, act.clone()).unwrap();
    }
    carry(&mut w, &[&voter]);
    let settled_at = w.svm.now();
    let execute = |w: &mut World, index: u8| {
        if index == 0 { w.execute(1, 0) } else { w.execute_action(1, index) }
    };
    for secs in [0, 1, 3_600, DAY / 2, DAY - 1] {
        w.svm.set_now(settled_at + secs);
        for index in 0..6 {
            refused(&mut w, BudgetError::StillTimelocked, |w| execute(w, index));
        }
    }
    w.svm.set_now(settled_at + DAY);
    for index in [0, 1, 2, 3, 5] {
        execute(&mut w, index).unwrap();
    }
    refused(&mut w, BudgetError::BreakerNotTripped, |w| execute(w, 4));
}

#[test]
fn p3_no_policy_has_a_timelock_of_less_than_a_day() {
    for tier in 0..4 {
        let mut policy = hasty();
        policy.tiers.rules[tier].timelock_secs = DAY_SECS - 1;
        let setup = Setup { policy, ..Setup::default() };
        let mut w = World::before_treasury(&setup);
        refused(&mut w, BudgetError::PolicyOutOfBounds, |w| w.create_treasury(&setup));
        // Nor does a vote with every stake bring one about.
        let (mut w, stakers) = community(hasty(), &[1_000]);
        let proposer = w.proposer();
        let patch = Action::SetPolicy(PolicyPatch::Tiers(policy.tiers));
        let (epoch, index) = w.approve_action(&proposer, &stakers[0], patch);
        w.to_execution(epoch);
        refused(&mut w, BudgetError::PolicyOutOfBounds, |w| w.execute_action(epoch, index));
    }
}
