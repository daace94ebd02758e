use std::{
    net::{SocketAddr, TcpListener},
    sync::mpsc::channel,
    time::Instant,
};

use bytemuck::bytes_of;
use community_budget::state::{EPOCH_HEADER_BYTES, Entry};
use futures_util::SinkExt;
use serde_json::{Value, json};
use tokio_tungstenite::{accept_async, tungstenite::Message};

use super::*;
use crate::slate::tests::{ask, epoch as sample};

/// What a node sends on its n-th connection, before it breaks it off.
type Says = fn(usize) -> Vec<&'static str>;

/// A node that takes every subscription, then sends what `says` says for each connection and ends
/// it. `slot` and `account` stand for one such notification.
fn node(says: Says) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    listener.set_nonblocking(true).unwrap();
    spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            for connection in 0.. {
                let Ok((stream, _)) = listener.accept().await else { return };
                let Ok(mut socket) = accept_async(stream).await else { continue };
                for number in 0..3u64 {
                    let Some(Ok(Message::Text(text))) = socket.next().await else { break };
                    let request: Value = serde_json::from_str(&text).unwrap();
                    let answer = json!({ "jsonrpc": "2.0", "result": number, "id": request["id"] });
                    socket.send(Message::Text(answer.to_string().into())).await.unwrap();
                }
                for word in says(connection) {
                    let report = match word {
                        "slot" => notification(0, &slot(connection)),
                        _ => notification(1, &account()),
                    };
                    socket.send(Message::Text(report.into())).await.unwrap();
                }
                // What was said last would be lost if the connection ended with it.
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
        });
    });
    address
}

fn notification(subscription: u64, result: &Value) -> String {
    let params = json!({ "result": result, "subscription": subscription });
    json!({ "jsonrpc": "2.0", "method": "notification", "params": params }).to_string()
}

fn slot(connection: usize) -> Value {
    json!({ "slot": 100 + connection, "parent": 0, "root": 0 })
}

fn account() -> Value {
    let value = json!({
        "lamports": 5, "data": ["", "base64"], "owner": Pubkey::default().to_string(),
        "executable": false, "rentEpoch": 0, "space": 0,
    });
    json!({ "context": { "slot": 1 }, "value": value })
}

fn told(event: &Event) -> String {
    match event {
        Event::Connected => "connected".to_owned(),
        Event::Slot(slot) => format!("slot {slot}"),
        Event::Pushed { key, account } => {
            let account = account.to_account().unwrap();
            format!("{} has {}", key.to_bytes()[0], account.lamports)
        }
        Event::Lost(why) => format!("lost: {why}"),
        _ => "something else".to_owned(),
    }
}

/// What is heard of a node, up to `count` events.
fn heard(address: SocketAddr, count: usize) -> Vec<String> {
    let (events, inbox) = channel();
    let keys = vec![Pubkey::new_from_array([1; 32]), Pubkey::new_from_array([2; 32])];
    listen(format!("ws://{address}"), keys, events);
    let next = || inbox.recv_timeout(Duration::from_secs(30)).unwrap();
    (0..count).map(|_| told(&next())).collect()
}

#[test]
fn a_broken_connection_is_made_again_and_goes_on() {
    let address = node(|connection| match connection {
        0 => vec!["slot", "account"],
        _ => vec!["account", "slot"],
    });
    let mut told = heard(address, 8);
    // Slots and accounts come on streams of their own, in no order between them.
    told[1..3].sort();
    told[5..7].sort();
    assert_eq!(
        told,
        [
            "connected",
            "1 has 5",
            "slot 100",
            "lost: the connection broke",
            "connected",
            "1 has 5",
            "slot 101",
            "lost: the connection broke",
        ]
    );
}

#[test]
fn a_node_that_is_not_there_is_tried_ever_less_eagerly() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let begun = Instant::now();
    let told = heard(address, 4);
    assert!(told.iter().all(|text| text.starts_with("lost: no connection to ws://")), "{told:?}");
    // 250, 500 and 1,000 milliseconds between four tries.
    assert!(begun.elapsed() >= Duration::from_millis(1_750), "{:?}", begun.elapsed());
}

#[test]
fn listening_ends_when_nobody_hears() {
    let address = node(|_| vec!["slot"; 3]);
    let (events, inbox) = channel();
    listen(format!("ws://{address}"), vec![Pubkey::default(); 2], events.clone());
    inbox.recv_timeout(Duration::from_secs(30)).unwrap();
    drop(inbox);
    assert!(events.send(Event::Stop).is_err());
}

fn bytes(head: &BudgetEpoch, entries: &[Entry], room: usize) -> Vec<u8> {
    let mut data = <BudgetEpoch as anchor_lang::Discriminator>::DISCRIMINATOR.to_vec();
    data.extend_from_slice(bytes_of(head));
    data.resize(EPOCH_HEADER_BYTES, 0);
    entries.iter().for_each(|entry| data.extend_from_slice(bytes_of(entry)));
    data.resize(EPOCH_HEADER_BYTES + room * 64, 0);
    data
}

#[test]
fn an_epoch_is_believed_only_as_an_account_of_the_program_with_its_slate() {
    let (_, mut head) = sample();
    head.entry_count = 2;
    let entries = [ask(0, 5, 1, 2), ask(1, 6, 3, 4)];
    let ours = community_budget::ID;
    let data = bytes(&head, &entries, 16);
    let (read, slate) = epoch(&ours, &data).unwrap();
    assert_eq!((read.index, slate), (head.index, entries.to_vec()));
    let foreign = Pubkey::new_unique();
    assert_eq!(epoch(&foreign, &data).unwrap_err(), Unreadable::Owner(foreign));
    let mut other = data.clone();
    other[0] ^= 1;
    assert_eq!(epoch(&ours, &other).unwrap_err(), Unreadable::Discriminator);
    let short = bytes(&head, &entries[..1], 1);
    assert_eq!(epoch(&ours, &short).unwrap_err(), Unreadable::Length);
}
