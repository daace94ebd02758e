//! The built object, deployed with the Anchor CLI onto the local network, and the migration that
//! follows it.

mod net;

use std::{
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use anchor_lang::prelude::Pubkey;
use serde_json::Value;
use solana_keypair::Keypair;
use solana_signer::Signer;

use net::{Net, Person, policy_file};

/// The loader that upgradeable programs belong to.
const LOADER: Pubkey = Pubkey::from_str_const("BPFLoaderUpgradeab1e11111111111111111111111");
/// Bytes before the object in a program's data account.
const HEADER: usize = 45;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Runs the Anchor CLI at the root of the repository against `net`, with `who` as its wallet.
fn anchor(net: &Net, who: &Person, arguments: &[&str], settings: &[(&str, &str)]) -> Output {
    let program = std::env::var_os("BUDGET_ANCHOR").unwrap_or_else(|| "anchor".into());
    let mut command = Command::new(&program);
    command.args(arguments).args(["--provider.cluster", &net.url]);
    command.arg("--provider.wallet").arg(&who.file).current_dir(root());
    // No prompts; no toolchain installed by what sees this variable.
    command.env("NO_DNA", "1").env_remove("RUSTUP_TOOLCHAIN");
    command.env("BUDGET_CLI", env!("CARGO_BIN_EXE_budget")).envs(settings.iter().copied());
    command.stdin(Stdio::null()).output().unwrap_or_else(|error| {
        panic!("{}: {error}; `cargo xtask test` installs it", program.display())
    })
}

/// Standard output and standard error.
fn said(output: &Output) -> String {
    let [out, err] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
    format!("{out}{err}")
}

#[track_caller]
fn succeeded(output: Output) -> String {
    let text = said(&output);
    assert!(output.status.success(), "{text}");
    text
}

#[track_caller]
fn refused(output: Output, why: &str) {
    let text = said(&output);
    assert!(!output.status.success(), "{text}");
    assert!(text.contains(why), "{text}");
}

/// The program's data account.
fn program_data(net: &Net) -> Option<Vec<u8>> {
    let key = Pubkey::find_program_address(&[community_budget::ID.as_ref()], &LOADER).0;
    net.network.account(&key).expect("it answers").map(|account| account.data)
}

#[test]
fn anchor_deploys_the_object_and_migrates_once() {
    let net = Net::empty();
    let mint = net.mint();
    let wallet = net.person("wallet", &[]);
    net.give_sol(&wallet, 20);
    let migrate = |settings: &[(&str, &str)]| anchor(&net, &wallet, &["migrate"], settings);

    refused(migrate(&[]), "is not deployed");
    let object = root().join("target/deploy/community_budget.so");
    let keypair = root().join("keys/development-only-program-keypair.json");
    let (file, key) = (object.to_string_lossy(), keypair.to_string_lossy());
    let deploy = ["program", "deploy", &file, "--program-keypair", &key, "--use-rpc", "--no-idl"];
    let recorded = succeeded(anchor(&net, &wallet, &deploy, &[]));
    assert!(recorded.contains(&community_budget::ID.to_string()), "{recorded}");
    let built = std::fs::read(&object).expect("the object is there");
    let data = program_data(&net).expect("the program has data");
    assert_eq!(data[HEADER..HEADER + built.len()], built);

    // A dry run says what would happen, and nothing does.
    let policy = policy_file(net.folder.path(), &mint, &mint, None);
    let policy = policy.to_string_lossy();
    let wished = [("BUDGET_POLICY", policy.as_ref())];
    let dry = [wished[0], ("BUDGET_DRY_RUN", "1"), ("BUDGET_UPGRADE_AUTHORITY", "final")];
    let text = succeeded(migrate(&dry));
    assert!(text.contains("nobody, for good") && text.contains("sha256"), "{text}");
    let treasury = budget_client::Community::treasury_address(&wallet.key.pubkey(), 0);
    assert!(net.network.account(&treasury).expect("it answers").is_none());
    assert_eq!(program_data(&net), Some(data.clone()));

    // It creates the treasury once, however often it runs, and keeps a record.
    succeeded(migrate(&wished));
    let treasury = net.network.account(&treasury).expect("it answers").expect("it was created");
    let again = succeeded(migrate(&wished));
    assert!(again.contains("exists already"), "{again}");
    let genesis = net.network.client().get_genesis_hash().expect("it answers");
    let record = root().join(format!("target/deployments/{genesis}.json"));
    let record: Value =
        serde_json::from_slice(&std::fs::read(&record).expect("it was kept")).expect("JSON");
    assert_eq!(record["transactions"].as_array().map(Vec::len), Some(1), "{record}");
    assert_eq!(record["upgradeAuthority"], wallet.address());
    assert_eq!(treasury.owner, community_budget::ID);

    // The authority moves only when told to, and not from a wallet that does not hold it.
    refused(migrate(&[("BUDGET_UPGRADE_AUTHORITY", "nobody")]), "neither an address nor");
    let heir = Person { key: Keypair::new(), file: PathBuf::new() };
    succeeded(migrate(&[("BUDGET_UPGRADE_AUTHORITY", &heir.address())]));
    let after = program_data(&net).expect("the program has data");
    assert_eq!(after[13..HEADER], heir.key.pubkey().to_bytes());
    refused(migrate(&[("BUDGET_UPGRADE_AUTHORITY", "final")]), "cannot be changed from here");

    let after = succeeded(migrate(&[]));
    assert!(after.contains(&heir.address()), "{after}");

    // Another object is not taken for this one. The Anchor CLI writes its script into one folder of
    // the repository, so this comes after the rest and not beside it.
    let changed = net.folder.path().join("community_budget.so");
    let mut bytes = built;
    *bytes.last_mut().expect("it is not empty") ^= 1;
    std::fs::write(&changed, bytes).expect("the folder is writable");
    let other = Net::with_object(&changed);
    refused(anchor(&other, &wallet, &["migrate"], &[]), "is not the one built here");
}
