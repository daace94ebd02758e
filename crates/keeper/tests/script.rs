//! A community's life in three epochs: what people do, and when. What anyone may do, keepers do.
//!
//! Under the policy of [`begin`] an epoch that opens on day 0 votes from day 14 and is settled on day
//! 21; small awards are executed on day 22, acts on day 25.

use budget_client::ballot::Choice::{Against, For};
use budget_keeper::Settings;
use budget_sim::{
    World,
    node::Node,
    svm::GENESIS,
    token::put_associated,
    world::{Ask, Person, test_policy},
};
use community_budget::{
    constants::DAY_SECS,
    state::{Action, PolicyPatch, Role, Ruling},
};

use crate::stage::{DAY, node, remove, world};

/// Who lives there.
pub struct Cast {
    pub voters: [Person; 5],
    pub proposers: [Person; 6],
    pub heir: Person,
}

/// Voter who votes once, is weightier by a long lock, and stays away.
pub const PATIENT: usize = 3;
/// Voter whose token account is gone when the reward is due.
pub const LOST: usize = 4;
/// Proposer whose token account is gone when bond and stream are due, until day 82.
pub const GONE: usize = 5;

pub type Act = fn(&mut World, &Cast);

/// Days on which keepers look, and what people do just before.
pub const LIFE: &[(i64, Act)] = &[
    (0, nothing),
    (1, first_slate),
    (14, nothing),
    (15, first_votes),
    (16, lose_accounts),
    (21, nothing),
    (22, nothing),
    (25, nothing),
    (26, donate),
    (28, nothing),
    (29, report),
    (30, score),
    (31, second_slate),
    (35, nothing),
    (36, nothing),
    (45, second_votes),
    (51, nothing),
    (52, nothing),
    (55, nothing),
    (58, nothing),
    (60, nothing),
    (61, nothing),
    (62, nothing),
    (81, nothing),
    (82, find_account),
    (141, nothing),
    (155, nothing),
];

/// Three epochs are opened: the last on day 60.
const LAST_OPENING: i64 = 60;

/// The network on the morning of the first day.
pub fn begin() -> (Node, Cast) {
    let mut policy = test_policy();
    policy.budget.reward_bps = 200;
    policy.review.hold_limit_secs = 60 * DAY_SECS;
    policy.stake.streak_bonus_bps = 2_000;
    let mut w = world(policy);
    let voters = [600, 300, 100].map(|amount| w.staker(amount));
    let patient = w.person();
    w.open_stake(&patient, 60 * DAY_SECS).unwrap();
    w.stake(&patient, 100).unwrap();
    let lost = w.staker(50);
    let [a, b, c] = voters;
    let proposers = [(); 6].map(|()| w.proposer());
    let heir = w.person();
    (node(w), Cast { voters: [a, b, c, patient, lost], proposers, heir })
}

/// Lets the life pass: on each day people act, then `keep` is called with the settings of the day.
pub fn live(node: &Node, cast: &Cast, mut keep: impl FnMut(&Node, &Settings, i64)) {
    for (day, act) in LIFE {
        node.with(|w| {
            w.svm.set_now(GENESIS + day * DAY);
            act(w, cast);
        });
        keep(node, &settings_of(*day), *day);
    }
}

/// What keepers do on a day.
pub fn settings_of(day: i64) -> Settings {
    let mut settings = Settings::default();
    if day > LAST_OPENING {
        settings.without.insert(budget_keeper::Crank::OpenEpoch);
    }
    settings
}

fn nothing(_: &mut World, _: &Cast) {}

fn first_slate(w: &mut World, cast: &Cast) {
    let [long, scaled, resumed, lapsed, silent, gone] = &cast.proposers;
    w.submit(long, &Ask::of(5_000_000)).unwrap();
    let reviewed = |amount| Ask::with_reviews(amount, 12, 1);
    w.submit(scaled, &reviewed(4_000_000)).unwrap();
    w.submit(resumed, &reviewed(3_000_000)).unwrap();
    w.submit(lapsed, &reviewed(2_000_000)).unwrap();
    w.submit(silent, &reviewed(1_000_000)).unwrap();
    let heir = cast.heir.key();
    w.submit_action(long, World::set_role(Role::Guardian, heir)).unwrap();
    let mut stake = w.treasury().policy.stake;
    stake.lock_bonus_bps = 9_000;
    w.submit_action(long, Action::SetPolicy(PolicyPatch::Stake(stake))).unwrap();
    // Approved, never to be carried out: nothing has tripped.
    w.submit_action(scaled, Action::ClearBreaker).unwrap();
    w.submit(scaled, &Ask::of(900_000)).unwrap();
    w.submit(gone, &Ask::of(800_000)).unwrap();
}

fn first_votes(w: &mut World, cast: &Cast) {
    let all: Vec<_> = (0..10).filter(|index| *index != 8).map(|index| (index, For)).collect();
    w.cast(&cast.voters[0], &all).unwrap();
    w.cast(&cast.voters[1], &[(0, For), (8, Against)]).unwrap();
    w.cast(&cast.voters[PATIENT], &all).unwrap();
    w.cast(&cast.voters[LOST], &all).unwrap();
}

fn lose_accounts(w: &mut World, cast: &Cast) {
    for person in [&cast.voters[LOST], &cast.proposers[GONE]] {
        let account = w.community.budget_account(&person.key());
        remove(w, account);
    }
}

fn find_account(w: &mut World, cast: &Cast) {
    let (c, key) = (w.community, cast.proposers[GONE].key());
    put_associated(&mut w.svm, c.budget_token_program, c.budget_mint, key, 0);
}

fn donate(w: &mut World, _: &Cast) {
    w.donate(777);
}

fn report(w: &mut World, cast: &Cast) {
    for index in [1, 4] {
        w.file_update(&cast.proposers[usize::from(index)], 0, index).unwrap();
    }
}

fn score(w: &mut World, _: &Cast) {
    w.score(0, 1, 4_500).unwrap();
}

fn second_slate(w: &mut World, cast: &Cast) {
    let ruling = w.ruling(0, 2, Ruling::Resume { checkpoint: 0 });
    w.submit_action(&cast.proposers[0], ruling).unwrap();
    let short = Ask { duration_secs: 2 * DAY_SECS, ..Ask::of(700_000) };
    w.submit(&cast.proposers[4], &short).unwrap();
}

fn second_votes(w: &mut World, cast: &Cast) {
    w.cast(&cast.voters[0], &[(0, For), (1, For)]).unwrap();
    w.cast(&cast.voters[2], &[(0, For), (1, Against)]).unwrap();
}

/// Everybody leaves, on day 300.
pub fn leave(node: &Node, cast: &Cast) {
    node.with(|w| {
        for voter in &cast.voters {
            let amount = w.stake_of(voter).amount;
            w.unstake(voter, amount).unwrap();
        }
        w.svm.set_now(GENESIS + 300 * DAY);
        for voter in &cast.voters {
            w.withdraw_unstaked(voter).unwrap();
            w.close_stake(voter).unwrap();
        }
    });
}
