//! Plans of views that a community's life hands over, and that are then bent.

use anchor_lang::prelude::Pubkey;
use budget_client::address;
use budget_keeper::{Crank, Plan, Reason, Settings, View, plan};
use budget_sim::{svm::keypair, token::edit, world::Person};
use community_budget::{BudgetError, state::Outcome};
use solana_signer::Signer;

use crate::{
    script::{LOST, PATIENT, begin, live, settings_of},
    stage::{DAY, network, work},
};

/// What a keeper would read on `day` before it works, and who lives there.
fn view_on(wanted: i64) -> (View, crate::script::Cast, budget_sim::node::Node) {
    let (node, cast) = begin();
    let mut found = None;
    live(&node, &cast, |node, settings, day| {
        if day == wanted {
            let community = node.with(|w| w.community);
            let view = View::read(&network(node.clone()), &community).unwrap();
            found = Some((view, node.fork()));
        }
        work(node, settings);
    });
    let (view, node) = found.unwrap();
    (view, cast, node)
}

fn planned(view: &View) -> Plan {
    plan(view, &Settings::default(), Pubkey::default())
}

fn cranks(plan: &Plan) -> Vec<Crank> {
    plan.steps.iter().map(|step| step.crank).collect()
}

#[test]
fn steps_come_in_the_order_that_the_kinds_have() {
    let (view, ..) = view_on(81);
    let cranks = cranks(&planned(&view));
    assert!(cranks.len() > 3 && cranks.is_sorted(), "{cranks:?}");
}

#[test]
fn what_is_timelocked_waits_for_its_time_and_nothing_else() {
    let (view, ..) = view_on(22);
    let plan = planned(&view);
    let acts = [Crank::ExecuteSetRole, Crank::ExecuteSetPolicy, Crank::ExecuteClearBreaker];
    assert!(!cranks(&plan).iter().any(|crank| acts.contains(crank)));
    assert!(!plan.hindrances.iter().any(|it| acts.contains(&it.crank)), "{:?}", plan.hindrances);
    let settings = Settings { without: cranks(&plan).into_iter().collect(), ..Settings::default() };
    let next = plan_with(&view, &settings).next.unwrap();
    assert_eq!((next.at - view.now, next.what.contains("execute_set_")), (3 * DAY, true));
}

#[test]
fn what_a_trip_will_block_is_not_planned_behind_it() {
    let (mut view, ..) = view_on(25);
    let before = cranks(&planned(&view));
    assert!(before.contains(&Crank::ExecuteSetPolicy) && !before.contains(&Crank::TripBreaker));
    view.treasury.high_water *= 2;
    let plan = planned(&view);
    let after = cranks(&plan);
    assert!(after.contains(&Crank::TripBreaker) && !after.contains(&Crank::ExecuteSetPolicy));
    assert!(after.contains(&Crank::ExecuteSetRole), "a breaker does not reach roles");
    assert!(plan.hindrances.iter().any(|it| it.reason == Reason::ExecutionBlocked));
    let without = Settings { without: [Crank::TripBreaker].into(), ..Settings::default() };
    let left = cranks(&plan_with(&view, &without));
    assert!(left.contains(&Crank::ExecuteSetPolicy), "who does not trip, executes");
}

fn plan_with(view: &View, settings: &Settings) -> Plan {
    plan(view, settings, Pubkey::default())
}

#[test]
fn a_stream_that_is_ruled_on_does_not_lapse_in_the_same_plan() {
    let (mut view, ..) = view_on(55);
    let now = view.now;
    for (_, stream) in view.streams.iter_mut().filter(|(_, stream)| stream.held_at != 0) {
        stream.held_at = now - 180 * DAY;
    }
    let held = view.streams.iter().filter(|(_, stream)| stream.held_at != 0).count();
    assert_eq!(held, 2);
    let cranks = cranks(&planned(&view));
    let count = |wanted| cranks.iter().filter(|crank| **crank == wanted).count();
    assert_eq!((count(Crank::ExecuteStreamRuling), count(Crank::LapseStream)), (1, 1));
}

#[test]
fn an_act_whose_target_changed_is_left_to_lapse() {
    let (view, ..) = view_on(25);
    let mut changed = view.clone();
    for target in &mut changed.treasury.target_changes {
        *target += 1;
    }
    let plan = planned(&changed);
    let gone: Vec<_> =
        plan.hindrances.iter().filter(|it| it.reason == Reason::NotExecutable).collect();
    assert!(!cranks(&plan).contains(&Crank::ExecuteSetRole));
    assert!(gone.iter().any(|it| it.why.contains("TargetChanged")), "{gone:?}");
    // A ruling keeps the date of its stream instead.
    let (mut view, ..) = view_on(55);
    let settled_at = view.epochs[&1].head.settled_at;
    for (_, stream) in &mut view.streams {
        stream.ruled_at = settled_at;
    }
    assert!(!cranks(&planned(&view)).contains(&Crank::ExecuteStreamRuling));
}

#[test]
fn a_stake_is_not_measured_while_its_record_could_still_count() {
    // On day 31 the new lock bonus is in force.
    let (mut view, cast, _) = view_on(31);
    view.records.clear();
    let patient = view.stakes.iter().find(|it| it.owner == cast.voters[PATIENT].key()).copied();
    let mut patient = patient.unwrap();
    patient.weight -= 1;
    view.stakes = vec![patient];
    view.streams.clear();
    assert_eq!(cranks(&planned(&view)), [Crank::RefreshStake]);
    let (with_record, ..) = view_on(22);
    let mut record = with_record.records[0].clone();
    assert_eq!(record.head.owner, cast.voters[LOST].key());
    record.head.owner = patient.owner;
    view.records = vec![record];
    assert!(!cranks(&planned(&view)).contains(&Crank::RefreshStake));
    view.records.clear();
    view.now = view.treasury.voting_opens_at;
    assert!(!cranks(&planned(&view)).contains(&Crank::RefreshStake), "voting has opened");
}

#[test]
fn whether_a_reward_can_be_paid_is_judged_as_the_program_does() {
    let (_, cast, node) = view_on(22);
    let voter = &cast.voters[LOST];
    let judge = |node: &budget_sim::node::Node| {
        let community = node.with(|w| w.community);
        let view = View::read(&network(node.clone()), &community).unwrap();
        let plan = plan_with(&view, &settings_of(22));
        let planned = plan.steps.iter().any(|step| step.crank == Crank::CloseVoteRecord);
        let accepted = node.fork().with(|w| match w.close_vote_record(0, voter) {
            Ok(_) => true,
            Err(refusal) => {
                assert_eq!(refusal.code(), Some(u32::from(BudgetError::RewardUnpayable)));
                false
            }
        });
        let reason = plan.hindrances.iter().find(|it| it.crank == Crank::CloseVoteRecord);
        (planned, accepted, reason.map(|it| it.reason))
    };
    assert_eq!(judge(&node), (false, false, Some(Reason::AccountMissing)));
    let (account, stranger) = node.with(|w| {
        let c = w.community;
        let key = budget_sim::token::put_associated(
            &mut w.svm,
            c.budget_token_program,
            c.budget_mint,
            voter.key(),
            0,
        );
        (key, keypair("stranger", 1).pubkey())
    });
    assert_eq!(judge(&node), (true, true, None));
    type Bend = fn(&mut anchor_spl::token_2022::spl_token_2022::state::Account, Pubkey);
    let frozen: Bend = |token, _| {
        token.state = anchor_spl::token_2022::spl_token_2022::state::AccountState::Frozen;
    };
    let given_away: Bend = |token, stranger| token.owner = stranger;
    let other_mint: Bend = |token, stranger| token.mint = stranger;
    for bend in [frozen, given_away, other_mint] {
        let fork = node.fork();
        fork.with(|w| edit(&mut w.svm, &account, |token| bend(token, stranger)));
        assert_eq!(judge(&fork), (false, false, Some(Reason::AccountUnpayable)));
    }
}

#[test]
fn a_bond_that_is_forfeited_waits_for_nobodys_account() {
    let (mut view, ..) = view_on(22);
    let (_, proposal) = view.proposals.first().unwrap();
    let index = usize::from(proposal.index);
    let asked = view.proposals.len();
    view.proposals.truncate(1);
    view.records.clear();
    view.tokens.clear();
    assert!(asked > 1);
    let epoch = view.epochs.get_mut(&0).unwrap();
    epoch.entries[index].outcome = Outcome::Failed.into();
    epoch.entries[index].for_ = epoch.head.electorate;
    let reasons = |plan: &Plan| plan.hindrances.iter().map(|it| it.crank).collect::<Vec<_>>();
    let plan = planned(&view);
    assert!(reasons(&plan).contains(&Crank::CloseProposal), "its bond is to return");
    assert!(!cranks(&plan).contains(&Crank::CloseProposal));
    view.epochs.get_mut(&0).unwrap().entries[index].for_ = 0;
    let plan = planned(&view);
    assert!(cranks(&plan).contains(&Crank::CloseProposal), "spam has no bond to return");
}

#[test]
fn an_epoch_that_a_held_stream_lapses_by_is_kept() {
    let (view, ..) = view_on(141);
    assert!(!cranks(&planned(&view)).contains(&Crank::CloseEpoch));
    assert!(cranks(&planned(&view)).contains(&Crank::ReclaimRewards));
    let mut free = view.clone();
    free.streams.clear();
    assert_eq!(cranks(&planned(&free)).last(), Some(&Crank::OpenEpoch));
    assert!(cranks(&planned(&free)).contains(&Crank::CloseEpoch));
    assert!(!cranks(&planned(&free)).contains(&Crank::ReclaimRewards), "closing frees them too");
    let without = Settings { without: [Crank::CloseEpoch].into(), ..Settings::default() };
    let left = cranks(&plan_with(&free, &without));
    assert!(!left.contains(&Crank::CloseEpoch));
}

#[test]
fn lamports_sent_to_addresses_where_nothing_is_yet_blind_no_keeper() {
    // One checkpoint is passed with its review still open, and the next has none.
    let (view, _, node) = view_on(30);
    let passed = view.streams.iter().find(|(_, it)| it.open_reviews > 0 && it.passed > 0);
    let (key, stream) = passed.unwrap();
    node.with(|w| {
        for checkpoint in 0..=stream.passed {
            let review = address::review(key, checkpoint);
            if !w.svm.exists(&review) {
                w.svm.fund(review, 1_000_000);
            }
        }
    });
    let community = view.community;
    let again = View::read(&network(node), &community).unwrap();
    let keys = |view: &View| view.reviews.iter().map(|(key, _)| *key).collect::<Vec<_>>();
    assert!(!keys(&view).is_empty());
    assert_eq!(keys(&view), keys(&again));
}

#[test]
fn only_what_may_be_paid_is_looked_up() {
    let (view, cast, _) = view_on(22);
    let own = |person: &Person| view.community.budget_account(&person.key());
    let payees = view.payees();
    assert!(payees.contains(&own(&cast.voters[LOST])));
    // Nothing of this proposer's is decided for good yet.
    assert!(!payees.contains(&own(&cast.proposers[5])));
    assert!(payees.is_sorted());
}
