//! The scale: an epoch with a million stakers on paper, and its vote records read cold from a dump.

use std::{
    fs::{self, File},
    io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use anchor_lang::{Discriminator, prelude::Pubkey};
use budget_client::{
    ballot::Choice,
    recount::{Flaw, Recount},
};
use budget_rules::ballot::shift;
use bytemuck::Zeroable;
use community_budget::{
    constants::VOTE_SEED,
    state::{BudgetEpoch, Entry, Stake, VoteRecord},
};

use crate::{
    Done, Stop,
    bench::{
        ACCOUNT_COST_PER_SEC, BallotCost, CHAIN_COST_PER_SEC, committed_figures, grouped, rent,
        splice_page,
    },
    page::Page,
};

/// Entries of the slate, all of which are voted on.
const CAPACITY: u8 = 128;
/// Choices of a ballot on paper.
const CHOICES: u8 = 20;
/// What a transaction pays for each signature, in lamports.
const FEE_PER_SIGNATURE: u64 = 5_000;
/// Length of a slot in milliseconds.
const SLOT_MILLIS: u64 = 350;
/// Lamports of a SOL.
const LAMPORTS: u64 = 1_000_000_000;
/// Threads that read a dump.
const THREADS: u64 = 2;

/// What the dump's file begins with, before the records: epoch key, header and slate.
struct Head {
    epoch: Pubkey,
    header: BudgetEpoch,
    slate: Vec<Entry>,
}

/// Bytes of one record in a dump: key, owner, data.
const RECORD_BYTES: usize = 32 + 32 + VoteRecord::space(CAPACITY);

fn head_bytes() -> usize {
    32 + size_of::<BudgetEpoch>() + usize::from(CAPACITY) * size_of::<Entry>()
}

/// Computes, writes a dump into a folder that is removed again, has another process read it, and
/// prints; with `write` puts the figures into `docs/performance.md`.
pub fn run(voters: u64, treasuries: u64, write: bool) -> Done {
    let mut table = String::from("| what | figure |\n| --- | ---: |\n");
    for (what, figure) in on_paper(voters, treasuries)? {
        table += &format!("| {what} | {figure} |\n");
    }
    let folder = std::env::temp_dir().join(format!("budget-scale-{}", std::process::id()));
    fs::create_dir_all(&folder).map_err(|error| broken(&folder, error))?;
    let file = folder.join("records.dump");
    let read = dump(&file, voters).and_then(|()| read_in_a_child(&file));
    let _ = fs::remove_dir_all(&folder);
    for (what, figure) in read? {
        table += &format!("| {what} | {figure} |\n");
    }
    Page::new().line(&table);
    if write {
        splice_page("scale", &table).map_err(Stop::broken)?;
    }
    Ok(())
}

fn broken(path: &Path, error: impl std::fmt::Display) -> Stop {
    Stop::broken(format!("{}: {error}", path.display()))
}

/// One epoch of `voters`, each with one ballot of 20 choices, by the committed figures.
fn on_paper(voters: u64, treasuries: u64) -> Done<Vec<(String, String)>> {
    let figures = committed_figures().map_err(Stop::broken)?;
    let cost = BallotCost::of(&figures, CHOICES).total();
    let units = |key: &str| figures.row(key).cu_median;
    let block_cost = u128::from(voters) * u128::from(cost);
    let secs = |per_sec: u64| to_u64(block_cost.div_ceil(per_sec.into()));
    let sol = |lamports: u64| {
        let whole = u128::from(voters) * u128::from(lamports);
        format!("{} SOL", grouped(to_u64(whole / u128::from(LAMPORTS))))
    };
    let alone = secs(ACCOUNT_COST_PER_SEC);
    let together = u128::from(treasuries) * block_cost / u128::from(CHAIN_COST_PER_SEC);
    let hours = together / 3_600;
    let row = |what: &str, figure: String| (what.to_owned(), figure);
    Ok(vec![
        row("stakers of one epoch, one ballot of 20 choices each", grouped(voters)),
        row("cost of a ballot, as blocks count it", format!("{} units", grouped(cost))),
        row(
            "least time through one epoch's account",
            format!("{} s, {} slots", grouped(alone), grouped(alone * 1_000 / SLOT_MILLIS)),
        ),
        row("fees of the ballots, without priority", sol(FEE_PER_SIGNATURE)),
        row("rent locked by vote records, returned", sol(rent(VoteRecord::space(CAPACITY)))),
        row("rent locked by stakes, returned", sol(rent(Stake::SPACE))),
        row(
            "closing the records",
            format!("{} CU each, any time later", grouped(units("close_vote_record/reward"))),
        ),
        row(
            &format!("the same for {} treasuries at once", grouped(treasuries)),
            format!("{} s of the whole chain, {hours} hours", grouped(to_u64(together))),
        ),
    ])
}

fn to_u64(number: u128) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

/// Writes an epoch of `voters` with a vote record each, at their real addresses.
fn dump(file: &Path, voters: u64) -> Done {
    let epoch = Pubkey::new_from_array([11; 32]);
    let mut out = BufWriter::new(File::create(file).map_err(|error| broken(file, error))?);
    out.seek(SeekFrom::Start(head_bytes() as u64)).map_err(|error| broken(file, error))?;
    let mut slate = vec![Entry::zeroed(); CAPACITY.into()];
    let mut turnout = 0u64;
    // Addresses take longest; two threads find them, in batches so that memory stays small.
    const BATCH: u64 = 20_000;
    let mut first = 0;
    while first < voters {
        let end = voters.min(first + 2 * BATCH);
        let middle = end.min(first + BATCH);
        let (left, right) = std::thread::scope(|scope| {
            let right = scope.spawn(|| records(epoch, middle..end));
            (records(epoch, first..middle), right.join().unwrap_or_default())
        });
        for (key, data, weight) in left.into_iter().chain(right) {
            turnout += weight;
            let ballot = &data[8 + size_of::<VoteRecord>()..];
            for (index, entry) in slate.iter_mut().enumerate() {
                let choice = Choice::from_low_bits(ballot[index / 4] >> (index % 4 * 2));
                shift(entry, Choice::Unmarked, choice, weight)
                    .ok_or_else(|| Stop::broken("the weights exceed 64 bits"))?;
            }
            for part in [key.as_ref(), community_budget::ID.as_ref(), &data] {
                out.write_all(part).map_err(|error| broken(file, error))?;
            }
        }
        first = end;
    }
    let mut header = BudgetEpoch::zeroed();
    header.vote_record_count = voters;
    header.turnout = turnout;
    out.seek(SeekFrom::Start(0)).map_err(|error| broken(file, error))?;
    let slate: &[u8] = bytemuck::cast_slice(&slate);
    for part in [epoch.as_ref(), bytemuck::bytes_of(&header), slate] {
        out.write_all(part).map_err(|error| broken(file, error))?;
    }
    out.flush().map_err(|error| broken(file, error))
}

/// Records of the voters in `numbers`: key, data, weight.
fn records(epoch: Pubkey, numbers: std::ops::Range<u64>) -> Vec<(Pubkey, Vec<u8>, u64)> {
    let one = |number: u64| {
        let noise = solana_sha256_hasher::hashv(&[b"scale", &number.to_le_bytes()]).to_bytes();
        let owner = Pubkey::new_from_array(noise);
        let seeds: [&[u8]; 3] = [VOTE_SEED, epoch.as_ref(), owner.as_ref()];
        let (key, bump) = Pubkey::find_program_address(&seeds, &community_budget::ID);
        let mut head = VoteRecord::zeroed();
        // Few are heavy: a hundredth of the stakers has ten thousand times the weight.
        let weight = if noise[0] < 3 { 10_000_000 } else { 1_000 } + u64::from(noise[1]);
        (head.bump, head.epoch, head.owner, head.weight) = (bump, epoch, owner, weight);
        let mut data = VoteRecord::DISCRIMINATOR.to_vec();
        data.extend_from_slice(bytemuck::bytes_of(&head));
        data.extend_from_slice(&noise);
        (key, data, weight)
    };
    numbers.map(one).collect()
}

/// Reads the dump in a process of its own, whose time and memory are measured.
fn read_in_a_child(file: &Path) -> Done<Vec<(String, String)>> {
    let this = std::env::current_exe().map_err(|error| broken(file, error))?;
    let begun = Instant::now();
    let output = Command::new(this).arg("scale-read").arg(file).output();
    let output = output.map_err(|error| broken(file, error))?;
    let secs = begun.elapsed().as_secs_f64();
    let text = String::from_utf8_lossy(&output.stdout);
    let mut numbers = text.split_whitespace().map(|word| word.parse::<u64>());
    let (Some(Ok(records)), Some(Ok(kib)), true) =
        (numbers.next(), numbers.next(), output.status.success())
    else {
        let error = String::from_utf8_lossy(&output.stderr);
        return Err(Stop::broken(format!("the dump could not be verified: {}", error.trim())));
    };
    let row = |what: &str, figure: String| (what.to_owned(), figure);
    let size = fs::metadata(file).map_err(|error| broken(file, error))?.len();
    Ok(vec![
        row("vote records in the dump", grouped(records)),
        row("size of the dump", format!("{} MiB", grouped(size >> 20))),
        row("cold read to a verified tally", format!("{secs:.1} s on {THREADS} threads")),
        row("peak memory of the reader", format!("{} MiB", grouped(kib >> 10))),
    ])
}

/// Reads a dump into a verified tally and prints the number of records and the peak memory in KiB.
pub fn read(file: &Path) -> Done {
    let (records, head) = recount(file)?;
    let verified = records.verify(&head.header, &head.slate);
    let verified = verified.map_err(|flaw| Stop::broken(flaw.to_string()))?;
    println!("{verified} {}", peak_memory_kib()?);
    Ok(())
}

fn recount(file: &Path) -> Done<(Recount, Head)> {
    let head = read_head(file).map_err(|error| broken(file, error))?;
    let length = fs::metadata(file).map_err(|error| broken(file, error))?.len();
    let (start, size) = (head_bytes() as u64, RECORD_BYTES as u64);
    let behind = length.checked_sub(start).filter(|behind| behind % size == 0);
    let count = behind.ok_or_else(|| broken(file, "the dump is cut short"))? / size;
    let bounds = |part: u64| start + count * part / THREADS * size;
    let parts: Vec<Done<Recount>> = std::thread::scope(|scope| {
        let begin = |part| {
            let epoch = head.epoch;
            scope.spawn(move || read_part(file, epoch, bounds(part), bounds(part + 1)))
        };
        let threads: Vec<_> = (0..THREADS).map(begin).collect();
        let crashed = || Err(Stop::broken("a reader crashed"));
        threads.into_iter().map(|t| t.join().unwrap_or_else(|_| crashed())).collect()
    });
    let mut sum = Recount::new(head.epoch, CAPACITY.into());
    for part in parts {
        sum.join(part?).map_err(flawed)?;
    }
    Ok((sum, head))
}

fn flawed(flaw: Flaw) -> Stop {
    Stop::broken(flaw.to_string())
}

fn read_head(file: &Path) -> std::io::Result<Head> {
    let mut bytes = vec![0; head_bytes()];
    File::open(file)?.read_exact(&mut bytes)?;
    let (epoch, rest) = bytes.split_at(32);
    let (header, slate) = rest.split_at(size_of::<BudgetEpoch>());
    let mut key = [0; 32];
    key.copy_from_slice(epoch);
    Ok(Head {
        epoch: Pubkey::new_from_array(key),
        header: bytemuck::pod_read_unaligned(header),
        slate: slate.chunks(size_of::<Entry>()).map(bytemuck::pod_read_unaligned).collect(),
    })
}

fn read_part(file: &Path, epoch: Pubkey, start: u64, end: u64) -> Done<Recount> {
    let mut input = BufReader::with_capacity(1 << 20, open_at(file, start)?);
    let mut recount = Recount::new(epoch, CAPACITY.into());
    let mut record = [0; RECORD_BYTES];
    let mut at = start;
    while at < end {
        input.read_exact(&mut record).map_err(|error| broken(file, error))?;
        let key = |from: usize| {
            let mut key = [0; 32];
            key.copy_from_slice(&record[from..from + 32]);
            Pubkey::new_from_array(key)
        };
        recount.add(&key(0), &key(32), &record[64..]).map_err(flawed)?;
        at += RECORD_BYTES as u64;
    }
    Ok(recount)
}

fn open_at(file: &Path, start: u64) -> Done<File> {
    let mut input = File::open(file).map_err(|error| broken(file, error))?;
    input.seek(SeekFrom::Start(start)).map_err(|error| broken(file, error))?;
    Ok(input)
}

/// The most memory that this process has had, as the kernel counts it.
fn peak_memory_kib() -> Done<u64> {
    let status = PathBuf::from("/proc/self/status");
    let text = fs::read_to_string(&status).map_err(|error| broken(&status, error))?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    kib.ok_or_else(|| broken(&status, "no VmHWM"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verified(file: &Path) -> Result<u64, String> {
        let (records, head) = recount(file).map_err(|stop| stop.sentence)?;
        records.verify(&head.header, &head.slate).map_err(|flaw| flaw.to_string())
    }

    #[test]
    fn a_dump_is_read_and_a_changed_byte_is_found() {
        let folder = std::env::temp_dir().join(format!("budget-scale-test-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join("dump");
        dump(&file, 501).unwrap();
        assert_eq!(verified(&file), Ok(501));
        let honest = fs::read(&file).unwrap();
        let first = head_bytes();
        for (at, sentence) in [
            (first, "does not lie at its voter's address"),
            (first + 32, "is no vote record"),
            (first + 64, "is no vote record"),
            (first + 64 + 8 + 8, "is of another epoch"),
            (first + 64 + 8 + 40, "does not lie at its voter's address"),
            (first + 64 + 8 + 104, "weigh"),
            (first + RECORD_BYTES - 1, "the vote records say"),
        ] {
            let mut changed = honest.clone();
            changed[at] ^= 0x10;
            fs::write(&file, changed).unwrap();
            let error = verified(&file).unwrap_err();
            assert!(error.contains(sentence), "byte {at}: {error}");
        }
        fs::write(&file, &honest[..honest.len() - 1]).unwrap();
        assert!(verified(&file).unwrap_err().contains("cut short"));
        fs::write(&file, &honest[..honest.len() - RECORD_BYTES]).unwrap();
        assert!(verified(&file).unwrap_err().contains("500 vote records were given"));
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn the_paper_follows_the_committed_figures() {
        let rows = on_paper(1_000_000, 1_000).unwrap();
        let figure = |part: &str| {
            rows.iter().find(|(what, _)| what.contains(part)).map(|(_, figure)| figure.clone())
        };
        assert_eq!(figure("fees of the ballots").as_deref(), Some("5 SOL"));
        assert_eq!(figure("rent locked by vote records").as_deref(), Some("1,948 SOL"));
    }
}
