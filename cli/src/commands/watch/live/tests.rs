use std::sync::mpsc::channel;

use base64::{Engine, prelude::BASE64_STANDARD};
use bytemuck::bytes_of;
use community_budget::state::{BudgetEpoch, EPOCH_HEADER_BYTES, Entry};
use solana_account_decoder_client_types::{UiAccountData, UiAccountEncoding};

use super::*;
use crate::{
    slate::tests::{ask, epoch},
    streams::tests::{community, context, token},
};

const EPOCH: Pubkey = Pubkey::new_from_array([30; 32]);
const TREASURY: Pubkey = Pubkey::new_from_array([1; 32]);

fn watch<'a>(
    context: &'a Context,
    slate: &[Entry],
    changes: Option<u32>,
) -> (Watch<'a>, Receiver<()>) {
    let (treasury, mut head) = epoch();
    head.entry_count = u8::try_from(slate.len()).unwrap();
    head.seq = 10;
    let now = head.voting_opens_at;
    let scene = Scene {
        treasury: Box::new(treasury),
        key: TREASURY,
        community: community(),
        budget: token(),
        stake: token(),
        now,
    };
    let round = Round { key: EPOCH, head: Box::new(head), slate: slate.to_vec() };
    let args = WatchArgs {
        epoch: None,
        alert: true,
        heavy: 500,
        end_after: None,
        changes,
        ws: None,
        stale_after: 1,
    };
    let (asks, asked) = channel();
    (Watch::new(context, args, scene, round, Titles::of(&[]), asks), asked)
}

/// An account of the program as a node pushes it.
fn pushed(owner: Pubkey, data: Vec<u8>) -> Box<UiAccount> {
    let text = BASE64_STANDARD.encode(&data);
    Box::new(UiAccount {
        lamports: 1,
        data: UiAccountData::Binary(text, UiAccountEncoding::Base64),
        owner: owner.to_string(),
        executable: false,
        rent_epoch: 0,
        space: None,
    })
}

fn bytes(head: &BudgetEpoch, slate: &[Entry]) -> Vec<u8> {
    let mut data = <BudgetEpoch as anchor_lang::Discriminator>::DISCRIMINATOR.to_vec();
    data.extend_from_slice(bytes_of(head));
    data.resize(EPOCH_HEADER_BYTES, 0);
    slate.iter().for_each(|entry| data.extend_from_slice(bytes_of(entry)));
    data
}

/// The epoch of `watch` at another event number and with another tally, as a node pushes it.
fn report(watch: &Watch<'_>, seq: u64, for_: u64) -> Event {
    let mut head = *watch.tally.head;
    head.seq = seq;
    let account = pushed(community_budget::ID, bytes(&head, &[ask(0, 100, for_, 0)]));
    Event::Pushed { key: EPOCH, account }
}

fn is_end(step: &Step) -> bool {
    matches!(step, Step::End(_))
}

#[test]
fn what_is_pushed_is_taken_counted_and_marked() {
    let context = context(&["--json"]);
    let (mut watch, _asked) = watch(&context, &[ask(0, 100, 0, 0)], Some(2));
    let event = report(&watch, 11, 40);
    assert!(!is_end(&watch.take(event).unwrap()));
    assert_eq!((watch.seen, watch.tally.slate[0].for_), (1, 40));
    // The same again, as a reading would bring it, is no change.
    let event = report(&watch, 11, 40);
    assert!(!is_end(&watch.take(event).unwrap()));
    assert_eq!(watch.seen, 1);
    let event = report(&watch, 12, 50);
    assert!(is_end(&watch.take(event).unwrap()), "two changes were asked for");
}

#[test]
fn what_is_older_than_what_is_known_is_not_taken() {
    let context = context(&["--json"]);
    let (mut watch, _asked) = watch(&context, &[ask(0, 100, 20, 0)], None);
    let event = report(&watch, 9, 5);
    watch.take(event).unwrap();
    assert_eq!((watch.seen, watch.tally.slate[0].for_), (0, 20));
}

#[test]
fn a_reading_that_stays_older_is_another_network_and_is_taken() {
    let context = context(&["--json"]);
    let (mut watch, _asked) = watch(&context, &[ask(0, 100, 20, 0)], None);
    let read = |watch: &Watch<'_>| {
        let mut head = watch.tally.head.clone();
        head.seq = 2;
        Event::Read(Box::new(Snapshot {
            now: 5,
            treasury: watch.tally.treasury.clone(),
            head,
            slate: vec![ask(0, 100, 1, 0)],
            titles: None,
        }))
    };
    let event = read(&watch);
    watch.take(event).unwrap();
    assert_eq!(watch.tally.slate[0].for_, 20, "it may only have been overtaken");
    let event = read(&watch);
    watch.take(event).unwrap();
    assert_eq!(watch.tally.slate[0].for_, 1);
}

#[test]
fn what_is_no_account_of_the_program_is_doubted_and_read_again() {
    let context = context(&["--json"]);
    let (mut watch, asked) = watch(&context, &[ask(0, 100, 20, 0)], None);
    let mut head = *watch.tally.head;
    head.seq = 99;
    let good = bytes(&head, &[ask(0, 100, 900, 0)]);
    let mut kind = good.clone();
    kind[0] ^= 1;
    let foreign = pushed(Pubkey::new_unique(), good.clone());
    let other = pushed(community_budget::ID, kind);
    let short = pushed(community_budget::ID, good[..good.len() - 1].to_vec());
    for account in [foreign, other, short] {
        watch.take(Event::Pushed { key: EPOCH, account }).unwrap();
        assert_eq!((watch.seen, watch.tally.slate[0].for_), (0, 20));
        asked.try_recv().expect("it is read again");
    }
    let treasury = pushed(Pubkey::new_unique(), vec![1; 3_000]);
    watch.take(Event::Pushed { key: TREASURY, account: treasury }).unwrap();
    assert_eq!(watch.tally.treasury.tracked, 10_000);
}

#[test]
fn an_account_that_is_gone_is_read_again_before_it_is_believed() {
    let context = context(&["--json"]);
    let (mut watch, asked) = watch(&context, &[ask(0, 100, 20, 0)], None);
    // A closed account can linger with its last bytes until the slot is over.
    let Event::Pushed { key, mut account } = report(&watch, 99, 900) else { panic!("a report") };
    account.lamports = 0;
    assert!(!is_end(&watch.take(Event::Pushed { key, account }).unwrap()));
    assert_eq!((watch.seen, watch.tally.slate[0].for_), (0, 20));
    asked.try_recv().unwrap();
    let gone = Trouble::NoAccount { what: "epoch".to_owned(), key: EPOCH };
    assert!(is_end(&watch.take(Event::Unread(gone)).unwrap()));
}

#[test]
fn everything_is_read_after_each_connection_and_once_more_soon() {
    let context = context(&["--json"]);
    let (mut watch, asked) = watch(&context, &[], None);
    watch.take(Event::Connected).unwrap();
    asked.try_recv().unwrap();
    assert!(asked.try_recv().is_err());
    watch.reread_at = Some(Instant::now());
    watch.pass_time();
    asked.try_recv().expect("a node may take a subscription before it listens for it");
    watch.pass_time();
    assert!(asked.try_recv().is_err());
}

#[test]
fn a_clock_that_was_moved_is_read_again() {
    let context = context(&["--json"]);
    let (mut watch, asked) = watch(&context, &[], None);
    for slot in [100, 101, 150] {
        watch.take(Event::Slot(slot)).unwrap();
        assert!(asked.try_recv().is_err(), "{slot}");
    }
    watch.take(Event::Slot(150 + JUMP + 1)).unwrap();
    asked.try_recv().unwrap();
}

#[test]
fn silence_makes_the_view_stale_and_a_slot_makes_it_live() {
    let context = context(&["--json"]);
    let (mut watch, _asked) = watch(&context, &[], None);
    watch.pass_time();
    assert_eq!(watch.health, Health::Connecting);
    watch.take(Event::Lost("the connection broke".to_owned())).unwrap();
    watch.heard = Instant::now() - Duration::from_secs(1);
    watch.pass_time();
    let why = "the connection broke".to_owned();
    assert_eq!(watch.health, Health::Stale { secs: 1, why });
    watch.take(Event::Slot(7)).unwrap();
    assert_eq!(watch.health, Health::Live { slot: 7 });
}

#[test]
fn watching_ends_when_it_is_stopped_or_its_time_is_over() {
    let context = context(&["--json"]);
    let (mut watch, _asked) = watch(&context, &[], None);
    assert!(is_end(&watch.take(Event::Stop).unwrap()));
    assert!(!watch.is_over());
    watch.args.end_after = Some(0);
    assert!(watch.is_over());
    let (events, inbox) = channel();
    watch.follow(&inbox).unwrap();
    drop(events);
}

#[test]
fn an_answer_that_is_not_believed_ends_the_watch_and_silence_does_not() {
    let context = context(&["--json"]);
    let (mut watch, _asked) = watch(&context, &[], None);
    let url = "http://127.0.0.1:1".to_owned();
    let silent = Trouble::NoAnswer { url, why: "no answer in time".to_owned() };
    assert!(!is_end(&watch.take(Event::Unread(silent)).unwrap()));
    assert!(watch.trouble.contains("no answer in time"), "{}", watch.trouble);
    let why = Unreadable::Discriminator;
    let doubted = Trouble::NotBelieved { what: "epoch".to_owned(), key: EPOCH, why };
    let failure = watch.take(Event::Unread(doubted)).err().unwrap();
    assert_eq!(failure.kind().1, "not-believed");
}
