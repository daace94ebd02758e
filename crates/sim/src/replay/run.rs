//! One election as one epoch, through the program's own instructions.

use std::time::{Duration, Instant};

use anchor_lang::{
    InstructionData, ToAccountMetas, prelude::Pubkey, solana_program::instruction::Instruction,
    system_program,
};
use budget_client::{
    address,
    ballot::{Choice, pack, unpack},
};
use budget_sim::{
    World,
    svm::{GENESIS, keypair},
    token,
    world::{Ask, Person, Setup},
};
use community_budget::{
    BallotArgs, CreateTreasuryArgs,
    constants::MAX_TITLE_BYTES,
    state::{BudgetEpoch, Entry, Outcome, Policy, Roles, Treasury, VoteRecord},
};
use pabulib::{Election, Project};
use solana_message::Message;
use solana_transaction::Transaction;

use super::{VAULT_BUDGETS, meter::Meter};
use crate::{Done, Stop, progress::Progress};

/// Proposals of one proposer: as many as a policy can allow.
const PER_PROPOSER: u8 = 8;

/// What a replay left behind.
pub struct Played {
    pub treasury: Treasury,
    pub epoch: BudgetEpoch,
    /// One entry per project, in the file's order.
    pub slate: Vec<Entry>,
    /// Approvals per project, counted from the vote records.
    pub recount: Vec<u64>,
    /// Base units in the vault, the stake vault and the bond vault.
    pub vaults: [u64; 3],
    pub ballots: u64,
    /// How long casting them took.
    pub casting: Duration,
    pub meter: Meter,
}

impl Played {
    /// Whether the project at `index` was funded.
    pub fn is_funded(&self, index: usize) -> bool {
        self.slate[index].is(Outcome::Funded)
    }
}

/// The policy of a replay: the file's budget is the cap, one approval in ten thousand voters is
/// quorum enough, nothing else stands in a project's way.
fn policy(election: &Election) -> Policy {
    let mut policy = Policy::default();
    let capacities = [16u8, 32, 64, 128];
    // The last quarter of a slate is kept for acts.
    let fits = |capacity: &u8| usize::from(*capacity) / 4 * 3 >= election.projects.len();
    policy.slate.capacity = capacities.into_iter().find(fits).unwrap_or(128);
    policy.slate.per_proposer = PER_PROPOSER;
    policy.budget.epoch_cap_bps = 3_000;
    policy.budget.epoch_cap_abs = election.budget_cents;
    for rule in &mut policy.tiers.rules {
        rule.quorum_bps = 1;
        rule.approval_bps = 5_001;
        rule.min_checkpoints = 0;
    }
    policy.tiers.contested_coef_bps = 0;
    policy.budget.reward_bps = 0;
    policy.risk.min_runway_epochs = 0;
    policy.risk.max_recipient_bps = 10_000;
    // What exceeds the cap may stand for election all the same, as it did in the city.
    policy.tiers.rules[2].ask_limit_bps = 10_000;
    policy
}

/// Plays the election. The only things written directly are wallets, and stakes with the sums over
/// them; everything else is a transaction.
pub fn play(election: &Election) -> Done<Played> {
    let mut meter = Meter::default();
    let mut world = found(election, &mut meter)?;
    let voters: Vec<Pubkey> =
        (0..election.voters.len()).map(|number| key_of("voter", number)).collect();
    let stakes = world.put_stakes(&voters, 1);
    meter.note("open_epoch", world.open_epoch())?;
    submit(&mut world, election, &mut meter)?;

    world.to_voting();
    let begun = Instant::now();
    let records = cast(&mut world, election, &voters, &stakes, &mut meter)?;
    let casting = begun.elapsed();

    world.to_tallying();
    meter.note("settle_epoch", world.settle())?;
    let community = world.community;
    let balance = |key| token::balance(&world.svm, &key);
    let mut slate = world.svm.slate(&community.epoch(0));
    slate.truncate(election.projects.len());
    Ok(Played {
        treasury: world.treasury(),
        epoch: world.epoch(0),
        slate,
        recount: recount(&world, &records, election.projects.len()),
        vaults: [community.vault(), community.stake_vault(), community.bond_vault()].map(balance),
        ballots: u64::try_from(records.len()).unwrap_or(u64::MAX),
        casting,
        meter,
    })
}

/// A treasury that holds the budget a hundredfold.
fn found(election: &Election, meter: &mut Meter) -> Done<World> {
    let setup = Setup {
        policy: policy(election),
        funds: election.budget_cents * VAULT_BUDGETS,
        decimals: 2,
        signature_checks: false,
        ..Setup::default()
    };
    let mut world = World::before_treasury(&setup);
    let founder = world.founder.clone();
    let args = CreateTreasuryArgs {
        id: 0,
        first_open_at: GENESIS,
        policy: setup.policy,
        roles: Roles::default(),
    };
    let payer = world.svm.fee_payer();
    let create = world.community.create_treasury(founder.key(), payer, args);
    meter.note("create_treasury", world.send(create, &[&founder]))?;
    let purse = world.community.budget_account(&founder.key());
    token::edit(&mut world.svm, &purse, |account| account.amount = setup.funds);
    meter.note("deposit_funds", world.deposit(&founder, setup.funds))?;
    Ok(world)
}

/// A key that follows from a label and a number; whoever it is signs without a key pair, because
/// signatures are not checked here.
fn key_of(label: &str, number: usize) -> Pubkey {
    let number = u64::try_from(number).unwrap_or(u64::MAX).to_le_bytes();
    let hash = solana_sha256_hasher::hashv(&[label.as_bytes(), &number]);
    Pubkey::new_from_array(hash.to_bytes())
}

/// Puts every project on the slate: a recipient of its own, and proposers of eight projects each.
fn submit(world: &mut World, election: &Election, meter: &mut Meter) -> Done {
    let mut proposer = world.founder.clone();
    for (index, project) in (0u8..).zip(&election.projects) {
        if index.is_multiple_of(PER_PROPOSER) {
            proposer = world.person();
            meter.note("open_recipient_record", world.open_recipient_record(proposer.key()))?;
        }
        let recipient = Person { wallet: keypair("recipient", index.into()) };
        meter.note("open_recipient_record", world.open_recipient_record(recipient.key()))?;
        let submission = world.submit_for(&proposer, &recipient, false, &ask(project));
        meter.note("submit_proposal", submission)?;
        meter.note("accept_proposal", world.accept(&recipient, index))?;
    }
    Ok(())
}

fn ask(project: &Project) -> Ask {
    let words = if project.name.is_empty() { &project.id } else { &project.name };
    let mut title = String::new();
    for character in words.chars() {
        if title.len() + character.len_utf8() > MAX_TITLE_BYTES {
            break;
        }
        title.push(character);
    }
    if title.is_empty() {
        title.push('-');
    }
    Ask {
        title,
        metadata_uri: String::new(),
        metadata_hash: solana_sha256_hasher::hash(words.as_bytes()).to_bytes(),
        ..Ask::of(project.cost_cents)
    }
}

/// Casts every ballot that holds a choice and returns the vote records' addresses. One address is
/// derived a ballot instead of three: the epoch's is shared and the stakes' are known, and deriving
/// would otherwise take a third of the time.
fn cast(
    world: &mut World,
    election: &Election,
    voters: &[Pubkey],
    stakes: &[Pubkey],
    meter: &mut Meter,
) -> Done<Vec<Pubkey>> {
    let epoch = world.community.epoch(0);
    let (payer, treasury) = (world.svm.fee_payer(), world.community.treasury);
    let slate_hash = world.epoch(0).slate_hash;
    let mut progress = Progress::new("ballots", voters.len() as u64);
    let mut records = Vec::with_capacity(voters.len());
    for ((voter, stake), ballot) in voters.iter().zip(stakes).zip(&election.voters) {
        progress.step();
        if ballot.approved.is_empty() {
            continue;
        }
        let choices = ballot.approved.iter().filter_map(|index| {
            // Projects are at most 96, or the file would have been refused.
            Some((u8::try_from(*index).ok()?, Choice::For))
        });
        let vote_record = address::vote_record(&epoch, voter);
        let accounts = community_budget::accounts::CastVote {
            voter: *voter,
            payer,
            treasury,
            epoch,
            stake: *stake,
            vote_record,
            system_program: system_program::ID,
        };
        let args = BallotArgs { slate_hash, ballot: pack(choices) };
        let instruction = Instruction {
            program_id: community_budget::ID,
            accounts: accounts.to_account_metas(None),
            data: community_budget::instruction::CastVote { args }.data(),
        };
        let message = Message::new(&[instruction], Some(&payer));
        meter.note("cast_vote", world.svm.submit(Transaction::new_unsigned(message)))?;
        records.push(vote_record);
    }
    Ok(records)
}

/// Counts the approvals in the vote records.
fn recount(world: &World, records: &[Pubkey], projects: usize) -> Vec<u64> {
    let mut counts = vec![0; projects];
    for key in records {
        let record: VoteRecord = world.svm.read(key);
        for (index, choice) in unpack(&world.svm.choices(key)) {
            if choice == Choice::For {
                counts[usize::from(index)] += record.weight;
            }
        }
    }
    counts
}

/// Holds the books against each other and the tally against the vote records and the file.
pub fn verify(election: &Election, played: &Played) -> Done {
    let Played { treasury, epoch, slate, recount, vaults, ballots, .. } = played;
    let deposited = election.budget_cents * VAULT_BUDGETS;
    let voters = u64::try_from(election.voters.len()).unwrap_or(u64::MAX);
    let funded: u64 = slate.iter().filter(|e| e.is(Outcome::Funded)).map(|e| e.amount).sum();
    let same = |what: &str, left: u64, right: u64| {
        if left == right {
            return Ok(());
        }
        Err(Stop::broken(format!("the books do not balance: {what}: {left} is not {right}")))
    };
    same("vault and deposit", vaults[0], deposited)?;
    same("vault and tracked funds", vaults[0], treasury.tracked)?;
    same("stake vault and stakes", vaults[1], treasury.staked)?;
    same("stakes and voters", treasury.staked, voters)?;
    same("bond vault and bonds", vaults[2], treasury.bonded)?;
    same("promised and awarded", treasury.committed, epoch.allocated)?;
    same("awarded and funded asks", epoch.allocated, funded)?;
    same("cap and budget", epoch.cap, election.budget_cents)?;
    same("electorate and voters", epoch.electorate, voters)?;
    same("turnout and ballots", epoch.turnout, *ballots)?;
    same("vote records and ballots", epoch.vote_record_count, *ballots)?;
    if funded > epoch.cap {
        return Err(Stop::broken(format!("{funded} awarded is more than the cap {}", epoch.cap)));
    }
    let votes = election.votes_per_project();
    for (index, project) in election.projects.iter().enumerate() {
        let tally = slate[index].tally();
        let counts = [tally.for_, recount[index], votes[index]];
        if counts != [votes[index]; 3] || tally.against + tally.abstain != 0 {
            return Err(Stop::broken(format!(
                "the tally of project {} is {} on the slate, {} in the vote records and {} in the file",
                project.id, counts[0], counts[1], counts[2]
            )));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ELECTION: &str = "META\nkey;value\nbudget;100\nvote_type;approval\nPROJECTS\n\
         project_id;cost\nA;60\nB;50\nVOTES\nvoter_id;vote\nv0;A,B\nv1;A\nv2;\n";

    /// Plays the election, bends what is left of it, and returns how that is reported.
    fn verdict(bend: impl FnOnce(&mut Played)) -> Option<(u8, String)> {
        let election = pabulib::parse(ELECTION).unwrap();
        let mut played = play(&election).unwrap();
        bend(&mut played);
        verify(&election, &played).err().map(|stop| (stop.code, stop.sentence))
    }

    #[test]
    fn what_the_program_did_is_verified() {
        assert_eq!(verdict(|_| ()), None);
    }

    #[test]
    fn books_that_are_one_unit_off_are_reported_with_exit_code_1() {
        let bends: [fn(&mut Played); 9] = [
            |played| played.vaults[0] -= 1,
            |played| played.vaults[1] += 1,
            |played| played.vaults[2] += 1,
            |played| played.treasury.tracked += 1,
            |played| played.treasury.committed += 1,
            |played| played.epoch.cap -= 1,
            |played| played.epoch.electorate -= 1,
            |played| played.epoch.turnout += 1,
            |played| played.slate[0].amount += 1,
        ];
        for (number, bend) in bends.into_iter().enumerate() {
            let (code, sentence) = verdict(bend).unwrap_or_else(|| panic!("bend {number}"));
            assert_eq!(code, 1);
            assert!(sentence.starts_with("the books do not balance: "), "{sentence}");
        }
    }

    #[test]
    fn a_tally_that_differs_anywhere_is_reported_with_exit_code_1() {
        for (bend, counts) in [
            ((|played| played.slate[1].for_ = 2) as fn(&mut Played), [2, 1]),
            (|played| played.recount[1] = 0, [1, 0]),
            (|played| played.slate[1].abstain = 1, [1, 1]),
        ] {
            let [slate, records] = counts;
            let expected = format!(
                "the tally of project B is {slate} on the slate, {records} in the vote records and \
                 1 in the file"
            );
            assert_eq!(verdict(bend), Some((1, expected)));
        }
    }
}
