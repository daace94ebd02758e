//! SPL Governance: one proposal from its realm to its last closed vote record. Its instructions are
//! written out here, because the crate's own builders need another line of Solana crates than this
//! workspace has.

use anchor_lang::{
    prelude::{Pubkey, borsh},
    solana_program::instruction::{AccountMeta, Instruction},
};
use budget_sim::{
    svm::keypair,
    token::{SPL_TOKEN, put_token_account},
    world::{Person, World},
};
use solana_signer::Signer;

use super::{Peer, mint_with_supply, readable, signing, signing_payer, writable};
use crate::bench::{Bench, Call};

/// What is measured, in the order in which it happens.
pub const PEER: Peer = Peer {
    name: "SPL Governance 4.0.0",
    crate_name: "spl-governance",
    steps: &[
        "CreateRealm",
        "DepositGoverningTokens",
        "CreateGovernance",
        "CreateNativeTreasury",
        "CreateProposal",
        "InsertTransaction",
        "SignOffProposal",
        "CastVote",
        "FinalizeVote",
        "ExecuteTransaction",
        "RelinquishVote",
    ],
    program,
    play,
};

const SYSTEM: Pubkey = Pubkey::from_str_const("11111111111111111111111111111111");
const RENT: Pubkey = Pubkey::from_str_const("SysvarRent111111111111111111111111111111111");

/// First part of most seeds.
const PREFIX: &[u8] = b"governance";

/// Base units of the governing mint.
const SUPPLY: u64 = 1_000_000;
/// Base units that the voter deposits: enough to decide.
const VOTER_DEPOSIT: u64 = 700_000;
/// Base units that the proposer deposits.
const PROPOSER_DEPOSIT: u64 = 100_000;
/// Base units that the proposal pays.
const PAYMENT: u64 = 300_000;
/// Seconds in which votes can be cast.
const VOTING_SECS: u32 = 3 * 86_400;

// Instructions by their place in the program's list.
const CREATE_REALM: u8 = 0;
const DEPOSIT: u8 = 1;
const CREATE_GOVERNANCE: u8 = 4;
const CREATE_PROPOSAL: u8 = 6;
const INSERT_TRANSACTION: u8 = 9;
const SIGN_OFF: u8 = 12;
const CAST_VOTE: u8 = 13;
const FINALIZE_VOTE: u8 = 14;
const RELINQUISH_VOTE: u8 = 15;
const EXECUTE_TRANSACTION: u8 = 16;
const CREATE_NATIVE_TREASURY: u8 = 25;

/// Where the program is deployed; it holds no address of its own.
fn program() -> Pubkey {
    keypair("spl-governance", 0).pubkey()
}

fn find(seeds: &[&[u8]]) -> Pubkey {
    Pubkey::find_program_address(seeds, &program()).0
}

/// Addresses of one realm with one governance and one proposal.
struct Realm {
    name: String,
    mint: Pubkey,
    realm: Pubkey,
    config: Pubkey,
    holding: Pubkey,
    governance: Pubkey,
    governed: Pubkey,
    treasury: Pubkey,
    proposal: Pubkey,
    proposal_seed: Pubkey,
    transaction: Pubkey,
}

impl Realm {
    fn new(seed: u64, mint: Pubkey) -> Self {
        let name = format!("A realm with number {seed:04}");
        let realm = find(&[PREFIX, name.as_bytes()]);
        let governed = keypair("governed", seed).pubkey();
        let governance = find(&[b"account-governance", realm.as_ref(), governed.as_ref()]);
        let proposal_seed = keypair("proposal seed", seed).pubkey();
        let proposal = find(&[PREFIX, governance.as_ref(), mint.as_ref(), proposal_seed.as_ref()]);
        Self {
            mint,
            realm,
            config: find(&[b"realm-config", realm.as_ref()]),
            holding: find(&[PREFIX, realm.as_ref(), mint.as_ref()]),
            governance,
            governed,
            treasury: find(&[b"native-treasury", governance.as_ref()]),
            proposal,
            proposal_seed,
            transaction: find(&[PREFIX, proposal.as_ref(), &[0], &0u16.to_le_bytes()]),
            name,
        }
    }

    /// The record of what `owner` deposited.
    fn record(&self, owner: &Person) -> Pubkey {
        find(&[PREFIX, self.realm.as_ref(), self.mint.as_ref(), owner.key().as_ref()])
    }

    fn vote(&self, voter: &Person) -> Pubkey {
        find(&[PREFIX, self.proposal.as_ref(), self.record(voter).as_ref()])
    }

    fn create_realm(&self, by: &Person) -> Instruction {
        // No council; the whole supply votes; liquid tokens without add-ins, twice.
        let (council, least_weight, whole_supply) = (false, 1u64, (0u8, 10_000_000_000u64));
        let token = (false, false, 0u8);
        instruction(
            &(CREATE_REALM, &self.name, council, least_weight, whole_supply, token, token),
            vec![
                writable(self.realm),
                readable(by.key()),
                readable(self.mint),
                writable(self.holding),
                signing_payer(by),
                readable(SYSTEM),
                readable(SPL_TOKEN),
                readable(RENT),
                writable(self.config),
            ],
        )
    }

    fn deposit(&self, by: &Person, source: Pubkey, amount: u64) -> Instruction {
        instruction(
            &(DEPOSIT, amount),
            vec![
                readable(self.realm),
                writable(self.holding),
                writable(source),
                signing(by),
                signing(by),
                writable(self.record(by)),
                signing_payer(by),
                readable(SYSTEM),
                readable(SPL_TOKEN),
                readable(self.config),
            ],
        )
    }

    fn create_governance(&self, by: &Person) -> Instruction {
        const PERCENTAGE: u8 = 0;
        const DISABLED: u8 = 2;
        let (community, no_council, no_veto) = ((PERCENTAGE, 60u8), DISABLED, DISABLED);
        // Thresholds, least weight of a proposal, hold-up time, voting time, no early end; council;
        // no cool-off, ten proposals without a deposit.
        let config = (
            (community, 1u64, 0u32, VOTING_SECS, DISABLED),
            (no_council, no_veto, 1u64, DISABLED),
            (no_veto, 0u32, 10u8),
        );
        instruction(
            &(CREATE_GOVERNANCE, config),
            vec![
                readable(self.realm),
                writable(self.governance),
                readable(self.governed),
                readable(self.record(by)),
                signing_payer(by),
                readable(SYSTEM),
                signing(by),
                readable(self.config),
            ],
        )
    }

    fn create_treasury(&self, by: &Person) -> Instruction {
        let accounts = vec![
            readable(self.governance),
            writable(self.treasury),
            signing_payer(by),
            readable(SYSTEM),
        ];
        instruction(&CREATE_NATIVE_TREASURY, accounts)
    }

    /// Title and address are as long as those of the proposals that the bench submits.
    fn create_proposal(&self, by: &Person) -> Instruction {
        const SINGLE_CHOICE: u8 = 0;
        let (title, link) = (format!("{:<40}", "A proposal"), format!("ipfs://{}", "b".repeat(59)));
        let (options, can_be_denied) = (["Approve".to_owned()].to_vec(), true);
        let deposit = find(&[b"proposal-deposit", self.proposal.as_ref(), by.key().as_ref()]);
        instruction(
            &(
                CREATE_PROPOSAL,
                (title, link, SINGLE_CHOICE, options, can_be_denied),
                self.proposal_seed.to_bytes(),
            ),
            vec![
                readable(self.realm),
                writable(self.proposal),
                writable(self.governance),
                writable(self.record(by)),
                readable(self.mint),
                signing(by),
                signing_payer(by),
                readable(SYSTEM),
                readable(self.config),
                writable(deposit),
            ],
        )
    }

    fn insert_transaction(&self, by: &Person, payment: &Instruction) -> Instruction {
        let (option, index, hold_up_secs) = (0u8, 0u16, 0u32);
        let metas: Vec<([u8; 32], bool, bool)> = payment
            .accounts
            .iter()
            .map(|meta| (meta.pubkey.to_bytes(), meta.is_signer, meta.is_writable))
            .collect();
        let payments = [(payment.program_id.to_bytes(), metas, payment.data.clone())].to_vec();
        instruction(
            &(INSERT_TRANSACTION, option, index, hold_up_secs, payments),
            vec![
                readable(self.governance),
                writable(self.proposal),
                readable(self.record(by)),
                signing(by),
                writable(self.transaction),
                signing_payer(by),
                readable(SYSTEM),
                readable(RENT),
            ],
        )
    }

    fn sign_off(&self, by: &Person) -> Instruction {
        let accounts = vec![
            readable(self.realm),
            readable(self.governance),
            writable(self.proposal),
            signing(by),
            readable(self.record(by)),
        ];
        instruction(&SIGN_OFF, accounts)
    }

    fn cast_vote(&self, by: &Person, proposer: &Person) -> Instruction {
        const APPROVE: u8 = 0;
        let (rank, percentage) = (0u8, 100u8);
        instruction(
            &(CAST_VOTE, APPROVE, [(rank, percentage)].to_vec()),
            vec![
                readable(self.realm),
                writable(self.governance),
                writable(self.proposal),
                writable(self.record(proposer)),
                writable(self.record(by)),
                signing(by),
                writable(self.vote(by)),
                readable(self.mint),
                signing_payer(by),
                readable(SYSTEM),
                readable(self.config),
            ],
        )
    }

    fn finalize(&self, proposer: &Person) -> Instruction {
        let accounts = vec![
            readable(self.realm),
            writable(self.governance),
            writable(self.proposal),
            writable(self.record(proposer)),
            readable(self.mint),
            readable(self.config),
        ];
        instruction(&FINALIZE_VOTE, accounts)
    }

    fn execute(&self, payment: &Instruction) -> Instruction {
        let mut accounts = vec![
            readable(self.governance),
            writable(self.proposal),
            writable(self.transaction),
            readable(payment.program_id),
        ];
        // The treasury signs inside the program.
        accounts.extend(
            payment.accounts.iter().map(|meta| AccountMeta { is_signer: false, ..meta.clone() }),
        );
        instruction(&EXECUTE_TRANSACTION, accounts)
    }

    fn relinquish(&self, voter: &Person) -> Instruction {
        let accounts = vec![
            readable(self.realm),
            readable(self.governance),
            writable(self.proposal),
            writable(self.record(voter)),
            writable(self.vote(voter)),
            readable(self.mint),
            signing(voter),
            signing_payer(voter),
        ];
        instruction(&RELINQUISH_VOTE, accounts)
    }
}

fn instruction(data: &impl borsh::BorshSerialize, accounts: Vec<AccountMeta>) -> Instruction {
    let data = borsh::to_vec(data).expect("arguments have a Borsh form");
    Instruction { program_id: program(), accounts, data }
}

/// Plays one proposal in a realm of its own.
fn play(bench: &mut Bench, seed: u64) {
    let world: &mut World = &mut bench.world;
    let community = world.community;
    mint_with_supply(world, community.stake_mint, SUPPLY);
    let [proposer, voter, recipient] = [(); 3].map(|()| world.person());
    let realm = Realm::new(seed, community.stake_mint);
    let source = |person: &Person| community.stake_token_account(&person.key());
    let purse = keypair("realm purse", seed).pubkey();
    let (mint, owner) = (community.budget_mint, realm.treasury);
    put_token_account(&mut world.svm, purse, SPL_TOKEN, mint, owner, 10 * PAYMENT);
    let payout = community.budget_account(&recipient.key());
    let payment = super::payment(purse, mint, payout, owner, PAYMENT);

    bench.act("CreateRealm", Call::new(&proposer, realm.create_realm(&proposer)));
    for (person, amount) in [(&proposer, PROPOSER_DEPOSIT), (&voter, VOTER_DEPOSIT)] {
        let deposit = realm.deposit(person, source(person), amount);
        bench.act("DepositGoverningTokens", Call::new(person, deposit));
    }
    bench.act("CreateGovernance", Call::new(&proposer, realm.create_governance(&proposer)));
    bench.act("CreateNativeTreasury", Call::new(&proposer, realm.create_treasury(&proposer)));
    bench.act("CreateProposal", Call::new(&proposer, realm.create_proposal(&proposer)));
    let insert = realm.insert_transaction(&proposer, &payment);
    bench.act("InsertTransaction", Call::new(&proposer, insert));
    bench.act("SignOffProposal", Call::new(&proposer, realm.sign_off(&proposer)));
    bench.act("CastVote", Call::new(&voter, realm.cast_vote(&voter, &proposer)));
    bench.world.svm.advance(i64::from(VOTING_SECS) + 1);
    bench.act("FinalizeVote", Call::new(&voter, realm.finalize(&proposer)));
    bench.world.svm.advance(1);
    let before = bench.world.purse(&recipient);
    bench.act("ExecuteTransaction", Call::new(&recipient, realm.execute(&payment)));
    assert_eq!(bench.world.purse(&recipient), before + PAYMENT, "the recipient is paid");
    bench.act("RelinquishVote", Call::new(&voter, realm.relinquish(&voter)));
}
