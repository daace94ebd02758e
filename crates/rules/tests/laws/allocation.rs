//! R6 allocation, by example
//! ├── order: margin descending, amount ascending, index ascending
//! ├── skipped, never stopped: OverCap, CategoryFull, TierFull, TierBlocked, in this order of checks
//! ├── raising: into the next tier when it meets it, else TierFull
//! └── refused: slates too long, categories out of range

use budget_rules::allocation::{
    Allocation, Candidate, Limits, MAX_ENTRIES, Reason, Verdict, settle,
};
use budget_rules::outcome::{Failure, Tally, Tier};

use crate::slate::{LIMITS, Memory, run, thresholds};

/// An unopposed award that asks for `amount` alone and passes at every tier from 200 votes on.
fn award(for_: u64, amount: u64) -> Candidate {
    Candidate {
        tally: Tally { for_, ..Tally::default() },
        amount,
        category: 0,
        recipient_ask: amount,
        long_enough: true,
    }
}

fn verdicts(candidates: &[Candidate], limits: &Limits) -> Vec<Verdict> {
    let candidates: Vec<_> = candidates.iter().copied().map(Some).collect();
    run(&candidates, &thresholds(), limits).0
}

fn funded(tier: Tier, rank: u8) -> Verdict {
    Verdict::Funded { tier, rank }
}

fn unfunded(tier: Tier, why: Reason, rank: u8) -> Verdict {
    Verdict::Unfunded { tier, why, rank }
}

#[test]
fn reasons_and_their_bytes() {
    let all = [Reason::OverCap, Reason::CategoryFull, Reason::TierFull, Reason::TierBlocked];
    assert_eq!(all.map(u8::from), [16, 17, 18, 19]);
    assert_eq!(all.map(|reason| reason as u8), [16, 17, 18, 19]);
}

#[test]
fn an_empty_slate_settles() {
    let (verdicts, allocation) = run(&[], &thresholds(), &LIMITS);
    assert!(verdicts.is_empty());
    assert_eq!(allocation, Allocation::default());
    let (verdicts, allocation) = run(&[None, None], &thresholds(), &LIMITS);
    assert_eq!(verdicts, [Verdict::NotVotable; 2]);
    assert_eq!(allocation, Allocation::default());
}

#[test]
fn ranked_by_margin_then_amount_then_index() {
    let opposed = Candidate { tally: Tally { for_: 400, against: 150, abstain: 0 }, ..award(0, 5) };
    let got =
        verdicts(&[award(200, 9), opposed, award(300, 5), award(200, 9), award(200, 8)], &LIMITS);
    let ranks = got.iter().map(|verdict| match verdict {
        Verdict::Funded { rank, .. } => *rank,
        other => panic!("{other:?}"),
    });
    assert_eq!(ranks.collect::<Vec<_>>(), [3, 1, 0, 4, 2]);
}

#[test]
fn sums_and_counts() {
    let slate = [
        Some(award(300, 10)),
        None,
        Some(Candidate { category: 3, ..award(250, 40) }),
        Some(award(10, 5)),
        Some(award(400, 150)),
        Some(award(220, 201)),
    ];
    let (verdicts, allocation) = run(&slate, &thresholds(), &LIMITS);
    assert_eq!(
        verdicts,
        [
            funded(Tier::Small, 1),
            Verdict::NotVotable,
            funded(Tier::Medium, 2),
            Verdict::Failed { tier: Tier::Small, why: Failure::QuorumMissed },
            funded(Tier::Large, 0),
            unfunded(Tier::Large, Reason::TierBlocked, 3),
        ]
    );
    assert_eq!(
        allocation,
        Allocation {
            allocated: 200,
            passing: 4,
            funded: 3,
            by_category: [160, 0, 0, 40, 0, 0, 0, 0],
            by_tier: [10, 40, 150],
        }
    );
}

#[test]
fn what_does_not_fit_the_cap_is_skipped_and_never_stops() {
    let limits = Limits { cap: 100, ..LIMITS };
    let got = verdicts(&[award(400, 60), award(300, 41), award(250, 40), award(240, 1)], &limits);
    assert_eq!(
        got,
        [
            funded(Tier::Large, 0),
            unfunded(Tier::Medium, Reason::OverCap, 1),
            funded(Tier::Medium, 2),
            unfunded(Tier::Small, Reason::OverCap, 3),
        ]
    );
}

#[test]
fn a_category_fills_alone() {
    let mut limits = LIMITS;
    limits.category_caps[1] = 15;
    let in_category = |category, for_, amount| Candidate { category, ..award(for_, amount) };
    let got = verdicts(
        &[
            in_category(1, 400, 10),
            in_category(1, 300, 6),
            in_category(0, 290, 6),
            in_category(1, 280, 5),
        ],
        &limits,
    );
    assert_eq!(
        got,
        [
            funded(Tier::Small, 0),
            unfunded(Tier::Small, Reason::CategoryFull, 1),
            funded(Tier::Small, 2),
            funded(Tier::Small, 3),
        ]
    );
}

#[test]
fn small_awards_together_stay_within_the_medium_limit() {
    // 40 votes pass at the small tier only, where five tens fill the medium limit of 50
    let mut slate = vec![award(40, 10); 6];
    let got = verdicts(&slate, &LIMITS);
    assert_eq!(got[4], funded(Tier::Small, 4));
    assert_eq!(got[5], unfunded(Tier::Small, Reason::TierFull, 5));
    // the last base unit of room counts
    slate[0].amount = 0;
    assert_eq!(verdicts(&slate, &LIMITS)[5], funded(Tier::Small, 5));
    slate[0].amount = 1;
    assert_eq!(verdicts(&slate, &LIMITS)[5], unfunded(Tier::Small, Reason::TierFull, 5));
}

#[test]
fn beyond_the_medium_limit_a_small_award_must_meet_the_medium_tier() {
    let mut slate = vec![award(100, 10); 6];
    assert_eq!(verdicts(&slate, &LIMITS)[5], funded(Tier::Medium, 5));
    slate[5].tally.for_ = 99;
    assert_eq!(verdicts(&slate, &LIMITS)[5], unfunded(Tier::Small, Reason::TierFull, 5));
    slate[5] = Candidate { long_enough: false, ..slate[0] };
    assert_eq!(verdicts(&slate, &LIMITS)[5], unfunded(Tier::Small, Reason::TierFull, 5));
}

#[test]
fn small_and_medium_awards_together_stay_within_the_large_limit() {
    // four fifties fill the large limit of 200
    let mut slate = vec![award(150, 50); 4];
    slate.push(award(140, 1));
    slate.push(award(130, 11));
    let got = verdicts(&slate, &LIMITS);
    assert_eq!(got[3], funded(Tier::Medium, 3));
    assert_eq!(got[4], unfunded(Tier::Small, Reason::TierFull, 4));
    assert_eq!(got[5], unfunded(Tier::Medium, Reason::TierFull, 5));
    // 200 votes meet the large tier: room there is only limited by the cap
    slate = vec![award(250, 50); 4];
    slate.push(award(240, 1));
    slate.push(award(230, 11));
    let got = verdicts(&slate, &LIMITS);
    assert_eq!(got[4..], [funded(Tier::Large, 4), funded(Tier::Large, 5)]);
    // and what takes the last unit of room stays where it is
    slate[3].amount = 49;
    assert_eq!(verdicts(&slate, &LIMITS)[4..], [funded(Tier::Small, 4), funded(Tier::Large, 5)]);
}

#[test]
fn a_short_stream_is_blocked_from_the_medium_tier_up() {
    let short = |for_, amount| Candidate { long_enough: false, ..award(for_, amount) };
    let got = verdicts(
        &[short(300, 10), short(300, 11), short(300, 51), short(99, 11), short(300, 600)],
        &LIMITS,
    );
    assert_eq!(
        got,
        [
            funded(Tier::Small, 0),
            unfunded(Tier::Medium, Reason::TierBlocked, 1),
            unfunded(Tier::Large, Reason::TierBlocked, 2),
            Verdict::Failed { tier: Tier::Medium, why: Failure::QuorumMissed },
            unfunded(Tier::Large, Reason::TierBlocked, 3), // blocked before it is over the cap
        ]
    );
}

#[test]
fn the_recipients_whole_ask_decides_the_tier() {
    let ask = |for_, recipient_ask| Candidate { recipient_ask, ..award(for_, 1) };
    let got = verdicts(
        &[ask(30, 10), ask(30, 11), ask(199, 51), ask(200, 200), ask(199, 201), ask(200, 201)],
        &LIMITS,
    );
    let missed = |tier| Verdict::Failed { tier, why: Failure::QuorumMissed };
    assert_eq!(
        got,
        [
            funded(Tier::Small, 2),
            missed(Tier::Medium),
            missed(Tier::Large),
            funded(Tier::Large, 0),
            missed(Tier::Large),
            unfunded(Tier::Large, Reason::TierBlocked, 1),
        ]
    );
}

#[test]
fn the_first_reason_that_holds_is_stored() {
    let mut limits = Limits { cap: 60, ..LIMITS };
    limits.category_caps[1] = 0;
    let in_closed = |amount| Candidate { category: 1, ..award(40, amount) };
    let mut slate = vec![award(50, 10); 5];
    slate.extend([in_closed(9), Candidate { amount: 11, ..in_closed(10) }, award(40, 10)]);
    let got = verdicts(&slate, &limits);
    assert_eq!(
        got[5..],
        [
            unfunded(Tier::Small, Reason::CategoryFull, 5),
            unfunded(Tier::Small, Reason::OverCap, 7),
            unfunded(Tier::Small, Reason::TierFull, 6),
        ]
    );
}

#[test]
fn absurd_amounts_are_skipped_not_fatal() {
    let huge = Candidate { amount: u64::MAX, recipient_ask: 1, ..award(300, 0) };
    let limits = Limits { cap: u64::MAX, ..LIMITS };
    let got = verdicts(&[award(400, 1), huge, huge], &limits);
    assert_eq!(got[1], unfunded(Tier::Small, Reason::OverCap, 1));
    let got = verdicts(&[huge, huge, award(200, 0)], &limits);
    assert_eq!(got[0], funded(Tier::Large, 0));
    assert_eq!(got[1], unfunded(Tier::Small, Reason::OverCap, 1));
    assert_eq!(got[2], funded(Tier::Small, 2));
}

#[test]
fn a_full_slate_settles_in_any_arrangement() {
    let count = MAX_ENTRIES as u64;
    let arrangements: [fn(u64, u64) -> u64; 5] = [
        |i, _| i,
        |i, n| n - i,
        |_, _| 7,
        |i, n| if i % 2 == 0 { i } else { n - i },
        |i, n| (i * 37) % n,
    ];
    for arrange in arrangements {
        let slate: Vec<_> = (0..count).map(|i| Some(award(300 + arrange(i, count), 1))).collect();
        let limits = Limits { cap: 100, ..LIMITS };
        let (verdicts, allocation) = run(&slate, &thresholds(), &limits);
        assert_eq!((allocation.passing, allocation.funded), (128, 100));
        let mut expected: Vec<usize> = (0..MAX_ENTRIES).collect();
        expected.sort_by_key(|&i| (std::cmp::Reverse(slate[i].unwrap().tally.for_), i));
        for (expected_rank, index) in expected.into_iter().enumerate() {
            let (Verdict::Funded { rank, .. } | Verdict::Unfunded { rank, .. }) = verdicts[index]
            else {
                panic!("{:?}", verdicts[index]);
            };
            assert_eq!(usize::from(rank), expected_rank);
        }
    }
}

fn refused(candidates: Vec<Option<Candidate>>) -> bool {
    let verdicts = vec![None; candidates.len()];
    settle(&mut Memory { candidates, verdicts }, &thresholds(), &LIMITS).is_none()
}

#[test]
fn impossible_slates_are_refused() {
    assert!(refused(vec![None; MAX_ENTRIES + 1]));
    assert!(!refused(vec![None; MAX_ENTRIES]));
    assert!(refused(vec![Some(Candidate { category: 8, ..award(300, 1) })]));
    assert!(!refused(vec![Some(Candidate { category: 7, ..award(300, 1) })]));
}
