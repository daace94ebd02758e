//! A network that a test starts and that ends with the test.
#![allow(dead_code, reason = "every test file uses its part of it")]

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::str::FromStr;
use std::thread::sleep;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_rpc_client::rpc_client::RpcClient;
use solana_rpc_client_api::client_error::Error;
use solana_rpc_client_api::request::RpcRequest;
use solana_sdk_ids::sysvar;
use solana_signer::Signer;
use solana_transaction::Transaction;

/// How long anything that must happen may take on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// The program that is tested.
pub fn binary() -> Command {
    Command::new(env!("CARGO_BIN_EXE_budget-localnet"))
}

/// The object of Community Budget.
pub fn object() -> PathBuf {
    let file =
        PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../target/deploy/community_budget.so"));
    assert!(file.is_file(), "{} is missing: run `cargo xtask build`", file.display());
    file
}

/// A network on free ports with a short slot, whose program `authority` may upgrade.
pub struct Net {
    child: Child,
    stdin: Option<ChildStdin>,
    /// The line that it printed when it was ready.
    pub ready: Value,
    /// Its JSON-RPC.
    pub rpc: RpcClient,
}

impl Net {
    /// Starts a network with these arguments besides those that every test needs.
    pub fn start(arguments: &[&str]) -> Net {
        let mut command = binary();
        command.args(["--port", "0", "--stop-with-stdin", "--for", "120"]);
        if !arguments.contains(&"--slot-ms") {
            command.args(["--slot-ms", "50"]);
        }
        if !arguments.contains(&"--no-program") {
            command.arg("--program").arg(object());
        }
        command.args(arguments);
        Net::spawn(command)
    }

    /// Starts what `command` says and waits for its line.
    pub fn spawn(mut command: Command) -> Net {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the network's binary starts");
        let stdin = child.stdin.take();
        let mut line = String::new();
        let stdout = child.stdout.take().expect("standard output is a pipe");
        BufReader::new(stdout).read_line(&mut line).expect("standard output is readable");
        let ready: Value = serde_json::from_str(&line).expect("the first line is JSON");
        let url = ready["rpc"].as_str().expect("it names its address").to_owned();
        Net { child, stdin, ready, rpc: RpcClient::new(url) }
    }

    pub fn url(&self) -> String {
        self.rpc.url()
    }

    pub fn ws(&self) -> &str {
        self.ready["ws"].as_str().expect("it names its websocket")
    }

    pub fn program_id(&self) -> Pubkey {
        let text = self.ready["programId"].as_str().expect("a program is deployed");
        Pubkey::from_str(text).expect("its id is an address")
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// One request, as it goes over the wire.
    pub fn try_call(&self, method: &'static str, params: Value) -> Result<Value, Box<Error>> {
        self.rpc.send(RpcRequest::Custom { method }, params).map_err(Box::new)
    }

    /// One request that must succeed.
    pub fn call(&self, method: &'static str, params: Value) -> Value {
        self.try_call(method, params).unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    /// A new key with ten SOL.
    pub fn funded(&self) -> Keypair {
        let key = Keypair::new();
        self.call("requestAirdrop", json!([key.pubkey().to_string(), 10_000_000_000_u64]));
        let address = key.pubkey().to_string();
        wait_for("the airdrop", || {
            let balance = self.call("getBalance", json!([address, { "commitment": "confirmed" }]));
            (balance["value"] == 10_000_000_000_u64).then_some(())
        });
        key
    }

    /// A signed transaction on the newest blockhash.
    pub fn signed(&self, instructions: &[Instruction], signers: &[&Keypair]) -> Transaction {
        let blockhash = self.rpc.get_latest_blockhash().expect("a blockhash");
        let payer = signers[0].pubkey();
        Transaction::new_signed_with_payer(instructions, Some(&payer), signers, blockhash)
    }

    /// Sends without preflight and waits until it is confirmed; its status.
    pub fn send(&self, transaction: &Transaction) -> Value {
        let options = json!({ "encoding": "base64", "skipPreflight": true });
        let signature = self.call("sendTransaction", json!([encoded(transaction), options]));
        wait_for("confirmation", || {
            let statuses = self.call("getSignatureStatuses", json!([[signature]]));
            let status = statuses["value"][0].clone();
            let level = status["confirmationStatus"].as_str()?;
            ["confirmed", "finalized"].contains(&level).then_some(status)
        })
    }

    /// Unix seconds that programs on the network read.
    pub fn clock(&self) -> i64 {
        let account = self.rpc.get_account(&sysvar::clock::id()).expect("a clock");
        let clock: solana_clock::Clock = bincode::deserialize(&account.data).expect("a clock");
        clock.unix_timestamp
    }

    /// Waits until it has ended by itself.
    pub fn ended(&mut self) -> ExitStatus {
        let child = &mut self.child;
        wait_for("the network's end", || child.try_wait().expect("its status"))
    }

    /// Lets go of its standard input.
    pub fn let_go(&mut self) {
        self.stdin = None;
    }
}

impl Drop for Net {
    fn drop(&mut self) {
        self.let_go();
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return;
            }
            sleep(Duration::from_millis(10));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
        if !std::thread::panicking() {
            panic!("the network did not stop when its standard input ended");
        }
    }
}

/// A transaction as the RPC takes it.
pub fn encoded(transaction: &Transaction) -> String {
    BASE64_STANDARD.encode(bincode::serialize(transaction).expect("it has an encoding"))
}

/// The bytes of an account's `data` in base64.
pub fn decoded(data: &Value) -> Vec<u8> {
    let text = data[0].as_str().expect("data is a pair of text and encoding");
    BASE64_STANDARD.decode(text).expect("base64")
}

/// Asks again and again until there is an answer.
pub fn wait_for<T>(what: &str, mut answer: impl FnMut() -> Option<T>) -> T {
    let until = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = answer() {
            return answer;
        }
        assert!(Instant::now() < until, "{what} did not come in {PATIENCE:?}");
        sleep(Duration::from_millis(10));
    }
}
