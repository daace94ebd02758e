//! Our figures beside those of other programs that do a part of the same.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    figures::{Figures, Row},
    tables::{Table, grouped},
};
use crate::peers::{PEERS, Peers};

/// Something that both programs do, in as many transactions as each needs.
struct Pair {
    what: &'static str,
    /// Ours, as the bench names them.
    ours: &'static [&'static str],
    /// Position of the other program among [`PEERS`].
    peer: usize,
    /// Theirs, each so many times.
    theirs: &'static [&'static str],
    times: u64,
}

const GOVERNANCE: usize = 0;
const SQUADS: usize = 1;

const PAIRS: [Pair; 13] = [
    pair(
        "a community is founded",
        &["create_treasury/spl"],
        GOVERNANCE,
        &["CreateRealm", "CreateGovernance", "CreateNativeTreasury"],
    ),
    pair(
        "a member brings tokens",
        &["open_stake/default", "stake/spl"],
        GOVERNANCE,
        &["DepositGoverningTokens"],
    ),
    pair(
        "an ask is ready to be voted on",
        &["submit_proposal/signed"],
        GOVERNANCE,
        &["CreateProposal", "InsertTransaction", "SignOffProposal"],
    ),
    pair("one vote", &["cast_vote/1"], GOVERNANCE, &["CastVote"]),
    Pair {
        times: 20,
        ..pair("one member votes on 20 asks", &["cast_vote/20"], GOVERNANCE, &["CastVote"])
    },
    pair("the vote on one ask is counted", &["settle_epoch/1"], GOVERNANCE, &["FinalizeVote"]),
    Pair {
        times: 128,
        ..pair("the votes on 128 asks", &["settle_epoch/128"], GOVERNANCE, &["FinalizeVote"])
    },
    pair(
        "what passed is paid",
        &["execute_award/default", "withdraw_stream/spl"],
        GOVERNANCE,
        &["ExecuteTransaction"],
    ),
    pair(
        "a vote record is closed",
        &["close_vote_record/default"],
        GOVERNANCE,
        &["RelinquishVote"],
    ),
    pair("a community is founded", &["create_treasury/spl"], SQUADS, &["multisig_create_v2"]),
    pair(
        "an ask is ready to be voted on",
        &["submit_proposal/signed"],
        SQUADS,
        &["vault_transaction_create", "proposal_create"],
    ),
    pair("one vote", &["cast_vote/1"], SQUADS, &["proposal_approve"]),
    pair(
        "what passed is paid",
        &["execute_award/default", "withdraw_stream/spl"],
        SQUADS,
        &["vault_transaction_execute"],
    ),
];

const fn pair(
    what: &'static str,
    ours: &'static [&'static str],
    peer: usize,
    theirs: &'static [&'static str],
) -> Pair {
    Pair { what, ours, peer, theirs, times: 1 }
}

/// The text of `bench/peers.json`.
pub fn to_json(peers: &Peers) -> String {
    let list: Vec<String> = peers
        .iter()
        .map(|(name, figures)| {
            let figures = figures.to_json();
            format!("{}: {}", Value::from(name.as_str()), figures.trim_end())
        })
        .collect();
    format!("{{\n{}\n}}\n", list.join(",\n"))
}

/// Reads the text of `bench/peers.json`.
///
/// # Errors
/// A sentence that names the program whose figures are missing or not what the bench writes.
pub fn from_json(text: &str) -> Result<Peers, String> {
    let file: BTreeMap<String, Value> =
        serde_json::from_str(text).map_err(|error| format!("not a JSON object: {error}"))?;
    let read = |(name, figures): (String, Value)| match Figures::from_json(&figures.to_string()) {
        Ok(figures) => Ok((name, figures)),
        Err(error) => Err(format!("{name}: {error}")),
    };
    let peers = file.into_iter().map(read).collect::<Result<Peers, _>>()?;
    for peer in &PEERS {
        let figures = peers.get(peer.name).ok_or_else(|| format!("{} is missing", peer.name))?;
        if let Some(step) = peer.steps.iter().find(|step| !figures.rows.contains_key(**step)) {
            return Err(format!("{}: no figure `{step}`", peer.name));
        }
    }
    Ok(peers)
}

/// What each of their steps costs, and both sides of what both do.
///
/// # Errors
/// A sentence that names a figure which was not measured.
pub fn table(peers: &Peers, figures: &Figures) -> Result<String, String> {
    Ok(format!("{}\n{}", steps(peers)?, pairs(peers, figures)?))
}

fn steps(peers: &Peers) -> Result<String, String> {
    let mut table = Table::new(
        "program | instruction | CU min | CU median | CU max | bytes | accounts | write locks",
        "wwnnnnnn",
    );
    for peer in &PEERS {
        let figures = of(peers, peer.name)?;
        let name = format!("{}, {} B", peer.name, grouped(figures.program_size));
        for step in peer.steps {
            let row = row(figures, step)?;
            let numbers = [row.cu_min, row.cu_median, row.cu_max, row.tx_bytes];
            let mut cells = vec![name.clone(), (*step).to_owned()];
            cells.extend(numbers.map(grouped));
            cells.extend([row.accounts, row.write_locks].map(grouped));
            table.row(&cells);
        }
    }
    Ok(table.text)
}

fn pairs(peers: &Peers, figures: &Figures) -> Result<String, String> {
    let head =
        "what | beside | CU ours | CU theirs | theirs / ours | bytes | accounts | write locks";
    let mut table = Table::new(head, "wwnnnnnn");
    for pair in &PAIRS {
        let name = PEERS[pair.peer].name;
        let ours = Sum::of(figures, pair.ours, 1)?;
        let theirs = Sum::of(of(peers, name)?, pair.theirs, pair.times)?;
        let both = |ours: u64, theirs: u64| format!("{} / {}", grouped(ours), grouped(theirs));
        table.row(&[
            pair.what.to_owned(),
            name.to_owned(),
            grouped(ours.cu),
            grouped(theirs.cu),
            ratio(theirs.cu, ours.cu),
            both(ours.bytes, theirs.bytes),
            both(ours.accounts, theirs.accounts),
            both(ours.write_locks, theirs.write_locks),
        ]);
    }
    Ok(table.text)
}

fn of<'a>(peers: &'a Peers, name: &str) -> Result<&'a Figures, String> {
    peers.get(name).ok_or_else(|| format!("{name} is missing"))
}

fn row<'a>(figures: &'a Figures, key: &str) -> Result<&'a Row, String> {
    figures.rows.get(key).ok_or_else(|| format!("no figure `{key}`"))
}

/// Medians of several transactions, added.
#[derive(Debug, Default, PartialEq, Eq)]
struct Sum {
    cu: u64,
    bytes: u64,
    accounts: u64,
    write_locks: u64,
}

impl Sum {
    fn of(figures: &Figures, keys: &[&str], times: u64) -> Result<Self, String> {
        let mut sum = Self::default();
        for key in keys {
            let row = row(figures, key)?;
            sum.cu += row.cu_median * times;
            sum.bytes += row.tx_bytes * times;
            sum.accounts += row.accounts * times;
            sum.write_locks += row.write_locks * times;
        }
        Ok(sum)
    }
}

/// How many times `ours` fits into `theirs`, to one decimal, rounded down.
fn ratio(theirs: u64, ours: u64) -> String {
    let tenths = theirs * 10 / ours.max(1);
    format!("{}.{}", grouped(tenths / 10), tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::{super::committed_figures, *};

    fn figures(list: &[(&str, u64)]) -> Figures {
        let row = |cu| Row {
            cu_min: cu,
            cu_median: cu,
            cu_max: cu,
            tx_bytes: 300,
            accounts: 7,
            write_locks: 3,
        };
        let rows = list.iter().map(|(key, cu)| ((*key).to_owned(), row(*cu))).collect();
        Figures { rows, program_size: 1_000 }
    }

    /// Both programs, every step at a price of its own.
    fn peers() -> Peers {
        let of = |peer: &crate::peers::Peer| {
            let steps: Vec<_> = peer.steps.iter().zip(1..).map(|(key, cu)| (*key, cu)).collect();
            (peer.name.to_owned(), figures(&steps))
        };
        PEERS.iter().map(of).collect()
    }

    #[test]
    fn a_ratio_is_rounded_down() {
        assert_eq!(ratio(26_791, 4_452), "6.0");
        assert_eq!(ratio(4_452, 26_791), "0.1");
        assert_eq!(ratio(1_999, 1_000), "1.9");
        assert_eq!(ratio(12_345_678, 1_000), "12,345.6");
    }

    #[test]
    fn the_file_reads_back_as_it_was_written() {
        assert_eq!(from_json(&to_json(&peers())), Ok(peers()));
    }

    #[test]
    fn a_step_that_is_missing_is_named() {
        let mut peers = peers();
        let governance = peers.get_mut(PEERS[GOVERNANCE].name).unwrap();
        governance.rows.remove("CastVote");
        let error = from_json(&to_json(&peers)).unwrap_err();
        assert_eq!(error, format!("{}: no figure `CastVote`", PEERS[GOVERNANCE].name));
        assert_eq!(from_json("{}").unwrap_err(), format!("{} is missing", PEERS[GOVERNANCE].name));
    }

    #[test]
    fn several_transactions_are_added_and_repeated() {
        let figures = figures(&[("a", 10), ("b", 5)]);
        let sum = Sum { cu: 30, bytes: 1_200, accounts: 28, write_locks: 12 };
        assert_eq!(Sum::of(&figures, &["a", "b"], 2), Ok(sum));
        assert_eq!(Sum::of(&figures, &["c"], 1), Err("no figure `c`".to_owned()));
    }

    #[test]
    fn every_pair_compares_figures_that_are_measured() {
        let table = table(&peers(), &committed_figures().unwrap()).unwrap();
        let rows = PAIRS.len() + PEERS.iter().map(|peer| peer.steps.len()).sum::<usize>();
        let heads = 2 * 2;
        assert_eq!(table.lines().filter(|line| line.starts_with('|')).count(), rows + heads);
    }
}
