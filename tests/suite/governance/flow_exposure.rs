//! R9: what positions leave for awards, what raises and lowers them, and what they count for.

use budget_rules::allocation::Reason;
use budget_tests::*;
use community_budget::state::Action;

use crate::stage::*;

/// Awarded less returned: what is promised and what was paid and did not come back.
fn principal(w: &World, category: u8) -> u64 {
    let position = position(w, category);
    position.pending + position.cost
}

/// [`brisk`] with exposure limits of a tenth of the treasury's value.
fn tight() -> Policy {
    let mut policy = brisk();
    policy.risk.categories[1].exposure_limit_bps = 1_000;
    policy.risk.categories[2].exposure_limit_bps = 1_000;
    policy
}

/// 40 million paid into ventures under [`tight`], marked at `mark`; epoch 1 is in submission. The
/// vault holds 960 million.
fn ventured(mark: Option<u64>) -> (World, Person, Person) {
    let (mut w, voter) = community(tight());
    let (_, recipient) = pay_out(&mut w, &voter, VENTURES, 40 * MILLION);
    if let Some(mark) = mark {
        w.mark(VENTURES, mark).unwrap();
    }
    w.open_next_epoch();
    (w, voter, recipient)
}

fn begin(mark: Option<u64>) -> (World, Person) {
    let (w, voter, _) = ventured(mark);
    (w, voter)
}

// --- exposure -----------------------------------------------------------------------------------

#[test]
fn a_derivative_may_reach_its_limit_and_no_unit_more() {
    fits_up_to(|| open(tight()), VENTURES, 100 * MILLION, Reason::ExposureLimit);
    fits_up_to(|| open(tight()), HEDGES, 100 * MILLION, Reason::ExposureLimit);
}

#[test]
fn an_operating_category_has_no_exposure() {
    let (mut w, voter) = open(tight());
    fill(&mut w, &[ask_in(GENERAL, 200 * MILLION)], &[]);
    carry(&mut w, &voter);
    assert_eq!(verdict(&w, w.current(), 0), funded());
    assert!(w.treasury().positions.iter().all(|position| position.pending == 0));
    assert_eq!(w.epoch(0).exposure_rooms[0], u64::MAX);
}

#[test]
fn what_is_out_counts_against_the_limit() {
    // A tenth of 960 million free and 32 million in ventures, less the 40 that are out.
    fits_up_to(|| begin(None), VENTURES, 59_200_000, Reason::ExposureLimit);
    // The hedges have their own limit.
    fits_up_to(|| begin(None), HEDGES, 99_200_000, Reason::ExposureLimit);
}

#[test]
fn a_mark_above_the_cost_raises_the_exposure() {
    // Worth 60 million and still counted at 40 less the haircut.
    fits_up_to(|| begin(Some(60 * MILLION)), VENTURES, 39_200_000, Reason::ExposureLimit);
}

#[test]
fn a_mark_below_the_cost_lowers_the_value_and_not_the_exposure() {
    // 40 million are out; the 10 that they are worth count for 8.
    fits_up_to(|| begin(Some(10 * MILLION)), VENTURES, 56_800_000, Reason::ExposureLimit);
}

#[test]
fn a_mark_beyond_the_limit_leaves_no_room() {
    let (mut w, voter) = begin(Some(u64::MAX));
    fill(&mut w, &[ask_in(VENTURES, 1), ask_in(HEDGES, 1)], &[]);
    carry(&mut w, &voter);
    assert_eq!(
        (verdict(&w, w.current(), 0), verdict(&w, w.current(), 1)),
        (unfunded(Reason::ExposureLimit), funded())
    );
}

#[test]
fn what_is_promised_counts_like_what_is_out() {
    let promised = || {
        let (mut w, voter) = community(tight());
        decide(&mut w, &voter, &[ask_in(VENTURES, 40 * MILLION)], &[]);
        w.open_next_epoch();
        assert_eq!(position(&w, VENTURES).pending, 40 * MILLION);
        (w, voter)
    };
    // Not free any more and in no position yet: a tenth of 960 million, less 40.
    fits_up_to(promised, VENTURES, 56 * MILLION, Reason::ExposureLimit);
}

#[test]
fn awards_of_one_slate_share_the_room() {
    for (second, expected) in
        [(70 * MILLION, funded()), (70 * MILLION + 1, unfunded(Reason::ExposureLimit))]
    {
        let (mut w, voter) = open(tight());
        fill(&mut w, &[ask_in(VENTURES, 30 * MILLION), ask_in(VENTURES, second)], &[]);
        carry(&mut w, &voter);
        assert_eq!(
            (verdict(&w, w.current(), 0), verdict(&w, w.current(), 1)),
            (funded(), expected)
        );
    }
}

// --- principal ----------------------------------------------------------------------------------

#[test]
fn the_principal_falls_only_by_what_comes_back_or_is_written_off() {
    let (mut w, voter, recipient) = ventured(None);
    let epoch = w.current();
    let forty = 40 * MILLION;
    // Neither marks nor time nor other spending change it.
    for mark in [0, u64::MAX, 7] {
        w.mark(VENTURES, mark).unwrap();
        assert_eq!(principal(&w, VENTURES), forty);
    }
    let loss = Action::WriteOff { category: VENTURES, amount: 5 * MILLION };
    fill(&mut w, &[ask_in(VENTURES, 20 * MILLION), ask_in(GENERAL, 9)], &[loss]);
    carry(&mut w, &voter);
    assert_eq!(principal(&w, VENTURES), forty + 20 * MILLION);
    w.to_execution(epoch);
    for index in [0, 1] {
        w.execute(epoch, index).unwrap();
    }
    w.svm.advance(4 * DAY);
    for index in [0, 1] {
        w.claim(epoch, index).unwrap();
    }
    let paid = w.stream(epoch, 0).withdrawn;
    let after = position(&w, VENTURES);
    assert_eq!((after.pending, after.cost), (20 * MILLION - paid, forty + paid));
    w.open_next_epoch();
    assert_eq!(principal(&w, VENTURES), forty + 20 * MILLION, "a counted mark is no loss");
    // What comes back.
    w.return_funds(&recipient, VENTURES, 15 * MILLION).unwrap();
    assert_eq!(principal(&w, VENTURES), 45 * MILLION);
    w.return_funds(&recipient, GENERAL, 15 * MILLION).unwrap();
    assert_eq!(principal(&w, VENTURES), 45 * MILLION, "it came back to another category");
    // What is written off.
    w.execute_action(epoch, 2).unwrap();
    assert_eq!(principal(&w, VENTURES), forty);
}

#[test]
fn an_award_that_is_never_paid_leaves_the_principal() {
    for vetoed in [true, false] {
        let (mut w, voter) = community(tight());
        let guardian = w.guardian.clone();
        decide(&mut w, &voter, &[ask_in(VENTURES, 40 * MILLION)], &[]);
        assert_eq!(principal(&w, VENTURES), 40 * MILLION);
        if vetoed {
            w.veto(&guardian, 0, 0).unwrap();
        } else {
            to_settled(&mut w, 0, 14 * DAY);
            w.lapse(0, 0).unwrap();
        }
        assert_eq!(principal(&w, VENTURES), 0);
    }
}

#[test]
fn what_comes_back_up_to_the_cost_is_principal_and_beyond_it_profit() {
    let (mut w, _, recipient) = ventured(Some(50 * MILLION));
    let books = |w: &World| {
        let treasury = w.treasury();
        (treasury.realised_profit, treasury.realised_loss, treasury.tracked)
    };
    w.return_funds(&recipient, VENTURES, 40 * MILLION - 1).unwrap();
    let after = position(&w, VENTURES);
    assert_eq!((after.cost, after.mark), (1, 10 * MILLION + 1));
    assert_eq!(books(&w), (0, 0, 999_999_999));
    w.return_funds(&recipient, VENTURES, 6 * MILLION).unwrap();
    let after = position(&w, VENTURES);
    assert_eq!((after.cost, after.mark), (0, 4 * MILLION + 1));
    assert_eq!(books(&w), (6 * MILLION - 1, 0, 1_005_999_999));
    assert_eq!(w.vault(), 1_005_999_999);
}

#[test]
fn what_does_not_come_back_is_a_loss_once_it_is_written_off() {
    let (mut w, voter, recipient) = ventured(None);
    w.return_funds(&recipient, VENTURES, 25 * MILLION).unwrap();
    let loss = Action::WriteOff { category: VENTURES, amount: 40 * MILLION };
    fill(&mut w, &[], &[loss]);
    carry(&mut w, &voter);
    w.to_execution(1);
    assert_eq!(w.treasury().realised_loss, 0);
    w.execute_action(1, 0).unwrap();
    let treasury = w.treasury();
    assert_eq!((treasury.realised_loss, treasury.realised_profit), (15 * MILLION, 0));
    assert_eq!(principal(&w, VENTURES), 0);
}

// --- value --------------------------------------------------------------------------------------

/// What the treasury counts for, as the limit of a category that may take all of it shows.
fn value(w: &mut World) -> u64 {
    w.assess(0, GENERAL, 0).exposure_limit[usize::from(HEDGES)]
}

/// [`brisk`] with a haircut of 33.33 % on ventures and no limit on hedges.
fn third_off() -> Policy {
    let mut policy = brisk();
    policy.risk.categories[1].exposure_limit_bps = 10_000;
    policy.risk.categories[2].haircut_bps = 3_333;
    policy.risk.mark_age_secs = 14 * DAY_SECS;
    policy
}

#[test]
fn a_position_counts_for_the_lower_of_cost_and_mark_after_the_haircut() {
    for (mark, counted) in
        [(40_000_001, 26_668_000), (40 * MILLION, 26_668_000), (10, 6), (1, 0), (0, 0)]
    {
        let (mut w, voter) = community(third_off());
        pay_out(&mut w, &voter, VENTURES, 40 * MILLION);
        w.mark(VENTURES, mark).unwrap();
        w.open_next_epoch();
        assert_eq!(value(&mut w), 960 * MILLION + counted, "mark of {mark}");
    }
}

/// 40 million paid into ventures, marked if `mark` says so, and epoch 1 opened `later`.
fn opened_after(later: i64, mark: Option<u64>) -> World {
    let (mut w, voter) = community(third_off());
    pay_out(&mut w, &voter, VENTURES, 40 * MILLION);
    if let Some(mark) = mark {
        w.svm.advance(DAY);
        w.mark(VENTURES, mark).unwrap();
    }
    w.svm.advance(later);
    w.open_next_epoch();
    w
}

#[test]
fn a_mark_counts_for_the_epochs_that_open_before_it_is_too_old() {
    for (age, counted) in [(0, 20_001_000), (14 * DAY, 20_001_000), (14 * DAY + 1, 0)] {
        let mut w = opened_after(age, Some(30 * MILLION));
        // As old as it is at the opening it stays for the epoch.
        for secs in [0, 5, 40 * DAY] {
            w.svm.advance(secs);
            assert_eq!(value(&mut w), 960 * MILLION + counted, "at an age of {age}");
        }
        // Whatever it is worth, all of it could be lost.
        let exposure = w.assess(0, VENTURES, 0).exposure_after;
        assert_eq!(exposure[usize::from(VENTURES)], 40 * MILLION);
    }
}

#[test]
fn a_first_payment_counts_at_cost_as_long_as_a_mark_would() {
    for (age, counted) in [(0, 26_668_000), (14 * DAY, 26_668_000), (14 * DAY + 1, 0)] {
        let mut w = opened_after(age, None);
        assert_eq!(value(&mut w), 960 * MILLION + counted, "at an age of {age}");
    }
}

#[test]
fn a_payment_into_a_position_that_counts_for_nothing_is_spent() {
    // Its mark is too old; what is paid since counts for nothing, and is no loss beyond it.
    let (mut w, voter) = community(third_off());
    pay_out(&mut w, &voter, VENTURES, 40 * MILLION);
    w.svm.advance(14 * DAY + 1);
    let epoch = decide(&mut w, &voter, &[ask_in(VENTURES, 40 * MILLION)], &[]);
    let gap = |w: &World| {
        let treasury = w.treasury();
        let standing = treasury.standing(0, w.svm.now()).unwrap();
        treasury.high_water - standing.net_asset_value().unwrap()
    };
    assert_eq!(gap(&w), 26_668_000);
    w.to_execution(epoch);
    w.execute(epoch, 0).unwrap();
    w.svm.advance(STREAM);
    w.claim(epoch, 0).unwrap();
    assert_eq!(gap(&w), 26_668_000);
}
