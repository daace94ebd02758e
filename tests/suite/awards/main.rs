//! Instructions of awards, streams and closing, and whole lifecycles.

mod outflow;
mod rewards;
mod stage;

mod flow_decimals;
mod flow_epoch;
mod flow_no_return;
mod flow_outflow;
mod flow_rewards;
mod flow_second_epoch;
mod flow_token_2022;
mod test_close_epoch;
mod test_close_proposal;
mod test_close_stream;
mod test_close_vote_record;
mod test_close_vote_record_participation;
mod test_close_vote_record_payment;
mod test_close_vote_record_reward;
mod test_execute_award;
mod test_execute_award_blocked;
mod test_lapse_proposal;
mod test_reclaim_rewards;
mod test_redirect_payout;
mod test_return_funds;
mod test_withdraw_stream;
mod test_withdraw_stream_outflow;
