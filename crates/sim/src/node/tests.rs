use anchor_lang::prelude::Pubkey;
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use solana_keypair::Keypair;
use solana_message::Message;
use solana_rpc_client_api::request::RpcRequest;
use solana_signer::Signer;
use solana_transaction::Transaction;

use super::{BLOCKHASH_BLOCKS, Node};
use crate::{World, svm::keypair};

/// A node before the first epoch, and who pays.
fn node() -> (Node, Keypair) {
    let mut world = World::new();
    let payer = keypair("payer", 0);
    world.svm.fund(payer.pubkey(), 1_000_000_000);
    (Node::new(world), payer)
}

fn ask(node: &Node, request: RpcRequest, params: Value) -> Value {
    node.answer(request, &params).unwrap()
}

/// The transaction that opens the first epoch, over the latest blockhash.
fn opening(node: &Node, payer: &Keypair) -> Transaction {
    let instruction = node.with(|w| w.community.open_epoch(payer.pubkey(), 0));
    let message = Message::new(&[instruction], Some(&payer.pubkey()));
    Transaction::new(&[payer], message, node.ledger(super::Ledger::blockhash))
}

fn wire(transaction: &Transaction) -> Value {
    json!([BASE64_STANDARD.encode(wincode::serialize(transaction).unwrap())])
}

fn send(node: &Node, transaction: &Transaction) {
    let answer = ask(node, RpcRequest::SendTransaction, wire(transaction));
    assert_eq!(answer, json!(transaction.signatures[0].to_string()));
}

fn status(node: &Node, transaction: &Transaction) -> Value {
    let params = json!([[transaction.signatures[0].to_string()]]);
    ask(node, RpcRequest::GetSignatureStatuses, params)["value"][0].clone()
}

fn epochs(node: &Node) -> u32 {
    node.with(|w| w.treasury().epoch_count)
}

#[test]
fn a_transaction_happens_once_however_often_it_is_sent() {
    let (node, payer) = node();
    let opening = opening(&node, &payer);
    assert_eq!(status(&node, &opening), Value::Null);
    send(&node, &opening);
    let landed = status(&node, &opening);
    assert_eq!(
        (&landed["err"], &landed["confirmationStatus"]),
        (&Value::Null, &json!("finalized"))
    );
    let before = node.with(|w| w.svm.snapshot());
    send(&node, &opening);
    assert!(before == node.with(|w| w.svm.snapshot()));
    assert_eq!((epochs(&node), node.ledger(|l| l.transactions().count())), (1, 1));
}

#[test]
fn a_failed_transaction_is_in_the_ledger_with_its_log_and_changed_nothing() {
    let (node, payer) = node();
    send(&node, &opening(&node, &payer));
    let again = opening(&node, &payer);
    send(&node, &again);
    let failed = status(&node, &again)["err"].clone();
    assert!(failed["InstructionError"][1]["Custom"].is_u64(), "{failed}");
    let params = json!([again.signatures[0].to_string()]);
    let found = ask(&node, RpcRequest::GetTransaction, params);
    assert_eq!(found["meta"]["err"], failed);
    let logs = found["meta"]["logMessages"].as_array().unwrap();
    assert!(logs.iter().any(|line| line.as_str().unwrap().contains("failed")), "{logs:?}");
    assert_eq!(epochs(&node), 1);
}

#[test]
fn a_blockhash_runs_out() {
    let (node, payer) = node();
    let answer = ask(&node, RpcRequest::GetLatestBlockhash, json!([]));
    let last = answer["value"]["lastValidBlockHeight"].as_u64().unwrap();
    let opening = opening(&node, &payer);
    let mut height = 0;
    while height < last {
        height = ask(&node, RpcRequest::GetBlockHeight, json!([])).as_u64().unwrap();
    }
    send(&node, &opening);
    assert_eq!(status(&node, &opening), Value::Null, "one block too late");
    assert_eq!(epochs(&node), 0);
    assert_eq!(
        node.ledger(super::Ledger::last_valid_height) - node.ledger(super::Ledger::height),
        BLOCKHASH_BLOCKS
    );
}

#[test]
fn a_transaction_without_its_signatures_is_simulated_and_not_taken() {
    let (node, payer) = node();
    let mut unsigned = opening(&node, &payer);
    unsigned.signatures[0] = solana_signature::Signature::default();
    assert!(node.answer(RpcRequest::SendTransaction, &wire(&unsigned)).is_err());
    assert_eq!(epochs(&node), 0);
    // The world of a client that simulates does not check signatures either.
    let mut world = World::with(crate::world::Setup {
        signature_checks: false,
        ..crate::world::Setup::default()
    });
    world.svm.fund(payer.pubkey(), 1_000_000_000);
    let node = Node::new(world);
    let answer = ask(&node, RpcRequest::SimulateTransaction, wire(&unsigned));
    assert_eq!(answer["value"]["err"], Value::Null);
    assert!(answer["value"]["unitsConsumed"].as_u64().unwrap() > 1_000);
    assert_eq!(epochs(&node), 0, "nothing happened");
}

#[test]
fn a_payer_without_lamports_lands_nothing() {
    let (node, _) = node();
    let poor = opening(&node, &keypair("poor", 0));
    send(&node, &poor);
    assert_eq!(status(&node, &poor), Value::Null);
}

#[test]
fn what_is_not_understood_is_refused() {
    let (node, _) = node();
    for (request, params) in [
        (RpcRequest::GetAccountInfo, json!(["no key"])),
        (RpcRequest::SendTransaction, json!(["no transaction"])),
        (RpcRequest::GetSignatureStatuses, json!([7])),
        (RpcRequest::GetVoteAccounts, json!([])),
    ] {
        assert!(node.answer(request, &params).is_err(), "{request}");
    }
    let nowhere = json!([Pubkey::default().to_string()]);
    assert!(ask(&node, RpcRequest::GetAccountInfo, nowhere)["value"].is_object());
}

#[test]
fn a_fork_lives_on_its_own() {
    let (node, payer) = node();
    let fork = node.fork();
    send(&fork, &opening(&fork, &payer));
    assert_eq!((epochs(&node), epochs(&fork)), (0, 1));
    assert_eq!(node.ledger(|l| l.transactions().count()), 0);
}
