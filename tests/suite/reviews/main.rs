//! Reviews of streams, holds and rulings, pauses, and what all of it does to the money.

mod model;
mod stage;

mod flow_record;
mod flow_review_money;
mod flow_review_outflow;
mod flow_review_silence;
mod flow_ruling_conflicts;
mod test_close_review;
mod test_execute_stream_ruling;
mod test_file_update;
mod test_hold_stream;
mod test_lapse_stream;
mod test_pause_stream;
mod test_score_update;
