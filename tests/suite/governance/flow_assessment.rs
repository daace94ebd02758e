//! R10: `assess_ask` and settlement share their numbers. What the one says is what the other stores,
//! on treasuries made for it and on random ones.

use std::collections::BTreeMap;

use budget_tests::*;

use crate::stage::*;

// --- what is stored -----------------------------------------------------------------------------

#[test]
fn every_limit_leaves_its_reason_in_the_entry() {
    let mut policy = brisk();
    policy.risk.categories[1].exposure_limit_bps = 100;
    policy.risk.min_runway_epochs = 9;
    policy.risk.max_recipient_bps = 2_500;
    let (mut w, voter) = open(policy);
    let asks = [
        ask_in(HEDGES, 10 * MILLION + 1),
        ask_in(GENERAL, 100 * MILLION + 1),
        ask_in(GENERAL, 75 * MILLION + 1),
    ];
    fill(&mut w, &asks, &[]);
    carry(&mut w, &voter);
    let reasons = [0, 1, 2].map(|index| w.entry(0, index).reason);
    assert_eq!(reasons, [20, 21, 22]);
    assert_eq!((w.treasury().committed, w.epoch(0).allocated), (0, 0));
    assert_eq!(w.epoch(0).category_awarded, [0; 8]);

    let (mut w, voter) = tripped();
    fill(&mut w, &asks, &[]);
    carry(&mut w, &voter);
    let reasons = [0, 1, 2].map(|index| w.entry(1, index).reason);
    assert_eq!(reasons, [23; 3]);
}

#[test]
fn the_header_keeps_what_the_assessment_said_before_the_settlement() {
    // A past with outflow and positions; then each limit in turn is the scarcest.
    let limits: [(Change, u8); 3] = [
        (|p| p.risk.categories[1].exposure_limit_bps = 3_000, HEDGES),
        (|p| p.risk.min_runway_epochs = 5, GENERAL),
        (|p| p.risk.max_recipient_bps = 1_234, GENERAL),
    ];
    for (which, (limit, category)) in limits.into_iter().enumerate() {
        let mut policy = brisk();
        policy.risk.categories[2].exposure_limit_bps = 10_000;
        limit(&mut policy);
        let (mut w, voter) = community(policy);
        decide(&mut w, &voter, &[ask_in(HEDGES, 30 * MILLION), ask_in(VENTURES, 3 * MILLION)], &[]);
        w.to_execution(0);
        for index in [0, 1] {
            w.execute(0, index).unwrap();
        }
        w.svm.advance(10 * DAY);
        for index in [0, 1] {
            w.claim(0, index).unwrap();
        }
        w.mark(HEDGES, 25 * MILLION).unwrap();
        w.open_next_epoch();
        w.to_tallying();
        let nothing = w.assess(0, GENERAL, 0);
        let most = largest(&mut w, category);
        let before = w.epoch(1);
        assert_eq!((before.treasury_value, before.runway_room, before.recipient_cap), (0, 0, 0));
        w.settle().unwrap();
        let header = w.epoch(1);
        let [hedges, ventures] = [HEDGES, VENTURES].map(usize::from);
        assert_eq!(header.treasury_value, nothing.exposure_limit[ventures]);
        for index in [hedges, ventures] {
            let room = nothing.exposure_limit[index] - nothing.exposure_after[index];
            assert_eq!(header.exposure_rooms[index], room);
        }
        assert_eq!(header.exposure_rooms[0], u64::MAX);
        let scarcest =
            [header.exposure_rooms[hedges], header.runway_room, header.recipient_cap][which];
        assert_eq!(scarcest, most);
        assert!(most < header.cap.min(header.category_caps[usize::from(category)]));
    }
}

// --- random treasuries --------------------------------------------------------------------------

/// Limits close enough to each other for all of them to bind now and then.
fn crowded(dice: &mut Dice) -> Policy {
    let mut policy = brisk();
    policy.budget.epoch_cap_bps = 1_200;
    policy.risk.categories[0].share_bps = 9_000;
    policy.risk.categories[1] = category("hedges", 1, 2_500, 1_000);
    policy.risk.categories[2] = category("ventures", 2, 1_500, 2_500);
    policy.risk.categories[2].share_bps = 6_000;
    policy.risk.min_runway_epochs = 8 + u8::try_from(dice.below(12)).unwrap();
    policy.risk.max_recipient_bps = 4_000 + u16::try_from(dice.below(6_000)).unwrap();
    policy.risk.mark_age_secs = 20 * DAY_SECS;
    policy.breaker.trip_secs = 8 * DAY_SECS;
    policy
}

/// An ask that is refused for a reason of its own, as often as not.
fn random_ask(w: &mut World, dice: &mut Dice) -> Ask {
    let category = u8::try_from(dice.below(3)).unwrap();
    let header = w.epoch(w.current());
    let most = header.ask_limits[2];
    let amount = match dice.below(4) {
        0 => 1 + dice.below(most),
        1 => 1 + dice.below(most / 4),
        // At or just beyond what the assessment allows.
        2 => largest(w, category).clamp(1, most),
        _ => (largest(w, category) + 1).clamp(1, most),
    };
    ask_in(category, amount)
}

#[test]
fn the_assessment_refuses_what_settlement_refuses_and_for_the_same_reason() {
    let mut reasons: BTreeMap<u8, u32> = BTreeMap::new();
    for seed in 0..8 {
        let mut dice = Dice(seed);
        let (mut w, voter) = community(crowded(&mut dice));
        for _ in 0..14 {
            w.open_next_epoch();
            let epoch = w.current();
            let _ = w.trip();
            let ask = random_ask(&mut w, &mut dice);
            let recipient = fill(&mut w, std::slice::from_ref(&ask), &[]).remove(0);
            w.to_voting();
            vote_for_all(&mut w, &voter);
            w.to_tallying();
            w.svm.advance(i64::try_from(dice.below(2 * 86_400)).unwrap());
            let found = w.assess(ask.amount, ask.category, 0);
            w.settle().unwrap();
            let entry = w.entry(epoch, 0);
            let expected = if found.refused == 0 { Outcome::Funded } else { Outcome::Unfunded };
            assert!(entry.is(expected), "seed {seed}, epoch {epoch}: {found:?}");
            assert_eq!(entry.reason, found.refused, "seed {seed}, epoch {epoch}: {found:?}");
            *reasons.entry(entry.reason).or_default() += 1;

            // Some of it is paid, some comes back, and the reporter says something.
            w.to_execution(epoch);
            if entry.is(Outcome::Funded) && w.execute(epoch, 0).is_ok() {
                w.svm.advance(1 + i64::try_from(dice.below(14 * 86_400)).unwrap());
                let _ = w.claim(epoch, 0);
            }
            for category in [HEDGES, VENTURES] {
                let cost = position(&w, category).cost;
                // Now and then everything is lost.
                let percent = if dice.below(5) == 0 { 0 } else { 60 + dice.below(80) };
                w.mark(category, cost / 100 * percent).unwrap();
                if cost > 0 && dice.below(4) == 0 {
                    let back = 1 + dice.below(cost / 2 + 1);
                    w.return_funds(&recipient, category, back).unwrap();
                }
            }
        }
    }
    // Every limit was met, and so was none.
    let met: Vec<u8> = reasons.keys().copied().collect();
    assert_eq!(met, [0, 16, 17, 20, 21, 22, 23], "{reasons:?}");
}
