//! A local network of a test's own, and what tests do on it.
#![allow(dead_code)] // Each test file uses its own part.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    time::{SystemTime, UNIX_EPOCH},
};

use anchor_lang::{prelude::Pubkey, solana_program::instruction::Instruction};
use budget_rpc::{Cluster, Draft, Network, SendOptions};
use budget_seed::{DAY, Plan};
use serde_json::{Value, json};
use solana_keypair::{Keypair, read_keypair_file};
use solana_rpc_client_api::request::RpcRequest;

/// Milliseconds from one slot to the next: short, because every batch waits for one.
const SLOT_MS: &str = "20";

/// A network that ends with this value, or with the process.
pub struct Localnet {
    child: Child,
    stdin: Option<ChildStdin>,
    pub network: Network,
}

impl Localnet {
    /// One whose clock begins so many days before now, with the program deployed.
    pub fn start(days_ago: i64) -> Self {
        let object = root().join("target/deploy/community_budget.so");
        assert!(object.is_file(), "{} is missing: run `cargo xtask build`", object.display());
        Self::start_with(days_ago, &["--program", object.to_str().unwrap()])
    }

    /// The same without the program.
    pub fn without_program() -> Self {
        Self::start_with(60, &["--no-program"])
    }

    fn start_with(days_ago: i64, more: &[&str]) -> Self {
        let start_at = (real_time() - days_ago * DAY).to_string();
        let mut command = Command::new(binary());
        command.args(["--port", "0", "--slot-ms", SLOT_MS, "--start-at", &start_at]);
        command.args(["--stop-with-stdin"]).args(more);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let stdin = child.stdin.take();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let said: Value = serde_json::from_str(&line).expect("the local network did not start");
        let address = |name: &str| said[name].as_str().unwrap().to_owned();
        let cluster = Cluster { rpc: address("rpc"), websocket: address("ws") };
        Self { child, stdin, network: Network::new(cluster) }
    }

    /// Moves the clock to a unix second.
    pub fn travel(&self, to: i64) {
        travel(&self.network, to);
    }

    /// Sends one instruction that `payer` alone signs.
    pub fn land(&self, payer: &Keypair, instruction: Instruction) {
        land(&self.network, payer, instruction);
    }

    /// Every account of the program, with its bytes.
    pub fn accounts(&self) -> Vec<(Pubkey, u64, Vec<u8>)> {
        let client = self.network.client();
        let found = self.network.ask(|| {
            client.get_program_ui_accounts_with_config(
                &community_budget::ID,
                solana_rpc_client_api::config::RpcProgramAccountsConfig::default(),
            )
        });
        let mut accounts: Vec<(Pubkey, u64, Vec<u8>)> = (found.unwrap().into_iter())
            .map(|(key, account)| {
                (key, account.lamports, serde_json::to_vec(&account.data).unwrap())
            })
            .collect();
        accounts.sort();
        accounts
    }

    /// Base units in a token account.
    pub fn balance(&self, key: &Pubkey) -> u64 {
        let client = self.network.client();
        self.network.ask(|| client.get_token_account_balance(key)).unwrap().amount.parse().unwrap()
    }
}

impl Drop for Localnet {
    fn drop(&mut self) {
        self.stdin = None;
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Moves a network's clock to a unix second.
pub fn travel(network: &Network, to: i64) {
    let request = RpcRequest::Custom { method: "surfnet_timeTravel" };
    let params = json!([{ "absoluteTimestamp": to * 1_000 }]);
    let _: Value = network.client().send(request, params).unwrap();
}

/// Sends one instruction that `payer` alone signs.
pub fn land(network: &Network, payer: &Keypair, instruction: Instruction) {
    let draft = Draft { instructions: vec![instruction], payer, signers: vec![] };
    network.land(&draft, &SendOptions::default()).unwrap();
}

/// A plan that ends now.
pub fn plan(stakers: usize) -> Plan {
    Plan { stakers, present: real_time() }
}

pub fn real_time() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs().try_into().unwrap()
}

/// A key that was written into `folder`.
pub fn key(folder: &Path, name: &str) -> Keypair {
    read_keypair_file(folder.join(name)).unwrap()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_owned()
}

fn binary() -> PathBuf {
    let named = std::env::var_os("BUDGET_LOCALNET").map(PathBuf::from);
    let binary = named.unwrap_or_else(|| root().join("target/localnet/debug/budget-localnet"));
    assert!(
        binary.is_file(),
        "{} is missing: `cargo xtask localnet --empty` builds it",
        binary.display()
    );
    binary
}
