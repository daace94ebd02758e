//! A slate in memory, and the electorate and limits that the tests of R6 share.

use budget_rules::allocation::{
    Allocation, Award, Candidate, Limits, MAX_CATEGORIES, Matter, Slate, Verdict, settle,
};
use budget_rules::outcome::{AskLimits, Contested, Tally, Thresholds, Tier};
use budget_rules::risk::RiskLimits;

use crate::outcome::{APPROVAL, QUORUM, UNCONTESTED};

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

/// Small awards need 30 votes, medium ones 100, large ones and acts 200.
pub fn thresholds() -> Thresholds {
    contested(TOTAL, UNCONTESTED)
}

pub fn contested(total: u64, contested: Contested) -> Thresholds {
    Thresholds::new(total, 1, QUORUM, APPROVAL, contested).unwrap()
}

/// No category limits, and nothing that the risk rules refuse.
pub const LIMITS: Limits = Limits {
    cap: 500,
    ask: AskLimits { small: 10, medium: 50, large: 200 },
    category_caps: [u64::MAX; MAX_CATEGORIES],
    risk: RiskLimits {
        recipient_cap: u64::MAX,
        runway_room: u64::MAX,
        exposure_rooms: [u64::MAX; MAX_CATEGORIES],
        treasury_value: 0,
        tripped: false,
    },
};

/// An unopposed award to the recipient whom entry 0 stands for; asks for `amount` alone and passes
/// at every tier from 200 votes on.
pub fn award(for_: u64, amount: u64) -> Candidate {
    let award = Award {
        amount,
        category: 0,
        recipient_ask: amount,
        leader: 0,
        raise: 0,
        admits: Tier::Large,
    };
    Candidate { tally: Tally { for_, ..Tally::default() }, matter: Matter::Award(award) }
}

/// An unopposed act.
pub fn act(for_: u64, target: u8) -> Candidate {
    Candidate { tally: Tally { for_, ..Tally::default() }, matter: Matter::Act { target } }
}

/// The award of `candidate`, which must have one.
pub fn award_of(candidate: &Candidate) -> Award {
    match candidate.matter {
        Matter::Award(award) => award,
        Matter::Act { .. } => panic!("not an award: {candidate:?}"),
    }
}

/// `candidate` with another award.
pub fn but(candidate: Candidate, change: impl FnOnce(&mut Award)) -> Candidate {
    let mut award = award_of(&candidate);
    change(&mut award);
    Candidate { matter: Matter::Award(award), ..candidate }
}
