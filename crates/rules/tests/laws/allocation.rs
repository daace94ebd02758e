//! R6 allocation, by example
//! ├── order: margin descending, amount ascending, index ascending
//! ├── skipped, never stopped: each reason at its boundary, and the first that holds
//! ├── tiers: the recipient's whole ask, raises, what the stream admits
//! ├── raising: into the next tier when it meets it, else TierFull
//! └── refused: slates too long, categories and leaders out of range

use budget_rules::allocation::{
    Allocation, Candidate, Limits, MAX_CATEGORIES, MAX_ENTRIES, Reason, Verdict, settle,
};
use budget_rules::outcome::{AskLimits, Failure, Tally, Tier};

use crate::slate::{LIMITS, Memory, act, award, award_of, but, run, thresholds};

pub fn verdicts(candidates: &[Candidate], limits: &Limits) -> Vec<Verdict> {
    let candidates: Vec<_> = candidates.iter().copied().map(Some).collect();
    run(&candidates, &thresholds(), limits).0
}

pub fn funded(tier: Tier, rank: u8) -> Verdict {
    Verdict::Funded { tier, rank }
}

pub fn unfunded(tier: Tier, why: Reason, rank: u8) -> Verdict {
    Verdict::Unfunded { tier, why, rank }
}

/// What the risk rules leave, changed.
fn risk(change: impl FnOnce(&mut Limits)) -> Limits {
    let mut limits = LIMITS;
    change(&mut limits);
    limits
}

#[test]
fn reasons_and_their_bytes() {
    let all = [
        Reason::OverCap,
        Reason::CategoryFull,
        Reason::TierFull,
        Reason::TierBlocked,
        Reason::ExposureLimit,
        Reason::RunwayFloor,
        Reason::Concentration,
        Reason::BreakerTripped,
    ];
    assert_eq!(all.map(u8::from), [16, 17, 18, 19, 20, 21, 22, 23]);
    assert_eq!(all.map(|reason| reason as u8), all.map(u8::from));
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
        Some(but(award(250, 40), |a| a.category = 3)),
        Some(award(10, 5)),
        Some(award(400, 150)),
        Some(award(220, 201)),
        Some(act(260, 7)),
        Some(act(199, 8)),
    ];
    let (verdicts, allocation) = run(&slate, &thresholds(), &LIMITS);
    assert_eq!(
        verdicts,
        [
            funded(Tier::Small, 1),
            Verdict::NotVotable,
            funded(Tier::Medium, 3),
            Verdict::Failed { tier: Tier::Small, why: Failure::QuorumMissed },
            funded(Tier::Large, 0),
            unfunded(Tier::Large, Reason::TierBlocked, 4),
            Verdict::Approved { rank: 2 },
            Verdict::Failed { tier: Tier::Constitutional, why: Failure::QuorumMissed },
        ]
    );
    assert_eq!(
        allocation,
        Allocation {
            allocated: 200,
            passing: 5,
            funded: 3,
            approved: 1,
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

/// Awards to categories 1 and 0, where only category 1 has 15 units of room.
fn in_a_category_with_room_for_15(limits: Limits, why: Reason) {
    let to = |category, for_, amount| but(award(for_, amount), |a| a.category = category);
    let got = verdicts(&[to(1, 400, 10), to(1, 300, 6), to(0, 290, 6), to(1, 280, 5)], &limits);
    assert_eq!(
        got,
        [
            funded(Tier::Small, 0),
            unfunded(Tier::Small, why, 1),
            funded(Tier::Small, 2),
            funded(Tier::Small, 3),
        ]
    );
}

#[test]
fn a_category_fills_alone() {
    in_a_category_with_room_for_15(risk(|l| l.category_caps[1] = 15), Reason::CategoryFull);
}

#[test]
fn the_exposure_room_of_a_category_fills_alone() {
    in_a_category_with_room_for_15(risk(|l| l.risk.exposure_rooms[1] = 15), Reason::ExposureLimit);
}

#[test]
fn what_does_not_fit_the_runway_is_skipped_and_never_stops() {
    let limits = risk(|l| l.risk.runway_room = 100);
    let got = verdicts(&[award(400, 60), award(300, 41), award(250, 40), award(240, 1)], &limits);
    assert_eq!(
        got,
        [
            funded(Tier::Large, 0),
            unfunded(Tier::Medium, Reason::RunwayFloor, 1),
            funded(Tier::Medium, 2),
            unfunded(Tier::Small, Reason::RunwayFloor, 3),
        ]
    );
}

#[test]
fn a_recipient_has_one_room_over_all_awards_and_categories() {
    let limits = risk(|l| l.risk.recipient_cap = 15);
    let to = |leader, for_, amount| {
        but(award(for_, amount), |a| {
            a.leader = leader;
            a.category = u8::try_from(amount % 2).unwrap();
        })
    };
    let got = verdicts(
        &[
            to(0, 400, 10),
            to(0, 300, 6),
            to(2, 290, 6),
            to(0, 280, 5),
            to(2, 270, 10),
            to(2, 260, 9),
        ],
        &limits,
    );
    assert_eq!(
        got,
        [
            funded(Tier::Small, 0),
            unfunded(Tier::Small, Reason::Concentration, 1),
            funded(Tier::Small, 2),
            funded(Tier::Small, 3),
            unfunded(Tier::Small, Reason::Concentration, 4),
            funded(Tier::Small, 5),
        ]
    );
}

#[test]
fn a_recipient_is_told_apart_whatever_the_margins_were() {
    // the sums per recipient live where the margins were
    let limits = risk(|l| l.risk.recipient_cap = 10);
    let to = |leader, for_| but(award(for_, 10), |a| a.leader = leader);
    let got = verdicts(&[to(2, 900), to(0, 800), to(127, 700), to(1, 600)], &limits);
    assert_eq!(got, [0, 1, 2, 3].map(|rank| funded(Tier::Small, rank)));
}

#[test]
fn a_tripped_breaker_funds_nothing_and_says_so_first() {
    let mut limits = risk(|l| l.risk.tripped = true);
    let got = verdicts(&[award(300, 10), award(300, 201), award(29, 10)], &limits);
    assert_eq!(
        got,
        [
            unfunded(Tier::Small, Reason::BreakerTripped, 0),
            unfunded(Tier::Large, Reason::BreakerTripped, 1),
            Verdict::Failed { tier: Tier::Small, why: Failure::QuorumMissed },
        ]
    );
    limits.cap = 0;
    assert_eq!(
        verdicts(&[award(300, 0)], &limits),
        [unfunded(Tier::Small, Reason::BreakerTripped, 0)]
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
    slate[0] = but(slate[0], |a| a.amount = 0);
    assert_eq!(verdicts(&slate, &LIMITS)[5], funded(Tier::Small, 5));
    slate[0] = but(slate[0], |a| a.amount = 1);
    assert_eq!(verdicts(&slate, &LIMITS)[5], unfunded(Tier::Small, Reason::TierFull, 5));
}

#[test]
fn beyond_the_medium_limit_a_small_award_must_meet_the_medium_tier() {
    let mut slate = vec![award(100, 10); 6];
    assert_eq!(verdicts(&slate, &LIMITS)[5], funded(Tier::Medium, 5));
    slate[5].tally.for_ = 99;
    assert_eq!(verdicts(&slate, &LIMITS)[5], unfunded(Tier::Small, Reason::TierFull, 5));
    slate[5] = but(slate[0], |a| a.admits = Tier::Small);
    assert_eq!(verdicts(&slate, &LIMITS)[5], unfunded(Tier::Small, Reason::TierFull, 5));
    slate[5] = but(slate[0], |a| a.admits = Tier::Medium);
    assert_eq!(verdicts(&slate, &LIMITS)[5], funded(Tier::Medium, 5));
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
    slate[3] = but(slate[3], |a| a.amount = 49);
    assert_eq!(verdicts(&slate, &LIMITS)[4..], [funded(Tier::Small, 4), funded(Tier::Large, 5)]);
    // a stream that only admits the medium tier is not lifted beyond it
    slate[5] = but(slate[5], |a| a.admits = Tier::Medium);
    let got = verdicts(&slate, &LIMITS);
    assert_eq!(got[5], unfunded(Tier::Medium, Reason::TierFull, 5));
}

#[test]
fn a_short_stream_is_blocked_from_the_medium_tier_up() {
    let short = |for_, amount| but(award(for_, amount), |a| a.admits = Tier::Small);
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
fn a_stream_is_admitted_up_to_the_strictest_tier_whose_terms_it_meets() {
    let tiers = [Tier::Small, Tier::Medium, Tier::Large, Tier::Constitutional];
    for (own, amount) in tiers.into_iter().zip([10, 50, 200]) {
        for admits in tiers {
            let got = verdicts(&[but(award(300, amount), |a| a.admits = admits)], &LIMITS);
            let blocked = unfunded(own, Reason::TierBlocked, 0);
            assert_eq!(got, [if own <= admits { funded(own, 0) } else { blocked }]);
        }
    }
}

#[test]
fn a_raised_award_starts_tiers_up_and_takes_their_room() {
    let raised = |raise, for_, amount| but(award(for_, amount), |a| a.raise = raise);
    for (raise, tier, votes) in [
        (0, Tier::Small, 30),
        (1, Tier::Medium, 100),
        (2, Tier::Large, 200),
        (3, Tier::Large, 200),
        (u8::MAX, Tier::Large, 200),
    ] {
        assert_eq!(verdicts(&[raised(raise, votes, 10)], &LIMITS), [funded(tier, 0)]);
        let missed = Verdict::Failed { tier, why: Failure::QuorumMissed };
        assert_eq!(verdicts(&[raised(raise, votes - 1, 10)], &LIMITS), [missed]);
        let short = but(raised(raise, 200, 10), |a| a.admits = Tier::Small);
        let blocked = unfunded(tier, Reason::TierBlocked, 0);
        assert_eq!(
            verdicts(&[short], &LIMITS),
            [if raise == 0 { funded(tier, 0) } else { blocked }]
        );
    }
    // no raise admits what is above the large limit
    let too_much = raised(u8::MAX, 300, 201);
    assert_eq!(verdicts(&[too_much], &LIMITS), [unfunded(Tier::Large, Reason::TierBlocked, 0)]);
    // raised to medium, the sixth ten leaves the small tier's room alone
    let mut slate = vec![raised(1, 150, 10)];
    slate.extend(vec![award(40, 10); 6]);
    let got = verdicts(&slate, &LIMITS);
    assert_eq!(got[0], funded(Tier::Medium, 0));
    assert_eq!(got[5..], [funded(Tier::Small, 5), unfunded(Tier::Small, Reason::TierFull, 6)]);
}

#[test]
fn the_recipients_whole_ask_decides_the_tier() {
    let ask = |for_, recipient_ask| but(award(for_, 1), |a| a.recipient_ask = recipient_ask);
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
    assert_eq!(award_of(&ask(30, 201)).tier(&LIMITS.ask), None);
    assert_eq!(award_of(&ask(30, 11)).tier(&LIMITS.ask), Some(Tier::Medium));
}

#[test]
fn the_first_reason_that_holds_is_stored() {
    let mut limits = Limits { cap: 60, ..LIMITS };
    limits.category_caps[1] = 0;
    let in_closed = |amount| but(award(40, amount), |a| a.category = 1);
    let mut slate = vec![award(50, 10); 5];
    let over_cap = but(in_closed(10), |a| a.amount = 11);
    slate.extend([in_closed(9), over_cap, award(40, 10)]);
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
fn reasons_come_in_the_documented_order() {
    // five tens fill the small tier, one of them to the recipient whom entry 0 stands for; the
    // sixth award breaks every rule and has them mended one by one
    let mut limits = Limits { cap: 59, ..LIMITS };
    limits.category_caps[1] = 9;
    limits.risk.exposure_rooms[1] = 9;
    limits.risk.runway_room = 59;
    limits.risk.recipient_cap = 19;
    limits.risk.tripped = true;
    let mut last = but(award(250, 10), |a| {
        a.category = 1;
        a.recipient_ask = 201;
        a.admits = Tier::Small;
    });
    let decide = |limits: &Limits, last: Candidate| {
        let mut slate: Vec<_> =
            (0..5).map(|leader| but(award(300, 10), |a| a.leader = leader)).collect();
        slate.push(last);
        match verdicts(&slate, limits)[5] {
            Verdict::Unfunded { why, .. } => Some(why),
            Verdict::Funded { .. } => None,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(decide(&limits, last), Some(Reason::BreakerTripped));
    limits.risk.tripped = false;
    assert_eq!(decide(&limits, last), Some(Reason::TierBlocked));
    last = but(last, |a| a.recipient_ask = 11);
    assert_eq!(decide(&limits, last), Some(Reason::TierBlocked));
    last = but(last, |a| a.recipient_ask = 10);
    assert_eq!(decide(&limits, last), Some(Reason::OverCap));
    limits.cap = 60;
    assert_eq!(decide(&limits, last), Some(Reason::CategoryFull));
    limits.category_caps[1] = 10;
    assert_eq!(decide(&limits, last), Some(Reason::ExposureLimit));
    limits.risk.exposure_rooms[1] = 10;
    assert_eq!(decide(&limits, last), Some(Reason::RunwayFloor));
    limits.risk.runway_room = 60;
    assert_eq!(decide(&limits, last), Some(Reason::Concentration));
    limits.risk.recipient_cap = 20;
    assert_eq!(decide(&limits, last), Some(Reason::TierFull));
    last = but(last, |a| a.admits = Tier::Medium);
    assert_eq!(decide(&limits, last), None);
}

#[test]
fn every_money_limit_is_compared_in_one_place() {
    // room for 100 of each kind, 40 of it taken
    let mut limits = Limits { cap: 100, ..LIMITS };
    limits.category_caps = [100; MAX_CATEGORIES];
    limits.risk.exposure_rooms = [100; MAX_CATEGORIES];
    limits.risk.runway_room = 100;
    limits.risk.recipient_cap = 100;
    assert_eq!(limits.refuse(60, 7, 40, 40, 40), Some(None));
    for (change, why) in [
        ((|l| l.cap = 99) as fn(&mut Limits), Reason::OverCap),
        (|l| l.category_caps[7] = 99, Reason::CategoryFull),
        (|l| l.risk.exposure_rooms[7] = 99, Reason::ExposureLimit),
        (|l| l.risk.runway_room = 99, Reason::RunwayFloor),
        (|l| l.risk.recipient_cap = 99, Reason::Concentration),
        (|l| l.risk.tripped = true, Reason::BreakerTripped),
    ] {
        let mut tighter = limits;
        change(&mut tighter);
        assert_eq!(tighter.refuse(60, 7, 40, 40, 40), Some(Some(why)));
        if why != Reason::BreakerTripped {
            assert_eq!(tighter.refuse(59, 7, 40, 40, 40), Some(None), "one less than {why:?}");
        }
        // what is taken already may exceed a limit that has since become tighter
        let taken = tighter.refuse(1, 7, u64::MAX, u64::MAX, u64::MAX);
        assert!(taken.unwrap().is_some());
    }
    for category in [8, 9, u8::MAX] {
        assert_eq!(limits.refuse(0, category, 0, 0, 0), None);
    }
}

#[test]
fn absurd_amounts_are_skipped_not_fatal() {
    let huge = but(award(300, u64::MAX), |a| a.recipient_ask = 1);
    let limits = Limits { cap: u64::MAX, ..LIMITS };
    let got = verdicts(&[award(400, 1), huge, huge], &limits);
    assert_eq!(got[1], unfunded(Tier::Small, Reason::OverCap, 1));
    let got = verdicts(&[huge, huge, award(200, 0)], &limits);
    assert_eq!(got[0], funded(Tier::Large, 0));
    assert_eq!(got[1], unfunded(Tier::Small, Reason::OverCap, 1));
    assert_eq!(got[2], funded(Tier::Small, 2));
    // with every limit gone, the sums still hold
    let ask = AskLimits { small: u64::MAX, medium: u64::MAX, large: u64::MAX };
    let got = verdicts(&[huge, huge, award(200, 0)], &Limits { ask, ..limits });
    assert_eq!(got[0], funded(Tier::Small, 0));
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

fn refused_under(candidates: Vec<Option<Candidate>>, limits: &Limits) -> bool {
    let verdicts = vec![None; candidates.len()];
    settle(&mut Memory { candidates, verdicts }, &thresholds(), limits).is_none()
}

fn refused(candidates: Vec<Option<Candidate>>) -> bool {
    refused_under(candidates, &LIMITS)
}

#[test]
fn impossible_slates_are_refused() {
    assert!(refused(vec![None; MAX_ENTRIES + 1]));
    assert!(!refused(vec![None; MAX_ENTRIES]));
    let in_category = |category| vec![Some(but(award(300, 1), |a| a.category = category))];
    assert!(refused(in_category(8)));
    assert!(!refused(in_category(7)));
    let led_by = |leader| vec![Some(but(award(300, 1), |a| a.leader = leader))];
    assert!(refused(led_by(128)));
    assert!(refused(led_by(u8::MAX)));
    assert!(!refused(led_by(127)));
}

#[test]
fn impossible_slates_are_refused_even_where_nothing_can_be_funded() {
    let tripped = risk(|l| l.risk.tripped = true);
    for (category, leader) in [(8, 0), (0, 128)] {
        let odd = |ask| {
            vec![Some(but(award(300, 1), |a| {
                a.category = category;
                a.leader = leader;
                a.recipient_ask = ask;
            }))]
        };
        assert!(refused_under(odd(1), &tripped));
        assert!(refused(odd(201)));
    }
    assert!(!refused_under(vec![Some(award(300, 1))], &tripped));
    // what did not pass is not looked at
    assert!(!refused(vec![Some(but(award(29, 1), |a| a.category = 8))]));
}
