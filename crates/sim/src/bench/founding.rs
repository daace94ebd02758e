//! From nothing to an open slate: treasury, members, proposers.

use anchor_lang::prelude::Pubkey;
use budget_client::Community;
use community_budget::{CreateTreasuryArgs, state::Policy};
use solana_signer::Signer;

use super::probe::{Bench, Call};
use budget_sim::{
    svm::{GENESIS, Svm, WALLET_LAMPORTS, keypair},
    token::{put_associated, put_mint},
    world::{PURSE, Person, World},
};

/// Base units deposited into every treasury.
pub const FUNDS: u64 = 1_000_000_000;

/// Base units that the first member stakes; the others stake less, so that this one's vote decides.
pub const LARGEST_STAKE: u64 = 600_000;

/// One address set: mints and people of its own, in an SVM that many sets share.
pub struct AddressSet {
    /// Tells the sets apart.
    pub seed: u64,
    /// Token program of both mints.
    pub token_program: Pubkey,
    /// Policy of the treasury.
    pub policy: Policy,
    /// Name of the token variant in keys.
    pub variant: &'static str,
}

impl AddressSet {
    /// A world with the mints and the founder of this set. The clock stands at [`GENESIS`].
    pub fn world(&self, svm: Svm) -> World {
        let budget_mint = keypair("bench budget mint", self.seed).pubkey();
        let stake_mint = keypair("bench stake mint", self.seed).pubkey();
        let community = Community {
            treasury: Pubkey::default(),
            budget_mint,
            stake_mint,
            budget_token_program: self.token_program,
            stake_token_program: self.token_program,
        };
        let nobody = Person { wallet: keypair("bench founder", self.seed) };
        let [guardian, reviewer, risk_reporter] =
            ["bench guardian", "bench reviewer", "bench risk reporter"]
                .map(|role| Person { wallet: keypair(role, self.seed) });
        let mut world =
            World { svm, community, founder: nobody, guardian, reviewer, risk_reporter };
        world.svm.set_now(GENESIS);
        put_mint(&mut world.svm, budget_mint, self.token_program, 6);
        put_mint(&mut world.svm, stake_mint, self.token_program, 6);
        let roles = world.roles();
        for role in [roles.guardian, roles.reviewer, roles.risk_reporter] {
            world.svm.fund(role, WALLET_LAMPORTS);
        }
        world.founder = world.person();
        world.community.treasury = Community::treasury_address(&world.founder.key(), self.seed);
        world
    }

    /// `create_treasury`, `deposit_funds`.
    pub fn found(&self, bench: &mut Bench) {
        let founder = bench.world.founder.clone();
        let (key, community) = (founder.key(), bench.world.community);
        let args = CreateTreasuryArgs {
            id: self.seed,
            first_open_at: GENESIS,
            policy: self.policy,
            roles: bench.world.roles(),
        };
        let create = community.create_treasury(key, key, args);
        bench.act(&self.key("create_treasury"), Call::new(&founder, create));
        let deposit = community.deposit_funds(key, community.budget_account(&key), FUNDS);
        bench.act(&self.key("deposit_funds"), Call::new(&founder, deposit));
    }

    /// As [`Self::found`], without recording what it cost.
    pub fn found_unmeasured(&self, bench: &mut Bench) {
        let samples = std::mem::take(&mut bench.samples);
        self.found(bench);
        bench.samples = samples;
    }

    /// `open_stake`, `stake`, and for one who leaves again `withdraw_unstaked` and `close_stake`.
    /// Returns a member with [`LARGEST_STAKE`].
    pub fn join(&self, bench: &mut Bench) -> Person {
        let lock = self.policy.stake.min_lock_secs;
        let community = bench.world.community;
        let [member, leaver] = [bench.world.person(), bench.world.person()];
        for person in [&member, &leaver] {
            let key = person.key();
            let source = community.stake_token_account(&key);
            let open = community.open_stake(key, key, lock);
            let stake = community.stake_tokens(key, source, LARGEST_STAKE);
            bench.act("open_stake/default", Call::new(person, open));
            bench.act(&self.key("stake"), Call::new(person, stake));
        }
        let key = leaver.key();
        let unstake = community.request_unstake(key, LARGEST_STAKE);
        bench.act("request_unstake/default", Call::new(&leaver, unstake));
        bench.world.svm.advance(lock.into());
        let destination = community.stake_token_account(&key);
        let withdraw = community.withdraw_unstaked(key, destination);
        bench.act(&self.key("withdraw_unstaked"), Call::new(&leaver, withdraw));
        bench.act("close_stake/default", Call::new(&leaver, community.close_stake(key, key)));
        member
    }

    /// A key of this set's token variant.
    pub fn key(&self, instruction: &str) -> String {
        format!("{instruction}/{}", self.variant)
    }
}

/// A person whose key follows from words and a number, with as many tokens as everybody.
pub fn stranger(bench: &mut Bench, words: &str, number: u64) -> Person {
    let person = Person { wallet: keypair(words, number) };
    let (community, svm) = (bench.world.community, &mut bench.world.svm);
    svm.fund(person.key(), WALLET_LAMPORTS);
    let (program, mint) = (community.budget_token_program, community.budget_mint);
    put_associated(svm, program, mint, person.key(), PURSE);
    let (program, mint) = (community.stake_token_program, community.stake_mint);
    put_associated(svm, program, mint, person.key(), PURSE);
    person
}

/// `open_recipient_record` of a new person, at that person's expense.
pub fn proposer(bench: &mut Bench) -> Person {
    let person = bench.world.person();
    let open = bench.world.community.open_recipient_record(person.key(), person.key());
    bench.act("open_recipient_record/default", Call::new(&person, open));
    person
}

/// `open_epoch` of the next index by `keeper`.
pub fn open_epoch(bench: &mut Bench, keeper: &Person) {
    let treasury = bench.world.treasury();
    let open = bench.world.community.open_epoch(keeper.key(), treasury.epoch_count);
    let key = format!("open_epoch/{}", treasury.policy.slate.capacity);
    bench.act(&key, Call::new(keeper, open));
}
