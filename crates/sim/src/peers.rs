//! Other programs, measured as ours is: their own objects, built with the same tool, in the same SVM.
//!
//! Writes `bench/peers.json` and a table of `docs/performance.md`, or checks them.

mod governance;
mod squads;

use std::{collections::BTreeMap, fs, path::PathBuf};

use anchor_lang::{
    prelude::Pubkey,
    solana_program::instruction::{AccountMeta, Instruction},
};
use budget_sim::{
    svm::Svm,
    token::SPL_TOKEN,
    world::{Person, World},
};

use crate::{
    Done, Stop,
    bench::{self, Bench, figures::Figures},
    page::Page,
    require_program,
};

/// Every program that is measured.
pub const PEERS: [Peer; 2] = [governance::PEER, squads::PEER];

/// Runs of each, each with other keys.
const RUNS: u64 = 20;

/// Address sets of the runs; those of the bench have lower numbers.
const FIRST_SEED: u64 = 2_000;

/// Another program.
pub struct Peer {
    /// Its name and version.
    pub name: &'static str,
    /// Name of its crate, by which `tools/peers` builds it.
    pub crate_name: &'static str,
    /// What is measured, in the order of the tables.
    pub steps: &'static [&'static str],
    program: fn() -> Pubkey,
    play: fn(&mut Bench, u64),
}

/// Figures of every program, by its name.
pub type Peers = BTreeMap<String, Figures>;

/// Measures every program, prints the figures and writes them; with `check` compares them with the
/// committed ones instead and fails when one differs by more than 1 %.
pub fn run(check: bool) -> Done {
    require_program()?;
    let fresh: Peers =
        PEERS.iter().map(|peer| Ok((peer.name.to_owned(), measure(peer)?))).collect::<Done<_>>()?;
    if check {
        let problems = differences(&bench::committed_peers().map_err(Stop::broken)?, &fresh);
        return if problems.is_empty() {
            println!("{} programs: as committed", fresh.len());
            Ok(())
        } else {
            Err(Stop::broken(problems.join("\n")))
        };
    }
    let table = bench::write_peers(&fresh).map_err(Stop::broken)?;
    Page::new().line(&table);
    Ok(())
}

/// One sentence for every figure that differs by more than 1 % from the other, either way.
fn differences(committed: &Peers, fresh: &Peers) -> Vec<String> {
    let mut found = Vec::new();
    for (name, figures) in fresh {
        let Some(old) = committed.get(name) else {
            found.push(format!("{name}: measured, but not committed"));
            continue;
        };
        let both = old.regressions(figures).into_iter().chain(figures.regressions(old));
        found.extend(both.map(|problem| format!("{name}: {problem}")));
    }
    found
}

fn measure(peer: &Peer) -> Done<Figures> {
    let object = object(peer.crate_name);
    let size = fs::metadata(&object).map_err(|_| {
        let path = object.display();
        Stop::broken(format!("there is no object at {path}; `cargo xtask bench --peers` builds it"))
    })?;
    let mut svm = Svm::without_signature_checks();
    svm.add_program((peer.program)(), &object).map_err(Stop::broken)?;
    let mut samples = bench::Samples::new();
    for seed in FIRST_SEED..FIRST_SEED + RUNS {
        let world = bench::slate::address_set(seed).world(svm);
        let mut bench = Bench { world, samples, tracer: None };
        (peer.play)(&mut bench, seed);
        (svm, samples) = (bench.world.svm, bench.samples);
    }
    Ok(Figures::of(&samples, size.len()))
}

/// Where `cargo xtask bench --peers` leaves the objects: the folder `BUDGET_PEERS`, or `target/peers`.
fn object(crate_name: &str) -> PathBuf {
    let folder = std::env::var_os("BUDGET_PEERS").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/peers"),
        PathBuf::from,
    );
    folder.join(format!("{crate_name}.so"))
}

/// The one thing that both programs are asked to do: a token transfer out of `purse`.
fn payment(purse: Pubkey, mint: Pubkey, payout: Pubkey, owner: Pubkey, amount: u64) -> Instruction {
    const TRANSFER_CHECKED: u8 = 12;
    const DECIMALS: u8 = 6;
    let mut data = vec![TRANSFER_CHECKED];
    data.extend_from_slice(&amount.to_le_bytes());
    data.push(DECIMALS);
    let signer = AccountMeta::new_readonly(owner, true);
    let accounts = vec![writable(purse), readable(mint), writable(payout), signer];
    Instruction { program_id: SPL_TOKEN, accounts, data }
}

/// Gives a mint another supply.
fn mint_with_supply(world: &mut World, mint: Pubkey, supply: u64) {
    const SUPPLY: std::ops::Range<usize> = 36..44;
    let mut account = world.svm.get(&mint).expect("the mint exists");
    account.data[SUPPLY].copy_from_slice(&supply.to_le_bytes());
    world.svm.put(mint, account);
}

fn readable(key: Pubkey) -> AccountMeta {
    AccountMeta::new_readonly(key, false)
}

fn writable(key: Pubkey) -> AccountMeta {
    AccountMeta::new(key, false)
}

fn signing(person: &Person) -> AccountMeta {
    AccountMeta::new_readonly(person.key(), true)
}

fn signing_payer(person: &Person) -> AccountMeta {
    AccountMeta::new(person.key(), true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::probe::{Sample, Samples};

    fn peers(cu: u64) -> Peers {
        let sample = Sample { cu, tx_bytes: 300, accounts: 5, write_locks: 2 };
        let samples: Samples = [("vote".to_owned(), vec![sample])].into();
        [("A program".to_owned(), Figures::of(&samples, 1_000))].into()
    }

    #[test]
    fn a_peer_may_not_become_cheaper_unnoticed_either() {
        assert_eq!(differences(&peers(10_000), &peers(10_100)), Vec::<String>::new());
        for other in [10_102, 9_899] {
            assert_eq!(differences(&peers(10_000), &peers(other)).len(), 1, "{other}");
        }
    }

    #[test]
    fn a_peer_that_is_not_committed_is_named() {
        let problems = differences(&Peers::new(), &peers(1));
        assert_eq!(problems, ["A program: measured, but not committed"]);
    }

    #[test]
    fn a_payment_is_what_the_token_program_takes() {
        let [purse, mint, payout, owner] = [1u8, 2, 3, 4].map(|byte| Pubkey::from([byte; 32]));
        let payment = payment(purse, mint, payout, owner, 258);
        assert_eq!(payment.data, [12, 2, 1, 0, 0, 0, 0, 0, 0, 6]);
        let keys: Vec<Pubkey> = payment.accounts.iter().map(|meta| meta.pubkey).collect();
        assert_eq!(keys, [purse, mint, payout, owner]);
    }
}
