//! R14 acts on a slate, by example
//! ├── one per target: the best ranked, of equal rank the earlier entry
//! ├── judged at the constitutional tier, ranked among the awards
//! └── no money, and no limit or breaker that stops them

use budget_rules::allocation::{Allocation, Limits, MAX_CATEGORIES, Reason, Verdict};
use budget_rules::outcome::{AskLimits, Failure, Tier};

use crate::allocation::{funded, unfunded, verdicts};
use crate::slate::{LIMITS, act, award, run, thresholds};

#[test]
fn of_the_acts_on_one_target_the_one_ranked_first_stands() {
    let got = verdicts(&[act(300, 1), act(400, 1), act(300, 2), act(400, 1), act(299, 2)], &LIMITS);
    assert_eq!(
        got,
        [
            Verdict::Superseded { rank: 2 },
            Verdict::Approved { rank: 0 }, // of equal rank the earlier entry
            Verdict::Approved { rank: 3 },
            Verdict::Superseded { rank: 1 },
            Verdict::Superseded { rank: 4 },
        ]
    );
}

#[test]
fn an_act_that_failed_supersedes_nothing() {
    let mut opposed = act(900, 1);
    opposed.tally.against = 600;
    let got = verdicts(&[opposed, act(200, 1)], &LIMITS);
    let why = Failure::ApprovalMissed;
    assert_eq!(
        got,
        [Verdict::Failed { tier: Tier::Constitutional, why }, Verdict::Approved { rank: 0 }]
    );
}

#[test]
fn acts_need_the_constitutional_threshold() {
    let missed = Verdict::Failed { tier: Tier::Constitutional, why: Failure::QuorumMissed };
    assert_eq!(
        verdicts(&[act(199, 0), act(200, 0)], &LIMITS),
        [missed, Verdict::Approved { rank: 0 }]
    );
}

#[test]
fn every_target_is_a_target_of_its_own() {
    for start in [0u8, 128] {
        let slate: Vec<_> = (0..128).map(|i| Some(act(300, start + i))).collect();
        let (verdicts, allocation) = run(&slate, &thresholds(), &LIMITS);
        assert_eq!((allocation.passing, allocation.approved, allocation.funded), (128, 128, 0));
        for (rank, verdict) in (0..).zip(verdicts) {
            assert_eq!(verdict, Verdict::Approved { rank });
        }
    }
    // and one target takes one of 128
    let (verdicts, allocation) = run(&[Some(act(300, 255)); 128], &thresholds(), &LIMITS);
    assert_eq!((allocation.passing, allocation.approved), (128, 1));
    assert_eq!(verdicts[0], Verdict::Approved { rank: 0 });
    assert_eq!(verdicts[127], Verdict::Superseded { rank: 127 });
}

#[test]
fn acts_take_no_money_and_no_limit_stops_them() {
    let mut limits = Limits { cap: 0, category_caps: [0; MAX_CATEGORIES], ..LIMITS };
    limits.ask = AskLimits { small: 0, medium: 0, large: 0 };
    limits.risk.runway_room = 0;
    limits.risk.recipient_cap = 0;
    limits.risk.exposure_rooms = [0; MAX_CATEGORIES];
    limits.risk.tripped = true;
    let (verdicts, allocation) =
        run(&[Some(act(300, 4)), Some(award(400, 1))], &thresholds(), &limits);
    assert_eq!(verdicts[0], Verdict::Approved { rank: 1 });
    assert_eq!(verdicts[1], unfunded(Tier::Large, Reason::BreakerTripped, 0));
    assert_eq!(allocation, Allocation { passing: 2, approved: 1, ..Allocation::default() });
}

#[test]
fn acts_and_awards_share_one_ranking() {
    let got = verdicts(&[award(300, 1), act(300, 0), award(301, 9), award(300, 0)], &LIMITS);
    assert_eq!(
        got,
        [
            funded(Tier::Small, 3),
            Verdict::Approved { rank: 1 },
            funded(Tier::Small, 0),
            funded(Tier::Small, 2),
        ]
    );
}
