//! A community in an SVM: a treasury, members, proposers, and the acts they take.
//!
//! Acts send one instruction each, signed by whoever must, and return what the program said.

mod governance;
mod review;
mod risk;

use anchor_lang::{
    Discriminator,
    prelude::{Pubkey, Rent},
    solana_program::instruction::Instruction,
};
use budget_client::{
    Community, address,
    ballot::{Choice, pack},
    instruction::Submission,
};
use community_budget::{
    BallotArgs, CreateTreasuryArgs, SubmitProposalArgs,
    constants::{ACCOUNT_VERSION, DAY_SECS, STAKE_SEED},
    state::{
        BudgetEpoch, Entry, Policy, Proposal, RecipientRecord, Roles, Stake, Stream, Treasury,
        VoteRecord,
    },
};
use solana_account::Account;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::{
    svm::{GENESIS, Landed, Refusal, Svm, keypair},
    token::{self, SPL_TOKEN, balance, put_associated, put_mint},
};

/// What an act came to.
pub type Act = Result<Landed, Box<Refusal>>;

/// How a world begins.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Policy of the treasury.
    pub policy: Policy,
    /// Base units deposited before the first epoch.
    pub funds: u64,
    /// Decimals of both mints.
    pub decimals: u8,
    /// Token program of the budget mint.
    pub budget_token_program: Pubkey,
    /// Token program of the stake mint.
    pub stake_token_program: Pubkey,
    /// Whether signatures are checked; not needed for bulk work.
    pub signature_checks: bool,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            policy: test_policy(),
            funds: 1_000_000_000,
            decimals: 6,
            budget_token_program: SPL_TOKEN,
            stake_token_program: SPL_TOKEN,
            signature_checks: true,
        }
    }
}

/// The default policy with a fee and a bond, so that money moves wherever it can, and two
/// categories. Rewards, reviews by tier, contested quorums, runway, concentration and the outflow
/// limit stand in nobody's way: tests of those rules set them.
pub fn test_policy() -> Policy {
    let mut policy = Policy::default();
    policy.budget.reward_bps = 0;
    for rule in &mut policy.tiers.rules {
        rule.min_checkpoints = 0;
    }
    policy.tiers.contested_coef_bps = 0;
    policy.tiers.max_quorum_bps = 10_000;
    policy.stake.streak_bonus_bps = 0;
    policy.risk.min_runway_epochs = 0;
    policy.risk.max_recipient_bps = 10_000;
    policy.breaker.outflow_bps = 10_000;
    policy.slate.slot_fee = 1_000;
    policy.slate.bond = 50_000;
    policy.slate.capacity = 16;
    policy.risk.category_count = 2;
    policy.risk.categories[1] = policy.risk.categories[0];
    policy.risk.categories[1].name = *b"events\0\0\0\0\0\0\0\0\0\0";
    policy.risk.categories[1].share_bps = 4_000;
    policy
}

/// Base units of the budget and the stake mint that every person of a world starts with.
pub const PURSE: u64 = 1_000_000_000_000;

/// A person: a wallet with tokens of both mints in associated accounts.
#[derive(Debug)]
pub struct Person {
    /// Signs for the person.
    pub wallet: Keypair,
}

impl Person {
    /// The person's key.
    pub fn key(&self) -> Pubkey {
        self.wallet.pubkey()
    }
}

impl Clone for Person {
    fn clone(&self) -> Self {
        Self { wallet: self.wallet.insecure_clone() }
    }
}

/// An ask, with what tests usually do not care about filled in.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Base units.
    pub amount: u64,
    /// Index of the policy's category.
    pub category: u8,
    /// Length of the stream.
    pub duration_secs: u32,
    /// Cliff of the stream.
    pub cliff_secs: u32,
    /// Words.
    pub title: String,
    /// Address of the long text.
    pub metadata_uri: String,
    /// Hash of the long text.
    pub metadata_hash: [u8; 32],
    /// Reviews.
    pub checkpoints: u8,
}

impl Ask {
    /// An ask of `amount` over 60 days in category 0: long enough for every tier of the default
    /// policy.
    pub fn of(amount: u64) -> Self {
        Self {
            amount,
            category: 0,
            duration_secs: 60 * DAY_SECS,
            cliff_secs: 0,
            title: format!("An ask of {amount}"),
            metadata_uri: "https://example.org/ask.json".to_owned(),
            metadata_hash: [7; 32],
            checkpoints: 0,
        }
    }

    /// As the program takes it.
    pub fn args(&self) -> SubmitProposalArgs {
        SubmitProposalArgs {
            category: self.category,
            checkpoints: self.checkpoints,
            amount: self.amount,
            duration_secs: self.duration_secs,
            cliff_secs: self.cliff_secs,
            metadata_hash: self.metadata_hash,
            title: self.title.clone(),
            metadata_uri: self.metadata_uri.clone(),
        }
    }
}

/// A community living in an SVM. Fields are public: tests reach into everything. A clone lives on
/// its own.
#[derive(Clone)]
pub struct World {
    /// Runs the program.
    pub svm: Svm,
    /// Addresses of the treasury.
    pub community: Community,
    /// Created the treasury.
    pub founder: Person,
    /// Pauses and vetoes.
    pub guardian: Person,
    /// Scores updates.
    pub reviewer: Person,
    /// Marks positions.
    pub risk_reporter: Person,
}

impl World {
    /// A community with the default [`Setup`].
    pub fn new() -> Self {
        Self::with(Setup::default())
    }

    /// A community whose treasury exists and holds the setup's funds.
    ///
    /// # Panics
    /// When the program refuses to create it.
    pub fn with(setup: Setup) -> Self {
        let mut world = Self::before_treasury(&setup);
        world.create_treasury(&setup).expect("the treasury is created");
        if setup.funds > 0 {
            let founder = world.founder.clone();
            world.deposit(&founder, setup.funds).expect("the funds are deposited");
        }
        world
    }

    /// Mints and founder, but no treasury yet.
    pub fn before_treasury(setup: &Setup) -> Self {
        let mut svm =
            if setup.signature_checks { Svm::new() } else { Svm::without_signature_checks() };
        let budget_mint = keypair("budget mint", 0).pubkey();
        let stake_mint = keypair("stake mint", 0).pubkey();
        put_mint(&mut svm, budget_mint, setup.budget_token_program, setup.decimals);
        put_mint(&mut svm, stake_mint, setup.stake_token_program, setup.decimals);
        let founder = Person { wallet: svm.wallet() };
        let community = Community {
            treasury: Community::treasury_address(&founder.key(), 0),
            budget_mint,
            stake_mint,
            budget_token_program: setup.budget_token_program,
            stake_token_program: setup.stake_token_program,
        };
        let [guardian, reviewer, risk_reporter] = ["guardian", "reviewer", "risk reporter"]
            .map(|role| Person { wallet: keypair(role, 0) });
        let mut world = Self { svm, community, founder, guardian, reviewer, risk_reporter };
        let key = world.founder.key();
        world.fill_purse(key);
        world
    }

    /// `create_treasury` with the setup's policy, id 0, first opening at once.
    pub fn create_treasury(&mut self, setup: &Setup) -> Act {
        let (policy, roles) = (setup.policy, self.roles());
        let args = CreateTreasuryArgs { id: 0, first_open_at: GENESIS, policy, roles };
        let founder = self.founder.clone();
        let instruction = self.community.create_treasury(founder.key(), self.svm.fee_payer(), args);
        self.send(instruction, &[&founder])
    }

    /// The roles that the treasury begins with.
    pub fn roles(&self) -> Roles {
        Roles {
            guardian: self.guardian.key(),
            reviewer: self.reviewer.key(),
            risk_reporter: self.risk_reporter.key(),
        }
    }

    /// Sends one instruction, paid by the world's fee payer, signed by `people` as well.
    pub fn send(&mut self, instruction: Instruction, people: &[&Person]) -> Act {
        let wallets: Vec<&Keypair> = people.iter().map(|person| &person.wallet).collect();
        self.svm.send(&[instruction], &wallets)
    }

    fn fill_purse(&mut self, key: Pubkey) {
        let community = self.community;
        let svm = &mut self.svm;
        put_associated(svm, community.budget_token_program, community.budget_mint, key, PURSE);
        if community.stake_mint != community.budget_mint {
            put_associated(svm, community.stake_token_program, community.stake_mint, key, PURSE);
        }
    }

    /// A new person with [`PURSE`] base units of both mints.
    pub fn person(&mut self) -> Person {
        let person = Person { wallet: self.svm.wallet() };
        self.fill_purse(person.key());
        person
    }

    /// A new person with so many base units of the two mints, which must differ.
    pub fn person_with(&mut self, budget: u64, stake: u64) -> Person {
        let person = Person { wallet: self.svm.wallet() };
        let (community, svm) = (self.community, &mut self.svm);
        let (program, mint) = (community.budget_token_program, community.budget_mint);
        put_associated(svm, program, mint, person.key(), budget);
        let (program, mint) = (community.stake_token_program, community.stake_mint);
        put_associated(svm, program, mint, person.key(), stake);
        person
    }

    /// A new person with a recipient record, ready to propose and accept.
    ///
    /// # Panics
    /// When the record is refused.
    pub fn proposer(&mut self) -> Person {
        let person = self.person();
        self.open_recipient_record(person.key()).expect("the record is opened");
        person
    }

    /// A new member with `amount` staked at the shortest lock, so that weight equals amount.
    ///
    /// # Panics
    /// When the program refuses.
    pub fn staker(&mut self, amount: u64) -> Person {
        let person = self.person();
        let lock = self.treasury().policy.stake.min_lock_secs;
        self.open_stake(&person, lock).expect("the stake is opened");
        self.stake(&person, amount).expect("the tokens are staked");
        person
    }

    /// Writes stakes of `amount` base units at the shortest lock, as `open_stake` and `stake` would
    /// leave them before the first epoch, with the treasury's sums and the stake vault's balance.
    /// For electorates that are too many to sign up one by one. Returns their addresses.
    ///
    /// # Panics
    /// When an epoch was opened before.
    pub fn put_stakes(&mut self, owners: &[Pubkey], amount: u64) -> Vec<Pubkey> {
        let treasury_key = self.community.treasury;
        let mut treasury = self.treasury();
        assert_eq!(treasury.epoch_count, 0, "stakes are written before the first epoch");
        let rent_payer = self.svm.fee_payer();
        let mut keys = Vec::with_capacity(owners.len());
        for owner in owners {
            let seeds: [&[u8]; 3] = [STAKE_SEED, treasury_key.as_ref(), owner.as_ref()];
            let (key, bump) = Pubkey::find_program_address(&seeds, &community_budget::ID);
            let mut stake: Stake = bytemuck::Zeroable::zeroed();
            stake.version = ACCOUNT_VERSION;
            stake.bump = bump;
            stake.lock_secs = treasury.policy.stake.min_lock_secs;
            stake.treasury = treasury_key;
            stake.owner = *owner;
            stake.rent_payer = rent_payer;
            stake.amount = amount;
            stake.weight = amount;
            stake.frozen_epoch = budget_rules::snapshot::NEVER;
            stake.act_epoch = budget_rules::snapshot::NEVER;
            stake.participation_latest = budget_rules::snapshot::NEVER;
            let mut data = Stake::DISCRIMINATOR.to_vec();
            data.extend_from_slice(bytemuck::bytes_of(&stake));
            let lamports = Rent::default().minimum_balance(data.len());
            let owner = community_budget::ID;
            let rent_epoch = u64::MAX;
            self.svm.put(key, Account { lamports, data, owner, rent_epoch, executable: false });
            keys.push(key);
        }
        let staked = amount * u64::try_from(owners.len()).expect("a count fits");
        treasury.staked += staked;
        treasury.total_weight += staked;
        let mut account = self.svm.get(&treasury_key).expect("the treasury exists");
        account.data[Treasury::DISCRIMINATOR.len()..]
            .copy_from_slice(bytemuck::bytes_of(&treasury));
        self.svm.put(treasury_key, account);
        let stake_vault = self.community.stake_vault();
        token::edit(&mut self.svm, &stake_vault, |vault| vault.amount += staked);
        keys
    }

    // --- reading ----------------------------------------------------------------------------

    /// The treasury account.
    pub fn treasury(&self) -> Treasury {
        self.svm.read(&self.community.treasury)
    }

    /// The epoch at `index`.
    pub fn epoch(&self, index: u32) -> BudgetEpoch {
        self.svm.read(&self.community.epoch(index))
    }

    /// Index of the epoch opened last.
    ///
    /// # Panics
    /// Before the first.
    pub fn current(&self) -> u32 {
        self.treasury().current_epoch().expect("an epoch was opened")
    }

    /// One entry of an epoch's slate.
    pub fn entry(&self, epoch: u32, index: u8) -> Entry {
        self.svm.slate(&self.community.epoch(epoch))[usize::from(index)]
    }

    /// A proposal.
    pub fn proposal(&self, epoch: u32, index: u8) -> Proposal {
        self.svm.read(&self.proposal_key(epoch, index))
    }

    /// Address of a proposal.
    pub fn proposal_key(&self, epoch: u32, index: u8) -> Pubkey {
        address::proposal(&self.community.epoch(epoch), index)
    }

    /// Address of the stream of a proposal.
    pub fn stream_key(&self, epoch: u32, index: u8) -> Pubkey {
        address::stream(&self.proposal_key(epoch, index))
    }

    /// The stream of a proposal.
    pub fn stream(&self, epoch: u32, index: u8) -> Stream {
        self.svm.read(&self.stream_key(epoch, index))
    }

    /// The record kept of a person.
    pub fn record_of(&self, person: &Person) -> RecipientRecord {
        self.svm.read(&self.community.recipient_record(&person.key()))
    }

    /// The stake of a person.
    pub fn stake_of(&self, person: &Person) -> Stake {
        self.svm.read(&self.community.stake(&person.key()))
    }

    /// Address of a person's vote record.
    pub fn vote_record_key(&self, epoch: u32, person: &Person) -> Pubkey {
        address::vote_record(&self.community.epoch(epoch), &person.key())
    }

    /// A person's vote record.
    pub fn vote_record(&self, epoch: u32, person: &Person) -> VoteRecord {
        self.svm.read(&self.vote_record_key(epoch, person))
    }

    /// Base units of the budget mint in a person's associated account.
    pub fn purse(&self, person: &Person) -> u64 {
        balance(&self.svm, &self.community.budget_account(&person.key()))
    }

    /// Base units in the budget vault.
    pub fn vault(&self) -> u64 {
        balance(&self.svm, &self.community.vault())
    }

    // --- acts -------------------------------------------------------------------------------

    /// `deposit_funds` out of the person's associated account.
    pub fn deposit(&mut self, person: &Person, amount: u64) -> Act {
        let source = self.community.budget_account(&person.key());
        self.send(self.community.deposit_funds(person.key(), source, amount), &[person])
    }

    /// Tokens sent to the vault without the program.
    pub fn donate(&mut self, amount: u64) {
        let vault = self.community.vault();
        token::edit(&mut self.svm, &vault, |account| account.amount += amount);
    }

    /// `absorb_surplus`.
    pub fn absorb_surplus(&mut self) -> Act {
        self.send(self.community.absorb_surplus(), &[])
    }

    /// `open_stake`.
    pub fn open_stake(&mut self, person: &Person, lock_secs: u32) -> Act {
        let payer = self.svm.fee_payer();
        self.send(self.community.open_stake(person.key(), payer, lock_secs), &[person])
    }

    /// `stake` out of the person's associated account.
    pub fn stake(&mut self, person: &Person, amount: u64) -> Act {
        let source = self.community.stake_token_account(&person.key());
        self.send(self.community.stake_tokens(person.key(), source, amount), &[person])
    }

    /// `request_unstake`.
    pub fn unstake(&mut self, person: &Person, amount: u64) -> Act {
        self.send(self.community.request_unstake(person.key(), amount), &[person])
    }

    /// `withdraw_unstaked` to the person's associated account.
    pub fn withdraw_unstaked(&mut self, person: &Person) -> Act {
        let destination = self.community.stake_token_account(&person.key());
        self.send(self.community.withdraw_unstaked(person.key(), destination), &[person])
    }

    /// `set_lock`.
    pub fn set_lock(&mut self, person: &Person, lock_secs: u32) -> Act {
        self.send(self.community.set_lock(person.key(), lock_secs), &[person])
    }

    /// `close_stake`.
    pub fn close_stake(&mut self, person: &Person) -> Act {
        let rent_payer = self.svm.fee_payer();
        self.send(self.community.close_stake(person.key(), rent_payer), &[person])
    }

    /// `open_recipient_record`.
    pub fn open_recipient_record(&mut self, person: Pubkey) -> Act {
        let payer = self.svm.fee_payer();
        self.send(self.community.open_recipient_record(payer, person), &[])
    }

    /// `open_epoch` for the next index.
    pub fn open_epoch(&mut self) -> Act {
        let index = self.treasury().epoch_count;
        let payer = self.svm.fee_payer();
        self.send(self.community.open_epoch(payer, index), &[])
    }

    /// `submit_proposal` into the current epoch by someone who is also the recipient, and so
    /// accepts by signing.
    pub fn submit(&mut self, person: &Person, ask: &Ask) -> Act {
        self.submit_for(person, person, true, ask)
    }

    /// `submit_proposal` into the current epoch for a recipient who signs or not.
    pub fn submit_for(
        &mut self,
        proposer: &Person,
        recipient: &Person,
        recipient_signs: bool,
        ask: &Ask,
    ) -> Act {
        let instruction = self.submission(proposer, recipient.key(), recipient_signs, ask);
        let both = [proposer, recipient];
        self.send(instruction, if recipient_signs { &both } else { &both[..1] })
    }

    /// The instruction that [`Self::submit_for`] sends.
    pub fn submission(
        &self,
        proposer: &Person,
        recipient: Pubkey,
        recipient_signs: bool,
        ask: &Ask,
    ) -> Instruction {
        let epoch = self.current();
        let by = Submission {
            epoch,
            index: self.epoch(epoch).entry_count,
            proposer: proposer.key(),
            payer: self.svm.fee_payer(),
            recipient,
            recipient_signs,
            source: self.community.budget_account(&proposer.key()),
        };
        self.community.submit_proposal(by, ask.args())
    }

    /// `accept_proposal` in the current epoch.
    pub fn accept(&mut self, recipient: &Person, index: u8) -> Act {
        let epoch = self.current();
        self.send(self.community.accept_proposal(recipient.key(), epoch, index), &[recipient])
    }

    /// `withdraw_proposal` in the current epoch.
    pub fn withdraw(&mut self, proposer: &Person, index: u8) -> Act {
        let epoch = self.current();
        self.send(self.community.withdraw_proposal(proposer.key(), epoch, index), &[proposer])
    }

    /// A ballot on the current epoch's slate as it stands.
    pub fn ballot(&self, choices: &[(u8, Choice)]) -> BallotArgs {
        let slate_hash = self.epoch(self.current()).slate_hash;
        BallotArgs { slate_hash, ballot: pack(choices.iter().copied()) }
    }

    /// `cast_vote` in the current epoch.
    pub fn cast(&mut self, voter: &Person, choices: &[(u8, Choice)]) -> Act {
        let args = self.ballot(choices);
        let (payer, epoch) = (self.svm.fee_payer(), self.current());
        self.send(self.community.cast_vote(voter.key(), payer, epoch, args), &[voter])
    }

    /// `revise_vote` in the current epoch.
    pub fn revise(&mut self, voter: &Person, choices: &[(u8, Choice)]) -> Act {
        let args = self.ballot(choices);
        let epoch = self.current();
        self.send(self.community.revise_vote(voter.key(), epoch, args), &[voter])
    }

    /// `retract_vote` in the current epoch.
    pub fn retract(&mut self, voter: &Person) -> Act {
        let epoch = self.current();
        self.send(self.community.retract_vote(voter.key(), epoch), &[voter])
    }

    /// `settle_epoch` of the current epoch.
    pub fn settle(&mut self) -> Act {
        let epoch = self.current();
        self.send(self.community.settle_epoch(epoch), &[])
    }

    /// `execute_award`.
    pub fn execute(&mut self, epoch: u32, index: u8) -> Act {
        let payer = self.svm.fee_payer();
        let recipient = self.recipient_of(epoch, index);
        self.send(self.community.execute_award(payer, epoch, index, recipient), &[])
    }

    /// Recipient of the award at `index`.
    ///
    /// # Panics
    /// When the proposal is gone or is no award.
    pub fn recipient_of(&self, epoch: u32, index: u8) -> Pubkey {
        self.proposal(epoch, index).terms.award().expect("the proposal is an award").recipient
    }

    /// `lapse_proposal`.
    pub fn lapse(&mut self, epoch: u32, index: u8) -> Act {
        self.send(self.community.lapse_proposal(epoch, index), &[])
    }

    /// `withdraw_stream` to the stream's payout account.
    pub fn claim(&mut self, epoch: u32, index: u8) -> Act {
        let stream = self.stream_key(epoch, index);
        let payout = self.stream(epoch, index).payout_account;
        self.send(self.community.withdraw_stream(stream, payout, None), &[])
    }

    /// `close_vote_record`.
    pub fn close_vote_record(&mut self, epoch: u32, owner: &Person) -> Act {
        let rent_payer = self.svm.fee_payer();
        self.send(self.community.close_vote_record(epoch, owner.key(), rent_payer), &[])
    }

    /// `close_proposal`.
    pub fn close_proposal(&mut self, epoch: u32, index: u8) -> Act {
        let rent_payer = self.svm.fee_payer();
        let proposer = self.proposal(epoch, index).proposer;
        self.send(self.community.close_proposal(epoch, index, proposer, rent_payer), &[])
    }

    /// `close_stream`.
    pub fn close_stream(&mut self, epoch: u32, index: u8) -> Act {
        let (stream, rent_payer) = (self.stream_key(epoch, index), self.svm.fee_payer());
        let recipient = self.stream(epoch, index).recipient;
        self.send(self.community.close_stream(stream, recipient, rent_payer), &[])
    }

    /// `close_epoch`.
    pub fn close_epoch(&mut self, epoch: u32) -> Act {
        let rent_payer = self.svm.fee_payer();
        self.send(self.community.close_epoch(epoch, rent_payer), &[])
    }

    // --- time -------------------------------------------------------------------------------

    /// Moves the clock to the opening of the current epoch's voting.
    pub fn to_voting(&mut self) {
        let at = self.epoch(self.current()).voting_opens_at;
        self.svm.set_now(at);
    }

    /// Moves the clock to the close of the current epoch's voting.
    pub fn to_tallying(&mut self) {
        let at = self.epoch(self.current()).voting_closes_at;
        self.svm.set_now(at);
    }

    /// Moves the clock past the longest timelock of a settled epoch, within its grace.
    pub fn to_execution(&mut self, epoch: u32) {
        let header = self.epoch(epoch);
        let longest = i64::from(header.policy.timelock_secs(u8::MAX));
        self.svm.set_now(header.settled_at + longest);
    }
}

/// SHA-256 over the concatenation of `parts`, for recomputing what the program hashes.
pub fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    solana_sha256_hasher::hashv(parts).to_bytes()
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}
