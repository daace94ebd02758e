//! The requests that our tools depend on, as they go over the wire.
//!
//! accounts
//! ├── one, several, missing ones
//! └── of a program .......... memcmp and dataSize filters, dataSlice
//! transactions
//! ├── simulated ............. unsigned, on any blockhash, with accounts after; nothing changes
//! ├── sent .................. without preflight, confirmed, found again with its logs
//! ├── sent twice ............ counts once
//! ├── sent with a bad signature .. is refused
//! ├── sent with a fault ..... preflight refuses it with its logs; without, it fails on chain
//! └── sent after its blockhash is gone
//! the program ............... answers at its id; its upgrade authority is who was named
//! a page on another port .... may ask

mod support;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread::sleep;
use std::time::Duration;

use serde_json::{Value, json};
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_loader_v3_interface::get_program_data_address;
use solana_loader_v3_interface::instruction::set_upgrade_authority;
use solana_loader_v3_interface::state::UpgradeableLoaderState;
use solana_pubkey::Pubkey;
use solana_rpc_client_api::client_error::{Error, ErrorKind};
use solana_rpc_client_api::request::{RpcError, RpcResponseErrorData};
use solana_signer::Signer;
use solana_system_interface::instruction::{create_account, transfer};
use solana_transaction::Transaction;
use spl_token_interface::instruction::initialize_mint2;

use support::{Net, decoded, encoded, wait_for};

const MINT_SIZE: u64 = 82;

#[test]
fn accounts_are_read_one_by_one_and_together() {
    let net = Net::start(&[]);
    assert_eq!(net.call("getHealth", json!([])), "ok");

    let key = net.funded();
    let address = key.pubkey().to_string();
    let missing = Pubkey::new_unique().to_string();
    let options = json!({ "encoding": "base64", "commitment": "confirmed" });
    let one = net.call("getAccountInfo", json!([address, options]));
    assert_eq!(one["value"]["lamports"], 10_000_000_000_u64);
    assert_eq!(one["value"]["owner"], "11111111111111111111111111111111");
    assert!(one["context"]["slot"].is_u64());
    assert_eq!(net.call("getAccountInfo", json!([missing, options]))["value"], Value::Null);
    // On mainnet it is there: nobody was asked.
    let usdc = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v";
    assert_eq!(net.call("getAccountInfo", json!([usdc, options]))["value"], Value::Null);

    let many = net.call("getMultipleAccounts", json!([[missing, address], options]));
    assert_eq!(many["value"][0], Value::Null);
    assert_eq!(many["value"][1]["lamports"], 10_000_000_000_u64);
}

#[test]
fn a_programs_accounts_are_filtered_by_the_node() {
    let net = Net::start(&["--no-program"]);
    let payer = net.funded();
    let (first, second) = (Keypair::new(), Keypair::new());
    net.send(&net.signed(&mint(&payer, &first, 2), &[&payer, &first]));
    net.send(&net.signed(&mint(&payer, &second, 6), &[&payer, &second]));

    let token = spl_token_interface::ID.to_string();
    // The mint authority of a mint stands behind its option's tag of four bytes.
    let by_authority = json!({ "memcmp": { "offset": 4, "bytes": payer.pubkey().to_string() } });
    let by_size = json!({ "dataSize": MINT_SIZE });
    let ask = |filters: Value| {
        let options = json!({
            "encoding": "base64", "commitment": "confirmed", "filters": filters,
            "dataSlice": { "offset": 44, "length": 1 },
        });
        let found = net.call("getProgramAccounts", json!([token, options]));
        let found = found.as_array().expect("a list").clone();
        let mut found: Vec<(String, Vec<u8>)> = found
            .iter()
            .map(|item| {
                let address = item["pubkey"].as_str().expect("an address").to_owned();
                (address, decoded(&item["account"]["data"]))
            })
            .collect();
        found.sort();
        found
    };
    let mut ours =
        vec![(first.pubkey().to_string(), vec![2]), (second.pubkey().to_string(), vec![6])];
    ours.sort();
    assert_eq!(ask(json!([by_authority, by_size])), ours);
    assert_eq!(ask(json!([by_authority, { "dataSize": MINT_SIZE + 1 }])), []);
    // The native mint is there from the start.
    assert_eq!(ask(json!([by_size])).len(), 3);
}

#[test]
fn a_simulation_shows_the_outcome_and_changes_nothing() {
    let net = Net::start(&["--no-program"]);
    let payer = net.funded();
    let to = Pubkey::new_unique();
    let mut unsigned = Transaction::new_with_payer(
        &[transfer(&payer.pubkey(), &to, 5_000_000)],
        Some(&payer.pubkey()),
    );
    // Anything: it is replaced.
    unsigned.message.recent_blockhash = Default::default();
    let options = json!({
        "encoding": "base64", "commitment": "confirmed",
        "sigVerify": false, "replaceRecentBlockhash": true,
        "accounts": { "encoding": "base64", "addresses": [to.to_string()] },
    });
    let done = net.call("simulateTransaction", json!([encoded(&unsigned), options]));
    let value = &done["value"];
    assert_eq!(value["err"], Value::Null);
    assert!(value["unitsConsumed"].as_u64().is_some_and(|units| units > 0));
    let logs = value["logs"].as_array().expect("logs");
    assert!(logs.contains(&json!("Program 11111111111111111111111111111111 success")));
    assert_eq!(value["accounts"][0]["lamports"], 5_000_000);
    assert!(value["replacementBlockhash"]["blockhash"].is_string());

    assert_eq!(net.call("getBalance", json!([to.to_string()]))["value"], 0);

    unsigned.message.instructions[0].data = transfer(&payer.pubkey(), &to, u64::MAX).data;
    let refused = net.call("simulateTransaction", json!([encoded(&unsigned), options]));
    assert_eq!(refused["value"]["err"], json!({ "InstructionError": [0, { "Custom": 1 }] }));
}

#[test]
fn a_transaction_is_confirmed_and_found_again() {
    let net = Net::start(&["--no-program"]);
    let payer = net.funded();
    let to = Pubkey::new_unique();
    let blockhash = net.call("getLatestBlockhash", json!([{ "commitment": "confirmed" }]));
    let height = net.call("getBlockHeight", json!([{ "commitment": "confirmed" }]));
    let last_valid = blockhash["value"]["lastValidBlockHeight"].as_u64().expect("a height");
    assert!(last_valid > height.as_u64().expect("a height"));
    let hash = blockhash["value"]["blockhash"].clone();
    assert_eq!(net.call("isBlockhashValid", json!([hash]))["value"], true);

    let sent = net.signed(&[transfer(&payer.pubkey(), &to, 5_000_000)], &[&payer]);
    let signature = sent.signatures[0].to_string();
    let statuses = net.call("getSignatureStatuses", json!([[signature]]));
    assert_eq!(statuses["value"][0], Value::Null);
    let status = net.send(&sent);
    assert_eq!(status["err"], Value::Null);

    let options = json!({
        "encoding": "json", "commitment": "confirmed", "maxSupportedTransactionVersion": 0,
    });
    let found = net.call("getTransaction", json!([signature, options]));
    assert_eq!(found["slot"], status["slot"]);
    assert!(found["blockTime"].as_i64().is_some_and(|at| (at - net.clock()).abs() < 60));
    let logs = found["meta"]["logMessages"].as_array().expect("logs");
    assert!(logs.contains(&json!("Program 11111111111111111111111111111111 success")));

    let listed = net.call(
        "getSignaturesForAddress",
        json!([to.to_string(), { "commitment": "confirmed", "limit": 10 }]),
    );
    assert_eq!(listed.as_array().expect("a list").len(), 1);
    assert_eq!(listed[0]["signature"], signature.as_str());
    assert_eq!(listed[0]["err"], Value::Null);
}

#[test]
fn a_transaction_that_is_sent_twice_counts_once() {
    let net = Net::start(&["--no-program"]);
    let payer = net.funded();
    let to = Pubkey::new_unique();
    let sent = net.signed(&[transfer(&payer.pubkey(), &to, 5_000_000)], &[&payer]);
    assert_eq!(net.send(&sent)["err"], Value::Null);
    // A validator would take it again without preflight, and drop it.
    let options = json!({ "encoding": "base64", "skipPreflight": true });
    let again = net.try_call("sendTransaction", json!([encoded(&sent), options]));
    assert_eq!(code(&again.expect_err("it is refused")), -32_002);
    let statuses = net.call("getSignatureStatuses", json!([[sent.signatures[0].to_string()]]));
    assert_eq!(statuses["value"][0]["err"], Value::Null);
    assert_eq!(net.call("getBalance", json!([to.to_string()]))["value"], 5_000_000);
}

#[test]
fn a_bad_signature_is_refused() {
    let net = Net::start(&["--no-program"]);
    let (payer, stranger) = (net.funded(), Keypair::new());
    let to = Pubkey::new_unique();
    let mut forged = net.signed(&[transfer(&payer.pubkey(), &to, 5_000_000)], &[&payer]);
    forged.signatures[0] = stranger.sign_message(&forged.message_data());
    for skip_preflight in [true, false] {
        let options = json!({ "encoding": "base64", "skipPreflight": skip_preflight });
        let refused = net.try_call("sendTransaction", json!([encoded(&forged), options]));
        assert_eq!(code(&refused.expect_err("it is refused")), -32_002);
    }
    let options = json!({ "encoding": "base64", "sigVerify": true });
    let simulated = net.try_call("simulateTransaction", json!([encoded(&forged), options]));
    assert!(simulated.is_err() || simulated.is_ok_and(|done| done["value"]["err"] != Value::Null));
    assert_eq!(net.call("getBalance", json!([to.to_string()]))["value"], 0);
}

#[test]
fn a_faulty_transaction_is_refused_by_preflight_and_fails_without() {
    let net = Net::start(&["--no-program"]);
    let payer = net.funded();
    let to = Pubkey::new_unique();
    let faulty = net.signed(&[transfer(&payer.pubkey(), &to, u64::MAX)], &[&payer]);
    let fault = json!({ "InstructionError": [0, { "Custom": 1 }] });

    let options = json!({ "encoding": "base64", "preflightCommitment": "confirmed" });
    let refusal = net
        .try_call("sendTransaction", json!([encoded(&faulty), options]))
        .expect_err("preflight refuses it");
    assert_eq!(code(&refusal), -32_002);
    let ErrorKind::RpcError(RpcError::RpcResponseError { data, .. }) = refusal.kind() else {
        panic!("not an answer: {refusal}");
    };
    let RpcResponseErrorData::SendTransactionPreflightFailure(simulated) = data else {
        panic!("without the simulation: {refusal}");
    };
    assert!(simulated.logs.as_ref().is_some_and(|logs| !logs.is_empty()));
    let signature = faulty.signatures[0].to_string();
    let statuses = net.call("getSignatureStatuses", json!([[signature]]));
    assert_eq!(statuses["value"][0], Value::Null);

    assert_eq!(net.send(&faulty)["err"], fault);
    let found = net.call("getTransaction", json!([signature, { "commitment": "confirmed" }]));
    assert_eq!(found["meta"]["err"], fault);
    assert_eq!(net.call("getBalance", json!([to.to_string()]))["value"], 0);
}

#[test]
fn a_blockhash_is_good_for_150_blocks() {
    let net = Net::start(&["--no-program", "--slot-ms", "5"]);
    let payer = net.funded();
    let late =
        net.signed(&[transfer(&payer.pubkey(), &Pubkey::new_unique(), 5_000_000)], &[&payer]);
    let hash = late.message.recent_blockhash.to_string();
    let sent_at = net.call("getBlockHeight", json!([])).as_u64().expect("a height");
    wait_for("the end of the blockhash", || {
        (net.call("isBlockhashValid", json!([hash]))["value"] == false).then_some(())
    });
    let ended_at = net.call("getBlockHeight", json!([])).as_u64().expect("a height");
    assert!(ended_at - sent_at >= 100, "it ended after {} blocks", ended_at - sent_at);

    let options = json!({ "encoding": "base64", "skipPreflight": true });
    // Without preflight it is taken, as by a validator, and then dropped.
    let signature = net.call("sendTransaction", json!([encoded(&late), options]));
    sleep(Duration::from_millis(500));
    let statuses = net.call("getSignatureStatuses", json!([[signature]]));
    assert_eq!(statuses["value"][0], Value::Null);
    let options = json!({ "encoding": "base64", "preflightCommitment": "confirmed" });
    let refused = net.try_call("sendTransaction", json!([encoded(&late), options]));
    assert_eq!(code(&refused.expect_err("preflight refuses it")), -32_002);
    let to = late.message.account_keys[1].to_string();
    assert_eq!(net.call("getBalance", json!([to]))["value"], 0);
}

#[test]
fn the_program_answers_at_its_declared_id() {
    let net = Net::start(&[]);
    let payer = net.funded();
    let program = net.program_id();
    // No instruction has this discriminator: the program's own refusal shows that it runs here.
    let unknown = Instruction::new_with_bytes(program, &[0xff; 8], vec![]);
    let transaction = Transaction::new_with_payer(&[unknown], Some(&payer.pubkey()));
    let options =
        json!({ "encoding": "base64", "sigVerify": false, "replaceRecentBlockhash": true });
    let done = net.call("simulateTransaction", json!([encoded(&transaction), options]));
    let refusal = json!({ "InstructionError": [0, { "Custom": 101 }] });
    assert_eq!(done["value"]["err"], refusal, "{}", done["value"]["logs"]);
}

#[test]
fn only_the_named_authority_may_upgrade_the_program() {
    let authority = Keypair::new();
    let address = authority.pubkey().to_string();
    let net = Net::start(&["--upgrade-authority", &address, "--airdrop", &address]);
    let program = net.program_id();
    assert_eq!(authority_of(&net, &program), Some(authority.pubkey()));

    let (stranger, heir) = (net.funded(), Pubkey::new_unique());
    let stolen = set_upgrade_authority(&program, &stranger.pubkey(), Some(&heir));
    assert_ne!(net.send(&net.signed(&[stolen], &[&stranger]))["err"], Value::Null);
    assert_eq!(authority_of(&net, &program), Some(authority.pubkey()));

    let given = set_upgrade_authority(&program, &authority.pubkey(), Some(&heir));
    assert_eq!(net.send(&net.signed(&[given], &[&authority]))["err"], Value::Null);
    assert_eq!(authority_of(&net, &program), Some(heir));
}

#[test]
fn without_a_named_authority_nobody_may_upgrade_the_program() {
    let net = Net::start(&[]);
    assert_eq!(authority_of(&net, &net.program_id()), None);
}

#[test]
fn airdrops_are_there_at_the_start() {
    let first = Keypair::new().pubkey().to_string();
    let second = Keypair::new().pubkey().to_string();
    let net = Net::start(&["--airdrop", &first, "--airdrop", &second, "--airdrop-sol", "7"]);
    for address in [first, second] {
        let balance = net.call("getBalance", json!([address]));
        assert_eq!(balance["value"], 7_000_000_000_u64);
    }
}

#[test]
fn a_web_page_on_another_port_may_ask() {
    let net = Net::start(&["--no-program"]);
    let origin = "http://127.0.0.1:5173";
    let preflight = http(
        &net,
        &format!(
            "OPTIONS / HTTP/1.1\r\nOrigin: {origin}\r\nAccess-Control-Request-Method: POST\r\n\
             Access-Control-Request-Headers: content-type,solana-client\r\n"
        ),
        "",
    );
    let allowed = header(&preflight, "access-control-allow-origin");
    assert!(allowed == Some("*") || allowed == Some(origin), "{preflight}");
    let headers = header(&preflight, "access-control-allow-headers").unwrap_or_default();
    let headers = headers.to_ascii_lowercase();
    for needed in ["content-type", "solana-client"] {
        assert!(headers == "*" || headers.contains(needed), "{preflight}");
    }

    let body = r#"{"jsonrpc":"2.0","id":1,"method":"getHealth"}"#;
    let answer = http(
        &net,
        &format!("POST / HTTP/1.1\r\nOrigin: {origin}\r\nContent-Type: application/json\r\n"),
        body,
    );
    let allowed = header(&answer, "access-control-allow-origin");
    assert!(allowed == Some("*") || allowed == Some(origin), "{answer}");
    assert!(answer.contains(r#""result":"ok""#), "{answer}");
}

/// Makes a mint with these decimals whose authority is the payer.
fn mint(payer: &Keypair, mint: &Keypair, decimals: u8) -> [Instruction; 2] {
    let token = spl_token_interface::ID;
    [
        create_account(&payer.pubkey(), &mint.pubkey(), 10_000_000, MINT_SIZE, &token),
        initialize_mint2(&token, &mint.pubkey(), &payer.pubkey(), None, decimals)
            .expect("an instruction of the token program"),
    ]
}

fn authority_of(net: &Net, program: &Pubkey) -> Option<Pubkey> {
    let data = get_program_data_address(program).to_string();
    let options = json!({
        "encoding": "base64", "commitment": "confirmed",
        "dataSlice": { "offset": 0, "length": UpgradeableLoaderState::size_of_programdata_metadata() },
    });
    let account = net.call("getAccountInfo", json!([data, options]));
    match bincode::deserialize(&decoded(&account["value"]["data"])).expect("the loader's state") {
        UpgradeableLoaderState::ProgramData { upgrade_authority_address, .. } => {
            upgrade_authority_address
        }
        other => panic!("no data of a program: {other:?}"),
    }
}

/// JSON-RPC's code of a refusal.
fn code(refusal: &Error) -> i64 {
    match refusal.kind() {
        ErrorKind::RpcError(RpcError::RpcResponseError { code, .. }) => *code,
        _ => panic!("not an answer: {refusal}"),
    }
}

/// A request by hand: a client would keep the headers to itself.
fn http(net: &Net, head: &str, body: &str) -> String {
    let url = net.url();
    let host = url.trim_start_matches("http://").trim_end_matches('/');
    let mut stream = TcpStream::connect(host).expect("a connection");
    let length = body.len();
    let request = format!(
        "{head}Host: {host}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).expect("a request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}

fn header<'a>(answer: &'a str, name: &str) -> Option<&'a str> {
    answer
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim())
}
