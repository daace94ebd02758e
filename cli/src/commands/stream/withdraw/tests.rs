use budget_keeper::TokenAccount;
use bytemuck::Zeroable;
use community_budget::state::{Policy, Stream};

use super::*;
use crate::streams::tests::{DAY, START, community, flow, held, stream, updated};

const CHOSEN: Pubkey = Pubkey::new_from_array([40; 32]);

fn account(owner: Pubkey) -> TokenAccount {
    TokenAccount {
        owner,
        mint: community().budget_mint,
        amount: 0,
        is_frozen: false,
        wants_memo: false,
    }
}

fn paid_to(payout: Pubkey) -> Flow {
    let mut stream = stream();
    stream.payout_account = payout;
    flow(stream, START + DAY)
}

fn own() -> Pubkey {
    community().budget_account(&stream().recipient)
}

fn route(payout: Pubkey, there: Option<TokenAccount>, own: Option<TokenAccount>) -> Result<Route> {
    Route::of(&paid_to(payout), &community(), there.as_ref(), own.as_ref())
}

#[test]
fn a_payout_account_that_can_be_paid_is_paid() {
    let direct = Route { to: CHOSEN, blocked: None, opens: false };
    let somebody = account(Pubkey::new_unique());
    assert_eq!(route(CHOSEN, Some(somebody), None).unwrap(), direct);
    let direct = Route { to: own(), ..direct };
    assert_eq!(route(own(), Some(account(stream().recipient)), None).unwrap(), direct);
}

#[test]
fn a_missing_associated_account_is_opened_first() {
    let expected = Route { to: own(), blocked: None, opens: true };
    assert_eq!(route(own(), None, None).unwrap(), expected);
}

#[test]
fn what_cannot_be_paid_is_gone_around_to_the_recipient() {
    let recipient = stream().recipient;
    let frozen = TokenAccount { is_frozen: true, ..account(recipient) };
    let handed_over = account(community().treasury);
    let memo = TokenAccount { wants_memo: true, ..account(recipient) };
    for payout in [None, Some(frozen), Some(handed_over), Some(memo)] {
        let there = route(CHOSEN, payout, Some(account(recipient))).unwrap();
        assert_eq!(there, Route { to: own(), blocked: Some(CHOSEN), opens: false }, "{payout:?}");
        let opened = route(CHOSEN, payout, None).unwrap();
        assert_eq!(opened, Route { to: own(), blocked: Some(CHOSEN), opens: true }, "{payout:?}");
    }
}

#[test]
fn a_recipient_who_cannot_be_paid_at_all_is_told_what_to_do() {
    let frozen = TokenAccount { is_frozen: true, ..account(stream().recipient) };
    let stolen = account(Pubkey::new_unique());
    for (payout, there, own) in [
        (own(), Some(frozen), None),
        (CHOSEN, None, Some(frozen)),
        (CHOSEN, Some(frozen), Some(stolen)),
    ] {
        let refused = route(payout, there, own).unwrap_err();
        assert_eq!(refused.kind().1, "input");
        let text = refused.to_string();
        assert!(text.contains("budget stream redirect 3/7"), "{text}");
    }
}

#[test]
fn nothing_to_claim_is_explained() {
    let told = |stream: Stream, day: i64| {
        let now = START + day * DAY;
        nothing(&flow(stream, now), now)
    };
    let mut early = stream();
    early.cliff_secs = 86_400;
    assert!(told(early, 0).contains("before its cliff"));
    let mut done = stream();
    (done.passed, done.withdrawn) = (3, 4_000);
    assert!(told(done, 50).contains("everything is paid or returned"));
    let mut ended = held();
    ended.withdrawn = 1_000;
    ended.end(START + 30 * DAY).unwrap();
    ended.returned -= 1;
    assert!(told(ended, 31).contains("has ended"), "{}", told(ended, 31));
    assert!(told(stream(), 11).contains("the recipient's update on checkpoint 0"));
    assert!(told(updated(), 13).contains("the score of checkpoint 0"));
    assert!(told(stream(), 18).contains("a vote's ruling"));
    assert!(told(held(), 20).contains("a vote's ruling"));
    assert!(told(stream(), 1).contains("since the last payment"));
}

#[test]
fn streams_that_are_paid_together_share_the_outflow_limit() {
    let now = START + 5 * DAY;
    let mut books = Treasury::zeroed();
    books.in_force = Policy::default();
    (books.bucket_capacity, books.bucket_level, books.bucket_at) = (700, 700, now);
    // Released within the last hours: nothing is owed whatever the limit says.
    let mut late = stream();
    late.started_at = now - 2 * DAY;
    late.duration_secs = 8 * 86_400;
    let flows: Vec<Flow> = (0..3).map(|_| flow(late, now)).collect();
    let claimable = flows[0].money(now).unwrap().claimable;
    assert_eq!(claimable, 1_000);
    let due = due(&flows, &mut books, now).unwrap();
    let amounts: Vec<u64> = due.iter().map(|(_, amount)| *amount).collect();
    assert_eq!(amounts, [700], "what the first takes is gone for the others");
}
