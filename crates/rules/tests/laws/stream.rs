//! R7 stream
//! ├── plan: parts by cumulative floor, equal in time, sum exactly; around start, cliff and end
//! ├── gate: stops at the open checkpoint, scaling returns, what is released never falls
//! ├── rulings: reduce keeps its share to the unit, resume turns back nothing but the clock
//! ├── clock: stands, goes back when told to, inverse of itself
//! └── matured: what was released then, before and after a bend

use budget_rules::stream::{
    Bend, Clock, Gate, MAX_CHECKPOINTS, MAX_PAYOUT_DELAY_SECS, Plan, matured, net_total, pass,
    reduce, released, resume,
};
use proptest::prelude::*;

const DAY: i64 = 86_400;
const PASS: u16 = 6_000;

/// Parts of 333, 333 and 334 over 100 seconds each.
fn thousand() -> Plan {
    Plan::new(1_000, 300, 0, 2)
}

fn parts(plan: &Plan) -> Vec<u64> {
    let sum = |part| plan.cumulative(part).unwrap();
    (0..=plan.checkpoints).map(|part| sum(part + 1) - sum(part)).collect()
}

/// The gate after the given scores, and what they returned.
fn scored(plan: &Plan, scores: &[u16]) -> (Gate, u64) {
    scores.iter().fold((Gate::default(), 0), |(gate, sum), &score| {
        let (gate, returned) = pass(plan, &gate, score, PASS).unwrap();
        (gate, sum + returned)
    })
}

fn all_passed(plan: &Plan) -> Gate {
    Gate { passed: plan.checkpoints, ..Gate::default() }
}

#[test]
fn parts_by_cumulative_floor() {
    assert_eq!(parts(&thousand()), [333, 333, 334]);
    assert_eq!(parts(&Plan::new(2, 300, 0, 2)), [0, 1, 1]);
    assert_eq!(parts(&Plan::new(7, 300, 0, 0)), [7]);
    assert_eq!(parts(&Plan::new(u64::MAX, 300, 0, 0)), [u64::MAX]);
    assert_eq!(thousand().cumulative(3), Some(1_000));
    assert_eq!(thousand().cumulative(4), None);
    assert_eq!(thousand().cumulative(u8::MAX), None);
}

#[test]
fn parts_from_a_base_on_share_the_rest() {
    let plan = Plan { base_part: 1, base_amount: 100, rest: 51, ..thousand() };
    assert_eq!([0, 1, 2, 3].map(|part| plan.cumulative(part)), [100, 100, 125, 151].map(Some));
    assert_eq!(plan.total(), Some(151));
    let too_much = Plan { base_amount: 1, rest: u64::MAX, ..plan };
    assert_eq!(too_much.total(), None);
    assert_eq!(too_much.cumulative(3), None);
}

#[test]
fn part_starts() {
    let plan = Plan::new(5, 100, 0, 2);
    let starts = [0, 1, 2, 3].map(|part| plan.part_start_secs(part));
    assert_eq!(starts, [0, 33, 66, 100].map(Some));
    assert_eq!(plan.part_start_secs(4), None);
    assert_eq!(plan.part_start_secs(u8::MAX), None);
    assert_eq!(Plan::new(5, u32::MAX, 0, 12).part_start_secs(13), Some(u32::MAX));
}

#[test]
fn plans_that_break_their_requirements_are_refused() {
    let too_many = Plan { checkpoints: MAX_CHECKPOINTS + 1, ..thousand() };
    let no_part_left = Plan { base_part: 3, ..thousand() };
    for plan in [too_many, no_part_left] {
        assert_eq!(plan.planned(5), None);
        assert_eq!(plan.cumulative(0), None);
        assert_eq!(plan.part_start_secs(0), None);
        assert_eq!(released(&plan, &Gate::default(), 5), None);
    }
    let most = Plan { checkpoints: MAX_CHECKPOINTS, ..thousand() };
    assert_eq!(most.planned(300), Some(1_000));
    let late_cliff = Plan { cliff_secs: 301, ..thousand() };
    for clock in [-1, 0, 300, 400] {
        assert_eq!(late_cliff.planned(clock), None);
        assert_eq!(released(&late_cliff, &all_passed(&late_cliff), clock), None);
    }
    let ahead = Gate { passed: 3, ..Gate::default() };
    for clock in [-1, 5, 300] {
        assert_eq!(released(&thousand(), &ahead, clock), None, "at {clock}");
    }
    let more_than_part = Gate { part_reduction: 334, ..Gate::default() };
    assert_eq!(released(&thousand(), &more_than_part, 5), None);
    let more_than_parts = Gate { reduced_before: 334, passed: 1, ..Gate::default() };
    assert_eq!(released(&thousand(), &more_than_parts, 100), None);
}

#[test]
fn planned_and_released_around_the_boundaries() {
    let plan = thousand();
    for (clock, expected) in [
        (i64::MIN, 0),
        (-1, 0),
        (0, 0),
        (1, 3),
        (99, 329), // floor(333 * 99 / 100)
        (100, 333),
        (101, 336),
        (200, 666),
        (299, 996), // 666 + floor(334 * 99 / 100)
        (300, 1_000),
        (301, 1_000),
        (i64::MAX, 1_000),
    ] {
        assert_eq!(plan.planned(clock), Some(expected), "planned at {clock}");
        let gate = Gate { passed: clock.clamp(0, 299).div_euclid(100) as u8, ..Gate::default() };
        assert_eq!(released(&plan, &gate, clock), Some(expected), "released at {clock}");
    }
}

#[test]
fn nothing_before_the_cliff_and_all_of_it_after() {
    let plan = Plan { cliff_secs: 150, ..thousand() };
    let gate = Gate { passed: 1, ..Gate::default() };
    for (clock, expected) in [(149, 0), (150, 499), (151, 502)] {
        assert_eq!(plan.planned(clock), Some(expected), "planned at {clock}");
        assert_eq!(released(&plan, &gate, clock), Some(expected), "released at {clock}");
    }
    let at_end = Plan { cliff_secs: 300, ..thousand() };
    for (clock, expected) in [(299, 0), (300, 1_000)] {
        assert_eq!(at_end.planned(clock), Some(expected));
        assert_eq!(released(&at_end, &all_passed(&at_end), clock), Some(expected));
    }
}

#[test]
fn a_stream_without_length_is_released_at_its_start() {
    let plan = Plan { duration_secs: 0, ..thousand() };
    for (clock, expected) in [(-1, 0), (0, 1_000)] {
        assert_eq!(plan.planned(clock), Some(expected));
        assert_eq!(released(&plan, &all_passed(&plan), clock), Some(expected));
    }
    assert_eq!(released(&plan, &Gate::default(), 0), Some(333));
}

#[test]
fn a_part_of_no_length_is_over_as_it_begins() {
    // Parts begin at 0, 0, 1 and 1: the first and the third have no length.
    let plan = Plan::new(1_000, 2, 0, 3);
    assert_eq!([0, 1, 2, 3, 4].map(|part| plan.part_start_secs(part)), [0, 0, 1, 1, 2].map(Some));
    let at = |passed, clock| released(&plan, &Gate { passed, ..Gate::default() }, clock);
    assert_eq!([at(0, 0), at(1, 0), at(1, 1)], [250, 250, 500].map(Some));
    assert_eq!([at(2, 1), at(3, 1), at(3, 2)], [750, 750, 1_000].map(Some));
}

#[test]
fn an_open_checkpoint_stops_what_is_released_at_the_end_of_its_part() {
    let plan = thousand();
    for clock in [100, 101, 299, 300, i64::MAX] {
        assert_eq!(released(&plan, &Gate::default(), clock), Some(333), "at {clock}");
    }
    let (gate, returned) = pass(&plan, &Gate::default(), PASS, PASS).unwrap();
    assert_eq!((gate, returned), (Gate { passed: 1, ..Gate::default() }, 0));
    assert_eq!(released(&plan, &gate, 150), Some(499), "with the time since");
    assert_eq!(released(&plan, &gate, 250), Some(666));
}

#[test]
fn a_score_below_the_mark_scales_the_next_part_only() {
    let plan = thousand();
    let (gate, returned) = pass(&plan, &Gate::default(), 4_000, PASS).unwrap();
    assert_eq!(returned, 111); // 333 - floor(333 * 4 / 6)
    assert_eq!(net_total(&plan, &gate), Some(889));
    for (clock, expected) in [(100, 333), (150, 444), (200, 555), (300, 555)] {
        assert_eq!(released(&plan, &gate, clock), Some(expected), "at {clock}");
    }
    let (gate, more) = pass(&plan, &gate, 10_000, PASS).unwrap();
    assert_eq!((more, net_total(&plan, &gate)), (0, Some(889)));
    for (clock, expected) in [(200, 555), (250, 722), (300, 889)] {
        assert_eq!(released(&plan, &gate, clock), Some(expected), "at {clock}");
    }
}

#[test]
fn scores_at_their_boundaries() {
    let first = |score| pass(&thousand(), &Gate::default(), score, PASS).unwrap().1;
    assert_eq!([PASS, PASS + 1, 10_000, u16::MAX].map(first), [0; 4]);
    assert_eq!(first(PASS - 1), 1); // floor(333 * 5_999 / 6_000) = 332
    assert_eq!(first(0), 333);
    assert_eq!(pass(&thousand(), &Gate::default(), 0, 0).unwrap().1, 0, "no mark to miss");
}

#[test]
fn no_checkpoint_passes_after_the_last() {
    let plan = thousand();
    assert_eq!(pass(&plan, &all_passed(&plan), PASS, PASS), None);
    assert_eq!(pass(&Plan::new(5, 100, 0, 0), &Gate::default(), PASS, PASS), None);
}

#[test]
fn a_score_takes_nothing_that_a_ruling_found_released() {
    // 90 are released and 21 of the other 210 stay: 37 for each part.
    let plan = Plan::new(300, 300, 0, 2);
    let (plan, gate, returned) = reduce(&plan, &Gate::default(), 90, 1_000).unwrap();
    assert_eq!((parts(&plan), gate.floor, returned), (vec![37, 37, 37], 90, 189));
    let (gate, returned) = pass(&plan, &gate, 3_000, PASS).unwrap();
    assert_eq!(returned, 0, "part 1 ends at 74, of which 90 are released");
    let (gate, returned) = pass(&plan, &gate, 3_000, PASS).unwrap();
    assert_eq!(returned, 11, "21 of part 2 are open, 10 stay");
    assert_eq!(released(&plan, &gate, 300), Some(100));
    assert_eq!(net_total(&plan, &gate), Some(100));
}

#[test]
fn cancelling_keeps_what_is_released() {
    for (clock, kept) in [(-5, 0), (0, 0), (100, 333), (150, 333)] {
        let (plan, gate, returned) = reduce(&thousand(), &Gate::default(), clock, 0).unwrap();
        assert_eq!((gate.floor, returned), (kept, 1_000 - kept), "at {clock}");
        assert_eq!(net_total(&plan, &gate), Some(kept));
        assert_eq!(released(&plan, &gate, i64::MAX), Some(kept));
    }
    let plan = thousand();
    assert_eq!(reduce(&plan, &all_passed(&plan), 300, 0).unwrap().2, 0);
}

#[test]
fn a_reduction_spreads_what_remains_over_the_open_parts() {
    let gate = Gate { passed: 1, ..Gate::default() };
    let (plan, gate, returned) = reduce(&thousand(), &gate, 150, 5_000).unwrap();
    // 499 are released, 501 not, 250 stay: 166 begun and these make 208 for each part.
    assert_eq!(returned, 251);
    assert_eq!((plan.base_part, plan.base_amount, plan.rest), (1, 333, 416));
    for (clock, expected) in [(150, 499), (179, 499), (180, 499), (181, 501), (200, 541)] {
        assert_eq!(released(&plan, &gate, clock), Some(expected), "at {clock}");
    }
    let (gate, _) = pass(&plan, &gate, PASS, PASS).unwrap();
    assert_eq!(released(&plan, &gate, 300), Some(749));
}

#[test]
fn a_reduction_at_an_open_checkpoint_leaves_the_finished_part_alone() {
    for clock in [100, 150, 300] {
        let (plan, gate, returned) = reduce(&thousand(), &Gate::default(), clock, 5_000).unwrap();
        assert_eq!(returned, 334, "at {clock}");
        assert_eq!((plan.base_part, plan.base_amount, plan.rest), (1, 333, 333));
        assert_eq!(released(&plan, &gate, 200), Some(333));
        let (gate, _) = pass(&plan, &gate, PASS, PASS).unwrap();
        assert_eq!(released(&plan, &gate, 200), Some(499));
    }
    // One second earlier the part still runs, and takes its share of the rest.
    let (plan, _, _) = reduce(&thousand(), &Gate::default(), 99, 5_000).unwrap();
    assert_eq!((plan.base_part, plan.base_amount), (0, 0));
}

#[test]
fn a_reduction_does_not_undo_a_score() {
    let plan = Plan::new(600, 600, 0, 5);
    let (gate, returned) = scored(&plan, &[600]);
    assert_eq!(returned, 90);
    assert_eq!(released(&plan, &gate, 190), Some(109));
    for (keep, expected) in [(10_000, 110), (5_000, 109)] {
        let (plan, gate, _) = reduce(&plan, &gate, 190, keep).unwrap();
        assert_eq!(released(&plan, &gate, 190), Some(109), "nothing at once");
        assert_eq!(released(&plan, &gate, 200), Some(expected), "part 1 keeps {keep}");
        let later = released(&plan, &Gate { passed: 5, ..gate }, 600);
        assert_eq!(later, net_total(&plan, &gate));
    }
}

#[test]
fn a_reduction_before_the_cliff_keeps_the_finished_parts_in_proportion() {
    let plan = Plan { cliff_secs: 150, ..thousand() };
    let gate = Gate { passed: 1, ..Gate::default() };
    let (halved, opened, returned) = reduce(&plan, &gate, 120, 5_000).unwrap();
    assert_eq!((returned, opened.floor), (500, 0));
    assert_eq!(released(&halved, &opened, 149), Some(0));
    assert_eq!(released(&halved, &opened, 150), Some(249));
    // At the open checkpoint before the cliff, too.
    let (halved, opened, _) = reduce(&plan, &Gate::default(), 120, 5_000).unwrap();
    assert_eq!(released(&halved, &opened, 149), Some(0));
    assert_eq!(released(&halved, &opened, 150), Some(166));
}

#[test]
fn a_second_ruling_in_the_same_part_counts_from_the_first() {
    let plan = Plan::new(200, 200, 0, 1);
    let (plan, gate, first) = reduce(&plan, &Gate::default(), 50, 5_000).unwrap();
    assert_eq!((first, net_total(&plan, &gate)), (75, Some(125)));
    // 62 for part 0: 50 stay released until second 81, at 90 it is 55.
    assert_eq!([80, 90].map(|clock| released(&plan, &gate, clock)), [50, 55].map(Some));
    let (plan, gate, second) = reduce(&plan, &gate, 90, 5_000).unwrap();
    assert_eq!((second, net_total(&plan, &gate), gate.floor), (35, Some(90), 55));
    let again = reduce(&plan, &gate, 90, 10_000).unwrap();
    assert_eq!(again, (plan, gate, 0));
}

#[test]
fn a_ruling_keeps_at_most_everything() {
    let whole = reduce(&thousand(), &Gate::default(), 50, 10_000);
    assert_eq!(whole.unwrap().2, 0);
    assert_eq!(reduce(&thousand(), &Gate::default(), 50, u16::MAX), whole);
    // At the very end of 64 bits the current part, 1/3 scaled, has no room to stay as it was.
    let plan = Plan::new(u64::MAX, 400, 0, 7);
    let (gate, _) = scored(&plan, &[PASS, 2_000]);
    let (kept, opened, returned) = reduce(&plan, &gate, 100, 10_000).unwrap();
    assert_eq!(returned, 0);
    assert_eq!(net_total(&kept, &opened), net_total(&plan, &gate));
}

#[test]
fn a_resumed_stream_goes_on_from_its_checkpoint() {
    let plan = thousand();
    let clock = Clock { started_at: 1_000, ..Clock::default() };
    let (gate, clock) = resume(&plan, &Gate::default(), &clock, 1_170).unwrap();
    assert_eq!((gate.passed, gate.part_reduction, clock.standing_secs), (1, 0, 70));
    for (now, expected) in [(999, 333), (1_170, 333), (1_220, 499), (1_270, 666), (1_500, 666)] {
        assert_eq!(released(&plan, &gate, clock.at(now).unwrap()), Some(expected), "at {now}");
    }
    assert_eq!(resume(&plan, &gate, &clock, 1_269), None, "its part still runs");
    assert_eq!(resume(&plan, &gate, &clock, 1_270).unwrap().0.passed, 2);
    assert_eq!(resume(&plan, &all_passed(&plan), &clock, 2_000), None, "no checkpoint is left");
}

#[test]
fn what_the_cliff_released_survives_a_clock_set_back_behind_it() {
    let plan = Plan { cliff_secs: 110, ..thousand() };
    let clock = Clock { started_at: 0, ..Clock::default() };
    assert_eq!(released(&plan, &Gate::default(), 115), Some(333));
    let (gate, clock) = resume(&plan, &Gate::default(), &clock, 115).unwrap();
    assert_eq!(clock.at(115), Some(100));
    assert_eq!(released(&plan, &gate, 100), Some(333), "P4");
    assert_eq!(released(&plan, &gate, 109), Some(333));
    assert_eq!(released(&plan, &gate, 110), Some(366));
}

#[test]
fn the_clock_stands_while_paused() {
    let clock = Clock { started_at: 100, ..Clock::default() }.pause(150, 170).unwrap();
    let shown = [99, 100, 149, 150, 169, 170, 171].map(|now| clock.at(now).unwrap());
    assert_eq!(shown, [-1, 0, 49, 50, 50, 50, 51]);
    let reached = [-1, 0, 49, 50, 51].map(|secs| clock.reached_at(secs).unwrap());
    assert_eq!(reached, [99, 100, 149, 150, 171]);
    let later = 170 + MAX_PAYOUT_DELAY_SECS;
    let clock = clock.pause(later, later + 5).unwrap();
    assert_eq!(clock.standing_secs, 20);
    assert_eq!(
        [later, later + 5, later + 6].map(|now| clock.at(now).unwrap() - later),
        [-120, -120, -119]
    );
}

#[test]
fn pauses_keep_the_longest_delay_apart() {
    let clock = Clock::default().pause(1_000, 2_000).unwrap();
    let rested = 2_000 + MAX_PAYOUT_DELAY_SECS;
    assert_eq!(clock.pause(1_500, 3_000), None, "one that overlaps would turn the clock back");
    assert_eq!(clock.pause(2_000, 3_000), None);
    assert_eq!(clock.pause(rested - 1, rested + 10), None);
    assert!(clock.pause(rested, rested + 10).is_some());
    assert_eq!(clock.pause(rested, rested - 1), None, "ends before it begins");
    // An empty pause is none.
    let empty = Clock::default().pause(1_000, 1_000).unwrap();
    assert_eq!(empty.pause(1_001, 1_002).unwrap().at(1_002), Some(1_001));
}

#[test]
fn the_clock_is_set_back_but_never_forward() {
    let clock = Clock { started_at: 100, ..Clock::default() };
    let back = clock.set_back(180, 50).unwrap();
    assert_eq!((back.at(180), back.at(181)), (Some(50), Some(51)));
    assert_eq!(clock.set_back(180, 80), Some(clock));
    assert_eq!(clock.set_back(180, 81), None);
    // While paused, it stands at where it was set.
    let back = clock.pause(150, 190).unwrap().set_back(180, 20).unwrap();
    assert_eq!([180, 190, 191].map(|now| back.at(now).unwrap()), [20, 20, 21]);
    assert_eq!([20, 21].map(|secs| back.reached_at(secs).unwrap()), [150, 191]);
}

#[test]
fn moments_beyond_all_time_are_refused() {
    let clock = Clock { started_at: 100, standing_secs: 5, pause_from: 200, pause_until: 300 };
    assert_eq!(clock.at(i64::MIN), None);
    assert_eq!(clock.at(i64::MAX), Some(i64::MAX - 205));
    assert_eq!(clock.reached_at(i64::MAX), None);
    assert_eq!(clock.reached_at(i64::MIN), Some(i64::MIN + 105));
    assert_eq!(clock.set_back(i64::MAX, i64::MIN), None);
    assert_eq!(clock.pause(i64::MIN, 0), None);
    let endless = Clock { pause_from: i64::MIN, pause_until: i64::MAX, ..clock };
    assert_eq!((endless.at(0), endless.pause(5, 6)), (None, None));
    assert_eq!(resume(&thousand(), &Gate::default(), &clock, i64::MIN), None);
    assert_eq!(matured(&thousand(), &Gate::default(), &clock, &Bend::default(), i64::MIN), None);
}

#[test]
fn matured_looks_behind_a_ruling() {
    let start = 50 * DAY;
    let plan = Plan::new(30_000, 30 * 86_400, 0, 2);
    let clock = Clock { started_at: start, ..Clock::default() };
    let now = start + 5 * DAY;
    let bend = Bend::default().note(now, 5_000, &clock);
    let (plan, gate, _) = reduce(&plan, &Gate::default(), 5 * DAY, 1_000).unwrap();
    // 7,500 are left, 2,500 a part: the new plan has 1,166 after 4 2/3 days.
    let matured = |at| matured(&plan, &gate, &clock, &bend, at).unwrap();
    assert_eq!(matured(now - 1), 5_000);
    assert!(matured(now - 8 * 3_600) >= 4_666, "released then");
    assert_eq!(matured(now), 5_000);
    assert_eq!(matured(now + 40 * DAY), 5_000, "part 0 ends at 2,500");
}

#[test]
fn matured_looks_behind_a_clock_that_was_set_back() {
    let start = 50 * DAY;
    let plan = Plan::new(30_000, 30 * 86_400, 0, 2);
    let before = Clock { started_at: start, ..Clock::default() };
    let now = start + 14 * DAY;
    let bend = Bend::default().note(now, 10_000, &before);
    let (gate, clock) = resume(&plan, &Gate::default(), &before, now).unwrap();
    let matured = |at| matured(&plan, &gate, &clock, &bend, at).unwrap();
    assert_eq!(matured(now - 7 * DAY), 10_000, "as the floor says");
    let gate = Gate { floor: 0, ..gate };
    let matured = |at| budget_rules::stream::matured(&plan, &gate, &clock, &bend, at).unwrap();
    assert_eq!(matured(now - 7 * DAY), 7_000);
    assert_eq!([now - 4 * DAY, now - 1, now].map(matured), [10_000; 3]);
    assert_eq!(matured(now + DAY), 11_000);
}

#[test]
fn bends_within_one_delay_count_as_one() {
    let clock = |standing_secs| Clock { standing_secs, ..Clock::default() };
    let first = Bend::default().note(1_000, 10, &clock(5));
    assert_eq!(first, Bend { at: 1_000, released: 10, standing_secs: 5 });
    let close = 1_000 + MAX_PAYOUT_DELAY_SECS - 1;
    assert_eq!(
        first.note(close, 20, &clock(9)),
        Bend { at: close, released: 20, standing_secs: 5 }
    );
    let apart = close + 1;
    assert_eq!(
        first.note(apart, 20, &clock(9)),
        Bend { at: apart, released: 20, standing_secs: 9 }
    );
}

/// R7 told part by part in wide integers: add up what has finished, then the share of the part
/// under way. Parts after `passed` do not count.
fn reference(plan: &Plan, passed: u8, clock: i64) -> u64 {
    if clock < 0 || clock < i64::from(plan.cliff_secs) {
        return 0;
    }
    let parts = i128::from(plan.checkpoints) + 1;
    let (rest, duration) = (i128::from(plan.rest), i128::from(plan.duration_secs));
    let mut sum = 0;
    for part in 0..=i128::from(passed) {
        let amount = rest * (part + 1) / parts - rest * part / parts;
        let (start, end) = (duration * part / parts, duration * (part + 1) / parts);
        let clock = i128::from(clock);
        sum += if clock >= end {
            amount
        } else if clock > start {
            amount * (clock - start) / (end - start)
        } else {
            0
        };
    }
    u64::try_from(sum).unwrap()
}

fn plans() -> impl Strategy<Value = Plan> {
    let total = prop_oneof![0u64..100, any::<u64>(), Just(u64::MAX)];
    let duration = prop_oneof![0u32..40, 86_400u32..=4 * 366 * 86_400, any::<u32>()];
    (total, duration, 0..=MAX_CHECKPOINTS, prop_oneof![Just(0.0), 0.0..=1.0f64]).prop_map(
        |(total, duration, checkpoints, cliff)| {
            Plan::new(total, duration, (f64::from(duration) * cliff) as u32, checkpoints)
        },
    )
}

/// Moments during the stream, some outside, some at the edges of parts.
fn moment(plan: &Plan, at: u16, off: i64) -> i64 {
    if at.is_multiple_of(3) {
        let part = u8::try_from(at % (u16::from(plan.checkpoints) + 2)).unwrap();
        return i64::from(plan.part_start_secs(part).unwrap()) + off;
    }
    i64::from(plan.duration_secs) * i64::from(at) / 60_000 + off
}

/// The last part that has begun at `clock`.
fn part_at(plan: &Plan, clock: i64) -> u8 {
    let begun = |part: &u8| i64::from(plan.part_start_secs(*part).unwrap()) <= clock;
    (0..=plan.checkpoints).rev().find(begun).unwrap_or(0)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn parts_sum_exactly_to_the_total(total in any::<u64>(), checkpoints in 0..=MAX_CHECKPOINTS) {
        let parts = parts(&Plan::new(total, 5, 0, checkpoints));
        prop_assert_eq!(parts.iter().sum::<u64>(), total);
        prop_assert!(parts.iter().max().unwrap() - parts.iter().min().unwrap() <= 1);
    }

    #[test]
    fn parts_from_any_base_sum_exactly(
        amounts in (any::<u32>(), any::<u64>()), checkpoints in 0..=MAX_CHECKPOINTS,
        pick in any::<u8>(),
    ) {
        let (base_amount, rest) = (u64::from(amounts.0), amounts.1 / 2);
        let base_part = pick % (checkpoints + 1);
        let plan = Plan { base_part, base_amount, ..Plan::new(rest, 5, 0, checkpoints) };
        let parts = parts(&plan);
        let (before, open) = parts.split_at(base_part.into());
        prop_assert_eq!((before.iter().sum::<u64>(), open.iter().sum()), (0, rest));
        prop_assert!(open.iter().max().unwrap() - open.iter().min().unwrap() <= 1);
        prop_assert_eq!(plan.cumulative(checkpoints + 1), plan.total());
    }

    #[test]
    fn parts_cover_the_duration(duration in any::<u32>(), checkpoints in 0..=MAX_CHECKPOINTS) {
        let plan = Plan::new(0, duration, 0, checkpoints);
        let start = |part| plan.part_start_secs(part).unwrap();
        prop_assert_eq!((start(0), start(checkpoints + 1)), (0, duration));
        let lengths = (0..=checkpoints).map(|part| start(part + 1) - start(part));
        prop_assert!(lengths.clone().max().unwrap() - lengths.min().unwrap() <= 1);
    }

    #[test]
    fn released_agrees_with_the_part_by_part_account(
        plan in plans(), at in any::<u16>(), off in -2i64..=2, pick in any::<u8>(),
    ) {
        let clock = moment(&plan, at, off);
        prop_assert_eq!(plan.planned(clock), Some(reference(&plan, plan.checkpoints, clock)));
        // Reviews cannot pass a part that has not begun.
        let passed = pick % (part_at(&plan, clock) + 1);
        let gate = Gate { passed, ..Gate::default() };
        prop_assert_eq!(released(&plan, &gate, clock), Some(reference(&plan, passed, clock)));
    }

    #[test]
    fn released_is_monotone_bounded_and_exact_at_the_end(
        plan in plans(), a in any::<u16>(), b in any::<u16>(), off in -2i64..=2,
    ) {
        let (a, b) = (moment(&plan, a, off), moment(&plan, b, off));
        let end = i64::from(plan.duration_secs);
        let gated = |clock| {
            released(&plan, &Gate { passed: part_at(&plan, clock), ..Gate::default() }, clock)
        };
        prop_assert!(plan.planned(a.min(b)).unwrap() <= plan.planned(a.max(b)).unwrap());
        prop_assert!(gated(a.min(b)).unwrap() <= gated(a.max(b)).unwrap());
        prop_assert!(plan.planned(a.max(b)) <= plan.total());
        for clock in [end, end + off.abs()] {
            prop_assert_eq!(plan.planned(clock), plan.total());
            prop_assert_eq!(gated(clock), plan.total());
        }
    }

    #[test]
    fn at_the_edge_of_a_part_exactly_the_finished_parts_are_released(
        plan in plans(), pick in any::<u8>(),
    ) {
        // Below one second per part, parts of no length end where they begin.
        let duration_secs = plan.duration_secs.max(u32::from(MAX_CHECKPOINTS) + 1);
        let plan = Plan { cliff_secs: 0, duration_secs, ..plan };
        let passed = pick % (plan.checkpoints + 1);
        let start = i64::from(plan.part_start_secs(passed).unwrap());
        let gate = Gate { passed, ..Gate::default() };
        let finished: u64 = parts(&plan)[..passed.into()].iter().sum();
        prop_assert_eq!(plan.planned(start), Some(finished));
        prop_assert_eq!(released(&plan, &gate, start), Some(finished));
        if passed > 0 {
            let open = Gate { passed: passed - 1, ..gate };
            prop_assert_eq!(released(&plan, &open, start), Some(finished));
        }
    }

    #[test]
    fn claiming_often_is_claiming_once(
        plan in plans(), mut times in prop::collection::vec(any::<u16>(), 1..20), score in 0..=PASS,
    ) {
        times.sort_unstable_by_key(|&at| moment(&plan, at, 0));
        // All checkpoints with the same score, each as soon as its part has ended.
        let released = |clock: i64| {
            let (gate, _) = scored(&plan, &vec![score; part_at(&plan, clock).into()]);
            released(&plan, &gate, clock).unwrap()
        };
        let mut withdrawn = 0;
        for &at in &times {
            withdrawn += released(moment(&plan, at, 0)) - withdrawn;
        }
        prop_assert_eq!(withdrawn, released(moment(&plan, *times.last().unwrap(), 0)));
    }

    #[test]
    fn scaling_conserves_and_leaves_the_finished_parts_alone(
        plan in plans(), scores in prop::collection::vec(0..=PASS, 12),
    ) {
        let end = |part| i64::from(plan.part_start_secs(part).unwrap());
        let (mut gate, mut returned, mut kept) = (Gate::default(), 0, parts(&plan)[0]);
        for (amount, score) in parts(&plan)[1..].iter().zip(scores) {
            let clock = end(gate.passed + 1).max(plan.cliff_secs.into());
            let before = released(&plan, &gate, clock);
            prop_assert_eq!(before, Some(kept));
            let back;
            (gate, back) = pass(&plan, &gate, score, PASS).unwrap();
            let exact = u128::from(*amount) * u128::from(score) / u128::from(PASS);
            prop_assert_eq!(u128::from(amount - back), exact);
            (returned, kept) = (returned + back, kept + amount - back);
            prop_assert!(released(&plan, &gate, clock) >= before);
            prop_assert_eq!(net_total(&plan, &gate).unwrap() + returned, plan.rest);
        }
        let clock = i64::from(plan.duration_secs);
        prop_assert_eq!(released(&plan, &gate, clock), Some(kept));
        prop_assert_eq!(net_total(&plan, &gate), Some(kept));
    }

    #[test]
    fn cancelling_conserves(plan in plans(), claim in any::<u16>(), stop in any::<u16>()) {
        let (claim, stop) = (moment(&plan, claim, 0), moment(&plan, stop, 0));
        let gate = |clock| Gate { passed: part_at(&plan, clock), ..Gate::default() };
        let first = claim.min(stop);
        let withdrawn = released(&plan, &gate(first), first).unwrap();
        let kept = released(&plan, &gate(stop), stop).unwrap();
        let (cut, frozen, returned) = reduce(&plan, &gate(stop), stop, 0).unwrap();
        prop_assert_eq!(u128::from(kept) + u128::from(returned), u128::from(plan.rest));
        prop_assert!(withdrawn <= kept);
        for clock in [stop, i64::from(plan.duration_secs), i64::MAX] {
            prop_assert_eq!(released(&cut, &frozen, clock), Some(kept));
        }
    }

    #[test]
    fn keeping_everything_changes_no_amount(
        plan in plans(), at in any::<u16>(), score in 0..=PASS,
    ) {
        let clock = moment(&plan, at, 0);
        let (gate, _) = scored(&plan, &vec![score; part_at(&plan, clock).into()]);
        let (same, opened, returned) = reduce(&plan, &gate, clock, 10_000).unwrap();
        prop_assert_eq!(returned, 0);
        prop_assert_eq!(net_total(&same, &opened), net_total(&plan, &gate));
        prop_assert_eq!(released(&same, &opened, clock), released(&plan, &gate, clock));
        // Before the last unit of the range, the part under way ends as it would have.
        prop_assume!(plan.rest < u64::MAX);
        let end = i64::from(plan.part_start_secs(gate.passed + 1).unwrap()).max(clock);
        let (new, old) = (released(&same, &opened, end), released(&plan, &gate, end));
        prop_assert!(old.unwrap().abs_diff(new.unwrap()) <= 1);
    }

    #[test]
    fn the_clock_and_its_inverse(
        started_at in -1_000i64..1_000, standing_secs in 0i64..1_000, pause_from in 0i64..1_000,
        len in 0i64..500, now in -2_000i64..3_000, back in 0i64..400,
    ) {
        let clock = Clock { started_at, standing_secs, pause_from, pause_until: pause_from + len };
        let clock = clock.set_back(now, clock.at(now).unwrap() - back).unwrap();
        let paused = pause_from < now && now <= pause_from + len;
        let secs = clock.at(now).unwrap();
        prop_assert_eq!(clock.reached_at(secs).unwrap(), if paused { pause_from } else { now });
        prop_assert_eq!(clock.at(clock.reached_at(now).unwrap()), Some(now));
        // It counts every second but those paused, of which it shows none.
        let next = clock.at(now + 1).unwrap();
        let stands = pause_from <= now && now < pause_from + len;
        prop_assert_eq!(next - secs, i64::from(!stands));
    }
}
