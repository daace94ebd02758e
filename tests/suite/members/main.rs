//! Instructions of members and funds: treasury, stakes, opening of epochs.

mod common;
#[path = "../voting/event.rs"]
mod event;
mod flow_snapshot;
mod flow_snapshot_random;
mod flow_streak;
mod flow_streak_closing;
mod test_absorb_surplus;
mod test_close_stake;
mod test_create_treasury;
mod test_deposit_funds;
mod test_mark_dormant;
mod test_mark_dormant_accounts;
mod test_mint_extensions;
mod test_open_epoch;
mod test_open_stake;
mod test_policy_bounds;
mod test_refresh_stake;
mod test_request_unstake;
mod test_set_delegate;
mod test_set_lock;
mod test_stake;
mod test_withdraw_unstaked;
