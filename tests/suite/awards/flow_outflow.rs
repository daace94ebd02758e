//! The outflow bucket over many claims: nobody waits longer than the delay, nobody slows it down,
//! and it pays to the unit what a bucket without rounding would pay.

use budget_tests::*;
use community_budget::{BudgetError, state::Treasury};

use crate::{outflow::*, stage::*};

/// The bucket as one fraction, in base units times seconds of the window: nothing is ever rounded.
struct Ledger {
    capacity: u128,
    window: u128,
    held: u128,
    at: i64,
}

impl Ledger {
    fn full(w: &World, window_days: u32) -> Self {
        let (capacity, window) = (u128::from(CAPACITY), u128::from(window_days * DAY_SECS));
        Self { capacity, window, held: capacity * window, at: w.svm.now() }
    }

    /// Whole base units in it at `now`.
    fn level(&mut self, now: i64) -> u64 {
        let elapsed = u128::try_from(now - self.at).unwrap();
        self.held = (self.held + self.capacity * elapsed).min(self.capacity * self.window);
        self.at = now;
        u64::try_from(self.held / self.window).unwrap()
    }

    /// Takes what was paid, as far as it was there.
    fn take(&mut self, paid: u64) {
        let whole = self.held / self.window;
        self.held -= u128::from(paid).min(whole) * self.window;
    }
}

#[test]
fn the_longest_wait_is_the_delay_to_the_second() {
    // The competitor's release empties the bucket whenever the recipient claims, all week long.
    let policy = narrow(7, 7);
    let (mut w, people, _) = streams(policy, &[Ask::of(40_000_003), at_once(60_000_000)]);
    let start = w.svm.now();
    for step in 0..28 {
        w.svm.set_now(start + i64::from(AT_ONCE) + step * DAY / 4);
        assert!(claim(&mut w, &people[1], 1) > 0);
        assert_eq!(w.treasury().bucket_level, 0);
        claim(&mut w, &people[0], 0);
        let elapsed = w.svm.now() - start;
        // No one can hold back more than the last seven days of releases, and here all of them are.
        let week_before = share(40_000_003, elapsed - 7 * DAY, SIXTY_DAYS);
        assert_eq!(w.stream(0, 0).withdrawn, week_before, "{elapsed} s after the start");
    }
    // From then on the competitor's own money has waited long enough, and nothing is left of it.
    w.svm.set_now(start + i64::from(AT_ONCE) + 7 * DAY);
    claim(&mut w, &people[1], 1);
    assert_eq!(w.stream(0, 1).withdrawn, 60_000_000);
}

/// Two streams, the second of dust, after the first has emptied a bucket that fills in a day. Every
/// claim of the second is a base unit a second.
fn beside_dust() -> (World, Vec<Person>) {
    let asks = [with_cliff(60_000_000, 30), Ask::of(5_184_000)];
    let (mut w, people, _) = streams(narrow(1, 7), &asks);
    w.svm.advance(30 * DAY);
    claim(&mut w, &people[1], 1);
    w.svm.advance(2 * DAY);
    claim(&mut w, &people[1], 1);
    assert_eq!(claim(&mut w, &people[0], 0), CAPACITY - 2 * u64::try_from(DAY).unwrap());
    (w, people)
}

#[test]
fn dust_claims_for_a_window_leave_the_refill_unchanged() {
    let (mut quiet, people) = beside_dust();
    quiet.svm.advance(DAY);
    let dust = claim(&mut quiet, &people[1], 1);
    let left = claim(&mut quiet, &people[0], 0);
    assert_eq!((dust, left), (86_400, CAPACITY - 86_400));

    let (mut noisy, people) = beside_dust();
    let mut dust = 0;
    // Every second of the first hour, then every minute.
    for step in [1; 3_600].into_iter().chain([60; 1_380]) {
        noisy.svm.advance(step);
        noisy.claim(0, 1).unwrap();
        dust += u64::try_from(step).unwrap();
    }
    assert_eq!(noisy.svm.now(), quiet.svm.now());
    assert_eq!(dust, 86_400);
    assert_eq!(claim(&mut noisy, &people[0], 0), left);
    assert_same(noisy.treasury(), Treasury { seq: noisy.treasury().seq, ..quiet.treasury() });
}

#[test]
fn claiming_every_minute_brings_exactly_what_waiting_brings() {
    let (mut w, people) = beside_dust();
    let mut paid = 0;
    for _ in 0..1_440 {
        w.svm.advance(60);
        paid += claim(&mut w, &people[0], 0);
    }
    assert_eq!(paid, CAPACITY, "one window fills one bucket");
}

#[test]
fn refused_claims_do_not_slow_the_refill_down() {
    // A seventh of a base unit a second: most claims find nothing.
    let setup = Setup { policy: narrow(7, 7), funds: 8_640_000, ..Setup::default() };
    let mut w = World::with(setup);
    let voter = w.staker(ELECTORATE);
    let recipient = w.proposer();
    w.open_epoch().unwrap();
    w.submit(&recipient, &at_once(430_000)).unwrap();
    w.to_voting();
    w.cast(&voter, &[(0, For)]).unwrap();
    w.to_tallying();
    w.settle().unwrap();
    w.to_execution(0);
    w.execute(0, 0).unwrap();
    w.svm.advance(i64::from(AT_ONCE));
    assert_eq!(claim(&mut w, &recipient, 0), 86_400);
    let (mut paid, mut refusals) = (0, 0);
    for _ in 0..700 {
        w.svm.advance(1);
        let amount = claim(&mut w, &recipient, 0);
        refusals += u32::from(amount == 0);
        paid += amount;
    }
    assert_eq!((paid, refusals), (100, 600));
}

#[test]
fn claims_in_any_order_follow_the_bucket_to_the_unit() {
    let asks = [Ask::of(40_000_003), with_cliff(30_000_001, 20), at_once(50_000_000)];
    for seed in 1..=4u64 {
        let (window, delay) = [(7, 3), (1, 1), (3, 7), (2, 5)][usize::try_from(seed).unwrap() - 1];
        let (mut w, people, _) = streams(narrow(window, delay), &asks);
        let (start, mut ledger) = (w.svm.now(), Ledger::full(&w, window));
        let mut random = Random(seed);
        for _ in 0..250 {
            w.svm.advance(i64::try_from(random.below(60 * 86_400 / 125)).unwrap());
            let index = u8::try_from(random.below(3)).unwrap();
            let ask = &asks[usize::from(index)];
            let released = |at: i64| {
                let elapsed = at - start;
                let before_cliff = elapsed < i64::from(ask.cliff_secs);
                let share = share(ask.amount, elapsed, i64::from(ask.duration_secs));
                if before_cliff { 0 } else { share }
            };
            let (now, before) = (w.svm.now(), w.stream(0, index).withdrawn);
            let claimable = released(now) - before;
            if claimable == 0 {
                refused(&mut w, BudgetError::NothingToWithdraw, |w| w.claim(0, index));
                continue;
            }
            let overdue = released(now - i64::from(delay) * DAY).saturating_sub(before);
            let expected = claimable.min(ledger.level(now).max(overdue));
            let paid = claim(&mut w, &people[usize::from(index)], index);
            assert_eq!(paid, expected, "seed {seed}, stream {index}, {} s", now - start);
            assert!(before + paid >= released(now - i64::from(delay) * DAY), "P4");
            ledger.take(paid);
        }
    }
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound
    }
}
