//! R2 at random: several members change their stakes and vote at random moments of three epochs,
//! and power, turnout, total and electorate are what a model of the rule says.

use budget_tests::*;

use crate::{
    common::*,
    flow_snapshot::{has_no_power, open_with_an_ask, power_of},
};

const SHORT: u32 = 7 * DAY_SECS;
const LONG: u32 = 180 * DAY_SECS;

/// The rule, told once more: what a member has, and what counts.
struct Modelled {
    person: Person,
    amount: u64,
    lock: u32,
    /// Since voting opened: the least weight, the opening's included.
    power: Option<u64>,
    voted: bool,
}

impl Modelled {
    fn weight(&self) -> u64 {
        let bonus = 5_000 * u64::from(self.lock - SHORT) / u64::from(LONG - SHORT);
        self.amount * (10_000 + bonus) / 10_000
    }

    fn changed(&mut self) {
        let weight = self.weight();
        self.power = self.power.map(|power| power.min(weight));
    }
}

/// SplitMix64.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound
    }
}

/// One change of one member's stake, in the world and in the model.
fn change_at_random(w: &mut World, member: &mut Modelled, dice: &mut Dice) {
    match dice.below(3) {
        0 => {
            let amount = 1 + dice.below(1_000);
            w.stake(&member.person, amount).unwrap();
            member.amount += amount;
        }
        1 if member.amount > 0 => {
            let amount = 1 + dice.below(member.amount);
            w.unstake(&member.person, amount).unwrap();
            member.amount -= amount;
        }
        _ => {
            let lock = SHORT + u32::try_from(dice.below(u64::from(LONG - SHORT))).unwrap();
            if lock != member.lock {
                w.set_lock(&member.person, lock).unwrap();
                member.lock = lock;
            }
        }
    }
    member.changed();
    assert_eq!(w.stake_of(&member.person).weight, member.weight());
}

/// A new member with an empty stake, in the world and in the model.
fn join(w: &mut World, power: Option<u64>) -> Modelled {
    Modelled { person: member(w), amount: 0, lock: SHORT, power, voted: false }
}

/// What a run came across, so that it cannot pass by meeting nothing.
#[derive(Debug, Default)]
struct Met {
    whole: u32,
    reduced: u32,
    refused: u32,
}

/// One epoch of changes and ballots at random moments.
fn epoch_at_random(w: &mut World, members: &mut Vec<Modelled>, dice: &mut Dice) -> Met {
    let mut met = Met::default();
    open_with_an_ask(w);
    for _ in 0..12 {
        let index = usize::try_from(dice.below(u64::try_from(members.len()).unwrap())).unwrap();
        change_at_random(w, &mut members[index], dice);
        w.svm.advance(i64::try_from(dice.below(86_400)).unwrap());
    }

    w.to_voting();
    for member in members.iter_mut() {
        (member.power, member.voted) = (Some(member.weight()), false);
    }
    let total: u64 = members.iter().map(Modelled::weight).sum();
    let (mut cast, epoch) = (0, w.current());
    members.push(join(w, Some(0)));
    // At most five days: before the late window, in which ballots may be refused.
    for _ in 0..30 {
        let index = usize::try_from(dice.below(u64::try_from(members.len()).unwrap())).unwrap();
        let member = &mut members[index];
        if dice.below(4) > 0 {
            change_at_random(w, member, dice);
        } else if member.power == Some(0) {
            has_no_power(w, &member.person);
            met.refused += 1;
        } else if !member.voted {
            let power = power_of(w, &member.person);
            assert_eq!(Some(power), member.power);
            (member.voted, cast) = (true, cast + power);
            if power == member.weight() { met.whole += 1 } else { met.reduced += 1 }
        }
        let sum: u64 = members.iter().map(Modelled::weight).sum();
        assert_eq!(w.treasury().total_weight, sum);
        assert_eq!(w.epoch(epoch).turnout, cast);
        assert!(cast <= total);
        w.svm.advance(i64::try_from(dice.below(4 * 3_600)).unwrap());
    }

    w.to_tallying();
    for member in members.iter_mut() {
        change_at_random(w, member, dice);
    }
    w.settle().unwrap();
    assert_eq!(w.epoch(epoch).electorate, total);
    assert_eq!(w.entry(epoch, 0).for_, cast);
    met
}

#[test]
fn power_and_electorate_follow_the_rule_through_random_epochs() {
    let mut all = Met::default();
    for seed in 1..=12 {
        println!("seed {seed}");
        let mut w = World::with(Setup { signature_checks: false, ..Setup::default() });
        let mut dice = Dice(seed);
        let mut members: Vec<Modelled> = (0..5).map(|_| join(&mut w, None)).collect();
        for member in &mut members {
            change_at_random(&mut w, member, &mut dice);
        }
        for _ in 0..3 {
            let met = epoch_at_random(&mut w, &mut members, &mut dice);
            all.whole += met.whole;
            all.reduced += met.reduced;
            all.refused += met.refused;
            for member in &mut members {
                member.power = None;
            }
            let next_at = w.treasury().last_opened_at + 30 * DAY;
            w.svm.set_now(next_at.max(w.svm.now()));
        }
    }
    println!("{all:?}");
    assert!(all.whole > 0 && all.reduced > 0 && all.refused > 0, "{all:?}");
}
