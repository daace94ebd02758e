use budget_client::Community;
use bytemuck::Zeroable;
use community_budget::state::Policy;

use super::*;
use crate::{commands::stake::unopened, quantity::Token};

pub const NOW: i64 = 1_767_571_200;

pub fn scene() -> Scene {
    let key = Pubkey::new_from_array([3; 32]);
    let mut treasury = Treasury::zeroed();
    (treasury.in_force, treasury.stake_mint) = (Policy::default(), key);
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

pub fn stake() -> Stake {
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
