use budget_client::Community;
use bytemuck::Zeroable;
use community_budget::state::Policy;

use super::*;
use crate::{commands::stake::unopened, quantity::Token};

const NOW: i64 = 1_767_571_200;

fn scene() -> Scene {
    let key = Pubkey::new_from_array([3; 32]);
    let mut treasury = Treasury::zeroed();
    treasury.in_force = Policy::default();
    treasury.total_weight = 4_000;
    Scene {
        treasury: Box::new(treasury),
        key,
        community: Community {
            treasury: key,
            budget_mint: key,
            stake_mint: key,
            budget_token_program: key,
            stake_token_program: key,
        },
        budget: Token { decimals: 0, symbol: "USDC".to_owned() },
        stake: Token { decimals: 0, symbol: "RIVER".to_owned() },
        now: NOW,
    }
}

fn stake() -> Stake {
    let mut stake = unopened(7 * 86_400);
    (stake.amount, stake.weight) = (1_000, 1_000);
    stake
}

#[test]
fn the_page_says_what_a_stake_weighs_and_when_tokens_are_out() {
    let (scene, mut stake) = (scene(), stake());
    (stake.cooling, stake.cooling_until) = (50, NOW + 60);
    let page = |stake: &Stake| lines(&Page::new(), &scene, stake, "Ada", Some("Bob"));
    assert_eq!(
        page(&stake),
        [
            "Ada has staked 1,000 RIVER, 25.0 % of all weight",
            "  weight     1,000 with its bonuses",
            "  cool-down  7 days",
            "  cooling    50 RIVER, out Mon 5 Jan 2026, 00:01 UTC (in 1 minute)",
            "  took part  in 0 % of the last eight epochs",
            "  delegate   Bob",
        ]
    );
    stake.cooling_until = NOW;
    assert!(page(&stake)[3].contains("ready: `budget member withdraw` takes it"));
    (stake.dormant, stake.weight) = (1, 0);
    assert!(page(&stake)[1].contains("dormant until its owner touches"));
}

#[test]
fn power_in_an_open_vote_is_shown_beside_the_weight() {
    let (mut scene, mut stake) = (scene(), stake());
    (scene.treasury.epoch_count, scene.treasury.epoch_active) = (1, 1);
    scene.treasury.voting_opens_at = NOW;
    (stake.frozen_epoch, stake.frozen_weight) = (0, 400);
    let lines = lines(&Page::new(), &scene, &stake, "Ada", None);
    assert_eq!(lines[2], "  votes with  400 in epoch 0");
}

#[test]
fn only_what_has_cooled_down_is_withdrawn() {
    let (scene, mut stake) = (scene(), stake());
    let refused = |stake: &Stake| may_withdraw(stake, &scene).unwrap_err().to_string();
    assert!(refused(&stake).contains("`budget unstake` starts that"));
    (stake.cooling, stake.cooling_until) = (50, NOW + 1);
    assert!(refused(&stake).starts_with("50 RIVER still cool down; they are out Mon 5 Jan 2026"));
    stake.cooling_until = NOW;
    assert!(may_withdraw(&stake, &scene).is_ok());
}

#[test]
fn weights_stand_still_while_there_is_voting() {
    let mut scene = scene();
    assert!(no_voting(&scene).is_ok());
    (scene.treasury.epoch_count, scene.treasury.epoch_active) = (1, 1);
    scene.treasury.voting_opens_at = NOW + 1;
    assert!(no_voting(&scene).is_ok());
    scene.treasury.voting_opens_at = NOW;
    assert!(no_voting(&scene).unwrap_err().to_string().contains("until the settlement"));
    scene.treasury.epoch_active = 0;
    assert!(no_voting(&scene).is_ok());
}

#[test]
fn a_stake_is_dormant_only_when_its_account_shows_eight_missed_epochs() {
    let mut treasury = *scene().treasury;
    let mut stake = stake();
    let refused = |stake: &Stake, treasury: &Treasury| {
        missed_epochs(stake, treasury, "Ada").unwrap_err().to_string()
    };
    treasury.epoch_count = 7;
    assert!(refused(&stake, &treasury).contains("only 7 are settled yet"));
    treasury.epoch_count = 10;
    assert_eq!(missed_epochs(&stake, &treasury, "Ada").unwrap(), [9, 8, 7, 6, 5, 4, 3, 2]);
    stake.touched_epoch = 3;
    assert!(refused(&stake, &treasury).contains("touched the stake before epoch 3"));
    stake.touched_epoch = 2;
    (stake.participation_latest, stake.participation[1]) = (9, 10_000);
    assert!(refused(&stake, &treasury).contains("took part in epoch 9"));
    stake.participation[1] = 0;
    assert!(missed_epochs(&stake, &treasury, "Ada").is_ok());
    stake.dormant = 1;
    assert!(refused(&stake, &treasury).contains("dormant already"));
}
