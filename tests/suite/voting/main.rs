//! Instructions of the slate and the ballot, up to settlement.

mod event;
mod flow_acts;
mod flow_contested_quorum;
mod flow_delegation;
mod flow_delegation_others;
mod flow_full_slate;
mod flow_late_swing;
mod flow_tier_blocked;
mod flow_tier_raising;
mod flow_tiers;
mod shared;
mod test_accept_proposal;
mod test_account_guards;
mod test_cast_vote;
mod test_events;
mod test_open_recipient_record;
mod test_retract_vote;
mod test_revise_vote;
mod test_settle_epoch;
mod test_submit_action;
mod test_submit_action_accounts;
mod test_submit_action_reserved;
mod test_submit_action_written;
mod test_submit_proposal;
mod test_submit_proposal_accounts;
mod test_withdraw_proposal;
