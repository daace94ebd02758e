//! Instructions of the slate and the ballot, up to settlement.

mod flow_full_slate;
mod flow_late_swing;
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
mod test_submit_proposal;
mod test_submit_proposal_accounts;
mod test_withdraw_proposal;
