//! R9 position
//! ├── principal, exposure, value; stale at one second more; haircut
//! ├── awarded, dropped, paid, returned, written off: boundaries and refusals
//! └── after any history the books balance, and no mark raises the value above the cost

use budget_rules::risk::{Class, Position, PositionTerms, after_haircut};
use proptest::prelude::*;

pub const DAY: i64 = 86_400;
pub const NOW: i64 = 1_000 * DAY;
pub const MARK_AGE: u32 = 14 * 86_400;

pub const DERIVATIVE: PositionTerms =
    PositionTerms { class: Class::Derivative, exposure_limit_bps: 2_000, haircut_bps: 2_500 };

/// Paid 100, marked 80 just now, 30 more awarded.
pub const POSITION: Position = Position { pending: 30, cost: 100, mark: 80, marked_at: NOW };

#[test]
fn classes_and_their_bytes() {
    let all = [Class::Operating, Class::Hedge, Class::Derivative];
    for (byte, class) in (0u8..).zip(all) {
        assert_eq!(Class::from_byte(byte), Some(class));
        assert_eq!(class as u8, byte);
    }
    assert_eq!(Class::from_byte(3), None);
    assert_eq!(Class::from_byte(u8::MAX), None);
    assert_eq!(all.map(Class::is_risk), [false, true, true]);
    assert_eq!(Class::default(), Class::Operating);
}

#[test]
fn exposure_is_what_could_be_lost_and_value_what_counts() {
    assert_eq!(POSITION.principal(), Some(130));
    assert_eq!(POSITION.exposure(), Some(130));
    assert_eq!(POSITION.value(&DERIVATIVE, MARK_AGE, NOW), Some(60));
    // marked up, more could be lost, but no more counts than was paid
    let up = POSITION.count_mark(180, NOW);
    assert_eq!((up.principal(), up.exposure()), (Some(130), Some(210)));
    assert_eq!(up.value(&DERIVATIVE, MARK_AGE, NOW), Some(75));
    assert_eq!(Position::default().exposure(), Some(0));
    assert_eq!(Position::default().value(&DERIVATIVE, MARK_AGE, NOW), Some(0));
}

#[test]
fn a_mark_counts_up_to_its_age_and_not_a_second_longer() {
    let age = i64::from(MARK_AGE);
    for (now, value) in [
        (NOW, 60),
        (NOW + age - 1, 60),
        (NOW + age, 60),
        (NOW + age + 1, 0),
        (i64::MAX, 0),
        (NOW - 1, 60),
        (i64::MIN, 60),
    ] {
        assert_eq!(POSITION.value(&DERIVATIVE, MARK_AGE, now), Some(value), "at {now}");
    }
    let ancient = POSITION.count_mark(80, i64::MIN);
    assert_eq!(ancient.value(&DERIVATIVE, u32::MAX, i64::MAX), Some(0));
    // age takes value, not exposure
    assert_eq!(ancient.exposure(), Some(130));
}

#[test]
fn a_haircut_takes_its_share_rounded_in_favour_of_caution() {
    for (amount, haircut, left) in [
        (80, 0, 80),
        (80, 1, 79),
        (80, 2_500, 60),
        (3, 3_333, 2),
        (3, 3_334, 1),
        (80, 9_999, 0),
        (80, 10_000, 0),
        (80, 10_001, 0),
        (u64::MAX, u16::MAX, 0),
        (u64::MAX, 0, u64::MAX),
        (u64::MAX, 1, 18_444_899_399_302_180_659),
    ] {
        assert_eq!(after_haircut(amount, haircut), Some(left), "{amount} less {haircut} bps");
    }
}

#[test]
fn an_award_is_pending_until_it_is_paid_or_dropped() {
    let awarded = Position::default().award(50).unwrap();
    assert_eq!(awarded, Position { pending: 50, ..Position::default() });
    assert_eq!(awarded.drop_pending(50), Some(Position::default()));
    assert_eq!(awarded.drop_pending(51), None);
    assert_eq!(awarded.pay_out(51, NOW), None);
    let paid = awarded.pay_out(20, NOW).unwrap();
    assert_eq!(paid, Position { pending: 30, cost: 20, mark: 20, marked_at: NOW });
    assert_eq!(paid.principal(), awarded.principal());
    assert_eq!(Position { pending: u64::MAX, ..POSITION }.award(1), None);
}

#[test]
fn a_payment_counts_at_cost_and_does_not_refresh_the_mark() {
    let later = NOW + 5 * DAY;
    let paid = POSITION.pay_out(30, later).unwrap();
    assert_eq!(paid, Position { pending: 0, cost: 130, mark: 110, marked_at: NOW });
    // nor does one after the reporter marked everything down, or after the money came back alone
    for odd in [Position { mark: 0, ..POSITION }, Position { cost: 0, ..POSITION }] {
        assert_eq!(odd.pay_out(1, later).unwrap().marked_at, NOW);
    }
    let empty = Position { cost: 0, mark: 0, ..POSITION };
    assert_eq!(empty.pay_out(1, later).unwrap().marked_at, later);
}

#[test]
fn what_comes_back_repays_the_cost_and_the_rest_is_profit() {
    for (amount, cost, mark, profit) in
        [(0, 100, 80, 0), (80, 20, 0, 0), (99, 1, 0, 0), (100, 0, 0, 0), (101, 0, 0, 1)]
    {
        let (after, got) = POSITION.receive(amount).unwrap();
        assert_eq!(after, Position { cost, mark, ..POSITION }, "{amount} back");
        assert_eq!(got, profit, "{amount} back");
    }
    // what it is still worth beyond its cost could still be lost
    let (after, profit) = POSITION.count_mark(150, NOW).receive(100).unwrap();
    assert_eq!((after.cost, after.mark, profit), (0, 50, 0));
    assert_eq!(after.exposure(), Some(80));
    assert_eq!(after.value(&DERIVATIVE, MARK_AGE, NOW), Some(0));
    let (after, profit) = POSITION.receive(u64::MAX).unwrap();
    assert_eq!((after.cost, after.mark, profit), (0, 0, u64::MAX - 100));
}

#[test]
fn a_write_off_takes_at_most_the_cost_and_nothing_pending() {
    for (amount, cost, mark, lost) in [
        (0, 100, 80, 0),
        (10, 90, 80, 10),
        (20, 80, 80, 20),
        (21, 79, 79, 21),
        (100, 0, 0, 100),
        (101, 0, 0, 100),
        (u64::MAX, 0, 0, 100),
    ] {
        let (after, got) = POSITION.write_off(amount).unwrap();
        assert_eq!(after, Position { cost, mark, ..POSITION }, "{amount} off");
        assert_eq!(got, lost, "{amount} off");
    }
}

/// Amounts of every size, the small ones often.
pub fn money() -> impl Strategy<Value = u64> {
    prop_oneof![
        2 => 0u64..1_000,
        2 => (any::<u64>(), 0u32..64).prop_map(|(value, shift)| value >> shift),
        1 => Just(u64::MAX),
    ]
}

pub fn moment() -> impl Strategy<Value = i64> {
    prop_oneof![4 => NOW - 30 * DAY..=NOW + DAY, 1 => any::<i64>()]
}

pub fn terms() -> impl Strategy<Value = PositionTerms> {
    let class = prop::sample::select(vec![Class::Operating, Class::Hedge, Class::Derivative]);
    (class, 0u16..=10_000, prop_oneof![4 => 0u16..=10_000, 1 => any::<u16>()]).prop_map(
        |(class, exposure_limit_bps, haircut_bps)| PositionTerms {
            class,
            exposure_limit_bps,
            haircut_bps,
        },
    )
}

pub fn position() -> impl Strategy<Value = Position> {
    (money(), money(), money(), moment()).prop_map(|(pending, cost, mark, marked_at)| Position {
        pending,
        cost,
        mark,
        marked_at,
    })
}

/// R9 in 128 bits: what a position counts for.
pub fn value_of(p: &Position, t: &PositionTerms, now: i64) -> u128 {
    let age = i128::from(now) - i128::from(p.marked_at);
    if age > i128::from(MARK_AGE) {
        return 0;
    }
    let kept = u128::from(10_000u16.saturating_sub(t.haircut_bps));
    u128::from(p.cost.min(p.mark)) * kept / 10_000
}

pub fn clamp(value: u128) -> u64 {
    u64::try_from(value).unwrap_or(u64::MAX)
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Award(u64),
    Drop(u64),
    Pay(u64, i64),
    Receive(u64),
    WriteOff(u64),
    Mark(u64, i64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => (0u64..1_000).prop_map(Step::Award),
        1 => (0u64..400).prop_map(Step::Drop),
        4 => (0u64..400, 0i64..100).prop_map(|(amount, at)| Step::Pay(amount, at)),
        2 => (0u64..400).prop_map(Step::Receive),
        1 => (0u64..400).prop_map(Step::WriteOff),
        2 => (0u64..2_000, 0i64..100).prop_map(|(mark, at)| Step::Mark(mark, at)),
    ];
    prop::collection::vec(step, 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn a_positions_books_balance_after_any_history(
        steps in steps(), terms in terms(), now in 0i64..200,
    ) {
        let mut p = Position::default();
        let (mut awarded, mut dropped, mut paid) = (0u64, 0u64, 0u64);
        let (mut received, mut profits, mut lost) = (0u64, 0u64, 0u64);
        for step in steps {
            let before = p;
            let mut marked_at = before.marked_at;
            match step {
                Step::Award(amount) => {
                    p = p.award(amount).unwrap();
                    awarded += amount;
                    prop_assert_eq!((p.cost, p.mark), (before.cost, before.mark));
                }
                Step::Drop(amount) => match p.drop_pending(amount) {
                    Some(after) => {
                        p = after;
                        dropped += amount;
                        prop_assert_eq!((p.cost, p.mark), (before.cost, before.mark));
                    }
                    None => prop_assert!(amount > before.pending),
                },
                Step::Pay(amount, at) => match p.pay_out(amount, at) {
                    Some(after) => {
                        p = after;
                        paid += amount;
                        prop_assert_eq!(p.mark, before.mark + amount);
                        prop_assert_eq!(p.principal(), before.principal());
                        if (before.cost, before.mark) == (0, 0) {
                            marked_at = at;
                        }
                    }
                    None => prop_assert!(amount > before.pending),
                },
                Step::Receive(amount) => {
                    let (after, profit) = p.receive(amount).unwrap();
                    p = after;
                    received += amount;
                    profits += profit;
                    prop_assert_eq!(p.mark, before.mark.saturating_sub(amount));
                    prop_assert!(profit == 0 || p.cost == 0);
                }
                Step::WriteOff(amount) => {
                    let (after, loss) = p.write_off(amount).unwrap();
                    p = after;
                    lost += loss;
                    prop_assert!(loss == amount || p.cost == 0);
                    prop_assert!(p.exposure() <= before.exposure());
                    prop_assert!(p.mark <= before.mark);
                    prop_assert!(value_of(&p, &terms, now) <= value_of(&before, &terms, now));
                    prop_assert_eq!(p.mark, before.mark.min(p.cost));
                }
                Step::Mark(mark, at) => {
                    p = p.count_mark(mark, at);
                    marked_at = at;
                    prop_assert_eq!((p.cost, p.mark), (before.cost, mark));
                }
            }
            prop_assert_eq!(p.marked_at, marked_at);
            prop_assert_eq!(p.pending, awarded - dropped - paid);
            prop_assert_eq!(p.cost + received + lost, paid + profits);
            prop_assert_eq!(p.principal(), Some(p.pending + p.cost));
            prop_assert_eq!(p.exposure(), Some(p.pending + p.cost.max(p.mark)));
            prop_assert!(p.exposure() >= p.principal());
        }
    }

    #[test]
    fn no_marks_raise_the_value_above_the_cost_after_the_haircut(
        p in position(), terms in terms(), now in moment(),
        marks in prop::collection::vec((money(), moment()), 0..6),
    ) {
        let most = after_haircut(p.cost, terms.haircut_bps).unwrap();
        let mut marked = p;
        for (mark, at) in marks {
            marked = marked.count_mark(mark, at);
            prop_assert!(marked.value(&terms, MARK_AGE, now).unwrap() <= most);
            prop_assert!(marked.exposure() >= Some(p.pending));
            prop_assert_eq!(marked.principal(), p.principal());
        }
    }

    #[test]
    fn value_and_exposure_are_exact(p in position(), terms in terms(), now in moment()) {
        let value = p.value(&terms, MARK_AGE, now).map(u128::from);
        prop_assert_eq!(value, Some(value_of(&p, &terms, now)));
        let exposure = u128::from(p.pending) + u128::from(p.cost.max(p.mark));
        prop_assert_eq!(p.exposure(), Some(clamp(exposure)));
    }
}
