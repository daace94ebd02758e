//! The same acts, one by one, in the embedded SVM and on a real bank, must leave the same bytes.
//!
//! LiteSVM is fast because it leaves much of the runtime out. What the other suites prove with it
//! is worth as much as its agreement with a bank, which this file shows.

use anchor_lang::{prelude::Pubkey, solana_program::instruction::Instruction};
use budget_client::{
    address,
    ballot::{Choice, pack},
    instruction::Submission,
};
use budget_sim::{
    World,
    svm::{GENESIS, program_path},
    world::{Ask, Person, Setup, test_policy},
};
use community_budget::{
    BallotArgs, BudgetError, CreateTreasuryArgs, FileUpdateArgs, ScoreUpdateArgs, SubmitActionArgs,
    constants::DAY_SECS,
    state::{Action, Health, Outcome, Role},
};
use solana_account::{Account, AccountSharedData};
use solana_clock::Clock;
use solana_keypair::Keypair;
use solana_program_test::{ProgramTest, ProgramTestContext};
use solana_signer::Signer;
use solana_transaction::Transaction;

/// The loader that genesis programs of a test bank belong to.
const LOADER: Pubkey = Pubkey::from_str_const("BPFLoader2111111111111111111111111111111111");

const SYSTEM: Pubkey = Pubkey::new_from_array([0; 32]);

/// The program that sets a transaction's limits, and its instruction for compute units.
const COMPUTE_BUDGET: Pubkey =
    Pubkey::from_str_const("ComputeBudget111111111111111111111111111111");
const SET_COMPUTE_UNIT_LIMIT: u8 = 2;

const DAY: i64 = 86_400;

/// The two runtimes side by side.
struct Both {
    world: World,
    bank: ProgramTestContext,
    /// Transactions sent so far.
    sent: u32,
}

impl Both {
    /// Both hold the same mints, wallets and token accounts, and the same program.
    async fn new(people: usize) -> (Self, Vec<Person>) {
        let mut world = World::before_treasury(&Setup::default());
        let people: Vec<Person> = (0..people).map(|_| world.person()).collect();

        let mut test = ProgramTest::default();
        let elf = std::fs::read(program_path())
            .unwrap_or_else(|e| panic!("no program: {e}; build it with `cargo xtask build`"));
        test.add_account(
            community_budget::ID,
            Account {
                lamports: 10_000_000_000,
                data: elf,
                owner: LOADER,
                executable: true,
                rent_epoch: u64::MAX,
            },
        );
        for (key, account) in world.svm.snapshot() {
            // Feature switches and programs are each runtime's own.
            if [budget_sim::token::SPL_TOKEN, SYSTEM].contains(&account.owner) {
                test.add_account(key, account);
            }
        }
        let fees = Account { lamports: 1_000_000_000_000, ..Account::default() };
        test.add_account(world.svm.fee_payer(), fees);
        let bank = test.start_with_context().await;
        let mut both = Self { world, bank, sent: 0 };
        both.set_now(GENESIS).await;
        (both, people)
    }

    async fn set_now(&mut self, now: i64) {
        self.world.svm.set_now(now);
        let clock: Clock = self.bank.banks_client.get_sysvar().await.expect("a clock");
        self.bank.set_sysvar(&Clock { unix_timestamp: now, ..clock });
    }

    /// Sends one instruction to both and returns the bank's custom error code, if it refused.
    async fn send(&mut self, instruction: Instruction, people: &[&Person]) -> Option<u32> {
        let simulated = self.world.send(instruction.clone(), people);
        // The bank's own clock ticks on.
        let now = self.world.svm.now();
        self.set_now(now).await;
        let blockhash = self.bank.banks_client.get_latest_blockhash().await.expect("a blockhash");
        let payer = self.world.svm.fee_payer_keypair();
        let mut signers: Vec<&Keypair> = vec![&payer];
        signers.extend(people.iter().map(|person| &person.wallet));
        let transaction = Transaction::new_signed_with_payer(
            &[instruction, self.stamp()],
            Some(&payer.pubkey()),
            &signers,
            blockhash,
        );
        let banked = self.bank.banks_client.process_transaction_with_metadata(transaction).await;
        match (&simulated, &banked.expect("an answer").result) {
            (Ok(_), Ok(())) => None,
            (Err(refusal), Err(error)) => {
                assert_eq!(&refusal.error, error, "the runtimes refuse for different reasons");
                refusal.code()
            }
            (_, banked) => panic!("the runtimes disagree: {banked:?} but {simulated:?}"),
        }
    }

    /// An instruction without effect that no two transactions share: equal acts under the same
    /// blockhash would be one transaction.
    fn stamp(&mut self) -> Instruction {
        self.sent += 1;
        let units = 1_000_000 + self.sent;
        let data = [&[SET_COMPUTE_UNIT_LIMIT], units.to_le_bytes().as_slice()].concat();
        Instruction { program_id: COMPUTE_BUDGET, accounts: vec![], data }
    }

    async fn done(&mut self, instruction: Instruction, people: &[&Person]) {
        let code = self.send(instruction, people).await;
        assert_eq!(code, None, "an act that must go through was refused");
    }

    /// Every account of the embedded SVM has a twin with the same owner, lamports and bytes.
    async fn assert_same(&mut self) {
        let mut compared = 0;
        for (key, ours) in self.world.svm.snapshot() {
            // Programs and other fixtures of the two runtimes differ; the community does not.
            if ![community_budget::ID, budget_sim::token::SPL_TOKEN].contains(&ours.owner) {
                continue;
            }
            let theirs = self.bank.banks_client.get_account(key).await.expect("an answer");
            let theirs = theirs.unwrap_or_else(|| panic!("account {key} is missing on the bank"));
            assert_eq!(ours.owner, theirs.owner, "owner of {key}");
            assert_eq!(ours.lamports, theirs.lamports, "lamports of {key}");
            assert!(ours.data == theirs.data, "bytes of {key}");
            compared += 1;
        }
        assert!(compared > 5, "a community has more accounts than {compared}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_epoch_leaves_the_same_bytes_on_a_real_bank() {
    let (mut b, people) = Both::new(3).await;
    let [alice, bob, carol] = &people[..] else { unreachable!() };
    let c = b.world.community;
    let payer = b.world.svm.fee_payer();
    let founder = b.world.founder.clone();

    let args = CreateTreasuryArgs {
        id: 0,
        first_open_at: GENESIS,
        policy: test_policy(),
        roles: b.world.roles(),
    };
    b.done(c.create_treasury(founder.key(), payer, args), &[&founder]).await;
    let source = c.budget_account(&founder.key());
    b.done(c.deposit_funds(founder.key(), source, 1_000_000_000), &[&founder]).await;
    let lock = test_policy().stake.max_lock_secs;
    b.done(c.open_stake(alice.key(), payer, lock), &[alice]).await;
    let tokens = c.stake_token_account(&alice.key());
    b.done(c.stake_tokens(alice.key(), tokens, 1_234_567), &[alice]).await;
    b.done(c.open_recipient_record(payer, bob.key()), &[]).await;
    b.done(c.open_epoch(payer, 0), &[]).await;
    for (index, amount) in [(0, 5_000_000), (1, 7_000_003)] {
        let by = Submission {
            epoch: 0,
            index,
            proposer: bob.key(),
            payer,
            recipient: bob.key(),
            recipient_signs: true,
            source: c.budget_account(&bob.key()),
        };
        b.done(c.submit_proposal(by, Ask::of(amount).args()), &[bob]).await;
    }
    b.assert_same().await;

    let slate_hash = b.world.epoch(0).slate_hash;
    let ballot =
        |choices: &[(u8, Choice)]| BallotArgs { slate_hash, ballot: pack(choices.iter().copied()) };
    let both_for = ballot(&[(0, Choice::For), (1, Choice::For)]);
    let early = b.send(c.cast_vote(alice.key(), payer, 0, both_for.clone()), &[alice]).await;
    assert_eq!(early, Some(u32::from(BudgetError::NotInVoting)));
    let opens_at = b.world.epoch(0).voting_opens_at;
    b.set_now(opens_at).await;
    b.done(c.cast_vote(alice.key(), payer, 0, both_for.clone()), &[alice]).await;
    let again = b.send(c.cast_vote(alice.key(), payer, 0, both_for), &[alice]).await;
    assert_eq!(again, Some(u32::from(BudgetError::AlreadyVoted)));
    let one_only = ballot(&[(0, Choice::For), (1, Choice::Against)]);
    b.done(c.revise_vote(alice.key(), 0, one_only), &[alice]).await;
    b.assert_same().await;

    let closes_at = b.world.epoch(0).voting_closes_at;
    b.set_now(closes_at).await;
    b.done(c.settle_epoch(0), &[]).await;
    assert!(b.world.entry(0, 0).is(Outcome::Funded));
    assert!(b.world.entry(0, 1).is(Outcome::Failed));
    b.set_now(closes_at + 4 * DAY).await;
    b.done(c.execute_award(payer, 0, 0, bob.key()), &[]).await;
    let stream = b.world.stream_key(0, 0);
    let payout = c.budget_account(&bob.key());
    b.set_now(closes_at + 34 * DAY).await;
    b.done(c.withdraw_stream(stream, payout, None), &[]).await;
    let elsewhere = c.budget_account(&carol.key());
    let wrong = b.send(c.withdraw_stream(stream, elsewhere, None), &[]).await;
    assert_eq!(wrong, Some(u32::from(BudgetError::WrongPayoutAccount)));
    b.set_now(closes_at + 64 * DAY).await;
    b.done(c.withdraw_stream(stream, payout, None), &[]).await;
    b.assert_same().await;

    b.done(c.close_vote_record(0, alice.key(), payer), &[]).await;
    for index in 0..2 {
        b.done(c.close_proposal(0, index, bob.key(), payer), &[]).await;
    }
    b.done(c.close_stream(stream, bob.key(), payer), &[]).await;
    b.done(c.close_epoch(0, payer), &[]).await;
    b.assert_same().await;
    let epoch = c.epoch(0);
    for gone in [epoch, address::proposal(&epoch, 0), stream] {
        assert!(b.bank.banks_client.get_account(gone).await.expect("an answer").is_none());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_prefunded_address_is_created_all_the_same() {
    let (mut b, people) = Both::new(1).await;
    let [alice] = &people[..] else { unreachable!() };
    let c = b.world.community;
    let payer = b.world.svm.fee_payer();
    let founder = b.world.founder.clone();
    let args = CreateTreasuryArgs {
        id: 0,
        first_open_at: GENESIS,
        policy: test_policy(),
        roles: b.world.roles(),
    };
    b.done(c.create_treasury(founder.key(), payer, args), &[&founder]).await;

    let stake = c.stake(&alice.key());
    let gift = Account { lamports: 1_000_000, ..Account::default() };
    b.world.svm.put(stake, gift.clone());
    b.bank.set_account(&stake, &AccountSharedData::from(gift));
    let lock = test_policy().stake.min_lock_secs;
    b.done(c.open_stake(alice.key(), payer, lock), &[alice]).await;
    b.assert_same().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn roles_reviews_and_rewards_leave_the_same_bytes_on_a_real_bank() {
    let (mut b, people) = Both::new(3).await;
    let [alice, bob, dana] = &people[..] else { unreachable!() };
    let c = b.world.community;
    let payer = b.world.svm.fee_payer();
    let founder = b.world.founder.clone();
    let [guardian, reviewer] = [b.world.guardian.clone(), b.world.reviewer.clone()];

    let mut policy = test_policy();
    policy.budget.reward_bps = 200;
    policy.breaker.outflow_bps = 100;
    let roles = b.world.roles();
    let args = CreateTreasuryArgs { id: 0, first_open_at: GENESIS, policy, roles };
    b.done(c.create_treasury(founder.key(), payer, args), &[&founder]).await;
    let source = c.budget_account(&founder.key());
    b.done(c.deposit_funds(founder.key(), source, 1_000_000_000), &[&founder]).await;
    b.done(c.open_stake(alice.key(), payer, policy.stake.min_lock_secs), &[alice]).await;
    let tokens = c.stake_token_account(&alice.key());
    b.done(c.stake_tokens(alice.key(), tokens, 777), &[alice]).await;
    b.done(c.set_delegate(alice.key(), dana.key()), &[alice]).await;
    b.done(c.open_recipient_record(payer, bob.key()), &[]).await;
    b.done(c.open_epoch(payer, 0), &[]).await;
    let by = |index| Submission {
        epoch: 0,
        index,
        proposer: bob.key(),
        payer,
        recipient: bob.key(),
        recipient_signs: true,
        source: c.budget_account(&bob.key()),
    };
    let ask = Ask::with_reviews(40_000_001, 60, 1);
    b.done(c.submit_proposal(by(0), ask.args()), &[bob]).await;
    let act = SubmitActionArgs {
        action: Action::SetRole { role: Role::Reviewer, holder: dana.key() },
        metadata_hash: [9; 32],
        title: "Another reviewer".to_owned(),
        metadata_uri: String::new(),
    };
    b.done(c.submit_action(by(1), false, act), &[bob]).await;

    let slate_hash = b.world.epoch(0).slate_hash;
    let ballot = pack([(0, Choice::For), (1, Choice::For)]);
    let opens_at = b.world.epoch(0).voting_opens_at;
    b.set_now(opens_at).await;
    let args = BallotArgs { slate_hash, ballot };
    let cast = c.cast_vote_for(alice.key(), dana.key(), payer, 0, args);
    b.done(cast, &[dana]).await;
    let closes_at = b.world.epoch(0).voting_closes_at;
    b.set_now(closes_at).await;
    b.done(c.settle_epoch(0), &[]).await;
    b.assert_same().await;

    // The guardian's and the reviewer's transactions are looked at through a sysvar.
    b.done(c.pause_executions(guardian.key(), 5 * DAY_SECS), &[&guardian]).await;
    b.set_now(closes_at + 4 * DAY).await;
    let blocked = b.send(c.execute_award(payer, 0, 0, bob.key()), &[]).await;
    assert_eq!(blocked, Some(u32::from(BudgetError::ExecutionBlocked)));
    b.done(c.execute_set_role(0, 1), &[]).await;
    let now = closes_at + 5 * DAY;
    b.set_now(now).await;
    b.done(c.execute_award(payer, 0, 0, bob.key()), &[]).await;
    b.set_now(now + 30 * DAY).await;
    let stream = b.world.stream_key(0, 0);
    let update = FileUpdateArgs {
        checkpoint: 0,
        health: Health::OnTrack,
        spent: 5,
        evidence_hash: [3; 32],
        evidence_uri: "https://example.org/update.json".to_owned(),
    };
    b.done(c.file_update(bob.key(), payer, stream, update), &[bob]).await;
    let verdict =
        ScoreUpdateArgs { score_bps: 4_500, evidence_hash: [3; 32], verdict_hash: [4; 32] };
    let score = |by: &Person| c.score_update(by.key(), stream, 0, bob.key(), verdict);
    let former = b.send(score(&reviewer), &[&reviewer]).await;
    assert_eq!(former, Some(u32::from(BudgetError::RoleRequired)));
    b.done(score(dana), &[dana]).await;
    let payout = c.budget_account(&bob.key());
    b.done(c.withdraw_stream(stream, payout, None), &[]).await;
    assert!(b.world.stream(0, 0).withdrawn > 0);
    b.done(c.pause_stream(guardian.key(), stream, DAY_SECS), &[&guardian]).await;
    b.done(c.return_funds(bob.key(), payout, 0, 1_234, true), &[bob]).await;
    b.assert_same().await;

    b.done(c.close_vote_record(0, alice.key(), payer), &[]).await;
    assert_eq!(b.world.epoch(0).rewards_paid, b.world.epoch(0).reward_pool);
    b.done(c.close_review(stream, 0, payer), &[]).await;
    b.set_now(now + 70 * DAY).await;
    b.done(c.withdraw_stream(stream, payout, None), &[]).await;
    b.done(c.close_stream(stream, bob.key(), payer), &[]).await;
    b.assert_same().await;
}
