//! A local network that a test starts, and the `budget` binary run against it.
#![allow(dead_code, reason = "every test file uses its part of it")]

pub mod town;

use std::{
    ffi::OsStr,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Output, Stdio},
    time::Duration,
};

use anchor_lang::{
    prelude::Pubkey, solana_program::instruction::Instruction, solana_program::system_instruction,
};
use anchor_spl::{
    associated_token::{
        get_associated_token_address_with_program_id,
        spl_associated_token_account::instruction::create_associated_token_account_idempotent,
    },
    token::{self, spl_token},
};
use budget_rpc::{Cluster, Draft, Network, SendOptions};
use serde_json::{Value, json};
use solana_keypair::Keypair;
use solana_rpc_client_api::request::RpcRequest;
use solana_signer::Signer;

/// Decimals of both mints.
pub const DECIMALS: u8 = 6;
/// How long anything that must happen may take on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(60);
/// Bytes of a mint account.
const MINT_BYTES: usize = 82;

/// A network on free ports, empty but for the program, and a folder for its keys.
pub struct Net {
    child: Child,
    /// Held, because the network stops when it is let go of.
    stdin: Option<ChildStdin>,
    pub url: String,
    /// Address of the websocket.
    pub websocket: String,
    pub network: Network,
    pub folder: tempfile::TempDir,
    /// Has SOL, and mints both tokens.
    pub bank: Keypair,
}

impl Net {
    /// Starts the network with the program and a bank that has SOL.
    pub fn start() -> Self {
        Self::with_object(&object())
    }

    /// The same with another object at the program's id.
    pub fn with_object(object: &Path) -> Self {
        Self::spawn(&["--program".as_ref(), object.as_os_str()])
    }

    /// The same without a program.
    pub fn empty() -> Self {
        Self::spawn(&["--no-program".as_ref()])
    }

    fn spawn(arguments: &[&OsStr]) -> Self {
        let folder = tempfile::tempdir().expect("a folder for keys");
        let bank = Keypair::new();
        let file = save(folder.path(), "bank", &bank);
        let binary = binary();
        let mut child = Command::new(&binary)
            .args(["--port", "0", "--stop-with-stdin", "--for", "600", "--slot-ms", "100"])
            .args(arguments)
            .arg("--airdrop")
            .arg(&file)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| {
                panic!("{}: {error}; `cargo xtask localnet --empty` builds it", binary.display())
            });
        let stdin = child.stdin.take();
        let mut line = String::new();
        let stdout = child.stdout.take().expect("standard output is a pipe");
        BufReader::new(stdout).read_line(&mut line).expect("the network speaks");
        let ready: Value = serde_json::from_str(&line).expect("its first line is JSON");
        let url = ready["rpc"].as_str().expect("it names its address").to_owned();
        let websocket = ready["ws"].as_str().expect("it names its websocket").to_owned();
        let network = Network::new(Cluster::named(&url).expect("it is an address"));
        Self { child, stdin, url, websocket, network, folder, bank }
    }

    /// The network's time, unix seconds.
    pub fn now(&self) -> i64 {
        self.network.now().expect("the network has a clock")
    }

    /// Moves the clock forward to the unix second `to`.
    pub fn travel(&self, to: i64) {
        let request = RpcRequest::Custom { method: "surfnet_timeTravel" };
        let moment = json!([{ "absoluteTimestamp": to.checked_mul(1_000) }]);
        let _: Value = self.network.client().send(request, moment).expect("the clock moves");
        assert!(self.network.wait_until(to, PATIENCE).expect("it answers"), "the clock moved");
    }

    /// Moves the clock forward by so many days and an hour.
    pub fn days(&self, days: i64) {
        self.travel(self.now() + days * 86_400 + 3_600);
    }

    /// Sends instructions that the bank pays for.
    pub fn send(&self, instructions: Vec<Instruction>, signers: Vec<&Keypair>) {
        let draft = Draft { instructions, payer: &self.bank, signers };
        self.network.land(&draft, &SendOptions::default()).expect("the bank's transaction lands");
    }

    /// A new mint of the bank's.
    pub fn mint(&self) -> Pubkey {
        let mint = Keypair::new();
        let (bank, key) = (self.bank.pubkey(), mint.pubkey());
        let rent = self.network.rent(MINT_BYTES).expect("the rent is known");
        let bytes = u64::try_from(MINT_BYTES).expect("it fits");
        let account = system_instruction::create_account(&bank, &key, rent, bytes, &token::ID);
        let init =
            spl_token::instruction::initialize_mint2(&token::ID, &key, &bank, None, DECIMALS)
                .expect("it is put together");
        self.send(vec![account, init], vec![&mint]);
        key
    }

    /// Somebody with SOL and `tokens` of each of these mints, and the file of their key.
    pub fn person(&self, name: &str, tokens: &[(Pubkey, u64)]) -> Person {
        let key = Keypair::new();
        let (bank, owner) = (self.bank.pubkey(), key.pubkey());
        let mut instructions = vec![system_instruction::transfer(&bank, &owner, 2_000_000_000)];
        for (mint, amount) in tokens {
            let account = token_account(&owner, mint);
            instructions.push(create_associated_token_account_idempotent(
                &bank,
                &owner,
                mint,
                &token::ID,
            ));
            let units = amount * 10u64.pow(DECIMALS.into());
            instructions.push(
                spl_token::instruction::mint_to(&token::ID, mint, &account, &bank, &[], units)
                    .expect("it is put together"),
            );
        }
        self.send(instructions, vec![]);
        Person { file: save(self.folder.path(), name, &key), key }
    }

    /// Gives somebody so many SOL more.
    pub fn give_sol(&self, person: &Person, sol: u64) {
        let (bank, owner) = (self.bank.pubkey(), person.key.pubkey());
        self.send(vec![system_instruction::transfer(&bank, &owner, sol * 1_000_000_000)], vec![]);
    }

    /// Base units of `mint` that `owner` holds.
    pub fn balance(&self, owner: &Pubkey, mint: &Pubkey) -> u64 {
        let account = self.network.account(&token_account(owner, mint)).expect("it answers");
        let data = account.map(|account| account.data).unwrap_or_default();
        data.get(64..72)
            .map_or(0, |bytes| u64::from_le_bytes(bytes.try_into().expect("eight bytes")))
    }

    /// The command line that runs `budget` as `who` against `url`, with `--json` and without
    /// questions.
    pub fn command(&self, url: &str, who: Option<&Person>, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_budget"));
        command.args(arguments).args(["--json", "--yes", "--url", url]);
        for variable in ["BUDGET_URL", "BUDGET_KEYPAIR", "BUDGET_TREASURY", "BUDGET_NAMES"] {
            command.env_remove(variable);
        }
        if let Some(who) = who {
            command.arg("--keypair").arg(&who.file);
        }
        command.stdin(Stdio::null());
        command
    }

    /// Runs `budget` as `who`, with `--json` and without questions.
    pub fn budget(&self, who: Option<&Person>, arguments: &[&str]) -> Answer {
        self.budget_at(&self.url, who, arguments)
    }

    /// The same against another address.
    pub fn budget_at(&self, url: &str, who: Option<&Person>, arguments: &[&str]) -> Answer {
        let output = self.command(url, who, arguments).output().expect("the binary starts");
        Answer { what: arguments.join(" "), output }
    }
}

impl Drop for Net {
    fn drop(&mut self) {
        self.stdin = None;
        for _ in 0..100 {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Somebody whose key is in a file.
pub struct Person {
    pub key: Keypair,
    pub file: PathBuf,
}

impl Person {
    /// The address.
    pub fn address(&self) -> String {
        self.key.pubkey().to_string()
    }
}

/// What the binary said, and how it ended.
pub struct Answer {
    what: String,
    output: Output,
}

impl Answer {
    /// The exit code.
    pub fn code(&self) -> i32 {
        self.output.status.code().unwrap_or(-1)
    }

    /// Standard error, where sentences for people go.
    pub fn sentence(&self) -> String {
        String::from_utf8_lossy(&self.output.stderr).trim().to_owned()
    }

    /// The JSON that it printed, when it did what it was asked to.
    #[track_caller]
    pub fn done(&self) -> Value {
        assert_eq!(self.code(), 0, "budget {}: {}", self.what, self.sentence());
        self.json()
    }

    /// The JSON that it printed, however it ended.
    #[track_caller]
    pub fn json(&self) -> Value {
        let text = String::from_utf8_lossy(&self.output.stdout);
        serde_json::from_str(&text).unwrap_or_else(|error| {
            panic!("budget {}: {error} in:\n{text}\n{}", self.what, self.sentence())
        })
    }

    /// Asserts that it ended with this code and one sentence, which it returns.
    #[track_caller]
    pub fn fails_with(&self, code: i32) -> String {
        let sentence = self.sentence();
        assert_eq!(self.code(), code, "budget {}: {sentence}", self.what);
        assert!(sentence.starts_with("budget: ") && sentence.ends_with('.'), "{sentence}");
        assert!(!sentence.contains("panicked"), "{sentence}");
        let error = &self.json()["error"];
        assert_eq!(error["code"], code, "{error}");
        sentence
    }
}

/// The associated account of `owner` for `mint`.
pub fn token_account(owner: &Pubkey, mint: &Pubkey) -> Pubkey {
    get_associated_token_address_with_program_id(owner, mint, &token::ID)
}

fn save(folder: &Path, name: &str, key: &Keypair) -> PathBuf {
    let path = folder.join(format!("{name}.json"));
    let bytes = serde_json::to_string(&key.to_bytes().to_vec()).expect("bytes have a JSON form");
    std::fs::write(&path, bytes).expect("the folder is writable");
    path
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn binary() -> PathBuf {
    std::env::var_os("BUDGET_LOCALNET")
        .map_or_else(|| root().join("target/localnet/debug/budget-localnet"), PathBuf::from)
}

fn object() -> PathBuf {
    std::env::var_os("BUDGET_PROGRAM")
        .map_or_else(|| root().join("target/deploy/community_budget.so"), PathBuf::from)
}

/// A policy file over these mints, whose first epoch may open at once; with a reviewer if one is
/// given.
pub fn policy_file(
    folder: &Path,
    budget_mint: &Pubkey,
    stake_mint: &Pubkey,
    reviewer: Option<&Person>,
) -> PathBuf {
    let path = folder.join("policy.toml");
    let reviewer = reviewer.map_or_else(|| "vacant".to_owned(), Person::address);
    let text = format!(
        "first_open_at = \"at once\"\n\n[mints]\nbudget = \"{budget_mint}\"\nstake = \
         \"{stake_mint}\"\n\n[roles]\nreviewer = \"{reviewer}\"\n\n[schedule]\nsubmission_secs = \
         \"3d\"\nvoting_secs = \"3d\"\nlate_window_secs = \"1h\"\nperiod_secs = \"7d\"\n\n\
         [tiers.small]\nask_limit_bps = \"3%\"\n"
    );
    std::fs::write(&path, text).expect("the folder is writable");
    path
}
