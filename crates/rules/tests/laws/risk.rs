//! R9, R10, R11 standing
//! ├── free, value, rooms: exact against 128-bit formulas, and at their last unit
//! ├── whatever the risk reporter marks, claims and settlement go on
//! ├── breakers: drawdown and draining at their boundaries
//! └── no spending within the runway room ever drains

use budget_rules::allocation::{Limits, MAX_CATEGORIES, Reason, Verdict};
use budget_rules::risk::{
    Class, HypotheticalAsk, Position, PositionTerms, RiskLimits, Standing, Trailing, assess,
    has_drawn_down, is_draining,
};
use proptest::prelude::*;

use crate::position::{
    DAY, DERIVATIVE, MARK_AGE, NOW, POSITION, clamp, moment, money, position, terms, value_of,
};
use crate::slate::{LIMITS, award, but, run, thresholds};

/// Free funds of 800, one position in category 1, an epoch's cap of 200.
pub fn standing() -> Standing {
    let mut positions = [Position::default(); MAX_CATEGORIES];
    positions[1] = POSITION;
    let mut terms = [PositionTerms::default(); MAX_CATEGORIES];
    terms[1] = DERIVATIVE;
    Standing {
        marks_judged_at: NOW,
        tracked: 1_000,
        committed: 150,
        reserved: 50,
        cap: 200,
        positions,
        terms,
        mark_age_secs: MARK_AGE,
        previous_outflow: 300,
        epochs: 4,
        min_runway_epochs: 4,
        max_recipient_bps: 3_000,
        tripped: false,
    }
}

#[test]
fn an_absurd_mark_closes_its_category_and_blocks_nothing_else() {
    let absurd = POSITION.count_mark(u64::MAX, NOW);
    // claims go on
    let paid = absurd.pay_out(30, NOW).unwrap();
    assert_eq!((paid.pending, paid.cost, paid.mark), (0, 130, u64::MAX));
    assert_eq!(paid.receive(7).unwrap().0.mark, u64::MAX - 7);
    // and so do settlement and every view
    let mut standing = standing();
    standing.positions[1] = absurd;
    let limits = standing.limits().unwrap();
    assert_eq!(limits.exposure_rooms[0], u64::MAX);
    assert_eq!(limits.exposure_rooms[1], 0);
    assert_eq!(limits.treasury_value, 875);
    assert_eq!(standing.net_asset_value(), Some(1_075));
    let limits = Limits { cap: 200, risk: limits, ..LIMITS };
    let (verdicts, _) = run(
        &[Some(but(award(300, 1), |a| a.category = 1)), Some(award(290, 1))],
        &thresholds(),
        &limits,
    );
    assert!(matches!(verdicts[0], Verdict::Unfunded { why: Reason::ExposureLimit, .. }));
    assert!(matches!(verdicts[1], Verdict::Funded { .. }));
    let ask = HypotheticalAsk { amount: 1, category: 1, recipient_awarded: 0, awarded: [0; 8] };
    let assessment = assess(&standing, &limits, &ask).unwrap();
    assert_eq!(assessment.refused, Some(Reason::ExposureLimit));
    assert_eq!(assessment.exposure_after[1], u64::MAX);
}

#[test]
fn money_paid_in_circles_stops_neither_claims_nor_settlement() {
    let full = Position { pending: 5, cost: u64::MAX - 2, mark: u64::MAX - 2, marked_at: NOW };
    let paid = full.pay_out(5, NOW).unwrap();
    assert_eq!((paid.pending, paid.cost, paid.mark), (0, u64::MAX, u64::MAX));
    assert_eq!(full.principal(), Some(u64::MAX));
    let mut standing = standing();
    standing.positions[1] = full;
    standing.positions[2] = full;
    standing.terms = [PositionTerms { haircut_bps: 0, ..DERIVATIVE }; MAX_CATEGORIES];
    assert_eq!(standing.positions_value(), Some(u64::MAX));
    assert_eq!(standing.net_asset_value(), Some(u64::MAX));
    let limits = standing.limits().unwrap();
    assert_eq!(limits.treasury_value, u64::MAX);
    assert_eq!(limits.exposure_rooms[1], 0);
    assert_eq!(limits.exposure_rooms[3], u64::MAX / 5);
}

#[test]
fn limits_of_a_plain_treasury() {
    let limits = standing().limits().unwrap();
    let mut exposure_rooms = [u64::MAX; MAX_CATEGORIES];
    exposure_rooms[1] = 42; // 20 % of 860, less 130
    assert_eq!(
        limits,
        RiskLimits {
            recipient_cap: 60,
            runway_room: 250, // (800 * 4 - 4 * 300) / 8
            exposure_rooms,
            treasury_value: 860,
            tripped: false,
        }
    );
    assert_eq!(standing().free(), Some(800));
    assert_eq!(standing().positions_value(), Some(60));
    assert_eq!(standing().net_asset_value(), Some(1_060));
    assert_eq!(standing().runway_centi(0), Some(1_066));
    assert_eq!(standing().runway_centi(250), Some(400));
    assert_eq!(standing().runway_centi(251), Some(398));
    assert!(Standing { tripped: true, ..standing() }.limits().unwrap().tripped);
}

#[test]
fn positions_of_operating_categories_count_for_nothing() {
    let mut standing = standing();
    standing.terms[1].class = Class::Operating;
    assert_eq!(standing.positions_value(), Some(0));
    assert_eq!(standing.limits().unwrap().exposure_rooms, [u64::MAX; MAX_CATEGORIES]);
}

#[test]
fn more_promised_than_there_is_has_no_limits() {
    for (committed, reserved) in [(1_001, 0), (0, 1_001), (951, 50), (u64::MAX, u64::MAX)] {
        let broken = Standing { committed, reserved, ..standing() };
        assert_eq!(broken.free(), None);
        assert_eq!(broken.limits(), None);
        assert_eq!(broken.runway_centi(0), None);
    }
    let all = Standing { committed: 950, reserved: 50, ..standing() };
    assert_eq!(all.free(), Some(0));
    assert_eq!(all.limits().unwrap().runway_room, 0);
}

#[test]
fn exposure_beyond_its_limit_leaves_no_room() {
    let mut standing = standing();
    for (limit_bps, room) in [(1_511, 0), (1_512, 0), (1_524, 1), (10_000, 730), (20_000, 1_590)] {
        standing.terms[1].exposure_limit_bps = limit_bps;
        assert_eq!(standing.limits().unwrap().exposure_rooms[1], room, "{limit_bps} bps");
    }
    standing.terms[1].exposure_limit_bps = 0;
    assert_eq!(standing.limits().unwrap().exposure_rooms[1], 0);
}

#[test]
fn the_runway_room_at_its_edges() {
    let room = |change: &dyn Fn(&mut Standing)| {
        let mut standing = standing();
        change(&mut standing);
        standing.limits().unwrap().runway_room
    };
    assert_eq!(room(&|s| s.min_runway_epochs = 0), u64::MAX);
    // a runway below the floor already
    assert_eq!(room(&|s| s.previous_outflow = 800), 0);
    assert_eq!(room(&|s| s.previous_outflow = 798), 1);
    assert_eq!(room(&|s| s.previous_outflow = u64::MAX), 0);
    // the first epoch: its own awards are all there is
    let first = |s: &mut Standing| {
        s.previous_outflow = 0;
        s.epochs = 1;
    };
    assert_eq!(room(&first), 160);
    // no epoch to take a mean over leaves nothing to spend
    assert_eq!(room(&|s| s.epochs = 0), 0);
    assert_eq!(room(&|s| (s.epochs, s.min_runway_epochs) = (0, 0)), u64::MAX);
    let rich = |s: &mut Standing| {
        (s.tracked, s.committed, s.reserved) = (u64::MAX, 0, 0);
        (s.epochs, s.min_runway_epochs, s.previous_outflow) = (u8::MAX, 1, 0);
    };
    assert_eq!(room(&rich), (u128::from(u64::MAX) * 255 / 256) as u64);
}

#[test]
fn a_runway_without_outflow_never_ends() {
    let idle = Standing { previous_outflow: 0, ..standing() };
    assert_eq!(idle.runway_centi(0), Some(u64::MAX));
    assert_eq!(idle.runway_centi(1), Some(799 * 400));
    assert_eq!(idle.runway_centi(800), Some(0));
    assert_eq!(idle.runway_centi(u64::MAX), Some(0));
    let rich = Standing { tracked: u64::MAX, ..idle };
    assert_eq!(rich.runway_centi(1), Some(u64::MAX));
    assert_eq!(Standing { epochs: 0, ..standing() }.runway_centi(0), Some(0));
}

#[test]
fn drawdown_at_its_boundaries() {
    for (value, high_water, max_bps, down) in [
        (700, 1_000, 3_000, false),
        (699, 1_000, 3_000, true),
        (701, 1_000, 3_000, false),
        // 70 % of 1,001 is 700.7
        (700, 1_001, 3_000, true),
        (701, 1_001, 3_000, false),
        (1_000, 1_000, 0, false),
        (999, 1_000, 0, true),
        (1_001, 1_000, 0, false),
        (0, 1_000, 9_999, true),
        (1, 10_000, 9_999, false),
        (0, u64::MAX, 10_000, false),
        (0, u64::MAX, 10_001, false),
        (0, u64::MAX, u16::MAX, false),
        (0, 0, 0, false),
        (u64::MAX - 1, u64::MAX, 0, true),
        (u64::MAX, u64::MAX, 0, false),
    ] {
        assert_eq!(has_drawn_down(value, high_water, max_bps), down, "{value} of {high_water}");
    }
}

#[test]
fn draining_at_its_boundaries() {
    // the mean of four epochs is 75: 400 last 5.3 of them
    let trailing = Trailing { uncommitted: 400, outflow: 300, inflow: 199, epochs: 4 };
    assert!(!is_draining(&trailing, 5));
    assert!(is_draining(&trailing, 6));
    for (inflow, draining) in [(0, true), (199, true), (200, false), (201, false)] {
        assert_eq!(is_draining(&Trailing { inflow, ..trailing }, 6), draining, "inflow {inflow}");
    }
    for (uncommitted, draining) in [(0, true), (449, true), (450, false), (451, false)] {
        let trailing = Trailing { uncommitted, ..trailing };
        assert_eq!(is_draining(&trailing, 6), draining, "{uncommitted} left");
    }
    assert!(!is_draining(&Trailing { uncommitted: 0, ..trailing }, 0));
    // before the first epoch nothing was awarded
    let nothing = Trailing { uncommitted: 0, outflow: 0, inflow: 0, epochs: 0 };
    assert!(!is_draining(&nothing, u8::MAX));
    let most = Trailing { uncommitted: u64::MAX, outflow: u64::MAX, inflow: 0, epochs: u8::MAX };
    assert!(!is_draining(&most, u8::MAX));
    assert!(is_draining(&Trailing { epochs: 254, ..most }, u8::MAX));
    assert!(!is_draining(&Trailing { inflow: u64::MAX, epochs: 0, ..most }, u8::MAX));
}

/// A treasury that has what it promised, in small amounts or in amounts of any size.
pub fn any_standing() -> impl Strategy<Value = Standing> {
    let small =
        prop::array::uniform8((0u64..50, 0u64..200, 0u64..300, NOW - 20 * DAY..=NOW).prop_map(
            |(pending, cost, mark, marked_at)| Position { pending, cost, mark, marked_at },
        ));
    let empty = Just([Position::default(); MAX_CATEGORIES]);
    let positions = prop_oneof![3 => small, 1 => empty, 1 => prop::array::uniform8(position())];
    let tracked = prop_oneof![1 => 0u64..1_000, 3 => 1_000u64..20_000, 1 => money()];
    let promised = prop_oneof![3 => 0u64..=50, 1 => 0u64..=100];
    let cap = prop_oneof![3 => Just(u64::MAX), 1 => money()];
    let funds = (tracked, promised, 0u64..=100, cap);
    let outflow = prop_oneof![2 => 0u64..400, 2 => 0u64..5_000, 1 => money()];
    let floor = prop_oneof![1 => Just(0u8), 3 => 1u8..=6, 1 => 0u8..=24];
    let spent = (outflow, 1u8..=4, floor);
    let shares = (1u16..=10_000, prop::bool::weighted(0.05));
    (funds, positions, prop::array::uniform8(terms()), spent, shares).prop_map(
        |(funds, positions, terms, spent, shares)| {
            let (tracked, committed, reserved, cap) = funds;
            let percent = |of: u64, share: u64| (u128::from(of) * u128::from(share) / 100) as u64;
            let committed = percent(tracked, committed);
            Standing {
                marks_judged_at: NOW,
                tracked,
                committed,
                reserved: percent(tracked - committed, reserved),
                cap: cap.min(percent(tracked, 30)),
                positions,
                terms,
                mark_age_secs: MARK_AGE,
                previous_outflow: spent.0,
                epochs: spent.1,
                min_runway_epochs: spent.2,
                max_recipient_bps: shares.0,
                tripped: shares.1,
            }
        },
    )
}

/// What the treasury is worth with other funds and another position in one category.
fn net_asset_value(
    mut standing: Standing,
    tracked: u64,
    category: usize,
    position: Option<Position>,
) -> u64 {
    standing.tracked = tracked;
    standing.positions[category] = position.unwrap();
    standing.net_asset_value().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn no_payment_raises_and_no_return_lowers_the_net_asset_value(
        standing in any_standing(), category in 0usize..8, amount in money(), now in moment(),
    ) {
        let standing = Standing { marks_judged_at: now, ..standing };
        let before = standing.net_asset_value().unwrap();
        prop_assume!(before < u64::MAX);
        let position = standing.positions[category];
        let paid = amount.min(position.pending).min(standing.tracked);
        let after =
            net_asset_value(standing, standing.tracked - paid, category, position.pay_out(paid, now));
        prop_assert!(after <= before);
        // and hands over no more than it pays
        prop_assert!(before - after <= paid);
        let back = amount.min(u64::MAX - standing.tracked);
        let (position, profit) = position.receive(back).unwrap();
        let after =
            net_asset_value(standing, standing.tracked + back, category, Some(position));
        prop_assert!(after >= before);
        prop_assert!(after - before <= back);
        prop_assert!(after - before >= profit || after == u64::MAX);
    }

    #[test]
    fn limits_agree_with_128_bit_formulas(standing in any_standing()) {
        let s = &standing;
        let limits = s.limits().unwrap();
        let free = u128::from(s.tracked) - u128::from(s.committed) - u128::from(s.reserved);
        let risky = || (0..8).filter(|&i| s.terms[i].class != Class::Operating);
        let value: u128 = risky().map(|i| value_of(&s.positions[i], &s.terms[i], s.marks_judged_at)).sum();
        prop_assert_eq!(s.free().map(u128::from), Some(free));
        prop_assert_eq!(s.positions_value(), Some(clamp(value)));
        prop_assert_eq!(s.net_asset_value(), Some(clamp(value + u128::from(s.tracked))));
        prop_assert_eq!(limits.treasury_value, clamp(free + value));
        prop_assert_eq!(limits.tripped, s.tripped);
        let share = u128::from(s.cap) * u128::from(s.max_recipient_bps) / 10_000;
        prop_assert_eq!(u128::from(limits.recipient_cap), share);
        let mut rooms = [u64::MAX; MAX_CATEGORIES];
        for i in risky() {
            let limit = u128::from(limits.treasury_value)
                * u128::from(s.terms[i].exposure_limit_bps) / 10_000;
            let p = &s.positions[i];
            let exposure = u128::from(p.pending) + u128::from(p.cost.max(p.mark));
            rooms[i] = u64::try_from(limit.saturating_sub(exposure)).unwrap();
        }
        prop_assert_eq!(limits.exposure_rooms, rooms);
    }

    #[test]
    fn the_runway_room_is_the_most_that_leaves_the_floor(standing in any_standing()) {
        let s = &standing;
        let room = s.limits().unwrap().runway_room;
        if s.min_runway_epochs == 0 {
            prop_assert_eq!(room, u64::MAX);
            return Ok(());
        }
        let free = i128::from(s.free().unwrap());
        // free - x >= min_runway * (previous + x) / epochs
        let leaves_the_floor = |x: u64| {
            (free - i128::from(x)) * i128::from(s.epochs)
                >= i128::from(s.min_runway_epochs)
                    * (i128::from(s.previous_outflow) + i128::from(x))
        };
        prop_assert!(!leaves_the_floor(room + 1));
        prop_assert!(i128::from(room) <= free);
        if leaves_the_floor(0) {
            prop_assert!(leaves_the_floor(room));
            let floor = 100 * u64::from(s.min_runway_epochs);
            prop_assert!(s.runway_centi(room).unwrap() >= floor);
        } else {
            prop_assert_eq!(room, 0);
        }
    }

    #[test]
    fn the_runway_is_exact_and_shrinks_with_every_award(
        standing in any_standing(), a in money(), b in money(),
    ) {
        let s = &standing;
        for awarded in [a, b] {
            let free = u128::from(s.free().unwrap().saturating_sub(awarded));
            let outflow = u128::from(s.previous_outflow) + u128::from(awarded);
            let exact = (free * u128::from(s.epochs) * 100).checked_div(outflow);
            prop_assert_eq!(s.runway_centi(awarded), Some(exact.map_or(u64::MAX, clamp)));
        }
        prop_assert!(s.runway_centi(a.max(b)) <= s.runway_centi(a.min(b)));
    }

    #[test]
    fn drawdown_agrees_with_exact_fractions(
        high_water in money(), value in money(), near in 0u64..3, max_bps in any::<u16>(),
    ) {
        let kept = u128::from(10_000u16.saturating_sub(max_bps));
        let floor = clamp(u128::from(high_water) * kept / 10_000);
        for value in [value, floor.saturating_add(near).saturating_sub(1)] {
            let down = u128::from(value) * 10_000 < u128::from(high_water) * kept;
            prop_assert_eq!(has_drawn_down(value, high_water, max_bps), down);
        }
    }

    #[test]
    fn draining_agrees_with_exact_fractions(
        uncommitted in money(), outflow in money(), inflow in money(), epochs in any::<u8>(),
        floor in any::<u8>(), near in 0u64..3,
    ) {
        let [u, o, e, m] =
            [uncommitted, outflow, epochs.into(), floor.into()].map(u128::from);
        let edges = [
            (uncommitted, inflow),
            // just enough inflow, just enough left
            (uncommitted, clamp(o * 2 / 3).saturating_add(near).saturating_sub(1)),
            (clamp((o * m).checked_div(e).unwrap_or(u)).saturating_add(near).saturating_sub(1), 0),
        ];
        for (uncommitted, inflow) in edges {
            let expected = 2 * o > 3 * u128::from(inflow)
                && u128::from(uncommitted) * e < o * m;
            let trailing = Trailing { uncommitted, outflow, inflow, epochs };
            prop_assert_eq!(is_draining(&trailing, floor), expected);
        }
    }

    #[test]
    fn no_spending_within_the_runway_room_ever_drains(
        start in money(), floor in 0u8..=24,
        // an inflow, what a review gave back, the share of the room awarded, whether all of it
        epochs in prop::collection::vec((0u64..200, 0u64..50, 0u64..=100, prop::bool::ANY), 1..12),
        // the share of the runway room that goes into the reward pool at the opening
        rewards in 0u64..=100,
    ) {
        let (mut tracked, mut committed) = (start >> 1, 0u64);
        let (mut outflows, mut inflows) = (vec![0u64; 3], vec![0u64; 3]);
        for (count, (inflow, returned, percent, all)) in (1u8..).zip(epochs) {
            let share = |of: u64, percent: u64| {
                (u128::from(of) * u128::from(percent) / 100) as u64
            };
            let span = count.min(4);
            let previous = outflows[outflows.len() - 3..].iter().sum();
            tracked += inflow;
            committed -= returned.min(committed);
            let opening = Standing {
                tracked, committed, reserved: 0, cap: u64::MAX, previous_outflow: previous,
                epochs: span, min_runway_epochs: floor, max_recipient_bps: 10_000, ..standing()
            };
            let free = opening.free().unwrap();
            let reserved = share(opening.limits().unwrap().runway_room.min(free), rewards);
            let settled = Standing { reserved, ..opening };
            let room = settled.limits().unwrap().runway_room.min(settled.free().unwrap());
            let awarded = if all { room } else { share(room, percent) };
            outflows.push(awarded);
            inflows.push(inflow);
            committed += awarded;
            let trailing = |tracked: u64| Trailing {
                uncommitted: tracked - committed,
                outflow: outflows[outflows.len() - 4..].iter().sum(),
                inflow: inflows[inflows.len() - 4..].iter().sum(),
                epochs: span,
            };
            prop_assert!(!is_draining(&trailing(tracked), floor));
            // the rewards are paid
            tracked -= reserved;
            prop_assert!(!is_draining(&trailing(tracked), floor));
            // one unit more would have been too much, but for inflow
            let room = settled.limits().unwrap().runway_room;
            if all && floor > 0 && awarded == room {
                let mut beyond = trailing(tracked);
                if beyond.uncommitted > 0 {
                    beyond.uncommitted -= 1;
                    beyond.outflow += 1;
                    beyond.inflow = 0;
                    prop_assert!(is_draining(&beyond, floor));
                }
            }
            // and streams pay out half of what they hold
            let paid = committed / 2;
            (tracked, committed) = (tracked - paid, committed - paid);
        }
    }
}
