//! A slate in memory, and the electorate and limits that the tests of R6 share.

use budget_rules::allocation::{
    Allocation, Candidate, Limits, MAX_CATEGORIES, Slate, Verdict, settle,
};
use budget_rules::outcome::{AskLimits, Thresholds};

use crate::outcome::{APPROVAL, QUORUM};

/// A slate in memory that insists on exactly one verdict per entry.
pub struct Memory {
    pub candidates: Vec<Option<Candidate>>,
    pub verdicts: Vec<Option<Verdict>>,
}

impl Slate for Memory {
    fn len(&self) -> usize {
        self.candidates.len()
    }
    fn candidate(&self, index: usize) -> Option<Candidate> {
        self.candidates[index]
    }
    fn decide(&mut self, index: usize, verdict: Verdict) {
        assert_eq!(self.verdicts[index].replace(verdict), None, "entry {index} decided twice");
    }
}

pub fn run(
    candidates: &[Option<Candidate>],
    thresholds: &Thresholds,
    limits: &Limits,
) -> (Vec<Verdict>, Allocation) {
    let mut slate =
        Memory { candidates: candidates.to_vec(), verdicts: vec![None; candidates.len()] };
    let allocation = settle(&mut slate, thresholds, limits).expect("settlement never fails");
    let verdicts = slate.verdicts.into_iter().map(|v| v.expect("every entry is decided"));
    (verdicts.collect(), allocation)
}

/// The frozen total of every election here.
pub const TOTAL: u64 = 1_000;

/// Small awards need 30 votes, medium ones 100, large ones 200.
pub fn thresholds() -> Thresholds {
    Thresholds::new(TOTAL, 1, QUORUM, APPROVAL).unwrap()
}

/// No category limits.
pub const LIMITS: Limits = Limits {
    cap: 500,
    ask: AskLimits { small: 10, medium: 50, large: 200 },
    category_caps: [u64::MAX; MAX_CATEGORIES],
};
