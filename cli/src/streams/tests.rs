use budget_client::Community;
use bytemuck::Zeroable;
use clap::Parser;
use community_budget::state::{Policy, Ruling};

use super::*;
use crate::{
    context::{Context, Globals},
    quantity::Token,
};

pub const DAY: i64 = 86_400;
/// When the test stream began.
pub const START: i64 = 1_600_000_000;

/// 4,000 over 40 days in four parts, default reviews: 7 days for the update, 7 for the score, 60 %
/// pass, 30 % hold.
pub fn stream() -> Stream {
    let mut stream = Stream::zeroed();
    stream.entry_index = 7;
    stream.epoch_index = 3;
    stream.recipient = Pubkey::new_from_array([5; 32]);
    stream.total = 4_000;
    stream.rest = 4_000;
    stream.started_at = START;
    stream.duration_secs = 40 * 86_400;
    stream.checkpoints = 3;
    let review = Policy::default().review;
    stream.window_secs = review.window_secs;
    stream.grace_secs = review.grace_secs;
    stream.pass_bps = review.pass_bps;
    stream.floor_bps = review.floor_bps;
    stream.hold_limit_secs = review.hold_limit_secs;
    stream.ruling_epoch = u32::MAX;
    stream
}

/// The stream as it is seen at `now`.
pub fn flow(stream: Stream, now: i64) -> Flow {
    Flow::new(Pubkey::new_from_array([9; 32]), stream, Some("Docs".to_owned()), now).unwrap()
}

/// The stream after its update on checkpoint 0 came on day 12.
pub fn updated() -> Stream {
    let mut stream = stream();
    stream.file_update(START + 12 * DAY).unwrap();
    stream
}

/// The stream held since the end of day 17.
pub fn held() -> Stream {
    let mut stream = stream();
    stream.hold_overdue(START + 20 * DAY).unwrap();
    stream
}

pub fn token() -> Token {
    Token { decimals: 0, symbol: "USDC".to_owned() }
}

pub fn community() -> Community {
    let key = |byte| Pubkey::new_from_array([byte; 32]);
    Community {
        treasury: key(1),
        budget_mint: key(2),
        stake_mint: key(3),
        budget_token_program: anchor_spl::token::ID,
        stake_token_program: anchor_spl::token::ID,
    }
}

/// A run with these options.
pub fn context(options: &[&str]) -> Context {
    #[derive(Parser)]
    struct Only {
        #[command(flatten)]
        globals: Globals,
    }
    let arguments = ["budget"].iter().chain(options);
    Context::new(Only::parse_from(arguments).globals)
}

#[test]
fn every_base_unit_is_somewhere_at_any_time() {
    let mut ended = held();
    ended.end(START + 30 * DAY).unwrap();
    let mut scaled = updated();
    scaled.score(4_500, START + 13 * DAY).unwrap();
    let mut paid = stream();
    paid.pay(600).unwrap();
    for (index, stream) in [stream(), updated(), held(), ended, scaled, paid].iter().enumerate() {
        for day in 30..50 {
            let now = START + day * DAY;
            let money = flow(*stream, now).money(now).unwrap();
            let sum =
                money.withdrawn + money.claimable + money.scheduled + money.held + money.returned;
            assert_eq!(sum, 4_000, "{index} on day {day}: {money:?}");
        }
    }
}

#[test]
fn money_is_scheduled_while_it_runs_and_held_while_it_is_held() {
    let now = START + 5 * DAY;
    let running = flow(stream(), now).money(now).unwrap();
    assert_eq!(running, Money { claimable: 500, scheduled: 3_500, ..Money::default() });
    let now = START + 20 * DAY;
    let overdue = flow(stream(), now).money(now).unwrap();
    assert_eq!(overdue, Money { claimable: 1_000, held: 3_000, ..Money::default() });
    let held = flow(held(), now).money(now).unwrap();
    assert_eq!(held, Money { claimable: 1_000, held: 3_000, ..Money::default() });
    let mut ended = super::tests::held();
    ended.end(now).unwrap();
    let ended = flow(ended, now).money(now).unwrap();
    assert_eq!(ended, Money { claimable: 1_000, returned: 3_000, ..Money::default() });
}

#[test]
fn checkpoints_go_from_ahead_over_open_to_passed_or_held() {
    let at = |day: i64| START + day * DAY;
    let gates = |stream: Stream, day| flow(stream, at(day)).gates(at(day));
    let ahead = |day| Gate::Ahead { opens_at: at(day) };
    assert_eq!(gates(stream(), 1), [ahead(10), ahead(20), ahead(30)]);
    let awaits = Gate::AwaitsUpdate { until: at(17) };
    assert_eq!(gates(stream(), 10), [awaits, ahead(20), ahead(30)]);
    let overdue = Gate::Overdue { since: at(17) };
    assert_eq!(gates(stream(), 17), [overdue, Gate::Behind, Gate::Behind]);
    let scores = Gate::AwaitsVerdict { until: at(19) };
    assert_eq!(gates(updated(), 13), [scores, ahead(20), ahead(30)]);
    let since = held().held_at;
    assert_eq!(since, at(17), "held as of when the update was due");
    assert_eq!(gates(held(), 20), [Gate::Held { since }, Gate::Behind, Gate::Behind]);
    let mut ended = held();
    ended.end(at(20)).unwrap();
    assert_eq!(gates(ended, 20), [Gate::Never; 3]);
}

#[test]
fn the_reviewers_silence_is_seen_without_a_transaction() {
    let now = START + 19 * DAY;
    let flow = flow(updated(), now);
    assert_eq!(flow.stream.passed, 1);
    assert_eq!(flow.gates(now)[0], Gate::Passed);
    assert_eq!(flow.open_gate(now), Some((1, Gate::Ahead { opens_at: START + 20 * DAY })));
}

#[test]
fn a_pause_moves_every_date_behind_it() {
    let mut stream = stream();
    let now = START + DAY;
    stream.pause(3 * 86_400, 7 * 86_400, now).unwrap();
    let flow = flow(stream, now);
    assert!(flow.is_paused(now) && !flow.is_paused(now + 3 * DAY));
    assert_eq!(flow.ends_at(), START + 43 * DAY);
    assert_eq!(flow.gates(now)[0], Gate::Ahead { opens_at: START + 13 * DAY });
}

fn epoch(opened_at: i64, settled_at: i64) -> BudgetEpoch {
    let mut head = BudgetEpoch::zeroed();
    head.policy = Policy::default();
    head.index = 4;
    head.opened_at = opened_at;
    head.settled_at = settled_at;
    head
}

#[test]
fn a_hold_lapses_after_the_first_epoch_that_could_have_ruled() {
    let (treasury, stream) = (Treasury::zeroed(), held());
    let now = START + 60 * DAY;
    let of = |heads: &[BudgetEpoch]| Lapse::of(&stream, &treasury, heads, now).unwrap();
    let latest = Lapse { at: stream.held_at + 180 * DAY, epoch: None };
    assert_eq!(of(&[]), latest);
    let (before, after) = (stream.held_at, stream.held_at + 1);
    assert_eq!(of(&[epoch(before, now)]), latest, "opened no later than the hold");
    assert_eq!(of(&[epoch(after, 0)]), latest, "not settled");
    let settled = START + 50 * DAY;
    let mut later = epoch(after + 30 * DAY, settled + 30 * DAY);
    later.index = 5;
    let policy = Policy::default();
    let grace = i64::from(policy.schedule.execution_grace_secs);
    let limit = i64::from(stream.hold_limit_secs);
    let expected = Lapse { at: settled + grace + limit, epoch: Some(4) };
    assert_eq!(of(&[later, epoch(after, settled)]), expected);
}

#[test]
fn streams_are_named_by_address_number_or_place() {
    let key = Pubkey::new_unique();
    let exact = |name| StreamName::Exact(name);
    assert_eq!(key.to_string().parse(), Ok(exact(view::StreamName::Key(key))));
    assert_eq!("7".parse(), Ok(StreamName::Entry(7)));
    assert_eq!("3/7".parse(), Ok(exact(view::StreamName::Award { epoch: 3, entry: 7 })));
    for text in ["", "256", "-1", "3/", "3/256", "nonsense", "\u{1b}[2J"] {
        let refused = text.parse::<StreamName>().unwrap_err();
        assert!(refused.contains("is no stream") && !refused.contains('\u{1b}'), "{refused}");
    }
}

fn found(epoch: u32, entry: u8) -> Found<Stream> {
    let mut value = stream();
    (value.epoch_index, value.entry_index) = (epoch, entry);
    Found { key: Pubkey::new_unique(), value, data: Vec::new() }
}

#[test]
fn a_number_means_one_stream_or_none() {
    let all = || vec![found(5, 7), found(3, 7), found(3, 2)];
    let key = Pubkey::default();
    assert_eq!(only_one(all(), 2, key).unwrap().value.entry_index, 2);
    let several = only_one(all(), 7, key).unwrap_err();
    let text = several.to_string();
    assert!(text.find("3/7").unwrap() < text.find("5/7").unwrap(), "{text}");
    assert_eq!(several.kind().1, "input");
    assert_eq!(only_one(all(), 9, key).unwrap_err().kind().1, "missing");
}

#[test]
fn a_refusal_is_foreseen_by_name_and_sentence() {
    let mut stream = stream();
    let refused = foreseen(stream.rule(Ruling::Resume { checkpoint: 0 }, START)).unwrap_err();
    let text = refused.to_string();
    assert!(text.starts_with("the program would refuse (StreamNotHeld): "), "{text}");
    assert!(text.ends_with('.') && !text.ends_with(".."), "{text}");
    assert_eq!(refused.kind().1, "input");
}
