//! What every command works with: the network, the treasury, the keys, and how to answer.

use std::{cell::OnceCell, collections::HashMap, path::PathBuf};

use anchor_lang::prelude::Pubkey;
use anchor_spl::{associated_token::spl_associated_token_account, token, token_2022};
use budget_client::Community;
use budget_rpc::{Cluster, Found, Network, SendOptions, Trouble};
use budget_words::page::Page;
use community_budget::state::{BudgetEpoch, Entry, Treasury};
use solana_keypair::Keypair;

use crate::{
    exit::{Failure, Result},
    files,
    quantity::Token,
};

/// Options of every command.
#[derive(clap::Args, Clone, Debug)]
pub struct Globals {
    /// Print JSON: one object, or one for each line of `watch` and `keeper`.
    #[arg(long, global = true)]
    pub json: bool,
    /// Where the network is: localnet, devnet, testnet, mainnet-beta or an address.
    #[arg(long, global = true, env = "BUDGET_URL", default_value = "localnet", value_name = "URL")]
    pub url: String,
    /// Key file of who acts, as solana-keygen writes it.
    #[arg(long, global = true, env = "BUDGET_KEYPAIR", value_name = "FILE")]
    pub keypair: Option<PathBuf>,
    /// Key file of who pays fees and rent; who acts unless given.
    #[arg(long, global = true, env = "BUDGET_FEE_PAYER", value_name = "FILE")]
    pub fee_payer: Option<PathBuf>,
    /// The treasury. Needed only where a network has several.
    #[arg(long, global = true, env = "BUDGET_TREASURY", value_name = "ADDRESS")]
    pub treasury: Option<Pubkey>,
    /// A JSON file with names for addresses and tokens, {"names": {"ADDRESS": "name"}}. Yours alone;
    /// nobody checks it.
    #[arg(long, global = true, env = "BUDGET_NAMES", value_name = "FILE")]
    pub names: Option<PathBuf>,
    /// Priority fee in millionths of a lamport for each compute unit.
    #[arg(long, global = true, default_value_t = 0, value_name = "MICROLAMPORTS")]
    pub priority_fee: u64,
    /// Skip the question before an act. The receipt is shown all the same.
    #[arg(long, short = 'y', global = true)]
    pub yes: bool,
    /// Simulate and show the receipt, and send nothing.
    #[arg(long, global = true)]
    pub dry_run: bool,
    /// Print the transaction unsigned in base64 instead of sending it; `budget explain` reads it.
    /// For keys that are elsewhere: name who acts by --as.
    #[arg(long, global = true)]
    pub unsigned: bool,
    /// Who acts, when the key is elsewhere. Only with --unsigned.
    #[arg(long = "as", global = true, value_name = "ADDRESS", requires = "unsigned")]
    pub acting: Option<Pubkey>,
}

/// One run of a command.
pub struct Context {
    /// Options of every command.
    pub globals: Globals,
    /// Where answers for people go.
    pub page: Page,
    network: OnceCell<Network>,
    names: OnceCell<HashMap<Pubkey, String>>,
}

/// A treasury as it is now.
pub struct Scene {
    /// The treasury account.
    pub treasury: Box<Treasury>,
    /// Its address.
    pub key: Pubkey,
    /// Addresses and instructions.
    pub community: Community,
    /// What it pays in.
    pub budget: Token,
    /// What its members stake.
    pub stake: Token,
    /// The network's time, unix seconds.
    pub now: i64,
}

/// An epoch as it is now.
pub struct Round {
    /// Its address.
    pub key: Pubkey,
    /// Its head.
    pub head: Box<BudgetEpoch>,
    /// Its slate so far.
    pub slate: Vec<Entry>,
}

impl Context {
    /// A run with these options. Nothing is read yet.
    pub fn new(globals: Globals) -> Self {
        Self { globals, page: Page::new(), network: OnceCell::new(), names: OnceCell::new() }
    }

    /// The network; that the program is there is proved at the first call.
    ///
    /// # Errors
    /// Exit codes `input`, `unreachable`, `wrong-network`.
    pub fn network(&self) -> Result<&Network> {
        if let Some(network) = self.network.get() {
            return Ok(network);
        }
        let url = &self.globals.url;
        let cluster = Cluster::named(url).ok_or_else(|| {
            Failure::input(format!(
                "`{url}` is no network; give localnet, devnet, testnet, mainnet-beta or an address."
            ))
        })?;
        let network = Network::new(cluster);
        network.check()?;
        Ok(self.network.get_or_init(|| network))
    }

    /// How transactions are sent.
    pub fn send_options(&self) -> SendOptions {
        SendOptions { priority_micro_lamports: self.globals.priority_fee, ..SendOptions::default() }
    }

    /// The treasury that the command is about, and the network's time.
    ///
    /// # Errors
    /// Exit codes `input` when there are several and none is named, `missing`, `not-believed`.
    pub fn scene(&self) -> Result<Scene> {
        let network = self.network()?;
        let found = match self.globals.treasury {
            Some(key) => network.get::<Treasury>(&key, "treasury")?,
            None => self.only_treasury()?,
        };
        self.scene_of(found)
    }

    fn scene_of(&self, found: Found<Treasury>) -> Result<Scene> {
        let network = self.network()?;
        let treasury = Box::new(found.value);
        let mints = [treasury.budget_mint, treasury.stake_mint];
        let accounts = network.accounts(&mints)?;
        let program = |at: usize| -> Result<Pubkey> {
            let owner = accounts.get(at).and_then(Option::as_ref).map(|account| account.owner);
            owner.filter(|owner| [token::ID, token_2022::ID].contains(owner)).ok_or_else(|| {
                Failure::Trouble(Trouble::NoAccount { what: "mint".to_owned(), key: mints[at] })
            })
        };
        let community = Community {
            treasury: found.key,
            budget_mint: treasury.budget_mint,
            stake_mint: treasury.stake_mint,
            budget_token_program: program(0)?,
            stake_token_program: program(1)?,
        };
        Ok(Scene {
            key: found.key,
            budget: self.token(&treasury.budget_mint, treasury.budget_decimals)?,
            stake: self.token(&treasury.stake_mint, treasury.stake_decimals)?,
            community,
            treasury,
            now: network.now()?,
        })
    }

    fn only_treasury(&self) -> Result<Found<Treasury>> {
        let mut all = self.network()?.list_where::<Treasury>(Vec::new())?;
        match all.len() {
            0 => Err(Failure::Trouble(Trouble::NoAccount {
                what: "treasury on this network; `budget treasury create` makes one".to_owned(),
                key: community_budget::ID,
            })),
            1 => Ok(all.remove(0)),
            several => Err(Failure::input(format!(
                "the network has {several} treasuries; name one with --treasury \
                 (`budget treasury list` shows them)."
            ))),
        }
    }

    /// What amounts of a mint are counted in and called.
    ///
    /// # Errors
    /// Exit code `file` or `input` when the file of names cannot be read.
    pub fn token(&self, mint: &Pubkey, decimals: u8) -> Result<Token> {
        Ok(Token { decimals, symbol: self.name(mint)? })
    }

    /// What people call `key`: its name in the user's own file, else its first and last characters.
    ///
    /// # Errors
    /// Exit code `file` or `input` when the file of names cannot be read.
    pub fn name(&self, key: &Pubkey) -> Result<String> {
        let names = match self.names.get() {
            Some(names) => names,
            None => {
                let names = match &self.globals.names {
                    Some(path) => files::names(path)?,
                    None => HashMap::new(),
                };
                self.names.get_or_init(|| names)
            }
        };
        Ok(names.get(key).cloned().unwrap_or_else(|| short(key)))
    }

    /// What people call `key`, with the whole key behind it: where a wrong one would cost.
    ///
    /// # Errors
    /// As [`Context::name`].
    pub fn full_name(&self, key: &Pubkey) -> Result<String> {
        let name = self.name(key)?;
        Ok(if name == short(key) { key.to_string() } else { format!("{name} ({key})") })
    }

    /// The key of who acts.
    ///
    /// # Errors
    /// Exit codes `input` when none is named, `file`.
    pub fn actor(&self) -> Result<Actor> {
        if let Some(key) = self.globals.acting {
            return Ok(Actor { key, signer: None });
        }
        let Some(path) = &self.globals.keypair else {
            return Err(Failure::input(
                "this needs a key: give --keypair FILE, or set BUDGET_KEYPAIR.",
            ));
        };
        let signer = files::keypair(path)?;
        Ok(Actor { key: solana_signer::Signer::pubkey(&signer), signer: Some(signer) })
    }

    /// Who pays fees and rent: the fee payer where one is given, else `actor`.
    ///
    /// # Errors
    /// Exit code `file`.
    pub fn payer(&self, actor: &Actor) -> Result<Actor> {
        match &self.globals.fee_payer {
            None => Ok(actor.clone()),
            Some(path) => {
                let signer = files::keypair(path)?;
                Ok(Actor { key: solana_signer::Signer::pubkey(&signer), signer: Some(signer) })
            }
        }
    }
}

impl Scene {
    /// The epoch at `index`, or the current one.
    ///
    /// # Errors
    /// Exit codes `missing`, `not-believed`.
    pub fn round(&self, network: &Network, index: Option<u32>) -> Result<Round> {
        let index = match index.or_else(|| self.treasury.current_epoch()) {
            Some(index) => index,
            None => {
                return Err(Failure::Trouble(Trouble::NoAccount {
                    what: "epoch yet; `budget epoch open` opens the first".to_owned(),
                    key: self.community.epoch(0),
                }));
            }
        };
        let key = self.community.epoch(index);
        let found = network.get::<BudgetEpoch>(&key, &format!("epoch {index}"))?;
        Ok(Round { key, slate: found.entries()?, head: Box::new(found.value) })
    }
}

/// Somebody whose signature a command needs.
#[derive(Debug)]
pub struct Actor {
    /// The key.
    pub key: Pubkey,
    /// What signs for it; nothing when the key is elsewhere.
    pub signer: Option<Keypair>,
}

impl Clone for Actor {
    fn clone(&self) -> Self {
        Self { key: self.key, signer: self.signer.as_ref().map(Keypair::insecure_clone) }
    }
}

/// A key in few characters: `4tGu…eW29o` as explorers write it.
pub fn short(key: &Pubkey) -> String {
    let text = key.to_string();
    let (head, tail) = (text.get(..4), text.get(text.len().saturating_sub(4)..));
    format!("{}…{}", head.unwrap_or_default(), tail.unwrap_or_default())
}

/// The instruction that makes `owner`'s associated account for a mint, unless it is there.
pub fn open_associated(
    payer: &Pubkey,
    owner: &Pubkey,
    mint: &Pubkey,
    token_program: &Pubkey,
) -> anchor_lang::solana_program::instruction::Instruction {
    spl_associated_token_account::instruction::create_associated_token_account_idempotent(
        payer,
        owner,
        mint,
        token_program,
    )
}
