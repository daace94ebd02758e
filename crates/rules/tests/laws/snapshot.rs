//! R2 snapshot
//! ├── before voting opens ................ changes move power
//! ├── after it opened
//! │   ├── adding ......................... changes nothing until the next epoch
//! │   ├── removing ....................... reduces at once, adding back does not restore
//! │   └── a change in a later epoch ...... freezes anew
//! └── random histories of many stakers ... power, and the sum of powers, stay within the opening

use budget_rules::snapshot::{Frozen, NEVER, change_weight, freeze, power};
use proptest::prelude::*;

const NOTHING: Frozen = Frozen { epoch: NEVER, value: 0 };

#[test]
fn an_unchanged_value_is_its_own_snapshot() {
    assert_eq!(power(NOTHING, 70, 0), 70);
    assert_eq!(power(Frozen { epoch: 3, value: 50 }, 70, 4), 70);
    assert_eq!(power(Frozen { epoch: 4, value: 50 }, 70, 4), 50);
}

#[test]
fn nothing_is_frozen_before_voting_opens() {
    assert_eq!(freeze(NOTHING, 70, 0, false), NOTHING);
    assert_eq!(change_weight(NOTHING, 70, 10, 0, false), NOTHING);
    let earlier = Frozen { epoch: 3, value: 50 };
    assert_eq!(change_weight(earlier, 70, 10, 4, false), earlier);
}

#[test]
fn nothing_is_frozen_before_the_first_epoch() {
    for opened in [false, true] {
        assert_eq!(freeze(NOTHING, 70, NEVER, opened), NOTHING);
        assert_eq!(change_weight(NOTHING, 70, 10, NEVER, opened), NOTHING);
        let stray = Frozen { epoch: 3, value: 50 };
        assert_eq!(freeze(stray, 70, NEVER, opened), stray);
    }
    assert_eq!(power(NOTHING, 70, NEVER), 70);
}

#[test]
fn only_the_first_change_freezes() {
    let first = freeze(NOTHING, 70, 0, true);
    assert_eq!(first, Frozen { epoch: 0, value: 70 });
    assert_eq!(freeze(first, 90, 0, true), first);
    assert_eq!(freeze(first, 90, 1, true), Frozen { epoch: 1, value: 90 });
}

#[test]
fn stake_that_arrives_after_the_opening_has_no_power() {
    let frozen = change_weight(NOTHING, 0, 500, 2, true);
    assert_eq!(power(frozen, 500, 2), 0);
    assert_eq!(power(frozen, 500, 3), 500);
}

#[test]
fn what_is_taken_away_is_lost_at_once_and_not_restored() {
    let less = change_weight(NOTHING, 100, 60, 2, true);
    assert_eq!(power(less, 60, 2), 60);
    let back = change_weight(less, 60, 200, 2, true);
    assert_eq!(power(back, 200, 2), 60);
    assert_eq!(power(back, 200, 3), 200);
    // what came after the opening may leave again without touching the power
    let visitor = change_weight(change_weight(NOTHING, 100, 150, 2, true), 150, 100, 2, true);
    assert_eq!(power(visitor, 100, 2), 100);
}

#[derive(Clone, Debug)]
enum Step {
    OpenEpoch,
    OpenVoting,
    Change { staker: usize, to: u64 },
}

const STAKERS: usize = 5;

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        1 => Just(Step::OpenEpoch),
        1 => Just(Step::OpenVoting),
        6 => (0..STAKERS, 0u64..1_000).prop_map(|(staker, to)| Step::Change { staker, to }),
    ];
    prop::collection::vec(step, 0..80)
}

#[derive(Clone, Copy)]
struct Holder {
    weight: u64,
    frozen: Frozen,
    /// What R2 says, by remembering everything: the least weight since the opening.
    expected: u64,
}

proptest! {
    #[test]
    fn power_is_the_least_weight_since_the_opening(steps in steps()) {
        let mut holders = [Holder { weight: 0, frozen: NOTHING, expected: 0 }; STAKERS];
        let (mut total, mut total_frozen, mut total_at_opening) = (0u64, NOTHING, 0);
        let (mut epoch, mut opened) = (NEVER, false);
        for step in steps {
            match step {
                Step::OpenEpoch => {
                    epoch = if epoch == NEVER { 0 } else { epoch + 1 };
                    opened = false;
                }
                Step::OpenVoting if epoch != NEVER && !opened => {
                    opened = true;
                    total_at_opening = total;
                    for holder in &mut holders {
                        holder.expected = holder.weight;
                    }
                }
                Step::OpenVoting => {}
                Step::Change { staker, to } => {
                    let holder = &mut holders[staker];
                    holder.frozen =
                        change_weight(holder.frozen, holder.weight, to, epoch, opened);
                    total_frozen = freeze(total_frozen, total, epoch, opened);
                    total = total - holder.weight + to;
                    holder.weight = to;
                    holder.expected = holder.expected.min(to);
                }
            }
            if !opened {
                continue;
            }
            let powers = holders.map(|h| power(h.frozen, h.weight, epoch));
            prop_assert_eq!(powers, holders.map(|h| h.expected));
            prop_assert_eq!(power(total_frozen, total, epoch), total_at_opening);
            prop_assert!(powers.iter().sum::<u64>() <= total_at_opening);
        }
    }

    #[test]
    fn adding_never_helps_and_removing_never_keeps(
        opening in any::<u64>(), changes in prop::collection::vec(any::<u64>(), 1..10),
    ) {
        let (mut frozen, mut now) = (NOTHING, opening);
        for to in changes {
            let before = power(frozen, now, 7);
            frozen = change_weight(frozen, now, to, 7, true);
            let after = power(frozen, to, 7);
            prop_assert!(after <= opening && after <= to);
            if to >= now {
                prop_assert_eq!(after, before);
            } else {
                prop_assert_eq!(after, before.min(to));
            }
            now = to;
        }
    }
}
