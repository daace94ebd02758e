//! What is written beside the keys: for the dashboard, the command line, a shell and a reader.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf, absolute},
};

use anchor_spl::token;
use budget_client::Community;
use budget_rpc::Cluster;
use serde_json::json;
use solana_signer::Signer;

use crate::{
    documents::BASE,
    keys::Keys,
    policy::{BUDGET_DECIMALS, STAKE_DECIMALS},
    population::Population,
    story::Story,
    trouble::{Result, Trouble},
};

/// What is told about the budget token: symbol and name.
pub const BUDGET_TOKEN: (&str, &str) = ("tUSD", "Test Dollar");
/// The same of the stake token.
pub const STAKE_TOKEN: (&str, &str) = ("HARB", "Harbour");

/// What everything that is written follows from.
pub struct Facts<'a> {
    pub cluster: &'a Cluster,
    pub community: &'a Community,
    pub story: &'a Story,
    pub population: &'a Population,
    pub keys: &'a Keys,
}

impl Facts<'_> {
    /// Writes everything but the keys into `folder`. The same facts give the same bytes.
    ///
    /// # Errors
    /// [`Trouble::File`]
    pub fn write(&self, folder: &Path) -> Result<()> {
        let metadata = folder.join("metadata");
        fs::create_dir_all(&metadata).map_err(|error| failed(&metadata, &error))?;
        for document in self.story.documents() {
            write(metadata.join(&document.file), &document.bytes)?;
        }
        write(folder.join("README.md"), README.as_bytes())?;
        write(folder.join("community.json"), self.labels().as_bytes())?;
        write(folder.join("deployment.json"), self.deployment().as_bytes())?;
        write(folder.join("env"), self.env(folder)?.as_bytes())
    }

    /// Names of keys: what this file says, and nobody else.
    fn labels(&self) -> String {
        let keys = self.keys;
        let roles = [
            (&keys.founder, "Founder"),
            (&keys.guardian, "Guardian"),
            (&keys.reviewer, "Reviewer"),
            (&keys.risk_reporter, "Risk reporter"),
        ];
        let mut names: BTreeMap<String, &str> = BTreeMap::new();
        names.extend(roles.iter().map(|(key, name)| (key.pubkey().to_string(), *name)));
        for team in &self.story.team {
            names.insert(keys.team(&team.id).pubkey().to_string(), &team.name);
        }
        names.insert(self.community.budget_mint.to_string(), BUDGET_TOKEN.0);
        names.insert(self.community.stake_mint.to_string(), STAKE_TOKEN.0);
        for (key, member) in keys.members.iter().zip(&self.population.members) {
            names.insert(key.pubkey().to_string(), &member.name);
        }
        let note = "Labels from a local file. The chain knows keys only; show these as labels.";
        format!("{:#}\n", json!({ "note": note, "community": self.story.name, "names": names }))
    }

    fn deployment(&self) -> String {
        let community = self.community;
        let (budget_symbol, budget_name) = BUDGET_TOKEN;
        let (stake_symbol, stake_name) = STAKE_TOKEN;
        let deployment = json!({
            "community": self.story.name,
            "cluster": "localnet",
            "rpc": self.cluster.rpc,
            "websocket": self.cluster.websocket,
            "programId": community_budget::ID.to_string(),
            "treasury": community.treasury.to_string(),
            "founder": self.keys.founder.pubkey().to_string(),
            "treasuryId": 0,
            "budget": {
                "mint": community.budget_mint.to_string(),
                "symbol": budget_symbol,
                "name": budget_name,
                "decimals": BUDGET_DECIMALS,
                "tokenProgram": token::ID.to_string(),
            },
            "stake": {
                "mint": community.stake_mint.to_string(),
                "symbol": stake_symbol,
                "name": stake_name,
                "decimals": STAKE_DECIMALS,
                "tokenProgram": token::ID.to_string(),
            },
            "labels": "community.json",
            "metadata": { "base": BASE, "folder": "metadata" },
        });
        format!("{deployment:#}\n")
    }

    fn env(&self, folder: &Path) -> Result<String> {
        let folder = absolute(folder).map_err(|error| failed(folder, &error))?;
        let file = |name: &str| quoted(&folder.join(name).display().to_string());
        Ok(format!(
            "# Development only: source this, then run `budget epoch show`.\n\
             export BUDGET_URL={}\n\
             export BUDGET_TREASURY={}\n\
             export BUDGET_KEYPAIR={}\n\
             export BUDGET_NAMES={}\n",
            quoted(&self.cluster.rpc),
            self.community.treasury,
            file("voter.json"),
            file("community.json"),
        ))
    }
}

/// A word as any POSIX shell reads it back.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

fn write(file: PathBuf, bytes: &[u8]) -> Result<()> {
    fs::write(&file, bytes).map_err(|error| failed(&file, &error))
}

fn failed(file: &Path, error: &std::io::Error) -> Trouble {
    Trouble::File { file: file.to_owned(), why: error.to_string() }
}

const README: &str = "\
# Open Harbour: development keys

**Nothing in this folder is secret, and nothing sent to these keys is safe.** Every key is derived
from words in the source of `budget-seed`: everybody has them. They are for a local network only.

| file | whose |
| --- | --- |
| `founder.json` | created the treasury and both mints, and can mint more of both tokens |
| `guardian.json` | may veto, and pause executions and streams |
| `reviewer.json` | scores what recipients report; one report waits |
| `risk-reporter.json` | marks the hedging position |
| `voter.json` | a member of middling stake who has not voted yet |
| `recipient.json` | receives a running stream, and has something to withdraw |
| `teams/` | everybody who asked for money, by the name that `community.json` gives them |
| `stakers/` | all members, the largest stake first |

| other file | holds |
| --- | --- |
| `env` | `BUDGET_URL`, `BUDGET_TREASURY`, `BUDGET_KEYPAIR`, `BUDGET_NAMES` for a shell: `. ./env` |
| `deployment.json` | program, treasury, mints and addresses, for the dashboard and `budget` |
| `community.json` | names for keys: labels of this folder, not facts of the chain |
| `metadata/` | what proposals and reports lead to; their SHA-256 is on the chain |
";

#[cfg(test)]
mod tests {
    use super::*;
    use anchor_lang::prelude::Pubkey;
    use serde_json::Value;

    #[test]
    fn the_folder_says_where_everything_is_and_twice_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let story = Story::read();
        let population = Population::of(12, &story);
        let keys = Keys::derive(&story, &population);
        let community = crate::community_of(&keys);
        let cluster = Cluster::named("http://127.0.0.1:1234").unwrap();
        let facts = Facts {
            cluster: &cluster,
            community: &community,
            story: &story,
            population: &population,
            keys: &keys,
        };
        facts.write(folder.path()).unwrap();
        let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();

        let deployment: Value = serde_json::from_str(&read("deployment.json")).unwrap();
        assert_eq!(deployment["treasury"], community.treasury.to_string());
        assert_eq!(deployment["websocket"], "ws://127.0.0.1:1235");
        assert_eq!(deployment["budget"]["decimals"], 6);

        let labels: Value = serde_json::from_str(&read("community.json")).unwrap();
        let names = labels["names"].as_object().unwrap();
        // Roles, tokens, teams and members.
        assert_eq!(names.len(), 4 + 2 + story.team.len() + 12);
        assert_eq!(names[&community.budget_mint.to_string()], BUDGET_TOKEN.0);
        assert!(names.keys().all(|key| key.parse::<Pubkey>().is_ok()));
        assert_eq!(names[&keys.member(0).to_string()], "Open Harbour Foundation");

        let env = read("env");
        assert!(env.contains("export BUDGET_URL='http://127.0.0.1:1234'\n"), "{env}");
        assert!(env.contains("/voter.json'\n") && env.contains("/community.json'\n"), "{env}");
        assert!(read("README.md").contains("Nothing in this folder is secret"));

        let before: Vec<String> = ["deployment.json", "community.json", "env"].map(read).to_vec();
        facts.write(folder.path()).unwrap();
        assert_eq!(before, ["deployment.json", "community.json", "env"].map(read));
    }

    #[test]
    fn a_folder_name_cannot_break_out_of_its_quotes() {
        assert_eq!(quoted("/a b"), "'/a b'");
        assert_eq!(quoted("a'; rm -r b"), r"'a'\''; rm -r b'");
    }
}
