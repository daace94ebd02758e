//! The treasury, its tokens and its members.

use anchor_lang::{
    prelude::Pubkey,
    solana_program::{instruction::Instruction, system_instruction},
};
use anchor_spl::{
    associated_token::spl_associated_token_account::instruction::create_associated_token_account_idempotent,
    token::spl_token,
};
use community_budget::{CreateTreasuryArgs, constants::DAY_SECS, state::Roles};
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::{
    batch::Job,
    policy::{BUDGET_DECIMALS, DOLLAR, HARB, STAKE_DECIMALS, policy},
    town::Town,
    trouble::{During, Result},
};

/// What the vault begins with.
pub const FUNDS: u64 = 2_400_000 * DOLLAR;
/// What the founder brings later.
pub const SECOND_GIFT: u64 = 180_000 * DOLLAR;
/// What teams have for fees and bonds.
const PURSE: u64 = 1_000 * DOLLAR;

/// Lamports of one SOL.
const SOL: u64 = 1_000_000_000;
/// What the founder shares out.
const AIRDROP: u64 = 5_000 * SOL;
/// What everybody gets for fees and rent.
const POCKET: u64 = 2 * SOL;

/// Members, teams and records that fit into one transaction.
const PER_TRANSACTION: usize = 5;

/// Founds the treasury and gathers everybody who is there from the start.
pub fn found(town: &mut Town<'_>) -> Result<()> {
    town.go_to(town.calendar.founded_at(), "issuing the tokens")?;
    airdrop(town)?;
    let keys = town.keys;
    mints(town)?;
    town.begin("founding the treasury");
    let args = CreateTreasuryArgs {
        id: 0,
        first_open_at: town.calendar.opens_at,
        policy: policy(),
        roles: Roles {
            guardian: keys.guardian.pubkey(),
            reviewer: keys.reviewer.pubkey(),
            risk_reporter: keys.risk_reporter.pubkey(),
        },
    };
    let founder = keys.founder.pubkey();
    let source = town.community.budget_account(&founder);
    let job = vec![
        town.community.create_treasury(founder, founder, args),
        new_account(town, founder, town.community.budget_mint),
        mint_to(town, town.community.budget_mint, founder, FUNDS + SECOND_GIFT),
        town.community.deposit_funds(founder, source, FUNDS),
    ];
    town.send(&[Job::new(&keys.founder, job)])?;

    town.begin("gathering everybody");
    let roles = [&keys.guardian, &keys.reviewer, &keys.risk_reporter];
    let pockets = roles.map(|key| pocket(town, key.pubkey())).to_vec();
    let mut jobs = vec![Job::new(&keys.founder, pockets)];
    // The two who put acts to the vote pay a bond as well.
    let proposers = [&keys.members[1], &keys.members[2]];
    let teams: Vec<&Keypair> = keys.teams().map(|(_, key)| key).chain(proposers).collect();
    jobs.extend(teams.chunks(PER_TRANSACTION).map(|teams| {
        let equip = |key: &&Keypair| {
            let key = key.pubkey();
            let account = new_account(town, key, town.community.budget_mint);
            let purse = mint_to(town, town.community.budget_mint, key, PURSE);
            [pocket(town, key), account, purse]
        };
        Job::new(&keys.founder, teams.iter().flat_map(equip).collect())
    }));
    town.send(&jobs)?;
    let records: Vec<Job<'_>> = teams
        .chunks(PER_TRANSACTION)
        .map(|teams| {
            let open = |key: &&Keypair| town.community.open_recipient_record(founder, key.pubkey());
            Job::new(&keys.founder, teams.iter().map(open).collect())
        })
        .collect();
    town.send(&records)?;
    enlist(town, false)
}

/// Gives members their tokens, which they stake: those who join late, or all others.
pub fn enlist(town: &mut Town<'_>, late: bool) -> Result<()> {
    let (keys, people) = (town.keys, town.people);
    let joining = people.members.iter().enumerate().filter(|(_, it)| it.joins_late == late);
    let joining: Vec<usize> = joining.map(|(index, _)| index).collect();
    let equip = |index: &usize| {
        let (key, tokens) = (keys.member(*index), people.members[*index].tokens);
        let (budget, stake) = (town.community.budget_mint, town.community.stake_mint);
        [
            pocket(town, key),
            new_account(town, key, stake),
            mint_to(town, stake, key, tokens),
            // Rewards are paid there.
            new_account(town, key, budget),
        ]
    };
    let job = |some: &[usize]| Job::new(&keys.founder, some.iter().flat_map(equip).collect());
    let jobs: Vec<Job<'_>> = joining.chunks(PER_TRANSACTION).map(job).collect();
    town.send(&jobs)?;
    let stake = |index: &usize| {
        let (member, key) = (&people.members[*index], keys.member(*index));
        let source = town.community.stake_token_account(&key);
        let mut job = vec![
            town.community.open_stake(key, key, member.lock_days * DAY_SECS),
            town.community.stake_tokens(key, source, member.tokens),
        ];
        let delegate = member.delegate.map(|delegate| keys.member(delegate));
        job.extend(delegate.map(|delegate| town.community.set_delegate(key, delegate)));
        Job::new(&keys.members[*index], job)
    };
    let jobs: Vec<Job<'_>> = joining.iter().map(stake).collect();
    town.send(&jobs)
}

/// The founder brings more money for the next epoch.
pub fn second_gift(town: &mut Town<'_>) -> Result<()> {
    let founder = town.keys.founder.pubkey();
    let source = town.community.budget_account(&founder);
    let deposit = town.community.deposit_funds(founder, source, SECOND_GIFT);
    let keys = town.keys;
    town.send(&[Job::new(&keys.founder, vec![deposit])])
}

/// Members who do not vote take half of their stake back.
pub fn leave(town: &mut Town<'_>) -> Result<()> {
    let (keys, people) = (town.keys, town.people);
    let unstake = |index: usize| {
        // Whole tokens, as people ask for.
        let half = people.members[index].tokens / HARB / 2 * HARB;
        let request = town.community.request_unstake(keys.member(index), half);
        Job::new(&keys.members[index], vec![request])
    };
    let jobs: Vec<Job<'_>> = people.leaving().into_iter().map(unstake).collect();
    town.send(&jobs)
}

/// SOL for the founder, out of nowhere: the one thing here that is no ordinary transaction, besides
/// the clock.
fn airdrop(town: &Town<'_>) -> Result<()> {
    let founder = town.keys.founder.pubkey();
    let asked = town.network.client().request_airdrop(&founder, AIRDROP);
    let refused = |error: solana_rpc_client_api::client_error::Error| {
        let (url, why) = (town.network.cluster.rpc.clone(), error.to_string());
        budget_rpc::Trouble::NodeRefused { url, why }
    };
    asked.map_err(refused).during(town.step())?;
    Ok(())
}

fn mints(town: &mut Town<'_>) -> Result<()> {
    let keys = town.keys;
    let founder = keys.founder.pubkey();
    let bytes = <spl_token::state::Mint as anchor_lang::solana_program::program_pack::Pack>::LEN;
    let rent = town.network.rent(bytes).during(town.step())?;
    let mints = [(&keys.budget_mint, BUDGET_DECIMALS), (&keys.stake_mint, STAKE_DECIMALS)];
    let make = |(mint, decimals): (&Keypair, u8)| {
        let space = u64::try_from(bytes).unwrap_or(u64::MAX);
        [
            system_instruction::create_account(
                &founder,
                &mint.pubkey(),
                rent,
                space,
                &spl_token::ID,
            ),
            // Nobody can freeze it: clients warn of mints that somebody can.
            ours(spl_token::instruction::initialize_mint2(
                &spl_token::ID,
                &mint.pubkey(),
                &founder,
                None,
                decimals,
            )),
        ]
    };
    let job = Job::new(&keys.founder, mints.into_iter().flat_map(make).collect());
    town.send(&[job.signed_by(&keys.budget_mint).signed_by(&keys.stake_mint)])
}

fn pocket(town: &Town<'_>, key: Pubkey) -> Instruction {
    system_instruction::transfer(&town.keys.founder.pubkey(), &key, POCKET)
}

fn new_account(town: &Town<'_>, owner: Pubkey, mint: Pubkey) -> Instruction {
    let payer = town.keys.founder.pubkey();
    create_associated_token_account_idempotent(&payer, &owner, &mint, &spl_token::ID)
}

fn mint_to(town: &Town<'_>, mint: Pubkey, owner: Pubkey, amount: u64) -> Instruction {
    let community = &town.community;
    let account = if mint == community.budget_mint {
        community.budget_account(&owner)
    } else {
        community.stake_token_account(&owner)
    };
    let authority = town.keys.founder.pubkey();
    let minted =
        spl_token::instruction::mint_to(&spl_token::ID, &mint, &account, &authority, &[], amount);
    ours(minted)
}

/// The token program's builders refuse other programs' ids only.
fn ours<E: std::fmt::Debug>(built: std::result::Result<Instruction, E>) -> Instruction {
    built.expect("the id is the token program's")
}
