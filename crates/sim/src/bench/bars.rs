//! Where the program stands against the bars F1 to F14.

use anchor_lang::InstructionData;
use budget_client::ballot::{Choice, pack};
use community_budget::{
    BallotArgs, instruction,
    state::{BudgetEpoch, Stake, Treasury, VoteRecord},
};

use super::{
    figures::Figures,
    growth::PAIRS,
    sizes::rent,
    slate::{FULL, all},
};

/// Block cost that one writable account can take per second: 40 % of a block's.
pub const ACCOUNT_COST_PER_SEC: u64 = 100_000_000;
/// Block cost that all accounts can take per second.
pub const CHAIN_COST_PER_SEC: u64 = 250_000_000;

const COST_PER_SIGNATURE: u64 = 720;
const COST_PER_WRITE_LOCK: u64 = 300;
const INSTRUCTION_BYTES_PER_UNIT: u64 = 4;
const LOADED_PAGE_BYTES: u64 = 32 * 1_024;
const COST_PER_LOADED_PAGE: u64 = 8;

/// What the scheduler charges a ballot against the accounts that it writes.
pub struct BallotCost {
    /// Choices of the ballot.
    pub choices: u64,
    /// Median compute units.
    pub executed: u64,
    /// For the voter's signature.
    pub signatures: u64,
    /// For writable accounts.
    pub write_locks: u64,
    /// For instruction data.
    pub data: u64,
    /// For account data loaded, the program's included.
    pub loaded: u64,
}

impl BallotCost {
    /// Cost of the ballot measured as `cast_vote/<choices>`.
    pub fn of(figures: &Figures, choices: u8) -> Self {
        let row = figures.row(&format!("cast_vote/{choices}"));
        let ballot = pack(all(choices, Choice::For));
        let args = BallotArgs { slate_hash: [0; 32], ballot };
        let data = instruction::CastVote { args }.data().len();
        Self {
            choices: choices.into(),
            executed: row.cu_median,
            signatures: COST_PER_SIGNATURE,
            write_locks: row.write_locks * COST_PER_WRITE_LOCK,
            data: wide(data) / INSTRUCTION_BYTES_PER_UNIT,
            loaded: loaded_bytes(figures).div_ceil(LOADED_PAGE_BYTES) * COST_PER_LOADED_PAGE,
        }
    }

    /// The sum.
    pub fn total(&self) -> u64 {
        self.executed + self.signatures + self.write_locks + self.data + self.loaded
    }

    /// Choices that one epoch can take per second.
    pub fn choices_per_sec(&self) -> u64 {
        self.choices * ACCOUNT_COST_PER_SEC / self.total()
    }
}

/// Account data that a ballot on a full slate loads. A deployed program is an account of 36 bytes
/// and one of 45 with the object behind them; wallets and builtin programs hold next to nothing.
fn loaded_bytes(figures: &Figures) -> u64 {
    const PROGRAM_HEADS: u64 = 36 + 45;
    let accounts = Treasury::SPACE + BudgetEpoch::space(FULL) + Stake::SPACE;
    figures.program_size + PROGRAM_HEADS + wide(accounts)
}

fn wide(count: usize) -> u64 {
    u64::try_from(count).expect("counts are small")
}

/// How one measured value compares with its limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Beyond the limit.
    Missed,
    /// Within the limit that must hold.
    Met,
    /// Within the limit that would be excellent.
    Stretch,
}

/// One value of a bar.
pub struct Measure {
    /// What was measured.
    pub value: u64,
    /// What must hold.
    pub must: u64,
    /// What would be excellent.
    pub stretch: Option<u64>,
    /// Whether more is better.
    pub at_least: bool,
}

impl Measure {
    fn standing(&self) -> Standing {
        let reaches = |limit: u64| match self.at_least {
            true => self.value >= limit,
            false => self.value <= limit,
        };
        if self.stretch.is_some_and(reaches) {
            Standing::Stretch
        } else if reaches(self.must) {
            Standing::Met
        } else {
            Standing::Missed
        }
    }
}

/// One of the bars.
pub struct Bar {
    /// `F1` to `F14`.
    pub name: &'static str,
    /// What it is about.
    pub what: &'static str,
    /// Unit of its values.
    pub unit: &'static str,
    /// Its values; none if the bench does not measure it.
    pub measures: Vec<Measure>,
}

impl Bar {
    /// The worst standing of its values; `None` if it has none.
    pub fn standing(&self) -> Option<Standing> {
        self.measures.iter().map(Measure::standing).min()
    }
}

fn at_most(value: u64, must: u64, stretch: u64) -> Measure {
    Measure { value, must, stretch: Some(stretch), at_least: false }
}

/// All bars, measured by `figures`.
pub fn bars(figures: &Figures) -> Vec<Bar> {
    let cu = |key: &str| figures.row(key).cu_median;
    let bar = |name, what, unit, measures| Bar { name, what, unit, measures };
    let ballot = figures.row("cast_vote/20");
    let per_choice = cu("cast_vote/20").saturating_sub(cu("cast_vote/1")).div_ceil(19);
    let per_try = cu("cast_vote/second-try").saturating_sub(cu("cast_vote/first-try"));
    let choices = BallotCost::of(figures, 20).choices_per_sec();
    let choices = Measure { value: choices, must: 100_000, stretch: Some(300_000), at_least: true };
    let slope = Measure { value: slope(figures), must: 100, stretch: None, at_least: false };
    vec![
        bar(
            "F1",
            "`cast_vote`, new record, 1 choice",
            "CU",
            vec![at_most(cu("cast_vote/1"), 8_000, 4_500)],
        ),
        bar(
            "F2",
            "each further choice in the same ballot",
            "CU",
            vec![at_most(per_choice, 200, 80)],
        ),
        bar(
            "F3",
            "`revise_vote`, 1 choice",
            "CU",
            vec![at_most(cu("revise_vote/1"), 4_000, 2_000)],
        ),
        bar("F4", "each extra bump try in F1", "CU", vec![at_most(per_try, 1_500, 600)]),
        bar(
            "F5",
            "`withdraw_stream`, SPL Token",
            "CU",
            vec![at_most(cu("withdraw_stream/spl"), 7_000, 3_500)],
        ),
        bar(
            "F6",
            "`submit_proposal`, with fee, bond and consent",
            "CU",
            vec![at_most(cu("submit_proposal/signed"), 18_000, 9_000)],
        ),
        bar(
            "F7",
            "`settle_epoch`, 128 entries",
            "CU",
            vec![at_most(cu("settle_epoch/128"), 300_000, 100_000)],
        ),
        bar(
            "F8",
            "`execute_award`",
            "CU",
            vec![at_most(cu("execute_award/default"), 12_000, 6_000)],
        ),
        bar(
            "F9",
            "20-choice ballot: write locks / accounts / bytes",
            "",
            vec![
                at_most(ballot.write_locks, 3, 2),
                at_most(ballot.accounts, 7, 5),
                at_most(ballot.tx_bytes, 450, 350),
            ],
        ),
        bar(
            "F10",
            "rent of one voter's epoch, 128 proposals, refunded",
            "lamports",
            vec![at_most(rent(VoteRecord::space(FULL)), 2_000_000, 1_600_000)],
        ),
        bar("F11", "ceiling of one epoch, 20-choice ballots", "choices/s", vec![choices]),
        bar("F12", "ballots through one LiteSVM on 2 cores", "", Vec::new()),
        bar("F13", "program size", "B", vec![at_most(figures.program_size, 640_000, 400_000)]),
        bar("F14", "growth with voters, proposals, streams, epochs", "bps", vec![slope]),
    ]
}

/// Largest difference within a pair of small and grown, in hundredths of a percent, rounded up.
fn slope(figures: &Figures) -> u64 {
    let difference = |(small, grown): &(&str, &str)| {
        let (small, grown) = (figures.row(small).cu_median, figures.row(grown).cu_median);
        (small.abs_diff(grown) * 10_000).div_ceil(small)
    };
    PAIRS.iter().map(difference).max().unwrap_or(0)
}

/// One sentence for every bar that the fresh figures miss, and for every one beyond which the
/// committed figures are and the fresh ones no longer.
pub fn broken(committed: &Figures, fresh: &Figures) -> Vec<String> {
    let (old, new) = (bars(committed), bars(fresh));
    old.iter().zip(&new).filter_map(|(old, new)| fallen(old, new)).collect()
}

fn fallen(old: &Bar, new: &Bar) -> Option<String> {
    let fate = match (old.standing(), new.standing()?) {
        (_, Standing::Missed) => "is not met",
        (Some(Standing::Stretch), Standing::Met) => "was within its stretch, is no longer",
        _ => return None,
    };
    Some(format!("{}: {}: {fate}", new.name, new.what))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_on_its_limit_is_within_it() {
        let standing = |value| at_most(value, 200, 80).standing();
        assert_eq!(
            [80, 81, 200, 201].map(standing),
            [Standing::Stretch, Standing::Met, Standing::Met, Standing::Missed]
        );
        let more =
            |value| Measure { value, must: 100, stretch: Some(300), at_least: true }.standing();
        assert_eq!([99, 100, 300].map(more), [Standing::Missed, Standing::Met, Standing::Stretch]);
    }

    #[test]
    fn a_bar_must_be_met_and_must_not_fall() {
        let bar = |value| Bar {
            name: "F3",
            what: "a vote",
            unit: "CU",
            measures: vec![at_most(value, 200, 80)],
        };
        assert_eq!(fallen(&bar(80), &bar(80)), None);
        assert_eq!(fallen(&bar(200), &bar(80)), None);
        assert_eq!(fallen(&bar(199), &bar(200)), None);
        let stretch = "F3: a vote: was within its stretch, is no longer";
        assert_eq!(fallen(&bar(80), &bar(81)).as_deref(), Some(stretch));
        let missed = Some("F3: a vote: is not met");
        assert_eq!(fallen(&bar(80), &bar(201)).as_deref(), missed);
        assert_eq!(fallen(&bar(201), &bar(201)).as_deref(), missed);
    }

    #[test]
    fn a_bar_stands_as_its_worst_value_does() {
        let measures = vec![at_most(1, 3, 2), at_most(9, 7, 5)];
        let bar = Bar { name: "F9", what: "", unit: "", measures };
        assert_eq!(bar.standing(), Some(Standing::Missed));
    }
}
