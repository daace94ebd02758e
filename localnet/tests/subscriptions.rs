//! The subscriptions that our tools depend on, with Solana's own client.

mod support;

use std::time::Duration;

use serde_json::json;
use solana_commitment_config::CommitmentConfig;
use solana_pubkey::Pubkey;
use solana_pubsub_client::pubsub_client::PubsubClient;
use solana_rpc_client_api::config::{
    RpcAccountInfoConfig, RpcProgramAccountsConfig, RpcSignatureSubscribeConfig,
    RpcTransactionLogsConfig, RpcTransactionLogsFilter, UiAccountEncoding,
};
use solana_rpc_client_api::response::RpcSignatureResult;
use solana_signer::Signer;
use solana_system_interface::instruction::transfer;

use support::{Net, PATIENCE};

const LAMPORTS: u64 = 5_000_000;

fn account_config() -> RpcAccountInfoConfig {
    RpcAccountInfoConfig {
        encoding: Some(UiAccountEncoding::Base64),
        commitment: Some(CommitmentConfig::confirmed()),
        ..RpcAccountInfoConfig::default()
    }
}

#[test]
fn a_changed_account_is_reported() {
    let net = Net::start(&["--no-program"]);
    let (payer, to) = (net.funded(), Pubkey::new_unique());
    let (subscription, reports) =
        PubsubClient::account_subscribe(net.ws(), &to, Some(account_config())).expect("accepted");
    settle(subscription);
    net.send(&net.signed(&[transfer(&payer.pubkey(), &to, LAMPORTS)], &[&payer]));
    let report = reports.recv_timeout(PATIENCE).expect("a report");
    assert_eq!(report.value.lamports, LAMPORTS);
    net.send(&net.signed(&[transfer(&payer.pubkey(), &to, LAMPORTS + 1)], &[&payer]));
    let report = reports.recv_timeout(PATIENCE).expect("a second report");
    assert_eq!(report.value.lamports, 2 * LAMPORTS + 1);
}

#[test]
fn an_emptied_account_is_reported() {
    let net = Net::start(&["--no-program"]);
    let (payer, owner) = (net.funded(), net.funded());
    let account = owner.pubkey();
    let (subscription, reports) =
        PubsubClient::account_subscribe(net.ws(), &account, Some(account_config()))
            .expect("accepted");
    settle(subscription);
    let everything = transfer(&account, &payer.pubkey(), 10_000_000_000);
    net.send(&net.signed(&[everything], &[&payer, &owner]));
    let report = reports.recv_timeout(PATIENCE).expect("a report");
    assert_eq!(report.value.lamports, 0);
}

#[test]
fn a_programs_changed_accounts_are_reported() {
    let net = Net::start(&["--no-program"]);
    let (payer, to) = (net.funded(), Pubkey::new_unique());
    let config =
        RpcProgramAccountsConfig { account_config: account_config(), ..Default::default() };
    let (subscription, reports) = PubsubClient::program_subscribe(
        net.ws(),
        &solana_sdk_ids::system_program::id(),
        Some(config),
    )
    .expect("accepted");
    settle(subscription);
    net.send(&net.signed(&[transfer(&payer.pubkey(), &to, LAMPORTS)], &[&payer]));
    loop {
        let report = reports.recv_timeout(PATIENCE).expect("a report of the account");
        if report.value.pubkey == to.to_string() {
            assert_eq!(report.value.account.lamports, LAMPORTS);
            return;
        }
    }
}

#[test]
fn logs_that_mention_an_account_are_reported() {
    let net = Net::start(&["--no-program"]);
    let (payer, to) = (net.funded(), Pubkey::new_unique());
    let (subscription, reports) = PubsubClient::logs_subscribe(
        net.ws(),
        RpcTransactionLogsFilter::Mentions(vec![to.to_string()]),
        RpcTransactionLogsConfig { commitment: Some(CommitmentConfig::confirmed()) },
    )
    .expect("accepted");
    settle(subscription);
    let other = Pubkey::new_unique();
    net.send(&net.signed(&[transfer(&payer.pubkey(), &other, LAMPORTS)], &[&payer]));
    let sent = net.signed(&[transfer(&payer.pubkey(), &to, LAMPORTS)], &[&payer]);
    net.send(&sent);
    let report = reports.recv_timeout(PATIENCE).expect("a report");
    assert_eq!(report.value.signature, sent.signatures[0].to_string());
    assert_eq!(report.value.err, None);
    assert!(report.value.logs.iter().any(|line| line.ends_with(" success")));
}

#[test]
fn a_confirmed_signature_is_reported() {
    let net = Net::start(&["--no-program"]);
    let (payer, to) = (net.funded(), Pubkey::new_unique());
    let sent = net.signed(&[transfer(&payer.pubkey(), &to, LAMPORTS)], &[&payer]);
    let config = RpcSignatureSubscribeConfig {
        commitment: Some(CommitmentConfig::confirmed()),
        enable_received_notification: Some(false),
    };
    let (subscription, reports) =
        PubsubClient::signature_subscribe(net.ws(), &sent.signatures[0], Some(config))
            .expect("accepted");
    settle(subscription);
    net.send(&sent);
    let report = reports.recv_timeout(PATIENCE).expect("a report");
    let RpcSignatureResult::ProcessedSignature(result) = report.value else {
        panic!("not the outcome");
    };
    assert_eq!(result.err, None);
}

#[test]
fn slots_are_reported() {
    let net = Net::start(&["--no-program"]);
    let (subscription, reports) = PubsubClient::slot_subscribe(net.ws()).expect("accepted");
    settle(subscription);
    let first = reports.recv_timeout(PATIENCE).expect("a slot").slot;
    let second = reports.recv_timeout(PATIENCE).expect("another").slot;
    assert!(second > first);

    // Travelling skips the slots of the time that is skipped.
    let target_ms = (net.clock() + 3_600) * 1_000;
    net.call("surfnet_timeTravel", json!([{ "absoluteTimestamp": target_ms }]));
    let skipped = 3_600_000 / 50;
    loop {
        let slot = reports.recv_timeout(PATIENCE).expect("a slot after the journey").slot;
        if slot > second + skipped - 200 {
            return;
        }
    }
}

/// Surfpool takes a subscription before it listens for it.
fn settle<T>(subscription: T) {
    // Dropped, this client waits for one more report, which may never come.
    std::mem::forget(subscription);
    std::thread::sleep(Duration::from_millis(300));
}
