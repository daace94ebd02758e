//! The load: everybody's ballots and revisions through one epoch, for as long as asked, and then the
//! tally counted again from the vote records.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use anchor_lang::{
    InstructionData, ToAccountMetas, prelude::Pubkey, solana_program::instruction::Instruction,
    system_program,
};
use budget_client::{
    address,
    ballot::{Choice, pack},
    recount::Recount,
};
use budget_sim::{
    World,
    svm::keypair,
    world::{Ask, Setup, test_policy},
};
use community_budget::{
    BallotArgs,
    state::{BudgetEpoch, VoteRecord},
};
use solana_keypair::Keypair;
use solana_message::Message;
use solana_signer::Signer;
use solana_transaction::Transaction;

use crate::{
    Done, Stop,
    bench::{ACCOUNT_COST_PER_SEC, grouped, splice_page},
    page::Page,
    progress::Progress,
};

/// Awards on the slate; the last quarter of 128 is kept for acts.
const AWARDS: u8 = 96;
const PER_PROPOSER: u8 = 8;

/// Stakes in base units, and how many of a hundred stakers hold each.
const STAKES: [(u64, usize); 3] = [(1_000, 70), (10_000, 25), (200_000, 5)];

/// How a load is run.
#[derive(Clone, Copy)]
pub struct Options {
    /// Stakers.
    pub voters: usize,
    /// Least wall time in seconds.
    pub secs: u64,
    /// Whether every transaction is signed and its signatures are checked.
    pub signed: bool,
}

/// What a run measured.
#[derive(Default)]
struct Report {
    /// Transactions and their compute units, by instruction.
    pub kinds: BTreeMap<&'static str, (u64, u64)>,
    choices: u64,
    building: Duration,
    sending: Duration,
    elapsed: Duration,
    per_sec: Vec<u64>,
    /// Vote records that the recount verified.
    pub records: u64,
}

struct Voter {
    wallet: Keypair,
    stake: Pubkey,
    record: Pubkey,
    ballot: Vec<u8>,
}

/// Runs the load, prints what it measured, and with `write` puts it into `docs/performance.md`.
pub fn run(options: Options, write: bool) -> Done {
    crate::require_program()?;
    let (mut world, mut voters) = assemble(options)?;
    let mut report = play(&mut world, &mut voters, options)?;
    report.records = verify(&world, &voters)?;
    let table = report.table(options);
    let page = Page::new();
    page.line(&table);
    if write {
        splice_page("load", &table).map_err(Stop::broken)?;
    }
    Ok(())
}

/// A community of stakers before a slate of 96 awards, voting open. Stakes are written as
/// `open_stake` and `stake` would leave them, with the treasury's sums.
fn assemble(options: Options) -> Done<(World, Vec<Voter>)> {
    let mut policy = test_policy();
    policy.slate.capacity = 128;
    policy.slate.per_proposer = PER_PROPOSER;
    let setup = Setup { policy, signature_checks: options.signed, ..Setup::default() };
    let mut world = World::with(setup);
    let mut voters: Vec<Voter> = Vec::with_capacity(options.voters);
    let mut wallets: Vec<Vec<Keypair>> = STAKES.iter().map(|_| Vec::new()).collect();
    for number in 0..options.voters {
        let class = class_of(number % 100);
        wallets[class].push(keypair("load", u64::try_from(number).unwrap_or(u64::MAX)));
    }
    let epoch = world.community.epoch(0);
    for ((amount, _), wallets) in STAKES.iter().zip(wallets) {
        let owners: Vec<Pubkey> = wallets.iter().map(Signer::pubkey).collect();
        let stakes = world.put_stakes(&owners, *amount);
        for (wallet, stake) in wallets.into_iter().zip(stakes) {
            let record = address::vote_record(&epoch, &wallet.pubkey());
            voters.push(Voter { wallet, stake, record, ballot: Vec::new() });
        }
    }
    let proposers: Vec<_> = (0..AWARDS / PER_PROPOSER).map(|_| world.proposer()).collect();
    world.open_epoch()?;
    for index in 0..AWARDS {
        let by = &proposers[usize::from(index / PER_PROPOSER)];
        world.submit(by, &Ask::of(100_000 + u64::from(index)))?;
    }
    world.to_voting();
    Ok((world, voters))
}

fn class_of(percentile: usize) -> usize {
    let mut below = 0;
    let class = STAKES.iter().position(|(_, share)| {
        below += share;
        percentile < below
    });
    class.unwrap_or(0)
}

/// A sequence that looks random and is the same every time.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        let limit = u64::try_from(limit.max(1)).unwrap_or(u64::MAX);
        usize::try_from(self.next() % limit).unwrap_or(0)
    }

    /// A ballot on 1 to 96 entries, most often on few.
    fn ballot(&mut self) -> Vec<u8> {
        let most = [4, 20, 20, 96][self.below(4)];
        let count = 1 + self.below(most);
        let choices = [Choice::For, Choice::For, Choice::Against, Choice::Abstain];
        let pick = |_| (self.below(usize::from(AWARDS)), self.below(4));
        let picked: Vec<(usize, usize)> = (0..count).map(pick).collect();
        pack(
            picked
                .into_iter()
                .map(|(entry, choice)| (u8::try_from(entry).unwrap_or(0), choices[choice])),
        )
    }
}

/// First everybody's ballot in random order, then revisions, every tenth a retraction, until the time
/// is over.
fn play(world: &mut World, voters: &mut [Voter], options: Options) -> Done<Report> {
    let mut dice = Dice(0x2545_F491_4F6C_DD1D);
    let mut order: Vec<usize> = (0..voters.len()).collect();
    for last in (1..order.len()).rev() {
        order.swap(last, dice.below(last + 1));
    }
    let slate_hash = world.epoch(0).slate_hash;
    let mut report = Report::default();
    let begun = Instant::now();
    let mut progress = Progress::new("ballots", u64::try_from(order.len()).unwrap_or(u64::MAX));
    for at in order {
        progress.step();
        let ballot = dice.ballot();
        send(world, &mut voters[at], ("cast_vote", slate_hash, ballot), begun, &mut report)?;
    }
    drop(progress);
    while begun.elapsed() < Duration::from_secs(options.secs) {
        let voter = dice.below(voters.len());
        let voter = &mut voters[voter];
        let retracts = dice.below(10) == 0 && !voter.ballot.is_empty();
        let ballot = if retracts { Vec::new() } else { dice.ballot() };
        if ballot == voter.ballot {
            continue;
        }
        let kind = if retracts { "retract_vote" } else { "revise_vote" };
        send(world, voter, (kind, slate_hash, ballot), begun, &mut report)?;
    }
    report.elapsed = begun.elapsed();
    Ok(report)
}

fn send(
    world: &mut World,
    voter: &mut Voter,
    (kind, slate_hash, ballot): (&'static str, [u8; 32], Vec<u8>),
    begun: Instant,
    report: &mut Report,
) -> Done {
    let started = Instant::now();
    let (payer, key) = (world.svm.fee_payer_keypair(), voter.wallet.pubkey());
    let (treasury, epoch) = (world.community.treasury, world.community.epoch(0));
    let args = BallotArgs { slate_hash, ballot: ballot.clone() };
    let (accounts, data) = if kind == "cast_vote" {
        let accounts = community_budget::accounts::CastVote {
            voter: key,
            payer: payer.pubkey(),
            treasury,
            epoch,
            stake: voter.stake,
            vote_record: voter.record,
            system_program: system_program::ID,
        };
        (accounts.to_account_metas(None), community_budget::instruction::CastVote { args }.data())
    } else {
        let accounts = community_budget::accounts::ReviseVote {
            voter: key,
            treasury,
            epoch,
            vote_record: voter.record,
            stake: None,
        };
        let data = match kind {
            "revise_vote" => community_budget::instruction::ReviseVote { args }.data(),
            _ => community_budget::instruction::RetractVote {}.data(),
        };
        (accounts.to_account_metas(None), data)
    };
    let instruction = Instruction { program_id: community_budget::ID, accounts, data };
    let number = report.kinds.values().map(|(count, _)| count).sum::<u64>();
    let blockhash = solana_sha256_hasher::hash(&number.to_le_bytes());
    let message = Message::new_with_blockhash(&[instruction], Some(&payer.pubkey()), &blockhash);
    let mut transaction = Transaction::new_unsigned(message);
    if world.svm.checks_signatures() {
        transaction.partial_sign(&[&payer, &voter.wallet], blockhash);
    }
    let built = Instant::now();
    let landed = world.svm.submit(transaction)?;
    report.building += built - started;
    report.sending += built.elapsed();
    let entry = report.kinds.entry(kind).or_default();
    entry.0 += 1;
    entry.1 += landed.compute_units;
    report.choices += ballot.iter().map(|byte| choices_in(*byte)).sum::<u64>();
    let second = usize::try_from(begun.elapsed().as_secs()).unwrap_or(usize::MAX);
    if report.per_sec.len() <= second {
        report.per_sec.resize(second + 1, 0);
    }
    report.per_sec[second] += 1;
    voter.ballot = ballot;
    Ok(())
}

fn choices_in(byte: u8) -> u64 {
    (0..4).filter(|slot| byte >> (slot * 2) & 0b11 != 0).count().try_into().unwrap_or(0)
}

/// Counts the vote records again and compares with the slate; and every record with the last ballot
/// that its voter sent.
fn verify(world: &World, voters: &[Voter]) -> Done<u64> {
    let epoch_key = world.community.epoch(0);
    let (epoch, slate): (BudgetEpoch, _) = (world.epoch(0), world.svm.slate(&epoch_key));
    let mut recount = Recount::new(epoch_key, slate.len());
    for voter in voters {
        let account = world.svm.get(&voter.record).ok_or_else(|| {
            Stop::broken(format!("the ballot of {} left no record", voter.wallet.pubkey()))
        })?;
        let counted = recount.add(&voter.record, &account.owner, &account.data);
        counted.map_err(|flaw| Stop::broken(flaw.to_string()))?;
        let tail = 8 + size_of::<VoteRecord>();
        let mut recorded = account.data[tail..].to_vec();
        while recorded.last() == Some(&0) {
            recorded.pop();
        }
        if recorded != voter.ballot {
            return Err(Stop::broken(format!(
                "the last ballot of {} is not the one that is recorded",
                voter.wallet.pubkey()
            )));
        }
    }
    recount.verify(&epoch, &slate).map_err(|flaw| Stop::broken(flaw.to_string()))
}

impl Report {
    fn table(&self, options: Options) -> String {
        let count: u64 = self.kinds.values().map(|(count, _)| count).sum();
        let units: u64 = self.kinds.values().map(|(_, units)| units).sum();
        let secs = self.elapsed.as_secs_f64().max(f64::MIN_POSITIVE);
        let rate = |number: u64| grouped(rounded(to_f64(number) / secs));
        // The last second is cut short.
        let mut whole = self.per_sec[..self.per_sec.len().saturating_sub(1)].to_vec();
        whole.sort_unstable();
        let spread = match (whole.first(), whole.get(whole.len() / 2), whole.last()) {
            (Some(least), Some(median), Some(most)) => {
                format!("{} / {} / {}", grouped(*least), grouped(*median), grouped(*most))
            }
            _ => "-".to_owned(),
        };
        let mut rows = vec![
            ("stakers", grouped(u64::try_from(options.voters).unwrap_or(u64::MAX))),
            ("signatures", if options.signed { "made and checked" } else { "left out" }.to_owned()),
            ("seconds", format!("{secs:.1}")),
            ("transactions", grouped(count)),
        ];
        for (kind, (count, units)) in &self.kinds {
            let mean = units / count.max(&1);
            rows.push((kind, format!("{}, {} CU on average", grouped(*count), grouped(mean))));
        }
        let building = 100.0 * self.building.as_secs_f64() / secs;
        let sending = 100.0 * self.sending.as_secs_f64() / secs;
        let share = 100.0 * to_f64(units) / secs / to_f64(ACCOUNT_COST_PER_SEC);
        rows.extend([
            ("transactions per second", rate(count)),
            ("least / median / most in a second", spread),
            ("choices per second", rate(self.choices)),
            ("compute units per second", rate(units)),
            ("of what one epoch may use per second", format!("{share:.0} %")),
            ("time in building and signing", format!("{building:.0} %")),
            ("time in the SVM", format!("{sending:.0} %")),
            ("vote records that the recount verified", grouped(self.records)),
        ]);
        let rows = rows.into_iter().map(|(what, figure)| format!("| {what} | {figure} |\n"));
        format!("| what | figure |\n| --- | ---: |\n{}", rows.collect::<String>())
    }
}

fn to_f64(number: u64) -> f64 {
    // Figures for people: the digits that are lost are not shown.
    number as f64
}

fn rounded(number: f64) -> u64 {
    number.round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: Options = Options { voters: 40, secs: 1, signed: true };

    #[test]
    fn every_ballot_is_found_again() {
        let (mut world, mut voters) = assemble(SMALL).unwrap();
        let report = play(&mut world, &mut voters, SMALL).unwrap();
        assert_eq!(report.kinds["cast_vote"].0, 40);
        assert!(report.kinds["revise_vote"].0 > 0 && report.kinds["retract_vote"].0 > 0);
        assert_eq!(verify(&world, &voters).unwrap(), 40);
    }

    #[test]
    fn a_ballot_that_was_tampered_with_is_found() {
        let options = Options { secs: 0, ..SMALL };
        let (mut world, mut voters) = assemble(options).unwrap();
        play(&mut world, &mut voters, options).unwrap();
        let key = voters[3].record;
        let honest = world.svm.get(&key).unwrap();
        let mut account = honest.clone();
        let weight = 8 + size_of::<VoteRecord>() - 8;
        account.data[weight] ^= 1;
        world.svm.put(key, account);
        let Stop { sentence, .. } = verify(&world, &voters).unwrap_err();
        assert!(sentence.starts_with("the vote records weigh "), "{sentence}");
        let mut account = honest.clone();
        *account.data.last_mut().unwrap() ^= 0b01;
        world.svm.put(key, account);
        let Stop { sentence, .. } = verify(&world, &voters).unwrap_err();
        assert!(sentence.ends_with("is not the one that is recorded"), "{sentence}");
        world.svm.put(key, honest);
        assert_eq!(verify(&world, &voters).unwrap(), 40);
    }
}
