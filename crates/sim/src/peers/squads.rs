//! Squads: one payment from its multisig to its execution. Its instructions are written out here,
//! because the crate's own need another line of Anchor than this workspace has.

use anchor_lang::{
    prelude::{Pubkey, borsh},
    solana_program::instruction::{AccountMeta, Instruction},
};
use budget_sim::{
    svm::keypair,
    token::{SPL_TOKEN, put_token_account},
    world::{Person, sha256},
};
use solana_account::Account;
use solana_signer::Signer;

use super::{Peer, readable, signing, signing_payer, writable};
use crate::bench::{Bench, Call};

/// What is measured, in the order in which it happens.
pub const PEER: Peer = Peer {
    name: "Squads v4, crate 2.0.0",
    crate_name: "squads-multisig-program",
    steps: &[
        "multisig_create_v2",
        "vault_transaction_create",
        "proposal_create",
        "proposal_approve",
        "vault_transaction_execute",
        "multisig_create_v2, 24 members",
        "proposal_create, 24 members",
        "proposal_approve, 24 members",
        "vault_transaction_execute, 24 members",
    ],
    program: || PROGRAM,
    play,
};

/// The address that the program holds.
const PROGRAM: Pubkey = Pubkey::from_str_const("SQDS4ep65T869zMMBKyuUq6aD6EgTu8psMjkvj52pCf");
const SYSTEM: Pubkey = Pubkey::from_str_const("11111111111111111111111111111111");

/// First part of all seeds.
const PREFIX: &[u8] = b"multisig";

/// Base units that the transaction pays.
const PAYMENT: u64 = 300_000;

/// Members of a small multisig, and of one that is created by as large a transaction as there can
/// be; two of them decide.
const MEMBERS: [(usize, &str); 2] = [(3, ""), (24, ", 24 members")];

fn find(seeds: &[&[u8]]) -> Pubkey {
    Pubkey::find_program_address(seeds, &PROGRAM).0
}

/// Where the program keeps its settings.
fn settings() -> Pubkey {
    find(&[PREFIX, b"program_config"])
}

/// Addresses of one multisig with its first transaction.
struct Multisig {
    create_key: Person,
    multisig: Pubkey,
    vault: Pubkey,
    transaction: Pubkey,
    proposal: Pubkey,
    members: Vec<Person>,
}

impl Multisig {
    fn new(create_key: Person, members: Vec<Person>) -> Self {
        let multisig = find(&[PREFIX, b"multisig", create_key.key().as_ref()]);
        let first = 1u64.to_le_bytes();
        Self {
            create_key,
            multisig,
            vault: find(&[PREFIX, multisig.as_ref(), b"vault", &[0]]),
            transaction: find(&[PREFIX, multisig.as_ref(), b"transaction", &first]),
            proposal: find(&[PREFIX, multisig.as_ref(), b"transaction", &first, b"proposal"]),
            members,
        }
    }

    fn create(&self, treasury: Pubkey) -> Instruction {
        const EVERYTHING: u8 = 0b111;
        let (authority, threshold, time_lock_secs) = (NO_KEY, 2u16, 0u32);
        let members: Vec<([u8; 32], u8)> =
            self.members.iter().map(|member| (member.key().to_bytes(), EVERYTHING)).collect();
        instruction(
            "multisig_create_v2",
            &(authority, threshold, members, time_lock_secs, NO_KEY, NO_MEMO),
            vec![
                readable(settings()),
                writable(treasury),
                writable(self.multisig),
                signing(&self.create_key),
                signing_payer(&self.members[0]),
                readable(SYSTEM),
            ],
        )
    }

    fn create_transaction(&self, by: &Person, payment: &Instruction) -> Instruction {
        let (vault, ephemeral_signers, message) = (0u8, 0u8, self.message(payment));
        let mut accounts = vec![writable(self.multisig), writable(self.transaction)];
        accounts.extend([signing(by), signing_payer(by), readable(SYSTEM)]);
        let args = (vault, ephemeral_signers, message, NO_MEMO);
        instruction("vault_transaction_create", &args, accounts)
    }

    /// A message with the payment alone, signed by the vault, lists preceded by their length.
    fn message(&self, payment: &Instruction) -> Vec<u8> {
        let [purse, mint, payout, _] = payment.accounts.as_slice() else {
            panic!("a payment has four accounts")
        };
        let keys = [self.vault, purse.pubkey, payout.pubkey, mint.pubkey, payment.program_id];
        let (signers, writable_signers, writable_others) = (1, 0, 2);
        let mut message = vec![signers, writable_signers, writable_others, 5];
        keys.iter().for_each(|key| message.extend_from_slice(key.as_ref()));
        let length = u16::try_from(payment.data.len()).expect("a payment is short").to_le_bytes();
        message.extend_from_slice(&[1, 4, 4, 1, 3, 2, 0]);
        message.extend_from_slice(&length);
        message.extend_from_slice(&payment.data);
        message.push(0);
        message
    }

    fn create_proposal(&self, by: &Person) -> Instruction {
        let (transaction, draft) = (1u64, false);
        let mut accounts = vec![readable(self.multisig), writable(self.proposal)];
        accounts.extend([signing(by), signing_payer(by), readable(SYSTEM)]);
        instruction("proposal_create", &(transaction, draft), accounts)
    }

    fn approve(&self, by: &Person) -> Instruction {
        let accounts = vec![readable(self.multisig), signing_payer(by), writable(self.proposal)];
        instruction("proposal_approve", &NO_MEMO, accounts)
    }

    fn execute(&self, by: &Person, payment: &Instruction) -> Instruction {
        let mut accounts = vec![
            readable(self.multisig),
            writable(self.proposal),
            readable(self.transaction),
            signing(by),
            // The keys of the message, in their order; the vault signs inside the program.
            readable(self.vault),
        ];
        let [purse, mint, payout, _] = payment.accounts.as_slice() else {
            panic!("a payment has four accounts")
        };
        accounts.extend([writable(purse.pubkey), writable(payout.pubkey), readable(mint.pubkey)]);
        accounts.push(readable(payment.program_id));
        instruction("vault_transaction_execute", &(), accounts)
    }
}

const NO_KEY: Option<[u8; 32]> = None;
const NO_MEMO: Option<String> = None;

fn instruction(
    name: &str,
    args: &impl borsh::BorshSerialize,
    accounts: Vec<AccountMeta>,
) -> Instruction {
    let mut data = discriminator(&format!("global:{name}"));
    args.serialize(&mut data).expect("arguments have a Borsh form");
    Instruction { program_id: PROGRAM, accounts, data }
}

/// What Anchor puts before arguments and accounts.
fn discriminator(words: &str) -> Vec<u8> {
    sha256(&[words.as_bytes()])[..8].to_vec()
}

/// Writes the settings as their one initialisation, which only the program's owners can sign, would
/// leave them: no fee.
fn put_settings(bench: &mut Bench, authority: Pubkey, treasury: Pubkey) {
    let (fee, reserved) = (0u64, [0u8; 64]);
    let mut data = discriminator("account:ProgramConfig");
    let fields = (authority.to_bytes(), fee, treasury.to_bytes(), reserved);
    borsh::BorshSerialize::serialize(&fields, &mut data).expect("settings have a Borsh form");
    let account = Account { lamports: 10_000_000, data, owner: PROGRAM, ..Account::default() };
    bench.world.svm.put(settings(), account);
}

/// Plays one payment in a small and in a large multisig.
fn play(bench: &mut Bench, seed: u64) {
    let treasury = bench.world.person().key();
    put_settings(bench, treasury, treasury);
    for (count, suffix) in MEMBERS {
        let world = &mut bench.world;
        let members: Vec<Person> = (0..count).map(|_| world.person()).collect();
        pay(bench, seed, treasury, members, suffix);
    }
}

fn pay(bench: &mut Bench, seed: u64, treasury: Pubkey, members: Vec<Person>, suffix: &str) {
    let world = &mut bench.world;
    let community = world.community;
    let (create_key, recipient) = (world.person(), world.person());
    let multisig = Multisig::new(create_key, members);
    let purse = keypair(&format!("multisig purse{suffix}"), seed).pubkey();
    let (mint, owner) = (community.budget_mint, multisig.vault);
    put_token_account(&mut world.svm, purse, SPL_TOKEN, mint, owner, 10 * PAYMENT);
    let payout = community.budget_account(&recipient.key());
    let payment = super::payment(purse, mint, payout, owner, PAYMENT);
    let key = |name: &str| format!("{name}{suffix}");

    let [first, second, ..] = multisig.members.as_slice() else { panic!("two members decide") };
    let create = multisig.create(treasury);
    let signers = [&multisig.create_key];
    bench.act(&key("multisig_create_v2"), Call::new(first, create).with(&signers));
    let transaction = multisig.create_transaction(first, &payment);
    bench.act("vault_transaction_create", Call::new(first, transaction));
    bench.act(&key("proposal_create"), Call::new(first, multisig.create_proposal(first)));
    for member in [first, second] {
        bench.act(&key("proposal_approve"), Call::new(member, multisig.approve(member)));
    }
    let before = bench.world.purse(&recipient);
    let execute = multisig.execute(first, &payment);
    bench.act(&key("vault_transaction_execute"), Call::new(first, execute));
    assert_eq!(bench.world.purse(&recipient), before + PAYMENT, "the recipient is paid");
}
