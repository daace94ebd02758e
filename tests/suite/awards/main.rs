//! Instructions of awards, streams and closing, and whole lifecycles.

mod stage;

mod flow_decimals;
mod flow_epoch;
mod flow_no_return;
mod flow_second_epoch;
mod flow_token_2022;
mod test_close_epoch;
mod test_close_proposal;
mod test_close_stream;
mod test_close_vote_record;
mod test_execute_award;
mod test_lapse_proposal;
mod test_redirect_payout;
mod test_withdraw_stream;
