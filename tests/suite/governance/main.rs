//! Acts of a community besides awards, its roles, its breaker and its risk limits.

mod resolution;
mod roles;
mod stage;

mod flow_assessment;
mod flow_breaker;
mod flow_breaker_trip;
mod flow_exposure;
mod flow_pause;
mod flow_policy_change;
mod flow_policy_conflict;
mod flow_runway;
mod test_assess_ask;
mod test_execute_clear_breaker;
mod test_execute_set_policy;
mod test_execute_set_role;
mod test_execute_write_off;
mod test_mark_position;
mod test_pause_executions;
mod test_trip_breaker;
mod test_veto_proposal;
