//! Where the tests of the outflow bucket begin: streams behind the narrowest bucket there is.

use budget_tests::*;
use community_budget::BudgetError;

use crate::stage::*;

/// Funds of these worlds; 1 % of them is [`CAPACITY`].
pub const FUNDS: u64 = 1_234_567_890;

pub const CAPACITY: u64 = 12_345_678;

/// Length of the streams, unless the test says otherwise.
pub const SIXTY_DAYS: i64 = 60 * DAY;

/// A stream that releases everything at its end, at once.
pub const AT_ONCE: u32 = 34 * DAY_SECS;

/// The narrowest bucket: 1 % of the funds per window.
pub fn narrow(window_days: u32, delay_days: u32) -> Policy {
    let mut policy = test_policy();
    policy.breaker.outflow_bps = 100;
    for award in &mut policy.tiers.rules[..3] {
        award.ask_limit_bps = 2_000; // every ask is a small one, which may be of any length
    }
    policy.breaker.outflow_window_secs = window_days * DAY_SECS;
    policy.breaker.max_payout_delay_secs = delay_days * DAY_SECS;
    policy
}

/// These asks, each to a recipient of its own, stream since this very second. Also a voter.
pub fn streams(policy: Policy, asks: &[Ask]) -> (World, Vec<Person>, Person) {
    let setup = Setup { policy, funds: FUNDS, signature_checks: false, ..Setup::default() };
    let mut w = World::with(setup);
    let voter = w.staker(ELECTORATE);
    let recipients: Vec<Person> = asks.iter().map(|_| w.proposer()).collect();
    w.open_epoch().unwrap();
    for (recipient, ask) in recipients.iter().zip(asks) {
        w.submit(recipient, ask).unwrap();
    }
    w.to_voting();
    let indices = 0..w.epoch(0).entry_count;
    let choices: Vec<_> = indices.clone().map(|index| (index, For)).collect();
    w.cast(&voter, &choices).unwrap();
    w.to_tallying();
    w.settle().unwrap();
    w.to_execution(0);
    for index in indices {
        w.execute(0, index).unwrap();
    }
    assert_eq!(w.treasury().bucket_capacity, CAPACITY);
    (w, recipients, voter)
}

/// An ask that releases nothing for so many days.
pub fn with_cliff(amount: u64, days: u32) -> Ask {
    Ask { cliff_secs: days * DAY_SECS, ..Ask::of(amount) }
}

/// An ask that is released at once, 34 days after its execution.
pub fn at_once(amount: u64) -> Ask {
    Ask { duration_secs: AT_ONCE, cliff_secs: AT_ONCE, ..Ask::of(amount) }
}

/// What the claim on stream `index` pays, 0 if the limit refuses it; proves that books, vault and
/// purse move by it alone.
#[track_caller]
pub fn claim(w: &mut World, recipient: &Person, index: u8) -> u64 {
    let (books, vault, purse) = (w.treasury(), w.vault(), w.purse(recipient));
    let withdrawn = w.stream(0, index).withdrawn;
    match w.claim(0, index) {
        Ok(_) => {}
        Err(refusal) => {
            assert_eq!(refusal.code(), Some(code(BudgetError::OutflowLimited)), "{refusal}");
        }
    }
    let paid = w.stream(0, index).withdrawn - withdrawn;
    assert_eq!(w.purse(recipient) - purse, paid);
    assert_eq!(vault - w.vault(), paid);
    assert_eq!(books.tracked - w.treasury().tracked, paid);
    assert_eq!(books.committed - w.treasury().committed, paid);
    paid
}

/// `floor(amount * elapsed / duration)`, all of it at the end.
pub fn share(amount: u64, elapsed: i64, duration: i64) -> u64 {
    let elapsed = u128::try_from(elapsed.clamp(0, duration)).unwrap();
    u64::try_from(u128::from(amount) * elapsed / u128::try_from(duration).unwrap()).unwrap()
}
