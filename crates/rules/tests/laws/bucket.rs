//! R11 bucket
//! ├── refill: exact to the unit however often it is touched, never above the capacity
//! ├── take, resize: only ever less
//! ├── windows: twice the capacity in any, the rate over a long time
//! └── payout: what the level allows, what P4 owes, never more than is due

use budget_rules::bucket::{Bucket, Flow, payout};
use proptest::prelude::*;

const WEEK: u32 = 7 * 86_400;

const FLOW: Flow = Flow { capacity: 100, window_secs: 30 };

fn empty(at: i64) -> Bucket {
    Bucket { level: 0, remainder: 0, at }
}

#[test]
fn a_bucket_fills_at_a_constant_rate() {
    assert_eq!(Bucket::full(&FLOW, 5), Bucket { level: 100, remainder: 0, at: 5 });
    for (now, level, remainder) in [
        (1_000, 0, 0),
        (1_001, 3, 10), // floor(100 / 30), and 10 of 30 to the next
        (1_002, 6, 20),
        (1_003, 10, 0),
        (1_029, 96, 20),
        (1_030, 100, 0),
        (1_031, 100, 0),
        (i64::MAX, 100, 0),
    ] {
        let filled = empty(1_000).refill(&FLOW, now);
        assert_eq!(filled, Some(Bucket { level, remainder, at: now }), "at {now}");
    }
}

#[test]
fn a_full_bucket_keeps_no_remainder() {
    let nearly = Bucket { level: 99, remainder: 29, at: 0 };
    assert_eq!(nearly.refill(&FLOW, 1), Some(Bucket::full(&FLOW, 1)));
    let brimful = Bucket { level: 100, remainder: 29, at: 0 };
    assert_eq!(brimful.refill(&FLOW, 1), Some(Bucket::full(&FLOW, 1)));
    // 90 + floor((100 * 3 + 0) / 30) is exactly the capacity.
    let exact = Bucket { level: 90, remainder: 0, at: 0 };
    assert_eq!(exact.refill(&FLOW, 3), Some(Bucket::full(&FLOW, 3)));
}

#[test]
fn a_clock_that_stands_or_runs_back_adds_nothing() {
    let bucket = Bucket { level: 7, remainder: 5, at: 1_000 };
    for now in [1_000, 999, i64::MIN] {
        assert_eq!(bucket.refill(&FLOW, now), Some(bucket), "at {now}");
        assert_eq!(bucket.resize(&FLOW, &FLOW, now), Some(bucket), "at {now}");
    }
    // Nor does it count the same seconds twice afterwards.
    let back = bucket.resize(&FLOW, &FLOW, 990).unwrap();
    assert_eq!(back.refill(&FLOW, 1_003).unwrap().level, 17);
    let small = Flow { capacity: 5, ..FLOW };
    let cut = bucket.resize(&FLOW, &small, 990);
    assert_eq!(cut, Some(Bucket { level: 5, remainder: 0, at: 1_000 }));
}

#[test]
fn no_window_is_a_contradiction() {
    let flow = Flow { window_secs: 0, ..FLOW };
    for now in [0, 5, i64::MAX] {
        assert_eq!(empty(5).refill(&flow, now), None);
        assert_eq!(empty(5).resize(&flow, &FLOW, now), None);
    }
}

#[test]
fn the_ends_of_time_and_of_amounts_do_not_overflow() {
    let flow = Flow { capacity: u64::MAX, window_secs: u32::MAX };
    let bucket = empty(i64::MIN).refill(&flow, i64::MIN + i64::from(u32::MAX) - 1).unwrap();
    // (2^64 - 1) / (2^32 - 1) = 2^32 + 1 a second, without remainder.
    assert_eq!(bucket.level, u64::MAX - (1 << 32) - 1);
    assert_eq!(empty(i64::MIN).refill(&flow, i64::MAX), Some(Bucket::full(&flow, i64::MAX)));
    let last = Bucket { level: u64::MAX - 1, remainder: u64::from(u32::MAX) - 1, at: 0 };
    assert_eq!(last.refill(&flow, 1), Some(Bucket::full(&flow, 1)));
    // The largest products of remainders: (w - 1)^2 + w - 2 = (w - 2) * w + w - 1.
    let flow = Flow { capacity: u64::from(u32::MAX) - 1, window_secs: u32::MAX };
    let bucket = Bucket { level: 0, remainder: u64::from(u32::MAX) - 2, at: 0 };
    let bucket = bucket.refill(&flow, i64::from(u32::MAX) - 1).unwrap();
    let expected = (u64::from(u32::MAX) - 2, u64::from(u32::MAX) - 1);
    assert_eq!((bucket.level, bucket.remainder), expected);
}

#[test]
fn what_p4_takes_beyond_the_level_is_not_owed() {
    let bucket = Bucket { level: 10, remainder: 3, at: 5 };
    assert_eq!(bucket.take(4), Bucket { level: 6, ..bucket });
    assert_eq!(bucket.take(10), Bucket { level: 0, ..bucket });
    assert_eq!(bucket.take(u64::MAX), Bucket { level: 0, ..bucket });
}

#[test]
fn a_resize_keeps_what_fits() {
    let bucket = Bucket { level: 60, remainder: 15, at: 0 };
    let to =
        |capacity, window_secs| bucket.resize(&FLOW, &Flow { capacity, window_secs }, 0).unwrap();
    assert_eq!(to(1_000, 30), bucket, "a larger one adds nothing");
    assert_eq!(to(61, 30), bucket);
    assert_eq!(to(60, 30), Bucket { level: 60, remainder: 0, at: 0 });
    assert_eq!(to(59, 30), Bucket { level: 59, remainder: 0, at: 0 });
    assert_eq!(to(0, 30), Bucket { level: 0, remainder: 0, at: 0 });
    // Half a base unit stays half a base unit, rounded down.
    assert_eq!(to(100, 61), Bucket { level: 60, remainder: 30, at: 0 });
    assert_eq!(to(100, 1), Bucket { level: 60, remainder: 0, at: 0 });
    // First what flowed in under the old terms.
    let flow = Flow { capacity: 1_000, window_secs: 30 };
    assert_eq!(bucket.resize(&FLOW, &flow, 3), Some(Bucket { level: 70, remainder: 15, at: 3 }));
    assert_eq!(bucket.resize(&FLOW, &flow, 50), Some(Bucket { level: 100, remainder: 0, at: 50 }));
}

#[test]
fn dust_claims_every_second_leave_the_refill_unchanged_to_the_unit() {
    // At 1,000 base units a week, 605 seconds pass for one.
    for capacity in [1_000, 604_799, 604_801, 7_000_000_003] {
        let flow = Flow { capacity, window_secs: WEEK };
        let (mut bucket, mut taken) = (empty(0), 0);
        for now in 1..=i64::from(WEEK) {
            bucket = bucket.refill(&flow, now).unwrap();
            let dust = bucket.level.min(1);
            bucket = bucket.take(dust);
            taken += dust;
        }
        assert_eq!((taken + bucket.level, bucket.remainder), (capacity, 0));
    }
}

#[test]
fn resizing_every_second_leaves_the_refill_unchanged_to_the_unit() {
    let flow = Flow { capacity: 1_000, window_secs: WEEK };
    let mut bucket = empty(0);
    for now in 1..i64::from(WEEK) {
        bucket = bucket.resize(&flow, &flow, now).unwrap();
    }
    assert_eq!(Some(bucket), empty(0).refill(&flow, i64::from(WEEK) - 1));
    assert_eq!(bucket.level, 999);
}

#[test]
fn payouts_at_their_boundaries() {
    assert_eq!(payout(100, 40, 0), 40, "what the level allows");
    assert_eq!(payout(100, 40, 60), 60, "what P4 owes");
    assert_eq!(payout(100, 200, 60), 100, "what is due");
    assert_eq!(payout(100, 0, 100), 100);
    assert_eq!(payout(100, 0, 200), 100);
    assert_eq!(payout(0, 40, 60), 0);
    assert_eq!(payout(u64::MAX, u64::MAX, u64::MAX), u64::MAX);
}

/// The bucket in base units times seconds, in which nothing is ever rounded.
struct Wide {
    held: u128,
    capacity: u128,
    window: u128,
}

impl Wide {
    fn new(flow: &Flow, level: u64) -> Self {
        let window = u128::from(flow.window_secs);
        Self { held: u128::from(level) * window, capacity: flow.capacity.into(), window }
    }

    fn flow(&mut self, secs: u32) {
        self.held += self.capacity * u128::from(secs);
        self.held = self.held.min(self.capacity * self.window);
    }

    fn take(&mut self, amount: u64) {
        self.held -= (self.held / self.window).min(amount.into()) * self.window;
    }

    fn resize(&mut self, capacity: u64) {
        self.capacity = capacity.into();
        self.held = self.held.min(self.capacity * self.window);
    }

    fn matches(&self, bucket: &Bucket) -> bool {
        let (level, remainder) = (self.held / self.window, self.held % self.window);
        (level, remainder) == (bucket.level.into(), bucket.remainder.into())
    }
}

fn flows() -> impl Strategy<Value = Flow> {
    let capacity = prop_oneof![0u64..100, 0u64..1 << 40, any::<u64>(), Just(u64::MAX)];
    let window = prop_oneof![1u32..100, 86_400..=WEEK, any::<u32>().prop_map(|w| w.max(1))];
    (capacity, window).prop_map(|(capacity, window_secs)| Flow { capacity, window_secs })
}

/// Seconds between two touches, as a share of the window, and what is taken, as one of the level.
fn touches() -> impl Strategy<Value = Vec<(u32, u8, u8)>> {
    let kind = prop_oneof![3 => Just(0u8), 3 => 1..=255u8];
    prop::collection::vec((any::<u32>(), kind, prop_oneof![Just(0u8), any::<u8>()]), 1..60)
}

/// Seconds of a touch: few, or up to a little more than the window.
fn secs(flow: &Flow, pick: u32, kind: u8) -> u32 {
    match kind {
        0 => pick % 4,
        1 => flow.window_secs,
        2 => flow.window_secs - 1,
        _ => pick % (flow.window_secs / u32::from(kind) + 1),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn every_touch_agrees_with_the_unrounded_bucket(
        flow in flows(), touches in touches(), starts_full in any::<bool>(),
    ) {
        let mut bucket = if starts_full { Bucket::full(&flow, 0) } else { empty(0) };
        let mut wide = Wide::new(&flow, bucket.level);
        let mut now = 0;
        for (pick, kind, take) in touches {
            let secs = secs(&flow, pick, kind);
            now += i64::from(secs);
            bucket = bucket.refill(&flow, now).unwrap();
            wide.flow(secs);
            prop_assert!(wide.matches(&bucket), "{bucket:?}, {}", wide.held);
            prop_assert!(bucket.level <= flow.capacity);
            prop_assert_eq!(bucket.at, now);
            // All of it, a part of it, or dust.
            let amount = match take {
                255 => u64::MAX,
                0..=9 => u64::from(take),
                _ => bucket.level / 256 * u64::from(take),
            };
            bucket = bucket.take(amount);
            wide.take(amount);
            prop_assert!(wide.matches(&bucket), "{bucket:?}, {}", wide.held);
        }
    }

    #[test]
    fn touching_often_is_touching_once(
        flow in flows(), touches in touches(), level in any::<u64>(), remainder in any::<u64>(),
    ) {
        let remainder = remainder % u64::from(flow.window_secs);
        let first = match flow.capacity {
            0 => empty(0),
            capacity => Bucket { level: level % capacity, remainder, at: 0 },
        };
        let (mut bucket, mut now) = (first, 0);
        for (pick, kind, _) in touches {
            now += i64::from(secs(&flow, pick, kind));
            bucket = bucket.refill(&flow, now).unwrap();
        }
        prop_assert_eq!(Some(bucket), first.refill(&flow, now));
    }

    #[test]
    fn a_capacity_that_follows_the_vault_loses_nothing(
        flow in flows(), touches in touches(),
        capacities in prop::collection::vec(any::<u64>(), 60),
    ) {
        let mut bucket = Bucket::full(&flow, 0);
        let mut wide = Wide::new(&flow, bucket.level);
        let (mut flow, mut now) = (flow, 0);
        for ((pick, kind, take), capacity) in touches.into_iter().zip(capacities) {
            // Mostly close to the one before: each claim lowers the vault.
            let new = if capacity % 4 == 0 { capacity } else { flow.capacity - flow.capacity / 99 };
            let secs = secs(&flow, pick, kind);
            now += i64::from(secs);
            let new = Flow { capacity: new, ..flow };
            let filled = bucket.refill(&flow, now).unwrap();
            bucket = bucket.resize(&flow, &new, now).unwrap();
            prop_assert!(bucket.level <= filled.level, "resizing added");
            prop_assert!(bucket.level <= new.capacity);
            wide.flow(secs);
            wide.resize(new.capacity);
            prop_assert!(wide.matches(&bucket), "{bucket:?}, {}", wide.held);
            bucket = bucket.take(take.into());
            wide.take(take.into());
            flow = new;
        }
    }

    #[test]
    fn resizing_to_another_window_never_adds(
        old in flows(), new in flows(), level in any::<u64>(), remainder in any::<u64>(),
        secs in any::<u32>(),
    ) {
        let remainder = remainder % u64::from(old.window_secs);
        let bucket = Bucket { level: level.min(old.capacity), remainder, at: 0 };
        let filled = bucket.refill(&old, secs.into()).unwrap();
        let resized = bucket.resize(&old, &new, secs.into()).unwrap();
        prop_assert_eq!(resized.level, filled.level.min(new.capacity));
        prop_assert_eq!(resized.at, i64::from(secs));
        prop_assert!(resized.remainder < u64::from(new.window_secs));
        // The fraction of a base unit, without dividing.
        let scaled = |remainder: u64, window: u32| u128::from(remainder) * u128::from(window);
        let (new_share, old_share) = (
            scaled(resized.remainder, old.window_secs),
            scaled(filled.remainder, new.window_secs),
        );
        prop_assert!(new_share <= old_share);
        if filled.level < new.capacity {
            prop_assert!(old_share - new_share < u128::from(old.window_secs));
        }
    }

    #[test]
    fn any_window_lets_out_at_most_twice_the_capacity(
        capacity in 0u64..10_000, window_secs in 1u32..1_000, touches in touches(),
    ) {
        let flow = Flow { capacity, window_secs };
        let (mut bucket, mut now) = (Bucket::full(&flow, 0), 0);
        let mut claims: Vec<(i64, u64)> = Vec::new();
        for (pick, kind, share) in touches {
            now += i64::from(secs(&flow, pick, kind));
            bucket = bucket.refill(&flow, now).unwrap();
            // Greedy or modest, never beyond the level.
            let amount = if share < 128 { bucket.level } else { bucket.level / 2 };
            bucket = bucket.take(amount);
            claims.push((now, amount));
        }
        let window = u64::from(window_secs);
        for (first, (from, _)) in claims.iter().enumerate() {
            let mut sum = 0;
            for (until, amount) in &claims[first..] {
                sum += amount;
                let span = u64::try_from(until - from).unwrap();
                if span <= window {
                    prop_assert!(sum <= 2 * capacity, "{sum} within {span} s");
                }
                let flown_in = u128::from(capacity) * u128::from(span) / u128::from(window);
                prop_assert!(u128::from(sum) <= flown_in + u128::from(capacity));
            }
        }
    }

    #[test]
    fn a_payout_is_what_the_level_allows_or_what_is_owed(
        claimable in 0u64..100, level in 0u64..100, overdue in 0u64..100,
    ) {
        let paid = payout(claimable, level, overdue);
        prop_assert!(paid <= claimable, "never more than is due");
        prop_assert!(paid >= overdue.min(claimable), "P4");
        prop_assert!(paid >= level.min(claimable), "what the level allows");
        prop_assert!([claimable, level, overdue].contains(&paid));
        prop_assert!(paid <= level || paid <= overdue);
    }
}
